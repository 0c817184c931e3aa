//! Which arguments are about a person: those marked `@personal` in the schema, directly or through an input type.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{BaseType, InputValueDefinition, TypeKind, TypeSystemDefinition};
use async_graphql::{Positioned, TypeDirective};

/// Marks an argument whose value is about a person: it is refused over GET, where it would stand in a URL.
#[TypeDirective(location = "ArgumentDefinition", location = "InputFieldDefinition")]
pub(crate) fn personal() {}

/// The fields and arguments that carry somebody's data.
#[derive(Default)]
pub(crate) struct Personal(HashSet<(String, String)>);

type Inputs<'s> = HashMap<&'s str, &'s [Positioned<InputValueDefinition>]>;

impl Personal {
    /// Reads them from the schema's text, which is what everybody else reads too.
    pub(crate) fn of(sdl: &str) -> Result<Self, async_graphql::parser::Error> {
        let schema = parse_schema(sdl)?;
        let types = schema.definitions.iter().filter_map(|definition| match definition {
            TypeSystemDefinition::Type(definition) => Some(&definition.node),
            _ => None,
        });
        let mut inputs = Inputs::new();
        let mut fields = Vec::new();
        for definition in types {
            match &definition.kind {
                TypeKind::InputObject(input) => {
                    inputs.insert(&definition.name.node, &input.fields);
                }
                TypeKind::Object(object) => fields.extend(&object.fields),
                TypeKind::Interface(interface) => fields.extend(&interface.fields),
                _ => {}
            }
        }
        let pairs = fields.iter().flat_map(|field| {
            let marked =
                field.node.arguments.iter().filter(|argument| is_personal(&argument.node, &inputs, 8));
            marked.map(|argument| (field.node.name.node.to_string(), argument.node.name.node.to_string()))
        });
        Ok(Self(pairs.collect()))
    }

    /// Whether this argument of a field of this name is personal.
    pub(crate) fn has(&self, field: &str, argument: &str) -> bool {
        self.0.iter().any(|(on, name)| on == field && name == argument)
    }
}

fn is_personal(argument: &InputValueDefinition, inputs: &Inputs<'_>, levels: usize) -> bool {
    let marked = argument.directives.iter().any(|directive| directive.node.name.node == "personal");
    let below = inputs.get(name_of(&argument.ty.node.base)).copied().unwrap_or_default();
    marked || (levels > 0 && below.iter().any(|field| is_personal(&field.node, inputs, levels - 1)))
}

fn name_of(ty: &BaseType) -> &str {
    match ty {
        BaseType::Named(name) => name,
        BaseType::List(inner) => name_of(&inner.base),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_that_finds_a_person_is_personal_and_an_id_is_not() {
        let marked = Personal::of(&crate::sdl()).unwrap();
        assert!(marked.has("profileByIdentifier", "by"));
        assert!(!marked.has("profile", "id"));
    }

    #[test]
    fn a_mark_counts_through_lists_and_nested_input_types() {
        let sdl = "input A { b: [B!] } input B { c: String @personal } type Q { x(a: A!, n: Int): Int y(e: ID @personal): Int }";
        let marked = Personal::of(sdl).unwrap();
        assert!(marked.has("x", "a") && marked.has("y", "e"));
        assert!(!marked.has("x", "n"));
    }
}

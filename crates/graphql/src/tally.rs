//! A parsed document, counted as if every fragment stood where it is used, before async-graphql sees it.

use std::collections::HashMap;

use async_graphql::parser::types::{ExecutableDocument, Field, FragmentDefinition, Selection, SelectionSet};
use async_graphql::{Name, Positioned, ServerError};

use crate::error::Refusal;
use crate::limits;
use crate::personal::Personal;

/// What was counted.
pub(crate) struct Tally<'d> {
    fragments: &'d HashMap<Name, Positioned<FragmentDefinition>>,
    personal: &'d Personal,
    open: Vec<&'d str>,
    fields: usize,
    spreads: usize,
    aliases: usize,
    directives: usize,
    /// Its response keys at the root, in the order asked.
    pub(crate) roots: Vec<String>,
    /// The first argument marked `@personal`, if any is given.
    pub(crate) names: Option<String>,
}

/// Where in the document the count stands.
#[derive(Clone, Copy)]
struct Place {
    depth: usize,
    nesting: usize,
    /// Lists above, inside an introspection.
    lists: Option<usize>,
}

impl<'d> Tally<'d> {
    /// Counts all operations of a document; the first limit that is passed ends it.
    pub(crate) fn of(
        document: &'d ExecutableDocument,
        asked: Option<&str>,
        personal: &'d Personal,
    ) -> Result<Self, Refusal> {
        let mut tally = Self {
            fragments: &document.fragments,
            personal,
            open: Vec::new(),
            fields: 0,
            spreads: 0,
            aliases: 0,
            directives: document.fragments.values().map(|fragment| fragment.node.directives.len()).sum(),
            roots: Vec::new(),
            names: None,
        };
        for (name, operation) in document.operations.iter() {
            let variables = &operation.node.variable_definitions;
            tally.directives += operation.node.directives.len();
            tally.directives +=
                variables.iter().map(|variable| variable.node.directives.len()).sum::<usize>();
            let others = std::mem::take(&mut tally.roots);
            tally.set(&operation.node.selection_set.node, Place { depth: 1, nesting: 0, lists: None })?;
            if asked.is_some() && asked != name.map(Name::as_str) {
                tally.roots = others;
            }
        }
        Ok(tally)
    }

    fn set(&mut self, set: &'d SelectionSet, place: Place) -> Result<(), Refusal> {
        most(place.nesting, limits::NESTING, "levels of fields and fragments")?;
        let inside = Place { nesting: place.nesting + 1, ..place };
        for selection in &set.items {
            self.directives += selection.node.directives().len();
            most(self.directives, limits::DIRECTIVES, "directives")?;
            match &selection.node {
                Selection::Field(field) => self.field(&field.node, place)?,
                Selection::InlineFragment(fragment) => self.set(&fragment.node.selection_set.node, inside)?,
                Selection::FragmentSpread(spread) => {
                    let name = spread.node.fragment_name.node.as_str();
                    self.spreads += 1;
                    most(self.spreads, limits::FIELDS, "uses of fragments")?;
                    if self.open.contains(&name) {
                        let message = format!("fragment `{name}` contains itself");
                        return Err(Refusal::document(ServerError::new(message, Some(spread.pos))));
                    }
                    if let Some(fragment) = self.fragments.get(name) {
                        self.open.push(name);
                        self.set(&fragment.node.selection_set.node, inside)?;
                        self.open.pop();
                    }
                }
            }
        }
        Ok(())
    }

    fn field(&mut self, field: &'d Field, place: Place) -> Result<(), Refusal> {
        let name = field.name.node.as_str();
        self.fields += 1;
        self.aliases += usize::from(field.alias.is_some());
        most(self.fields, limits::FIELDS, "fields")?;
        most(self.aliases, limits::ALIASES, "aliases")?;
        most(place.depth, limits::DEPTH, "fields inside one another")?;
        if place.depth == 1 {
            self.roots.push(field.response_key().node.to_string());
            most(self.roots.len(), limits::ROOTS, "fields at the root")?;
        }
        let lists = match (name, place.lists) {
            ("__schema" | "__type", None) => Some(0),
            ("fields" | "inputFields" | "interfaces" | "possibleTypes", Some(lists)) => Some(lists + 1),
            (_, lists) => lists,
        };
        most(lists.unwrap_or(0), limits::INTROSPECTION, "lists inside one another in an introspection")?;
        let argument = field.arguments.iter().find(|(argument, _)| self.personal.has(name, &argument.node));
        if let (Some((argument, _)), None) = (argument, &self.names) {
            self.names = Some(format!("{name}({})", argument.node));
        }
        self.set(
            &field.selection_set.node,
            Place { depth: place.depth + 1, nesting: place.nesting + 1, lists },
        )
    }
}

fn most(count: usize, most: usize, what: &str) -> Result<(), Refusal> {
    if count > most { Err(Refusal::limit(most, what)) } else { Ok(()) }
}

#[cfg(test)]
mod tests;

//! The Cedar schema, from the list of operations and from what the other policies name. Everything is an enumeration,
//! so that strict validation refuses any name that does not exist.

use std::fmt::Write as _;

use zelo_model::Role;

use crate::{Access, Category, DeclaredPurpose, OperationInfo, Sensitivity, Target};

/// The action of showing ordinary data.
pub(super) const SHOW: &str = "show";
/// The action of showing sensitive data, which no rule about ordinary data allows (LGPD art. 11, GDPR art. 9).
pub(super) const SHOW_SENSITIVE: &str = "show_sensitive";
/// The one entity of each target's type: policies are asked about kinds of things.
pub(super) const ANY: &str = "any";

/// A category's entity type and the action that shows it.
pub(super) const fn shown_as(category: &Category) -> (&'static str, &'static str) {
    match category.sensitivity {
        Sensitivity::Ordinary => ("Category", SHOW),
        Sensitivity::Sensitive => ("SensitiveCategory", SHOW_SENSITIVE),
    }
}

/// Writes the schema.
pub(crate) fn schema(
    operations: &[OperationInfo],
    categories: &[Category],
    purposes: &[DeclaredPurpose],
) -> String {
    let mut text = HEAD.to_owned();
    section(&mut text, "Who asks.");
    entity(&mut text, "Role", Role::ALL.map(Role::slug));
    section(&mut text, "What an operation touches: a kind of thing, never one of them.");
    for target in Target::ALL {
        entity(&mut text, target.entity_type(), [ANY]);
    }
    section(&mut text, "Data, by category: policies/taxonomy/categories.yaml.");
    for kind in ["Category", "SensitiveCategory"] {
        let of_kind = categories.iter().filter(|one| shown_as(one).0 == kind);
        entity(&mut text, kind, of_kind.map(|one| one.key.as_str()));
    }
    section(&mut text, "What for: policies/purposes.");
    entity(&mut text, "Purpose", purposes.iter().map(|one| one.key.as_str()));
    section(
        &mut text,
        "What a policy may look at beside; `installation`: the actor acts in no tenant but in the installation.",
    );
    text.push_str("type Passage = { purpose: Purpose, installation: Bool };\n");
    section(&mut text, "What data may be shown.");
    for (action, kind) in [(SHOW, "Category"), (SHOW_SENSITIVE, "SensitiveCategory")] {
        let _ = writeln!(text, "action {action} {};", applies(kind));
    }
    section(&mut text, "What may be done.");
    text.push_str("action read, write;\n");
    for OperationInfo { name, access, target } in operations {
        let _ = writeln!(
            text,
            "action \"{name}\" in [{}] {};",
            Access::slug(*access),
            applies(target.entity_type())
        );
    }
    text
}

const HEAD: &str = "// What the policies in policies/access can speak of. Generated from the operations and from policies/;\n\
                    // a test holds it current (UPDATE_EXPECT=1 writes it).\n";

fn section(text: &mut String, about: &str) {
    let _ = writeln!(text, "\n// {about}");
}

fn entity<'a>(text: &mut String, name: &str, members: impl IntoIterator<Item = &'a str>) {
    let members: Vec<String> = members.into_iter().map(|member| format!("\"{member}\"")).collect();
    let one_line = format!("entity {name} enum [{}];", members.join(", "));
    if one_line.len() <= 100 {
        let _ = writeln!(text, "{one_line}");
    } else {
        let _ = writeln!(text, "entity {name} enum [\n    {}\n];", members.join(",\n    "));
    }
}

fn applies(resource: &str) -> String {
    format!("appliesTo {{ principal: [Role], resource: [{resource}], context: Passage }}")
}

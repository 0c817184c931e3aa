//! Documents that just fit, and those that just do not.

use async_graphql::parser::parse_query;

use super::*;

fn tally(query: &str, asked: Option<&str>) -> Result<(Vec<String>, Option<String>), String> {
    let document = parse_query(query).unwrap();
    let personal = Personal::of(&crate::sdl()).unwrap();
    let tally =
        Tally::of(&document, asked, &personal).map_err(|refusal| refusal.errors[0].message.clone())?;
    Ok((tally.roots, tally.names))
}

#[test]
fn root_keys_are_those_of_the_operation_asked_for() {
    let query = "query A { x: a b } query B { ...F a ... { c } } fragment F on Query { b }";
    for (asked, roots) in [("A", vec!["x", "b"]), ("B", vec!["b", "a", "c"]), ("C", vec![])] {
        assert_eq!(tally(query, Some(asked)).unwrap().0, roots);
    }
}

#[test]
fn a_limit_is_what_just_fits() {
    let aliases = |count: usize| format!("{{ a {{ {} }} }}", "b: a ".repeat(count));
    assert!(tally(&aliases(limits::ALIASES), None).is_ok());
    assert_eq!(
        tally(&aliases(limits::ALIASES + 1), None).unwrap_err(),
        "a document may have at most 30 aliases"
    );
    let deep = |count: usize| format!("{}a{}", "{ a ".repeat(count - 1) + "{ ", " }".repeat(count));
    assert!(tally(&deep(limits::DEPTH), None).is_ok());
    assert!(tally(&deep(limits::DEPTH + 1), None).is_err());
}

#[test]
fn a_personal_argument_is_found_in_fragments_and_as_a_variable() {
    let query =
        "query($v: String!) { ...F } fragment F on Query { profileByIdentifier(by: { value: $v }) { id } }";
    assert_eq!(tally(query, None).unwrap().1.as_deref(), Some("profileByIdentifier(by)"));
    assert_eq!(tally("{ profile(id: 1) { id } }", None).unwrap().1, None);
}

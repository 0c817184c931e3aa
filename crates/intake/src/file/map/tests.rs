use super::*;

fn refused(text: &str) -> String {
    Map::parse(Path::new("people.map.yaml"), text).err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn the_schema_is_current() {
    let schema = serde_json::to_string_pretty(&schemars::schema_for!(MapFile)).unwrap();
    expect_test::expect_file!["../../../../../schema/json/import-map.schema.json"]
        .assert_eq(&(schema + "\n"));
}

#[test]
fn whoever_writes_a_map_is_told_what_is_wrong_and_where() {
    let cases = [
        ("identifiers: {user_id: id}\ntrait: {}\n", "line 2", "unknown field `trait`"),
        ("identifiers: {email: e-mail}\n", "line 1", "user_id: COLUMN"),
        ("identifiers: {user_id: id}\n", "line 1", "add `traits:` or `events:`"),
        ("zone: America/Recifo\nidentifiers: {user_id: id, email: e}\n", "line 1", "no such time zone"),
        ("identifiers: {user_id: id, email: e}\nencoding: klingon\n", "line 2", "windows-1252"),
        ("identifiers: {user_id: id, email: e}\ndelimiter: ab\n", "line 2", "one character"),
        ("identifiers: {user_id: id}\nevents:\n  - name: Order Completed\n", "line 2", "has a time"),
        ("identifiers: {user_id: id}\ntime: t\nevents:\n  - name: ana@example.com\n", "line 4", "name"),
        (
            "identifiers: {user_id: id}\ntraits:\n  vip: {type: boolean}\n",
            "line 3",
            "`column` or a `constant`",
        ),
        (
            "identifiers: {user_id: id}\ntraits:\n  vip: {column: v, typ: boolean}\n",
            "line 3",
            "unknown field `typ`",
        ),
        ("identifiers: {user_id: id, email: e}\nas_of: yesterday\n", "line 2", "2026-01-31"),
    ];
    for (text, place, problem) in cases {
        let said = refused(text);
        assert!(said.contains(place) && said.contains(problem), "{text}\n{said}");
    }
    assert_eq!(refused("identifiers: {user_id: id, email: e}\nignore: all\ndelimiter: \";\"\n"), "");
    assert_eq!(refused("identifiers: {user_id: id, email: e}\nignore: [x]\ndelimiter: tab\n"), "");
}

//! Slots of the GraphQL API, most of them on the way to an error.

use serde_json::{Value, json};
use zelo_tests::{Server, percent};

use super::slots::Slots;

const BY: &str = "query($value: String!) { profileByIdentifier(by: {kind: EMAIL, value: $value}) {
    id identifiers { value } attributes { name value } events(first: 5) { edges { node { name properties context } } } } }";

const FIX: &str =
    "mutation($json: String!) { fixHeld(id: \"qua_aaaaaaaaaaaaaaaaaaaaaaaaaa\", json: $json) { verdict } }";

pub(super) fn fill(server: &Server, slots: &mut Slots) {
    somebody_found(server, slots);
    documents(server, slots);
    requests(server, slots);
}

/// What is under seal comes back to whoever may see it, and is in no entry, log or metric.
fn somebody_found(server: &Server, slots: &mut Slots) {
    let name = slots.canary("found: trait");
    let email = format!("{}@example.com", slots.canary("found: email"));
    let user = slots.canary("found: userId");
    let said = json!({"batch": [
        {"type": "identify", "userId": user, "traits": {"email": email, "name": name}},
        {"type": "track", "event": "Order Completed", "userId": user, "properties": {"note": name}},
    ]});
    assert_eq!(server.post("/v1/batch", &server.source, &said).status, 200);
    let answer = server.query(BY, &json!({"value": email}));
    assert!(answer.text.contains(&name), "{}", answer.text);
}

fn documents(server: &Server, slots: &mut Slots) {
    let mut c = |slot: &str| slots.canary(slot);
    let literal =
        |value: &str| format!("{{ profileByIdentifier(by: {{kind: EMAIL, value: \"{value}\"}}) {{ id }} }}");
    let documents: [(String, Value); 17] = [
        (BY.to_owned(), json!({"value": format!("{}@example.com", c("variable"))})),
        (BY.to_owned(), json!({"value": c("variable that is no address")})),
        (
            BY.to_owned(),
            json!({"value": {c("name in a variable of the wrong shape"): c("variable of the wrong shape")}}),
        ),
        (
            BY.to_owned(),
            json!({"value": "nobody@example.com", c("unknown variable"): c("unknown variable's value")}),
        ),
        (literal(&format!("{}@example.com", c("literal"))), Value::Null),
        (literal(&c("literal that is no address")), Value::Null),
        (format!("{{ {} }}", c("unknown field")), Value::Null),
        (format!("{{ __typename # {}\n }}", c("comment")), Value::Null),
        (format!("{{ {}: __typename }}", c("alias")), Value::Null),
        (format!("{{ __typename @{} }}", c("directive")), Value::Null),
        (format!("{{ profile(id: \"{}\") {{ id }} }}", c("id")), Value::Null),
        (
            format!("{{ profileByIdentifier(by: {{kind: {}, value: \"x\"}}) {{ id }} }}", c("enum")),
            Value::Null,
        ),
        (
            format!(
                "{{ profile(id: \"prf_aaaaaaaaaaaaaaaaaaaaaaaaaa\") {{ events(first: 1, after: \"{}\") {{ edges {{ cursor }} }} }} }}",
                c("cursor")
            ),
            Value::Null,
        ),
        (format!("{{ \"{}", c("cut document")), Value::Null),
        (FIX.to_owned(), json!({"json": json!({"userId": c("mended message")}).to_string()})),
        (FIX.to_owned(), json!({"json": c("mended message that is no JSON")})),
        (
            format!(
                "{{ quarantine(reason: \"{}\", source: \"{}\") {{ edges {{ cursor }} }} }}",
                c("reason"),
                c("source")
            ),
            Value::Null,
        ),
    ];
    for (query, variables) in documents {
        let answer = server.query(&query, &variables);
        assert!((200..500).contains(&answer.status), "{query}: {}", answer.text);
    }
}

fn requests(server: &Server, slots: &mut Slots) {
    let mut c = |slot: &str| slots.canary(slot);
    let developer = server.developer.clone();
    let body = json!({"query": "query a { __typename } query b { __typename }", "operationName": c("operation name"),
        "extensions": {c("extension"): c("extension's value")}, c("unknown member"): c("unknown member's value")});
    server.post("/graphql", &developer, &body);
    server.post("/graphql", &c("bearer of a stranger"), &json!({"query": "{ __typename }"}));
    server.post(
        "/graphql",
        &server.source,
        &json!({"query": BY, "variables": {"value": c("variable of a write key")}}),
    );
    server.post("/graphql", &developer, &json!([{"query": c("batched document")}]));
    server.post("/graphql", &developer, &json!({"query": c("document").repeat(50_000)}));
    let bearer = format!("Bearer {developer}");
    let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
    server.ask("POST /graphql", &headers, format!("{{\"query\": {}", c("cut JSON of a query")).as_bytes());

    let literal = format!(
        "{{profileByIdentifier(by:{{kind:EMAIL,value:\"{}@example.com\"}}){{id}}}}",
        c("literal over GET")
    );
    let answer = server.ask(&format!("GET /graphql?query={}", percent(&literal)), &headers, b"");
    assert_eq!(answer.status, 400, "{}", answer.text);
    assert!(answer.text.contains("PERSONAL_DATA_IN_URL"), "{}", answer.text);
    let variables = percent(&json!({"value": format!("{}@example.com", c("variable over GET"))}).to_string());
    let line = format!("GET /graphql?query={}&variables={variables}", percent(BY));
    assert_eq!(server.ask(&line, &headers, b"").status, 400);
    server.ask(&format!("GET /graphql?query={}", c("document over GET")), &headers, b"");
    server.ask(&format!("GET /graphql?{}={}", c("parameter name"), c("parameter")), &headers, b"");
    server.ask(&format!("GET /graphiql?query={}", c("query of GraphiQL")), &[], b"");
}

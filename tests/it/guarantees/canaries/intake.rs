//! Slots of the tracking endpoints: what is accepted, what is held, what is refused.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use zelo_tests::{Answer, Server};

use super::slots::Slots;

pub(super) fn fill(server: &Server, slots: &mut Slots) {
    accepted(server, slots);
    held(server, slots);
    refused(server, slots);
    around(server, slots);
}

fn send(server: &Server, path: &str, body: &Value) -> Answer {
    server.post(path, &server.source, body)
}

fn accepted(server: &Server, slots: &mut Slots) {
    let mut c = |slot: &str| slots.canary(slot);
    let email = format!("{}@example.com", c("identify: email"));
    let identify = json!({
        "userId": c("identify: userId"), "anonymousId": c("identify: anonymousId"),
        "messageId": c("identify: messageId"), "timestamp": "2026-01-31T12:00:00Z",
        "traits": {"email": email, "name": c("identify: trait"), c("identify: trait name"): 1,
                   "address": {"street": c("identify: nested trait"), "lines": [c("identify: trait in a list")]}},
        "context": {"ip": c("identify: context.ip"), "userAgent": c("identify: context.userAgent"),
                    "page": {"url": format!("https://example.com/{}", c("identify: context.page.url"))}},
        "integrations": {c("identify: integrations"): true},
    });
    let again = identify.clone();
    let track = json!({
        "type": "track", "event": "Order Completed", "userId": c("track: userId"), "messageId": c("track: messageId"),
        "properties": {c("track: property name"): c("track: property"), "email": c("track: email property")},
    });
    let batch = json!({
        "batch": [track, {"type": "identify", "anonymousId": c("batch: anonymousId"), "traits": {"phone": c("batch: trait")},
                          "sentAt": c("batch: sentAt that is no time")},
                  {"type": "track", "event": "Timeless", "userId": c("timeless: userId"),
                   "messageId": c("timeless: messageId")}],
        "context": {"device": {"id": c("batch: context")}}, "integrations": {c("batch: integrations"): false},
        "sentAt": "2026-01-31T12:00:00Z", c("batch: unknown member"): c("batch: unknown value"),
    });
    for (path, body) in
        [("/v1/identify", &identify), ("/v1/identify", &again), ("/v1/batch", &batch), ("/v1/batch", &batch)]
    {
        let answer = send(server, path, body);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    }
    let others = json!({"batch": [
        {"type": "page", "name": c("page: name"), "category": c("page: category"), "userId": c("page: userId"),
         "properties": {"url": format!("https://example.com/{}", c("page: url"))}},
        {"type": "screen", "name": c("screen: name"), "anonymousId": c("screen: anonymousId")},
        {"type": "group", "groupId": c("group: groupId"), "userId": c("group: userId"),
         "traits": {"name": c("group: trait"), "owner": format!("{}@example.com", c("group: personal trait"))}},
        {"type": "alias", "userId": c("alias: userId"), "previousId": c("alias: previousId"),
         "messageId": c("alias: messageId")},
    ]});
    let told = send(server, "/v1/b", &others);
    assert_eq!(told.status, 200, "{}", told.text);
    for (path, body) in [
        ("/v1/page", json!({"userId": c("page alone: userId"), "name": c("page alone: name")})),
        ("/v1/s", json!({"userId": c("screen alone: userId"), "name": c("screen alone: name")})),
        ("/v1/group", json!({"userId": c("group alone: userId"), "groupId": c("group alone: groupId")})),
        ("/v1/a", json!({"userId": c("alias alone: userId"), "previousId": c("alias alone: previousId")})),
    ] {
        assert_eq!(send(server, path, &body).status, 200, "{path}");
    }
    // Two people's ids and one address: a merge, and a suggestion.
    let bridge = json!({"userId": c("bridge: userId"), "traits": {"email": email}});
    assert_eq!(send(server, "/v1/identify", &bridge).status, 200);
}

fn held(server: &Server, slots: &mut Slots) {
    let mut c = |slot: &str| slots.canary(slot);
    let batch = json!({"batch": [
        {"type": "track", "event": format!("{}@example.com", c("held: event name")), "userId": c("held: userId")},
        {"type": "track", "event": "Order Completed", "properties": {"x": c("held: nobody's property")}},
        {"type": "track", "event": "Order Completed", "userId": c("held: userId of a breach"),
         "messageId": c("held: messageId of a breach"),
         "properties": {"currency": c("held: value that breaks the plan"), c("held: name beside it"): 1}},
        {"type": "track", "event": "Seen", "userId": c("held: userId of a part"),
         "properties": {"note": format!("{}@example.com", c("held: personal value")),
                        "lines": [{format!("{}@example.com", c("held: personal name")): c("held: value of that name")}]}},
        {"type": c("held: unknown type"), "userId": c("held: userId of unknown type")},
        {"type": "track", "event": "Long", "userId": c("held: userId of long message"), "messageId": c("held: messageId").repeat(9)},
        {"type": "track", "event": "Huge", "userId": c("held: userId of huge message"), "properties": {"x": c("held: huge").repeat(3000)}},
        c("held: not an object"),
        {"type": "identify", "userId": "null", "traits": {"email": format!("{}@example.com", c("held: email of null"))}},
    ]});
    let answer = send(server, "/v1/batch", &batch);
    assert_eq!(answer.status, 200, "{}", answer.text);
}

fn refused(server: &Server, slots: &mut Slots) {
    let bearer = format!("Basic {}", BASE64_STANDARD.encode(format!("{}:", server.source)));
    let mut c = |slot: &str| slots.canary(slot);
    let json = ("Content-Type", "application/json");
    let is_refused = |answer: &Answer| assert!((400..500).contains(&answer.status), "{}", answer.text);
    let cut = format!("{{\"userId\": \"{}\", \"traits\": ", c("refused: cut JSON"));
    is_refused(&server.ask("POST /v1/identify", &[json, ("Authorization", &bearer)], cut.as_bytes()));
    is_refused(&send(server, "/v1/batch", &json!({"batch": c("refused: batch is a string")})));
    is_refused(&send(server, "/v1/identify", &json!({"traits": {"name": c("refused: nobody")}})));
    is_refused(&send(server, "/v1/track", &json!({"userId": c("refused: no event name")})));
    let wrong = c("refused: write key");
    is_refused(&server.post("/v1/identify", &wrong, &json!({"userId": c("refused: userId of a stranger")})));
    let basic = format!("Basic {}", BASE64_STANDARD.encode(format!("{}:", c("refused: basic"))));
    is_refused(&server.ask("POST /v1/batch", &[json, ("Authorization", &basic)], b"{\"batch\": []}"));
    let body = json!({"batch": [], "writeKey": c("refused: writeKey in the body")});
    is_refused(&server.ask("POST /v1/batch", &[json], body.to_string().as_bytes()));
    let much = json!({"userId": "u", "traits": {"x": c("refused: too large").repeat(60_000)}});
    is_refused(&send(server, "/v1/identify", &much));
    let gzip = ("Content-Encoding", "gzip");
    let broken = [b"\x1f\x8b\x08\x00".as_slice(), c("refused: broken gzip").as_bytes()].concat();
    is_refused(&server.ask("POST /v1/batch", &[json, gzip, ("Authorization", &bearer)], &broken));
}

/// Everything around the body.
fn around(server: &Server, slots: &mut Slots) {
    let bearer = format!("Basic {}", BASE64_STANDARD.encode(format!("{}:", server.source)));
    let mut c = |slot: &str| slots.canary(slot);
    for (line, status) in [
        (format!("GET /v1/{}", c("path")), 404),
        (format!("POST /v1/track/{}", c("path below")), 404),
        (format!("GET /{}?email={}", c("path at the root"), c("query string")), 404),
        (format!("GET /health?{}", c("query string of health")), 200),
        (format!("GET /metrics?x={}", c("query string of metrics")), 200),
        (format!("GET /v1/projects/{}/settings", c("write key in the path")), 401),
        (format!("GET /analytics.js/v1/{}/analytics.min.js", c("write key in the script's path")), 404),
    ] {
        let answer = server.ask(&line, &[], b"");
        assert!(status == 0 || answer.status == status, "{line}: {}", answer.text);
    }
    let names = [
        "User-Agent",
        "Referer",
        "Cookie",
        "X-Forwarded-For",
        "X-Request-Id",
        "Origin",
        "Traceparent",
        "Content-Type",
        "Accept",
        "Content-Encoding",
        "Idempotency-Key",
        "Zelo-Purpose",
    ];
    for name in names {
        let value = c(&format!("header {name}"));
        let headers = [("Authorization", bearer.as_str()), (name, value.as_str())];
        server.ask("POST /v1/batch", &headers, b"{\"batch\": []}");
        server.ask("POST /graphql", &headers, b"{\"query\": \"{ __typename }\"}");
        server.ask("GET /health", &headers, b"");
    }
    let value = c("unknown header");
    let name = format!("X-{}", c("header name"));
    server.ask("GET /health", &[(&name, &value)], b"");
    server.ask(&format!("{} /health", c("method").to_uppercase()), &[], b"");
}

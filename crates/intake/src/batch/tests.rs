//! Batches as SDKs really send them, and as nobody should.

use std::io::Read;

use flate2::read::GzDecoder;
use zelo_app::{Hold, Kind, Message};

use super::*;

fn message(item: &Incoming) -> &Message {
    match item {
        Incoming::Message(message) => message,
        Incoming::Held { reason, .. } => panic!("held as {}", reason.code()),
    }
}

fn held(item: &Incoming) -> (Hold, &[u8]) {
    match item {
        Incoming::Held { reason, raw } => (*reason, raw),
        Incoming::Message(_) => panic!("not held"),
    }
}

fn refusal(text: &str) -> String {
    parse(text).err().expect("a refusal").to_string()
}

fn recorded(bytes: &[u8]) -> Batch {
    let mut text = String::new();
    if bytes.starts_with(&[0x1f, 0x8b]) {
        GzDecoder::new(bytes).read_to_string(&mut text).unwrap();
    } else {
        text.push_str(str::from_utf8(bytes).unwrap());
    }
    parse(&text).unwrap()
}

#[test]
fn ana_signs_in_and_buys_with_every_sdk() {
    let bodies: [(&str, &[u8]); 6] = [
        ("segment python", include_bytes!("../../fixtures/segment-python.json")),
        ("rudder python", include_bytes!("../../fixtures/rudder-python.json")),
        ("rudder python packed", include_bytes!("../../fixtures/rudder-python.json.gz")),
        ("segment node", include_bytes!("../../fixtures/segment-node.json")),
        ("analytics-node", include_bytes!("../../fixtures/analytics-node.json")),
        ("rudder node", include_bytes!("../../fixtures/rudder-node.json.gz")),
    ];
    for (client, body) in bodies {
        let batch = recorded(body);
        let (identify, track) = (message(&batch.items[0]), message(&batch.items[1]));
        let Kind::Identify(traits) = &identify.kind else { panic!("{client}: no identify") };
        assert_eq!(traits["email"], "ana@example.com", "{client}");
        assert!(matches!(&track.kind, Kind::Track(name) if name == "Order Completed"), "{client}");
        for message in [identify, track] {
            assert_eq!(message.user_id.as_deref(), Some("ana"), "{client}");
            assert_eq!(message.anonymous_id, None, "{client}");
            assert!(message.message_id.as_ref().is_some_and(|id| id.len() >= 36), "{client}");
            assert!(message.client_time.is_some(), "{client}");
        }
        assert!(batch.sent_at > identify.client_time || client.contains("node"), "{client}");
        assert!(batch.context.is_none() && !batch.gpc, "{client}");
    }
}

#[test]
fn a_visitor_nobody_knows_and_times_of_each_sdk_are_read() {
    let rudder = recorded(include_bytes!("../../fixtures/rudder-node.json.gz"));
    let segment = recorded(include_bytes!("../../fixtures/segment-node.json"));
    for batch in [&rudder, &segment] {
        assert_eq!(message(&batch.items[1]).client_time, "2026-01-31T12:00:00Z".parse().ok());
        let visitor = message(&batch.items[2]);
        assert_eq!((visitor.user_id.as_deref(), visitor.anonymous_id.as_deref()), (None, Some("anon-1")));
    }
    assert!(message(&rudder.items[0]).sent_at.is_some());
    let packed = recorded(include_bytes!("../../fixtures/segment-python.json.gz"));
    assert_eq!(message(&packed.items[0]).user_id.as_deref(), Some("bruno"));
    let python = recorded(include_bytes!("../../fixtures/segment-python.json"));
    assert_eq!(python.sent_at, "2026-11-22T07:21:39.511772Z".parse().ok());
    assert_eq!(message(&python.items[0]).client_time, "2026-11-22T07:21:39.011Z".parse().ok());
}

#[test]
fn ana_looks_around_joins_her_company_and_gets_a_new_id() {
    let batch = recorded(include_bytes!("../../fixtures/segment-python-other-verbs.json"));
    let [page, group, alias, screen] = &batch.items[..] else { panic!("four messages") };
    assert!(matches!(message(page).kind, Kind::Page) && message(page).raw.contains(r#""type": "page""#));
    assert!(matches!(message(screen).kind, Kind::Screen));
    let Kind::Group(group) = &message(group).kind else { panic!("no group") };
    assert!(group.id == "acme" && group.traits.is_empty());
    assert!(matches!(&message(alias).kind, Kind::Alias(previous) if previous == "anon-1"));
}

#[test]
fn a_verb_nobody_speaks_is_held_and_not_lost() {
    let raw = r#"{"type":"dance","userId":"ana"}"#;
    let batch = parse(&format!(r#"{{"batch":[{raw}]}}"#)).unwrap();
    assert_eq!(held(&batch.items[0]), (Hold::UnknownType, raw.as_bytes()));
}

#[test]
fn one_missing_value_in_python_does_not_cost_the_others() {
    let batch = recorded(include_bytes!("../../fixtures/segment-python-nan.json"));
    assert_eq!(message(&batch.items[0]).user_id.as_deref(), Some("ana"));
    let reasons = [Hold::Unparsable, Hold::Unparsable, Hold::EventName];
    for (item, reason) in batch.items[1..].iter().zip(reasons) {
        assert_eq!(held(item).0, reason);
    }
    let raw = str::from_utf8(held(&batch.items[1]).1).unwrap();
    assert!(raw.contains(r#"{"total": NaN, "note": "NaN"}"#), "the bytes as received");
}

#[test]
fn each_bad_message_is_held_alone_with_its_bytes() {
    let long = "i".repeat(101);
    let cases = [
        (r#"{"type":"track","event":"Seen"}"#.to_owned(), Hold::NoIdentifier),
        (r#"{"type":"track","userId":null,"anonymousId":null}"#.to_owned(), Hold::NoIdentifier),
        (r#"{"type":"identify","userId":""}"#.to_owned(), Hold::BadIdentifier),
        (r#"{"type":"identify","userId":["ana"],"anonymousId":"a"}"#.to_owned(), Hold::BadIdentifier),
        (r#"{"type":"track","userId":"ana"}"#.to_owned(), Hold::EventName),
        (r#"{"type":"track","userId":"ana","event":7}"#.to_owned(), Hold::EventName),
        (r#"{"type":"identify","userId":"ana","messageId":true}"#.to_owned(), Hold::MessageId),
        (format!(r#"{{"type":"identify","userId":"ana","messageId":"{long}"}}"#), Hold::MessageId),
        (r#"{"type":"Track","userId":"ana","event":"Seen"}"#.to_owned(), Hold::UnknownType),
        (r#"{"userId":"ana","event":"Seen"}"#.to_owned(), Hold::UnknownType),
        (r#"{"type":"group","userId":"ana"}"#.to_owned(), Hold::GroupId),
        (r#"{"type":"group","userId":"ana","groupId":""}"#.to_owned(), Hold::GroupId),
        (r#"{"type":"group","userId":"ana","groupId":{"x":1}}"#.to_owned(), Hold::GroupId),
        (r#"{"type":"group","userId":"ana","groupId":"g","traits":[]}"#.to_owned(), Hold::Unparsable),
        (r#"{"type":"alias","userId":"ana"}"#.to_owned(), Hold::BadIdentifier),
        (r#"{"type":"alias","anonymousId":"a","previousId":"b"}"#.to_owned(), Hold::BadIdentifier),
        (r#"{"type":"page"}"#.to_owned(), Hold::NoIdentifier),
        (r#"{"type":"identify","userId":"ana","userId":"bruno"}"#.to_owned(), Hold::Unparsable),
        (r#"{"type":"identify","userId":"\ud83d"}"#.to_owned(), Hold::Unparsable),
        (r#"["identify","ana"]"#.to_owned(), Hold::Unparsable),
        ("7".to_owned(), Hold::Unparsable),
        ("null".to_owned(), Hold::Unparsable),
        (format!("{}{}", "[".repeat(5_000), "]".repeat(5_000)), Hold::Unparsable),
    ];
    let good = r#"{"type":"track","userId":"ana","event":"Seen"}"#;
    let items: Vec<_> = cases.iter().map(|(json, _)| json.as_str()).chain([good]).collect();
    let batch = parse(&format!(r#"{{"batch":[ {} ]}}"#, items.join(" ,\n"))).unwrap();
    for ((json, reason), item) in cases.iter().zip(&batch.items) {
        assert_eq!(held(item), (*reason, json.as_bytes()), "{json:.80}");
    }
    assert_eq!(message(batch.items.last().unwrap()).raw.as_ref(), good);
}

#[test]
fn a_message_may_have_32_kb_and_a_batch_2500_messages() {
    let sized = |size: usize| {
        let head = r#"{"type":"track","userId":"ana","event":"Seen","properties":{"text":""#;
        format!(r#"{head}{}"}}}}"#, "x".repeat(size - head.len() - 3))
    };
    let [exact, over] = [32_768, 32_769].map(sized);
    let batch = parse(&format!(r#"{{"batch":[{exact},{over}]}}"#)).unwrap();
    assert_eq!(message(&batch.items[0]).raw.len(), 32_768);
    assert_eq!(held(&batch.items[1]), (Hold::TooLarge, over.as_bytes()));

    let many = |count: usize| format!(r#"{{"batch":[{}]}}"#, vec!["0"; count].join(","));
    assert_eq!(parse(&many(2_500)).unwrap().items.len(), 2_500);
    assert!(matches!(parse(&many(2_501)), Err(Refusal::TooMany(2_500))));
    assert_eq!(parse(&many(0)).unwrap().items.len(), 0);
}

#[test]
fn what_makes_the_whole_body_unusable_is_refused_without_repeating_it() {
    let cases = [
        ("", "the body is not valid JSON at line 1, column 0"),
        ("secret", "the body is not valid JSON at line 1, column 1"),
        ("{\n \"batch\": [secret]}", "the body is not valid JSON at line 2, column 12"),
        (r#"{"batch":[]} secret"#, "the body is not valid JSON at line 1, column 14"),
        (r#"{"batch":[NaN"#, "the body is not valid JSON at line 1, column 13"),
        (r#"{"\ud83d":1}"#, "the body is not valid JSON at line 1, column 9"),
        (r#"["secret"]"#, "the body must be a JSON object"),
        (r#""secret""#, "the body must be a JSON object"),
        (r#"{"secret":1}"#, "`batch` must be an array of messages"),
        (r#"{"batch":"secret"}"#, "`batch` must be an array of messages"),
        (r#"{"batch":[],"batch":[]}"#, "`batch`, `context` and `sentAt` may each stand once in the body"),
        (r#"{"batch":[],"context":"secret"}"#, "`context` must be an object"),
        (
            r#"{"batch":[],"context":{"secret":"\udc00"}}"#,
            "`context` cannot be read: malformed, too deep or out of range",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(refusal(text), expected, "{text}");
    }
    assert!(refusal(&"[".repeat(100_000)).contains("not valid JSON"));
}

#[test]
fn the_batchs_own_fields_stay_as_received() {
    let context = r#"{"ip": "192.0.2.1", "n": 1.50}"#;
    let text = format!(
        r#" {{"sentAt":"2026-01-31T09:00:00-03:00","timestamp":"2020-01-01T00:00:00Z","context":{context},
        "batch":[{{"type":"track","anonymousId":"a","event":"Seen"}}],"integrations":{{"All":true}}}}"#
    );
    let batch = parse(&text).unwrap();
    assert_eq!(batch.context.as_deref(), Some(context));
    assert_eq!(batch.sent_at, "2026-01-31T12:00:00Z".parse().ok());
    assert_eq!(message(&batch.items[0]).client_time, None);
    for absent in [r#"{"batch":[],"context":null,"sentAt":"yesterday"}"#, r#"{"batch":[]}"#] {
        let batch = parse(absent).unwrap();
        assert!(batch.context.is_none() && batch.sent_at.is_none(), "{absent}");
    }
}

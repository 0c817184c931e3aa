//! Single messages, as plain HTTP clients write them.

use crate::intake::Hold;

use super::*;

fn track(fields: &str) -> Result<Message, Fault> {
    parse(&format!(r#"{{"event":"Seen",{fields}}}"#), Some(Verb::Track))
}

fn fault(fields: &str) -> String {
    track(fields).err().expect("a fault").to_string()
}

#[test]
fn ids_are_strings_or_numbers_as_they_were_written() {
    let cases = [
        (r#""userId":"ana""#, Some("ana"), None),
        (r#""userId":42"#, Some("42"), None),
        (r#""userId":12345678901234567890123"#, Some("12345678901234567890123"), None),
        (r#""userId":1.50,"anonymousId":-7"#, Some("1.50"), Some("-7")),
        (r#""userId":" Ana\u00e3 ""#, Some(" Anaã "), None),
        (r#""userId":null,"anonymousId":"a""#, None, Some("a")),
        (r#""userId":"","anonymousId":"a""#, None, Some("a")),
        (r#""userId":"ana","anonymousId":"""#, Some("ana"), None),
    ];
    for (fields, user, anonymous) in cases {
        let message = track(fields).unwrap();
        assert_eq!(
            (message.user_id.as_deref(), message.anonymous_id.as_deref()),
            (user, anonymous),
            "{fields}"
        );
    }
}

#[test]
fn the_sender_is_told_which_field_and_not_what_it_held() {
    let cases = [
        (r#""x":1"#, "`userId` or `anonymousId` is needed"),
        (r#""userId":"""#, "`userId` must be a number or a string that is not empty"),
        (r#""anonymousId":"""#, "`anonymousId` must be a number or a string that is not empty"),
        (r#""userId":{"secret":1}"#, "`userId` must be a number or a string that is not empty"),
        (
            r#""userId":"a","anonymousId":false"#,
            "`anonymousId` must be a number or a string that is not empty",
        ),
        (r#""userId":"a","messageId":["secret"]"#, "`messageId` must be a string of at most 100 characters"),
        (r#""userId":"a","userId":"secret""#, "a field stands twice at line 1, column 37; send it once"),
        (
            r#""userId":"a","p":{"$serde_json::private::RawValue":1}"#,
            "the message cannot be read at line 1, column 66: malformed, too deep or out of range",
        ),
        (
            r#""userId":"a","properties":{"x":secret}"#,
            "the message cannot be read at line 1, column 48: malformed, too deep or out of range",
        ),
    ];
    for (fields, expected) in cases {
        assert_eq!(fault(fields), expected, "{fields}");
    }
    let told = |json: &str, verb| parse(json, Some(verb)).err().expect("a fault");
    let secret = told(r#"{"userId":"a","event":"secret@example.com"}"#, Verb::Track);
    assert_eq!(secret.hold(), Hold::EventName);
    assert!(secret.to_string().starts_with("`event`: ") && !secret.to_string().contains("secret"));
    assert_eq!(told(r#"{"userId":"a"}"#, Verb::Track), Fault::NoEvent);
    assert_eq!(told(r#"{"userId":"a","traits":"secret"}"#, Verb::Identify), Fault::Object("traits"));
    assert_eq!(told(r#"["secret"]"#, Verb::Identify), Fault::NotAnObject);
    assert_eq!(told(&" ".repeat(MAX_MESSAGE + 1), Verb::Identify), Fault::TooLarge);
}

#[test]
fn a_message_id_has_at_most_100_characters_of_any_script() {
    let cases = [
        (r#""m-1""#.to_owned(), Some("m-1".to_owned())),
        ("17".to_owned(), Some("17".to_owned())),
        (r#""""#.to_owned(), None),
        ("null".to_owned(), None),
        (format!(r#""{}""#, "ã".repeat(100)), Some("ã".repeat(100))),
    ];
    for (json, expected) in cases {
        let message = track(&format!(r#""userId":"a","messageId":{json}"#)).unwrap();
        assert_eq!(message.message_id, expected, "{json}");
    }
    let long = format!(r#""userId":"a","messageId":"{}""#, "ã".repeat(101));
    assert_eq!(track(&long).err(), Some(Fault::MessageId));
}

#[test]
fn a_time_that_cannot_be_read_is_absent_and_stays_in_the_slice() {
    let noon = Some("2026-01-31T12:00:00Z");
    let cases = [
        (r#""timestamp":"2026-01-31T12:00:00Z""#, noon),
        (r#""timestamp":"2026-01-31T12:00:00.000000+00:00""#, noon),
        (r#""timestamp":"2026-01-31T09:00:00.000000001-03:00""#, noon),
        (r#""originalTimestamp":"2026-01-31T12:00:00.000Z""#, noon),
        (r#""timestamp":null,"originalTimestamp":"2026-01-31T12:00:00Z""#, noon),
        (r#""timestamp":"soon","originalTimestamp":"2026-01-31T12:00:00Z""#, noon),
        (r#""timestamp":"2026-01-31T12:00:00Z","originalTimestamp":"2020-01-01T00:00:00Z""#, noon),
        (r#""timestamp":"2026-01-31""#, None),
        (r#""timestamp":1769860800"#, None),
        (r#""timestamp":{}"#, None),
    ];
    for (fields, expected) in cases {
        let message = track(&format!(r#""userId":"a",{fields}"#)).unwrap();
        assert_eq!(message.client_time, expected.map(|time| time.parse().unwrap()), "{fields}");
        assert!(message.raw.contains(fields), "{fields}");
    }
}

#[test]
fn the_slice_is_kept_as_received_but_for_the_senders_key() {
    let json = "{ \"event\":\"Seen\", \"userId\": 1.0,\t\"properties\":{\"n\":1.50,\"big\":12345678901234567890123} }";
    assert_eq!(parse(json, Some(Verb::Track)).unwrap().raw.as_ref(), json);
    let message = track(r#""userId":"a","writeKey" : "write-key" ,"n":1.0"#).unwrap();
    assert_eq!(message.raw.as_ref(), r#"{"event":"Seen","userId":"a","writeKey" : null ,"n":1.0}"#);
}

#[test]
fn the_endpoint_says_what_a_message_does_and_in_a_batch_its_type() {
    let json = r#"{"type":"identify","userId":"a","event":"Seen"}"#;
    assert!(matches!(parse(json, Some(Verb::Track)).unwrap().kind, Kind::Track(_)));
    assert!(matches!(parse(json, None).unwrap().kind, Kind::Identify(_)));
}

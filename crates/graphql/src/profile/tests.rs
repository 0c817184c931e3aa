//! A profile nobody read from a database: what is asked for, and what is left out.

use std::sync::Mutex;

use async_graphql::{EmptyMutation, EmptySubscription, Request, Schema};
use serde_json::json;
use zelo_app::{EventBody, EventView, EventsView, Omission, Part, Wants};
use zelo_model::{EventId, IdentifierKind, OwnerId, ProfileId, Reason, Timestamp};

use super::*;
use crate::wants::wants;
use crate::withheld::Notes;

/// A root that answers a made-up person and remembers what was wanted of them.
struct Root(ProfileView, Mutex<Wants>);

#[Object]
#[expect(clippy::unused_async, reason = "a resolver is async by contract")]
impl Root {
    async fn person(&self, cx: &Context<'_>) -> async_graphql::Result<Profile> {
        *self.1.lock().unwrap() = wants(cx.field())?.profile;
        Ok(Profile(self.0.clone(), None))
    }

    async fn wanted(&self) -> String {
        format!("{:?}", self.1.lock().unwrap())
    }
}

fn ana(email: Field<serde_json::Value>) -> ProfileView {
    let noon: Timestamp = "2026-01-31T12:00:00Z".parse().unwrap();
    let attribute = |name: &str, value| AttributeView {
        name: name.into(),
        category: "contact".into(),
        value,
        source: "web".into(),
        record: OwnerId([2; 16]),
        at: noon,
    };
    let body = EventBody {
        message_id: None,
        plan_version: None,
        page_name: None,
        properties: json!({ "total": 12.5 }),
        context: json!({}),
    };
    let event = EventView {
        id: EventId([3; 16]),
        kind: zelo_app::EventKind::Page,
        name: None,
        occurred_at: noon,
        received_at: noon,
        source: "web".into(),
        body: Some(body),
    };
    ProfileView {
        id: ProfileId([1; 16]),
        created_at: noon,
        last_seen_at: noon,
        identifiers: Some(Field::Withheld(Reason::Role)),
        attributes: Some(vec![attribute("plan", Field::Shown(json!("gold"))), attribute("email", email)]),
        events: Some(Field::Shown(EventsView { events: vec![event], has_next: false })),
        consents: None,
        closed: None,
        consent_events: None,
        notices: None,
        omitted: Vec::new(),
    }
}

async fn ask(query: &str, email: Field<serde_json::Value>) -> (serde_json::Value, serde_json::Value, String) {
    ask_of(ana(email), query).await
}

async fn ask_of(view: ProfileView, query: &str) -> (serde_json::Value, serde_json::Value, String) {
    let schema = Schema::new(Root(view, Mutex::default()), EmptyMutation, EmptySubscription);
    let notes = Notes::default();
    let response = schema.execute(Request::new(query).data(notes.clone())).await;
    let wanted =
        schema.execute("{ wanted }").await.data.into_json().unwrap()["wanted"].as_str().unwrap().to_owned();
    assert!(response.errors.is_empty(), "{:?}", response.errors);
    let told = notes.told().map(|list| list.into_json().unwrap()).unwrap_or_default();
    (response.data.into_json().unwrap(), told, wanted)
}

#[tokio::test]
async fn what_is_withheld_is_null_with_its_place_and_reason_and_the_rest_stands() {
    let query =
        "{ person { identifiers { value } facts: attributes { name value } withheld { path code hint } } }";
    let (data, told, _) = ask(query, Field::Withheld(Reason::Consent)).await;
    assert_eq!(data["person"]["identifiers"], json!(null));
    assert_eq!(
        data["person"]["facts"],
        json!([{ "name": "plan", "value": "gold" }, { "name": "email", "value": null }])
    );
    let places: Vec<_> = told.as_array().unwrap().iter().map(|note| (&note["path"], &note["code"])).collect();
    let (identifiers, email) = (json!(["person", "identifiers"]), json!(["person", "facts", 1, "value"]));
    assert_eq!(places, [(&identifiers, &json!("ROLE")), (&email, &json!("CONSENT"))]);
    let typed = data["person"]["withheld"].as_array().unwrap();
    assert_eq!(typed[1]["path"], json!(["attributes", "email"]));
    assert!(typed.iter().all(|one| !one["hint"].as_str().unwrap().is_empty()));
}

#[tokio::test]
async fn a_list_left_out_in_part_is_shown_and_the_rest_is_noted_and_one_left_out_whole_is_null() {
    let omitted = |part, reason| Omission { part, reason };
    let view = ProfileView {
        identifiers: Some(Field::Shown(Vec::new())),
        attributes: Some(Vec::new()),
        omitted: vec![
            omitted(Part::Identifiers(IdentifierKind::Email), Reason::Role),
            omitted(Part::Identifiers(IdentifierKind::UserId), Reason::Purpose),
            omitted(Part::Attributes, Reason::Purpose),
            omitted(Part::EventBodies, Reason::Role),
        ],
        ..ana(Field::Shown(json!("")))
    };
    let query =
        "{ person { identifiers { value } attributes { name } events { edges { node { properties } } }
        withheld { path code } } }";
    let (data, told, _) = ask_of(view, query).await;
    let person = &data["person"];
    assert_eq!((&person["identifiers"], &person["attributes"]), (&json!([]), &json!(null)));
    let note = |place: &str, code: &str| (json!(["person", place]), json!(code));
    let told = told.as_array().unwrap().iter().map(|note| (note["path"].clone(), note["code"].clone()));
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            note("identifiers", "ROLE"),
            note("identifiers", "PURPOSE"),
            note("attributes", "PURPOSE"),
            note("events", "ROLE")
        ]
    );
    let typed = person["withheld"].as_array().unwrap().iter().map(|one| one["path"].clone());
    assert_eq!(
        typed.collect::<Vec<_>>(),
        [
            json!(["identifiers", "EMAIL"]),
            json!(["identifiers", "USER_ID"]),
            json!(["attributes"]),
            json!(["events", "properties"])
        ]
    );
}

#[tokio::test]
async fn what_nobody_asked_for_is_not_noted() {
    let (data, told, wanted) = ask("{ person { id createdAt } }", Field::Withheld(Reason::Minor)).await;
    assert_eq!(data["person"]["createdAt"], "2026-01-31T12:00:00.000000Z");
    assert!(told.is_null());
    assert_eq!(wanted, format!("{:?}", Wants::default()));
}

#[tokio::test]
async fn wants_are_read_through_fragments_aliases_and_variables_and_not_through_what_is_skipped() {
    let query = "query($n: Int = 7) { person { ...A identifiers @skip(if: true) { value } } }
        fragment A on Profile { ... { e: events(first: $n) { edges { node { id ...B } } } } }
        fragment B on Event { text: properties }";
    let (data, _, wanted) = ask(query, Field::Shown(json!("ana@example.com"))).await;
    assert_eq!(data["person"]["e"]["edges"][0]["node"]["text"], json!({ "total": 12.5 }));
    assert!(wanted.contains("identifiers: false, attributes: false"), "{wanted}");
    assert!(wanted.contains("first: 7, after: None, bodies: true"), "{wanted}");
    let (_, _, wanted) =
        ask("{ person { events { edges { node { name } } } } }", Field::Shown(json!(null))).await;
    assert!(wanted.contains("first: 50, after: None, bodies: false"), "{wanted}");
}

//! The made-up people of `people.json` as the messages their shops would have sent.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use zelo_app::{Batch, Incoming, Kind, Message};
use zelo_model::Timestamp;

/// A person as one source knows them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Person {
    source: String,
    user_id: Option<String>,
    anonymous_id: Option<String>,
    /// When they said who they are, in hours before the sample was made.
    identified: i64,
    traits: Map<String, Value>,
    events: Vec<Event>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Event {
    /// In hours before the sample was made.
    hours: i64,
    #[serde(rename = "event")]
    name: String,
    #[serde(default)]
    properties: Map<String, Value>,
}

/// A batch a source, its messages in the order of their time. They depend on `base` alone, so that loading twice is
/// loading once.
pub(super) fn batches(base: Timestamp) -> Result<BTreeMap<String, Batch>, serde_json::Error> {
    let people: Vec<Person> = serde_json::from_str(include_str!("people.json"))?;
    let mut sources: BTreeMap<String, Vec<Message>> = BTreeMap::new();
    for (number, person) in people.iter().enumerate() {
        sources.entry(person.source.clone()).or_default().extend(person.messages(number, base));
    }
    let batch = |mut messages: Vec<Message>| {
        messages.sort_by_key(|message| message.client_time);
        let items = messages.into_iter().map(|message| Incoming::Message(Box::new(message))).collect();
        Batch { items, ..Batch::default() }
    };
    Ok(sources.into_iter().map(|(source, messages)| (source, batch(messages))).collect())
}

impl Person {
    fn messages(&self, number: usize, base: Timestamp) -> Vec<Message> {
        let identify = json!({ "type": "identify", "traits": self.traits });
        let mut all = vec![self.message(
            number,
            0,
            base,
            self.identified,
            Kind::Identify(self.traits.clone()),
            identify,
        )];
        for (index, done) in self.events.iter().enumerate() {
            let track = json!({ "type": "track", "event": done.name, "properties": done.properties });
            let kind = Kind::Track(done.name.clone());
            all.push(self.message(number, index + 1, base, done.hours, kind, track));
        }
        all
    }

    /// A visitor who has not yet said who they are is known by their browser alone.
    fn message(
        &self,
        person: usize,
        index: usize,
        base: Timestamp,
        hours: i64,
        kind: Kind,
        mut body: Value,
    ) -> Message {
        let known = hours <= self.identified;
        let user_id = self.user_id.clone().filter(|_| known || self.anonymous_id.is_none());
        let message_id = format!("sample-{person}-{index}");
        let time = Timestamp::from_micros(base.millis() * 1_000).plus(-hours * 3_600 * Timestamp::SECOND);
        body["messageId"] = json!(message_id);
        body["userId"] = json!(user_id);
        body["anonymousId"] = json!(self.anonymous_id);
        body["timestamp"] = json!(time.to_string());
        Message {
            kind,
            message_id: Some(message_id),
            user_id,
            anonymous_id: self.anonymous_id.clone(),
            happened: None,
            client_time: Some(time),
            sent_at: None,
            raw: body.to_string().into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages() -> Vec<Message> {
        let base: Timestamp = "2026-07-01T12:00:00Z".parse().unwrap();
        let items = batches(base).unwrap().into_values().flat_map(|batch| batch.items);
        items
            .map(|item| match item {
                Incoming::Message(message) => *message,
                Incoming::Held { .. } => panic!("a sample message is held"),
            })
            .collect()
    }

    #[test]
    fn nobody_in_the_sample_can_be_written_to() {
        let reserved = ["@example.com", "@example.org", "@exemplo.example"];
        let mut people = 0;
        for message in messages() {
            let Kind::Identify(traits) = &message.kind else { continue };
            let email = traits["email"].as_str().unwrap().to_lowercase();
            assert!(reserved.iter().any(|domain| email.ends_with(domain)), "{email}");
            people += 1;
        }
        assert!(people >= 12);
    }

    #[test]
    fn every_event_name_is_one_intake_takes_and_every_message_says_whose_it_is() {
        for message in messages() {
            assert!(message.user_id.is_some() || message.anonymous_id.is_some());
            if let Kind::Track(name) = &message.kind {
                zelo_app::event_name(name).unwrap();
            }
        }
    }

    #[test]
    fn a_visitor_is_anonymous_until_they_sign_in() {
        let visitor: Vec<_> =
            messages().into_iter().filter(|message| message.anonymous_id.is_some()).collect();
        let first = visitor.first().unwrap();
        assert!(matches!(first.kind, Kind::Track(_)) && first.user_id.is_none());
        let signed_in = visitor.iter().find(|message| matches!(message.kind, Kind::Identify(_))).unwrap();
        assert!(signed_in.user_id.is_some() && signed_in.anonymous_id == first.anonymous_id);
    }
}

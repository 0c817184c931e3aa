//! Lines of an export: JSON, with whom each value is from, and why it is missing where it is.

use serde_json::{Value, json};
use zelo_model::{Export, Field, ProfileId};

use crate::profile::{AttributeView, EventKind, EventView, IdentifierView, Omission, Part, ProfileView};

/// The first line: what this is.
pub(super) fn head(export: &Export) -> Value {
    json!({
        "type": "export",
        "id": export.id.to_string(),
        "purpose": export.purpose,
        "policy": export.policy,
        "begunAt": export.begun.to_string(),
    })
}

/// A person.
pub(super) fn profile(view: &ProfileView) -> Value {
    let mut withheld: Vec<Value> = view.omitted.iter().copied().map(omission).collect();
    let identifiers = match &view.identifiers {
        Some(Field::Shown(all)) => all.iter().map(identifier).collect(),
        Some(Field::Withheld(reason)) => {
            withheld.push(json!({"part": "identifiers", "code": reason.code()}));
            Vec::new()
        }
        None => Vec::new(),
    };
    if let Some(Field::Withheld(reason)) = &view.events {
        withheld.push(json!({"part": "events", "code": reason.code()}));
    }
    let attributes: Vec<Value> = view.attributes.iter().flatten().map(attribute).collect();
    json!({
        "type": "profile",
        "id": view.id.to_string(),
        "createdAt": view.created_at.to_string(),
        "lastSeenAt": view.last_seen_at.to_string(),
        "identifiers": identifiers,
        "attributes": attributes,
        "withheld": withheld,
    })
}

fn identifier(view: &IdentifierView) -> Value {
    let mut line = json!({"kind": view.kind.slug(), "value": view.value, "source": view.source,
        "firstSeenAt": view.first_seen_at.to_string()});
    if let Some(space) = &view.space {
        line["space"] = space.as_str().into();
    }
    line
}

/// A value that is withheld has its reason in its place.
fn attribute(view: &AttributeView) -> Value {
    let mut line = json!({"name": view.name, "category": view.category, "source": view.source,
        "at": view.at.to_string()});
    match &view.value {
        Field::Shown(value) => line["value"] = value.clone(),
        Field::Withheld(reason) => line["withheld"] = reason.code().into(),
    }
    line
}

fn omission(omission: Omission) -> Value {
    let part = match omission.part {
        Part::Identifiers(kind) => format!("identifiers.{}", kind.slug()),
        Part::Attributes => "attributes".to_owned(),
        Part::EventBodies => "events.body".to_owned(),
        Part::ConsentEvidence => "consentEvents.evidence".to_owned(),
    };
    json!({"part": part, "code": omission.reason.code()})
}

/// What somebody did.
pub(super) fn event(profile: ProfileId, view: &EventView) -> Value {
    let kind = match view.kind {
        EventKind::Track => "track",
        EventKind::Page => "page",
        EventKind::Screen => "screen",
    };
    let mut line = json!({
        "type": "event",
        "profile": profile.to_string(),
        "id": view.id.to_string(),
        "kind": kind,
        "name": view.name,
        "occurredAt": view.occurred_at.to_string(),
        "receivedAt": view.received_at.to_string(),
        "source": view.source,
    });
    if let Some(body) = &view.body {
        line["messageId"] = body.message_id.clone().into();
        line["pageName"] = body.page_name.clone().into();
        line["properties"] = body.properties.clone();
        line["context"] = body.context.clone();
    }
    line
}

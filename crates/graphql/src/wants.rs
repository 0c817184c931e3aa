//! Reads ahead what a document asks of a profile, so that one passage brings all of it back and nothing else.

use async_graphql::{Result, SelectionField, Value};
use zelo_app::{Error, WantedConsents, WantedEvents, WantedStates, Wants};

use crate::cursor;

/// How many events a page has unless told otherwise.
pub(crate) const FIRST: i32 = 50;
/// How many it has at most.
pub(crate) const MOST: i64 = 100;

/// What is asked of a profile, and of its access log.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wanted {
    /// Of the profile.
    pub(crate) profile: Wants,
    /// A page of its access log.
    pub(crate) access: Option<WantedAccess>,
}

/// A page of an access log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WantedAccess {
    /// How many, 1 to 100.
    pub(crate) first: usize,
    /// Only those before this place.
    pub(crate) after: Option<(i64, i64)>,
}

/// What the selection below a profile asks for, through fragments and aliases.
pub(crate) fn wants(profile: SelectionField<'_>) -> Result<Wanted> {
    let mut wanted = Wanted::default();
    let wants = &mut wanted.profile;
    for field in profile.selection_set() {
        match field.name() {
            "identifiers" => wants.identifiers = true,
            "attributes" => wants.attributes = true,
            "notices" => wants.notices = true,
            "consents" => wants.consents = Some(merge_states(wants.consents, states(field)?)?),
            "consentEvents" => wants.consent_events = Some(merge_said(wants.consent_events, said(field)?)?),
            "events" => wants.events = Some(merge(wants.events, events(field)?)?),
            "accessLog" => {
                let (first, after) = page(field, "accessLog", cursor::decode_place)?;
                let page = WantedAccess { first, after };
                if wanted.access.is_some_and(|other| other != page) {
                    return Err(Error::invalid(
                        "accessLog",
                        "give every `accessLog` of a profile the same arguments",
                    )
                    .into());
                }
                wanted.access = Some(page);
            }
            _ => {}
        }
    }
    Ok(wanted)
}

/// One profile brings one page of events: a second page would be a second read of a person under one entry.
fn merge(earlier: Option<WantedEvents>, page: WantedEvents) -> Result<WantedEvents, Error> {
    match earlier {
        Some(other) if (other.first, other.after) != (page.first, page.after) => Err(Error::invalid(
            "events",
            "a profile brings one page of events: give every `events` here the same arguments, or ask for the profile twice",
        )),
        Some(other) => Ok(WantedEvents { bodies: other.bodies || page.bodies, ..page }),
        None => Ok(page),
    }
}

fn events(field: SelectionField<'_>) -> Result<WantedEvents> {
    let bodies = bodies(field);
    let (first, after) = page(field, "events", cursor::decode)?;
    Ok(WantedEvents { first, after, bodies })
}

/// One instant, too.
fn merge_states(earlier: Option<WantedStates>, wanted: WantedStates) -> Result<WantedStates, Error> {
    match earlier {
        Some(other) if other != wanted => Err(Error::invalid(
            "consents",
            "a profile tells them of one instant: give every `consents` here the same `at`, or ask for the profile twice",
        )),
        _ => Ok(wanted),
    }
}

fn states(field: SelectionField<'_>) -> Result<WantedStates> {
    let arguments = field.arguments().map_err(|error| Error::invalid("consents", error.message))?;
    let at = arguments.into_iter().find_map(|(name, value)| match value {
        Value::String(text) if name == "at" => Some(text),
        _ => None,
    });
    let parsed = at.map(|text| text.parse()).transpose();
    let at =
        parsed.map_err(|error: zelo_model::TimeError| Error::invalid("consents.at", error.to_string()))?;
    Ok(WantedStates { at })
}

/// One page of what was said, too.
fn merge_said(earlier: Option<WantedConsents>, page: WantedConsents) -> Result<WantedConsents, Error> {
    match earlier {
        Some(other) if (other.first, other.after) != (page.first, page.after) => Err(Error::invalid(
            "consentEvents",
            "a profile brings one page of them: give every `consentEvents` here the same arguments, or ask for the profile twice",
        )),
        Some(other) => Ok(WantedConsents { evidence: other.evidence || page.evidence, ..page }),
        None => Ok(page),
    }
}

fn said(field: SelectionField<'_>) -> Result<WantedConsents> {
    let evidence = any(field, "edges", |edge| {
        any(edge, "node", |node| any(node, "evidence", |_| true) || any(node, "receipt", |_| true))
    });
    let (first, after) = page(field, "consentEvents", cursor::decode_consent)?;
    Ok(WantedConsents { first, after, evidence })
}

/// The arguments `first` and `after` of a list.
fn page<C>(
    list: SelectionField<'_>,
    name: &str,
    decode: fn(&str) -> Option<C>,
) -> Result<(usize, Option<C>)> {
    let (mut size, mut place) = (FIRST.unsigned_abs() as usize, None);
    for (argument, value) in list.arguments().map_err(|error| Error::invalid(name, error.message))? {
        match (argument.as_str(), value) {
            ("first", Value::Number(first)) => {
                let asked = first.as_i64().filter(|size| (1..=MOST).contains(size));
                let asked = asked.and_then(|size| usize::try_from(size).ok());
                size =
                    asked.ok_or_else(|| Error::invalid(format!("{name}.first"), format!("1 to {MOST}")))?;
            }
            ("after", Value::String(after)) => {
                let found = decode(&after);
                place = Some(found.ok_or_else(|| {
                    Error::invalid(format!("{name}.after"), "take a cursor from an earlier answer, unchanged")
                })?);
            }
            _ => {}
        }
    }
    Ok((size, place))
}

/// Whether any event's body is asked for: opening it is opening somebody's data.
fn bodies(events: SelectionField<'_>) -> bool {
    let told = |field: SelectionField<'_>| {
        matches!(field.name(), "messageId" | "planVersion" | "pageName" | "properties" | "context")
    };
    any(events, "edges", |edge| any(edge, "node", |node| node.selection_set().any(told)))
}

fn any(field: SelectionField<'_>, name: &str, test: impl Fn(SelectionField<'_>) -> bool) -> bool {
    field.selection_set().any(|child| child.name() == name && test(child))
}

//! A profile, read from memory: the root field has already brought back all that is asked for.

use async_graphql::{Context, ID, Json, Object};
use zelo_app::{AccessPage, AttributeView, ConsentView, Part, ProfileView};
use zelo_model::Field;

use crate::access::AccessLogConnection;
use crate::asker::Door;
use crate::consent::Consent;
use crate::consent_event::ConsentEventConnection;
use crate::event::EventConnection;
use crate::identifier::Identifier;
use crate::notice::Seen;
use crate::scalar::{AnyJson, DateTime};
use crate::wants::FIRST;
use crate::withheld::Withheld;

/// A profile as read, and its access log if that was asked for.
pub(crate) struct Profile(pub(crate) ProfileView, pub(crate) Option<AccessPage>);

/// The set of records believed to be one person. What you may not see of it is null, and `withheld` says why.
#[Object]
impl Profile {
    /// Its id: `prf_` and 26 characters.
    pub(crate) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// When its first message arrived.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When its latest message arrived, to the minute.
    async fn last_seen_at(&self) -> DateTime {
        DateTime(self.0.last_seen_at)
    }

    /// What finds this person: ids and addresses of all its records.
    async fn identifiers(&self, cx: &Context<'_>) -> Option<Vec<Identifier<'_>>> {
        let shown = cx.show(self.0.identifiers.as_ref()?)?;
        self.note(cx, |part| matches!(part, Part::Identifiers(_)));
        Some(shown.iter().map(Identifier).collect())
    }

    /// What is known about this person, each with where it comes from. Where sources differ, the one of higher
    /// priority stands.
    async fn attributes(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "Only these; left out, all of them.")] names: Option<Vec<String>>,
    ) -> Option<Vec<Attribute<'_>>> {
        if self.note(cx, |part| part == Part::Attributes) {
            return None;
        }
        let asked = |view: &&AttributeView| names.as_ref().is_none_or(|names| names.contains(&view.name));
        Some(self.0.attributes.as_ref()?.iter().filter(asked).map(Attribute).collect())
    }

    /// What this person did, newest first. One page a profile: `events` under two aliases must have the same
    /// arguments.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn events(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100.", default_with = "Some(FIRST)")] first: Option<i32>,
        #[graphql(desc = "Only those older than this cursor.")] after: Option<String>,
    ) -> Option<EventConnection<'_>> {
        let _ = first; // read ahead, in `wants.rs`
        let shown = cx.show(self.0.events.as_ref()?)?;
        self.note(cx, |part| part == Part::EventBodies);
        Some(EventConnection::new(shown, after.is_some()))
    }

    /// What comes of all this person said to purposes: one for each purpose and recipient of which something was said.
    async fn consents(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "Only to these purposes; left out, to all.")] purposes: Option<Vec<String>>,
        #[graphql(
            desc = "When, by what was known then; left out, now. All `consents` of a profile name the same."
        )]
        at: Option<DateTime>,
    ) -> Option<Vec<Consent>> {
        let _ = at; // read ahead, in `wants.rs`
        let asked = |view: &&ConsentView| purposes.as_ref().is_none_or(|list| list.contains(&view.purpose));
        Some(cx.show(self.0.consents.as_ref()?)?.iter().filter(asked).map(Consent::from).collect())
    }

    /// Everything this person said to purposes, newest first, each with its proof. One page a profile, as with `events`.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn consent_events(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100.", default_with = "Some(FIRST)")] first: Option<i32>,
        #[graphql(desc = "Only those older than this cursor.")] after: Option<String>,
    ) -> Option<ConsentEventConnection<'_>> {
        let _ = first; // read ahead, in `wants.rs`
        let shown = cx.show(self.0.consent_events.as_ref()?)?;
        self.note(cx, |part| part == Part::ConsentEvidence);
        Some(ConsentEventConnection::new(shown, after.is_some()))
    }

    /// Which notices this person saw, in the order they first did, and what they said to each.
    async fn notices(&self, cx: &Context<'_>) -> Option<Vec<Seen>> {
        Some(cx.show(self.0.notices.as_ref()?)?.iter().map(Seen::from).collect())
    }

    /// Who looked at this person, newest first, each line with its proofs; read by an operation of its own, which
    /// will stand in it next time. Entries show up once they are in a signed checkpoint, within a second or so.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn access_log(
        &self,
        #[graphql(desc = "How many, 1 to 100.", default_with = "Some(FIRST)")] first: Option<i32>,
        #[graphql(desc = "Only those older than this cursor.")] after: Option<String>,
    ) -> Option<AccessLogConnection<'_>> {
        let _ = (first, after); // read ahead, in `wants.rs`
        self.1.as_ref().map(AccessLogConnection::new)
    }

    /// What was read for this answer and is left out of it, and why.
    async fn withheld(&self) -> Vec<Withheld> {
        let mut list = Vec::new();
        if let Some(Field::Withheld(reason)) = self.0.identifiers {
            list.push(Withheld::new(&["identifiers"], reason));
        }
        for view in self.0.attributes.iter().flatten() {
            if let Field::Withheld(reason) = view.value {
                list.push(Withheld::new(&["attributes", &view.name], reason));
            }
        }
        if let Some(Field::Withheld(reason)) = self.0.events {
            list.push(Withheld::new(&["events"], reason));
        }
        if let Some(Field::Withheld(reason)) = self.0.consents {
            list.push(Withheld::new(&["consents"], reason));
        }
        if let Some(Field::Withheld(reason)) = self.0.consent_events {
            list.push(Withheld::new(&["consentEvents"], reason));
        }
        if let Some(Field::Withheld(reason)) = self.0.notices {
            list.push(Withheld::new(&["notices"], reason));
        }
        for omission in &self.0.omitted {
            let reason = omission.reason;
            list.push(match omission.part {
                Part::Identifiers(kind) => {
                    Withheld::new(&["identifiers", &kind.slug().to_uppercase()], reason)
                }
                Part::Attributes => Withheld::new(&["attributes"], reason),
                Part::EventBodies => Withheld::new(&["events", "properties"], reason),
                Part::ConsentEvidence => Withheld::new(&["consentEvents", "evidence"], reason),
            });
        }
        list
    }
}

impl Profile {
    /// Notes that parts of the field at hand are left out, and why; answers whether there are any.
    fn note(&self, cx: &Context<'_>, is: impl Fn(Part) -> bool) -> bool {
        let omitted = self.0.omitted.iter().filter(|omission| is(omission.part));
        omitted.map(|omission| cx.note(omission.reason)).count() > 0
    }
}

/// What a list costs: its fields once for each line of it.
pub(crate) fn cost(first: Option<i32>, each: usize) -> usize {
    1 + usize::try_from(first.unwrap_or(FIRST)).unwrap_or(1).saturating_mul(each)
}

/// An attribute as read.
struct Attribute<'a>(&'a AttributeView);

/// Something known about this person, and where it comes from.
#[Object]
impl Attribute<'_> {
    /// Its name, as the source calls it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its category in the taxonomy: who may see it, and for which purpose, follows from that.
    async fn category(&self) -> &str {
        &self.0.category
    }

    /// The value; null if it is withheld.
    async fn value(&self, cx: &Context<'_>) -> Option<AnyJson<'_>> {
        cx.show(&self.0.value).map(Json)
    }

    /// Whom we got it from: the source's name.
    async fn source(&self) -> &str {
        &self.0.source
    }

    /// The record it stands in: `rec_` and 26 characters.
    async fn record(&self) -> ID {
        ID(self.0.record.to_string())
    }

    /// When the source said so.
    async fn at(&self) -> DateTime {
        DateTime(self.0.at)
    }
}

#[cfg(test)]
mod tests;

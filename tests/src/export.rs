//! Everything the door shows of somebody, as text that does not depend on chance: no ids, only what is theirs.

use std::fmt::Write as _;

use zelo_app::ProfileView;
use zelo_model::Timestamp;

/// Identifiers, attributes, events and consents, a line each.
pub fn export(view: &ProfileView) -> String {
    let mut text = format!("since {} until {}\n", view.created_at, view.last_seen_at);
    for one in view.identifiers.iter().filter_map(|field| field.shown()).flatten() {
        let _ = writeln!(text, "{} {} from {} at {}", one.kind, one.value, one.source, one.first_seen_at);
    }
    for one in view.attributes.iter().flatten() {
        let value = one.value.shown();
        let _ = writeln!(text, "{} = {value:?} from {} at {}", one.name, one.source, one.at);
    }
    for one in view.events.iter().filter_map(|field| field.shown()).flat_map(|page| &page.events) {
        let said = one.body.as_ref().map(|body| body.properties.to_string()).unwrap_or_default();
        let name = one.name.as_deref().unwrap_or_default();
        let _ = writeln!(text, "{name} {said} from {} at {}", one.source, one.occurred_at);
    }
    for one in view.consents.iter().filter_map(|field| field.shown()).flatten() {
        let (state, when) =
            (one.state, |at: Option<Timestamp>| at.map_or("never".to_owned(), |at| at.to_string()));
        let _ = writeln!(
            text,
            "{} for {} is {:?} since {}, restricted since {}",
            one.purpose,
            one.recipient,
            state.standing,
            when(state.since),
            when(state.restricted)
        );
    }
    for one in view.consent_events.iter().filter_map(|field| field.shown()).flat_map(|page| &page.events) {
        let _ = write!(text, "{} to {} for {} at {}", one.kind.slug(), one.purpose, one.recipient, one.at);
        let voice = if one.vouched { "vouched for" } else { "by nobody known" };
        let notice = one.notice.as_ref().map(hex::encode).unwrap_or_default();
        let _ = write!(text, ", written down at {}, {voice}, notice {notice:?}", one.recorded_at);
        if let Some(evidence) = &one.evidence {
            let (language, note) = (evidence.language.as_deref(), evidence.note.as_deref());
            let _ = write!(text, ", by {} in {language:?}, {note:?}", evidence.channel);
        }
        text.push('\n');
    }
    text
}

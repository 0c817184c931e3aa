//! Everything the door shows of somebody, as text that does not depend on chance: no ids, only what is theirs.

use std::fmt::Write as _;

use zelo_app::ProfileView;

/// Identifiers, attributes and events, a line each.
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
    text
}

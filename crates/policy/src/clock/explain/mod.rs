//! A deadline explained in one sentence, for the person who waits and the one who must answer.

use super::{Due, Step};
use crate::Language;

mod en;
mod pt_br;

impl Due {
    /// When it is due and why, in one sentence.
    pub fn explain(&self, lang: Language) -> String {
        let to_the_minute = |step: &Step| matches!(step, Step::Ends { to_the_minute: true, .. });
        let mut draft = Draft { minutes: self.steps.iter().any(to_the_minute), ..Draft::default() };
        for step in &self.steps {
            match lang {
                Language::PtBr => pt_br::say(step, &mut draft),
                Language::En => en::say(step, &mut draft),
            }
        }
        draft.sentence()
    }
}

/// A sentence in the making.
#[derive(Default)]
struct Draft {
    /// Whether times are given to the minute.
    minutes: bool,
    /// "Received on Monday 2 March 2026".
    opening: String,
    /// "one month by GDPR art. 12(3)".
    period: String,
    /// Whether the period is several.
    plural: bool,
    /// Whether it is due at once.
    at_once: bool,
    /// "extended by two months".
    clauses: Vec<String>,
    /// "ends on Thursday 2 April 2026, when it is due".
    ending: String,
    /// "earlier than by other laws".
    tail: String,
}

impl Draft {
    fn sentence(self) -> String {
        let Self { opening, period, clauses, ending, tail, .. } = self;
        let clauses = if clauses.is_empty() { String::new() } else { format!(", {},", clauses.join(", ")) };
        format!("{opening}; {period}{clauses}{ending}{tail}.")
    }
}

/// "one, two and three".
fn listed(mut words: Vec<String>, and: &str) -> String {
    let last = words.pop().unwrap_or_default();
    if words.is_empty() { last } else { format!("{} {and} {last}", words.join(", ")) }
}

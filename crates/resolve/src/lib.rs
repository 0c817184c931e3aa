//! Who is who: normal forms, match rules, survivorship; pure.
//!
//! The same input gives the same answer in whatever order it is told: no clock, no chance, no I/O in here.
//! The rules come in as values (`zelo_model::MatchRules`); what they are stands in `policies/matching.yaml`.

mod decide;
mod documents;
mod halves;
mod iban;
mod name;
mod normal;
mod numbers;
mod party;
mod personal;
mod phone;
mod spot;
mod survive;
mod together;

pub use decide::{Candidate, Decision, Message, Outcome, Suggestion, decide};
pub use halves::{Tie, place_late, torn_ties};
pub use name::{NameProblem, event_name};
pub use normal::{NORMAL_FORMS, NormalError, blocked, is_email, normalize, normalize_in};
pub use party::{Breach, Digest, Summary};
pub use personal::looks_personal;
pub use phone::Region;
pub use spot::{PersonalKind, Spotted, may_hold, spot};
pub use survive::{Member, Winner, survive};
pub use together::{Held, breaches};

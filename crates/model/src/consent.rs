//! What somebody said to a purpose, and what follows from it. Only ever added to; the state is a fold.
//!
//! Consent belongs to whoever gave it (GDPR art. 7, LGPD art. 8), and a profile is several records that are only
//! *believed* to be one person. So every fact has a *voice*, the verified identifier it came with, and a voice speaks
//! for itself: its latest word counts. Between voices no is stronger than yes. That makes the state a function of the
//! set of facts alone, in whatever order they come, and a merge the union of two sets.

use std::collections::BTreeMap;

use crate::{ConsentId, Timestamp};

/// What was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ConsentKind {
    /// Yes (GDPR art. 6(1)(a); LGPD art. 7 I).
    Grant,
    /// No, when asked.
    Deny,
    /// A yes taken back, as easily as it was given (GDPR art. 7(3); LGPD art. 8 §5).
    Withdraw,
    /// A yes that no longer counts, because what was said yes to has changed (LGPD art. 8 §6).
    Invalidate,
    /// An objection (GDPR art. 21; LGPD art. 18 §2).
    Object,
    /// Processing is restricted (GDPR art. 18) or blocked (LGPD art. 18 IV).
    Restrict,
    /// A denial, objection or restriction taken back; nothing is granted by that.
    Lift,
}

impl ConsentKind {
    /// All of them; the position is the number in the `kind` column and never changes.
    pub const ALL: [Self; 7] =
        [Self::Grant, Self::Deny, Self::Withdraw, Self::Invalidate, Self::Object, Self::Restrict, Self::Lift];

    /// The number in the `kind` column.
    pub const fn number(self) -> i16 {
        match self {
            Self::Grant => 0,
            Self::Deny => 1,
            Self::Withdraw => 2,
            Self::Invalidate => 3,
            Self::Object => 4,
            Self::Restrict => 5,
            Self::Lift => 6,
        }
    }

    /// The name in what is kept and told.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Grant => "grant",
            Self::Deny => "deny",
            Self::Withdraw => "withdraw",
            Self::Invalidate => "invalidate",
            Self::Object => "object",
            Self::Restrict => "restrict",
            Self::Lift => "lift",
        }
    }

    /// The kind with this number.
    pub fn from_number(number: i16) -> Option<Self> {
        usize::try_from(number).ok().and_then(|n| Self::ALL.get(n).copied())
    }
}

/// A fact. `R` names a record, `I` an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsentFact<R, I> {
    /// Its id; settles the order of facts of one instant.
    pub id: ConsentId,
    /// The record it is anchored to.
    pub anchor: R,
    /// The verified identifier it came with, if any.
    pub verified: Option<I>,
    /// What was said.
    pub kind: ConsentKind,
    /// When it was said.
    pub at: Timestamp,
    /// When it was written down here.
    pub recorded: Timestamp,
}

/// What somebody's facts about one purpose and one recipient amount to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Standing {
    /// Nothing was said.
    #[default]
    Unasked,
    /// Yes.
    Granted,
    /// No.
    Denied,
    /// It was yes, and was taken back.
    Withdrawn,
    /// It was yes to something that has changed since.
    Invalidated,
    /// The person objects.
    Objected,
}

/// The state of one purpose and recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ConsentState {
    /// What is so.
    pub standing: Standing,
    /// Since when; `None` when nothing was said.
    pub since: Option<Timestamp>,
    /// Since when processing is restricted, whatever else is so.
    pub restricted: Option<Timestamp>,
}

/// There is no consent to withdraw: it was never given, or is withdrawn already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this consent is not given, or is withdrawn already")]
pub struct NotGiven;

/// Whose word a fact is: a verified identifier's, or that of nobody we can name beyond the record it is anchored to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Voice<R, I> {
    Verified(I),
    Somebody(R),
}

/// What a voice says now.
#[derive(Debug, Clone, Copy)]
struct Word<R, I> {
    yes: Option<ConsentFact<R, I>>,
    no: Option<ConsentFact<R, I>>,
    invalid: Option<Timestamp>,
    restricted: Option<ConsentFact<R, I>>,
}

/// All facts about one purpose and recipient.
#[derive(Debug, Clone)]
pub struct ConsentHistory<R, I>(Vec<ConsentFact<R, I>>);

impl<R: Copy + Ord, I: Copy + Ord> ConsentHistory<R, I> {
    /// From the facts of a profile's records, in any order.
    pub fn of(facts: impl IntoIterator<Item = ConsentFact<R, I>>) -> Self {
        let mut facts: Vec<_> = facts.into_iter().collect();
        facts.sort_by_key(|fact| (fact.at, fact.id));
        Self(facts)
    }

    /// What they amount to.
    pub fn state(&self) -> ConsentState {
        let words = self.words();
        let restricted = words.values().filter_map(|word| Some(word.restricted?.at)).min();
        let no = words.values().filter_map(|word| word.no).max_by_key(|fact| (fact.at, fact.id));
        let yes = words.values().filter_map(|word| Some(word.yes?.at)).min();
        let invalid = words.values().filter_map(|word| word.invalid).max();
        let (standing, since) = match (no, yes, invalid) {
            (Some(no), ..) => (against(no.kind), Some(no.at)),
            (None, Some(at), _) => (Standing::Granted, Some(at)),
            (None, None, Some(at)) => (Standing::Invalidated, Some(at)),
            (None, None, None) => (Standing::Unasked, None),
        };
        ConsentState { standing, since, restricted }
    }

    /// Takes the consent back: the grants that stand, each to be answered with a withdrawal in the same voice at the
    /// same anchor, so that the same person can grant it again. A second withdrawal is refused; history is never
    /// rewritten.
    pub fn withdraw(&self) -> Result<Vec<ConsentFact<R, I>>, NotGiven> {
        let given = self.given();
        // Where a no stands besides, the person has no consent in force, but a yes may still be hidden behind it.
        if given.is_empty() { Err(NotGiven) } else { Ok(given) }
    }

    /// The yeses that stand, one a voice.
    pub fn given(&self) -> Vec<ConsentFact<R, I>> {
        self.words().into_values().filter_map(|word| word.yes).collect()
    }

    /// The denials, objections and restrictions that stand and that nobody vouches for, one a voice: whoever takes them
    /// back answers each at its own anchor.
    pub fn unvouched(&self) -> Vec<ConsentFact<R, I>> {
        self.words().into_values().filter_map(|word| word.no.or(word.restricted)).filter(nobodys).collect()
    }

    /// Whether the voice of this identifier has a denial, objection or restriction to take back.
    pub fn is_against(&self, verified: I) -> bool {
        let word = self.words().remove(&Voice::Verified(verified));
        word.is_some_and(|word| word.no.is_some() || word.restricted.is_some())
    }

    /// What is to be appended to the others at an unmerge: denials, withdrawals, objections and restrictions written
    /// down since `merged` that still stand. Nobody knows which of the two has said them, so they hold for both; a
    /// grant stays with its anchor.
    pub fn carried(&self, merged: Timestamp) -> Vec<ConsentFact<R, I>> {
        let words = self.words().into_values().flat_map(|word| [word.no, word.restricted]);
        let mut carried: Vec<_> = words.flatten().filter(|fact| fact.recorded >= merged).collect();
        carried.sort_by_key(|fact| (fact.at, fact.id));
        carried
    }

    /// What is to be said again in its own half at an unmerge: what nobody vouches for, stood when they were merged, and
    /// was taken back since by nobody who can be named. It may have been the other who took it back.
    pub fn restored(&self, merged: Timestamp) -> Vec<ConsentFact<R, I>> {
        let now = self.words();
        let before = Self(self.0.iter().filter(|fact| fact.recorded < merged).copied().collect());
        let mut restored = Vec::new();
        for (voice, word) in before.words() {
            let Some(after) = now.get(&voice).filter(|_| matches!(voice, Voice::Somebody(_))) else {
                continue;
            };
            restored.extend(word.no.filter(|_| after.no.is_none()));
            restored.extend(word.restricted.filter(|_| after.restricted.is_none()));
        }
        restored.sort_by_key(|fact| (fact.at, fact.id));
        restored
    }

    fn words(&self) -> BTreeMap<Voice<R, I>, Word<R, I>> {
        let mut words = BTreeMap::new();
        for fact in &self.0 {
            let voice = fact.verified.map_or(Voice::Somebody(fact.anchor), Voice::Verified);
            let none = Word { yes: None, no: None, invalid: None, restricted: None };
            words.entry(voice).or_insert(none).take(fact, voice);
        }
        words
    }
}

impl<R: Copy, I: Copy> Word<R, I> {
    fn take(&mut self, fact: &ConsentFact<R, I>, voice: Voice<R, I>) {
        match fact.kind {
            ConsentKind::Grant => {
                self.yes.get_or_insert(*fact);
                // Only who is known to be the same person takes a no back by saying yes.
                if matches!(voice, Voice::Verified(_)) {
                    self.no = None;
                }
            }
            ConsentKind::Deny | ConsentKind::Withdraw | ConsentKind::Object => {
                (self.yes, self.invalid, self.no) = (None, None, Some(*fact));
            }
            ConsentKind::Invalidate => {
                if self.yes.take().is_some() {
                    self.invalid = Some(fact.at);
                }
            }
            ConsentKind::Restrict => self.restricted = Some(*fact),
            ConsentKind::Lift => (self.no, self.restricted) = (None, None),
        }
        if fact.kind == ConsentKind::Grant {
            self.invalid = None;
        }
    }
}

const fn nobodys<R, I>(fact: &ConsentFact<R, I>) -> bool {
    fact.verified.is_none()
}

const fn against(kind: ConsentKind) -> Standing {
    match kind {
        ConsentKind::Withdraw => Standing::Withdrawn,
        ConsentKind::Object => Standing::Objected,
        _ => Standing::Denied,
    }
}

impl Standing {
    /// Whether it is a no of the person's.
    pub const fn is_against(self) -> bool {
        matches!(self, Self::Denied | Self::Withdrawn | Self::Objected)
    }
}

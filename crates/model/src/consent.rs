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
    /// An opt-in from before, of which nobody can show to what and how it was given. It opens nothing (GDPR art. 7(1),
    /// LGPD art. 8 §2).
    Unproven,
    /// A yes that counts once it is confirmed through the channel it is about (double opt-in).
    Pending,
    /// An address given in a sale, where the person could say no and did not (Directive 2002/58 art. 13(2)).
    SoftOptIn,
    /// A text was seen, and nothing was said (GDPR art. 13, LGPD art. 9). It changes nothing.
    Informed,
}

impl ConsentKind {
    /// All of them; the position is the number in the `kind` column and never changes.
    pub const ALL: [Self; 11] = [
        Self::Grant,
        Self::Deny,
        Self::Withdraw,
        Self::Invalidate,
        Self::Object,
        Self::Restrict,
        Self::Lift,
        Self::Unproven,
        Self::Pending,
        Self::SoftOptIn,
        Self::Informed,
    ];

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
            Self::Unproven => 7,
            Self::Pending => 8,
            Self::SoftOptIn => 9,
            Self::Informed => 10,
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
            Self::Unproven => "unproven",
            Self::Pending => "pending",
            Self::SoftOptIn => "soft_opt_in",
            Self::Informed => "informed",
        }
    }

    /// Whether something was said by it: who only saw a text said nothing.
    pub const fn is_word(self) -> bool {
        !matches!(self, Self::Informed)
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
    /// It was yes, and has run out: by its time, or because the person is grown up now and was not then. Or it was to be a
    /// yes, and nobody confirmed it in time; or it rested on a sale that is too long ago.
    Expired,
    /// It was said to be yes, by nobody who can show it.
    Unproven,
    /// It is yes once it is confirmed.
    Pending,
    /// Nothing was said when it could be, in a sale.
    SoftOptIn,
}

/// From when on a yes, or what is less than one, no longer counts, and what is so then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lapse {
    /// When.
    pub at: Timestamp,
    /// Because of what.
    pub cause: LapseCause,
}

/// Why a yes no longer counts without anybody taking it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LapseCause {
    /// The text agreed to was replaced by one that says something else (LGPD art. 8 §6).
    NoticeChanged,
    /// Its time is over, or the person has come of age since somebody else said it for them; or it was not confirmed in time,
    /// or the months after a sale are over.
    RunOut,
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
    yes: Option<Yes<R, I>>,
    no: Option<ConsentFact<R, I>>,
    lapsed: Option<Lapse>,
    restricted: Option<ConsentFact<R, I>>,
    /// What is less than a yes, in the order of [`WEAKER`].
    weaker: [Option<Weaker>; WEAKER.len()],
}

/// What is less than a yes, the strongest first.
const WEAKER: [Standing; 3] = [Standing::SoftOptIn, Standing::Pending, Standing::Unproven];

/// Something less than a yes.
#[derive(Debug, Clone, Copy)]
struct Weaker {
    /// Since when.
    at: Timestamp,
    lapse: Option<Lapse>,
}

/// A yes that stands.
#[derive(Debug, Clone, Copy)]
struct Yes<R, I> {
    /// Since when there has been one without a gap.
    since: Timestamp,
    /// The one that counts longest.
    fact: ConsentFact<R, I>,
    lapse: Option<Lapse>,
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

    /// Those that had been said and written down by then.
    #[must_use]
    pub fn known_at(&self, then: Timestamp) -> Self {
        Self(self.0.iter().filter(|fact| fact.at <= then && fact.recorded <= then).copied().collect())
    }

    /// What they amount to, whatever time has done to them since.
    pub fn state(&self) -> ConsentState {
        self.state_at(Timestamp::MAX, &|_| None)
    }

    /// What they amount to at an instant. `lapse` says from when on a yes, or what is less than one, counts no more.
    pub fn state_at(
        &self,
        now: Timestamp,
        lapse: &dyn Fn(&ConsentFact<R, I>) -> Option<Lapse>,
    ) -> ConsentState {
        let words = self.words(lapse);
        let restricted = words.values().filter_map(|word| Some(word.restricted?.at)).min();
        let no = words.values().filter_map(|word| word.no).max_by_key(|fact| (fact.at, fact.id));
        let counts = |yes: &Yes<R, I>| yes.lapse.is_none_or(|lapse| lapse.at > now);
        let given = || words.values().filter_map(|word| word.yes);
        let yes = given().filter(counts).map(|yes| yes.since).min();
        let over = given().filter(|yes| !counts(yes)).filter_map(|yes| yes.lapse);
        let lapsed = words.values().filter_map(|word| word.lapsed).chain(over).max();
        let less = || words.values().flat_map(|word| WEAKER.into_iter().zip(word.weaker));
        let less = || less().filter_map(|(standing, one)| Some((standing, one?)));
        let stands = |one: &Weaker| one.lapse.is_none_or(|lapse| lapse.at > now);
        let weaker = less().filter(|(_, one)| stands(one)).map(|(standing, one)| (standing, one.at));
        let weaker = weaker.min_by_key(|(standing, at)| (WEAKER.iter().position(|one| one == standing), *at));
        let missed = less().filter(|(_, one)| !stands(one)).filter_map(|(_, one)| one.lapse).max();
        let (standing, since) = match (no, yes, weaker, lapsed) {
            (Some(no), ..) => (against(no.kind), Some(no.at)),
            (None, Some(at), ..) => (Standing::Granted, Some(at)),
            (None, None, Some((Standing::SoftOptIn, at)), _) => (Standing::SoftOptIn, Some(at)),
            (None, None, _, Some(lapse)) => (lapse.cause.leaves(), Some(lapse.at)),
            (None, None, Some((standing, at)), None) => (standing, Some(at)),
            (None, None, None, None) => {
                missed.map_or((Standing::Unasked, None), |lapse| (lapse.cause.leaves(), Some(lapse.at)))
            }
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
        self.spoken().into_values().filter_map(|word| Some(word.yes?.fact)).collect()
    }

    /// The yeses that wait to be confirmed, one a voice, whatever else is so.
    pub fn pending(&self) -> Vec<ConsentFact<R, I>> {
        let mut pending: BTreeMap<Voice<R, I>, ConsentFact<R, I>> = BTreeMap::new();
        for fact in &self.0 {
            match fact.kind {
                ConsentKind::Pending => drop(pending.insert(voice(fact), *fact)),
                ConsentKind::Grant | ConsentKind::Deny | ConsentKind::Withdraw | ConsentKind::Object => {
                    pending.remove(&voice(fact));
                }
                _ => {}
            }
        }
        pending.into_values().collect()
    }

    /// The denials, objections and restrictions that stand and that nobody vouches for, one a voice: whoever takes them
    /// back answers each at its own anchor.
    pub fn unvouched(&self) -> Vec<ConsentFact<R, I>> {
        self.spoken().into_values().filter_map(|word| word.no.or(word.restricted)).filter(nobodys).collect()
    }

    /// Whether the voice of this identifier has a denial, objection or restriction to take back.
    pub fn is_against(&self, verified: I) -> bool {
        let word = self.spoken().remove(&Voice::Verified(verified));
        word.is_some_and(|word| word.no.is_some() || word.restricted.is_some())
    }

    /// What is to be appended to the others at an unmerge: denials, withdrawals, objections and restrictions written
    /// down since `merged` that still stand. Nobody knows which of the two has said them, so they hold for both; a
    /// grant stays with its anchor.
    pub fn carried(&self, merged: Timestamp) -> Vec<ConsentFact<R, I>> {
        let words = self.spoken().into_values().flat_map(|word| [word.no, word.restricted]);
        let mut carried: Vec<_> = words.flatten().filter(|fact| fact.recorded >= merged).collect();
        carried.sort_by_key(|fact| (fact.at, fact.id));
        carried
    }

    /// What is to be said again in its own half at an unmerge: what nobody vouches for, stood when they were merged, and
    /// was taken back since by nobody who can be named. It may have been the other who took it back.
    pub fn restored(&self, merged: Timestamp) -> Vec<ConsentFact<R, I>> {
        let now = self.spoken();
        let before = Self(self.0.iter().filter(|fact| fact.recorded < merged).copied().collect());
        let mut restored = Vec::new();
        for (voice, word) in before.spoken() {
            let Some(after) = now.get(&voice).filter(|_| matches!(voice, Voice::Somebody(_))) else {
                continue;
            };
            restored.extend(word.no.filter(|_| after.no.is_none()));
            restored.extend(word.restricted.filter(|_| after.restricted.is_none()));
        }
        restored.sort_by_key(|fact| (fact.at, fact.id));
        restored
    }

    /// What each voice says, whatever time has done to it.
    fn spoken(&self) -> BTreeMap<Voice<R, I>, Word<R, I>> {
        self.words(&|_| None)
    }

    fn words(
        &self,
        lapse: &dyn Fn(&ConsentFact<R, I>) -> Option<Lapse>,
    ) -> BTreeMap<Voice<R, I>, Word<R, I>> {
        let mut words = BTreeMap::new();
        for fact in &self.0 {
            let none =
                Word { yes: None, no: None, lapsed: None, restricted: None, weaker: [None; WEAKER.len()] };
            words.entry(voice(fact)).or_insert(none).take(fact, lapse);
        }
        words
    }
}

fn voice<R: Copy, I: Copy>(fact: &ConsentFact<R, I>) -> Voice<R, I> {
    fact.verified.map_or(Voice::Somebody(fact.anchor), Voice::Verified)
}

impl<R: Copy, I: Copy> Word<R, I> {
    fn take(&mut self, fact: &ConsentFact<R, I>, lapse: &dyn Fn(&ConsentFact<R, I>) -> Option<Lapse>) {
        match fact.kind {
            ConsentKind::Grant => self.yes(fact, lapse(fact)),
            ConsentKind::Deny | ConsentKind::Withdraw | ConsentKind::Object => {
                (self.yes, self.lapsed, self.no) = (None, None, Some(*fact));
                self.weaker = [None; WEAKER.len()];
            }
            ConsentKind::Invalidate => {
                if self.yes.take().is_some() {
                    self.lapsed = Some(Lapse { at: fact.at, cause: LapseCause::NoticeChanged });
                }
            }
            ConsentKind::Restrict => self.restricted = Some(*fact),
            ConsentKind::Lift => (self.no, self.restricted) = (None, None),
            ConsentKind::SoftOptIn => self.weaker[0] = Some(Weaker { at: fact.at, lapse: lapse(fact) }),
            ConsentKind::Pending => self.weaker[1] = Some(Weaker { at: fact.at, lapse: lapse(fact) }),
            ConsentKind::Unproven => {
                self.weaker[2] = self.weaker[2].or(Some(Weaker { at: fact.at, lapse: None }));
            }
            ConsentKind::Informed => {}
        }
    }

    fn yes(&mut self, fact: &ConsentFact<R, I>, lapse: Option<Lapse>) {
        let stands = self.yes.filter(|yes| yes.lapse.is_none_or(|lapse| lapse.at > fact.at));
        self.yes = Some(match stands {
            // Said again, it counts as long as the one that counts longer.
            Some(yes) if outlasts(yes.lapse, lapse) => yes,
            Some(yes) => Yes { since: yes.since, fact: *fact, lapse },
            None => Yes { since: fact.at, fact: *fact, lapse },
        });
        // Only who is known to be the same person takes a no back by saying yes.
        if fact.verified.is_some() {
            self.no = None;
        }
        (self.lapsed, self.weaker) = (None, [None; WEAKER.len()]);
    }
}

/// Whether what ends at the first ends no sooner than what ends at the second.
fn outlasts(one: Option<Lapse>, other: Option<Lapse>) -> bool {
    match (one, other) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(one), Some(other)) => one.at >= other.at,
    }
}

impl LapseCause {
    const fn leaves(self) -> Standing {
        match self {
            Self::NoticeChanged => Standing::Invalidated,
            Self::RunOut => Standing::Expired,
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

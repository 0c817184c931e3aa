//! Forgetting a person, and the receipt of it.

use async_graphql::{Context, Enum, ID, Object, OneofObject, Result, SimpleObject};
use zelo_app::{
    EraseProfile, ErasureReceipt, Error, GetErasure, LiftSuppression, LoggedEntry, Lookup, WhichErasure,
};

use crate::access::AuditPath;
use crate::asker::Door;
use crate::identifier::IdentifierInput;
use crate::scalar::DateTime;

/// Why a person's data is erased.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "zelo_model::ErasureGround")]
pub(crate) enum ErasureGround {
    /// The person asked for it (LGPD art. 18 IV and VI, GDPR art. 17(1)).
    Request,
    /// It is no longer needed (LGPD art. 15 I, GDPR art. 17(1)(a)).
    NotNeeded,
    /// The consent it rested on was withdrawn (LGPD art. 15 III, GDPR art. 17(1)(b)).
    ConsentWithdrawn,
    /// The person objected (LGPD art. 18 §2, GDPR art. 17(1)(c)).
    Objection,
    /// It was never lawful to have it (GDPR art. 17(1)(d)).
    Unlawful,
    /// A law or authority demands it (LGPD art. 15 IV, GDPR art. 17(1)(e)).
    LegalDuty,
    /// It was collected from a child (LGPD art. 14, GDPR art. 17(1)(f)).
    Child,
}

/// How far an erasure has come; it only ever goes forward.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "zelo_model::ErasureState")]
pub(crate) enum ErasureState {
    /// Decided: the person is refused everywhere.
    Begun,
    /// The keys are destroyed; processes may still hold copies in memory.
    Shredded,
    /// Nobody can open anything of the person any more.
    Effective,
    /// Their rows are gone, too.
    Done,
}

/// Whom it is about: an id, or any identifier of theirs.
#[derive(OneofObject)]
pub(crate) enum PersonInput {
    /// A profile's id: `prf_` and 26 characters.
    Id(ID),
    /// Any identifier of any of the person's records.
    Identifier(IdentifierInput),
}

impl PersonInput {
    fn lookup(self) -> Result<Lookup, Error> {
        match self {
            Self::Id(id) => profile(&id).map(Lookup::Id),
            Self::Identifier(by) => {
                Ok(Lookup::Identifier { kind: by.kind.into(), space: by.space, value: by.value })
            }
        }
    }
}

fn profile(id: &ID) -> Result<zelo_model::ProfileId, Error> {
    id.parse().map_err(|problem: zelo_model::IdError| Error::invalid("id", problem.to_string()))
}

/// The receipt of an erasure; null if there is none, or none for you.
pub(crate) async fn erasure(cx: &Context<'_>, id: &ID) -> Result<Option<Erasure>> {
    match cx.run(GetErasure { which: WhichErasure::Profile(profile(id)?) }).await {
        Ok(receipt) => Ok(Some(Erasure(receipt))),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

#[derive(Default)]
pub(crate) struct Erasures;

#[Object]
impl Erasures {
    /// Forgets a person, over all the records believed to be theirs: destroys the keys, then deletes the rows. It cannot
    /// be undone. What a law keeps is kept apart, and stands in the receipt. Null if there is no such person.
    async fn erase_profile(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "Whom.")] person: PersonInput,
        #[graphql(desc = "Why.", default_with = "ErasureGround::Request")] ground: ErasureGround,
    ) -> Result<Option<Erasure>> {
        match cx.erase(EraseProfile { lookup: person.lookup()?, ground: ground.into(), lapsed: None }).await {
            Ok(receipt) => Ok(Some(Erasure(receipt))),
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Lets somebody who was forgotten be collected again: all that their erasure suppressed. How many identifiers that
    /// are; null if this one is not suppressed.
    async fn lift_suppression(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "Any suppressed identifier of theirs.")] by: IdentifierInput,
    ) -> Result<Option<u64>> {
        match cx.run(LiftSuppression { lookup: PersonInput::Identifier(by).lookup()? }).await {
            Ok(lifted) => Ok(Some(lifted)),
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// A receipt as read.
pub(crate) struct Erasure(ErasureReceipt);

/// The receipt of an erasure. It says nothing of who it was.
#[Object]
impl Erasure {
    /// Its number, from 1 on in each tenant.
    async fn number(&self) -> i64 {
        self.0.n
    }

    /// The profile that was forgotten: asking for it answers `ERASED` to those who may know.
    async fn profile(&self) -> ID {
        ID(self.0.profile.to_string())
    }

    /// How far it has come.
    async fn state(&self) -> ErasureState {
        self.0.state.into()
    }

    /// Why, as a code.
    async fn ground(&self) -> &str {
        &self.0.ground
    }

    /// When it was decided; from then on the person was refused everywhere.
    async fn begun_at(&self) -> DateTime {
        DateTime(self.0.begun_at)
    }

    /// When no process could open anything of the person any more.
    async fn effective_at(&self) -> Option<DateTime> {
        self.0.effective_at.map(DateTime)
    }

    /// When the last row was deleted.
    async fn done_at(&self) -> Option<DateTime> {
        self.0.done_at.map(DateTime)
    }

    /// When the last root key was destroyed that could open a backup of the person's keys; null until then.
    async fn final_at(&self) -> Option<DateTime> {
        self.0.final_at.map(DateTime)
    }

    /// How many identifiers are kept from coming back.
    async fn suppressed(&self) -> usize {
        self.0.suppressed
    }

    /// What a law keeps.
    async fn kept(&self) -> Vec<Kept> {
        self.0.kept.iter().cloned().map(Kept::from).collect()
    }

    /// The entry that begins it; null until it is in a signed checkpoint, within a second or so.
    async fn begin(&self) -> Option<Logged<'_>> {
        self.0.begin.as_ref().map(Logged)
    }

    /// The entry that ends it.
    async fn done(&self) -> Option<Logged<'_>> {
        self.0.done.as_ref().map(Logged)
    }
}

/// Fields that a law keeps, under a key of their own, until their time has come.
#[derive(SimpleObject)]
#[graphql(name = "KeptByLaw")]
struct Kept {
    /// The policy that keeps them.
    policy: String,
    /// The ground, as a code.
    ground: String,
    /// Where the law says so.
    law: String,
    /// Until when.
    until: DateTime,
    /// How many rows.
    rows: i64,
}

impl From<zelo_app::Kept> for Kept {
    fn from(kept: zelo_app::Kept) -> Self {
        let zelo_app::Kept { policy, ground, law, until, rows } = kept;
        Self { policy, ground, law, until: DateTime(until), rows }
    }
}

/// An entry as read.
struct Logged<'a>(&'a LoggedEntry);

/// An entry of the audit log, and the proof that it is there.
#[Object(name = "LoggedEntry")]
impl Logged<'_> {
    /// Its id: `ent_` and 26 characters.
    async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// The entry as the log holds it, byte for byte: what the proof is about.
    async fn leaf(&self) -> &str {
        &self.0.leaf
    }

    /// That it is in the log (RFC 6962 §2.1.1), leading to the checkpoint's root.
    async fn inclusion(&self) -> AuditPath {
        AuditPath::new(&self.0.inclusion)
    }

    /// The signed checkpoint that way leads to (C2SP tlog-checkpoint).
    async fn checkpoint(&self) -> &str {
        &self.0.checkpoint
    }
}

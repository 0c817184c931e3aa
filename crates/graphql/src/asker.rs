//! Who asks: an authenticated credential, the purpose it named, and the door.

use std::sync::Arc;

use async_graphql::Context;
use secrecy::{ExposeSecret as _, SecretString};
use zelo_app::{
    App, ApprovePolicies, Bundle, ChangeView, Credential, EraseProfile, ErasureReceipt, Error, HeldFilter,
    Judgement, Operation, Passage, ReplayCount,
};
use zelo_model::{Actor, Field, QuarantineId, Reason, Timestamp, Via};

use crate::withheld::Notes;

/// Whoever sent this request.
#[derive(Clone)]
pub(crate) struct Asker {
    /// The door.
    pub(crate) app: App,
    /// The credential they showed.
    pub(crate) credential: Credential,
    /// Its secret, for those who stay: it is looked at again each time something is delivered to them.
    pub(crate) secret: SecretString,
    /// The purpose they named, if any.
    pub(crate) purpose: Option<String>,
}

impl Asker {
    /// This asker at the door.
    pub(crate) async fn actor(&self) -> Result<Actor, Error> {
        self.app.admit(&self.credential, self.purpose.as_deref(), Via::GraphQl).await
    }

    /// Passes the door long after the request began: a key that was revoked since opens it no more.
    pub(crate) async fn again<O>(&mut self, operation: O) -> Result<O::Output, Error>
    where
        O: Operation<Access: Passage>,
    {
        self.credential = self.app.authenticate(self.secret.expose_secret()).await?;
        let actor = self.actor().await?;
        self.app.run(&actor, operation).await
    }
}

/// What resolvers do with their context; nothing else in this crate reaches the door.
pub(crate) trait Door {
    /// Passes the door with one operation. The purpose is settled here and not before, so that introspection needs
    /// none.
    fn run<O>(&self, operation: O) -> impl Future<Output = Result<O::Output, Error>> + Send
    where
        O: Operation<Access: Passage>;

    /// Forgets a person: all the passages that takes.
    fn erase(&self, what: EraseProfile) -> impl Future<Output = Result<ErasureReceipt, Error>> + Send;

    /// Approves of a change of policies, and puts it in force.
    fn approve(&self, what: ApprovePolicies) -> impl Future<Output = Result<ChangeView, Error>> + Send;

    /// Sends a held message again, and destroys the key that is left.
    fn replay(&self, id: QuarantineId) -> impl Future<Output = Result<Judgement, Error>> + Send;

    /// The same for many.
    fn replay_many(
        &self,
        filter: HeldFilter,
        after: Option<(Timestamp, QuarantineId)>,
    ) -> impl Future<Output = Result<ReplayCount, Error>> + Send;

    /// The policies in force, for what is told of things already read.
    fn policy(&self) -> Option<Arc<Bundle>>;

    /// Notes in `extensions.withheld` that something of the field at hand is left out.
    fn note(&self, reason: Reason);

    /// The value if it is shown; else null, and a note in `extensions.withheld`.
    fn show<'f, T>(&self, field: &'f Field<T>) -> Option<&'f T>;
}

impl Door for Context<'_> {
    async fn run<O>(&self, operation: O) -> Result<O::Output, Error>
    where
        O: Operation<Access: Passage>,
    {
        let asker = self.data_opt::<Asker>().ok_or(Error::Unauthenticated)?;
        let actor = asker.actor().await?;
        asker.app.run(&actor, operation).await
    }

    async fn erase(&self, what: EraseProfile) -> Result<ErasureReceipt, Error> {
        let asker = self.data_opt::<Asker>().ok_or(Error::Unauthenticated)?;
        let purpose = asker.purpose.as_deref();
        let actor = asker.app.admit(&asker.credential, purpose, Via::GraphQl).await?;
        asker.app.erase(&actor, what).await
    }

    async fn approve(&self, what: ApprovePolicies) -> Result<ChangeView, Error> {
        let asker = self.data_opt::<Asker>().ok_or(Error::Unauthenticated)?;
        asker.app.approve_policies(&asker.actor().await?, what).await
    }

    async fn replay(&self, id: QuarantineId) -> Result<Judgement, Error> {
        let asker = self.data_opt::<Asker>().ok_or(Error::Unauthenticated)?;
        asker.app.replay_held(&asker.actor().await?, id).await
    }

    async fn replay_many(
        &self,
        filter: HeldFilter,
        after: Option<(Timestamp, QuarantineId)>,
    ) -> Result<ReplayCount, Error> {
        let asker = self.data_opt::<Asker>().ok_or(Error::Unauthenticated)?;
        asker.app.replay_many(&asker.actor().await?, &filter, after).await
    }

    fn policy(&self) -> Option<Arc<Bundle>> {
        self.data_opt::<Asker>().map(|asker| asker.app.policy())
    }

    fn note(&self, reason: Reason) {
        if let (Some(notes), Some(node)) = (self.data_opt::<Notes>(), &self.path_node) {
            notes.add(async_graphql::to_value(node).unwrap_or_default(), reason);
        }
    }

    fn show<'f, T>(&self, field: &'f Field<T>) -> Option<&'f T> {
        match field {
            Field::Shown(value) => Some(value),
            Field::Withheld(reason) => {
                self.note(*reason);
                None
            }
        }
    }
}

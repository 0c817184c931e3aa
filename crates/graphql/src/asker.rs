//! Who asks: an authenticated credential, the purpose it named, and the door.

use async_graphql::Context;
use zelo_app::{App, Credential, Error, Operation, Passage};
use zelo_model::{Field, Reason, Via};

use crate::withheld::Notes;

/// Whoever sent this request.
pub(crate) struct Asker {
    /// The door.
    pub(crate) app: App,
    /// The credential they showed.
    pub(crate) credential: Credential,
    /// The purpose they named, if any.
    pub(crate) purpose: Option<String>,
}

/// What resolvers do with their context; nothing else in this crate reaches the door.
pub(crate) trait Door {
    /// Passes the door with one operation. The purpose is settled here and not before, so that introspection needs
    /// none.
    fn run<O>(&self, operation: O) -> impl Future<Output = Result<O::Output, Error>> + Send
    where
        O: Operation<Access: Passage>;

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
        let purpose = asker.purpose.as_deref();
        let actor = asker.app.admit(&asker.credential, purpose, Via::GraphQl).await?;
        asker.app.run(&actor, operation).await
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

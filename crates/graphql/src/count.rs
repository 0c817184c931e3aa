//! Numbers of people, and of what they did, as far as they may be told.

use async_graphql::SimpleObject;
use zelo_app::Tally;

/// A number that tells of nobody.
#[derive(SimpleObject)]
#[graphql(name = "Tally")]
pub(crate) struct Count {
    /// So many; null when they are too few to be told.
    exactly: Option<u64>,
    /// Fewer than this, perhaps none; null when the number is told.
    fewer_than: Option<u64>,
}

impl From<Tally> for Count {
    fn from(tally: Tally) -> Self {
        match tally {
            Tally::Exactly(count) => Self { exactly: Some(count), fewer_than: None },
            Tally::Few => Self { exactly: None, fewer_than: Some(Tally::FEW) },
        }
    }
}

//! What can be watched. Every delivery is a passage through the door of its own: one decision, one entry, and whoever
//! lost their key or their purpose meanwhile is refused at the next.

use std::time::Duration;

use async_graphql::{Context, Result, Subscription};
use futures_util::stream::{self, Stream};
use tokio::sync::watch;
use zelo_app::{Error, TailIntake};

use crate::arrival::Arrivals;
use crate::asker::Asker;

/// How many messages one delivery brings at most.
const MOST: usize = 100;
/// How long what arrives is gathered into one delivery: each leaves an entry in the log.
const GATHER: Duration = Duration::from_millis(250);

/// The root of what can be watched.
pub(crate) struct Watch;

/// What can be watched, as a stream: over `graphql-transport-ws`, or as server-sent events (POST with
/// `Accept: text/event-stream`).
#[Subscription(name = "Subscription")]
impl Watch {
    /// Messages as they arrive at this server: what became of each, why it is held, and whom it matched. It begins with
    /// the newest that are known.
    async fn arrivals(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "Only what came behind this `cursor` of an earlier delivery.")] after: Option<
            String,
        >,
    ) -> Result<impl Stream<Item = Result<Arrivals>> + use<>> {
        let asker = cx.data_opt::<Asker>().ok_or(Error::Unauthenticated)?.clone();
        let told = || Error::invalid("arrivals.after", "take a cursor from an earlier delivery, unchanged");
        let after = after.map(|after| after.parse::<u64>().map_err(|_| told())).transpose()?;
        let newest = asker.app.arrivals(&asker.actor().await?).await?;
        Ok(stream::unfold(Some(Following { asker, newest, after, begun: false }), Following::next))
    }
}

/// Somebody who watches.
struct Following {
    asker: Asker,
    newest: watch::Receiver<u64>,
    after: Option<u64>,
    begun: bool,
}

impl Following {
    /// The next delivery that has something in it; a refusal is the last.
    async fn next(following: Option<Self>) -> Option<(Result<Arrivals>, Option<Self>)> {
        let mut following = following?;
        loop {
            if following.begun && !following.wait().await {
                return None;
            }
            let first = !std::mem::replace(&mut following.begun, true);
            let tail = following.asker.again(TailIntake { after: following.after, first: MOST }).await;
            match tail {
                Ok(tail) => {
                    following.after = tail.arrivals.last().map(|last| last.place).or(following.after);
                    // Whoever begins before anything has arrived begins there, and not with the newest some day.
                    following.after.get_or_insert(0);
                    if first || !tail.arrivals.is_empty() {
                        return Some((Ok(tail.into()), Some(following)));
                    }
                }
                Err(error) => return Some((Err(error.into()), None)),
            }
        }
    }

    /// Until something has come behind what was delivered; false when the server stops.
    async fn wait(&mut self) -> bool {
        let after = self.after.unwrap_or(0);
        if self.newest.wait_for(|newest| *newest > after).await.is_err() {
            return false;
        }
        tokio::time::sleep(GATHER).await;
        true
    }
}

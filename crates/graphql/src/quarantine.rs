//! What could not be taken in as it was: listed, looked into, mended, sent again, let go.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use zelo_app::{
    DiscardHeld, Error, FixHeld, HeldEntry, HeldFilter, HeldView, InspectHeld, Judgement as Judged, ListHeld,
    Verdict as Says,
};
use zelo_model::{QuarantineId, Timestamp};

use crate::asker::Door;
use crate::cursor;
use crate::event::PageInfo;
use crate::merge::{all, id, one};
use crate::personal::personal;
use crate::profile::cost;
use crate::scalar::DateTime;
use crate::wants::{FIRST, MOST};

#[derive(Default)]
pub(crate) struct QuarantineQuery;

#[Object]
impl QuarantineQuery {
    /// Messages that could not be taken in as they were, newest first: why, and what may stand in the clear. Nothing of
    /// what they say.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn quarantine(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100.", default_with = "Some(FIRST)")] first: Option<i32>,
        #[graphql(desc = "Only those older than this cursor.")] after: Option<String>,
        #[graphql(desc = "Only those held for this reason, such as `event_name`.")] reason: Option<String>,
        #[graphql(desc = "Only those of the source of this name.")] source: Option<String>,
    ) -> Result<HeldConnection> {
        let first = first.map_or(i64::from(FIRST), i64::from);
        let first = usize::try_from(first).ok().filter(|_| (1..=MOST).contains(&first));
        let first = first.ok_or_else(|| Error::invalid("quarantine.first", format!("1 to {MOST}")))?;
        let continued = after.is_some();
        let after = after.map(|after| place("quarantine.after", &after)).transpose()?;
        let page = cx.run(ListHeld { filter: HeldFilter { reason, source }, first, after }).await?;
        let cursor = |entry: &HeldEntry| cursor::encode_held((entry.received, entry.id));
        let page_info = PageInfo::new(
            (page.has_next, continued),
            page.entries.first().map(cursor),
            page.entries.last().map(cursor),
        );
        let edge = |entry: HeldEntry| HeldEdge { cursor: cursor(&entry), node: HeldMessage(entry) };
        Ok(HeldConnection { edges: page.entries.into_iter().map(edge).collect(), page_info })
    }

    /// One held message with what it says. Whoever it is about finds this in their access log. Null if there is none, or
    /// none for you.
    async fn held_message(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "The held message: `qua_` and 26 characters.")] id: ID,
    ) -> Result<Option<OpenedMessage>> {
        match cx.run(InspectHeld { id: one("id", &id)? }).await {
            Ok(view) => Ok(Some(OpenedMessage(view))),
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

fn place(at: &str, cursor: &str) -> Result<(Timestamp, QuarantineId), Error> {
    let wrong = || Error::invalid(at, "take a cursor from an earlier answer, unchanged");
    cursor::decode_held(cursor).ok_or_else(wrong)
}

/// A page of held messages, newest first.
#[derive(SimpleObject)]
pub(crate) struct HeldConnection {
    /// The messages of this page.
    edges: Vec<HeldEdge>,
    /// Where the page lies.
    page_info: PageInfo,
}

/// A held message and the place it has in the list.
#[derive(SimpleObject)]
pub(crate) struct HeldEdge {
    /// Its place: `quarantine(after:)` goes on behind it.
    cursor: String,
    /// The message.
    node: HeldMessage,
}

/// As listed.
pub(crate) struct HeldMessage(HeldEntry);

/// A held message, as far as it may stand in the clear.
#[Object]
impl HeldMessage {
    /// Its id: `qua_` and 26 characters.
    async fn id(&self) -> ID {
        id(self.0.id)
    }

    /// Why it is held, such as `event_name` or `no_identifier`.
    async fn reason(&self) -> &str {
        &self.0.reason
    }

    /// What is wrong and where, without anything that was sent; null when the reason says it all.
    async fn detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// Whom it is from: the source's name.
    async fn source(&self) -> &str {
        &self.0.source
    }

    /// When it was received; sent again, it counts as received then.
    async fn received_at(&self) -> DateTime {
        DateTime(self.0.received)
    }

    /// Until when it is held. Then it is destroyed.
    async fn expires_at(&self) -> DateTime {
        DateTime(self.0.expires)
    }

    /// The event's name; null for what has none that may stand in the clear, or when it is withheld.
    async fn event(&self, cx: &Context<'_>) -> Option<&str> {
        cx.show(&self.0.event)?.as_deref()
    }

    /// How often it was mended.
    async fn fixes(&self) -> u64 {
        self.0.fixes
    }
}

/// As opened.
pub(crate) struct OpenedMessage(HeldView);

/// A held message with what it says.
#[Object]
impl OpenedMessage {
    /// What may stand in the clear.
    async fn held(&self) -> HeldMessage {
        HeldMessage(self.0.entry.clone())
    }

    /// The message as it came, or as it was mended: JSON, if it is that; null when it is withheld.
    async fn body(&self, cx: &Context<'_>) -> Option<&str> {
        cx.show(&self.0.body).map(String::as_str)
    }

    /// The context of the batch it came in, as received: JSON; null without one, or when it is withheld.
    async fn context(&self, cx: &Context<'_>) -> Option<&str> {
        cx.show(&self.0.context)?.as_deref()
    }
}

/// What becomes of a held message when it is sent again.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is stored, or was already.
    Taken,
    /// It is held still; `reason` and `detail` say why.
    Held,
    /// It may not be kept, for want of a basis, and is not.
    NotCollected,
    /// It may not be kept, for it is about somebody who was forgotten, and is not.
    Suppressed,
}

/// A verdict, with what is to be known of it.
#[derive(SimpleObject)]
pub(crate) struct Judgement {
    /// The held message.
    id: ID,
    /// The verdict.
    verdict: Verdict,
    /// Why it is held still, such as `event_name`; else null.
    reason: Option<&'static str>,
    /// What is wrong and where, without anything that was sent.
    detail: Option<String>,
    /// How many parts of it are held apart while the rest is stored.
    apart: usize,
}

impl Judgement {
    fn new(of: QuarantineId, judged: Judged) -> Self {
        let (verdict, reason) = match judged.verdict {
            Says::Taken => (Verdict::Taken, None),
            Says::Held(reason) => (Verdict::Held, Some(reason.code())),
            Says::NotCollected => (Verdict::NotCollected, None),
            Says::Suppressed => (Verdict::Suppressed, None),
        };
        Self { id: id(of), verdict, reason, detail: judged.detail, apart: judged.apart }
    }
}

/// What became of many held messages.
#[derive(SimpleObject)]
pub(crate) struct ReplayCount {
    /// They are stored.
    taken: usize,
    /// They are held still.
    held: usize,
    /// They may not be kept, and are not.
    refused: usize,
    /// Where to go on with older ones; null when there are none.
    cursor: Option<String>,
}

#[derive(Default)]
pub(crate) struct QuarantineMutation;

#[Object]
impl QuarantineMutation {
    /// Puts a corrected message in the place of one that is held, and says what would become of it; nothing is sent yet.
    /// Null if there is no such message, or none for you.
    async fn fix_held(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "The held message: `qua_` and 26 characters.")] id: ID,
        #[graphql(
            desc = "The corrected message: a JSON object of at most 32 KB. Personal, so never over GET: `PERSONAL_DATA_IN_URL`.",
            directive = personal::apply()
        )]
        json: String,
    ) -> Result<Option<Judgement>> {
        let id = one("id", &id)?;
        told(id, cx.run(FixHeld { id, json }).await)
    }

    /// Sends a held message again, as if it had just been received when it was. It is stored once, however often this is
    /// done. What is still wrong stays and is told why. Null if there is no such message, or none for you.
    async fn replay_held(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "The held message: `qua_` and 26 characters.")] id: ID,
    ) -> Result<Option<Judgement>> {
        let id = one("id", &id)?;
        told(id, cx.replay(id).await)
    }

    /// Sends many held messages again: the newest thousand, or those older than a cursor.
    async fn replay_quarantine(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "Only those held for this reason, such as `event_name`.")] reason: Option<String>,
        #[graphql(desc = "Only those of the source of this name.")] source: Option<String>,
        #[graphql(desc = "Only those older than this cursor.")] after: Option<String>,
    ) -> Result<ReplayCount> {
        let after = after.map(|after| place("replayQuarantine.after", &after)).transpose()?;
        let done = cx.replay_many(HeldFilter { reason, source }, after).await?;
        let zelo_app::ReplayCount { taken, held, refused, next } = done;
        Ok(ReplayCount { taken, held, refused, cursor: next.map(cursor::encode_held) })
    }

    /// Destroys held messages; it cannot be undone. How many it were.
    async fn discard_held(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "1 to 100 held messages: `qua_` and 26 characters each.")] ids: Vec<ID>,
    ) -> Result<u64> {
        Ok(cx.run(DiscardHeld { ids: all("ids", &ids)? }).await?)
    }
}

fn told(id: QuarantineId, outcome: Result<Judged, Error>) -> Result<Option<Judgement>> {
    match outcome {
        Ok(judged) => Ok(Some(Judgement::new(id, judged))),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

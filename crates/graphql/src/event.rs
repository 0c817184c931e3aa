//! Events as a Relay connection, newest first.

use async_graphql::{Enum, ID, Object, SimpleObject};
use zelo_app::{EventView, EventsView};

use crate::cursor;
use crate::scalar::{AnyJson, DateTime};

/// A page of events, newest first by their own time. There is no total: counting people's acts is an act of its own.
#[derive(SimpleObject)]
pub(crate) struct EventConnection<'a> {
    /// The events of this page.
    edges: Vec<EventEdge<'a>>,
    /// Where the page lies.
    page_info: PageInfo,
}

/// An event and the place it has in the list.
#[derive(SimpleObject)]
pub(crate) struct EventEdge<'a> {
    /// Its place: `events(after:)` goes on behind it.
    cursor: String,
    /// The event.
    node: Event<'a>,
}

/// Where a page lies in its list.
#[derive(SimpleObject)]
pub(crate) struct PageInfo {
    /// Whether older ones follow.
    has_next_page: bool,
    /// Whether newer ones come before: true on every page asked for with `after`.
    has_previous_page: bool,
    /// The cursor of the first on this page.
    start_cursor: Option<String>,
    /// The cursor of the last on this page.
    end_cursor: Option<String>,
}

impl PageInfo {
    /// A page with or without older ones behind and newer ones before it, between these cursors.
    pub(crate) fn new(
        (has_next_page, has_previous_page): (bool, bool),
        start_cursor: Option<String>,
        end_cursor: Option<String>,
    ) -> Self {
        Self { has_next_page, has_previous_page, start_cursor, end_cursor }
    }
}

impl<'a> EventConnection<'a> {
    /// The page as it was read; `continued` if it was asked for with a cursor.
    pub(crate) fn new(view: &'a EventsView, continued: bool) -> Self {
        let cursor = |event: &EventView| cursor::encode(event.id);
        let edge = |event: &'a EventView| EventEdge { cursor: cursor(event), node: Event(event) };
        Self {
            edges: view.events.iter().map(edge).collect(),
            page_info: PageInfo::new(
                (view.has_next, continued),
                view.events.first().map(cursor),
                view.events.last().map(cursor),
            ),
        }
    }
}

/// What kind of event it is.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "zelo_app::EventKind")]
pub(crate) enum EventKind {
    /// Something somebody did.
    Track,
    /// A page somebody saw.
    Page,
    /// A screen of an app somebody saw.
    Screen,
}

/// An event as read.
pub(crate) struct Event<'a>(&'a EventView);

/// Something a person did, as one source told it. It never changes.
#[Object]
impl Event<'_> {
    /// Its id: `evt_` and 26 characters.
    async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Whether somebody did something, or saw a page or a screen.
    async fn kind(&self) -> EventKind {
        self.0.kind.into()
    }

    /// Its name in the tracking plan; null for page and screen views, whose names may be personal.
    async fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// When it happened, corrected for the sender's clock.
    async fn occurred_at(&self) -> DateTime {
        DateTime(self.0.occurred_at)
    }

    /// When it arrived here.
    async fn received_at(&self) -> DateTime {
        DateTime(self.0.received_at)
    }

    /// Whom we got it from: the source's name.
    async fn source(&self) -> &str {
        &self.0.source
    }

    /// The sender's own id for it; sending it again under this id counts once.
    async fn message_id(&self) -> Option<&str> {
        self.0.body.as_ref()?.message_id.as_deref()
    }

    /// The version of the tracking plan it was judged by; null when that had no schema of it.
    async fn plan_version(&self) -> Option<u32> {
        self.0.body.as_ref()?.plan_version
    }

    /// The name of the page or screen, from under its seal; null for what somebody did.
    async fn page_name(&self) -> Option<&str> {
        self.0.body.as_ref()?.page_name.as_deref()
    }

    /// What it says, as it was sent; of a page, its address too.
    async fn properties(&self) -> Option<AnyJson<'_>> {
        self.0.body.as_ref().map(|body| async_graphql::Json(&body.properties))
    }

    /// Where and how it was sent: library, page, device; the batch's context under the event's own.
    async fn context(&self) -> Option<AnyJson<'_>> {
        self.0.body.as_ref().map(|body| async_graphql::Json(&body.context))
    }
}

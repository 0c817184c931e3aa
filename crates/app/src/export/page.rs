//! One page of an export: up to a hundred profiles, opened as reading opens them.

use zelo_ledger::Class;
use zelo_model::{EventId, Export, ExportId, ExportMark, ExportState, Field};
use zelo_vault::sha256;

use super::{line, own};
use crate::error::{Error, Result};
use crate::operation::{Operation, Target};
use crate::profile::{EventsView, ProfileView, Sees, WantedEvents, Wants, shown};
use crate::tx::{Read, Tx, Write};

/// Hands out a page of an export: the next one, or the last one again when its answer was lost.
pub struct ExportPage {
    /// Which export.
    pub id: ExportId,
    /// Which page, from 0 on.
    pub page: i64,
}

/// A page that was handed out.
#[derive(Clone)]
pub struct ExportedPage {
    /// JSON Lines: profiles, each followed by its events.
    pub content: String,
    /// The export as it stands behind this page.
    pub export: Export,
}

/// What is to be handed out, and where the export was and will be.
pub struct ReadyPage {
    was: Export,
    to: Export,
    content: String,
}

/// Profiles of a page at most.
const PROFILES: i64 = 100;
/// Events of a page, about.
const EVENTS: usize = 1_000;
/// Records opened for a page, about.
const RECORDS: usize = 1_000;
/// Bytes of a page, about.
const BYTES: usize = 2 * 1024 * 1024;

impl Operation for ExportPage {
    const NAME: &'static str = "export.page";
    const CLASS: Class = Class::Disclosure;
    const TARGET: Target = Target::Person;
    type Access = Write;
    type Ready = ReadyPage;
    type Output = ExportedPage;

    async fn prepare(&self, tx: &mut Tx<'_, Read>) -> Result<ReadyPage> {
        let was = own(tx, self.id).await?;
        if was.policy != tx.policy.digest() {
            return Err(Error::Conflict(
                "the policies have changed since this export was begun; begin another, so that all of it goes by the same",
            ));
        }
        let again = was.pages > 0 && self.page == was.pages - 1;
        match was.state {
            ExportState::Cancelled => return Err(Error::Conflict("this export was cancelled")),
            ExportState::Done if !again => return Err(Error::Conflict("this export is done")),
            _ if !again && self.page != was.pages => {
                return Err(Error::invalid("page", "ask for the next page, or for the last one again"));
            }
            _ => {}
        }
        let from = if again { was.before } else { was.now };
        let mut page = Page::from(from);
        if was.pages == 0 || (again && was.pages == 1) {
            page.line(&line::head(&was));
        }
        let over = page.fill(tx, &was).await?;
        tx.notes.count = Some(u64::try_from(page.mark.profiles - from.profiles).unwrap_or_default());
        let mut chained = [0; 64];
        chained[..32].copy_from_slice(&from.digest);
        chained[32..].copy_from_slice(&sha256(page.text.as_bytes()));
        let now = ExportMark { digest: sha256(&chained), ..page.mark };
        let state = if over { ExportState::Done } else { ExportState::Running };
        let to = Export {
            state,
            moved: tx.now,
            ended: over.then_some(tx.now),
            pages: self.page + 1,
            now,
            before: from,
            ..was.clone()
        };
        Ok(ReadyPage { was, to, content: page.text })
    }

    async fn run(&self, ready: ReadyPage, tx: &mut Tx<'_, Write>) -> Result<ExportedPage> {
        let ReadyPage { was, to, content } = ready;
        tx.rows.move_export(tx.tenant.row.id, &was, &to).await?;
        Ok(ExportedPage { content, export: to })
    }
}

/// A page being filled.
struct Page {
    text: String,
    mark: ExportMark,
    events: usize,
    records: usize,
}

impl Page {
    fn from(mark: ExportMark) -> Self {
        Self { text: String::new(), mark, events: 0, records: 0 }
    }

    fn line(&mut self, line: &serde_json::Value) {
        self.text.push_str(&line.to_string());
        self.text.push('\n');
        self.mark.lines += 1;
    }

    fn is_full(&self) -> bool {
        self.events >= EVENTS || self.records >= RECORDS || self.text.len() >= BYTES
    }

    /// Fills it; whether nobody is left.
    async fn fill(&mut self, tx: &mut Tx<'_, Read>, export: &Export) -> Result<bool> {
        // Somebody whose events were not all handed out comes first.
        let after = self.mark.profile - i64::from(self.mark.event.is_some());
        let people = tx.rows.profiles_between(tx.tenant.row.id, after, export.until, PROFILES).await?;
        let all = i64::try_from(people.len()).unwrap_or(PROFILES) < PROFILES;
        for (n, profile) in people.iter().enumerate() {
            let behind = self.mark.event.take().filter(|_| *profile == self.mark.profile);
            self.mark.profile = *profile;
            if !self.person(tx, *profile, export.events, behind).await? {
                return Ok(false);
            }
            if self.is_full() {
                return Ok(all && n + 1 == people.len());
            }
        }
        Ok(all)
    }

    /// One person; whether all of them is handed out. Whoever was forgotten meanwhile is passed over.
    async fn person(
        &mut self,
        tx: &mut Tx<'_, Read>,
        profile: i64,
        events: bool,
        mut behind: Option<EventId>,
    ) -> Result<bool> {
        let mut first = behind.is_none();
        loop {
            let after = behind;
            let wants = Wants {
                identifiers: first,
                attributes: first,
                events: events.then_some(WantedEvents { first: 100, after, bodies: true }),
                ..Wants::default()
            };
            let sees = Sees::of(tx, wants)?;
            let view = match shown(tx, profile, &sees).await {
                Ok(Some(view)) => view,
                Ok(None) | Err(Error::Erased) => return Ok(true),
                Err(error) => return Err(error),
            };
            if view.closed.is_some() {
                // Whoever this purpose is closed for is not in what is taken out for it.
                self.records += 1;
                return Ok(true);
            }
            if first {
                self.records += 1;
                self.mark.profiles += 1;
                self.line(&line::profile(&view));
            }
            let Some(last) = self.told(&view) else { return Ok(true) };
            if self.is_full() {
                self.mark.event = Some(last);
                return Ok(false);
            }
            (behind, first) = (Some(last), false);
        }
    }

    /// Adds a page of somebody's events; the last of them when there are more.
    fn told(&mut self, view: &ProfileView) -> Option<EventId> {
        let Some(Field::Shown(EventsView { events, has_next })) = &view.events else { return None };
        for event in events {
            self.line(&line::event(view.id, event));
        }
        self.events += events.len();
        events.last().filter(|_| *has_next).map(|event| event.id)
    }
}

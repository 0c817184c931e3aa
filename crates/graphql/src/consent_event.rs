//! What a person said to purposes, fact by fact, as a Relay connection.

use async_graphql::{Context, Enum, ID, Json, Object, SimpleObject};
use data_encoding::HEXLOWER;
use zelo_app::{ConsentEventView, ConsentEventsView, EvidenceView};

use crate::asker::Door as _;
use crate::cursor;
use crate::event::PageInfo;
use crate::scalar::DateTime;

/// A page of what a person said to purposes, newest first.
#[derive(SimpleObject)]
pub(crate) struct ConsentEventConnection<'a> {
    /// The facts of this page.
    edges: Vec<ConsentEventEdge<'a>>,
    /// Where the page lies.
    page_info: PageInfo,
}

/// Something said, and the place it has in the list.
#[derive(SimpleObject)]
pub(crate) struct ConsentEventEdge<'a> {
    /// Its place: `consentEvents(after:)` goes on behind it.
    cursor: String,
    /// What was said.
    node: ConsentEvent<'a>,
}

impl<'a> ConsentEventConnection<'a> {
    /// The page as it was read; `continued` if it was asked for with a cursor.
    pub(crate) fn new(view: &'a ConsentEventsView, continued: bool) -> Self {
        let cursor = |said: &ConsentEventView| cursor::encode_consent(said.id);
        let edge =
            |said: &'a ConsentEventView| ConsentEventEdge { cursor: cursor(said), node: ConsentEvent(said) };
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

/// What was said.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "zelo_model::ConsentKind")]
pub(crate) enum ConsentKind {
    /// Yes.
    Grant,
    /// No.
    Deny,
    /// A yes was taken back.
    Withdraw,
    /// A yes no longer counts, because what it was said to has changed.
    Invalidate,
    /// An objection (GDPR art. 21; LGPD art. 18 §2).
    Object,
    /// Processing is to be restricted (GDPR art. 18; LGPD art. 18 IV).
    Restrict,
    /// Denials, objections and restrictions were taken back.
    Lift,
    /// An opt-in from before that nobody can show.
    Unproven,
    /// A yes that was still to be confirmed.
    Pending,
    /// The address was given in a sale, where the person could say no and did not.
    SoftOptIn,
    /// A text was seen, and nothing was said.
    Informed,
}

/// What a consent is written in.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "zelo_app::ReceiptStandard")]
pub(crate) enum ReceiptStandard {
    /// Kantara Initiative Consent Receipt Specification 1.1.0.
    Kantara,
    /// ISO/IEC TS 27560:2023, as JSON-LD by the DPV profile `dpv-27560:record`.
    #[graphql(name = "ISO_27560")]
    Iso27560,
}

/// Something said, as read.
pub(crate) struct ConsentEvent<'a>(&'a ConsentEventView);

/// Something a person said to a purpose. It never changes: what is said later is added.
#[Object]
impl ConsentEvent<'_> {
    /// Its id: `cns_` and 26 characters.
    async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// To which purpose, by its name in the policies; `*` is all of them at once.
    async fn purpose(&self) -> &str {
        &self.0.purpose
    }

    /// The controller it is about: your own, or one the data would go to.
    async fn recipient(&self) -> &str {
        &self.0.recipient
    }

    /// What was said.
    async fn kind(&self) -> ConsentKind {
        self.0.kind.into()
    }

    /// When it was said.
    async fn at(&self) -> DateTime {
        DateTime(self.0.at)
    }

    /// When it was written down here.
    async fn recorded_at(&self) -> DateTime {
        DateTime(self.0.recorded_at)
    }

    /// Whether an identifier vouches for who said it: one that staff verified, the id its sender knows the person by, or
    /// the address typed into a form.
    async fn vouched(&self) -> bool {
        self.0.vouched
    }

    /// SHA-256 of the very text that was read, in hexadecimal.
    async fn notice(&self) -> Option<String> {
        self.0.notice.as_ref().map(|hash| HEXLOWER.encode(hash))
    }

    /// The record it stands at: `rec_` and 26 characters.
    async fn record(&self) -> ID {
        ID(self.0.record.to_string())
    }

    /// This as others read it: a receipt in a standard's own words, which names the person by the record alone. Null when
    /// how it was said is withheld, and in Kantara's words for anything but a yes.
    async fn receipt(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "Which standard.")] standard: ReceiptStandard,
    ) -> Option<Json<serde_json::Value>> {
        zelo_app::receipt(&*cx.policy()?, self.0, standard.into()).map(Json)
    }

    /// How it was said, from under its seal.
    async fn evidence(&self) -> Option<ConsentEvidence> {
        self.0.evidence.as_ref().map(Into::into)
    }
}

/// How something was said: what a controller must be able to prove (GDPR art. 7(1), LGPD art. 8 §2).
#[derive(SimpleObject)]
pub(crate) struct ConsentEvidence {
    /// Through which channel: `web`, `telephone`, `letter`; `unmerge` or `split` for what is repeated because two were
    /// taken for one when it was said.
    channel: String,
    /// In which language the person was asked.
    language: Option<String>,
    /// What staff kept of it.
    note: Option<String>,
    /// How the guardian who said it for a minor was verified.
    guardian: Option<String>,
    /// Who wrote it down: a credential's id, or a role.
    actor: String,
    /// The one this repeats: `cns_` and 26 characters.
    repeats: Option<ID>,
    /// The sale it rests on: `evt_` and 26 characters.
    sale: Option<ID>,
    /// The yes that waited and was confirmed by this: `cns_` and 26 characters.
    confirms: Option<ID>,
}

impl From<&EvidenceView> for ConsentEvidence {
    fn from(view: &EvidenceView) -> Self {
        let EvidenceView { channel, language, note, guardian, actor, repeats, sale, confirms } = view.clone();
        let [repeats, sale, confirms] = [repeats, sale, confirms].map(|id| id.map(ID));
        Self { channel, language, note, guardian, actor, repeats, sale, confirms }
    }
}

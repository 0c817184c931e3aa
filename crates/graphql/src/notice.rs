//! Who saw which notice: on a person, and in numbers.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use data_encoding::HEXLOWER;
use zelo_app::{CountNotice, Error, NoticeAnswer, SeenNotice};

use crate::asker::Door;
use crate::consent_event::ConsentKind;
use crate::count::Count;
use crate::scalar::DateTime;

#[derive(Default)]
pub(crate) struct NoticeQuery;

#[Object]
impl NoticeQuery {
    /// How many people saw each version of a notice, and what they said to it: numbers only, of those who are there now. Null
    /// if there is no such notice.
    async fn notice_numbers(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "The notice, by its name in the policies, such as `newsletter`.")] notice: ID,
    ) -> Result<Option<Vec<NoticeNumbers>>> {
        match cx.run(CountNotice { notice: notice.to_string() }).await {
            Ok(versions) => Ok(Some(versions.into_iter().map(Into::into).collect())),
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// How many people saw one version of a notice. Who said yes and later no stands in both numbers.
#[derive(SimpleObject)]
pub(crate) struct NoticeNumbers {
    /// The version.
    version: u32,
    /// Saw it, whatever they said.
    saw: Count,
    /// Said yes to it once, confirmed or still to be.
    said_yes: Count,
    /// Said no to it once.
    said_no: Count,
    /// Saw it and said nothing.
    only_saw: Count,
}

impl From<zelo_app::NoticeNumbers> for NoticeNumbers {
    fn from(of: zelo_app::NoticeNumbers) -> Self {
        Self {
            version: of.version,
            saw: of.saw.into(),
            said_yes: of.said_yes.into(),
            said_no: of.said_no.into(),
            only_saw: of.only_saw.into(),
        }
    }
}

/// A text that a person saw.
#[derive(SimpleObject)]
#[graphql(name = "SeenNotice")]
pub(crate) struct Seen {
    /// The notice, by its name in the policies.
    notice: ID,
    /// Its version.
    version: u32,
    /// In which language: `pt-BR` or `en`.
    language: String,
    /// SHA-256 of it, in hexadecimal.
    sha256: String,
    /// When, the first time that is known of.
    at: DateTime,
    /// What they said to it, the last word to each purpose; empty if they only saw it.
    answers: Vec<Answer>,
}

/// What a person said to one purpose of a text.
#[derive(SimpleObject)]
#[graphql(name = "NoticeAnswer")]
pub(crate) struct Answer {
    /// The purpose, by its name in the policies.
    purpose: String,
    /// What was said.
    kind: ConsentKind,
    /// When.
    at: DateTime,
}

impl From<&SeenNotice> for Seen {
    fn from(view: &SeenNotice) -> Self {
        Self {
            notice: ID(view.notice.clone()),
            version: view.version,
            language: view.language.clone(),
            sha256: HEXLOWER.encode(&view.sha256),
            at: DateTime(view.at),
            answers: view.answers.iter().map(Into::into).collect(),
        }
    }
}

impl From<&NoticeAnswer> for Answer {
    fn from(view: &NoticeAnswer) -> Self {
        Self { purpose: view.purpose.clone(), kind: view.kind.into(), at: DateTime(view.at) }
    }
}

//! What a word to a purpose must bring to be written down: what proves it (GDPR art. 7(1), LGPD art. 8 §2).

use zelo_model::{ConsentKind, Problem, Purpose, Timestamp};
use zelo_policy::{Notice, NoticeVersion, Opens};

use super::record::{CHANNEL, RecordConsent, Said, is_word};
use crate::error::{Error, Result};
use crate::profile::home;
use crate::tx::{Read, Tx};

/// What is wrong with a word.
pub(super) struct Check<'c, 't> {
    tx: &'c Tx<'t, Read>,
    word: &'c RecordConsent,
    problems: Vec<Problem>,
}

impl<'c, 't> Check<'c, 't> {
    /// The notice's hash, or everything that is wrong.
    pub(super) fn of(tx: &'c Tx<'t, Read>, word: &'c RecordConsent) -> Result<Option<Vec<u8>>> {
        let mut check = Self { tx, word, problems: Vec::new() };
        let notice = check.notice();
        check.said();
        match (&word.purpose, word.kind) {
            (_, ConsentKind::Withdraw) => check.wrong("kind", "a withdrawal has an operation of its own"),
            (None, ConsentKind::Restrict | ConsentKind::Object | ConsentKind::Lift) => {}
            (None, ConsentKind::Informed) => check.informs(notice.as_deref()),
            (Some(_), ConsentKind::Informed) => {
                check.wrong("purpose", "leave it out: who saw a text saw it for all its purposes");
            }
            (None, _) => check.wrong(
                "purpose",
                "name the purpose; only restrictions and objections, and lifting them, are about all at once",
            ),
            (Some(purpose), ConsentKind::Grant | ConsentKind::Pending) => {
                check.grants(purpose, notice.as_deref());
            }
            (Some(purpose), ConsentKind::Unproven) => check.rests_on_consent(purpose),
            (Some(purpose), ConsentKind::SoftOptIn) => check.sold(purpose),
            _ => {}
        }
        if check.problems.is_empty() { Ok(notice) } else { Err(Error::Invalid(check.problems)) }
    }

    fn wrong(&mut self, at: &str, message: &str) {
        self.problems.push(Problem::new(at, message));
    }

    fn notice(&mut self) -> Option<Vec<u8>> {
        match self.word.said.notice.as_deref().map(hex::decode)? {
            Ok(hash) if hash.len() == 32 => Some(hash),
            _ => {
                self.wrong("notice", "give the SHA-256 of the text agreed to as 64 hexadecimal digits");
                None
            }
        }
    }

    fn said(&mut self) {
        let Said { channel, language, note, guardian, at, .. } = &self.word.said;
        if !is_word(channel) {
            self.wrong("channel", CHANNEL);
        }
        if language.as_deref().is_some_and(|tag| !is_tag(tag)) {
            self.wrong("language", "give a language tag such as pt-BR");
        }
        if note.as_ref().is_some_and(|note| note.len() > 4096) {
            self.wrong("note", "at most 4096 bytes");
        }
        let ways = self.tx.policy.minors().guardian_verified_by.iter().filter(|way| way.sufficient);
        let ways: Vec<&str> = ways.map(|way| way.key.as_str()).collect();
        if guardian.as_deref().is_some_and(|how| !ways.contains(&how)) {
            self.wrong("guardian", &format!("say how the guardian was verified: {}", ways.join(", ")));
        }
        if self.word.said.sale.is_some() && self.word.kind != ConsentKind::SoftOptIn {
            self.wrong("sale", "only a soft opt-in rests on a sale");
        }
        let answers = matches!(self.word.kind, ConsentKind::Lift | ConsentKind::Invalidate);
        if at.is_some() && answers {
            self.wrong("at", "what takes something back counts from now on");
        }
        if at.is_some_and(|at| at > self.tx.now) {
            self.wrong("at", "this has not been said yet");
        }
    }

    /// A yes names the very text, in the language it was read in, while that text was in force.
    fn grants(&mut self, purpose: &Purpose, notice: Option<&[u8]>) {
        self.rests_on_consent(purpose);
        let (tx, said) = (self.tx, &self.word.said);
        let Some(hash) = notice else {
            if said.notice.is_none() {
                self.wrong(
                    "notice",
                    "a consent needs the hash of the text agreed to, or it cannot be proven",
                );
            }
            return self.language(None);
        };
        let at = said.at.unwrap_or(tx.now);
        let Some((notice, version, language)) = self.published(hash, at) else { return };
        if !version.purposes.contains(purpose) {
            let message = format!("{} {} does not speak of this purpose", notice.id, version.number);
            self.wrong("notice", &message);
        }
        if tx.policy.superseded_at(hash).is_some_and(|until| until <= at) {
            let message =
                format!("{} {} was replaced by one that says something else", notice.id, version.number);
            self.wrong("notice", &message);
        }
        self.language(Some(language));
        if tx.policy.consent_rules(purpose).double_opt_in
            && self.word.kind == ConsentKind::Grant
            && said.verified.is_none()
        {
            self.wrong(
                "identifier",
                "this purpose asks for confirmation: write PENDING down until the address is confirmed, then GRANT with it",
            );
        }
    }

    /// Who saw a text saw one of ours, in one language.
    fn informs(&mut self, notice: Option<&[u8]>) {
        let at = self.word.said.at.unwrap_or(self.tx.now);
        let Some(hash) = notice else {
            if self.word.said.notice.is_none() {
                self.wrong("notice", "give the hash of the text that was seen");
            }
            return;
        };
        if let Some((.., language)) = self.published(hash, at)
            && self.word.said.language.as_deref().is_some_and(|said| said != language)
        {
            self.wrong("language", &format!("the text with this hash is in {language}"));
        }
    }

    /// The text of this hash, which must be one of this controller's and have been out by then.
    fn published(&mut self, hash: &[u8], at: Timestamp) -> Option<(&'t Notice, &'t NoticeVersion, &'t str)> {
        let tx = self.tx;
        let Some((notice, version, language)) = tx.policy.notice_of_hash(hash) else {
            self.wrong(
                "notice",
                "no text of policies/notices has this hash; publish the text before anybody agrees to it",
            );
            return None;
        };
        if !version.is_of(&tx.tenant.row.controller) {
            let message = format!("{} {} is a text of other controllers", notice.id, version.number);
            self.wrong("notice", &message);
        }
        if version.valid_from > at {
            let message = format!("{} {} was not published yet", notice.id, version.number);
            self.wrong("notice", &message);
        }
        Some((notice, version, language))
    }

    fn language(&mut self, of_text: Option<&str>) {
        match (&self.word.said.language, of_text) {
            (None, _) => self.wrong("language", "a consent needs the language of the text agreed to"),
            (Some(said), Some(text)) if said != text => {
                self.wrong("language", &format!("the text with this hash is in {text}"));
            }
            _ => {}
        }
    }

    fn rests_on_consent(&mut self, purpose: &Purpose) {
        if !self.opens(purpose, &[Opens::OnGrant, Opens::OnProof]) {
            self.wrong("purpose", "this purpose does not rest on consent, so there is none to give");
        }
    }

    fn sold(&mut self, purpose: &Purpose) {
        if !self.opens(purpose, &[Opens::OnProof]) {
            self.wrong("purpose", "no sale is a basis for this purpose where the controller is at home");
        }
        if self.word.said.sale.is_none() {
            self.wrong("sale", "name the event of the sale in which the address was given");
        }
        if self.word.said.at.is_some() {
            self.wrong("at", "leave it out: it was said in the sale, and that says when");
        }
        if self.word.said.note.as_ref().is_none_or(|note| note.trim().is_empty()) {
            self.wrong("note", "say how the person could say no when the address was given");
        }
    }

    fn opens(&self, purpose: &Purpose, how: &[Opens]) -> bool {
        let purpose = self.tx.policy.purpose(purpose);
        let asked = purpose.zip(home(self.tx).ok());
        asked.is_some_and(|(purpose, home)| purpose.bases_in(home).any(|basis| how.contains(&basis.opens)))
    }
}

fn is_tag(text: &str) -> bool {
    (2..=35).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-')
}

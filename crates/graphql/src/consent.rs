//! What a person said to a purpose, and saying it.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use zelo_app::{
    ConfirmationLink, ConsentView, Error, GiveConfirmation, RecordConsent, Said, WithdrawConsent,
};
use zelo_model::Purpose;

use crate::asker::Door;
use crate::identifier::IdentifierInput;
use crate::merge::one;
use crate::personal::personal;
use crate::scalar::DateTime;

/// What is so.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "zelo_model::Standing")]
pub(crate) enum ConsentStanding {
    /// Nothing was said.
    Unasked,
    /// Yes.
    Granted,
    /// No.
    Denied,
    /// It was yes, and was taken back.
    Withdrawn,
    /// It was yes to something that has changed since.
    Invalidated,
    /// The person objects.
    Objected,
    /// It was yes, and its time is over; or a guardian said it, and the person has come of age. Or it was to be a yes, and was
    /// not confirmed in time; or it rested on a sale that is too long ago.
    Expired,
    /// It is said to have been yes, and nobody can show it. It opens nothing.
    Unproven,
    /// It is yes once it is confirmed. It opens nothing until then.
    Pending,
    /// The address was given in a sale, where the person could say no and did not.
    SoftOptIn,
}

/// What somebody says to a purpose; a withdrawal has a mutation of its own.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ConsentWord {
    /// Yes.
    Grant,
    /// No.
    Deny,
    /// A yes no longer counts, because what it was said to has changed.
    Invalidate,
    /// An objection (GDPR art. 21).
    Object,
    /// Processing is to be restricted (GDPR art. 18).
    Restrict,
    /// The denials, objections and restrictions of this voice are taken back; nothing is granted by that.
    Lift,
    /// An opt-in from before that nobody can show. It opens nothing.
    Unproven,
    /// A yes that is still to be confirmed, for purposes that ask for it; `GRANT` with the confirmed identifier follows.
    Pending,
    /// The address was given in a sale, where the person could say no and did not (Directive 2002/58 art. 13(2)). `said` names
    /// the `sale`, and in its `note` how they could say no.
    SoftOptIn,
    /// Nothing: a text was seen and not answered. `said` names it as `notice`, and the consent no purpose: it is written down
    /// for all those of the text, and changes nothing.
    Informed,
}

impl From<ConsentWord> for zelo_model::ConsentKind {
    fn from(word: ConsentWord) -> Self {
        match word {
            ConsentWord::Grant => Self::Grant,
            ConsentWord::Deny => Self::Deny,
            ConsentWord::Invalidate => Self::Invalidate,
            ConsentWord::Object => Self::Object,
            ConsentWord::Restrict => Self::Restrict,
            ConsentWord::Lift => Self::Lift,
            ConsentWord::Unproven => Self::Unproven,
            ConsentWord::Pending => Self::Pending,
            ConsentWord::SoftOptIn => Self::SoftOptIn,
            ConsentWord::Informed => Self::Informed,
        }
    }
}

/// What a person's word to one purpose amounts to, for one recipient.
#[derive(SimpleObject)]
pub(crate) struct Consent {
    /// The purpose, by its name in the policies; `*` is all of them at once.
    purpose: String,
    /// The controller it is about: your own, or one the data would go to.
    recipient: String,
    /// What is so. A no counts more than a yes, unless the same verified identifier says yes later.
    standing: ConsentStanding,
    /// Since when; null when nothing was said.
    since: Option<DateTime>,
    /// Since when processing is restricted, whatever else is so; null when it is not.
    restricted_since: Option<DateTime>,
}

impl From<&ConsentView> for Consent {
    fn from(view: &ConsentView) -> Self {
        Self {
            purpose: view.purpose.clone(),
            recipient: view.recipient.clone(),
            standing: view.state.standing.into(),
            since: view.state.since.map(DateTime),
            restricted_since: view.state.restricted.map(DateTime),
        }
    }
}

/// Which consent.
#[derive(InputObject)]
pub(crate) struct ConsentKey {
    /// Whose: the profile.
    profile: ID,
    /// To which purpose, by its name in the policies. Left out, all of them at once: that can be objected to, restricted,
    /// and lifted again.
    purpose: Option<String>,
    /// For which controller, when the data would go to another one; left out, it is your own.
    recipient: Option<String>,
}

impl ConsentKey {
    fn purpose(&self) -> Result<Option<Purpose>, Error> {
        let parsed = self.purpose.as_deref().map(str::parse).transpose();
        parsed.map_err(|error: zelo_model::PurposeError| Error::invalid("purpose", error.to_string()))
    }
}

/// How it was said: what a controller must be able to prove.
#[derive(InputObject)]
pub(crate) struct ConsentSaid {
    /// Through which channel, in lower-case letters: `web`, `telephone`, `letter`.
    channel: String,
    /// In which language the person was asked, such as `pt-BR`. Needed for a consent.
    language: Option<String>,
    /// SHA-256 of the very text agreed to, in hexadecimal: one of the policies' notices. Needed for a consent.
    notice: Option<String>,
    /// When it was said, if it was written down on paper or at a till first; left out, it is now.
    at: Option<DateTime>,
    /// How a guardian, who says it for a minor, was verified: one of the ways that the policies call sufficient. What they
    /// say ends when the minor comes of age.
    #[graphql(directive = personal::apply())]
    guardian: Option<String>,
    /// An identifier of the profile that you have verified to be theirs. It vouches for who says this: only the same
    /// one takes a no back by saying yes.
    identifier: Option<IdentifierInput>,
    /// The sale in which the address was given, an event of the profile: `evt_` and 26 characters. Needed for a soft opt-in, and
    /// for nothing else; its name and age must be those that the policies let count.
    sale: Option<ID>,
    /// What is to be kept as evidence, sealed; at most 4096 bytes.
    #[graphql(directive = personal::apply())]
    note: Option<String>,
}

/// A link that confirms a consent.
#[derive(SimpleObject)]
pub(crate) struct Confirmation {
    /// The path; put the address before it at which people reach this server.
    path: String,
    /// Until when it confirms.
    until: DateTime,
}

impl From<ConfirmationLink> for Confirmation {
    fn from(ConfirmationLink { path, until }: ConfirmationLink) -> Self {
        Self { path, until: DateTime(until) }
    }
}

#[derive(Default)]
pub(crate) struct ConsentMutation;

#[Object]
impl ConsentMutation {
    /// Writes down what somebody says to a purpose. Nothing said before is changed; what it all amounts to is answered.
    async fn record_consent(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "Which consent.")] consent: ConsentKey,
        #[graphql(desc = "What is said.")] word: ConsentWord,
        #[graphql(desc = "How it was said.")] said: ConsentSaid,
    ) -> Result<Consent> {
        let ConsentSaid { channel, language, notice, at, guardian, identifier, sale, note } = said;
        let verified = identifier.map(|by| (by.kind.into(), by.space, by.value));
        let record = RecordConsent {
            profile: one("consent.profile", &consent.profile)?,
            purpose: consent.purpose()?,
            recipient: consent.recipient,
            kind: word.into(),
            said: Said {
                channel,
                language,
                notice,
                at: at.map(|at| at.0),
                guardian,
                verified,
                sale: sale.as_ref().map(|sale| one("said.sale", sale)).transpose()?,
                note,
            },
        };
        Ok((&cx.run(record).await?).into())
    }

    /// Withdraws a consent. Withdrawing twice is a `CONFLICT`.
    async fn withdraw_consent(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "Which consent.")] consent: ConsentKey,
        #[graphql(desc = "Through which channel, in lower-case letters: `web`, `telephone`, `letter`.")]
        channel: String,
    ) -> Result<Consent> {
        let withdraw = WithdrawConsent {
            profile: one("consent.profile", &consent.profile)?,
            purpose: consent.purpose()?.ok_or_else(|| Error::invalid("purpose", "name the purpose"))?,
            recipient: consent.recipient,
            channel,
        };
        Ok((&cx.run(withdraw).await?).into())
    }

    /// Gives the link by which somebody confirms a yes that waits: a page that asks once more, and one button. Nothing is sent:
    /// have it sent to that address by your own mailer. It is good for this yes and this address alone, until it is
    /// confirmed, taken back, or too old.
    async fn give_confirmation(
        &self,
        cx: &Context<'_>,
        #[graphql(desc = "Whose: the profile.")] profile: ID,
        #[graphql(desc = "The consent event of kind `PENDING`: `cns_` and 26 characters.")] consent: ID,
        #[graphql(
            desc = "The e-mail address or telephone number of the profile that the link will be sent to. Left out, the one the \
                    yes came with, as from the form."
        )]
        identifier: Option<IdentifierInput>,
    ) -> Result<Confirmation> {
        let give = GiveConfirmation {
            profile: one("profile", &profile)?,
            consent: one("consent", &consent)?,
            identifier: identifier.map(|by| (by.kind.into(), by.space, by.value)),
        };
        Ok(cx.run(give).await?.into())
    }
}

//! The policies as people read them: purposes with their bases, notices with their texts, the privacy notice they make.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use data_encoding::HEXLOWER;
use zelo_app::{Basis, Bundle, CategoryMask, Jurisdiction, PoliciesInForce, ReadPolicies};

use crate::asker::Door as _;
use crate::scalar::DateTime;

#[derive(Default)]
pub(crate) struct PolicyQuery;

#[Object]
impl PolicyQuery {
    /// The policies in force.
    async fn policy(&self, cx: &Context<'_>) -> Result<Policy> {
        Ok(Policy(Arc::new(cx.run(ReadPolicies).await?)))
    }
}

/// The languages policies are written in.
#[derive(Enum, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    /// Brazilian Portuguese.
    PtBr,
    /// English.
    En,
}

impl Language {
    const fn tag(self) -> &'static str {
        match self {
            Self::PtBr => "pt-BR",
            Self::En => "en",
        }
    }

    const fn of_policy(self) -> zelo_app::Language {
        match self {
            Self::PtBr => zelo_app::Language::PtBr,
            Self::En => zelo_app::Language::En,
        }
    }
}

/// The policies in force, for your tenant.
pub(crate) struct Policy(Arc<PoliciesInForce>);

#[Object]
impl Policy {
    /// SHA-256 of all their files: what entries of the log cite.
    async fn digest(&self) -> &str {
        self.0.bundle.digest()
    }

    /// What data is processed for.
    async fn purposes(&self) -> Vec<Purpose> {
        let all = self.0.bundle.purposes().iter();
        all.map(|purpose| Purpose::of(&self.0.bundle, purpose)).collect()
    }

    /// What people are told before they say yes; all texts there ever were.
    async fn notices(&self) -> Vec<Notice> {
        let of = |at| Notice { of: self.0.clone(), at };
        (0..self.0.bundle.notices().len()).map(of).collect()
    }

    /// Their files, as they are written.
    async fn files(
        &self,
        #[graphql(desc = "Only the file of this path below `policies/`.")] path: Option<String>,
    ) -> Vec<PolicyFile> {
        let all = self.0.bundle.files().filter(|(name, _)| path.as_deref().is_none_or(|path| path == *name));
        let file = |(path, text): (&str, &[u8])| PolicyFile {
            path: path.to_owned(),
            text: String::from_utf8_lossy(text).into_owned(),
        };
        all.map(file).collect()
    }

    /// The privacy notice of your controller, made of these policies (LGPD art. 9, GDPR art. 13 and 14), as Markdown; null if
    /// they know your controller no more.
    async fn privacy_notice(
        &self,
        #[graphql(desc = "In which language.")] language: Language,
    ) -> Option<String> {
        let PoliciesInForce { bundle, controller, .. } = &*self.0;
        let controller = bundle.controller(controller)?;
        let language = language.of_policy();
        let rights = bundle.rights_of(controller, language);
        Some(bundle.privacy_notice(controller, language, &rights))
    }
}

/// A file of the policies.
#[derive(SimpleObject)]
pub(crate) struct PolicyFile {
    /// Its path below `policies/`.
    path: String,
    /// Its text.
    text: String,
}

/// What data is processed for.
#[derive(SimpleObject)]
pub(crate) struct Purpose {
    /// What credentials and sources call it.
    key: String,
    /// Its name in Portuguese.
    label_pt: String,
    /// Its name in English.
    label_en: String,
    /// What makes it lawful, by jurisdiction.
    bases: Vec<PurposeBasis>,
    /// The kinds of data it needs.
    categories: Vec<String>,
    /// Data among it that needs more than the purpose rests on.
    parts: Vec<PurposePart>,
    /// Who else gets the data.
    recipients: Vec<String>,
    /// How long they are kept.
    retention: String,
    /// Whether it is closed to minors.
    excludes_minors: bool,
    /// Whether Global Privacy Control objects to it.
    opts_out_on_gpc: bool,
}

/// Data of a purpose that needs more than the purpose rests on.
#[derive(SimpleObject)]
pub(crate) struct PurposePart {
    /// The kinds of data.
    categories: Vec<String>,
    /// What must make it lawful, too, by jurisdiction; empty when the purpose's own is enough.
    bases: Vec<PurposeBasis>,
    /// Whether it is not shown of minors.
    excludes_minors: bool,
}

/// What makes a purpose lawful somewhere.
#[derive(SimpleObject)]
pub(crate) struct PurposeBasis {
    /// Where: `br`, `eu`, …
    jurisdiction: String,
    /// The basis, by its name in the policies.
    basis: String,
    /// Where the law says so.
    article: String,
}

fn bases(rests: &BTreeMap<Jurisdiction, Basis>) -> Vec<PurposeBasis> {
    let basis = |(home, basis): (&Jurisdiction, &Basis)| PurposeBasis {
        jurisdiction: home.to_string(),
        basis: basis.slug.clone(),
        article: basis.reference.clone(),
    };
    rests.iter().map(basis).collect()
}

impl Purpose {
    fn of(bundle: &Bundle, purpose: &zelo_app::DeclaredPurpose) -> Self {
        let keys = |mask: CategoryMask| {
            let categories = bundle.categories().iter().filter(|one| mask.allows(one.id));
            categories.map(|one| one.key.clone()).collect()
        };
        let parts = purpose.parts.iter().map(|part| PurposePart {
            categories: keys(part.categories),
            bases: bases(&part.basis),
            excludes_minors: part.excludes_minors,
        });
        Self {
            key: purpose.key.to_string(),
            label_pt: purpose.label.pt_br.clone(),
            label_en: purpose.label.en.clone(),
            bases: bases(&purpose.basis),
            categories: keys(purpose.categories),
            parts: parts.collect(),
            recipients: purpose.recipients.clone(),
            retention: purpose.retention.clone(),
            excludes_minors: purpose.excludes_minors,
            opts_out_on_gpc: purpose.opts_out_on_gpc,
        }
    }
}

/// A notice.
pub(crate) struct Notice {
    of: Arc<PoliciesInForce>,
    at: usize,
}

impl Notice {
    fn read(&self) -> &zelo_app::Notice {
        &self.of.bundle.notices()[self.at]
    }
}

#[Object]
impl Notice {
    /// Its name.
    async fn id(&self) -> &str {
        &self.read().id
    }

    /// The number of the version people are asked with now; null before the first.
    async fn in_force(&self) -> Option<u32> {
        self.read().in_force(self.of.now).map(|version| version.number)
    }

    /// Its versions, the oldest first.
    async fn versions(&self) -> Vec<NoticeVersion> {
        let version = |one: &zelo_app::NoticeVersion| NoticeVersion {
            number: one.number,
            valid_from: DateTime(one.valid_from),
            material: one.material,
            purposes: one.purposes.iter().map(ToString::to_string).collect(),
            texts: one
                .texts
                .iter()
                .map(|(language, text)| NoticeText {
                    language: language.clone(),
                    text: text.text.clone(),
                    sha256: HEXLOWER.encode(&text.sha256),
                })
                .collect(),
        };
        self.read().versions.iter().map(version).collect()
    }

    /// What one version says that another does not, as a unified diff. Null when there is no such version.
    async fn diff(
        &self,
        #[graphql(desc = "The version before.")] from: u32,
        #[graphql(desc = "The version after.")] to: u32,
        #[graphql(desc = "In which language.")] language: Language,
    ) -> Option<String> {
        self.read().diff(from, to, language.tag())
    }
}

/// One version of a notice, which never changes.
#[derive(SimpleObject)]
pub(crate) struct NoticeVersion {
    /// Which one, from 1 on.
    number: u32,
    /// Since when people are asked with it.
    valid_from: DateTime,
    /// Whether it says something else than the one before, so that whoever agreed to that is asked again.
    material: bool,
    /// What it asks consent to.
    purposes: Vec<String>,
    /// Its texts.
    texts: Vec<NoticeText>,
}

/// A notice's text in one language.
#[derive(SimpleObject)]
pub(crate) struct NoticeText {
    /// The language: `pt-BR` or `en`.
    language: String,
    /// What people read, as Markdown.
    text: String,
    /// SHA-256 of it, in hexadecimal: what a consent names.
    sha256: String,
}

//! Normal forms: two spellings of one identifier become one text, which is what the blind index digests.
//!
//! Any change of an answer here is a new index epoch; `tests/normal-forms.json` holds every answer to its version.

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use unicode_normalization::UnicodeNormalization;
use zelo_model::{Blocked, Identifier, IdentifierKind, MatchRules};

use crate::documents;
use crate::phone::{Region, e164};

/// The version of the normal forms; it belongs to the index epoch.
pub const NORMAL_FORMS: u32 = 1;

const MAX_ID: usize = 512;
const MAX_LOCAL: usize = 64;
const MAX_EMAIL: usize = 254;

/// Why a value is no identifier. Never repeats the value: it may be personal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NormalError {
    /// Nothing in it.
    #[error("is empty; send a value or leave the field out")]
    Empty,
    /// Longer than anybody's.
    #[error("is longer than an identifier of this kind can be (512 bytes, an e-mail address 254)")]
    TooLong,
    /// Not of the shape of an e-mail address.
    #[error("is not an e-mail address; send one like ana@example.com")]
    NotAnEmail,
    /// What stands behind the `@` cannot be a domain name.
    #[error("has no valid domain behind the `@`")]
    Domain,
    /// No number that can be dialled, or one that does not say in which country.
    #[error("is not a telephone number; send one with its country code, like +55 81 91234-5678")]
    NotAPhone,
    /// Not eleven digits, or the check digits are wrong.
    #[error("is not a CPF: eleven digits of which the last two check the others")]
    NotACpf,
    /// Not fourteen characters, or the check digits are wrong.
    #[error("is not a CNPJ: fourteen letters and digits of which the last two check the others")]
    NotACnpj,
    /// Not nine digits, or the check digit is wrong.
    #[error("is not a NIF: nine digits of which the last checks the others")]
    NotANif,
}

impl NormalError {
    /// The name in the golden vectors.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong => "too-long",
            Self::NotAnEmail => "not-an-email",
            Self::Domain => "domain",
            Self::NotAPhone => "not-a-phone",
            Self::NotACpf => "not-a-cpf",
            Self::NotACnpj => "not-a-cnpj",
            Self::NotANif => "not-a-nif",
        }
    }
}

/// The normal form of a raw value; a telephone number must bring its country code.
///
/// `user_id` and `anonymous_id` stay byte for byte what the source said; for a JSON number give its source text.
pub fn normalize(kind: IdentifierKind, raw: &str) -> Result<String, NormalError> {
    normalize_in(kind, raw, None)
}

/// The same, with the region where a telephone number without a country code is dialled.
pub fn normalize_in(kind: IdentifierKind, raw: &str, region: Option<Region>) -> Result<String, NormalError> {
    let number = |read: &dyn Fn(&str) -> Option<String>, none| read(&short(raw)?).ok_or(none);
    match kind {
        IdentifierKind::UserId | IdentifierKind::AnonymousId => exact(raw),
        IdentifierKind::Email => email(raw),
        IdentifierKind::Phone => number(&|text| e164(text, region), NormalError::NotAPhone),
        IdentifierKind::Cpf => number(&documents::cpf, NormalError::NotACpf),
        IdentifierKind::Cnpj => number(&documents::cnpj, NormalError::NotACnpj),
        IdentifierKind::Nif => number(&documents::nif, NormalError::NotANif),
    }
}

/// Whether this value says nothing about a person and must not match anybody.
pub fn blocked(rules: &MatchRules, identifier: &Identifier) -> bool {
    let value = identifier.normal.trim().to_lowercase();
    rules.blocked.iter().any(|pattern| match pattern {
        Blocked::Value(word) => *word == value,
        Blocked::OnlyOf(set) => value.chars().all(|c| set.contains(c)),
    })
}

fn exact(raw: &str) -> Result<String, NormalError> {
    match raw.len() {
        0 => Err(NormalError::Empty),
        1..=MAX_ID => Ok(raw.to_owned()),
        _ => Err(NormalError::TooLong),
    }
}

/// A number as it was typed: trimmed, NFKC, every dash and space the plain one.
fn short(raw: &str) -> Result<String, NormalError> {
    let trimmed = raw.trim();
    match trimmed.len() {
        0 => Err(NormalError::Empty),
        1..=MAX_EMAIL => Ok(trimmed.nfkc().map(plain).collect()),
        _ => Err(NormalError::TooLong),
    }
}

fn plain(c: char) -> char {
    match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        c if c.is_whitespace() => ' ',
        c => c,
    }
}

/// Whether this is an e-mail address.
pub fn is_email(text: &str) -> bool {
    email(text).is_ok()
}

fn email(raw: &str) -> Result<String, NormalError> {
    let trimmed = raw.trim();
    if trimmed.is_empty() {
        return Err(NormalError::Empty);
    }
    // Longer than this no normal form can become short enough; and NFKC of a long text is work for nothing.
    if trimmed.len() > 4 * MAX_EMAIL {
        return Err(NormalError::TooLong);
    }
    let folded = fold(trimmed);
    let (local, domain) = folded.rsplit_once('@').ok_or(NormalError::NotAnEmail)?;
    if !is_local(local) {
        return Err(NormalError::NotAnEmail);
    }
    let domain = ascii_domain(domain)?;
    if local.len() > MAX_LOCAL || local.len() + 1 + domain.len() > MAX_EMAIL {
        return Err(NormalError::TooLong);
    }
    Ok(format!("{local}@{domain}"))
}

/// NFKC, lower case, and NFKC again: lowering can take a text out of its normal form.
fn fold(text: &str) -> String {
    text.nfkc().collect::<String>().to_lowercase().nfkc().collect()
}

/// The shape alone (RFC 5321 §4.1.2, RFC 6531): mailbox providers hand out more than the grammar allows, so dots may
/// stand anywhere; quotes stay as sent.
fn is_local(local: &str) -> bool {
    if let Some(inner) = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        let mut escaped = false;
        let fits = |c: char| {
            let bare = !escaped && c == '"';
            escaped = !escaped && c == '\\';
            !bare && !c.is_control()
        };
        return inner.chars().all(fits) && !escaped;
    }
    let atom = |c: char| !c.is_whitespace() && !c.is_control() && !"@\"()<>[]:;,\\".contains(c);
    !local.is_empty() && local.chars().all(atom)
}

/// IDNA (UTS 46, non-transitional: `ß` stays itself) with at least two labels and a top level that is no number.
fn ascii_domain(domain: &str) -> Result<String, NormalError> {
    let ascii = Uts46::new()
        .to_ascii(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::Verify)
        .map_err(|_| NormalError::Domain)?;
    let (_, top) = ascii.rsplit_once('.').ok_or(NormalError::Domain)?;
    if top.bytes().all(|c| c.is_ascii_digit()) {
        return Err(NormalError::Domain);
    }
    Ok(ascii.into_owned())
}

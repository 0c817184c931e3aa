//! Finding a person without storing who they are: keyed digests of identifiers and message ids.
//!
//! A CPF has 10⁹ values, so with one of these keys every digest falls in minutes: they are as precious as the data
//! keys. Without them a digest says nothing.

use std::fmt;

use ring::hmac;
use zelo_model::{Identifier, IdentifierKind, SourceId};

use crate::Rng;
use crate::secret::{Secret, first16, mac};

/// One HMAC-SHA256 key per identifier kind, derived by HKDF-Expand (RFC 5869) and prepared once.
struct KindKeys {
    secret: Secret,
    keys: [hmac::Key; IdentifierKind::ALL.len()],
}

impl KindKeys {
    fn new(secret: Secret, label: &[u8]) -> Self {
        let keys = IdentifierKind::ALL.map(|kind| secret.expand(&[label, kind.slug().as_bytes()]).hmac());
        Self { secret, keys }
    }

    /// `HMAC-SHA256(k_kind, kind ‖ 0 ‖ space ‖ 0 ‖ normal)[..16]`. Neither a kind nor a space holds a zero byte.
    fn digest(&self, identifier: &Identifier) -> [u8; 16] {
        let Identifier { kind, space, normal } = identifier;
        debug_assert!(!space.contains('\0'), "an id space is named in configuration, without zero bytes");
        let at = IdentifierKind::ALL.iter().position(|other| other == kind).expect("ALL lists every kind");
        let parts = [kind.slug().as_bytes(), b"\0", space.as_bytes(), b"\0", normal.as_bytes()];
        first16(&mac(&self.keys[at], &parts))
    }
}

/// One epoch of the blind index: the same person gives the same 16 bytes, and nobody can go back.
///
/// A new key or a new normal form is a new epoch.
pub struct IndexKey {
    epoch: u32,
    keys: KindKeys,
}

impl IndexKey {
    /// A fresh key.
    pub fn generate(epoch: u32, rng: &Rng) -> Self {
        Self::new(epoch, Secret::generate(rng))
    }

    pub(crate) fn new(epoch: u32, secret: Secret) -> Self {
        Self { epoch, keys: KindKeys::new(secret, b"zelo/v1/index/") }
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.keys.secret
    }

    /// Counted from 1.
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// The identifier's entry in the index: the first 16 bytes of an HMAC-SHA256 under a key of its kind.
    pub fn digest(&self, identifier: &Identifier) -> [u8; 16] {
        self.keys.digest(identifier)
    }
}

/// Recognises a suppressed identifier long after its person was forgotten; never rotated.
pub struct SuppressionKey(KindKeys);

impl SuppressionKey {
    /// A fresh key.
    pub fn generate(rng: &Rng) -> Self {
        Self::new(Secret::generate(rng))
    }

    pub(crate) fn new(secret: Secret) -> Self {
        Self(KindKeys::new(secret, b"zelo/v1/suppression/"))
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.0.secret
    }

    /// As [`IndexKey::digest`], and equal to it for nobody.
    pub fn digest(&self, identifier: &Identifier) -> [u8; 16] {
        self.0.digest(identifier)
    }
}

/// Recognises a message that was sent twice; never rotated, because event ids hold what it answers.
pub struct DedupKey {
    secret: Secret,
    key: hmac::Key,
}

impl DedupKey {
    /// A fresh key.
    pub fn generate(rng: &Rng) -> Self {
        Self::new(Secret::generate(rng))
    }

    pub(crate) fn new(secret: Secret) -> Self {
        let key = secret.expand(&[b"zelo/v1/dedup"]).hmac();
        Self { secret, key }
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.secret
    }

    /// `HMAC-SHA256(k, source16 ‖ messageId)`, all 32 bytes.
    pub fn message(&self, source: &SourceId, message_id: &str) -> [u8; 32] {
        mac(&self.key, &[source.bytes(), message_id.as_bytes()])
    }
}

macro_rules! redacted {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )*};
}

redacted!(IndexKey, SuppressionKey, DedupKey);

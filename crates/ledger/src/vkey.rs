//! The public half of the audit key: what an auditor brings along.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use signed_note::{Note, StandardVerifier, VerifierList, key_id};

use crate::checkpoint::{Checkpoint, Origin};
use crate::key_error::KeyError;

/// The algorithm byte of Ed25519 in front of key material (C2SP signed-note, "Signature types").
pub(crate) const ED25519: u8 = 1;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PublicKey(pub(crate) [u8; 32]);

impl PublicKey {
    fn material(self) -> [u8; 33] {
        let mut bytes = [ED25519; 33];
        bytes[1..].copy_from_slice(&self.0);
        bytes
    }

    pub(crate) fn id(self, name: &str) -> u32 {
        key_id(name, &self.material())
    }
}

/// Verifies the checkpoints of one log; its text is the `vkey` of tools like Go's `sumdb/note`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyKey {
    origin: Origin,
    public: PublicKey,
}

impl VerifyKey {
    pub(crate) fn new(origin: Origin, public: PublicKey) -> Self {
        Self { origin, public }
    }

    /// Reads `<origin>+<id>+<key>`; the id is checked.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let text = text.trim_end();
        StandardVerifier::new(text).map_err(|_| KeyError::Malformed)?;
        let mut parts = text.splitn(3, '+');
        let mut next = || parts.next().ok_or(KeyError::Malformed);
        let (name, _, key) = (next()?, next()?, next()?);
        let key = BASE64_STANDARD.decode(key).map_err(|_| KeyError::Malformed)?;
        let public = key.get(1..).and_then(|key| key.try_into().ok()).ok_or(KeyError::Malformed)?;
        Ok(Self { origin: name.parse().map_err(|_| KeyError::Malformed)?, public: PublicKey(public) })
    }

    /// Which log it verifies.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The same public key for the same tenant's log in another epoch.
    #[must_use]
    pub fn in_epoch(&self, epoch: u64) -> Self {
        Self { origin: self.origin.in_epoch(epoch), public: self.public }
    }

    /// The checkpoint in a note, if this key signed it and it is of this log.
    pub fn open(&self, note: &[u8]) -> Result<Checkpoint, KeyError> {
        let verifier = StandardVerifier::new(&self.to_string()).map_err(|_| KeyError::Malformed)?;
        let note = Note::from_bytes(note).map_err(|_| KeyError::Signature)?;
        note.verify(&VerifierList::new(vec![Box::new(verifier)])).map_err(|_| KeyError::Signature)?;
        let checkpoint = Checkpoint::from_text(note.text()).ok_or(KeyError::Signature)?;
        if checkpoint.origin == self.origin { Ok(checkpoint) } else { Err(KeyError::Signature) }
    }
}

impl fmt::Display for VerifyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.origin.to_string();
        let key = BASE64_STANDARD.encode(self.public.material());
        write!(f, "{name}+{:08x}+{key}", self.public.id(&name))
    }
}

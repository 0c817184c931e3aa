//! The key that signs checkpoints (Ed25519, RFC 8032; C2SP signed-note).
//!
//! One key an installation. Its name in a note is the log's origin, as tlog-checkpoint recommends, so each
//! tenant has a verifier key of its own made of the same public key.

use std::fmt;
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{Ed25519KeyPair, KeyPair};
use signed_note::{Note, StandardSigner};
use zeroize::Zeroizing;

use crate::checkpoint::{Checkpoint, Origin};
use crate::key_error::KeyError;
use crate::vkey::{ED25519, PublicKey, VerifyKey};

/// Signs checkpoints of every tenant of an installation.
pub struct SigningKey {
    seed: Zeroizing<[u8; 32]>,
    public: [u8; 32],
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, …)", hex::encode(self.public))
    }
}

impl SigningKey {
    /// A fresh key from the system's random source.
    pub fn generate() -> Result<Self, KeyError> {
        let mut seed = Zeroizing::new([0; 32]);
        SystemRandom::new().fill(&mut *seed).map_err(|_| KeyError::Crypto)?;
        Self::from_seed(seed)
    }

    fn from_seed(seed: Zeroizing<[u8; 32]>) -> Result<Self, KeyError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(&*seed).map_err(|_| KeyError::Crypto)?;
        let public = pair.public_key().as_ref().try_into().map_err(|_| KeyError::Crypto)?;
        Ok(Self { seed, public })
    }

    /// Makes a key and writes it to a new file of mode 0600, in the text form of Go's `sumdb/note`, under `name`.
    pub fn create(path: &Path, name: &str) -> Result<Self, KeyError> {
        if !signed_note::is_key_name_valid(name) {
            return Err(KeyError::Malformed);
        }
        let key = Self::generate()?;
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(key.text(name).as_bytes())?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        crate::anchor::sync_folder_of(path)?;
        Ok(key)
    }

    /// Reads the key from its file, and refuses a file that others may read.
    pub fn load(path: &Path) -> Result<Self, KeyError> {
        if std::fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
            return Err(KeyError::Exposed);
        }
        Self::parse(&Zeroizing::new(std::fs::read_to_string(path)?))
    }

    /// Reads `PRIVATE+KEY+<name>+<id>+<key>`; the id is checked.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        StandardSigner::new(text.trim_end()).map_err(|_| KeyError::Malformed)?;
        let key = text.trim_end().splitn(5, '+').nth(4).ok_or(KeyError::Malformed)?;
        let key = Zeroizing::new(BASE64_STANDARD.decode(key).map_err(|_| KeyError::Malformed)?);
        let seed = key.get(1..).and_then(|seed| seed.try_into().ok()).ok_or(KeyError::Malformed)?;
        Self::from_seed(Zeroizing::new(seed))
    }

    fn text(&self, name: &str) -> Zeroizing<String> {
        let mut key = Zeroizing::new([ED25519; 33]);
        key[1..].copy_from_slice(&*self.seed);
        let secret = Zeroizing::new(BASE64_STANDARD.encode(*key));
        Zeroizing::new(format!("PRIVATE+KEY+{name}+{:08x}+{}", self.public_key().id(name), *secret))
    }

    fn public_key(&self) -> PublicKey {
        PublicKey(self.public)
    }

    /// What people verify the log of this origin with.
    pub fn verify_key(&self, origin: &Origin) -> VerifyKey {
        VerifyKey::new(origin.clone(), self.public_key())
    }

    /// Signs a checkpoint: the whole note, ready to serve and to anchor.
    pub fn sign(&self, checkpoint: &Checkpoint) -> Result<String, KeyError> {
        let signer = StandardSigner::new(&self.text(&checkpoint.origin.to_string()));
        let signer = signer.map_err(|_| KeyError::Malformed)?;
        let text = checkpoint.text().ok_or(KeyError::Malformed)?;
        let mut note = Note::new(&text, &[]).map_err(|_| KeyError::Malformed)?;
        note.add_sigs(&[&signer]).map_err(|_| KeyError::Crypto)?;
        String::from_utf8(note.to_bytes()).map_err(|_| KeyError::Crypto)
    }
}

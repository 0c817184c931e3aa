//! What can be wrong with a key of the log.

use std::io;

/// Why a key cannot be used, or a note not be believed.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Not a key in the form `PRIVATE+KEY+<name>+<id>+<key>` or `<origin>+<id>+<key>`.
    #[error("the audit key is malformed")]
    Malformed,
    /// Others may read the file.
    #[error("the audit signing key must be readable by its owner only (mode 0600)")]
    Exposed,
    /// No signature of this key over a checkpoint of this log.
    #[error("the checkpoint is not signed by the audit key of this log")]
    Signature,
    /// The system's random source or Ed25519 refused.
    #[error("the audit signing key could not be made or used")]
    Crypto,
    /// The file could not be read or written.
    #[error("the audit signing key file cannot be used")]
    File(#[from] io::Error),
}

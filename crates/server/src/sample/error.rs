//! Why there is no sample.

use std::io;
use std::path::PathBuf;

/// Why the sample could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SampleError {
    /// The door refused.
    #[error(transparent)]
    Door(#[from] zelo_app::Error),
    /// The people that came with the program cannot be read: a bug.
    #[error("the sample people are not well-formed")]
    People(#[from] serde_json::Error),
    /// A name that is no purpose: a bug.
    #[error("the sample's purpose is not one")]
    Purpose(#[from] zelo_model::PurposeError),
    /// The keys' file cannot be written.
    #[error("the keys' file {} cannot be written", path.display())]
    Keys {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

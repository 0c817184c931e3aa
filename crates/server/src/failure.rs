//! Why a command ended: each is one sentence for whoever typed it.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::admin::{Refused, SocketError};
use crate::config::ConfigError;
use crate::copy::CopyError;
use crate::folder::FolderError;

/// Why a command ended.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The data folder cannot be worked in.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The databases and the root key do not open.
    #[error("{0}")]
    Start(zelo_app::StartError),
    /// A PostgreSQL server cannot be reached.
    #[error("the PostgreSQL server at {at} does not answer")]
    Silent {
        /// Host and port.
        at: String,
        /// Why.
        source: io::Error,
    },
    /// The root key's folder cannot be made.
    #[error("the root key's folder {} cannot be written", path.display())]
    Root {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The policies cannot be used.
    #[error("the policies cannot be used")]
    Policy(#[source] zelo_policy::PolicyError),
    /// The tracking plan cannot be used.
    #[error(transparent)]
    Plan(zelo_app::PlanError),
    /// Somebody listens there already.
    #[error("{0} is in use by another program; stop it, or choose another address with --listen")]
    InUse(SocketAddr),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The command line's socket cannot be opened.
    #[error(transparent)]
    NoSocket(#[from] SocketError),
    /// The running server did not answer.
    #[error("the running server did not answer the command")]
    Socket(#[source] io::Error),
    /// Nothing arrives where nobody serves.
    #[error("no server is running in {}; start one with `zelo serve`", .0.display())]
    NobodyServes(PathBuf),
    /// The file that should hold a key cannot be read.
    #[error("the key file {} cannot be read", file.display())]
    Key {
        /// Which.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file that should hold a mended message cannot be read.
    #[error("the mended message in {} cannot be read", file.display())]
    Mended {
        /// Which.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The door refused.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// A copy of a log cannot be verified.
    #[error(transparent)]
    Copy(#[from] CopyError),
    /// An export ended early.
    #[error(transparent)]
    Export(#[from] crate::export::ExportError),
    /// An import ended early.
    #[error(transparent)]
    Import(#[from] crate::import::ImportError),
    /// Policies could not be looked at.
    #[error(transparent)]
    Look(#[from] crate::policy::LookError),
    /// A backup could not be put back.
    #[error(transparent)]
    PutBack(#[from] zelo_app::PutBackError),
    /// The sample people could not be loaded.
    #[error("the sample people could not be loaded")]
    Sample(#[source] crate::sample::SampleError),
    /// The operating system refuses something every process needs.
    #[error("the operating system refuses {what}")]
    System {
        /// What.
        what: &'static str,
        /// Why.
        source: io::Error,
    },
}

impl Failure {
    /// The same for machines: `{"code","message"}`, the code being the door's if it was the door that refused.
    pub(crate) fn json(&self) -> String {
        let code = match self {
            Self::Refused(refused) => refused.code.as_str(),
            Self::Config(_) => "CONFIG",
            Self::Start(zelo_app::StartError::Behind(behind)) => behind.code(),
            _ => "FAILED",
        };
        serde_json::json!({ "code": code, "message": crate::terminal::sentence(self) }).to_string()
    }
}

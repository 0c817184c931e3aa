//! `dev-keys.toml`: the sample's keys, written once. Zelo itself keeps only their hashes.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use serde::Deserialize;

use super::SampleError;

/// The keys of the sample tenant, one for each role there is.
#[derive(Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct DevKeys {
    /// The tenant.
    pub(crate) tenant: String,
    /// Role `developer`: queries.
    pub(crate) developer: String,
    /// Role `source`: sends events as `demo-shop`.
    pub(crate) source: String,
}

/// What the file says.
pub(super) enum Kept {
    /// There are keys.
    Keys(DevKeys),
    /// The sample was dropped and shall not come back.
    Dropped,
    /// There is no such file, or not one of ours.
    Nothing,
}

const DROPPED: &str = "# The sample was removed with `zelo sample drop`. Delete this file to have it made again when\n\
                       # there is no tenant.\ndropped = true\n";

#[derive(Deserialize)]
struct Dropped {
    dropped: bool,
}

impl Kept {
    pub(super) fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap_or_default();
        match (toml::from_str(&text), toml::from_str(&text)) {
            (Ok(keys), _) => Self::Keys(keys),
            (_, Ok(Dropped { dropped: true })) => Self::Dropped,
            _ => Self::Nothing,
        }
    }

    /// Writes the file whole or not at all, for its owner alone.
    pub(super) fn write(&self, path: &Path) -> Result<(), SampleError> {
        let text = match self {
            Self::Keys(keys) => keys.text(),
            Self::Dropped => DROPPED.to_owned(),
            Self::Nothing => return Ok(()),
        };
        let beside = path.with_extension("toml.new");
        let write = || {
            let _ = fs::remove_file(&beside);
            let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&beside, path)
        };
        write().map_err(|source| SampleError::Keys { path: path.to_owned(), source })
    }
}

impl DevKeys {
    fn text(&self) -> String {
        let Self { tenant, developer, source } = self;
        format!(
            "# Keys of the sample tenant, written once; Zelo keeps only their hashes. For trying out, not for real people.\n\
             # `zelo sample drop` ends them.\n\
             tenant = \"{tenant}\"\n\n\
             # Role developer, purpose customer-service. GraphQL: `Authorization: Bearer …`\n\
             developer = \"{developer}\"\n\n\
             # Role source: the write key of demo-shop. Tracking SDKs: their write key.\n\
             source = \"{source}\"\n"
        )
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn keys_are_read_as_they_were_written_by_their_owner_alone() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("dev-keys.toml");
        assert!(matches!(Kept::read(&path), Kept::Nothing));
        let [tenant, developer, source] = ["demo", "zelo_a", "zelo_b"].map(str::to_owned);
        let keys = DevKeys { tenant, developer, source };
        Kept::Keys(keys.clone()).write(&path).unwrap();
        assert!(matches!(Kept::read(&path), Kept::Keys(read) if read == keys));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        Kept::Dropped.write(&path).unwrap();
        assert!(matches!(Kept::read(&path), Kept::Dropped));
    }
}

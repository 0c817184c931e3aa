//! Backups and replays as the command line shows them.

use serde::{Deserialize, Serialize};
use zelo_app::{BackedUp, Replayed};

use crate::terminal::table;

/// What whoever made a backup must know.
pub(super) const NOT_IN_IT: &str = "\
The root key is in none of these, and without it they open nothing: keep a copy of it where no backup is.
The anchor stays where it is: a restored backup is held against it.";

/// A class that was copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BackupShown {
    class: String,
    folder: String,
    bytes: u64,
}

impl From<BackedUp> for BackupShown {
    fn from(BackedUp { class, folder, bytes }: BackedUp) -> Self {
        Self { class: class.name().to_owned(), folder: folder.display().to_string(), bytes }
    }
}

/// A table of backups.
pub(super) fn backups(made: &[BackupShown]) -> String {
    let row = |one: &BackupShown| [one.class.clone(), one.folder.clone(), size(one.bytes)];
    table(["CLASS", "FOLDER", "SIZE"], &made.iter().map(row).collect::<Vec<_>>())
}

/// So many bytes, for people.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let (mut whole, mut rest, mut unit) = (bytes, 0, 0);
    while whole >= 1000 && unit + 1 < UNITS.len() {
        (whole, rest, unit) = (whole / 1000, whole % 1000 / 100, unit + 1);
    }
    if unit == 0 { format!("{whole} B") } else { format!("{whole}.{rest} {}", UNITS[unit]) }
}

/// What was done again after a restore.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReplayShown {
    /// Logs that began a new epoch.
    epochs: usize,
    /// Tenants that were dropped again.
    dropped: usize,
    /// Erasures that were done again.
    forgotten: usize,
}

impl From<Replayed> for ReplayShown {
    fn from(Replayed { epochs, dropped, forgotten }: Replayed) -> Self {
        Self { epochs, dropped, forgotten }
    }
}

impl ReplayShown {
    pub(super) fn text(&self) -> String {
        let Self { epochs, dropped, forgotten } = self;
        if *epochs + *dropped + *forgotten == 0 {
            return "there was nothing to do again\nnext: zelo serve".to_owned();
        }
        format!(
            "people forgotten again: {forgotten}; tenants dropped again: {dropped}; logs that began a new epoch: {epochs}\nwhatever else was done since the backup is undone: revoke again the keys that were revoked, write down again the consents that were withdrawn\nnext: zelo serve"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_read_as_people_say_them() {
        let said: Vec<String> = [0, 999, 1_000, 1_250_000, 7_940_000_000].map(size).to_vec();
        assert_eq!(said, ["0 B", "999 B", "1.0 kB", "1.2 MB", "7.9 GB"]);
    }
}

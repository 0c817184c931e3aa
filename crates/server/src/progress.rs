//! How far a long copy is, said while it is made by this process or by the server: its files grow where both can see.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::admin::size;
use crate::terminal;

/// A copy that is done before that says nothing on the way.
const EVERY: Duration = Duration::from_secs(3);

/// Says how large the folders have become, until it is dropped.
pub(crate) async fn watch(folders: Vec<PathBuf>) {
    let mut said = 0;
    loop {
        tokio::time::sleep(EVERY).await;
        let bytes = folders.iter().map(|folder| below(folder)).sum();
        if bytes != said {
            terminal::remark(&format!("{} so far", size(bytes)));
            said = bytes;
        }
    }
}

fn below(folder: &Path) -> u64 {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    files.filter_map(|file| Some(file.metadata().ok()?.len())).sum()
}

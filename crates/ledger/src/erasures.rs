//! The files beside the anchor: what one erasure decided, so that a restored backup can be made to forget again.

use std::fs::{self, DirBuilder, File};
use std::io::{self, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use ring::digest::{SHA256, digest};
use zelo_model::TenantId;

use crate::anchor::sync_folder_of;

static WRITTEN: AtomicU64 = AtomicU64::new(0);

/// Where the file of an erasure is: `erasures/<tenant>/<n>` beside the anchor.
pub fn erasure_file(anchor: &Path, tenant: TenantId, n: i64) -> PathBuf {
    let beside = anchor.parent().unwrap_or(Path::new(""));
    beside.join("erasures").join(tenant.to_string()).join(n.to_string())
}

/// Writes the file of an erasure, whole or not at all, and answers its SHA-256; durable when this returns. Writing it
/// again replaces it.
pub fn keep_erasure(anchor: &Path, tenant: TenantId, n: i64, bytes: &[u8]) -> io::Result<[u8; 32]> {
    let path = erasure_file(anchor, tenant, n);
    let folder = path.parent().unwrap_or(Path::new("."));
    if !folder.is_dir() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        sync_folder_of(folder)?;
        if let Some(above) = folder.parent() {
            sync_folder_of(above)?;
        }
    }
    // Another process may be writing the same down.
    let mark = format!("{}-{}.new", std::process::id(), WRITTEN.fetch_add(1, Ordering::Relaxed));
    let new = path.with_extension(mark);
    let mut file = File::create(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&new, &path)?;
    sync_folder_of(&path)?;
    let mut sha256 = [0; 32];
    sha256.copy_from_slice(digest(&SHA256, bytes).as_ref());
    Ok(sha256)
}

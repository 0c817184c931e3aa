//! The parts of what is imported: one file, or the files of a folder in the order of their names; and what tells one
//! content from another.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::FileError;

/// One file.
#[derive(Debug, Clone)]
pub struct Part {
    /// Where it is.
    pub path: PathBuf,
    /// Its name below the folder; none for a file that stands alone.
    pub name: Option<String>,
    /// Its bytes, packed as they lie there.
    pub size: u64,
}

/// A file alone; of a folder all files below it in the order of their names, but for hidden ones.
pub fn parts(path: &Path) -> Result<Vec<Part>, FileError> {
    let at = |path: &Path| {
        let path = path.to_owned();
        move |source| FileError::Io { path, source }
    };
    let about = fs::metadata(path).map_err(at(path))?;
    if !about.is_dir() && !about.is_file() {
        return Err(FileError::Special(path.to_owned()));
    }
    if about.is_file() {
        return Ok(vec![Part { path: path.to_owned(), name: None, size: about.len() }]);
    }
    let mut found = Vec::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(at(&folder))? {
            let entry = entry.map_err(at(&folder))?;
            let about = fs::metadata(entry.path()).map_err(at(&entry.path()))?;
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            if about.is_dir() {
                if entry.file_type().map_err(at(&entry.path()))?.is_symlink() {
                    // It may lead back to where it stands.
                    return Err(FileError::Linked(entry.path()));
                }
                folders.push(entry.path());
            } else if !about.is_file() {
                return Err(FileError::Special(entry.path()));
            } else {
                let name =
                    entry.path().strip_prefix(path).ok().map(|name| name.to_string_lossy().into_owned());
                found.push(Part { path: entry.path(), name, size: about.len() });
            }
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    if found.is_empty() { Err(FileError::Empty(path.to_owned())) } else { Ok(found) }
}

/// SHA-256 over the names and contents of the parts: another file has another.
pub fn digest(parts: &[Part]) -> Result<[u8; 32], FileError> {
    let mut whole = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    for part in parts {
        let mut hash = Sha256::new();
        let mut feed = || -> io::Result<()> {
            let mut file = File::open(&part.path)?;
            loop {
                let read = file.read(&mut buffer)?;
                if read == 0 {
                    return Ok(());
                }
                hash.update(&buffer[..read]);
            }
        };
        feed().map_err(|source| FileError::Io { path: part.path.clone(), source })?;
        whole.update(part.name.as_deref().unwrap_or_default().as_bytes());
        whole.update([0]);
        whole.update(hash.finalize());
    }
    Ok(whole.finalize().into())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn what_is_no_file_is_named_instead_of_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("a.jsonl"), "{}\n").unwrap();
        symlink(at("a.jsonl"), at("b.jsonl")).unwrap();
        assert_eq!(parts(folder.path()).unwrap().len(), 2, "a link to a file is the file");

        symlink(folder.path(), at("c")).unwrap();
        let said = parts(folder.path()).unwrap_err().to_string();
        assert!(
            said.ends_with("/c is a link to a folder, which is not followed; import that folder by itself")
        );
        fs::remove_file(at("c")).unwrap();

        let _socket = UnixListener::bind(at("d")).unwrap();
        for path in [folder.path(), &at("d")] {
            assert!(parts(path).unwrap_err().to_string().contains("/d is no file"), "{}", path.display());
        }
    }
}

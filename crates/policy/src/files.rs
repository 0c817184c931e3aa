//! The files of a bundle, from the program itself or from a folder, and their digest.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use include_dir::{Dir, include_dir};
use ring::digest::{Context, SHA256};

use crate::PolicyError;
use crate::paths::{PATTERNS, fits};

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../policies");

/// Bytes by path below `policies/`, with `/` between folders on every system.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// Files that would be different: the new text by path, `None` for one that goes.
pub type Edits = BTreeMap<String, Option<String>>;

/// The files that came with the program.
pub(crate) fn embedded() -> Result<Files, PolicyError> {
    let mut files = Files::new();
    collect(&EMBEDDED, &mut files);
    policies(files)
}

/// The files of a folder.
pub(crate) fn in_folder(folder: &Path) -> Result<Files, PolicyError> {
    let mut files = Files::new();
    walk(folder, "", &mut files)?;
    policies(files)
}

/// The files behind a digest, as they were kept: one JSON object, text by path.
pub(crate) fn kept(texts: &str) -> Result<Files, PolicyError> {
    let texts: BTreeMap<String, String> = serde_json::from_str(texts).map_err(|error| {
        let problem = format!("what was kept under a digest cannot be read: {error}");
        PolicyError::of_file("", problem, "restore the databases")
    })?;
    policies(texts.into_iter().map(|(path, text)| (path, text.into_bytes())).collect())
}

/// These files with others in their place; a path without text goes.
pub(crate) fn changed(files: &Files, edits: &Edits) -> Result<Files, PolicyError> {
    let mut changed = files.clone();
    for (path, text) in edits {
        match text {
            Some(text) => drop(changed.insert(path.clone(), text.clone().into_bytes())),
            None if changed.remove(path).is_none() => {
                return Err(PolicyError::of_file(path, "is not there, so it cannot go", "leave it out"));
            }
            None => {}
        }
    }
    let changed = policies(changed)?;
    let unread = edits.iter().find(|(path, text)| text.is_some() && !changed.contains_key(*path));
    match unread {
        Some((path, _)) => {
            Err(PolicyError::of_file(path, "nothing reads this file", "name a file of the policies"))
        }
        None => Ok(changed),
    }
}

/// SHA-256, in hex, over every file in the order of its path: length and path, length and bytes.
pub(crate) fn digest(files: &Files) -> String {
    let mut hash = Context::new(&SHA256);
    for (path, bytes) in files {
        for part in [path.as_bytes(), bytes] {
            hash.update(&(part.len() as u64).to_be_bytes());
            hash.update(part);
        }
    }
    hex::encode(hash.finish())
}

fn collect(dir: &Dir<'_>, files: &mut Files) {
    for file in dir.files() {
        let path: Vec<_> = file.path().iter().map(|part| part.to_string_lossy()).collect();
        files.insert(path.join("/"), file.contents().to_vec());
    }
    for dir in dir.dirs() {
        collect(dir, files);
    }
}

fn walk(folder: &Path, below: &str, files: &mut Files) -> Result<(), PolicyError> {
    let unreadable = |what: &Path, error: io::Error| {
        let remedy = "name a folder the program can read, with all that is in it";
        PolicyError::of_file(below, format!("{} cannot be read ({})", what.display(), error.kind()), remedy)
    };
    for entry in fs::read_dir(folder).map_err(|error| unreadable(folder, error))? {
        let entry = entry.map_err(|error| unreadable(folder, error))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if below.is_empty() { name } else { format!("{below}/{name}") };
        if entry.path().is_dir() {
            walk(&entry.path(), &path, files)?;
        } else if !entry.path().is_file() {
            let remedy = "leave nothing here but files and folders";
            return Err(PolicyError::of_file(&path, "is no file", remedy));
        } else {
            let bytes = fs::read(entry.path()).map_err(|error| unreadable(&entry.path(), error))?;
            files.insert(path, bytes);
        }
    }
    Ok(())
}

/// Leaves out what is no policy (READMEs, the generated permission table, hidden files) and refuses what nothing
/// reads: a policy under a mistyped name would else be in force for nobody.
fn policies(mut files: Files) -> Result<Files, PolicyError> {
    files.retain(|path, _| {
        let name = path.rsplit('/').next().unwrap_or(path);
        !(path.split('/').any(|part| part.starts_with('.'))
            || name == "README.md"
            || path == "permissions.txt")
    });
    let odd = files.keys().find(|path| !is_plain(path));
    if let Some(path) = odd {
        let remedy = "name it in letters, digits, `-`, `_` and `.`, at most 100 of them a folder or file";
        return Err(PolicyError::of_file(
            &path.escape_debug().to_string(),
            "has a name that not every system can write",
            remedy,
        ));
    }
    let stray = files.keys().find(|path| !is_read(path));
    match stray {
        Some(path) => Err(PolicyError::of_file(
            path,
            "nothing reads this file",
            format!(
                "move it elsewhere, or name it as one of {}, {}, {}",
                KNOWN.join(", "),
                FOLDERS.map(shape).join(", "),
                PATTERNS.join(", ")
            ),
        )),
        None => Ok(files),
    }
}

fn is_plain(path: &str) -> bool {
    let plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.');
    path.split('/').all(|part| (1..=100).contains(&part.len()) && part.bytes().all(plain))
}

fn is_read(path: &str) -> bool {
    let inside = |(folder, ending): &(&str, &str)| {
        let name = path.strip_prefix(folder).and_then(|name| name.strip_suffix(ending));
        name.is_some_and(|name| !name.is_empty() && !name.contains('/'))
    };
    KNOWN.contains(&path) || FOLDERS.iter().any(inside) || PATTERNS.iter().any(|pattern| fits(pattern, path))
}

fn shape((folder, ending): (&str, &str)) -> String {
    format!("{folder}*{ending}")
}

pub(crate) const CONTROLLERS: &str = "controller.yaml";
pub(crate) const DATA_MAP: &str = "data-map.yaml";
pub(crate) const MATCHING: &str = "matching.yaml";
pub(crate) const EXPIRY: &str = "expiry.yaml";
pub(crate) const GPC: &str = "gpc.yaml";
pub(crate) const CATEGORIES: &str = "taxonomy/categories.yaml";
pub(crate) const SUBJECTS: &str = "taxonomy/subjects.yaml";
pub(crate) const SUPPRESSION: &str = "suppression.yaml";
pub(crate) const JURISDICTIONS: &str = "jurisdictions/";
pub(crate) const CALENDARS: &str = "calendars/";
pub(crate) const PURPOSES: &str = "purposes/";
pub(crate) const RETENTION: &str = "retention/";
pub(crate) const SCHEDULES: &str = "schedules/";
pub(crate) const ACCESS: &str = "access/";
pub(crate) const CEDAR: &str = ".cedar";
pub(crate) const ALLOW: &str = "access/cases/ALLOW/";
pub(crate) const DENY: &str = "access/cases/DENY/";
pub(crate) const YAML: &str = ".yaml";

const KNOWN: [&str; 8] = [CONTROLLERS, DATA_MAP, MATCHING, EXPIRY, GPC, CATEGORIES, SUBJECTS, SUPPRESSION];
const FOLDERS: [(&str, &str); 8] = [
    (JURISDICTIONS, YAML),
    (CALENDARS, YAML),
    (PURPOSES, YAML),
    (RETENTION, YAML),
    (SCHEDULES, YAML),
    (ACCESS, CEDAR),
    (ALLOW, YAML),
    (DENY, YAML),
];

//! The files of a plan, from the program itself or from a folder.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use include_dir::{Dir, include_dir};

use crate::error::PlanError;

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../schema/events");

/// Bytes by path below the plan's folder, `event/version.json`.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// Those that came with the program.
pub(crate) fn embedded() -> Files {
    let mut files = Files::new();
    for folder in EMBEDDED.dirs() {
        for file in folder.files() {
            let path: Vec<_> = file.path().iter().map(|part| part.to_string_lossy()).collect();
            files.insert(path.join("/"), file.contents().to_vec());
        }
    }
    files.retain(|path, _| !is_aside(path));
    files
}

/// Those of a folder; what nothing reads is refused, for a schema under a mistyped name would judge nobody.
pub(crate) fn in_folder(folder: &Path) -> Result<Files, PlanError> {
    let mut files = Files::new();
    for (name, path) in entries(folder, "")? {
        if is_aside(&name) {
            continue;
        }
        if !path.is_dir() {
            return Err(stray(&name));
        }
        for (file, path) in entries(&path, &name)? {
            let below = format!("{name}/{file}");
            if is_aside(&file) {
                continue;
            }
            if path.is_dir() {
                return Err(stray(&below));
            }
            let bytes = fs::read(&path).map_err(|error| unreadable(&below, &error))?;
            files.insert(below, bytes);
        }
    }
    if files.is_empty() {
        let at = folder.display().to_string();
        return Err(PlanError::of_file(
            at,
            "there is no schema in this folder",
            "name the one with the folders of events in it",
        ));
    }
    Ok(files)
}

fn entries(folder: &Path, below: &str) -> Result<Vec<(String, std::path::PathBuf)>, PlanError> {
    let named = if below.is_empty() { folder.display().to_string() } else { below.to_owned() };
    let read = fs::read_dir(folder).map_err(|error| unreadable(&named, &error))?;
    read.map(|entry| {
        let entry = entry.map_err(|error| unreadable(&named, &error))?;
        Ok((entry.file_name().to_string_lossy().into_owned(), entry.path()))
    })
    .collect()
}

/// What is there for people, and what editors leave behind.
fn is_aside(path: &str) -> bool {
    path.split('/').any(|part| part.starts_with('.') || part == "README.md")
}

fn unreadable(path: &str, error: &io::Error) -> PlanError {
    let problem = format!("cannot be read ({})", error.kind());
    PlanError::of_file(path, problem, "name a folder the program can read, with all that is in it")
}

pub(crate) fn stray(path: &str) -> PlanError {
    let remedy = "move it elsewhere, or name it as event/version.json, such as order-completed/2.json";
    PlanError::of_file(path, "nothing reads this", remedy)
}

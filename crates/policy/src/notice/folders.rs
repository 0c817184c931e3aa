//! The folders of notices and their versions.

use std::collections::{BTreeMap, BTreeSet};

use crate::PolicyError;
use crate::files::Files;
use crate::ground::is_key;
use crate::paths::NOTICES;

/// The versions of each notice, which are 1, 2, 3 and so on.
pub(super) fn folders(files: &Files) -> Result<BTreeMap<&str, Vec<u32>>, PolicyError> {
    let mut folders = BTreeMap::<&str, BTreeSet<&str>>::new();
    for path in files.keys().filter_map(|path| path.strip_prefix(NOTICES)) {
        let mut parts = path.split('/');
        if let (Some(id), Some(version)) = (parts.next(), parts.next()) {
            folders.entry(id).or_default().insert(version);
        }
    }
    folders.into_iter().map(|(id, names)| Ok((id, numbers(id, &names)?))).collect()
}

/// The number after the last version of a notice.
pub(super) fn next(files: &Files, id: &str) -> u32 {
    let folder = format!("{NOTICES}{id}/");
    let names = files.keys().filter_map(|path| path.strip_prefix(&folder)?.split('/').next());
    names.filter_map(|name| name.parse::<u32>().ok()).max().unwrap_or(0).saturating_add(1)
}

fn numbers(id: &str, names: &BTreeSet<&str>) -> Result<Vec<u32>, PolicyError> {
    if !is_key(id) {
        let remedy = "write lower-case letters, digits, - and _";
        return Err(PolicyError::of_file(&format!("{NOTICES}{id}"), "cannot name a notice", remedy));
    }
    let number = |name: &&str| {
        let number = name.parse::<u32>().ok().filter(|number| number.to_string() == **name && *number > 0);
        let path = format!("{NOTICES}{id}/{name}");
        let refused =
            || PolicyError::of_file(&path, "is no version", "number the versions 1, 2, 3 and so on");
        number.ok_or_else(refused)
    };
    let mut numbers: Vec<u32> = names.iter().map(number).collect::<Result<_, _>>()?;
    numbers.sort_unstable();
    match (1..).zip(&numbers).find(|(wanted, number)| wanted != *number) {
        Some((wanted, number)) => {
            let path = format!("{NOTICES}{id}/{number}");
            let remedy = format!("restore it, or name this folder {wanted}: versions count up without gaps");
            Err(PolicyError::of_file(&path, format!("there is no version {wanted}"), remedy))
        }
        None => Ok(numbers),
    }
}

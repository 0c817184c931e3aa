//! The real policies, copied and changed; and the operations they speak of.
#![allow(dead_code, clippy::allow_attributes, reason = "each test binary uses its part")]

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use zelo_model::Role;
use zelo_policy::{
    Access, Bundle, Flags, Jurisdiction, OperationInfo, PolicyError, Question, Sight, Target, Verdict,
};

/// The folder of the real policies.
pub(crate) fn real() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies")
}

/// A copy of the real policies.
pub(crate) fn copy() -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    copy_into(&real(), copy.path());
    copy
}

fn copy_into(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let (path, to) = {
            let entry = entry.unwrap();
            (entry.path(), to.join(entry.file_name()))
        };
        if path.is_dir() {
            fs::create_dir(&to).unwrap();
            copy_into(&path, &to);
        } else {
            fs::copy(&path, &to).unwrap();
        }
    }
}

/// A copy of the real policies with `from` replaced by `to` in one file.
pub(crate) fn with(file: &str, from: &str, to: &str) -> TempDir {
    let copy = copy();
    let path = copy.path().join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} does not hold {from:?}");
    fs::write(path, text.replacen(from, to, 1)).unwrap();
    copy
}

/// A copy of the real policies with a file more.
pub(crate) fn with_file(file: &str, text: &str) -> TempDir {
    let copy = copy();
    fs::write(copy.path().join(file), text).unwrap();
    copy
}

/// The operations, from the schema that the application's own list is held to.
pub(crate) fn operations() -> Vec<OperationInfo> {
    let schema = real().join("../schema/policy.cedarschema");
    let text = fs::read_to_string(schema).unwrap().leak();
    let operation = |line: &'static str| {
        let (name, rest) = line.strip_prefix("action \"")?.split_once('"')?;
        let access =
            Access::ALL.into_iter().find(|one| rest.starts_with(&format!(" in [{}]", one.slug())))?;
        let target = Target::ALL
            .into_iter()
            .find(|one| rest.contains(&format!("resource: [{}]", one.entity_type())))?;
        Some(OperationInfo { name, access, target })
    };
    text.lines().filter_map(operation).collect()
}

/// The policies of a folder, in force.
pub(crate) fn govern(folder: &Path) -> Result<Bundle, PolicyError> {
    Bundle::load(folder)?.govern(&operations())
}

/// How far somebody sees in a tenant, `None` when they may not.
pub(crate) fn ask(bundle: &Bundle, role: Role, operation: &str, purpose: &str) -> Option<Sight> {
    let purpose = purpose.parse().unwrap();
    let asked = Question { role, operation, purpose: &purpose, flags: Flags::default() };
    match bundle.decide(&asked) {
        Verdict::Allow(sight) => Some(sight),
        Verdict::Deny => None,
    }
}

/// One mistake, and the sentence that refuses it, with the line of `at` in the untouched file.
pub(crate) fn refuses(file: &str, (from, to): (&str, &str), at: &str, expected: &str) {
    let folder = with(file, from, to);
    let error = govern(folder.path()).expect_err(expected).to_string();
    let whole = fs::read_to_string(real().join(file)).unwrap();
    let line = whole.lines().position(|line| line.contains(at)).unwrap() + 1;
    assert_eq!(error, format!("policies/{file} line {line}: {expected}"));
}

/// The law of this name.
pub(crate) fn law(slug: &str) -> Jurisdiction {
    Jurisdiction::from_slug(slug).unwrap()
}

/// A copy of the real policies without a file or folder.
pub(crate) fn without(path: &str) -> TempDir {
    let copy = copy();
    let gone = copy.path().join(path);
    if gone.is_dir() {
        fs::remove_dir_all(gone).unwrap();
    } else {
        fs::remove_file(gone).unwrap();
    }
    copy
}

/// Replaces `from` by `to` in one more file of a copy.
pub(crate) fn and(copy: &TempDir, file: &str, (from, to): (&str, &str)) {
    let path = copy.path().join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} does not hold {from:?}");
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

/// Why a copy is refused.
pub(crate) fn refusal(copy: &TempDir) -> String {
    Bundle::load(copy.path()).expect_err("it should be refused").to_string()
}

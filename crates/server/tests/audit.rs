//! `zelo audit` as people and scripts use it: what is printed, and the exit code.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test too")]

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

struct Place(TempDir);

impl Place {
    /// An installation with a tenant, a source and a key, each made by a command of its own, without a server.
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        for command in [
            "tenant create acme --controller acme-sa",
            "source create shop --collects-for customer-service",
            "key create reader --role developer --purpose customer-service",
        ] {
            assert_eq!(place.zelo(command).0, 0, "{command}");
        }
        place
    }

    /// Exit code, standard output, standard error.
    fn zelo(&self, words: &str) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_zelo"));
        let done = command.args(words.split_whitespace()).current_dir(self.path()).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (done.status.code().unwrap(), text(done.stdout), text(done.stderr))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// A copy of acme's log, and of the anchor as it stood before.
    fn exported(&self) -> String {
        fs::copy(self.path().join("zelo-anchor.log"), self.path().join("kept.log")).unwrap();
        let (code, said, _) = self.zelo("audit export copy --tenant acme");
        assert!(code == 0 && said.contains("C2SP tlog-tiles"), "{said}");
        let vkey = said.split("--vkey '").nth(1).unwrap().split('\'').next().unwrap();
        vkey.to_owned()
    }
}

#[test]
fn commands_without_a_server_leave_nothing_that_waits() {
    let place = Place::new();
    let (code, said, _) = place.zelo("audit verify --json");
    assert_eq!(code, 0);
    let logs: Value = serde_json::from_str(&said).unwrap();
    for (log, name, entries) in [(0, "installation", 3), (1, "acme", 2)] {
        let log = &logs[log];
        assert_eq!((log["log"].as_str(), &log["sound"]), (Some(name), &Value::Bool(true)), "{said}");
        assert!(log["entries"].as_u64().unwrap() >= entries, "{said}");
        assert_eq!((&log["entries"], &log["findings"]), (&log["anchored"], &serde_json::json!([])), "{said}");
    }
    let (code, said, _) = place.zelo("audit verify --tenant acme");
    assert!(code == 0 && said.starts_with("acme (ten_") && said.ends_with("anchored: verified\n"), "{said}");
    let (code, said, _) = place.zelo("audit verify --installation");
    assert!(code == 0 && said.starts_with("installation (ten_") && said.lines().count() == 1, "{said}");
}

#[test]
fn a_copy_is_verified_far_from_the_server_and_its_limits_are_said() {
    let place = Place::new();
    let vkey = place.exported();
    fs::remove_dir_all(place.path().join("zelo-data")).unwrap();
    let trusted = format!("audit verify --copy copy --vkey {vkey}");
    let (code, said, warned) = place.zelo(&format!("{trusted} --anchor kept.log"));
    assert!(code == 0 && said.contains(": verified\n") && warned.is_empty(), "{said}{warned}");

    let (code, said, _) = place.zelo(&trusted);
    assert!(code == 1 && said.contains("no anchor: UNANCHORED\n  UNANCHORED_RANGE(0.."), "{said}");
    assert!(said.contains("\n  name the anchor with --anchor; if you have none"), "{said}");
    let (code, said, _) = place.zelo(&format!("{trusted} --without-anchor"));
    assert!(code == 0 && said.contains("no anchor: verified\n  UNANCHORED_RANGE(0.."), "{said}");
    let (code, said, _) = place.zelo(&format!("{trusted} --json"));
    let logs: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &logs[0]["sound"], &logs[0]["held"]), (1, &Value::Bool(false), &"unanchored".into()));
    let (code, _, warned) = place.zelo("audit verify --copy copy --anchor kept.log");
    assert!(code == 0 && warned.contains("came with the copy"), "{warned}");

    let (code, said, _) = place.zelo(&format!("{trusted} --anchor zelo-anchor.log"));
    assert!(code == 1 && said.contains("  TRUNCATED(anchored ") && said.contains("--earlier"), "{said}");
    let (code, said, _) = place.zelo(&format!("{trusted} --anchor zelo-anchor.log --earlier"));
    assert!(code == 0 && said.contains("left out, as asked: "), "{said}");
}

#[test]
fn a_copy_that_was_changed_is_named_and_the_exit_code_is_1() {
    let place = Place::new();
    let vkey = place.exported();
    let bundles = place.path().join("copy/tile/entries/000.p");
    let bundle = fs::read_dir(bundles).unwrap().next().unwrap().unwrap().path();
    let mut bytes = fs::read(&bundle).unwrap();
    let first = bytes.windows(5).position(|word| word == b"allow").unwrap();
    bytes[first..first + 5].copy_from_slice(b"denyy");
    fs::write(&bundle, bytes).unwrap();
    let (code, said, _) = place.zelo(&format!("audit verify --copy copy --vkey {vkey} --anchor kept.log"));
    assert!(code == 1 && said.contains("anchored: DOES NOT VERIFY\n  LEAF_MODIFIED(0)\n"), "{said}");
    let (code, said, _) = place.zelo(&format!("audit verify --copy copy --vkey {vkey} --json"));
    let logs: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &logs[0]["findings"][0]["finding"]), (1, &Value::from("LEAF_MODIFIED(0)")));
}

#[test]
fn what_cannot_be_verified_at_all_is_one_sentence() {
    let place = Place::new();
    let vkey = place.exported();
    for (words, why) in [
        ("--copy nowhere".to_owned(), "there is no copy of a log in nowhere"),
        ("--copy copy --vkey x".to_owned(), "x is neither a verifier key nor a file that holds one"),
        (format!("--copy copy --vkey {vkey} --anchor no.log"), "the anchor no.log cannot be read"),
        ("--tenant nope".to_owned(), "there is no tenant nope"),
    ] {
        let (code, said, complained) = place.zelo(&format!("audit verify {words}"));
        assert!(code == 1 && said.is_empty() && complained.contains(why), "{said}{complained}");
        assert_eq!(complained.lines().count(), 1, "{complained}");
    }
    let (code, _, complained) = place.zelo("audit export copy --tenant acme");
    assert_eq!(
        (code, complained.as_str()),
        (1, "zelo: folder: this folder exists already; name a new one\n")
    );
}

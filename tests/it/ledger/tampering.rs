//! Whatever somebody does to the log with the databases and the signing key in hand, `zelo audit verify` names it.

use zelo_ledger::{Checkpoint, SigningKey};
use zelo_tests::Engine;

use super::forge::Forger;
use super::grown::{export, findings, grown, of_copy, online};

/// The entry that is tampered with.
const LOOK: usize = 42;

/// What is done to the log.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Nothing,
    Edited,
    Removed,
    CutShort,
    CutShortAndSigned,
    Rebuilt,
    RebuiltWithoutOne,
    SignedByAnother,
}

/// Each deed, what it is called, and whether a copy can still be exported.
const DEEDS: [(Deed, &str, bool); 8] = [
    (Deed::Nothing, "", true),
    (Deed::Edited, "LEAF_MODIFIED(42)", true),
    (Deed::Removed, "MISSING(42)", false),
    (Deed::CutShort, "TRUNCATED(", false),
    (Deed::CutShortAndSigned, "TRUNCATED(", true),
    (Deed::Rebuilt, "FORK(", true),
    (Deed::RebuiltWithoutOne, "FORK(", true),
    (Deed::SignedByAnother, "SIG_INVALID(log)", true),
];

async fn do_it(deed: Deed, forger: &Forger) {
    let mut entries = forger.entries.clone();
    let cut = entries.len() - 100;
    match deed {
        Deed::Nothing => {}
        Deed::Edited => forger.edit(LOOK, &forger.edited(LOOK)).await,
        Deed::Removed => forger.delete(&format!("seq = {LOOK}")).await,
        Deed::CutShort => forger.delete(&format!("seq >= {cut}")).await,
        Deed::CutShortAndSigned => forger.rewrite(&entries[..cut]).await,
        Deed::Rebuilt => {
            entries[LOOK] = forger.edited(LOOK);
            forger.rewrite(&entries).await;
        }
        Deed::RebuiltWithoutOne => {
            entries.remove(LOOK);
            forger.rewrite(&entries).await;
        }
        Deed::SignedByAnother => forger.rebuild(&entries, &SigningKey::generate().unwrap()).await,
    }
}

async fn every_deed_is_named(engine: Engine) {
    let machine = grown(engine, "deeds").await;
    let kept = export(&machine, "kept").unwrap();
    let vkey = std::fs::read_to_string(format!("{kept}/vkey")).unwrap();
    let (forger, anchor) = (Forger::of(&machine, engine).await, std::fs::read(machine.anchor()).unwrap());
    assert!(forger.entries.len() > 600, "{} entries", forger.entries.len());
    for (deed, name, exportable) in DEEDS {
        do_it(deed, &forger).await;
        let mut verdicts = vec![online(&machine)];
        // The commands themselves are entered, signed and anchored: each finds the log as the forger left it, and
        // an auditor's anchor is older than the copy.
        forger.undo().await;
        do_it(deed, &forger).await;
        let copy = export(&machine, &format!("{deed:?}"));
        std::fs::write(machine.anchor(), &anchor).unwrap();
        match copy {
            Ok(copy) => verdicts.push(of_copy(&machine, &copy, vkey.trim())),
            Err(why) => assert!(!exportable, "{deed:?}: {why}"),
        }
        assert_eq!(verdicts.len() == 2, exportable, "{deed:?}");
        for (sound, log) in verdicts {
            let found = findings(&log);
            assert_eq!(sound, name.is_empty(), "{deed:?}: {found:?}");
            let named = name.is_empty() || found.iter().any(|finding| finding.starts_with(name));
            assert!(named, "{deed:?} is not named {name}: {found:?}");
        }
        forger.undo().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_deed_is_named_on_sqlite() {
    every_deed_is_named(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_deed_is_named_on_postgres() {
    every_deed_is_named(Engine::Postgres).await;
}

/// The honest limit: what is not anchored yet can be rewritten, and the report says which entries these are.
#[tokio::test(flavor = "multi_thread")]
async fn only_what_was_not_anchored_yet_can_be_rewritten_and_that_is_said() {
    let machine = grown(Engine::Sqlite, "limit").await;
    let log = online(&machine).1;
    let whole = std::fs::read_to_string(machine.anchor()).unwrap();
    let forger = Forger::of(&machine, Engine::Sqlite).await;
    let mut entries = forger.entries.clone();
    let last = entries.len() - 1;
    entries[last] = forger.edited(last);
    forger.rewrite(&entries).await;
    let copy = export(&machine, "copy").unwrap();
    let vkey = std::fs::read_to_string(format!("{copy}/vkey")).unwrap();

    // An anchor that ends before the last entry, as if the process had died between the log and the anchor.
    let of_log = |line: &&str| line.contains(log["tenant"].as_str().unwrap());
    let early: Vec<&str> = whole.lines().filter(|line| of_log(line) && size(line) <= last as u64).collect();
    let until = early.iter().map(|line| size(line)).max().unwrap();
    std::fs::write(machine.anchor(), early.join("\n")).unwrap();
    let (sound, judged) = of_copy(&machine, &copy, vkey.trim());
    let limit = format!("UNANCHORED_RANGE({until}..{})", judged["entries"]);
    assert_eq!((sound, findings(&judged)), (true, vec![limit]));

    std::fs::write(machine.anchor(), whole).unwrap();
    let (sound, judged) = of_copy(&machine, &copy, vkey.trim());
    assert!(!sound && findings(&judged)[0].starts_with("FORK("), "{judged}");
}

/// The size an anchored checkpoint speaks of.
fn size(line: &str) -> u64 {
    let value: serde_json::Value = serde_json::from_str(line).unwrap();
    Checkpoint::unverified(value["note"].as_str().unwrap().as_bytes()).unwrap().head.n
}

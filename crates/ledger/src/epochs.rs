//! A log with all its epochs: the newest is verified whole, an earlier one as far as a restore brought it back.

use std::collections::BTreeMap;
use std::io;

use crate::anchor::AnchoredCheckpoint;
use crate::checkpoint::Checkpoint;
use crate::epoch::came_back;
use crate::findings::{Finding, Report};
use crate::source::Source;
use crate::verify::verify;
use crate::vkey::VerifyKey;

/// Verifies the log of `newest` and the epochs before it; `open` gives the copy of each, an empty one where nothing of
/// it is there.
///
/// The first entry of an epoch that began with a restore names the epoch and the size that came back. Up to there the
/// earlier epoch is held against the anchor like any other; what was anchored beyond is [`Finding::Restored`].
pub fn verify_epochs<S: Source>(
    open: impl Fn(u64) -> S,
    newest: &VerifyKey,
    anchor: Option<&[AnchoredCheckpoint]>,
) -> io::Result<Report> {
    let mut source = open(newest.origin().epoch);
    let mut report = verify(&source, newest, anchor)?;
    let mut epoch = newest.origin().epoch;
    while let Some((back, size)) = came_back(&source)? {
        if back >= epoch {
            report.findings.push(Finding::EpochUnlinked);
            break;
        }
        let lost = claims(newest, anchor.unwrap_or_default(), back..epoch);
        for (lost, to) in lost.iter().rev().filter(|(lost, _)| **lost > back) {
            let findings = vec![Finding::Restored { from: 0, to: *to }];
            report
                .earlier
                .push((*lost, Report { entries: 0, anchored_size: 0, findings, earlier: Vec::new() }));
        }
        let key = newest.in_epoch(back);
        source = open(back);
        let mut earlier = match (size, source.checkpoint()?) {
            (0, None) => Report { entries: 0, anchored_size: 0, findings: Vec::new(), earlier: Vec::new() },
            _ => verify(&source, &key, anchor.map(|anchor| up_to(size, back, anchor)).as_deref())?,
        };
        if let Some(to) = lost.get(&back).filter(|to| **to > size) {
            earlier.findings.push(Finding::Restored { from: size, to: *to });
        }
        if earlier.entries < size && earlier.is_sound() {
            earlier.findings.push(Finding::Missing { from: earlier.entries, to: size });
        }
        earlier.findings.sort_unstable();
        report.earlier.push((back, earlier));
        epoch = back;
    }
    Ok(report)
}

/// The largest size the anchor holds, under the key's signature, of each of these epochs.
fn claims(
    key: &VerifyKey,
    anchor: &[AnchoredCheckpoint],
    epochs: std::ops::Range<u64>,
) -> BTreeMap<u64, u64> {
    let ours =
        |line: &&AnchoredCheckpoint| line.tenant == key.origin().tenant && epochs.contains(&line.epoch);
    let mut lines: Vec<&AnchoredCheckpoint> = anchor.iter().filter(ours).collect();
    lines.sort_by_key(|line| std::cmp::Reverse(size_of(line)));
    let mut claims = BTreeMap::new();
    for line in lines {
        // A signature is looked at only where it would say something new.
        if !claims.contains_key(&line.epoch)
            && let Ok(checkpoint) = key.in_epoch(line.epoch).open(line.note.as_bytes())
        {
            claims.insert(line.epoch, checkpoint.head.n);
        }
    }
    claims
}

/// The anchor without what it holds of this epoch beyond a size.
fn up_to(size: u64, epoch: u64, anchor: &[AnchoredCheckpoint]) -> Vec<AnchoredCheckpoint> {
    anchor.iter().filter(|line| line.epoch != epoch || size_of(line) <= size).cloned().collect()
}

fn size_of(line: &AnchoredCheckpoint) -> u64 {
    Checkpoint::unverified(line.note.as_bytes()).map_or(0, |checkpoint| checkpoint.head.n)
}

//! A restored log begins a new epoch; its first entry says where the old one stood, or the restore hid something.

use std::io;

use crate::anchor::AnchoredCheckpoint;
use crate::checkpoint::Checkpoint;
use crate::source::Source;
use crate::tiles::TILE_WIDTH;
use crate::vkey::VerifyKey;

/// Whether an epoch that began with a restore names the newest anchored checkpoint of the epoch before.
pub(crate) fn linked(
    source: &impl Source,
    size: u64,
    vkey: &VerifyKey,
    anchor: &[AnchoredCheckpoint],
) -> io::Result<bool> {
    let Some(before) = vkey.origin().epoch.checked_sub(1).map(|epoch| vkey.in_epoch(epoch)) else {
        return Ok(true);
    };
    let origin = before.origin();
    let old = anchor.iter().filter(|line| line.tenant == origin.tenant && line.epoch == origin.epoch);
    let signed =
        old.filter_map(|line| before.open(line.note.as_bytes()).ok().map(|c| (c.head.n, &line.note)));
    let Some((_, newest)) = signed.max_by_key(|(size, _)| *size) else {
        return Ok(true);
    };
    let first = first_entry(source, size)?;
    let named = first.as_ref().and_then(|entry| entry.pointer("/restored/checkpoint")?.as_str());
    Ok(named == Some(newest.as_str()))
}

fn first_entry(source: &impl Source, size: u64) -> io::Result<Option<serde_json::Value>> {
    let width = u32::try_from(size.min(TILE_WIDTH.into())).unwrap_or(TILE_WIDTH);
    let first = if width == 0 { None } else { source.entries(0, width)?.into_iter().next().flatten() };
    Ok(first.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

/// What the first entry of an epoch says came back with the restore it began with: so much of which epoch.
pub(crate) fn came_back(source: &impl Source) -> io::Result<Option<(u64, u64)>> {
    let note = source.checkpoint()?.unwrap_or_default();
    let size = Checkpoint::unverified(&note).map_or(0, |checkpoint| checkpoint.head.n);
    let first = first_entry(source, size)?;
    let said = first.as_ref().and_then(|entry| entry.get("restored"));
    let number = |member: &str| said.and_then(|said| said.get(member)?.as_u64());
    Ok(number("epoch").zip(number("size")))
}

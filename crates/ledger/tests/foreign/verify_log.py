"""Checks an exported Zelo log with somebody else's verifier: PyPI `aics-tlog` 0.2.

    verify_log.py FOLDER VKEY [OLDER_CHECKPOINT]

FOLDER is the export (C2SP tlog-tiles layout), VKEY the verifier key the auditor trusts, OLDER_CHECKPOINT a signed
note kept from before. Nothing here knows Zelo's code; it exits 1 at the first thing that does not hold.
"""

import sys
from pathlib import Path

from aics_tlog import (
    FileSystemTileReader,
    VerifiedTileReader,
    audit_tiles,
    consistency_proof_from_tiles,
    inclusion_proof_from_tiles,
    parse_note,
    parse_vkey,
    verify_checkpoint,
    verify_consistency,
    verify_leaf_inclusion,
)


def hold(fact, sentence):
    if not fact:
        sys.exit(f"does not hold: {sentence}")
    print(sentence)


def checkpoint(path, vkey):
    seen = verify_checkpoint(parse_note(path.read_bytes()), vkey, expected_origin=vkey.name)
    hold(seen.ok and seen.log_ok, f"signature of {vkey.name} over size {seen.size}")
    return seen


def main(folder, vkey, older=None):
    vkey = parse_vkey(vkey.strip())
    head = checkpoint(Path(folder) / "checkpoint", vkey)
    files = FileSystemTileReader(folder)
    whole = audit_tiles(files, head.size, head.root, entries=True)
    print(f"root of {whole.tiles} tiles and {whole.bundles} entry bundles")

    proven = VerifiedTileReader(files, head.size, head.root)
    included = (
        verify_leaf_inclusion(
            proven.entry(seq), seq, head.size, inclusion_proof_from_tiles(proven, seq, head.size), head.root
        )
        for seq in range(head.size)
    )
    hold(all(included), f"inclusion of {head.size} entries")

    if older:
        old = checkpoint(Path(older), vkey)
        path = consistency_proof_from_tiles(proven, old.size, head.size)
        hold(
            verify_consistency(old.size, head.size, old.root, head.root, path),
            f"consistency of {old.size} with {head.size}",
        )


if __name__ == "__main__":
    main(*sys.argv[1:])

//! Puts the entries of one bundle beside the hashes the tree has for them.

use tlog_tiles::record_hash;

/// What became of one entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Whole,
    Modified,
    Missing,
}

/// The leaf hashes of what is there.
pub(crate) fn hashes(entries: &[Option<Vec<u8>>]) -> Vec<Option<[u8; 32]>> {
    entries.iter().map(|entry| entry.as_ref().map(|bytes| record_hash(bytes).0)).collect()
}

/// Holds what is there (`found`) against what should be. A bundle that lost an entry in a file has all later ones
/// one place too early, so when the end is short each entry may be looked for further on.
pub(crate) fn fates(expected: &[[u8; 32]], found: &[Option<[u8; 32]>]) -> Vec<Fate> {
    let present = found.iter().take_while(|hash| hash.is_some()).count();
    let may_have_moved = present < expected.len() && found[present..].iter().all(Option::is_none);
    if may_have_moved {
        let mut rest = found[..present].iter().flatten().peekable();
        return (0..expected.len())
            .map(|place| match rest.peek() {
                None => Fate::Missing,
                Some(hash) if **hash != expected[place] && expected[place..].contains(hash) => Fate::Missing,
                Some(hash) => {
                    let whole = **hash == expected[place];
                    rest.next();
                    if whole { Fate::Whole } else { Fate::Modified }
                }
            })
            .collect();
    }
    let fate = |(hash, expected): (&Option<[u8; 32]>, &[u8; 32])| match hash {
        Some(hash) if hash == expected => Fate::Whole,
        Some(_) => Fate::Modified,
        None => Fate::Missing,
    };
    found.iter().zip(expected).map(fate).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use Fate::{Missing, Modified, Whole};

    fn found(entries: &[u8]) -> Vec<Option<[u8; 32]>> {
        entries.iter().map(|n| (*n > 0).then_some([*n; 32])).collect()
    }

    #[test]
    fn an_entry_cut_out_of_a_file_is_missing_and_its_successors_are_whole() {
        let expected = [[1; 32], [2; 32], [3; 32], [4; 32]];
        assert_eq!(fates(&expected, &found(&[1, 3, 4, 0])), [Whole, Missing, Whole, Whole]);
        assert_eq!(fates(&expected, &found(&[1, 2, 0, 0])), [Whole, Whole, Missing, Missing]);
        assert_eq!(fates(&expected, &found(&[1, 9, 4, 0])), [Whole, Modified, Missing, Whole]);
    }

    #[test]
    fn a_row_deleted_from_a_table_is_missing_beside_one_that_was_edited() {
        let expected = [[1; 32], [2; 32], [3; 32], [4; 32]];
        assert_eq!(fates(&expected, &found(&[1, 0, 9, 4])), [Whole, Missing, Modified, Whole]);
    }
}

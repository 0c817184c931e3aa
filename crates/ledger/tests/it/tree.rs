//! The tree, held against another implementation (`ct-merkle`) at many sizes.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use proptest::prelude::*;
use sha2::Sha256;
use zelo_ledger::{
    Rooted, TileId, Tiles, TreeError, all_tiles, bundle, bundle_path, check_consistency, check_inclusion,
    consistency_needs, grow, growth_needs, inclusion_needs, prove_consistency, prove_inclusion, root,
    unbundle,
};

/// Everything a database would hold after the batches, and the heads on the way.
fn grown(batches: &[usize]) -> (Tiles, Vec<Rooted>, Vec<Vec<u8>>) {
    let (mut kept, mut heads, mut entries) = (Tiles::default(), vec![Rooted::default()], Vec::new());
    for batch in batches {
        let size = entries.len() as u64;
        let new: Vec<Vec<u8>> = (0..*batch as u64).map(|n| (size + n).to_be_bytes().to_vec()).collect();
        let growth = grow(size, &new, &only(&kept, &growth_needs(size))).unwrap();
        assert_eq!(growth.hashes.len() as u64, stored(growth.size) - stored(size));
        for (tile, bytes) in growth.tiles {
            kept.insert(tile.level, tile.index, bytes);
        }
        entries.extend(new);
        heads.push(Rooted { n: growth.size, root: growth.root });
    }
    (kept, heads, entries)
}

/// Just these tiles, cut to the width asked for: what a careful store would load.
fn only(kept: &Tiles, needs: &[TileId]) -> Tiles {
    needs.iter().map(|tile| (*tile, kept.get(tile).unwrap().to_vec())).collect()
}

/// How many nodes the complete subtrees of a tree have: 2n less the ones in n.
fn stored(size: u64) -> u64 {
    2 * size - u64::from(size.count_ones())
}

fn theirs(entries: &[Vec<u8>]) -> MemoryBackedTree<Sha256, Vec<u8>> {
    let mut tree = MemoryBackedTree::new();
    for entry in entries {
        tree.push(entry.clone());
    }
    tree
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn another_implementation_agrees_on_roots_inclusion_and_consistency(
        batches in prop::collection::vec(1_usize..300, 1..8),
        pick in any::<prop::sample::Index>(),
    ) {
        let (kept, heads, entries) = grown(&batches);
        let (other, new) = (theirs(&entries), heads[heads.len() - 1]);
        let their_root = other.root();
        prop_assert_eq!(&new.root[..], their_root.as_bytes().as_slice());
        prop_assert_eq!(root(new.n, &only(&kept, &growth_needs(new.n))).unwrap(), new.root);

        let seq = pick.index(entries.len());
        let needs = only(&kept, &inclusion_needs(new.n, seq as u64).unwrap());
        let proof = prove_inclusion(new.n, seq as u64, &needs).unwrap();
        let their_proof = other.prove_inclusion(seq);
        prop_assert_eq!(proof.path.concat(), their_proof.as_bytes());
        prop_assert!(check_inclusion(&new, &entries[seq], &proof));
        prop_assert!(!check_inclusion(&new, b"something else", &proof));

        for old in &heads {
            let needs = only(&kept, &consistency_needs(old.n, new.n).unwrap());
            let proof = prove_consistency(old.n, new.n, &needs).unwrap();
            prop_assert!(check_consistency(old, &new, &proof));
            let false_head = Rooted { root: [9; 32], ..*old };
            prop_assert!(!check_consistency(&false_head, &new, &proof));
            if old.n > 0 && old.n < new.n {
                let their_proof = other.prove_consistency(usize::try_from(new.n - old.n).unwrap());
                prop_assert_eq!(proof.concat(), their_proof.as_bytes());
            }
        }
    }

    #[test]
    fn a_bundle_gives_back_its_entries(entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..20)) {
        prop_assert_eq!(unbundle(&bundle(&entries).unwrap()).unwrap(), entries);
    }
}

#[test]
fn one_big_batch_makes_the_tree_of_many_small_ones() {
    let (a, heads, _) = grown(&[1000]);
    let (b, others, _) = grown(&[1, 2, 252, 1, 1, 511, 232]);
    assert_eq!(heads.last(), others.last());
    for tile in all_tiles(1000) {
        assert_eq!(a.get(&tile), b.get(&tile), "{tile:?}");
    }
    assert_eq!(growth_needs(1000).len(), 2);
}

#[test]
fn tiles_and_bundles_stand_where_c2sp_tlog_tiles_puts_them() {
    let path = |level, index, width| TileId { level, index, width }.path();
    assert_eq!(path(0, 0, 1), "tile/0/000.p/1");
    assert_eq!(path(2, 1_234_067, 256), "tile/2/x001/x234/067");
    assert_eq!(bundle_path(1_234_067, 255), "tile/entries/x001/x234/067.p/255");
    let all: Vec<String> = all_tiles(700).iter().map(TileId::path).collect();
    assert_eq!(all, ["tile/0/000", "tile/0/001", "tile/0/002.p/188", "tile/1/000.p/2"]);
}

#[test]
fn what_is_not_there_is_an_error_and_never_a_panic() {
    let nothing = Tiles::default();
    assert!(matches!(grow(700, &[b"x"], &nothing), Err(TreeError::MissingTile)));
    assert!(matches!(prove_inclusion(700, 700, &nothing), Err(TreeError::OutOfTree)));
    assert!(matches!(prove_consistency(701, 700, &nothing), Err(TreeError::OutOfTree)));
    assert!(matches!(inclusion_needs(u64::MAX, 0), Err(TreeError::OutOfTree)));
    assert!(matches!(bundle(&[vec![0; 65_536]]), Err(TreeError::Bundle)));
    assert!(matches!(unbundle(&[0, 2, 1]), Err(TreeError::Bundle)));
    assert_eq!(grow(0, &[] as &[Vec<u8>], &nothing).unwrap().root, zelo_ledger::EMPTY_ROOT);
}

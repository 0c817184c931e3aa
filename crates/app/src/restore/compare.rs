//! Whether keys, data and anchor speak of the same erasures: what a backup has forgotten to forget is not served.

/// The numbers of one tenant's erasures, as three places know them that never share a backup. Numbers start at 1 and
/// have no gaps; 0 is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Numbers {
    /// K: the last erasure whose keys are destroyed, in the key database.
    pub(crate) keys: i64,
    /// D: the highest one the data database holds past its first step.
    pub(crate) data: i64,
    /// Those the data database holds as begun: their first step is done, whether the second is or not.
    pub(crate) begun: Vec<i64>,
    /// A: the highest one in the anchor.
    pub(crate) anchor: i64,
}

/// What the numbers mean for the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// They agree.
    Serve,
    /// A crash interrupted these, in this order; they are finished, and then it is served.
    RollForward(Vec<i64>),
    /// The key database is older than an erasure: it holds keys of people who were forgotten.
    KeystoreBehind,
    /// The data database is older than an erasure: it holds rows of people who were forgotten, and lacks what was to
    /// be remembered instead.
    DataBehind,
}

impl Numbers {
    /// Compares them. An erasure writes its first step, the anchor, the keys, in this order: those that are begun and
    /// follow K without a gap were interrupted by a crash, and no restore is needed to explain them.
    pub(crate) fn compare(&self) -> Standing {
        let mut begun = self.begun.clone();
        begun.sort_unstable();
        begun.dedup();
        let interrupted = begun.iter().filter(|n| **n > self.keys).zip(self.keys + 1..);
        let reach = interrupted.take_while(|(n, next)| **n == *next).last().map_or(self.keys, |(n, _)| *n);
        let known = begun.last().copied().unwrap_or(0).max(self.data);
        if known > reach || self.anchor > reach || self.data > self.keys {
            Standing::KeystoreBehind
        } else if known < self.keys.max(self.anchor) {
            Standing::DataBehind
        } else if begun.is_empty() {
            Standing::Serve
        } else {
            Standing::RollForward(begun)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Standing::{DataBehind, KeystoreBehind, RollForward, Serve};
    use super::*;

    fn compared(keys: i64, data: i64, begun: &[i64], anchor: i64) -> Standing {
        Numbers { keys, data, begun: begun.to_vec(), anchor }.compare()
    }

    #[test]
    fn what_agrees_is_served() {
        assert_eq!(compared(0, 0, &[], 0), Serve, "nobody was ever forgotten");
        assert_eq!(compared(5, 5, &[], 5), Serve);
    }

    #[test]
    fn a_crash_is_no_restore() {
        for (keys, data, begun, anchor, crashed) in [
            (4, 4, [5].as_slice(), 4, "after the first step"),
            (4, 4, &[5], 5, "after the anchor"),
            (5, 4, &[5], 5, "after the keys"),
            (0, 0, &[1], 0, "in the very first one"),
            (4, 4, &[5, 6, 7], 6, "in three at once"),
            (5, 4, &[5, 6], 6, "between two of them"),
            (5, 4, &[6, 5, 6], 6, "whatever order they are read in"),
        ] {
            let mut forward = begun.to_vec();
            forward.sort_unstable();
            forward.dedup();
            assert_eq!(compared(keys, data, begun, anchor), RollForward(forward), "{crashed}");
        }
    }

    #[test]
    fn keys_from_before_an_erasure_would_open_what_was_forgotten() {
        for (keys, data, begun, anchor, restored) in [
            (3, 5, [].as_slice(), 5, "the keys alone"),
            (3, 3, &[], 5, "both databases"),
            (0, 0, &[], 1, "both, from before anybody was forgotten"),
            (3, 5, &[6], 6, "the keys, while an erasure was begun"),
            (3, 3, &[5], 5, "with a gap between the keys and what is begun"),
            (4, 4, &[5], 6, "both, in the middle of an erasure"),
            (3, 4, &[4], 4, "keys whose erasure the data know to be past them"),
        ] {
            assert_eq!(compared(keys, data, begun, anchor), KeystoreBehind, "{restored}");
        }
    }

    #[test]
    fn data_from_before_an_erasure_would_show_what_was_forgotten() {
        for (keys, data, begun, anchor, restored) in [
            (5, 3, [].as_slice(), 5, "the data alone"),
            (5, 3, &[4], 5, "the data, in the middle of an erasure"),
            (5, 3, &[], 3, "the data, with an anchor that lost lines"),
            (1, 0, &[], 1, "the data, from before anybody was forgotten"),
        ] {
            assert_eq!(compared(keys, data, begun, anchor), DataBehind, "{restored}");
        }
    }
}

//! The signed heads a log is held against: its own checkpoint and those in the anchor, smallest first.

use crate::Rooted;
use crate::anchor::AnchoredCheckpoint;
use crate::checkpoint::Checkpoint;
use crate::findings::{Finding, Signed};
use crate::frontier::Frontier;
use crate::tiles::TreeError;
use crate::vkey::VerifyKey;

struct Head {
    tree: Rooted,
    signed: Signed,
    /// The note, while nobody has looked at its signature.
    note: Option<Vec<u8>>,
}

/// What the heads have shown so far.
pub(crate) struct Heads<'k> {
    key: &'k VerifyKey,
    /// Largest first, so that the next is at the end.
    ahead: Vec<Head>,
    /// The largest signed size the log fits, and the one before.
    fits: u64,
    fitted: u64,
    /// The largest anchored size the log fits.
    pub(crate) anchored: u64,
    /// The largest anchored size of all, whether it fits or not.
    pub(crate) claimed: u64,
    forked: bool,
    pub(crate) findings: Vec<Finding>,
}

impl<'k> Heads<'k> {
    /// Collects the heads of the key's log. A signature in the anchor is looked at only when its head does not
    /// fit the log: a head that fits says nothing new.
    pub(crate) fn new(key: &'k VerifyKey, log: Option<&Checkpoint>, anchor: &[AnchoredCheckpoint]) -> Self {
        let mut heads = Self {
            key,
            ahead: Vec::new(),
            fits: 0,
            fitted: 0,
            anchored: 0,
            claimed: 0,
            forked: false,
            findings: Vec::new(),
        };
        if let Some(log) = log {
            heads.ahead.push(Head { tree: log.head, signed: Signed::Log, note: None });
        }
        let origin = key.origin();
        let ours = anchor.iter().filter(|line| line.tenant == origin.tenant && line.epoch == origin.epoch);
        for (n, line) in ours.enumerate() {
            let note = line.note.as_bytes();
            match Checkpoint::unverified(note).filter(|checkpoint| checkpoint.origin == *origin) {
                Some(Checkpoint { head, .. }) => {
                    heads.ahead.push(Head {
                        tree: head,
                        signed: Signed::Anchor(n),
                        note: Some(note.to_vec()),
                    });
                }
                None => heads.findings.push(Finding::SigInvalid(Signed::Anchor(n))),
            }
        }
        heads.ahead.sort_by_key(|head| std::cmp::Reverse((head.tree.n, head.signed)));
        heads
    }

    /// Holds the tree against every head of its size.
    pub(crate) fn meet(&mut self, tree: &Frontier) -> Result<(), TreeError> {
        while let Some(head) = self.ahead.pop_if(|head| head.tree.n <= tree.size()) {
            if head.tree.n == tree.size() && head.tree.root == tree.root()? {
                self.fit(&head);
            } else if self.believe(&head) && !self.forked {
                self.forked = true;
                let (size, fits) = (head.tree.n, self.fits);
                self.findings
                    .push(Finding::Fork { size, after: if fits < size { fits } else { self.fitted } });
            }
        }
        Ok(())
    }

    fn fit(&mut self, head: &Head) {
        if head.tree.n > self.fits {
            (self.fitted, self.fits) = (self.fits, head.tree.n);
        }
        if head.signed != Signed::Log {
            self.anchored = self.anchored.max(head.tree.n);
            self.claimed = self.claimed.max(head.tree.n);
        }
    }

    /// Whether a head that does not fit is really signed.
    fn believe(&mut self, head: &Head) -> bool {
        let valid = head.note.as_ref().is_none_or(|note| self.key.open(note).is_ok());
        if !valid {
            self.findings.push(Finding::SigInvalid(head.signed));
        } else if head.signed != Signed::Log {
            self.claimed = self.claimed.max(head.tree.n);
        }
        valid
    }

    /// Takes note of the anchored heads the log does not reach.
    pub(crate) fn finish(&mut self) {
        while let Some(head) = self.ahead.pop() {
            self.believe(&head);
        }
    }

    /// The size of the largest head not met yet.
    pub(crate) fn largest(&self) -> u64 {
        self.ahead.first().map_or(0, |head| head.tree.n)
    }
}

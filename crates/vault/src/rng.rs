//! Where nonces and keys come from: `ChaCha20` seeded by the system, so that a nonce costs less than the cipher.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use ring::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroizing;

/// Streams, so that threads rarely meet on one lock.
const SHARDS: usize = 8;
/// Bytes a stream gives before it is seeded anew by the system: some 2,700 XAES or 5,400 AES-GCM nonces.
const RESEED: usize = 64 * 1024;

/// The vault's random source. `&Rng` may be shared between threads; make one a process, after any fork.
///
/// Nonces come from buffered `ChaCha20` streams, each seeded by the system every 64 KiB. Keys come from the
/// system itself: a stream's state, found in memory later, must not give back the key of someone who was forgotten.
///
/// Every method panics if the system has no random source: a process without one cannot do anything safely.
pub struct Rng {
    system: SystemRandom,
    shards: [Mutex<Stream>; SHARDS],
    seeded: bool,
}

struct Stream {
    chacha: ChaCha20Rng,
    left: usize,
}

impl Rng {
    /// Seeds from the system.
    ///
    /// # Panics
    /// If the system has no random source.
    pub fn new() -> Self {
        let system = SystemRandom::new();
        let shards = std::array::from_fn(|_| {
            Mutex::new(Stream { chacha: ChaCha20Rng::from_seed(*draw(&system)), left: RESEED })
        });
        Self { system, shards, seeded: false }
    }

    /// The same bytes in every run, keys included. A replayed seed repeats a nonce, so this exists in tests only.
    #[cfg(test)]
    pub(crate) fn seeded(seed: u8) -> Self {
        let stream = || Stream { chacha: ChaCha20Rng::from_seed([seed; 32]), left: usize::MAX };
        Self {
            system: SystemRandom::new(),
            shards: std::array::from_fn(|_| Mutex::new(stream())),
            seeded: true,
        }
    }

    /// Fills `out` with random bytes, for nonces and other values that may be seen.
    ///
    /// # Panics
    /// If the system has no random source.
    pub fn fill(&self, out: &mut [u8]) {
        let shard = if self.seeded { 0 } else { my_shard() };
        // A poisoned stream is still a good stream: nothing in it can be half done.
        let mut stream = self.shards[shard].lock().unwrap_or_else(PoisonError::into_inner);
        if stream.left < out.len() {
            stream.chacha = ChaCha20Rng::from_seed(*draw(&self.system));
            stream.left = RESEED.max(out.len());
        }
        stream.left -= out.len();
        stream.chacha.fill_bytes(out);
    }

    /// `N` random bytes, for nonces and other values that may be seen.
    ///
    /// # Panics
    /// If the system has no random source.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut out = [0; N];
        self.fill(&mut out);
        out
    }

    /// A fresh key, straight from the system.
    pub(crate) fn key(&self) -> Zeroizing<[u8; 32]> {
        if self.seeded { Zeroizing::new(self.bytes()) } else { draw(&self.system) }
    }
}

impl Default for Rng {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Rng {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rng(…)")
    }
}

fn draw(system: &SystemRandom) -> Zeroizing<[u8; 32]> {
    let mut seed = Zeroizing::new([0; 32]);
    system.fill(seed.as_mut_slice()).expect("the system has a random source");
    seed
}

fn my_shard() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local!(static MINE: usize = NEXT.fetch_add(1, Ordering::Relaxed) % SHARDS);
    MINE.with(|shard| *shard)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_of_anas_nonces_are_the_same_on_any_thread_or_after_a_reseed() {
        let rng = Rng::new();
        let draw = || (0..20_000).map(|_| rng.bytes::<12>()).collect::<Vec<_>>();
        let drawn: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(draw)).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(drawn.iter().collect::<HashSet<_>>().len(), drawn.len());
    }

    #[test]
    fn two_sources_agree_on_nothing_and_a_large_request_is_filled() {
        assert_ne!(Rng::new().bytes::<32>(), Rng::new().bytes::<32>());
        let mut large = vec![0; 3 * RESEED];
        Rng::new().fill(&mut large);
        assert!(large.chunks(32).all(|chunk| chunk.iter().any(|byte| *byte != 0)));
    }

    #[test]
    fn only_a_seeded_source_repeats_itself() {
        assert_eq!(Rng::seeded(1).bytes::<32>(), Rng::seeded(1).bytes::<32>());
        assert_eq!(Rng::seeded(1).key(), Rng::seeded(1).key());
        assert_ne!(Rng::new().key(), Rng::new().key());
    }
}

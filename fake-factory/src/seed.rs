//! Randomness from one seed. Every component draws from a sub-stream with a name of its own, so that another diner does not
//! reshuffle the factory; a draw about the n-th thing is keyed by n, so that it does not depend on the order of events.

use rand::{Rng, RngExt, SeedableRng, rngs::ChaCha8Rng};

const ALPHANUMERIC: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The seed of a run, and of each of its named sub-streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed(u64);

impl Seed {
    /// The seed with this number.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Seed(seed)
    }

    /// The number it was made from, or was derived to.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The seed of the sub-stream called `name`, as in `seed.of("diners").of("lunch")`.
    #[must_use]
    pub fn of(self, name: &str) -> Seed {
        // FNV-1a over the name, mixed with the seed by ChaCha below: the streams need to be distinct, not secret.
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        self.nth(hash)
    }

    /// The seed that belongs to the `n`-th thing of this stream.
    #[must_use]
    pub fn nth(self, n: u64) -> Seed {
        let mut key = [0_u8; 32];
        key[..8].copy_from_slice(&self.0.to_le_bytes());
        key[8..16].copy_from_slice(&n.to_le_bytes());
        Seed(ChaCha8Rng::from_seed(key).next_u64())
    }

    /// The generator of this stream.
    #[must_use]
    pub fn rng(self) -> ChaCha8Rng {
        ChaCha8Rng::seed_from_u64(self.0)
    }

    /// A code of `count` letters and digits.
    #[must_use]
    pub fn letters(self, count: usize) -> String {
        let mut rng = self.rng();
        (0..count)
            .map(|_| char::from(ALPHANUMERIC[rng.random_range(0..ALPHANUMERIC.len())]))
            .collect()
    }

    /// One number in `[0, 1)`, drawn from this seed alone: `seed.of("fault").nth(17).share()`.
    #[must_use]
    pub fn share(self) -> f64 {
        self.rng().random::<f64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_with_other_names_or_numbers_differ() {
        let seed = Seed::new(329);
        assert_ne!(seed.of("diners"), seed.of("factory"));
        assert_ne!(seed.nth(0), seed.nth(1));
        assert_eq!(
            seed.of("diners").nth(3).share(),
            Seed::new(329).of("diners").nth(3).share()
        );
    }

    #[test]
    fn keyed_draws_are_spread_evenly() {
        let seed = Seed::new(7).of("fault");
        let below = (0..10_000).filter(|n| seed.nth(*n).share() < 0.3).count();
        assert!(
            (2_850..3_150).contains(&below),
            "{below} of 10000 below 30%"
        );
    }
}

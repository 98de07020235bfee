//! Dice: random choices that follow from a seed. The same seed makes the same choices; how the tasks interleave is up to
//! the machine, so a seed repeats what was tried and not the moment at which it met the server.

use std::ops::RangeInclusive;
use std::time::Duration;

/// `SplitMix64` (Steele, Lea, Flood 2014): small, and good enough to choose faults.
pub struct Dice(u64);

impl Dice {
    /// Dice for one player: `who` keeps those of one seed apart.
    pub fn new(seed: u64, who: u64) -> Self {
        let mut dice = Self(seed ^ who.wrapping_mul(0xd134_2543_de82_ef95));
        dice.roll();
        dice
    }

    /// Any number.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `n - 1`.
    pub fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.roll() % n.max(1) as u64).expect("below a usize")
    }

    /// A number in the range.
    pub fn within(&mut self, range: RangeInclusive<usize>) -> usize {
        range.start() + self.below(range.end() - range.start() + 1)
    }

    /// True in so many of a hundred cases.
    pub fn percent(&mut self, n: usize) -> bool {
        self.below(100) < n
    }

    /// A time in the range, in milliseconds.
    pub fn time(&mut self, ms: RangeInclusive<usize>) -> Duration {
        Duration::from_millis(self.within(ms) as u64)
    }
}

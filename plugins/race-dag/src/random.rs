//! Chance that is the same every time: SplitMix64 over what the host drew.

#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// A stream for one purpose, from the host's hex digits: streams of different purposes say nothing of each other.
    pub fn of(random: &str, purpose: &str) -> Self {
        // FNV-1a, then one mixing step, so that near texts give far states.
        let hash =
            random.bytes().chain([0]).chain(purpose.bytes()).fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
            });
        let mut stream = Self(hash);
        Self(stream.draw())
    }

    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// One of `0..below`; 0 where there is no choice.
    pub fn below(&mut self, below: usize) -> usize {
        usize::try_from(self.draw() % below.max(1) as u64).unwrap_or(0)
    }

    pub fn percent(&mut self, chance: u32) -> bool {
        self.draw() % 100 < u64::from(chance)
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

//! Backoff: how long to wait before the next try to connect. Never gives up.

/// The shortest wait, in milliseconds.
const SHORTEST: f64 = 500.0;

/// The longest wait, in milliseconds.
const LONGEST: f64 = 30_000.0;

/// The upper end of the first wait, in milliseconds; it doubles with every failure.
const FIRST: f64 = 2_000.0;

/// The wait after `failures` failures in a row. `random` is in 0 to 1: with full jitter, pages that were cut off
/// together do not come back together (AWS Architecture Blog, «Exponential Backoff And Jitter»).
pub fn wait_ms(failures: u32, random: f64) -> u64 {
    let ceiling = (FIRST * 2f64.powi(failures.min(16) as i32)).min(LONGEST);
    (SHORTEST + random.clamp(0.0, 1.0) * (ceiling - SHORTEST)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_try_comes_within_half_a_second_to_two() {
        assert_eq!((wait_ms(0, 0.0), wait_ms(0, 1.0)), (500, 2_000));
    }

    #[test]
    fn waits_double_up_to_half_a_minute_and_stay_there() {
        assert_eq!([1, 2, 3].map(|n| wait_ms(n, 1.0)), [4_000, 8_000, 16_000]);
        assert_eq!([4, 5, 100, u32::MAX].map(|n| wait_ms(n, 1.0)), [30_000; 4]);
        assert_eq!(wait_ms(u32::MAX, 0.0), 500, "full jitter");
    }
}

//! Durations in settings: a whole number and a unit, or several of them, such as `30s`, `12h`, `1h30m`, `14d`.

use std::time::Duration;

const EXPECTED: &str = "expected a number with a unit (ms, s, m, h, d), such as 30s, 12h or 14d";

/// Parses a duration above zero.
pub(super) fn positive(text: &str) -> Result<Duration, &'static str> {
    parse(text).filter(|duration| !duration.is_zero()).ok_or(EXPECTED)
}

/// Parses a duration of a minute or more; sessions are only touched once a minute.
pub(super) fn at_least_a_minute(text: &str) -> Result<Duration, &'static str> {
    match parse(text) {
        Some(duration) if duration >= Duration::from_secs(60) => Ok(duration),
        Some(_) => Err("expected at least 1m"),
        None => Err(EXPECTED),
    }
}

/// Parses the time between beats: each beat of each stream asks the store.
pub(super) fn beat(text: &str) -> Result<Duration, &'static str> {
    let bounds = Duration::from_secs(1)..=Duration::from_secs(60);
    parse(text)
        .ok_or(EXPECTED)
        .and_then(|time| if bounds.contains(&time) { Ok(time) } else { Err("expected 1s to 60s") })
}

fn parse(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut total = Duration::ZERO;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: u64 = rest[..digits].parse().ok()?;
        let unit = rest[digits..].find(|c: char| c.is_ascii_digit()).map_or(rest.len(), |end| digits + end);
        total = total.checked_add(millis(number, rest[digits..unit].trim())?)?;
        rest = &rest[unit..];
    }
    // A hundred years: later arithmetic on timestamps cannot overflow.
    (total <= Duration::from_secs(100 * 366 * 24 * 3600)).then_some(total)
}

fn millis(number: u64, unit: &str) -> Option<Duration> {
    let each = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    number.checked_mul(each).map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_units_are_read() {
        for (text, seconds) in [("30s", 30), ("12h", 43_200), ("14d", 1_209_600), ("1h30m", 5400), ("1m 5s", 65)] {
            assert_eq!(positive(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        assert_eq!(positive("250ms"), Ok(Duration::from_millis(250)));
    }

    #[test]
    fn everything_else_is_refused() {
        for text in ["", "30", "s", "-1s", "1.5h", "1w", "0s", "99999999999999999999d", "200000d", "1s2"] {
            assert!(positive(text).is_err(), "{text}");
        }
        assert!(at_least_a_minute("59s").is_err());
    }
}

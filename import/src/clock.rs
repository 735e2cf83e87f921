//! Times as tools write them.

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Milliseconds since 1970-01-01T00:00Z of `2026-01-12T15:49:49.887Z`.
pub(crate) fn rfc3339_ms(text: &str) -> Option<i64> {
    let time = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    i64::try_from(time.unix_timestamp_nanos() / 1_000_000).ok()
}

/// A time as text, or as a whole number of milliseconds.
pub(crate) fn time_ms(value: &Value) -> Option<i64> {
    value.as_str().map_or_else(|| value.as_i64(), rfc3339_ms)
}

/// Seconds since 1970, which may have a part.
pub(crate) fn seconds_ms(seconds: &Value) -> Option<i64> {
    const LIMIT: f64 = 1e12;
    let seconds = seconds.as_f64().filter(|seconds| seconds.abs() < LIMIT)?;
    // Below the limit it fits, to the millisecond.
    Some((seconds * 1000.0).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_milliseconds() {
        assert_eq!(rfc3339_ms("1970-01-01T00:00:01.500Z"), Some(1500));
        assert_eq!(rfc3339_ms("1970-01-01T01:00:00.123456+01:00"), Some(123));
        assert_eq!(rfc3339_ms("yesterday"), None);
        assert_eq!(time_ms(&1_700_000_000_000_i64.into()), Some(1_700_000_000_000));
    }
}

//! A time on the command line.

use std::str::FromStr;
use std::time::SystemTime;

/// A time as the API has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct When(String);

impl When {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for When {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if humantime::parse_rfc3339(text).is_ok() {
            return Ok(Self(text.to_owned()));
        }
        let day = format!("{text}T00:00:00Z");
        if humantime::parse_rfc3339(&day).is_ok() {
            return Ok(Self(day));
        }
        let ago = humantime::parse_duration(text).ok();
        let then = ago.and_then(|ago| SystemTime::now().checked_sub(ago));
        // No server is older than that.
        let then = then.filter(|then| *then >= SystemTime::UNIX_EPOCH);
        then.map(|then| Self(humantime::format_rfc3339_seconds(then).to_string())).ok_or_else(|| {
            "expected 2026-11-01T09:00:00Z, 2026-11-01, or how long ago, such as 2h".to_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_days_and_how_long_ago() {
        let parse = |text: &str| text.parse::<When>().map(|when| when.0);
        assert_eq!(parse("2026-11-01T09:00:00Z").unwrap(), "2026-11-01T09:00:00Z");
        assert_eq!(parse("2026-11-01").unwrap(), "2026-11-01T00:00:00Z");
        let ago = humantime::parse_rfc3339(&parse("2h").unwrap()).unwrap();
        let hours = SystemTime::now().duration_since(ago).unwrap().as_secs();
        assert!((7199..7210).contains(&hours), "{hours}");
        for odd in ["", "yesterday", "2026-13-01", "-2h", "9999999y", "\u{1b}[2J"] {
            assert!(parse(odd).is_err(), "{odd}");
        }
    }
}

//! The end of a token on the command line.

use std::str::FromStr;
use std::time::SystemTime;

/// A time as the API has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Until(String);

impl Until {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Until {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        for time in [text.to_owned(), format!("{text}T00:00:00Z")] {
            if humantime::parse_rfc3339(&time).is_ok() {
                return Ok(Self(time));
            }
        }
        let then = humantime::parse_duration(text).ok().and_then(|span| SystemTime::now().checked_add(span));
        // Four digits have to do for the year.
        let latest = humantime::parse_rfc3339("9999-12-31T23:59:59Z").ok();
        let then = then.filter(|then| latest.is_some_and(|latest| *then <= latest));
        then.map(|then| Self(humantime::format_rfc3339_seconds(then).to_string())).ok_or_else(|| {
            "expected 2027-03-31T18:00:00Z, 2027-03-31, or in how long, such as 180d".to_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_days_and_in_how_long() {
        let parse = |text: &str| text.parse::<Until>().map(|until| until.0);
        assert_eq!(parse("2027-03-31T18:00:00Z").unwrap(), "2027-03-31T18:00:00Z");
        assert_eq!(parse("2027-03-31").unwrap(), "2027-03-31T00:00:00Z");
        let then = humantime::parse_rfc3339(&parse("180d").unwrap()).unwrap();
        let days = then.duration_since(SystemTime::now()).unwrap().as_secs() / 86_400;
        assert_eq!(days, 179);
        for odd in ["", "tomorrow", "2027-13-01", "-2h", "9999999y", "\u{1b}[2J"] {
            assert!(parse(odd).is_err(), "{odd}");
        }
    }
}

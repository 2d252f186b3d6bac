//! Values as go-judge's flags and variables write them, rewritten as ours: Go's durations and booleans, its sizes, its
//! addresses.

use std::net::SocketAddr;
use std::time::Duration;

/// `16k`, `256m`, `1g`, `16kb`, `4096`: bytes, as `16384B`.
pub(super) fn size(text: &str) -> Result<String, String> {
    let refusal = || format!("`{text}` is not a size such as 256m");
    let lower = text.to_ascii_lowercase();
    let number = lower.strip_suffix('b').unwrap_or(&lower);
    let units = [('k', 10), ('m', 20), ('g', 30)];
    let unit = units.into_iter().find_map(|(unit, shift)| Some((number.strip_suffix(unit)?, shift)));
    let (number, shift) = unit.unwrap_or((number, 0));
    let number: u64 = number.parse().map_err(|_not_a_number| refusal())?;
    let bytes = number.checked_mul(1 << shift).ok_or_else(refusal)?;
    Ok(format!("{bytes}B"))
}

/// `1m30s`, `100ms`, `1.5h`, `0`: as ours, `1m 30s`.
pub(super) fn span(text: &str) -> Result<String, String> {
    let span = parse_span(text).ok_or_else(|| format!("`{text}` is not a duration such as 1m30s"))?;
    Ok(humantime::format_duration(span).to_string())
}

fn parse_span(text: &str) -> Option<Duration> {
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    if rest == "0" {
        return Some(Duration::ZERO);
    }
    let mut total = Duration::ZERO;
    let mut some = false;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at(end);
        let end = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        let seconds = number.parse::<f64>().ok()? * unit_seconds(unit)?;
        total = total.checked_add(Duration::try_from_secs_f64(seconds).ok()?)?;
        (rest, some) = (after, true);
    }
    some.then_some(total)
}

fn unit_seconds(unit: &str) -> Option<f64> {
    Some(match unit {
        "ns" => 1e-9,
        "us" | "µs" | "μs" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return None,
    })
}

/// `1`, `t`, `true` and their opposites, as Go reads them.
pub(super) fn switch(text: &str) -> Result<bool, String> {
    match text {
        "1" | "t" | "T" | "true" | "True" | "TRUE" => Ok(true),
        "0" | "f" | "F" | "false" | "False" | "FALSE" => Ok(false),
        _ => Err(format!("`{text}` is neither true nor false")),
    }
}

/// `:5050` is every address, `localhost:5050` the loopback one.
pub(super) fn address(text: &str) -> Result<String, String> {
    let written = match text.rsplit_once(':') {
        Some(("", port)) => format!("0.0.0.0:{port}"),
        Some(("localhost", port)) => format!("127.0.0.1:{port}"),
        _ => text.to_owned(),
    };
    let parsed: Result<SocketAddr, _> = written.parse();
    parsed.map(|address| address.to_string()).map_err(|_no_address| {
        format!("`{text}` is not an address such as :5050, localhost:5050 or 10.0.0.1:5050")
    })
}

/// `0,2-3`: sets of CPUs, one for each worker.
pub(super) fn cpu_sets(text: &str) -> Result<String, String> {
    let is_set = |set: &str| crate::cpus::parse(set.trim()).is_some();
    if text.split(',').all(is_set) {
        Ok(text.to_owned())
    } else {
        Err(format!("`{text}` is not a list of sets of CPUs such as 0,2-3"))
    }
}

/// A count; `None` = none or fewer, which go-judge takes for its default.
pub(super) fn count(text: &str) -> Result<Option<String>, String> {
    let count: i64 = text.parse().map_err(|_not_a_number| format!("`{text}` is not a number"))?;
    Ok((count > 0).then(|| count.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_the_units_of_go_judge() {
        let cases =
            [("16k", "16384B"), ("256m", "268435456B"), ("1G", "1073741824B"), ("5KB", "5120B"), ("7", "7B")];
        for (text, expected) in cases {
            assert_eq!(size(text).as_deref(), Ok(expected), "{text}");
        }
        for text in ["", "k", "-1", "1.5m", "16x", "99999999999g", "16kk"] {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn durations_are_read_as_go_reads_them() {
        for (text, milliseconds) in [
            ("1m30s", 90_000),
            ("100ms", 100),
            ("1.5h", 5_400_000),
            ("0", 0),
            ("0s", 0),
            ("1h2m3s4ms", 3_723_004),
            ("2000us", 2),
            ("3000000ns", 3),
            ("+1s", 1000),
            (".5s", 500),
        ] {
            assert_eq!(parse_span(text), Some(Duration::from_millis(milliseconds)), "{text}");
        }
        for text in ["", "1", "s", "-1s", "1d", "1 s", "1s2", "1..5s", "1e3s", "99999999999999999999h"] {
            assert_eq!(parse_span(text), None, "{text}");
        }
        assert_eq!(span("1m30s").as_deref(), Ok("1m 30s"));
    }

    #[test]
    fn addresses_may_leave_the_host_out() {
        for (text, expected) in [
            (":5050", "0.0.0.0:5050"),
            ("localhost:5050", "127.0.0.1:5050"),
            ("10.0.0.1:80", "10.0.0.1:80"),
            ("[::1]:80", "[::1]:80"),
        ] {
            assert_eq!(address(text).as_deref(), Ok(expected), "{text}");
        }
        for text in ["", "5050", "judge.example:5050", ":http", ":70000"] {
            assert!(address(text).is_err(), "{text}");
        }
    }

    #[test]
    fn booleans_and_counts_are_read_as_go_reads_them() {
        assert_eq!((switch("T"), switch("0")), (Ok(true), Ok(false)));
        assert!(switch("yes").is_err() && switch("tRUE").is_err() && switch("").is_err());
        assert_eq!((count("4"), count("0"), count("-1")), (Ok(Some("4".into())), Ok(None), Ok(None)));
        assert!(count("4.0").is_err() && count("").is_err());
    }
}

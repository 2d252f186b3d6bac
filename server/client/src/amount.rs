//! Numbers with their units, as people read them.

/// A time in milliseconds.
pub(crate) fn time(ms: f64) -> String {
    if ms < 1000.0 { format!("{ms:.1} ms") } else { format!("{:.2} s", ms / 1000.0) }
}

/// A size in bytes.
pub(crate) fn memory(bytes: u64) -> String {
    const MIB: u64 = 1024 * 1024;
    let tenths = bytes.saturating_mul(10).saturating_add(MIB / 2) / MIB;
    format!("{}.{} MiB", tenths / 10, tenths % 10)
}

/// A score, without zeros behind the point.
pub(crate) fn score(score: f64) -> String {
    let text = format!("{score:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_few_digits() {
        assert_eq!(
            (time(1.407), time(999.0), time(1020.0)),
            ("1.4 ms".into(), "999.0 ms".into(), "1.02 s".into())
        );
        assert_eq!((memory(0), memory(774_144)), ("0.0 MiB".into(), "0.7 MiB".into()));
        assert!(memory(u64::MAX).ends_with(" MiB"));
        assert_eq!(
            (score(60.0), score(33.333_333), score(-0.0)),
            ("60".into(), "33.3333".into(), "0".into())
        );
        assert_eq!(score(100.0), "100");
    }
}

//! Makes a compiler's output fit to be shown: bounded, valid text, no control characters.

use crate::sandbox::Captured;

/// The log as text, and whether something was left out.
pub(crate) fn readable(captured: &Captured) -> (String, bool) {
    let kept = captured.head.len() + captured.tail.len();
    let dropped = captured.total.saturating_sub(u64::try_from(kept).unwrap_or(u64::MAX));
    let mut log = clean(&captured.head);
    if dropped > 0 {
        log.push_str(&format!("\n… {dropped} bytes left out …\n"));
    }
    log.push_str(&clean(&captured.tail));
    (log, dropped > 0)
}

/// Valid UTF-8 without control characters but line feed and tab: a log is shown on terminals and pages.
fn clean(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).chars().filter(|&c| c == '\n' || c == '\t' || !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_log_is_kept_whole() {
        let captured = Captured { head: b"main.c:1: error\n".to_vec(), total: 16, ..Captured::default() };
        assert_eq!(readable(&captured), ("main.c:1: error\n".to_owned(), false));
    }

    #[test]
    fn what_was_dropped_is_counted_between_head_and_tail() {
        let captured = Captured { head: b"first".to_vec(), tail: b"last".to_vec(), total: 1009, whole: None };
        assert_eq!(readable(&captured), ("first\n… 1000 bytes left out …\nlast".to_owned(), true));
    }

    #[test]
    fn control_characters_and_broken_text_do_not_get_through() {
        let captured =
            Captured { head: b"\x1b[31ma\r\n\tb\xff\x00".to_vec(), total: 12, ..Captured::default() };
        assert_eq!(readable(&captured).0, "[31ma\n\tb\u{fffd}");
    }
}

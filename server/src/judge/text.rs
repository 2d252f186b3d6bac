//! Sources as compilers want them: without what an editor of another system has put in.

use std::borrow::Cow;

/// What some editors begin a text in UTF-8 with. Not every compiler and interpreter takes it.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A source without the mark of its encoding and, where all of its lines end as those of Windows, with plain ends of lines: a form
/// in a browser sends these, and to a shell they are a part of the last word. Lines and columns are what they were.
pub(super) fn plain(source: &[u8]) -> Cow<'_, [u8]> {
    let text = source.strip_prefix(BYTE_ORDER_MARK).unwrap_or(source);
    if !has_ends_of_windows(text) {
        return Cow::Borrowed(text);
    }
    let lines = text.split_inclusive(|byte| *byte == b'\n');
    let plain = |line: &[u8]| match line.strip_suffix(b"\r\n") {
        Some(rest) => [rest, b"\n"].concat(),
        None => line.to_vec(),
    };
    Cow::Owned(lines.flat_map(plain).collect())
}

/// Each of them, so that a lone one is what somebody wanted.
fn has_ends_of_windows(text: &[u8]) -> bool {
    let mut ends =
        text.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n")).peekable();
    ends.peek().is_some() && ends.all(|line| line.ends_with(b"\r\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn becomes(source: &str, expected: &str) {
        assert_eq!(String::from_utf8_lossy(&plain(source.as_bytes())), expected);
    }

    #[test]
    fn a_mark_of_the_encoding_is_taken_away_at_the_beginning_only() {
        becomes("\u{feff}echo 1\n", "echo 1\n");
        becomes("echo \u{feff}\n", "echo \u{feff}\n");
        becomes("\u{feff}\u{feff}", "\u{feff}");
        becomes("", "");
    }

    #[test]
    fn ends_of_lines_are_plain_where_all_are_those_of_windows() {
        becomes("read a\r\necho $a\r\n", "read a\necho $a\n");
        becomes("\u{feff}read a\r\n\r\necho\r\r\nlast", "read a\n\necho\r\nlast");
        for as_it_was in ["a\r\nb\n", "a\rb", "a\r", "\n", "a\n\r\n"] {
            becomes(as_it_was, as_it_was);
        }
    }

    #[test]
    fn what_is_plain_is_not_copied() {
        assert!(matches!(plain(b"echo 1\necho 2\n"), Cow::Borrowed(_)));
    }
}

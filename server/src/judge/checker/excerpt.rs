//! What is shown of a text around a place, bounded, and in characters that are seen.

use super::space::is_space;

/// Most bytes that are looked at on either side of a place.
pub(super) const BEFORE: usize = 4 * BEFORE_CHARACTERS;
pub(super) const AFTER: usize = 4 * AFTER_CHARACTERS;

const BEFORE_CHARACTERS: usize = 32;
const AFTER_CHARACTERS: usize = 64;

/// What is shown around a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// The word that it is in.
    Word,
    /// The line.
    Line,
    /// The line, with its end where that is the place.
    Byte,
}

impl Unit {
    fn ends_at(self, byte: u8) -> bool {
        match self {
            Self::Word => is_space(byte),
            Self::Line | Self::Byte => byte == b'\n',
        }
    }
}

/// What is around a place: `…` stands where more of it is not shown. `is_whole`: the text before the buffer is of no
/// interest here.
pub(super) fn excerpt(buffer: &[u8], at: usize, unit: Unit, is_whole: bool) -> String {
    let (before, after) = buffer.split_at(at);
    let begin = before.iter().rposition(|byte| unit.ends_at(*byte)).map_or(0, |end| end + 1);
    let is_begun = begin == 0 && !is_whole;
    let before = &before[begin.max(at.saturating_sub(BEFORE))..];
    let end = match after.first() {
        Some(b'\n') if unit == Unit::Byte => 1,
        _ => after.iter().position(|byte| unit.ends_at(*byte)).unwrap_or(after.len()),
    };
    let (head, tail) = (lossy(before), lossy(&after[..end.min(AFTER)]));
    let skipped = head.len().saturating_sub(BEFORE_CHARACTERS);
    let is_cut = skipped > 0 || is_begun || begin + BEFORE < at;
    let is_long = tail.len() > AFTER_CHARACTERS || end > AFTER;
    let mark = |is: bool| is.then_some('…');
    let shown = head.into_iter().skip(skipped).chain(tail.into_iter().take(AFTER_CHARACTERS));
    mark(is_cut).into_iter().chain(shown.map(visible)).chain(mark(is_long)).collect()
}

fn lossy(bytes: &[u8]) -> Vec<char> {
    String::from_utf8_lossy(bytes).chars().collect()
}

/// Controls are shown by their signs; what would turn the text around it, and what is no text, by that of replacement.
pub(in crate::judge) fn visible(c: char) -> char {
    match c {
        '\0'..' ' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        '\u{80}'..='\u{9f}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            '\u{fffd}'
        }
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_or_a_line_is_shown_and_no_more() {
        let text = b"one two\nthree";
        assert_eq!(excerpt(text, 5, Unit::Word, true), "two");
        assert_eq!(excerpt(text, 5, Unit::Line, true), "one two");
        assert_eq!(excerpt(text, 7, Unit::Line, true), "one two");
        assert_eq!(excerpt(text, 7, Unit::Byte, true), "one two␊");
        assert_eq!(excerpt(text, 13, Unit::Line, true), "three");
        assert_eq!(excerpt(b"", 0, Unit::Byte, true), "");
    }

    #[test]
    fn what_is_long_is_cut_at_characters() {
        let text = "€".repeat(1000);
        let shown = excerpt(text.as_bytes(), 300 * 3, Unit::Word, true);
        assert_eq!(shown, format!("…{}…", "€".repeat(BEFORE_CHARACTERS + AFTER_CHARACTERS)));
        let shown = excerpt(text.as_bytes(), 0, Unit::Word, true);
        assert_eq!(shown, format!("{}…", "€".repeat(AFTER_CHARACTERS)));
        assert_eq!(excerpt(b"abc", 2, Unit::Line, false), "…abc");
    }

    #[test]
    fn what_is_no_text_is_seen() {
        let shown = excerpt(b"\x1b[2J\t\xff\0\x7f\xe2\x80\xae\xc2\x85", 0, Unit::Line, true);
        assert_eq!(shown, "␛[2J␉\u{fffd}␀␡\u{fffd}\u{fffd}");
        let binary = [0xff; 10_000];
        assert_eq!(excerpt(&binary, 5000, Unit::Word, true).chars().count(), 98);
    }
}

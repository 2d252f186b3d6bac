//! What counts of a text line by line, or word by word, and where two texts differ in it.

use std::io::{self, Read};

use super::Difference;
use super::bytes::{Bytes, Shown};
use super::excerpt::Unit;
use super::space::is_space;

/// What white space is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// As [`crate::submission::Checker::Lines`].
    Lines,
    /// As [`crate::submission::Checker::Tokens`].
    Tokens,
}

/// Where an output first differs from the answer, if it does.
///
/// # Errors
/// The readers'.
pub(super) fn difference(rule: Rule, output: impl Read, answer: impl Read) -> io::Result<Option<Difference>> {
    let (mut output, mut answer) = (Symbols::new(rule, output), Symbols::new(rule, answer));
    loop {
        let begun = output.begun;
        let found = output.next()?;
        let expected = answer.next()?;
        return Ok(Some(match (found, expected) {
            (Symbol::End, Symbol::End) => return Ok(None),
            (found, expected) if found == expected => continue,
            (Symbol::End, Symbol::Break) => Difference::too_short(&mut output.text, answer.text.next()?)?,
            (Symbol::End, _) if !begun => Difference::too_short(&mut output.text, answer.latest()?)?,
            (Symbol::Break, Symbol::End) => Difference::too_long(output.text.next()?),
            (_, Symbol::End) if !begun => Difference::too_long(output.latest()?),
            _ => Difference::at(output.latest()?, answer.latest()?),
        }));
    }
}

/// What counts of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Symbol {
    /// A byte that is no white space.
    Byte(u8),
    /// White space within a line, where it counts.
    Blanks(Run),
    /// Between two lines; where lines do not count, between two words.
    Break,
    End,
}

/// White space without an end to its length: what is long is known by a hash.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Run {
    length: u64,
    latest: u128,
    before: [u8; 32],
}

impl Run {
    fn add(&mut self, byte: u8) {
        if self.length > 0 && self.length.is_multiple_of(16) {
            let all = [&self.before[..], &self.latest.to_le_bytes()].concat();
            self.before = *blake3::hash(&all).as_bytes();
            self.latest = 0;
        }
        self.latest = self.latest << 8 | u128::from(byte);
        self.length += 1;
    }

    fn is_empty(&self) -> bool {
        self.length == 0
    }
}

/// Reads what counts.
struct Symbols<R> {
    rule: Rule,
    text: Bytes<R>,
    /// There was a byte that is no white space, at any time.
    begun: bool,
    /// Breaks that were given since.
    given: u64,
    /// Where the line begins that white space was read of last.
    line: u64,
    /// Breaks that count once something follows.
    breaks: u64,
    /// White space that counts once something follows in its line.
    blanks: Run,
}

impl<R: Read> Symbols<R> {
    fn new(rule: Rule, from: R) -> Self {
        let unit = if rule == Rule::Lines { Unit::Line } else { Unit::Word };
        let text = Bytes::new(from, unit);
        Self { rule, text, begun: false, given: 0, line: 0, breaks: 0, blanks: Run::default() }
    }

    fn next(&mut self) -> io::Result<Symbol> {
        if self.breaks == 0 && self.blanks.is_empty() {
            self.text.mark();
        }
        while let Some(byte) = self.text.peek()? {
            if !is_space(byte) {
                return Ok(self.symbol(byte));
            }
            self.text.step();
            match self.rule {
                Rule::Lines if byte == b'\n' => {
                    (self.breaks, self.blanks) = (self.breaks + 1, Run::default());
                    self.line = self.text.offset();
                }
                Rule::Lines => self.blanks.add(byte),
                Rule::Tokens => self.breaks = u64::from(self.begun),
            }
        }
        Ok(Symbol::End)
    }

    /// What comes before this byte that is no white space, or the byte.
    fn symbol(&mut self, byte: u8) -> Symbol {
        if self.breaks > 0 {
            (self.breaks, self.given) = (self.breaks - 1, self.given + 1);
            return Symbol::Break;
        }
        if !self.blanks.is_empty() {
            if self.given > 0 {
                self.text.mark_at(self.line);
            }
            self.given = 0;
            return Symbol::Blanks(std::mem::take(&mut self.blanks));
        }
        self.given = 0;
        self.text.step();
        self.begun = true;
        Symbol::Byte(byte)
    }

    /// Where the symbol is that was given last.
    fn latest(&mut self) -> io::Result<Shown> {
        let marked = self.text.marked()?;
        Ok(match self.given {
            0 | 1 => marked,
            // The end of a line with nothing in it.
            given => Shown { line: marked.line + given - 1, column: 1, text: String::new() },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{How, Slow};
    use super::*;

    fn difference(rule: Rule, output: &[u8], answer: &[u8]) -> Option<How> {
        let whole = super::difference(rule, output, answer).unwrap();
        assert_eq!(super::difference(rule, Slow(output), Slow(answer)).unwrap(), whole);
        whole.map(|difference| difference.how)
    }

    fn same(rule: Rule, output: &str, answer: &str) -> bool {
        difference(rule, output.as_bytes(), answer.as_bytes()).is_none()
    }

    #[test]
    fn by_lines_only_white_space_at_their_ends_and_at_the_end_does_not_count() {
        let same = |output, answer| same(Rule::Lines, output, answer);
        assert!(same("3\n", "3"));
        assert!(same("1 2\t\r\n\r\n3\n\n \n", "1 2\n\n3"));
        assert!(same("", "\n \n"));
        assert!(same(" a\n\t\nb", " a\n\nb"));
        for (output, answer) in [
            (" a", "a"),
            ("\na", "a"),
            ("a  b", "a b"),
            ("a\tb", "a b"),
            ("a\n\nb", "a\nb"),
            ("a b", "a\nb"),
            ("1", "2"),
        ] {
            assert!(!same(output, answer) && !same(answer, output), "{output:?} {answer:?}");
        }
    }

    #[test]
    fn by_tokens_any_white_space_separates_words_and_counts_for_no_more() {
        let same = |output, answer| same(Rule::Tokens, output, answer);
        assert!(same("3\n", "3"));
        assert!(same("  1   2\t\r\n\r\n3\n\n", "1 2\n3"));
        assert!(same("1\n2 3", "1 2\n3"));
        assert!(same("1\x0b2\x0c3", "1 2 3"));
        assert!(same("", "\n \n"));
        for (output, answer) in [("12", "1 2"), ("Yes", "YES"), ("1 2", "1"), ("", "1")] {
            assert!(!same(output, answer) && !same(answer, output), "{output:?} {answer:?}");
        }
    }

    #[test]
    fn a_pyramid_without_its_indentation_is_one_by_tokens_only() {
        let (output, answer) = ("\n*\n\n***\na b\n", "  *\n ***\na   b\n");
        assert!(!same(Rule::Lines, output, answer));
        assert!(same(Rule::Tokens, output, answer));
    }

    #[test]
    fn white_space_of_any_length_is_compared_whole() {
        let line = |blanks: &str| format!("a{blanks}b");
        let (long, other) = (" \t".repeat(50_000), format!("{}\t ", " \t".repeat(49_999)));
        assert!(same(Rule::Lines, &line(&long), &line(&long)));
        assert!(!same(Rule::Lines, &line(&long), &line(&other)));
        assert!(!same(Rule::Lines, &line(&long), &line(&long[2..])));
        assert!(same(Rule::Lines, &format!("a{long}\n"), "a"));
        for length in 14..40 {
            let (run, longer) = (" ".repeat(length), " ".repeat(length + 1));
            assert!(same(Rule::Lines, &line(&run), &line(&run)), "{length}");
            assert!(!same(Rule::Lines, &line(&run), &line(&longer)), "{length}");
        }
    }

    #[test]
    fn the_difference_is_placed_in_the_output() {
        for rule in [Rule::Lines, Rule::Tokens] {
            let at = |output: &str, answer: &str| difference(rule, output.as_bytes(), answer.as_bytes());
            assert_eq!(at("1\n3\n", "1\n2\n"), Some(How::At { line: 2 }));
            assert_eq!(at("1\n", "1\n2\n"), Some(How::TooShort));
            assert_eq!(at("1\n2\n", "1\n"), Some(How::TooLong { line: 2 }));
            assert_eq!(at("1\n\n2\n", "1\n"), Some(How::TooLong { line: 3 }));
            assert_eq!(at("", "1"), Some(How::TooShort));
            assert_eq!(at("0\n1", "0\n12"), Some(How::At { line: 2 }));
            assert_eq!(at("0\n12", "0\n1"), Some(How::At { line: 2 }));
        }
        let at = |output: &str, answer: &str| difference(Rule::Lines, output.as_bytes(), answer.as_bytes());
        assert_eq!(at("0\n1\n2", "0\n1 2"), Some(How::At { line: 2 }));
        assert_eq!(at("0\n1 2", "0\n1\n2"), Some(How::At { line: 2 }));
        assert_eq!(at("a\n\nb", "a\nb"), Some(How::At { line: 2 }));
        assert_eq!(at("a\n\n\nb\nc", "a\n\nb\nc"), Some(How::At { line: 3 }));
        assert_eq!(at("a\nb", "a\n\nb"), Some(How::At { line: 2 }));
        assert_eq!(at("a\n b", "a\nb"), Some(How::At { line: 2 }));
    }

    #[test]
    fn bytes_that_are_not_text_are_compared_as_they_are() {
        for rule in [Rule::Lines, Rule::Tokens] {
            assert_eq!(difference(rule, &[0xff, 0, 0xfe], &[0xff, 0, 0xfe, b'\n']), None);
            assert_eq!(difference(rule, &[0xff], &[0xfe]), Some(How::At { line: 1 }));
        }
    }
}

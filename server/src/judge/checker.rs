//! Compares a program's output with the answer.

use std::io::{self, Read};

use crate::submission::Checker;

/// Read at a time.
const BLOCK: usize = 16 * 1024;

/// Where an output first differs from the answer by a rule, if it does. Neither is read into memory.
///
/// # Errors
/// The readers'.
pub(crate) fn difference(
    rule: Checker,
    output: impl Read,
    answer: impl Read,
) -> io::Result<Option<Difference>> {
    let (mut output, mut answer) = (Symbols::new(rule, output), Symbols::new(rule, answer));
    loop {
        let begun = output.begun;
        let found = output.next()?;
        let expected = answer.next()?;
        return Ok(match (found, expected) {
            (Symbol::End, Symbol::End) => None,
            (found, expected) if found == expected => continue,
            (Symbol::End, Symbol::Break) => Some(Difference::TooShort),
            (Symbol::End, _) if !begun => Some(Difference::TooShort),
            (Symbol::Break, Symbol::End) => Some(Difference::TooLong { line: output.line }),
            (_, Symbol::End) if !begun => Some(Difference::TooLong { line: output.line }),
            _ => Some(Difference::At { line: output.latest }),
        });
    }
}

/// How an output differs. Names no text of the answer: the reason may be shown to a student.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Difference {
    /// This line of the output, from 1, is not the expected one.
    At { line: usize },
    /// The output ends before the answer does.
    TooShort,
    /// The output goes on, from this line, when the answer has ended.
    TooLong { line: usize },
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::At { line } => write!(f, "line {line} of the output differs from the expected output"),
            Self::TooShort => f.write_str("the output ends before the expected output does"),
            Self::TooLong { line } => {
                write!(f, "the output goes on after the expected end, from line {line}")
            }
        }
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
    rule: Checker,
    from: R,
    buffer: Box<[u8]>,
    at: usize,
    filled: usize,
    /// There was a byte that is no white space, at any time.
    begun: bool,
    /// The line that is being read, from 1.
    line: usize,
    /// The line of the symbol that was given last.
    latest: usize,
    /// Breaks that count once something follows.
    breaks: u64,
    /// White space that counts once something follows in its line.
    blanks: Run,
}

impl<R: Read> Symbols<R> {
    fn new(rule: Checker, from: R) -> Self {
        Self {
            rule,
            from,
            buffer: vec![0; BLOCK].into(),
            at: 0,
            filled: 0,
            begun: false,
            line: 1,
            latest: 1,
            breaks: 0,
            blanks: Run::default(),
        }
    }

    fn next(&mut self) -> io::Result<Symbol> {
        while let Some(byte) = self.peek()? {
            if !byte.is_ascii_whitespace() {
                return Ok(self.symbol(byte));
            }
            self.at += 1;
            self.line += usize::from(byte == b'\n');
            match self.rule {
                Checker::Lines if byte == b'\n' => {
                    (self.breaks, self.blanks) = (self.breaks + 1, Run::default())
                }
                Checker::Lines => self.blanks.add(byte),
                Checker::Tokens => self.breaks = u64::from(self.begun),
            }
        }
        Ok(Symbol::End)
    }

    /// What comes before this byte that is no white space, or the byte.
    fn symbol(&mut self, byte: u8) -> Symbol {
        if self.breaks > 0 {
            // Where lines count, this one ends a line above: as many as there are breaks to come.
            let above =
                if self.rule == Checker::Lines { usize::try_from(self.breaks).unwrap_or(0) } else { 0 };
            self.breaks -= 1;
            if self.rule == Checker::Lines {
                self.latest = self.line.saturating_sub(above).max(1);
            }
            return Symbol::Break;
        }
        self.latest = self.line;
        if !self.blanks.is_empty() {
            return Symbol::Blanks(std::mem::take(&mut self.blanks));
        }
        self.at += 1;
        self.begun = true;
        Symbol::Byte(byte)
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        if self.at == self.filled {
            self.filled = self.from.read(&mut self.buffer)?;
            self.at = 0;
        }
        Ok(self.buffer[..self.filled].get(self.at).copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reader that gives a byte at a time.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let most = buffer.len().min(1);
            self.0.read(&mut buffer[..most])
        }
    }

    fn difference(rule: Checker, output: &[u8], answer: &[u8]) -> Option<Difference> {
        let whole = super::difference(rule, output, answer).unwrap();
        assert_eq!(super::difference(rule, Slow(output), Slow(answer)).unwrap(), whole);
        whole
    }

    fn same(rule: Checker, output: &str, answer: &str) -> bool {
        difference(rule, output.as_bytes(), answer.as_bytes()).is_none()
    }

    #[test]
    fn by_lines_only_white_space_at_their_ends_and_at_the_end_does_not_count() {
        let same = |output, answer| same(Checker::Lines, output, answer);
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
        let same = |output, answer| same(Checker::Tokens, output, answer);
        assert!(same("3\n", "3"));
        assert!(same("  1   2\t\r\n\r\n3\n\n", "1 2\n3"));
        assert!(same("1\n2 3", "1 2\n3"));
        assert!(same("", "\n \n"));
        for (output, answer) in [("12", "1 2"), ("Yes", "YES"), ("1 2", "1"), ("", "1")] {
            assert!(!same(output, answer) && !same(answer, output), "{output:?} {answer:?}");
        }
    }

    #[test]
    fn a_pyramid_without_its_indentation_is_one_by_tokens_only() {
        let (output, answer) = ("\n*\n\n***\na b\n", "  *\n ***\na   b\n");
        assert!(!same(Checker::Lines, output, answer));
        assert!(same(Checker::Tokens, output, answer));
    }

    #[test]
    fn white_space_of_any_length_is_compared_whole() {
        let line = |blanks: &str| format!("a{blanks}b");
        let (long, other) = (" \t".repeat(50_000), format!("{}\t ", " \t".repeat(49_999)));
        assert!(same(Checker::Lines, &line(&long), &line(&long)));
        assert!(!same(Checker::Lines, &line(&long), &line(&other)));
        assert!(!same(Checker::Lines, &line(&long), &line(&long[2..])));
        assert!(same(Checker::Lines, &format!("a{long}\n"), "a"));
        for length in 14..40 {
            let (run, longer) = (" ".repeat(length), " ".repeat(length + 1));
            assert!(same(Checker::Lines, &line(&run), &line(&run)), "{length}");
            assert!(!same(Checker::Lines, &line(&run), &line(&longer)), "{length}");
        }
    }

    #[test]
    fn the_difference_is_placed_in_the_output() {
        for rule in [Checker::Lines, Checker::Tokens] {
            let at = |output: &str, answer: &str| difference(rule, output.as_bytes(), answer.as_bytes());
            assert_eq!(at("1\n3\n", "1\n2\n"), Some(Difference::At { line: 2 }));
            assert_eq!(at("1\n", "1\n2\n"), Some(Difference::TooShort));
            assert_eq!(at("1\n2\n", "1\n"), Some(Difference::TooLong { line: 2 }));
            assert_eq!(at("1\n\n2\n", "1\n"), Some(Difference::TooLong { line: 3 }));
            assert_eq!(at("", "1"), Some(Difference::TooShort));
            assert_eq!(at("0\n1", "0\n12"), Some(Difference::At { line: 2 }));
            assert_eq!(at("0\n12", "0\n1"), Some(Difference::At { line: 2 }));
        }
        let at =
            |output: &str, answer: &str| difference(Checker::Lines, output.as_bytes(), answer.as_bytes());
        assert_eq!(at("0\n1\n2", "0\n1 2"), Some(Difference::At { line: 2 }));
        assert_eq!(at("0\n1 2", "0\n1\n2"), Some(Difference::At { line: 2 }));
        assert_eq!(at("a\n\nb", "a\nb"), Some(Difference::At { line: 2 }));
        assert_eq!(at("a\n\n\nb\nc", "a\n\nb\nc"), Some(Difference::At { line: 3 }));
        assert_eq!(at("a\nb", "a\n\nb"), Some(Difference::At { line: 2 }));
        assert_eq!(at("a\n b", "a\nb"), Some(Difference::At { line: 2 }));
    }

    #[test]
    fn bytes_that_are_not_text_are_compared_as_they_are() {
        for rule in [Checker::Lines, Checker::Tokens] {
            assert_eq!(difference(rule, &[0xff, 0, 0xfe], &[0xff, 0, 0xfe, b'\n']), None);
            assert_eq!(difference(rule, &[0xff], &[0xfe]), Some(Difference::At { line: 1 }));
        }
    }
}

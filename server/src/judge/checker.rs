//! Compares a program's output with the answer.

use std::io::{self, Read};

/// Read at a time.
const BLOCK: usize = 16 * 1024;

/// Where an output first differs from the answer, if it does. Neither is read into memory.
///
/// Whitespace-tolerant: runs of blanks count as one, blanks at either end of a line, blank lines and the kind of line
/// end do not count. The division into lines counts.
///
/// # Errors
/// The readers'.
pub(crate) fn difference(output: impl Read, answer: impl Read) -> io::Result<Option<Difference>> {
    let (mut output, mut answer) = (Symbols::new(output), Symbols::new(answer));
    loop {
        let begun = output.begun;
        let found = output.next()?;
        let expected = answer.next()?;
        return Ok(match (found, expected) {
            (Symbol::End, Symbol::End) => None,
            (found, expected) if found == expected => continue,
            (Symbol::End, Symbol::Line) => Some(Difference::TooShort),
            (Symbol::End, _) if !begun => Some(Difference::TooShort),
            (Symbol::Line, Symbol::End) => Some(Difference::TooLong { line: output.line }),
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
    /// A byte of a word.
    Byte(u8),
    /// Between two words of a line.
    Blank,
    /// Between two lines that are not blank.
    Line,
    End,
}

/// Reads what counts.
struct Symbols<R> {
    from: R,
    buffer: Box<[u8]>,
    at: usize,
    filled: usize,
    /// A word has begun, at any time.
    begun: bool,
    /// The line that is being read, from 1.
    line: usize,
    /// That of the latest byte of a word.
    latest: usize,
}

impl<R: Read> Symbols<R> {
    fn new(from: R) -> Self {
        Self { from, buffer: vec![0; BLOCK].into(), at: 0, filled: 0, begun: false, line: 1, latest: 1 }
    }

    fn next(&mut self) -> io::Result<Symbol> {
        let mut between = None;
        while let Some(byte) = self.peek()? {
            if byte == b'\n' {
                self.line += 1;
                between = Some(Symbol::Line);
            } else if byte.is_ascii_whitespace() {
                between = between.or(Some(Symbol::Blank));
            } else if let Some(between) = between.filter(|_| self.begun) {
                return Ok(between);
            } else {
                self.at += 1;
                self.begun = true;
                self.latest = self.line;
                return Ok(Symbol::Byte(byte));
            }
            self.at += 1;
        }
        Ok(Symbol::End)
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

    fn difference(output: &[u8], answer: &[u8]) -> Option<Difference> {
        let whole = super::difference(output, answer).unwrap();
        assert_eq!(super::difference(Slow(output), Slow(answer)).unwrap(), whole);
        whole
    }

    fn same(output: &str, answer: &str) -> bool {
        difference(output.as_bytes(), answer.as_bytes()).is_none()
    }

    #[test]
    fn blanks_line_ends_and_blank_lines_do_not_count() {
        assert!(same("3\n", "3"));
        assert!(same("  1   2\t\r\n\r\n3\n\n", "1 2\n3"));
        assert!(same("", "\n \n"));
    }

    #[test]
    fn words_lines_and_case_count() {
        assert!(!same("12", "1 2"));
        assert!(!same("1\n2", "1 2"));
        assert!(!same("Yes", "YES"));
    }

    #[test]
    fn the_difference_is_placed_in_the_output() {
        let at = |output: &str, answer: &str| difference(output.as_bytes(), answer.as_bytes());
        assert_eq!(at("1\n\n3\n", "1\n2\n"), Some(Difference::At { line: 3 }));
        assert_eq!(at("1\n", "1\n2\n"), Some(Difference::TooShort));
        assert_eq!(at("1\n2\n", "1\n"), Some(Difference::TooLong { line: 2 }));
        assert_eq!(at("1\n\n2\n", "1\n"), Some(Difference::TooLong { line: 3 }));
        assert_eq!(at("\n1", ""), Some(Difference::TooLong { line: 2 }));
        assert_eq!(at("", "1"), Some(Difference::TooShort));
        assert_eq!(at("0\n1\n2", "0\n1 2"), Some(Difference::At { line: 2 }));
        assert_eq!(at("0\n1 2", "0\n1\n2"), Some(Difference::At { line: 2 }));
        assert_eq!(at("0\n1", "0\n12"), Some(Difference::At { line: 2 }));
    }

    #[test]
    fn bytes_that_are_not_text_are_compared_as_they_are() {
        assert_eq!(difference(&[0xff, 0, 0xfe], &[0xff, 0, 0xfe, b'\n']), None);
        assert_eq!(difference(&[0xff], &[0xfe]), Some(Difference::At { line: 1 }));
    }
}

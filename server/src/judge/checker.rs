//! Compares a program's output with the answer.

use std::io::{self, Read};

use bytes::{Bytes, Shown};
use symbols::Rule;

use super::judgement::FirstDifference;
use crate::submission::Checker;

mod bytes;
mod exact;
mod excerpt;
mod icpc;
mod space;
mod symbols;
mod token;

pub(super) use excerpt::visible;

/// Where an output first differs from the answer by a rule, if it does. Neither is read into memory.
///
/// # Errors
/// The readers'.
pub(crate) fn difference(
    rule: Checker,
    output: impl Read,
    answer: impl Read,
) -> io::Result<Option<Difference>> {
    match rule {
        Checker::Exact => exact::difference(output, answer),
        Checker::Lines => symbols::difference(Rule::Lines, output, answer),
        Checker::Tokens => symbols::difference(Rule::Tokens, output, answer),
        Checker::Icpc(flags) => icpc::difference(flags, output, answer),
    }
}

/// Where an output differs from the answer, with what stands on both first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Difference {
    /// In words that name no text of the answer.
    pub(crate) how: How,
    /// With the texts.
    pub(crate) first: FirstDifference,
}

/// How an output differs. Names no text of the answer: the reason may be shown to a student.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// This line of the output, from 1, is not the expected one.
    At { line: u64 },
    /// The output ends before the answer does.
    TooShort,
    /// The output goes on, from this line, when the answer has ended.
    TooLong { line: u64 },
}

impl Difference {
    fn at(got: Shown, expected: Shown) -> Self {
        let Shown { line, column, text } = got;
        let first = FirstDifference { line, column, expected: Some(expected.text), got: Some(text) };
        Self { how: How::At { line }, first }
    }

    /// Of an output that ends here, where the answer goes on.
    fn too_short(output: &mut Bytes<impl Read>, expected: Shown) -> io::Result<Self> {
        let Shown { line, column, .. } = output.next()?;
        let expected = Some(expected.text);
        Ok(Self { how: How::TooShort, first: FirstDifference { line, column, expected, got: None } })
    }

    /// Of an output that goes on where the answer has ended.
    fn too_long(got: Shown) -> Self {
        let Shown { line, column, text } = got;
        let first = FirstDifference { line, column, expected: None, got: Some(text) };
        Self { how: How::TooLong { line }, first }
    }
}

impl std::fmt::Display for How {
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

/// A reader that gives a byte at a time.
#[cfg(test)]
struct Slow<'a>(&'a [u8]);

#[cfg(test)]
impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(1);
        self.0.read(&mut buffer[..most])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::submission::Flags;

    /// Line and column, and what stands there.
    fn first(rule: Checker, output: &str, answer: &str) -> (u64, u64, Option<String>, Option<String>) {
        let found = difference(rule, output.as_bytes(), answer.as_bytes()).unwrap().unwrap();
        let slow = difference(rule, Slow(output.as_bytes()), Slow(answer.as_bytes())).unwrap().unwrap();
        assert_eq!(found, slow);
        let FirstDifference { line, column, expected, got } = found.first;
        (line, column, expected, got)
    }

    fn sides(
        line: u64,
        column: u64,
        expected: &str,
        got: &str,
    ) -> (u64, u64, Option<String>, Option<String>) {
        (line, column, Some(expected.to_owned()), Some(got.to_owned()))
    }

    const WORDS: Checker = Checker::Icpc(Flags {
        case_sensitive: false,
        space_change_sensitive: false,
        float_absolute_tolerance: Some(0.01),
        float_relative_tolerance: None,
    });

    #[test]
    fn lines_are_shown_where_lines_count() {
        let of = |output, answer| first(Checker::Lines, output, answer);
        assert_eq!(of("1 2\n3 4\n5", "1 2\n3 5\n5"), sides(2, 3, "3 5", "3 4"));
        assert_eq!(of("a  b", "a b"), sides(1, 2, "a b", "a  b"));
        assert_eq!(of("a\tb", "a b"), sides(1, 2, "a b", "a␉b"));
        assert_eq!(of("1\n2", "1 2"), sides(1, 2, "1 2", "1"));
        assert_eq!(of("1 2", "1\n2"), sides(1, 2, "1", "1 2"));
        assert_eq!(of("a\n\n\nb\nc", "a\n\nb\nc"), sides(3, 1, "b", ""));
        assert_eq!(of("a\nb", "a\n\nb"), sides(2, 1, "", "b"));
        assert_eq!(of("a\n b", "a\nb"), sides(2, 1, "b", " b"));
        assert_eq!(of("12", "1"), sides(1, 2, "1", "12"));
    }

    #[test]
    fn words_are_shown_where_words_count() {
        for rule in [Checker::Tokens, WORDS] {
            let of = |output, answer| first(rule, output, answer);
            assert_eq!(of("1 no\n3 four 5", "1 no 3 five 5"), sides(2, 4, "five", "four"));
            assert_eq!(of("x ab y", "x a b y"), sides(1, 4, "a", "ab"));
            assert_eq!(of("ä zä", "ä zö"), sides(1, 4, "zö", "zä"));
        }
    }

    #[test]
    fn of_numbers_that_are_too_far_apart_both_are_shown() {
        assert_eq!(first(WORDS, "1 3.1416\n", "1 3.2e0\n"), sides(1, 3, "3.2e0", "3.1416"));
    }

    #[test]
    fn bytes_are_shown_with_the_ends_of_lines() {
        let spaces = Checker::Icpc(Flags { space_change_sensitive: true, ..Flags::default() });
        for rule in [Checker::Exact, spaces] {
            assert_eq!(first(rule, "a\nb c", "a\nb\tc"), sides(2, 2, "b␉c", "b c"));
            assert_eq!(first(rule, "a b\n", "a\nb\n"), sides(1, 2, "a␊", "a b"));
        }
        assert_eq!(first(Checker::Exact, "a\n", "a"), (1, 2, None, Some("a␊".to_owned())));
    }

    #[test]
    fn a_side_that_has_ended_has_nothing_there() {
        for rule in [Checker::Lines, Checker::Tokens, Checker::Exact, WORDS] {
            let (line, _, expected, got) = first(rule, "1\n", "1\n\n2 3");
            assert_eq!((line, got), (2, None), "{rule:?}");
            assert!(expected.is_some_and(|expected| expected.starts_with(['2', '␊'])), "{rule:?}");
            let (line, column, expected, got) = first(rule, "1\n2\n", "1\n");
            assert_eq!((line, column, expected, got.as_deref()), (2, 1, None, Some("2")), "{rule:?}");
            let (line, column, expected, got) = first(rule, "", "1");
            assert_eq!((line, column, expected.as_deref(), got), (1, 1, Some("1"), None), "{rule:?}");
        }
    }

    #[test]
    fn however_far_a_difference_is_and_however_long_its_words_little_is_shown() {
        let (before, word) = ("1 2\n".repeat(100_000), "ab".repeat(50_000));
        for rule in [Checker::Lines, Checker::Tokens, Checker::Exact, WORDS] {
            let (output, answer) = (format!("{before}{word}x{word}"), format!("{before}{word}y{word}"));
            let (line, column, expected, got) = first(rule, &output, &answer);
            assert_eq!((line, column), (100_001, 100_001), "{rule:?}");
            let [expected, got] = [expected, got].map(Option::unwrap);
            assert_eq!((expected.chars().count(), got.chars().count()), (98, 98), "{rule:?}");
            assert!(got.contains("abxab") && expected.contains("abyab"), "{rule:?} {got} {expected}");
        }
    }
}

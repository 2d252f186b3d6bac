//! Compares a program's output with the answer.

use std::io::{self, Read};

use symbols::Rule;

use crate::submission::Checker;

mod bytes;
mod exact;
mod icpc;
mod symbols;
mod token;

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

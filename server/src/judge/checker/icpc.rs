//! The default validator of the ICPC problem package format, flag by flag as `support/default_validator` of Kattis'
//! problemtools has it, but for its memory: neither side is held, whatever the length of a token.

use std::io::{self, Read};

use super::Difference;
use super::bytes::Bytes;
use super::excerpt::Unit;
use super::space::is_space;
use super::token::Token;
use crate::submission::Flags;

/// Tokens up to this length are numbers if they look like numbers; longer ones are text.
const NUMBER: usize = 4096;

/// Where an output first differs from the answer, if it does.
///
/// # Errors
/// The readers'.
pub(super) fn difference(
    flags: Flags,
    output: impl Read,
    answer: impl Read,
) -> io::Result<Option<Difference>> {
    let unit = if flags.space_change_sensitive { Unit::Byte } else { Unit::Word };
    Comparison { flags, output: Bytes::new(output, unit), answer: Bytes::new(answer, unit) }.run()
}

struct Comparison<O, A> {
    flags: Flags,
    output: Bytes<O>,
    answer: Bytes<A>,
}

/// Places in the output and in the answer.
type Places = (u64, u64);

impl<O: Read, A: Read> Comparison<O, A> {
    fn run(mut self) -> io::Result<Option<Difference>> {
        loop {
            if let Some(places) = self.other_spaces()? {
                return self.at(places);
            }
            match (self.output.peek()?, self.answer.peek()?) {
                (None, None) => return Ok(None),
                (None, Some(_)) => {
                    return Difference::too_short(&mut self.output, self.answer.next()?).map(Some);
                }
                (Some(_), None) => return Ok(Some(Difference::too_long(self.output.next()?))),
                (Some(_), Some(_)) => {}
            }
            if let Some(places) = self.other_tokens()? {
                return self.at(places);
            }
        }
    }

    fn at(&mut self, (output, answer): Places) -> io::Result<Option<Difference>> {
        Ok(Some(Difference::at(self.output.shown(output)?, self.answer.shown(answer)?)))
    }

    fn here(&self) -> Places {
        (self.output.offset(), self.answer.offset())
    }

    /// Reads the white space before the next tokens. Where it counts and differs: where.
    fn other_spaces(&mut self) -> io::Result<Option<Places>> {
        if !self.flags.space_change_sensitive {
            while self.answer.next_if(is_space)?.is_some() {}
            while self.output.next_if(is_space)?.is_some() {}
            return Ok(None);
        }
        loop {
            let expected = self.answer.peek()?.filter(|byte| is_space(*byte));
            let found = self.output.peek()?.filter(|byte| is_space(*byte));
            match (found, expected) {
                (None, None) => return Ok(None),
                (found, expected) if found == expected => self.step(),
                _ => return Ok(Some(self.here())),
            }
        }
    }

    fn step(&mut self) {
        self.output.step();
        self.answer.step();
    }

    /// Reads the next tokens. Where they differ: where.
    fn other_tokens(&mut self) -> io::Result<Option<Places>> {
        let (output, answer) = self.here();
        let found = self.output.token(NUMBER)?;
        let expected = self.answer.token(NUMBER)?;
        if found.is_text(&expected, self.flags.case_sensitive) {
            return self.other_rests();
        }
        let numbers = self.numbers(&found, &expected);
        if numbers.is_some_and(|(expected, found)| self.flags.are_close(expected, found)) {
            return Ok(None);
        }
        // Of two numbers all counts; of two words what is behind their common beginning.
        let common = match numbers {
            Some(_) => 0,
            None => found.common(&expected, self.flags.case_sensitive) as u64,
        };
        Ok(Some((output + common, answer + common)))
    }

    /// What is expected and found, where the former is a number and the latter may be written in another way.
    fn numbers(&self, found: &Token, expected: &Token) -> Option<(f64, f64)> {
        let number = self.flags.compares_numbers().then(|| expected.number()).flatten();
        number.zip(found.number())
    }

    /// Reads what follows of two tokens that are longer than was read of them. Where it differs: where.
    fn other_rests(&mut self) -> io::Result<Option<Places>> {
        loop {
            let found = self.output.peek()?.filter(|byte| !is_space(*byte));
            let expected = self.answer.peek()?.filter(|byte| !is_space(*byte));
            match (found, expected) {
                (None, None) => return Ok(None),
                (Some(found), Some(expected)) if self.flags.is_letter(found, expected) => self.step(),
                _ => return Ok(Some(self.here())),
            }
        }
    }
}

impl Flags {
    fn is_letter(self, found: u8, expected: u8) -> bool {
        if self.case_sensitive { found == expected } else { found.eq_ignore_ascii_case(&expected) }
    }

    fn compares_numbers(self) -> bool {
        self.float_absolute_tolerance.is_some() || self.float_relative_tolerance.is_some()
    }

    fn are_close(self, expected: f64, found: f64) -> bool {
        let apart = (expected - found).abs();
        self.float_absolute_tolerance.is_some_and(|most| apart <= most)
            || self.float_relative_tolerance.is_some_and(|most| apart <= most * expected.abs())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{How, Slow};
    use super::*;

    fn find(flags: Flags, output: &[u8], answer: &[u8]) -> Option<How> {
        let whole = difference(flags, output, answer).unwrap();
        assert_eq!(difference(flags, Slow(output), Slow(answer)).unwrap(), whole);
        whole.map(|difference| difference.how)
    }

    fn same(flags: Flags, output: &str, answer: &str) -> bool {
        find(flags, output.as_bytes(), answer.as_bytes()).is_none()
    }

    fn within(absolute: Option<f64>, relative: Option<f64>) -> Flags {
        Flags { float_absolute_tolerance: absolute, float_relative_tolerance: relative, ..Flags::default() }
    }

    #[test]
    fn without_flags_neither_case_nor_white_space_counts() {
        let plain = |output, answer| same(Flags::default(), output, answer);
        assert!(plain("Yes\n", "YES"));
        assert!(plain("\x0b 1\t2\r\n\n", "1\n2\n"));
        assert!(plain("", " \n"));
        for (output, answer) in [("1", "1.0"), ("12", "1 2"), ("1", "1 2"), ("1 2", "1"), ("É", "é")] {
            assert!(!plain(output, answer), "{output:?} {answer:?}");
        }
    }

    #[test]
    fn case_counts_where_it_is_asked_for() {
        let flags = Flags { case_sensitive: true, ..Flags::default() };
        assert!(same(flags, "Yes\n", " Yes"));
        assert!(!same(flags, "yes", "Yes"));
    }

    #[test]
    fn white_space_counts_where_it_is_asked_for() {
        let flags = Flags { space_change_sensitive: true, ..Flags::default() };
        assert!(same(flags, "a  B\n", "a  b\n"));
        for (output, answer) in
            [("a b", "a  b"), ("a  b", "a b"), ("a\tb", "a b"), ("a\n", "a"), ("a", "a\n"), (" a", "a")]
        {
            assert!(!same(flags, output, answer), "{output:?} {answer:?}");
        }
    }

    #[test]
    fn numbers_are_close_by_one_tolerance_or_the_other() {
        assert!(same(within(Some(0.01), None), "3.1416 x\n", "3.14 X"));
        assert!(!same(within(Some(0.001), None), "3.1416", "3.14"));
        assert!(same(within(None, Some(0.01)), "10050", "1e4"));
        assert!(!same(within(None, Some(0.001)), "10050", "1e4"));
        assert!(same(within(Some(1e-9), Some(0.01)), "10050", "1e4"));
        assert!(same(within(Some(0.0), None), "1.0", "1"));
        // What the answer has as a word is one, whatever the tolerance.
        assert!(!same(within(Some(1.0), None), "1", "one"));
        assert!(!same(within(Some(1.0), None), "one", "1"));
        assert!(same(within(Some(1.0), None), "NaN", "nan"));
        assert!(!same(within(Some(1.0), None), "inf", "1e308"));
        assert!(!same(within(None, Some(1.0)), "0.1", "0"));
    }

    #[test]
    fn tokens_of_any_length_are_compared_to_their_end() {
        let long = "ab".repeat(50_000);
        assert!(same(Flags::default(), &long, &long.to_uppercase()));
        assert!(!same(Flags::default(), &long, &format!("{long}a")));
        assert!(!same(Flags::default(), &format!("{long}a"), &long));
        assert!(!same(Flags::default(), &format!("{long}a"), &format!("{long}b")));
        let digits = "1".repeat(NUMBER);
        assert!(same(within(Some(1.0), None), &digits, &digits));
        assert!(!same(within(Some(1.0), None), &digits, &format!("{digits}1")));
    }

    #[test]
    fn the_difference_is_placed_in_the_output() {
        let at = |output: &str, answer: &str| find(Flags::default(), output.as_bytes(), answer.as_bytes());
        assert_eq!(at("1\n3\n", "1\n2\n"), Some(How::At { line: 2 }));
        assert_eq!(at("1\n", "1\n2\n"), Some(How::TooShort));
        assert_eq!(at("1\n\n2\n", "1\n"), Some(How::TooLong { line: 3 }));
        assert_eq!(at("0\n1", "0\n12"), Some(How::At { line: 2 }));
    }
}

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

    type Case = (&'static str, &'static str, bool);

    /// By flags: outputs, answers, and whether the default validator of Kattis' problemtools (a185fe9, with glibc) accepts them.
    const KATTIS: &[(&str, &[Case])] = &[
        (
            "",
            &[
                ("Yes\n", "yes\n", true),
                ("1\n", "1.0\n", false),
                ("+1", "1", false),
                ("1.", "1", false),
                ("01", "1", false),
                ("", "", true),
                ("", " \n", true),
                (" \n", "", true),
                ("\n", "1", false),
                ("", "1", false),
                ("1 x", "1", false),
                ("1", "1 x", false),
                ("1\n\n\n", "1", true),
                ("1\x0b2", "1 2", true),
                ("1\u{a0}2", "1 2", false),
                ("É", "é", false),
                ("ſ", "s", false),
                ("a\r\nb", "a\nb", true),
            ],
        ),
        ("case_sensitive", &[("Yes", "yes", false), ("yes", "yes\n", true), (" yes", "yes", true)]),
        (
            "space_change_sensitive",
            &[
                ("1\n", "1\n", true),
                ("1", "1\n", false),
                ("1\n", "1", false),
                ("1 \n", "1\n", false),
                ("1\r\n", "1\n", false),
                ("1  2", "1 2", false),
                ("1\t2", "1 2", false),
                (" 1", "1", false),
                ("", "", true),
                ("\n", "", false),
                ("", "\n", false),
                ("Yes\n", "yes\n", true),
                ("1", "1 2", false),
                ("1 2", "1", false),
            ],
        ),
        ("case_sensitive space_change_sensitive", &[("Yes\n", "yes\n", false), ("yes\n", "yes\n", true)]),
        (
            "float_tolerance 1e-6",
            &[
                ("+1", "1", true),
                ("1.", "1", true),
                (".5", "0.5", true),
                ("-.5", "-0.5", true),
                ("1e5", "100000", true),
                ("1E+5", "100000", true),
                ("100000", "1e5", true),
                ("001", "1", true),
                ("1.0000005", "1", true),
                ("1.00001", "1", false),
                ("0x10", "16", true),
                ("16", "0x10", true),
                ("0x1.8p3", "12", true),
                ("0X.8P-1", "0.25", true),
                ("nan", "1", false),
                ("1", "nan", false),
                ("nan", "nan", true),
                ("NaN", "nan", true),
                ("-nan", "nan", false),
                ("inf", "1", false),
                ("1", "inf", false),
                ("inf", "inf", true),
                ("inf", "infinity", false),
                ("1e999", "inf", false),
                ("1e999", "1e999", true),
                ("1e999", "1e998", false),
                ("1e308", "1e999", false),
                ("1e-999", "0", true),
                ("1x", "1", false),
                ("1", "1x", false),
                ("1x", "1x", true),
                ("1,5", "1.5", false),
                ("1,5", "1,5", true),
                ("one", "1", false),
                ("1", "one", false),
                ("ONE", "one", true),
                ("-0", "0", true),
                ("1e", "1", true),
                ("1", "1e", true),
                ("1e", "1e", true),
                ("1e+", "1", true),
                ("--1", "1", false),
                ("+-1", "1", false),
                ("0x", "0", false),
                ("0", "0x", false),
                ("0x.", "0", true),
                ("0x1p", "1", true),
                ("1d5", "1e5", false),
                ("1e5.0", "1e5", false),
                ("1_0", "10", false),
                (".", "0", false),
                ("-", "0", false),
                ("123456789012345678901234567890", "123456789012345678901234567891", true),
                ("9007199254740993", "9007199254740992", true),
                ("", "1", false),
                ("1", "1 2", false),
                ("1 2", "1", false),
                ("1 \n", "1", true),
                ("nan(1)", "nan", false),
                ("infinit", "1", false),
                ("1½", "1", false),
                ("½", "½", true),
                ("1e0x1", "1", false),
                ("٣", "3", false),
                ("1e-", "1", true),
                ("1.e", "1", true),
                (".5e", "0.5", true),
                (".e5", "0", false),
                (".e", "0", false),
                ("1+", "1", false),
                ("1e+-5", "1", false),
                ("1ee", "1", false),
                ("0x1p+", "1", true),
                ("0x.p1", "0", false),
                ("0x.p", "0", false),
                ("-0x.", "0", true),
                ("0x.8", "0.5", true),
                ("0x8.", "8", true),
                ("0xp1", "0", false),
                ("0x1e5", "485", true),
                ("0x1.ep1", "3.75", true),
                ("1p5", "1", false),
                ("0x1p1.5", "2", false),
                ("00x1", "1", false),
                ("0b1", "1", false),
                ("1.5.5", "1.5", false),
                ("..5", "0.5", false),
                ("1e0000000005", "100000", true),
                ("1e99999999999999999999", "inf", false),
                ("0e99999999999999999999", "0", true),
                ("1e-99999999999999999999", "0", true),
                ("0x0p99999999999", "0", true),
                ("0x1p-99999999999", "0", true),
                ("0x1p99999999999", "inf", false),
            ],
        ),
        (
            "float_tolerance 1e-6 case_sensitive",
            &[("1E5", "1e5", true), ("0X10", "0x10", true), ("NAN", "nan", false), ("A", "a", false)],
        ),
        (
            "float_tolerance 1e-6 space_change_sensitive",
            &[("1.0 2", "1 2", true), ("1.0  2", "1 2", false), ("1.0 2\n", "1 2", false)],
        ),
        (
            "float_absolute_tolerance 0.5",
            &[
                ("1.5", "1", true),
                ("1.51", "1", false),
                ("0.5", "0", true),
                ("-0.5", "0", true),
                ("1e300", "1e300", true),
                ("1.0001e300", "1e300", false),
            ],
        ),
        (
            "float_relative_tolerance 0.01",
            &[
                ("10100", "10000", true),
                ("10101", "10000", false),
                ("0.001", "0", false),
                ("0", "0", true),
                ("-0.0", "0", true),
                ("-100", "100", false),
                ("1e-320", "1e-320", true),
                ("99", "100", true),
                ("98.9", "100", false),
            ],
        ),
        (
            "float_absolute_tolerance 0.5 float_relative_tolerance 0.01",
            &[
                ("1.5", "1", true),
                ("10100", "10000", true),
                ("10101", "10000", false),
                ("0.5", "0", true),
                ("0.6", "0", false),
            ],
        ),
        (
            "float_absolute_tolerance 0",
            &[("1.0", "1", true), ("1.1", "1", false), ("9007199254740993", "9007199254740992", true)],
        ),
    ];

    #[test]
    fn what_the_default_validator_of_kattis_accepts_is_accepted_and_nothing_else() {
        for (arguments, cases) in KATTIS {
            let told = {
                let words: Vec<_> = arguments.split_whitespace().map(str::to_owned).collect();
                gavel_problem::flags::Flags::parse(&words).unwrap()
            };
            let flags = Flags {
                case_sensitive: told.case_sensitive,
                space_change_sensitive: told.space_change_sensitive,
                float_absolute_tolerance: told.float_absolute_tolerance,
                float_relative_tolerance: told.float_relative_tolerance,
            };
            for (output, answer, accepts) in *cases {
                assert_eq!(same(flags, output, answer), *accepts, "{arguments}: {output:?} {answer:?}");
            }
        }
    }
}

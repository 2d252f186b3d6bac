//! Arguments: split as a shell does, and understood as the default validator does (2025-09, "Default output
//! validator specification").

use serde::{Deserialize, Serialize};

use crate::bounds;

/// The flags of the format's default validator.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Flags {
    /// Upper and lower case are not the same.
    pub case_sensitive: bool,
    /// White space counts, byte by byte.
    pub space_change_sensitive: bool,
    /// Words that are numbers in the answer may be so far apart: 0 and more.
    pub float_absolute_tolerance: Option<f64>,
    /// The same as a part of the answer's number: 0 and more.
    pub float_relative_tolerance: Option<f64>,
}

impl Flags {
    /// Understands the default validator's arguments.
    ///
    /// # Errors
    /// An argument that it does not have, a tolerance that is missing, is no number, or is given twice.
    pub fn parse(arguments: &[String]) -> Result<Self, String> {
        Self::read(arguments, |argument| Err(format!("{argument} sets a tolerance that is set already")))
    }

    /// The same, where of a tolerance that is given twice the last counts. So it is in the versions before 2025-09, which put the flags
    /// of a group behind those of the problem.
    ///
    /// # Errors
    /// An argument that it does not have, a tolerance that is missing or is no number.
    pub fn parse_last(arguments: &[String]) -> Result<Self, String> {
        Self::read(arguments, |_| Ok(()))
    }

    fn read(arguments: &[String], twice: fn(&str) -> Result<(), String>) -> Result<Self, String> {
        let set = |tolerance: &mut Option<f64>, argument: &str, value: Option<&String>| {
            let before = tolerance.replace(tolerated(argument, value)?);
            if before.is_some() { twice(argument) } else { Ok(()) }
        };
        let mut flags = Self::default();
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            match argument.as_str() {
                "case_sensitive" => flags.case_sensitive = true,
                "space_change_sensitive" => flags.space_change_sensitive = true,
                "float_absolute_tolerance" => {
                    set(&mut flags.float_absolute_tolerance, argument, rest.next())?
                }
                "float_relative_tolerance" => {
                    set(&mut flags.float_relative_tolerance, argument, rest.next())?
                }
                "float_tolerance" => {
                    let value = rest.next();
                    set(&mut flags.float_absolute_tolerance, argument, value)?;
                    set(&mut flags.float_relative_tolerance, argument, value)?;
                }
                _ => return Err(format!("the default validator has no argument \"{argument}\"")),
            }
        }
        Ok(flags)
    }
}

fn tolerated(argument: &str, value: Option<&String>) -> Result<f64, String> {
    let value = value.ok_or_else(|| format!("{argument} without a number"))?;
    let number = decimal(value).filter(|number| *number >= 0.0);
    number.ok_or_else(|| format!("{argument} \"{value}\" is no number of 0 or more"))
}

/// A number by the format's grammar ("General requirements"): no `inf`, no `nan`, no hexadecimal.
pub(crate) fn decimal(text: &str) -> Option<f64> {
    let allowed = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E');
    if !text.bytes().all(allowed) {
        return None;
    }
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// Splits arguments as a shell does.
///
/// # Errors
/// A quote that is not closed; too long.
pub(crate) fn split(line: &str) -> Result<Vec<String>, String> {
    if line.len() > bounds::ARGUMENTS {
        return Err(format!("longer than {} bytes", bounds::ARGUMENTS));
    }
    shlex::split(line).ok_or_else(|| "a quote is not closed".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Flags, String> {
        Flags::parse(&split(line).unwrap())
    }

    #[test]
    fn every_flag_is_understood() {
        let flags = parse("case_sensitive space_change_sensitive float_absolute_tolerance 1e-4").unwrap();
        assert!(flags.case_sensitive && flags.space_change_sensitive);
        assert_eq!(flags.float_absolute_tolerance, Some(1e-4));
        assert_eq!(flags.float_relative_tolerance, None);
        assert_eq!(parse("float_relative_tolerance .5").unwrap().float_relative_tolerance, Some(0.5));
    }

    #[test]
    fn float_tolerance_is_both() {
        let flags = parse("float_tolerance 1E-6").unwrap();
        assert_eq!(
            (flags.float_absolute_tolerance, flags.float_relative_tolerance),
            (Some(1e-6), Some(1e-6))
        );
    }

    #[test]
    fn what_it_does_not_have_is_an_error() {
        for line in [
            "fuzzy",
            "float_tolerance",
            "float_tolerance x",
            "float_tolerance -1",
            "float_tolerance inf",
            "float_tolerance 0x1",
            "float_tolerance 1 float_absolute_tolerance 1",
            "float_relative_tolerance 1 float_relative_tolerance 1",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }

    #[test]
    fn of_what_is_there_twice_the_last_counts_where_that_is_allowed() {
        let last = |line: &str| Flags::parse_last(&split(line).unwrap());
        let flags =
            last("float_tolerance 1e-6 float_absolute_tolerance 1 float_absolute_tolerance .5").unwrap();
        assert_eq!((flags.float_absolute_tolerance, flags.float_relative_tolerance), (Some(0.5), Some(1e-6)));
        assert!(last("fuzzy").is_err() && last("float_tolerance 1 float_tolerance").is_err());
    }

    #[test]
    fn arguments_are_split_as_a_shell_does() {
        assert_eq!(split("a 'b c'  \"d e\" f\\ g").unwrap(), ["a", "b c", "d e", "f g"]);
        assert!(split("a 'b").is_err() && split(&"a ".repeat(2000)).is_err());
        assert_eq!(split("").unwrap(), Vec::<String>::new());
    }
}

//! Numbers in sentences.

use std::fmt;

/// A number that may be of any size, in few digits: one that is very large or very small as a power of ten.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Short(pub(crate) f64);

impl fmt::Display for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(number) = *self;
        let is_plain = number == 0.0 || (1e-6..1e15).contains(&number.abs()) || !number.is_finite();
        if is_plain { write!(f, "{number}") } else { write!(f, "{number:e}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_has_many_digits() {
        for (number, expected) in [
            (0.0, "0"),
            (-1.0, "-1"),
            (12.5, "12.5"),
            (1e9, "1000000000"),
            (1e308, "1e308"),
            (f64::MIN_POSITIVE, "2.2250738585072014e-308"),
            (f64::INFINITY, "inf"),
        ] {
            assert_eq!(Short(number).to_string(), expected);
        }
    }
}

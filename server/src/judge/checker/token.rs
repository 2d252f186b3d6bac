//! Words of an output or an answer, as text and as numbers.

/// A word, or the beginning of one that is long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    bytes: Vec<u8>,
    is_whole: bool,
}

impl Token {
    pub(super) fn whole(bytes: Vec<u8>) -> Self {
        Self { bytes, is_whole: true }
    }

    pub(super) fn begun(bytes: Vec<u8>) -> Self {
        Self { bytes, is_whole: false }
    }

    /// Letter by letter.
    pub(super) fn is_text(&self, other: &Self, case_sensitive: bool) -> bool {
        if case_sensitive { self.bytes == other.bytes } else { self.bytes.eq_ignore_ascii_case(&other.bytes) }
    }

    /// So many letters at the beginning of both are the same.
    pub(super) fn common(&self, other: &Self, case_sensitive: bool) -> usize {
        let is_same = |(one, other): &(&u8, &u8)| {
            if case_sensitive { one == other } else { one.eq_ignore_ascii_case(other) }
        };
        self.bytes.iter().zip(&other.bytes).take_while(is_same).count()
    }

    /// What C's `scanf("%lf")` makes of the whole of it, as glibc has it, where that is a finite number.
    pub(super) fn number(&self) -> Option<f64> {
        let text = std::str::from_utf8(&self.bytes).ok().filter(|_| self.is_whole)?;
        let (negative, unsigned) = match text.strip_prefix(['+', '-']) {
            Some(rest) => (text.starts_with('-'), rest),
            None => (false, text),
        };
        let size = match unsigned.strip_prefix("0x").or_else(|| unsigned.strip_prefix("0X")) {
            Some(digits) => hexadecimal(digits)?,
            None => decimal(unsigned)?,
        };
        Some(if negative { -size } else { size }).filter(|number| number.is_finite())
    }
}

fn decimal(text: &str) -> Option<f64> {
    // Rust's own knows a second sign's absence, but also infinities by name; those are no numbers here.
    let is_one = text.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    is_one.then(|| without_empty_exponent(text, ['e', 'E']).parse().ok())?
}

/// An exponent without digits is none, where it is the only one.
fn without_empty_exponent(text: &str, letters: [char; 2]) -> &str {
    let unsigned = text.strip_suffix(['+', '-']).unwrap_or(text);
    unsigned.strip_suffix(letters).filter(|number| !number.contains(letters)).unwrap_or(text)
}

/// `1.8p3` is 12: digits of base 16, and a power of two in base 10. A point alone is 0.
fn hexadecimal(text: &str) -> Option<f64> {
    if text == "." {
        return Some(0.0);
    }
    let text = without_empty_exponent(text, ['p', 'P']);
    let (digits, power) = match text.split_once(['p', 'P']) {
        Some((digits, power)) => (digits, power_of_two(power)?),
        None => (text, 0),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut size = 0.0;
    for digit in whole.chars().chain(fraction.chars()) {
        size = size * 16.0 + f64::from(digit.to_digit(16)?);
    }
    let places = i32::try_from(fraction.len()).ok()?;
    let power = power.checked_sub(places.checked_mul(4)?)?;
    Some(if size == 0.0 { size } else { size * 2f64.powi(power) })
}

/// Beyond this everything is 0 or infinite.
const LARGEST_POWER: i32 = 1 << 20;

fn power_of_two(text: &str) -> Option<i32> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let huge = if text.starts_with('-') { -LARGEST_POWER } else { LARGEST_POWER };
    Some(text.parse().map_or(huge, |power: i32| power.clamp(-LARGEST_POWER, LARGEST_POWER)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Option<f64> {
        Token::whole(text.into()).number()
    }

    #[test]
    fn numbers_are_what_scanf_takes_whole() {
        let numbers = [
            ("1", 1.0),
            ("-1.5", -1.5),
            ("+.5", 0.5),
            ("1.", 1.0),
            ("1e3", 1000.0),
            ("1E-2", 0.01),
            ("007", 7.0),
            ("0x10", 16.0),
            ("0x1.8p3", 12.0),
            ("-0X.8P-1", -0.25),
            ("123456789012345678901234567890", 1.2345678901234568e29),
            ("1e", 1.0),
            ("1.E-", 1.0),
            ("0x1p+", 1.0),
            ("0x.", 0.0),
            ("0x0p99999999999", 0.0),
            ("0x1p-99999999999", 0.0),
        ];
        for (text, expected) in numbers {
            assert_eq!(number(text).map(f64::to_bits), Some(f64::to_bits(expected)), "{text}");
        }
    }

    #[test]
    fn words_and_what_is_infinite_are_no_numbers() {
        for text in [
            "",
            "-",
            ".",
            "e5",
            "e",
            ".e5",
            "1+",
            "1e5e",
            "1e5E+",
            "0x1p5p",
            "0x.p",
            "0x1p99999999999",
            "1x",
            "1,5",
            "--1",
            "+-1",
            "nan",
            "inf",
            "-Infinity",
            "1e999",
            "0x",
            "0xg",
            "½",
        ] {
            assert_eq!(number(text), None, "{text}");
        }
        assert_eq!(Token::begun(b"123".to_vec()).number(), None);
    }
}

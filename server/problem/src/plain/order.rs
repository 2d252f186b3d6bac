//! The order of cases by their names: numbers in them count as numbers, so that 2 comes before 10.

/// A part of a name: digits sort by their number, before other text.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part<'a> {
    /// The digits without zeros before, sorted by their count first; then all of them.
    Number(usize, &'a str, &'a str),
    Text(&'a str),
}

/// The parts of a name, which sort as the name does.
pub(super) fn parts(name: &str) -> Vec<Part<'_>> {
    let same = |one: &u8, other: &u8| one.is_ascii_digit() == other.is_ascii_digit();
    let mut parts = Vec::new();
    let mut from = 0;
    for chunk in name.as_bytes().chunk_by(same) {
        let text = &name[from..from + chunk.len()];
        from += chunk.len();
        let digits = text.trim_start_matches('0');
        parts.push(if chunk[0].is_ascii_digit() {
            Part::Number(digits.len(), digits, text)
        } else {
            Part::Text(text)
        });
    }
    parts
}

//! Tables: columns as wide as their widest cell.

use crate::paint::Colour;
use crate::terminal::Terminal;
use crate::text;

/// A cell.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cell {
    text: String,
    colour: Option<Colour>,
    right: bool,
}

impl Cell {
    /// A text, made fit for one line.
    pub(crate) fn text(text: &str) -> Self {
        Self { text: text::line(text), ..Self::default() }
    }

    /// A number, at the right edge of its column.
    pub(crate) fn number(text: &str) -> Self {
        Self { right: true, ..Self::text(text) }
    }

    /// A verdict in its colour.
    pub(crate) fn verdict(verdict: &str) -> Self {
        Self { colour: Some(Colour::of_verdict(verdict)), ..Self::text(verdict) }
    }

    /// A text in a colour.
    pub(crate) fn coloured(colour: Colour, text: &str) -> Self {
        Self { colour: Some(colour), ..Self::text(text) }
    }

    fn width(&self) -> usize {
        self.text.chars().count()
    }

    fn padded(&self, width: usize, terminal: &Terminal<'_>) -> String {
        let blanks = " ".repeat(width.saturating_sub(self.width()));
        let shown = match self.colour {
            Some(colour) => terminal.painted(colour, &self.text),
            None => self.text.clone(),
        };
        if self.right { format!("{blanks}{shown}") } else { format!("{shown}{blanks}") }
    }
}

/// The lines of a table. A column that is empty in every row is left out; a head is where its column's numbers are.
pub(crate) fn lines<const N: usize>(heads: [&str; N], rows: &[[Cell; N]], terminal: &Terminal<'_>) -> String {
    let used: Vec<usize> =
        (0..N).filter(|&column| rows.iter().any(|row| !row[column].text.is_empty())).collect();
    let head: [Cell; N] = std::array::from_fn(|column| Cell {
        right: rows.iter().any(|row| row[column].right),
        ..Cell::text(heads[column])
    });
    let all = || std::iter::once(&head).chain(rows);
    let widths = used.iter().map(|&column| all().map(|row| row[column].width()).max().unwrap_or(0));
    let widths: Vec<usize> = widths.collect();
    let line = |row: &[Cell; N]| {
        let cells = used.iter().zip(&widths).map(|(&column, &width)| row[column].padded(width, terminal));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
    };
    all().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(colour: bool) -> String {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let terminal = Terminal { out: &mut out, err: &mut err, colour, live: false };
        let rows = [
            [Cell::text("1"), Cell::verdict("Accepted"), Cell::text(""), Cell::number("9.0 ms")],
            [Cell::text("10"), Cell::verdict("WrongAnswer"), Cell::text(""), Cell::number("10.0 ms")],
        ];
        lines(["TEST", "VERDICT", "SCORE", "TIME"], &rows, &terminal)
    }

    #[test]
    fn columns_are_in_line_and_empty_ones_are_left_out() {
        let expected = "\
TEST  VERDICT         TIME
1     Accepted      9.0 ms
10    WrongAnswer  10.0 ms
";
        assert_eq!(table(false), expected);
    }

    #[test]
    fn colours_do_not_count_as_width() {
        let expected = "\
TEST  VERDICT         TIME
1     \x1b[32mAccepted\x1b[0m      9.0 ms
10    \x1b[31mWrongAnswer\x1b[0m  10.0 ms
";
        assert_eq!(table(true), expected);
    }
}

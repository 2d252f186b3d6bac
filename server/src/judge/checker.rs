//! Compares a program's output with the answer.

/// Where an output first differs from the answer, if it does.
///
/// Whitespace-tolerant: runs of blanks count as one, blanks at either end of a line, blank lines and the kind of line
/// end do not count. The division into lines counts.
pub(crate) fn difference(output: &[u8], answer: &[u8]) -> Option<Difference> {
    let mut answers = lines(answer);
    for (number, found) in lines(output) {
        match answers.next() {
            None => return Some(Difference::TooLong { line: number }),
            Some((_, expected)) if !words(expected).eq(words(found)) => {
                return Some(Difference::At { line: number });
            }
            Some(_) => {}
        }
    }
    answers.next().map(|_| Difference::TooShort)
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

/// The lines that are not blank, with their numbers from 1.
fn lines(text: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    text.split(|&byte| byte == b'\n')
        .enumerate()
        .filter(|(_, line)| !line.iter().all(u8::is_ascii_whitespace))
        .map(|(index, line)| (index + 1, line))
}

fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

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
    }

    #[test]
    fn bytes_that_are_not_text_are_compared_as_they_are() {
        assert_eq!(difference(&[0xff, 0, 0xfe], &[0xff, 0, 0xfe, b'\n']), None);
        assert_eq!(difference(&[0xff], &[0xfe]), Some(Difference::At { line: 1 }));
    }
}

//! What commands print. Whoever wrote what is in it, a server, a node, Docker: no terminal obeys it.

use std::io::{self, Write};

use gavel_client::text;
use serde::Serialize;

/// Prints a text to standard output, and ends it as a line. Whoever closes standard output has read enough.
///
/// # Errors
/// As write(2), but for that.
pub(super) fn print(text: &str) -> io::Result<()> {
    print_to(&mut io::stdout().lock(), &told(text))
}

fn told(text: &str) -> String {
    text::block(text)
}

/// As [`print()`], of JSON, which stays that.
///
/// # Errors
/// As [`print()`].
pub(super) fn print_json(value: &impl Serialize) -> io::Result<()> {
    print_to(&mut io::stdout().lock(), &text::json(&serde_json::to_value(value)?))
}

/// A cell of a table.
pub(super) fn cell(text: &str) -> String {
    text::line(text)
}

/// Tells on standard error why a command fails.
pub(super) fn complain(why: &str) {
    eprintln!("gavel: {}", text::block(why).trim_end());
}

fn print_to(out: &mut impl Write, text: &str) -> io::Result<()> {
    let text = text.strip_suffix('\n').unwrap_or(text);
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(why) if why.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Closed(io::ErrorKind);

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn who_has_read_enough_is_no_error_and_a_full_disk_is_one() {
        assert!(print_to(&mut Closed(io::ErrorKind::BrokenPipe), "a").is_ok());
        assert!(print_to(&mut Closed(io::ErrorKind::StorageFull), "a").is_err());
    }

    /// What a program, a node or a server may have written.
    const HOSTILE: &str = "lab\x1b]0;owned\x07\u{9b}2J\u{202e}";

    #[test]
    fn no_terminal_obeys_what_is_printed() {
        assert_eq!(told(HOSTILE), "lab␛]0;owned␇\u{fffd}2J\u{fffd}\n");
        assert_eq!(cell("a\nok\x1b[1A"), "a ok␛[1A");
    }

    #[test]
    fn a_text_ends_as_a_line() {
        for text in ["a\nb", "a\nb\n"] {
            let mut printed = Vec::new();
            print_to(&mut printed, text).unwrap();
            assert_eq!(printed, b"a\nb\n");
        }
    }
}

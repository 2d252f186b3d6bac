//! What commands print.

use std::io::{self, Write};

/// Prints a text to standard output, and ends it as a line. Whoever closes standard output has read enough.
///
/// # Errors
/// As write(2), but for that.
pub(super) fn print(text: &str) -> io::Result<()> {
    print_to(&mut io::stdout().lock(), text)
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

    #[test]
    fn a_text_ends_as_a_line() {
        for text in ["a\nb", "a\nb\n"] {
            let mut printed = Vec::new();
            print_to(&mut printed, text).unwrap();
            assert_eq!(printed, b"a\nb\n");
        }
    }
}

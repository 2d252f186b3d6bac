//! Byte by byte.

use std::io::{self, Read};

use super::Difference;
use super::bytes::Bytes;

/// Where an output first differs from the answer, if it does.
///
/// # Errors
/// The readers'.
pub(super) fn difference(output: impl Read, answer: impl Read) -> io::Result<Option<Difference>> {
    let (mut output, mut answer) = (Bytes::new(output), Bytes::new(answer));
    loop {
        let line = output.line();
        match (output.next_if(|_| true)?, answer.next_if(|_| true)?) {
            (None, None) => return Ok(None),
            (found, expected) if found == expected => {}
            (None, _) => return Ok(Some(Difference::TooShort)),
            (_, None) => return Ok(Some(Difference::TooLong { line })),
            _ => return Ok(Some(Difference::At { line })),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Slow;
    use super::*;

    fn find(output: &[u8], answer: &[u8]) -> Option<Difference> {
        let whole = difference(output, answer).unwrap();
        assert_eq!(difference(Slow(output), Slow(answer)).unwrap(), whole);
        whole
    }

    #[test]
    fn every_byte_counts() {
        assert_eq!(find(b"", b""), None);
        assert_eq!(find(b"a \r\n\xff\0", b"a \r\n\xff\0"), None);
        assert_eq!(find(b"a\n", b"a"), Some(Difference::TooLong { line: 1 }));
        assert_eq!(find(b"a\n", b"a\n\n"), Some(Difference::TooShort));
        assert_eq!(find(b"a\nb\n", b"a\nB\n"), Some(Difference::At { line: 2 }));
        assert_eq!(find(b"a \nb", b"a\nb"), Some(Difference::At { line: 1 }));
    }
}

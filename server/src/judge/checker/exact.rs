//! Byte by byte.

use std::io::{self, Read};

use super::Difference;
use super::bytes::Bytes;
use super::excerpt::Unit;

/// Where an output first differs from the answer, if it does.
///
/// # Errors
/// The readers'.
pub(super) fn difference(output: impl Read, answer: impl Read) -> io::Result<Option<Difference>> {
    let (mut output, mut answer) = (Bytes::new(output, Unit::Byte), Bytes::new(answer, Unit::Byte));
    loop {
        return Ok(Some(match (output.peek()?, answer.peek()?) {
            (None, None) => return Ok(None),
            (found, expected) if found == expected => {
                output.step();
                answer.step();
                continue;
            }
            (None, _) => Difference::too_short(&mut output, answer.next()?)?,
            (_, None) => Difference::too_long(output.next()?),
            _ => Difference::at(output.next()?, answer.next()?),
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::super::{How, Slow};
    use super::*;

    fn find(output: &[u8], answer: &[u8]) -> Option<How> {
        let whole = difference(output, answer).unwrap();
        assert_eq!(difference(Slow(output), Slow(answer)).unwrap(), whole);
        whole.map(|difference| difference.how)
    }

    #[test]
    fn every_byte_counts() {
        assert_eq!(find(b"", b""), None);
        assert_eq!(find(b"a \r\n\xff\0", b"a \r\n\xff\0"), None);
        assert_eq!(find(b"a\n", b"a"), Some(How::TooLong { line: 1 }));
        assert_eq!(find(b"a\n", b"a\n\n"), Some(How::TooShort));
        assert_eq!(find(b"a\nb\n", b"a\nB\n"), Some(How::At { line: 2 }));
        assert_eq!(find(b"a \nb", b"a\nb"), Some(How::At { line: 1 }));
    }
}

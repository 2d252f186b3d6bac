//! The blocks of a tar, bounded and in their order.

use std::io::{self, ErrorKind, Read};

use tar::Header;

use super::{BLOCK, bounds};
use crate::archive::stop::{CUT, Stop};

/// Reads so many bytes and no more.
pub(super) struct Metered<R> {
    bytes: R,
    left: u64,
    told: String,
}

impl<R> Metered<R> {
    /// `most` is how many bytes there may be, and the error's text if there are more.
    pub(super) fn new(bytes: R, most: (u64, String)) -> Self {
        Self { bytes, left: most.0, told: most.1 }
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.bytes.read(buffer)?;
        match self.left.checked_sub(length as u64) {
            Some(left) => self.left = left,
            None => return Err(io::Error::new(ErrorKind::QuotaExceeded, self.told.clone())),
        }
        Ok(length)
    }
}

/// A tar from its first block to its last.
pub(super) struct Stream<R> {
    bytes: Metered<R>,
    /// The entry that was read last, for people.
    last: String,
}

impl<R: Read> Stream<R> {
    pub(super) fn new(bytes: Metered<R>) -> Self {
        Self { bytes, last: String::new() }
    }

    pub(super) fn last(&self) -> &str {
        &self.last
    }

    /// The entry of this name is read now.
    pub(super) fn enters(&mut self, name: String) {
        self.last = name;
    }

    /// The next header; none at the mark of the end.
    ///
    /// # Errors
    /// There is neither.
    pub(super) fn header(&mut self) -> Result<Option<Header>, Stop> {
        let mut header = Header::new_old();
        self.read_exact(header.as_mut_bytes())?;
        if is_end(header.as_bytes()) {
            return Ok(None);
        }
        if is_header(header.as_bytes()) {
            return Ok(Some(header));
        }
        let what = match self.last.as_str() {
            "" => "is no tar: it begins with no valid header".to_owned(),
            last => format!("is broken: no valid header behind the entry {last}"),
        };
        Err(Stop::archive(what))
    }

    /// What is said of the next entry in a block of its own.
    ///
    /// # Errors
    /// It is too long, or cut off.
    pub(super) fn description(&mut self, size: u64) -> Result<Vec<u8>, Stop> {
        if size > bounds::DESCRIPTION {
            let what = format!("describes an entry with more than {} bytes", bounds::DESCRIPTION);
            return Err(Stop::archive(what));
        }
        let mut text = Vec::new();
        let read = self.content(size).read_to_end(&mut text).map_err(|error| self.broken(error))?;
        self.fill(size, read as u64)?;
        Ok(text)
    }

    /// The bytes of an entry.
    pub(super) fn content(&mut self, size: u64) -> io::Take<&mut Metered<R>> {
        (&mut self.bytes).take(size)
    }

    /// Skips what fills up the last block of a content.
    ///
    /// # Errors
    /// The content is not all there.
    pub(super) fn fill(&mut self, size: u64, read: u64) -> Result<(), Stop> {
        if read < size {
            return Err(Stop::entry(&self.last, CUT));
        }
        let mut block = [0; BLOCK];
        let rest = usize::try_from(size % BLOCK as u64).map_or(0, |over| (BLOCK - over) % BLOCK);
        self.read_exact(&mut block[..rest])
    }

    /// Reads what fills up the archive behind the mark of its end; how many bytes more there might be.
    ///
    /// # Errors
    /// There is something else.
    pub(super) fn end(mut self) -> Result<u64, Stop> {
        let mut buffer = [0; 16 * BLOCK];
        loop {
            match self.bytes.read(&mut buffer).map_err(no_end)? {
                0 => return Ok(self.bytes.left),
                length if is_end(&buffer[..length]) => {}
                _ => return Err(Stop::archive("has bytes behind its end")),
            }
        }
    }

    fn read_exact(&mut self, block: &mut [u8]) -> Result<(), Stop> {
        self.bytes.read_exact(block).map_err(|error| self.broken(error))
    }

    fn broken(&self, error: io::Error) -> Stop {
        Stop::broken(&self.last, error)
    }
}

/// What a reader says behind the mark of the end: only a gzip has anything to be wrong there.
fn no_end(error: io::Error) -> Stop {
    match error.kind() {
        ErrorKind::UnexpectedEof => Stop::archive("is cut off at its end, or has bytes behind its end"),
        _ if error.to_string() == "invalid gzip header" => Stop::archive("has bytes behind its end"),
        _ => Stop::broken("", error),
    }
}

pub(super) fn is_end(block: &[u8]) -> bool {
    block.iter().all(|byte| *byte == 0)
}

/// Whether the checksum is that of the header.
pub(super) fn is_header(block: &[u8; BLOCK]) -> bool {
    // The checksum itself counts as blanks.
    let bytes = block[..148].iter().chain(&[b' '; 8]).chain(&block[156..]);
    let sum: u32 = bytes.map(|byte| u32::from(*byte)).sum();
    Header::from_byte_slice(block).cksum().is_ok_and(|said| said == sum)
}

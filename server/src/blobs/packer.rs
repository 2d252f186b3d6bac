//! Takes contents as they come and decides where each stays: the first few bytes here, small ones together in one file,
//! large ones in files of their own.

use std::io::{self, Write};

use super::{BlobWriter, Blobs};
use crate::content::{Blob, BlobId, Claim, Content, Piece};

/// So many bytes of one row stay in the row; a larger content is a file of its own.
pub const SMALL: usize = 64 * 1024;

/// Places the contents of one row.
#[derive(Debug)]
pub struct Packer {
    blobs: Blobs,
    /// Bytes that may still stay in the row.
    room: usize,
    /// The file of small ones, where there is one, has its name in the end only.
    pack: Option<BlobWriter>,
    placed: Vec<Content>,
    has_files: bool,
    passing: bool,
}

/// A content that comes in parts.
#[derive(Debug)]
pub enum Growing {
    /// Still small.
    Here(Vec<u8>),
    /// Going to the disk.
    OnDisk(Box<BlobWriter>),
}

impl Packer {
    /// For one row.
    pub fn new(blobs: Blobs) -> Self {
        Self { blobs, room: SMALL, pack: None, placed: Vec::new(), has_files: false, passing: false }
    }

    /// For contents that no row will name: their files are [passing](Blobs::write_passing) ones.
    pub(crate) fn passing(blobs: Blobs) -> Self {
        Self { passing: true, ..Self::new(blobs) }
    }

    fn writer(&self) -> io::Result<BlobWriter> {
        if self.passing { self.blobs.write_passing() } else { self.blobs.write() }
    }

    /// Adds a part to a content.
    ///
    /// # Errors
    /// What the disk says.
    pub fn grow(&mut self, content: &mut Growing, part: &[u8]) -> io::Result<()> {
        match content {
            Growing::Here(bytes) if bytes.len() + part.len() <= SMALL => {
                bytes.extend_from_slice(part);
                return Ok(());
            }
            Growing::Here(bytes) => {
                let mut writer = Box::new(self.writer()?);
                writer.write_all(bytes)?;
                writer.write_all(part)?;
                self.has_files = true;
                *content = Growing::OnDisk(writer);
            }
            Growing::OnDisk(writer) => writer.write_all(part)?,
        }
        Ok(())
    }

    /// Places a content that is whole. Returns its number, from 0.
    ///
    /// # Errors
    /// What the disk says.
    pub fn place(&mut self, content: Growing) -> io::Result<usize> {
        let placed = match content {
            Growing::OnDisk(writer) => Content::Blob(writer.finish()?),
            Growing::Here(bytes) if bytes.len() <= self.room => {
                self.room -= bytes.len();
                bytes.into()
            }
            Growing::Here(bytes) => Content::Piece(self.pack(&bytes)?),
        };
        self.placed.push(placed);
        Ok(self.placed.len() - 1)
    }

    /// Places bytes that are here. Returns their number, from 0.
    ///
    /// # Errors
    /// What the disk says.
    pub fn put(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut content = Growing::default();
        self.grow(&mut content, bytes)?;
        self.place(content)
    }

    /// Something of it is on the disk.
    pub fn has_files(&self) -> bool {
        self.has_files
    }

    fn pack(&mut self, bytes: &[u8]) -> io::Result<Piece> {
        let pack = match self.pack.take() {
            Some(pack) => pack,
            None => self.writer()?,
        };
        let pack = self.pack.insert(pack);
        let (offset, size, hash) = (pack.size(), bytes.len() as u64, BlobId::of(bytes));
        pack.write_all(bytes)?;
        self.has_files = true;
        let unnamed = Blob { id: hash, size: 0, claim: Claim::default() };
        Ok(Piece { pack: unnamed, offset, size, hash })
    }

    /// Puts everything on disk, and returns all contents, by number.
    ///
    /// # Errors
    /// What the disk says.
    pub fn finish(mut self) -> io::Result<Vec<Content>> {
        if let Some(pack) = self.pack.take() {
            let pack = pack.finish()?;
            for content in &mut self.placed {
                if let Content::Piece(piece) = content {
                    piece.pack = pack.clone();
                }
            }
        }
        Ok(self.placed)
    }
}

impl Default for Growing {
    fn default() -> Self {
        Self::Here(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn the_first_bytes_stay_here_small_ones_share_a_file_and_large_ones_have_their_own() {
        let directory = tempfile::tempdir().unwrap();
        let (blobs, _orphans) = Blobs::open(directory.path()).unwrap();
        let mut packer = Packer::new(blobs.clone());
        let sizes = [SMALL - 10, 100, 5, SMALL, SMALL + 1, 0];
        let bytes = |number: usize| vec![u8::try_from(number).unwrap(); sizes[number]];
        for number in 0..sizes.len() {
            assert_eq!(packer.put(&bytes(number)).unwrap(), number);
        }
        let contents = packer.finish().unwrap();
        let kind = |content: &Content| match content {
            Content::Inline(_) => "here",
            Content::Piece(_) => "shared",
            Content::Blob(_) => "own",
        };
        let kinds: Vec<_> = contents.iter().map(kind).collect();
        assert_eq!(kinds, ["here", "shared", "here", "shared", "own", "here"]);
        for (number, content) in contents.iter().enumerate() {
            let mut read = Vec::new();
            blobs.reader(content).unwrap().read_to_end(&mut read).unwrap();
            assert!(read == bytes(number), "{number}");
            assert_eq!(content.hash(), BlobId::of(&read));
        }
    }
}

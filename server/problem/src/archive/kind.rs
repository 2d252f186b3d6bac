//! Which archive it is, by its first bytes.

use std::fs::File;
use std::io::{Read as _, Seek as _};

use super::stop::Stop;
use super::tar;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Zip,
    Tar,
    /// Which holds a tar.
    Gzip,
}

/// The first bytes of what is taken: a zip with entries, one without, a gzip.
const TAKEN: [(&[u8], Kind); 3] =
    [(b"PK\x03\x04", Kind::Zip), (b"PK\x05\x06", Kind::Zip), (b"\x1f\x8b", Kind::Gzip)];

/// The first bytes of what packages come as too, and are not taken as.
const OTHERS: [(&[u8], &str); 10] = [
    (b"PK\x07\x08", "one part of a zip of several"),
    (b"PK00PK\x03\x04", "one part of a zip of several"),
    (b"BZh", "a bzip2"),
    (b"\xfd7zXZ\0", "an xz"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z"),
    (b"Rar!\x1a\x07", "a rar"),
    (b"\x28\xb5\x2f\xfd", "a zstd"),
    (b"LZIP", "an lzip"),
    (b"\x04\x22\x4d\x18", "an lz4"),
    (b"\x1f\x9d", "a compress"),
];

/// Tells what the file is.
///
/// # Errors
/// It is none of what is taken, or cannot be read.
pub(super) fn of(archive: &mut File) -> Result<Kind, Stop> {
    archive.rewind()?;
    let mut bytes = Vec::with_capacity(tar::BLOCK);
    archive.take(tar::BLOCK as u64).read_to_end(&mut bytes)?;
    by(&bytes).map_err(|what| Stop::archive(format!("is {what}; zip, tar and tar.gz are taken")))
}

/// The media type of an archive that is taken and begins so; none of anything else. The first 512 bytes suffice.
#[must_use]
pub fn media_type(beginning: &[u8]) -> Option<&'static str> {
    Some(match by(beginning).ok()? {
        Kind::Zip => "application/zip",
        Kind::Tar => "application/x-tar",
        Kind::Gzip => "application/gzip",
    })
}

fn by(bytes: &[u8]) -> Result<Kind, &'static str> {
    if bytes.is_empty() {
        return Err("empty");
    }
    if let Some((_, kind)) = TAKEN.iter().find(|(first, _)| bytes.starts_with(first)) {
        return Ok(*kind);
    }
    if tar::is_first(bytes) {
        return Ok(Kind::Tar);
    }
    let other = OTHERS.iter().find(|(first, _)| bytes.starts_with(first));
    Err(other.map_or("no archive that is known", |(_, what)| what))
}

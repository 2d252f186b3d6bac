//! Tars, plain or in a gzip: one entry after another, as far as the mark of the end.

mod described;
mod stream;

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufReader, Read};

use flate2::bufread::MultiGzDecoder;
use tar::Header;

use self::described::Described;
use self::stream::{Metered, Stream};
use super::link;
use super::name;
use super::stop::Stop;
use super::target::{Entry, Target};
use crate::bounds;

/// Bytes of a header, and of what contents are filled up to a multiple of.
pub(super) const BLOCK: usize = 512;

/// Bytes that are read from the file at once.
const BUFFER: usize = 64 * 1024;

/// Whether a file that begins so is a tar: with a header, or with the mark of the end.
pub(super) fn is_first(bytes: &[u8]) -> bool {
    let Ok(block) = <&[u8; BLOCK]>::try_from(bytes) else { return false };
    stream::is_end(block) || stream::is_header(block)
}

/// Unpacks a tar; `most` is how many bytes it may have and how it is told that it has more. How many it might
/// have beyond those that it has.
///
/// # Errors
/// What makes the rest of it not worth reading.
pub(super) fn extract(archive: &File, most: (u64, String), target: &mut Target<'_>) -> Result<u64, Stop> {
    from(BufReader::with_capacity(BUFFER, archive), most, target)
}

/// Unpacks a tar that is in a gzip.
///
/// # Errors
/// As of [`extract`].
pub(super) fn extract_compressed(
    archive: &File,
    most: (u64, String),
    target: &mut Target<'_>,
) -> Result<u64, Stop> {
    let inflated = MultiGzDecoder::new(BufReader::with_capacity(BUFFER, archive));
    from(BufReader::with_capacity(BUFFER, inflated), most, target)
}

fn from(bytes: impl Read, most: (u64, String), target: &mut Target<'_>) -> Result<u64, Stop> {
    let mut stream = Stream::new(Metered::new(bytes, most));
    let mut described = Described::default();
    while let Some(header) = stream.header()? {
        let size = header.entry_size().map_err(|error| Stop::broken(stream.last(), error))?;
        match header.entry_type().as_byte() {
            b'L' => described.name_is(stream.description(size)?)?,
            b'K' => described.target_is(stream.description(size)?)?,
            b'x' => described.read(&stream.description(size)?)?,
            b'g' => everywhere(&stream.description(size)?, target)?,
            _ => member(&header, size, std::mem::take(&mut described), &mut stream, target)?,
        }
    }
    if described != Described::default() {
        return Err(Stop::archive("describes an entry that does not come"));
    }
    stream.end()
}

/// What holds for all entries: it may not name them.
fn everywhere(text: &[u8], target: &mut Target<'_>) -> Result<(), Stop> {
    let mut described = Described::default();
    described.read(text)?;
    if described.is_said() {
        return Err(Stop::archive("describes all its entries at once"));
    }
    target.count()
}

fn member<R: Read>(
    header: &Header,
    size: u64,
    described: Described,
    stream: &mut Stream<R>,
    target: &mut Target<'_>,
) -> Result<(), Stop> {
    let in_header = header.path_bytes();
    let name = described.name().unwrap_or(&in_header);
    let shown = name::shown(name);
    stream.enters(shown.clone());
    described.check_size(size, stream.last())?;
    let kind =
        if described.is_sparse() { Entry::Refused(SPARSE) } else { kind(header, size, stream.last())? };
    if let Entry::Link(_) = kind {
        return link(name, kind, &leads_to(header, &described), target);
    }
    let admitted = target.admit(name, kind, size)?;
    let mut content = stream.content(size);
    let read = match admitted {
        Some(file) if target.is_sound() => target.write(&file, &mut content)?,
        _ => target.skip(&shown, &mut content)?,
    };
    stream.fill(size, read)
}

/// A link's target is in what describes it, and it has no content.
fn link(name: &[u8], kind: Entry, leads_to: &[u8], target: &mut Target<'_>) -> Result<(), Stop> {
    let admitted = target.admit(name, kind, leads_to.len() as u64)?;
    admitted.map_or(Ok(0), |link| target.write(&link, &mut &*leads_to)).map(|_| ())
}

fn leads_to<'a>(header: &'a Header, described: &'a Described) -> Cow<'a, [u8]> {
    described.target().map(Cow::Borrowed).or_else(|| header.link_name_bytes()).unwrap_or_default()
}

const SPARSE: &str = "a file with holes";

fn kind(header: &Header, size: u64, path: &str) -> Result<Entry, Stop> {
    Ok(match header.entry_type().as_byte() {
        b'0' | b'7' | 0 => {
            let mode = header.mode().map_err(|error| Stop::broken(path, error))?;
            Entry::File { executable: mode & 0o111 != 0 }
        }
        b'5' => Entry::Folder,
        // Readers differ in whether that content is there.
        b'1' | b'2' if size > 0 => Entry::Refused("a link with content"),
        b'1' => Entry::Link(link::Kind::Hard),
        b'2' => Entry::Link(link::Kind::Symbolic),
        b'3' | b'4' => Entry::Refused("a device"),
        b'6' => Entry::Refused("a fifo"),
        b'S' => Entry::Refused(SPARSE),
        _ => Entry::Refused("of a kind that is not known"),
    })
}

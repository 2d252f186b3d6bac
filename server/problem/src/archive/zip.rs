//! Zips: the list of entries at the end is read first, and must agree with what stands before each entry.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufReader, Read};

use flate2::bufread::DeflateDecoder;
use rawzip::{
    CompressionMethod, CreatorSystem, FileReader, MAX_CENTRAL_DIRECTORY_RECORD_SIZE, ZipArchive,
    ZipArchiveEntryWayfinder, ZipEntry, ZipFileHeaderRecord, ZipLocalFileHeader,
};

use super::link;
use super::stop::{CUT, Stop};
use super::target::{Admitted, Entry, Target};

type Zip = ZipArchive<FileReader>;

/// A file or a link that is written when all entries are known.
struct Planned {
    file: Admitted,
    /// Where its header begins and its content ends in the archive, in bytes.
    begin: u64,
    end: u64,
    size: u64,
    method: CompressionMethod,
    way: ZipArchiveEntryWayfinder,
}

/// Unpacks a zip; `most` is how many bytes it may become and how it is told that it becomes more. How many
/// it might become beyond those that it became.
///
/// # Errors
/// What makes the rest of it not worth reading.
pub(super) fn extract(archive: &File, most: (u64, String), target: &mut Target<'_>) -> Result<u64, Stop> {
    let length = archive.metadata()?.len();
    let mut buffer = vec![0; MAX_CENTRAL_DIRECTORY_RECORD_SIZE];
    let zip = ZipArchive::from_file(archive.try_clone()?, &mut buffer).map_err(|error| broken("", error))?;
    if zip.end_offset() != length {
        return Err(Stop::archive("has bytes behind its end"));
    }
    let mut files = plan(&zip, target, &mut buffer)?;
    let size = files.iter().map(|file| file.size).fold(0, u64::saturating_add);
    let left = most.0.checked_sub(size).ok_or_else(|| Stop::archive(most.1))?;
    check_places(&mut files, &zip, target);
    if target.is_sound() {
        files.iter().try_for_each(|file| write(&zip, file, target))?;
    }
    Ok(left)
}

fn plan(zip: &Zip, target: &mut Target<'_>, buffer: &mut [u8]) -> Result<Vec<Planned>, Stop> {
    target.check_announced(zip.entries_hint())?;
    let mut local = vec![0; MAX_CENTRAL_DIRECTORY_RECORD_SIZE];
    let mut files = Vec::new();
    let (mut count, mut first) = (0, None::<u64>);
    let mut entries = zip.entries(buffer);
    while let Some(entry) = entries.next_entry().map_err(|error| broken("", error))? {
        count += 1;
        let begin = entry.local_header_offset();
        first = Some(first.map_or(begin, |first| first.min(begin)));
        files.extend(planned(zip, &entry, target, &mut local)?);
    }
    if count != zip.entries_hint() {
        return Err(Stop::archive(format!(
            "lists {count} entries, and says that there are {}",
            zip.entries_hint()
        )));
    }
    // Two zips one behind the other are not taken for the second of them.
    if first.is_some_and(|first| first > 0) {
        return Err(Stop::archive("has bytes before its first entry"));
    }
    Ok(files)
}

fn planned(
    zip: &Zip,
    entry: &ZipFileHeaderRecord<'_>,
    target: &mut Target<'_>,
    local: &mut [u8],
) -> Result<Option<Planned>, Stop> {
    let size = entry.uncompressed_size_hint();
    let Some(file) = target.admit(&name(entry), kind(entry), size)? else {
        return Ok(None);
    };
    if let Some(why) = refusal(entry) {
        target.fault(&file.path, why);
        return Ok(None);
    }
    let found = zip.get_entry(entry.wayfinder()).map_err(|error| broken(&file.path, error))?;
    let header = found.local_header(local).map_err(|error| broken(&file.path, error))?;
    if !is_same(entry, &header) {
        target.fault(&file.path, "is another entry in the list than where it stands");
        return Ok(None);
    }
    let (_, end) = found.compressed_data_range();
    let begin = entry.local_header_offset();
    let (method, way) = (entry.compression_method(), entry.wayfinder());
    Ok(Some(Planned { file, begin, end, size, method, way }))
}

/// The name. Some programs of Windows tell folders apart by backslashes, against the rule, and then by nothing else.
fn name<'a>(entry: &'a ZipFileHeaderRecord<'_>) -> Cow<'a, [u8]> {
    let name = entry.file_path().as_bytes();
    let is_of_windows = entry.version_made_by().creator_system() == CreatorSystem::FAT;
    if !is_of_windows || name.contains(&b'/') {
        return Cow::Borrowed(name);
    }
    name.iter().map(|byte| if *byte == b'\\' { b'/' } else { *byte }).collect()
}

/// By the mode that systems with links keep there, whatever system says that it made the entry.
fn kind(entry: &ZipFileHeaderRecord<'_>) -> Entry {
    let attributes = entry.external_attributes();
    let mode = attributes >> 16;
    let is_folder = attributes & 0x10 != 0;
    match mode & 0o170_000 {
        0o120_000 => Entry::Link(link::Kind::Symbolic),
        0o040_000 => Entry::Folder,
        0 if is_folder => Entry::Folder,
        0 | 0o100_000 => Entry::File { executable: mode & 0o111 != 0 },
        _ => Entry::Refused("neither a file nor a folder"),
    }
}

/// Why the content cannot be read.
fn refusal(entry: &ZipFileHeaderRecord<'_>) -> Option<String> {
    let flags = entry.flags();
    if flags.is_encrypted() || flags.has_strong_encryption() || flags.is_masked() {
        return Some("is encrypted".to_owned());
    }
    match entry.compression_method() {
        CompressionMethod::DEFLATE => None,
        CompressionMethod::STORE if entry.compressed_size_hint() == entry.uncompressed_size_hint() => None,
        CompressionMethod::STORE => Some("is stored as it is, and says that it has two sizes".to_owned()),
        other => Some(format!("is compressed by method {other}: deflate is taken")),
    }
}

/// Whether the list and the entry itself say the same; the entry need not know its size beforehand.
fn is_same(entry: &ZipFileHeaderRecord<'_>, local: &ZipLocalFileHeader<'_>) -> bool {
    let sizes = (entry.compressed_size_hint(), entry.uncompressed_size_hint());
    entry.file_path().as_bytes() == local.file_path().as_bytes()
        && entry.compression_method() == local.compression_method()
        && entry.flags().has_data_descriptor() == local.flags().has_data_descriptor()
        && (local.flags().has_data_descriptor()
            || sizes == (local.compressed_size_hint(), local.uncompressed_size_hint()))
}

/// No entry may use another's bytes: a small zip of overlapping entries becomes very large.
fn check_places(files: &mut [Planned], zip: &Zip, target: &Target<'_>) {
    files.sort_by_key(|file| file.begin);
    for pair in files.windows(2) {
        if pair[1].begin < pair[0].end {
            target.fault(&pair[1].file.path, format!("overlaps with {}", pair[0].file.path));
        }
    }
    if let Some(last) = files.iter().find(|file| file.end > zip.directory_offset()) {
        target.fault(&last.file.path, "overlaps with the list of entries");
    }
}

fn write(zip: &Zip, file: &Planned, target: &mut Target<'_>) -> Result<(), Stop> {
    let entry = zip.get_entry(file.way).map_err(|error| broken(&file.file.path, error))?;
    if file.method == CompressionMethod::STORE {
        return verified(&entry, entry.reader(), file, target).map(|_| ());
    }
    let inflated = DeflateDecoder::new(BufReader::new(entry.reader()));
    let inflated = verified(&entry, inflated, file, target)?;
    if inflated.total_in() == file.way.compressed_size_hint() {
        return Ok(());
    }
    Err(Stop::entry(&file.file.path, "has bytes behind its content"))
}

/// Writes a content, of a link its target, whose size and checksum must be what they are said to be; its
/// reader, at its end.
fn verified<R: Read>(
    entry: &ZipEntry<'_, FileReader>,
    content: R,
    file: &Planned,
    target: &mut Target<'_>,
) -> Result<R, Stop> {
    let mut verifier = entry.verifying_reader(content);
    target.write(&file.file, &mut verifier)?;
    Ok(verifier.into_inner())
}

fn broken(path: &str, error: rawzip::Error) -> Stop {
    match error.into_kind() {
        rawzip::ErrorKind::IO(error) => Stop::broken(path, error),
        rawzip::ErrorKind::Eof => Stop::entry(path, CUT),
        rawzip::ErrorKind::MissingEndOfCentralDirectory => {
            Stop::entry(path, "has no list of entries at its end: was the archive cut off?")
        }
        other => Stop::entry(path, format!("is broken: {other}")),
    }
}

//! Archives for tests: by other people's writers, and byte by byte where those would not lie.

use std::io::{Cursor, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{EntryType, Header};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A deflated zip of these files; folders end with `/`.
pub(super) fn zipped(files: &[(&str, &str)]) -> Vec<u8> {
    let files: Vec<_> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    zipped_bytes(&files)
}

pub(super) fn zipped_bytes(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut list = Vec::new();
    for (name, content) in files {
        Raw::deflated(name.as_bytes(), content).write(&mut bytes, &mut list);
    }
    finished(bytes, &list, files.len())
}

pub(super) fn zipped_with_modes(modes: &[(&str, u32)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut list = Vec::new();
    for (name, mode) in modes {
        let raw = Raw { mode: 0o100_000 | mode, ..Raw::stored(name.as_bytes(), b"x") };
        raw.write(&mut bytes, &mut list);
    }
    finished(bytes, &list, modes.len())
}

/// A zip by another writer.
pub(super) fn zipped_by_other(files: &[(&str, &[u8])], options: SimpleFileOptions) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(*name, options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// An entry of a zip as it is said to be.
#[derive(Clone)]
pub(super) struct Raw {
    pub(super) name: Vec<u8>,
    /// The name where the entry stands.
    pub(super) local_name: Vec<u8>,
    pub(super) method: u16,
    pub(super) flags: u16,
    pub(super) crc: u32,
    pub(super) size: u32,
    pub(super) compressed_size: u32,
    pub(super) content: Vec<u8>,
    /// The mode of Unix; 0 is that of nobody.
    pub(super) mode: u32,
    /// Where it says that it stands.
    pub(super) offset: Option<u32>,
    pub(super) extra: Vec<u8>,
}

impl Raw {
    pub(super) fn stored(name: &[u8], content: &[u8]) -> Self {
        let size = u32::try_from(content.len()).unwrap();
        Self {
            name: name.to_vec(),
            local_name: name.to_vec(),
            method: 0,
            flags: 0,
            crc: crc(content),
            size,
            compressed_size: size,
            content: content.to_vec(),
            mode: 0,
            offset: None,
            extra: Vec::new(),
        }
    }

    pub(super) fn deflated(name: &[u8], content: &[u8]) -> Self {
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(content).unwrap();
        let deflated = encoder.finish().unwrap();
        let compressed_size = u32::try_from(deflated.len()).unwrap();
        Self { method: 8, compressed_size, content: deflated, ..Self::stored(name, content) }
    }

    /// A symbolic link, whose content is its target.
    pub(super) fn link(name: &[u8], target: &[u8]) -> Self {
        Self { mode: 0o120_777, ..Self::stored(name, target) }
    }

    /// What stands in the list and before the entry alike, but for the lengths of names.
    fn common(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend(20_u16.to_le_bytes());
        bytes.extend(self.flags.to_le_bytes());
        bytes.extend(self.method.to_le_bytes());
        bytes.extend([0; 4]);
        bytes.extend(self.crc.to_le_bytes());
        bytes.extend(self.compressed_size.to_le_bytes());
        bytes.extend(self.size.to_le_bytes());
        bytes
    }

    pub(super) fn write(&self, bytes: &mut Vec<u8>, list: &mut Vec<u8>) {
        let offset = self.offset.unwrap_or(u32::try_from(bytes.len()).unwrap());
        bytes.extend(b"PK\x03\x04");
        bytes.extend(self.common());
        bytes.extend(length(&self.local_name));
        bytes.extend([0; 2]);
        bytes.extend(&self.local_name);
        bytes.extend(&self.content);
        self.list(offset, list);
    }

    /// Only in the list, at a place where something else stands.
    pub(super) fn list(&self, offset: u32, list: &mut Vec<u8>) {
        list.extend(b"PK\x01\x02\x14\x03");
        list.extend(self.common());
        list.extend(length(&self.name));
        list.extend(length(&self.extra));
        list.extend([0; 8 - 2]);
        list.extend((self.mode << 16).to_le_bytes());
        list.extend(offset.to_le_bytes());
        list.extend(&self.name);
        list.extend(&self.extra);
    }
}

fn length(bytes: &[u8]) -> [u8; 2] {
    u16::try_from(bytes.len()).unwrap().to_le_bytes()
}

fn crc(content: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(content);
    crc.sum()
}

/// One zip of these entries.
pub(super) fn raw(entries: &[Raw]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut list = Vec::new();
    entries.iter().for_each(|entry| entry.write(&mut bytes, &mut list));
    finished(bytes, &list, entries.len())
}

/// A zip's end: the list of so many entries. From 65 535 on it needs the end of zip64.
pub(super) fn finished(mut bytes: Vec<u8>, list: &[u8], entries: usize) -> Vec<u8> {
    let offset = bytes.len();
    bytes.extend(list);
    match u16::try_from(entries) {
        Ok(entries) if entries < u16::MAX => end(bytes, entries, list.len(), offset),
        _ => end64(bytes, entries, list.len(), offset),
    }
}

fn end(mut bytes: Vec<u8>, entries: u16, length: usize, offset: usize) -> Vec<u8> {
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend(entries.to_le_bytes());
    bytes.extend(entries.to_le_bytes());
    bytes.extend(u32::try_from(length).unwrap().to_le_bytes());
    bytes.extend(u32::try_from(offset).unwrap().to_le_bytes());
    bytes.extend([0; 2]);
    bytes
}

/// The end of a zip64, whose own list of entries is elsewhere than the old end says.
pub(super) fn end64(mut bytes: Vec<u8>, entries: usize, length: usize, offset: usize) -> Vec<u8> {
    let at = bytes.len() as u64;
    bytes.extend(b"PK\x06\x06");
    bytes.extend(44_u64.to_le_bytes());
    bytes.extend([45, 3, 45, 0]);
    bytes.extend([0; 8]);
    for number in [entries, entries, length, offset] {
        bytes.extend((number as u64).to_le_bytes());
    }
    bytes.extend(b"PK\x06\x07\0\0\0\0");
    bytes.extend(at.to_le_bytes());
    bytes.extend(1_u32.to_le_bytes());
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([0xff; 12]);
    bytes.extend([0; 2]);
    bytes
}

/// A tar of these files; folders end with `/`.
pub(super) fn tarred(files: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, text) in files {
        let kind = if name.ends_with('/') { EntryType::Directory } else { EntryType::Regular };
        bytes.extend(member(name.as_bytes(), kind, text.as_bytes()));
    }
    ended(bytes)
}

pub(super) fn tarred_with_modes(modes: &[(&str, u32)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, mode) in modes {
        let mut header = header(name.as_bytes(), EntryType::Regular, 1);
        header.set_mode(*mode);
        header.set_cksum();
        bytes.extend(filled(&header, b"x"));
    }
    ended(bytes)
}

/// A header whose name is not looked at.
pub(super) fn header(name: &[u8], kind: EntryType, size: u64) -> Header {
    let mut header = Header::new_ustar();
    header.as_old_mut().name[..name.len()].copy_from_slice(name);
    header.set_entry_type(kind);
    header.set_mode(0o644);
    header.set_size(size);
    header.set_cksum();
    header
}

/// An entry of a tar.
pub(super) fn member(name: &[u8], kind: EntryType, content: &[u8]) -> Vec<u8> {
    filled(&header(name, kind, content.len() as u64), content)
}

/// A link in a tar; what its header has no room for stands before it.
pub(super) fn link(name: &[u8], kind: EntryType, target: &[u8]) -> Vec<u8> {
    let mut header = header(name, kind, 0);
    if target.len() > header.as_old().linkname.len() {
        let long = member(b"././@LongLink", EntryType::GNULongLink, &[target, b"\0"].concat());
        return [long, filled(&header, b"")].concat();
    }
    header.as_old_mut().linkname[..target.len()].copy_from_slice(target);
    header.set_cksum();
    filled(&header, b"")
}

/// A header with its content in whole blocks.
pub(super) fn filled(header: &Header, content: &[u8]) -> Vec<u8> {
    let mut bytes = header.as_bytes().to_vec();
    bytes.extend(content);
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

/// The mark of a tar's end.
pub(super) fn ended(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.extend([0; 1024]);
    bytes
}

pub(super) fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

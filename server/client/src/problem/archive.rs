//! A package's folder as a tar archive, made while it is sent.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use gavel_problem::{Links, TIME_LIMIT, bounds, is_read};
use tar::{EntryType, Header};

/// Bytes of tar's unit.
const BLOCK: u64 = 512;
/// What systems and tools leave behind and no package needs.
const JUNK: [&str; 7] = [".git", ".svn", ".hg", "__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"];

/// The files of a package, in order.
#[derive(Debug, Default)]
pub(super) struct Archive {
    files: Vec<Entry>,
}

#[derive(Debug, Clone)]
struct Entry {
    /// Path in the package, with `/`.
    name: String,
    content: Content,
    size: u64,
    executable: bool,
}

/// Where what is in a file comes from.
#[derive(Debug, Clone)]
enum Content {
    File(PathBuf),
    Text(String),
}

impl Archive {
    /// Lists what is to be sent: what is read of a package, which tells of anything else. A link is what it leads to, and one to what is not there is left out.
    ///
    /// # Errors
    /// Something cannot be read, or is neither file nor folder, or there is more than a package may have, or a link leads
    /// where none may.
    pub(super) fn of(folder: &Path, links: Links) -> io::Result<Self> {
        let mut archive = Self::default();
        let root = (links == Links::Inside).then(|| folder.canonicalize()).transpose()?;
        archive.add(folder, "", 0, root.as_deref())?;
        Ok(archive)
    }

    /// With a time limit in seconds, which the package itself does not tell.
    pub(super) fn with_time_limit(mut self, seconds: f64) -> Self {
        let text = format!("{seconds}\n");
        let (name, size) = (TIME_LIMIT.to_owned(), text.len() as u64);
        self.files.push(Entry { name, content: Content::Text(text), size, executable: false });
        self
    }

    /// Bytes of the archive.
    pub(super) fn size(&self) -> u64 {
        self.files.iter().map(Entry::whole_size).sum::<u64>() + 2 * BLOCK
    }

    /// The archive from the beginning. A file that has become shorter meanwhile is an error.
    pub(super) fn open(&self) -> impl Read + 'static {
        Stream { left: self.files.clone().into_iter(), current: Box::new(io::empty()), ended: false }
    }

    /// `root` is what links may not lead out of.
    fn add(&mut self, folder: &Path, path: &str, depth: usize, root: Option<&Path>) -> io::Result<()> {
        let mut names: Vec<_> = fs::read_dir(folder)?.collect::<Result<_, _>>()?;
        names.sort_by_key(fs::DirEntry::file_name);
        for entry in names {
            let name = entry.file_name().into_string();
            let name =
                name.map_err(|name| invalid(path, &format!("the name `{}` is not UTF-8", name.display())))?;
            if JUNK.contains(&name.as_str()) {
                continue;
            }
            let name = if path.is_empty() { name } else { format!("{path}/{name}") };
            if !is_read(&name) {
                continue;
            }
            let found = if entry.file_type()?.is_symlink() {
                followed(&entry.path(), root)
            } else {
                entry.metadata().map(Some)
            };
            let Some(metadata) = found.map_err(|why| invalid(&name, &why.to_string()))? else { continue };
            if metadata.is_dir() && depth < bounds::DEPTH {
                self.add(&entry.path(), &name, depth + 1, root)?;
            } else {
                self.add_file(entry.path(), name, &metadata)?;
            }
        }
        Ok(())
    }

    fn add_file(&mut self, path: PathBuf, name: String, metadata: &Metadata) -> io::Result<()> {
        if !metadata.is_file() {
            return Err(invalid(&name, "neither a file nor a folder, or too deep"));
        }
        if self.files.len() == bounds::ENTRIES {
            return Err(invalid(&name, &format!("more than {} files", bounds::ENTRIES)));
        }
        let executable = metadata.permissions().mode() & 0o111 != 0;
        self.files.push(Entry { name, content: Content::File(path), size: metadata.len(), executable });
        Ok(())
    }
}

/// What a link leads to; none where that is not there.
fn followed(link: &Path, root: Option<&Path>) -> io::Result<Option<Metadata>> {
    let real = match link.canonicalize() {
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(None),
        real => real?,
    };
    if root.is_some_and(|root| !real.starts_with(root)) {
        return Err(io::Error::other("links to something outside the package"));
    }
    fs::metadata(real).map(Some)
}

impl Entry {
    fn whole_size(&self) -> u64 {
        self.header().len() as u64 + self.size.next_multiple_of(BLOCK)
    }

    /// What stands before the content. Times and owners are nobody's affair, and would make versions differ.
    fn header(&self) -> Vec<u8> {
        let mut header = header(EntryType::Regular, self.size, if self.executable { 0o755 } else { 0o644 });
        if header.set_path(&self.name).is_ok() {
            header.set_cksum();
            return header.as_bytes().to_vec();
        }
        // GNU's way: the name is an entry of its own before, and the entry's own name is its beginning.
        let name = [self.name.as_bytes(), b"\0"].concat();
        let mut long = header_of_long_name(name.len() as u64);
        long.extend(padded(name));
        let beginning = self.name.as_bytes().iter().take(100);
        header.as_old_mut().name.iter_mut().zip(beginning).for_each(|(to, from)| *to = *from);
        header.set_cksum();
        long.extend_from_slice(header.as_bytes());
        long
    }

    fn open(&self) -> io::Result<Box<dyn Read>> {
        let content: Box<dyn Read> = match &self.content {
            Content::File(path) => {
                Box::new(Exactly { file: File::open(path)?, left: self.size, name: self.name.clone() })
            }
            Content::Text(text) => Box::new(io::Cursor::new(text.clone())),
        };
        let padding = self.size.next_multiple_of(BLOCK) - self.size;
        Ok(Box::new(io::Cursor::new(self.header()).chain(content).chain(io::repeat(0).take(padding))))
    }
}

fn header(kind: EntryType, size: u64, mode: u32) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(mode);
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    header
}

fn header_of_long_name(size: u64) -> Vec<u8> {
    let mut header = header(EntryType::GNULongName, size, 0o644);
    let name = b"././@LongLink";
    header.as_old_mut().name[..name.len()].copy_from_slice(name);
    header.set_cksum();
    header.as_bytes().to_vec()
}

fn padded(mut bytes: Vec<u8>) -> Vec<u8> {
    while !(bytes.len() as u64).is_multiple_of(BLOCK) {
        bytes.push(0);
    }
    bytes
}

/// A file of which as much is read as has been announced.
struct Exactly {
    file: File,
    left: u64,
    name: String,
}

impl Read for Exactly {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = (&mut self.file).take(self.left).read(buffer)?;
        if read == 0 && self.left > 0 && !buffer.is_empty() {
            return Err(invalid(&self.name, "became shorter while it was sent"));
        }
        self.left -= read as u64;
        Ok(read)
    }
}

/// One entry after the other, and the end.
struct Stream {
    left: std::vec::IntoIter<Entry>,
    current: Box<dyn Read>,
    ended: bool,
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.current.read(buffer)?;
            if read > 0 || buffer.is_empty() || self.ended {
                return Ok(read);
            }
            self.current = match self.left.next() {
                Some(entry) => entry.open()?,
                None => {
                    self.ended = true;
                    Box::new(io::repeat(0).take(2 * BLOCK))
                }
            };
        }
    }
}

fn invalid(path: &str, why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{path}: {why}"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::os::unix::fs::symlink;

    use super::*;

    fn unpacked(folder: &Path) -> BTreeMap<String, (Vec<u8>, u32)> {
        let archive = Archive::of(folder, Links::Inside).unwrap();
        let mut bytes = Vec::new();
        archive.open().read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes.len() as u64, archive.size());
        let mut found = BTreeMap::new();
        for entry in tar::Archive::new(bytes.as_slice()).entries().unwrap() {
            let mut entry = entry.unwrap();
            assert!(entry.header().entry_type().is_file());
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            let name = entry.path().unwrap().to_str().unwrap().to_owned();
            found.insert(name, (content, entry.header().mode().unwrap()));
        }
        found
    }

    #[test]
    fn a_folder_comes_out_as_it_went_in_without_what_nobody_needs() {
        let folder = tempfile::tempdir().unwrap();
        let long = format!("{}/{}/{}", "d".repeat(200), "e".repeat(200), "f".repeat(200));
        let files = [
            "problem.yaml",
            "data/secret/1.in",
            "data/secret/empty.in",
            long.as_str(),
            ".git/config",
            "a/.DS_Store",
        ];
        for (number, name) in files.iter().enumerate() {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x".repeat(511 * number)).unwrap();
        }
        fs::write(folder.path().join("run"), "#!/bin/sh\n").unwrap();
        fs::set_permissions(folder.path().join("run"), fs::Permissions::from_mode(0o700)).unwrap();
        symlink("1.in", folder.path().join("data/secret/1.ans")).unwrap();
        let found = unpacked(folder.path());
        let names: Vec<_> = found.keys().map(String::as_str).collect();
        let expected = [
            "data/secret/1.ans",
            "data/secret/1.in",
            "data/secret/empty.in",
            long.as_str(),
            "problem.yaml",
            "run",
        ];
        assert_eq!(names, expected);
        assert_eq!(found["data/secret/1.ans"], (vec![b'x'; 511], 0o644));
        assert_eq!(found[&long].0.len(), 511 * 3);
        assert_eq!(found["run"].1, 0o755);
    }

    #[test]
    fn what_is_no_file_is_told_with_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("socket")).unwrap();
        assert!(Archive::of(folder.path(), Links::Inside).unwrap_err().to_string().starts_with("socket: "));
        let folder = tempfile::tempdir().unwrap();
        symlink(".", folder.path().join("loop")).unwrap();
        assert!(Archive::of(folder.path(), Links::Inside).unwrap_err().to_string().contains("too deep"));
    }

    #[test]
    fn links_out_are_followed_where_that_is_asked_for_and_links_to_nothing_are_left_out() {
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        symlink("nowhere", folder.path().join("nothing")).unwrap();
        assert!(unpacked(folder.path()).is_empty());
        fs::write(other.path().join("shared.h"), "x").unwrap();
        for ignored in [".h", "back\\slash", "a b"] {
            symlink(other.path().join("shared.h"), folder.path().join(ignored)).unwrap();
        }
        assert!(unpacked(folder.path()).is_empty(), "what is not read is not sent");
        symlink(other.path().join("shared.h"), folder.path().join("s.h")).unwrap();
        let why = Archive::of(folder.path(), Links::Inside).unwrap_err().to_string();
        assert_eq!(why, "s.h: links to something outside the package");
        let archive = Archive::of(folder.path(), Links::Anywhere).unwrap();
        assert_eq!((archive.files.len(), archive.files[0].size), (1, 1));
    }

    #[test]
    fn a_file_that_changes_its_size_breaks_the_archive_off_or_is_cut() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("1.in");
        fs::write(&path, "12345").unwrap();
        let archive = Archive::of(folder.path(), Links::Inside).unwrap();
        fs::write(&path, "1234567").unwrap();
        let mut bytes = Vec::new();
        archive.open().read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes.len() as u64, archive.size());
        fs::write(&path, "123").unwrap();
        let why = archive.open().read_to_end(&mut bytes).unwrap_err().to_string();
        assert_eq!(why, "1.in: became shorter while it was sent");
    }
}

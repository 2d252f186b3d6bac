//! What lies in the package's folder: names by the format's rule, no link out of it, nothing but files and
//! folders, and not too much of it (legacy and 2025-09, "General requirements").

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::bounds;
use crate::report::{Place, Report};

/// The one file that begins with a period and is read nevertheless: other tools keep the time limit there, in seconds.
pub const TIME_LIMIT: &str = ".timelimit";

/// A folder of the package.
#[derive(Debug, Default)]
pub(crate) struct Dir {
    /// Its path in the package, with `/`; empty for the package itself.
    pub(crate) path: String,
    pub(crate) dirs: BTreeMap<String, Dir>,
    pub(crate) files: BTreeMap<String, File>,
    /// The paths of what is not read for its name and not hidden, of folders with `/` behind.
    pub(crate) unread: Vec<String>,
}

/// A file of the package.
#[derive(Debug)]
pub(crate) struct File {
    /// Its path in the package, with `/`.
    pub(crate) path: String,
    pub(crate) executable: bool,
    real: PathBuf,
}

impl Dir {
    /// The folder at a path below this one.
    pub(crate) fn dir(&self, path: &str) -> Option<&Self> {
        path.split('/').try_fold(self, |dir, name| dir.dirs.get(name))
    }

    /// The file at a path below this one.
    pub(crate) fn file(&self, path: &str) -> Option<&File> {
        let (dir, name) =
            path.rsplit_once('/').map_or((Some(self), path), |(dir, name)| (self.dir(dir), name));
        dir?.files.get(name)
    }

    /// The paths of all files below, in order.
    pub(crate) fn all_files(&self) -> Vec<String> {
        self.below().into_iter().map(|file| file.path.clone()).collect()
    }

    /// This folder and all below.
    pub(crate) fn folders(&self) -> Vec<&Self> {
        let deeper = self.dirs.values().flat_map(Self::folders);
        std::iter::once(self).chain(deeper).collect()
    }

    /// All files below, in order of their paths in a folder, folders last.
    pub(crate) fn below(&self) -> Vec<&File> {
        let deeper = self.dirs.values().flat_map(Self::below);
        self.files.values().chain(deeper).collect()
    }
}

impl File {
    /// The whole text; what hinders is a fault. A byte-order mark is dropped with a note.
    pub(crate) fn text(&self, most: u64, report: &Report) -> Option<String> {
        match self.whole(most) {
            Ok(text) if report.spend(text.len() as u64) => Some(without_mark(text, &self.path, report)),
            Ok(_) => None,
            Err(error) => {
                report.fault(Place::file(&self.path), format!("cannot be read: {error}"));
                None
            }
        }
    }

    /// Whether it begins with a byte-order mark, of UTF-8 or UTF-16; where it cannot be read that is told by others.
    pub(crate) fn has_mark(&self) -> bool {
        let marks: [&[u8]; 3] = [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"];
        self.beginning(3).is_ok_and(|bytes| marks.iter().any(|mark| bytes.starts_with(mark)))
    }

    fn whole(&self, most: u64) -> io::Result<String> {
        let bytes = self.beginning(most + 1)?;
        if bytes.len() as u64 > most {
            return Err(io::Error::other(format!("more than {most} bytes")));
        }
        String::from_utf8(bytes).map_err(|_| io::Error::other("not UTF-8"))
    }

    /// The beginning of the file, what is not UTF-8 replaced; what hinders is a fault.
    pub(crate) fn searched(&self, report: &Report) -> String {
        match self.beginning(bounds::SEARCHED) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) => {
                report.fault(Place::file(&self.path), format!("cannot be read: {error}"));
                String::new()
            }
        }
    }

    fn beginning(&self, most: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        fs::File::open(&self.real)?.take(most).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

fn without_mark(text: String, path: &str, report: &Report) -> String {
    match text.strip_prefix('\u{feff}') {
        None => text,
        Some(rest) => {
            report.note(Place::file(path), "begins with a byte-order mark, which is not read");
            rest.to_owned()
        }
    }
}

/// Which links in a package are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Links {
    /// Those to what is in the package.
    Inside,
    /// All: the package is of somebody who is trusted, and shares files with others.
    Anywhere,
}

/// Reads the names of everything in the folder.
///
/// # Errors
/// The folder itself cannot be resolved.
pub(crate) fn read(root: &Path, links: Links, report: &Report) -> io::Result<Dir> {
    let real = root.canonicalize()?;
    let mut walk = Walk { root: real.clone(), links, report, entries: 0, hidden: Vec::new() };
    let dir = walk.dir(&real, "", &mut vec![real.clone()]);
    note_hidden(&walk.hidden, report);
    Ok(dir)
}

/// Tools leave such in every folder, and notes of each would be all that is read.
fn note_hidden(hidden: &[String], report: &Report) {
    match hidden {
        [] => {}
        [only] => report.note(Place::file(only), IGNORED),
        [first, more @ ..] => {
            let what = format!("{IGNORED}; and {} more whose names begin with a period", more.len());
            report.note(Place::file(first), what);
        }
    }
}

const IGNORED: &str = "ignored: the format allows no such name";

struct Walk<'a> {
    root: PathBuf,
    links: Links,
    report: &'a Report,
    entries: usize,
    /// What is left out for a period at the beginning of its name.
    hidden: Vec<String>,
}

enum Kind {
    Dir,
    File { executable: bool },
}

impl Walk<'_> {
    /// `above` are the resolved folders on the way down, this one included: a link to one of them is a loop.
    fn dir(&mut self, real: &Path, path: &str, above: &mut Vec<PathBuf>) -> Dir {
        let mut dir = Dir { path: path.to_owned(), ..Dir::default() };
        match self.names(real) {
            Ok(names) => names.into_iter().for_each(|name| self.entry(&mut dir, real, name, above)),
            Err(error) => self.report.fault(Place::file(path), format!("cannot be read: {error}")),
        }
        dir
    }

    /// The names in one folder, sorted, so that faults come in the same order everywhere.
    fn names(&mut self, real: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(real)? {
            if self.is_full() {
                break;
            }
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        Ok(names)
    }

    fn is_full(&mut self) -> bool {
        self.entries += 1;
        if self.entries == bounds::ENTRIES + 1 {
            self.report.fault(Place::default(), format!("more than {} entries", bounds::ENTRIES));
        }
        self.entries > bounds::ENTRIES
    }

    fn entry(&mut self, dir: &mut Dir, real: &Path, name: String, above: &mut Vec<PathBuf>) {
        let path = joined(&dir.path, &name);
        if !is_read(&path) {
            let unread = self.left_out(path, &real.join(&name));
            dir.unread.extend(unread);
            return;
        }
        let Some((real, kind)) = self.resolved(&real.join(&name), &path) else { return };
        match kind {
            Kind::File { executable } => {
                dir.files.insert(name, File { path, executable, real });
            }
            Kind::Dir => {
                if let Some(below) = self.deeper(&real, &path, above) {
                    dir.dirs.insert(name, below);
                }
            }
        }
    }

    /// What is left out for its name is only noted, unless a problem would be judged without it, and nobody would see that in
    /// its verdicts.
    fn left_out(&mut self, path: String, real: &Path) -> Option<String> {
        let is_dir = real.is_dir();
        let missed = if is_of_a_case(&path, is_dir) {
            "the case"
        } else if is_of_a_judge(&path, is_dir) {
            "a program that judges"
        } else if path.rsplit('/').next().is_some_and(|name| name.starts_with('.')) {
            self.hidden.push(path);
            return None;
        } else {
            self.report.note(Place::file(&path), IGNORED);
            return Some(if is_dir { path + "/" } else { path });
        };
        self.report.fault(Place::file(&path), not_allowed(missed));
        None
    }

    fn deeper(&mut self, real: &Path, path: &str, above: &mut Vec<PathBuf>) -> Option<Dir> {
        if above.iter().any(|dir| dir == real) {
            self.report.fault(Place::file(path), "links to a folder that it is in");
            return None;
        }
        if above.len() > bounds::DEPTH {
            self.report
                .fault(Place::file(path), format!("more than {} folders inside one another", bounds::DEPTH));
            return None;
        }
        above.push(real.to_owned());
        let dir = self.dir(real, path, above);
        above.pop();
        Some(dir)
    }

    fn resolved(&self, found: &Path, path: &str) -> Option<(PathBuf, Kind)> {
        match self.resolve(found) {
            Ok(resolved) => Some(resolved),
            // Statements are made elsewhere, and links to them are there before. What is needed is missed by its own name.
            Err(error) if error.kind() == io::ErrorKind::NotFound && found.is_symlink() => {
                self.report.note(Place::file(path), "ignored: a link to what is not there");
                None
            }
            Err(error) => {
                self.report.fault(Place::file(path), error.to_string());
                None
            }
        }
    }

    fn resolve(&self, found: &Path) -> io::Result<(PathBuf, Kind)> {
        let real = found.canonicalize()?;
        if self.links == Links::Inside && !real.starts_with(&self.root) {
            return Err(io::Error::other("links to something outside the package"));
        }
        let metadata = fs::symlink_metadata(&real)?;
        if metadata.is_dir() {
            Ok((real, Kind::Dir))
        } else if metadata.is_file() {
            Ok((real, Kind::File { executable: is_executable(&metadata) }))
        } else {
            Err(io::Error::other("neither a file nor a folder"))
        }
    }
}

/// Why what has such a name is not left out silently.
pub(crate) fn not_allowed(missed: &str) -> String {
    format!(
        "the format allows no such name, and {missed} would be left out: a name has letters, digits, `_`, `-`, `.` and `+`, and \
         begins with a letter, a digit or `_`"
    )
}

fn is_executable(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    metadata.permissions().mode() & 0o111 != 0
}

/// A path in the package.
pub(crate) fn joined(dir: &str, name: &str) -> String {
    if dir.is_empty() { name.to_owned() } else { format!("{dir}/{name}") }
}

/// Whether what is in a package at this path is read: the format allows its name, or another tool has it.
#[must_use]
pub fn is_read(path: &str) -> bool {
    path == TIME_LIMIT || path.rsplit('/').next().is_some_and(is_name)
}

/// Whether this would be a case, or a folder of cases, if it had a name that is allowed. What is hidden is nobody's case: some
/// systems leave such files beside others.
fn is_of_a_case(path: &str, is_dir: bool) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let is_judged = ["data/sample", "data/secret"].iter().any(|data| {
        folder.strip_prefix(data).is_some_and(|below| below.is_empty() || below.starts_with('/'))
    });
    let is_case = name.ends_with(".in") && (is_judged || folder.is_empty());
    !name.starts_with('.') && (is_case || is_judged && is_dir)
}

/// Folders of the programs that submissions are judged by.
const JUDGES: [&str; 4] = ["output_validator", "output_validators", "static_validator", "graders"];

/// Whether this would be one of those, or a part of one. What is neither a source nor a folder, such as an editor's copy, is not.
fn is_of_a_judge(path: &str, is_dir: bool) -> bool {
    let Some((top, below)) = path.split_once('/') else { return false };
    let name = below.rsplit('/').next().unwrap_or(below);
    JUDGES.contains(&top) && !name.starts_with('.') && (is_dir || crate::languages::of_file(name).is_some())
}

/// Whether the format allows this name of a file or a folder.
pub(crate) fn is_name(name: &str) -> bool {
    // The format's rule, and what else sources may end with: `.c++`.
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'+');
    let first = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    name.len() <= 255 && name.as_bytes().first().is_some_and(first) && name.bytes().all(inner)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::fixture::Folder;

    fn faults(folder: &Folder) -> Vec<String> {
        let report = Report::default();
        let dir = read(folder.path(), Links::Inside, &report).unwrap();
        match report.conclude(dir) {
            Ok(_) => Vec::new(),
            Err(refused) => refused.faults.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn names_follow_the_rule() {
        assert!(is_read(TIME_LIMIT) && is_read("a/b.c++") && !is_read("a/.timelimit") && !is_read("a/b\\c"));
        assert!(is_name("a") && is_name("_x.y-z") && is_name(&"a".repeat(255)));
        assert!(!is_name("") && !is_name(".git") && !is_name("-x") && !is_name("a b") && !is_name("é"));
        assert!(!is_name(&"a".repeat(256)));
    }

    #[test]
    fn auxiliary_names_are_ignored_with_a_note() {
        let folder = Folder::with(&[(".git/config", ""), ("a.in~", ""), ("b", "")]);
        let report = Report::default();
        let dir = read(folder.path(), Links::Inside, &report).unwrap();
        assert_eq!(dir.all_files(), ["b"]);
        assert_eq!(report.conclude(()).unwrap().1.len(), 2);
    }

    #[test]
    fn what_is_hidden_in_many_folders_is_one_note() {
        let folder =
            Folder::with(&[("a/.gitkeep", ""), ("b/.gitkeep", ""), ("b/.keep", ""), (".timelimit", "1")]);
        let report = Report::default();
        read(folder.path(), Links::Inside, &report).unwrap();
        let notes: Vec<_> = report.conclude(()).unwrap().1.iter().map(ToString::to_string).collect();
        let expected =
            "a/.gitkeep: ignored: the format allows no such name; and 2 more whose names begin with a period";
        assert_eq!(notes, [expected]);
    }

    #[test]
    fn a_case_is_not_left_out_for_its_name() {
        for path in [
            "data/secret/a b.in",
            "data/secret/é.in",
            "data/sample/-1.in",
            "data/secret/group 1/1.in",
            "data/secret/group/a(1).in",
            "1 (copy).in",
        ] {
            let faults = faults(&Folder::with(&[(path, "")]));
            assert!(faults.len() == 1 && faults[0].contains("would be left out"), "{path}: {faults:?}");
        }
        for path in [
            "data/secret/._1.in",
            "data/secret/.git/1.in",
            "data/secret/1.in~",
            "data/secret/a b.txt",
            "data/secretly/a b.in",
            "data/invalid_input/a b.in",
            "attachments/a b.in",
        ] {
            assert_eq!(faults(&Folder::with(&[(path, "")])), [""; 0], "{path}");
        }
    }

    #[test]
    fn no_validator_is_left_out_for_its_name() {
        for path in [
            "output_validator/my validator.py",
            "output_validator/validator(1).cpp",
            "output_validator/-v.py",
            "output_validator/v/-v.py",
            "output_validators/the validator/v.py",
            "output_validators/my validator.py",
            "static_validator/é.py",
            "graders/my grader.py",
        ] {
            let faults = faults(&Folder::with(&[(path, "")]));
            assert!(
                faults.len() == 1 && faults[0].contains("that judges would be left out"),
                "{path}: {faults:?}"
            );
        }
        for path in [
            "output_validator/v.py~",
            "output_validator/.git/v.py",
            "output_validator/._v.py",
            "output_validator/read me.txt",
            "input_validators/my validator.py",
            "generators/my generator.py",
        ] {
            assert_eq!(faults(&Folder::with(&[(path, "")])), [""; 0], "{path}");
        }
    }

    #[test]
    fn links_inside_are_followed() {
        let folder = Folder::with(&[("one/a", "x")]);
        symlink("one", folder.path().join("two")).unwrap();
        symlink("one/a", folder.path().join("b")).unwrap();
        let report = Report::default();
        assert_eq!(read(folder.path(), Links::Inside, &report).unwrap().all_files(), ["b", "one/a", "two/a"]);
        report.conclude(()).unwrap();
    }

    #[test]
    fn links_out_are_faults() {
        let folder = Folder::with(&[]);
        symlink("/etc/passwd", folder.path().join("a")).unwrap();
        symlink("..", folder.path().join("b")).unwrap();
        assert_eq!(
            faults(&folder),
            ["a: links to something outside the package", "b: links to something outside the package"]
        );
    }

    #[test]
    fn links_out_are_followed_where_that_is_asked_for() {
        let (folder, other) = (Folder::with(&[]), Folder::with(&[("shared.h", "")]));
        symlink(other.path().join("shared.h"), folder.path().join("a.h")).unwrap();
        symlink(other.path(), folder.path().join("b")).unwrap();
        let report = Report::default();
        let found = read(folder.path(), Links::Anywhere, &report).unwrap();
        assert_eq!(found.all_files(), ["a.h", "b/shared.h"]);
        report.conclude(()).unwrap();
    }

    #[test]
    fn links_that_loop_are_faults() {
        let folder = Folder::with(&[("a/b/c", "")]);
        symlink("..", folder.path().join("a/b/up")).unwrap();
        assert_eq!(faults(&folder), ["a/b/up: links to a folder that it is in"]);
    }

    #[test]
    fn links_to_nothing_are_ignored_with_a_note() {
        let folder = Folder::with(&[("b", "")]);
        symlink("../doc/problem.pdf", folder.path().join("a")).unwrap();
        let report = Report::default();
        assert_eq!(read(folder.path(), Links::Inside, &report).unwrap().all_files(), ["b"]);
        assert_eq!(report.conclude(()).unwrap().1[0].to_string(), "a: ignored: a link to what is not there");
    }

    #[test]
    fn sockets_are_faults() {
        let folder = Folder::with(&[]);
        let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("s")).unwrap();
        assert_eq!(faults(&folder), ["s: neither a file nor a folder"]);
    }

    #[test]
    fn depth_is_bounded() {
        let folder = Folder::with(&[(&format!("{}x", "d/".repeat(bounds::DEPTH + 1)), "")]);
        assert!(faults(&folder)[0].contains("folders inside one another"));
        let folder = Folder::with(&[(&format!("{}x", "d/".repeat(bounds::DEPTH)), "")]);
        assert!(faults(&folder).is_empty());
    }

    #[test]
    fn entries_are_bounded() {
        let folder = Folder::with(&[]);
        for number in 0..=bounds::ENTRIES {
            fs::write(folder.path().join(format!("{number}")), "").unwrap();
        }
        assert_eq!(faults(&folder), [format!("package: more than {} entries", bounds::ENTRIES)]);
    }

    #[test]
    fn a_text_that_is_too_long_is_a_fault() {
        let folder = Folder::with(&[("a", "12345")]);
        let report = Report::default();
        let dir = read(folder.path(), Links::Inside, &report).unwrap();
        assert_eq!(dir.files["a"].text(5, &report).as_deref(), Some("12345"));
        assert_eq!(dir.files["a"].text(4, &report), None);
        assert!(report.conclude(()).is_err());
    }
}

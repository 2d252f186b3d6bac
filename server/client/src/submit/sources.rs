//! The files of a program.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// Bytes of all files together: more than any server takes in one request.
const BYTES: u64 = 64 * 1024 * 1024;

/// Names, and what is in them.
pub(super) type Files = Vec<(String, Vec<u8>)>;

/// Stands for standard input, where it is the only one.
pub(super) const GIVEN: &str = "-";

/// Reads the files. Their names are those below the folder that all of them are in.
pub(super) fn read(paths: &[PathBuf]) -> Result<Files, Failure> {
    if is_given(paths) {
        return Ok(vec![(GIVEN.to_owned(), given()?)]);
    }
    let paths = paths.iter().map(|path| whole(path)).collect::<Result<Vec<_>, _>>()?;
    let common = common(&paths);
    let mut room = BYTES;
    let mut files = Files::new();
    for path in &paths {
        let content = content(path, room)?;
        room -= content.len() as u64;
        let name = path.strip_prefix(&common).unwrap_or(path);
        let name = name.to_str().ok_or_else(|| Failure::file(path, "the name is not UTF-8"))?.to_owned();
        if files.iter().any(|(known, _)| *known == name) {
            return Err(Failure::file(path, "is named twice"));
        }
        files.push((name, content));
    }
    Ok(files)
}

/// Whether the source is what comes from standard input.
pub(super) fn is_given(paths: &[PathBuf]) -> bool {
    matches!(paths, [only] if only.as_path() == Path::new(GIVEN))
}

fn given() -> Result<Vec<u8>, Failure> {
    let (path, mut content) = (Path::new(GIVEN), Vec::new());
    match std::io::stdin().lock().take(BYTES + 1).read_to_end(&mut content) {
        Ok(_) if content.len() as u64 > BYTES => Err(Failure::file(path, format!("more than {BYTES} bytes"))),
        Ok(_) => Ok(content),
        Err(why) => Err(Failure::file(path, why)),
    }
}

/// Whether servers take a file of this name.
pub(super) fn is_plain(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.+".contains(&byte);
    let begins = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    name.len() <= 100 && name.bytes().next().is_some_and(begins) && name.bytes().all(plain)
}

/// The bytes of a file, if it has no more than allowed.
pub(super) fn content(path: &Path, most: u64) -> Result<Vec<u8>, Failure> {
    let read = || -> std::io::Result<Vec<u8>> {
        let file = File::open(path)?;
        let mut content = Vec::new();
        if file.metadata()?.is_dir() {
            return Err(std::io::ErrorKind::IsADirectory.into());
        }
        file.take(most.saturating_add(1)).read_to_end(&mut content)?;
        Ok(content)
    };
    match read() {
        Ok(content) if content.len() as u64 > most => {
            Err(Failure::file(path, format!("too large: all files together may have {BYTES} bytes")))
        }
        Ok(content) => Ok(content),
        Err(why) => Err(Failure::file(path, why)),
    }
}

/// The path from the root, without `.` and `..`; a file that is a link keeps its name.
fn whole(path: &Path) -> Result<PathBuf, Failure> {
    let name = path.file_name().ok_or_else(|| Failure::file(path, "is no file"))?;
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let parent = parent.canonicalize().map_err(|why| Failure::file(path, why))?;
    Ok(parent.join(name))
}

/// The folder that all paths are in.
fn common(paths: &[PathBuf]) -> PathBuf {
    let mut folders = paths.iter().map(|path| path.parent().unwrap_or(Path::new("")));
    let mut common = folders.next().unwrap_or(Path::new("")).to_owned();
    for folder in folders {
        while !folder.starts_with(&common) && common.pop() {}
    }
    common
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(paths: &[&str]) -> Result<Vec<String>, String> {
        let folder = tempfile::tempdir().unwrap();
        let paths: Vec<_> = paths.iter().map(|path| folder.path().join(path)).collect();
        for path in &paths {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        }
        let read = read(&paths).map_err(|why| why.to_string())?;
        Ok(read.into_iter().map(|(name, _)| name).collect())
    }

    #[test]
    fn names_are_below_the_common_folder() {
        assert_eq!(names(&["a/b/main.py"]).unwrap(), ["main.py"]);
        assert_eq!(names(&["a/main.py", "a/lib/util.py"]).unwrap(), ["main.py", "lib/util.py"]);
        assert_eq!(names(&["ab/main.py", "a/util.py"]).unwrap(), ["ab/main.py", "a/util.py"]);
        assert_eq!(names(&["a/./b/main.py", "a/b/../util.py"]).unwrap(), ["b/main.py", "util.py"]);
    }

    #[test]
    fn what_cannot_be_a_source_is_told_with_its_name() {
        assert!(names(&["a/x.py", "a/x.py"]).unwrap_err().contains("x.py`: is named twice"));
        let folder = tempfile::tempdir().unwrap();
        for path in [folder.path().to_owned(), folder.path().join("missing.c")] {
            let why = read(std::slice::from_ref(&path)).unwrap_err().to_string();
            assert!(why.contains(&path.display().to_string()), "{why}");
        }
    }

    #[test]
    fn files_have_a_bound() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        std::fs::write(&path, "12345").unwrap();
        assert_eq!(content(&path, 5).unwrap(), b"12345");
        assert!(content(&path, 4).unwrap_err().to_string().contains("too large"));
    }
}

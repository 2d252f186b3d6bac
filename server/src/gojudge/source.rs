//! `src`: files of the server, below the directories that are allowed.

use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{FileType, Mode, OFlags, ResolveFlags};

use super::go_error;
use super::refusal::Refusal;

/// What clients name as the `src` of an input that there is not, Hydro for one. It tells nothing of the server.
const NOTHING: &str = "/dev/null";

/// Checks a file before its request is queued: by resolved paths and whole components, so that neither a symbolic link
/// nor `/allowed2` gets out of `/allowed`.
///
/// # Errors
/// In go-judge's words.
pub(super) fn check(src: &str, prefixes: &[PathBuf]) -> Result<(), Refusal> {
    let outside = || {
        let prefixes: Vec<_> = prefixes.iter().map(|prefix| prefix.display().to_string()).collect();
        Refusal::Bad(format!("file ({src}) does not under ([{}])", prefixes.join(" ")))
    };
    // Everything, as go-judge allows without a prefix: then what is missing is told where it is opened.
    if src == NOTHING || prefixes.iter().any(|prefix| prefix == Path::new("/")) {
        return Ok(());
    }
    if prefixes.is_empty() {
        return Err(outside());
    }
    let resolved = Path::new(src)
        .canonicalize()
        .map_err(|error| Refusal::Bad(format!("lstat {src}: {}", go_error::text(&error))))?;
    below(&resolved, prefixes).map(drop).ok_or_else(outside)
}

/// Opens a regular file. Since it was checked, anybody may have put a link in its place: what it resolves to now is
/// opened below an allowed directory, or not at all. A FIFO does not make us wait.
///
/// # Errors
/// As openat2(2); `EINVAL` for what is no regular file.
pub(super) fn open(src: &str, prefixes: &[PathBuf]) -> io::Result<Arc<OwnedFd>> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    if src == NOTHING {
        return Ok(Arc::new(rustix::fs::open(NOTHING, flags, Mode::empty())?));
    }
    let resolved = Path::new(src).canonicalize()?;
    let (prefix, rest) = below(&resolved, prefixes).ok_or(io::ErrorKind::PermissionDenied)?;
    let directory =
        rustix::fs::open(&prefix, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    let file = rustix::fs::openat2(&directory, rest, flags, Mode::empty(), resolve)?;
    let is_file = FileType::from_raw_mode(rustix::fs::fstat(&file)?.st_mode) == FileType::RegularFile;
    is_file.then(|| Arc::new(file)).ok_or(io::Error::from(rustix::io::Errno::INVAL))
}

/// The resolved directory that a resolved path is below, and the path from there. What is allowed may be that very file.
fn below<'a>(resolved: &'a Path, prefixes: &[PathBuf]) -> Option<(PathBuf, &'a Path)> {
    prefixes.iter().find_map(|prefix| {
        let prefix = prefix.canonicalize().ok()?;
        let rest = resolved.strip_prefix(&prefix).ok()?;
        if rest.as_os_str().is_empty() {
            return Some((prefix.parent()?.to_owned(), Path::new(resolved.file_name()?)));
        }
        Some((prefix, rest))
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    /// An allowed directory with a file `x` beside a file `secret`.
    fn tree() -> (tempfile::TempDir, Vec<PathBuf>) {
        let tree = tempfile::tempdir().unwrap();
        let allowed = tree.path().join("allowed");
        fs::create_dir_all(allowed.join("d")).unwrap();
        fs::write(allowed.join("d/x"), "x").unwrap();
        fs::write(tree.path().join("secret"), "secret").unwrap();
        (tree, vec![allowed])
    }

    fn name(tree: &tempfile::TempDir, path: &str) -> String {
        tree.path().join(path).display().to_string()
    }

    #[test]
    fn a_file_below_is_opened_also_through_links_that_stay_below() {
        let (tree, prefixes) = tree();
        symlink("d", tree.path().join("allowed/link")).unwrap();
        for path in ["allowed/d/x", "allowed/link/x", "allowed/d/../d/x"] {
            check(&name(&tree, path), &prefixes).unwrap();
            open(&name(&tree, path), &prefixes).unwrap();
        }
        open(&name(&tree, "secret"), &[PathBuf::from("/")]).unwrap();
        open(NOTHING, &[]).unwrap();
    }

    #[test]
    fn a_prefix_may_be_a_file_which_allows_nothing_beside_it() {
        let (tree, _) = tree();
        fs::write(tree.path().join("allowed/d/y"), "y").unwrap();
        let prefixes = [tree.path().join("allowed/d/x")];
        check(&name(&tree, "allowed/d/x"), &prefixes).unwrap();
        open(&name(&tree, "allowed/d/x"), &prefixes).unwrap();
        for path in ["allowed/d/y", "allowed/d", "secret"] {
            check(&name(&tree, path), &prefixes).unwrap_err();
            assert_eq!(
                open(&name(&tree, path), &prefixes).unwrap_err().kind(),
                io::ErrorKind::PermissionDenied,
                "{path}"
            );
        }
    }

    #[test]
    fn what_takes_the_place_of_a_checked_file_is_not_opened() {
        let (tree, prefixes) = tree();
        let src = name(&tree, "allowed/d/x");
        check(&src, &prefixes).unwrap();
        fs::remove_file(&src).unwrap();
        symlink(tree.path().join("secret"), &src).unwrap();
        assert_eq!(open(&src, &prefixes).unwrap_err().kind(), io::ErrorKind::PermissionDenied);
        fs::remove_file(&src).unwrap();
        fs::create_dir(&src).unwrap();
        assert_eq!(open(&src, &prefixes).unwrap_err().raw_os_error(), Some(nix::libc::EINVAL));
        // A directory above it, too.
        fs::remove_dir_all(tree.path().join("allowed/d")).unwrap();
        symlink(tree.path(), tree.path().join("allowed/d")).unwrap();
        let src = name(&tree, "allowed/d/secret");
        assert_eq!(open(&src, &prefixes).unwrap_err().kind(), io::ErrorKind::PermissionDenied);
    }
}

//! Names of entries: the path in the package that they stand for, or why they are refused.

use std::borrow::Cow;

use crate::bounds;

/// The most folders that a file is in: the package's own, and one that holds the package.
const DEPTH: usize = bounds::DEPTH + 1;

/// Characters of a name that are told.
const TOLD: usize = 200;

/// What an entry's name says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Name {
    /// A path with `/`, without `.` and without empty parts; empty for the archive's own folder.
    Path {
        path: String,
        /// It ends with `/`.
        is_folder: bool,
    },
    /// What tools leave behind and nobody means to be in a package.
    Junk,
}

/// Reads a name.
///
/// # Errors
/// Why there can be no such file.
pub(super) fn read(raw: &[u8]) -> Result<Name, String> {
    if raw.len() > bounds::PATH {
        return Err(format!("its name is longer than {} bytes", bounds::PATH));
    }
    let text = decoded(raw);
    let text = text.as_ref();
    check_way(text)?;
    let parts: Vec<_> = text.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    if is_junk(&parts) {
        return Ok(Name::Junk);
    }
    parts.iter().try_for_each(|part| check_part(part))?;
    if parts.len() > DEPTH + 1 {
        return Err(format!("is in more than {} folders inside one another", bounds::DEPTH));
    }
    // `a/.` is a folder too.
    let is_folder = text.rsplit('/').next().is_some_and(|last| matches!(last, "" | ".") && !text.is_empty());
    Ok(Name::Path { path: parts.join("/"), is_folder })
}

/// The bytes from 128 on, as zips have them that do not say that their names are UTF-8.
const CODE_PAGE_437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

/// The name as text. One that is not UTF-8 is no name of the format's in any code page: it need only differ from others.
fn decoded(raw: &[u8]) -> Cow<'_, str> {
    let letter = |byte: &u8| match byte.checked_sub(128) {
        None => char::from(*byte),
        Some(high) => CODE_PAGE_437.chars().nth(high.into()).unwrap_or(char::REPLACEMENT_CHARACTER),
    };
    match str::from_utf8(raw) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(raw.iter().map(letter).collect()),
    }
}

/// What leads out of the folder, here or on other systems.
fn check_way(text: &str) -> Result<(), &'static str> {
    let drive = |text: &[u8]| matches!(text, [letter, b':', ..] if letter.is_ascii_alphabetic());
    match text {
        "" => Err("has no name"),
        _ if text.starts_with('/') => Err("its name begins with /"),
        _ if text.contains('\\') => Err("its name has a backslash: folders are told apart by /"),
        _ if drive(text.as_bytes()) => Err("its name begins with a drive's letter"),
        _ if text.split('/').any(|part| part == "..") => Err("its name has .. in it"),
        _ => Ok(()),
    }
}

fn check_part(part: &str) -> Result<(), String> {
    if part.len() > bounds::NAME {
        return Err(format!("a part of its name is longer than {} bytes", bounds::NAME));
    }
    if part.chars().any(char::is_control) {
        return Err("its name has a control character".to_owned());
    }
    Ok(())
}

fn is_junk(parts: &[&str]) -> bool {
    let is_left = |part: &&str| {
        matches!(*part, "__MACOSX" | ".git" | ".svn" | ".DS_Store" | "Thumbs.db" | "desktop.ini" | "Icon\r")
    };
    // macOS keeps a file's attributes in a file beside it.
    parts.iter().any(is_left) || parts.last().is_some_and(|last| last.starts_with("._"))
}

/// A name for people: what cannot be printed is escaped, and what is too long is left out.
pub(super) fn shown(raw: &[u8]) -> String {
    let text = String::from_utf8_lossy(raw);
    let mut shown = String::new();
    for letter in text.chars().take(TOLD) {
        match letter {
            '"' | '\'' | '\\' => shown.push(letter),
            _ => shown.extend(letter.escape_debug()),
        }
    }
    if text.chars().nth(TOLD).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(raw: &str) -> (String, bool) {
        match read(raw.as_bytes()) {
            Ok(Name::Path { path, is_folder }) => (path, is_folder),
            other => panic!("{raw:?}: {other:?}"),
        }
    }

    #[test]
    fn names_are_paths_in_the_package() {
        let file = |path: &str| (path.to_owned(), false);
        let folder = |path: &str| (path.to_owned(), true);
        assert_eq!(path("data/secret/1.in"), file("data/secret/1.in"));
        assert_eq!(path("./a//b/./c"), file("a/b/c"));
        assert_eq!(path("a/"), folder("a"));
        assert_eq!(path("a/."), folder("a"));
        assert_eq!(path("./"), folder(""));
        assert_eq!(path("."), folder(""));
        assert_eq!(path("..a/b..c/..."), file("..a/b..c/..."));
        assert_eq!(path("a b/é/a:b"), file("a b/é/a:b"));
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        for raw in [
            &b""[..],
            b"/etc/passwd",
            b"//a",
            b"..",
            b"../a",
            b"a/../b",
            b"a/..",
            b"..\\a",
            b"a\\b",
            b"\\\\host\\a",
            b"C:/a",
            b"c:a",
            b"a\0b",
            b"a\nb",
            b"a/\x1b[2J",
            b"\xff/../a",
            b"/\xff",
            b"../.git/a",
            b"/__MACOSX/a",
        ] {
            assert!(read(raw).is_err(), "{}", shown(raw));
        }
    }

    #[test]
    fn names_that_are_not_utf8_are_those_of_old_zips() {
        let read = |raw: &[u8]| match read(raw) {
            Ok(Name::Path { path, .. }) => path,
            other => panic!("{other:?}"),
        };
        assert_eq!(CODE_PAGE_437.chars().count(), 128);
        assert_eq!(read(b"attachments/l\x94sung.txt"), "attachments/l\u{f6}sung.txt");
        let all: std::collections::BTreeSet<_> = (128..=255).map(|byte| read(&[byte])).collect();
        assert_eq!(all.len(), 128, "two names are never one");
    }

    #[test]
    fn lengths_are_bounded() {
        let long = |length| "a".repeat(length);
        assert_eq!(path(&long(255)).0.len(), 255);
        assert!(read(long(256).as_bytes()).is_err());
        let whole = format!("{}/", long(204)).repeat(5);
        assert_eq!(path(&whole[..1024]).0.len(), 1024);
        assert!(read(whole.as_bytes()).is_err());
    }

    #[test]
    fn depth_is_bounded() {
        let deep = |folders: usize| format!("{}x", "d/".repeat(folders));
        assert_eq!(path(&deep(DEPTH)), (deep(DEPTH), false));
        assert!(read(deep(DEPTH + 1).as_bytes()).is_err());
    }

    #[test]
    fn what_tools_leave_is_junk() {
        for raw in [
            "__MACOSX/sum/._problem.yaml",
            "sum/.git/config",
            ".git/",
            ".svn/entries",
            "a/.DS_Store",
            "a/Thumbs.db",
            "desktop.ini",
            "Icon\r",
            "a/._b",
        ] {
            assert_eq!(read(raw.as_bytes()), Ok(Name::Junk), "{raw:?}");
        }
        for raw in [".gitignore", "a.git/b", "x__MACOSX", "Thumbs.db.in"] {
            assert_eq!(path(raw).0, raw);
        }
    }

    #[test]
    fn what_is_shown_can_be_printed() {
        assert_eq!(shown(b"a\n\x1b\xff\\\"b"), "a\\n\\u{1b}\u{fffd}\\\"b");
        assert_eq!(shown("\u{202e}".as_bytes()), "\\u{202e}");
        assert_eq!(shown(&[b'a'; 300]).chars().count(), 201);
    }
}

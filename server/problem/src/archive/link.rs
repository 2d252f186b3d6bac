//! Links of an archive: which of its files each stands for, by the table of names alone.

use std::collections::HashMap;
use std::fmt;

use super::name;
use crate::bounds;

/// All that an archive holds by its path, folders that no entry names too.
pub(super) type Names = HashMap<String, Known>;

/// What a path in the archive is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Known {
    Folder,
    File,
    Link(Link),
}

impl Known {
    pub(super) fn noun(&self) -> &'static str {
        match self {
            Self::Folder => "folder",
            Self::File => "file",
            Self::Link(_) => "link",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Its target is seen from the folder that it is in.
    Symbolic,
    /// Its target is a path in the archive.
    Hard,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Symbolic => "a symbolic link",
            Self::Hard => "a hard link",
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) kind: Kind,
    pub(super) target: Vec<u8>,
}

impl Link {
    /// What a link is that leads nowhere.
    pub(super) fn told(&self, why: &Why) -> String {
        match why {
            Why::Empty => format!("is {} without a target", self.kind),
            why => format!("is {} to {}, which {why}", self.kind, name::shown(&self.target)),
        }
    }
}

/// Why a link stands for no file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Why {
    Empty,
    NoText,
    Absolute,
    Out,
    Missing,
    Folder,
    /// Through the link at this path.
    Through(String),
    Endless,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is empty"),
            Self::NoText => f.write_str("is not UTF-8"),
            Self::Absolute => f.write_str("begins with /"),
            Self::Out => f.write_str("leads out of the package"),
            Self::Missing => f.write_str("is not there"),
            Self::Folder => f.write_str("is a folder: links to files are taken"),
            Self::Through(path) => write!(f, "leads through the link {path}"),
            Self::Endless => write!(f, "leads in a circle, or through more than {} links", bounds::LINKS),
        }
    }
}

/// All links with their paths, in the order of these.
pub(super) fn all(names: &Names) -> Vec<(&str, &Link)> {
    let mut links = Vec::new();
    for (path, known) in names {
        if let Known::Link(link) = known {
            links.push((path.as_str(), link));
        }
    }
    links.sort_unstable_by_key(|(path, _)| *path);
    links
}

/// The file that the link at the path stands for; `top` is the folder that holds the package, or empty.
///
/// # Errors
/// It stands for none.
pub(super) fn file(path: &str, link: &Link, names: &Names, top: &str) -> Result<String, Why> {
    // A hard link to a symbolic one is that link in another place, from where its target is seen.
    let (mut link, mut place) = (link, path.to_owned());
    for _ in 0..bounds::LINKS {
        let target = target(link, &place, names, top)?;
        match known(&target, names) {
            Some(Known::File) => return Ok(target),
            Some(Known::Folder) => return Err(Why::Folder),
            Some(Known::Link(next)) => {
                if link.kind == Kind::Symbolic {
                    place = target;
                }
                link = next;
            }
            None => return Err(Why::Missing),
        }
    }
    Err(Why::Endless)
}

/// The path that a link at the place leads to.
fn target(link: &Link, place: &str, names: &Names, top: &str) -> Result<String, Why> {
    let text = str::from_utf8(&link.target).map_err(|_| Why::NoText)?;
    let from = match link.kind {
        Kind::Symbolic => parent(place),
        Kind::Hard => "",
    };
    match text {
        "" => Err(Why::Empty),
        _ if text.starts_with('/') => Err(Why::Absolute),
        _ => text.split('/').try_fold(from.to_owned(), |at, part| step(&at, part, names, top)),
    }
}

/// One part of a target further, as a system would go: from folders only.
fn step(at: &str, part: &str, names: &Names, top: &str) -> Result<String, Why> {
    match known(at, names) {
        Some(Known::Folder) => {}
        Some(Known::Link(_)) => return Err(Why::Through(at.to_owned())),
        Some(Known::File) | None => return Err(Why::Missing),
    }
    match part {
        "" | "." => Ok(at.to_owned()),
        ".." if at.is_empty() || at == top => Err(Why::Out),
        ".." => Ok(parent(at).to_owned()),
        _ if at.is_empty() => Ok(part.to_owned()),
        _ => Ok(format!("{at}/{part}")),
    }
}

/// The archive's own folder has no name.
fn known<'a>(path: &str, names: &'a Names) -> Option<&'a Known> {
    if path.is_empty() { Some(&Known::Folder) } else { names.get(path) }
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

#[cfg(test)]
mod tests {
    use super::Kind::{Hard, Symbolic};
    use super::*;

    fn link(kind: Kind, target: &str) -> Link {
        Link { kind, target: target.into() }
    }

    /// The package is in the folder `p`.
    fn names(links: &[(&str, Kind, &str)]) -> Names {
        let folders = ["p", "p/d", "p/d/e"].map(|path| (path, Known::Folder));
        let files = ["p/a", "p/d/b", "p/d/e/c"].map(|path| (path, Known::File));
        let links = links.iter().map(|(path, kind, target)| (*path, Known::Link(link(*kind, target))));
        folders.into_iter().chain(files).chain(links).map(|(path, known)| (path.to_owned(), known)).collect()
    }

    fn found(path: &str, links: &[(&str, Kind, &str)]) -> Result<String, Why> {
        let names = names(links);
        let Some(Known::Link(link)) = names.get(path) else { panic!("{path}") };
        file(path, link, &names, "p")
    }

    fn symbolic(target: &str) -> Result<String, Why> {
        found("p/d/l", &[("p/d/l", Symbolic, target), ("p/d/other", Symbolic, "b")])
    }

    fn hard(target: &str) -> Result<String, Why> {
        found("p/d/l", &[("p/d/l", Hard, target)])
    }

    #[test]
    fn symbolic_links_are_seen_from_their_folder() {
        for (target, file) in [
            ("b", "p/d/b"),
            ("./b", "p/d/b"),
            ("../a", "p/a"),
            ("e/c", "p/d/e/c"),
            (".//e/../e/./c", "p/d/e/c"),
            ("../d/b", "p/d/b"),
            ("other", "p/d/b"),
        ] {
            assert_eq!(symbolic(target).as_deref(), Ok(file), "{target}");
        }
    }

    #[test]
    fn hard_links_are_seen_from_the_archive() {
        for (target, file) in [("p/a", "p/a"), ("./p/d/b", "p/d/b"), ("p/d/../a", "p/a")] {
            assert_eq!(hard(target).as_deref(), Ok(file), "{target}");
        }
        assert_eq!(hard("b"), Err(Why::Missing));
        assert_eq!(hard("../p/a"), Err(Why::Out));
        assert_eq!(hard("p/../p/a"), Err(Why::Out));
        assert_eq!(hard("/p/a"), Err(Why::Absolute));
    }

    #[test]
    fn what_is_no_file_of_the_package_is_told() {
        for (target, why) in [
            ("", Why::Empty),
            ("/etc/passwd", Why::Absolute),
            ("/p/a", Why::Absolute),
            ("../../a", Why::Out),
            // It comes back, but to a name that is not the package's.
            ("../../p/a", Why::Out),
            ("e/../../../a", Why::Out),
            ("x", Why::Missing),
            ("x/../b", Why::Missing),
            ("b/", Why::Missing),
            ("b/.", Why::Missing),
            ("b/../b", Why::Missing),
            ("b\0", Why::Missing),
            ("B", Why::Missing),
            ("e", Why::Folder),
            (".", Why::Folder),
            ("..", Why::Folder),
            ("other/", Why::Through("p/d/other".to_owned())),
            ("other/x", Why::Through("p/d/other".to_owned())),
            ("other/../b", Why::Through("p/d/other".to_owned())),
            ("l", Why::Endless),
        ] {
            assert_eq!(symbolic(target), Err(why), "{target}");
        }
        let link = Link { kind: Symbolic, target: b"\xff".to_vec() };
        assert_eq!(file("p/l", &link, &names(&[]), "p"), Err(Why::NoText));
    }

    #[test]
    fn without_a_folder_that_holds_the_package_its_own_is_the_end() {
        let link = |target| link(Symbolic, target);
        assert_eq!(file("p/l", &link("../p/a"), &names(&[]), "").as_deref(), Ok("p/a"));
        assert_eq!(file("p/l", &link(".."), &names(&[]), ""), Err(Why::Folder));
        assert_eq!(file("p/l", &link("../../p/a"), &names(&[]), ""), Err(Why::Out));
    }

    #[test]
    fn chains_have_an_end() {
        let paths: Vec<_> = (0..9).map(|number| format!("p/{number}")).collect();
        let targets: Vec<_> = (1..9).map(|number| number.to_string()).chain(["a".to_owned()]).collect();
        let chain: Vec<_> = paths
            .iter()
            .zip(&targets)
            .map(|(path, target)| (path.as_str(), Symbolic, target.as_str()))
            .collect();
        assert_eq!(found("p/1", &chain).as_deref(), Ok("p/a"));
        assert_eq!(found("p/0", &chain), Err(Why::Endless));
        assert_eq!(found("p/x", &[("p/x", Symbolic, "d/y"), ("p/d/y", Symbolic, "../x")]), Err(Why::Endless));
        assert_eq!(found("p/x", &[("p/x", Hard, "p/y"), ("p/y", Hard, "p/x")]), Err(Why::Endless));
        assert_eq!(found("p/x", &[("p/x", Symbolic, "y"), ("p/y", Symbolic, "z")]), Err(Why::Missing));
    }

    #[test]
    fn each_link_of_a_chain_is_seen_from_its_own_folder() {
        let links = [("p/l", Symbolic, "d/e/m"), ("p/d/e/m", Symbolic, "../b")];
        assert_eq!(found("p/l", &links).as_deref(), Ok("p/d/b"));
    }

    #[test]
    fn a_hard_link_to_a_symbolic_one_is_seen_from_its_own_folder() {
        let links = [
            ("p/d/m", Symbolic, "b"),
            ("p/h", Hard, "p/d/m"),
            ("p/d/e/h", Hard, "p/d/n"),
            ("p/d/n", Symbolic, "c"),
        ];
        assert_eq!(found("p/h", &links), Err(Why::Missing));
        assert_eq!(found("p/d/e/h", &links).as_deref(), Ok("p/d/e/c"));
    }

    #[test]
    fn entry_and_target_are_told() {
        let link = link(Symbolic, "a\n");
        assert_eq!(link.told(&Why::Missing), "is a symbolic link to a\\n, which is not there");
        assert_eq!(link.told(&Why::Empty), "is a symbolic link without a target");
    }
}

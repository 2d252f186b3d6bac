//! Links of a command that cannot be made. go-judge tells them all, and a sandbox stops at the first that it meets: what else is in
//! the box is known before.

use std::collections::BTreeSet;

/// In names that are longer, or have more parts together, nothing is looked for.
const MOST_PARTS: usize = 1000;
const LONGEST: usize = 4096;

/// Why each of these links cannot be made beside these files, where that is sure before the sandbox has tried.
pub(super) fn failures(links: &[&str], files: &[&str]) -> Vec<Option<&'static str>> {
    let all = || links.iter().chain(files);
    let is_known = files.iter().all(|file| is_plain(file))
        && all().all(|name| name.len() < LONGEST)
        && all().map(|name| above(name).count()).sum::<usize>() < MOST_PARTS;
    let places = if is_known { Places::of(files) } else { Places::default() };
    // A file below another cannot be put, which is told before any link is made.
    let is_known = is_known && places.files.is_disjoint(&places.directories);
    let (files, made) = (set(files), set(links));
    let failure = |link: &str| {
        if files.contains(link) {
            return Some("file exists");
        }
        if !is_known || !is_plain(link) {
            return None;
        }
        places.failure(link, &made)
    };
    links.iter().map(|link| failure(link)).collect()
}

/// What files make of the box.
#[derive(Debug, Default)]
struct Places<'a> {
    files: BTreeSet<&'a str>,
    directories: BTreeSet<&'a str>,
}

impl<'a> Places<'a> {
    fn of(files: &[&'a str]) -> Self {
        let directories = files.iter().copied().flat_map(above).collect();
        Self { files: set(files), directories }
    }

    fn failure(&self, link: &str, links: &BTreeSet<&str>) -> Option<&'static str> {
        if self.directories.contains(link) {
            return Some("file exists");
        }
        let is_there = |directory: &str| self.directories.contains(directory);
        let missing = above(link).find(|directory| !is_there(directory))?;
        if self.files.contains(missing) {
            return Some("not a directory");
        }
        // It may be a link, to wherever that leads.
        let is_link = above(link).any(|directory| links.contains(directory) && !is_there(directory));
        (!is_link).then_some("no such file or directory")
    }
}

fn set<'a>(names: &[&'a str]) -> BTreeSet<&'a str> {
    names.iter().copied().collect()
}

/// The directories that a name is in, the outermost first.
fn above(name: &str) -> impl Iterator<Item = &str> {
    name.match_indices('/').map(move |(at, _)| &name[..at])
}

/// It leads down from the box, part by part.
fn is_plain(name: &str) -> bool {
    name.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXISTS: Option<&str> = Some("file exists");
    const MISSING: Option<&str> = Some("no such file or directory");
    const UNSURE: Option<&str> = None;

    #[test]
    fn what_is_in_the_box_tells_which_links_cannot_be_made() {
        let files = ["a", "d/e/f", "stdout"];
        let links = ["stdout", "b", "d", "d/e", "d/e/g", "a/x", "no/x", "d/no/x"];
        let expected = [EXISTS, None, EXISTS, EXISTS, None, Some("not a directory"), MISSING, MISSING];
        assert_eq!(failures(&links, &files), expected);
        assert!(failures(&[], &files).is_empty());
    }

    #[test]
    fn what_is_not_sure_is_for_the_sandbox_to_tell() {
        assert_eq!(failures(&["l", "l/x", "../x", "/w/x", "a//x", ""], &[]), [UNSURE; 6]);
        assert_eq!(failures(&["no/x"], &["a", "a/b"]), [UNSURE]);
        assert_eq!(failures(&["no/x", "/w/out"], &["/w/out"]), [UNSURE, EXISTS]);
        let deep = "d/".repeat(MOST_PARTS) + "x";
        assert_eq!(failures(&[deep.as_str()], &[]), [UNSURE]);
        assert_eq!(failures(&["no/x"], &[deep.as_str()]), [UNSURE]);
    }
}

//! Paths in a box that are taken: what comes later must not stand in the way of what came first.

use std::collections::BTreeSet;

/// Paths of files, none of which is another's folder.
#[derive(Debug, Default)]
pub(super) struct Claims(BTreeSet<String>);

impl Claims {
    /// Takes this path. False where it is taken, or a folder of one that is, or one that is would be its folder.
    pub(super) fn claim(&mut self, path: &str) -> bool {
        let is_free = self.is_free(path);
        if is_free {
            self.0.insert(path.to_owned());
        }
        is_free
    }

    fn is_free(&self, path: &str) -> bool {
        let folders = path.match_indices('/').map(|(at, _)| &path[..at]);
        if folders.chain([path]).any(|taken| self.0.contains(taken)) {
            return false;
        }
        let within = format!("{path}/");
        self.0.range(within.clone()..).next().is_none_or(|taken| !taken.starts_with(&within))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_neither_another_nor_its_folder() {
        let mut claims = Claims::default();
        for (path, expected) in [
            ("main.py", true),
            ("main.py", false),
            ("main.py/x.py", false),
            ("main.pyc", true),
            ("data/a", true),
            ("data-b", true),
            ("data", false),
            ("data/b/c", true),
            ("data/b", false),
            ("data/a/d", false),
            ("other/data", true),
        ] {
            assert_eq!(claims.claim(path), expected, "{path}");
        }
    }
}

//! Folders for tests.

use std::fs;
use std::path::Path;

use crate::report::{Note, Refused};
use crate::{Data, Package};

/// A folder that ends with the test.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    /// A folder with these files: path and text.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        files.iter().for_each(|(path, text)| folder.write(path, text));
        folder
    }

    /// A package of the newest format that has all it must have, with these files added or put in place.
    pub(crate) fn current(files: &[(&str, &str)]) -> Self {
        let folder = Self::with(&[
            ("problem.yaml", &format!("{CURRENT}name: Sum\n")),
            ("statement/problem.en.md", "Add.\n"),
            ("submissions/accepted/a.py", "print(1)\n"),
            ("input_validators/v.py", ""),
        ]);
        folder.completed(files)
    }

    /// The same of the legacy format.
    pub(crate) fn legacy(files: &[(&str, &str)]) -> Self {
        let folder = Self::with(&[
            ("problem.yaml", "name: Sum\n"),
            ("problem_statement/problem.en.tex", "\\problemname{Sum}\n"),
            ("submissions/accepted/a.py", "print(1)\n"),
            ("input_validators/v.py", ""),
        ]);
        folder.completed(files)
    }

    /// With these files, and a case where they have none.
    fn completed(self, files: &[(&str, &str)]) -> Self {
        if !files.iter().any(|(path, _)| path.starts_with("data/secret")) {
            self.write("data/secret/1.in", "1\n");
            self.write("data/secret/1.ans", "1\n");
        }
        files.iter().for_each(|(path, text)| self.write(path, text));
        self
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn read(&self) -> Result<(Package, Vec<Note>), Refused> {
        Package::read(self.path())
    }

    /// The package, with its notes as lines.
    pub(crate) fn package(&self) -> (Package, Vec<String>) {
        let (package, notes) = self.read().unwrap();
        (package, notes.iter().map(ToString::to_string).collect())
    }

    /// The test data.
    pub(crate) fn data(&self) -> Data {
        self.package().0.data
    }

    /// The faults, as lines.
    pub(crate) fn faults(&self) -> Vec<String> {
        self.read().unwrap_err().faults.iter().map(ToString::to_string).collect()
    }
}

/// The keys without which no package of the newest format is whole, but for the name.
pub(crate) const CURRENT: &str =
    "problem_format_version: 2025-09\nuuid: 117b564d-429b-44d4-bf8c-c264a3703e07\n";

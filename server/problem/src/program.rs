//! Programs: one file, or one folder (legacy and 2025-09, "Programs").

use serde::{Deserialize, Serialize};

use crate::languages;
use crate::report::{Place, Report};
use crate::tree::{Dir, File};

/// A program of the package: a validator, a submission.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    /// The file's or the folder's name.
    pub name: String,
    /// Its path in the package.
    pub path: String,
    /// The paths of its files in the package.
    pub files: Vec<String>,
    /// It has a script `build`, to be run first, which makes `run` if that is not there.
    pub build: bool,
    /// It has a script `run`, which is what is run.
    pub run: bool,
    /// Its language's code by the ends of its files' names; none if there is not exactly one.
    pub language: Option<String>,
}

impl Program {
    /// Whether it is a file alone, and no folder.
    pub(crate) fn is_file(&self) -> bool {
        self.files == [self.path.as_str()]
    }
}

/// What makes and runs a program that has no language of its own.
const SCRIPTS: [&str; 2] = ["build", "run"];

/// The programs in a folder: each file and each folder is one.
pub(crate) fn all_in(dir: &Dir, report: &Report) -> Vec<Program> {
    let files = dir.files.iter().map(|(name, file)| of_file(name, file));
    let mut programs: Vec<_> = files.collect();
    for (name, dir) in &dir.dirs {
        if dir.below().is_empty() {
            report.note(Place::file(&dir.path), "an empty folder, which is no program");
        } else {
            programs.push(of_dir(name, dir));
        }
    }
    programs.sort_by(|one, other| one.name.cmp(&other.name));
    programs
}

/// Whether scripts make the folder itself a program.
pub(crate) fn has_script(dir: &Dir) -> bool {
    SCRIPTS.iter().any(|script| dir.files.contains_key(*script))
}

/// The one program in a folder: what alone is in it, or else the folder itself, as where a script alone is in it.
pub(crate) fn only_in(dir: &Dir, report: &Report) -> Option<Program> {
    if has_script(dir) || dir.files.len() + dir.dirs.len() > 1 {
        let name = dir.path.rsplit('/').next().unwrap_or_default();
        return Some(of_dir(name, dir));
    }
    all_in(dir, report).pop()
}

fn of_file(name: &str, file: &File) -> Program {
    Program {
        name: name.to_owned(),
        path: file.path.clone(),
        files: vec![file.path.clone()],
        build: false,
        run: false,
        language: languages::of_file(name).map(str::to_owned),
    }
}

fn of_dir(name: &str, dir: &Dir) -> Program {
    let files = dir.all_files();
    let language = languages::of_files(files.iter().map(String::as_str)).map(str::to_owned);
    let has = |script: &str| dir.files.contains_key(script);
    Program {
        name: name.to_owned(),
        path: dir.path.clone(),
        build: has("build"),
        run: has("run"),
        language,
        files,
    }
}

const NOT_EXECUTABLE: &str = "is not executable; it is run all the same, as its `#!` line says or by a shell";

/// Notes scripts of validators that cannot be executed.
pub(crate) fn check_scripts(dir: &Dir, report: &Report) {
    let scripts = dir.files.iter().filter(|(name, _)| SCRIPTS.contains(&name.as_str()));
    for (_, file) in scripts.filter(|(_, file)| !file.executable) {
        report.note(Place::file(&file.path), NOT_EXECUTABLE);
    }
    dir.dirs.values().for_each(|dir| check_scripts(dir, report));
}

#[cfg(test)]
mod tests {
    use crate::fixture::Folder;

    #[test]
    fn files_and_folders_are_programs() {
        let folder = Folder::legacy(&[
            ("submissions/accepted/two/main.cc", ""),
            ("submissions/accepted/two/lib/more.cc", ""),
        ]);
        let (package, _) = folder.package();
        let programs: Vec<_> = package.submissions.iter().map(|one| &one.program).collect();
        assert_eq!(programs[0].language.as_deref(), Some("python3"));
        assert_eq!(programs[1].name, "two");
        assert_eq!(programs[1].language.as_deref(), Some("cpp"));
        assert_eq!(
            programs[1].files,
            ["submissions/accepted/two/main.cc", "submissions/accepted/two/lib/more.cc"]
        );
    }

    #[test]
    fn scripts_of_validators_are_seen() {
        let folder = Folder::current(&[("output_validator/build", ""), ("output_validator/v.rs", "")]);
        let (package, notes) = folder.package();
        let program = &package.validators.programs[0];
        assert_eq!((program.path.as_str(), program.build, program.run), ("output_validator", true, false));
        assert_eq!(
            notes,
            [
                "output_validator/build: is not executable; it is run all the same, as its `#!` line says or by a shell"
            ]
        );
    }

    #[test]
    fn a_script_alone_is_a_program() {
        for (script, is_built) in [("build", true), ("run", false)] {
            let path = format!("output_validator/{script}");
            let package = Folder::current(&[(path.as_str(), "#!/bin/sh\n")]).package().0;
            let program = &package.validators.programs[0];
            assert_eq!(
                (program.path.as_str(), program.build, program.run),
                ("output_validator", is_built, !is_built)
            );
        }
    }

    #[test]
    fn a_folder_alone_in_the_validators_folder_is_the_program() {
        let folder =
            Folder::current(&[("output_validator/guess/v.cc", ""), ("output_validator/guess/v.h", "")]);
        assert_eq!(folder.package().0.validators.programs[0].path, "output_validator/guess");
    }
}

//! The programs that judge outputs and check inputs (legacy "Output validators", 2025-09 "Output validator",
//! "Static validator", "Input validators").

use crate::metadata::{Format, Metadata};
use crate::program::{self, Program};
use crate::python2;
use crate::report::{Place, Report};
use crate::tree::Dir;

/// How the package validates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    /// Output validators of the package's own, all of which an output must pass; none: the format's default
    /// one, with the flags of each case.
    pub programs: Vec<Program>,
    /// Programs and grammars (`.ctd`, `.viva`) that check inputs.
    pub inputs: Vec<Program>,
    /// The program that judges a submission's sources.
    pub sources: Option<Program>,
    /// The program in `graders/` (legacy).
    pub grader: Option<Program>,
}

impl Validators {
    /// Whether outputs are compared by the format's default validator.
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.programs.is_empty()
    }

    /// All programs that are used.
    fn all(&self) -> impl Iterator<Item = &Program> {
        self.programs.iter().chain(&self.inputs).chain(&self.sources).chain(&self.grader)
    }
}

/// What a program's sources tell of testlib.
#[derive(Debug, Clone, Copy, Default)]
pub struct Testlib {
    includes: bool,
    adapted: bool,
}

impl Testlib {
    /// Looks at a source of the program.
    pub fn look(&mut self, source: &str) {
        let lines = || source.lines().map(str::trim_start);
        self.includes |= lines().any(|line| line.starts_with("#include") && line.contains("testlib.h"));
        self.adapted |= lines().any(|line| line.contains("OK_EXIT_CODE") && line.contains("42"));
    }

    /// One of the sources includes it.
    #[must_use]
    pub fn is_included(self) -> bool {
        self.includes
    }

    /// It is included, and exits as its own authors have it: not one that was adapted to exit as the format has it.
    #[must_use]
    pub fn is_used(self) -> bool {
        self.includes && !self.adapted
    }
}

/// Finds the package's validators, and tells what does not fit with the metadata.
pub(crate) fn read(root: &Dir, metadata: &Metadata, report: &Report) -> Validators {
    let mut validators = Validators {
        programs: outputs(root, metadata.format, report),
        inputs: inputs(root, report),
        sources: one(root, "static_validator", report),
        grader: one(root, "graders", report),
    };
    choose(&mut validators, metadata, report);
    python2::note(validators.all(), root, report);
    validators
}

fn outputs(root: &Dir, format: Format, report: &Report) -> Vec<Program> {
    let (known, other) = if format.is_legacy() {
        ("output_validators", "output_validator")
    } else {
        ("output_validator", "output_validators")
    };
    let dir = match (root.dir(known), root.dir(other)) {
        (Some(dir), None) => dir,
        (Some(dir), Some(_)) => {
            report.note(Place::file(other), format!("ignored: this format has {known}/"));
            dir
        }
        // As DOMjudge takes either.
        (None, Some(dir)) => {
            report.note(Place::file(other), format!("taken for {known}/, which this format has"));
            dir
        }
        (None, None) => return Vec::new(),
    };
    program::check_scripts(dir, report);
    if dir.path == "output_validators" && format.is_legacy() {
        several(dir, report)
    } else {
        program::only_in(dir, report).into_iter().collect()
    }
}

/// Each file and each folder is a program, but for files in no language beside one: headers, and what skeletons leave there. To
/// DOMjudge all files in the folder are one program.
fn several(dir: &Dir, report: &Report) -> Vec<Program> {
    if program::has_script(dir) {
        return program::only_in(dir, report).into_iter().collect();
    }
    let (mut programs, others): (Vec<_>, Vec<_>) = program::all_in(dir, report)
        .into_iter()
        .partition(|program| program.language.is_some() || !program.is_file());
    if let [only] = programs.as_mut_slice()
        && only.is_file()
        && !others.is_empty()
    {
        only.path.clone_from(&dir.path);
        only.files.extend(others.into_iter().map(|other| other.path));
    } else if programs.is_empty() {
        return others;
    } else {
        for other in others {
            report.note(
                Place::file(&other.path),
                "ignored: is in no language that the format knows, beside programs",
            );
        }
    }
    programs
}

fn inputs(root: &Dir, report: &Report) -> Vec<Program> {
    let dirs = ["input_validators", "input_format_validators"];
    let found: Vec<_> = dirs.iter().filter_map(|dir| root.dir(dir)).collect();
    found.iter().for_each(|dir| program::check_scripts(dir, report));
    found.into_iter().flat_map(|dir| program::all_in(dir, report)).collect()
}

fn one(root: &Dir, name: &str, report: &Report) -> Option<Program> {
    let dir = root.dir(name)?;
    program::check_scripts(dir, report);
    program::only_in(dir, report)
}

/// Whether the default or the package's own validator is used (legacy, "Validation").
fn choose(validators: &mut Validators, metadata: &Metadata, report: &Report) {
    let needs_own = metadata.validation.custom || metadata.kind.interactive || metadata.kind.multi_pass;
    if validators.is_default() && needs_own && !metadata.format.is_legacy() {
        report.note(Place::file("output_validator"), "is not there, although the type needs a validator");
    } else if validators.is_default() && needs_own {
        report.fault(Place::file("output_validators"), "holds no program, although validation is custom");
    }
    if metadata.format.is_legacy() && !metadata.validation.custom && !validators.is_default() {
        report.note(Place::file("output_validators"), "not used: validation is default");
        validators.programs.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::Testlib;
    use crate::fixture::{CURRENT, Folder};

    #[test]
    fn testlib_is_known_by_what_is_included() {
        let is_used = |sources: &[&str]| {
            let mut testlib = Testlib::default();
            sources.iter().for_each(|source| testlib.look(source));
            testlib.is_used()
        };
        assert!(
            is_used(&["  #include \"testlib.h\"\nint main(){}"]) && is_used(&["x", "#include <testlib.h>"])
        );
        assert!(!is_used(&["// as with \"testlib.h\"\n"]) && !is_used(&[]));
        assert!(!is_used(&["#include \"testlib.h\"", "#define OK_EXIT_CODE 42"]));
    }

    #[test]
    fn the_default_validator_is_the_default() {
        let (package, notes) = Folder::legacy(&[]).package();
        assert!(package.validators.is_default() && notes.is_empty(), "{notes:?}");
    }

    #[test]
    fn custom_without_a_program_is_a_fault() {
        let folder = Folder::legacy(&[("problem.yaml", "validation: custom interactive\n")]);
        assert_eq!(folder.faults(), ["output_validators: holds no program, although validation is custom"]);
    }

    #[test]
    fn the_folder_of_the_other_format_is_taken_where_there_is_no_other() {
        let yaml = ("problem.yaml", "validation: custom multi-pass\nlimits:\n  validation_passes: 7\n");
        let (package, notes) = Folder::legacy(&[yaml, ("output_validator/v.py", "")]).package();
        assert_eq!(package.validators.programs[0].path, "output_validator/v.py");
        assert_eq!(package.metadata.limits.validation_passes, 7);
        assert_eq!(notes, ["output_validator: taken for output_validators/, which this format has"]);
        let (package, notes) = Folder::current(&[("output_validators/v/v.py", "")]).package();
        assert_eq!(package.validators.programs[0].path, "output_validators/v");
        assert_eq!(notes.len(), 1);
        let both = [yaml, ("output_validator/v.py", ""), ("output_validators/w.py", "")];
        let (package, notes) = Folder::legacy(&both).package();
        assert_eq!(package.validators.programs[0].path, "output_validators/w.py");
        assert_eq!(notes, ["output_validator: ignored: this format has output_validators/"]);
    }

    #[test]
    fn every_legacy_validator_is_used() {
        let yaml = ("problem.yaml", "type: scoring\nvalidation: custom interactive score\n");
        let folder =
            Folder::legacy(&[yaml, ("output_validators/a.py", ""), ("output_validators/b/b.cc", "")]);
        let package = folder.package().0;
        assert_eq!(package.validators.programs.len(), 2);
        assert!(package.metadata.kind.interactive && !package.metadata.kind.multi_pass);
    }

    /// The paths of the validators, their files, and the notes.
    fn custom(files: &[&str]) -> (Vec<String>, Vec<String>, Vec<String>) {
        let mut all = vec![("problem.yaml", "validation: custom\n")];
        all.extend(files.iter().map(|path| (*path, "")));
        let (package, notes) = Folder::legacy(&all).package();
        let programs = package.validators.programs;
        let paths = programs.iter().map(|program| program.path.clone()).collect();
        (paths, programs.into_iter().flat_map(|program| program.files).collect(), notes)
    }

    #[test]
    fn what_lies_beside_one_source_is_a_part_of_it() {
        let (paths, files, notes) = custom(&["output_validators/checker.cpp", "output_validators/testlib.h"]);
        assert_eq!(paths, ["output_validators"]);
        assert_eq!(files, ["output_validators/checker.cpp", "output_validators/testlib.h"]);
        assert!(notes.is_empty(), "{notes:?}");
    }

    #[test]
    fn what_no_program_can_be_made_of_is_none_beside_programs() {
        let (paths, _, notes) = custom(&["output_validators/v/v.py", "output_validators/v.ctd.template"]);
        assert_eq!(paths, ["output_validators/v"]);
        let ignored = "ignored: is in no language that the format knows, beside programs";
        assert_eq!(notes, [format!("output_validators/v.ctd.template: {ignored}")]);
        let (paths, _, notes) =
            custom(&["output_validators/a.py", "output_validators/b.py", "output_validators/c.h"]);
        assert_eq!((paths.len(), notes.len()), (2, 1));
        let (paths, _, notes) = custom(&["output_validators/v.strange"]);
        assert_eq!((paths, notes.len()), (vec!["output_validators/v.strange".to_owned()], 0));
    }

    #[test]
    fn scripts_in_the_folder_itself_make_it_the_program() {
        let (paths, files, _) = custom(&["output_validators/build", "output_validators/v.cpp"]);
        assert_eq!((paths, files.len()), (vec!["output_validators".to_owned()], 2));
    }

    #[test]
    fn validators_that_are_not_used_are_noted() {
        let folder = Folder::legacy(&[("output_validators/a.py", "")]);
        let (package, notes) = folder.package();
        assert!(package.validators.is_default());
        assert_eq!(notes, ["output_validators: not used: validation is default"]);
    }

    #[test]
    fn the_newest_format_takes_what_is_there() {
        let yaml = format!("{CURRENT}name: x\ntype: [interactive, multi-pass]\n");
        let folder = Folder::current(&[("problem.yaml", &yaml), ("output_validator/v.py", "")]);
        let package = folder.package().0;
        assert!(package.metadata.kind.interactive && package.metadata.kind.multi_pass);
        assert!(!package.validators.is_default());
        assert_eq!(package.validators.inputs.len(), 1);
    }
}

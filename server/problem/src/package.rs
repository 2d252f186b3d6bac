//! A problem package as a whole.

use std::collections::BTreeMap;
use std::path::Path;

use crate::data::{self, Data};
use crate::domjudge;
use crate::metadata::{self, Format, Metadata};
use crate::own::{self, Own};
use crate::plain::Plain;
use crate::report::{Note, Place, Refused, Report};
use crate::statement::{self, Text};
use crate::submissions::{self, Submission};
use crate::tree::{self, Dir, Links};
use crate::validator::{self, Validators};

/// Everything that a package says. Files are named by their paths in it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Package {
    /// `problem.yaml` and what other tools add to it.
    pub metadata: Metadata,
    /// Cases in groups.
    pub data: Data,
    /// How outputs and inputs are validated.
    pub validators: Validators,
    /// Example submissions with what is expected of them.
    pub submissions: Vec<Submission>,
    /// The statement in its languages.
    pub statements: Vec<Text>,
    /// How the problem is meant to be solved.
    pub solutions: Vec<Text>,
    /// Files for those who solve.
    pub attachments: Vec<String>,
    /// Files that are put beside each submission, by language; `default` for all.
    pub includes: BTreeMap<String, Vec<String>>,
    /// The folders of programs that make pictures of inputs and outputs.
    pub visualizers: Vec<String>,
    /// What the format has no place for.
    pub own: Own,
}

/// Where such programs are.
const VISUALIZERS: [&str; 2] = ["input_visualizer", "output_visualizer"];

/// What may lie in a package's root and is read, or is known and of no use to a judge.
pub(crate) const KNOWN: [&str; 24] = [
    "problem.yaml",
    "domjudge-problem.ini",
    own::FILE,
    tree::TIME_LIMIT,
    submissions::entries::FILE,
    statement::OF_DOMJUDGE[0],
    statement::OF_DOMJUDGE[1],
    "data",
    "submissions",
    "statement",
    "problem_statement",
    "solution",
    "attachments",
    "include",
    "input_validators",
    "input_format_validators",
    "output_validator",
    "output_validators",
    "static_validator",
    "graders",
    "generators",
    "input_visualizer",
    "output_visualizer",
    "README.md",
];

impl Package {
    /// Reads the package in a folder: of the format, or plain inputs and answers.
    ///
    /// Nothing is written or run, and no link out of the folder is followed. Nobody may change the folder
    /// meanwhile.
    ///
    /// # Errors
    /// Everything that is wrong, each with its place.
    pub fn read(folder: &Path) -> Result<(Self, Vec<Note>), Refused> {
        Self::read_with(folder, Links::Inside)
    }

    /// As [`Self::read`], where links may lead out of the folder.
    ///
    /// # Errors
    /// Everything that is wrong, each with its place.
    pub fn read_with(folder: &Path, links: Links) -> Result<(Self, Vec<Note>), Refused> {
        let report = Report::default();
        let package = match tree::read(folder, links, &report) {
            Ok(root) => package(&root, &report),
            Err(error) => {
                report.fault(Place::default(), format!("cannot be read: {error}"));
                Self::default()
            }
        };
        report.conclude(package)
    }
}

fn package(root: &Dir, report: &Report) -> Package {
    if let Some(plain) = Plain::of(root) {
        let metadata = Metadata { format: Format::Plain, ..Metadata::default() };
        return Package { metadata, data: plain.read(report), ..Package::default() };
    }
    note_strangers(root, report);
    let mut metadata = metadata::read(root, report);
    domjudge::read(root, &mut metadata, report);
    let validators = validator::read(root, &metadata, report);
    let statements = statement::statements(root, metadata.format, report);
    if !metadata.format.is_legacy() && !statements.is_empty() {
        statement::check_names(&metadata.names, &statements, report);
    }
    let data = data::read(root, &metadata, &validators, report);
    if validators.sources.is_some() && !data.root.has_static_case() {
        let what = "not used: no group has a static validation test case";
        report.note(Place::file("static_validator"), what);
    }
    Package {
        data,
        submissions: submissions::read(root, metadata.format, report),
        statements,
        solutions: statement::solutions(root),
        attachments: statement::attachments(root),
        includes: statement::includes(root, report),
        visualizers: VISUALIZERS
            .into_iter()
            .filter(|name| root.dir(name).is_some())
            .map(str::to_owned)
            .collect(),
        own: own::read(root, report),
        validators,
        metadata,
    }
}

fn note_strangers(root: &Dir, report: &Report) {
    let names = root.files.keys().chain(root.dirs.keys());
    for name in names.filter(|name| !KNOWN.contains(&name.as_str())) {
        report.note(Place::file(name), "ignored: the format has no such file or folder");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Folder;

    #[test]
    fn whole_packages_have_no_notes() {
        for folder in [Folder::legacy(&[]), Folder::current(&[])] {
            let (package, notes) = folder.package();
            assert!(notes.is_empty(), "{notes:?}");
            assert_eq!((package.data.cases.len(), package.submissions.len()), (1, 1));
        }
    }

    #[test]
    fn a_static_validator_that_judges_nothing_is_noted() {
        let validator = ("static_validator/v.py", "");
        let (package, notes) = Folder::current(&[validator]).package();
        assert!(!package.data.root.has_static_case());
        assert_eq!(notes, ["static_validator: not used: no group has a static validation test case"]);
        let yaml = ("data/secret/test_group.yaml", "static_validation_score: pass-fail\n");
        let cases = [("data/secret/1.in", ""), ("data/secret/1.ans", "")];
        let files = [&[validator, yaml], cases.as_slice()].concat();
        let (package, notes) = Folder::current(&files).package();
        assert!(package.data.root.has_static_case() && notes.is_empty(), "{notes:?}");
    }

    #[test]
    fn strangers_are_noted() {
        let (_, notes) = Folder::current(&[("scripts/x.sh", ""), ("todo.txt", "")]).package();
        assert_eq!(notes.len(), 2);
    }

    #[test]
    fn a_folder_that_is_not_there_is_a_fault() {
        let faults = Package::read(Path::new("/nowhere/at/all")).unwrap_err().faults;
        assert!(faults[0].to_string().starts_with("package: cannot be read"));
    }
}

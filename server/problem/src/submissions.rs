//! Example submissions and what is expected of them (legacy and 2025-09, "Example submissions").

mod annotation;
pub(crate) mod entries;
mod expected;
mod glob;
mod listed;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::bounds;
use crate::metadata::{Format, Person};
use crate::program::{self, Program};
use crate::python2;
use crate::report::{Place, Report};
use crate::tree::{Dir, File};
use crate::verdict::Verdict;

pub use expected::{Expectation, TimeLimitUse};
pub use glob::Pattern;

/// An example submission.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Submission {
    /// The program.
    pub program: Program,
    /// The folder in `submissions/`: `accepted`, `wrong_answer` …
    pub folder: String,
    /// What must hold, all of it.
    pub expected: Vec<Arc<Expectation>>,
    /// The verdict of the whole must be one of these; empty: any that what is expected allows.
    pub overall: Vec<Verdict>,
    /// Accepted, but not with the best score (`partially_accepted`).
    pub partial: bool,
    /// The language, where it is told.
    pub language: Option<String>,
    /// What is started, where it is told.
    pub entrypoint: Option<String>,
    /// Who wrote it.
    pub authors: Vec<Person>,
    /// Worth publishing.
    pub model_solution: bool,
}

impl Submission {
    /// Its path below `submissions/`.
    fn path(&self) -> &str {
        self.program.path.strip_prefix("submissions/").unwrap_or(&self.program.path)
    }
}

/// Reads `submissions/`.
pub(crate) fn read(root: &Dir, format: Format, report: &Report) -> Vec<Submission> {
    let Some(dir) = root.dir("submissions") else {
        report.note(Place::file("submissions"), "is not there");
        return Vec::new();
    };
    let mut submissions: Vec<_> = dir.dirs.values().flat_map(|dir| in_folder(dir, format, report)).collect();
    if submissions.len() > bounds::SUBMISSIONS {
        report.fault(Place::file("submissions"), format!("more than {} submissions", bounds::SUBMISSIONS));
        return Vec::new();
    }
    for file in dir.files.values().filter(|file| file.path != listed::FILE) {
        report.note(Place::file(&file.path), "ignored: submissions are in folders of verdicts");
    }
    let files = dir.below().into_iter().map(|file| (file.path.as_str(), file)).collect();
    for submission in &mut submissions {
        annotation::read(submission, &files, report);
        old_python(submission, &files, report);
    }
    if let Some(file) = dir.files.get("submissions.yaml") {
        listed::read(file, &mut submissions, report);
    }
    if let Some(file) = root.files.get(entries::FILE) {
        entries::read(file, &mut submissions, report);
    }
    for folder in dir.dirs.values() {
        tell_unexpected(folder, &submissions, format, report);
    }
    if !submissions.iter().any(|submission| submission.folder == "accepted") {
        report.note(Place::file("submissions/accepted"), "holds no submission");
    }
    submissions
}

/// Tells of a folder that means nothing by its name, unless each program in it has what is expected of it from elsewhere.
fn tell_unexpected(dir: &Dir, submissions: &[Submission], format: Format, report: &Report) {
    let folder = dir.path.rsplit('/').next().unwrap_or_default();
    let has_rule =
        |submission: &Submission| !submission.expected.is_empty() || !submission.overall.is_empty();
    let mut programs = submissions.iter().filter(|submission| submission.folder == folder).peekable();
    if expected::of_folder(folder, format).is_none() && (programs.peek().is_none() || !programs.all(has_rule))
    {
        let what = "the format has no such folder: nothing is expected of what is in it";
        report.note(Place::file(&dir.path), what);
    }
}

/// In older packages it is the first line of a program that tells which Python it is in.
fn old_python(submission: &mut Submission, files: &BTreeMap<&str, &File>, report: &Report) {
    let program = &mut submission.program;
    if program.language.as_deref() != Some("python3") {
        return;
    }
    let mut sources = program.files.iter().filter_map(|path| files.get(path.as_str()));
    if sources.any(|file| python2::says_so(&file.searched(report))) {
        program.language = Some("python2".to_owned());
    }
}

fn in_folder(dir: &Dir, format: Format, report: &Report) -> Vec<Submission> {
    let folder = dir.path.rsplit('/').next().unwrap_or_default().to_owned();
    let expected = expected::of_folder(&folder, format).map(Arc::new);
    let programs = program::all_in(dir, report).into_iter();
    programs
        .map(|program| Submission {
            program,
            folder: folder.clone(),
            expected: expected.iter().cloned().collect(),
            partial: folder == "partially_accepted",
            ..Submission::default()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::fixture::Folder;
    use crate::verdict::Verdict;

    #[test]
    fn folders_tell_what_is_expected() {
        let folder = Folder::current(&[
            ("submissions/wrong_answer/w.py", ""),
            ("submissions/mystery/m.py", ""),
            ("submissions/stray.py", ""),
        ]);
        let (package, notes) = folder.package();
        let folders: Vec<_> = package.submissions.iter().map(|one| one.folder.as_str()).collect();
        assert_eq!(folders, ["accepted", "mystery", "wrong_answer"]);
        assert_eq!(package.submissions[2].expected[0].required, [Verdict::WrongAnswer]);
        assert!(package.submissions[1].expected.is_empty());
        assert_eq!(notes.len(), 2, "{notes:?}");
    }

    #[test]
    fn a_folder_of_which_all_is_told_elsewhere_is_not_told_to_mean_nothing() {
        let mixed = ("submissions/mixed/m.py", "");
        let told = "submissions/mixed: the format has no such folder: nothing is expected of what is in it";
        let listed = ("submissions/submissions.yaml", "mixed/m.py:\n  permitted: [AC, WA]\n");
        assert_eq!(Folder::current(&[mixed, listed]).package().1, Vec::<String>::new());
        assert_eq!(Folder::current(&[mixed, ("submissions/mixed/n.py", ""), listed]).package().1, [told]);
        let annotated = ("submissions/mixed/m.py", "# @EXPECTED_RESULTS@: CORRECT, WRONG-ANSWER\n");
        assert_eq!(Folder::legacy(&[annotated]).package().1, Vec::<String>::new());
    }

    #[test]
    fn the_first_line_tells_an_old_python() {
        let folder = Folder::legacy(&[
            ("submissions/accepted/old.py", "#!/usr/bin/env python2\nprint 1\n"),
            ("submissions/accepted/new.py", "#!/usr/bin/env python3\n# not python2\nprint(1)\n"),
        ]);
        let package = folder.package().0;
        let languages: Vec<_> =
            package.submissions.iter().map(|one| one.program.language.as_deref()).collect();
        assert_eq!(languages, [Some("python3"), Some("python3"), Some("python2")]);
    }

    #[test]
    fn submissions_have_a_bound() {
        let names: Vec<_> = (0..500).map(|number| format!("submissions/rejected/{number}.py")).collect();
        let files: Vec<_> = names.iter().map(|name| (name.as_str(), "")).collect();
        assert_eq!(Folder::current(&files).faults(), ["submissions: more than 500 submissions"]);
        assert_eq!(Folder::current(&files[1..]).package().0.submissions.len(), 500);
    }

    #[test]
    fn partially_accepted_is_accepted_without_the_best_score() {
        let folder = Folder::legacy(&[
            ("problem.yaml", "type: scoring\n"),
            ("submissions/partially_accepted/p.py", ""),
        ]);
        let package = folder.package().0;
        assert!(package.submissions[1].partial && !package.submissions[0].partial);
    }
}

//! The cases in one folder: files of the same name with different endings (2025-09, "Test cases").

use std::collections::BTreeMap;

use super::{Case, Context, Settings};
use crate::bounds;
use crate::own;
use crate::report::Place;
use crate::tree::{Dir, File, joined};

/// Endings of a case's files; those that end another one come after it.
const ENDINGS: [&str; 15] = [
    "in.statement",
    "ans.statement",
    "in.download",
    "ans.download",
    "interaction",
    "in",
    "ans",
    "out",
    "hint",
    "desc",
    "yaml",
    "png",
    "jpg",
    "jpeg",
    "svg",
];
const ILLUSTRATIONS: [&str; 4] = ["png", "jpg", "jpeg", "svg"];
const SHOWN: [&str; 4] = ["in.statement", "ans.statement", "in.download", "ans.download"];

/// Which files a case must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needs {
    /// Input and answer.
    Answer,
    /// An input and no answer (`data/invalid_input`).
    Nothing,
    /// Input, answer and output (`data/invalid_output`, `data/valid_output`).
    Output,
}

/// The files of a folder, put together to cases.
pub(super) struct Found<'a> {
    /// By name and ending.
    cases: BTreeMap<&'a str, BTreeMap<&'static str, &'a File>>,
    files: BTreeMap<&'a str, &'a Dir>,
    /// Folders that are no case's.
    pub(super) dirs: Vec<(&'a str, &'a Dir)>,
}

/// Puts the files of one folder together; `settings` is the file for the folder as a whole.
pub(super) fn find<'a>(dir: &'a Dir, settings: &[&str], context: Context<'_>) -> Found<'a> {
    let mut found = Found { cases: BTreeMap::new(), files: BTreeMap::new(), dirs: Vec::new() };
    for (name, file) in dir.files.iter().filter(|(name, _)| !settings.contains(&name.as_str())) {
        match parts(name) {
            Some((case, ending)) => {
                found.cases.entry(case).or_default().insert(ending, file);
            }
            None => context.report.note(Place::file(&file.path), "ignored: no file of a case"),
        }
    }
    for (name, dir) in &dir.dirs {
        match name.strip_suffix(".files") {
            Some(case) => {
                found.files.insert(case, dir);
            }
            None => found.dirs.push((name, dir)),
        }
    }
    found.check(context);
    found
}

fn parts(name: &str) -> Option<(&str, &'static str)> {
    ENDINGS.iter().find_map(|ending| {
        let case = name.strip_suffix(ending)?.strip_suffix('.')?;
        (!case.is_empty()).then_some((case, *ending))
    })
}

impl<'a> Found<'a> {
    fn check(&self, context: Context<'_>) {
        for (name, dir) in &self.dirs {
            if self.cases.get(name).is_some_and(|files| files.contains_key("in")) {
                context.report.fault(Place::file(&dir.path), "has the name of a case");
            }
        }
        for (name, dir) in &self.files {
            if !self.cases.get(name).is_some_and(|files| files.contains_key("in")) {
                context.report.note(Place::file(&dir.path), "ignored: belongs to no input");
            }
            for inner in dir.dirs.values() {
                if let Some(why) = inner.path.rsplit('/').next().and_then(own::programs) {
                    context.report.fault(Place::file(&inner.path), &why);
                }
            }
        }
    }

    /// The cases in order; dialogues without an input go to `interactions`.
    pub(super) fn cases(
        &self,
        group: &str,
        needs: Needs,
        settings: &Settings,
        interactions: &mut Vec<String>,
        context: Context<'_>,
    ) -> Vec<Case> {
        let mut cases = Vec::new();
        for (name, files) in &self.cases {
            match files.get("in") {
                Some(input) => cases.push(self.case(name, input, group, files, needs, settings, context)),
                None => orphans(files, interactions, context),
            }
        }
        cases
    }

    #[expect(clippy::too_many_arguments, reason = "all that a case is made of")]
    fn case(
        &self,
        name: &str,
        input: &File,
        group: &str,
        files: &BTreeMap<&'static str, &'a File>,
        needs: Needs,
        settings: &Settings,
        context: Context<'_>,
    ) -> Case {
        let path = |ending: &str| files.get(ending).map(|file| file.path.clone());
        let mut case = Case {
            name: joined(group, name),
            input: input.path.clone(),
            answer: path("ans"),
            output: path("out"),
            interaction: path("interaction"),
            illustration: ILLUSTRATIONS.iter().find_map(|ending| path(ending)),
            files: self.files.get(name).map(|dir| inner_files(dir)).unwrap_or_default(),
            shown: SHOWN.iter().filter_map(|ending| Some(((*ending).to_owned(), path(ending)?))).collect(),
            settings: settings.clone(),
            ..Case::default()
        };
        needed(&case, needs, context);
        for file in [Some(input), files.get("ans").copied()].into_iter().flatten() {
            note_mark(file, context);
        }
        texts(&mut case, files, context);
        if let Some(file) = files.get("yaml") {
            super::current::configure(&mut case, file, context);
        }
        case.flags = context.flags(&case, files.get("yaml").unwrap_or(&input).path.as_str());
        case
    }
}

/// The files by their paths in the folder.
fn inner_files(dir: &Dir) -> BTreeMap<String, String> {
    let start = dir.path.len() + 1;
    dir.all_files().into_iter().map(|path| (path[start..].to_owned(), path)).collect()
}

fn needed(case: &Case, needs: Needs, context: Context<'_>) {
    let place = || Place::file(&case.input);
    if case.answer.is_none() && needs != Needs::Nothing {
        context.report.fault(place(), "has no answer beside it");
    }
    if case.answer.is_some() && needs == Needs::Nothing {
        context.report.note(place(), "the answer beside it is not used");
    }
    if case.output.is_none() && needs == Needs::Output {
        context.report.fault(place(), "has no output beside it");
    }
}

/// As editors of Windows leave one: no program expects it, and no output begins with it.
fn note_mark(file: &File, context: Context<'_>) {
    if file.has_mark() {
        let what = "begins with a byte-order mark, which programs are given and outputs are compared with";
        context.report.note(Place::file(&file.path), what);
    }
}

/// Hints and descriptions in files of their own (legacy, "Annotations").
fn texts(case: &mut Case, files: &BTreeMap<&'static str, &File>, context: Context<'_>) {
    let text = |ending: &str| files.get(ending).and_then(|file| file.text(bounds::TEXT, context.report));
    case.hint = text("hint");
    case.description = text("desc");
    let pictures = ILLUSTRATIONS.iter().filter(|ending| files.contains_key(*ending)).count();
    if pictures > 1 {
        context.report.note(Place::file(&case.input), "has more than one illustration; the first is taken");
    }
}

fn orphans(files: &BTreeMap<&'static str, &File>, interactions: &mut Vec<String>, context: Context<'_>) {
    for (ending, file) in files {
        match *ending {
            "interaction" => interactions.push(file.path.clone()),
            "ans" => context.report.fault(Place::file(&file.path), "belongs to no input"),
            _ => context.report.note(Place::file(&file.path), "ignored: belongs to no input"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Folder;

    #[test]
    fn names_are_split_at_the_longest_ending() {
        assert_eq!(parts("1.in.statement"), Some(("1", "in.statement")));
        assert_eq!(parts("a.b.in"), Some(("a.b", "in")));
        assert_eq!(parts(".in"), None);
        assert_eq!(parts("readme.txt"), None);
    }

    #[test]
    fn no_folder_of_a_case_lies_where_a_program_may() {
        let with = |folder: &str| {
            let file = format!("data/secret/1.files/{folder}/x");
            Folder::current(&[("data/secret/1.in", ""), ("data/secret/1.ans", ""), (file.as_str(), "")])
        };
        for refused in ["main.py", "main", "sum.cpp"] {
            let faults = with(refused).faults();
            assert!(faults[0].contains("may be called so"), "{refused}: {faults:?}");
        }
        for taken in ["Main", "deep/main.py", "tables"] {
            assert_eq!(with(taken).data().cases.len(), 1, "{taken}");
        }
    }

    #[test]
    fn all_files_of_a_case_are_found() {
        let data = Folder::legacy(&[
            ("data/secret/1.in", ""),
            ("data/secret/1.ans", ""),
            ("data/secret/1.hint", "try"),
            ("data/secret/1.desc", "small"),
            ("data/secret/1.svg", ""),
            ("data/secret/1.interaction", ""),
            ("data/secret/1.in.download", ""),
            ("data/secret/1.files/deep/table.csv", ""),
        ])
        .data();
        let case = &data.cases[0];
        assert_eq!((case.name.as_str(), case.input.as_str()), ("secret/1", "data/secret/1.in"));
        assert_eq!(case.answer.as_deref(), Some("data/secret/1.ans"));
        assert_eq!((case.hint.as_deref(), case.description.as_deref()), (Some("try"), Some("small")));
        assert_eq!(case.illustration.as_deref(), Some("data/secret/1.svg"));
        assert_eq!(case.interaction.as_deref(), Some("data/secret/1.interaction"));
        assert_eq!(case.shown["in.download"], "data/secret/1.in.download");
        assert_eq!(case.files["deep/table.csv"], "data/secret/1.files/deep/table.csv");
    }

    #[test]
    fn inputs_without_answers_and_answers_without_inputs_are_faults() {
        let folder = Folder::legacy(&[("data/secret/1.in", ""), ("data/secret/2.ans", "")]);
        let faults = folder.faults();
        assert_eq!(
            faults,
            ["data/secret/1.in: has no answer beside it", "data/secret/2.ans: belongs to no input"]
        );
    }

    #[test]
    fn byte_order_marks_are_told() {
        let files = [("data/secret/1.in", "1\n"), ("data/secret/1.ans", "\u{feff}1\n")];
        let (_, notes) = Folder::legacy(&files).package();
        assert_eq!(notes.len(), 1, "{notes:?}");
        assert!(notes[0].starts_with("data/secret/1.ans: begins with a byte-order mark"), "{notes:?}");
    }

    #[test]
    fn dialogues_may_stand_alone() {
        let data = Folder::legacy(&[("data/sample/1.interaction", "")]).data();
        assert_eq!(data.interactions, ["data/sample/1.interaction"]);
    }

    #[test]
    fn what_belongs_to_no_case_is_noted() {
        let folder = Folder::legacy(&[("data/sample/readme.txt", ""), ("data/sample/2.hint", "")]);
        let (_, notes) = folder.package();
        assert_eq!(
            notes,
            [
                "data/sample/readme.txt: ignored: no file of a case",
                "data/sample/2.hint: ignored: belongs to no input"
            ]
        );
    }

    #[test]
    fn cases_are_in_order_of_their_names() {
        let data = Folder::legacy(&[
            ("data/secret/a.in", ""),
            ("data/secret/a.ans", ""),
            ("data/secret/a-b.in", ""),
            ("data/secret/a-b.ans", ""),
            ("data/secret/10.in", ""),
            ("data/secret/10.ans", ""),
            ("data/secret/9.in", ""),
            ("data/secret/9.ans", ""),
        ])
        .data();
        let names: Vec<_> = data.cases.iter().map(|case| case.name.as_str()).collect();
        assert_eq!(names, ["secret/10", "secret/9", "secret/a", "secret/a-b"]);
    }

    #[test]
    fn a_folder_may_not_have_the_name_of_a_case() {
        let folder = Folder::legacy(&[
            ("data/secret/1.in", ""),
            ("data/secret/1.ans", ""),
            ("data/secret/1/2.in", ""),
            ("data/secret/1/2.ans", ""),
        ]);
        assert_eq!(folder.faults(), ["data/secret/1: has the name of a case"]);
    }

    #[test]
    fn flags_of_the_default_validator_are_read_for_each_case() {
        let yaml = ("problem.yaml", "validator_flags: float_tolerance 1e-6\n");
        let data = Folder::legacy(&[yaml]).data();
        assert_eq!(data.cases[0].flags.unwrap().float_absolute_tolerance, Some(1e-6));
        let files = [
            yaml,
            ("data/secret/testdata.yaml", "output_validator_flags: float_tolerance 1e-3\n"),
            ("data/secret/1.in", ""),
            ("data/secret/1.ans", ""),
        ];
        let of_group = Folder::legacy(&files).data().cases[0].flags.unwrap();
        assert_eq!(of_group.float_absolute_tolerance, Some(1e-3));
        let folder = Folder::legacy(&[("problem.yaml", "validator_flags: fuzzy\n")]);
        assert!(folder.faults()[0].contains("the default validator has no argument \"fuzzy\""));
    }
}

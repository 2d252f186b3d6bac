//! A folder of inputs with their answers, and no `problem.yaml`: a pass-fail problem without a sample.

mod order;
mod pairs;
mod rule;

use crate::absent;
use crate::data::{Case, Data, Group, Item};
use crate::flags::Flags;
use crate::report::{Place, Report};
use crate::tree::{self, Dir};
use pairs::{Pair, Pairs};

/// How inputs and answers may be called, for instance.
pub const NAMES: &str =
    "1.in and 1.ans, 01 and 01.a, input1.txt and output1.txt or input/1.txt and output/1.txt";

/// Inputs with their answers, read from a folder that is no package of the format.
#[derive(Debug)]
pub(crate) struct Plain<'a> {
    root: &'a Dir,
    pairs: Pairs<'a>,
    /// They are all in the folder itself.
    flat: bool,
}

impl<'a> Plain<'a> {
    /// The folder, if it is read as one: with inputs in itself, or with some anywhere, if it seems to be nothing else.
    pub(crate) fn of(root: &'a Dir) -> Option<Self> {
        let flat = root.files.keys().any(|name| name.ends_with(".in"));
        if root.files.contains_key("problem.yaml") || !flat && absent::seems(root).is_some() {
            return None;
        }
        let pairs = if flat { Pairs::of(root.files.values()) } else { Pairs::of(root.below()) };
        (flat || !pairs.pairs.is_empty()).then_some(Self { root, pairs, flat })
    }

    /// Each input with its answer is a case; numbers in names count as numbers, so that 2 comes before 10.
    pub(crate) fn read(mut self, report: &Report) -> Data {
        self.pairs.tell(report);
        self.tell_unread(report);
        self.pairs.pairs.sort_by(|one, other| order::parts(&one.name).cmp(&order::parts(&other.name)));
        data(self.pairs.pairs.iter().map(case).collect())
    }

    /// What is not looked at: folders beside inputs, and what has a name that is not read.
    fn tell_unread(&self, report: &Report) {
        if self.flat {
            for dir in self.root.dirs.values() {
                report.note(Place::file(&dir.path), "ignored: a folder beside inputs and answers");
            }
            return;
        }
        for path in self.root.folders().into_iter().flat_map(|dir| &dir.unread) {
            if self.is_missed(path) {
                report.fault(Place::file(path), tree::not_allowed("the case"));
            }
        }
    }

    /// Whether there would be a case, or a folder with some, if it had a name that is read.
    fn is_missed(&self, path: &str) -> bool {
        let in_folders = || self.pairs.pairs.iter().any(|pair| pair.input.path.contains('/'));
        if path.ends_with('/') { in_folders() } else { self.pairs.missed(path).is_some() }
    }
}

fn data(cases: Vec<Case>) -> Data {
    let items = (0..cases.len()).map(Item::Case).collect();
    let secret = Group { name: "secret".to_owned(), items, ..Group::default() };
    let root = Group { items: vec![Item::Group(secret)], ..Group::default() };
    Data { cases, root, ..Data::default() }
}

fn case(pair: &Pair<'_>) -> Case {
    Case {
        name: format!("secret/{}", pair.name),
        input: pair.input.path.clone(),
        answer: Some(pair.answer.path.clone()),
        flags: Some(Flags::default()),
        ..Case::default()
    }
}

#[cfg(test)]
mod tests {
    use crate::fixture::Folder;
    use crate::metadata::Format;

    fn folder(paths: &[&str]) -> Folder {
        let files: Vec<_> = paths.iter().map(|path| (*path, "")).collect();
        Folder::with(&files)
    }

    /// The cases with their names, inputs and answers, and the notes.
    fn read(paths: &[&str]) -> (Vec<String>, Vec<String>) {
        let (package, notes) = folder(paths).package();
        assert_eq!(package.metadata.format, Format::Plain);
        let data = &package.data;
        assert_eq!(data.root.cases(), (0..data.cases.len()).collect::<Vec<_>>());
        let told = data.cases.iter().map(|case| {
            let name = case.name.strip_prefix("secret/").unwrap();
            format!("{name}: {} {}", case.input, case.answer.as_deref().unwrap())
        });
        (told.collect(), notes)
    }

    #[test]
    fn pairs_are_a_problem() {
        let (cases, notes) = read(&["10.in", "10.out", "2.in", "2.ans", "2.out", "readme.md", "more/1.in"]);
        assert_eq!(cases, ["2: 2.in 2.ans", "10: 10.in 10.out"]);
        assert_eq!(
            notes,
            [
                "2.out: ignored: the answer is 2.ans",
                "readme.md: ignored: neither an input nor an answer",
                "more: ignored: a folder beside inputs and answers"
            ]
        );
    }

    #[test]
    fn inputs_and_answers_are_called_as_people_call_them() {
        for (paths, cases) in [
            (&["1.in", "1.ans"][..], &["1: 1.in 1.ans"][..]),
            (&["1.IN", "1.OUT"], &["1: 1.IN 1.OUT"]),
            (&["test1.in", "test1.sol"], &["test1: test1.in test1.sol"]),
            (&["01.in", "01.a"], &["01: 01.in 01.a"]),
            (&["01.dat", "01.sol"], &["01: 01.dat 01.sol"]),
            (&["a.inp", "a.oup", "b.inp", "b.out"], &["a: a.inp a.oup", "b: b.inp b.out"]),
            (&["1.input", "1.output"], &["1: 1.input 1.output"]),
            (
                &["tests/01", "tests/01.a", "tests/02", "tests/02.a"],
                &["01: tests/01 tests/01.a", "02: tests/02 tests/02.a"],
            ),
            (
                &["01/01.in", "01/01.ans", "02/02.in", "02/02.ans"],
                &["01/01: 01/01.in 01/01.ans", "02/02: 02/02.in 02/02.ans"],
            ),
            (
                &["1/input", "1/output", "2/input", "2/output"],
                &["1: 1/input 1/output", "2: 2/input 2/output"],
            ),
            (&["1/input.txt", "1/output.txt"], &["1: 1/input.txt 1/output.txt"]),
            (
                &["input10.txt", "input9.txt", "output10.txt", "output9.txt"],
                &["9: input9.txt output9.txt", "10: input10.txt output10.txt"],
            ),
            (&["sums.in.1", "sums.out.1"], &["sums.1: sums.in.1 sums.out.1"]),
            (&["input.txt", "output.txt"], &["input: input.txt output.txt"]),
            (&["input/1.txt", "output/1.txt"], &["1: input/1.txt output/1.txt"]),
            (&["input/1.in", "output/1.out"], &["1: input/1.in output/1.out"]),
            (&["in/1.dat", "out/1.sol"], &["1: in/1.dat out/1.sol"]),
            (
                &["t/Input/input1.txt", "t/Output/output1.txt"],
                &["1: t/Input/input1.txt t/Output/output1.txt"],
            ),
            (&["inputs/a/1", "outputs/a/1"], &["1: inputs/a/1 outputs/a/1"]),
        ] {
            assert_eq!(
                read(paths),
                (cases.iter().map(ToString::to_string).collect(), Vec::new()),
                "{paths:?}"
            );
        }
    }

    #[test]
    fn names_that_would_be_the_same_are_those_of_the_inputs() {
        let (cases, notes) = read(&["1.in", "1.ans", "input1.txt", "output1.txt"]);
        assert_eq!(cases, ["1.in: 1.in 1.ans", "input1.txt: input1.txt output1.txt"]);
        assert!(notes.is_empty(), "{notes:?}");
    }

    #[test]
    fn words_in_names_are_no_mark_where_the_ending_is_one() {
        let (cases, _) = read(&[
            "walk-in.in",
            "walk-in.out",
            "walk-out.in",
            "walk-out.out",
            "in.in",
            "in.ans",
            "out.in",
            "out.ans",
        ]);
        assert_eq!(
            cases,
            [
                "in: in.in in.ans",
                "out: out.in out.ans",
                "walk-in: walk-in.in walk-in.out",
                "walk-out: walk-out.in walk-out.out"
            ]
        );
    }

    #[test]
    fn one_of_several_answers_is_taken_and_the_others_are_told() {
        let (cases, notes) = read(&["input/1.txt", "output/1.txt", "answer/1.txt"]);
        assert_eq!(cases, ["1: input/1.txt answer/1.txt"]);
        assert_eq!(notes, ["output/1.txt: ignored: the answer is answer/1.txt"]);
    }

    #[test]
    fn what_has_no_partner_is_a_fault() {
        for (paths, faults) in [
            (
                &["1.in", "2.ans", "3.out"][..],
                &[
                    "1.in: has no answer: 1.ans is not there",
                    "2.ans: belongs to no input",
                    "3.out: belongs to no input",
                ][..],
            ),
            (
                &["01", "01.a", "02", "03.a"],
                &["02: has no answer: 02.a is not there", "03.a: belongs to no input"],
            ),
            (
                &["input/1.txt", "output/1.txt", "input/2.txt", "output/3.txt"],
                &[
                    "input/2.txt: has no answer: output/2.txt is not there",
                    "output/3.txt: belongs to no input",
                ],
            ),
            (
                &["input1.txt", "output1.txt", "input2.txt"],
                &["input2.txt: has no answer: output2.txt is not there"],
            ),
            (
                &["input1.txt", "output1.txt", "more/2.in"],
                &["more/2.in: has no answer: more/2.ans is not there"],
            ),
        ] {
            assert_eq!(folder(paths).faults(), faults, "{paths:?}");
        }
    }

    #[test]
    fn what_else_there_is_is_noted() {
        let (cases, notes) = read(&["01", "01.a", "Makefile", "check.cpp", "output-format.md"]);
        assert_eq!((cases.len(), notes.len()), (1, 3), "{notes:?}");
    }

    #[test]
    fn no_case_is_left_out_for_its_name() {
        for path in ["input/a b.txt", "input/é/1.txt"] {
            let faults = folder(&["input/1.txt", "output/1.txt", path]).faults();
            assert!(faults.len() == 1 && faults[0].contains("the case would be left out"), "{faults:?}");
        }
        let (_, notes) = read(&["input/1.txt", "output/1.txt", ".git/config", "read me.md"]);
        assert_eq!(notes.len(), 2, "{notes:?}");
    }

    #[test]
    fn a_folder_of_something_else_is_no_package() {
        for paths in [
            &["main.py"][..],
            &["prog", "prog.out"],
            &["problem.xml", "tests/01", "tests/01.a"],
            &["data/secret/1.in", "data/secret/1.ans"],
            &["tests/1.in", "tests/1.ans", "output_validators/v.py"],
            &["a/problem.yaml", "a/1.in", "a/1.ans"],
        ] {
            let faults = folder(paths).faults();
            assert!(faults[0].starts_with("problem.yaml: is not there"), "{paths:?}: {faults:?}");
        }
    }
}

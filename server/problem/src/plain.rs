//! A folder of `1.in` with `1.ans` or `1.out`, and no `problem.yaml`: a pass-fail problem without a sample.

use std::collections::BTreeMap;

use crate::data::{Case, Data, Group, Item};
use crate::flags::Flags;
use crate::report::{Place, Report};
use crate::tree::{Dir, File};

/// Whether the folder is read as one.
pub(crate) fn is_plain(root: &Dir) -> bool {
    !root.files.contains_key("problem.yaml") && root.files.keys().any(|name| name.ends_with(".in"))
}

/// Pairs inputs and answers; numbers in names count as numbers, so that 2 comes before 10.
pub(crate) fn read(root: &Dir, report: &Report) -> Data {
    let mut pairs: BTreeMap<Vec<Part<'_>>, Pair<'_>> = BTreeMap::new();
    for (name, file) in &root.files {
        match name.rsplit_once('.') {
            Some((stem, "in")) => pairs.entry(parts(stem)).or_default().input = Some((stem, file)),
            Some((stem, "ans")) => pairs.entry(parts(stem)).or_default().answer = Some(file),
            Some((stem, "out")) => pairs.entry(parts(stem)).or_default().output = Some(file),
            _ => report.note(Place::file(&file.path), "ignored: neither an input nor an answer"),
        }
    }
    for dir in root.dirs.values() {
        report.note(Place::file(&dir.path), "ignored: a folder beside inputs and answers");
    }
    let cases: Vec<_> = pairs.values().filter_map(|pair| pair.case(report)).collect();
    data(cases)
}

fn data(cases: Vec<Case>) -> Data {
    let items = (0..cases.len()).map(Item::Case).collect();
    let secret = Group { name: "secret".to_owned(), items, ..Group::default() };
    let root = Group { items: vec![Item::Group(secret)], ..Group::default() };
    Data { cases, root, ..Data::default() }
}

#[derive(Default)]
struct Pair<'a> {
    input: Option<(&'a str, &'a File)>,
    answer: Option<&'a File>,
    output: Option<&'a File>,
}

impl Pair<'_> {
    fn case(&self, report: &Report) -> Option<Case> {
        let Some((name, input)) = self.input else {
            for file in self.answer.iter().chain(&self.output) {
                report.fault(Place::file(&file.path), "belongs to no input");
            }
            return None;
        };
        if let (Some(_), Some(output)) = (self.answer, self.output) {
            report.note(Place::file(&output.path), "ignored: the answer is in the file with .ans");
        }
        let Some(answer) = self.answer.or(self.output) else {
            report.fault(
                Place::file(&input.path),
                format!("has no answer beside it: {name}.ans or {name}.out"),
            );
            return None;
        };
        Some(Case {
            name: format!("secret/{name}"),
            input: input.path.clone(),
            answer: Some(answer.path.clone()),
            flags: Some(Flags::default()),
            ..Case::default()
        })
    }
}

/// A part of a name: digits sort by their number, before other text.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part<'a> {
    /// The digits without zeros before, sorted by their count first; then all of them.
    Number(usize, &'a str, &'a str),
    Text(&'a str),
}

fn parts(name: &str) -> Vec<Part<'_>> {
    let same = |one: &u8, other: &u8| one.is_ascii_digit() == other.is_ascii_digit();
    let mut parts = Vec::new();
    let mut from = 0;
    for chunk in name.as_bytes().chunk_by(same) {
        let text = &name[from..from + chunk.len()];
        from += chunk.len();
        let digits = text.trim_start_matches('0');
        parts.push(if chunk[0].is_ascii_digit() {
            Part::Number(digits.len(), digits, text)
        } else {
            Part::Text(text)
        });
    }
    parts
}

#[cfg(test)]
mod tests {
    use crate::fixture::Folder;
    use crate::metadata::Format;

    #[test]
    fn pairs_are_a_problem() {
        let folder = Folder::with(&[
            ("10.in", ""),
            ("10.out", ""),
            ("2.in", ""),
            ("2.ans", ""),
            ("2.out", ""),
            ("readme.md", ""),
            ("more/1.in", ""),
        ]);
        let (package, notes) = folder.package();
        assert_eq!(package.metadata.format, Format::Plain);
        let cases: Vec<_> = package
            .data
            .cases
            .iter()
            .map(|case| (case.name.as_str(), case.answer.as_deref().unwrap()))
            .collect();
        assert_eq!(cases, [("secret/2", "2.ans"), ("secret/10", "10.out")]);
        assert_eq!(package.data.root.cases(), [0, 1]);
        assert_eq!(notes.len(), 3, "{notes:?}");
    }

    #[test]
    fn what_has_no_partner_is_a_fault() {
        let folder = Folder::with(&[("1.in", ""), ("2.ans", "")]);
        assert_eq!(
            folder.faults(),
            ["1.in: has no answer beside it: 1.ans or 1.out", "2.ans: belongs to no input"]
        );
    }

    #[test]
    fn a_folder_of_something_else_is_no_package() {
        let faults = Folder::with(&[("main.py", "")]).faults();
        assert!(faults.len() == 1 && faults[0].starts_with("problem.yaml: is not there"), "{faults:?}");
    }
}

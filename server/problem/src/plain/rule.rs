//! How the path of an answer follows from that of its input: by other words at the same places.

use std::ops::Range;

/// A word that marks inputs, and those that their answers have in its place, the more telling first.
type Row = (&'static str, &'static [&'static str]);

/// Endings of files. Where inputs have none, answers have one besides.
const ENDINGS: [Row; 5] = [
    ("in", &["ans", "sol", "a", "out"]),
    ("inp", &["ans", "sol", "out", "oup"]),
    ("dat", &["ans", "sol", "out"]),
    ("input", &["answer", "ans", "output", "out"]),
    ("", &["a", "ans", "out"]),
];

/// Names of folders, and words in names of files.
const WORDS: [Row; 4] = [
    ("input", &["answer", "ans", "output", "out"]),
    ("inputs", &["answers", "outputs"]),
    ("in", &["ans", "out"]),
    ("inp", &["oup", "out"]),
];

/// Where in a path a word stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Behind the last period: `1.in`. What has none counts where it has a number: `01`, and no `Makefile`.
    Ending,
    /// The name of a folder: `input/1.txt`.
    Folder,
    /// Between what are no letters, in the file's name before its ending: `input1.txt`, `sums.in.1`, `1/input`.
    Name,
}

/// The places at which the paths of an input and its answer differ, the usual first.
const WAYS: [&[Place]; 5] = [
    &[Place::Ending],
    &[Place::Folder],
    &[Place::Name],
    &[Place::Folder, Place::Ending],
    &[Place::Folder, Place::Name],
];

/// One word in the place of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Swap {
    place: Place,
    input: &'static str,
    answer: &'static str,
}

/// What makes the path of an input that of its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rule(Vec<Swap>);

impl Rule {
    /// By which inputs and answers are told that nothing belongs to, wherever they are.
    pub(super) fn usual() -> [Self; 2] {
        ["ans", "out"].map(|answer| Self(vec![Swap { place: Place::Ending, input: "in", answer }]))
    }

    /// All by which the path is an input's, those that are to be tried first in front.
    pub(super) fn all_of(path: &str) -> Vec<Vec<Self>> {
        WAYS.iter().map(|way| of_way(way, path)).collect()
    }

    /// The path of the answer to the input at this one, if it is one.
    pub(super) fn answer(&self, input: &str) -> Option<String> {
        // Each place is before the one behind it in the list.
        self.0.iter().rev().try_fold(input.to_owned(), |path, swap| {
            let word = swap.place.word(&path, swap.input)?;
            Some(swapped(&path, word, swap.answer))
        })
    }

    /// Whether this is the path of an answer.
    pub(super) fn is_answer(&self, path: &str) -> bool {
        self.0.iter().all(|swap| swap.place.word(path, swap.answer).is_some())
    }

    /// What remains of an input's path without what says that it is one, and without the ending; the file's name where nothing
    /// would.
    pub(super) fn name(&self, input: &str) -> String {
        let (folders, name) = input.rsplit_once('/').unwrap_or(("", input));
        let stem = stem(name);
        let (mut folders, mut rest) = (folders.split('/').collect::<Vec<_>>(), stem.to_owned());
        for swap in &self.0 {
            match swap.place {
                Place::Ending => {}
                Place::Folder => leave_out(&mut folders, swap.input),
                Place::Name => rest = without(stem, swap.input),
            }
        }
        folders.push(&rest);
        folders.retain(|part| !part.is_empty());
        if folders.is_empty() { stem.to_owned() } else { folders.join("/") }
    }
}

/// A file's name without its ending; a number is none.
fn stem(name: &str) -> &str {
    let is_number = |ending: &str| ending.bytes().all(|byte| byte.is_ascii_digit());
    name.rsplit_once('.').filter(|(_, ending)| !is_number(ending)).map_or(name, |(stem, _)| stem)
}

fn leave_out(folders: &mut Vec<&str>, word: &str) {
    if let Some(last) = folders.iter().rposition(|folder| folder.eq_ignore_ascii_case(word)) {
        folders.remove(last);
    }
}

fn of_way(way: &[Place], path: &str) -> Vec<Rule> {
    way.iter().fold(vec![Rule(Vec::new())], |rules, place| {
        let swaps = place.swaps(path);
        let longer = |rule: &Rule, swap: Swap| Rule(rule.0.iter().copied().chain([swap]).collect());
        rules.iter().flat_map(|rule| swaps.iter().map(|swap| longer(rule, *swap))).collect()
    })
}

impl Place {
    fn table(self) -> &'static [Row] {
        match self {
            Self::Ending => &ENDINGS,
            Self::Folder | Self::Name => &WORDS,
        }
    }

    /// What the last word there that marks an input may be swapped for.
    fn swaps(self, path: &str) -> Vec<Swap> {
        let row = |word: Range<usize>| {
            self.table().iter().find(|(input, _)| path[word.clone()].eq_ignore_ascii_case(input))
        };
        let Some((input, answers)) = self.words(path).into_iter().rev().find_map(row) else {
            return Vec::new();
        };
        answers.iter().map(|answer| Swap { place: self, input, answer }).collect()
    }

    /// Where the last of these words is.
    fn word(self, path: &str, wanted: &str) -> Option<Range<usize>> {
        let is_wanted = |word: &Range<usize>| path[word.clone()].eq_ignore_ascii_case(wanted);
        self.words(path).into_iter().rev().find(is_wanted)
    }

    /// What may be a word there, in order.
    fn words(self, path: &str) -> Vec<Range<usize>> {
        let name = path.rfind('/').map_or(0, |slash| slash + 1);
        let period = path[name..].rfind('.').map(|period| name + period);
        match self {
            Self::Ending => {
                let is_number = || path[name..].contains(|c: char| c.is_ascii_digit());
                let none = || is_number().then_some(path.len()..path.len());
                period.map(|period| period + 1..path.len()).or_else(none).into_iter().collect()
            }
            Self::Folder => ranges(path, 0..name.saturating_sub(1), |c| c != '/'),
            Self::Name => ranges(path, name..period.unwrap_or(path.len()), |c| c.is_ascii_alphabetic()),
        }
    }
}

/// Where there are longest runs of such characters.
fn ranges(path: &str, within: Range<usize>, such: fn(char) -> bool) -> Vec<Range<usize>> {
    let mut from = within.start;
    let runs = path[within].split_inclusive(|c| !such(c)).map(|run| {
        let begin = from;
        from += run.len();
        begin..begin + run.trim_end_matches(|c| !such(c)).len()
    });
    runs.filter(|run| !run.is_empty()).collect()
}

/// A name without the last of these words in it, and without what sets it apart.
fn without(name: &str, word: &str) -> String {
    const APART: [char; 3] = ['.', '_', '-'];
    let Some(at) = Place::Name.word(&format!("{name}."), word) else { return name.to_owned() };
    let rest = format!("{}{}", &name[..at.start], name[at.end..].trim_start_matches(APART));
    rest.trim_matches(APART).to_owned()
}

/// The path with another word there, written as the one was.
fn swapped(path: &str, at: Range<usize>, word: &str) -> String {
    let before = &path[at.clone()];
    let is_upper = |text: &str| text.bytes().all(|byte| byte.is_ascii_uppercase());
    let word = match before.get(..1) {
        Some(_) if is_upper(before) => word.to_ascii_uppercase(),
        Some(first) if is_upper(first) => format!("{}{}", word[..1].to_ascii_uppercase(), &word[1..]),
        Some(_) => word.to_owned(),
        None => format!(".{word}"),
    };
    format!("{}{word}{}", &path[..at.start], &path[at.end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_written_as_the_one_in_whose_place_it_is() {
        let last = |path: &str| Rule::all_of(path).into_iter().flatten().next_back().unwrap().answer(path);
        for (input, answer) in
            [("1.IN", "1.OUT"), ("Input1.txt", "Out1.txt"), ("input1.txt", "out1.txt"), ("01", "01.out")]
        {
            assert_eq!(last(input).as_deref(), Some(answer));
        }
    }

    #[test]
    fn a_name_is_what_tells_cases_apart() {
        let name = |input: &str| Rule::all_of(input).into_iter().flatten().next().unwrap().name(input);
        for (input, expected) in [
            ("1.in", "1"),
            ("a.b.in", "a.b"),
            ("01", "01"),
            ("input/1.txt", "1"),
            ("x/inputs/y/1.txt", "x/y/1"),
            ("input1.txt", "1"),
            ("sums.in.1", "sums.1"),
            ("sums-in-1.txt", "sums-1"),
            ("1/input", "1"),
            ("input.txt", "input"),
        ] {
            assert_eq!(name(input), expected, "{input}");
        }
    }
}

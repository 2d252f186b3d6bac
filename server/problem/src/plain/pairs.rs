//! Inputs and their answers among the files of a folder.

use std::collections::BTreeMap;

use super::rule::Rule;
use crate::report::{Place, Report};
use crate::tree::File;

/// All that belongs together, and what is left.
#[derive(Debug)]
pub(super) struct Pairs<'a> {
    pub(super) pairs: Vec<Pair<'a>>,
    /// By which answers were found here: by these, more of them are missed.
    rules: Vec<Rule>,
    rest: BTreeMap<&'a str, &'a File>,
}

/// An input with its answer.
#[derive(Debug)]
pub(super) struct Pair<'a> {
    pub(super) input: &'a File,
    pub(super) answer: &'a File,
    /// What would have been the answer without that one.
    others: Vec<&'a File>,
    /// What tells it from others.
    pub(super) name: String,
}

impl<'a> Pairs<'a> {
    pub(super) fn of(files: impl IntoIterator<Item = &'a File>) -> Self {
        let rest = files.into_iter().map(|file| (file.path.as_str(), file)).collect();
        let mut found = Self { pairs: Vec::new(), rules: Vec::new(), rest };
        let mut ways: Vec<Vec<(&str, Vec<Rule>)>> = Vec::new();
        for path in found.rest.keys() {
            for (at, rules) in Rule::all_of(path).into_iter().enumerate() {
                ways.resize_with(ways.len().max(at + 1), Vec::new);
                ways[at].push((path, rules));
            }
        }
        for (input, rules) in ways.into_iter().flatten() {
            found.pair(input, &rules);
        }
        found.name_apart();
        found
    }

    /// Takes the input with what these have as its answer, where it is not taken.
    fn pair(&mut self, path: &'a str, rules: &[Rule]) {
        let Some(input) = self.rest.get(path).copied() else { return };
        let mut answers = Vec::new();
        for rule in rules {
            let answer = rule.answer(path).and_then(|answer| self.rest.remove(answer.as_str()));
            answers.extend(answer.map(|answer| (rule, answer)));
        }
        let mut answers = answers.into_iter();
        let Some((rule, answer)) = answers.next() else { return };
        self.rest.remove(path);
        let others = answers.map(|(_, other)| other).collect();
        self.pairs.push(Pair { input, answer, others, name: rule.name(path) });
        if !self.rules.contains(rule) {
            self.rules.push(rule.clone());
        }
    }

    /// Folders that hold all of them are in no name; where two names are the same, all are those of the inputs.
    fn name_apart(&mut self) {
        while let Some((folder, _)) = self.pairs.first().and_then(|pair| pair.name.split_once('/')) {
            let folder = format!("{folder}/");
            if !self.pairs.iter().all(|pair| pair.name.starts_with(&folder)) {
                break;
            }
            self.pairs.iter_mut().for_each(|pair| drop(pair.name.drain(..folder.len())));
        }
        let mut names: Vec<_> = self.pairs.iter().map(|pair| pair.name.as_str()).collect();
        names.sort_unstable();
        if names.windows(2).any(|two| two[0] == two[1]) {
            self.pairs.iter_mut().for_each(|pair| pair.name.clone_from(&pair.input.path));
        }
    }

    /// What is left, and what was not chosen.
    pub(super) fn tell(&self, report: &Report) {
        for pair in &self.pairs {
            for other in &pair.others {
                let what = format!("ignored: the answer is {}", pair.answer.path);
                report.note(Place::file(&other.path), what);
            }
        }
        for path in self.rest.keys() {
            if let Some(what) = self.missed(path) {
                report.fault(Place::file(path), what);
            } else {
                report.note(Place::file(path), "ignored: neither an input nor an answer");
            }
        }
    }

    /// What is missed of a file that nothing belongs to, and that is called as others that belong together.
    pub(super) fn missed(&self, path: &str) -> Option<String> {
        let usual = Rule::usual();
        let mut rules = self.rules.iter().chain(&usual);
        if let Some(answer) = rules.clone().find_map(|rule| rule.answer(path)) {
            return Some(format!("has no answer: {answer} is not there"));
        }
        rules.any(|rule| rule.is_answer(path)).then(|| "belongs to no input".to_owned())
    }
}

//! Test data: cases in groups (legacy and 2025-09, "Test data").

mod cases;
mod current;
mod legacy;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::flags::Flags;
use crate::metadata::{Format, Metadata};
use crate::report::{Place, Report};
use crate::tree::Dir;
use crate::validator::Validators;

pub use current::{Aggregation, CurrentRules, StaticCase};
pub(crate) use legacy::score_range;
pub use legacy::{Grader, LegacyRules, OnReject, ScoreMode, VerdictMode};

/// The test data of a package.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Data {
    /// All cases that submissions are judged by, in the order in which they are used; groups name them by
    /// their places here.
    pub cases: Vec<Case>,
    /// The group `data`, which holds `sample` and `secret`.
    pub root: Group,
    /// Inputs that a validator of inputs must reject.
    pub invalid_input: Vec<Case>,
    /// Outputs that the validator must reject.
    pub invalid_output: Vec<Case>,
    /// Outputs that the validator must accept.
    pub valid_output: Vec<Case>,
    /// Dialogues that are shown and belong to no case.
    pub interactions: Vec<String>,
}

/// Ends of the names of files that are answers to cases, where a submission is answers.
pub const ANSWER_ENDINGS: [&str; 2] = [".ans", ".out"];

/// A test. Files are paths in the package.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Case {
    /// `sample/1`, `secret/group/2`.
    pub name: String,
    /// What is judged.
    pub subject: Subject,
    /// Standard input; empty where sources are judged.
    pub input: String,
    /// What the validator compares with; none in `invalid_input`.
    pub answer: Option<String>,
    /// An output to show in place of the answer; in `invalid_output` and `valid_output` the output to judge.
    pub output: Option<String>,
    /// Files that the submission finds in its folder: names in the folder, and their paths.
    pub files: BTreeMap<String, String>,
    /// How it is run, validated and shown.
    pub settings: Settings,
    /// The default validator's flags; none where the package has a validator of its own.
    pub flags: Option<Flags>,
    /// What helps who fails here.
    pub hint: Option<String>,
    /// What the case is for; not for those who solve.
    pub description: Option<String>,
    /// A picture for the judges.
    pub illustration: Option<String>,
    /// A dialogue to show in place of input and answer.
    pub interaction: Option<String>,
    /// Other files to show or to hand out, by ending: `in.statement`, `ans.statement`, `in.download`,
    /// `ans.download`.
    pub shown: BTreeMap<String, String>,
}

/// What of a submission a case judges.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Subject {
    /// What its program writes.
    #[default]
    Output,
    /// Its sources, by the static validator (2025-09, "Static validation test cases").
    Sources,
}

/// What a case has from its group unless it says otherwise (2025-09, "Test case configuration").
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// The submission's arguments.
    pub args: Vec<String>,
    /// Arguments of the validators of inputs.
    pub input_validator_args: InputArguments,
    /// Arguments of the output validators, those of the whole problem first.
    pub validator_args: Vec<String>,
    /// Arguments of the program that makes pictures of inputs.
    pub input_visualizer_args: Vec<String>,
    /// Arguments of the program that makes pictures of outputs.
    pub output_visualizer_args: Vec<String>,
    /// Whoever fails here may see the case.
    pub full_feedback: bool,
}

/// Arguments of validators of inputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputArguments {
    /// The same for every one.
    All(Vec<String>),
    /// By the validator's name; the others have none.
    Named(BTreeMap<String, Vec<String>>),
}

impl Default for InputArguments {
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

/// A group of cases and groups.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// `secret/group`; empty for the one that holds all.
    pub name: String,
    /// How the results of what it holds become its own.
    pub rules: Rules,
    /// What it holds, in the order in which it is used.
    pub items: Vec<Item>,
}

/// What a group holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Item {
    /// A case, by its place in [`Data::cases`].
    Case(usize),
    /// A group.
    Group(Group),
}

/// How results are put together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Rules {
    /// By a grader.
    Legacy(LegacyRules),
    /// By aggregation.
    Current(CurrentRules),
}

impl Default for Rules {
    fn default() -> Self {
        Self::Legacy(LegacyRules::default())
    }
}

impl Group {
    /// The group of this name, here or below.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Self> {
        if self.name == name {
            return Some(self);
        }
        self.items.iter().find_map(|item| match item {
            Item::Group(group) => group.find(name),
            Item::Case(_) => None,
        })
    }

    /// Whether the rules here or below are such.
    #[must_use]
    pub fn has(&self, such: fn(&Rules) -> bool) -> bool {
        such(&self.rules)
            || self.items.iter().any(|item| matches!(item, Item::Group(group) if group.has(such)))
    }

    /// Whether a group has a case that is judged by a submission's sources.
    #[must_use]
    pub fn has_static_case(&self) -> bool {
        self.has(|rules| matches!(rules, Rules::Current(rules) if rules.static_case.is_some()))
    }

    /// The places of all cases here and below.
    #[must_use]
    pub fn cases(&self) -> Vec<usize> {
        let cases = self.items.iter().flat_map(|item| match item {
            Item::Case(number) => vec![*number],
            Item::Group(group) => group.cases(),
        });
        cases.collect()
    }
}

/// What reading the data needs to know of the rest.
#[derive(Clone, Copy)]
struct Context<'a> {
    metadata: &'a Metadata,
    validators: &'a Validators,
    report: &'a Report,
}

impl Context<'_> {
    /// The default validator's flags, if it is used; arguments that it does not have are faults.
    fn flags(&self, case: &Case, place: &str) -> Option<Flags> {
        if !self.validators.is_default() {
            return None;
        }
        let parse = if self.metadata.format == Format::Y2025M09 { Flags::parse } else { Flags::parse_last };
        match parse(&case.settings.validator_args) {
            Ok(flags) => Some(flags),
            Err(error) => {
                self.report.fault(Place::file(place), error);
                None
            }
        }
    }
}

/// Reads `data/`.
pub(crate) fn read(root: &Dir, metadata: &Metadata, validators: &Validators, report: &Report) -> Data {
    let context = Context { metadata, validators, report };
    let Some(dir) = root.dir("data") else {
        report.note(Place::file("data"), "is not there: there is nothing to judge by");
        return Data { root: Group { rules: rules(metadata.format), ..Group::default() }, ..Data::default() };
    };
    note_strangers(dir, metadata.format, report);
    let data = if has_groups_of_2025(dir, metadata.format) {
        current::read(dir, context)
    } else {
        legacy::read(dir, context)
    };
    if data.root.find("secret").is_none_or(|group| group.cases().is_empty()) {
        let what = if data.cases.is_empty() {
            "holds no case: there is nothing to judge by"
        } else {
            "holds no case: submissions are judged by the samples alone"
        };
        report.note(Place::file("data/secret"), what);
    }
    data
}

fn rules(format: Format) -> Rules {
    if format.is_legacy() { Rules::default() } else { Rules::Current(CurrentRules::default()) }
}

/// Packages of `2023-07` have groups of either kind.
fn has_groups_of_2025(data: &Dir, format: Format) -> bool {
    let has = |name: &str| data.below().iter().any(|file| file.path.ends_with(name));
    match format {
        Format::Legacy | Format::LegacyIcpc | Format::Plain => false,
        Format::Y2025M09 => true,
        Format::Y2023M07 => has("/test_group.yaml") || !has("/testdata.yaml"),
    }
}

fn note_strangers(data: &Dir, format: Format, report: &Report) {
    let mut known = vec!["sample", "secret"];
    if !format.is_legacy() {
        known.extend(["invalid_input", "invalid_output", "valid_output"]);
    }
    for (_, dir) in data.dirs.iter().filter(|(name, _)| !known.contains(&name.as_str())) {
        report.note(Place::file(&dir.path), "ignored: no folder of the format's");
    }
    let is_read = |name: &str| match name {
        "testdata.yaml" => format != Format::Y2025M09,
        "test_group.yaml" => !format.is_legacy(),
        _ => false,
    };
    for (_, file) in data.files.iter().filter(|(name, _)| !is_read(name)) {
        report.note(Place::file(&file.path), "ignored: no file of the format's");
    }
}

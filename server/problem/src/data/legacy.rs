//! Groups of any depth with `testdata.yaml`, whose keys are inherited (legacy, "Test data groups"), and the
//! default grader's flags ("Default grader specification").

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::cases::{self, Needs};
use super::{Context, Data, Group, InputArguments, Item, Rules, Settings};
use crate::flags;
use crate::metadata::Format;
use crate::tree::Dir;
use crate::yaml::{self, Fields, Node, Value};

const FILE: &str = "testdata.yaml";

/// How a group's result is made (legacy, "Test data groups").
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LegacyRules {
    /// What happens after something in the group is not accepted.
    pub on_reject: OnReject,
    /// The package's grader is asked, not the default one.
    pub custom_grader: bool,
    /// The grader's arguments.
    pub grader_flags: Vec<String>,
    /// The default grader's arguments, understood.
    pub grader: Grader,
    /// The score of an accepted case, unless the validator gives one.
    pub accept_score: f64,
    /// The score of another case.
    pub reject_score: f64,
    /// The lowest and the highest score that the group may have.
    #[serde(with = "bounds")]
    pub range: (f64, f64),
}

/// Whether the rest of a group is run after a rejection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum OnReject {
    /// It is not.
    #[default]
    Break,
    /// It is.
    Continue,
}

/// How the default grader puts results together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grader {
    /// How the verdict is made.
    pub verdict: VerdictMode,
    /// How the score is made.
    pub score: ScoreMode,
    /// `secret` alone counts.
    pub ignore_sample: bool,
    /// One accepted result is enough.
    pub accept_if_any_accepted: bool,
}

/// How the default grader makes a verdict of verdicts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum VerdictMode {
    /// The worst.
    #[default]
    WorstError,
    /// The first that is not accepted.
    FirstError,
    /// Accepted.
    AlwaysAccept,
}

/// How the default grader makes a score of scores.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ScoreMode {
    /// Their sum.
    #[default]
    Sum,
    /// Their mean.
    Avg,
    /// The lowest.
    Min,
    /// The highest.
    Max,
}

/// JSON has no infinite numbers: what has no bound is null.
mod bounds {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(
        (least, most): &(f64, f64),
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        [least, most].map(|bound| bound.is_finite().then_some(*bound)).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(f64, f64), D::Error> {
        let [least, most] = <[Option<f64>; 2]>::deserialize(deserializer)?;
        Ok((least.unwrap_or(f64::NEG_INFINITY), most.unwrap_or(f64::INFINITY)))
    }
}

impl Default for LegacyRules {
    fn default() -> Self {
        Self {
            on_reject: OnReject::default(),
            custom_grader: false,
            grader_flags: Vec::new(),
            grader: Grader::default(),
            accept_score: 1.0,
            reject_score: 0.0,
            range: (f64::NEG_INFINITY, f64::INFINITY),
        }
    }
}

impl Grader {
    /// Understands the default grader's arguments; of several modes the last holds.
    ///
    /// # Errors
    /// An argument that it does not have.
    pub fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut grader = Self::default();
        for argument in arguments {
            match argument.as_str() {
                "worst_error" | "no_errors" => grader.verdict = VerdictMode::WorstError,
                "first_error" => grader.verdict = VerdictMode::FirstError,
                "always_accept" => grader.verdict = VerdictMode::AlwaysAccept,
                "sum" => grader.score = ScoreMode::Sum,
                "avg" => grader.score = ScoreMode::Avg,
                "min" => grader.score = ScoreMode::Min,
                "max" => grader.score = ScoreMode::Max,
                "ignore_sample" => grader.ignore_sample = true,
                "accept_if_any_accepted" => grader.accept_if_any_accepted = true,
                _ => return Err(format!("the default grader has no argument \"{argument}\"")),
            }
        }
        Ok(grader)
    }
}

/// What a group hands down.
#[derive(Clone)]
struct Inherited {
    rules: LegacyRules,
    settings: Settings,
}

/// Reads the tree of groups.
pub(super) fn read(dir: &Dir, context: Context<'_>) -> Data {
    let mut data = Data::default();
    let inherited = Inherited { rules: LegacyRules::default(), settings: Settings::default() };
    let inherited = configured(dir, inherited, true, context);
    data.root =
        Group { name: String::new(), rules: Rules::Legacy(inherited.rules.clone()), items: Vec::new() };
    for name in ["sample", "secret"] {
        let Some(dir) = dir.dirs.get(name) else { continue };
        let mut inherited = inherited.clone();
        inherited.settings.full_feedback = name == "sample";
        let group = group(dir, name, inherited, &mut data, context);
        data.root.items.push(Item::Group(group));
    }
    if !context.metadata.format.is_legacy() {
        super::current::trials(dir, &super::current::of_all(dir, context), &mut data, context);
    }
    data
}

fn group(dir: &Dir, name: &str, inherited: Inherited, data: &mut Data, context: Context<'_>) -> Group {
    let inherited = configured(dir, inherited, false, context);
    let mut group =
        Group { name: name.to_owned(), rules: Rules::Legacy(inherited.rules.clone()), items: Vec::new() };
    let found = cases::find(dir, &[FILE], context);
    let mut settings = inherited.settings.clone();
    let mut arguments = context.metadata.validation.flags.clone();
    arguments.append(&mut settings.validator_args);
    settings.validator_args = arguments;
    let cases = found.cases(name, Needs::Answer, &settings, &mut data.interactions, context);
    let mut items: Vec<_> = cases.into_iter().map(|case| (case.name.clone(), Ok(case))).collect();
    items.extend(found.dirs.iter().map(|(inner, dir)| (format!("{name}/{inner}"), Err(*dir))));
    items.sort_by(|(one, _), (other, _)| one.cmp(other));
    for (name, item) in items {
        let item = match item {
            Ok(case) => {
                data.cases.push(case);
                Item::Case(data.cases.len() - 1)
            }
            Err(dir) => Item::Group(self::group(dir, &name, inherited.clone(), data, context)),
        };
        group.items.push(item);
    }
    group
}

/// What is inherited, and what the folder's file puts in its place.
fn configured(dir: &Dir, mut inherited: Inherited, is_root: bool, context: Context<'_>) -> Inherited {
    if let Some(file) = dir.files.get(FILE) {
        let mut fields = yaml::read(file, context.report);
        configure(&mut fields, &mut inherited, is_root, context);
    }
    of_problem(&mut inherited.rules, context);
    // The flag of the root is for the root.
    inherited.rules.grader.ignore_sample &= is_root;
    inherited
}

fn configure(fields: &mut Fields<'_>, inherited: &mut Inherited, is_root: bool, context: Context<'_>) {
    rules(fields, &mut inherited.rules, context);
    if let Some(node) = fields.take("input_validator_flags") {
        inherited.settings.input_validator_args = input_flags(fields, node);
    }
    if let Some(node) = fields.take("output_validator_flags") {
        inherited.settings.validator_args = output_flags(fields, node);
    }
    if context.metadata.format == Format::Y2023M07 {
        of_drafts(fields, &mut inherited.settings, is_root, context);
    }
}

/// What `problem.yaml` says of all groups.
fn of_problem(rules: &mut LegacyRules, context: Context<'_>) {
    let old = context.metadata.old_grading;
    rules.on_reject = old.on_reject.unwrap_or(rules.on_reject);
    if context.metadata.kind.scoring {
        rules.accept_score = old.accept_score.unwrap_or(rules.accept_score);
        rules.reject_score = old.reject_score.unwrap_or(rules.reject_score);
        rules.range = old.range.unwrap_or(rules.range);
    }
}

/// What `2023-07` had in this file in its drafts: its packages were made with them.
fn of_drafts(fields: &mut Fields<'_>, settings: &mut Settings, is_root: bool, context: Context<'_>) {
    if let Some(node) = fields.take("args") {
        settings.args = arguments(fields, "args", &node);
    }
    if let Some(node) = fields.take("output_validator_args") {
        settings.validator_args = arguments(fields, "output_validator_args", &node);
    }
    if let Some(node) = fields.take("input_validator_args") {
        settings.input_validator_args = input_arguments(fields, node);
    }
    // In `data` itself it would be of samples and secrets alike.
    if !is_root && let Some(is_told) = fields.flag("full_feedback") {
        settings.full_feedback = is_told;
    }
    if context.metadata.kind.scoring
        && let Some(node) = fields.take("scoring")
    {
        let what = "is how a draft of the format has it: groups are to have a test_group.yaml with max_score";
        fields.fault("scoring", node.line, what);
    }
}

fn rules(fields: &mut Fields<'_>, rules: &mut LegacyRules, context: Context<'_>) {
    if let Some(node) = fields.take("on_reject") {
        match fields.as_text("on_reject", &node).as_deref() {
            Some("break") => rules.on_reject = OnReject::Break,
            Some("continue") => rules.on_reject = OnReject::Continue,
            _ => fields.fault("on_reject", node.line, "is neither break nor continue"),
        }
    }
    grader(fields, rules, context);
    let scoring = context.metadata.kind.scoring;
    for key in ["accept_score", "reject_score"] {
        let Some(score) = fields.number(key, f64::MIN, f64::MAX) else { continue };
        if !scoring {
            fields.note(key, 0, "not used: the type is not scoring");
        } else if key == "accept_score" {
            rules.accept_score = score;
        } else {
            rules.reject_score = score;
        }
    }
    if let Some(node) = fields.take("range") {
        match fields.as_text("range", &node).as_deref().and_then(score_range) {
            Some(range) => rules.range = range,
            None => fields.fault("range", node.line, "is not two numbers, the lower one first"),
        }
    }
}

fn grader(fields: &mut Fields<'_>, rules: &mut LegacyRules, context: Context<'_>) {
    if let Some(node) = fields.take("grading") {
        match fields.as_text("grading", &node).as_deref() {
            Some("default") => rules.custom_grader = false,
            Some("custom") => rules.custom_grader = true,
            _ => fields.fault("grading", node.line, "is neither default nor custom"),
        }
        if rules.custom_grader && context.validators.grader.is_none() {
            fields.fault("grading", node.line, "is custom, but there is no program in graders/");
        }
    }
    let Some(node) = fields.take("grader_flags") else { return };
    let text = fields.as_text("grader_flags", &node).unwrap_or_default();
    rules.grader_flags = flags::split(&text).unwrap_or_else(|error| {
        fields.fault("grader_flags", node.line, error);
        Vec::new()
    });
    match Grader::parse(&rules.grader_flags) {
        Ok(grader) => rules.grader = grader,
        Err(_) if rules.custom_grader => {}
        Err(error) => fields.fault("grader_flags", node.line, error),
    }
}

/// Two numbers, the lower one first.
pub(crate) fn score_range(text: &str) -> Option<(f64, f64)> {
    let mut words = text.split_whitespace();
    let range = (bound(words.next()?)?, bound(words.next()?)?);
    (words.next().is_none() && range.0 <= range.1).then_some(range)
}

fn bound(word: &str) -> Option<f64> {
    match word {
        "inf" | "+inf" => Some(f64::INFINITY),
        "-inf" => Some(f64::NEG_INFINITY),
        _ => flags::decimal(word),
    }
}

/// A string for all validators, or a map of one's name and its flags.
fn input_flags(fields: &Fields<'_>, node: Node) -> InputArguments {
    const KEY: &str = "input_validator_flags";
    let line = node.line;
    if !matches!(node.value, Value::Map(_)) {
        return InputArguments::All(words(fields, KEY, &node));
    }
    let Some(mut map) = fields.as_fields(KEY, node) else { return InputArguments::default() };
    if !map.has("name") && !map.has("flags") {
        return by_name(&mut map);
    }
    let arguments = map.take("flags").map(|node| words(&map, "flags", &node)).unwrap_or_default();
    match map.text("name") {
        Some(name) => InputArguments::Named(BTreeMap::from([(name, arguments)])),
        None => {
            map.fault("name", line, "is required");
            InputArguments::default()
        }
    }
}

/// The same for every validator of inputs, or for each its own, as drafts of `2023-07` have it.
fn input_arguments(fields: &Fields<'_>, node: Node) -> InputArguments {
    const KEY: &str = "input_validator_args";
    if !matches!(node.value, Value::Map(_)) {
        return InputArguments::All(arguments(fields, KEY, &node));
    }
    match fields.as_fields(KEY, node) {
        Some(mut map) => by_name(&mut map),
        None => InputArguments::default(),
    }
}

/// A map of validators' names and their arguments.
fn by_name(map: &mut Fields<'_>) -> InputArguments {
    let all = map.take_all();
    let named = all.into_iter().map(|(name, node)| {
        let told = arguments(map, &name, &node);
        (name, told)
    });
    InputArguments::Named(named.collect())
}

/// A string of arguments, as all tools take it, or a map with `flags`.
fn output_flags(fields: &Fields<'_>, node: Node) -> Vec<String> {
    const KEY: &str = "output_validator_flags";
    if !matches!(node.value, Value::Map(_)) {
        return words(fields, KEY, &node);
    }
    let Some(mut map) = fields.as_fields(KEY, node) else { return Vec::new() };
    if let Some(node) = map.take("name") {
        map.note("name", node.line, "not used: every validator is run, with these flags");
    }
    map.take("flags").map(|node| words(&map, "flags", &node)).unwrap_or_default()
}

/// A sequence of arguments, or a string that is split as a shell does.
fn arguments(fields: &Fields<'_>, key: &str, node: &Node) -> Vec<String> {
    match node.value {
        Value::List(_) => fields.as_texts(key, node, false).unwrap_or_default(),
        _ => words(fields, key, node),
    }
}

fn words(fields: &Fields<'_>, key: &str, node: &Node) -> Vec<String> {
    let text = fields.as_text(key, node).unwrap_or_default();
    flags::split(&text).unwrap_or_else(|error| {
        fields.fault(key, node.line, error);
        Vec::new()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Folder;

    fn scoring(files: &[(&str, &str)]) -> Folder {
        let mut all = vec![("problem.yaml", "type: scoring\n")];
        all.extend_from_slice(files);
        Folder::legacy(&all)
    }

    fn legacy_rules(data: &Data, group: &str) -> LegacyRules {
        match &data.root.find(group).unwrap().rules {
            Rules::Legacy(rules) => rules.clone(),
            Rules::Current(_) => panic!("{group} is of another format"),
        }
    }

    #[test]
    fn groups_inherit_what_they_do_not_say() {
        let data = scoring(&[
            ("data/testdata.yaml", "on_reject: continue\nrange: 0 100\ngrader_flags: ignore_sample\n"),
            ("data/secret/testdata.yaml", "accept_score: 5\ngrader_flags: min first_error\n"),
            ("data/secret/a/testdata.yaml", "accept_score: 7\nrange: -inf 3.5\n"),
            ("data/secret/a/1.in", ""),
            ("data/secret/a/1.ans", ""),
        ])
        .data();
        let root = legacy_rules(&data, "");
        assert!(root.grader.ignore_sample);
        assert_eq!(root.range, (0.0, 100.0));
        let inner = legacy_rules(&data, "secret/a");
        assert_eq!(inner.on_reject, OnReject::Continue);
        assert_eq!((inner.accept_score, inner.reject_score), (7.0, 0.0));
        assert_eq!((inner.grader.score, inner.grader.verdict), (ScoreMode::Min, VerdictMode::FirstError));
        assert_eq!(inner.range, (f64::NEG_INFINITY, 3.5));
        assert!(!inner.grader.ignore_sample);
    }

    #[test]
    fn what_problem_yaml_says_of_scores_is_for_all_groups() {
        let yaml = "type: scoring\ngrading:\n  on_reject: grade\n  accept_score: 3\n  range: 0 9\n";
        let (package, notes) = Folder::legacy(&[
            ("problem.yaml", yaml),
            ("data/secret/testdata.yaml", "on_reject: break\naccept_score: 7\nreject_score: -1\n"),
            ("data/secret/1.in", ""),
            ("data/secret/1.ans", ""),
        ])
        .package();
        for group in ["", "secret"] {
            let rules = legacy_rules(&package.data, group);
            assert_eq!((rules.on_reject, rules.accept_score), (OnReject::Continue, 3.0), "{group}");
            assert_eq!(rules.range, (0.0, 9.0), "{group}");
        }
        assert_eq!(legacy_rules(&package.data, "secret").reject_score, -1.0);
        let taken = "taken for all groups, although this format has it in testdata.yaml";
        assert_eq!(notes.iter().filter(|note| note.ends_with(taken)).count(), 3, "{notes:?}");
        let yaml = ("problem.yaml", "grading:\n  accept_score: 3\n");
        let (package, notes) = Folder::legacy(&[yaml]).package();
        assert_eq!(legacy_rules(&package.data, "secret").accept_score, 1.0);
        assert_eq!(notes, ["problem.yaml: grading.accept_score: not used: the type is not scoring"]);
    }

    #[test]
    fn cases_and_groups_come_in_one_order() {
        let data = Folder::legacy(&[
            ("data/secret/b/1.in", ""),
            ("data/secret/b/1.ans", ""),
            ("data/secret/a.in", ""),
            ("data/secret/a.ans", ""),
            ("data/secret/c.in", ""),
            ("data/secret/c.ans", ""),
        ])
        .data();
        let names: Vec<_> = data.cases.iter().map(|case| case.name.as_str()).collect();
        assert_eq!(names, ["secret/a", "secret/b/1", "secret/c"]);
        assert!(matches!(data.root.find("secret").unwrap().items[1], Item::Group(_)));
        assert_eq!(data.root.cases(), [0, 1, 2]);
    }

    #[test]
    fn flags_of_problem_and_group_are_put_together() {
        let data = Folder::legacy(&[
            ("problem.yaml", "validation: custom\nvalidator_flags: a\n"),
            ("output_validators/v.py", ""),
            (
                "data/secret/testdata.yaml",
                "output_validator_flags: 'b \"c d\"'\ninput_validator_flags: n=5\n",
            ),
            ("data/secret/1.in", ""),
            ("data/secret/1.ans", ""),
        ])
        .data();
        let settings = &data.cases[0].settings;
        assert_eq!(settings.validator_args, ["a", "b", "c d"]);
        assert_eq!(settings.input_validator_args, InputArguments::All(vec!["n=5".to_owned()]));
        assert_eq!(data.cases[0].flags, None);
    }

    #[test]
    fn flags_may_be_for_one_validator() {
        let yaml = "input_validator_flags:\n  name: v\n  flags: x y\n";
        let folder = Folder::legacy(&[("data/testdata.yaml", yaml)]);
        let InputArguments::Named(named) = &folder.data().cases[0].settings.input_validator_args else {
            panic!("not named")
        };
        assert_eq!(named["v"], ["x", "y"]);
    }

    /// A package of a draft of `2023-07` with these files, and two cases.
    fn drafted(files: &[(&str, &str)]) -> Folder {
        let yaml = ("problem.yaml", "problem_format_version: 2023-07-draft\nname: Sum\n");
        let cases =
            ["sample/1", "secret/1"].map(|case| [format!("data/{case}.in"), format!("data/{case}.ans")]);
        let cases: Vec<_> = cases.iter().flatten().map(|path| (path.as_str(), "")).collect();
        Folder::current(&[&[yaml][..], cases.as_slice(), files].concat())
    }

    #[test]
    fn drafts_of_2023_07_have_arguments_in_place_of_flags() {
        for told in ["float_tolerance 1E-6", "[float_tolerance, 1E-6]"] {
            let of_all =
                format!("output_validator_args: {told}\ninput_validator_args: {{v: a 'b c', w: [d]}}\n");
            let of_secret = "args: [x]\nfull_feedback: true\n";
            let files = [("data/testdata.yaml", of_all.as_str()), ("data/secret/testdata.yaml", of_secret)];
            let data = drafted(&files).data();
            let (sample, secret) = (&data.cases[0], &data.cases[1]);
            for case in [sample, secret] {
                assert_eq!(case.flags.unwrap().float_relative_tolerance, Some(1e-6), "{told}");
                let InputArguments::Named(named) = &case.settings.input_validator_args else {
                    panic!("not named")
                };
                assert_eq!((named["v"].len(), named["w"].len()), (2, 1));
            }
            assert_eq!((sample.settings.args.len(), secret.settings.args.len()), (0, 1));
            assert!(secret.settings.full_feedback);
        }
        let folder = drafted(&[("data/secret/testdata.yaml", "scoring: {score: 5}\n")]);
        assert!(folder.package().1.iter().any(|note| note.contains("scoring: unknown key")));
        let legacy = Folder::legacy(&[("data/testdata.yaml", "output_validator_args: case_sensitive\n")]);
        assert!(legacy.package().1[0].contains("unknown key"));
    }

    #[test]
    fn scores_of_a_draft_are_refused_rather_than_made_in_another_way() {
        let yaml = "problem_format_version: 2023-07-draft\nname: Sum\ntype: scoring\n";
        let group = ("data/testdata.yaml", "scoring: {score: 5}\n");
        let faults = Folder::current(&[("problem.yaml", yaml), group]).faults();
        assert!(faults[0].starts_with("data/testdata.yaml:1: scoring: is how a draft"), "{faults:?}");
    }

    #[test]
    fn flags_may_be_for_each_validator() {
        let yaml = "input_validator_flags:\n  v: x y\n  w: z\n";
        let folder = Folder::legacy(&[("data/testdata.yaml", yaml)]);
        let InputArguments::Named(named) = &folder.data().cases[0].settings.input_validator_args else {
            panic!("not named")
        };
        assert_eq!((named["v"].join(" "), named["w"].join(" ")), ("x y".to_owned(), "z".to_owned()));
    }

    #[test]
    fn what_is_not_understood_is_a_fault() {
        for yaml in [
            "on_reject: stop\n",
            "grading: mine\n",
            "grading: custom\n",
            "grader_flags: median\n",
            "range: 5\n",
            "range: 5 1\n",
            "range: 0 nan\n",
            "accept_score: lots\n",
        ] {
            let faults = scoring(&[("data/testdata.yaml", yaml)]).faults();
            assert_eq!(faults.len(), 1, "{yaml} {faults:?}");
            assert!(faults[0].starts_with("data/testdata.yaml:1: "), "{faults:?}");
        }
    }

    #[test]
    fn samples_may_be_seen_and_secrets_may_not() {
        let data = Folder::legacy(&[("data/sample/1.in", ""), ("data/sample/1.ans", "")]).data();
        let feedback: Vec<_> = data.cases.iter().map(|case| case.settings.full_feedback).collect();
        assert_eq!(feedback, [true, false]);
    }

    #[test]
    fn rules_come_back_from_json_with_ranges_that_have_no_bounds() {
        for range in [(f64::NEG_INFINITY, f64::INFINITY), (0.0, f64::INFINITY), (-1.5, 2.0)] {
            let rules = LegacyRules { range, ..LegacyRules::default() };
            let json = serde_json::to_string(&rules).unwrap();
            assert_eq!(serde_json::from_str::<LegacyRules>(&json).unwrap(), rules, "{json}");
        }
    }
}

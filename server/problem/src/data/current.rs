//! Groups directly in `secret`, with `test_group.yaml`, and cases with a YAML file of their own (2025-09, "Test
//! data groups", "Test data configuration", "Test case configuration").

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::cases::{self, Found, Needs};
use super::{Case, Context, Data, Group, InputArguments, Item, Rules, Settings, Subject};
use crate::report::Place;
use crate::tree::{Dir, File, joined};
use crate::yaml::{self, Fields, Node, Value};

const FILE: &str = "test_group.yaml";
const OLD_FILE: &str = "testdata.yaml";

/// How a group's result is made (2025-09, "Result aggregation").
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CurrentRules {
    /// The most that the group can give; none: unbounded.
    pub max_score: Option<f64>,
    /// How the score is made.
    pub aggregation: Aggregation,
    /// Groups all of whose cases must be accepted before this one is run.
    pub require_pass: Vec<String>,
    /// The case that is judged by its sources.
    pub static_case: Option<StaticCase>,
}

/// How a score is made of scores.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Aggregation {
    /// All or nothing.
    #[default]
    PassFail,
    /// The sum.
    Sum,
    /// The lowest.
    Min,
}

/// A static validation test case (2025-09, "Static validation test cases").
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct StaticCase {
    /// The most that it can give; none: it passes or fails.
    pub score: Option<f64>,
    /// Its place in [`Data::cases`].
    #[serde(default)]
    pub case: usize,
}

/// What it is called behind its group: as no file of the format is.
const STATIC: &str = "static validation";

/// Reads `sample`, `secret` and the data that validators are tried on.
pub(super) fn read(dir: &Dir, context: Context<'_>) -> Data {
    let mut data = Data::default();
    data.root.rules = Rules::Current(CurrentRules::default());
    let inherited = of_all(dir, context);
    if let Some(dir) = dir.dirs.get("sample") {
        let group = sample(dir, inherited.clone(), &mut data, context);
        data.root.items.push(Item::Group(group));
    }
    if let Some(dir) = dir.dirs.get("secret") {
        let group = secret(dir, inherited.clone(), &mut data, context);
        data.root.items.push(Item::Group(group));
    }
    trials(dir, &inherited, &mut data, context);
    check_requirements(&data.root, dir, context);
    data
}

/// What holds for all cases where nothing else is said. The format has no such file in `data` itself, but tools do.
pub(super) fn of_all(dir: &Dir, context: Context<'_>) -> Settings {
    let of_problem =
        Settings { validator_args: context.metadata.validation.flags.clone(), ..Settings::default() };
    if let Some(file) = dir.files.get(FILE) {
        let what = "is no file of the format's; what it says of cases is taken for all that say nothing else";
        context.report.note(Place::file(&file.path), what);
    }
    settings(&mut settings_file(dir, context), of_problem)
}

/// Reads `invalid_input`, `invalid_output` and `valid_output`.
pub(super) fn trials(dir: &Dir, inherited: &Settings, data: &mut Data, context: Context<'_>) {
    data.invalid_input = trial(dir, "invalid_input", Needs::Nothing, inherited, context);
    data.invalid_output = trial(dir, "invalid_output", Needs::Output, inherited, context);
    data.valid_output = trial(dir, "valid_output", Needs::Output, inherited, context);
}

fn trial(dir: &Dir, name: &str, needs: Needs, inherited: &Settings, context: Context<'_>) -> Vec<Case> {
    let Some(dir) = dir.dirs.get(name) else { return Vec::new() };
    let mut cases = tried(dir, name, needs, inherited, context);
    cases.sort_by(|one, other| one.name.cmp(&other.name));
    cases
}

/// The cases in a folder and in the folders below, each of which may say what holds for what is in it.
fn tried(dir: &Dir, group: &str, needs: Needs, inherited: &Settings, context: Context<'_>) -> Vec<Case> {
    let settings = settings(&mut settings_file(dir, context), inherited.clone());
    let found = found(dir, context);
    let mut stray = Vec::new();
    let mut cases = found.cases(group, needs, &settings, &mut stray, context);
    note_dialogues(&stray, context);
    for (name, dir) in &found.dirs {
        cases.extend(tried(dir, &joined(group, name), needs, &settings, context));
    }
    cases
}

/// What is in a folder, beside the file that is of all of it.
fn found<'a>(dir: &'a Dir, context: Context<'_>) -> Found<'a> {
    if let Some(file) = dir.files.get(OLD_FILE) {
        context.report.note(Place::file(&file.path), "ignored: this format has test_group.yaml");
    }
    cases::find(dir, &[FILE, OLD_FILE], context)
}

fn note_dialogues(stray: &[String], context: Context<'_>) {
    for path in stray {
        context.report.note(Place::file(path), "ignored: belongs to no input");
    }
}

fn settings_file<'a>(dir: &'a Dir, context: Context<'a>) -> Fields<'a> {
    match dir.files.get(FILE) {
        Some(file) => yaml::read_with(file, &context.metadata.constants, context.report),
        None => Fields::none(context.report),
    }
}

fn sample(dir: &Dir, inherited: Settings, data: &mut Data, context: Context<'_>) -> Group {
    let inherited = Settings { full_feedback: true, ..inherited };
    let mut fields = settings_file(dir, context);
    let settings = settings(&mut fields, inherited);
    for key in ["max_score", "score_aggregation", "require_pass"] {
        if let Some(node) = fields.take(key) {
            fields.fault(key, node.line, "is not allowed in sample");
        }
    }
    let asked = asked_static(&mut fields, Aggregation::PassFail, context);
    for name in dir.dirs.values().filter(|dir| dir.files.contains_key(FILE)).map(|dir| &dir.path) {
        context.report.fault(Place::file(name), "sample holds no groups");
    }
    let mut rules = CurrentRules::default();
    let mut held = static_item(asked, "sample", &settings, &mut rules, data);
    held.extend(items(dir, "sample", &settings, data, context));
    Group { name: "sample".to_owned(), rules: Rules::Current(rules), items: held }
}

fn secret(dir: &Dir, inherited: Settings, data: &mut Data, context: Context<'_>) -> Group {
    let mut fields = settings_file(dir, context);
    let settings = settings(&mut fields, inherited);
    let default =
        CurrentRules { max_score: Some(100.0), aggregation: Aggregation::Sum, ..CurrentRules::default() };
    let (mut rules, asked) = rules(&mut fields, default, context);
    let is_grouped = dir.dirs.values().any(|dir| dir.files.contains_key(FILE));
    if is_grouped && asked.is_some() && context.metadata.kind.scoring {
        let what = "is in secret, which has its score from its groups";
        fields.fault("static_validation_score", 0, what);
    }
    let mut held = static_item(asked, "secret", &settings, &mut rules, data);
    held.extend(if is_grouped {
        groups(dir, &settings, &rules, data, context)
    } else {
        items(dir, "secret", &settings, data, context)
    });
    Group { name: "secret".to_owned(), rules: Rules::Current(rules), items: held }
}

fn groups(
    dir: &Dir,
    settings: &Settings,
    above: &CurrentRules,
    data: &mut Data,
    context: Context<'_>,
) -> Vec<Item> {
    for file in dir.files.values().filter(|file| file.path.ends_with(".in")) {
        context.report.fault(Place::file(&file.path), "lies beside groups");
    }
    let mut items = Vec::new();
    for (name, dir) in &dir.dirs {
        if !dir.files.contains_key(FILE) {
            context
                .report
                .fault(Place::file(&dir.path), "lies beside groups and is none: it has no test_group.yaml");
            continue;
        }
        items.push(Item::Group(group(dir, &joined("secret", name), settings, above, data, context)));
    }
    items
}

fn group(
    dir: &Dir,
    name: &str,
    inherited: &Settings,
    above: &CurrentRules,
    data: &mut Data,
    context: Context<'_>,
) -> Group {
    let mut fields = settings_file(dir, context);
    let settings = settings(&mut fields, inherited.clone());
    let (mut rules, asked) = rules(&mut fields, CurrentRules::default(), context);
    check_group(&rules, above, &fields, context);
    for deeper in
        dir.dirs.values().flat_map(Dir::below).filter(|file| file.path.ends_with("/test_group.yaml"))
    {
        context.report.fault(Place::file(&deeper.path), "a group within a group");
    }
    let mut held = static_item(asked, name, &settings, &mut rules, data);
    held.extend(items(dir, name, &settings, data, context));
    if held.is_empty() {
        context.report.fault(Place::file(&dir.path), "a group without a case");
    }
    Group { name: name.to_owned(), rules: Rules::Current(rules), items: held }
}

/// "Scoring problems", "Scoring test data groups".
fn check_group(rules: &CurrentRules, above: &CurrentRules, fields: &Fields<'_>, context: Context<'_>) {
    if !context.metadata.kind.scoring {
        return;
    }
    if rules.max_score.is_none() && above.max_score.is_some() {
        fields.fault("max_score", 0, "is required, because secret has one");
    } else if rules.max_score.is_none() && rules.aggregation == Aggregation::PassFail {
        fields.fault("max_score", 0, "is required, because the aggregation is pass-fail");
    }
    if above.aggregation == Aggregation::PassFail && rules.aggregation != Aggregation::PassFail {
        fields.fault("score_aggregation", 0, "is not pass-fail, although that of secret is");
    }
}

/// The group's case that is judged by the sources, where it is to have one: before the others, as it takes the least time.
fn static_item(
    asked: Option<AskedStatic>,
    group: &str,
    settings: &Settings,
    rules: &mut CurrentRules,
    data: &mut Data,
) -> Vec<Item> {
    let Some(AskedStatic { score, args }) = asked else { return Vec::new() };
    let case = data.cases.len();
    rules.static_case = Some(StaticCase { score, case });
    data.cases.push(Case {
        name: joined(group, STATIC),
        subject: Subject::Sources,
        settings: Settings {
            validator_args: args,
            full_feedback: settings.full_feedback,
            ..Settings::default()
        },
        ..Case::default()
    });
    vec![Item::Case(case)]
}

fn items(dir: &Dir, group: &str, settings: &Settings, data: &mut Data, context: Context<'_>) -> Vec<Item> {
    let mut dialogues = Vec::new();
    let cases = collect(dir, group, settings, &mut dialogues, context);
    data.interactions.append(&mut dialogues);
    let first = data.cases.len();
    data.cases.extend(cases);
    (first..data.cases.len()).map(Item::Case).collect()
}

/// The cases in a folder and in the folders below, which are no groups, in order of their names.
fn collect(
    dir: &Dir,
    group: &str,
    settings: &Settings,
    dialogues: &mut Vec<String>,
    context: Context<'_>,
) -> Vec<Case> {
    let found = found(dir, context);
    let mut cases = found.cases(group, Needs::Answer, settings, dialogues, context);
    for (name, dir) in &found.dirs {
        cases.extend(collect(dir, &joined(group, name), settings, dialogues, context));
    }
    cases.sort_by(|one, other| one.name.cmp(&other.name));
    cases
}

fn settings(fields: &mut Fields<'_>, inherited: Settings) -> Settings {
    let input = fields.take("input_validator_args").map(|node| input_arguments(fields, node));
    Settings {
        args: fields.texts("args").unwrap_or(inherited.args),
        input_validator_args: input.unwrap_or(inherited.input_validator_args),
        validator_args: fields.texts("output_validator_args").unwrap_or(inherited.validator_args),
        input_visualizer_args: fields
            .texts("input_visualizer_args")
            .unwrap_or(inherited.input_visualizer_args),
        output_visualizer_args: fields
            .texts("output_visualizer_args")
            .unwrap_or(inherited.output_visualizer_args),
        full_feedback: fields.flag("full_feedback").unwrap_or(inherited.full_feedback),
    }
}

fn input_arguments(fields: &Fields<'_>, node: Node) -> InputArguments {
    const KEY: &str = "input_validator_args";
    if !matches!(node.value, Value::Map(_)) {
        return InputArguments::All(fields.as_texts(KEY, &node, false).unwrap_or_default());
    }
    let Some(mut map) = fields.as_fields(KEY, node) else { return InputArguments::default() };
    let all = map.take_all();
    let named = all.into_iter().map(|(name, node)| {
        let arguments = map.as_texts(&name, &node, false).unwrap_or_default();
        (name, arguments)
    });
    InputArguments::Named(named.collect::<BTreeMap<_, _>>())
}

/// The YAML file of one case.
pub(super) fn configure(case: &mut Case, file: &File, context: Context<'_>) {
    let mut fields = yaml::read(file, context.report);
    case.settings = settings(&mut fields, std::mem::take(&mut case.settings));
    case.hint = fields.text("hint").or_else(|| case.hint.take());
    case.description = fields.text("description").or_else(|| case.description.take());
}

fn rules(
    fields: &mut Fields<'_>,
    default: CurrentRules,
    context: Context<'_>,
) -> (CurrentRules, Option<AskedStatic>) {
    if !context.metadata.kind.scoring {
        refuse_scores(fields);
    }
    let aggregation = aggregation(fields).unwrap_or(default.aggregation);
    let rules = CurrentRules {
        max_score: max_score(fields, default.max_score),
        aggregation,
        require_pass: requirements(fields),
        static_case: None,
    };
    let asked = asked_static(fields, aggregation, context);
    if let Some(static_score) = asked.as_ref().and_then(|asked| asked.score)
        && rules.max_score.is_some_and(|most| static_score > most)
    {
        fields.fault("static_validation_score", 0, "is more than max_score");
    }
    (rules, asked)
}

/// "Pass-fail problems must not specify" these.
fn refuse_scores(fields: &mut Fields<'_>) {
    for key in ["max_score", "score_aggregation", "require_pass"] {
        if let Some(node) = fields.take(key) {
            fields.fault(key, node.line, "is not allowed: the type is not scoring");
        }
    }
}

fn aggregation(fields: &mut Fields<'_>) -> Option<Aggregation> {
    let node = fields.take("score_aggregation")?;
    match fields.as_text("score_aggregation", &node)?.as_str() {
        "pass-fail" => Some(Aggregation::PassFail),
        "sum" => Some(Aggregation::Sum),
        "min" => Some(Aggregation::Min),
        other => {
            fields.fault(
                "score_aggregation",
                node.line,
                format!("\"{other}\" is none of pass-fail, sum, min"),
            );
            None
        }
    }
}

fn max_score(fields: &mut Fields<'_>, default: Option<f64>) -> Option<f64> {
    let Some(node) = fields.take("max_score") else { return default };
    match node.value {
        Value::Text(text) if text == "unbounded" => None,
        Value::Number(score, _) if is_score(score) => Some(score),
        _ => {
            fields.fault("max_score", node.line, "is neither a whole number of 0 or more nor unbounded");
            default
        }
    }
}

fn is_score(score: f64) -> bool {
    (0.0..=1e15).contains(&score) && score.fract() == 0.0
}

fn requirements(fields: &mut Fields<'_>) -> Vec<String> {
    let Some(node) = fields.take("require_pass") else { return Vec::new() };
    fields.as_texts("require_pass", &node, true).unwrap_or_default()
}

/// A static validation test case that a group is to have.
struct AskedStatic {
    score: Option<f64>,
    args: Vec<String>,
}

fn asked_static(
    fields: &mut Fields<'_>,
    aggregation: Aggregation,
    context: Context<'_>,
) -> Option<AskedStatic> {
    let args = fields.texts("static_validator_args");
    let Some(node) = fields.take("static_validation_score") else {
        if args.is_some() {
            fields.fault("static_validator_args", 0, "is there without static_validation_score");
        }
        return None;
    };
    if context.validators.sources.is_none() {
        fields.fault("static_validation_score", node.line, "is there, but no static_validator/");
    }
    let scores = context.metadata.kind.scoring && aggregation != Aggregation::PassFail;
    let score = match node.value {
        Value::Text(text) if text == "pass-fail" => (!scores).then_some(None),
        Value::Number(score, _) if is_score(score) => scores.then_some(Some(score)),
        _ => None,
    };
    if score.is_none() {
        fields.fault("static_validation_score", node.line, "does not go with the aggregation and the type");
    }
    if context.metadata.kind.submit_answer {
        fields.fault("static_validation_score", node.line, "is there, but answers have no sources");
    }
    Some(AskedStatic { score: score.flatten(), args: args.unwrap_or_default() })
}

/// "Group dependencies": groups that come before, and pass or fail.
fn check_requirements(root: &Group, dir: &Dir, context: Context<'_>) {
    let Some(secret) = root.find("secret") else { return };
    let mut allowed = vec!["sample".to_owned()];
    check_requirement(secret, &allowed, dir, context);
    for item in &secret.items {
        let Item::Group(group) = item else { continue };
        check_requirement(group, &allowed, dir, context);
        if matches!(&group.rules, Rules::Current(rules) if rules.aggregation == Aggregation::PassFail) {
            allowed.push(group.name.clone());
        }
    }
}

fn check_requirement(group: &Group, allowed: &[String], dir: &Dir, context: Context<'_>) {
    let Rules::Current(rules) = &group.rules else { return };
    for required in rules.require_pass.iter().filter(|required| !allowed.contains(required)) {
        let file = format!("{}/{}/{FILE}", dir.path, group.name);
        // Groups are named by their paths.
        let meant = format!("secret/{required}");
        let hint = if allowed.contains(&meant) { format!(": {meant} is") } else { String::new() };
        let what =
            format!("\"{required}\" is no group before this one with `score_aggregation: pass-fail`{hint}");
        context.report.fault(Place::key(&file, 0, "require_pass"), what);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{CURRENT, Folder};

    fn scoring(files: &[(&str, &str)]) -> Folder {
        let yaml = format!("{CURRENT}name: x\ntype: scoring\n");
        let mut all = vec![("problem.yaml", yaml.as_str())];
        all.extend_from_slice(files);
        Folder::current(&all)
    }

    fn current_rules(data: &Data, group: &str) -> CurrentRules {
        match &data.root.find(group).unwrap().rules {
            Rules::Current(rules) => rules.clone(),
            Rules::Legacy(_) => panic!("{group} is of another format"),
        }
    }

    const CASES: [(&str, &str); 4] = [
        ("data/secret/a/1.in", ""),
        ("data/secret/a/1.ans", ""),
        ("data/secret/b/1.in", ""),
        ("data/secret/b/1.ans", ""),
    ];

    fn grouped(a: &str, b: &str) -> Folder {
        let mut files = CASES.to_vec();
        files.extend([("data/secret/a/test_group.yaml", a), ("data/secret/b/test_group.yaml", b)]);
        scoring(&files)
    }

    #[test]
    fn groups_have_rules() {
        let data = grouped(
            "max_score: 40\n",
            "max_score: 60\nscore_aggregation: min\nrequire_pass: [sample, secret/a]\n",
        )
        .data();
        let secret = current_rules(&data, "secret");
        assert_eq!((secret.max_score, secret.aggregation), (Some(100.0), Aggregation::Sum));
        let a = current_rules(&data, "secret/a");
        assert_eq!((a.max_score, a.aggregation), (Some(40.0), Aggregation::PassFail));
        let b = current_rules(&data, "secret/b");
        assert_eq!(
            (b.aggregation, b.require_pass),
            (Aggregation::Min, vec!["sample".to_owned(), "secret/a".into()])
        );
    }

    #[test]
    fn what_data_says_of_cases_is_taken_for_all() {
        let yaml = "output_validator_args: [float_tolerance, 1e-6]\nmax_score: 7\n";
        let (package, notes) = Folder::current(&[
            ("data/test_group.yaml", yaml),
            ("data/sample/1.in", ""),
            ("data/sample/1.ans", ""),
            ("data/secret/1.in", ""),
            ("data/secret/1.ans", ""),
            ("data/secret/2.in", ""),
            ("data/secret/2.ans", ""),
            ("data/secret/2.yaml", "output_validator_args: [case_sensitive]\n"),
        ])
        .package();
        let flags: Vec<_> = package.data.cases.iter().map(|case| case.flags.unwrap()).collect();
        let tolerant = flags.iter().map(|flags| flags.float_relative_tolerance == Some(1e-6));
        assert_eq!(tolerant.collect::<Vec<_>>(), [true, true, false]);
        assert!(flags[2].case_sensitive);
        assert!(
            package.data.cases[0].settings.full_feedback && !package.data.cases[1].settings.full_feedback
        );
        assert_eq!(notes.len(), 2, "{notes:?}");
        assert!(notes[0].starts_with("data/test_group.yaml: is no file of the format's"), "{notes:?}");
        assert_eq!(notes[1], "data/test_group.yaml:2: max_score: unknown key, ignored");
    }

    #[test]
    fn rules_that_do_not_hold_are_faults() {
        for (a, b, fault) in [
            ("", "max_score: 1\n", "is required, because secret has one"),
            ("max_score: -1\n", "max_score: 1\n", "is neither a whole number"),
            ("max_score: 1\nrequire_pass: secret/b\n", "max_score: 1\n", "no group before this one"),
            (
                "max_score: 1\nscore_aggregation: sum\n",
                "max_score: 1\nrequire_pass: secret/a\n",
                "no group before",
            ),
            (
                "max_score: 1\n",
                "max_score: 1\nrequire_pass: a\n",
                "with `score_aggregation: pass-fail`: secret/a is",
            ),
            ("max_score: 1\nscore_aggregation: best\n", "max_score: 1\n", "is none of pass-fail, sum, min"),
            (
                "max_score: 1\nstatic_validator_args: [x]\n",
                "max_score: 1\n",
                "without static_validation_score",
            ),
        ] {
            let faults = grouped(a, b).faults();
            assert!(faults[0].contains(fault), "{a} {b} {faults:?}");
        }
    }

    /// Groups whose sources are looked at.
    fn grouped_with_sources(a: &str, b: &str, secret: &str) -> Folder {
        let mut files = CASES.to_vec();
        files.extend([("data/secret/a/test_group.yaml", a), ("data/secret/b/test_group.yaml", b)]);
        files.extend([("data/secret/test_group.yaml", secret), ("static_validator/v.py", "")]);
        scoring(&files)
    }

    #[test]
    fn a_group_that_looks_at_the_sources_has_a_case_for_that_before_the_others() {
        let a = "max_score: 40\nstatic_validation_score: pass-fail\nstatic_validator_args: [short, '80']\n\
                 output_validator_args: [case_sensitive]\n";
        let b = "max_score: 60\nscore_aggregation: sum\nstatic_validation_score: 20\n";
        let data = grouped_with_sources(a, b, "full_feedback: true\n").data();
        let told: Vec<_> = data.cases.iter().map(|case| (case.name.as_str(), case.subject)).collect();
        let expected = [
            ("secret/a/static validation", Subject::Sources),
            ("secret/a/1", Subject::Output),
            ("secret/b/static validation", Subject::Sources),
            ("secret/b/1", Subject::Output),
        ];
        assert_eq!(told, expected);
        let first = &data.cases[0].settings;
        assert_eq!(
            (first.validator_args.as_slice(), first.full_feedback),
            (&["short", "80"].map(str::to_owned)[..], true)
        );
        assert_eq!(current_rules(&data, "secret/a").static_case, Some(StaticCase { score: None, case: 0 }));
        assert_eq!(
            current_rules(&data, "secret/b").static_case,
            Some(StaticCase { score: Some(20.0), case: 2 })
        );
        assert_eq!(data.root.find("secret/b").unwrap().items, [Item::Case(2), Item::Case(3)]);
    }

    #[test]
    fn scores_for_sources_are_refused_where_they_cannot_be_counted() {
        let (plain, sum) = ("max_score: 50\n", "max_score: 50\nscore_aggregation: sum\n");
        for (more, secret, fault) in [
            ("static_validation_score: 51\n", "", "is more than max_score"),
            ("static_validation_score: pass-fail\n", "", "does not go with the aggregation"),
            ("", "static_validation_score: 10\n", "is in secret, which has its score from its groups"),
        ] {
            let faults = grouped_with_sources(&format!("{sum}{more}"), plain, secret).faults();
            assert!(faults[0].contains(fault), "{more} {secret} {faults:?}");
        }
        let yaml = format!("{CURRENT}name: x\ntype: submit-answer\n");
        let group = ("data/secret/test_group.yaml", "static_validation_score: pass-fail\n");
        let files = [("problem.yaml", yaml.as_str()), ("static_validator/v.py", ""), group];
        assert!(Folder::current(&files).faults()[0].contains("answers have no sources"));
    }

    #[test]
    fn cases_may_not_lie_beside_groups() {
        let mut files = CASES.to_vec();
        files.extend([("data/secret/a/test_group.yaml", "max_score: 100\n"), ("data/secret/1.in", "")]);
        let faults = scoring(&files).faults();
        assert_eq!(
            faults,
            [
                "data/secret/1.in: lies beside groups",
                "data/secret/b: lies beside groups and is none: it has no test_group.yaml"
            ]
        );
    }

    #[test]
    fn folders_without_a_file_are_no_groups() {
        let data = Folder::current(&CASES).data();
        assert_eq!(data.root.find("secret").unwrap().items, [Item::Case(0), Item::Case(1)]);
        assert_eq!(data.cases[1].name, "secret/b/1");
    }

    #[test]
    fn cases_have_settings_of_their_own() {
        let data = Folder::current(&[
            ("data/secret/test_group.yaml", "args: [a]\noutput_validator_args: [case_sensitive]\n"),
            ("data/secret/1.in", ""),
            ("data/secret/1.ans", ""),
            ("data/secret/1.yaml", "args: [b, c]\nfull_feedback: true\nhint: h\ndescription: d\n"),
            ("data/secret/2.in", ""),
            ("data/secret/2.ans", ""),
        ])
        .data();
        let (one, two) = (&data.cases[0], &data.cases[1]);
        assert_eq!(
            (&one.settings.args, &two.settings.args),
            (&vec!["b".to_owned(), "c".into()], &vec!["a".into()])
        );
        assert!(one.settings.full_feedback && !two.settings.full_feedback);
        assert_eq!((one.hint.as_deref(), one.description.as_deref()), (Some("h"), Some("d")));
        assert!(one.flags.unwrap().case_sensitive && two.flags.unwrap().case_sensitive);
    }

    #[test]
    fn pass_fail_problems_have_no_scores() {
        let folder =
            Folder::current(&[("data/secret/test_group.yaml", "max_score: 5\n"), CASES[0], CASES[1]]);
        assert!(folder.faults()[0].contains("the type is not scoring"));
    }

    #[test]
    fn data_for_trying_validators_is_read() {
        let data = Folder::current(&[
            ("data/invalid_input/a.in", ""),
            ("data/invalid_output/b.in", ""),
            ("data/invalid_output/b.ans", ""),
            ("data/invalid_output/b.out", ""),
            ("data/valid_output/test_group.yaml", "output_validator_args: [case_sensitive]\n"),
            ("data/valid_output/c.in", ""),
            ("data/valid_output/c.ans", ""),
            ("data/valid_output/c.out", ""),
        ])
        .data();
        assert_eq!((data.invalid_input.len(), data.invalid_output.len(), data.cases.len()), (1, 1, 1));
        assert!(data.valid_output[0].flags.unwrap().case_sensitive);
        let folder = Folder::current(&[("data/valid_output/c.in", ""), ("data/valid_output/c.ans", "")]);
        assert_eq!(folder.faults(), ["data/valid_output/c.in: has no output beside it"]);
    }

    #[test]
    fn folders_of_outputs_to_try_have_arguments_of_their_own() {
        let data = Folder::current(&[
            ("data/invalid_output/test_group.yaml", "output_validator_args: [case_sensitive]\n"),
            ("data/invalid_output/1.in", ""),
            ("data/invalid_output/1.ans", ""),
            ("data/invalid_output/1.out", ""),
            ("data/invalid_output/0/test_group.yaml", "output_validator_args: [float_tolerance, 1e-3]\n"),
            ("data/invalid_output/0/2.in", ""),
            ("data/invalid_output/0/2.ans", ""),
            ("data/invalid_output/0/2.out", ""),
        ])
        .data();
        let told: Vec<_> =
            data.invalid_output.iter().map(|case| (case.name.as_str(), case.flags.unwrap())).collect();
        assert_eq!([told[0].0, told[1].0], ["invalid_output/0/2", "invalid_output/1"]);
        assert_eq!((told[0].1.float_absolute_tolerance, told[0].1.case_sensitive), (Some(1e-3), false));
        assert!(told[1].1.case_sensitive);
    }

    #[test]
    fn sample_has_no_score() {
        let folder = Folder::current(&[("data/sample/test_group.yaml", "max_score: 5\n")]);
        assert!(folder.faults()[0].contains("is not allowed in sample"));
    }
}

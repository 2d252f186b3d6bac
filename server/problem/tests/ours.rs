//! The problems of our own making, `tests/problems`, are packages without a fault, and are what they are there for.

#![expect(clippy::unwrap_used, reason = "a helper of tests may panic like a test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use gavel_problem::data::{Aggregation, CurrentRules, Group, LegacyRules, Rules};
use gavel_problem::grade::{Judgement, Outcome, grade};
use gavel_problem::metadata::Format;
use gavel_problem::{Case, Package, Verdict};

const NAMES: [&str; 27] = [
    "apart",
    "banner",
    "chart",
    "coins",
    "cover",
    "distance",
    "guess",
    "guess-legacy",
    "guess-testlib",
    "halves",
    "ladder",
    "leap",
    "ledger",
    "letters",
    "marks",
    "medals",
    "options",
    "pair",
    "parts",
    "period",
    "plain",
    "prices",
    "primes",
    "queens",
    "steps",
    "terse",
    "theft",
];
/// Packages of types that need more of a judge than one run for each case.
const MULTI_PASS: &str = "whisper";

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/problems").join(name)
}

/// The package, which must have neither faults nor notes.
fn read(folder: &Path) -> Package {
    let (package, notes) =
        Package::read(folder).unwrap_or_else(|faults| panic!("{}: {faults:?}", folder.display()));
    assert!(notes.is_empty(), "{}: {notes:?}", folder.display());
    package
}

fn package(name: &str) -> Package {
    read(&folder(name))
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let folders = entries.filter(|entry| entry.file_type().unwrap().is_dir());
    let mut names: Vec<_> = folders.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn case<'a>(package: &'a Package, name: &str) -> &'a Case {
    package.data.cases.iter().find(|case| case.name == name).unwrap()
}

fn group<'a>(package: &'a Package, name: &str) -> &'a Group {
    package.data.root.find(name).unwrap()
}

fn cases_in(package: &Package, name: &str) -> usize {
    group(package, name).cases().len()
}

fn current<'a>(package: &'a Package, name: &str) -> &'a CurrentRules {
    match &group(package, name).rules {
        Rules::Current(rules) => rules,
        Rules::Legacy(_) => panic!("{name} has legacy rules"),
    }
}

fn legacy<'a>(package: &'a Package, name: &str) -> &'a LegacyRules {
    match &group(package, name).rules {
        Rules::Legacy(rules) => rules,
        Rules::Current(_) => panic!("{name} has no legacy rules"),
    }
}

#[test]
fn every_package_is_listed_and_read_without_a_word() {
    let mut names = names_in(&folder(""));
    names.retain(|name| name != "hostile" && name != MULTI_PASS);
    assert_eq!(names, NAMES);
    NAMES.into_iter().chain([MULTI_PASS]).for_each(|name| drop(package(name)));
}

#[test]
fn every_submission_has_something_expected_of_it() {
    for name in NAMES.into_iter().filter(|name| *name != "plain") {
        let package = package(name);
        let folders: Vec<_> = package.submissions.iter().map(|one| one.folder.as_str()).collect();
        assert!(folders.contains(&"accepted"), "{name}");
        assert!(folders.iter().any(|folder| *folder != "accepted"), "{name}: nothing goes wrong");
        for submission in &package.submissions {
            assert!(!submission.expected.is_empty(), "{name}: {}", submission.program.path);
            let language = submission.language.as_ref().or(submission.program.language.as_ref());
            assert!(
                language.is_some() || is_of_answers(&package, &submission.program.files),
                "{name}: {} is in no language",
                submission.program.path
            );
        }
    }
}

/// Of each kind of problem one whose submissions do all that a submission can do, in several languages.
const COMPLETE: [&str; 14] = [
    "apart",
    "chart",
    "cover",
    "distance",
    "guess",
    "guess-legacy",
    "ladder",
    "leap",
    "ledger",
    "pair",
    "parts",
    "primes",
    "steps",
    "whisper",
];

#[test]
fn submissions_are_right_wrong_slow_greedy_and_crash_in_several_languages() {
    for name in COMPLETE {
        let package = package(name);
        let folders: BTreeSet<_> = package.submissions.iter().map(|one| one.folder.as_str()).collect();
        for folder in ["accepted", "wrong_answer", "time_limit_exceeded", "memory_limit", "run_time_error"] {
            assert!(folders.contains(folder), "{name}: no {folder}");
        }
        let languages = |is_right: bool| {
            let ours = package.submissions.iter().filter(|one| (one.folder == "accepted") == is_right);
            ours.filter_map(|one| one.program.language.clone()).collect::<BTreeSet<_>>()
        };
        for is_right in [true, false] {
            assert!(languages(is_right).len() >= 2, "{name}: {:?}", languages(is_right));
        }
    }
}

/// Nothing of it is a program.
fn is_of_answers(package: &Package, files: &[String]) -> bool {
    let is_answer = |file: &String| file.ends_with(".ans") || file.ends_with(".out");
    package.metadata.kind.submit_answer && files.iter().all(is_answer)
}

#[test]
fn a_package_of_ours_says_which_files_programs_read_and_write() {
    let own = package("ledger").own;
    assert_eq!(
        (own.input_file.as_deref(), own.output_file.as_deref()),
        (Some("ledger.txt"), Some("balance.txt"))
    );
    assert_eq!(own.languages["python3"].time_factor, Some(3.0));
    assert_eq!(package("chart").own.collect, ["chart.svg", "heights.csv"]);
}

#[test]
fn patterns_of_cases_match_some() {
    for name in NAMES {
        let package = package(name);
        let patterns = package.submissions.iter().flat_map(|one| &one.expected);
        for pattern in patterns.filter_map(|expected| expected.cases.as_ref()) {
            let found = package.data.cases.iter().any(|case| pattern.matches(&case.name));
            assert!(found, "{name}: {}", pattern.as_str());
        }
    }
}

#[test]
fn formats_of_every_age_are_there() {
    let formats = NAMES.map(|name| package(name).metadata.format);
    for format in [Format::Legacy, Format::LegacyIcpc, Format::Y2025M09, Format::Plain] {
        assert!(formats.contains(&format), "{format:?}");
    }
}

#[test]
fn flags_of_the_default_validator_are_by_problem_and_by_case() {
    let ladder = package("ladder");
    let flags = case(&ladder, "secret/01-root").flags.unwrap();
    assert_eq!((flags.float_absolute_tolerance, flags.float_relative_tolerance), (Some(1e-6), Some(1e-6)));

    let banner = package("banner");
    let flags = |name: &str| {
        let flags = case(&banner, name).flags.unwrap();
        (flags.case_sensitive, flags.space_change_sensitive)
    };
    assert_eq!(flags("secret/01-no-flags"), (false, false));
    assert_eq!(flags("secret/02-letters"), (true, false));
    assert_eq!(flags("secret/03-spaces"), (false, true));
    assert_eq!(flags("secret/04-both"), (true, true));
    assert_eq!((banner.data.valid_output.len(), banner.data.invalid_output.len()), (1, 2));
}

#[test]
fn validators_are_of_every_kind() {
    let languages = |name: &str| {
        let programs = package(name).validators.programs;
        programs.into_iter().map(|program| program.language.unwrap_or_default()).collect::<Vec<_>>()
    };
    assert_eq!(languages("pair"), ["cpp"]);
    assert_eq!(languages("apart"), ["python3"]);
    assert_eq!(languages("marks"), ["python3"]);
    assert_eq!(languages("halves"), ["cpp"]);
    assert_eq!(languages("parts"), ["python3", "cpp"]);
    let kind = |name: &str| package(name).metadata.kind;
    assert!(kind("guess").interactive && kind("guess-legacy").interactive && kind(MULTI_PASS).multi_pass);
}

#[test]
fn arguments_and_files_of_cases() {
    let options = package("options");
    assert_eq!(case(&options, "secret/1-inherited").settings.args, ["--upper"]);
    assert!(case(&options, "secret/2-none").settings.args.is_empty());
    assert_eq!(case(&options, "secret/3-empty").settings.args, ["--prefix", "", "--upper"]);
    assert!(case(&options, "secret/4-odd").settings.args[1].contains("\"two  words\" 'and' $HOME `x` \\n"));

    let prices = package("prices");
    let files: Vec<_> = case(&prices, "secret/3-discounts").files.keys().cloned().collect();
    assert_eq!(files, ["discounts/today.csv", "prices.csv"]);
    assert!(prices.metadata.allow_file_writing);

    let apart = package("apart");
    assert_eq!(case(&apart, "sample/1").settings.validator_args, ["tell"]);
    assert!(case(&apart, "secret/01-one").settings.validator_args.is_empty());
}

#[test]
fn limits_includes_and_many_cases() {
    assert_eq!(package("period").metadata.limits.memory, Some(64));
    assert_eq!(package("primes").metadata.limits.time_limit, Some(2.0));
    let letters = package("letters");
    let included: Vec<_> = letters.includes.keys().map(String::as_str).collect();
    assert_eq!(included, ["c", "cpp", "default", "java", "python3"]);
    assert!(letters.submissions.iter().filter(|one| one.program.files.len() > 1).count() >= 4);
    assert_eq!(cases_in(&package("leap"), "secret"), 200);
    let plain: Vec<_> = package("plain").data.cases.into_iter().map(|case| case.name).collect();
    assert_eq!(plain, ["secret/1", "secret/2", "secret/10"]);
}

#[test]
fn groups_are_scored_in_every_way() {
    let steps = package("steps");
    assert_eq!(current(&steps, "secret/1-small").require_pass, ["sample"]);
    assert_eq!(current(&steps, "secret/4-all").require_pass, ["secret/1-small"]);
    let ways = ["1-small", "2-medium", "3-large"].map(|name| {
        let rules = current(&steps, &format!("secret/{name}"));
        (rules.aggregation, rules.max_score)
    });
    assert_eq!(
        ways,
        [(Aggregation::PassFail, Some(20.0)), (Aggregation::Sum, Some(30.0)), (Aggregation::Min, Some(20.0))]
    );
    assert_eq!(current(&package("marks"), "secret").max_score, None);

    let coins = package("coins");
    assert!(legacy(&coins, "").grader.ignore_sample);
    assert_eq!(legacy(&coins, "secret/1-divide").accept_score, 40.0);
    assert_eq!(legacy(&coins, "secret/2-any/b-large").range, (0.0, 30.0));

    let medals = package("medals");
    assert!(legacy(&medals, "secret").custom_grader && !legacy(&medals, "secret/3-large").custom_grader);
    assert_eq!(medals.validators.grader.unwrap().path, "graders/best.py");
}

/// What comes of outcomes in the order of the cases: codes, with the validator's score or part behind a slash.
fn graded(name: &str, outcomes: &str) -> Judgement {
    let package = package(name);
    let outcomes: Vec<_> = outcomes.split_whitespace().map(outcome).map(Some).collect();
    assert_eq!(outcomes.len(), package.data.cases.len(), "{name}");
    grade(&package.data.root, package.metadata.kind.scoring, &outcomes, &|_, _| None)
}

fn outcome(text: &str) -> Outcome {
    let (code, given) = text.split_once('/').unwrap_or((text, ""));
    let mut outcome = Outcome::of(Verdict::of_code(code).unwrap());
    match given.split_once('*') {
        Some((_, part)) => outcome.multiplier = Some(part.parse().unwrap()),
        None => outcome.score = given.parse().ok(),
    }
    outcome
}

/// The scores that `submissions.yaml` and comments in the submissions promise, from what they do in each case.
#[test]
fn scores_are_those_that_the_packages_promise() {
    let promised = [
        ("steps", "AC AC AC AC AC AC AC AC AC AC AC AC", 100.0),
        ("steps", "AC AC AC AC AC AC AC AC TLE TLE AC TLE", 50.0),
        ("steps", "AC AC AC AC AC WA WA WA WA WA AC WA", 20.0),
        ("steps", "AC WA AC AC AC AC WA AC AC AC AC AC", 40.0),
        ("coins", "AC AC AC AC AC AC AC AC", 100.0),
        ("coins", "WA AC AC AC WA AC WA AC", 40.0),
        ("coins", "AC AC AC AC AC AC RTE RTE", 70.0),
        ("halves", "AC AC/3.5 AC AC/4", 17.5),
        ("parts", "AC AC AC AC AC", 40.0),
        ("parts", "AC AC AC/9 AC/9 WA", 28.0),
        ("cover", "AC/*1 AC/*1 AC/*0.25 AC/*0.5 AC/*1 AC/*0.5", 50.0),
        ("cover", "WA AC/*1 AC/*1 WA WA WA", 40.0),
        ("marks", "AC/4 AC/8 AC/32 AC/105", 145.0),
        ("marks", "AC/3 AC/4 AC/7 AC/10", 21.0),
        ("terse", "AC AC AC AC AC/*1", 100.0),
        ("terse", "AC AC AC AC AC/*0.5", 80.0),
        ("terse", "AC WA AC AC AC/*1", 40.0),
    ];
    for (name, outcomes, score) in promised {
        let judgement = graded(name, outcomes);
        assert_eq!(judgement.score, Some(score), "{name}: {outcomes}: {judgement:?}");
    }
    assert_eq!(graded("coins", "WA WA WA WA WA WA WA WA").verdict, Some(Verdict::WrongAnswer));
}

fn verdicts_of(validator: &Path) -> Vec<String> {
    let text = fs::read_to_string(validator).unwrap();
    let line = text.lines().next().unwrap();
    let verdicts =
        line.split_once(" expect: ").unwrap_or_else(|| panic!("{}: {line}", validator.display())).1;
    verdicts.split('|').map(str::to_owned).collect()
}

#[test]
fn hostile_validators_make_packages_without_a_fault() {
    let mut made = 0;
    for kind in names_in(&folder("hostile/validators")) {
        for entry in fs::read_dir(folder("hostile/validators").join(&kind)).unwrap() {
            let validator = entry.unwrap().path();
            for verdict in verdicts_of(&validator) {
                let known = ["JudgeError", "Accepted", "WrongAnswer", "TimeLimitExceeded"];
                assert!(known.contains(&verdict.as_str()), "{}: {verdict}", validator.display());
            }
            let parent = tempfile::tempdir().unwrap();
            let folder = parent.path().join("package");
            let status = Command::new(self::folder("hostile/make.sh")).arg(&validator).arg(&folder).status();
            assert!(status.unwrap().success(), "{}", validator.display());
            let package = read(&folder);
            assert_eq!(package.validators.programs.len(), 1);
            assert_eq!(package.metadata.kind.interactive, kind == "interactive");
            made += 1;
        }
    }
    assert!(made >= 40, "{made}");
}

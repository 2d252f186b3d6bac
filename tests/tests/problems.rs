//! The problems of `tests/problems`: each is pushed, and its example submissions come to what the package expects of them, as
//! `gavel problem verify` finds.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use clap::Parser;
use e2e::environment;
use gavel_client::{Status, Terminal};
use serde_json::Value;
use tempfile::TempDir;

#[derive(Debug, Parser)]
struct Cli {
    #[command(subcommand)]
    command: gavel_client::Command,
}

/// Runs a command of `gavel` against the service. What it has written, and how it ended.
fn gavel(arguments: &[&str]) -> (Result<Status, String>, String) {
    let folder = TempDir::new().expect("a scratch folder");
    let (url, token) = (environment::url(), folder.path().join("token"));
    let mut line = vec!["gavel"];
    line.extend(arguments);
    line.extend(["--server", &url]);
    if let Some(secret) = environment::token() {
        fs::write(&token, secret).expect("a file of the token");
        line.extend(["--token-file", token.to_str().expect("a path in UTF-8")]);
    }
    let cli = Cli::try_parse_from(line).expect("a command line");
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut terminal = Terminal { out: &mut out, err: &mut err, colour: false, live: false };
    let ended = cli.command.execute(&mut terminal).map_err(|why| why.to_string());
    (ended, String::from_utf8_lossy(&out).into_owned() + &String::from_utf8_lossy(&err))
}

fn verify(name: &str) {
    let folder = environment::problems().join(name);
    let (ended, told) =
        gavel(&["problem", "verify", folder.to_str().expect("a path in UTF-8"), "--jobs", "2"]);
    assert!(matches!(ended, Ok(Status::Good)), "{ended:?}\n{told}");
}

/// One test a package, so that a failure names it, and all of them together are all that are there.
macro_rules! packages {
    ($($name:ident: $folder:literal),* $(,)?) => {
        const PACKAGES: &[&str] = &[$($folder),*];

        $(#[test]
        fn $name() {
            verify($folder);
        })*
    };
}

packages! {
    apart: "apart",
    banner: "banner",
    coins: "coins",
    cover: "cover",
    distance: "distance",
    guess: "guess",
    guess_legacy: "guess-legacy",
    guess_testlib: "guess-testlib",
    halves: "halves",
    ladder: "ladder",
    leap: "leap",
    ledger: "ledger",
    letters: "letters",
    marks: "marks",
    options: "options",
    pair: "pair",
    period: "period",
    prices: "prices",
    primes: "primes",
    steps: "steps",
    theft: "theft",
    whisper: "whisper",
}

/// Of a plain folder there are no submissions.
const OTHERS: [&str; 2] = ["hostile", "plain"];

#[test]
fn every_package_is_verified() {
    let folders = fs::read_dir(environment::problems()).unwrap().map(|entry| entry.unwrap());
    let folders = folders.filter(|entry| entry.file_type().unwrap().is_dir());
    let folders: BTreeSet<_> = folders.map(|entry| entry.file_name().into_string().unwrap()).collect();
    let known = PACKAGES.iter().copied().chain(OTHERS).map(str::to_owned).collect();
    assert_eq!(folders, known);
}

#[test]
fn a_plain_folder_of_inputs_and_answers_is_a_problem() {
    let folder = environment::problems().join("plain");
    let id = format!("plain-{}", uuid::Uuid::new_v4());
    let (ended, told) = gavel(&["problem", "push", folder.to_str().expect("a path in UTF-8"), "--id", &id]);
    assert!(matches!(ended, Ok(Status::Good)), "{ended:?}\n{told}");
    let sources = TempDir::new().expect("a scratch folder");
    let source = |name: &str, text: &str| {
        let path = sources.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().expect("a path in UTF-8").to_owned()
    };
    let right = source("right.py", "print(sum(map(int, open(0).read().split())))");
    let (ended, told) = gavel(&["submit", &right, "--language", "python3", "--problem", &id]);
    assert!(matches!(ended, Ok(Status::Good)), "{ended:?}\n{told}");
    let wrong = source("wrong.py", "print(7)");
    let (_, told) = gavel(&["submit", &wrong, "--language", "python3", "--problem", &id]);
    assert!(told.contains("WrongAnswer"), "{told}");
    let (ended, _) = gavel(&["problem", "delete", &id]);
    assert!(matches!(ended, Ok(Status::Good)), "{ended:?}");
}

#[test]
fn what_was_said_is_told_of_samples_alone() {
    let folder = environment::problems().join("guess");
    let folder = folder.to_str().expect("a path in UTF-8");
    let id = format!("guess-{}", uuid::Uuid::new_v4());
    let (ended, told) = gavel(&["problem", "push", folder, "--id", &id, "--show", "verdicts"]);
    assert!(matches!(ended, Ok(Status::Good)), "{ended:?}\n{told}");
    let programs = fs::read_dir(format!("{folder}/submissions/accepted")).expect("programs");
    let python = programs
        .map(|entry| entry.expect("an entry").path())
        .find(|path| path.extension().is_some_and(|end| end == "py"));
    let program = python.expect("a program in Python").to_str().expect("a path in UTF-8").to_owned();
    let (_, told) = gavel(&["submit", &program, "--language", "python3", "--problem", &id, "--json"]);
    let judged: Value = serde_json::from_str(&told).expect("JSON");
    for test in judged["tests"].as_array().expect("tests") {
        let is_sample = test["name"].as_str().is_some_and(|name| name.starts_with("sample/"));
        let said = test["transcript"].as_str().unwrap_or_default();
        assert_eq!(said.contains(" ms validator ") && said.contains(" ms program "), is_sample, "{test}");
        assert_eq!(test["transcript"].is_string(), is_sample, "{test}");
    }
    gavel(&["problem", "delete", &id]).0.expect("removed");
}

#[test]
fn no_submission_is_judged_by_a_problem_of_a_kind_that_is_not_judged() {
    let folder = TempDir::new().expect("a scratch folder");
    let header = "problem_format_version: 2025-09\nname: Short\nuuid: 63b0c1b8-6b0c-4d1e-8d4b-35e0f9d4a111\n";
    for (path, text) in [
        ("problem.yaml", header),
        ("data/secret/1.in", "1\n"),
        ("data/secret/1.ans", "1\n"),
        ("static_validator/length.py", "print()\n"),
        ("submissions/accepted/echo.py", "print(input())\n"),
    ] {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    let (ended, told) = gavel(&["problem", "verify", folder.path().to_str().expect("a path in UTF-8")]);
    assert!(!matches!(ended, Ok(Status::Good)), "{told}");
    assert!(told.contains("static validators"), "{ended:?} {told}");
}

/// Whatever a validator does, the verdict is one that its first line allows, and the service goes on.
#[test]
fn hostile_validators_are_the_problems_fault_and_nobody_elses() {
    let mut wrong = Vec::new();
    for validator in validators(&environment::problems().join("hostile/validators")) {
        let source = fs::read_to_string(&validator).unwrap();
        let expected = source.lines().next().and_then(|line| line.split_once("expect: ")).unwrap().1;
        let got = verdicts_with(Path::new(&validator));
        if got.is_empty() || !got.iter().all(|verdict| expected.split('|').any(|one| one.trim() == verdict)) {
            wrong.push(format!("{validator}: {got:?}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    verify("banner");
}

fn validators(folder: &Path) -> Vec<String> {
    let of = |folder: &Path| {
        let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
        entries.collect::<BTreeSet<_>>()
    };
    let all = of(folder).into_iter().flat_map(|package| of(&package));
    all.map(|path| path.to_str().expect("a path in UTF-8").to_owned()).collect()
}

/// What the package's own submission comes to, with this validator in it.
fn verdicts_with(validator: &Path) -> Vec<String> {
    let scratch = TempDir::new().expect("a scratch folder");
    let folder = scratch.path().join("problem");
    let make = environment::problems().join("hostile/make.sh");
    let made = Command::new(make).arg(validator).arg(&folder).status().expect("make.sh runs");
    assert!(made.success(), "{}", validator.display());
    let (ended, told) = gavel(&["problem", "verify", folder.to_str().expect("a path in UTF-8"), "--json"]);
    // Notes stand behind it.
    let json = serde_json::Deserializer::from_str(&told).into_iter::<Value>().next();
    let Some(Ok(json)) = json else { panic!("{}: {ended:?} {told}", validator.display()) };
    let submissions = json["submissions"].as_array().cloned().unwrap_or_default();
    submissions.iter().filter_map(|one| one["verdict"].as_str()).map(str::to_owned).collect()
}

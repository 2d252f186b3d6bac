//! The problems of `tests/problems`: each is pushed, and its example submissions come to what the package expects of them, as
//! `gavel problem verify` finds.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
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
    verify_folder(&environment::problems().join(name));
}

/// All that is in the package comes to what is expected of it, and nothing of that is left out.
fn verify_folder(folder: &Path) {
    let (ended, told) =
        gavel(&["problem", "verify", folder.to_str().expect("a path in UTF-8"), "--jobs", "2"]);
    assert!(matches!(ended, Ok(Status::Good)), "{ended:?}\n{told}");
    assert!(!told.contains(": skipped: "), "a language is missing:\n{told}");
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
    chart: "chart",
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
    medals: "medals",
    options: "options",
    pair: "pair",
    parts: "parts",
    period: "period",
    prices: "prices",
    primes: "primes",
    queens: "queens",
    steps: "steps",
    terse: "terse",
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

/// Packages of others come to what they expect, as they are, and templates, which have no tests, are taken. What there is of them is
/// said by who has the tests run.
#[test]
fn packages_of_others_are_verified_as_they_are() {
    let Some(folder) = environment::packages_of_others() else { return };
    let mut folders = Vec::new();
    find_packages(&folder, &mut folders);
    assert!(!folders.is_empty(), "there is no package in {}", folder.display());
    let id = format!("of-others-{}", uuid::Uuid::new_v4());
    let is_good = |folder: &PathBuf| {
        let path = folder.to_str().expect("a path in UTF-8");
        let has_tests = folder.join("data").is_dir();
        let (ended, told) = if has_tests {
            gavel(&["problem", "verify", path, "--jobs", "2"])
        } else {
            gavel(&["problem", "push", path, "--id", &id])
        };
        eprintln!("{path}: {ended:?}\n{told}");
        matches!(ended, Ok(Status::Good))
    };
    folders.retain(|folder| !is_good(folder));
    // There may have been no template.
    let _ = gavel(&["problem", "delete", &id]);
    assert!(folders.is_empty(), "{folders:?}");
}

fn find_packages(folder: &Path, found: &mut Vec<PathBuf>) {
    if folder.join("problem.yaml").is_file() {
        found.push(folder.to_owned());
        return;
    }
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.filter(|path| path.is_dir()).for_each(|path| find_packages(&path, found));
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
fn answers_are_submitted_without_a_language_and_nothing_is_run_for_them() {
    let folder = environment::problems().join("queens");
    let id = format!("queens-{}", uuid::Uuid::new_v4());
    let path = |name: &str| folder.join(name).to_str().expect("a path in UTF-8").to_owned();
    let (ended, told) = gavel(&["problem", "push", &path(""), "--id", &id]);
    assert!(matches!(ended, Ok(Status::Good)), "{ended:?}\n{told}");
    let [one, six, eight] = ["1.ans", "six.out", "secret/eight.ans"]
        .map(|name| path(&format!("submissions/accepted/by_hand/{name}")));
    let (ended, told) = gavel(&["submit", &one, &six, &eight, "--problem", &id, "--json"]);
    assert!(matches!(ended, Ok(Status::Good)), "{ended:?}\n{told}");
    let judged: Value = serde_json::from_str(&told).expect("JSON");
    assert_eq!((&judged["language"], &judged["compile"]), (&"answers".into(), &Value::Null), "{judged}");
    let (_, told) = gavel(&["submit", &one, &six, "--problem", &id]);
    assert!(told.contains("WrongAnswer") && told.contains("no file for case secret/eight"), "{told}");
    let (ended, _) = gavel(&["submit", &path("problem.yaml"), "--language", "answers", "--problem", &id]);
    let why = ended.expect_err("it is no answer");
    assert!(why.contains("`problem.yaml` names no case") && why.contains("secret/eight"), "{why}");
    gavel(&["problem", "delete", &id]).0.expect("removed");
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

/// Has a package made by this function, and what its submissions come to must be what it expects of them.
fn verify_made(make: impl Fn(&Path)) {
    let folder = TempDir::new().expect("a scratch folder");
    make(folder.path());
    verify_folder(folder.path());
}

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("a file");
}

const SUM: &str = "#include <cstdio>\nint main() { long long sum = 0, next; while (scanf(\"%lld\", &next) == 1) sum += next; \
                   printf(\"%lld\\n\", sum); }\n";

#[test]
fn an_input_of_64_mib_is_read_and_who_keeps_it_all_or_counts_too_little_is_told() {
    const LINES: usize = 8 << 20;
    verify_made(|folder| {
        let yaml = "problem_format_version: 2025-09\nname: Bulk\nuuid: 4c1d8f52-0a67-4f0d-9a53-bb2f6d1c7e02\n\
                    limits:\n  time_limit: 10\n  memory: 48\n";
        write(folder, "problem.yaml", yaml);
        write(folder, "data/secret/1.in", &"1234567\n".repeat(LINES));
        write(folder, "data/secret/1.ans", &format!("{}\n", 1_234_567 * LINES));
        write(folder, "submissions/accepted/sum.cpp", SUM);
        write(folder, "submissions/accepted/sum.py", "import sys\nprint(sum(map(int, sys.stdin.buffer)))\n");
        write(folder, "submissions/wrong_answer/short.cpp", &SUM.replace("long long sum", "int sum"));
        let lines = "import sys\nprint(sum(map(int, sys.stdin.buffer.read().split())))\n";
        write(folder, "submissions/memory_limit/all.py", lines);
        let crash = "#include <stdlib.h>\nint main(void) { abort(); }\n";
        write(folder, "submissions/run_time_error/crash.c", crash);
    });
}

#[test]
fn a_validator_may_be_built_and_run_by_scripts() {
    verify_made(|folder| {
        let yaml =
            "problem_format_version: 2025-09\nname: Scripts\nuuid: 4c1d8f52-0a67-4f0d-9a53-bb2f6d1c7e04\n";
        write(folder, "problem.yaml", yaml);
        write(folder, "data/secret/1.in", "1 2\n");
        write(folder, "data/secret/1.ans", "3\n");
        let compare = "#include <cstdio>\n#include \"codes.h\"\nint main(int, char **arguments) { int wanted, got; \
                       FILE *answer = fopen(arguments[2], \"r\"); if (!answer || fscanf(answer, \"%d\", &wanted) != 1) return 1; \
                       return scanf(\"%d\", &got) == 1 && wanted == got ? ACCEPTED : REJECTED; }\n";
        write(folder, "output_validator/compare.cc", compare);
        write(folder, "output_validator/codes.h", "enum { ACCEPTED = 42, REJECTED = 43 };\n");
        write(folder, "output_validator/build", "#!/usr/bin/env bash\nc++ -O2 compare.cc -o compare\n");
        let run = "#!/bin/sh\nhere=${0%/*}\npython3 -c 'import sys; print(sys.argv[1], file=open(sys.argv[1] + \"judgemessage.txt\", \"w\"))' \
                   \"$3\" || exit 1\n\"$here/compare\" \"$1\" \"$2\" \"$3\"\n";
        write(folder, "output_validator/run", run);
        write(folder, "submissions/accepted/sum.cpp", SUM);
        write(folder, "submissions/wrong_answer/one.py", "print(1)\n");
    });
}

#[test]
fn a_driver_that_a_problem_puts_beside_submissions_may_be_called_as_it_likes() {
    verify_made(|folder| {
        let yaml =
            "problem_format_version: 2025-09\nname: Driver\nuuid: 4c1d8f52-0a67-4f0d-9a53-bb2f6d1c7e06\n";
        write(folder, "problem.yaml", yaml);
        write(folder, "data/secret/1.in", "1 2\n");
        write(folder, "data/secret/1.ans", "3\n");
        let driver = "import java.util.Scanner;\npublic class Driver {\n  public static void main(String[] arguments) {\n    \
                      Scanner in = new Scanner(System.in);\n    System.out.println(Sum.of(in.nextInt(), in.nextInt()));\n  }\n}\n";
        write(folder, "include/java/Driver.java", driver);
        let sum = "class Sum {\n  static int of(int a, int b) {\n    return a + b;\n  }\n}\n";
        write(folder, "submissions/accepted/Sum.java", sum);
        write(folder, "submissions/wrong_answer/Sum.java", &sum.replace('+', "-"));
    });
}

#[test]
fn what_is_large_is_where_validators_and_programs_look_for_it() {
    // Beyond what is kept in a row of the database, so each is a file of the store.
    let numbers: String = (0..40_000).map(|number| format!("{number}\n")).collect();
    verify_made(|folder| {
        let yaml =
            "problem_format_version: 2025-09\nname: Large\nuuid: 4c1d8f52-0a67-4f0d-9a53-bb2f6d1c7e05\n";
        write(folder, "problem.yaml", yaml);
        write(folder, "data/secret/1.in", &numbers);
        write(folder, "data/secret/1.ans", &numbers);
        write(folder, "data/secret/1.files/deep/er/table", &numbers);
        let compare = "import sys\nwith open(sys.argv[1]) as given, open(sys.argv[2]) as answer:\n    given, right = given.read(), answer.read()\n\
                       sys.exit(42 if len(given) > 200_000 and sys.stdin.read() == right else 43)\n";
        write(folder, "output_validator/compare.py", compare);
        let table = "import sys\ngiven = sys.stdin.read()\nprint(open('deep/er/table').read(), end='' if len(given) > 200_000 else '!')\n";
        write(folder, "submissions/accepted/table.py", table);
        write(folder, "submissions/wrong_answer/short.py", "print(0)\n");
    });
}

#[test]
fn a_thousand_small_tests_are_one_submission() {
    verify_made(|folder| {
        let yaml =
            "problem_format_version: 2025-09\nname: Many\nuuid: 4c1d8f52-0a67-4f0d-9a53-bb2f6d1c7e03\n";
        write(folder, "problem.yaml", yaml);
        for number in 0..1000 {
            write(folder, &format!("data/secret/{number:04}.in"), &format!("{number} 1\n"));
            write(folder, &format!("data/secret/{number:04}.ans"), &format!("{}\n", number + 1));
        }
        write(folder, "submissions/accepted/sum.cpp", SUM);
        // All but the last are right.
        let last = SUM.replace("printf", "if (sum == 1000) sum = 0; printf");
        write(folder, "submissions/wrong_answer/last.cpp", &last);
    });
}

#[test]
fn files_are_handed_back_of_samples_alone_as_the_problem_says() {
    let folder = environment::problems().join("chart");
    let folder = folder.to_str().expect("a path in UTF-8");
    let id = format!("chart-{}", uuid::Uuid::new_v4());
    let (ended, told) = gavel(&["problem", "push", folder, "--id", &id, "--show", "verdicts"]);
    assert!(matches!(ended, Ok(Status::Good)), "{ended:?}\n{told}");
    let files = |program: &str, language: &str| {
        let program = format!("{folder}/submissions/{program}");
        let (_, told) = gavel(&["submit", &program, "--language", language, "--problem", &id, "--json"]);
        let judged: Value = serde_json::from_str(&told).expect("JSON");
        let tests = judged["tests"].as_array().expect("tests").clone();
        assert!(
            tests.iter().filter(|test| test["hidden"] == true).all(|test| test["files"].is_null()),
            "{told}"
        );
        tests[0]["files"].clone()
    };
    let of_bars = files("accepted/bars.py", "python3");
    assert!(of_bars[0]["bytes"].as_u64().is_some_and(|bytes| bytes > 100), "{of_bars}");
    assert!(of_bars[1]["missing"].is_string(), "{of_bars}");
    let of_link = files("wrong_answer/first.js", "javascript");
    assert!(of_link[0]["path"].is_null() && of_link[0]["missing"].is_string(), "{of_link}");
    gavel(&["problem", "delete", &id]).0.expect("removed");
}

/// It exits with 3, as a checker of testlib's convention does where the package itself is wrong.
#[test]
fn a_checker_that_finds_something_better_than_the_answer_is_the_problems_fault() {
    let folder = TempDir::new().expect("a scratch folder");
    let parts = environment::problems().join("parts");
    let copied = Command::new("cp").arg("-r").args([&parts, folder.path()]).status().expect("cp");
    assert!(copied.success());
    let folder = folder.path().join("parts");
    write(&folder, "data/secret/2-exact.ans", "99\n");
    let id = format!("parts-{}", uuid::Uuid::new_v4());
    let path = |path: &str| folder.join(path).to_str().expect("a path in UTF-8").to_owned();
    let (ended, told) = gavel(&["problem", "push", &path(""), "--id", &id, "--show", "full"]);
    assert!(matches!(ended, Ok(Status::Good)), "{ended:?}\n{told}");
    let program = path("submissions/accepted/greedy.py");
    let (_, told) = gavel(&["submit", &program, "--language", "python3", "--problem", &id, "--json"]);
    let judged: Value = serde_json::from_str(&told).expect("JSON");
    assert_eq!(judged["verdict"], "JudgeError", "{judged}");
    let tests = judged["tests"].as_array().expect("tests");
    let why: Vec<_> = tests.iter().filter_map(|test| test["reason"].as_str()).collect();
    assert_eq!(why.len(), 1, "{judged}");
    assert!(
        why[0].contains("exited with status 3") && why[0].contains("more than the answer's 99"),
        "{why:?}"
    );
    gavel(&["problem", "delete", &id]).0.expect("removed");
}

#[test]
fn no_submission_is_judged_by_a_problem_of_a_kind_that_is_not_judged() {
    let folder = TempDir::new().expect("a scratch folder");
    let header = "problem_format_version: 2025-09\nname: Twice\nuuid: 63b0c1b8-6b0c-4d1e-8d4b-35e0f9d4a111\n\
                  type: multi-pass\n";
    for (path, text) in [
        ("problem.yaml", header),
        ("data/secret/1.in", "1\n"),
        ("data/secret/1.ans", "1\n"),
        ("submissions/accepted/echo.py", "print(input())\n"),
    ] {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    let (ended, told) = gavel(&["problem", "verify", folder.path().to_str().expect("a path in UTF-8")]);
    assert!(!matches!(ended, Ok(Status::Good)), "{told}");
    assert!(told.contains("a multi-pass problem needs one validator"), "{ended:?} {told}");
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

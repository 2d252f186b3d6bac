//! Submissions that are judged by problems.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::BoxFuture;

use super::*;
use crate::content::BlobId;
use crate::judge::test_support::problem_of as problem;
use crate::problem::{Manifest, Show, WithTestlib};
use gavel_protocol::Usage;

use crate::sandbox::{Input, Leaving, Output, PutContent};
use crate::submission::ProblemRef;

const YAML: (&str, &str) = (
    "problem.yaml",
    "problem_format_version: 2025-09\nname: Sums\nuuid: 117b564d-429b-44d4-bf8c-c264a3703e07\n",
);

/// A problem that is talked with, with one case.
pub(super) const INTERACTIVE: [(&str, &str); 4] = [
    (
        "problem.yaml",
        "problem_format_version: 2025-09\nname: S\nuuid: 117b564d-429b-44d4-bf8c-c264a3703e07\ntype: interactive\n",
    ),
    ("data/secret/1.in", "1"),
    ("data/secret/1.ans", ""),
    ("output_validator/talk.py", ""),
];

/// Two samples and three secret cases, of which each has its number as the answer.
fn cases() -> Vec<(&'static str, &'static str)> {
    vec![
        YAML,
        ("data/sample/1.in", "in 1"),
        ("data/sample/1.ans", "1"),
        ("data/secret/2.in", "in 2"),
        ("data/secret/2.ans", "2"),
        ("data/secret/3.in", "in 3"),
        ("data/secret/3.ans", "3"),
    ]
}

fn with<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    cases().into_iter().chain(more.iter().copied()).collect()
}

fn bench_of_problem(problem: &Arc<Problem>, answers: Vec<Ran>) -> Bench {
    let shipped = Languages::load(std::path::Path::new("../images/languages.toml"), "latest").unwrap();
    let answers = std::iter::once(compiled()).chain(answers).map(Ok);
    bench_with(shipped, vec![Arc::clone(problem)], 1, answers)
}

fn by(problem: &Problem) -> Submission {
    Submission { tests: Vec::new(), problem: Some(problem.reference()), ..submission("int main(){}") }
}

/// A validator that ends so, and leaves these files.
pub(super) fn validated(code: i32, left: [Option<&str>; 4]) -> Ran {
    let collected = left.map(|text| match text {
        None => CollectedOutput::Failed(2),
        Some(text) => {
            let mut file = tempfile::tempfile().unwrap();
            std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
            CollectedOutput::File { descriptor: file.into(), size: Bytes(text.len() as u64) }
        }
    });
    Ran { collected: collected.into(), ..ended(Ending::Exited { code }) }
}

#[tokio::test]
async fn tests_are_those_of_the_problem_and_secret_ones_tell_little() {
    let problem = problem(Show::Verdicts, &cases());
    let bench = bench_of_problem(&problem, vec![printed("1"), printed("2"), printed("3\n")]);
    let judgement = bench.judge(&by(&problem)).await.unwrap();
    assert_eq!((judgement.verdict, judgement.summary.total), (Verdict::Accepted, 3));
    let told: Vec<_> =
        judgement.tests.iter().map(|test| (test.name.as_deref().unwrap(), test.hidden)).collect();
    assert_eq!(told, [("sample/1", false), ("secret/2", true), ("secret/3", true)]);
    assert_eq!((judgement.score, judgement.groups.len()), (None, 0));
}

#[tokio::test]
async fn nothing_is_run_behind_the_first_failure_unless_all_is_asked_for() {
    let problem = problem(Show::Full, &cases());
    let answers = || vec![printed("1"), printed("no"), printed("3")];
    let bench = bench_of_problem(&problem, answers());
    let judgement = bench.judge(&by(&problem)).await.unwrap();
    assert_eq!((judgement.verdict, judgement.tests.len()), (Verdict::WrongAnswer, 2));
    let bench = bench_of_problem(&problem, answers());
    let all = Submission { stop_at_first_failure: Some(false), ..by(&problem) };
    let judgement = bench.judge(&all).await.unwrap();
    assert_eq!((judgement.verdict, judgement.tests.len()), (Verdict::WrongAnswer, 3));
    assert_eq!((judgement.summary.passed, judgement.summary.total), (2, 3));
}

#[tokio::test]
async fn of_a_summary_no_secret_test_is_there() {
    let problem = problem(Show::Summary, &cases());
    let bench = bench_of_problem(&problem, vec![printed("1"), printed("no")]);
    let judgement = bench.judge(&by(&problem)).await.unwrap();
    assert_eq!((judgement.verdict, judgement.tests.len()), (Verdict::WrongAnswer, 1));
    assert_eq!((judgement.summary.passed, judgement.summary.total), (1, 3));
    // Neither where the submission says what is run.
    for stops in [true, false] {
        let bench = bench_of_problem(&problem, vec![printed("1"), printed("no"), printed("3")]);
        let one = Submission { stop_at_first_failure: Some(stops), ..by(&problem) };
        let judgement = bench.judge(&one).await.unwrap();
        assert_eq!((judgement.verdict, judgement.tests.len()), (Verdict::WrongAnswer, 1), "{stops}");
    }
}

#[tokio::test]
async fn a_validator_decides_and_has_input_answer_and_output() {
    let problem = problem(Show::Full, &with(&[("output_validator/check.cpp", "int main(){}")]));
    let answers = vec![
        printed("anything"),
        compiled(),
        validated(42, [None, Some("well done\n"), None, None]),
        printed("wrong"),
        validated(43, [Some("for the judge"), Some("look again"), None, None]),
    ];
    // The program is compiled first, then the validator.
    let [first, second, ..] = &answers[..] else { panic!() };
    let _ = (first, second);
    let answers = {
        let mut answers = answers;
        answers.swap(0, 1);
        answers
    };
    let bench = bench_of_problem(&problem, answers);
    let judgement = bench.judge(&by(&problem)).await.unwrap();
    let told: Vec<_> = judgement.tests.iter().map(|test| (test.verdict, test.feedback.as_deref())).collect();
    assert_eq!(told, [(Verdict::Accepted, Some("well done")), (Verdict::WrongAnswer, Some("look again"))]);
    assert_eq!(judgement.tests[1].reason.as_deref(), Some("for the judge"));
    let asked = bench.sandboxes.asked();
    let (_, validator) = &asked[3];
    let text = |path: &str| {
        let file = validator.files.iter().find(|file| file.path == path).unwrap();
        let PutContent::Bytes(bytes) = &file.content else { panic!("{file:?}") };
        String::from_utf8(bytes.to_vec()).unwrap()
    };
    assert_eq!((text(".case/input"), text(".case/answer")), ("in 1".into(), "1".into()));
    let arguments: Vec<_> = validator.argv.iter().map(|word| String::from_utf8_lossy(word)).collect();
    assert_eq!(arguments[arguments.len() - 3..], ["/w/.case/input", "/w/.case/answer", "/w/.case/feedback/"]);
    // However much it says, it is not ended for that, as a program is.
    for (at, is_ended) in [(2, true), (3, false)] {
        let run = &asked[at].1;
        let is_cut = |output: &Output| matches!(output, Output::Capture { kill: false, .. });
        assert_eq!([&run.stdout, &run.stderr].map(is_cut), [!is_ended; 2], "{run:?}");
    }
    assert!(
        asked[2].1.files.iter().all(|file| !file.path.starts_with(".case")),
        "the program has none of it"
    );
}

/// Names of the files of a run's box.
fn paths(run: &crate::sandbox::Program) -> Vec<&str> {
    run.files.iter().map(|file| file.path.as_str()).collect()
}

#[tokio::test]
async fn a_validator_finds_the_submissions_files_where_it_runs_and_its_own_lie_apart() {
    let current = with(&[("output_validator/check.py", ""), ("output_validator/tables.py", "")]);
    let legacy: Vec<_> = current
        .iter()
        .map(|(path, text)| match *path {
            "problem.yaml" => (*path, "name: S\nvalidation: custom\n"),
            path => (path, *text),
        })
        .collect();
    // In an older format a file alone is a validator.
    let legacy: Vec<_> = legacy.into_iter().filter(|(path, _)| !path.ends_with("tables.py")).collect();
    for (files, expected, main) in [
        (
            &current,
            &[".case", ".validator/check.py", ".validator/tables.py", "main.cpp"][..],
            ".validator/check.py",
        ),
        (&legacy, &[".case", "check.py"], "check.py"),
    ] {
        let problem = problem(Show::Full, files);
        let checked = ended(Ending::Exited { code: 0 });
        let bench = bench_of_problem(&problem, vec![checked, printed("1"), validated(43, [None; 4])]);
        bench.judge(&by(&problem)).await.unwrap();
        let asked = bench.sandboxes.asked();
        let run = &asked[3].1;
        let mut found: Vec<_> = paths(run).into_iter().map(|path| path.split("/").next().unwrap()).collect();
        found.iter_mut().zip(paths(run)).for_each(|(first, path)| {
            if *first != ".case" {
                *first = path;
            }
        });
        found.sort_unstable();
        found.dedup();
        assert_eq!(found, expected);
        assert!(run.argv.contains(&main.as_bytes().to_vec()), "{:?}", run.argv);
        let checked: Vec<_> = paths(&asked[1].1);
        assert!(checked.iter().all(|path| !path.starts_with('.')), "what is checked is as it is written");
    }
}

/// Of two groups, the second of which looks at the sources alone.
const STATIC: [(&str, &str); 7] = [
    (
        "problem.yaml",
        "problem_format_version: 2025-09\nname: S\nuuid: 117b564d-429b-44d4-bf8c-c264a3703e07\ntype: scoring\n",
    ),
    ("data/secret/a/1.in", "in"),
    ("data/secret/a/1.ans", "1"),
    ("data/secret/a/test_group.yaml", "max_score: 60\n"),
    (
        "data/secret/b/test_group.yaml",
        "max_score: 40\nscore_aggregation: sum\nstatic_validation_score: 40\nstatic_validator_args: [short, '9']\n",
    ),
    ("static_validator/look.cpp", "int main(){}"),
    ("include/cpp/given.h", ""),
];

#[tokio::test]
async fn sources_are_looked_at_by_the_static_validator_and_nothing_is_run_for_that() {
    for (said, verdict, score) in [
        (validated(42, [None, Some("short\n"), None, Some("0.5")]), Verdict::Accepted, 80.0),
        (validated(43, [Some("too long"), None, None, None]), Verdict::WrongAnswer, 60.0),
        (validated(1, [None; 4]), Verdict::JudgeError, 0.0),
    ] {
        let problem = problem(Show::Full, &STATIC);
        assert_eq!(problem.manifest.unjudged, None);
        let bench = bench_of_problem(&problem, vec![compiled(), printed("1"), said]);
        let judgement = bench.judge(&by(&problem)).await.unwrap();
        assert_eq!((judgement.verdict, judgement.score), (verdict, Some(score)), "{judgement:?}");
        let test = &judgement.tests[1];
        assert_eq!((test.verdict, test.name.as_deref()), (verdict, Some("secret/b/static validation")));
        assert_eq!((test.cpu, test.memory), (Duration::ZERO, Bytes(0)), "no program was run");
        assert_eq!(test.feedback.as_deref(), (verdict == Verdict::Accepted).then_some("short"));
        assert_eq!(test.reason.as_deref() == Some("too long"), verdict == Verdict::WrongAnswer);
        let asked = bench.sandboxes.asked();
        assert_eq!(asked.len(), 4, "compiled twice, run once, looked at once");
        let run = &asked[3].1;
        assert_eq!(paths(run), [".case/feedback/.keep", "given.h", "main.cpp"]);
        let arguments: Vec<_> = run.argv[1..].iter().map(|word| String::from_utf8_lossy(word)).collect();
        assert_eq!(arguments, ["cpp", "main.cpp", "/w/.case/feedback/", "short", "9"]);
    }
}

#[tokio::test]
async fn of_sources_that_are_looked_at_in_secret_little_is_told_and_those_that_fail_are_not_run() {
    let files = with(&[
        ("data/secret/test_group.yaml", "static_validation_score: pass-fail\n"),
        ("static_validator/look.cpp", ""),
    ]);
    let problem = problem(Show::Verdicts, &files);
    let said = validated(43, [Some("for the judge"), Some("for the team"), None, None]);
    let bench = bench_of_problem(&problem, vec![compiled(), printed("1"), said]);
    let judgement = bench.judge(&by(&problem)).await.unwrap();
    assert_eq!((judgement.verdict, judgement.tests.len()), (Verdict::WrongAnswer, 2));
    let test = &judgement.tests[1];
    assert_eq!((test.hidden, &test.reason, &test.feedback), (true, &None, &None));
}

#[tokio::test]
async fn the_first_case_is_not_run_ahead_where_it_is_judged_by_the_sources() {
    let files = with(&[
        ("data/sample/test_group.yaml", "static_validation_score: pass-fail\n"),
        ("static_validator/look.cpp", ""),
    ]);
    let problem = problem(Show::Full, &files);
    let answers = vec![compiled(), validated(42, [None; 4]), printed("1"), printed("2"), printed("3")];
    let bench = bench_of_problem(&problem, answers);
    bench.sandboxes.be_free([Ok(printed("no"))]);
    let files = BTreeMap::from([("main.py".to_owned(), Content::from("print()"))]);
    let submission = Submission { language: "python3".into(), files, ..by(&problem) };
    let judgement = bench.judge(&submission).await.unwrap();
    assert_eq!((judgement.verdict, judgement.summary.total), (Verdict::Accepted, 4), "{judgement:?}");
}

#[tokio::test]
async fn a_validator_that_does_not_work_is_the_problems_fault() {
    let problem = problem(Show::Verdicts, &with(&[("output_validator/check.cpp", "int main(){}")]));
    let nothing = [None, None, None, None];
    let nonsense = [None, None, Some("many"), None];
    for ran in [
        validated(0, nothing),
        validated(1, [Some("it broke"), None, None, None]),
        validated(42, nonsense),
        ended(Ending::Signaled { signal: 11 }),
        ended(Ending::Killed { over: Limit::WallTime }),
    ] {
        let bench = bench_of_problem(&problem, vec![compiled(), printed("1"), ran]);
        let judgement = bench.judge(&by(&problem)).await.unwrap();
        assert_eq!(judgement.verdict, Verdict::JudgeError);
        let reason = judgement.tests[0].reason.as_deref().unwrap();
        assert!(reason.contains("the problem's validator output_validator"), "{reason}");
        assert!(!reason.contains("it broke"), "{reason}");
        assert_eq!(reason.contains("killed by"), reason.contains("was killed by SIGSEGV"), "{reason}");
    }
    // What it wrote last is told where the problem shows all, and nowhere else.
    for (show, expected) in [
        (Show::Full, "exited with status 1: Traceback\nModuleNotFoundError: nosuch"),
        (Show::Verdicts, "exited with status 1"),
    ] {
        let problem = self::problem(show, &with(&[("output_validator/check.cpp", "int main(){}")]));
        let mut ran = validated(1, nothing);
        ran.stderr.head = b"Traceback\nModuleNotFoundError: nosuch\n".to_vec();
        let bench = bench_of_problem(&problem, vec![compiled(), printed("1"), ran]);
        let judgement = bench.judge(&by(&problem)).await.unwrap();
        let reason = judgement.tests[0].reason.as_deref().unwrap();
        assert!(reason.ends_with(expected), "{reason}");
    }
    // What it is scored by is there and cannot be read: that is not no score.
    for odd in [CollectedOutput::NotRegular, CollectedOutput::Failed(13), CollectedOutput::Failed(20)] {
        let mut ran = validated(42, nothing);
        ran.collected[2] = odd;
        let bench = bench_of_problem(&problem, vec![compiled(), printed("1"), ran]);
        let judgement = bench.judge(&by(&problem)).await.unwrap();
        assert_eq!(judgement.verdict, Verdict::JudgeError);
    }
    // It does not compile: no test is run. What its compiler says is told where the problem shows all.
    for show in [Show::Full, Show::Verdicts] {
        let refused = Ran { stdout: printed("error: x").stdout, ..ended(Ending::Exited { code: 1 }) };
        let problem = self::problem(show, &with(&[("output_validator/check.cpp", "int main(){}")]));
        let bench = bench_of_problem(&problem, vec![refused]);
        let judgement = bench.judge(&by(&problem)).await.unwrap();
        assert_eq!((judgement.verdict, judgement.tests.len()), (Verdict::JudgeError, 0));
        assert_eq!(judgement.reason.unwrap().contains("error: x"), show == Show::Full);
    }
}

#[tokio::test]
async fn a_validator_that_is_written_with_testlib_is_called_and_understood_as_such() {
    let ours = problem(Show::Full, &with(&[("output_validator/check.cpp", "int main(){}")]));
    let problem = Arc::new(Problem {
        manifest: Manifest { testlib: WithTestlib::All(true), ..ours.manifest.clone() },
        ..(*ours).clone()
    });
    let said = |code, words: &str| Ran { stderr: printed(words).stdout, ..validated(code, [None; 4]) };
    for (code, words, verdict, score) in [
        (0, "ok 3 numbers", Verdict::Accepted, None),
        (1, "wrong answer 1st numbers differ", Verdict::WrongAnswer, None),
        (2, "wrong output format", Verdict::WrongAnswer, None),
        (7, "points 12.5 some of them", Verdict::Accepted, Some(12.5)),
        (7, "no number", Verdict::JudgeError, None),
        (56, "partially correct (40) some of them", Verdict::Accepted, Some(40.0)),
        (1, "partially correct (1) nearly nothing", Verdict::Accepted, Some(1.0)),
        (0, "partially correct (0) nothing of it", Verdict::Accepted, Some(0.0)),
        (16, "partially correct (x) of nothing", Verdict::JudgeError, None),
        (16, "something else", Verdict::JudgeError, None),
        (3, "FAIL the answer is wrong", Verdict::JudgeError, None),
        (42, "", Verdict::JudgeError, None),
    ] {
        let cases = (0..3).flat_map(|_| [printed("1"), said(code, words)]);
        let bench = bench_of_problem(&problem, std::iter::once(compiled()).chain(cases).collect());
        let all = Submission { stop_at_first_failure: Some(false), ..by(&problem) };
        let judgement = bench.judge(&all).await.unwrap();
        let first = &judgement.tests[0];
        assert_eq!((judgement.verdict, first.verdict, first.score), (verdict, verdict, score), "{code}");
        let asked = bench.sandboxes.asked();
        let arguments: Vec<_> = asked[3].1.argv.iter().map(|word| String::from_utf8_lossy(word)).collect();
        assert_eq!(
            arguments[arguments.len() - 3..],
            ["/w/.case/input", "/w/.case/output", "/w/.case/answer"]
        );
    }
}

#[tokio::test]
async fn a_validator_is_compiled_once_whatever_is_judged_by_it() {
    let problem = problem(Show::Full, &with(&[("output_validator/check.cpp", "int main(){}")]));
    let tests = |first: Vec<Ran>| {
        first.into_iter().chain((0..3).flat_map(|_| [printed("1"), validated(42, [None; 4])]))
    };
    // Of the second program nothing is there but its own compilation.
    let answers = tests(vec![compiled()]).chain(tests(vec![compiled()])).collect();
    let bench = bench_of_problem(&problem, answers);
    for source in ["int main(){}", "int main(){return 0;}"] {
        let files = BTreeMap::from([("main.cpp".to_owned(), source.into())]);
        let judgement = bench.judge(&Submission { files, ..by(&problem) }).await.unwrap();
        assert_eq!(judgement.verdict, Verdict::Accepted, "{judgement:?}");
    }
    let asked = bench.sandboxes.asked();
    let compiles = |source: &str| {
        let is_of = |run: &crate::sandbox::Program| paths(run).contains(&source);
        asked.iter().filter(|(profile, run)| matches!(profile, Profile::Toolchain(_)) && is_of(run)).count()
    };
    assert_eq!((compiles("main.cpp"), compiles("check.cpp")), (2, 1));
}

#[tokio::test]
async fn of_two_validators_each_is_called_by_its_own_convention() {
    let ours = problem(
        Show::Full,
        &[
            ("problem.yaml", "name: S\nvalidation: custom\n"),
            ("data/secret/1.in", "in 1"),
            ("data/secret/1.ans", "1"),
            ("output_validators/a.cpp", "int main(){}"),
            ("output_validators/b.cpp", "int f();"),
        ],
    );
    let testlib = WithTestlib::Some(["output_validators/b.cpp".to_owned()].into());
    let manifest = Manifest { testlib, ..ours.manifest.clone() };
    let problem = Arc::new(Problem { manifest, ..(*ours).clone() });
    for (codes, verdict) in [
        ([42, 0], Verdict::Accepted),
        ([42, 1], Verdict::WrongAnswer),
        ([43, 0], Verdict::WrongAnswer),
        ([0, 0], Verdict::JudgeError),
        ([42, 42], Verdict::JudgeError),
    ] {
        let said = codes.map(|code| validated(code, [None; 4]));
        let answers = [compiled(), compiled(), printed("1")].into_iter().chain(said).collect();
        let bench = bench_of_problem(&problem, answers);
        assert_eq!(bench.judge(&by(&problem)).await.unwrap().verdict, verdict, "{codes:?}");
        let asked = bench.sandboxes.asked();
        let last = asked[4..].iter().map(|(_, run)| String::from_utf8_lossy(run.argv.last().unwrap()));
        let expected = ["/w/.case/feedback/", "/w/.case/answer"];
        assert_eq!(last.collect::<Vec<_>>(), expected[..asked.len() - 4]);
    }
}

#[test]
fn what_was_kept_of_all_validators_together_is_understood() {
    let of = |text: &str| serde_json::from_str::<WithTestlib>(text).unwrap();
    assert!(of("true").has("a") && !of("false").has("a"));
    assert!(of("[\"a\"]").has("a") && !of("[\"a\"]").has("b"));
    let kept = serde_json::to_string(&WithTestlib::Some(["a".to_owned()].into())).unwrap();
    assert_eq!(kept, "[\"a\"]");
}

#[tokio::test]
async fn groups_are_scored_and_what_requires_a_failed_one_is_not_run() {
    let yaml = "problem_format_version: 2025-09\nname: S\nuuid: 117b564d-429b-44d4-bf8c-c264a3703e07\ntype: scoring\n";
    let problem = problem(
        Show::Verdicts,
        &[
            ("problem.yaml", yaml),
            ("data/secret/one/1.in", ""),
            ("data/secret/one/1.ans", "1"),
            ("data/secret/one/test_group.yaml", "max_score: 30\nscore_aggregation: pass-fail\n"),
            ("data/secret/zeta/1.in", ""),
            ("data/secret/zeta/1.ans", "1"),
            (
                "data/secret/zeta/test_group.yaml",
                "max_score: 40\nscore_aggregation: pass-fail\nrequire_pass: secret/two\n",
            ),
            ("data/secret/two/1.in", ""),
            ("data/secret/two/1.ans", "1"),
            ("data/secret/two/test_group.yaml", "max_score: 30\nscore_aggregation: pass-fail\n"),
            ("data/secret/test_group.yaml", "max_score: 100\nscore_aggregation: sum\n"),
        ],
    );
    let order: Vec<_> = problem.tests.iter().map(|test| test.name.to_string()).collect();
    let bench = bench_of_problem(&problem, vec![printed("1"), printed("1"), printed("0")]);
    let judgement = bench.judge(&by(&problem)).await.unwrap();
    let groups: Vec<_> =
        judgement.groups.iter().map(|group| (group.name.as_str(), group.score, group.skipped)).collect();
    assert_eq!(judgement.verdict, Verdict::WrongAnswer, "{order:?} {groups:?}");
    assert!(groups.contains(&("secret/one", Some(30.0), false)), "{groups:?}");
    assert!(judgement.score.is_some(), "{groups:?}");
}

#[tokio::test]
async fn which_tests_there_are_does_not_depend_on_what_ran_beside_the_one_that_made_them_needless() {
    let group = |name: &'static str, cases: &'static [&'static str]| {
        let files = cases
            .iter()
            .flat_map(move |case| ["in", "ans"].map(|end| (format!("data/secret/{name}/{case}.{end}"), "1")));
        files.chain([(
            format!("data/secret/{name}/test_group.yaml"),
            "max_score: 30\nscore_aggregation: pass-fail\n",
        )])
    };
    let yaml = "problem_format_version: 2025-09\nname: S\nuuid: 117b564d-429b-44d4-bf8c-c264a3703e07\ntype: scoring\n";
    let files: Vec<_> = group("one", &["1", "2"]).chain(group("two", &["1"])).collect();
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    let problem = problem(Show::Full, &[&[("problem.yaml", yaml)][..], &files[..]].concat());
    let died = || Err(SandboxError::Died("gone".into()));
    for (at_once, beside) in
        [(1, None), (2, Some(Ok(printed("1")))), (2, Some(Ok(printed("no")))), (2, Some(died()))]
    {
        let shipped = Languages::load(std::path::Path::new("../images/languages.toml"), "latest").unwrap();
        let answers = [Ok(compiled()), Ok(printed("no"))].into_iter().chain(beside).chain([Ok(printed("1"))]);
        let bench = bench_with(shipped, vec![Arc::clone(&problem)], at_once, answers);
        bench.sandboxes.run_side_by_side();
        let told = Mutex::new(Vec::new());
        let note = |progress| {
            if let Progress::Tested(tested) = progress {
                told.lock().unwrap().push(tested.index);
            }
        };
        let judgement = bench.judge.judge(&by(&problem), &note, &CancellationToken::new()).await.unwrap();
        let tests: Vec<_> = judgement.tests.iter().map(|test| test.name.as_deref().unwrap()).collect();
        assert_eq!(tests, ["secret/one/1", "secret/two/1"], "{at_once}");
        assert_eq!(
            (judgement.verdict, judgement.score, judgement.summary.passed),
            (Verdict::WrongAnswer, Some(30.0), 1)
        );
        assert_eq!(told.into_inner().unwrap(), [0, 2], "{at_once}");
    }
}

#[tokio::test]
async fn a_problem_whose_files_do_not_fit_into_the_box_is_at_fault() {
    let problem = problem(Show::Verdicts, &with(&[("output_validator/check.cpp", "int main(){}")]));
    let full = || Ran { ending: RunEnding::NotPut { file: 3, errno: 28 }, ..printed("") };
    for answers in [vec![full()], vec![compiled(), full()], vec![compiled(), printed("1"), full()]] {
        let bench = bench_of_problem(&problem, answers);
        let judgement = bench.judge(&by(&problem)).await.unwrap();
        assert_eq!((judgement.verdict, judgement.summary.total), (Verdict::JudgeError, 3));
        assert!(judgement.reason.unwrap().starts_with("what the problem puts beside a program"));
    }
    // Without a problem nobody else is.
    let bench = bench([Ok(compiled()), Ok(full())]);
    assert!(matches!(bench.judge(&submission("x")).await, Err(JudgeError::NoRoom)));
}

#[tokio::test]
async fn a_problem_that_is_not_there_any_more_is_told() {
    let bench = bench([]);
    let named = ProblemRef { id: "gone".into(), version: BlobId::of(b"x") };
    let submission = Submission { problem: Some(named), tests: Vec::new(), ..submission("int main(){}") };
    let told = bench.judge(&submission).await.unwrap_err();
    assert!(matches!(told, JudgeError::UnknownProblem(_)), "{told:?}");
}

#[tokio::test]
async fn a_program_begins_with_the_submissions_source_whatever_the_problem_puts_beside_it() {
    let problem = problem(Show::Full, &with(&[("include/python3/include.py", "x = 1")]));
    let shipped = Languages::load(std::path::Path::new("../images/languages.toml"), "latest").unwrap();
    let answers = [ended(Ending::Exited { code: 0 }), printed("1"), printed("2"), printed("3")].map(Ok);
    let bench = bench_with(shipped, vec![Arc::clone(&problem)], 1, answers);
    let files = BTreeMap::from([("solution.py".to_owned(), Content::from("import include"))]);
    let submission = Submission { language: "python3".into(), files, ..by(&problem) };
    let judgement = bench.judge(&submission).await.unwrap();
    assert_eq!(judgement.verdict, Verdict::Accepted);
    let asked = bench.sandboxes.asked();
    let (_, run) = asked.last().unwrap();
    assert!(run.argv.iter().any(|word| word == b"solution.py"), "{:?}", run.argv);
    assert!(run.files.iter().any(|file| file.path == "include.py"));
}

#[tokio::test]
async fn a_driver_that_a_problem_puts_beside_a_submission_is_the_program() {
    for (language, driver, own) in [
        ("python3", "main.py", "solution.py"),
        ("python3", "__main__.py", "solution.py"),
        ("javascript", "main.js", "solution.js"),
        ("java21", "Main.java", "Solution.java"),
    ] {
        let code = code_of(language).unwrap();
        let path = format!("include/{code}/{driver}");
        let problem = problem(Show::Full, &with(&[(path.as_str(), "driver")]));
        let shipped = Languages::load(std::path::Path::new("../images/languages.toml"), "latest").unwrap();
        let bench = bench_with(shipped, vec![Arc::clone(&problem)], 1, [Ok(printed(""))]);
        let files = BTreeMap::from([(own.to_owned(), Content::from("own")), (driver.to_owned(), "x".into())]);
        let submission = Submission { language: language.into(), files, ..by(&problem) };
        let sources = sources(&submission, Some(&problem));
        assert_eq!(sources[driver], Content::from("driver"));
        let language = bench.judge.languages.get(language).unwrap();
        assert_eq!(entry_point(&submission, &sources, language), Some(driver));
    }
}

#[tokio::test]
async fn where_the_compiler_looks_for_the_beginning_a_driver_of_any_name_is_found() {
    for (language, driver, own, told) in [
        ("kotlin", "grader.kt", "solution.kt", None),
        ("kotlin", "grader.kt", "main.kt", None),
        ("java21", "Grader.java", "Main.java", None),
        // It begins with one of its sources, and nobody else says with which.
        ("python3", "grader.py", "solution.py", Some("solution.py")),
    ] {
        let path = format!("include/{}/{driver}", code_of(language).unwrap());
        let problem = problem(Show::Full, &with(&[(path.as_str(), "driver")]));
        let shipped = Languages::load(std::path::Path::new("../images/languages.toml"), "latest").unwrap();
        let files = BTreeMap::from([(own.to_owned(), Content::from("own"))]);
        let submission = Submission { language: language.into(), files, ..by(&problem) };
        let sources = sources(&submission, Some(&problem));
        let language = shipped.get(language).unwrap();
        assert_eq!(entry_point(&submission, &sources, language), told, "{own}");
        let named = Submission { entry_point: Some(own.to_owned()), ..submission.clone() };
        assert_eq!(entry_point(&named, &sources, language), Some(own));
        assert_eq!(own_entry(&submission, language), Some(own));
    }
}

#[tokio::test]
async fn what_a_problem_puts_into_the_box_goes_before_a_submissions_files_of_its_names() {
    let problem = problem(
        Show::Full,
        &with(&[
            ("data/secret/2.files/table.txt", "theirs"),
            ("data/secret/2.files/deep/x", "theirs"),
            ("include/python3/lib.py", ""),
        ]),
    );
    let shipped = Languages::load(std::path::Path::new("../images/languages.toml"), "latest").unwrap();
    let answers = [ended(Ending::Exited { code: 0 }), printed("1"), printed("2"), printed("3")].map(Ok);
    let bench = bench_with(shipped, vec![Arc::clone(&problem)], 1, answers);
    let own = ["solution.py", "table.txt/z", "deep", "lib.py/x.py", "note.txt"];
    let files = own.map(|name| (name.to_owned(), Content::from("own"))).into();
    let submission = Submission { language: "python3".into(), files, ..by(&problem) };
    assert_eq!(bench.judge(&submission).await.unwrap().verdict, Verdict::Accepted);
    let asked = bench.sandboxes.asked();
    let of = |at: usize| {
        let names = asked[at].1.files.iter().map(|file| file.path.as_str());
        names.collect::<std::collections::BTreeSet<_>>()
    };
    let with_theirs = asked.iter().position(|(_, run)| run.files.iter().any(|file| file.path == "table.txt"));
    assert_eq!(of(with_theirs.unwrap()), ["deep/x", "lib.py", "note.txt", "solution.py", "table.txt"].into());
    assert_eq!(of(1), ["deep", "lib.py", "note.txt", "solution.py", "table.txt/z"].into());
}

/// A validator that ends so and leaves these files in its folder.
fn leaving(code: i32, files: &[(&str, &str)]) -> Ran {
    let left = |(name, text): &(&str, &str)| {
        let mut file = tempfile::tempfile().unwrap();
        std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
        Leaving { name: (*name).into(), descriptor: file.into(), size: Bytes(text.len() as u64) }
    };
    Ran { leavings: files.iter().map(left).collect(), ..validated(code, [None; 4]) }
}

const MULTI_PASS: (&str, &str) = (
    "problem.yaml",
    "problem_format_version: 2025-09\nname: S\nuuid: 117b564d-429b-44d4-bf8c-c264a3703e07\ntype: multi-pass\n",
);

#[tokio::test]
async fn a_program_is_run_again_on_what_the_validator_leaves_who_finds_its_own_files_again() {
    let files = [
        MULTI_PASS,
        ("data/secret/1.in", "first"),
        ("data/secret/1.ans", "answer"),
        ("output_validator/check.cpp", "int main(){}"),
    ];
    let problem = problem(Show::Full, &files);
    let next = [("nextpass.in", "second"), ("state", "seen"), ("check.cpp", "its own")];
    let slow = || Ran { usage: Usage { memory: Bytes::mib(7), ..printed("").usage }, ..printed("a") };
    // It is there, and no regular file: those alone are handed out.
    let mut odd = leaving(42, &[("state", "seen")]);
    odd.collected.push(CollectedOutput::NotRegular);
    for (second, verdict) in [
        (odd, Verdict::JudgeError),
        (leaving(42, &[("state", "seen")]), Verdict::Accepted),
        (leaving(43, &[]), Verdict::WrongAnswer),
        (leaving(42, &next), Verdict::JudgeError),
        (leaving(43, &next), Verdict::JudgeError),
    ] {
        let answers = vec![compiled(), slow(), leaving(42, &next), printed("b"), second];
        let bench = bench_of_problem(&problem, answers);
        let judgement = bench.judge(&by(&problem)).await.unwrap();
        assert_eq!(judgement.verdict, verdict, "{:?}", judgement.tests[0].reason);
        assert_eq!(judgement.tests[0].memory, Bytes::mib(7), "of the pass that used the most");
        let asked = bench.sandboxes.asked();
        assert_eq!(asked.len(), 6);
        let input = |at: usize| match &asked[at].1.stdin {
            Input::Bytes(bytes) => String::from_utf8(bytes.to_vec()).unwrap(),
            other => panic!("{other:?}"),
        };
        assert_eq!([2, 3, 4, 5].map(input), ["first", "a", "second", "b"]);
        let of_validator = |at: usize| {
            let file = asked[at].1.files.iter().find(|file| file.path == ".case/input").unwrap();
            match &file.content {
                PutContent::Bytes(bytes) => String::from_utf8(bytes.to_vec()).unwrap(),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!([3, 5].map(of_validator), ["first", "second"], "the input of the pass");
        let writable = |at: usize| {
            let files = asked[at].1.files.iter().filter(|file| file.mode == 0o666);
            files.map(|file| file.path.as_str()).collect::<Vec<_>>()
        };
        assert_eq!([2, 3, 4, 5].map(writable), [vec![], vec![], vec![], vec!["state"]]);
        assert_eq!([2, 3, 4, 5].map(|at| asked[at].1.leavings), [false, true, false, true]);
        let arguments = &asked[5].1.argv;
        assert_eq!(arguments[arguments.len() - 1], b"/w/");
    }
}

#[tokio::test]
async fn a_failed_program_is_not_run_again() {
    let files = [
        MULTI_PASS,
        ("data/secret/1.in", "first"),
        ("data/secret/1.ans", ""),
        ("output_validator/check.cpp", "int main(){}"),
    ];
    let problem = problem(Show::Full, &files);
    let answers = vec![
        compiled(),
        printed("a"),
        leaving(42, &[("nextpass.in", "second")]),
        ended(Ending::Signaled { signal: 11 }),
    ];
    let bench = bench_of_problem(&problem, answers);
    assert_eq!(bench.judge(&by(&problem)).await.unwrap().verdict, Verdict::RuntimeError);
}

/// Of the legacy format, with a grader for its secret cases.
const GRADED: [(&str, &str); 8] = [
    ("problem.yaml", "name: S\ntype: scoring\n"),
    ("data/testdata.yaml", "grader_flags: ignore_sample\n"),
    ("data/secret/testdata.yaml", "grading: custom\ngrader_flags: best 2\non_reject: continue\n"),
    ("data/secret/1.in", "1"),
    ("data/secret/1.ans", "1"),
    ("data/secret/2.in", "2"),
    ("data/secret/2.ans", "2"),
    ("graders/best.py", "print('AC 42')"),
];

#[tokio::test]
async fn a_grader_of_the_problems_own_is_told_all_results_and_gives_the_groups() {
    let problem = problem(Show::Full, &GRADED);
    let check = || ended(Ending::Exited { code: 0 });
    for (said, verdict, score) in [
        (printed("AC 42\n"), Verdict::Accepted, Some(42.0)),
        (printed("WA 0\n"), Verdict::WrongAnswer, None),
        (printed("all is well"), Verdict::JudgeError, None),
        (ended(Ending::Exited { code: 3 }), Verdict::JudgeError, None),
    ] {
        let bench = bench_of_problem(&problem, vec![check(), printed("1"), printed("no"), said]);
        let judgement = bench.judge(&by(&problem)).await.unwrap();
        assert_eq!((judgement.verdict, judgement.score), (verdict, score), "{judgement:?}");
        let is_told = judgement.reason.is_some_and(|why| why.starts_with("the problem's grader "));
        assert_eq!(is_told, verdict == Verdict::JudgeError);
        let secret = judgement.groups.iter().find(|group| group.name == "secret").unwrap();
        assert_eq!(secret.verdict, Some(verdict));
        let asked = bench.sandboxes.asked();
        let (_, run) = asked.last().unwrap();
        assert!(
            matches!(&run.stdin, Input::Bytes(told) if told[..] == b"AC 1.0\nWA 0.0\n"[..]),
            "{:?}",
            run.stdin
        );
        assert_eq!(run.argv[run.argv.len() - 2..], [b"best".to_vec(), b"2".to_vec()]);
    }
}

#[tokio::test]
async fn what_a_grader_that_fails_has_written_last_is_told_where_the_problem_shows_all() {
    for (show, expected) in [
        (Show::Full, "the problem's grader exited with status 3: Traceback\nKeyError: 'best'"),
        (Show::Verdicts, "the problem's grader exited with status 3"),
    ] {
        let problem = problem(show, &GRADED);
        let mut said = ended(Ending::Exited { code: 3 });
        said.stderr.head = b"Traceback\nKeyError: 'best'\n".to_vec();
        let check = ended(Ending::Exited { code: 0 });
        let bench = bench_of_problem(&problem, vec![check, printed("1"), printed("2"), said]);
        let judgement = bench.judge(&by(&problem)).await.unwrap();
        assert_eq!((judgement.verdict, judgement.reason.as_deref()), (Verdict::JudgeError, Some(expected)));
    }
}

/// Counts how often it was asked.
#[derive(Default)]
struct Polite(AtomicUsize);

impl Courtesy for Polite {
    fn wait(&self) -> BoxFuture<'_, ()> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Box::pin(std::future::ready(()))
    }
}

#[tokio::test]
async fn others_go_before_each_test_and_before_a_grader() {
    let problem = problem(Show::Full, &GRADED);
    let check = ended(Ending::Exited { code: 0 });
    let bench = bench_of_problem(&problem, vec![check, printed("1"), printed("2"), printed("AC 42\n")]);
    let (polite, cancel) = (Polite::default(), CancellationToken::new());
    let judgement = bench.judge.judge_behind(&by(&problem), &|_| (), &cancel, &polite).await.unwrap();
    assert_eq!((judgement.score, polite.0.into_inner()), (Some(42.0), 3));
}

#[tokio::test]
async fn a_grader_that_does_not_compile_is_the_problems_fault() {
    let problem = problem(Show::Full, &GRADED);
    let bench = bench_of_problem(&problem, vec![ended(Ending::Exited { code: 1 })]);
    let judgement = bench.judge(&by(&problem)).await.unwrap();
    assert_eq!(judgement.verdict, Verdict::JudgeError);
    assert!(judgement.reason.unwrap().starts_with("the problem's grader graders/best.py does not compile"));
}

#[tokio::test]
async fn a_validator_with_scripts_is_built_and_run_by_them() {
    let scripts =
        [("output_validator/build", "cc v.c"), ("output_validator/run", "./v"), ("output_validator/v.c", "")];
    let problem = problem(Show::Full, &with(&scripts));
    assert_eq!(problem.manifest.unjudged, None);
    let answers =
        vec![compiled(), printed("1"), validated(42, [None; 4]), printed("2"), validated(43, [None; 4])];
    let bench = bench_of_problem(&problem, answers);
    let judgement = bench.judge(&by(&problem)).await.unwrap();
    assert_eq!(judgement.verdict, Verdict::WrongAnswer, "{judgement:?}");
    let asked = bench.sandboxes.asked();
    let built: Vec<_> = asked[1].1.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(built, ["build", "run", "v.c"]);
    let (wanted, run) = &asked[3];
    assert_eq!(*wanted, Profile::Runtime("gcc".into()));
    assert!(run.files.iter().any(|file| file.path == "program.tar"), "{:?}", run.files);
    assert_eq!(run.argv[4], b"/w/.case/input");
}

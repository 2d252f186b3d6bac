//! Submissions that are answers: nothing of them is compiled or run.

use super::problems::validated;
use super::*;
use crate::judge::test_support::problem_of;
use crate::problem::Show;
use crate::sandbox::{Input, PutContent};
use crate::submission::ANSWERS;

const YAML: (&str, &str) = (
    "problem.yaml",
    "problem_format_version: 2025-09\nname: S\nuuid: 117b564d-429b-44d4-bf8c-c264a3703e07\ntype: submit-answer\n",
);

const CASES: [(&str, &str); 5] = [
    YAML,
    ("data/sample/1.in", "in 1"),
    ("data/sample/1.ans", "one"),
    ("data/secret/2.in", "in 2"),
    ("data/secret/2.ans", "two"),
];

fn of(problem: &Problem, files: &[(&str, &str)]) -> Submission {
    let files = files.iter().map(|(name, text)| ((*name).to_owned(), Content::from(*text))).collect();
    let problem = Some(problem.reference());
    Submission { language: ANSWERS.into(), files, tests: Vec::new(), problem, ..submission("") }
}

fn shelf(problem: &Arc<Problem>, answers: Vec<Ran>) -> Bench {
    let shipped = Languages::load(std::path::Path::new("../images/languages.toml"), "latest").unwrap();
    bench_with(shipped, vec![Arc::clone(problem)], 1, answers.into_iter().map(Ok))
}

#[tokio::test]
async fn answers_are_compared_as_outputs_and_nothing_is_run() {
    let problem = problem_of(Show::Full, &CASES);
    let bench = shelf(&problem, Vec::new());
    let told = Mutex::new(Vec::new());
    let right = of(&problem, &[("1.ans", "ONE \n"), ("secret/2.out", "two")]);
    let progress = |progress| told.lock().unwrap().push(progress);
    let judgement = bench.judge.judge(&right, &progress, &CancellationToken::new()).await.unwrap();
    assert_eq!((judgement.verdict, judgement.summary.passed), (Verdict::Accepted, 2), "{judgement:?}");
    assert!(judgement.compile.is_none() && judgement.image.is_none());
    assert!(!told.lock().unwrap().contains(&Progress::Compiling));
    let wrong = of(&problem, &[("1.ans", "one"), ("2.ans", "two and more")]);
    let judgement = bench.judge(&wrong).await.unwrap();
    assert_eq!(judgement.verdict, Verdict::WrongAnswer);
    let test = &judgement.tests[1];
    assert_eq!((test.verdict, test.exit_code, test.cpu), (Verdict::WrongAnswer, None, Duration::ZERO));
    assert!(test.reason.is_some() && test.difference.is_some(), "{test:?}");
    assert!(bench.sandboxes.leases().is_empty(), "no sandbox is needed");
}

#[tokio::test]
async fn a_case_without_an_answer_is_wrong_and_says_so_and_of_secret_ones_no_more_is_told() {
    let problem = problem_of(Show::Verdicts, &CASES);
    let bench = shelf(&problem, Vec::new());
    let judgement = bench.judge(&of(&problem, &[("1.ans", "one")])).await.unwrap();
    assert_eq!((judgement.verdict, judgement.summary.passed), (Verdict::WrongAnswer, 1));
    let test = &judgement.tests[1];
    assert_eq!((test.hidden, test.reason.as_deref()), (true, Some("no file for case secret/2")));
    let judgement = bench.judge(&of(&problem, &[("1.ans", "one"), ("2.ans", "three")])).await.unwrap();
    let test = &judgement.tests[1];
    assert_eq!((test.verdict, &test.reason, &test.difference), (Verdict::WrongAnswer, &None, &None));
}

#[tokio::test]
async fn a_validator_has_the_answer_as_the_output() {
    let validator = ("output_validator/check.cpp", "int main(){}");
    let problem = problem_of(Show::Full, &[&CASES[..], &[validator]].concat());
    let said = validated(43, [Some("for the judge"), None, None, None]);
    let bench = shelf(&problem, vec![compiled(), validated(42, [None, Some("well done"), None, None]), said]);
    let judgement = bench.judge(&of(&problem, &[("1.ans", "any"), ("2.out", "other")])).await.unwrap();
    let told: Vec<_> = judgement.tests.iter().map(|test| test.verdict).collect();
    assert_eq!(told, [Verdict::Accepted, Verdict::WrongAnswer], "{judgement:?}");
    assert_eq!(judgement.tests[0].feedback.as_deref(), Some("well done"));
    assert_eq!(judgement.tests[1].reason.as_deref(), Some("for the judge"));
    let asked = bench.sandboxes.asked();
    assert_eq!(asked.len(), 3, "the validator is compiled, and run for each case");
    let run = &asked[2].1;
    assert!(matches!(&run.stdin, Input::Bytes(bytes) if **bytes == *b"other"), "{:?}", run.stdin);
    let answer = run.files.iter().find(|file| file.path == ".case/answer").unwrap();
    assert!(matches!(&answer.content, PutContent::Bytes(bytes) if *bytes == "two"), "{answer:?}");
    assert!(run.files.iter().any(|file| file.path == "2.out"), "the submission is where it runs");
}

#[tokio::test]
async fn a_long_answer_is_compared_where_it_lies() {
    let problem = problem_of(Show::Full, &CASES);
    let bench = shelf(&problem, Vec::new());
    let mut long = of(&problem, &[("1.ans", "one")]);
    let mut writer = bench.judge.blobs.write_passing().unwrap();
    std::io::Write::write_all(&mut writer, format!("two{}", " ".repeat(3 << 20)).as_bytes()).unwrap();
    let blob = writer.finish().unwrap();
    long.files.insert("2.ans".into(), Content::Blob(blob));
    assert_eq!(bench.judge(&long).await.unwrap().verdict, Verdict::Accepted);
}

#[tokio::test]
async fn answers_to_what_is_no_case_are_not_judged() {
    let problem = problem_of(Show::Full, &CASES);
    let bench = shelf(&problem, Vec::new());
    for files in [&[("3.ans", "")][..], &[("1.ans", ""), ("1.out", "")]] {
        let refused = bench.judge(&of(&problem, files)).await;
        assert!(matches!(refused, Err(JudgeError::UnknownLanguage(_))), "{refused:?}");
    }
}

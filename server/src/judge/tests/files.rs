//! Programs that read and write files.

use super::*;
use crate::judge::test_support::problem_of;
use crate::problem::Show;
use crate::sandbox::{Input, Output, PutContent};

fn by_files(expected: &[&str]) -> Submission {
    Submission {
        input_file: Some("in.txt".to_owned()),
        output_file: Some("out.txt".to_owned()),
        ..with_tests(expected)
    }
}

/// A run that leaves this of its output file.
fn left(output: CollectedOutput) -> Ran {
    Ran { collected: vec![output], ..printed("not looked at") }
}

fn file(text: &str) -> CollectedOutput {
    let mut file = tempfile::tempfile().unwrap();
    std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
    CollectedOutput::File { descriptor: file.into(), size: Bytes(text.len() as u64) }
}

#[tokio::test]
async fn a_program_reads_and_writes_files_in_the_place_of_its_standard_streams() {
    let bench = bench([Ok(compiled()), Ok(left(file("3\n")))]);
    let mut submission = by_files(&["3"]);
    for name in ["in.txt", "out.txt", "data.txt"] {
        submission.files.insert(name.into(), "its own".into());
    }
    let judgement = bench.judge(&submission).await.unwrap();
    assert_eq!(judgement.verdict, Verdict::Accepted);
    assert_eq!(judgement.tests[0].stdout.content, "3\n".into());
    let (_, program) = &bench.sandboxes.asked()[1];
    let files: Vec<_> = program.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(files, ["data.txt", "in.txt"], "nothing else has these names");
    let PutContent::Bytes(input) = &program.files[1].content else { panic!() };
    assert_eq!(input.as_ref(), b"x");
    assert!(matches!(program.stdin, Input::Empty) && matches!(program.stdout, Output::Discard));
    let collect = &program.collect[0];
    assert_eq!((collect.path.as_str(), collect.max), ("out.txt", LIMITS.output));
    assert!(!collect.anywhere && !collect.truncate);
}

#[tokio::test]
async fn what_is_no_output_file_is_told_by_its_reason() {
    let wrong = Verdict::WrongAnswer;
    for (output, verdict, reason) in [
        (CollectedOutput::Failed(2), wrong, "the program wrote no file `out.txt`"),
        (CollectedOutput::Failed(40), wrong, "`out.txt` is no regular file"),
        (CollectedOutput::NotRegular, wrong, "`out.txt` is no regular file"),
        (CollectedOutput::Failed(13), wrong, "`out.txt` cannot be read"),
        (
            CollectedOutput::TooLarge(Bytes::mib(1)),
            Verdict::OutputLimitExceeded,
            "wrote more than the 64 KiB of output allowed to `out.txt`",
        ),
        (file("4"), wrong, "line 1 of the output differs from the expected output"),
    ] {
        let bench = bench([Ok(compiled()), Ok(left(output))]);
        let judgement = bench.judge(&by_files(&["3"])).await.unwrap();
        let test = &judgement.tests[0];
        assert_eq!((test.verdict, test.reason.as_deref()), (verdict, Some(reason)));
    }
}

#[tokio::test]
async fn a_file_that_nobody_looks_at_need_not_be_there() {
    let bench = bench([Ok(compiled()), Ok(left(CollectedOutput::Failed(2)))]);
    let mut submission = by_files(&["3"]);
    submission.tests[0].answer = None;
    assert_eq!(bench.judge(&submission).await.unwrap().verdict, Verdict::Accepted);
}

#[tokio::test]
async fn of_a_hidden_test_it_is_not_told_what_its_file_was() {
    let bench = bench([Ok(compiled()), Ok(left(CollectedOutput::Failed(2)))]);
    let mut submission = by_files(&["3"]);
    submission.tests[0].hidden = true;
    let test = bench.judge(&submission).await.unwrap().tests.remove(0);
    assert_eq!((test.verdict, test.reason), (Verdict::WrongAnswer, None));
}

#[tokio::test]
async fn a_long_output_file_is_compared_whole_from_the_disk() {
    let long = "12345678\n".repeat(200_000);
    for (output, verdict) in [(long.clone(), Verdict::Accepted), (format!("{long}1"), Verdict::WrongAnswer)] {
        let bench = bench([Ok(compiled()), Ok(left(file(&output)))]);
        let mut submission = by_files(&[&long]);
        submission.limits.output = Bytes::mib(4);
        let test = bench.judge(&submission).await.unwrap().tests.remove(0);
        assert_eq!(test.verdict, verdict);
        assert_eq!(test.stdout.content.size(), output.len() as u64);
    }
}

#[tokio::test]
async fn a_problem_says_which_files_its_programs_read_and_write() {
    let problem = problem_of(
        Show::Full,
        &[
            (
                "problem.yaml",
                "problem_format_version: 2025-09\nname: S\nuuid: 117b564d-429b-44d4-bf8c-c264a3703e07\n",
            ),
            ("gavel.yaml", "input_file: in.txt\noutput_file: out.txt\n"),
            ("data/secret/1.in", "in 1"),
            ("data/secret/1.ans", "1"),
        ],
    );
    let shipped = Languages::load(std::path::Path::new("../images/languages.toml"), "latest").unwrap();
    let bench = bench_with(shipped, vec![Arc::clone(&problem)], 1, [Ok(compiled()), Ok(left(file("1")))]);
    let by =
        Submission { tests: Vec::new(), problem: Some(problem.reference()), ..submission("int main(){}") };
    assert_eq!(bench.judge(&by).await.unwrap().verdict, Verdict::Accepted);
    assert_eq!(bench.sandboxes.asked()[1].1.files[0].path, "in.txt");
}

#[tokio::test]
async fn a_test_may_have_limits_of_its_own() {
    let bench = bench([Ok(compiled()), Ok(printed("3")), Ok(printed("3"))]);
    let mut submission = with_tests(&["3", "3"]);
    let run = RunLimits { cpu: std::time::Duration::from_secs(9), memory: Bytes::mib(9), ..LIMITS };
    let own = crate::submission::CaseLimits { run, own_memory: Bytes::mib(8) };
    submission.tests[1].limits = Some(Box::new(own));
    let judgement = bench.judge(&submission).await.unwrap();
    let told: Vec<_> = judgement.tests.iter().map(|test| test.limits.as_deref().copied()).collect();
    assert_eq!((judgement.limits, told), (Some(LIMITS), vec![None, Some(run)]));
    let asked = bench.sandboxes.asked();
    let cpu = |at: usize| asked[at].1.limits.cpu_time.as_secs();
    assert_eq!((cpu(1), cpu(2)), (1, 9));
}

#[tokio::test]
async fn files_that_a_program_leaves_are_handed_back_and_missing_ones_told() {
    let long = "x".repeat(100_000);
    let outputs = vec![file("small"), file(&long), CollectedOutput::Failed(2), CollectedOutput::NotRegular];
    let ran = Ran { collected: outputs, ..printed("3") };
    let bench = bench([Ok(compiled()), Ok(ran)]);
    let names = ["a.png", "b.csv", "c.txt", "d"];
    let submission = Submission { collect: names.map(str::to_owned).to_vec(), ..with_tests(&["3"]) };
    let test = bench.judge(&submission).await.unwrap().tests.remove(0);
    let told: Vec<_> = test
        .files
        .iter()
        .map(|file| (file.name.as_str(), file.content.size(), file.missing.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            ("a.png", 5, None),
            ("b.csv", 100_000, None),
            ("c.txt", 0, Some("the program wrote no such file")),
            ("d", 0, Some("it is no regular file")),
        ]
    );
    assert!(test.contents().any(|content| content.blob().is_some()), "what is long is a blob, and counted");
    let (_, program) = &bench.sandboxes.asked()[1];
    let asked: Vec<_> = program.collect.iter().map(|file| (file.path.as_str(), file.max)).collect();
    assert_eq!(asked, names.map(|name| (name, limits().collected)));
    assert!(program.collect.iter().all(|file| !file.anywhere && !file.truncate));
}

#[tokio::test]
async fn of_hidden_tests_no_file_is_asked_for() {
    let bench = bench([Ok(compiled()), Ok(printed("3"))]);
    let mut submission = Submission { collect: vec!["a".to_owned()], ..with_tests(&["3"]) };
    submission.tests[0].hidden = true;
    assert!(bench.judge(&submission).await.unwrap().tests[0].files.is_empty());
    assert!(bench.sandboxes.asked()[1].1.collect.is_empty());
}

#[tokio::test]
async fn files_beyond_what_a_judgement_may_keep_are_told() {
    let many = || {
        let collected = vec![file(&"x".repeat(3 << 20)), file(&"y".repeat(3 << 20))];
        Ok(Ran { collected, ..printed("3") })
    };
    let bench = bench([Ok(compiled()), many(), many(), many()]);
    let collect = vec!["a".to_owned(), "b".to_owned()];
    let tests = bench.judge(&Submission { collect, ..with_tests(&["3"; 3]) }).await.unwrap().tests;
    let missing: Vec<_> =
        tests.iter().flat_map(|test| &test.files).map(|file| file.missing.is_some()).collect();
    assert_eq!(missing, [false, false, false, false, false, true]);
}

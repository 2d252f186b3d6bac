//! The first test case of a program that is its sources is run while these are checked.

use super::managed::{bench, in_language};
use super::*;

fn python(expected: &[&str]) -> Submission {
    let tests = with_tests(expected).tests;
    Submission { tests, ..in_language("python3", &["main.py"]) }
}

fn well() -> Result<Ran, SandboxError> {
    Ok(ended(Ending::Exited { code: 0 }))
}

fn refused() -> Result<Ran, SandboxError> {
    let stdout = Captured { head: b"line 1".to_vec(), total: 6, ..Captured::default() };
    Ok(Ran { stdout, ..ended(Ending::Exited { code: 1 }) })
}

/// So many runs were asked for only where a sandbox was free.
fn ahead(bench: &Bench) -> usize {
    bench.sandboxes.leases().iter().filter(|wanted| wanted.patience.is_zero()).count()
}

#[tokio::test]
async fn a_first_test_that_was_run_beside_the_check_is_not_run_again() {
    let bench = bench([well(), Ok(printed("4"))]);
    bench.sandboxes.be_free([Ok(printed("3"))]);
    let judgement = bench.judge(&python(&["3", "4"])).await.unwrap();
    assert_eq!((judgement.verdict, judgement.summary.passed), (Verdict::Accepted, 2));
    assert_eq!((bench.sandboxes.asked().len(), ahead(&bench)), (3, 1));
    // What was checked before is not checked again, and its first test is run once all the same.
    bench.sandboxes.be_free([Ok(printed("no"))]);
    bench.sandboxes.answer([Ok(printed("4"))]);
    let judgement = bench.judge(&python(&["3", "4"])).await.unwrap();
    assert_eq!((judgement.verdict, judgement.summary.passed), (Verdict::WrongAnswer, 1));
    assert!(judgement.compile.unwrap().cached);
    assert_eq!((bench.sandboxes.asked().len(), ahead(&bench)), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn a_first_test_that_takes_longer_than_the_check_is_told_as_running() {
    let bench = bench([well()]);
    // It has no answer, and runs on.
    bench.sandboxes.be_free([]);
    let told = Mutex::new(Vec::new());
    let note = |progress| told.lock().unwrap().push(progress);
    let (submission, cancel) = (python(&["3"]), CancellationToken::new());
    let judging = bench.judge.judge(&submission, &note, &cancel);
    tokio::time::timeout(Duration::from_secs(60), judging).await.unwrap_err();
    assert_eq!(told.into_inner().unwrap().last(), Some(&Progress::Running { done: 0 }));
}

#[tokio::test]
async fn of_a_run_beside_a_check_that_finds_a_fault_nobody_hears() {
    let crash = Ok(ended(Ending::Signaled { signal: 11 }));
    let broken = Err(SandboxError::Died("gone".into()));
    // The last one has no answer: it runs until it is ended.
    for run in [vec![Ok(printed("3"))], vec![crash], vec![broken], Vec::new()] {
        let bench = bench([refused()]);
        bench.sandboxes.be_free(run);
        let judgement = bench.judge(&python(&["3", "3"])).await.unwrap();
        assert_eq!((judgement.verdict, judgement.tests.len()), (Verdict::CompileError, 0));
        assert_eq!(judgement.compile.unwrap().log, "line 1");
        assert_eq!((bench.sandboxes.asked().len(), ahead(&bench)), (2, 1));
        assert_eq!(bench.account.held(), Bytes(0));
    }
}

#[tokio::test]
async fn a_check_that_fails_through_us_ends_the_run_beside_it_and_a_run_that_does_is_our_error() {
    let died = || Err(SandboxError::Died("gone".into()));
    for (check, run) in [(died(), Vec::new()), (well(), vec![died()])] {
        let bench = bench([check]);
        bench.sandboxes.be_free(run);
        let failed = bench.judge(&python(&["3"])).await;
        assert!(matches!(failed, Err(JudgeError::Sandbox(SandboxError::Died(_)))), "{failed:?}");
    }
}

fn ruby(expected: &[&str]) -> Submission {
    Submission { tests: with_tests(expected).tests, ..in_language("ruby", &["main.rb"]) }
}

#[tokio::test]
async fn a_program_of_one_source_whose_runtime_reads_first_is_not_checked_where_it_ends_well() {
    let bench = bench([Ok(printed("4"))]);
    bench.sandboxes.be_free([Ok(printed("3"))]);
    let judgement = bench.judge(&ruby(&["3", "4"])).await.unwrap();
    assert_eq!((judgement.verdict, judgement.summary.passed), (Verdict::Accepted, 2));
    assert_eq!(judgement.compile, Some(Compilation { ok: true, ..Compilation::default() }));
    assert_eq!((bench.sandboxes.asked().len(), ahead(&bench)), (2, 1));
    // Its output has nothing to do with it.
    bench.sandboxes.be_free([Ok(printed("no"))]);
    assert_eq!(bench.judge(&ruby(&["3"])).await.unwrap().verdict, Verdict::WrongAnswer);
    assert_eq!(bench.sandboxes.asked().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn it_is_checked_where_it_ends_badly_or_late_or_has_other_sources_or_is_the_self_test() {
    let exit = |code| Ok(ended(Ending::Exited { code }));
    // The last one has no answer: it runs until it is ended.
    for run in [vec![exit(1)], vec![Ok(ended(Ending::Signaled { signal: 9 }))], Vec::new()] {
        let bench = bench([refused()]);
        bench.sandboxes.be_free(run);
        let judgement = bench.judge(&ruby(&["3"])).await.unwrap();
        assert_eq!((judgement.verdict, judgement.tests.len()), (Verdict::CompileError, 0));
        assert_eq!((bench.sandboxes.asked().len(), ahead(&bench)), (2, 1));
        assert_eq!(bench.account.held(), Bytes(0));
    }
    let files = in_language("ruby", &["main.rb", "other.rb"]).files;
    let several = Submission { files, ..ruby(&["3"]) };
    let tested = Submission { user: Some(SELF_TEST.to_owned()), ..ruby(&["3"]) };
    for submission in [several, tested] {
        let bench = bench([refused()]);
        bench.sandboxes.be_free([Ok(printed("3"))]);
        assert_eq!(bench.judge(&submission).await.unwrap().verdict, Verdict::CompileError);
    }
    // What fails is run once, though it is checked behind that.
    let bench = bench([well()]);
    bench.sandboxes.be_free([exit(1)]);
    let judgement = bench.judge(&ruby(&["3"])).await.unwrap();
    assert_eq!((judgement.verdict, judgement.summary.total), (Verdict::RuntimeError, 1));
    assert_eq!((bench.sandboxes.asked().len(), ahead(&bench)), (2, 1));
}

#[tokio::test]
async fn nothing_is_run_ahead_that_needs_what_is_compiled_or_a_sandbox_for_itself_or_has_to_wait() {
    let fresh = Submission { isolation: Isolation::Fresh, ..python(&["3"]) };
    for (submission, first) in [(fresh, well()), (in_language("java", &["Main.java"]), Ok(compiled()))] {
        let bench = bench([first, Ok(printed("3"))]);
        bench.sandboxes.be_free([]);
        assert_eq!(bench.judge(&submission).await.unwrap().verdict, Verdict::Accepted);
        assert_eq!(ahead(&bench), 0, "{}", submission.language);
    }
    // There is no sandbox, or no memory.
    let none_free = bench([well(), Ok(printed("3"))]);
    assert_eq!(none_free.judge(&python(&["3"])).await.unwrap().verdict, Verdict::Accepted);
    let bench = bench([well()]);
    bench.sandboxes.be_free([]);
    let all = bench.account.share(crate::account::Purpose::Judging);
    let _held = bench.account.try_take(crate::account::Purpose::Judging, all).unwrap();
    let (submission, cancel) = (python(&["3"]), CancellationToken::new());
    let judging = bench.judge.judge(&submission, &|_| (), &cancel);
    tokio::time::timeout(Duration::from_millis(300), judging).await.unwrap_err();
    assert_eq!((bench.sandboxes.asked().len(), ahead(&bench)), (1, 0));
}

//! Validators that do not end when the programs that they talk with have, by an executor with sandboxes that are told what to do.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::time::Instant;

use super::problems::INTERACTIVE;
use super::*;
use crate::judge::test_support::{cpp, problem_of};
use crate::problem::Show;
use crate::sandbox::{Lease, Output, Program, Sandboxes};

/// Sandboxes for one dialogue after another. The first of each two is a validator's.
#[derive(Debug, Clone, Default)]
struct Partners {
    lent: Arc<AtomicUsize>,
    /// CPU time that a validator has used when it is ended; the last one ends by itself.
    ended: Arc<Mutex<Vec<Duration>>>,
}

/// Whose sandbox it is.
#[derive(Debug)]
enum Partner {
    Program,
    Validator(Arc<Mutex<Vec<Duration>>>),
}

impl Sandboxes for Partners {
    type Lease = Partner;

    async fn lease(
        &self,
        _: &Profile,
        _: Isolation,
        _: Option<&str>,
        _: Duration,
    ) -> Result<Partner, SandboxError> {
        let is_validators = self.lent.fetch_add(1, Ordering::Relaxed).is_multiple_of(2);
        Ok(if is_validators { Partner::Validator(Arc::clone(&self.ended)) } else { Partner::Program })
    }
}

/// However much is written there, nobody is ended for it.
fn is_cut(output: &Output) -> bool {
    match output {
        Output::Tapped(output, _) => is_cut(output),
        Output::Capture { kill, .. } => !kill,
        _ => false,
    }
}

impl Lease for Partner {
    async fn run(&mut self, program: Program, cancel: &CancellationToken) -> Result<Ran, SandboxError> {
        assert!(is_cut(&program.stderr), "{self:?}: {:?}", program.stderr);
        let mut ran = ended(Ending::Exited { code: 0 });
        if let Self::Validator(ended) = self {
            let next = ended.lock().unwrap().pop();
            ran.ending = RunEnding::Ended(Ending::Exited { code: 42 });
            if let Some(cpu_user) = next {
                // It says nothing, and does not end.
                cancel.cancelled().await;
                ran.ending = RunEnding::Ended(Ending::Cancelled);
                ran.usage.cpu_user = cpu_user;
            }
            let missing = program.collect.iter().map(|_| CollectedOutput::Failed(2));
            ran.collected = missing.collect();
        }
        drop(program);
        Ok(ran)
    }

    fn name(&self) -> &str {
        "partner"
    }

    fn image(&self) -> Option<&str> {
        None
    }
}

/// What a dialogue comes to whose validators are ended after so much CPU time, how long that takes, and how many there were.
async fn judged(ended: &[Duration]) -> (Judgement, Duration, usize) {
    // Nothing of it is checked or compiled.
    let bash = "[runtimes.x]\nimage='x'\n[[languages]]\nid='python3'\nname='X'\nruntime='x'\nsource='main.py'\nrun=['x','{entry}']\n";
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, bash).unwrap();
    let languages = Languages::load(file.path(), "latest").unwrap();
    let problem = problem_of(Show::Full, &INTERACTIVE);
    let partners = Partners::default();
    partners.ended.lock().unwrap().extend(ended);
    let (blobs, directory) = blobs();
    let artefacts = Artefacts::new(directory.path().join("artefacts"), Bytes::mib(1));
    let account = Account::new(Bytes::mib(16));
    let local =
        Local::new(partners.clone(), artefacts, blobs.clone(), account, Bytes::mib(64), Bytes::mib(64), 2);
    let shelf = Arc::new(Shelf(vec![Arc::clone(&problem)]));
    let judge = Judge::new(local, Arc::new(languages), blobs, shelf, limits());
    let files = BTreeMap::from([("main.py".to_owned(), Content::from("print()"))]);
    let (language, problem) = ("python3".to_owned(), Some(problem.reference()));
    let submission = Submission { language, files, tests: Vec::new(), problem, ..submission("") };
    let began = Instant::now();
    let judgement = judge.judge(&submission, &|_| (), &CancellationToken::new()).await.unwrap();
    (judgement, began.elapsed(), partners.lent.load(Ordering::Relaxed) / 2)
}

#[tokio::test(start_paused = true)]
async fn a_validator_that_hangs_is_the_problems_fault_soon_after_the_program_has_ended() {
    let (judgement, took, dialogues) = judged(&[Duration::from_millis(80)]).await;
    assert_eq!((judgement.verdict, dialogues), (Verdict::JudgeError, 1), "{judgement:?}");
    let why = judgement.tests[0].reason.as_deref().unwrap();
    assert_eq!(why, "the problem's validator output_validator/talk.py did not end though the program had");
    assert!(took >= Duration::from_secs(10) && took < Duration::from_secs(20), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_validator_that_is_at_work_then_has_all_its_time() {
    let (judgement, _, dialogues) = judged(&[Duration::from_millis(600)]).await;
    assert_eq!((judgement.verdict, dialogues), (Verdict::Accepted, 2), "{judgement:?}");
    // It was at work for all of that, and did not end.
    let (judgement, took, dialogues) = judged(&[Duration::from_secs(29), Duration::from_secs(9)]).await;
    assert_eq!((judgement.verdict, dialogues), (Verdict::JudgeError, 2), "{judgement:?}");
    assert!(took >= Duration::from_secs(101) && took < Duration::from_secs(120), "{took:?}");
}

/// Sandboxes that fail while their programs stay as they are, as when containers are paused. The first is a validator's.
#[derive(Debug, Default)]
struct Paused(AtomicUsize);

#[derive(Debug)]
struct PausedLease {
    is_validators: bool,
}

impl Sandboxes for Paused {
    type Lease = PausedLease;

    async fn lease(
        &self,
        _: &Profile,
        _: Isolation,
        _: Option<&str>,
        _: Duration,
    ) -> Result<PausedLease, SandboxError> {
        Ok(PausedLease { is_validators: self.0.fetch_add(1, Ordering::Relaxed).is_multiple_of(2) })
    }
}

impl Lease for PausedLease {
    async fn run(&mut self, program: Program, cancel: &CancellationToken) -> Result<Ran, SandboxError> {
        if self.is_validators {
            cancel.cancelled().await;
            return Ok(ended(Ending::Cancelled));
        }
        // Its pipes stay open.
        std::mem::forget(program);
        Err(SandboxError::Died("its monitor has fallen silent".into()))
    }

    fn name(&self) -> &str {
        "paused"
    }
}

#[tokio::test(start_paused = true)]
async fn a_dialogue_ends_where_a_sandbox_fails_though_its_program_is_there_still() {
    let (blobs, directory) = blobs();
    let artefacts = Artefacts::new(directory.path().join("artefacts"), Bytes::mib(1));
    let (account, large) = (Account::new(Bytes::mib(64)), Bytes::mib(64));
    let local = Local::new(Paused::default(), artefacts, blobs, account, large, large, 2);
    let (language, input) = (cpp().0, Content::default());
    let case = CaseJob::bare(&language, &input, &LIMITS, Whose::nobodys(None, Told::NOBODY));
    let cancel = CancellationToken::new();
    let talking = tokio::time::timeout(Duration::from_secs(600), local.run_pair(&case, &case, &cancel));
    let why = talking.await.expect("in time").unwrap_err();
    assert!(matches!(why, JudgeError::Sandbox(SandboxError::Died(_))), "{why:?}");
}

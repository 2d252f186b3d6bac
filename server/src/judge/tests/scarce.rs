//! Where there are few sandboxes nobody waits for one with another in hand that somebody else waits for.

use futures_util::future::{BoxFuture, join_all};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::problems::{INTERACTIVE, validated};
use super::*;
use crate::judge::test_support::{cpp, problem_of};
use crate::problem::Show;
use crate::sandbox::{Lease, Program, Sandboxes};

/// So many sandboxes. Programs print `1` in them, and validators accept that.
#[derive(Debug, Clone)]
struct Few {
    free: Arc<Semaphore>,
    all: usize,
    /// Of the judge that has them.
    account: Account,
    /// What was on it whenever a validator was run.
    held: Arc<Mutex<Vec<Bytes>>>,
}

impl Few {
    fn new(all: usize) -> Self {
        let (free, account) = (Arc::new(Semaphore::new(all)), Account::new(Bytes::mib(64)));
        Self { free, all, account, held: Arc::default() }
    }

    fn lent(&self) -> usize {
        self.all - self.free.available_permits()
    }
}

impl Sandboxes for Few {
    type Lease = Lent;

    async fn lease(
        &self,
        _: &Profile,
        _: Isolation,
        _: Option<&str>,
        patience: Duration,
    ) -> Result<Lent, SandboxError> {
        let free = tokio::time::timeout(patience, Arc::clone(&self.free).acquire_owned()).await;
        let permit = free.map_err(|_elapsed| SandboxError::Busy { waited: patience })?;
        Ok(Lent { of: self.clone(), _permit: permit.unwrap() })
    }
}

#[derive(Debug)]
struct Lent {
    of: Few,
    _permit: OwnedSemaphorePermit,
}

impl Lease for Lent {
    async fn run(&mut self, program: Program, _: &CancellationToken) -> Result<Ran, SandboxError> {
        // Meanwhile others ask for a sandbox.
        tokio::time::sleep(Duration::from_millis(10)).await;
        if program.collect.is_empty() {
            return Ok(printed("1"));
        }
        self.of.held.lock().unwrap().push(self.of.account.held());
        Ok(validated(42, [None; 4]))
    }

    fn name(&self) -> &str {
        "lent"
    }

    fn image(&self) -> Option<&str> {
        None
    }
}

/// A judge with these sandboxes, of programs that are neither checked nor compiled.
fn judge(sandboxes: &Few, problem: &Arc<Problem>) -> (Judge<Local<Few>>, tempfile::TempDir) {
    let language = "[runtimes.x]\nimage='x'\n[[languages]]\nid='python3'\nname='X'\nruntime='x'\nsource='main.py'\nrun=['x','{entry}']\n";
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), language).unwrap();
    let languages = Languages::load(file.path(), "latest").unwrap();
    let (blobs, directory) = blobs();
    let artefacts = Artefacts::new(directory.path().join("artefacts"), Bytes::mib(1));
    let (account, large) = (sandboxes.account.clone(), Bytes::mib(64));
    let local = Local::new(sandboxes.clone(), artefacts, blobs.clone(), account, large, large, sandboxes.all);
    let shelf = Arc::new(Shelf(vec![Arc::clone(problem)]));
    (Judge::new(local, Arc::new(languages), blobs, shelf, limits()), directory)
}

fn by(problem: &Problem, isolation: Isolation) -> Submission {
    let files = BTreeMap::from([("main.py".to_owned(), Content::from("print(1)"))]);
    let (language, problem) = ("python3".to_owned(), Some(problem.reference()));
    Submission { language, files, tests: Vec::new(), problem, isolation, ..submission("") }
}

/// What comes of so many such submissions at one time.
async fn judged(
    count: usize,
    sandboxes: &Few,
    problem: &Arc<Problem>,
    isolation: Isolation,
) -> Vec<Result<Verdict, JudgeError>> {
    let (judge, _directory) = judge(sandboxes, problem);
    let (submission, cancel) = (by(problem, isolation), CancellationToken::new());
    let all = (0..count).map(|_| judge.judge(&submission, &|_| (), &cancel));
    let judged = join_all(all).await;
    judged.into_iter().map(|judged| judged.map(|judgement| judgement.verdict)).collect()
}

fn are_accepted(judged: &[Result<Verdict, JudgeError>]) -> bool {
    judged.iter().all(|judged| matches!(judged, Ok(Verdict::Accepted)))
}

const CASES: [(&str, &str); 7] = [
    (
        "problem.yaml",
        "problem_format_version: 2025-09\nname: S\nuuid: 117b564d-429b-44d4-bf8c-c264a3703e07\n",
    ),
    ("data/sample/1.in", ""),
    ("data/sample/1.ans", "1"),
    ("data/secret/2.in", ""),
    ("data/secret/2.ans", "1"),
    ("data/secret/3.in", ""),
    ("data/secret/3.ans", "1"),
];

#[tokio::test(start_paused = true)]
async fn fresh_submissions_do_not_wait_for_a_validator_of_sources_with_their_sandboxes_in_hand() {
    let looked_at = [
        ("data/secret/test_group.yaml", "static_validation_score: pass-fail\n"),
        ("static_validator/look.py", ""),
    ];
    let validated = [("output_validator/check.py", "")];
    for more in [&looked_at[..], &validated[..]] {
        let problem = problem_of(Show::Full, &[&CASES[..], more].concat());
        for count in [1, 2, 3] {
            let sandboxes = Few::new(count);
            let judged = judged(count, &sandboxes, &problem, Isolation::Fresh).await;
            assert!(are_accepted(&judged), "{count} {more:?}: {judged:?}");
            assert_eq!(sandboxes.lent(), 0);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn room_for_an_output_and_its_validator_is_held_while_that_looks_at_it() {
    let validated = [("output_validator/check.py", "")];
    let problem = problem_of(Show::Full, &[&CASES[..], &validated[..]].concat());
    for isolation in [Isolation::Pooled, Isolation::Fresh] {
        let sandboxes = Few::new(1);
        let judged = judged(1, &sandboxes, &problem, isolation).await;
        assert!(are_accepted(&judged), "{isolation:?}: {judged:?}");
        let held = sandboxes.held.lock().unwrap().clone();
        assert_eq!(held.len(), 3, "{isolation:?}: {held:?}");
        assert!(held.iter().all(|held| *held >= validator::MEMORY), "{isolation:?}: {held:?}");
        assert_eq!(sandboxes.account.held(), Bytes(0), "{isolation:?}");
    }
}

/// Notes how many sandboxes are lent when it is asked.
struct Watching {
    sandboxes: Few,
    lent: Mutex<Vec<usize>>,
}

impl Courtesy for Watching {
    fn wait(&self) -> BoxFuture<'_, ()> {
        self.lent.lock().unwrap().push(self.sandboxes.lent());
        Box::pin(std::future::ready(()))
    }
}

#[tokio::test(start_paused = true)]
async fn who_lets_others_go_first_has_no_sandbox_in_hand() {
    let problem = problem_of(Show::Full, &CASES);
    for isolation in [Isolation::Pooled, Isolation::Fresh] {
        let sandboxes = Few::new(1);
        let (judge, _directory) = judge(&sandboxes, &problem);
        let watching = Watching { sandboxes, lent: Mutex::default() };
        let (submission, cancel) = (by(&problem, isolation), CancellationToken::new());
        let judgement = judge.judge_behind(&submission, &|_| (), &cancel, &watching).await.unwrap();
        assert_eq!(judgement.verdict, Verdict::Accepted, "{judgement:?}");
        assert_eq!(*watching.lent.lock().unwrap(), [0, 0, 0], "{isolation:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn more_dialogues_than_there_are_sandboxes_for_all_end() {
    let problem = problem_of(Show::Full, &INTERACTIVE);
    for count in [2, 3, 4, 5] {
        for isolation in [Isolation::Pooled, Isolation::Fresh] {
            let judged = judged(count + 1, &Few::new(count), &problem, isolation).await;
            assert!(are_accepted(&judged), "{count} {isolation:?}: {judged:?}");
        }
    }
}

/// Whatever it waits for: on a node there is no judge that would leave it.
#[tokio::test(start_paused = true)]
async fn what_is_cancelled_waits_for_no_sandbox() {
    let (blobs, directory) = blobs();
    let artefacts = Artefacts::new(directory.path().join("artefacts"), Bytes::mib(1));
    let (account, large) = (Account::new(Bytes::mib(64)), Bytes::mib(64));
    let local = Local::new(Few::new(0), artefacts, blobs, account, large, large, 2);
    let language = Language { version: vec!["g++".to_owned()], ..cpp().0 };
    let (profile, sources, input) = (Profile::Toolchain("gcc".into()), BTreeMap::new(), Content::default());
    let (limits, whose) = (&LIMITS, Whose::nobodys(None, Told::NOBODY));
    let (language, profile, sources) = (&language, &profile, &sources);
    let compilation = CompileJob { language, profile, sources, entry_point: None, limits, whose };
    let case = CaseJob::bare(language, &input, limits, whose);
    let (session, cancel) = (Default::default(), CancellationToken::new());
    let cancelling = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        cancel.cancel();
    };
    let (compiled, ran, talked, version, ()) = tokio::join!(
        local.compile(&compilation, &cancel),
        local.run_case(&case, &session, &cancel),
        local.run_pair(&case, &case, &cancel),
        local.version(language, limits, &cancel),
        cancelling
    );
    let whys = [compiled.err(), ran.err(), talked.err(), version.err()];
    assert!(whys.iter().all(|why| matches!(why, Some(JudgeError::Cancelled))), "{whys:?}");
}

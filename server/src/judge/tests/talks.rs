//! Programs that talk with validators, by an executor that is told how each dialogue ends.

use std::collections::VecDeque;

use super::problems::INTERACTIVE;
use super::*;
use crate::account::Purpose;
use crate::judge::test_support::problem_of;

/// Dialogues that end as they are told to, one after another; what programs were allowed is noted.
struct Talks {
    told: Mutex<VecDeque<Dialogue>>,
    walls: Mutex<Vec<[Duration; 2]>>,
}

impl Executor for Talks {
    type Session = ();

    async fn compile(&self, _: &CompileJob<'_>, _: &CancellationToken) -> Result<Compiled, JudgeError> {
        Ok(Compiled::Checked(Compilation::default()))
    }

    async fn run_case(
        &self,
        _: &CaseJob<'_>,
        (): &Self::Session,
        _: &CancellationToken,
    ) -> Result<Facts, JudgeError> {
        Err(JudgeError::Cancelled)
    }

    async fn run_pair(
        &self,
        program: &CaseJob<'_>,
        validator: &CaseJob<'_>,
        _: &CancellationToken,
    ) -> Result<Dialogue, JudgeError> {
        self.walls.lock().unwrap().push([program.limits.wall, validator.limits.wall]);
        self.told.lock().unwrap().pop_front().ok_or(JudgeError::Cancelled)
    }

    async fn version(
        &self,
        _: &Language,
        _: &RunLimits,
        _: &CancellationToken,
    ) -> Result<Option<String>, JudgeError> {
        Ok(None)
    }

    fn at_once(&self) -> usize {
        1
    }
}

const CLOCK: ProgramEnd = ProgramEnd::Killed(Cap::WallTime);

fn exited(code: i32) -> ProgramEnd {
    ProgramEnd::ByItself(OwnEnd::Exited { code })
}

/// Of one that used so many milliseconds of CPU time and on the clock.
fn facts(end: ProgramEnd, cpu: u64, wall: u64) -> Facts {
    let [cpu_user, wall_time] = [cpu, wall].map(Duration::from_millis);
    Facts {
        end,
        usage: Usage { cpu_user, wall_time, memory: Bytes::mib(cpu), ..Usage::default() },
        machine: None,
        stdout: Captured::default(),
        no_output: None,
        stderr: Captured::default(),
        collected: Vec::new(),
        files: Vec::new(),
        leavings: Vec::new(),
        room: Account::new(Bytes::mib(1)).open(Purpose::Judging),
        space: None,
    }
}

fn dialogue(program: Facts, validator: Facts) -> Dialogue {
    Dialogue { program, validator, first: Side::Program, transcript: None }
}

/// What comes of dialogues that end so, and the time that programs and validators were allowed in each, in milliseconds.
async fn judged(problem: &Arc<Problem>, told: Vec<Dialogue>) -> (Judgement, Vec<[u128; 2]>) {
    let shipped = Languages::load(std::path::Path::new("../images/languages.toml"), "latest").unwrap();
    let talks = Talks { told: Mutex::new(told.into()), walls: Mutex::default() };
    let (blobs, _directory) = blobs();
    let shelf = Arc::new(Shelf(vec![Arc::clone(problem)]));
    let judge = Judge::new(talks, Arc::new(shipped), blobs, shelf, limits());
    let files = BTreeMap::from([("main.py".to_owned(), Content::from("print()"))]);
    let submission = Submission {
        language: "python3".into(),
        files,
        tests: Vec::new(),
        problem: Some(problem.reference()),
        ..submission("")
    };
    let judgement = judge.judge(&submission, &|_| (), &CancellationToken::new()).await.unwrap();
    let walls = std::mem::take(&mut *judge.executor.walls.lock().unwrap());
    (judgement, walls.into_iter().map(|walls| walls.map(|wall| wall.as_millis())).collect())
}

#[tokio::test]
async fn time_that_a_validator_takes_is_not_the_programs() {
    let problem = problem_of(Show::Full, &INTERACTIVE);
    // The limit on the clock is 4 s.
    let slow = dialogue(facts(CLOCK, 20, 4001), facts(exited(43), 2500, 4002));
    let more = dialogue(facts(exited(0), 20, 6000), facts(exited(42), 3500, 6000));
    let (judgement, walls) = judged(&problem, vec![slow, more]).await;
    assert_eq!(judgement.verdict, Verdict::Accepted, "{judgement:?}");
    assert_eq!(walls.iter().map(|[program, _]| *program).collect::<Vec<_>>(), [4000, 9000]);
    assert_eq!(
        walls[1][1] - walls[0][1],
        u128::from(1 + gavel_protocol::Limits::MOST_HELD_UP) * 5000,
        "the validator waits for as much longer as that may take"
    );
    assert_eq!(judgement.tests[0].wall, Duration::from_millis(2500), "without the validator's");
}

#[tokio::test]
async fn a_program_that_takes_the_time_itself_is_killed_as_ever() {
    let problem = problem_of(Show::Full, &INTERACTIVE);
    for taken in [0, 5, 999] {
        let hangs = dialogue(facts(CLOCK, 20, 4001), facts(exited(43), taken, 4002));
        let (judgement, walls) = judged(&problem, vec![hangs]).await;
        assert_eq!((judgement.verdict, walls.len()), (Verdict::TimeLimitExceeded, 1), "{taken}");
    }
    // It was given more, and took it itself.
    let slow = dialogue(facts(CLOCK, 20, 4001), facts(exited(43), 2000, 4002));
    let hangs = dialogue(facts(CLOCK, 20, 8001), facts(exited(43), 2000, 8002));
    let (judgement, walls) = judged(&problem, vec![slow, hangs]).await;
    assert_eq!((judgement.verdict, walls.len()), (Verdict::TimeLimitExceeded, 2));
    assert!(judgement.tests[0].wall >= Duration::from_secs(4), "{judgement:?}");
}

#[tokio::test]
async fn no_validator_gives_a_program_more_time_than_it_may_use_itself() {
    let problem = problem_of(Show::Full, &INTERACTIVE);
    let slow = |wall| dialogue(facts(CLOCK, 20, wall), facts(CLOCK, wall, wall));
    let (judgement, walls) = judged(&problem, [4001, 12_001, 20_001, 34_001].map(slow).into()).await;
    let most = limits().run_max.cpu.as_millis();
    let given: Vec<_> = walls.iter().map(|[program, _]| program - 4000).collect();
    assert_eq!(given, [0, 8002, 24_002, most], "{most}");
    assert_eq!(
        judgement.verdict,
        Verdict::JudgeError,
        "a validator that does not end is the problem's fault"
    );
}

/// A validator's files in its folder: no messages, and a score.
fn scored(facts: Facts, score: &str) -> Facts {
    Facts { collected: vec![None, None, Some(score.as_bytes().to_vec()), None], ..facts }
}

#[tokio::test]
async fn a_program_that_fails_has_not_the_score_of_a_validator_that_had_accepted_it() {
    let current = |kind: &str| {
        format!(
            "problem_format_version: 2025-09\nname: S\nuuid: 117b564d-429b-44d4-bf8c-c264a3703e07\ntype: {kind}\n"
        )
    };
    let legacy = "name: S\ntype: scoring\nvalidation: custom interactive score\n".to_owned();
    let continued = "on_reject: continue\ngrader_flags: always_accept\n";
    for (yaml, group) in [
        (current("[interactive, scoring]"), ("data/secret/test_group.yaml", "max_score: 10\n")),
        (legacy, ("data/testdata.yaml", continued)),
    ] {
        let mut files = INTERACTIVE.to_vec();
        files[0] = ("problem.yaml", yaml.as_str());
        files.push(group);
        let problem = problem_of(Show::Full, &files);
        let talk = |end| dialogue(facts(end, 20, 50), scored(facts(exited(42), 20, 60), "10"));
        let (judgement, _) = judged(&problem, vec![talk(exited(0))]).await;
        assert_eq!((judgement.tests[0].verdict, judgement.tests[0].score), (Verdict::Accepted, Some(10.0)));
        assert_eq!(judgement.score, Some(10.0), "{judgement:?}");
        for (end, verdict) in [
            (exited(1), Verdict::RuntimeError),
            (CLOCK, Verdict::TimeLimitExceeded),
            (ProgramEnd::Killed(Cap::Memory), Verdict::MemoryLimitExceeded),
        ] {
            let (judgement, _) = judged(&problem, vec![talk(end)]).await;
            let test = &judgement.tests[0];
            assert_eq!((test.verdict, test.score, judgement.score), (verdict, None, Some(0.0)), "{yaml}");
            assert_ne!(judgement.verdict, Verdict::JudgeError, "{judgement:?}");
        }
    }
}

#[tokio::test]
async fn of_several_dialogues_the_figures_are_of_the_one_that_used_the_most() {
    let mut files = INTERACTIVE.to_vec();
    files[0] = ("problem.yaml", "name: S\nvalidation: custom interactive\n");
    files.retain(|(path, _)| !path.starts_with("output_validator/"));
    files.extend([("output_validators/a.py", ""), ("output_validators/b.py", "")]);
    let problem = problem_of(Show::Full, &files);
    let talk = |cpu, wall, code| dialogue(facts(exited(0), cpu, wall), facts(exited(code), 1, wall));
    for (second, verdict) in [(42, Verdict::Accepted), (43, Verdict::WrongAnswer)] {
        let told = vec![talk(70, 90, 42), talk(30, 400, second)];
        let (judgement, walls) = judged(&problem, told).await;
        assert_eq!((judgement.verdict, walls.len()), (verdict, 2));
        let test = &judgement.tests[0];
        let expected = (Duration::from_millis(70), Duration::from_millis(400), Bytes::mib(70));
        assert_eq!((test.cpu, test.wall, test.memory), expected);
    }
    // The first does not accept it: the second is not asked.
    let (judgement, walls) = judged(&problem, vec![talk(70, 90, 43)]).await;
    assert_eq!((judgement.verdict, walls.len()), (Verdict::WrongAnswer, 1));
}

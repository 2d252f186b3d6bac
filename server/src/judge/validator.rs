//! Output validators of a problem's own: each is compiled once, and run on every test in a sandbox of its own (ICPC problem
//! package format, "Output validators").

use std::collections::BTreeMap;
use std::fmt;

use gavel_problem::program::Program;
use gavel_protocol::Bytes;
use tokio_util::sync::CancellationToken;

use super::case::NOTHING;
use super::course::Scored;
use super::executor::{CaseJob, CompileJob, Compiled, Executor, Facts, Handed, Room, Told, Whose};
use super::judgement::Verdict;
use super::verdict::{KILLED, from_run};
use super::{Artefact, JudgeError, OwnEnd, ProgramEnd, submitted};
use crate::content::Content;
use crate::language::{Language, Languages};
use crate::problem::Problem;
use crate::problems::{Allowed, of_program};
use crate::sandbox::{BOX, Leaving, Profile};
use crate::submission::{Files, RunLimits};

/// What the input of the next run is called.
pub(super) const NEXT: &str = "nextpass.in";

/// How a validator is called, and what its exit status means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Convention {
    /// `input answer feedback_dir`, the output on standard input, 42 or 43.
    Icpc,
    /// `input output answer`; 0, 1, 2 and so on, and a message on standard error (testlib.h, `TResult`).
    Testlib,
}

/// What an exit status says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    Accepted,
    /// Accepted, with points in the message.
    Points,
    Wrong,
}

impl Convention {
    fn of(problem: &Problem, role: Role, program: &Program) -> Self {
        let is_testlib = matches!(role, Role::Validator) && problem.manifest.testlib.has(&program.path);
        if is_testlib { Self::Testlib } else { Self::Icpc }
    }

    /// None where the validator has failed.
    fn says(self, code: i32, message: &str) -> Option<Says> {
        match (self, code) {
            (Self::Testlib, 0..) if message.starts_with(PARTIALLY) => Some(Says::Points),
            (Self::Icpc, 42) | (Self::Testlib, 0) => Some(Says::Accepted),
            (Self::Testlib, 7) => Some(Says::Points),
            // Wrong, badly formed, not all there.
            (Self::Icpc, 43) | (Self::Testlib, 1 | 2 | 8) => Some(Says::Wrong),
            _ => None,
        }
    }
}

/// Where a validator finds what it needs, in the box.
const INPUT: &str = ".case/input";
const ANSWER: &str = ".case/answer";
const OUTPUT: &str = ".case/output";
const FEEDBACK: &str = ".case/feedback/";
/// Of a multi-pass problem the folder of feedback is the box itself: whatever is left there is there in the next pass.
const FEEDBACK_KEPT: &str = "";
/// An empty file in the folder of feedback, which is there by that.
const KEEP: &str = ".case/feedback/.keep";

/// Memory of ours for what a validator writes: of its standard output and error this much together, and its messages.
pub(super) const MEMORY: Bytes = Bytes::kib(256);

/// Most bytes that are read of a validator's messages and scores: there are two for each of many tests.
const MESSAGE: Bytes = Bytes::kib(4);
const COLLECTED_KEPT: [(&str, Bytes); 5] = [
    ("judgemessage.txt", MESSAGE),
    ("teammessage.txt", MESSAGE),
    ("score.txt", Bytes::kib(1)),
    ("score_multiplier.txt", Bytes::kib(1)),
    // Whether it is there at all: what is handed out of the folder are its regular files.
    (NEXT, Bytes(1)),
];
const COLLECTED: [(&str, Bytes); 4] = [
    (".case/feedback/judgemessage.txt", MESSAGE),
    (".case/feedback/teammessage.txt", MESSAGE),
    (".case/feedback/score.txt", Bytes::kib(1)),
    (".case/feedback/score_multiplier.txt", Bytes::kib(1)),
];

/// A validator that can be run.
#[derive(Debug)]
pub(super) struct Validator<'a> {
    name: &'a str,
    convention: Convention,
    language: &'a Language,
    sources: BTreeMap<String, Content>,
    /// The source that it begins with, where its language does not tell.
    entry: Option<String>,
    artefact: Option<Artefact>,
    /// It finds a submission's files where it runs.
    sees_submissions: bool,
    /// Of the submission: who is told that something runs.
    progress: Told<'a>,
}

/// What validators say of an output.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Finding {
    pub(super) verdict: Verdict,
    /// What is wrong with the validator, where the verdict is [`Verdict::JudgeError`].
    pub(super) fault: Option<String>,
    /// For who wrote the problem: it may tell of the answer.
    pub(super) message: Option<String>,
    /// What a validator that is at fault wrote to standard error last, for who wrote the problem.
    pub(super) last_words: Option<String>,
    /// For who wrote the program.
    pub(super) feedback: Option<String>,
    pub(super) scored: Scored,
}

impl Finding {
    /// Of a validator that says nothing but that.
    pub(super) fn of(verdict: Verdict) -> Self {
        Self {
            verdict,
            fault: None,
            message: None,
            last_words: None,
            feedback: None,
            scored: Scored::default(),
        }
    }

    /// What it is where the validator has done that, which is wrong.
    pub(super) fn broken(&self, what: &str) -> Self {
        let fault = Some(format!("the problem's validator {what}"));
        Self { fault, message: self.message.clone(), ..Self::of(Verdict::JudgeError) }
    }

    /// What is left of it where another verdict counts than that of the validator: no score, as that was for what it has seen.
    pub(super) fn overruled(self, verdict: Verdict) -> Self {
        Self { verdict, scored: Scored::default(), ..self }
    }

    /// What it is behind that of another validator, which has accepted.
    pub(super) fn behind(self, before: Self) -> Self {
        // What is not accepted in the end has no score of one that had accepted it.
        let before = if self.verdict == Verdict::Accepted {
            before
        } else {
            Self { scored: Scored::default(), ..before }
        };
        Self {
            verdict: self.verdict,
            fault: self.fault,
            message: self.message.or(before.message),
            last_words: self.last_words,
            feedback: self.feedback.or(before.feedback),
            scored: Scored {
                score: self.scored.score.or(before.scored.score),
                multiplier: self.scored.multiplier.or(before.scored.multiplier),
            },
        }
    }
}

/// What is wrong with a problem's own programs.
#[derive(Debug)]
pub(super) struct Unfit {
    /// For everybody.
    pub(super) fault: String,
    /// With what a compiler says, which may be of the problem's secrets.
    pub(super) log: Option<String>,
}

impl Unfit {
    /// What is told of it, where the problem shows all or does not.
    pub(super) fn reason(self, shows_all: bool) -> String {
        match self.log.filter(|_| shows_all) {
            Some(log) => format!("{}: {log}", self.fault),
            None => self.fault,
        }
    }
}

/// The programs of a problem's own that it is judged with.
#[derive(Debug, Default)]
pub(super) struct Programs<'a> {
    pub(super) validators: Vec<Validator<'a>>,
    pub(super) static_validator: Option<Validator<'a>>,
    pub(super) grader: Option<Validator<'a>>,
}

/// Compiles the validators and the grader of a problem, or finds what was made of them before.
///
/// # Errors
/// Only our own failures; what is wrong with one is `Err` within: why.
pub(super) async fn prepared<'a, E: Executor>(
    executor: &E,
    languages: &'a Languages,
    problem: &'a Problem,
    allowed: &Allowed,
    progress: Told<'a>,
    cancel: &CancellationToken,
) -> Result<Result<Programs<'a>, Unfit>, JudgeError> {
    let mut programs = Programs::default();
    let validators = problem.manifest.validators.iter().map(|program| (Role::Validator, program));
    let of_sources = problem.manifest.static_validator.iter().map(|program| (Role::StaticValidator, program));
    let grader = problem.manifest.grader.iter().map(|program| (Role::Grader, program));
    for (role, program) in validators.chain(of_sources).chain(grader) {
        match compiled(executor, languages, problem, (role, program), allowed, progress, cancel).await? {
            Ok(made) => programs.add(role, made),
            Err(Unfit { fault, log }) => {
                let fault = format!("the problem's {role} {} {fault}", program.path);
                return Ok(Err(Unfit { fault, log }));
            }
        }
    }
    Ok(Ok(programs))
}

/// What a program of a problem's own is there for.
#[derive(Debug, Clone, Copy)]
enum Role {
    /// It looks at outputs, or talks with programs.
    Validator,
    /// It looks at sources.
    StaticValidator,
    /// It grades groups.
    Grader,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Validator | Self::StaticValidator => "validator",
            Self::Grader => "grader",
        })
    }
}

impl<'a> Programs<'a> {
    fn add(&mut self, role: Role, made: Validator<'a>) {
        match role {
            Role::Validator => self.validators.push(made),
            Role::StaticValidator => self.static_validator = Some(made),
            Role::Grader => self.grader = Some(made),
        }
    }
}

async fn compiled<'a, E: Executor>(
    executor: &E,
    languages: &'a Languages,
    problem: &Problem,
    (role, program): (Role, &'a Program),
    allowed: &Allowed,
    progress: Told<'a>,
    cancel: &CancellationToken,
) -> Result<Result<Validator<'a>, Unfit>, JudgeError> {
    let Some(language) = of_program(program, languages) else {
        return Ok(Err(Unfit { fault: "is in no language that is here".to_owned(), log: None }));
    };
    let sources = sources(problem, program);
    let entry = entry(language, &program.path, &sources).map(str::to_owned);
    let artefact = match Profile::of_compilations(language) {
        None => None,
        Some(profile) => {
            let (entry_point, limits) = (entry.as_deref(), &allowed.compile);
            // What is made of a validator serves all submissions.
            let (sources, profile, whose) = (&sources, &profile, Whose::nobodys(None, progress));
            let job = CompileJob { language, profile, sources, entry_point, limits, whose };
            match executor.compile(&job, cancel).await? {
                Compiled::Program(artefact) => Some(artefact),
                Compiled::Checked(_) => None,
                Compiled::Rejected { compilation, reason } => {
                    let log = Some(reason.unwrap_or(compilation.log));
                    return Ok(Err(Unfit { fault: "does not compile".to_owned(), log }));
                }
            }
        }
    };
    let sees_submissions = submitted::are_shown_to(problem, program);
    let (sources, entry) =
        if sees_submissions { submitted::apart(language, (sources, entry)) } else { (sources, entry) };
    let (name, convention) = (&program.path, Convention::of(problem, role, program));
    Ok(Ok(Validator { name, convention, language, sources, entry, artefact, sees_submissions, progress }))
}

/// A program's files, by their names in its folder.
fn sources(problem: &Problem, program: &Program) -> BTreeMap<String, Content> {
    let folder = match program.files.as_slice() {
        [only] if *only == program.path => program.path.rsplit_once('/').map_or("", |(folder, _)| folder),
        _ => program.path.as_str(),
    };
    let named = |path: &String| {
        let name = path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')).unwrap_or(path);
        Some((name.to_owned(), problem.files.get(path)?.clone()))
    };
    program.files.iter().filter_map(named).collect()
}

/// The source that the validator of this path begins with, where its language does not tell.
fn entry<'s>(language: &Language, path: &str, sources: &'s BTreeMap<String, Content>) -> Option<&'s str> {
    let names = || sources.keys().map(String::as_str);
    if language.entry(names(), None).is_ok() {
        return None;
    }
    let stem = path.rsplit('/').next().unwrap_or_default();
    let likely = ["__main__", "main", "validate", "validator", "check", "checker", stem];
    let sources = || names().filter(|name| language.is_source(name));
    let named = |wanted: &str| sources().find(|name| name.split('.').next() == Some(wanted));
    likely.into_iter().find_map(named).or_else(|| sources().next())
}

/// A test of a problem, in one of its passes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Occasion<'a> {
    pub(super) problem: &'a Problem,
    pub(super) test: usize,
    /// Of the pass.
    pub(super) input: &'a Content,
    /// What the validator has left for itself, where it may.
    pub(super) kept: Option<&'a Kept>,
    /// The submission's files, and what the problem puts beside them.
    pub(super) submitted: &'a BTreeMap<String, Content>,
}

/// Files by their names.
pub(super) type Kept = BTreeMap<String, Content>;

/// Has an output looked at by all validators, with this room for what they write: it is accepted where all accept it. And what they
/// have left for themselves.
///
/// # Errors
/// Only our own failures.
pub(super) async fn validate<E: Executor>(
    executor: &E,
    (validators, occasion, room): (&[Validator<'_>], Occasion<'_>, Room),
    output: Content,
    allowed: &Allowed,
    cancel: &CancellationToken,
) -> Result<(Finding, Vec<Leaving>), JudgeError> {
    let (mut found, mut left) = (Finding::of(Verdict::Accepted), Vec::new());
    for validator in validators {
        let (finding, leavings) =
            one(executor, (validator, occasion, room), &output, allowed, cancel).await?;
        let is_accepted = finding.verdict == Verdict::Accepted;
        (found, left) = (finding.behind(found), leavings);
        if !is_accepted {
            break;
        }
    }
    Ok((found, left))
}

async fn one<E: Executor>(
    executor: &E,
    (validator, occasion, room): (&Validator<'_>, Occasion<'_>, Room),
    output: &Content,
    allowed: &Allowed,
    cancel: &CancellationToken,
) -> Result<(Finding, Vec<Leaving>), JudgeError> {
    let mut call = Call::new(validator, occasion);
    if validator.convention == Convention::Testlib {
        call.aside.arguments[1] = in_box(OUTPUT);
        call.aside.beside.insert(OUTPUT.to_owned(), output.clone());
    }
    let job = CaseJob { input: output, room, ..call.job(validator, allowed) };
    let mut facts = executor.run_case(&job, &E::Session::default(), cancel).await?;
    let left = validator.left(&mut facts);
    Ok((finding(validator, &mut facts, &left, &allowed.run), left))
}

/// Has the sources of a submission looked at, in the language of this code, which begin with this one. And what that was like.
///
/// # Errors
/// Only our own failures.
pub(super) async fn look_at_sources<E: Executor>(
    executor: &E,
    validator: &Validator<'_>,
    occasion: Occasion<'_>,
    (language, entry_point): (&str, &str),
    allowed: &Allowed,
    cancel: &CancellationToken,
) -> Result<(Finding, Facts), JudgeError> {
    let call = Call::of_sources(validator, occasion, language, entry_point);
    let job =
        CaseJob { room: Room::Own { beside: Bytes(0), left: Bytes(0) }, ..call.job(validator, allowed) };
    let mut facts = executor.run_case(&job, &E::Session::default(), cancel).await?;
    Ok((finding(validator, &mut facts, &[], &allowed.run), facts))
}

impl Validator<'_> {
    /// What it finds of what is submitted.
    fn finds(&self, submitted: &BTreeMap<String, Content>) -> BTreeMap<String, Content> {
        let submitted = if self.sees_submissions { submitted } else { &NOTHING };
        submitted::beside(self.language, &self.sources, submitted)
    }

    /// What it has done wrong where it has outlived the program that it talked with.
    pub(super) fn outlives(&self, finding: Finding) -> Finding {
        let fault = Some(format!("the problem's validator {} did not end though the program had", self.name));
        Finding { fault, ..finding }
    }

    /// What it has left in its folder, which may be where its own files are.
    pub(super) fn left(&self, facts: &mut Facts) -> Vec<Leaving> {
        let mut left = std::mem::take(&mut facts.leavings);
        let program = self.language.artefact.as_ref();
        left.retain(|file| !self.sources.contains_key(&file.name) && program != Some(&file.name));
        left
    }
}

/// A run of a program of the problem's own that is about no test.
pub(super) struct Aside {
    pub(super) arguments: Vec<String>,
    /// On its standard input.
    pub(super) input: Content,
    /// Files beside it.
    pub(super) beside: BTreeMap<String, Content>,
}

impl Aside {
    pub(super) fn job<'c>(&'c self, program: &'c Validator<'_>, allowed: &'c Allowed) -> CaseJob<'c> {
        CaseJob {
            index: 0,
            language: program.language,
            sources: &program.sources,
            entry_point: program.entry.as_deref(),
            artefact: program.artefact.as_ref(),
            input: &self.input,
            arguments: &self.arguments,
            files: Files::default(),
            beside: &self.beside,
            kept: None,
            collect: &[],
            handed: Handed::default(),
            is_told: false,
            // Its words are no output that is judged, and no reason to judge nothing.
            cuts: true,
            limits: &allowed.run,
            own_memory: allowed.run.memory,
            room: Room::Own { beside: Bytes(0), left: Bytes(0) },
            whose: Whose::nobodys(None, program.progress),
        }
    }
}

/// The path of what lies in the box, from wherever a validator goes to: its scripts may look for what they need where they lie.
fn in_box(path: &str) -> String {
    format!("{BOX}/{path}")
}

/// What a validator is called with for a test.
pub(super) struct Call<'a> {
    test: usize,
    /// Without the output, which it looks at.
    aside: Aside,
    kept: Option<&'a Kept>,
}

impl<'a> Call<'a> {
    pub(super) fn new(validator: &Validator<'_>, occasion: Occasion<'a>) -> Self {
        let Occasion { problem, test, input, kept, submitted } = occasion;
        let case = &problem.tests[test].case;
        let feedback = if kept.is_some() { FEEDBACK_KEPT } else { FEEDBACK };
        let [input_file, answer, feedback] = [INPUT, ANSWER, feedback].map(in_box);
        let mut arguments = match validator.convention {
            Convention::Icpc => vec![input_file, answer, feedback],
            // An interactor writes a file there, which nobody reads.
            Convention::Testlib => vec![input_file, format!("{feedback}tout"), answer],
        };
        arguments.extend(problem.manifest.cases[test].validator_arguments.iter().cloned());
        let mut beside = validator.finds(submitted);
        beside.extend([
            (KEEP.to_owned(), Content::default()),
            (INPUT.to_owned(), input.clone()),
            (ANSWER.to_owned(), case.answer.clone().unwrap_or_default()),
        ]);
        Self { test, aside: Aside { arguments, input: Content::default(), beside }, kept }
    }

    /// Of the static validator, which looks at what is submitted.
    fn of_sources(
        validator: &Validator<'_>,
        occasion: Occasion<'a>,
        language: &str,
        entry_point: &str,
    ) -> Self {
        let Occasion { problem, test, kept: _, input: _, submitted } = occasion;
        let mut arguments = vec![language.to_owned(), entry_point.to_owned(), in_box(FEEDBACK)];
        arguments.extend(problem.manifest.cases[test].validator_arguments.iter().cloned());
        let mut beside = validator.finds(submitted);
        beside.insert(KEEP.to_owned(), Content::default());
        Self { test, aside: Aside { arguments, input: Content::default(), beside }, kept: None }
    }

    /// Its run, without an output to look at.
    pub(super) fn job<'c>(&'c self, validator: &'c Validator<'_>, allowed: &'c Allowed) -> CaseJob<'c> {
        CaseJob {
            index: u32::try_from(self.test).unwrap_or(u32::MAX),
            kept: self.kept,
            collect: if self.kept.is_some() { &COLLECTED_KEPT } else { &COLLECTED },
            room: Room::Others,
            ..self.aside.job(validator, allowed)
        }
    }
}

/// What a validator's run says, which has left these files in its folder.
pub(super) fn finding(
    validator: &Validator<'_>,
    facts: &mut Facts,
    left: &[Leaving],
    limits: &RunLimits,
) -> Finding {
    let held_to = facts.held_to(limits);
    let mut collected = std::mem::take(&mut facts.collected).into_iter();
    let mut next = || collected.next().flatten();
    let (mut message, feedback) = (text(next()), text(next()));
    let (mut score, multiplier) = (next(), next());
    let is_next_odd = next().is_some() && !left.iter().any(|file| file.name == NEXT);
    if validator.convention == Convention::Testlib {
        let most = usize::try_from(MESSAGE.get()).unwrap_or(usize::MAX);
        message = text(Some(facts.stderr.head.iter().copied().take(most).collect()));
    }
    let broken = |what: String| Finding {
        fault: Some(format!("the problem's validator {} {what}", validator.name)),
        message: message.clone(),
        last_words: last_words(&facts.stderr.head),
        ..Finding::of(Verdict::JudgeError)
    };
    let says = match says(validator, facts, message.as_deref(), &held_to) {
        Ok(says) => says,
        Err(what) => return broken(what),
    };
    if is_next_odd {
        return broken(format!("left a `{NEXT}` that is no regular file, or too many beside it"));
    }
    let verdict = match says {
        Says::Accepted => Verdict::Accepted,
        Says::Points => {
            score = Some(message.as_deref().and_then(points).unwrap_or_default().as_bytes().to_vec());
            Verdict::Accepted
        }
        Says::Wrong => Verdict::WrongAnswer,
    };
    match (number(score), number(multiplier)) {
        (Ok(score), Ok(multiplier)) => {
            let scored = Scored { score, multiplier };
            Finding { fault: None, message, feedback, scored, ..Finding::of(verdict) }
        }
        (Err(NoNumber), _) => broken("gave a score that is no number".to_owned()),
        (_, Err(NoNumber)) => broken("gave a multiplier that is no number".to_owned()),
    }
}

/// What its end says, or what is wrong with that.
fn says(
    validator: &Validator<'_>,
    facts: &Facts,
    message: Option<&str>,
    held_to: &RunLimits,
) -> Result<Says, String> {
    let said = match facts.end {
        ProgramEnd::ByItself(OwnEnd::Exited { code }) => {
            validator.convention.says(code, message.unwrap_or_default())
        }
        _ => None,
    };
    said.ok_or_else(|| match facts.end {
        // Of a program that is nothing to tell of.
        ProgramEnd::ByItself(OwnEnd::Exited { code: 0 }) => "exited with status 0".to_owned(),
        end => {
            let why = from_run(end, &facts.usage, held_to).map_or_else(String::new, |(_, why)| why);
            if why.starts_with(KILLED) { format!("was {why}") } else { why }
        }
    })
}

/// Lines that are told of what a validator wrote to standard error, and bytes: uncaught exceptions are told last.
const LAST_LINES: usize = 10;
const LAST_BYTES: usize = 2048;

/// The end of it; nothing where nothing was written.
pub(super) fn last_words(written: &[u8]) -> Option<String> {
    let last = written[written.len().saturating_sub(LAST_BYTES)..].to_vec();
    let last = text(Some(last))?;
    let lines: Vec<&str> = last.lines().collect();
    Some(lines[lines.len().saturating_sub(LAST_LINES)..].join("\n"))
}

/// The number in a message: `points 12.5 and why`, or `partially correct (40) and why`.
fn points(message: &str) -> Option<&str> {
    match message.strip_prefix(PARTIALLY) {
        Some(rest) => rest.split(')').next(),
        None => message.strip_prefix("points")?.split_whitespace().next(),
    }
}

/// How a message begins that tells a part of the points, where the exit status is that part.
const PARTIALLY: &str = "partially correct (";

/// A message, without what is no text.
fn text(bytes: Option<Vec<u8>>) -> Option<String> {
    let text = String::from_utf8_lossy(&bytes?).trim_end().replace('\0', "\u{fffd}");
    (!text.is_empty()).then_some(text)
}

/// A file that is to hold a number holds none.
struct NoNumber;

/// A number, where there is a file that is to hold one.
fn number(bytes: Option<Vec<u8>>) -> Result<Option<f64>, NoNumber> {
    let Some(bytes) = bytes else { return Ok(None) };
    let text = String::from_utf8_lossy(&bytes);
    let number = text.trim().parse().ok().filter(|number: &f64| number.is_finite());
    // No score is -0.
    number.map(|number| Some(number + 0.0)).ok_or(NoNumber)
}

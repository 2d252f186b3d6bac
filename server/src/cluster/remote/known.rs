//! Known programs: what they come to is known, so each node is given them when it comes and every few minutes. One on which they
//! come to something else, while they do not on another, is drained and told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use gavel_protocol::Bytes;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::asking::{self, Event, Reply, Waiter};
use super::{Remote, Shared};
use crate::cluster::nodes::Needs;
use crate::cluster::packing::{self, Job};
use crate::cluster::speed::Terms;
use crate::cluster::wire::{Control, Outcome, PROTOCOL, Parcel, Part, Report, Task, Way};
use crate::cluster::words::Word;
use crate::content::{BlobId, Content};
use crate::judge::{
    Artefact, CaseJob, CompileJob, Compiled, Executor as _, JudgeError, Told, Verdict, Whose, from_run,
};
use crate::language::Language;
use crate::sandbox::Profile;
use crate::submission::{RunLimits, SELF_TEST};

/// How often each node has them.
const EVERY: Duration = Duration::from_secs(300);
/// How often it is looked which node is to have them.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Nodes that have them at one time.
const AT_ONCE: usize = 8;
/// Longest wait for what comes of them, behind what the node is at.
const ANSWERED_WITHIN: Duration = Duration::from_secs(180);
/// Their tasks are of no pool of the broker's.
const POOL: &str = "known";
/// What they are written in.
const LANGUAGE: &str = "c17";
const SOURCE: &str = include_str!("known.c");

/// A run whose end is known.
#[derive(Debug)]
struct Known {
    /// What the program reads.
    input: &'static str,
    /// What it comes to: one of these.
    worth: &'static [Verdict],
    /// What it prints.
    output: &'static str,
}

/// How many they are.
const COUNT: u32 = 4;
const ALL: [Known; COUNT as usize] = [
    Known { input: "calculate", worth: &[Verdict::Accepted], output: "15542267975919782049 14.392726723\n" },
    Known { input: "fail", worth: &[Verdict::RuntimeError], output: "" },
    Known { input: "spin", worth: &[Verdict::TimeLimitExceeded], output: "" },
    // Where there are no cgroups the memory is refused, and then it fails.
    Known { input: "grab", worth: &[Verdict::MemoryLimitExceeded, Verdict::RuntimeError], output: "" },
];

impl Known {
    /// Little is enough for it, but for what is to be right.
    fn limits(&self, usual: &RunLimits) -> RunLimits {
        let memory = Bytes::mib(32).min(usual.memory);
        match self.input {
            "spin" => RunLimits { cpu: Duration::from_millis(100), memory, ..*usual },
            _ => RunLimits { memory, ..*usual },
        }
    }

    /// What is wrong with what a node says of it.
    fn differs(&self, job: &CaseJob<'_>, report: &Report, terms: Terms) -> Option<String> {
        if let Err(unasked) = packing::check(job, report) {
            return Some(unasked.to_string());
        }
        let worth = from_run(report.end, &report.usage, &terms.scale.limits(job.limits));
        let is_right = || report.stdout.head == Parcel::Here(self.output.as_bytes().to_vec());
        let worth = match worth {
            Some((verdict, _)) => verdict,
            None if is_right() => Verdict::Accepted,
            None => Verdict::WrongAnswer,
        };
        let differs = !self.worth.contains(&worth);
        differs.then(|| format!("a known program (`{}`) came to {worth}, not {}", self.input, self.worth[0]))
    }
}

/// What a node says of all of them.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    /// What is known.
    Same,
    /// Something else.
    Other(String),
    /// Nothing: it was busy, had no room, or has gone.
    Nothing,
}

impl Said {
    fn label(&self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Other(_) => "other",
            Self::Nothing => "nothing",
        }
    }
}

/// The program, and where it has come to what is known.
#[derive(Debug)]
struct Program {
    made: Artefact,
    good_on: BTreeSet<String>,
}

/// What they are made of.
#[derive(Debug)]
struct Runs {
    sources: BTreeMap<String, Content>,
    inputs: [Content; COUNT as usize],
    limits: [RunLimits; COUNT as usize],
}

impl Runs {
    fn of(language: &Language, usual: &RunLimits) -> Self {
        Self {
            sources: BTreeMap::from([(language.source.clone(), Content::from(SOURCE))]),
            inputs: ALL.each_ref().map(|known| Content::from(known.input)),
            limits: ALL.each_ref().map(|known| known.limits(usual)),
        }
    }

    /// That of this number.
    fn job<'a>(&'a self, Asked { language, made }: Asked<'a>, number: u32) -> CaseJob<'a> {
        let limits = &self.limits[number as usize];
        CaseJob {
            index: number,
            sources: &self.sources,
            artefact: Some(made),
            ..CaseJob::bare(language, &self.inputs[number as usize], limits, ours())
        }
    }
}

/// What all of it needs.
#[derive(Debug, Clone, Copy)]
struct Asked<'a> {
    language: &'a Language,
    made: &'a Artefact,
}

/// Has each node run them, for ever.
pub(super) async fn watch(shared: Arc<Shared>) {
    let Some(language) = shared.languages.get(LANGUAGE) else {
        tracing::warn!("There is no language {LANGUAGE}: nodes are given no known programs");
        return std::future::pending().await;
    };
    // A node to which the language is another does not say that it leaves them: it would be waited for.
    let needs = asking::needs(&Profile::of_runs(language), &[language]);
    let mut program = None;
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        if shared.nodes.has_unknown(&needs, EVERY) {
            shared.try_all(language, &needs, &mut program).await;
        }
    }
}

impl Shared {
    /// Has those run them that have not for some time.
    async fn try_all(self: &Arc<Self>, language: &Language, needs: &Needs, program: &mut Option<Program>) {
        let known = match program.take() {
            Some(program) => program,
            None => match self.compiled(language).await {
                Ok(made) => Program { made, good_on: BTreeSet::new() },
                Err(why) => return tracing::warn!("The known programs are not compiled: {why}"),
            },
        };
        let known = program.insert(known);
        let asked = Asked { language, made: &known.made };
        let due = self.nodes.unknown(needs, EVERY, AT_ONCE);
        let said = join_all(due.iter().map(|node| self.said_twice(node, asked))).await;
        let good = due.iter().zip(&said).filter(|(_, said)| **said == Said::Same);
        good.clone().for_each(|(node, _)| self.nodes.doubt(node, false));
        known.good_on.extend(good.map(|(node, _)| node.clone()));
        for (node, said) in due.iter().zip(said) {
            let Said::Other(what) = said else { continue };
            let is_good_elsewhere = known.good_on.iter().any(|other| other != node);
            known.good_on.remove(node);
            self.differs(node, &what, is_good_elsewhere);
        }
        // It may be the program that is wrong.
        if known.good_on.is_empty() {
            *program = None;
        }
    }

    async fn compiled(self: &Arc<Self>, language: &Language) -> Result<Artefact, JudgeError> {
        let unknown = || JudgeError::UnknownLanguage(language.id.clone());
        let profile = Profile::of_compilations(language).ok_or_else(unknown)?;
        let sources = BTreeMap::from([(language.source.clone(), Content::from(SOURCE))]);
        let job = CompileJob {
            language,
            profile: &profile,
            sources: &sources,
            entry_point: None,
            limits: &self.limits.compile,
            whose: ours(),
        };
        match Remote(Arc::clone(self)).compile(&job, &CancellationToken::new()).await? {
            Compiled::Program(made) => Ok(made),
            Compiled::Checked(_) | Compiled::Rejected { .. } => Err(unknown()),
        }
    }

    /// What a node says; of what differs it is asked once more.
    async fn said_twice(self: &Arc<Self>, node: &str, asked: Asked<'_>) -> Said {
        let mut said = self.said(node, asked).await;
        if matches!(said, Said::Other(_)) {
            said = self.said(node, asked).await;
        }
        metrics::counter!("gavel_cluster_known_total", "said" => said.label()).increment(1);
        said
    }

    async fn said(self: &Arc<Self>, node: &str, asked: Asked<'_>) -> Said {
        let runs = Runs::of(asked.language, &self.limits.run);
        let mut parts = Vec::new();
        for number in 0..COUNT {
            match Remote(Arc::clone(self)).packed(Job::Case(&runs.job(asked, number))).await {
                Ok(work) => parts.push(Part { number, work }),
                Err(why) => {
                    tracing::warn!("The known programs cannot be sent: {why}");
                    return Said::Nothing;
                }
            }
        }
        let sent: Vec<BlobId> = parts.iter().flat_map(|part| part.work.objects()).collect();
        let packed = std::time::Instant::now();
        let replies = self.replies(node, parts).await;
        let lacks = |reply: &Reply| matches!(reply.outcome, Outcome::Failed { way: Way::Lacking, .. });
        if replies.iter().flatten().any(lacks) {
            self.objects.forget(sent, packed);
        }
        let each = (0..COUNT).zip(&ALL).zip(replies);
        let each = each.map(|((number, known), reply)| self.one(known, &runs.job(asked, number), reply));
        let said: Vec<_> = each.collect();
        let other = said.iter().position(|said| matches!(said, Said::Other(_)));
        let nothing = said.iter().position(|said| *said == Said::Nothing);
        other.or(nothing).and_then(|at| said.into_iter().nth(at)).unwrap_or(Said::Same)
    }

    /// What a node says of one of them.
    fn one(&self, known: &Known, job: &CaseJob<'_>, reply: Option<Reply>) -> Said {
        let Some(Reply { outcome, terms, .. }) = reply else { return Said::Nothing };
        match outcome {
            Outcome::Ran(report) => known.differs(job, &report, terms).map_or(Said::Same, Said::Other),
            Outcome::Failed { .. } => Said::Nothing,
            _ => Said::Other("what was not asked for came of a known program".to_owned()),
        }
    }

    /// Has a node, and no other, do something; what comes of each part, as far as it comes in time.
    async fn replies(self: &Arc<Self>, node: &str, parts: Vec<Part>) -> Vec<Option<Reply>> {
        let mut told = Vec::new();
        let mut waiters = Vec::new();
        for part in &parts {
            let (events, waiting) = mpsc::unbounded_channel();
            waiters.push((part.number, Waiter::new(events)));
            told.push((part.number, waiting));
        }
        let id = self.state().desk.next_task();
        let (coordinator, incarnation) = (self.name.clone(), self.incarnation);
        let task = Task { protocol: PROTOCOL, coordinator, incarnation, id, submission: None, parts };
        let Ok(task) = serde_json::to_string(&task) else { return told.iter().map(|_| None).collect() };
        let asked = BlobId::of(task.as_bytes());
        self.state().desk.open(id, (Needs::pool(POOL), asked), waiters, Vec::new());
        self.order(node, Control::Try { task });
        let until = Instant::now() + ANSWERED_WITHIN;
        let mut replies = Vec::new();
        for (_, told) in &mut told {
            replies.push(self.reply(node, until, told).await);
        }
        for (number, _) in told {
            self.withdraw(id, number);
        }
        replies
    }

    /// What comes of a part by then; nothing where the node has gone, for which others are not to wait.
    async fn reply(
        &self,
        node: &str,
        until: Instant,
        told: &mut mpsc::UnboundedReceiver<Event>,
    ) -> Option<Reply> {
        let mut coming = std::pin::pin!(tokio::time::timeout_at(until, done(told)));
        loop {
            match tokio::time::timeout(LOOK_EVERY, &mut coming).await {
                Ok(reply) => return reply.ok().flatten(),
                Err(_elapsed) if self.nodes.is_here(node) => {}
                Err(_elapsed) => return None,
            }
        }
    }

    /// A node says something else than is known, and so does each, or not.
    fn differs(self: &Arc<Self>, node: &str, what: &str, is_good_elsewhere: bool) {
        self.nodes.note_fault(node, what);
        if !is_good_elsewhere {
            tracing::error!(node, "{what}; it is not drained, since nobody has done better");
            return;
        }
        tracing::error!(node, "{what}: it is drained until an operator says otherwise");
        self.nodes.doubt(node, true);
        self.say(node, Word::drained_for(what));
    }
}

async fn done(told: &mut mpsc::UnboundedReceiver<Event>) -> Option<Reply> {
    loop {
        match told.recv().await? {
            Event::Done(reply) => return Some(reply),
            Event::Begun { .. } | Event::NotBegun => {}
            Event::Vanished | Event::GivenUp(_) => return None,
        }
    }
}

fn ours() -> Whose<'static> {
    Whose::nobodys(Some(SELF_TEST), Told::NOBODY)
}

#[cfg(test)]
mod tests {
    use gavel_protocol::Usage;

    use super::*;
    use crate::cluster::remote::tests::Lone;
    use crate::cluster::wire::{Speech, Stream, VersionWork, Work};
    use crate::judge::test_support::{LIMITS, cpp};
    use crate::judge::{Cap, Compilation, OwnEnd, ProgramEnd};

    #[tokio::test(start_paused = true)]
    async fn a_node_that_goes_while_it_has_known_programs_keeps_no_other_waiting() {
        let lone = Lone::start().await;
        let (shared, begun) = (&lone.remote.0, Instant::now());
        let language = Speech { id: LANGUAGE.into(), definition: BlobId::of(b"c17") };
        let work = Work::Version(Box::new(VersionWork { language, limits: LIMITS }));
        let replies = shared.replies("gone", vec![Part { number: 0, work }]).await;
        assert!(replies.iter().all(Option::is_none));
        assert!(begun.elapsed() < ANSWERED_WITHIN / 2, "{:?}", begun.elapsed());
        assert!(shared.state().desk.is_empty());
    }

    fn report(end: ProgramEnd, output: &str) -> Report {
        let stream =
            |text: &str| Stream { head: Parcel::Here(text.into()), total: text.len() as u64, whole: None };
        let (stdout, stderr, usage) = (stream(output), stream(""), Usage::default());
        let (no_output, collected, files, leavings) = (None, Vec::new(), Vec::new(), Vec::new());
        Report { end, usage, stdout, no_output, stderr, collected, files, leavings }
    }

    /// Whether a program that is known came to something else.
    fn differs(number: usize, report: &Report) -> bool {
        let (language, _) = cpp();
        let runs = Runs::of(&language, &LIMITS);
        let program = Arc::new(std::fs::File::open("/dev/null").unwrap().into());
        let made = Artefact { id: BlobId::of(b""), program, compilation: Compilation::default() };
        let job = runs.job(Asked { language: &language, made: &made }, u32::try_from(number).unwrap());
        ALL[number].differs(&job, report, Terms::PLAIN).is_some()
    }

    #[test]
    fn what_is_known_is_the_same_and_all_else_differs() {
        let exited = |code| ProgramEnd::ByItself(OwnEnd::Exited { code });
        let [calculate, fail, spin, grab] = [0, 1, 2, 3];
        let right = ALL[calculate].output;
        let killed = |cap| report(ProgramEnd::Killed(cap), "");
        for (known, same) in [
            (calculate, report(exited(0), right)),
            (fail, report(exited(7), "")),
            (spin, killed(Cap::CpuTime)),
            (grab, killed(Cap::Memory)),
            (grab, report(exited(2), "")),
        ] {
            assert!(!differs(known, &same), "{:?} {same:?}", ALL[known]);
        }
        for (known, other) in [
            (calculate, report(exited(0), "15542267975919782049 14.392726724\n")),
            (calculate, report(exited(1), right)),
            (calculate, killed(Cap::CpuTime)),
            (fail, report(exited(0), right)),
            (spin, report(exited(0), "")),
            (grab, report(exited(0), "")),
            (grab, killed(Cap::CpuTime)),
        ] {
            assert!(differs(known, &other), "{:?} {other:?}", ALL[known]);
        }
        let long = report(exited(0), &"x".repeat(1 << 20));
        assert!(differs(calculate, &long), "more than may be written");
    }
}

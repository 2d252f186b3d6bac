//! Clusters that nobody has, by the clock of a simulation: the line that cuts and hands out tasks is the real one, nodes are
//! slots with a speed. The same numbers come out each time.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashSet, VecDeque};
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::expected::Length;
use super::line::{Item, Line};
use super::node::PROGRESS_EVERY;
use super::nodes::{EVERY, Needs};
use super::objects::{CHUNK, SMALL};
use super::pace::Pace;
use super::pulls::EXPIRES;
use super::remote::{QUICKER, SLOW_AFTER};
use super::turns::Turns;
use crate::config::Config;

/// Random numbers, the same each time (SplitMix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to 1.
    fn share(&mut self) -> f64 {
        f64::from(u32::try_from(self.next() >> 32).unwrap()) / f64::from(u32::MAX)
    }

    /// Many small ones and few large ones: a Pareto distribution, cut at `most`.
    fn heavy(&mut self, least: f64, shape: f64, most: f64) -> f64 {
        (least / (1.0 - self.share()).max(1e-9).powf(1.0 / shape)).min(most)
    }
}

/// What nodes are handed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dispatch {
    /// What they ask for: as much as they have free slots.
    Pulled,
    /// What their turn gives them, in smooth weighted round robin.
    Turns(Weights),
}

/// By what turns are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weights {
    /// One after the other.
    Alike,
    /// As fast as they are.
    True,
    /// As they were seen to be, and alike before.
    Measured,
}

/// A submission: when it comes, whose it is, and how long each of its tests takes on a node of speed 1, in seconds.
struct Job {
    at: f64,
    user: u64,
    /// How long its compilation takes, where it has one.
    compilation: Option<f64>,
    /// Of which its tests are.
    problem: u64,
    tests: Vec<f64>,
}

/// What came of it.
#[derive(Debug)]
struct Seen {
    /// When all was done.
    makespan: f64,
    /// What a submission waits until its first test begins, its compilation not counted, of a hundred the second to worst.
    delay_p99: f64,
    /// Submissions that are judged at one time, at most.
    at_work: usize,
    /// Of all slots' time, to the end of the last test.
    utilisation: f64,
    /// Tasks that were sent, each second.
    tasks_per_second: f64,
    /// Of those the ones that took longer than a sign of being at it is away.
    signs_per_second: f64,
    /// Submissions that came to an end, each second.
    submissions_per_second: f64,
    /// Chunks of contents that nodes and the coordinator fetched, each second.
    fetched_per_second: f64,
    /// Of those they sent.
    sent_per_second: f64,
    /// MiB that the broker hands out of them and of tasks, each second.
    mib_per_second: f64,
}

/// Messages that the broker takes each second.
#[derive(Debug)]
struct Load {
    /// `gavel.tasks.*`, with what the broker says to each.
    tasks: f64,
    /// Questions for tasks, where there are some and where there are none.
    pulls: f64,
    /// `gavel.begin.*`, with the answers.
    begins: f64,
    /// `gavel.results.*`, with what the broker says to each, and the coordinator's word that it has it.
    results: f64,
    /// That a task is done, or being done.
    acknowledgements: f64,
    /// `gavel.beat.*`.
    beats: f64,
    /// `$JS.API.DIRECT.GET`, with what is fetched by it.
    fetches: f64,
    /// `gavel.in.*` and `gavel.out.*`, with what the broker says to each.
    sends: f64,
    /// Strikes, and the known programs: each a task, with what comes of it.
    rest: f64,
}

impl Load {
    /// What a cluster of so many nodes, of so many pools each, sends at this rate.
    fn of(nodes: usize, pools: f64, seen: &Seen) -> Self {
        let (nodes, tasks) = (f64::from(u32::try_from(nodes).unwrap()), seen.tasks_per_second);
        let idle = nodes * pools / EXPIRES.as_secs_f64();
        Self {
            tasks: 2.0 * tasks,
            pulls: tasks + 2.0 * idle,
            begins: 2.0 * tasks,
            results: 3.0 * tasks,
            acknowledgements: tasks + seen.signs_per_second,
            beats: nodes / EVERY.as_secs_f64(),
            fetches: 2.0 * seen.fetched_per_second,
            sends: 2.0 * seen.sent_per_second,
            rest: 2.0 * OUT_OF_TIME * seen.submissions_per_second + A_TRIAL * nodes / TRIED_EVERY,
        }
    }

    fn all(&self) -> f64 {
        let work = self.tasks + self.pulls + self.begins + self.results + self.acknowledgements;
        work + self.beats + self.fetches + self.sends + self.rest
    }
}

/// What a broker of one server was seen to take of messages that it keeps, at the least.
const OF_ONE_BROKER: f64 = 25_000.0;
/// A pool is a runtime or a toolchain.
const POOLS: f64 = 12.0;

/// Bytes of a compiled program: one of C++ is linked with all that it needs.
const PROGRAM: u64 = 2300 * 1024;
/// Bytes that a node's line has each second: it is one of a Gbit. That of the broker has no bound here; what it would need is told.
const LINE: f64 = 119.0 * 1024.0 * 1024.0;
/// Bytes of a test in its task's message, beside what goes along.
const A_TEST: u64 = 1200;
/// Problems of a contest.
const PROBLEMS: u64 = 12;
/// Of its submissions so many run out of time, which is a strike.
const OUT_OF_TIME: f64 = 0.05;
/// Seconds after which a node has the known programs again, and the messages of that: a task, two to begin it, three of results, and
/// the program.
const TRIED_EVERY: f64 = 300.0;
const A_TRIAL: f64 = 8.0;
/// Slots of a node for tests, and for compilations.
const SLOTS: usize = 4;
const COMPILERS: usize = 2;

/// Pools of tasks.
const RUNS: &str = "run";
const COMPILATIONS: &str = "toolchain-gcc";

/// Before a task begins: a pull, a question, an answer.
const LATENCY: f64 = 0.001;

/// Time in nanoseconds, so that it has an order.
fn clock(seconds: f64) -> u64 {
    u64::try_from(Duration::from_secs_f64(seconds).as_nanos()).unwrap()
}

/// A part of a task.
#[derive(Debug, Clone, Copy)]
struct Work {
    job: usize,
    /// Which test of the job; none: its compilation.
    test: Option<usize>,
    seconds: f64,
}

/// What a new test is taken to take.
const GUESS: Duration = Duration::from_millis(30);

/// A task at a node.
#[derive(Debug, Clone, Copy)]
struct Running {
    node: usize,
    job: usize,
    is_compilation: bool,
    parts: u32,
    work: f64,
    /// What its node has to fetch for it takes so long.
    fetching: f64,
    since: f64,
    /// The same at another node.
    twin: Option<u64>,
}

/// How far a submission is.
#[derive(Debug, Clone, Copy, Default)]
struct Course {
    /// What it has waited, its compilation not counted, once its first test has begun.
    waited: Option<f64>,
    /// How long its compilation took, once that has begun.
    compilation: f64,
    /// Tests that are not done.
    left: usize,
}

/// What has gone over the broker.
#[derive(Debug, Default)]
struct Contents {
    /// Programs and inputs that nodes have by now.
    at_nodes: HashSet<(usize, u64)>,
    /// Inputs that the broker has.
    at_broker: HashSet<u64>,
    fetched: u64,
    sent: u64,
    bytes: u64,
}

impl Contents {
    /// A node fetches a content, unless it has it: no cache is full in ten minutes. Returns how long that takes.
    fn fetch(&mut self, node: usize, name: u64, size: u64) -> f64 {
        if !self.at_nodes.insert((node, name)) {
            return 0.0;
        }
        self.fetched += chunks(size);
        self.bytes += size;
        size as f64 / LINE
    }

    /// A program is sent by the node that has compiled it, fetched by the coordinator, and sent to the others. Those who compile have
    /// it.
    fn compiled(&mut self, node: usize, job: usize) {
        self.at_nodes.insert((node, program(job)));
        (self.sent, self.fetched) = (self.sent + 2 * chunks(PROGRAM), self.fetched + chunks(PROGRAM));
        self.bytes += PROGRAM;
    }

    /// A test is run: what it reads goes along where it is small. Returns how long it takes to fetch that where it is not.
    fn run(&mut self, node: usize, (job, test): (&Job, usize)) -> f64 {
        let (name, size) = input(job.problem, test);
        self.bytes += A_TEST;
        if size <= SMALL as u64 {
            self.bytes += size * 4 / 3;
            return 0.0;
        }
        if self.at_broker.insert(name) {
            self.sent += chunks(size);
        }
        self.fetch(node, name, size)
    }
}

fn chunks(size: u64) -> u64 {
    size.div_ceil(CHUNK as u64)
}

/// The name of a job's program.
fn program(job: usize) -> u64 {
    u64::MAX - job as u64
}

/// The name of what a problem's test reads, and its size: few are large.
fn input(problem: u64, test: usize) -> (u64, u64) {
    let name = problem * 1000 + test as u64;
    let kib = Dice(name).heavy(0.2, 0.5, 8192.0);
    (name, clock(kib * 1024.0) / 1_000_000_000)
}

/// What has happened by some time.
struct Run<'a> {
    jobs: &'a [Job],
    /// The next of them that comes.
    next: usize,
    courses: Vec<Course>,
    /// Those that have come and are not begun, as there are too many.
    waiting: VecDeque<usize>,
    /// How many may be judged at one time, how many are, and were.
    most: usize,
    at_work: usize,
    most_at_work: usize,
    contents: Contents,
    line: Line<Work>,
    /// When tasks end, with their numbers.
    ends: BinaryHeap<Reverse<(u64, u64)>>,
    now: f64,
    /// Seconds of slots, in all.
    busy: f64,
    tasks: u32,
    signs: f64,
}

impl<'a> Run<'a> {
    fn of(jobs: &'a [Job], most: usize) -> Self {
        let courses = jobs.iter().map(|job| Course { left: job.tests.len(), ..Course::default() }).collect();
        Self {
            jobs,
            next: 0,
            courses,
            waiting: VecDeque::new(),
            most,
            at_work: 0,
            most_at_work: 0,
            contents: Contents::default(),
            line: Line::default(),
            ends: BinaryHeap::new(),
            now: 0.0,
            busy: 0.0,
            tasks: 0,
            signs: 0.0,
        }
    }

    /// Submissions that have come are begun, as far as they may be.
    fn begin(&mut self, is_new: bool) {
        while self.at_work < self.most
            && let Some(job) = self.waiting.pop_front()
        {
            self.at_work += 1;
            self.most_at_work = self.most_at_work.max(self.at_work);
            let work = self.jobs[job].compilation.map(|seconds| Work { job, test: None, seconds });
            match work {
                Some(work) => enter_compilation(&mut self.line, &self.jobs[job], work),
                None => enter(&mut self.line, job, &self.jobs[job], is_new),
            }
        }
    }

    /// A task has ended.
    fn end(&mut self, done: &Running, is_new: bool) {
        if done.is_compilation {
            self.contents.compiled(done.node, done.job);
            return enter(&mut self.line, done.job, &self.jobs[done.job], is_new);
        }
        let course = &mut self.courses[done.job];
        course.left -= done.parts as usize;
        self.at_work -= usize::from(course.left == 0);
    }

    /// A task of a job begins, which takes so long. Returns its number.
    fn note(&mut self, running: &Running, took: f64) -> u64 {
        let (course, came) = (&mut self.courses[running.job], self.jobs[running.job].at);
        if running.is_compilation {
            course.compilation = took;
        } else {
            course.waited.get_or_insert(self.now - came - course.compilation);
            self.busy += took;
        }
        self.signs += (took / PROGRESS_EVERY.as_secs_f64()).floor();
        self.tasks += 1;
        let task = u64::from(self.tasks);
        self.ends.push(Reverse((clock(self.now + took), task)));
        task
    }

    /// What came of it, on so many slots.
    fn seen(self, slots: usize) -> Seen {
        let mut delays: Vec<f64> = self.courses.iter().map(|course| course.waited.unwrap()).collect();
        delays.sort_by(f64::total_cmp);
        let number = |count: u64| f64::from(u32::try_from(count).unwrap());
        let slots = number(slots as u64);
        let Contents { fetched, sent, bytes, .. } = self.contents;
        Seen {
            makespan: self.now,
            delay_p99: delays[delays.len() * 99 / 100],
            at_work: self.most_at_work,
            utilisation: self.busy / (self.now * slots),
            tasks_per_second: f64::from(self.tasks) / self.now,
            signs_per_second: self.signs / self.now,
            submissions_per_second: number(self.jobs.len() as u64) / self.now,
            fetched_per_second: number(fetched) / self.now,
            sent_per_second: number(sent) / self.now,
            mib_per_second: number(bytes >> 20) / self.now,
        }
    }
}

struct Cluster {
    speeds: Vec<f64>,
    credits: usize,
    dispatch: Dispatch,
    /// Submissions that the coordinator judges at one time.
    at_work: usize,
    /// Free slots for compilations.
    compilers: VecDeque<usize>,
    /// Free slots: their nodes, in the order in which they asked.
    free: VecDeque<usize>,
    /// What waits for one node, where turns are taken.
    own: Vec<VecDeque<Running>>,
    idle: Vec<usize>,
    turns: Turns<usize>,
    paces: Vec<Pace>,
    /// Nobody has run these tests before.
    is_new: bool,
    /// Quick nodes that have nothing to do are at what slow ones are at. Of thousands of nodes somebody would be looked for all the
    /// time.
    has_twins: bool,
    running: BTreeMap<u64, Running>,
    /// From which paces count.
    began: Instant,
}

impl Cluster {
    fn new(speeds: &[f64], credits: usize, dispatch: Dispatch) -> Self {
        let free = (0..credits).flat_map(|_| 0..speeds.len()).collect();
        let own = speeds.iter().map(|_| VecDeque::new()).collect();
        let (idle, paces) = (vec![credits; speeds.len()], vec![Pace::default(); speeds.len()]);
        let (turns, began) = (Turns::default(), Instant::now());
        let (is_new, has_twins, running) = (false, speeds.len() < 10, BTreeMap::new());
        Self {
            speeds: speeds.to_vec(),
            credits,
            dispatch,
            at_work: usize::MAX,
            compilers: (0..COMPILERS).flat_map(|_| 0..speeds.len()).collect(),
            free,
            own,
            idle,
            turns,
            paces,
            is_new,
            has_twins,
            running,
            began,
        }
    }

    /// Whose tests nobody has run.
    fn new_to_all(self) -> Self {
        Self { is_new: true, ..self }
    }

    /// Whose coordinator judges no more than so many submissions at one time.
    fn judging(self, at_work: usize) -> Self {
        Self { at_work, ..self }
    }

    /// Whose turn it is.
    fn turn(&mut self, weights: Weights, now: f64) -> usize {
        let now = self.began + Duration::from_secs_f64(now);
        let weight = |node: usize| match weights {
            Weights::Alike => 1.0,
            Weights::True => self.speeds[node],
            Weights::Measured => self.paces[node].factor(now).unwrap_or(1.0),
        };
        let weights = (0..self.speeds.len()).map(|node| (node, weight(node))).collect();
        self.turns.next(&weights, |_| true).unwrap()
    }

    /// A node has done so much work in so much time.
    fn note(&mut self, node: usize, work: f64, now: f64) {
        let [expected, took] = [work, work / self.speeds[node]].map(Duration::from_secs_f64);
        self.paces[node].note(expected, took, self.began + Duration::from_secs_f64(now));
    }

    fn run(mut self, jobs: &[Job]) -> Seen {
        let mut run = Run::of(jobs, self.at_work);
        while self.passes(&mut run) {
            self.begins(&mut run);
        }
        run.seen(self.credits * self.speeds.len())
    }

    /// The next submission comes, or the next task ends. False where neither is left.
    fn passes(&mut self, run: &mut Run<'_>) -> bool {
        let end = run.ends.peek().map(|Reverse((at, ..))| *at);
        let arrival = run.jobs.get(run.next).map(|job| clock(job.at));
        if let Some(at) = arrival
            && end.is_none_or(|end| at <= end)
        {
            run.now = run.jobs[run.next].at;
            run.waiting.push_back(run.next);
            run.next += 1;
            run.begin(self.is_new);
            return true;
        }
        let Some(Reverse((at, task))) = run.ends.pop() else { return false };
        // The other of two may have ended before.
        if let Some(done) = self.running.remove(&task) {
            run.now = Duration::from_nanos(at).as_secs_f64();
            self.end(done, run);
        }
        true
    }

    fn end(&mut self, done: Running, run: &mut Run<'_>) {
        if self.dispatch == Dispatch::Turns(Weights::Measured) {
            self.note(done.node, done.work, run.now);
        }
        if self.is_new {
            let took = Duration::from_secs_f64(done.work);
            run.line.learn(Uuid::from_u128(done.job as u128), GUESS * done.parts, took);
        }
        run.end(&done, self.is_new);
        run.begin(self.is_new);
        if done.is_compilation {
            return self.compilers.push_back(done.node);
        }
        let twin = done.twin.and_then(|twin| self.running.remove(&twin));
        for one in [Some(done), twin].into_iter().flatten() {
            self.free.push_back(one.node);
            self.idle[one.node] += 1;
        }
    }

    /// What can begin does.
    fn begins(&mut self, run: &mut Run<'_>) {
        let mut begins = self.handed_out(run, self.credits * self.speeds.len());
        if self.has_twins && self.dispatch == Dispatch::Pulled && run.line.is_empty() {
            begins.extend(self.twins(run.now));
        }
        for running in begins {
            let took = LATENCY + running.fetching + running.work / self.speeds[running.node];
            let task = run.note(&running, took);
            if let Some(first) = running.twin.and_then(|twin| self.running.get_mut(&twin)) {
                first.twin = Some(task);
            }
            self.running.insert(task, Running { since: run.now, ..running });
        }
    }

    /// What slow nodes have been at for a moment, for quick ones that have nothing to do.
    fn twins(&mut self, now: f64) -> Vec<Running> {
        let mut begins = Vec::new();
        while let Some((place, node)) = self
            .free
            .iter()
            .copied()
            .enumerate()
            .max_by(|one, other| self.speeds[one.1].total_cmp(&self.speeds[other.1]))
        {
            let is_slow = |one: &Running| self.speeds[one.node] * QUICKER < self.speeds[node];
            let is_taken = |task: u64| begins.iter().any(|begun: &Running| begun.twin == Some(task));
            let slow = self.running.iter().find(|(task, one)| {
                one.twin.is_none()
                    && !one.is_compilation
                    && now - one.since > SLOW_AFTER.as_secs_f64()
                    && is_slow(one)
                    && !is_taken(**task)
            });
            let Some((task, slow)) = slow else { break };
            begins.push(Running { node, twin: Some(*task), ..*slow });
            self.free.remove(place);
            self.idle[node] -= 1;
        }
        begins
    }

    /// What begins now, and where.
    fn handed_out(&mut self, run: &mut Run<'_>, slots: usize) -> Vec<Running> {
        let mut begins = Vec::new();
        match self.dispatch {
            Dispatch::Pulled => {
                while let Some(next) = self.pulled(run, slots) {
                    begins.push(next);
                }
            }
            Dispatch::Turns(weights) => {
                while let Some((_, parts)) = run.line.pop(|_| Some(slots)) {
                    let node = self.turn(weights, run.now);
                    self.own[node].push_back(running(node, &parts));
                }
                for node in 0..self.own.len() {
                    while self.idle[node] > 0
                        && let Some(next) = self.own[node].pop_front()
                    {
                        self.idle[node] -= 1;
                        begins.push(next);
                    }
                }
            }
        }
        begins
    }
}

impl Cluster {
    /// The next task, for the node that has asked for such first; it fetches what it has not got.
    fn pulled(&mut self, run: &mut Run<'_>, slots: usize) -> Option<Running> {
        if self.free.is_empty() && self.compilers.is_empty() {
            return None;
        }
        let (compilers, free) = (COMPILERS * self.speeds.len(), !self.free.is_empty());
        let credits = |needs: &Needs| match &*needs.pool {
            COMPILATIONS => (!self.compilers.is_empty()).then_some(compilers),
            _ => free.then_some(slots),
        };
        let (_, parts) = run.line.pop(credits)?;
        if parts[0].test.is_none() {
            return Some(running(self.compilers.pop_front()?, &parts));
        }
        let node = self.free.pop_front()?;
        self.idle[node] -= 1;
        let job = &run.jobs[parts[0].job];
        let mut next = running(node, &parts);
        if job.compilation.is_some() {
            let tests = parts.iter().filter_map(|part| part.test);
            next.fetching = run.contents.fetch(node, program(next.job), PROGRAM);
            next.fetching += tests.map(|test| run.contents.run(node, (job, test))).sum::<f64>();
        }
        Some(next)
    }
}

fn running(node: usize, all: &[Work]) -> Running {
    let (parts, work) = (u32::try_from(all.len()).unwrap(), all.iter().map(|part| part.seconds).sum());
    let (job, is_compilation) = (all[0].job, all[0].test.is_none());
    Running { node, job, is_compilation, parts, work, fetching: 0.0, since: 0.0, twin: None }
}

fn user(job: &Job) -> Option<String> {
    Some(format!("user-{}", job.user))
}

fn enter_compilation(line: &mut Line<Work>, job: &Job, what: Work) {
    let expected = Length { time: Duration::from_secs(10), is_seen: false };
    let (user, needs) = (user(job), Needs::pool(COMPILATIONS));
    line.push(Item { user, together: None, needs, expected, bytes: 2000, what });
}

fn enter(line: &mut Line<Work>, number: usize, job: &Job, is_new: bool) {
    for (test, seconds) in job.tests.iter().enumerate() {
        line.push(Item {
            user: user(job),
            together: Some(Uuid::from_u128(number as u128)),
            needs: Needs::pool(RUNS),
            expected: match is_new.then_some(GUESS) {
                Some(time) => Length { time, is_seen: false },
                None => Length { time: Duration::from_secs_f64(*seconds), is_seen: true },
            },
            bytes: 300,
            what: Work { job: number, test: Some(test), seconds: *seconds },
        });
    }
}

/// 400 tests of uneven length, of one submission.
fn uneven() -> Vec<Job> {
    let mut dice = Dice(7);
    let tests = (0..400).map(|_| dice.heavy(0.02, 1.5, 1.0)).collect();
    vec![Job { at: 0.0, user: 0, compilation: None, problem: 0, tests }]
}

/// A contest's peak: so many submissions within ten minutes, of heavy-tailed tests.
fn peak(submissions: u32, minutes: f64) -> Vec<Job> {
    let mut dice = Dice(11);
    let mut at = 0.0;
    let gap = minutes * 60.0 / f64::from(submissions);
    let job = |_| {
        at += -(1.0 - dice.share()).max(1e-9).ln() * gap;
        let tests = dice.heavy(8.0, 1.3, 200.0).round();
        let scale = dice.heavy(0.02, 1.6, 0.5);
        let tests = (0..clock(tests) / 1_000_000_000).map(|_| scale * (0.5 + dice.share())).collect();
        let (user, problem) = (dice.next() % 4000, dice.next() % PROBLEMS);
        Job { at, user, compilation: Some(0.5 + dice.share()), problem, tests }
    };
    (0..submissions).map(job).collect()
}

/// Of ten nodes six of speed 1, three of a half, one of a quarter.
fn mixed(nodes: usize) -> Vec<f64> {
    (0..nodes).map(|number| [1.0, 1.0, 0.5, 1.0, 1.0, 0.5, 1.0, 0.25, 1.0, 0.5][number % 10]).collect()
}

#[test]
fn pulled_credits_come_close_to_the_ideal_and_turns_do_not() {
    let (speeds, jobs) = ([1.0, 0.5, 0.25], uneven());
    let work: f64 = jobs[0].tests.iter().sum();
    let ideal = work / speeds.iter().sum::<f64>();
    let makespan = |dispatch| Cluster::new(&speeds, 1, dispatch).run(&jobs).makespan;
    let pulled = makespan(Dispatch::Pulled);
    let new = Cluster::new(&speeds, 1, Dispatch::Pulled).new_to_all().run(&jobs).makespan;
    let weighted = makespan(Dispatch::Turns(Weights::True));
    let plain = makespan(Dispatch::Turns(Weights::Alike));
    eprintln!(
        "400 tests: ideal {ideal:.2} s, pulled {pulled:.2} s, new ones {new:.2} s, by weight {weighted:.2} s, in turns {plain:.2} s"
    );
    assert!(pulled <= 1.10 * ideal, "{pulled} of {ideal}");
    assert!(new <= 1.10 * ideal, "where nobody knows how long they take: {new} of {ideal}");
    assert!(pulled <= 0.9 * plain, "{pulled} of {plain}");
    assert!(pulled <= weighted, "{pulled} of {weighted}");
}

#[test]
fn weights_that_follow_what_was_seen_come_close_to_the_true_ones() {
    const AGAIN: f64 = 60.0;
    let speeds = [1.0, 0.5, 0.25];
    let mut jobs = uneven();
    jobs.push(Job { at: AGAIN, ..uneven().remove(0) });
    let second = |weights| Cluster::new(&speeds, 1, Dispatch::Turns(weights)).run(&jobs).makespan - AGAIN;
    let [plain, measured, right] = [Weights::Alike, Weights::Measured, Weights::True].map(second);
    eprintln!(
        "400 tests once more: in turns {plain:.2} s, by what was seen {measured:.2} s, by weight {right:.2} s"
    );
    assert!(measured <= 1.1 * right && measured <= 0.6 * plain, "{measured} of {right} and {plain}");
}

/// So many submissions a second as in a peak of a hundred thousand in ten minutes.
const A_SECOND: f64 = 100_000.0 / 600.0;

/// What a peak of so many submissions does to clusters of so many nodes, whose coordinator judges so many submissions at one time.
fn peaks(submissions: u32, clusters: &[(usize, usize)]) -> Vec<(Seen, Load)> {
    let jobs = peak(submissions, f64::from(submissions) / A_SECOND / 60.0);
    let work: f64 = jobs.iter().flat_map(|job| &job.tests).sum();
    eprintln!("{} tests, {work:.0} s of work", jobs.iter().map(|job| job.tests.len()).sum::<usize>());
    let judged = |(nodes, at_work): &(usize, usize)| {
        let cluster = Cluster::new(&mixed(*nodes), SLOTS, Dispatch::Pulled).judging(*at_work);
        let seen = cluster.run(&jobs);
        let load = Load::of(*nodes, POOLS, &seen);
        eprintln!("{nodes} nodes, {at_work}: {seen:.4?}\n  {load:.0?}, {:.0} in all", load.all());
        (seen, load)
    };
    clusters.iter().map(judged).collect()
}

/// As many submissions at one time as a coordinator judges by itself, and as many as such a peak takes.
fn usual() -> usize {
    usize::try_from(Config::default().cluster.submissions).unwrap()
}
const ENOUGH: usize = 1024;

/// The table of docs/cluster.md, of ten seconds of a peak: how many nodes there are, and submissions at one time; for how many seconds
/// 99 of 100 wait at most, how many of a hundred slots are in use, and, each second, the tasks, the messages and the MiB that the broker
/// hands out.
const DOCUMENTED: [((usize, usize), [f64; 5]); 3] = [
    ((10_000, ENOUGH), [0.0, 0.67, 2820.0, 103_900.0, 6530.0]),
    ((10_000, 256), [2.02, 0.59, 2480.0, 94_000.0, 5750.0]),
    ((40, 256), [16.5, 66.5, 1390.0, 31_000.0, 2010.0]),
];

/// Within a hundredth: so much is a figure worth.
fn is_about(seen: f64, documented: f64) -> bool {
    (seen - documented).abs() <= 0.01 * documented.max(1.0)
}

#[test]
fn a_contests_peak_is_served_while_there_is_room_and_waits_when_there_is_none() {
    assert_eq!(DOCUMENTED[1].0.1, usual());
    let all = peaks(1_667, &DOCUMENTED.map(|(cluster, _)| cluster));
    for ((seen, load), (cluster, documented)) in all.iter().zip(DOCUMENTED) {
        let delay = seen.delay_p99;
        let figures =
            [delay, 100.0 * seen.utilisation, seen.tasks_per_second, load.all(), seen.mib_per_second];
        let is_right = figures.iter().zip(documented).all(|(seen, documented)| is_about(*seen, documented));
        assert!(is_right, "of {cluster:?} {documented:?} are documented, and there are {figures:?}");
    }
    let [(large, load), _, (_, of_small)] = &all[..] else { panic!("three clusters") };
    assert!(large.at_work > usual(), "nobody waits where so many may be judged: {large:?}");
    // What breaks first is the broker, by what nodes fetch of it, and long before it is that they have nothing to do.
    assert!(
        load.fetches > 0.5 * load.all() && of_small.fetches > 0.5 * of_small.all(),
        "{load:?} {of_small:?}"
    );
    let idle = load.pulls - large.tasks_per_second + load.beats;
    assert!(idle < OF_ONE_BROKER, "to be there costs less than to work: {load:?}");
}

/// The whole of it: `cargo test --release -p gavel-server --lib -- --ignored --nocapture simulation`.
#[test]
#[ignore = "takes minutes without optimisation"]
fn ten_minutes_of_a_contests_peak() {
    for (seen, load) in peaks(100_000, &[10_000, 1_000, 300, 200].map(|nodes| (nodes, ENOUGH))) {
        assert!(seen.delay_p99 <= 0.1 && seen.utilisation <= 0.6, "there is room: {seen:?}");
        assert!(seen.submissions_per_second >= 0.98 * A_SECOND, "they are judged as they come: {seen:?}");
        // No more than in ten seconds, since nodes have some of the inputs by then.
        let fetched = seen.fetched_per_second / seen.submissions_per_second;
        assert!(fetched <= 240.0 && load.fetches > 0.5 * load.all(), "{fetched} {load:?}");
    }
}

#[test]
fn the_same_comes_out_each_time() {
    let seen = || format!("{:?}", Cluster::new(&mixed(10), 2, Dispatch::Pulled).run(&peak(200, 1.0)));
    assert_eq!(seen(), seen());
}

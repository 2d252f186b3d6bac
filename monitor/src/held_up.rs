//! Time on the clock that is not a program's own: it was ready to run, and others than itself had the cores.

use std::collections::BTreeMap;
use std::time::Duration;

use gavel_protocol::Limits;

/// How long each thread of a run has waited for a core, by its id.
pub(crate) type Waits = BTreeMap<i32, Duration>;

/// What the scheduler tells of each thread that is ready to run or runs.
pub(crate) type Ready = BTreeMap<i32, String>;

/// What a run had up to a moment.
#[derive(Debug)]
pub(crate) struct Seen {
    /// By the clock.
    pub(crate) elapsed: Duration,
    /// CPU time of all its processes.
    pub(crate) cpu: Duration,
    /// Of those that live.
    pub(crate) waits: Waits,
}

/// What is to become of a run whose time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    /// It has time left.
    GoOn,
    /// It has had all of its time.
    Over,
    /// It has not, and may be waited for no longer.
    TooBusy,
}

/// What becomes of a run that has had no core for so long that it is waited for no longer, though it has time left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoCore {
    /// Nothing is said of it, so that the server tries again elsewhere.
    IsNoEnd,
    /// It is out of time, for whoever cannot try again: other judges say so as soon as it has taken its limit by the clock.
    IsOutOfTime,
}

/// How long a run was held up. What waited is told by threads that live, and when they run again, so a run that lasts is looked at now
/// and then: what a process has waited is not forgotten with it, as of a compiler whose passes are processes.
#[derive(Debug)]
pub(crate) struct HeldUp {
    limit: Duration,
    most: Duration,
    no_core: NoCore,
    waits: Waits,
    next_look: Duration,
    total: Duration,
    granted: Duration,
    /// Since a thread may be waiting at this moment.
    doubt: Option<Doubt>,
}

#[derive(Debug)]
struct Doubt {
    until: Duration,
    ready: Ready,
}

impl HeldUp {
    /// Of a run with these limits.
    pub(crate) fn new(limits: &Limits, no_core: NoCore) -> Self {
        let (limit, most) = (limits.wall_time, limits.most_held_up());
        let waits = Waits::new();
        let mut new = Self {
            limit,
            most,
            no_core,
            waits,
            next_look: Duration::ZERO,
            total: Duration::ZERO,
            granted: Duration::ZERO,
            doubt: None,
        };
        new.next_look = new.look_after(Duration::ZERO);
        new
    }

    /// What of it does not count: the run was given so much more time.
    pub(crate) fn granted(&self) -> Duration {
        self.granted
    }

    /// When a decision is due, by the time since the run began.
    pub(crate) fn deadline(&self) -> Duration {
        let due = self.limit.saturating_add(self.granted);
        self.doubt.as_ref().map_or(due, |doubt| doubt.until).min(self.longest())
    }

    /// When it is to be looked at, at the latest.
    pub(crate) fn next_look(&self) -> Duration {
        self.next_look.min(self.deadline())
    }

    fn longest(&self) -> Duration {
        self.limit.saturating_add(self.most)
    }

    fn look_after(&self, elapsed: Duration) -> Duration {
        match self.most {
            Duration::ZERO => Duration::MAX,
            _ => elapsed.saturating_add((self.limit / LOOKS).max(LOOK)),
        }
    }

    /// Takes note of what was seen.
    pub(crate) fn look(&mut self, seen: Seen) {
        self.next_look = self.look_after(seen.elapsed);
        let longest = seen.waits.iter().map(|(thread, waited)| self.more_of(*thread, *waited)).max();
        // Threads that wait for each other are not kept waiting by others.
        let idle = seen.elapsed.saturating_sub(seen.cpu);
        self.total = self.total.saturating_add(longest.unwrap_or_default()).min(idle);
        self.waits = seen.waits;
    }

    /// What a thread has waited since it was looked at last. One that has waited less since is another with its id.
    fn more_of(&self, thread: i32, waited: Duration) -> Duration {
        self.waits.get(&thread).and_then(|before| waited.checked_sub(*before)).unwrap_or(waited)
    }

    /// Decides at the deadline, on what was seen just now.
    pub(crate) fn decide(&mut self, elapsed: Duration, ready: impl FnOnce() -> Ready) -> Decision {
        let left = self.limit.saturating_sub(elapsed.saturating_sub(self.total));
        let is_too_long = elapsed >= self.longest();
        match (left >= WORTH, is_too_long || self.most.is_zero()) {
            (true, true) if self.no_core == NoCore::IsNoEnd => Decision::TooBusy,
            (true, true) => {
                // What is told to be out of time is told to have had it.
                self.granted = self.granted.min(elapsed.saturating_sub(self.limit));
                Decision::Over
            }
            (true, false) => {
                (self.granted, self.doubt) = (self.total, None);
                Decision::GoOn
            }
            (false, true) => Decision::Over,
            (false, false) => self.doubted(elapsed, ready()),
        }
    }

    /// That a thread waits is told once it runs. One that is ready is looked at twice: if it has neither run nor been given a core in
    /// between, it waits.
    fn doubted(&mut self, elapsed: Duration, ready: Ready) -> Decision {
        let waits = match self.doubt.take() {
            None => !ready.is_empty(),
            Some(before) => ready.iter().any(|(thread, told)| before.ready.get(thread) == Some(told)),
        };
        if !waits {
            return Decision::Over;
        }
        self.doubt = Some(Doubt { until: elapsed + LOOK, ready });
        Decision::GoOn
    }
}

/// What is left of a run's time must be worth waking up for.
const WORTH: Duration = Duration::from_millis(4);

/// A run is looked at so often within its limit on the clock, …
const LOOKS: u32 = 64;

/// … and no more often than this: the scheduler notes at its ticks, of 10 ms at most, that a thread has run.
const LOOK: Duration = Duration::from_millis(12);

#[cfg(test)]
mod tests {
    use gavel_protocol::CpuRate;

    use super::*;

    const LIMIT: u64 = 1000;

    fn held_up() -> HeldUp {
        let wall_time = ms(LIMIT);
        HeldUp::new(&Limits { wall_time, ..Limits::NOTHING }, NoCore::IsNoEnd)
    }

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    fn seen<const N: usize>(elapsed: u64, cpu: u64, waits: [(i32, u64); N]) -> Seen {
        let waits = waits.map(|(thread, waited)| (thread, ms(waited))).into();
        Seen { elapsed: ms(elapsed), cpu: ms(cpu), waits }
    }

    /// Looks, and decides where no thread is ready.
    fn decide<const N: usize>(run: &mut HeldUp, elapsed: u64, cpu: u64, waits: [(i32, u64); N]) -> Decision {
        run.look(seen(elapsed, cpu, waits));
        run.decide(ms(elapsed), Ready::new)
    }

    #[test]
    fn what_it_has_waited_is_granted_and_no_more() {
        let mut run = held_up();
        assert_eq!(decide(&mut run, 1000, 300, [(7, 700)]), Decision::GoOn);
        assert_eq!((run.granted(), run.deadline()), (ms(700), ms(1700)));
        assert_eq!(decide(&mut run, 1700, 1000, [(7, 700)]), Decision::Over);
        assert_eq!(run.granted(), ms(700));
        assert_eq!(decide(&mut held_up(), 1000, 10, [(7, 3)]), Decision::Over, "not worth it");
    }

    #[test]
    fn who_has_not_had_its_time_when_it_may_be_waited_for_no_longer_is_not_over() {
        let mut run = held_up();
        let longest = LIMIT * u64::from(1 + Limits::MOST_HELD_UP);
        let at_last = longest - 100;
        assert_eq!(decide(&mut run, at_last, 100, [(7, at_last - 100)]), Decision::GoOn);
        assert_eq!(run.deadline(), ms(longest));
        assert_eq!(decide(&mut run, longest, 200, [(7, longest - 200)]), Decision::TooBusy);
        assert_eq!(decide(&mut run, longest, 200, [(7, longest - 200)]), Decision::TooBusy);
        let limits = Limits { wall_time: ms(LIMIT), ..Limits::NOTHING };
        let mut command = HeldUp::new(&limits, NoCore::IsOutOfTime);
        assert_eq!(decide(&mut command, at_last, 100, [(7, at_last - 100)]), Decision::GoOn);
        assert_eq!(decide(&mut command, longest, 200, [(7, longest - 200)]), Decision::Over);
        assert_eq!(command.granted(), ms(longest - LIMIT), "it is told to have had its time");
        let mut spent = held_up();
        assert_eq!(decide(&mut spent, longest, LIMIT, [(7, longest - LIMIT)]), Decision::Over);
    }

    #[test]
    fn what_processes_have_waited_that_are_gone_counts() {
        let mut run = held_up();
        run.look(seen(300, 30, [(1, 0), (2, 250)]));
        run.look(seen(600, 60, [(1, 0), (3, 260)]));
        assert_eq!(decide(&mut run, 1000, 100, [(1, 0)]), Decision::GoOn);
        assert_eq!(run.granted(), ms(510));
    }

    #[test]
    fn threads_that_wait_side_by_side_or_for_each_other_are_held_up_once() {
        let mut run = held_up();
        run.look(seen(400, 100, [(1, 300), (2, 250)]));
        assert_eq!(decide(&mut run, 1000, 400, [(1, 500), (2, 500)]), Decision::GoOn);
        assert_eq!(run.granted(), ms(550));
        assert_eq!(decide(&mut held_up(), 1000, 1000, [(1, 500), (2, 500)]), Decision::Over);
    }

    #[test]
    fn another_with_the_same_id_has_waited_for_itself() {
        let mut run = held_up();
        run.look(seen(400, 10, [(5, 300)]));
        run.look(seen(800, 20, [(5, 200)]));
        assert_eq!(decide(&mut run, 1000, 30, [(5, 200)]), Decision::GoOn);
        assert_eq!(run.granted(), ms(500));
    }

    #[test]
    fn who_waits_at_the_deadline_is_waited_for_until_it_has_run() {
        let told = |figures: &str| Ready::from([(7, figures.to_owned())]);
        let mut run = held_up();
        run.look(seen(1000, 100, [(7, 0)]));
        assert_eq!(run.decide(ms(1000), || told("100 0 1")), Decision::GoOn);
        let looked_at = ms(1000) + LOOK;
        assert_eq!((run.deadline(), run.granted()), (looked_at, Duration::ZERO));
        assert_eq!(run.decide(looked_at, || told("100 0 1")), Decision::GoOn, "still waiting");
        // Now it runs, and what it has waited is known.
        run.look(seen(1100, 101, [(7, 900)]));
        assert_eq!(run.decide(ms(1100), || told("101 900 2")), Decision::GoOn);
        assert_eq!((run.granted(), run.deadline()), (ms(900), ms(1900)));
    }

    #[test]
    fn who_runs_at_the_deadline_has_had_its_time() {
        let told = |figures: &str| Ready::from([(7, figures.to_owned())]);
        let mut run = held_up();
        run.look(seen(1000, 990, [(7, 0)]));
        assert_eq!(run.decide(ms(1000), || told("990 0 1")), Decision::GoOn);
        assert_eq!(run.decide(ms(1000) + LOOK, || told("1002 0 1")), Decision::Over);
    }

    #[test]
    fn where_the_rate_is_bounded_nothing_is_looked_at_or_granted() {
        let cpu_rate = Some(CpuRate { thousandths: 500, period: ms(100) });
        let mut run =
            HeldUp::new(&Limits { wall_time: ms(LIMIT), cpu_rate, ..Limits::NOTHING }, NoCore::IsNoEnd);
        assert_eq!((run.next_look(), run.deadline()), (ms(LIMIT), ms(LIMIT)));
        assert_eq!(run.decide(ms(LIMIT), || panic!("nobody asks")), Decision::Over);
    }

    #[test]
    fn a_run_is_looked_at_now_and_then() {
        let mut run = held_up();
        let first = run.next_look();
        assert_eq!(first, ms(LIMIT) / LOOKS);
        run.look(seen(100, 10, []));
        assert_eq!(run.next_look(), ms(100) + first);
        run.look(seen(995, 10, []));
        assert_eq!(run.next_look(), run.deadline());
    }
}

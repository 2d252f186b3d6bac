//! The sandboxes of one profile: who has one, who waits for one, who may have which.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use gavel_protocol::CgroupTier;
use tokio::sync::oneshot;

use super::lease::LeasedSandbox;
use crate::sandbox::SandboxError;
use crate::sandbox::member::{RetireReason, Sandbox};
use crate::slots::Profile;
use crate::submission::Isolation;

/// When a sandbox is retired.
#[derive(Debug, Clone, Copy)]
pub(super) struct Policy {
    pub(super) max_runs: u32,
    pub(super) max_age: Duration,
    /// Every sandbox serves once.
    pub(super) single_use: bool,
}

/// Where a profile's sandboxes stand.
#[derive(Debug, Clone)]
pub struct ShelfStatus {
    /// What they are for.
    pub profile: Profile,
    /// Slots.
    pub total: usize,
    /// Warm and waiting.
    pub idle: usize,
    /// In somebody's hands.
    pub leased: usize,
    /// Being made, or waiting to be.
    pub starting: usize,
    /// Leases that are waited for.
    pub waiting: usize,
    /// Why the last attempt to make one failed; none once one has succeeded.
    pub last_error: Option<String>,
    /// How limits are enforced, as the newest sandbox says.
    pub cgroup: Option<CgroupTier>,
    /// Sandboxes made since the server started.
    pub created: u64,
    /// Sandboxes retired since the server started, by reason.
    pub retired: BTreeMap<RetireReason, u64>,
}

/// The sandboxes of one profile.
#[derive(Debug)]
pub(super) struct Shelf {
    profile: Profile,
    total: usize,
    policy: Policy,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The last is the one given back last: its caches are warm.
    idle: Vec<Sandbox>,
    /// In the order in which they are served: users take turns.
    waiting: VecDeque<Waiter>,
    /// The round of whoever was served last.
    round: u64,
    leased: usize,
    /// Counts recyclings: a sandbox of an earlier one is retired.
    generation: u64,
    closed: bool,
    last_error: Option<String>,
    cgroup: Option<CgroupTier>,
    /// Of the newest sandbox.
    image: Option<Arc<str>>,
    created: u64,
    retired: BTreeMap<RetireReason, u64>,
}

/// Somebody who waits for a sandbox.
#[derive(Debug)]
struct Waiter {
    /// Each user waits once a round.
    round: u64,
    isolation: Isolation,
    user: Option<String>,
    sender: oneshot::Sender<LeasedSandbox>,
}

impl Waiter {
    fn accepts(&self, sandbox: &Sandbox) -> bool {
        sandbox.history.allows(self.isolation, self.user.as_deref())
    }
}

impl Shelf {
    pub(super) fn new(profile: Profile, total: usize, policy: Policy) -> Self {
        Self { profile, total, policy, state: Mutex::default() }
    }

    /// Takes a suitable sandbox, or waits for one.
    pub(super) async fn lease(
        self: &Arc<Self>,
        isolation: Isolation,
        user: Option<&str>,
        patience: Duration,
    ) -> Result<LeasedSandbox, SandboxError> {
        let waiting = {
            let mut state = self.state();
            if state.closed {
                return Err(SandboxError::Stopping);
            }
            if let Some(sandbox) = state.pick(isolation, user) {
                return Ok(self.hand_over(&mut state, sandbox, user));
            }
            let (sender, receiver) = oneshot::channel();
            state.line_up(isolation, user, sender);
            self.make_room(&mut state);
            receiver
        };
        match tokio::time::timeout(patience, waiting).await {
            Ok(Ok(lease)) => Ok(lease),
            Ok(Err(_)) => Err(SandboxError::Stopping),
            Err(_) => Err(SandboxError::Busy { waited: patience }),
        }
    }

    /// Puts a new sandbox on the shelf.
    pub(super) fn add(self: &Arc<Self>, sandbox: Sandbox) {
        self.put(sandbox, |state, sandbox| {
            state.created += 1;
            state.cgroup = Some(sandbox.tier);
            state.image = Some(Arc::clone(&sandbox.image));
            state.last_error = None;
        });
    }

    /// Takes a sandbox back from a lease.
    pub(super) fn give_back(self: &Arc<Self>, sandbox: Sandbox) {
        self.put(sandbox, |state, _| state.leased = state.leased.saturating_sub(1));
    }

    /// Takes out the idle sandboxes that have not been heard of for so long, to be pinged and put back. What is gone,
    /// too old or out of turn is retired here.
    pub(super) fn take_silent(&self, since: Duration) -> Vec<Sandbox> {
        let mut state = self.state();
        let now = Instant::now();
        let mut aged_out = self.starting(&state) > 0;
        let (mut silent, mut idle) = (Vec::new(), Vec::new());
        for mut sandbox in std::mem::take(&mut state.idle) {
            if let Some(reason) = sandbox.idle_fault() {
                state.retire(sandbox, reason);
            } else if !aged_out && now >= sandbox.expires {
                // One at a time: the others serve while its successor is made.
                aged_out = true;
                state.retire(sandbox, RetireReason::MaxAge);
            } else if sandbox.last_heard.elapsed() >= since {
                silent.push(sandbox);
            } else {
                idle.push(sandbox);
            }
        }
        state.idle = idle;
        // Counted as leased, so that nobody thinks they are being made.
        state.leased += silent.len();
        silent
    }

    /// Puts a pinged sandbox back, or retires it.
    pub(super) fn pinged(self: &Arc<Self>, sandbox: Sandbox, result: Result<(), RetireReason>) {
        match result {
            Ok(()) => self.give_back(sandbox),
            Err(reason) => {
                let mut state = self.state();
                state.leased = state.leased.saturating_sub(1);
                state.retire(sandbox, reason);
            }
        }
    }

    /// Notes why a sandbox could not be made; true if that is news.
    pub(super) fn note_failure(&self, error: String) -> bool {
        let mut state = self.state();
        let news = state.last_error.as_ref() != Some(&error);
        state.last_error = Some(error);
        news
    }

    /// What a sandbox that is being made now belongs to.
    pub(super) fn generation(&self) -> u64 {
        self.state().generation
    }

    /// Id of the image of the newest sandbox.
    pub(super) fn image(&self) -> Option<Arc<str>> {
        self.state().image.clone()
    }

    pub(super) fn policy(&self) -> Policy {
        self.policy
    }

    pub(super) fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Retires what is idle, and has the rest retired when it comes back.
    pub(super) fn recycle(&self) -> usize {
        let mut state = self.state();
        state.generation += 1;
        let count = state.idle.len() + state.leased;
        for sandbox in std::mem::take(&mut state.idle) {
            state.retire(sandbox, RetireReason::Recycled);
        }
        count
    }

    /// Nobody gets a sandbox any more.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        state.waiting.clear();
        for sandbox in std::mem::take(&mut state.idle) {
            state.retire(sandbox, RetireReason::Stopping);
        }
    }

    pub(super) fn status(&self) -> ShelfStatus {
        let state = self.state();
        ShelfStatus {
            profile: self.profile.clone(),
            total: self.total,
            idle: state.idle.len(),
            leased: state.leased,
            starting: self.starting(&state),
            waiting: state.waiting.iter().filter(|waiter| !waiter.sender.is_closed()).count(),
            last_error: state.last_error.clone(),
            cgroup: state.cgroup,
            created: state.created,
            retired: state.retired.clone(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Slots without a sandbox: their keepers are at it.
    fn starting(&self, state: &State) -> usize {
        self.total.saturating_sub(state.idle.len() + state.leased)
    }

    /// Notes where a sandbox comes from and finds out where it goes.
    fn put(self: &Arc<Self>, mut sandbox: Sandbox, note: impl FnOnce(&mut State, &Sandbox)) {
        sandbox.channel.connection.rest();
        let unwanted = {
            let mut state = self.state();
            note(&mut state, &sandbox);
            self.offer(&mut state, sandbox)
        };
        // Whose waiter gave up this very moment comes back here by being dropped, now that the lock is free.
        drop(unwanted);
    }

    /// Finds out what becomes of a sandbox that is in nobody's hands: retired, the next waiter's, or idle.
    fn offer(self: &Arc<Self>, state: &mut State, sandbox: Sandbox) -> Option<LeasedSandbox> {
        if let Some(reason) = self.retirement(state, &sandbox) {
            state.retire(sandbox, reason);
            return None;
        }
        state.waiting.retain(|waiter| !waiter.sender.is_closed());
        let at = state.waiting.iter().position(|waiter| waiter.accepts(&sandbox));
        // Those before need a fresh one. While too few are on their way, this one makes room for another. (It is itself
        // on no list at the moment, so its slot counts as starting.)
        if at.is_some_and(|at| at >= self.starting(state).max(1)) {
            state.retire(sandbox, RetireReason::Isolation);
            return None;
        }
        let Some(waiter) = at.and_then(|at| state.waiting.remove(at)) else {
            state.idle.push(sandbox);
            self.make_room(state);
            return None;
        };
        state.round = state.round.max(waiter.round);
        let lease = self.hand_over(state, sandbox, waiter.user.as_deref());
        waiter.sender.send(lease).err()
    }

    fn retirement(&self, state: &State, sandbox: &Sandbox) -> Option<RetireReason> {
        if state.closed {
            return Some(RetireReason::Stopping);
        }
        let spent = self.policy.single_use && sandbox.runs > 0;
        sandbox
            .fault()
            .or_else(|| (sandbox.generation < state.generation).then_some(RetireReason::Recycled))
            .or_else(|| (sandbox.runs >= self.policy.max_runs).then_some(RetireReason::MaxRuns))
            .or_else(|| spent.then_some(RetireReason::Isolation))
            .or_else(|| (Instant::now() >= sandbox.expires).then_some(RetireReason::MaxAge))
    }

    /// Retires idle sandboxes that no waiter may have, as many as there are waiters for whom none is being made.
    fn make_room(&self, state: &mut State) {
        while state.waiting.len() > self.starting(state) {
            // The first is the one that has been idle longest.
            if state.idle.is_empty() {
                return;
            }
            let sandbox = state.idle.remove(0);
            state.retire(sandbox, RetireReason::Isolation);
        }
    }

    fn hand_over(
        self: &Arc<Self>,
        state: &mut State,
        mut sandbox: Sandbox,
        user: Option<&str>,
    ) -> LeasedSandbox {
        state.leased += 1;
        sandbox.history.note(user);
        LeasedSandbox::new(sandbox, Arc::clone(self))
    }
}

impl State {
    /// Puts somebody where their turn is: once a round for each user, so that who has many waiting delays another by
    /// one (start-time fair queueing, with every run of the same weight).
    fn line_up(&mut self, isolation: Isolation, user: Option<&str>, sender: oneshot::Sender<LeasedSandbox>) {
        let own = self.waiting.iter().filter(|waiter| waiter.user.as_deref() == user);
        let round = own.map(|waiter| waiter.round + 1).max().unwrap_or(self.round);
        let at = self.waiting.partition_point(|waiter| waiter.round <= round);
        self.waiting.insert(at, Waiter { round, isolation, user: user.map(str::to_owned), sender });
    }

    /// The idle sandbox that was used last, before one that nobody has used: those are for who insists on one.
    fn pick(&mut self, isolation: Isolation, user: Option<&str>) -> Option<Sandbox> {
        let allowed = |sandbox: &Sandbox| sandbox.history.allows(isolation, user);
        let used = self.idle.iter().rposition(|sandbox| sandbox.runs > 0 && allowed(sandbox));
        let at = used.or_else(|| self.idle.iter().rposition(allowed))?;
        Some(self.idle.remove(at))
    }

    /// Ends a sandbox: its connection closes, and its slot's keeper makes another.
    fn retire(&mut self, sandbox: Sandbox, reason: RetireReason) {
        tracing::info!(sandbox = sandbox.name, runs = sandbox.runs, ?reason, "retired a sandbox");
        *self.retired.entry(reason).or_default() += 1;
        drop(sandbox);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line after these users have come, when this round is being served.
    fn line(round: u64, users: &[&str]) -> Vec<String> {
        let mut state = State { round, ..State::default() };
        for user in users {
            state.line_up(Isolation::Pooled, Some(user), oneshot::channel().0);
        }
        state.waiting.into_iter().filter_map(|waiter| waiter.user).collect()
    }

    #[test]
    fn who_has_many_waiting_delays_another_by_one() {
        assert_eq!(line(0, &["a", "a", "a", "b", "b", "c"]), ["a", "b", "c", "a", "b", "a"]);
    }

    #[test]
    fn a_new_user_goes_before_the_later_turns_of_a_flood_that_has_long_been_served() {
        let mut state = State { round: 7, ..State::default() };
        for _ in 0..3 {
            state.line_up(Isolation::Pooled, Some("a"), oneshot::channel().0);
        }
        let served = state.waiting.pop_front().map(|waiter| waiter.round);
        state.round = served.unwrap();
        state.line_up(Isolation::Pooled, Some("b"), oneshot::channel().0);
        let next = state.waiting.front().and_then(|waiter| waiter.user.clone());
        assert_eq!(next.as_deref(), Some("b"));
    }
}

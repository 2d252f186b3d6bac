//! A bank of places: the decisions of [`State`] under a lock, and carried out.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use gavel_protocol::{Bytes, CgroupTier};
use tokio::sync::{mpsc, oneshot};

use super::lease::LeasedSandbox;
use super::line::{Ticket, Want};
use super::state::{self, Effect, Listed, Member, Policy, State, Tally};
use super::status::{ProfileStatus, SandboxStatus};
use crate::sandbox::SandboxError;
use crate::sandbox::member::{RetireReason, Sandbox};
use crate::slots::{Kind, Profile, Quota};
use crate::submission::Isolation;

/// What is to be done about a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// Make a sandbox of the profile at this position.
    Make(usize),
    /// Remove the container of a sandbox that has served.
    Clear,
}

/// Where somebody waits who gets all sandboxes at once.
type Seat = oneshot::Sender<Vec<LeasedSandbox>>;

type Effects = Vec<Effect<Sandbox, Seat>>;

impl Ticket for Seat {
    fn is_open(&self) -> bool {
        !self.is_closed()
    }
}

impl Member for Sandbox {
    fn allows(&self, isolation: Isolation, user: Option<&str>) -> bool {
        self.history.allows(isolation, user)
    }

    fn note(&mut self, user: Option<&str>) {
        self.history.note(user);
    }

    fn runs(&self) -> u32 {
        self.runs
    }

    fn fault(&self) -> Option<RetireReason> {
        Sandbox::fault(self)
    }
}

/// The sandboxes of a kind.
#[derive(Debug)]
pub(super) struct Bank {
    profiles: Vec<Profile>,
    quota: Quota,
    state: Mutex<State<Sandbox, Seat>>,
    /// To the keeper of each place.
    orders: Vec<mpsc::UnboundedSender<Order>>,
}

impl Bank {
    /// An empty bank, and what the keeper of each place is to listen to. `profiles` says how many of each are kept.
    pub(super) fn new(
        quota: Quota,
        profiles: Vec<(Profile, u32)>,
        policy: Policy,
    ) -> (Self, Vec<mpsc::UnboundedReceiver<Order>>) {
        let size = |count: u32| usize::try_from(count).unwrap_or(usize::MAX);
        let (orders, keepers) = (0..quota.slots).map(|_| mpsc::unbounded_channel()).unzip();
        let names = profiles.iter().map(|(profile, _)| profile.clone()).collect();
        let warm = profiles.into_iter().map(|(profile, count)| (profile, size(count))).collect();
        let at_once = state::Quota {
            at_once: size(quota.at_once),
            memory: quota.memory.get(),
            of_one: size(quota.of_one),
            memory_of_one: quota.memory_of_one.get(),
            of_senders: quota.kind == Kind::Command,
        };
        let state = State::new(warm, size(quota.slots), at_once, policy);
        (Self { profiles: names, quota, state: Mutex::new(state), orders }, keepers)
    }

    /// What it may be and do.
    pub(super) fn quota(&self) -> Quota {
        self.quota
    }

    /// Position of a profile.
    pub(super) fn position(&self, profile: &Profile) -> Option<usize> {
        self.profiles.iter().position(|known| known == profile)
    }

    /// Position of the profile of this name, as [`Profile`] is displayed.
    pub(super) fn named(&self, name: &str) -> Option<usize> {
        self.profiles.iter().position(|known| known.to_string() == name)
    }

    /// The profile at a position.
    pub(super) fn profile(&self, position: usize) -> Option<&Profile> {
        self.profiles.get(position)
    }

    /// Takes a suitable sandbox, or waits for one.
    pub(super) async fn lease(
        self: &Arc<Self>,
        profile: usize,
        isolation: Isolation,
        user: Option<&str>,
        patience: Duration,
    ) -> Result<LeasedSandbox, SandboxError> {
        if let Some(lease) = self.take(profile, isolation, user, 0)? {
            return Ok(lease);
        }
        let want = Want { profile, isolation, user: user.map(str::to_owned), memory: vec![0] };
        let leases = self.wait(want, patience).await?;
        leases.into_iter().next().ok_or(SandboxError::Stopping)
    }

    /// Takes a suitable sandbox, if there is one and nobody waits.
    pub(super) fn lease_if_free(
        self: &Arc<Self>,
        profile: usize,
        isolation: Isolation,
        user: Option<&str>,
    ) -> Option<LeasedSandbox> {
        self.take(profile, isolation, user, 0).ok().flatten()
    }

    /// Takes as many sandboxes as there are amounts of memory to set aside, all at one moment.
    pub(super) async fn lease_group(
        self: &Arc<Self>,
        profile: usize,
        memory: &[Bytes],
        sender: &str,
        patience: Duration,
    ) -> Result<Vec<LeasedSandbox>, SandboxError> {
        let memory: Vec<u64> = memory.iter().map(|bytes| bytes.get()).collect();
        let want = Want { profile, isolation: Isolation::Pooled, user: Some(sender.to_owned()), memory };
        self.check(&want)?;
        if let [bytes] = want.memory[..]
            && let Some(lease) = self.take(profile, want.isolation, Some(sender), bytes)?
        {
            return Ok(vec![lease]);
        }
        self.wait(want, patience).await
    }

    /// What is more than one can ever have is not waited for.
    fn check(&self, want: &Want) -> Result<(), SandboxError> {
        let most = usize::try_from(self.quota.of_one).unwrap_or(usize::MAX);
        if want.count() > most {
            return Err(SandboxError::TooMany { count: want.count(), most });
        }
        let (memory, most) = (Bytes(want.bytes()), self.quota.memory_of_one);
        if memory > most { Err(SandboxError::TooMuchMemory { memory, most }) } else { Ok(()) }
    }

    fn take(
        self: &Arc<Self>,
        profile: usize,
        isolation: Isolation,
        user: Option<&str>,
        memory: u64,
    ) -> Result<Option<LeasedSandbox>, SandboxError> {
        let mut state = self.state();
        if state.is_closed() {
            return Err(SandboxError::Stopping);
        }
        let taken = state.take(profile, isolation, user, memory, Instant::now());
        Ok(taken.map(|(place, sandbox)| LeasedSandbox::new(sandbox, place, Arc::clone(self))))
    }

    async fn wait(
        self: &Arc<Self>,
        want: Want,
        patience: Duration,
    ) -> Result<Vec<LeasedSandbox>, SandboxError> {
        let (seat, waiting) = oneshot::channel();
        self.act(|state, now| if state.is_closed() { Vec::new() } else { state.line_up(want, seat, now) });
        match tokio::time::timeout(patience, waiting).await {
            Ok(Ok(leases)) => Ok(leases),
            Ok(Err(_)) => Err(SandboxError::Stopping),
            Err(_) => {
                // What was made ready for it is somebody else's.
                self.act(State::settle);
                Err(SandboxError::Busy { waited: patience })
            }
        }
    }

    /// Fills the bank for the first time.
    pub(super) fn open(self: &Arc<Self>) {
        self.act(State::settle);
    }

    /// A sandbox was made in a place.
    pub(super) fn made(self: &Arc<Self>, place: usize, mut sandbox: Sandbox, expires: Instant) {
        sandbox.channel.connection.rest();
        self.act(|state, now| {
            let is_current = state.is_current(place);
            let facts = state.shelf_of(place);
            facts.tier = Some(sandbox.tier);
            if is_current {
                facts.image = Some(Arc::clone(&sandbox.image));
            }
            state.made(place, sandbox, expires, now)
        });
    }

    /// No sandbox could be made in a place; true if why is news.
    pub(super) fn failed(&self, place: usize, error: String, no_image: bool) -> bool {
        let mut state = self.state();
        state.shelf_of(place).no_image = no_image;
        state.failed(place, error, Instant::now())
    }

    /// Notes why no sandbox at all can be made; true if that is news.
    pub(super) fn note_failure(&self, error: &str) -> bool {
        let mut state = self.state();
        let news = (0..self.profiles.len()).map(|profile| state.note_failure(profile, error.to_owned()));
        news.fold(false, |a, b| a | b)
    }

    /// Takes a sandbox back from a lease.
    pub(super) fn give_back(self: &Arc<Self>, place: usize, mut sandbox: Sandbox) {
        sandbox.channel.connection.rest();
        self.act(|state, now| state.give_back(place, sandbox, now));
    }

    /// Time has passed.
    pub(super) fn tick(self: &Arc<Self>) {
        self.act(State::tick);
    }

    /// Takes out the idle sandboxes that have not been heard of for so long, to be pinged and put back. What is gone or
    /// speaks out of turn is retired here.
    pub(super) fn take_silent(self: &Arc<Self>, since: Duration) -> Vec<(usize, Sandbox)> {
        let mut silent = Vec::new();
        self.act(|state, now| {
            let mut faults = Vec::new();
            let taken = state.take_idle(|sandbox| {
                let fault = sandbox.idle_fault();
                let is_taken = fault.is_some() || sandbox.last_heard.elapsed() >= since;
                if is_taken {
                    faults.push(fault);
                }
                is_taken
            });
            let mut effects = Vec::new();
            for ((place, sandbox), fault) in taken.into_iter().zip(faults) {
                match fault {
                    Some(reason) => effects.extend(state.end(place, sandbox, reason, now)),
                    None => silent.push((place, sandbox)),
                }
            }
            effects
        });
        silent
    }

    /// Puts a pinged sandbox back, or retires it.
    pub(super) fn pinged(
        self: &Arc<Self>,
        place: usize,
        mut sandbox: Sandbox,
        answer: Result<(), RetireReason>,
    ) {
        sandbox.channel.connection.rest();
        self.act(|state, now| match answer {
            Ok(()) => state.put_back(place, sandbox, now),
            Err(reason) => state.end(place, sandbox, reason, now),
        });
    }

    /// Has all sandboxes, or those of one profile, replaced, one after the other; tells how many there are.
    pub(super) fn recycle(self: &Arc<Self>, profile: Option<usize>) -> usize {
        let mut count = 0;
        self.act(|state, now| {
            let (there, effects) = state.recycle(profile, now);
            count = there;
            effects
        });
        count
    }

    /// Nobody gets a sandbox any more.
    pub(super) fn close(self: &Arc<Self>) {
        self.act(|state, _| state.close());
    }

    /// The image of a profile was looked up.
    pub(super) fn look_up(self: &Arc<Self>, profile: usize, found: Listed, missing: String) {
        self.act(|state, now| state.look_up(profile, found, missing, now));
    }

    /// Id of the image of a profile's newest sandbox.
    pub(super) fn image(&self, profile: usize) -> Option<Arc<str>> {
        self.state().shelves().nth(profile).and_then(|(shelf, ..)| shelf.image.clone())
    }

    /// How limits are enforced, as the newest sandbox of a profile says.
    pub(super) fn tier(&self) -> Option<CgroupTier> {
        self.state().shelves().find_map(|(shelf, ..)| shelf.tier)
    }

    pub(super) fn status(&self) -> Vec<ProfileStatus> {
        let state = self.state();
        let size = |count: u32| usize::try_from(count).unwrap_or(usize::MAX);
        let (slots, places) = (size(self.quota.at_once), size(self.quota.slots));
        let of = |(shelf, kept, Tally { idle, leased, starting }, waiting): (&state::Shelf, _, _, _)| {
            ProfileStatus {
                profile: shelf.profile.clone(),
                slots,
                places,
                warm: shelf.warm,
                kept,
                idle,
                leased,
                starting,
                waiting,
                created: shelf.created,
                retired: shelf.retired.clone(),
                problem: shelf.last_error.clone(),
                no_image: shelf.no_image && shelf.last_error.is_some(),
                image: match &shelf.listed {
                    Some(Listed::Image(id)) => Some(Arc::clone(id)),
                    Some(Listed::Nothing) | None => None,
                },
            }
        };
        state.shelves().map(of).collect()
    }

    pub(super) fn sandboxes(&self) -> Vec<SandboxStatus> {
        self.state().sandboxes(Instant::now()).collect()
    }

    fn state(&self) -> MutexGuard<'_, State<Sandbox, Seat>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the state what happened and does what follows. Orders go out under the lock, so that the keeper of a place
    /// hears them in the order in which they were given.
    fn act(self: &Arc<Self>, happens: impl FnOnce(&mut State<Sandbox, Seat>, Instant) -> Effects) {
        let (mut over, mut granted) = (Vec::new(), Vec::new());
        {
            let mut state = self.state();
            for effect in happens(&mut state, Instant::now()) {
                match effect {
                    Effect::Make { place, profile } => self.order(place, Order::Make(profile)),
                    Effect::Retire { place, sandbox, reason } => {
                        self.order(place, Order::Clear);
                        over.push((sandbox, reason));
                    }
                    Effect::Grant { ticket, sandboxes } => granted.push((ticket, sandboxes)),
                }
            }
        }
        // Who reads the log may be slow.
        for (Sandbox { name, runs, .. }, reason) in over {
            tracing::info!(sandbox = name, runs, ?reason, "retired a sandbox");
        }
        for (seat, sandboxes) in granted {
            let lease = |(place, sandbox)| LeasedSandbox::new(sandbox, place, Arc::clone(self));
            // Whose waiter gave up this very moment comes back by being dropped, now that the lock is free.
            drop(seat.send(sandboxes.into_iter().map(lease).collect()));
        }
    }

    fn order(&self, place: usize, order: Order) {
        // Keepers that have ended are those of a pool that has.
        if let Some(keeper) = self.orders.get(place) {
            let _ = keeper.send(order);
        }
    }
}

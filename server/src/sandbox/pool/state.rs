//! The pool's decisions: who gets which sandbox, what is made, what makes room. No container and no clock in sight: what
//! happens is told, with the time, and what is to be done comes back as [`Effect`]s.
//!
//! A bank of places serves several profiles. `at_once` bounds how many sandboxes are in somebody's hands; there are more
//! places than that, so that sandboxes of other profiles stay warm, and a successor is there before its predecessor goes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use gavel_protocol::CgroupTier;

use super::costs::Costs;
use super::line::{Line, Ticket, Want};
use super::status::{SandboxState, SandboxStatus};
use crate::sandbox::member::RetireReason;
use crate::slots::Profile;
use crate::submission::{Isolation, SELF_TEST};

/// A sandbox beyond those that are always kept goes when nobody has used it for so long.
const UNUSED: Duration = Duration::from_secs(5 * 60);
/// And so much sooner when only the self-test ever has.
const TESTED: Duration = Duration::from_secs(60);

/// Between two attempts to make a sandbox of a profile while they fail, for each profile that fails.
const PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What the decisions ask of a sandbox.
pub(super) trait Member {
    /// Somebody of this isolation may have it.
    fn allows(&self, isolation: Isolation, user: Option<&str>) -> bool;
    /// Somebody gets it.
    fn note(&mut self, user: Option<&str>);
    /// Runs so far.
    fn runs(&self) -> u32;
    /// Why it cannot serve again, as far as it knows by itself.
    fn fault(&self) -> Option<RetireReason>;
}

/// When a sandbox is retired.
#[derive(Debug, Clone, Copy)]
pub(super) struct Policy {
    pub(super) max_runs: u32,
    /// Every sandbox serves once.
    pub(super) single_use: bool,
}

impl Policy {
    /// After so many runs a successor is made, so that it is there when the last has been done.
    fn nearly_all(self) -> u32 {
        self.max_runs - (self.max_runs / 10).max(1).min(self.max_runs)
    }
}

/// What may be in use at one time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quota {
    pub(super) at_once: usize,
    /// Memory set aside for all that are in use, in bytes.
    pub(super) memory: u64,
    /// Of these, what one named user may have: as much as all, or less where the user may be a whole site.
    pub(super) of_one: usize,
    pub(super) memory_of_one: u64,
    /// A named user is a sender of requests, who may have many users.
    pub(super) of_senders: bool,
}

/// What is to be done, in this order.
#[derive(Debug)]
pub(super) enum Effect<S, T> {
    /// These sandboxes, with their places, are somebody's.
    Grant { ticket: T, sandboxes: Vec<(usize, S)> },
    /// This sandbox has served; its place is empty.
    Retire { place: usize, sandbox: S, reason: RetireReason },
    /// A sandbox is to be made in this place.
    Make { place: usize, profile: usize },
}

/// One place for a container.
#[derive(Debug)]
struct Place<S> {
    stand: Stand<S>,
    profile: usize,
    /// Of its profile when it was begun: an earlier one is out of date.
    generation: u64,
    expires: Instant,
    made: Instant,
    /// When it was given back last, or made.
    used: Instant,
    /// Memory set aside for whoever has it, in bytes.
    memory: u64,
    /// Who has it, or had it last.
    user: Option<String>,
    /// It has nearly done its number of runs: time to make its successor.
    worn: bool,
    /// Somebody has used it: the self-test is nobody.
    of_use: bool,
    /// When a sandbox could not be made in it, where none was since.
    failed: Option<Instant>,
}

/// What is in a place.
#[derive(Debug)]
enum Stand<S> {
    Empty,
    Starting,
    Idle(S),
    /// Idle, and being asked whether it is still there.
    Asked,
    Leased,
}

/// What is known of a profile.
#[derive(Debug)]
pub(super) struct Shelf {
    pub(super) profile: Profile,
    /// Sandboxes that are always kept.
    pub(super) warm: usize,
    /// Those that are kept now: more while there is use for them.
    keep: usize,
    generation: u64,
    /// Attempts fail, and the next is due then.
    retry: Option<Instant>,
    pub(super) last_error: Option<String>,
    /// The last attempt failed for want of the image.
    pub(super) no_image: bool,
    /// Id of the image that its name stands for, as it was looked up last; none before.
    pub(super) listed: Option<Listed>,
    /// How limits are enforced, as the newest sandbox says.
    pub(super) tier: Option<CgroupTier>,
    /// Id of the newest sandbox's image.
    pub(super) image: Option<Arc<str>>,
    pub(super) created: u64,
    pub(super) retired: BTreeMap<RetireReason, u64>,
}

/// What an image's name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Listed {
    /// Nothing.
    Nothing,
    /// The image of this id.
    Image(Arc<str>),
}

/// How many sandboxes of a profile there are, by what is done with them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) idle: usize,
    pub(super) leased: usize,
    pub(super) starting: usize,
}

impl Tally {
    fn alive(self) -> usize {
        self.idle + self.leased
    }
}

/// A bank of places.
#[derive(Debug)]
pub(super) struct State<S, T> {
    quota: Quota,
    policy: Policy,
    shelves: Vec<Shelf>,
    places: Vec<Place<S>>,
    line: Line<T>,
    costs: Costs,
    closed: bool,
}

impl<S: Member, T: Ticket> State<S, T> {
    /// An empty bank. `profiles` says how many sandboxes of each are always kept.
    pub(super) fn new(profiles: Vec<(Profile, usize)>, places: usize, quota: Quota, policy: Policy) -> Self {
        let now = Instant::now();
        let empty = || Place {
            stand: Stand::Empty,
            profile: 0,
            generation: 0,
            expires: now,
            made: now,
            used: now,
            memory: 0,
            user: None,
            worn: false,
            of_use: false,
            failed: None,
        };
        let shelf = |(profile, warm)| Shelf {
            profile,
            warm,
            keep: warm,
            generation: 0,
            retry: None,
            last_error: None,
            no_image: false,
            listed: None,
            tier: None,
            image: None,
            created: 0,
            retired: BTreeMap::new(),
        };
        Self {
            quota,
            policy,
            shelves: profiles.into_iter().map(shelf).collect(),
            places: (0..places).map(|_| empty()).collect(),
            line: Line::default(),
            costs: Costs::new(quota.of_senders),
            closed: false,
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    /// Takes a suitable sandbox, where nobody has waited for longer.
    pub(super) fn take(
        &mut self,
        profile: usize,
        isolation: Isolation,
        user: Option<&str>,
        memory: u64,
        now: Instant,
    ) -> Option<(usize, S)> {
        let fits = self.leased() < self.quota.at_once && memory <= self.unreserved();
        if !self.line.is_empty() || !fits || !self.may_have(user, 1, memory, now) {
            return None;
        }
        let place = self.best(profile, isolation, user)?;
        self.hand_over(place, user, memory)
    }

    /// Somebody waits from now on.
    pub(super) fn line_up(&mut self, want: Want, ticket: T, now: Instant) -> Vec<Effect<S, T>> {
        self.line.line_up(want, ticket);
        self.settle(now)
    }

    /// A sandbox was made.
    pub(super) fn made(
        &mut self,
        place: usize,
        sandbox: S,
        expires: Instant,
        now: Instant,
    ) -> Vec<Effect<S, T>> {
        let mut effects = Vec::new();
        (self.places[place].expires, self.places[place].made) = (expires, now);
        self.places[place].failed = None;
        let shelf = &mut self.shelves[self.places[place].profile];
        shelf.created += 1;
        (shelf.last_error, shelf.retry) = (None, None);
        self.put_down(place, sandbox, now, &mut effects);
        effects.extend(self.settle(now));
        effects
    }

    /// A sandbox could not be made; true if why is news.
    pub(super) fn failed(&mut self, place: usize, error: String, now: Instant) -> bool {
        let profile = self.places[place].profile;
        (self.places[place].stand, self.places[place].failed) = (Stand::Empty, Some(now));
        let failing = self.shelves.iter().filter(|shelf| shelf.retry.is_some()).count();
        let pause = PAUSE * u32::try_from(failing).unwrap_or(u32::MAX).max(1);
        // An image comes when somebody builds it.
        let pause = if self.shelves[profile].no_image { LONGEST_PAUSE } else { pause.min(LONGEST_PAUSE) };
        self.shelves[profile].retry = Some(now + pause);
        self.note_failure(profile, error)
    }

    /// Notes why a sandbox of a profile cannot be made; true if that is news.
    pub(super) fn note_failure(&mut self, profile: usize, error: String) -> bool {
        let shelf = &mut self.shelves[profile];
        let news = shelf.last_error.as_ref() != Some(&error);
        shelf.last_error = Some(error);
        news
    }

    /// What is known of the profile that a place is for.
    pub(super) fn shelf_of(&mut self, place: usize) -> &mut Shelf {
        &mut self.shelves[self.places[place].profile]
    }

    /// What is made in a place is made of what its profile is made of now.
    pub(super) fn is_current(&self, place: usize) -> bool {
        let Place { profile, generation, .. } = self.places[place];
        generation == self.shelves[profile].generation
    }

    /// A sandbox comes back from a lease.
    pub(super) fn give_back(&mut self, place: usize, sandbox: S, now: Instant) -> Vec<Effect<S, T>> {
        let mut effects = Vec::new();
        self.put_down(place, sandbox, now, &mut effects);
        let quiet = effects.is_empty() && self.line.is_empty() && !self.is_outdated(place, now);
        if !quiet {
            effects.extend(self.settle(now));
        }
        effects
    }

    /// Takes out idle sandboxes, to be asked whether they are there; [`Self::give_back`] or [`Self::retire`] follows.
    pub(super) fn take_idle(&mut self, mut which: impl FnMut(&mut S) -> bool) -> Vec<(usize, S)> {
        let mut taken = Vec::new();
        for (at, place) in self.places.iter_mut().enumerate() {
            match std::mem::replace(&mut place.stand, Stand::Asked) {
                Stand::Idle(mut sandbox) => {
                    if which(&mut sandbox) {
                        taken.push((at, sandbox));
                    } else {
                        place.stand = Stand::Idle(sandbox);
                    }
                }
                other => place.stand = other,
            }
        }
        taken
    }

    /// Puts a sandbox back that was only asked: it was not used meanwhile.
    pub(super) fn put_back(&mut self, place: usize, sandbox: S, now: Instant) -> Vec<Effect<S, T>> {
        let used = self.places[place].used;
        let effects = self.give_back(place, sandbox, now);
        if matches!(self.places[place].stand, Stand::Idle(_)) {
            self.places[place].used = used;
        }
        effects
    }

    /// Ends a sandbox that was taken out.
    pub(super) fn end(
        &mut self,
        place: usize,
        sandbox: S,
        reason: RetireReason,
        now: Instant,
    ) -> Vec<Effect<S, T>> {
        let mut effects = Vec::new();
        self.retire(place, sandbox, reason, &mut effects);
        effects.extend(self.settle(now));
        effects
    }

    /// Time has passed: what nobody uses goes, what is out of date is renewed, what failed is tried again.
    pub(super) fn tick(&mut self, now: Instant) -> Vec<Effect<S, T>> {
        let mut effects = Vec::new();
        self.costs.forget(now);
        for profile in 0..self.shelves.len() {
            self.drop_unused(profile, now, &mut effects);
        }
        effects.extend(self.settle(now));
        effects
    }

    /// A profile's image was looked up, of which `missing` says that it is not there. One that was not there is made use of at
    /// once, and what is made of one that was replaced is renewed.
    pub(super) fn look_up(
        &mut self,
        profile: usize,
        found: Listed,
        missing: String,
        now: Instant,
    ) -> Vec<Effect<S, T>> {
        let shelf = &mut self.shelves[profile];
        let before = shelf.listed.replace(found.clone());
        if before.as_ref() == Some(&found) {
            return Vec::new();
        }
        match (before, found) {
            (_, Listed::Nothing) => (shelf.no_image, shelf.last_error) = (true, Some(missing)),
            (Some(Listed::Image(_)), Listed::Image(_)) => {
                shelf.generation += 1;
                // What the new one makes is not what the old one has made.
                shelf.image = None;
            }
            (_, Listed::Image(_)) if shelf.no_image => {
                (shelf.no_image, shelf.last_error, shelf.retry) = (false, None, None);
            }
            (_, Listed::Image(_)) => {}
        }
        self.settle(now)
    }

    /// Has all sandboxes of a profile, or of all, renewed; tells how many there are.
    pub(super) fn recycle(&mut self, profile: Option<usize>, now: Instant) -> (usize, Vec<Effect<S, T>>) {
        let chosen = |at: usize| profile.is_none_or(|profile| profile == at);
        let mut count = 0;
        for at in (0..self.shelves.len()).filter(|at| chosen(*at)) {
            self.shelves[at].generation += 1;
            count += self.tally(at).alive();
        }
        (count, self.settle(now))
    }

    /// Nobody gets a sandbox any more, and none is made.
    pub(super) fn close(&mut self) -> Vec<Effect<S, T>> {
        self.closed = true;
        self.line.clear();
        let mut effects = Vec::new();
        for (place, sandbox) in self.take_idle(|_| true) {
            self.retire(place, sandbox, RetireReason::Stopping, &mut effects);
        }
        effects
    }

    /// What is known of each profile, with how many sandboxes are kept and how many there are.
    pub(super) fn shelves(&self) -> impl Iterator<Item = (&Shelf, usize, Tally, usize)> {
        let of = |(at, shelf): (usize, _)| {
            (shelf, self.shelves[at].keep, self.tally(at), self.line.waiting_for(at))
        };
        self.shelves.iter().enumerate().map(of)
    }

    /// The sandboxes that there are, and those that are being made.
    pub(super) fn sandboxes(&self, now: Instant) -> impl Iterator<Item = SandboxStatus> {
        self.places.iter().filter_map(move |place| {
            let (state, runs) = match &place.stand {
                Stand::Empty => return None,
                Stand::Starting => (SandboxState::Starting, None),
                Stand::Idle(sandbox) => (SandboxState::Idle, Some(sandbox.runs())),
                Stand::Asked | Stand::Leased => (SandboxState::Leased, None),
            };
            let since = |then: Instant| now.saturating_duration_since(then);
            let is_there = state != SandboxState::Starting;
            Some(SandboxStatus {
                profile: self.shelves[place.profile].profile.clone(),
                state,
                age: is_there.then(|| since(place.made)),
                unused: (state == SandboxState::Idle).then(|| since(place.used)),
                runs,
            })
        })
    }

    /// Decides what follows from how things stand.
    pub(super) fn settle(&mut self, now: Instant) -> Vec<Effect<S, T>> {
        let mut effects = Vec::new();
        if self.closed {
            return effects;
        }
        self.line.tidy();
        self.serve(now, &mut effects);
        self.renew(now, &mut effects);
        self.make_for_those_who_wait(now, &mut effects);
        self.make_what_is_kept(now, &mut effects);
        effects
    }

    /// Hands out what is there, in the order of the line. Nobody passes one who waits for a share of the quota; one who
    /// only waits until a sandbox is made holds up nobody, since the next permit is theirs; nor does one who has as much as
    /// one may have, or must pause.
    fn serve(&mut self, now: Instant, effects: &mut Vec<Effect<S, T>>) {
        let mut free = self.quota.at_once.saturating_sub(self.leased());
        let mut memory = self.unreserved();
        let mut at = 0;
        while free > 0
            && let Some(want) = self.line.get(at)
        {
            let (count, bytes) = (want.count(), want.bytes());
            if !self.may_have(want.user.as_deref(), count, bytes, now) {
                at += 1;
                continue;
            }
            let fits = count <= free && bytes <= memory;
            let chosen = if fits { self.choose(want) } else { Vec::new() };
            let failing = self.is_failing(want.profile);
            if chosen.len() == count {
                effects.extend(self.grant(at, &chosen));
            } else {
                at += 1;
                if failing || (fits && count == 1) {
                    continue;
                }
                if !fits {
                    return;
                }
            }
            (free, memory) = (free - count, memory - bytes);
        }
    }

    /// Whoever this is may have so many more sandboxes now, with so much memory.
    fn may_have(&self, user: Option<&str>, count: usize, bytes: u64, now: Instant) -> bool {
        self.costs.may_go_on(user, now) && (user.is_none() || self.leaves_others_some(user, count, bytes))
    }

    fn leaves_others_some(&self, user: Option<&str>, count: usize, bytes: u64) -> bool {
        let is_theirs =
            |place: &&Place<S>| matches!(place.stand, Stand::Leased) && place.user.as_deref() == user;
        let theirs = || self.places.iter().filter(is_theirs);
        let memory = theirs().map(|place| place.memory).fold(bytes, u64::saturating_add);
        theirs().count() + count <= self.quota.of_one && memory <= self.quota.memory_of_one
    }

    fn grant(&mut self, at: usize, places: &[usize]) -> Option<Effect<S, T>> {
        let (want, ticket) = self.line.take(at)?;
        let places = places.iter().zip(&want.memory);
        let sandboxes = places
            .filter_map(|(place, memory)| self.hand_over(*place, want.user.as_deref(), *memory))
            .collect();
        Some(Effect::Grant { ticket, sandboxes })
    }

    fn hand_over(&mut self, at: usize, user: Option<&str>, memory: u64) -> Option<(usize, S)> {
        let place = &mut self.places[at];
        match std::mem::replace(&mut place.stand, Stand::Leased) {
            Stand::Idle(mut sandbox) => {
                place.memory = memory;
                place.user = user.map(str::to_owned);
                place.of_use |= user != Some(SELF_TEST);
                sandbox.note(user);
                Some((at, sandbox))
            }
            other => {
                place.stand = other;
                None
            }
        }
    }

    /// The places of as many sandboxes as are wanted, or fewer where there are not so many.
    fn choose(&self, want: &Want) -> Vec<usize> {
        let user = want.user.as_deref();
        if want.count() == 1 {
            return self.best(want.profile, want.isolation, user).into_iter().collect();
        }
        let suitable = self.idle(want.profile).filter(|(_, _, sandbox)| sandbox.allows(want.isolation, user));
        suitable.map(|(at, ..)| at).take(want.count()).collect()
    }

    /// The idle sandbox that was used last, whose caches are warm, before one that nobody has used: those are for who
    /// insists on one. One that is out of date comes last.
    fn best(&self, profile: usize, isolation: Isolation, user: Option<&str>) -> Option<usize> {
        let suitable = self.idle(profile).filter(|(_, _, sandbox)| sandbox.allows(isolation, user));
        let generation = self.shelves[profile].generation;
        let rank = |(_, place, sandbox): &(usize, &Place<S>, &S)| {
            (place.generation == generation && !place.worn, sandbox.runs() > 0, place.used)
        };
        suitable.max_by_key(rank).map(|(at, ..)| at)
    }

    fn idle(&self, profile: usize) -> impl Iterator<Item = (usize, &Place<S>, &S)> {
        self.places.iter().enumerate().filter_map(move |(at, place)| match &place.stand {
            Stand::Idle(sandbox) if place.profile == profile => Some((at, place, sandbox)),
            _ => None,
        })
    }

    /// Replaces what is out of date, one at a time, the successor first: only where no place is empty does one go before
    /// its successor is there, and then one of several.
    fn renew(&mut self, now: Instant, effects: &mut Vec<Effect<S, T>>) {
        for profile in 0..self.shelves.len() {
            while self.tally(profile).alive() > self.shelves[profile].keep
                && let Some(place) =
                    self.oldest(|state, at| state.places[at].profile == profile && state.is_outdated(at, now))
            {
                self.retire_idle(place, self.outdated_by(place), effects);
            }
        }
        let due = |state: &Self, profile: usize| {
            let tally = state.tally(profile);
            // One whose start takes long holds up those of its own profile only.
            let within = tally.starting == 0 && tally.alive() <= state.shelves[profile].keep;
            let outdated = |at: usize| state.places[at].profile == profile && state.is_outdated(at, now);
            within && state.may_try(profile, now) && (0..state.places.len()).any(outdated)
        };
        let Some(profile) = (0..self.shelves.len()).find(|profile| due(self, *profile)) else { return };
        if let Some(place) = self.empty() {
            return self.make(place, profile, effects);
        }
        let several = self.tally(profile).idle > 1 || self.line.is_empty();
        let oldest =
            self.oldest(|state, at| state.places[at].profile == profile && state.is_outdated(at, now));
        if let Some(place) = oldest.filter(|_| several) {
            self.retire_idle(place, self.outdated_by(place), effects);
            self.make(place, profile, effects);
        }
    }

    /// Makes what the first in the line lack, as many as may be in use at one time. The sandbox that was not used for
    /// longest makes room, unless somebody further ahead waits for it.
    fn make_for_those_who_wait(&mut self, now: Instant, effects: &mut Vec<Effect<S, T>>) {
        let mut lacking: Vec<usize> = (0..self.shelves.len()).map(|profile| self.lacking(profile)).collect();
        let first: Vec<_> = self.first().map(|(at, want)| (at, want.profile, want.count())).collect();
        for (at, profile, count) in first {
            for _ in 0..count.min(lacking[profile]) {
                let Some(place) = self.room_for(at, profile, effects) else { break };
                self.make(place, profile, effects);
                lacking[profile] -= 1;
                let there = self.tally(profile);
                let shelf = &mut self.shelves[profile];
                shelf.keep = shelf.keep.max((there.alive() + there.starting).min(self.quota.at_once));
            }
        }
        for profile in 0..self.shelves.len() {
            let is_due = self.is_failing(profile) && self.may_try(profile, now);
            if is_due
                && self.line.waiting_for(profile) > 0
                && let Some(place) = self.room_to_try(profile, effects)
            {
                self.make(place, profile, effects);
            }
        }
    }

    /// The first in the line, as many as may have a sandbox at one time, with their positions. Those whose sandboxes
    /// cannot be made at the moment are not among them.
    fn first(&self) -> impl Iterator<Item = (usize, &Want)> {
        let hopeful = self.line.iter().enumerate().filter(|(_, want)| !self.is_failing(want.profile));
        hopeful.take(self.quota.at_once)
    }

    fn is_failing(&self, profile: usize) -> bool {
        let shelf = &self.shelves[profile];
        shelf.retry.is_some() || shelf.listed == Some(Listed::Nothing)
    }

    /// Its image is there: what is made of it may take the place of another. After a start nobody knows that for a moment, but
    /// of what there are sandboxes of.
    fn has_image(&self, profile: usize) -> bool {
        match self.shelves[profile].listed {
            Some(Listed::Image(_)) => true,
            Some(Listed::Nothing) => false,
            None => self.tally(profile).alive() > 0,
        }
    }

    /// Sandboxes of a profile that the first in the line have no hope of: who takes any could have those that are in use,
    /// who does not needs new ones.
    fn lacking(&self, profile: usize) -> usize {
        let Tally { idle, leased, starting } = self.tally(profile);
        let first = self.first().map(|(_, want)| want).filter(|want| want.profile == profile);
        let (any, new): (Vec<_>, Vec<_>) = first.partition(|want| self.takes_any(want));
        let count = |wants: Vec<&Want>| wants.into_iter().map(Want::count).sum::<usize>();
        let unused = self.idle(profile).filter(|(_, _, sandbox)| sandbox.runs() == 0).count();
        let (any, new) = (count(any), count(new).min(self.quota.at_once).saturating_sub(unused));
        let for_any = (leased + any).min(self.quota.at_once).saturating_sub(idle + leased);
        let for_any = if any == 0 { 0 } else { for_any };
        (for_any + new).saturating_sub(starting)
    }

    fn takes_any(&self, want: &Want) -> bool {
        want.isolation == Isolation::Pooled && !self.policy.single_use
    }

    /// An empty place, for an attempt that may fail again; where there is none, that of a sandbox beyond those that are
    /// always kept and that nobody waits for. For what has no image no sandbox has to go.
    fn room_to_try(&mut self, profile: usize, effects: &mut Vec<Effect<S, T>>) -> Option<usize> {
        let empty = self.empty();
        if empty.is_some() || self.shelves[profile].no_image {
            return empty;
        }
        let surplus = |state: &Self, at: usize| {
            let profile = state.places[at].profile;
            let awaited = state.would_serve(at, state.first().map(|(_, want)| want));
            state.tally(profile).alive() > state.shelves[profile].warm && !awaited
        };
        let place = self.oldest(surplus)?;
        self.retire_for_good(place, RetireReason::Room, effects);
        Some(place)
    }

    /// One of these would take the idle sandbox in this place.
    fn would_serve<'a>(&self, at: usize, mut wants: impl Iterator<Item = &'a Want>) -> bool {
        let Place { stand: Stand::Idle(sandbox), profile, .. } = &self.places[at] else { return false };
        wants.any(|want| want.profile == *profile && sandbox.allows(want.isolation, want.user.as_deref()))
    }

    /// Retires one that is not replaced.
    fn retire_for_good(&mut self, at: usize, reason: RetireReason, effects: &mut Vec<Effect<S, T>>) {
        let shelf = &mut self.shelves[self.places[at].profile];
        shelf.keep = shelf.keep.saturating_sub(1).max(shelf.warm);
        self.retire_idle(at, reason, effects);
    }

    /// An empty place; where there is none, that of the sandbox that was not used for longest, of those that neither the
    /// one at this position of the line nor anybody before waits for. For what may have no image no sandbox has to go.
    fn room_for(&mut self, at: usize, profile: usize, effects: &mut Vec<Effect<S, T>>) -> Option<usize> {
        let empty = self.empty();
        if empty.is_some() || !self.has_image(profile) {
            return empty;
        }
        let ahead = |state: &Self, place: usize| {
            state.would_serve(
                place,
                state.first().filter(|(position, _)| *position <= at).map(|(_, want)| want),
            )
        };
        let place = self.oldest(|state, place| !ahead(state, place))?;
        let is_own = self.places[place].profile == profile;
        self.retire_for_good(
            place,
            if is_own { RetireReason::Isolation } else { RetireReason::Room },
            effects,
        );
        Some(place)
    }

    /// Makes what should be there, while there are empty places.
    fn make_what_is_kept(&mut self, now: Instant, effects: &mut Vec<Effect<S, T>>) {
        for profile in 0..self.shelves.len() {
            while self.may_try(profile, now) && self.is_short(profile) {
                let Some(place) = self.empty() else { return };
                self.make(place, profile, effects);
            }
        }
    }

    fn is_short(&self, profile: usize) -> bool {
        let there = self.tally(profile);
        there.alive() + there.starting < self.shelves[profile].keep
    }

    /// Attempts are made at will while they succeed, else one at a time with pauses.
    fn may_try(&self, profile: usize, now: Instant) -> bool {
        if self.shelves[profile].listed == Some(Listed::Nothing) {
            return false;
        }
        match self.shelves[profile].retry {
            None => true,
            Some(retry) => retry <= now && self.tally(profile).starting == 0,
        }
    }

    fn make(&mut self, at: usize, profile: usize, effects: &mut Vec<Effect<S, T>>) {
        let generation = self.shelves[profile].generation;
        let place = &mut self.places[at];
        (place.stand, place.profile, place.generation) = (Stand::Starting, profile, generation);
        (place.worn, place.of_use) = (false, false);
        effects.push(Effect::Make { place: at, profile });
    }

    /// Retires one that is kept for use and has none.
    fn drop_unused(&mut self, profile: usize, now: Instant, effects: &mut Vec<Effect<S, T>>) {
        let alive = self.tally(profile).alive();
        let warm = self.shelves[profile].warm;
        if alive <= warm || self.line.waiting_for(profile) > 0 {
            return;
        }
        let unused = |state: &Self, at: usize| {
            let place: &Place<S> = &state.places[at];
            let patience = if place.of_use { UNUSED } else { TESTED };
            place.profile == profile && now.saturating_duration_since(place.used) >= patience
        };
        if let Some(place) = self.oldest(unused) {
            let shelf = &mut self.shelves[profile];
            shelf.keep = shelf.keep.min(alive - 1).max(warm);
            self.retire_idle(place, RetireReason::Unused, effects);
        }
    }

    /// The idle sandbox of these that was not used for longest.
    fn oldest(&self, which: impl Fn(&Self, usize) -> bool) -> Option<usize> {
        let idle = (0..self.places.len()).filter(|at| matches!(self.places[*at].stand, Stand::Idle(_)));
        idle.filter(|at| which(self, *at)).min_by_key(|at| self.places[*at].used)
    }

    /// The empty place in which nothing has failed for longest: what is in the way in one may be in no other.
    fn empty(&self) -> Option<usize> {
        let empty = (0..self.places.len()).filter(|at| matches!(self.places[*at].stand, Stand::Empty));
        empty.min_by_key(|at| self.places[*at].failed)
    }

    fn is_outdated(&self, at: usize, now: Instant) -> bool {
        let place = &self.places[at];
        let is_there = matches!(place.stand, Stand::Idle(_) | Stand::Leased | Stand::Asked);
        let is_old = place.generation < self.shelves[place.profile].generation || now >= place.expires;
        is_there && (is_old || place.worn)
    }

    fn outdated_by(&self, at: usize) -> RetireReason {
        let place = &self.places[at];
        match (place.generation < self.shelves[place.profile].generation, place.worn) {
            (true, _) => RetireReason::Recycled,
            (false, true) => RetireReason::MaxRuns,
            (false, false) => RetireReason::MaxAge,
        }
    }

    fn put_down(&mut self, at: usize, sandbox: S, now: Instant, effects: &mut Vec<Effect<S, T>>) {
        if sandbox.fault().is_some() && matches!(self.places[at].stand, Stand::Leased) {
            self.costs.note(self.places[at].user.as_deref(), now);
        }
        self.places[at].memory = 0;
        match self.retirement(&sandbox) {
            Some(reason) => self.retire(at, sandbox, reason, effects),
            None => {
                let worn = sandbox.runs() > 0 && sandbox.runs() >= self.policy.nearly_all();
                let place = &mut self.places[at];
                let is_test = sandbox.runs() > 0 && place.user.as_deref() == Some(SELF_TEST);
                let used = if is_test && place.of_use { place.used } else { now };
                (place.stand, place.used, place.worn) = (Stand::Idle(sandbox), used, worn);
            }
        }
    }

    fn retirement(&self, sandbox: &S) -> Option<RetireReason> {
        if self.closed {
            return Some(RetireReason::Stopping);
        }
        let spent = self.policy.single_use && sandbox.runs() > 0;
        sandbox
            .fault()
            .or_else(|| (sandbox.runs() >= self.policy.max_runs).then_some(RetireReason::MaxRuns))
            .or_else(|| spent.then_some(RetireReason::Isolation))
    }

    fn retire_idle(&mut self, at: usize, reason: RetireReason, effects: &mut Vec<Effect<S, T>>) {
        match std::mem::replace(&mut self.places[at].stand, Stand::Empty) {
            Stand::Idle(sandbox) => self.retire(at, sandbox, reason, effects),
            other => self.places[at].stand = other,
        }
    }

    fn retire(&mut self, at: usize, sandbox: S, reason: RetireReason, effects: &mut Vec<Effect<S, T>>) {
        let place = &mut self.places[at];
        (place.stand, place.memory) = (Stand::Empty, 0);
        *self.shelves[place.profile].retired.entry(reason).or_default() += 1;
        effects.push(Effect::Retire { place: at, sandbox, reason });
    }

    fn tally(&self, profile: usize) -> Tally {
        let mut tally = Tally::default();
        for place in self.places.iter().filter(|place| place.profile == profile) {
            match place.stand {
                Stand::Empty => {}
                Stand::Starting => tally.starting += 1,
                Stand::Idle(_) => tally.idle += 1,
                // One that is being asked serves nobody at the moment, as those in use.
                Stand::Asked | Stand::Leased => tally.leased += 1,
            }
        }
        tally
    }

    fn leased(&self) -> usize {
        self.places.iter().filter(|place| matches!(place.stand, Stand::Leased)).count()
    }

    fn unreserved(&self) -> u64 {
        let reserved = self.places.iter().map(|place| place.memory).fold(0, u64::saturating_add);
        self.quota.memory.saturating_sub(reserved)
    }
}

#[cfg(test)]
mod tests;

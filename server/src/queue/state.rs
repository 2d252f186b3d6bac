//! What waits and what runs.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::fair::FairQueue;
use super::job::{Job, Next, Waiting};
use super::party::Party;
use super::stored::Stored;
use crate::submission::SubmissionId;

/// A day, in seconds: nobody has a use for an estimate beyond that.
const LONGEST_WAIT: f64 = 86_400.0;

#[derive(Debug)]
pub(super) struct State {
    pub(super) workers: usize,
    pub(super) waiting: FairQueue<Waiting>,
    /// Waiting and running.
    pub(super) jobs: HashMap<SubmissionId, Arc<Job>>,
    /// Waiting submissions of each party, and those that are just being stored.
    pub(super) reserved: HashMap<Party, usize>,
    /// The same of each named token.
    pub(super) of_tokens: HashMap<Arc<str>, usize>,
    pub(super) total: usize,
    /// Of all that wait, run, and are just being stored.
    pub(super) stored: Stored,
    pub(super) running: usize,
    /// Being judged behind those that wait and run.
    pub(super) behind: usize,
    /// When the last of those began.
    pub(super) last_behind: Option<Instant>,
    /// Moving average of the seconds between two judgements.
    pub(super) pace: f64,
    pub(super) last_done: Option<Instant>,
}

impl State {
    pub(super) fn new(workers: usize) -> Self {
        Self {
            workers,
            waiting: FairQueue::new(workers.div_ceil(super::USERS)),
            jobs: HashMap::new(),
            reserved: HashMap::new(),
            of_tokens: HashMap::new(),
            total: 0,
            stored: Stored::default(),
            running: 0,
            behind: 0,
            last_behind: None,
            pace: 1.0,
            last_done: None,
        }
    }

    pub(super) fn has_idle_worker(&self) -> bool {
        self.waiting.len() == 0 && self.running < self.workers
    }

    /// Nothing waits, and nothing runs but what is judged behind others.
    pub(super) fn is_idle(&self) -> bool {
        self.waiting.len() == 0 && self.running == 0
    }

    /// Lets a job wait whose place is reserved.
    pub(super) fn enqueue(&mut self, job: Arc<Job>, priority: u32, next: Next) {
        self.jobs.insert(job.id, Arc::clone(&job));
        let party = job.party.clone();
        self.waiting.push(&party, priority, Waiting { job, next });
    }

    /// Reserves a place.
    pub(super) fn hold(&mut self, party: &Party) {
        *self.reserved.entry(party.clone()).or_default() += 1;
        if let Some(token) = &party.token {
            *self.of_tokens.entry(Arc::clone(token)).or_default() += 1;
        }
        self.total += 1;
    }

    /// Gives a place back.
    pub(super) fn release(&mut self, party: &Party) {
        if !take_one(&mut self.reserved, party) {
            return;
        }
        self.total -= 1;
        if let Some(token) = &party.token {
            take_one(&mut self.of_tokens, token);
        }
    }

    /// When a place may have become free: the length of the queue at its present pace, from 1 to 60 s.
    pub(super) fn retry_after(&self) -> Duration {
        self.wait_of(self.waiting.len()).clamp(Duration::from_secs(1), Duration::from_secs(60))
    }

    /// How long it takes until so many have had their turn, at the present pace.
    pub(super) fn wait_of(&self, position: usize) -> Duration {
        #[expect(clippy::cast_precision_loss, reason = "an estimate")]
        let seconds = self.pace * position as f64;
        Duration::from_secs_f64(seconds.min(LONGEST_WAIT))
    }

    pub(super) fn note_pace(&mut self, now: Instant) {
        if let Some(last) = self.last_done.replace(now) {
            self.pace = 0.9 * self.pace + 0.1 * now.duration_since(last).as_secs_f64().min(60.0);
        }
    }
}

/// Counts one less; none is no entry. False where there was none.
fn take_one<K: Hash + Eq>(counts: &mut HashMap<K, usize>, key: &K) -> bool {
    let Some(count) = counts.get_mut(key) else { return false };
    *count -= 1;
    if *count == 0 {
        counts.remove(key);
    }
    true
}

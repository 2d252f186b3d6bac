//! What waits and what runs.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::fair::FairQueue;
use super::job::{Job, Next, Waiting};
use super::stored::Stored;
use crate::submission::SubmissionId;

#[derive(Debug)]
pub(super) struct State {
    pub(super) workers: usize,
    pub(super) waiting: FairQueue<Waiting>,
    /// Waiting and running.
    pub(super) jobs: HashMap<SubmissionId, Arc<Job>>,
    /// Waiting submissions of each user, and those that are just being stored.
    pub(super) reserved: HashMap<Option<String>, usize>,
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
    pub(super) fn enqueue(&mut self, job: Arc<Job>, next: Next) {
        self.jobs.insert(job.id, Arc::clone(&job));
        self.waiting.push(job.user.clone().as_deref(), Waiting { job, next });
    }

    /// Reserves a place.
    pub(super) fn hold(&mut self, user: Option<&str>) {
        *self.reserved.entry(user.map(ToOwned::to_owned)).or_default() += 1;
        self.total += 1;
    }

    /// Gives a place back.
    pub(super) fn release(&mut self, user: Option<&str>) {
        let key = user.map(ToOwned::to_owned);
        if let Some(count) = self.reserved.get_mut(&key) {
            *count -= 1;
            self.total -= 1;
            if *count == 0 {
                self.reserved.remove(&key);
            }
        }
    }

    /// When a place may have become free: the length of the queue at its present pace, from 1 to 60 s.
    pub(super) fn retry_after(&self) -> Duration {
        #[expect(clippy::cast_precision_loss, reason = "an estimate")]
        let seconds = self.pace * self.waiting.len() as f64;
        Duration::from_secs_f64(seconds.clamp(1.0, 60.0))
    }

    pub(super) fn note_pace(&mut self, now: Instant) {
        if let Some(last) = self.last_done.replace(now) {
            self.pace = 0.9 * self.pace + 0.1 * now.duration_since(last).as_secs_f64().min(60.0);
        }
    }
}

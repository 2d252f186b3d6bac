//! The right to run, for so many requests at one time; others wait in a queue. Where CPUs are given away with it, as by
//! go-judge's `-cpuset`, there are as many turns as sets of them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use tokio::sync::{Semaphore, SemaphorePermit};

use super::refusal::Refusal;
use super::request::Request;

/// All turns.
#[derive(Debug)]
pub(super) struct Turns {
    free: Semaphore,
    /// Sets of CPUs that nobody has; never any where they are not given away.
    cpu_sets: Mutex<Vec<String>>,
    waiting: AtomicUsize,
    /// Most requests that wait.
    queue: usize,
}

/// A turn, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    turns: &'a Turns,
    cpus: Option<String>,
    // Given back after the CPUs.
    _permit: SemaphorePermit<'a>,
}

impl Turns {
    /// One for each set of CPUs, or `count` where there is none.
    pub(super) fn new(count: usize, cpu_sets: &[String], queue: usize) -> Self {
        let count = if cpu_sets.is_empty() { count.max(1) } else { cpu_sets.len() };
        // The first is taken first.
        let cpu_sets = Mutex::new(cpu_sets.iter().rev().cloned().collect());
        Self { free: Semaphore::new(count), cpu_sets, waiting: AtomicUsize::new(0), queue }
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// Too many wait already.
    pub(super) async fn take(&self) -> Result<Turn<'_>, Refusal> {
        let full = || Refusal::Failed("worker queue is full".to_owned());
        if let Ok(permit) = self.free.try_acquire() {
            return Ok(self.turn(permit));
        }
        let _place = Place::take(&self.waiting, self.queue).ok_or_else(full)?;
        let permit = self.free.acquire().await.map_err(|_closed| full())?;
        Ok(self.turn(permit))
    }

    fn turn<'a>(&'a self, permit: SemaphorePermit<'a>) -> Turn<'a> {
        let cpus = self.cpu_sets.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Turn { turns: self, cpus, _permit: permit }
    }
}

impl Turn<'_> {
    /// Keeps the commands that ask for no CPUs of their own on those of this turn.
    pub(super) fn pin(&self, request: &mut Request) {
        let Some(cpus) = &self.cpus else { return };
        for command in request.commands.iter_mut().filter(|command| command.cpu_set_limit.is_empty()) {
            command.cpu_set_limit.clone_from(cpus);
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if let Some(cpus) = self.cpus.take() {
            self.turns.cpu_sets.lock().unwrap_or_else(PoisonError::into_inner).push(cpus);
        }
    }
}

/// A place in the queue, given back when it is dropped.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize, most: usize) -> Option<Self> {
        let more = |count| (count < most).then_some(count + 1);
        waiting.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).ok().map(|_| Self(waiting))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

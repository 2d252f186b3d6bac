//! The right to run, for so many requests at one time; others wait in a queue. Where CPUs are given away with it, as by
//! go-judge's `-cpuset`, there are as many turns as sets of them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

use super::refusal::Refusal;
use super::request::Request;

/// How many turns there are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Count {
    /// Turns in all.
    all: usize,
    /// Of one sender.
    of_one: usize,
}

/// All turns.
#[derive(Debug)]
pub(super) struct Turns {
    free: Semaphore,
    count: Count,
    /// What each sender may still have, of those who have or wait for a turn.
    senders: Mutex<HashMap<String, Arc<Semaphore>>>,
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
    _share: Share<'a>,
}

/// A part of what one sender may have.
#[derive(Debug)]
struct Share<'a> {
    turns: &'a Turns,
    sender: String,
    /// None only while it is dropped.
    permit: Option<OwnedSemaphorePermit>,
}

impl Count {
    /// As many as are configured, or as there are cores and then one more, which whoever has all of the others does not
    /// get.
    pub(super) fn of(configured: Option<usize>, cores: usize) -> Self {
        match configured {
            Some(all) => Self { all: all.max(1), of_one: all.max(1) },
            None => Self { all: cores + 1, of_one: cores },
        }
    }
}

impl Turns {
    /// One for each set of CPUs, or `count` where there is none.
    pub(super) fn new(count: Count, cpu_sets: &[String], queue: usize) -> Self {
        let sets = cpu_sets.len();
        let count = if sets == 0 { count } else { Count { all: sets, of_one: sets } };
        Self {
            free: Semaphore::new(count.all),
            count,
            senders: Mutex::default(),
            // The first is taken first.
            cpu_sets: Mutex::new(cpu_sets.iter().rev().cloned().collect()),
            waiting: AtomicUsize::new(0),
            queue,
        }
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// Too many wait already.
    pub(super) async fn take(&self, sender: &str) -> Result<Turn<'_>, Refusal> {
        let full = || Refusal::Failed("worker queue is full".to_owned());
        let mut share = self.share(sender);
        if let Ok(permit) = Arc::clone(&share.0).try_acquire_owned()
            && let Ok(turn) = self.free.try_acquire()
        {
            return Ok(self.turn(turn, share.1.with(permit)));
        }
        let _place = Place::take(&self.waiting, self.queue).ok_or_else(full)?;
        let permit = share.0.acquire_owned().await.map_err(|_closed| full())?;
        share.1.permit = Some(permit);
        let turn = self.free.acquire().await.map_err(|_closed| full())?;
        Ok(self.turn(turn, share.1))
    }

    /// What is left of a sender's turns, and what forgets the sender.
    fn share(&self, sender: &str) -> (Arc<Semaphore>, Share<'_>) {
        let new = || Arc::new(Semaphore::new(self.count.of_one));
        let left = Arc::clone(self.senders().entry(sender.to_owned()).or_insert_with(new));
        (left, Share { turns: self, sender: sender.to_owned(), permit: None })
    }

    fn turn<'a>(&'a self, permit: SemaphorePermit<'a>, share: Share<'a>) -> Turn<'a> {
        let cpus = self.cpu_sets.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Turn { turns: self, cpus, _permit: permit, _share: share }
    }

    fn senders(&self) -> MutexGuard<'_, HashMap<String, Arc<Semaphore>>> {
        self.senders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Share<'_> {
    fn with(mut self, permit: OwnedSemaphorePermit) -> Self {
        self.permit = Some(permit);
        self
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        let mut senders = self.turns.senders();
        drop(self.permit.take());
        if senders.get(&self.sender).is_some_and(|left| Arc::strong_count(left) == 1) {
            senders.remove(&self.sender);
        }
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_has_all_turns_that_one_may_have_leaves_one_to_others() {
        let turns = Turns::new(Count::of(None, 2), &[], 8);
        let first = turns.take("a").await.unwrap();
        let _second = turns.take("a").await.unwrap();
        let third = tokio::time::timeout(Duration::from_secs(9), turns.take("a")).await;
        assert!(third.is_err(), "a third turn of one sender");
        let other = turns.take("b").await.unwrap();
        drop(first);
        let third = turns.take("a").await.unwrap();
        assert_eq!(turns.senders().len(), 2);
        drop((other, third));
        assert_eq!(turns.senders().keys().collect::<Vec<_>>(), ["a"], "who has none is forgotten");
    }

    #[tokio::test(start_paused = true)]
    async fn a_configured_number_holds_for_all_together() {
        let turns = Turns::new(Count::of(Some(1), 8), &[], 8);
        let first = turns.take("a").await.unwrap();
        assert!(tokio::time::timeout(Duration::from_secs(9), turns.take("b")).await.is_err());
        drop(first);
        turns.take("b").await.unwrap();
        assert!(turns.senders().is_empty());
    }
}

//! The descriptors that requests may have open: the process has so many, and without one nobody can connect.

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use super::refusal::Refusal;
use super::request::{Command, CopiedIn, Request, Source};
use crate::descriptors::limit;

/// More are of no use.
const MOST: u64 = 65_536;

/// How long a request waits for others to close theirs.
const PATIENCE: Duration = Duration::from_secs(3);

/// Contents travel in frames; those of one have descriptors at one time.
const CONTENTS: usize = 250;

/// What is left in the box of a command may be so many files.
const LEFT: usize = gavel_protocol::MAX_LEAVINGS + 1;

/// All of them.
#[derive(Debug)]
pub(super) struct Descriptors {
    free: Arc<Semaphore>,
    /// Some were given back.
    freed: Arc<Notify>,
    /// Most of one request.
    most: usize,
}

/// Those of a request, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Taken {
    permit: Option<OwnedSemaphorePermit>,
    freed: Arc<Notify>,
}

impl Drop for Taken {
    fn drop(&mut self) {
        drop(self.permit.take());
        self.freed.notify_waiters();
    }
}

impl Descriptors {
    /// A quarter of what the process may have; others are for connections, sandboxes and the store.
    pub(super) fn new() -> Self {
        let all = usize::try_from((limit() / 4).min(MOST)).unwrap_or(usize::MAX);
        Self::of(all, all / 4 * 3)
    }

    fn of(all: usize, most: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(all)), freed: Arc::default(), most }
    }

    /// Waits until those are free that a request needs. Who needs fewer passes: none are kept for who waits.
    ///
    /// # Errors
    /// It needs more than one may have, or they are not free in time.
    pub(super) async fn take(&self, request: &Request) -> Result<Taken, Refusal> {
        let needed = needed(request);
        if needed > self.most {
            return Err(Refusal::Bad(format!("too many files: {needed} > {}", self.most)));
        }
        let needed = u32::try_from(needed).unwrap_or(u32::MAX);
        let taken = tokio::time::timeout(PATIENCE, self.taken(needed)).await;
        taken.map_err(|_elapsed| Refusal::Busy("too many files are open".to_owned()))
    }

    async fn taken(&self, needed: u32) -> Taken {
        loop {
            let mut freed = pin!(self.freed.notified());
            // Before looking: what is freed after that is heard of.
            freed.as_mut().enable();
            if let Ok(permit) = Arc::clone(&self.free).try_acquire_many_owned(needed) {
                return Taken { permit: Some(permit), freed: Arc::clone(&self.freed) };
            }
            freed.await;
        }
    }
}

/// Descriptors that a request has open at one time, at most.
pub(super) fn needed(request: &Request) -> usize {
    // Two pipes of two ends each, where a relay is in the middle.
    request.commands.iter().map(of_command).sum::<usize>() + 4 * request.pipes.len()
}

fn of_command(command: &Command) -> usize {
    let opened: BTreeSet<&str> = command.copy_in.values().filter_map(opened).collect();
    let is_content = |file: &&CopiedIn| matches!(file, CopiedIn::Source(Source::Content(_)));
    let contents = command.copy_in.values().filter(is_content).count();
    let left = if command.copy_out_dir.is_empty() { 0 } else { LEFT };
    // A pipe has two ends, a terminal three.
    3 * command.files.len()
        + opened.len()
        + contents.min(CONTENTS)
        + command.copy_out.len()
        + command.copy_out_cached.len()
        + left
}

/// What a file is opened by: several of one name are one.
fn opened(file: &CopiedIn) -> Option<&str> {
    match file {
        CopiedIn::Source(Source::Local(name) | Source::Stored(name)) => Some(name),
        CopiedIn::Source(Source::Content(_))
        | CopiedIn::Symlink(_)
        | CopiedIn::Collector
        | CopiedIn::Unusable(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(copy_in: impl IntoIterator<Item = (String, CopiedIn)>) -> Request {
        let command = Command { copy_in: copy_in.into_iter().collect(), ..Command::default() };
        Request { commands: vec![command], ..Request::default() }
    }

    fn stored(id: &str) -> CopiedIn {
        CopiedIn::Source(Source::Stored(id.to_owned()))
    }

    #[test]
    fn one_file_needs_one_however_often_it_is_copied_in() {
        assert_eq!(needed(&request((0..40_000).map(|name| (name.to_string(), stored("A"))))), 1);
        assert_eq!(needed(&request((0..100).map(|name| (name.to_string(), stored(&name.to_string()))))), 100);
        let content = || CopiedIn::Source(Source::Content("x".into()));
        assert_eq!(needed(&request((0..10_000).map(|name| (name.to_string(), content())))), CONTENTS);
    }

    #[tokio::test(start_paused = true)]
    async fn who_needs_more_than_one_may_have_is_refused_and_others_wait_for_each_other() {
        let descriptors = Descriptors::of(100, 75);
        let of = |count: usize| request((0..count).map(|name| (name.to_string(), stored(&name.to_string()))));
        let refused = descriptors.take(&of(76)).await.unwrap_err();
        assert_eq!(refused, Refusal::Bad("too many files: 76 > 75".to_owned()));
        let first = descriptors.take(&of(75)).await.unwrap();
        let refused = descriptors.take(&of(26)).await.unwrap_err();
        assert!(matches!(refused, Refusal::Busy(_)));
        drop(descriptors.take(&of(25)).await.unwrap());
        drop(first);
        drop(descriptors.take(&of(75)).await.unwrap());
    }
    #[tokio::test(start_paused = true)]
    async fn who_waits_for_many_keeps_none_from_others_and_gets_them_when_they_are_free() {
        let descriptors = Descriptors::of(100, 75);
        let of = |count: usize| request((0..count).map(|name| (name.to_string(), stored(&name.to_string()))));
        let first = descriptors.take(&of(60)).await.unwrap();
        let (large, small) = (of(75), of(40));
        let mut waiting = pin!(descriptors.take(&large));
        assert!(tokio::time::timeout(Duration::from_secs(1), &mut waiting).await.is_err());
        drop(descriptors.take(&small).await.unwrap());
        drop(first);
        waiting.await.unwrap();
    }
}

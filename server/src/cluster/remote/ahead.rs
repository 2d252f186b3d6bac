//! How much of what one submission's tests are made of is on its way at one time. The broker lets the oldest contents go where there
//! are more than it has room for: what was sent long before a node comes to it would not be there.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gavel_protocol::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

use crate::content::Content;
use crate::judge::CaseJob;

/// What it is counted in: less than that is nothing.
const UNIT: u64 = 64 * 1024;
/// One submission has so much of the room: others are judged beside it, and what was there before goes first.
const SHARE: u64 = 4;

/// The shares of all submissions.
#[derive(Debug, Default)]
pub(super) struct Shares(Mutex<HashMap<Uuid, Arc<Share>>>);

#[derive(Debug)]
struct Share {
    free: Arc<Semaphore>,
    all: u32,
}

/// What a test has of its submission's share, until this is dropped.
#[derive(Debug)]
pub(super) struct Part<'a> {
    shares: &'a Shares,
    submission: Uuid,
    share: Option<Arc<Share>>,
    held: Option<OwnedSemaphorePermit>,
}

impl Share {
    fn of(room: Bytes) -> Self {
        let all = u32::try_from(room.get() / SHARE / UNIT).unwrap_or(u32::MAX).max(1);
        // More than that a semaphore has not on any machine.
        let all = all.min(u32::MAX >> 4);
        Self { free: Arc::new(Semaphore::new(all as usize)), all }
    }
}

impl Shares {
    /// Waits until a test may be sent that is made of so much, where the broker has so much room for contents; a program that is none's
    /// waits for nothing.
    pub(super) async fn enter(
        &self,
        submission: Option<Uuid>,
        contents: Bytes,
        room: Bytes,
    ) -> Option<Part<'_>> {
        let units = u32::try_from(contents.get() / UNIT).unwrap_or(u32::MAX);
        let submission = submission.filter(|_| units > 0)?;
        let share = Arc::clone(self.all().entry(submission).or_insert_with(|| Arc::new(Share::of(room))));
        let (free, units) = (Arc::clone(&share.free), units.min(share.all));
        let mut part = Part { shares: self, submission, share: Some(share), held: None };
        part.held = free.acquire_many_owned(units).await.ok();
        Some(part)
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Uuid, Arc<Share>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Part<'_> {
    fn drop(&mut self) {
        let mut all = self.shares.all();
        drop((self.held.take(), self.share.take()));
        if all.get(&self.submission).is_some_and(|share| Arc::strong_count(share) == 1) {
            all.remove(&self.submission);
        }
    }
}

/// Bytes of what a test is made of, but for its program, which all tests have.
pub(super) fn contents(job: &CaseJob<'_>) -> u64 {
    let files = job.beside.values().chain(job.kept.into_iter().flat_map(BTreeMap::values));
    files.map(Content::size).sum::<u64>() + job.input.size()
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[test]
    fn tests_of_one_submission_are_sent_as_far_as_there_is_room_for_what_they_are_made_of() {
        let (shares, submission) = (Shares::default(), Some(Uuid::from_u128(1)));
        let (room, large) = (Bytes::mib(64), Bytes::mib(6));
        let enter = |contents| Box::pin(shares.enter(submission, contents, room));
        let first = enter(large).now_or_never().unwrap();
        let second = enter(large).now_or_never().unwrap();
        assert!(first.is_some() && second.is_some());
        let mut third = enter(large);
        assert!(third.as_mut().now_or_never().is_none(), "18 MiB are more than a quarter");
        assert!(enter(Bytes::kib(63)).now_or_never().unwrap().is_none(), "it goes along");
        let other = shares.enter(Some(Uuid::from_u128(2)), large, room).now_or_never().unwrap();
        assert!(other.is_some(), "another submission has a share of its own");
        drop(first);
        let third = third.now_or_never().unwrap();
        assert!(third.is_some());
        drop((second, third));
        let whole = enter(Bytes::mib(60)).now_or_never().unwrap();
        assert!(whole.is_some(), "what is larger than a share is alone, and is sent");
        assert!(enter(large).now_or_never().is_none());
        drop((whole, other));
        assert!(shares.all().is_empty());
        assert!(shares.enter(None, large, room).now_or_never().unwrap().is_none());
    }
}

//! How much of what one submission's tests are made of is on its way at one time. The broker lets the oldest contents go where there
//! are more than it has room for: what was sent long before a node comes to it would not be there.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gavel_protocol::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

use super::whole::{Portion, Whole};
use crate::content::Content;
use crate::judge::CaseJob;

/// What it is counted in: less than that is nothing.
const UNIT: u64 = 64 * 1024;
/// One submission has so much of the room: others are judged beside it, and what was there before goes first.
const SHARE: u64 = 4;

/// The shares of all submissions.
#[derive(Debug, Default)]
pub(super) struct Shares {
    of: Mutex<HashMap<Uuid, Arc<Share>>>,
    /// All the room there is for this server: of many submissions, too, no more is on its way.
    whole: Whole,
}

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
    own: Option<OwnedSemaphorePermit>,
    whole: Option<Portion<'a>>,
}

impl Share {
    fn of(room: u64) -> Self {
        let all = u32::try_from(room / UNIT).unwrap_or(u32::MAX).max(1);
        // More than that a semaphore has not on any machine.
        let all = all.min(u32::MAX >> 4);
        Self { free: Arc::new(Semaphore::new(all as usize)), all }
    }

    /// Waits until so much of it is free, or all of it. Who waits is none of those that have it.
    fn take(&self, units: u32) -> impl Future<Output = Option<OwnedSemaphorePermit>> + use<> {
        let taking = Arc::clone(&self.free).acquire_many_owned(units.min(self.all));
        async { taking.await.ok() }
    }
}

impl Shares {
    /// Waits until a test of this user's submission may be sent that is made of so much, where the broker has so much room for this server's;
    /// a program that is none's waits for nothing.
    pub(super) async fn enter(
        &self,
        (user, submission): (Option<&str>, Option<Uuid>),
        contents: Bytes,
        room: Bytes,
    ) -> Option<Part<'_>> {
        let units = u32::try_from(contents.get() / UNIT).unwrap_or(u32::MAX);
        let submission = submission.filter(|_| units > 0)?;
        let new = || Arc::new(Share::of(room.get() / SHARE));
        let share = Arc::clone(self.of().entry(submission).or_insert_with(new));
        let own = share.take(units);
        let mut part = Part { shares: self, submission, share: Some(share), own: None, whole: None };
        // In this order: who waits for its own submission's keeps nothing from others.
        part.own = own.await;
        let all = (room.get() / UNIT).max(1);
        part.whole = Some(self.whole.take(user.map(str::to_owned), units.into(), all).await);
        Some(part)
    }

    fn of(&self) -> MutexGuard<'_, HashMap<Uuid, Arc<Share>>> {
        self.of.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Part<'_> {
    fn drop(&mut self) {
        self.whole = None;
        let mut of = self.shares.of();
        drop((self.own.take(), self.share.take()));
        if of.get(&self.submission).is_some_and(|share| Arc::strong_count(share) == 1) {
            of.remove(&self.submission);
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
        let (shares, submission) = (Shares::default(), (Some("a"), Some(Uuid::from_u128(1))));
        let (room, large) = (Bytes::mib(64), Bytes::mib(6));
        let enter = |contents| Box::pin(shares.enter(submission, contents, room));
        let first = enter(large).now_or_never().unwrap();
        let second = enter(large).now_or_never().unwrap();
        assert!(first.is_some() && second.is_some());
        let mut third = enter(large);
        assert!(third.as_mut().now_or_never().is_none(), "18 MiB are more than a quarter");
        assert!(enter(Bytes::kib(63)).now_or_never().unwrap().is_none(), "it goes along");
        let other = shares.enter((Some("b"), Some(Uuid::from_u128(2))), large, room).now_or_never().unwrap();
        assert!(other.is_some(), "another submission has a share of its own");
        drop(first);
        let third = third.now_or_never().unwrap();
        assert!(third.is_some());
        drop((second, third));
        assert!(enter(Bytes::mib(60)).now_or_never().is_none(), "the other's is on its way");
        drop(other);
        let whole = enter(Bytes::mib(60)).now_or_never().unwrap();
        assert!(whole.is_some(), "what is larger than a share is alone, and is sent");
        assert!(enter(large).now_or_never().is_none());
        drop(whole);
        assert!(shares.of().is_empty());
        assert!(shares.enter((Some("a"), None), large, room).now_or_never().unwrap().is_none());
    }

    #[test]
    fn all_submissions_together_have_no_more_on_its_way_than_there_is_room_for() {
        let (shares, room, large) = (Shares::default(), Bytes::mib(64), Bytes::mib(16));
        let enter = |number: u128, contents, room| {
            let (user, submission) = (number.to_string(), Some(Uuid::from_u128(number)));
            Box::pin(shares.enter((Some(&*user), submission), contents, room)).now_or_never()
        };
        let mut sent: Vec<_> = (0..4).map(|number| enter(number, large, room).unwrap()).collect();
        assert!(enter(4, large, room).is_none(), "each has a quarter, and there are four");
        assert!(enter(4, Bytes::kib(63), room).is_some(), "it goes along");
        sent.pop();
        sent.push(enter(4, large, room).unwrap());
        assert!(enter(5, large, room).is_none());
        assert!(enter(5, large, Bytes::mib(128)).unwrap().is_some(), "the broker has more by now");
        assert!(enter(5, large, Bytes::mib(65)).is_none(), "and what was sent before is still there");
        drop(sent);
        assert!(shares.of().is_empty(), "who has left waits for nothing");
    }

    #[test]
    fn one_user_with_many_submissions_keeps_no_others_small_tests_waiting() {
        let (shares, room, large) = (Shares::default(), Bytes::mib(64), Bytes::mib(16));
        let enter = |user, number, contents| {
            Box::pin(shares.enter((Some(user), Some(Uuid::from_u128(number))), contents, room))
        };
        let mut flood: Vec<_> = (0..8).map(|number| enter("flood", number, large)).collect();
        let sent: Vec<_> = flood.iter_mut().map(|test| test.as_mut().now_or_never()).collect();
        assert_eq!(sent.iter().flatten().count(), 2, "the half of it");
        assert!(enter("other", 9, Bytes::kib(64)).now_or_never().is_some());
    }
}

//! One account of the memory that the server holds on somebody's behalf: bodies, what was made of them, what programs
//! wrote, and answers until their clients have taken them. Whoever needs more than is free waits, or is told.
//!
//! Nobody can hold all of it. Each [`Purpose`] has a share, so that running programs find room beside requests that
//! wait, and one holder has at most three quarters of its share. What is small goes on while large ones wait: there is
//! a floor that only small ones may use, and another for connections. Who waits holds nothing of what it waits for.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gavel_protocol::Bytes;
use tokio::time::Instant;

use self::ledger::{Ledger, Taken};
use self::senders::{Part, Senders};
use self::waiting::Waiting;

mod ledger;
pub(crate) mod senders;
mod size;
mod waiting;

pub use size::size;

/// Up to this size a thing is not counted: there is one for each connection or run at most, and those are bounded.
pub const UNCOUNTED: u64 = 8 * 1024;
/// Up to this size a holder may use the floor.
const SMALL: u64 = 64 * 1024;
/// What is counted.
const UNIT: u64 = 1024;

/// What memory is held for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Requests: their bodies, and what was parsed of them.
    Requests,
    /// What programs wrote, until the client has taken it.
    Outputs,
    /// What the programs of submissions write, until it is compared and kept. Set apart: whatever clients hold, tests
    /// are judged, and however many are, there is room for clients.
    Judging,
    /// Connections and their buffers.
    Connections,
    /// What is kept until somebody removes it: names of stored files.
    Kept,
}

impl Purpose {
    const ALL: [Self; 5] = [Self::Requests, Self::Outputs, Self::Judging, Self::Connections, Self::Kept];

    /// Its share is nobody else's.
    fn is_apart(self) -> bool {
        self == Self::Judging
    }

    /// The most that all of this purpose have, in sixteenths. Together these are more than the whole: what one purpose
    /// does not need is there for another. But connections and what is kept leave room, and so do requests for the
    /// outputs of those that run.
    fn sixteenths(self) -> u64 {
        match self {
            Self::Requests => 7,
            Self::Outputs => 9,
            Self::Judging => 3,
            Self::Connections => 3,
            Self::Kept => 1,
        }
    }
}

/// The account. Copies are of the same one.
#[derive(Debug, Clone)]
pub struct Account(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    size: Bytes,
    ledger: Mutex<Ledger>,
    senders: Senders,
}

/// Not so much is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Full {
    /// Now; later it may be.
    #[error("the server holds too much for others at this time")]
    Now,
    /// Nobody gets so much.
    #[error("the server never holds so much for one: {most} bytes are the most")]
    Ever {
        /// What one may hold.
        most: u64,
    },
}

impl Account {
    /// An account of so much memory.
    pub fn new(size: Bytes) -> Self {
        // With the floor, which is for what is small of these.
        let senders = Senders::new(size.get() / 16 * (Purpose::Requests.sixteenths() + 1));
        Self(Arc::new(Shared { size, ledger: Mutex::new(Ledger::new(size)), senders }))
    }

    /// Holds nothing yet, for this purpose.
    pub fn open(&self, purpose: Purpose) -> Held {
        Held { account: self.clone(), purpose, bytes: 0, taken: Taken::default(), sender: None }
    }

    /// Holds nothing yet, for what this sender asks for: one has at most half of the share of requests where another lacks
    /// room.
    pub fn open_for(&self, sender: Option<IpAddr>) -> Held {
        let mut held = self.open(Purpose::Requests);
        held.sender = sender.map(|sender| self.0.senders.part(sender));
        held
    }

    /// Takes so many bytes, if they are free.
    ///
    /// # Errors
    /// [`Full`].
    pub fn try_take(&self, purpose: Purpose, bytes: u64) -> Result<Held, Full> {
        let mut held = self.open(purpose);
        held.try_grow(bytes)?;
        Ok(held)
    }

    /// Takes so many bytes, and waits until they are free for as long as `patience`. Others may pass who need less, but
    /// in the long run not again and again.
    ///
    /// # Errors
    /// [`Full`].
    pub async fn take(&self, purpose: Purpose, bytes: u64, patience: Duration) -> Result<Held, Full> {
        let mut held = self.open(purpose);
        held.grow(bytes, patience).await?;
        Ok(held)
    }

    /// The most bytes that one holder may have. A test has all that there is for judging, if it needs that: others
    /// have it after it.
    pub fn most(&self, purpose: Purpose) -> u64 {
        let share = self.share(purpose);
        if purpose == Purpose::Judging { share } else { share / 4 * 3 }
    }

    /// The most bytes that all of this purpose may have together.
    pub fn share(&self, purpose: Purpose) -> u64 {
        self.0.size.get() / 16 * purpose.sixteenths()
    }

    /// What is held now, of all purposes.
    pub fn held(&self) -> Bytes {
        Bytes(self.ledger().held())
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.0.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A part of the account, given back when it is dropped.
#[derive(Debug)]
pub struct Held {
    account: Account,
    purpose: Purpose,
    bytes: u64,
    taken: Taken,
    sender: Option<Part>,
}

impl Held {
    /// How many bytes it is for.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Takes more, if it is free.
    ///
    /// # Errors
    /// [`Full`]; what it had, it has still.
    pub fn try_grow(&mut self, more: u64) -> Result<(), Full> {
        let bytes = self.grown(more)?;
        let missing = self.missing(bytes);
        if missing > 0 {
            if self.sender.as_mut().is_some_and(|sender| !sender.try_grow(missing * UNIT)) {
                return Err(Full::Now);
            }
            let taken = self.account.ledger().try_take(self.purpose, missing, bytes <= SMALL);
            self.had(taken)?;
        }
        self.bytes = bytes;
        Ok(())
    }

    /// Takes more, and waits for it for as long as `patience`.
    ///
    /// # Errors
    /// [`Full`]; what it had, it has still.
    pub async fn grow(&mut self, more: u64, patience: Duration) -> Result<(), Full> {
        let bytes = self.grown(more)?;
        let missing = self.missing(bytes);
        if missing > 0 {
            let deadline = Instant::now() + patience;
            if let Some(sender) = &mut self.sender
                && !sender.grow(missing * UNIT, deadline).await
            {
                return Err(Full::Now);
            }
            let waiting = Waiting::begin(&self.account, self.purpose, missing, bytes <= SMALL);
            let taken = waiting.taken(deadline - Instant::now()).await;
            self.had(taken)?;
        }
        self.bytes = bytes;
        Ok(())
    }

    /// Gives back what is not needed for so many bytes.
    pub fn shrink_to(&mut self, bytes: u64) {
        self.bytes = self.bytes.min(bytes);
        let surplus = self.taken.units().saturating_sub(units(self.bytes));
        if surplus > 0 {
            let surplus = self.taken.split(surplus);
            self.account.ledger().give_back(self.purpose, surplus);
            self.part_with_surplus();
        }
    }

    /// What was asked for was taken, or there was no room for it.
    fn had(&mut self, taken: Option<Taken>) -> Result<(), Full> {
        if let Some(taken) = taken {
            self.taken.add(taken);
            return Ok(());
        }
        if let Some(sender) = &self.sender {
            sender.note_lack();
        }
        self.part_with_surplus();
        Err(Full::Now)
    }

    /// What the sender has is what was taken for it.
    fn part_with_surplus(&mut self) {
        if let Some(sender) = &mut self.sender {
            sender.shrink_to(self.taken.units() * UNIT);
        }
    }

    /// Whoever it is held for has more than its part though another lacks room.
    pub(crate) fn is_in_the_way(&self) -> bool {
        self.sender.as_ref().is_some_and(Part::is_in_the_way)
    }

    /// The account that it is of.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// How many bytes it would be for, if that may be.
    fn grown(&self, more: u64) -> Result<u64, Full> {
        let (bytes, most) = (self.bytes.saturating_add(more), self.account.most(self.purpose));
        if bytes > most { Err(Full::Ever { most }) } else { Ok(bytes) }
    }

    /// What it lacks for so many bytes, in units.
    fn missing(&self, bytes: u64) -> u64 {
        units(bytes).saturating_sub(self.taken.units())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.shrink_to(0);
    }
}

fn units(bytes: u64) -> u64 {
    if bytes <= UNCOUNTED { 0 } else { bytes.div_ceil(UNIT) }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    const MIB: u64 = 1024 * 1024;
    const PATIENCE: Duration = Duration::from_secs(3);

    /// Of 16 MiB there are 11 for all but the floors and judging, of which requests may have 7, and outputs 9.
    fn account() -> Account {
        Account::new(Bytes::mib(16))
    }

    fn waits(account: &Account, purpose: Purpose, bytes: u64) -> tokio::task::JoinHandle<Result<Held, Full>> {
        let account = account.clone();
        tokio::spawn(async move { account.take(purpose, bytes, PATIENCE).await })
    }

    /// All who can go on do.
    async fn settle() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }

    fn nothing_is_taken(account: &Account) {
        assert_eq!((account.held(), account.ledger().free()), (Bytes(0), (11 * MIB, MIB)));
    }

    #[test]
    fn what_is_small_is_not_counted_and_the_rest_to_the_kibibyte() {
        let account = account();
        let mut held = account.try_take(Purpose::Requests, UNCOUNTED).unwrap();
        assert_eq!((account.held(), held.bytes()), (Bytes(0), UNCOUNTED));
        held.try_grow(1).unwrap();
        assert_eq!(account.held(), Bytes::kib(9));
        held.try_grow(1023).unwrap();
        assert_eq!(account.held(), Bytes::kib(9));
        held.shrink_to(UNCOUNTED);
        assert_eq!(account.held(), Bytes(0));
        held.try_grow(MIB).unwrap();
        drop(held);
        nothing_is_taken(&account);
    }

    #[test]
    fn nobody_holds_all_of_a_share_and_no_purpose_all_of_the_whole() {
        let account = account();
        let most = account.most(Purpose::Requests);
        assert_eq!(most, 21 * MIB / 4);
        let refused = account.try_take(Purpose::Requests, most + 1).unwrap_err();
        assert_eq!(refused, Full::Ever { most });
        let mut first = account.try_take(Purpose::Requests, most).unwrap();
        assert_eq!(first.try_grow(1).unwrap_err(), Full::Ever { most });
        let _second = account.try_take(Purpose::Requests, 7 * MIB - most).unwrap();
        assert_eq!(account.try_take(Purpose::Requests, MIB).unwrap_err(), Full::Now);
        account.try_take(Purpose::Outputs, 4 * MIB).unwrap();
    }

    #[test]
    fn judging_has_its_share_whatever_others_hold_and_they_whatever_judging_holds() {
        let account = account();
        let mut all = Vec::new();
        for purpose in [Purpose::Outputs, Purpose::Requests, Purpose::Connections, Purpose::Kept] {
            all.extend(std::iter::from_fn(|| account.try_take(purpose, MIB / 4).ok()));
        }
        assert_eq!(account.ledger().free().0, 0);
        let judging = account.try_take(Purpose::Judging, account.share(Purpose::Judging)).unwrap();
        assert_eq!((judging.bytes(), account.held()), (3 * MIB, Bytes::mib(14)));
        drop(all);
        assert_eq!(account.held(), Bytes::mib(3));
        account.try_take(Purpose::Outputs, account.most(Purpose::Outputs)).unwrap();
        assert_eq!(account.try_take(Purpose::Judging, MIB).unwrap_err(), Full::Now);
        drop(judging);
        nothing_is_taken(&account);
    }

    #[test]
    fn small_ones_go_on_beside_large_ones_that_have_all() {
        let account = account();
        let _large = [5, 2].map(|size| account.try_take(Purpose::Requests, size * MIB).unwrap());
        let small: Vec<_> = (0..16).map(|_| account.try_take(Purpose::Requests, SMALL).unwrap()).collect();
        assert_eq!(account.try_take(Purpose::Requests, SMALL).unwrap_err(), Full::Now);
        assert_eq!(account.held(), Bytes::mib(8));
        drop(small);
        let mut small = account.try_take(Purpose::Requests, SMALL).unwrap();
        assert_eq!(small.try_grow(1).unwrap_err(), Full::Now);
        small.shrink_to(0);
        assert_eq!(account.held(), Bytes::mib(7));
    }

    #[test]
    fn what_was_of_the_floor_is_given_back_to_it() {
        let account = account();
        let large = [5, 2].map(|size| account.try_take(Purpose::Requests, size * MIB).unwrap());
        let mut held = account.try_take(Purpose::Requests, SMALL / 2).unwrap();
        drop(large);
        held.try_grow(MIB).unwrap();
        held.shrink_to(MIB / 2);
        assert_eq!(account.ledger().free().1, MIB);
        assert_eq!(account.held(), Bytes(MIB / 2));
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_gets_what_is_given_back_and_is_told_when_it_takes_too_long() {
        let account = account();
        let first = account.try_take(Purpose::Outputs, 6 * MIB).unwrap();
        let begun = tokio::time::Instant::now();
        let refused = account.take(Purpose::Outputs, 6 * MIB, PATIENCE).await.unwrap_err();
        assert_eq!((refused, begun.elapsed()), (Full::Now, PATIENCE));
        let waiting = waits(&account, Purpose::Outputs, 6 * MIB);
        tokio::time::sleep(Duration::from_secs(1)).await;
        drop(first);
        assert_eq!(waiting.await.unwrap().unwrap().bytes(), 6 * MIB);
        nothing_is_taken(&account);
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_holds_nothing_of_it() {
        let account = account();
        let first = account.try_take(Purpose::Requests, 5 * MIB).unwrap();
        let waiting = waits(&account, Purpose::Requests, 5 * MIB);
        settle().await;
        let _others = [
            account.try_take(Purpose::Requests, MIB).unwrap(),
            account.take(Purpose::Requests, MIB, PATIENCE).await.unwrap(),
            account.try_take(Purpose::Outputs, 4 * MIB).unwrap(),
        ];
        assert!(!waiting.is_finished());
        drop(first);
        assert!(waiting.await.unwrap().is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_is_passed_by_others_but_not_for_ever() {
        let account = account();
        let take = || account.take(Purpose::Requests, 2 * MIB, PATIENCE).now_or_never();
        let (mut older, mut newer) = (take().unwrap().unwrap(), take().unwrap().unwrap());
        let waiting = waits(&account, Purpose::Requests, 5 * MIB);
        settle().await;
        let mut passed = 0;
        // There is always room for one more of these, and never for the one that waits.
        while let Some(next) = take() {
            older = std::mem::replace(&mut newer, next.unwrap());
            passed += 1;
        }
        assert_eq!((passed, waiting.is_finished()), (4, false));
        drop((older, newer));
        assert!(waiting.await.unwrap().is_ok());
        nothing_is_taken(&account);
    }

    #[tokio::test(start_paused = true)]
    async fn a_sender_who_has_all_leaves_half_to_one_who_found_no_room() {
        let account = account();
        let [flood, other] = [1, 2].map(|last| Some([10, 0, 0, last].into()));
        let take = |sender, bytes| {
            let mut held = account.open_for(sender);
            held.try_grow(bytes).map(|()| held)
        };
        let mut all: Vec<_> = (0..7).map(|_| take(flood, MIB).unwrap()).collect();
        assert_eq!(take(other, MIB).unwrap_err(), Full::Now);
        all.truncate(4);
        assert_eq!(take(flood, MIB).unwrap_err(), Full::Now, "half of the share and of the floor");
        let mut held = take(other, 2 * MIB).unwrap();
        assert_eq!(held.grow(2 * MIB, PATIENCE).await.unwrap_err(), Full::Now);
        assert_eq!((held.bytes(), account.held()), (2 * MIB, Bytes::mib(6)));
        held.try_grow(MIB).unwrap();
        drop((all, held));
        nothing_is_taken(&account);
        drop([take(flood, 4 * MIB).unwrap(), take(other, 3 * MIB).unwrap()]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_free_of_the_whole_is_given_to_whatever_waits_for_it() {
        let account = account();
        let outputs = [6, 3].map(|size| account.try_take(Purpose::Outputs, size * MIB).unwrap());
        let waiting = waits(&account, Purpose::Requests, 5 * MIB);
        settle().await;
        assert!(!waiting.is_finished());
        drop(outputs);
        assert!(waiting.await.unwrap().is_ok());
        nothing_is_taken(&account);
    }

    #[tokio::test(start_paused = true)]
    async fn who_gives_up_waiting_leaves_nothing_taken_and_lets_those_behind_on() {
        let account = account();
        let first = account.try_take(Purpose::Outputs, 6 * MIB).unwrap();
        account.take(Purpose::Outputs, 6 * MIB, Duration::from_secs(1)).await.unwrap_err();
        // Given, and not heard of.
        let waiting = Waiting::begin(&account, Purpose::Outputs, 6 * MIB / UNIT, false);
        drop(first);
        assert_eq!(account.held(), Bytes::mib(6));
        drop(waiting);
        nothing_is_taken(&account);
    }
}

//! One account of the memory that the server holds on somebody's behalf: bodies, what was made of them, what programs
//! wrote, and answers until their clients have taken them. Whoever needs more than is free waits, or is told.
//!
//! Nobody can hold all of it. Each [`Purpose`] has a share, so that running programs find room beside requests that
//! wait, and one holder has at most three quarters of its share. What is small goes on while large ones wait: there is
//! a floor that only small ones may use.

use std::sync::Arc;
use std::time::Duration;

use gavel_protocol::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

mod size;

pub use size::size;

/// Up to this size a thing is not counted: there is one for each connection or run at most, and those are bounded.
pub const UNCOUNTED: u64 = 8 * 1024;
/// Up to this size a holder may use the floor.
const SMALL: u64 = 64 * 1024;
/// What the semaphores count.
const UNIT: u64 = 1024;

/// What memory is held for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Requests: their bodies, and what was parsed of them.
    Requests,
    /// What programs wrote, until the client has taken it.
    Outputs,
    /// Connections and their buffers.
    Connections,
    /// What is kept until somebody removes it: names of stored files.
    Kept,
}

impl Purpose {
    const ALL: [Self; 4] = [Self::Requests, Self::Outputs, Self::Connections, Self::Kept];

    /// Of what comes and goes with requests; the floor is for these.
    fn is_of_requests(self) -> bool {
        matches!(self, Self::Requests | Self::Outputs)
    }

    /// The most of the whole that all of this purpose have, in sixteenths. Together these are more than the whole: what
    /// one purpose does not need is there for another. But connections and what is kept leave room, and so do requests
    /// for the outputs of those that run.
    fn sixteenths(self) -> u64 {
        match self {
            Self::Requests => 8,
            Self::Outputs => 10,
            Self::Connections => 3,
            Self::Kept => 1,
        }
    }
}

/// The account. Copies are of the same one.
#[derive(Debug, Clone)]
pub struct Account(Arc<Pots>);

#[derive(Debug)]
struct Pots {
    size: Bytes,
    /// All but the floor.
    whole: Arc<Semaphore>,
    floor: Arc<Semaphore>,
    shares: [Pot; 4],
}

#[derive(Debug)]
struct Pot {
    units: Arc<Semaphore>,
    size: u64,
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
        let pot = |purpose: Purpose| {
            let size = size.get() / 16 * purpose.sixteenths();
            Pot { units: semaphore(size), size }
        };
        let floor = size.get() / 16;
        Self(Arc::new(Pots {
            size,
            whole: semaphore(size.get() - floor),
            floor: semaphore(floor),
            shares: Purpose::ALL.map(pot),
        }))
    }

    /// Holds nothing yet, for this purpose.
    pub fn open(&self, purpose: Purpose) -> Held {
        Held { account: self.clone(), purpose, bytes: 0, large: None, floor: None }
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

    /// Takes so many bytes, and waits until they are free for as long as `patience`. Who waits is served in turn.
    ///
    /// # Errors
    /// [`Full`].
    pub async fn take(&self, purpose: Purpose, bytes: u64, patience: Duration) -> Result<Held, Full> {
        let mut held = self.open(purpose);
        held.grow(bytes, patience).await?;
        Ok(held)
    }

    /// The most bytes that one holder may have.
    pub fn most(&self, purpose: Purpose) -> u64 {
        self.share(purpose) / 4 * 3
    }

    /// The most bytes that all of this purpose may have together.
    pub fn share(&self, purpose: Purpose) -> u64 {
        self.pot(purpose).size
    }

    /// What is held now, of all purposes.
    pub fn held(&self) -> Bytes {
        let Pots { size, whole, floor, .. } = &*self.0;
        let free = (whole.available_permits() + floor.available_permits()) as u64 * UNIT;
        Bytes(size.get().saturating_sub(free))
    }

    fn pot(&self, purpose: Purpose) -> &Pot {
        &self.0.shares[purpose as usize]
    }
}

/// A part of the account, given back when it is dropped.
#[derive(Debug)]
pub struct Held {
    account: Account,
    purpose: Purpose,
    bytes: u64,
    large: Option<Large>,
    floor: Option<OwnedSemaphorePermit>,
}

/// Of a purpose's share and of the whole, the same.
#[derive(Debug)]
struct Large {
    share: OwnedSemaphorePermit,
    whole: OwnedSemaphorePermit,
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
            let pots = &self.account.0;
            let large = Large::try_take(&self.account.pot(self.purpose).units, &pots.whole, missing);
            match large {
                Some(large) => self.add(large),
                None if bytes <= SMALL && self.purpose.is_of_requests() => {
                    let floor = try_acquire(&pots.floor, missing).ok_or(Full::Now)?;
                    join(&mut self.floor, floor);
                }
                None => return Err(Full::Now),
            }
        }
        self.bytes = bytes;
        Ok(())
    }

    /// Takes more, and waits for it for as long as `patience`.
    ///
    /// # Errors
    /// [`Full`]; what it had, it has still.
    pub async fn grow(&mut self, more: u64, patience: Duration) -> Result<(), Full> {
        match self.try_grow(more) {
            Err(Full::Now) => {}
            done => return done,
        }
        let bytes = self.grown(more)?;
        let taking = Large::take(
            Arc::clone(&self.account.pot(self.purpose).units),
            Arc::clone(&self.account.0.whole),
            self.missing(bytes),
        );
        let large = tokio::time::timeout(patience, taking).await.ok().flatten().ok_or(Full::Now)?;
        self.add(large);
        self.bytes = bytes;
        Ok(())
    }

    /// Gives back what is not needed for so many bytes.
    pub fn shrink_to(&mut self, bytes: u64) {
        self.bytes = self.bytes.min(bytes);
        let mut surplus = self.units() - units(self.bytes).min(self.units());
        // The floor first: there is little of it.
        let of_floor = self.floor.as_ref().map_or(0, OwnedSemaphorePermit::num_permits).min(surplus);
        drop(self.floor.as_mut().and_then(|floor| floor.split(of_floor)));
        surplus -= of_floor;
        if let Some(Large { share, whole }) = &mut self.large {
            drop((share.split(surplus), whole.split(surplus)));
        }
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

    /// What it lacks for so many bytes.
    fn missing(&self, bytes: u64) -> u32 {
        u32::try_from(units(bytes).saturating_sub(self.units())).unwrap_or(u32::MAX)
    }

    fn units(&self) -> usize {
        let large = self.large.as_ref().map_or(0, |large| large.whole.num_permits());
        large + self.floor.as_ref().map_or(0, OwnedSemaphorePermit::num_permits)
    }

    fn add(&mut self, more: Large) {
        match &mut self.large {
            Some(large) => {
                large.share.merge(more.share);
                large.whole.merge(more.whole);
            }
            none => *none = Some(more),
        }
    }
}

impl Large {
    fn try_take(share: &Arc<Semaphore>, whole: &Arc<Semaphore>, units: u32) -> Option<Self> {
        let share = try_acquire(share, units)?;
        Some(Self { share, whole: try_acquire(whole, units)? })
    }

    async fn take(share: Arc<Semaphore>, whole: Arc<Semaphore>, units: u32) -> Option<Self> {
        let share = share.acquire_many_owned(units).await.ok()?;
        Some(Self { share, whole: whole.acquire_many_owned(units).await.ok()? })
    }
}

fn semaphore(bytes: u64) -> Arc<Semaphore> {
    let units = usize::try_from(bytes / UNIT).unwrap_or(usize::MAX);
    Arc::new(Semaphore::new(units.min(Semaphore::MAX_PERMITS)))
}

fn try_acquire(from: &Arc<Semaphore>, units: u32) -> Option<OwnedSemaphorePermit> {
    Arc::clone(from).try_acquire_many_owned(units).ok()
}

fn join(to: &mut Option<OwnedSemaphorePermit>, more: OwnedSemaphorePermit) {
    match to {
        Some(permit) => permit.merge(more),
        none => *none = Some(more),
    }
}

fn units(bytes: u64) -> usize {
    if bytes <= UNCOUNTED { 0 } else { usize::try_from(bytes.div_ceil(UNIT)).unwrap_or(usize::MAX) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1024 * 1024;

    fn account() -> Account {
        Account::new(Bytes::mib(16))
    }

    /// Of what is free of everything, what is not the floor.
    fn free(account: &Account) -> u64 {
        account.0.whole.available_permits() as u64 * UNIT
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
        assert_eq!((account.held(), free(&account)), (Bytes(0), 15 * MIB));
    }

    #[test]
    fn nobody_holds_all_of_a_share_and_no_purpose_all_of_the_whole() {
        let account = account();
        let most = account.most(Purpose::Requests);
        assert_eq!(most, 6 * MIB);
        let refused = account.try_take(Purpose::Requests, most + 1).unwrap_err();
        assert_eq!(refused, Full::Ever { most });
        let mut first = account.try_take(Purpose::Requests, most).unwrap();
        assert_eq!(first.try_grow(1).unwrap_err(), Full::Ever { most });
        let _second = account.try_take(Purpose::Requests, 2 * MIB).unwrap();
        assert_eq!(account.try_take(Purpose::Requests, MIB).unwrap_err(), Full::Now);
        account.try_take(Purpose::Outputs, 7 * MIB).unwrap();
    }

    #[test]
    fn small_ones_go_on_beside_large_ones_that_have_all() {
        let account = account();
        let _large = [6, 2].map(|size| account.try_take(Purpose::Requests, size * MIB).unwrap());
        let small: Vec<_> = (0..16).map(|_| account.try_take(Purpose::Requests, SMALL).unwrap()).collect();
        assert_eq!(account.try_take(Purpose::Requests, SMALL).unwrap_err(), Full::Now);
        assert_eq!(account.held(), Bytes::mib(9));
        drop(small);
        let mut small = account.try_take(Purpose::Requests, SMALL).unwrap();
        assert_eq!(small.try_grow(1).unwrap_err(), Full::Now);
        small.shrink_to(0);
        assert_eq!(account.held(), Bytes::mib(8));
    }

    #[test]
    fn what_was_of_the_floor_is_given_back_to_it() {
        let account = account();
        let large = [6, 2].map(|size| account.try_take(Purpose::Requests, size * MIB).unwrap());
        let mut held = account.try_take(Purpose::Requests, SMALL / 2).unwrap();
        drop(large);
        held.try_grow(MIB).unwrap();
        held.shrink_to(MIB / 2);
        assert_eq!(account.0.floor.available_permits() as u64 * UNIT, MIB);
        assert_eq!(account.held(), Bytes(MIB / 2));
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_gets_what_is_given_back_and_is_told_when_it_takes_too_long() {
        let account = account();
        let patience = Duration::from_secs(3);
        let first = account.try_take(Purpose::Outputs, 7 * MIB).unwrap();
        let begun = tokio::time::Instant::now();
        let refused = account.take(Purpose::Outputs, 7 * MIB, patience).await.unwrap_err();
        assert_eq!((refused, begun.elapsed()), (Full::Now, patience));
        let waiting = tokio::spawn({
            let account = account.clone();
            async move { account.take(Purpose::Outputs, 7 * MIB, patience).await }
        });
        tokio::time::sleep(Duration::from_secs(1)).await;
        drop(first);
        assert_eq!(waiting.await.unwrap().unwrap().bytes(), 7 * MIB);
        assert_eq!(account.held(), Bytes(0));
    }

    #[tokio::test(start_paused = true)]
    async fn who_gives_up_waiting_leaves_nothing_taken() {
        let account = account();
        let first = account.try_take(Purpose::Outputs, 7 * MIB).unwrap();
        account.take(Purpose::Outputs, 7 * MIB, Duration::from_secs(1)).await.unwrap_err();
        drop(first);
        assert_eq!((account.held(), free(&account)), (Bytes(0), 15 * MIB));
    }
}

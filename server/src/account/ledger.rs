//! What is free of the account, and who waits for some of it.

use std::collections::VecDeque;

use gavel_protocol::Bytes;
use tokio::sync::oneshot;

use super::{Purpose, UNIT};

/// Counts in units.
#[derive(Debug)]
pub(super) struct Ledger {
    /// All but the floors and what is set apart.
    whole: Pot,
    /// For what is small of requests, and for connections: without one nobody is even told that there is no room.
    floors: [Pot; 2],
    shares: [Share; Purpose::ALL.len()],
    /// Of the next who waits.
    next: u64,
}

#[derive(Debug)]
struct Pot {
    size: u64,
    free: u64,
}

/// Of one purpose.
#[derive(Debug)]
struct Share {
    pot: Pot,
    /// In the order in which they came.
    waiting: VecDeque<Waiter>,
    /// All that was ever taken.
    taken: u64,
}

#[derive(Debug)]
struct Waiter {
    number: u64,
    units: u64,
    /// What had ever been taken when it came.
    since: u64,
    granted: oneshot::Sender<()>,
}

/// What one holder has.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Taken {
    /// Of its purpose's share and of the whole, the same.
    large: u64,
    floor: u64,
}

impl Taken {
    /// So much of a share.
    pub(super) fn of_share(units: u64) -> Self {
        Self { large: units, floor: 0 }
    }

    pub(super) fn units(self) -> u64 {
        self.large + self.floor
    }

    pub(super) fn add(&mut self, more: Self) {
        self.large += more.large;
        self.floor += more.floor;
    }

    /// Parts with so much of it: of the floor first, of which there is little.
    pub(super) fn split(&mut self, units: u64) -> Self {
        let floor = self.floor.min(units);
        let large = self.large.min(units - floor);
        self.floor -= floor;
        self.large -= large;
        Self { large, floor }
    }
}

impl Pot {
    fn of(bytes: u64) -> Self {
        let size = bytes / UNIT;
        Self { size, free: size }
    }

    fn taken(&self) -> u64 {
        self.size - self.free
    }
}

impl Ledger {
    /// Of so much memory, all of it free.
    pub(super) fn new(size: Bytes) -> Self {
        let sixteenth = size.get() / 16;
        let share = |purpose: Purpose| {
            let pot = Pot::of(sixteenth * purpose.sixteenths());
            Share { pot, waiting: VecDeque::new(), taken: 0 }
        };
        let apart: u64 = Purpose::ALL.into_iter().filter(|it| it.is_apart()).map(Purpose::sixteenths).sum();
        Self {
            whole: Pot::of(size.get() - sixteenth * (apart + 2)),
            floors: [sixteenth; 2].map(Pot::of),
            shares: Purpose::ALL.map(share),
            next: 0,
        }
    }

    /// What is held, in bytes.
    pub(super) fn held(&self) -> u64 {
        let apart = Purpose::ALL.into_iter().filter(|purpose| purpose.is_apart());
        let apart: u64 = apart.map(|purpose| self.shares[purpose as usize].pot.taken()).sum();
        let floors: u64 = self.floors.iter().map(Pot::taken).sum();
        (self.whole.taken() + floors + apart) * UNIT
    }

    /// Takes so much, if it is free, whoever waits. What is small may be of the floor.
    pub(super) fn try_take(&mut self, purpose: Purpose, units: u64, small: bool) -> Option<Taken> {
        if self.is_free(purpose, units) {
            self.take(purpose, units);
            return Some(Taken::of_share(units));
        }
        let floor = self.floor(purpose).filter(|floor| small && floor.free >= units)?;
        floor.free -= units;
        Some(Taken { large: 0, floor: units })
    }

    /// What is small of this purpose may have of it.
    fn floor(&mut self, purpose: Purpose) -> Option<&mut Pot> {
        let [of_requests, of_connections] = &mut self.floors;
        match purpose {
            Purpose::Requests | Purpose::Outputs => Some(of_requests),
            Purpose::Connections => Some(of_connections),
            Purpose::Judging | Purpose::Kept => None,
        }
    }

    /// Those who have waited for so long that others of their purpose took as much as there is let nobody pass any more
    /// who would rather wait than be refused.
    pub(super) fn may_pass(&self, purpose: Purpose) -> bool {
        let share = &self.shares[purpose as usize];
        share.waiting.front().is_none_or(|first| share.taken - first.since < share.pot.size)
    }

    /// Stands in the queue for so much of a share, until it is told that it has that. The number is its own.
    pub(super) fn wait(&mut self, purpose: Purpose, units: u64) -> (u64, oneshot::Receiver<()>) {
        let (granted, told) = oneshot::channel();
        let number = self.next;
        self.next += 1;
        let share = &mut self.shares[purpose as usize];
        share.waiting.push_back(Waiter { number, units, since: share.taken, granted });
        (number, told)
    }

    /// Leaves the queue; false if it had been given what it waited for.
    pub(super) fn leave(&mut self, purpose: Purpose, number: u64) -> bool {
        let waiting = &mut self.shares[purpose as usize].waiting;
        let place = waiting.iter().position(|waiter| waiter.number == number);
        let left = place.and_then(|place| waiting.remove(place)).is_some();
        if left {
            // Those behind it may have waited for it to be served.
            self.serve(purpose);
        }
        left
    }

    /// Takes back what a holder had, and gives it to those who wait.
    pub(super) fn give_back(&mut self, purpose: Purpose, taken: Taken) {
        if let Some(floor) = self.floor(purpose) {
            floor.free += taken.floor;
        }
        self.shares[purpose as usize].pot.free += taken.large;
        if purpose.is_apart() {
            return self.serve(purpose);
        }
        self.whole.free += taken.large;
        // Any of them may have lacked what was free of the whole.
        for purpose in Purpose::ALL {
            self.serve(purpose);
        }
    }

    fn serve(&mut self, purpose: Purpose) {
        let mut place = 0;
        while let Some(waiter) = self.shares[purpose as usize].waiting.get(place) {
            let first = place == 0;
            if self.is_free(purpose, waiter.units) && (first || self.may_pass(purpose)) {
                let Some(waiter) = self.shares[purpose as usize].waiting.remove(place) else { return };
                self.take(purpose, waiter.units);
                // One that does not hear of it gives it back: see `leave`.
                let _gone = waiter.granted.send(());
            } else {
                place += 1;
            }
        }
    }

    fn is_free(&self, purpose: Purpose, units: u64) -> bool {
        self.shares[purpose as usize].pot.free >= units && (purpose.is_apart() || self.whole.free >= units)
    }

    fn take(&mut self, purpose: Purpose, units: u64) {
        let share = &mut self.shares[purpose as usize];
        share.pot.free -= units;
        share.taken += units;
        if !purpose.is_apart() {
            self.whole.free -= units;
        }
    }

    #[cfg(test)]
    pub(super) fn free(&self) -> (u64, u64) {
        (self.whole.free * UNIT, self.floors[0].free * UNIT)
    }
}

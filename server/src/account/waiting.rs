//! Waits for a part of the account, and holds nothing of it meanwhile.

use std::time::Duration;

use tokio::sync::oneshot;

use super::ledger::Taken;
use super::{Account, Purpose};

/// One who takes what it can, or stands in the queue. Dropped, it leaves nothing taken.
#[derive(Debug)]
pub(super) struct Waiting {
    account: Account,
    purpose: Purpose,
    units: u64,
    state: State,
}

#[derive(Debug)]
enum State {
    Has(Taken),
    Waits { number: u64, told: oneshot::Receiver<()> },
    Done,
}

impl Waiting {
    /// Takes so many units if it may, else waits for them. What is small never waits behind others.
    pub(super) fn begin(account: &Account, purpose: Purpose, units: u64, small: bool) -> Self {
        let mut ledger = account.ledger();
        let at_once = small || ledger.may_pass(purpose);
        let taken = if at_once { ledger.try_take(purpose, units, small) } else { None };
        let state = match taken {
            Some(taken) => State::Has(taken),
            None => {
                let (number, told) = ledger.wait(purpose, units);
                State::Waits { number, told }
            }
        };
        drop(ledger);
        Self { account: account.clone(), purpose, units, state }
    }

    /// What it was given; none where that took longer than `patience`.
    pub(super) async fn taken(mut self, patience: Duration) -> Option<Taken> {
        if let State::Waits { told, .. } = &mut self.state {
            tokio::time::timeout(patience, told).await.ok()?.ok()?;
            self.state = State::Has(Taken::of_share(self.units));
        }
        match std::mem::replace(&mut self.state, State::Done) {
            State::Has(taken) => Some(taken),
            State::Waits { .. } | State::Done => None,
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut ledger = self.account.ledger();
        match self.state {
            State::Has(taken) => ledger.give_back(self.purpose, taken),
            State::Waits { number, .. } => {
                if !ledger.leave(self.purpose, number) {
                    ledger.give_back(self.purpose, Taken::of_share(self.units));
                }
            }
            State::Done => {}
        }
    }
}

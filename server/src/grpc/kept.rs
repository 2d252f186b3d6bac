//! What an answer has of the account, until its client has taken it.

use std::sync::{Arc, Mutex, PoisonError};

use tonic::Extensions;

use crate::account::{Account, Full, Held, Purpose};

/// Of one call: handed to what answers it with its request, and kept by the body of its answer.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    account: Account,
    held: Arc<Mutex<Vec<Held>>>,
}

impl Kept {
    /// Nothing yet.
    pub(super) fn new(account: &Account) -> Self {
        Self { account: account.clone(), held: Arc::default() }
    }

    /// That of the call which has these extensions; one that nobody keeps where it has none.
    pub(super) fn of(extensions: &Extensions, account: &Account) -> Self {
        extensions.get::<Self>().cloned().unwrap_or_else(|| Self::new(account))
    }

    /// Keeps this until the answer is taken.
    pub(super) fn keep(&self, held: impl IntoIterator<Item = Held>) {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).extend(held);
    }

    /// Takes what an answer needs that is copied when it is written.
    ///
    /// # Errors
    /// [`Full`].
    pub(super) fn take(&self, bytes: u64) -> Result<(), Full> {
        self.keep([self.account.try_take(Purpose::Outputs, bytes)?]);
        Ok(())
    }
}

//! A sandbox in somebody's hands.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::bank::Bank;
use crate::sandbox::member::Sandbox;
use crate::sandbox::{Lease, Program, Ran, SandboxError};

/// A leased sandbox; dropping it gives it back.
#[derive(Debug)]
pub struct LeasedSandbox {
    /// `None` only while it is dropped.
    sandbox: Option<Sandbox>,
    /// Where it belongs.
    place: usize,
    bank: Arc<Bank>,
}

impl LeasedSandbox {
    pub(super) fn new(sandbox: Sandbox, place: usize, bank: Arc<Bank>) -> Self {
        Self { sandbox: Some(sandbox), place, bank }
    }

    /// The sandbox itself.
    #[cfg(test)]
    pub(super) fn sandbox(&mut self) -> &mut Sandbox {
        self.sandbox.as_mut().unwrap()
    }
}

impl Lease for LeasedSandbox {
    async fn run(&mut self, program: Program, cancel: &CancellationToken) -> Result<Ran, SandboxError> {
        match &mut self.sandbox {
            // It is large, and would be a part of all that awaits it.
            Some(sandbox) => Box::pin(sandbox.run(program, cancel)).await,
            None => Err(SandboxError::Stopping),
        }
    }

    fn name(&self) -> &str {
        self.sandbox.as_ref().map_or("", |sandbox| &sandbox.name)
    }

    fn image(&self) -> Option<&str> {
        self.sandbox.as_ref().map(|sandbox| &*sandbox.image)
    }
}

impl Drop for LeasedSandbox {
    /// The proof of the last run is waited for in the background, not by whoever had the sandbox.
    fn drop(&mut self) {
        let Some(mut sandbox) = self.sandbox.take() else { return };
        if sandbox.settled() {
            return self.bank.give_back(self.place, sandbox);
        }
        let (bank, place) = (Arc::clone(&self.bank), self.place);
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(async move {
                // What came of it is in the sandbox's state.
                let _ = sandbox.settle().await;
                bank.give_back(place, sandbox);
            })),
            // The process ends.
            Err(_) => bank.give_back(place, sandbox),
        }
    }
}

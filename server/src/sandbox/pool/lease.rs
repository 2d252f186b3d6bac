//! A sandbox in somebody's hands.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::shelf::Shelf;
use crate::sandbox::member::Sandbox;
use crate::sandbox::{Lease, Program, Ran, SandboxError};

/// A leased sandbox; dropping it gives it back.
#[derive(Debug)]
pub struct LeasedSandbox {
    /// `None` only while it is dropped.
    sandbox: Option<Sandbox>,
    shelf: Arc<Shelf>,
}

impl LeasedSandbox {
    pub(super) fn new(sandbox: Sandbox, shelf: Arc<Shelf>) -> Self {
        Self { sandbox: Some(sandbox), shelf }
    }
}

impl Lease for LeasedSandbox {
    async fn run(&mut self, program: Program, cancel: &CancellationToken) -> Result<Ran, SandboxError> {
        match &mut self.sandbox {
            Some(sandbox) => sandbox.run(program, cancel).await,
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
            return self.shelf.give_back(sandbox);
        }
        let shelf = Arc::clone(&self.shelf);
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(async move {
                // What came of it is in the sandbox's state.
                let _ = sandbox.settle().await;
                shelf.give_back(sandbox);
            })),
            // The process ends.
            Err(_) => shelf.give_back(sandbox),
        }
    }
}

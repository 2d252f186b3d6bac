//! What the API sees of the pool: its state, and a button to replace all of it.

use std::fmt::Debug;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::sandbox::{Pool, PoolStatus, SandboxStatus};
use crate::slots::Kind;

/// The pool as operators see it, or a stand-in in tests.
pub trait Operations: Debug + Send + Sync + 'static {
    /// How it stands now.
    fn status(&self) -> PoolStatus;

    /// Each sandbox.
    fn sandboxes(&self) -> Vec<SandboxStatus>;

    /// Runs that one submission may have at one time.
    fn runs_at_once(&self) -> usize;

    /// Retires every sandbox as soon as it is idle, and has it replaced.
    fn recycle(&self) -> Recycled;
}

impl Operations for Pool {
    fn status(&self) -> PoolStatus {
        Self::status(self)
    }

    fn sandboxes(&self) -> Vec<SandboxStatus> {
        Self::sandboxes(self)
    }

    fn runs_at_once(&self) -> usize {
        self.at_once(Kind::Run)
    }

    fn recycle(&self) -> Recycled {
        Recycled { sandboxes: Self::recycle(self, None) }
    }
}

/// What recycling did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Recycled {
    /// Sandboxes that are or will be replaced.
    pub sandboxes: usize,
}

//! What the API sees of the pool: its state, and a button to replace all of it.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::{future, io};

use futures_util::future::BoxFuture;
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

    /// Removes what machines elsewhere have of sources, programs, inputs and outputs. What they still need they are sent again.
    ///
    /// # Errors
    /// Where some of it may be left.
    fn forget_contents(&self) -> BoxFuture<'_, io::Result<()>> {
        Box::pin(future::ready(Ok(())))
    }

    /// The nodes of a cluster, by name; none where this machine judges alone.
    fn nodes(&self) -> Vec<NodeView> {
        Vec::new()
    }

    /// Has a node begin nothing more, or begin tasks again. False where there is no such node.
    fn drain(&self, _node: &str, _drained: bool) -> bool {
        false
    }
}

/// A node of a cluster.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Node)]
pub struct NodeView {
    /// Its name.
    pub name: String,
    /// Whether it takes tasks.
    pub state: NodeState,
    /// Of its program.
    pub version: String,
    /// Tests that it runs at one time.
    pub credits: u32,
    /// Compilations that it runs at one time.
    pub compilations: u32,
    /// How fast its CPU is, from 1 that was common in 2021; where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub speed: Option<f64>,
    /// How much it does in a time, beside others: its slots, times how quick each was in the last minutes; or as its settings say.
    pub weight: f64,
    /// Tasks that it is at.
    pub busy: u32,
    /// Parts of judgings that it has done since the server started.
    pub done: u64,
    /// Parts at which it has failed.
    pub failures: u64,
    /// Why it begins nothing at the moment, where nobody has told it to, and what it has sent that no honest node sends.
    pub faults: Vec<String>,
    /// Milliseconds since it last told of itself.
    pub silent_ms: u64,
    /// The images that it has: their ids, by profile.
    pub images: BTreeMap<String, String>,
}

/// Whether a node takes tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NodeState {
    /// It does.
    Ready,
    /// It begins nothing more.
    Draining,
    /// It has not told of itself for some seconds.
    Away,
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

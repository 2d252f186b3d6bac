//! What the API sees of the pool: its state, and a button to replace all of it.

use std::fmt::Debug;

use std::collections::BTreeMap;

use gavel_protocol::CgroupTier;
use serde::{Deserialize, Serialize};

use crate::sandbox::{Pool, ShelfStatus};

/// The pool as operators see it, or a stand-in in tests.
pub trait Operations: Debug + Send + Sync + 'static {
    /// How it stands now.
    fn status(&self) -> PoolStatus;

    /// Retires every sandbox as soon as it is idle, and has it replaced.
    fn recycle(&self) -> Recycled;
}

impl Operations for Pool {
    fn status(&self) -> PoolStatus {
        let crate::sandbox::PoolStatus { shelves, overcommit } = Self::status(self);
        let tier = shelves.iter().find_map(|shelf| shelf.cgroup);
        let without_cgroups = (tier == Some(CgroupTier::None)).then(|| {
            "sandboxes have no cgroups: limits are rlimits and those of whole containers".to_owned()
        });
        let overcommit = overcommit.map(|overcommit| overcommit.to_string());
        PoolStatus {
            tier: tier.map(|tier| name_of_tier(tier).to_owned()),
            profiles: shelves.into_iter().map(ProfileStatus::from).collect(),
            notes: overcommit.into_iter().chain(without_cgroups).collect(),
        }
    }

    fn recycle(&self) -> Recycled {
        Recycled { sandboxes: Self::recycle(self, None) }
    }
}

/// How the pool stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PoolStatus {
    /// How limits are enforced: `cgroup v2`, `cgroup v1` or `rlimits only`; none before the first sandbox is up.
    pub tier: Option<String>,
    /// Sandboxes by profile.
    pub profiles: Vec<ProfileStatus>,
    /// What is not as it should be.
    pub notes: Vec<String>,
}

/// The sandboxes of one profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProfileStatus {
    /// `run`, `command`, or `toolchain:gcc`.
    pub profile: String,
    /// Sandboxes that may be in use at one time, those of other profiles of the same kind included.
    pub slots: usize,
    /// Sandboxes that are kept now, in use or not.
    pub kept: usize,
    /// Waiting for work.
    pub idle: usize,
    /// At work.
    pub leased: usize,
    /// Being made.
    pub starting: usize,
    /// Leases that are waited for.
    pub waiting: usize,
    /// Made since the server started.
    pub created: u64,
    /// Retired since the server started, by reason.
    pub retired: BTreeMap<String, u64>,
    /// Why the last one could not be made, while that lasts.
    pub problem: Option<String>,
    /// That is for want of its image.
    pub no_image: bool,
}

/// What recycling did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recycled {
    /// Sandboxes that are or will be replaced.
    pub sandboxes: usize,
}

impl From<ShelfStatus> for ProfileStatus {
    fn from(status: ShelfStatus) -> Self {
        let ShelfStatus {
            profile,
            total,
            kept,
            idle,
            leased,
            starting,
            waiting,
            last_error,
            no_image,
            cgroup: _,
            created,
            retired,
        } = status;
        let profile = profile.to_string();
        let retired = retired.into_iter().map(|(reason, count)| (name_of(&reason), count)).collect();
        Self {
            profile,
            slots: total,
            kept,
            idle,
            leased,
            starting,
            waiting,
            created,
            retired,
            problem: last_error,
            no_image,
        }
    }
}

fn name_of_tier(tier: CgroupTier) -> &'static str {
    match tier {
        CgroupTier::V2 => "cgroup v2",
        CgroupTier::V1 => "cgroup v1",
        CgroupTier::None => "rlimits only",
    }
}

/// As it is serialized: `max_age`.
fn name_of(reason: &impl Serialize) -> String {
    match serde_json::to_value(reason) {
        Ok(serde_json::Value::String(name)) => name,
        _ => "other".to_owned(),
    }
}

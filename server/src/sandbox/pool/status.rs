//! How the pool stands, as all see it who ask, and as it is told in JSON.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use gavel_protocol::CgroupTier;
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use crate::sandbox::member::RetireReason;
use crate::slots::{Overcommit, Profile};

/// How the pool stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Pool)]
pub struct PoolStatus {
    /// How limits are enforced; none before the first sandbox is up.
    #[serde(serialize_with = "tier")]
    #[schema(value_type = Option<String>)]
    pub tier: Option<CgroupTier>,
    /// Sandboxes by profile, runs first.
    pub profiles: Vec<ProfileStatus>,
    /// What is not as it should be.
    pub notes: Vec<String>,
    /// Languages that have sandboxes and are not served, by id, with the reasons.
    #[serde(skip)]
    pub unserved: BTreeMap<String, String>,
}

/// One sandbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Sandbox)]
pub struct SandboxStatus {
    /// What it is for.
    #[schema(value_type = String)]
    pub profile: Profile,
    /// What it does.
    pub state: SandboxState,
    /// Since it was made, in milliseconds; none while it is.
    #[serde(rename = "age_ms", serialize_with = "milliseconds")]
    #[schema(value_type = Option<u64>)]
    pub age: Option<Duration>,
    /// Since somebody had it, where it is idle.
    #[serde(rename = "unused_ms", serialize_with = "milliseconds")]
    #[schema(value_type = Option<u64>)]
    pub unused: Option<Duration>,
    /// Runs so far, where it is idle.
    pub runs: Option<u32>,
}

/// What a sandbox does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SandboxState {
    /// It is being made.
    Starting,
    /// It waits for work.
    Idle,
    /// It is at work.
    Leased,
}

fn milliseconds<S: Serializer>(time: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    time.map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX)).serialize(serializer)
}

/// The sandboxes of one profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Profile)]
pub struct ProfileStatus {
    /// What they are for.
    #[schema(value_type = String)]
    pub profile: Profile,
    /// Sandboxes that may be in use at one time, those of other profiles of the same kind included.
    pub slots: usize,
    /// Sandboxes that there may be at all, those of other profiles of the same kind included.
    pub places: usize,
    /// Sandboxes that are kept whether anybody uses them or not.
    pub warm: usize,
    /// Sandboxes that are kept now, in use or not.
    pub kept: usize,
    /// Waiting for work.
    pub idle: usize,
    /// At work.
    pub leased: usize,
    /// Being made, or waiting to be.
    pub starting: usize,
    /// Leases that are waited for.
    pub waiting: usize,
    /// Made since the server started.
    pub created: u64,
    /// Retired since the server started, by reason.
    #[schema(value_type = BTreeMap<String, u64>)]
    pub retired: BTreeMap<RetireReason, u64>,
    /// Why the last one could not be made, while that lasts.
    pub problem: Option<String>,
    /// That is for want of its image.
    pub no_image: bool,
    /// Id of the image that new ones are made of, as far as that is known.
    #[schema(value_type = Option<String>)]
    pub image: Option<Arc<str>>,
}

impl ProfileStatus {
    /// There is no sandbox, and can be none, for want of the image.
    pub fn lacks_image(&self) -> bool {
        self.no_image && self.idle + self.leased == 0
    }
}

impl PoolStatus {
    pub(super) fn new(
        profiles: Vec<ProfileStatus>,
        tier: Option<CgroupTier>,
        overcommit: Option<Overcommit>,
    ) -> Self {
        let without_cgroups = (tier == Some(CgroupTier::None)).then(|| {
            "sandboxes have no cgroups: limits are rlimits and those of whole containers".to_owned()
        });
        let overcommit = overcommit.map(|overcommit| overcommit.to_string());
        let notes = overcommit.into_iter().chain(without_cgroups).collect();
        Self { tier, profiles, notes, unserved: BTreeMap::new() }
    }
}

/// How limits are enforced, in words.
pub(crate) fn name_of_tier(tier: CgroupTier) -> &'static str {
    match tier {
        CgroupTier::V2 => "cgroup v2",
        CgroupTier::V1 => "cgroup v1",
        CgroupTier::None => "rlimits only",
    }
}

fn tier<S: Serializer>(tier: &Option<CgroupTier>, serializer: S) -> Result<S::Ok, S::Error> {
    tier.map(name_of_tier).serialize(serializer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_told_in_the_documented_form() {
        let profile = ProfileStatus {
            profile: Profile::Toolchain("gcc".into()),
            slots: 2,
            places: 4,
            warm: 2,
            kept: 3,
            idle: 1,
            leased: 2,
            starting: 0,
            waiting: 4,
            created: 5,
            retired: [(RetireReason::MaxAge, 1), (RetireReason::Dirty, 2)].into(),
            problem: None,
            no_image: false,
            image: Some("sha256:12ab".into()),
        };
        let status = PoolStatus::new(vec![profile], Some(CgroupTier::None), None);
        let expected = serde_json::json!({
            "tier": "rlimits only",
            "profiles": [{
                "profile": "toolchain:gcc", "slots": 2, "places": 4, "warm": 2, "kept": 3, "idle": 1, "leased": 2,
                "starting": 0, "waiting": 4, "created": 5, "retired": {"max_age": 1, "dirty": 2}, "problem": null, "no_image": false,
                "image": "sha256:12ab",
            }],
            "notes": ["sandboxes have no cgroups: limits are rlimits and those of whole containers"],
        });
        assert_eq!(serde_json::to_value(&status).unwrap(), expected);
        let tier =
            |tier| serde_json::to_value(PoolStatus::new(Vec::new(), tier, None)).unwrap()["tier"].clone();
        assert_eq!(tier(Some(CgroupTier::V1)), "cgroup v1");
        assert_eq!(tier(Some(CgroupTier::V2)), "cgroup v2");
        assert_eq!(tier(None), serde_json::Value::Null);
    }
}

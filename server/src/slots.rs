//! What the server and the warden agree on: which containers there are, what each is made of, and the warden's verbs.
//! Both compute the same from the same settings, so that a caller names a profile and a slot and nothing else.

mod host;
mod plan;
mod profile;
mod verbs;

pub use host::{Host, HostError};
pub use plan::{Overcommit, PlanError, Quota, SERVER_UID, Slot, SlotPlan};
pub use profile::{Entry, Kind, Profile, ProfileSpec, Profiles, Scratch};
pub use verbs::{Answer, ContainerState, ImageState, Verb};

//! How many sandboxes there are, and which slot is what. Server and warden compute the same plan from the same settings.

use std::collections::BTreeMap;

use gavel_protocol::Bytes;

use super::{Host, HostError, Kind, Profile, Profiles};
use crate::config::Config;
use crate::language::Languages;

/// Uid and gid of the server in its container.
pub const SERVER_UID: u32 = 10_001;

/// Uids below belong to the system.
const FIRST_FREE_UID: u32 = 1000;

/// Uids from here on are given away: the monitor acts under 65531 while it opens and removes what a program left, programs
/// that are run by hand have 65533, `nobody` is 65534.
const FIRST_FOREIGN_UID: u32 = 65_531;

/// One place for a container, with an own uid and an own cgroup parent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Its number over the whole instance.
    pub number: u32,
    /// What its container is for.
    pub profile: Profile,
    /// Its name in logs and in the container's name: `run-3`, `gcc-0`.
    pub name: String,
    /// Uid and gid of its programs.
    pub uid: u32,
}

/// All slots of an instance: run slots first, then those of commands, then each toolchain's, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotPlan {
    profiles: Profiles,
    slots: Vec<Slot>,
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The host's figures could not be read.
    #[error(transparent)]
    Host(#[from] HostError),
    /// The slots' uids would be those of others.
    #[error(
        "{slots} slots from uid {base} on: all must lie from {FIRST_FREE_UID} to {} and leave out {SERVER_UID}, the \
         server's; choose another sandbox.uid_base",
        FIRST_FOREIGN_UID - 1
    )]
    Uids {
        /// How many slots there are.
        slots: usize,
        /// The configured base.
        base: u32,
    },
    /// A toolchain's name becomes part of a container's.
    #[error(
        "toolchain `{0}`: a name has letters, digits, `-` and `_`, begins with none of the last two, and is neither \
         `run` nor `command`"
    )]
    Name(String),
    /// A sandbox of each kind is needed.
    #[error("sandbox.{0} must not be 0")]
    NoSlots(&'static str),
}

impl SlotPlan {
    /// Lays out the slots.
    ///
    /// # Errors
    /// [`PlanError::Uids`] and [`PlanError::NoSlots`].
    pub fn new(config: &Config, languages: &Languages, host: Host) -> Result<Self, PlanError> {
        if let Some((name, _)) = languages.toolchains().find(|(name, _)| !is_usable(name)) {
            return Err(PlanError::Name(name.to_owned()));
        }
        let profiles = Profiles::new(config, languages);
        let mut slots = Vec::new();
        for (profile, count) in counts(&profiles, config, host)? {
            for index in 0..count {
                let number = u32::try_from(slots.len()).unwrap_or(u32::MAX);
                slots.push(Slot {
                    number,
                    name: format!("{}-{index}", profile.short()),
                    uid: config.sandbox.uid_base.saturating_add(number),
                    profile: profile.clone(),
                });
            }
        }
        match are_free(&slots) {
            true => Ok(Self { profiles, slots }),
            false => Err(PlanError::Uids { slots: slots.len(), base: config.sandbox.uid_base }),
        }
    }

    /// What the slots' containers are made of.
    pub fn profiles(&self) -> &Profiles {
        &self.profiles
    }

    /// The slot of this number.
    pub fn get(&self, number: u32) -> Option<&Slot> {
        self.slots.get(usize::try_from(number).ok()?)
    }

    /// All slots, by number.
    pub fn iter(&self) -> impl Iterator<Item = &Slot> {
        self.slots.iter()
    }

    /// What all containers together may have.
    pub fn memory(&self) -> Bytes {
        let of = |slot: &Slot| self.profiles.get(&slot.profile).map_or(0, |spec| spec.memory.get());
        Bytes(self.iter().map(of).fold(0, u64::saturating_add))
    }
}

/// Nobody else has one of the slots' uids.
fn are_free(slots: &[Slot]) -> bool {
    let free = FIRST_FREE_UID..FIRST_FOREIGN_UID;
    slots.iter().all(|slot| free.contains(&slot.uid) && slot.uid != SERVER_UID)
}

/// Docker takes it as part of a name, and no slot of another kind has it.
fn is_usable(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let is_taken = matches!(name, "run" | "command");
    name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(plain) && !is_taken
}

/// How many slots a kind of profile gets.
#[derive(Debug, Clone, Copy)]
struct Wish {
    /// As configured, else by cores.
    wanted: u32,
    /// It is configured, and stays however little memory there is.
    fixed: bool,
    /// What remains of those that are not fixed. A container's limit is a ceiling, not what it holds.
    least: u32,
}

fn wish(kind: Kind, config: &Config, host: Host) -> Wish {
    let (configured, by_cores, least) = match kind {
        Kind::Run => (config.sandbox.run_slots, host.cores, 1),
        Kind::Toolchain => (config.sandbox.toolchain_slots, host.cores / 2, 1),
        // Requests with two commands, a program and what it talks to, are what pipes are for.
        Kind::Command => (config.gojudge.slots, (2 * host.cores).max(4), 2),
    };
    Wish { wanted: configured.unwrap_or(by_cores).max(1), fixed: configured.is_some(), least }
}

/// Slots of each profile: as configured, else by cores and then fewer while they do not fit into memory.
fn counts(profiles: &Profiles, config: &Config, host: Host) -> Result<BTreeMap<Profile, u32>, PlanError> {
    for (key, configured) in
        [("run_slots", config.sandbox.run_slots), ("toolchain_slots", config.sandbox.toolchain_slots)]
    {
        if configured == Some(0) {
            return Err(PlanError::NoSlots(key));
        }
    }
    let wish = |profile: &Profile| wish(profile.kind(), config, host);
    let mut counts: BTreeMap<Profile, u32> =
        profiles.iter().map(|spec| (spec.profile.clone(), wish(&spec.profile).wanted)).collect();
    while needed(&counts, profiles) > host.memory.get() / 4 * 3 {
        // Commands have the most. Toolchains come last in the order of profiles, and a submission needs one for a
        // shorter part of its time.
        let may = |(profile, count): &(&Profile, &u32)| {
            let wish = wish(profile);
            **count > wish.least && !wish.fixed
        };
        let mut in_order =
            counts.iter().filter(|(profile, _)| **profile == Profile::Command).chain(counts.iter().rev());
        let Some(profile) = in_order.find(may).map(|(profile, _)| profile.clone()) else {
            break;
        };
        counts.entry(profile).and_modify(|count| *count -= 1);
    }
    Ok(counts)
}

fn needed(counts: &BTreeMap<Profile, u32>, profiles: &Profiles) -> u64 {
    let of = |(profile, count): (&Profile, &u32)| {
        profiles.get(profile).map_or(0, |spec| spec.memory.get().saturating_mul((*count).into()))
    };
    counts.iter().map(of).fold(0, u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn languages(toolchains: &[&str]) -> Languages {
        let file = tempfile::NamedTempFile::new().unwrap();
        let text: String =
            toolchains.iter().map(|name| format!("[toolchains.{name}]\nimage='{name}'\n")).collect();
        std::fs::write(&file, text).unwrap();
        Languages::load(file.path(), "latest").unwrap()
    }

    fn names(config: &Config, host: Host) -> String {
        let plan = SlotPlan::new(config, &languages(&["gcc", "rust"]), host).unwrap();
        plan.iter().map(|slot| slot.name.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// Without the go-judge API's containers.
    fn judging_only() -> Config {
        let mut config = Config::default();
        config.gojudge.enabled = false;
        config
    }

    #[test]
    fn commands_have_containers_between_those_of_runs_and_toolchains_and_lose_them_first() {
        let config = Config::default();
        let names = |memory| names(&config, Host { cores: 1, memory });
        assert_eq!(names(LARGE), "run-0 command-0 command-1 command-2 command-3 gcc-0 rust-0");
        assert_eq!(names(Bytes(0)), "run-0 command-0 command-1 gcc-0 rust-0");
    }

    const LARGE: Bytes = Bytes::mib(1 << 20);

    #[test]
    fn a_run_slot_for_each_core_and_half_as_many_of_each_toolchain() {
        let host = Host { cores: 4, memory: LARGE };
        assert_eq!(names(&judging_only(), host), "run-0 run-1 run-2 run-3 gcc-0 gcc-1 rust-0 rust-1");
        assert_eq!(names(&judging_only(), Host { cores: 1, ..host }), "run-0 gcc-0 rust-0");
    }

    #[test]
    fn little_memory_makes_fewer_slots_but_one_of_each_remains() {
        let config = judging_only();
        let profiles = Profiles::new(&config, &languages(&["gcc", "rust"]));
        let of = |profile| profiles.get(&profile).unwrap().memory.get();
        let (run, gcc) = (of(Profile::Run), of(Profile::Toolchain("gcc".into())));
        let room_for = |bytes: u64| Host { cores: 4, memory: Bytes(bytes / 3 * 4 + 4096) };
        assert_eq!(names(&config, room_for(4 * run + 3 * gcc)), "run-0 run-1 run-2 run-3 gcc-0 gcc-1 rust-0");
        assert_eq!(names(&config, room_for(2 * run + 2 * gcc)), "run-0 run-1 gcc-0 rust-0");
        assert_eq!(names(&config, Host { cores: 4, memory: Bytes(0) }), "run-0 gcc-0 rust-0");
    }

    #[test]
    fn configured_numbers_hold() {
        let mut config = judging_only();
        config.sandbox.run_slots = Some(3);
        config.sandbox.toolchain_slots = Some(1);
        let host = Host { cores: 1, memory: Bytes::mib(1) };
        assert_eq!(names(&config, host), "run-0 run-1 run-2 gcc-0 rust-0");
        config.sandbox.run_slots = Some(0);
        assert!(matches!(
            SlotPlan::new(&config, &languages(&[]), host),
            Err(PlanError::NoSlots("run_slots"))
        ));
    }

    #[test]
    fn every_slot_has_a_uid_of_its_own_below_those_of_others() {
        let mut config = judging_only();
        let host = Host { cores: 4, memory: LARGE };
        let plan = SlotPlan::new(&config, &languages(&["gcc"]), host).unwrap();
        assert!(plan.iter().enumerate().all(|(at, slot)| {
            slot.number == u32::try_from(at).unwrap() && slot.uid == config.sandbox.uid_base + slot.number
        }));
        assert_eq!(plan.get(5).map(|slot| slot.name.as_str()), Some("gcc-1"));
        assert_eq!(plan.get(6), None);
        let mut refused = |base| {
            config.sandbox.uid_base = base;
            matches!(SlotPlan::new(&config, &languages(&["gcc"]), host), Err(PlanError::Uids { .. }))
        };
        for base in [0, 999, SERVER_UID - 5, SERVER_UID, FIRST_FOREIGN_UID - 5, 65_534, u32::MAX] {
            assert!(refused(base), "{base}");
        }
        for base in [1000, SERVER_UID - 6, SERVER_UID + 1, FIRST_FOREIGN_UID - 6] {
            assert!(!refused(base), "{base}");
        }
    }

    #[test]
    fn a_toolchain_that_no_container_could_be_named_after_is_refused() {
        let host = Host { cores: 1, memory: LARGE };
        for name in ["run", "command", "\"a b\"", "\"a/b\"", "-a", "\"\""] {
            let refused = SlotPlan::new(&Config::default(), &languages(&[name]), host);
            assert!(matches!(refused, Err(PlanError::Name(_))), "{name}: {refused:?}");
        }
    }
}

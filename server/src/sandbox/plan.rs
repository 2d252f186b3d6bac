//! How many sandboxes there are, and which slot is what. Server and warden compute the same plan from the same settings.

use std::collections::BTreeMap;

use gavel_protocol::Bytes;

use crate::config::Config;
use crate::language::Languages;
use crate::sandbox::Profile;

/// What a container has beside its programs' own limit: the monitor, page tables, a file that is being put.
const HEADROOM: Bytes = Bytes::mib(64);

/// Uids from here on are given away by many systems (`nobody` is 65534).
const FIRST_FOREIGN_UID: u32 = 65_534;

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
    /// Memory limit of its container.
    pub memory: Bytes,
}

/// All slots of an instance: run slots first, then those of commands, then each toolchain's, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotPlan {
    slots: Vec<Slot>,
}

/// What the host has to offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Host {
    /// Cores that are online.
    pub cores: u32,
    /// Memory of the whole host.
    pub memory: Bytes,
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The host's figures could not be read.
    #[error("failed to read {path}")]
    Read {
        /// The file of `/proc`.
        path: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// The slots' uids would run into those of others.
    #[error(
        "{slots} slots from uid_base {base} on reach uid {FIRST_FOREIGN_UID}: choose a lower sandbox.uid_base"
    )]
    Uids {
        /// How many slots there are.
        slots: usize,
        /// The configured base.
        base: u32,
    },
    /// A toolchain's name becomes part of a container's.
    #[error(
        "toolchain `{0}`: a name has letters, digits, `-` and `_`, begins with none of the last two, and is not `run`"
    )]
    Name(String),
    /// A sandbox of each kind is needed.
    #[error("sandbox.{0} must not be 0")]
    NoSlots(&'static str),
}

impl Host {
    /// Asks the kernel, not our own container: sandboxes live beside it.
    ///
    /// # Errors
    /// [`PlanError::Read`] without a readable `/proc`.
    pub fn detect() -> Result<Self, PlanError> {
        let read = |path: &'static str| {
            std::fs::read_to_string(path).map_err(|source| PlanError::Read { path, source })
        };
        Ok(Self { cores: cores(&read("/proc/stat")?), memory: memory(&read("/proc/meminfo")?) })
    }
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
        let counts = counts(config, languages, host)?;
        let mut slots = Vec::new();
        for (profile, count) in counts {
            for index in 0..count {
                let number = u32::try_from(slots.len()).unwrap_or(u32::MAX);
                slots.push(Slot {
                    number,
                    name: format!("{}-{index}", profile.short()),
                    uid: config.sandbox.uid_base.saturating_add(number),
                    memory: memory_of(&profile, config),
                    profile: profile.clone(),
                });
            }
        }
        match slots.last() {
            Some(last) if last.uid >= FIRST_FOREIGN_UID => {
                Err(PlanError::Uids { slots: slots.len(), base: config.sandbox.uid_base })
            }
            _ => Ok(Self { slots }),
        }
    }

    /// The slot of this number.
    pub fn get(&self, number: u32) -> Option<&Slot> {
        self.slots.get(usize::try_from(number).ok()?)
    }

    /// All slots, by number.
    pub fn iter(&self) -> impl Iterator<Item = &Slot> {
        self.slots.iter()
    }
}

/// Docker takes it as part of a name, and no run slot has it.
fn is_usable(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(plain) && name != "run"
}

/// Slots of each profile: as configured, else by cores and then fewer while they do not fit into memory.
fn counts(config: &Config, languages: &Languages, host: Host) -> Result<BTreeMap<Profile, u32>, PlanError> {
    let settings = &config.sandbox;
    if settings.run_slots == Some(0) {
        return Err(PlanError::NoSlots("run_slots"));
    }
    if settings.toolchain_slots == Some(0) {
        return Err(PlanError::NoSlots("toolchain_slots"));
    }
    let mut counts = BTreeMap::from([(Profile::Run, settings.run_slots.unwrap_or(host.cores).max(1))]);
    if config.gojudge.enabled {
        counts.insert(Profile::Command, config.gojudge.slots.unwrap_or((2 * host.cores).max(4)).max(1));
    }
    for (name, _) in languages.toolchains() {
        let count = settings.toolchain_slots.unwrap_or(host.cores / 2).max(1);
        counts.insert(Profile::Toolchain(name.to_owned()), count);
    }
    let fixed = |profile: &Profile| match profile {
        Profile::Run => settings.run_slots.is_some(),
        Profile::Command => config.gojudge.slots.is_some(),
        Profile::Toolchain(_) => settings.toolchain_slots.is_some(),
    };
    while needed(&counts, config) > host.memory.get() / 4 * 3 {
        // Commands have the most. Toolchains come last in the order of profiles, and a submission needs one for a
        // shorter part of its time.
        let may = |(profile, count): &(&Profile, &u32)| **count > least(profile) && !fixed(profile);
        let mut in_order =
            counts.iter().filter(|(profile, _)| **profile == Profile::Command).chain(counts.iter().rev());
        let Some(profile) = in_order.find(may).map(|(profile, _)| profile.clone()) else {
            break;
        };
        counts.entry(profile).and_modify(|count| *count -= 1);
    }
    Ok(counts)
}

/// What remains however little memory there is. A container's limit is a ceiling, not what it holds, and requests with
/// two commands, a program and what it talks to, are what pipes are for.
fn least(profile: &Profile) -> u32 {
    match profile {
        Profile::Command => 2,
        Profile::Run | Profile::Toolchain(_) => 1,
    }
}

fn needed(counts: &BTreeMap<Profile, u32>, config: &Config) -> u64 {
    counts
        .iter()
        .map(|(profile, count)| memory_of(profile, config).get().saturating_mul((*count).into()))
        .sum()
}

/// A container holds the largest run that is allowed, and a box that was filled on its behalf.
fn memory_of(profile: &Profile, config: &Config) -> Bytes {
    let largest = match profile {
        Profile::Run => config.limits.run_max.memory,
        Profile::Command => config.gojudge.max_memory,
        Profile::Toolchain(_) => config.limits.compile_max.memory,
    };
    Bytes(largest.get() + config.sandbox.box_size.get() + HEADROOM.get())
}

/// `/proc/stat` has a line `cpu<n>` for each core that is online.
fn cores(stat: &str) -> u32 {
    let is_core =
        |line: &&str| line.starts_with("cpu") && line.as_bytes().get(3).is_some_and(u8::is_ascii_digit);
    u32::try_from(stat.lines().filter(is_core).count()).unwrap_or(u32::MAX).max(1)
}

fn memory(meminfo: &str) -> Bytes {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let kib = line.and_then(|rest| rest.trim().split(' ').next()).and_then(|number| number.parse().ok());
    Bytes::kib(kib.unwrap_or(0))
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
        let of = |profile| memory_of(&profile, &config).get();
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
        config.sandbox.uid_base = FIRST_FOREIGN_UID - 3;
        assert!(matches!(SlotPlan::new(&config, &languages(&["gcc"]), host), Err(PlanError::Uids { .. })));
    }

    #[test]
    fn a_toolchain_that_no_container_could_be_named_after_is_refused() {
        let host = Host { cores: 1, memory: LARGE };
        for name in ["run", "\"a b\"", "\"a/b\"", "-a", "\"\""] {
            let refused = SlotPlan::new(&Config::default(), &languages(&[name]), host);
            assert!(matches!(refused, Err(PlanError::Name(_))), "{name}: {refused:?}");
        }
    }

    #[test]
    fn the_hosts_figures_are_read() {
        assert_eq!(cores("cpu  1 2\ncpu0 1 2\ncpu1 1 2\nintr 5\ncpufreq 1\n"), 2);
        assert_eq!(memory("MemFree: 1 kB\nMemTotal:       24683468 kB\n"), Bytes::kib(24_683_468));
    }
}

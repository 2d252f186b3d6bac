//! Which slots there are, and what may run in them at one time. Server and warden compute the same plan from the same
//! settings.
//!
//! A slot belongs to a kind of profile, not to a profile: what its container is for is decided when one is made. Fewer
//! are in use at one time than there are, so that other images stay warm and a successor can be made before its
//! predecessor goes.

use std::collections::BTreeSet;
use std::fmt;

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
/// Whatever the uids are, there are no more slots than there are uids.
const MOST_SLOTS: u32 = 65_535;

/// What a container takes in which nothing runs: its monitor and the engine's own process for it.
const WARM: Bytes = Bytes::mib(16);

/// A request of a program and what it talks to: for so many commands at their largest there is always room.
const LEAST_COMMANDS: u64 = 2;

/// Commands at one time that are for others, however many one who sends requests has, and memory for them.
const OTHERS: u32 = 2;
const OTHERS_MEMORY: Bytes = Bytes::mib(512);

/// One place for a container, with an own uid and an own cgroup parent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Its number over the whole instance.
    pub number: u32,
    /// What its containers may be for.
    pub kind: Kind,
    /// Its name in logs and in the container's name: `run-3`, `toolchain-0`.
    pub name: String,
    /// Uid and gid of its programs.
    pub uid: u32,
}

/// What the sandboxes of a kind may be and do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// The kind.
    pub kind: Kind,
    /// Sandboxes in use at one time.
    pub at_once: u32,
    /// Slots: containers at one time, those that only wait included.
    pub slots: u32,
    /// Memory that all in use together may be given, at their limits.
    pub memory: Bytes,
    /// Of those in use at one time, what one who sends requests may have.
    pub of_one: u32,
    /// And of their memory.
    pub memory_of_one: Bytes,
}

/// All slots of an instance: those of runs first, then of commands, then of toolchains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotPlan {
    profiles: Profiles,
    quotas: Vec<Quota>,
    slots: Vec<Slot>,
    host: Host,
    warm_commands: u32,
    /// Toolchains of which a sandbox waits before anybody needs one.
    warm_toolchains: BTreeSet<String>,
}

/// What may run at one time could take more memory than the host has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overcommit {
    /// What it could take.
    pub planned: Bytes,
    /// What there is.
    pub host: Bytes,
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
    /// A toolchain's or runtime's name becomes part of others.
    #[error(
        "`{0}`: the name of a toolchain or runtime has letters, digits, `-` and `_`, begins with none of the last two, \
         and is neither `run` nor `command`"
    )]
    Name(String),
    /// A sandbox of each kind is needed.
    #[error("{0} must not be 0")]
    NoSlots(&'static str),
    /// Each slot has a uid of its own.
    #[error("{0} must be at most {MOST_SLOTS}: each slot has a uid of its own, and there are no more")]
    TooMany(&'static str),
}

impl SlotPlan {
    /// Lays out the slots.
    ///
    /// # Errors
    /// What cannot be, of names, numbers and uids.
    pub fn new(config: &Config, languages: &Languages, host: Host) -> Result<Self, PlanError> {
        let toolchains = languages.toolchains().map(|(name, _)| name);
        let mut names = toolchains.chain(languages.runtimes().map(|(name, _)| name));
        if let Some(name) = names.find(|name| !is_usable(name)) {
            return Err(PlanError::Name(name.to_owned()));
        }
        let profiles = Profiles::new(config, languages);
        let quotas = quotas(&profiles, config, host)?;
        let slots = slots(&quotas, config.sandbox.uid_base);
        if !are_free(&slots) {
            return Err(PlanError::Uids { slots: slots.len(), base: config.sandbox.uid_base });
        }
        let warm_commands = config.gojudge.slots.unwrap_or((2 * host.cores).max(4));
        let by_default = languages.toolchains().filter(|(_, toolchain)| toolchain.default);
        let warm_toolchains = by_default.map(|(name, _)| name.to_owned()).collect();
        Ok(Self { profiles, quotas, slots, host, warm_commands, warm_toolchains })
    }

    /// What containers are made of.
    pub fn profiles(&self) -> &Profiles {
        &self.profiles
    }

    /// What each kind may have, in the order of their slots.
    pub fn quotas(&self) -> &[Quota] {
        &self.quotas
    }

    /// The slot of this number.
    pub fn get(&self, number: u32) -> Option<&Slot> {
        self.slots.get(usize::try_from(number).ok()?)
    }

    /// All slots, by number.
    pub fn iter(&self) -> impl Iterator<Item = &Slot> {
        self.slots.iter()
    }

    /// The first and the last uid of all slots.
    pub fn uids(&self) -> (u32, u32) {
        let of = |slot: Option<&Slot>| slot.map_or(0, |slot| slot.uid);
        (of(self.slots.first()), of(self.slots.last()))
    }

    /// The profiles of a kind, and how many sandboxes of each are kept whether anybody uses them or not: so many that the
    /// first submissions need not wait, and one slot remains for a successor. Of images that only some languages' programs
    /// run in, and of toolchains that not every installation has, they are made when they are needed.
    pub fn kept(&self, quota: Quota) -> Vec<(Profile, u32)> {
        let of_kind = |profile: &&Profile| profile.kind() == quota.kind;
        let profiles: Vec<&Profile> =
            self.profiles.iter().map(|spec| &spec.profile).filter(of_kind).collect();
        let mut left = quota.slots - 1;
        let images = u32::try_from(self.warm_toolchains.len()).unwrap_or(u32::MAX).max(1);
        let share = (quota.at_once / images).max(1);
        let kept = |profile: &Profile| {
            let wanted = match profile {
                Profile::Run => quota.at_once,
                Profile::Runtime(_) => 0,
                Profile::Command => self.warm_commands.min(quota.at_once),
                Profile::Toolchain(name) if self.warm_toolchains.contains(name) => share,
                Profile::Toolchain(_) => 0,
            };
            let count = wanted.min(left);
            left -= count;
            count
        };
        let counts: Vec<u32> = profiles.iter().copied().map(kept).collect();
        profiles.into_iter().cloned().zip(counts).collect()
    }

    /// What all containers together may take: what may run at one time at its limits, and a little for each that waits.
    pub fn memory(&self) -> Bytes {
        planned(&self.quotas)
    }

    /// That is more than the host has.
    pub fn overcommit(&self) -> Option<Overcommit> {
        let (planned, host) = (self.memory(), self.host.memory);
        (planned > host).then_some(Overcommit { planned, host })
    }

    /// The host it was made for.
    pub fn host(&self) -> Host {
        self.host
    }
}

impl fmt::Display for Overcommit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { planned, host } = self;
        write!(f, "what may run at one time could take {planned}, and the host has {host}")
    }
}

/// Nobody else has one of the slots' uids.
fn are_free(slots: &[Slot]) -> bool {
    let free = FIRST_FREE_UID..FIRST_FOREIGN_UID;
    slots.iter().all(|slot| free.contains(&slot.uid) && slot.uid != SERVER_UID)
}

/// Fit for a container's host name and label.
fn is_usable(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let is_taken = matches!(name, "run" | "command");
    name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(plain) && !is_taken
}

fn slots(quotas: &[Quota], uid_base: u32) -> Vec<Slot> {
    let names = quotas.iter().flat_map(|quota| (0..quota.slots).map(|index| (quota.kind, index)));
    let slot = |(number, (kind, index)): (u32, (Kind, u32))| Slot {
        number,
        kind,
        name: format!("{}-{index}", kind.as_str()),
        uid: uid_base.saturating_add(number),
    };
    (0..).zip(names).map(slot).collect()
}

/// How many sandboxes of a kind may be in use at one time, before anybody has looked at the memory.
#[derive(Debug, Clone, Copy)]
struct Wish {
    kind: Kind,
    at_once: u32,
    /// It is configured, and stays however little memory there is.
    fixed: bool,
    /// The largest container of the kind.
    ceiling: u64,
    /// Slots beside those in use.
    spare: u32,
}

impl Wish {
    fn quota(self) -> Quota {
        let memory = Bytes(self.ceiling.saturating_mul(self.at_once.into()));
        Quota {
            kind: self.kind,
            at_once: self.at_once,
            slots: self.at_once + self.spare,
            memory,
            of_one: self.at_once,
            memory_of_one: memory,
        }
    }
}

fn wish(kind: Kind, profiles: &Profiles, config: &Config, host: Host) -> Result<Option<Wish>, PlanError> {
    let (configured, key, usual) = match kind {
        Kind::Run => (config.sandbox.run_slots, "sandbox.run_slots", host.cores),
        Kind::Toolchain => (config.sandbox.toolchain_slots, "sandbox.toolchain_slots", host.cores),
        Kind::Command => (Some(config.gojudge.commands), "gojudge.commands", 0),
    };
    let ceilings: Vec<u64> =
        profiles.iter().filter(|spec| spec.profile.kind() == kind).map(|spec| spec.memory.get()).collect();
    let Some(ceiling) = ceilings.iter().copied().max() else { return Ok(None) };
    let at_once = configured.unwrap_or(usual);
    if at_once == 0 {
        return Err(PlanError::NoSlots(key));
    }
    let images = u32::try_from(ceilings.len()).unwrap_or(u32::MAX);
    let spare = config.sandbox.spare_slots.unwrap_or(images).max(1);
    for (key, count) in [(key, at_once), ("sandbox.spare_slots", spare)] {
        if count > MOST_SLOTS {
            return Err(PlanError::TooMany(key));
        }
    }
    Ok(Some(Wish { kind, at_once, fixed: configured.is_some(), ceiling, spare }))
}

/// As configured, else by cores and then fewer while they do not fit into three quarters of the memory: of toolchains
/// first, since a submission needs one for a shorter part of its time. Commands get what is left of the memory.
fn quotas(profiles: &Profiles, config: &Config, host: Host) -> Result<Vec<Quota>, PlanError> {
    let wishes = Kind::ALL.map(|kind| wish(kind, profiles, config, host)).into_iter();
    let mut wishes: Vec<Wish> = wishes.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
    let budget = host.memory.get() / 4 * 3;
    while planned(&with_commands(&wishes, 0)).get() > budget {
        let may = |wish: &&mut Wish| !wish.fixed && wish.at_once > 1;
        let Some(wish) = wishes.iter_mut().rev().find(may) else { break };
        wish.at_once -= 1;
    }
    let others = planned(&with_commands(&wishes, 0)).get();
    Ok(with_commands(&wishes, budget.saturating_sub(others)))
}

/// The wishes as quotas, where commands have so much memory above their least.
fn with_commands(wishes: &[Wish], more: u64) -> Vec<Quota> {
    let quota = |wish: &Wish| {
        let quota = wish.quota();
        if wish.kind != Kind::Command {
            return quota;
        }
        let least = wish.ceiling.saturating_mul(LEAST_COMMANDS.min(wish.at_once.into()));
        let of_one = Bytes(least.saturating_add(more)).min(quota.memory);
        Quota {
            at_once: quota.at_once + OTHERS,
            slots: quota.slots + OTHERS,
            memory: Bytes(of_one.get().saturating_add(OTHERS_MEMORY.get())),
            memory_of_one: of_one,
            ..quota
        }
    };
    wishes.iter().map(quota).collect()
}

fn planned(quotas: &[Quota]) -> Bytes {
    let of = |quota: &Quota| {
        // What commands are given is their own limit; what is beside that is as much as in one that waits.
        let waiting = match quota.kind {
            Kind::Command => quota.slots,
            Kind::Run | Kind::Toolchain => quota.slots - quota.at_once,
        };
        quota.memory.get().saturating_add(WARM.get() * u64::from(waiting))
    };
    Bytes(quotas.iter().map(of).fold(0, u64::saturating_add))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn languages(toolchains: &[&str], runtimes: &[&str]) -> Languages {
        let file = tempfile::NamedTempFile::new().unwrap();
        let of = |section: &str, names: &[&str]| -> String {
            names.iter().map(|name| format!("[{section}.{name}]\nimage='{name}'\n")).collect()
        };
        let toolchains = of("toolchains", toolchains).replace("image='", "default=true\nimage='");
        std::fs::write(&file, toolchains + &of("runtimes", runtimes)).unwrap();
        Languages::load(file.path(), "latest").unwrap()
    }

    fn plan(config: &Config, host: Host) -> SlotPlan {
        SlotPlan::new(config, &languages(&["gcc", "rust"], &[]), host).unwrap()
    }

    /// Kind, in use at one time, slots.
    fn figures(plan: &SlotPlan) -> Vec<(Kind, u32, u32)> {
        plan.quotas().iter().map(|quota| (quota.kind, quota.at_once, quota.slots)).collect()
    }

    /// Without the go-judge API's containers.
    fn judging_only() -> Config {
        let mut config = Config::default();
        config.gojudge.enabled = false;
        config
    }

    const LARGE: Bytes = Bytes::mib(1 << 20);

    #[test]
    fn more_slots_than_there_are_uids_are_refused_by_name() {
        let host = Host { cores: 4, memory: LARGE };
        let refused = |adjust: fn(&mut Config)| {
            let mut config = Config::default();
            adjust(&mut config);
            SlotPlan::new(&config, &languages(&["gcc"], &[]), host).unwrap_err().to_string()
        };
        for (key, told) in [
            ("sandbox.run_slots", refused(|config| config.sandbox.run_slots = Some(u32::MAX))),
            ("sandbox.toolchain_slots", refused(|config| config.sandbox.toolchain_slots = Some(u32::MAX))),
            ("sandbox.spare_slots", refused(|config| config.sandbox.spare_slots = Some(u32::MAX))),
            ("gojudge.commands", refused(|config| config.gojudge.commands = u32::MAX)),
        ] {
            assert!(told.starts_with(&format!("{key} must be at most 65535")), "{told}");
        }
        let told = refused(|config| config.sandbox.spare_slots = Some(MOST_SLOTS));
        assert!(told.contains("choose another sandbox.uid_base"), "{told}");
    }

    #[test]
    fn as_many_runs_and_as_many_compilations_as_cores_over_all_images() {
        let plan = plan(&judging_only(), Host { cores: 4, memory: LARGE });
        assert_eq!(figures(&plan), [(Kind::Run, 4, 5), (Kind::Toolchain, 4, 6)]);
        let names: Vec<_> = plan.iter().map(|slot| slot.name.as_str()).collect();
        assert_eq!(names[..5], ["run-0", "run-1", "run-2", "run-3", "run-4"]);
        assert_eq!((names[5], names[10]), ("toolchain-0", "toolchain-5"));
    }

    #[test]
    fn what_is_kept_leaves_a_slot_for_a_successor() {
        let kept = |toolchains: &[&str], runtimes: &[&str], spare| {
            let mut config = judging_only();
            config.sandbox.spare_slots = spare;
            let host = Host { cores: 2, memory: LARGE };
            let plan = SlotPlan::new(&config, &languages(toolchains, runtimes), host).unwrap();
            let named = |(profile, count): (Profile, u32)| format!("{profile} {count}");
            let kept =
                |quota: &Quota| plan.kept(*quota).into_iter().map(named).collect::<Vec<_>>().join(", ");
            plan.quotas().iter().map(kept).collect::<Vec<_>>()
        };
        assert_eq!(kept(&["gcc"], &[], None), ["run 2", "toolchain:gcc 2"]);
        assert_eq!(kept(&["gcc"], &["jre"], None), ["run 2, run:jre 0", "toolchain:gcc 2"]);
        assert_eq!(kept(&["a", "b", "c"], &[], None)[1], "toolchain:a 1, toolchain:b 1, toolchain:c 1");
        assert_eq!(kept(&["a", "b", "c"], &[], Some(1))[1], "toolchain:a 1, toolchain:b 1, toolchain:c 0");
    }

    #[test]
    fn of_thirty_toolchains_only_those_that_everybody_has_are_kept_and_never_more_than_there_are_slots() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let toolchain = |n: usize| format!("[toolchains.t{n}]\nimage='t'\ndefault={}\n", n.is_multiple_of(8));
        let runtime = |n: usize| format!("[runtimes.r{n}]\nimage='t'\n");
        let text: String = (0..30).map(|n| toolchain(n) + &runtime(n)).collect();
        std::fs::write(&file, text).unwrap();
        let languages = Languages::load(file.path(), "latest").unwrap();
        let host = Host { cores: 2, memory: Bytes::mib(24 * 1024) };
        for spare in [None, Some(1), Some(3)] {
            let mut config = judging_only();
            config.sandbox.spare_slots = spare;
            let plan = SlotPlan::new(&config, &languages, host).unwrap();
            for quota in plan.quotas() {
                let kept: Vec<(Profile, u32)> = plan.kept(*quota);
                let sum: u32 = kept.iter().map(|(_, count)| count).sum();
                assert!(sum < quota.slots && sum <= 4, "{spare:?}: {kept:?}");
            }
        }
    }

    #[test]
    fn a_container_has_room_for_what_runtimes_have_beside_their_programs() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let text = "[runtimes.jre]\nimage='jre'\n[[languages]]\nid='j'\nname='J'\nruntime='jre'\nsource='a.j'\nrun=['j']\n\
                    memory_extra='64MiB'\nprocesses=40";
        std::fs::write(&file, text).unwrap();
        let languages = Languages::load(file.path(), "latest").unwrap();
        let profiles = Profiles::new(&judging_only(), &languages);
        let [run, jre] = ["run", "run:jre"].map(|name| profiles.named(name).unwrap());
        assert_eq!(jre.memory.get() - run.memory.get(), Bytes::mib(64).get());
        assert_eq!(jre.processes - run.processes, 40);
    }

    #[test]
    fn little_memory_makes_fewer_of_toolchains_first_but_one_remains() {
        let config = judging_only();
        let ceiling = |name: &str| {
            plan(&config, Host { cores: 1, memory: LARGE }).profiles().named(name).unwrap().memory.get()
        };
        let (run, gcc) = (ceiling("run"), ceiling("toolchain:gcc"));
        let room_for = |bytes: u64| Host { cores: 4, memory: Bytes((bytes + Bytes::mib(100).get()) / 3 * 4) };
        let figures =
            |host| figures(&plan(&config, host)).iter().map(|figures| figures.1).collect::<Vec<_>>();
        assert_eq!(figures(room_for(4 * run + 3 * gcc)), [4, 3]);
        assert_eq!(figures(room_for(2 * run + gcc)), [2, 1]);
        assert_eq!(figures(Host { cores: 4, memory: Bytes(0) }), [1, 1]);
    }

    #[test]
    fn fifteen_toolchains_do_not_cost_a_run() {
        let names: Vec<String> = (0..15).map(|n| format!("t{n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let host = Host { cores: 8, memory: Bytes::mib(64 * 1024) };
        let plan = SlotPlan::new(&Config::default(), &languages(&names, &[]), host).unwrap();
        assert_eq!(figures(&plan), [(Kind::Run, 8, 9), (Kind::Command, 34, 35), (Kind::Toolchain, 8, 23)]);
        assert_eq!(plan.overcommit(), None);
    }

    #[test]
    fn more_than_the_host_has_is_told() {
        let small = Host { cores: 4, memory: Bytes::mib(2048) };
        let overcommit = plan(&Config::default(), small).overcommit().unwrap();
        assert!(overcommit.planned > small.memory, "{overcommit}");
        assert!(overcommit.to_string().contains("the host has 2 GiB"), "{overcommit}");
        assert_eq!(
            plan(&Config::default(), Host { cores: 2, memory: Bytes::mib(24 * 1024) }).overcommit(),
            None
        );
    }

    #[test]
    fn commands_get_what_runs_and_compilations_leave_of_the_memory() {
        let config = Config::default();
        let memory = |memory| plan(&config, Host { cores: 2, memory }).quotas()[1].memory_of_one;
        let ceiling =
            plan(&config, Host { cores: 2, memory: LARGE }).profiles().named("command").unwrap().memory;
        assert_eq!(memory(Bytes(0)), Bytes(2 * ceiling.get()));
        assert_eq!(memory(LARGE), Bytes(32 * ceiling.get()));
        let host = Bytes::mib(24 * 1024);
        assert!((Bytes::mib(8 * 1024)..Bytes::mib(10 * 1024)).contains(&memory(host)), "{}", memory(host));
        assert!(plan(&config, Host { cores: 2, memory: host }).memory() <= Bytes(host.get() / 4 * 3));
    }

    #[test]
    fn whoever_has_all_the_commands_that_one_may_have_leaves_some_to_others() {
        for memory in [Bytes(0), Bytes::mib(24 * 1024), LARGE] {
            let commands = plan(&Config::default(), Host { cores: 2, memory }).quotas()[1];
            assert_eq!((commands.of_one, commands.at_once), (32, 34));
            assert_eq!(commands.memory.get() - commands.memory_of_one.get(), OTHERS_MEMORY.get());
        }
    }

    #[test]
    fn configured_numbers_hold() {
        let mut config = Config::default();
        config.sandbox.run_slots = Some(3);
        config.sandbox.toolchain_slots = Some(2);
        config.gojudge.commands = 5;
        let host = Host { cores: 1, memory: Bytes::mib(1) };
        assert_eq!(
            figures(&plan(&config, host)),
            [(Kind::Run, 3, 4), (Kind::Command, 7, 8), (Kind::Toolchain, 2, 4)]
        );
        config.sandbox.run_slots = Some(0);
        assert!(matches!(
            SlotPlan::new(&config, &languages(&[], &[]), host),
            Err(PlanError::NoSlots("sandbox.run_slots"))
        ));
    }

    #[test]
    fn every_slot_has_a_uid_of_its_own_that_is_nobody_elses() {
        let mut config = judging_only();
        let host = Host { cores: 4, memory: LARGE };
        let plan = SlotPlan::new(&config, &languages(&["gcc"], &[]), host).unwrap();
        assert!(plan.iter().enumerate().all(|(at, slot)| {
            slot.number == u32::try_from(at).unwrap() && slot.uid == config.sandbox.uid_base + slot.number
        }));
        assert_eq!(plan.get(9).map(|slot| slot.name.as_str()), Some("toolchain-4"));
        assert_eq!(plan.get(10), None);
        let mut refused = |base| {
            config.sandbox.uid_base = base;
            matches!(SlotPlan::new(&config, &languages(&["gcc"], &[]), host), Err(PlanError::Uids { .. }))
        };
        for base in [0, 999, SERVER_UID - 9, SERVER_UID, FIRST_FOREIGN_UID - 9, 65_534, u32::MAX] {
            assert!(refused(base), "{base}");
        }
        for base in [1000, SERVER_UID - 10, SERVER_UID + 1, FIRST_FOREIGN_UID - 10] {
            assert!(!refused(base), "{base}");
        }
    }

    #[test]
    fn a_toolchain_or_runtime_that_no_container_could_be_named_after_is_refused() {
        let host = Host { cores: 1, memory: LARGE };
        for name in ["run", "command", "\"a b\"", "\"a/b\"", "-a", "\"\""] {
            for languages in [languages(&[name], &[]), languages(&[], &[name])] {
                let refused = SlotPlan::new(&Config::default(), &languages, host);
                assert!(matches!(refused, Err(PlanError::Name(_))), "{name}: {refused:?}");
            }
        }
    }
}

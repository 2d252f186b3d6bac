//! Profiles as data: one table says what a container is made of, by what it is for.

use std::collections::BTreeMap;
use std::fmt;

use gavel_protocol::Bytes;
use serde::{Serialize, Serializer};

use crate::config::Config;
use crate::language::{Language, Languages};

/// What a container has beside its programs' own limit: the monitor, page tables, a file that is being put.
const HEADROOM: Bytes = Bytes::mib(64);

/// A command's `/tmp`: as large as go-judge has it.
const COMMAND_TMP: Bytes = Bytes::mib(128);

/// Most of the `/tmp` of a submission's programs.
const RUN_TMP: Bytes = Bytes::mib(64);

/// `/dev/shm`, of everybody.
const SHM: Bytes = Bytes::mib(16);

/// What a sandbox is for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Profile {
    /// Runs compiled programs.
    Run,
    /// Runs programs that need more than the slim image has, in this runtime of `languages.toml`.
    Runtime(String),
    /// Runs commands of the go-judge API, which expects tools of the host.
    Command,
    /// Compiles, in the long-lived container of this toolchain of `languages.toml`.
    Toolchain(String),
}

/// What profiles have in common whose sandboxes count together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Programs of submissions.
    Run,
    /// Commands of the go-judge API.
    Command,
    /// Compilers.
    Toolchain,
}

/// How a container and its monitor are started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// The monitor is PID 1.
    Monitor,
    /// The container sleeps, and the monitor is started in it once: any image will do.
    Sleep,
}

/// What the containers of a profile are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileSpec {
    /// The profile.
    pub profile: Profile,
    /// Their image.
    pub image: String,
    /// How they start.
    pub entry: Entry,
    /// Its file systems in memory.
    pub scratch: Scratch,
    /// Memory limit of the container: the largest run that is allowed, beside file systems that were filled on its
    /// behalf.
    pub memory: Bytes,
    /// Processes and threads that a program may have.
    pub processes: u32,
    /// Descriptors of each of them.
    pub open_files: u32,
}

/// The sizes of a container's file systems in memory: all that is writable there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scratch {
    /// `/w`, the box.
    pub work: Bytes,
    /// `/tmp`.
    pub tmp: Bytes,
    /// `/dev/shm`.
    pub shm: Bytes,
}

/// Every profile of an instance, by the settings and `languages.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profiles(BTreeMap<Profile, ProfileSpec>);

impl Profile {
    /// Where programs of a language run.
    pub fn of_runs(language: &Language) -> Self {
        language.runtime.clone().map_or(Self::Run, Self::Runtime)
    }

    /// Where a language is compiled; none for one without a compiler.
    pub fn of_compilations(language: &Language) -> Option<Self> {
        language.toolchain.clone().map(Self::Toolchain)
    }

    /// Those whose sandboxes a language needs.
    pub fn needed_by(language: &Language) -> impl Iterator<Item = Self> {
        Self::of_compilations(language).into_iter().chain([Self::of_runs(language)])
    }

    /// The profile's name in names: `run`, `gcc`.
    pub fn short(&self) -> &str {
        match self {
            Self::Run => "run",
            Self::Command => "command",
            Self::Runtime(name) | Self::Toolchain(name) => name,
        }
    }

    /// With which others its sandboxes count.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Run | Self::Runtime(_) => Kind::Run,
            Self::Command => Kind::Command,
            Self::Toolchain(_) => Kind::Toolchain,
        }
    }
}

impl fmt::Display for Profile {
    /// As the warden is told: `run`, `run:jre`, `command`, `toolchain:gcc`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Run | Self::Command => f.write_str(self.kind().as_str()),
            Self::Runtime(name) | Self::Toolchain(name) => write!(f, "{}:{name}", self.kind().as_str()),
        }
    }
}

impl Serialize for Profile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Kind {
    /// Every kind, in the order of their slots.
    pub const ALL: [Self; 3] = [Self::Run, Self::Command, Self::Toolchain];

    /// Its name, as in labels: `run`, `command`, `toolchain`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Command => "command",
            Self::Toolchain => "toolchain",
        }
    }
}

impl Profiles {
    /// Those of the settings. Commands have one where the go-judge API is enabled.
    pub fn new(config: &Config, languages: &Languages) -> Self {
        let command = config.gojudge.enabled.then(|| command(config));
        let beside = |spec: ProfileSpec| with_runtimes_own(spec, languages);
        let toolchains = languages
            .toolchains()
            .map(|(name, toolchain)| self::toolchain(name.to_owned(), toolchain.image.clone(), config));
        let runtimes = languages.runtimes().map(|(name, runtime)| ProfileSpec {
            profile: Profile::Runtime(name.to_owned()),
            image: runtime.image.clone(),
            ..run(config)
        });
        let runs = std::iter::once(run(config)).chain(runtimes).map(beside);
        let all = runs.chain(command).chain(toolchains);
        Self(all.map(|spec| (spec.profile.clone(), spec)).collect())
    }

    /// What a profile is made of; none where there is no such profile.
    pub fn get(&self, profile: &Profile) -> Option<&ProfileSpec> {
        self.0.get(profile)
    }

    /// The profile of this name, as [`Profile`] is displayed.
    pub fn named(&self, name: &str) -> Option<&ProfileSpec> {
        self.iter().find(|spec| spec.profile.to_string() == name)
    }

    /// All of them: runs, runtimes by name, commands, then toolchains by name.
    pub fn iter(&self) -> impl Iterator<Item = &ProfileSpec> {
        self.0.values()
    }
}

fn run(config: &Config) -> ProfileSpec {
    let most = &config.limits.run_max;
    let work = config.sandbox.box_size;
    let scratch = Scratch { work, tmp: work.min(RUN_TMP), shm: SHM };
    ProfileSpec {
        profile: Profile::Run,
        image: config.sandbox.run_image.clone(),
        entry: Entry::Monitor,
        scratch,
        memory: scratch.beside(most.memory),
        processes: most.processes,
        open_files: most.open_files,
    }
}

/// With what the runtimes of its languages are allowed beside the programs themselves.
fn with_runtimes_own(spec: ProfileSpec, languages: &Languages) -> ProfileSpec {
    let run_here = languages.iter().filter(|language| Profile::of_runs(language) == spec.profile);
    let allowances: Vec<_> = run_here.map(|language| language.allowance).collect();
    let memory = allowances.iter().map(|allowance| allowance.memory_extra.get()).max().unwrap_or(0);
    let processes = allowances.iter().map(|allowance| allowance.processes).max().unwrap_or(0);
    ProfileSpec {
        memory: Bytes(spec.memory.get().saturating_add(memory)),
        processes: spec.processes.saturating_add(processes),
        ..spec
    }
}

fn command(config: &Config) -> ProfileSpec {
    let settings = &config.gojudge;
    let scratch = Scratch { work: config.sandbox.box_size, tmp: COMMAND_TMP, shm: SHM };
    ProfileSpec {
        profile: Profile::Command,
        image: settings.image.clone(),
        entry: Entry::Monitor,
        scratch,
        memory: scratch.beside(settings.max_memory),
        processes: settings.max_processes,
        open_files: settings.open_files,
    }
}

fn toolchain(name: String, image: String, config: &Config) -> ProfileSpec {
    let most = &config.limits.compile_max;
    let work = config.sandbox.box_size;
    let scratch = Scratch { work, tmp: work, shm: SHM };
    ProfileSpec {
        profile: Profile::Toolchain(name),
        image,
        entry: Entry::Sleep,
        scratch,
        memory: scratch.beside(most.memory),
        processes: most.processes,
        open_files: most.open_files,
    }
}

impl Scratch {
    /// All of them, full.
    pub fn size(self) -> Bytes {
        let Self { work, tmp, shm } = self;
        Bytes(work.get().saturating_add(tmp.get()).saturating_add(shm.get()))
    }

    /// What a container takes whose program has so much memory while all of them are full.
    fn beside(self, largest: Bytes) -> Bytes {
        Bytes(largest.get().saturating_add(self.size().get()).saturating_add(HEADROOM.get()))
    }
}

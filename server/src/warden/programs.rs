//! What the programs of a profile may have at most, whoever asks.

use crate::config::Config;
use crate::sandbox::Profile;

/// Of one sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Programs {
    /// Processes and threads.
    pub(super) processes: u32,
    /// Descriptors of each.
    pub(super) open_files: u32,
}

impl Programs {
    /// By the settings.
    pub(super) fn of(profile: &Profile, config: &Config) -> Self {
        let (run, compile, command) = (&config.limits.run_max, &config.limits.compile_max, &config.gojudge);
        let (processes, open_files) = match profile {
            Profile::Run => (run.processes, run.open_files),
            Profile::Command => (command.max_processes, command.open_files),
            Profile::Toolchain(_) => (compile.processes, compile.open_files),
        };
        Self { processes, open_files }
    }
}

//! A limit on all sandboxes of an instance together, on the cgroup that they have in common. Nothing in a sandbox
//! reaches that: with cgroup v1 a monitor that was taken over could lift the limits of its own container, and would
//! have the host's memory.
//!
//! The warden sees no cgroup that it could write. A container that ends at once does it: it has the instance's cgroup
//! and nothing else.

use bollard::query_parameters::{CreateContainerOptionsBuilder, WaitContainerOptions};
use futures_util::StreamExt;
use gavel_protocol::Bytes;

use super::WardenError;
use super::cgroup_parent::{Cgroups, Common};
use super::container::preparing::{Access, Preparing};
use super::container::processes_of_container;
use super::engine::{CHANGE, Engine, within};
use super::reaper::{remove, remove_left};
use crate::config::Config;
use crate::language::Languages;
use crate::slots::{Host, PlanError, Quota, SlotPlan};

/// For the shell of the run image. It looks at limits given as `file=value`, or writes them before; one that is lower
/// holds as well. A `?` before the file: where there is one.
const SCRIPT: &str = r#"
write() { echo "$2" >"$1"; }
holds() { [ "$(cat "$1")" -le "$2" ]; }
each() {
  doing=$1; shift
  for limit in "$@"; do
    file=${limit%=*}
    case $file in \?*) file=${file#?}; [ -e "$file" ] || continue ;; esac
    "$doing" "$file" "${limit#*=}" || [ "$doing" = write ] || exit 1
  done
}
[ "$0" = look ] || each write "$@"
each holds "$@"
# Before Linux 5.11 a cgroup need not count what those below it have.
counts=/cg/memory/memory.use_hierarchy
[ ! -e $counts ] || [ "$(cat $counts)" = 1 ]
"#;

/// What all sandboxes of an instance together may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ceiling {
    /// Memory.
    pub memory: Bytes,
    /// Processes and threads.
    pub processes: u64,
}

/// What the doctor is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CeilingState {
    /// No sandbox can lift its own limits.
    NotNeeded,
    /// It is in force.
    InForce(Ceiling),
    /// It is not.
    Missing {
        /// What it should be.
        ceiling: Ceiling,
        /// The slice to set it on, where systemd keeps the cgroups.
        slice: Option<String>,
    },
}

impl Ceiling {
    /// As much as all containers together may have.
    pub(super) fn of(plan: &SlotPlan) -> Self {
        let processes = plan.quotas().iter().map(|quota| processes(plan, *quota)).sum();
        Self { memory: plan.memory(), processes }
    }

    /// Puts it in force, where it is needed and for us to do; else looks.
    pub(super) async fn set(
        self,
        engine: &Engine,
        cgroups: &Cgroups,
        config: &Config,
    ) -> Result<CeilingState, WardenError> {
        let Some(common) = needed(cgroups) else { return Ok(CeilingState::NotNeeded) };
        // systemd does not share the writing of cgroups.
        let access = if common.slice.is_none() { Access::Write } else { Access::Read };
        let holds = self.ask(engine, &common, config, access).await?;
        Ok(self.state(holds, common.slice))
    }

    fn state(self, holds: bool, slice: Option<String>) -> CeilingState {
        if holds { CeilingState::InForce(self) } else { CeilingState::Missing { ceiling: self, slice } }
    }

    /// Runs the container; whether the limits hold is how it ends.
    async fn ask(
        &self,
        engine: &Engine,
        common: &Common,
        config: &Config,
        access: Access,
    ) -> Result<bool, WardenError> {
        let limits = self.limits(common);
        let preparing = Preparing {
            instance: &config.sandbox.instance,
            image: &config.sandbox.run_image,
            runtime: config.sandbox.runtime.as_deref(),
            script: SCRIPT,
            arguments: &limits,
            cgroups: &common.directories,
            access,
        };
        let name = preparing.name();
        remove_left(engine, &name, &config.sandbox.instance).await?;
        let options = CreateContainerOptionsBuilder::default().name(&name).build();
        let creating = engine.docker.create_container(Some(options), preparing.body());
        let id = match within("create a container", CHANGE, creating).await {
            // The engine finds no such cgroup.
            Err(error) if access == Access::Read && error.status() == Some(400) => return Ok(false),
            created => created?.id,
        };
        let ended = run(engine, &id).await;
        remove(engine, &id).await?;
        ended
    }

    /// As `file=value`. The limit of memory and swap together may never be below that of memory, which is therefore
    /// written before it, for limits that fall, and after it, for limits that rise.
    fn limits(&self, common: &Common) -> Vec<String> {
        let Self { memory, processes } = *self;
        let memory = memory.get();
        if common.unified {
            return vec![
                format!("/cg/memory.max={memory}"),
                "?/cg/memory.swap.max=0".to_owned(),
                format!("/cg/pids.max={processes}"),
            ];
        }
        vec![
            format!("/cg/memory/memory.limit_in_bytes={memory}"),
            format!("?/cg/memory/memory.memsw.limit_in_bytes={memory}"),
            format!("/cg/memory/memory.limit_in_bytes={memory}"),
            format!("/cg/pids/pids.max={processes}"),
        ]
    }
}

/// Of those in use at their most, and of the monitors of the others.
fn processes(plan: &SlotPlan, quota: Quota) -> u64 {
    let of_kind = plan.profiles().iter().filter(|spec| spec.profile.kind() == quota.kind);
    let most = of_kind.map(|spec| spec.processes).max().unwrap_or(0);
    u64::from(most) * u64::from(quota.at_once) + u64::from(processes_of_container(0)) * u64::from(quota.slots)
}

/// Starts a container and waits for its end: did it end well?
async fn run(engine: &Engine, id: &str) -> Result<bool, WardenError> {
    within("start a container", CHANGE, engine.docker.start_container(id, None)).await?;
    let mut waiting = engine.docker.wait_container(id, None::<WaitContainerOptions>);
    let ended = async {
        match waiting.next().await {
            Some(Ok(_)) => Ok(true),
            Some(Err(bollard::errors::Error::DockerContainerWaitError { .. })) | None => Ok(false),
            Some(Err(error)) => Err(error),
        }
    };
    within("wait for a container", CHANGE, ended).await
}

/// Looks whether it is in force, without changing anything.
///
/// # Errors
/// When the engine cannot be asked, or the settings make no sense.
pub async fn examine(config: &Config, languages: &Languages) -> Result<CeilingState, WardenError> {
    let engine = Engine::connect().await?;
    let cgroups = Cgroups::of_host(&engine.info().await?, &config.sandbox);
    let Some(common) = needed(&cgroups) else { return Ok(CeilingState::NotNeeded) };
    let ceiling = Ceiling::of(&SlotPlan::new(config, languages, Host::detect().map_err(PlanError::from)?)?);
    let holds = ceiling.ask(&engine, &common, config, Access::Read).await?;
    Ok(ceiling.state(holds, common.slice))
}

/// What it is to be set on; none where no sandbox can lift its own limits.
fn needed(cgroups: &Cgroups) -> Option<Common> {
    cgroups.common().filter(|common| !(common.unified && cgroups.delegates()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_what_all_containers_together_may_have() {
        let mut config = Config::default();
        config.sandbox.run_slots = Some(2);
        config.sandbox.toolchain_slots = Some(1);
        config.gojudge.enabled = false;
        let text = "[toolchains.gcc]\nimage='gcc'\ndefault=true\n[[languages]]\nid='c'\nname='C'\nsource='a.c'\n\
            toolchain='gcc'\ncompile=['c']\nartefact='a'\nrun=['{artefact}']";
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(&file, text).unwrap();
        let languages = Languages::load(file.path(), "latest").unwrap();
        let host = Host { cores: 2, memory: Bytes::mib(16 * 1024) };
        let plan = SlotPlan::new(&config, &languages, host).unwrap();
        let ceiling = Ceiling::of(&plan);
        let (run, compile) = (1024 + 256 + 64 + 16 + 64, 2048 + 256 + 256 + 16 + 64);
        // Beside those in use one of each waits, with 16 MiB and 16 processes.
        assert_eq!(ceiling.memory, Bytes::mib(2 * run + compile + 2 * 16));
        assert_eq!(ceiling.processes, 3 * (256 + 16) + 2 * 16);
    }

    /// On directories in the place of cgroups.
    #[test]
    fn the_script_writes_what_there_is_and_tells_whether_it_holds() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let run = |mode: &str, limits: &[String]| {
            let mut shell = std::process::Command::new("sh");
            shell.args(["-c", SCRIPT, mode]).args(limits).stderr(std::process::Stdio::null());
            shell.status().unwrap().success()
        };
        let limits = [format!("{}=100", path("memory")), format!("?{}=0", path("swap"))];
        std::fs::write(path("memory"), "max").unwrap();
        assert!(!run("look", &limits));
        assert!(run("set", &limits));
        assert_eq!(std::fs::read_to_string(path("memory")).unwrap(), "100\n");
        assert!(!folder.path().join("swap").exists());
        assert!(run("look", &limits));
        std::fs::write(path("swap"), "5").unwrap();
        assert!(!run("look", &limits));
        std::fs::write(path("swap"), "0").unwrap();
        std::fs::write(path("memory"), "9223372036854771712").unwrap();
        assert!(!run("look", &limits));
        std::fs::write(path("memory"), "99").unwrap();
        assert!(run("look", &limits));
        std::fs::remove_file(path("memory")).unwrap();
        assert!(!run("look", &limits));
    }
}

//! The warden: keeps containers, and is the only part that talks to Docker.

use std::path::PathBuf;
use std::time::Duration;

use crate::alone::{NotAlone, Role, alone};
use crate::config::Config;
use crate::language::Languages;
use crate::slots::{Host, PlanError, SlotPlan};
use crate::telemetry::chain;
use crate::workspace::Workspace;

mod ceiling;
mod cgroup_parent;
mod companions;
mod container;
mod engine;
#[cfg(any(test, feature = "fuzz"))]
pub(crate) mod fuzz;
mod images;
mod keeper;
mod listener;
mod neighbours;
mod prepare;
mod probe;
mod reaper;
mod survey;

pub use ceiling::{Ceiling, CeilingState, examine as examine_ceiling};
pub use companions::{Companion, companions};
pub use neighbours::{Neighbour, neighbours};
pub use survey::{EngineSurvey, survey};

pub(crate) use engine::SOCKET;

use engine::Engine;
use keeper::Keeper;

/// Why the warden could not start or do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum WardenError {
    /// The slots cannot be laid out.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// Another warden has the workspace.
    #[error(transparent)]
    NotAlone(#[from] NotAlone),
    /// The server cannot reach this warden any more.
    #[error("{0} is not this warden's socket any more: it ends, to be started anew")]
    Replaced(PathBuf),
    /// The workspace could not be prepared.
    #[error("failed to {doing} {path}")]
    Workspace {
        /// What was tried.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// Why it failed.
        source: std::io::Error,
    },
    /// The monitor's binary is not where it should be.
    #[error("failed to read the monitor's binary {path}: build it, or name it in sandbox.monitor")]
    Monitor {
        /// Where it was looked for.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The host path of the workspace is unknown.
    #[error("the host path of the workspace {0} is unknown: set workspace.host_path")]
    HostPath(PathBuf),
    /// The image of a container is not there.
    #[error(
        "there is no image {0}: `make images` builds ours, `make toolchain` with a name those of further languages, \
         `docker pull` fetches others"
    )]
    NoImage(String),
    /// Containers get no cgroups of their own.
    #[error(
        "containers get no cgroups of their own here, and sandbox.require_cgroups is set: {0}. On a host that has none \
         for them, unset it: limits are then those of rlimits and of the whole container"
    )]
    NoCgroups(String),
    /// A container of that name is somebody else's.
    #[error("container {0} exists and is not of this instance: remove it, or change sandbox.instance")]
    Foreign(String),
    /// A request that makes no sense.
    #[error("refused: {0}")]
    Refused(String),
    /// Something else is where the engine's socket should be.
    #[error(
        "{0} is a directory and no socket: GAVEL_DOCKER_SOCKET names a path of the host where there was nothing, and \
         Docker has made a directory of it. Name the engine's socket, and remove that directory"
    )]
    NoSocket(PathBuf),
    /// Nobody listens at the engine's socket.
    #[error("no engine listens at {path}, which is what GAVEL_DOCKER_SOCKET names on the host")]
    NoEngine {
        /// The socket.
        path: PathBuf,
        /// Why it cannot be reached.
        source: std::io::Error,
    },
    /// Docker did not answer in time.
    #[error("Docker did not {doing} within {limit:?}")]
    Slow {
        /// What was asked of it.
        doing: &'static str,
        /// How long it was waited for.
        limit: Duration,
    },
    /// Docker refused or could not be reached.
    #[error("Docker failed to {doing}: {}", chain(source))]
    Docker {
        /// What was asked of it.
        doing: &'static str,
        /// Why it failed.
        source: bollard::errors::Error,
    },
}

/// Prepares the workspace and serves the verbs on the warden's socket, until SIGTERM or SIGINT. Containers are
/// left as they are then: a restarted warden disturbs no run.
///
/// # Errors
/// Whatever makes a start senseless: no engine, no workspace, no monitor. Failures of a verb are answered, not returned.
pub async fn serve(config: &Config, languages: &Languages) -> Result<(), WardenError> {
    let plan = SlotPlan::new(config, languages, Host::detect().map_err(PlanError::from)?)?;
    let engine = Engine::connect().await?;
    let here = Workspace::new(&config.workspace.path);
    let on_host = Workspace::new(engine.host_path(config).await?);
    let _alone = alone(here.root(), Role::Warden).await?;
    prepare::directories(&here, &plan, &config.sandbox.warden_socket)?;
    let monitor = prepare::monitor(&here, config.sandbox.monitor.as_deref())?;
    let (listener, own) = listener::bind(&config.sandbox.warden_socket)?;
    tracing::info!(
        instance = config.sandbox.instance,
        slots = plan.iter().count(),
        host_path = %on_host.root().display(),
        "the warden is ready"
    );
    let keeper = Keeper::new(config, plan, engine, on_host.monitor(&monitor), on_host).await?;
    tokio::select! {
        served = listener::serve(listener, keeper) => served,
        () = listener::replaced(&config.sandbox.warden_socket, own) => {
            Err(WardenError::Replaced(config.sandbox.warden_socket.clone()))
        }
    }
}

//! Every setting, in one place: defaults < `gavel.toml` < `GAVEL_*` < flags. A typo stops the start.

use std::path::PathBuf;
use std::time::Duration;

use gavel_protocol::Bytes;

use crate::submission::{Isolation, RunLimits};

/// The effective settings of the server and the warden.
#[derive(Debug, Clone)]
pub struct Config {
    /// The REST API.
    pub http: HttpConfig,
    /// Where things are kept.
    pub workspace: WorkspaceConfig,
    /// Defaults and maxima of limits.
    pub limits: LimitsConfig,
    /// The pool of containers.
    pub sandbox: SandboxConfig,
    /// The queue.
    pub queue: QueueConfig,
    /// The throttle of users who keep timing out.
    pub throttle: ThrottleConfig,
    /// How long results are kept.
    pub store: StoreConfig,
    /// `languages.toml`.
    pub languages: PathBuf,
}

/// `[http]`
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// Address to listen on.
    pub listen: std::net::SocketAddr,
    /// Token of backends.
    pub token: Option<String>,
    /// Token of operators: recycle, throttle, purge.
    pub admin_token: Option<String>,
    /// Serve without a token. Then `Host` and `Origin` must be local or listed.
    pub allow_unauthenticated: bool,
    /// `Host` names accepted beside the loopback ones while there is no token.
    pub allowed_hosts: Vec<String>,
    /// Origins accepted beside our own while there is no token.
    pub allowed_origins: Vec<String>,
    /// Largest request body.
    pub max_body: Bytes,
    /// Longest that `"wait": true` holds an answer.
    pub max_wait: Duration,
}

/// `[workspace]`
#[derive(Debug, Clone)]
pub struct WorkspaceConfig {
    /// The shared directory, as this process sees it.
    pub path: PathBuf,
    /// The same directory, as the host sees it; the warden finds it by inspecting its own container.
    pub host_path: Option<PathBuf>,
}

/// `[limits]`
#[derive(Debug, Clone)]
pub struct LimitsConfig {
    /// Of a test's run, where the client does not say.
    pub run: RunLimits,
    /// The most a client may ask for a test's run.
    pub run_max: RunLimits,
    /// Of a compilation, where the client does not say.
    pub compile: RunLimits,
    /// The most a client may ask for a compilation.
    pub compile_max: RunLimits,
    /// Most test cases of a submission.
    pub tests: usize,
    /// Largest source of a submission, all files together.
    pub source: Bytes,
    /// Largest artefact of a compilation.
    pub artefact: Bytes,
}

/// `[sandbox]`
#[derive(Debug, Clone)]
pub struct SandboxConfig {
    /// Labels everything of this instance; letters, digits and `-`.
    pub instance: String,
    /// Run containers; none = as many as cores and memory allow.
    pub run_slots: Option<u32>,
    /// Toolchain containers of each toolchain; none = as many as cores and memory allow.
    pub toolchain_slots: Option<u32>,
    /// Slot n runs programs as this uid + n.
    pub uid_base: u32,
    /// Image of run containers.
    pub run_image: String,
    /// A sandbox is retired after so many runs.
    pub max_runs: u32,
    /// A sandbox is retired at this age.
    pub max_age: Duration,
    /// When to recycle all sandboxes: a cron expression of five fields, in local time.
    pub recycle: Option<String>,
    /// Isolation of a submission that does not ask for one.
    pub isolation: Isolation,
    /// Socket of the warden.
    pub warden_socket: PathBuf,
    /// Size of the box, of /tmp in toolchain containers too.
    pub box_size: Bytes,
    /// Parent cgroup of everything; none = `/gavel` or `gavel.slice`, by the engine's driver.
    pub cgroup_parent: Option<String>,
    /// Runtime of run and toolchain containers (`runc`, `runsc`); none = the engine's default.
    pub runtime: Option<String>,
    /// The monitor's static binary, which the warden puts into every container; none = `monitor` beside the
    /// warden's own executable.
    pub monitor: Option<PathBuf>,
}

/// `[queue]`
#[derive(Debug, Clone)]
pub struct QueueConfig {
    /// Most submissions waiting; more are answered 503.
    pub capacity: usize,
    /// Most submissions of one user waiting; more are answered 429.
    pub per_user: usize,
    /// A submission that failed through us is tried this many times in all.
    pub attempts: u32,
    /// How long a stopping server waits for running submissions.
    pub drain: Duration,
}

/// `[throttle]`
#[derive(Debug, Clone)]
pub struct ThrottleConfig {
    /// This many TimeLimitExceeded in a row start a cool-down; 0 = never.
    pub strikes: u32,
    /// The first cool-down; each further one is twice as long.
    pub cool_down: Duration,
    /// The longest cool-down.
    pub cool_down_max: Duration,
    /// After so long without a strike the next cool-down is the first again.
    pub forget: Duration,
}

/// `[store]`
#[derive(Debug, Clone)]
pub struct StoreConfig {
    /// Judgements older than this are removed.
    pub keep: Duration,
    /// The oldest judgements go while the database is larger than this.
    pub max_size: Bytes,
    /// The least recently used compiled programs go while all together are larger than this.
    pub cache_size: Bytes,
}

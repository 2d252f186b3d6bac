//! Every setting, in one place: defaults < `gavel.toml` < `GAVEL_*` < flags. A typo stops the start.

use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, Utc};
use gavel_protocol::Bytes;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::schedule::Schedule;
use crate::scope::Scope;
use crate::submission::{Isolation, RunLimits};

mod check;
mod go_values;
pub(crate) mod gojudge_names;
mod load;
mod machines;
pub(crate) mod units;

pub(crate) use load::with_tag;
pub use load::{ConfigError, Overrides};
pub use machines::is_name;
pub(crate) use machines::{LONGEST_NAME, MOST_CREDITS, SPEEDS, is_weight};

/// The effective settings of the server and the warden.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Config {
    /// `languages.toml`.
    pub languages: PathBuf,
    /// Languages of the site's own, in the same form; none = those of `languages` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site_languages: Option<PathBuf>,
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
    /// Packages of problems.
    pub problems: ProblemsConfig,
    /// The go-judge API.
    pub gojudge: GoJudgeConfig,
    /// The address for those who watch the service.
    pub telemetry: TelemetryConfig,
    /// Several machines.
    pub cluster: ClusterConfig,
}

/// `[http]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HttpConfig {
    /// Address to listen on.
    pub listen: std::net::SocketAddr,
    /// Token of backends.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "units::masked")]
    pub token: Option<String>,
    /// Token of operators: recycle, throttle.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "units::masked")]
    pub admin_token: Option<String>,
    /// Token that reads the metrics, and does nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "units::masked")]
    pub metrics_token: Option<String>,
    /// Named tokens.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "units::table_or_json")]
    pub tokens: Vec<TokenConfig>,
    /// Serve without a token. Then `Host` and `Origin` must be local or listed.
    pub allow_unauthenticated: bool,
    /// `Host` names accepted beside the loopback ones while there is no token.
    pub allowed_hosts: Vec<String>,
    /// Origins accepted beside our own while there is no token.
    pub allowed_origins: Vec<String>,
    /// Largest request body.
    #[serde(with = "units::size")]
    pub max_body: Bytes,
    /// What all requests and answers together may take of memory; none = five eighths of what the server's cgroup may have.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "units::optional_size")]
    pub memory: Option<Bytes>,
    /// Which answers are logged.
    #[serde(deserialize_with = "units::choice")]
    pub access_log: AccessLog,
    /// Longest that `"wait": true` holds an answer.
    #[serde(with = "units::span")]
    pub max_wait: Duration,
    /// How long a sign-in at the web page lasts.
    #[serde(with = "units::span")]
    pub session: Duration,
}

/// `[[http.tokens]]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenConfig {
    /// What it is called; submissions that come with it have this name.
    pub name: String,
    /// What clients send; `secret_file` reads it from a file.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "units::masked")]
    pub secret: Option<String>,
    /// A file with the secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret_file: Option<PathBuf>,
    /// The secret before, which is valid still while clients get the other one; `previous_secret_file` reads it from a
    /// file.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "units::masked")]
    pub previous_secret: Option<String>,
    /// A file with the secret before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_secret_file: Option<PathBuf>,
    /// When that one ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_until: Option<DateTime<Utc>>,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// Most of its submissions that wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quota: Option<usize>,
    /// Its turns in the queue for each turn of a token of priority 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<u32>,
    /// When it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
}

/// `http.access_log`: those of routes that are asked again and again (`/readyz`) are never logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AccessLog {
    /// None.
    Off,
    /// Those with a status of 400 and more.
    Refusals,
    /// All.
    All,
}

/// `[workspace]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkspaceConfig {
    /// The shared directory, as this process sees it.
    pub path: PathBuf,
    /// The same directory, as the host sees it; the warden finds it by inspecting its own container.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_path: Option<PathBuf>,
}

/// `[limits]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LimitsConfig {
    /// Most test cases of a submission.
    pub tests: usize,
    /// Largest source of a submission, all files together.
    #[serde(with = "units::size")]
    pub source: Bytes,
    /// Largest artefact of a compilation.
    #[serde(with = "units::size")]
    pub artefact: Bytes,
    /// Of the disk what outputs may take at one time that are too long for the memory; one of both streams of a test at most
    /// half of it.
    #[serde(with = "units::size")]
    pub outputs: Bytes,
    /// Largest file that a program leaves and that is handed back.
    #[serde(with = "units::size")]
    pub collected: Bytes,
    /// Of a test's run, where the client does not say.
    #[serde(with = "units::run_limits")]
    pub run: RunLimits,
    /// The most a client may ask for a test's run.
    #[serde(with = "units::run_limits")]
    pub run_max: RunLimits,
    /// Of a compilation, where the client does not say.
    #[serde(with = "units::run_limits")]
    pub compile: RunLimits,
    /// The most a client may ask for a compilation.
    #[serde(with = "units::run_limits")]
    pub compile_max: RunLimits,
}

/// `[sandbox]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SandboxConfig {
    /// Labels everything of this instance; letters, digits and `-`.
    pub instance: String,
    /// Runs at one time, over all images; none = as many as cores and memory allow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_slots: Option<u32>,
    /// Compilations at one time, over all toolchains; none = as many as cores and memory allow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub toolchain_slots: Option<u32>,
    /// Containers of runs and of toolchains beside those in use, at least 1; none = as many as images.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spare_slots: Option<u32>,
    /// Slot n runs programs as this uid + n.
    pub uid_base: u32,
    /// What `{tag}` stands for in the names of images: each instance on a host has images of its own.
    pub image_tag: String,
    /// Image of run containers.
    pub run_image: String,
    /// A sandbox is retired after so many runs.
    pub max_runs: u32,
    /// A sandbox is retired at this age.
    #[serde(with = "units::span")]
    pub max_age: Duration,
    /// When to recycle all sandboxes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recycle: Option<Schedule>,
    /// Isolation of a submission that does not ask for one.
    #[serde(deserialize_with = "units::choice")]
    pub isolation: Isolation,
    /// Socket of the warden.
    pub warden_socket: PathBuf,
    /// Size of the box, of /tmp in toolchain containers too.
    #[serde(with = "units::size")]
    pub box_size: Bytes,
    /// Without cgroups for every sandbox the service is not ready; else it does with rlimits where there are none.
    pub require_cgroups: bool,
    /// Parent cgroup of everything; none = `/gavel` or `gavel.slice`, by the engine's driver.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cgroup_parent: Option<String>,
    /// Runtime of run and toolchain containers (`runc`, `runsc`); none = the engine's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runtime: Option<String>,
    /// The monitor's static binary, which the warden puts into every container; none = `monitor` beside the
    /// warden's own executable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monitor: Option<PathBuf>,
}

/// `[queue]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QueueConfig {
    /// Most submissions waiting; more are answered 503.
    pub capacity: usize,
    /// Most bytes of all submissions that wait or run together, each file once; more are answered 503.
    #[serde(with = "units::size")]
    pub max_bytes: Bytes,
    /// Most submissions of one user waiting; more are answered 429.
    pub per_user: usize,
    /// A submission that failed through us is tried this many times in all. (One that the server died over is tried more
    /// often, ten times: it may have been beside the one that took the server down.)
    pub attempts: u32,
    /// How long a stopping server waits for running submissions.
    #[serde(with = "units::span")]
    pub drain: Duration,
}

/// `[throttle]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ThrottleConfig {
    /// This many TimeLimitExceeded in a row start a cool-down; 0 = never.
    pub strikes: u32,
    /// The first cool-down; each further one is twice as long.
    #[serde(with = "units::span")]
    pub cool_down: Duration,
    /// The longest cool-down.
    #[serde(with = "units::span")]
    pub cool_down_max: Duration,
    /// After so long without a strike the next cool-down is the first again.
    #[serde(with = "units::span")]
    pub forget: Duration,
}

/// `[store]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoreConfig {
    /// Judgements older than this are removed.
    #[serde(with = "units::span")]
    pub keep: Duration,
    /// Inputs and answers of submissions that have tests of their own are kept for so long when they are judged, so that
    /// they can be judged again; zero = not at all.
    #[serde(with = "units::span")]
    pub keep_tests: Duration,
    /// Judgements of a submission that are kept beside the newest, where it was judged again.
    pub old_judgements: u32,
    /// The oldest inputs, then older judgements, then judgements go while the database, and the files of what is judged,
    /// are larger than this.
    #[serde(with = "units::size")]
    pub max_size: Bytes,
    /// The least recently used compiled programs go while all together are larger than this.
    #[serde(with = "units::size")]
    pub cache_size: Bytes,
}

/// `[problems]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProblemsConfig {
    /// Largest package that is taken, as it comes.
    #[serde(with = "units::size")]
    pub max_package: Bytes,
    /// No package is taken while all versions of all problems take more.
    #[serde(with = "units::size")]
    pub max_size: Bytes,
}

/// `[gojudge]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GoJudgeConfig {
    /// Answer `/run`, `/file` and the other routes of go-judge.
    pub enabled: bool,
    /// Networks whose clients need no token for the routes of go-judge.
    #[serde(with = "units::networks")]
    pub open_networks: Vec<IpNet>,
    /// Image of the containers that commands run in.
    pub image: String,
    /// Commands of one sender that run at one time, of one request or of several; a request with more is refused. For
    /// others there are two more.
    pub commands: u32,
    /// Containers for commands that are kept warm, more are made when they are needed. None = twice the cores, at least 4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slots: Option<u32>,
    /// Requests that run at one time; none = as many of one sender as cores, and one of others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parallelism: Option<usize>,
    /// Sets of CPUs; where there are any, a request runs on one of them and `parallelism` does not count.
    pub cpu_sets: Vec<String>,
    /// Requests that wait; more are refused.
    pub queue: usize,
    /// Commands of requests with streams that run at one time, beside those of `parallelism`; none = half as many as
    /// commands, at least 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub streams: Option<usize>,
    /// Websockets open at one time, of `/ws` and `/stream` together; more are answered 503.
    pub websockets: usize,
    /// Directories below which `src` may name a file of the server; none = no `src`.
    pub src_prefixes: Vec<PathBuf>,
    /// Largest file written by a command.
    #[serde(with = "units::size")]
    pub output_limit: Bytes,
    /// Largest file taken out, where the request does not say.
    #[serde(with = "units::size")]
    pub copy_out_limit: Bytes,
    /// Directory of the server below which `copyOutDir` writes; none = `copyOutDir` is ignored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy_out_dir: Option<PathBuf>,
    /// Open files of each process.
    pub open_files: u32,
    /// What a client asks beyond this is cut to it.
    #[serde(with = "units::size")]
    pub max_memory: Bytes,
    /// As `max_memory`, for CPU time and time on the clock.
    #[serde(with = "units::span")]
    pub max_time: Duration,
    /// As `max_memory`, for processes and threads.
    pub max_processes: u32,
    /// Heed `cpuRateLimit`.
    pub cpu_rate: bool,
    /// Within which a CPU rate is kept.
    #[serde(with = "units::span")]
    pub cpu_period: Duration,
    /// Where the file store makes its directory; none = the workspace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_dir: Option<PathBuf>,
    /// Size of the file store; a file that would not fit is refused.
    #[serde(with = "units::size")]
    pub file_store: Bytes,
    /// A stored file that nobody has used for so long is removed; 0s = never.
    #[serde(with = "units::span")]
    pub file_timeout: Duration,
    /// Ids of stored files have 8 characters, as those of go-judge.
    pub short_ids: bool,
    /// The same over gRPC.
    pub grpc: GrpcConfig,
}

/// `[gojudge.grpc]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GrpcConfig {
    /// Serve the go-judge API over gRPC too.
    pub enabled: bool,
    /// Address to listen on.
    pub listen: std::net::SocketAddr,
    /// Largest message of a client.
    #[serde(with = "units::size")]
    pub max_message: Bytes,
    /// Calls of `ExecStream` open at one time; more are refused.
    pub streams: usize,
}

/// `[telemetry]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TelemetryConfig {
    /// Address to listen on while something is on.
    pub listen: std::net::SocketAddr,
    /// Answer `/metrics` there too.
    pub metrics: bool,
    /// Answer `/debug`: figures of the process.
    pub debug: bool,
}

/// `[cluster]`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClusterConfig {
    /// The broker; none = this machine judges alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// By which the broker knows us.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "units::masked")]
    pub token: Option<String>,
    /// Seed of a key in its place.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "units::masked")]
    pub nkey: Option<String>,
    /// Certificates that the broker's is checked by, beside those of the system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca: Option<PathBuf>,
    /// This machine among the nodes; none = the host's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The server's own machine judges, too.
    pub judge_here: bool,
    /// Tests that a node runs at one time; none = as many as it has slots for runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credits: Option<u32>,
    /// How fast this machine is beside others, from 1 that was common; none = measured at start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed: Option<f64>,
    /// How much a node does in a time, beside others; none = as it was seen to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<f64>,
    /// How nodes come by tasks.
    #[serde(deserialize_with = "units::choice")]
    pub dispatch: Dispatch,
    /// Whether limits of time are longer on slow nodes.
    #[serde(deserialize_with = "units::choice")]
    pub time_scale: TimeScaling,
    /// Of a node's disk, for what may be needed again.
    #[serde(with = "units::size")]
    pub cache: Bytes,
    /// Of the broker's disk, for contents.
    #[serde(with = "units::size")]
    pub objects: Bytes,
    /// Servers of the broker's cluster that keep each message.
    pub replicas: u32,
    /// Submissions that a server has judged at one time.
    pub submissions: u32,
}

/// `cluster.time_scale`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TimeScaling {
    /// Limits are the same on all nodes.
    Off,
    /// They are longer on those that are slower than the fastest.
    Calibrated,
}

/// `cluster.dispatch`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dispatch {
    /// They take as many as they have free slots.
    Pull,
    /// They are dealt them by weight, in smooth weighted round robin.
    Wrr,
}

impl TelemetryConfig {
    /// Is anything served there?
    pub(crate) fn is_on(&self) -> bool {
        self.metrics || self.debug
    }
}

impl GoJudgeConfig {
    /// Those of the open networks that are half of all addresses or more: a slip, or somebody who does not mind.
    pub(crate) fn open_to_everybody(&self) -> Vec<IpNet> {
        self.open_networks.iter().filter(|network| network.prefix_len() <= 1).copied().collect()
    }
}

#[cfg(test)]
mod tests;

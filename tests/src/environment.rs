//! Where the service under test is, and how slow its host is. The only place that reads the environment.

use std::path::PathBuf;
use std::time::Duration;

use crate::Limits;

/// Address of the service: `GAVEL_E2E_URL`, by default where `make up` publishes it.
pub fn url() -> String {
    variable("GAVEL_E2E_URL").unwrap_or_else(|| "http://127.0.0.1:5050".into()).trim_end_matches('/').into()
}

/// Where the service is served over gRPC: `GAVEL_E2E_GRPC_URL`, by default at go-judge's port.
pub fn grpc_url() -> String {
    variable("GAVEL_E2E_GRPC_URL").unwrap_or_else(|| "http://127.0.0.1:5051".into())
}

/// The operator's and backend's token, where the service wants one: `GAVEL_E2E_TOKEN`.
pub fn token() -> Option<String> {
    variable("GAVEL_E2E_TOKEN")
}

/// Docker's socket on the service's host: `GAVEL_E2E_DOCKER`.
pub fn docker_socket() -> String {
    variable("GAVEL_E2E_DOCKER").unwrap_or_else(|| "/var/run/docker.sock".into())
}

/// The compose project that the service runs in: `GAVEL_E2E_PROJECT`.
pub fn project() -> String {
    variable("GAVEL_E2E_PROJECT").unwrap_or_else(|| "gavel".into())
}

/// The service's `sandbox.instance`: `GAVEL_E2E_INSTANCE`, by default named as the project.
pub fn instance() -> String {
    variable("GAVEL_E2E_INSTANCE").unwrap_or_else(project)
}

/// The tag of the service's images, its `sandbox.image_tag`: `GAVEL_E2E_TAG`.
pub fn image_tag() -> String {
    variable("GAVEL_E2E_TAG").unwrap_or_else(|| "latest".into())
}

/// First of the ports on the service's host that instances made by tests may publish: `GAVEL_E2E_PORTS`.
pub fn first_port() -> u16 {
    parsed("GAVEL_E2E_PORTS").unwrap_or(5061)
}

/// The command that restarts the Docker engine: `GAVEL_E2E_RESTART_DOCKER`. Only the test of that needs it.
pub fn restart_docker_command() -> Option<String> {
    variable("GAVEL_E2E_RESTART_DOCKER")
}

/// The service's host is so many times slower, or busier, than a machine of its own: `GAVEL_E2E_TIME_FACTOR`.
///
/// Every bound on time goes through this factor, and only through it.
pub fn time_factor() -> f64 {
    parsed("GAVEL_E2E_TIME_FACTOR").unwrap_or(1.0)
}

/// An upper bound in milliseconds, widened for a slow host.
pub fn at_most_ms(bound: f64) -> f64 {
    bound * time_factor()
}

/// How long to wait for something that takes at most this long on a machine of its own.
pub fn patience(on_a_quick_host: Duration) -> Duration {
    on_a_quick_host.mul_f64(time_factor())
}

/// The most time that the service grants a run: `GAVEL_E2E_RUN_MAX`, by default what `limits.run_max` has.
pub fn most_time() -> Limits {
    let told = variable("GAVEL_E2E_RUN_MAX").unwrap_or_else(|| "cpu_ms=30000 wall_ms=120000".into());
    match Limits::parse(&told) {
        Ok(limits) => limits,
        Err(problem) => panic!("GAVEL_E2E_RUN_MAX: {problem}"),
    }
}

/// How many submissions of 60 MiB a server is killed over: `GAVEL_E2E_LARGE`.
pub fn large_submissions() -> usize {
    parsed("GAVEL_E2E_LARGE").unwrap_or(9)
}

/// The folder of programs with their expected verdicts: `GAVEL_E2E_SUBMISSIONS`, by default that of the checkout in which
/// the tests were compiled.
pub fn submissions() -> PathBuf {
    let here = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("submissions");
    variable("GAVEL_E2E_SUBMISSIONS").map_or_else(here, PathBuf::from)
}

/// The folder of problems: `GAVEL_E2E_PROBLEMS`, by default that of the checkout in which the tests were compiled.
pub fn problems() -> PathBuf {
    let here = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("problems");
    variable("GAVEL_E2E_PROBLEMS").map_or_else(here, PathBuf::from)
}

/// A folder with packages of others in it, at any depth: `GAVEL_E2E_PACKAGES`.
pub fn packages_of_others() -> Option<PathBuf> {
    variable("GAVEL_E2E_PACKAGES").map(PathBuf::from)
}

/// Where the table of verdicts goes: `GAVEL_E2E_TABLE`, by default into a folder of cargo's.
pub fn table_of_verdicts() -> Option<PathBuf> {
    variable("GAVEL_E2E_TABLE").map(PathBuf::from)
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn parsed<T: std::str::FromStr>(name: &str) -> Option<T> {
    variable(name).map(|value| match value.parse() {
        Ok(parsed) => parsed,
        Err(_) => panic!("{name}={value} makes no sense"),
    })
}

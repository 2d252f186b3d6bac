//! The running service: asked over HTTP, and where that is not possible through the engine.

use std::fs;

use chrono::{DateTime, TimeDelta, Utc};
use gavel_protocol::CgroupTier;
use reqwest::{Method, StatusCode};
use serde_json::Value;

use super::Finding;
use crate::cli::client::{Client, reasons};
use crate::sandbox::name_of_tier;
use crate::telemetry;
use crate::warden::{self, Companion};

/// A container that was started again and lives for so long has got over it.
const SETTLED: TimeDelta = TimeDelta::minutes(2);

pub(super) async fn examine(client: &Client) -> Vec<Finding> {
    match warden::companions().await {
        Ok(found) if !found.is_empty() => found.iter().filter_map(|found| judge(found, Utc::now())).collect(),
        // What is wrong with the engine has been told; it may also be that nobody runs containers here.
        _ => vec![ask(client).await],
    }
}

/// How a container of the service does. Of a warden that runs nothing is said: it has been asked itself.
fn judge(companion: &Companion, now: DateTime<Utc>) -> Option<Finding> {
    let Companion { service, state, restarts, started_at, oom_killed, last_error, not_ready } = companion;
    let what = if service == "server" { "server" } else { "warden" };
    let error = last_error.as_deref().unwrap_or("it has logged no error");
    let fresh = started_at.is_some_and(|started| now - started < SETTLED);
    let crashed = "mend what it names; `make logs` shows more";
    Some(if *oom_killed {
        let found = format!("was killed for want of memory: {error}");
        Finding::problem(what, found, "raise its memory: GAVEL_SERVER_MEMORY")
    } else if state != "running" {
        Finding::problem(what, format!("{state}, after {restarts} restarts: {error}"), crashed)
    } else if *restarts > 0 && fresh {
        Finding::problem(what, format!("ends again and again, {restarts} times so far: {error}"), crashed)
    } else if let Some(why) = not_ready {
        Finding::problem(what, format!("{why}; the last error in its log: {error}"), REMEDY)
    } else if what == "server" {
        Finding::good(what, "ready")
    } else {
        return None;
    })
}

const REMEDY: &str = "mend what is named above and here; then it becomes ready by itself";

async fn ask(client: &Client) -> Finding {
    match client.ask(Method::GET, "/readyz").await {
        Ok((StatusCode::OK, body)) => ready(&body),
        Ok((status, body)) => {
            let found = reasons(&body).unwrap_or_else(|| format!("/readyz answers {status}"));
            Finding::problem("server", found, REMEDY)
        }
        Err(_) if !has_network() => {
            Finding::unknown("server", "this container has no network; ask /readyz from outside")
        }
        Err(why) => {
            Finding::problem("server", telemetry::chain(&why), "start it, or name its address with --url")
        }
    }
}

fn ready(body: &Value) -> Finding {
    let tier = body["pool"]["tier"].as_str().unwrap_or("unknown");
    if tier == name_of_tier(CgroupTier::None) {
        return Finding::warning(
            "server",
            "ready, but its sandboxes have no cgroups: limits rest on rlimits alone",
            "use an engine whose containers may have cgroups of their own: not rootless, without userns-remap",
        );
    }
    Finding::good("server", format!("ready; limits are enforced by {tier}"))
}

/// A container without network has the loopback interface only, and no server on it.
fn has_network() -> bool {
    let Ok(interfaces) = fs::read_dir("/sys/class/net") else { return true };
    interfaces
        .flatten()
        .any(|interface| !["lo", "tunl0", "sit0"].iter().any(|name| interface.file_name() == *name))
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;

    fn server() -> Companion {
        Companion { service: "server".into(), state: "running".into(), ..Companion::default() }
    }

    fn found(companion: &Companion) -> (Level, String) {
        let Finding { level, found, .. } = judge(companion, "2026-03-01T12:00:00Z".parse().unwrap()).unwrap();
        (level, found)
    }

    #[test]
    fn a_server_that_crashes_again_and_again_is_a_problem_with_its_last_error() {
        let last_error = Some("failed to listen on 0.0.0.0:5050".to_owned());
        let started_at = Some("2026-03-01T11:59:30Z".parse().unwrap());
        let looping = Companion { restarts: 7, started_at, last_error, ..server() };
        let waiting = Companion { state: "restarting".into(), ..looping.clone() };
        for companion in [looping.clone(), waiting] {
            let (level, text) = found(&companion);
            assert_eq!(level, Level::Problem);
            assert!(text.contains("failed to listen on 0.0.0.0:5050") && text.contains('7'), "{text}");
        }
        let settled = Companion { started_at: Some("2026-03-01T10:00:00Z".parse().unwrap()), ..looping };
        assert_eq!(found(&settled), (Level::Good, "ready".into()));
    }

    #[test]
    fn a_server_that_is_not_ready_says_why() {
        let not_ready = Some("not ready: the store is not writable".to_owned());
        let (level, text) = found(&Companion { not_ready, ..server() });
        assert_eq!(level, Level::Problem);
        assert!(text.contains("the store is not writable"), "{text}");
        let killed = Companion { oom_killed: true, state: "exited".into(), ..server() };
        assert!(found(&killed).1.contains("memory"));
    }
}

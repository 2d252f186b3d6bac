//! The running server.

use std::fs;

use reqwest::{Method, StatusCode};

use super::Finding;
use crate::cli::client::Client;
use crate::telemetry;

pub(super) async fn examine(client: &Client) -> Finding {
    match client.ask(Method::GET, "/readyz").await {
        Ok((StatusCode::OK, body)) => {
            let tier = body["pool"]["tier"].as_str().unwrap_or("unknown");
            if tier == "rlimits only" {
                return Finding::warning(
                    "server",
                    "ready, but its sandboxes have no cgroups: limits rest on rlimits alone",
                    "see docs/operations.md on rootless engines and user namespaces",
                );
            }
            Finding::good("server", format!("ready; limits are enforced by {tier}"))
        }
        Ok((status, body)) => {
            let reasons = body["reasons"].as_array().map(|reasons| {
                let texts: Vec<&str> = reasons.iter().filter_map(serde_json::Value::as_str).collect();
                texts.join("; ")
            });
            let found = reasons.unwrap_or_else(|| format!("/readyz answers {status}"));
            Finding::problem(
                "server",
                found,
                "mend what is named above and here; then it becomes ready by itself",
            )
        }
        Err(_) if !has_network() => {
            Finding::unknown("server", "this container has no network; ask /readyz from outside")
        }
        Err(why) => {
            Finding::problem("server", telemetry::chain(&why), "start it, or name its address with --url")
        }
    }
}

/// A container without network has the loopback interface only, and no server on it.
fn has_network() -> bool {
    let Ok(interfaces) = fs::read_dir("/sys/class/net") else { return true };
    interfaces
        .flatten()
        .any(|interface| !["lo", "tunl0", "sit0"].iter().any(|name| interface.file_name() == *name))
}

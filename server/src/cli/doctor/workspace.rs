//! The workspace and the warden that prepares it.

use std::path::Path;

use gavel_protocol::Bytes;

use super::Finding;
use crate::cli::healthcheck;
use crate::config::Config;
use crate::telemetry;
use crate::workspace::Workspace;

/// Less than this does not hold the compile cache and the store.
const LEAST_FREE: Bytes = Bytes::mib(1024);
const LEAST_INODES: u64 = 10_000;

pub(super) async fn examine(config: &Config) -> Vec<Finding> {
    let workspace = Workspace::new(&config.workspace.path);
    let mut findings = vec![space(workspace.root())];
    let parts = [workspace.state(), workspace.store(), workspace.slots(), workspace.bin()];
    let missing: Vec<String> =
        parts.iter().filter(|part| !part.is_dir()).map(|part| part.display().to_string()).collect();
    findings.push(if missing.is_empty() {
        Finding::good("workspace", "prepared")
    } else {
        let found = format!("not there: {}", missing.join(", "));
        Finding::problem("workspace", found, "start the warden: it prepares the workspace")
    });
    findings.push(match healthcheck::warden(config).await {
        Ok(()) => Finding::good("warden", "answers, and reaches the engine"),
        Err(why) => Finding::problem(
            "warden",
            telemetry::chain(&why),
            "see its log; it needs the engine's socket and the workspace",
        ),
    });
    findings
}

fn space(path: &Path) -> Finding {
    let status = match rustix::fs::statvfs(path) {
        Ok(status) => status,
        Err(why) => {
            let found = format!("{}: {why}", path.display());
            return Finding::problem("disk", found, "mount the workspace, or set `workspace.path`");
        }
    };
    let free = Bytes(status.f_bavail.saturating_mul(status.f_frsize));
    let found = format!("{free} free at {}", path.display());
    // Some file systems have no fixed number of inodes and say 0.
    let few_inodes = status.f_files > 0 && status.f_favail < LEAST_INODES;
    if free < LEAST_FREE || few_inodes {
        let inodes = if few_inodes { format!(", {} inodes", status.f_favail) } else { String::new() };
        let remedy = "make room, or lower `store.max_size` and `store.cache_size`";
        return Finding::warning("disk", format!("{found}{inodes}"), remedy);
    }
    Finding::good("disk", found)
}

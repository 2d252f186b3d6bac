//! Nothing of ours is left: processes, cgroups, containers and files, seen from outside the service.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::docker::{Host, Process, SandboxContainer};
use crate::environment::patience;

/// An instance at rest: what it may consist of.
#[derive(Debug, Clone)]
pub struct AtRest {
    instance: String,
    server: String,
    /// Sandboxes of each role.
    sandboxes: BTreeMap<String, usize>,
}

impl AtRest {
    /// Notes what an instance consists of while nothing runs.
    pub async fn note(host: &Host, instance: &str, server: &str) -> Self {
        let sandboxes = by_role(&host.sandboxes(instance).await);
        assert!(!sandboxes.is_empty(), "instance {instance} has no sandboxes; set GAVEL_E2E_INSTANCE");
        Self { instance: instance.into(), server: server.into(), sandboxes }
    }

    /// Waits until the instance consists of that again and of nothing else.
    ///
    /// # Panics
    /// With everything that is too much or missing, when that does not come about in time.
    pub async fn comes_back(&self, host: &Host, on_a_quick_host: Duration) {
        let deadline = Instant::now() + patience(on_a_quick_host);
        loop {
            let wrong = self.differences(host).await;
            if wrong.is_empty() {
                return;
            }
            assert!(Instant::now() < deadline, "left over or missing:\n  {}", wrong.join("\n  "));
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }

    async fn differences(&self, host: &Host) -> Vec<String> {
        let sandboxes = host.sandboxes(&self.instance).await;
        let mut wrong = Vec::new();
        // More may be warm than before, which were needed meanwhile; others go once nobody has used them for a while.
        let now = by_role(&sandboxes);
        for role in self.sandboxes.keys() {
            if !now.contains_key(role) {
                wrong.push(format!("sandboxes {now:?} instead of {:?}", self.sandboxes));
            }
        }
        for sandbox in &sandboxes {
            wrong.extend(left_in(host, sandbox).await);
        }
        wrong.extend(self.files_of_slots(host).await);
        wrong
    }

    /// No file of a run stays in the workspace's slots, only those that name the slot's user; a socket is there only until
    /// its monitor has connected.
    async fn files_of_slots(&self, host: &Host) -> Option<String> {
        let others =
            ["find", "/workspace/slots", "-type", "f", "!", "-name", ".passwd", "!", "-name", ".group"];
        let found = host.exec(&self.server, "10001", &others).await;
        (!found.trim().is_empty()).then(|| format!("files in the workspace's slots: {}", found.trim()))
    }
}

fn by_role(sandboxes: &[SandboxContainer]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for sandbox in sandboxes {
        *counts.entry(sandbox.role.clone()).or_default() += 1;
    }
    counts
}

async fn left_in(host: &Host, sandbox: &SandboxContainer) -> Vec<String> {
    let name = format!("{} {}", sandbox.role, sandbox.slot);
    if sandbox.state != "running" {
        return vec![format!("{name} is {}", sandbox.state)];
    }
    let mut wrong = Vec::new();
    // The programs of a slot run under its uid, everything of ours under uid 0.
    for process in host.processes(&sandbox.id).await.iter().filter(|process| !is_ours(process)) {
        wrong.push(format!("{name}: {process:?}"));
    }
    // A leaf is made ahead for the next run, with the child that waits for it.
    let leaves = "for f in $(find /cg -path '*/run*-*' -name cgroup.procs); do echo $f $(cat $f); done";
    let leaves = host.exec(&sandbox.id, "0", &["sh", "-c", leaves]).await;
    for leaf in leaves.lines().filter(|line| line.split_whitespace().count() > 2) {
        wrong.push(format!("{name}: processes in leaf {leaf}"));
    }
    let runs: std::collections::BTreeSet<&str> = leaves.lines().filter_map(run_of_leaf).collect();
    if runs.len() > 1 {
        wrong.push(format!("{name}: leaves of {runs:?}"));
    }
    wrong
}

/// The monitor and its child that waits for the next run, and what keeps a toolchain container alive.
fn is_ours(process: &Process) -> bool {
    let ours = ["/usr/local/bin/monitor", "/sbin/docker-init", "sleep infinity"];
    process.uid == 0 && ours.iter().any(|ours| process.command.contains(ours))
}

/// `run-7` of `/cg/memory/<id>/run-7/cgroup.procs`.
fn run_of_leaf(path: &str) -> Option<&str> {
    path.split('/').find(|part| part.starts_with("run-"))
}

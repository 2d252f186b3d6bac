//! Nothing of ours is left: processes, cgroups, containers and files, seen from outside the service.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde::Deserialize;

use crate::client::Client;
use crate::docker::{Host, Process, SandboxContainer};
use crate::environment::patience;
use crate::instance::Instance;

/// An instance, and what it may consist of at rest.
#[derive(Debug, Clone)]
pub struct AtRest {
    instance: String,
    server: String,
    client: Client,
}

/// The sandboxes of a profile, as the server tells them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Told {
    profile: String,
    /// There may be at all, of the kind.
    places: usize,
    /// Are there whether anybody uses them or not.
    warm: usize,
    idle: usize,
    leased: usize,
    starting: usize,
    problem: Option<String>,
}

impl AtRest {
    /// An instance that has sandboxes.
    ///
    /// # Panics
    /// When it has none.
    pub async fn note(host: &Host, client: &Client, instance: &str, server: &str) -> Self {
        let sandboxes = host.sandboxes(instance).await;
        assert!(!sandboxes.is_empty(), "instance {instance} has no sandboxes; set GAVEL_E2E_INSTANCE");
        Self { instance: instance.into(), server: server.into(), client: client.clone() }
    }

    /// Waits until the instance consists of what its plan keeps and its server tells, and of nothing else.
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
        let mut wrong = match self.told().await {
            Ok(told) => beside_the_plan(&told, &by_profile(&sandboxes)),
            Err(why) => vec![why],
        };
        for sandbox in &sandboxes {
            wrong.extend(left_in(host, sandbox).await);
        }
        wrong.extend(self.files_of_slots(host).await);
        wrong
    }

    async fn told(&self) -> Result<Vec<Told>, String> {
        let ready =
            self.client.send(Method::GET, "/readyz", None).await.map_err(|error| error.to_string())?;
        let profiles = ready.json["pool"]["profiles"].clone();
        serde_json::from_value(profiles).map_err(|error| format!("{error} in {}", ready.text))
    }

    /// No file of a run stays in the workspace's slots, only those that name the slot's user; a socket is there only until
    /// its monitor has connected.
    async fn files_of_slots(&self, host: &Host) -> Option<String> {
        let others =
            ["find", "/workspace/slots", "-type", "f", "!", "-name", ".passwd", "!", "-name", ".group"];
        let found = host.exec(&self.server, "10001:10001", &others).await;
        (!found.trim().is_empty()).then(|| format!("files in the workspace's slots: {}", found.trim()))
    }
}

/// Waits until the sandboxes of each of these nodes, of whatever role, are those that it tells, nobody uses them, and there is nothing in
/// them.
///
/// # Panics
/// With everything that is too much or missing, when that does not come about in time.
pub async fn nodes_come_to_rest(host: &Host, nodes: &[Instance], on_a_quick_host: Duration) {
    let deadline = Instant::now() + patience(on_a_quick_host);
    for node in nodes {
        loop {
            let wrong = left_at(host, node).await;
            if wrong.is_empty() {
                break;
            }
            assert!(
                Instant::now() < deadline,
                "at {}, left over or missing:\n  {}",
                node.name,
                wrong.join("\n  ")
            );
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
}

async fn left_at(host: &Host, node: &Instance) -> Vec<String> {
    let metrics = match node.client().send(Method::GET, "/metrics", None).await {
        Ok(metrics) => metrics.text,
        Err(error) => return vec![error.to_string()],
    };
    let sandboxes = host.sandboxes(&node.name).await;
    let mut wrong = beside_what_is_told(&counts(&metrics), &by_profile(&sandboxes));
    for sandbox in &sandboxes {
        wrong.extend(left_in(host, sandbox).await);
    }
    wrong
}

/// The sandboxes of a node, as its metrics have them: those that wait for work, and all others, by profile.
fn counts(metrics: &str) -> BTreeMap<String, [usize; 2]> {
    let mut counts = BTreeMap::<_, [usize; 2]>::new();
    for line in metrics.lines().filter(|line| line.starts_with("gavel_sandboxes{")) {
        let label = |name: &str| line.split_once(&format!("{name}=\""))?.1.split('"').next();
        let count = line.rsplit(' ').next().and_then(|count| count.parse::<usize>().ok());
        let (Some(profile), Some(state), Some(count)) = (label("profile"), label("state"), count) else {
            continue;
        };
        let [idle, others] = counts.entry(profile.to_owned()).or_default();
        match state {
            "idle" => *idle += count,
            "leased" | "starting" => *others += count,
            _ => {}
        }
    }
    counts
}

/// What of a node's containers is not as it is told, or not at rest.
fn beside_what_is_told(
    told: &BTreeMap<String, [usize; 2]>,
    containers: &BTreeMap<String, usize>,
) -> Vec<String> {
    let mut wrong = Vec::new();
    if told.is_empty() {
        wrong.push("it tells of no sandboxes".to_owned());
    }
    for (profile, [idle, others]) in told {
        let there = containers.get(profile).copied().unwrap_or(0);
        if *others > 0 || *idle != there {
            wrong.push(format!(
                "{there} containers for {profile}, of which {idle} wait for work, and {others} do not"
            ));
        }
    }
    let untold = containers.iter().filter(|(profile, _)| !told.contains_key(*profile));
    wrong.extend(
        untold.map(|(profile, count)| format!("{count} containers of {profile}, of which nothing is told")),
    );
    wrong
}

fn by_profile(sandboxes: &[SandboxContainer]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for sandbox in sandboxes {
        *counts.entry(sandbox.profile.clone()).or_default() += 1;
    }
    counts
}

/// What of the containers is not as it is told, or not as it is planned. More than are kept may be warm, which were needed
/// a while ago.
fn beside_the_plan(told: &[Told], containers: &BTreeMap<String, usize>) -> Vec<String> {
    let mut wrong = Vec::new();
    for profile in told {
        let there = containers.get(&profile.profile).copied().unwrap_or(0);
        let least = if profile.problem.is_some() { 0 } else { profile.warm };
        if profile.leased + profile.starting > 0 || profile.idle != there || there < least {
            wrong.push(format!("{there} containers for {profile:?}"));
        }
        let kind = |name: &str| name.split(':').next().map(str::to_owned);
        let of_kind = containers.iter().filter(|(name, _)| kind(name) == kind(&profile.profile));
        let of_kind: usize = of_kind.map(|(_, count)| count).sum();
        if of_kind > profile.places {
            wrong.push(format!("{of_kind} containers of the kind of {profile:?}"));
        }
    }
    let told_of = |name: &String| told.iter().any(|profile| profile.profile == *name);
    let untold = containers.iter().filter(|(name, _)| !told_of(name));
    wrong.extend(
        untold.map(|(name, count)| format!("{count} containers of {name}, of which nothing is told")),
    );
    wrong
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
    let leaves = match host.try_exec(&sandbox.id, "0", &["sh", "-c", leaves]).await {
        Ok(leaves) => leaves,
        // One that nobody has used for a while goes, at this moment maybe.
        Err(error) => return vec![format!("{name} cannot be looked into: {error}")],
    };
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

#[cfg(test)]
mod tests {
    use super::*;

    fn told(profile: &str, idle: usize) -> Told {
        let profile = profile.to_owned();
        Told { profile, places: 4, warm: 1, idle, leased: 0, starting: 0, problem: None }
    }

    #[test]
    fn containers_are_as_many_as_are_told_and_no_fewer_than_are_kept_and_no_more_than_are_planned() {
        let wrong = |told: &[Told], containers: &[(&str, usize)]| {
            let containers = containers.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
            beside_the_plan(told, &containers).len()
        };
        assert_eq!(wrong(&[told("run", 2), told("run:jre", 2)], &[("run", 2), ("run:jre", 2)]), 0);
        assert_eq!(wrong(&[told("run", 1)], &[("run", 2)]), 1, "one is nobody's");
        assert_eq!(wrong(&[told("run", 2)], &[("run", 1)]), 1, "one is gone");
        assert_eq!(wrong(&[told("run", 0)], &[]), 1, "none is kept");
        assert_eq!(wrong(&[Told { problem: Some("no image".into()), ..told("run", 0) }], &[]), 0);
        assert_eq!(wrong(&[told("run", 1)], &[("run", 1), ("toolchain:gone", 1)]), 1);
        assert_eq!(wrong(&[Told { leased: 1, ..told("run", 1) }], &[("run", 1)]), 1);
        let many = [told("toolchain:a", 3), told("toolchain:b", 2)];
        assert_eq!(wrong(&many, &[("toolchain:a", 3), ("toolchain:b", 2)]), 2);
    }
    #[test]
    fn containers_of_a_node_are_those_that_it_tells_of_whatever_role_and_nobody_is_at_them() {
        let metrics = "gavel_node_busy 0\n\
            gavel_sandboxes{profile=\"run\",state=\"slots\"} 2\n\
            gavel_sandboxes{profile=\"run\",state=\"idle\"} 1\n\
            gavel_sandboxes{profile=\"run\",state=\"leased\"} 0\n\
            gavel_sandboxes{profile=\"toolchain:gcc\",state=\"idle\"} 1\n\
            gavel_sandboxes{profile=\"toolchain:gcc\",state=\"starting\"} 0\n";
        let told = counts(metrics);
        assert_eq!((told["run"], told["toolchain:gcc"]), ([1, 0], [1, 0]));
        let wrong = |told: &BTreeMap<String, [usize; 2]>, containers: &[(&str, usize)]| {
            let containers = containers.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
            beside_what_is_told(told, &containers).len()
        };
        assert_eq!(wrong(&told, &[("run", 1), ("toolchain:gcc", 1)]), 0);
        assert_eq!(wrong(&told, &[("run", 1), ("toolchain:gcc", 2)]), 1, "one that compiled is nobody's");
        assert_eq!(wrong(&told, &[("run", 1), ("toolchain:gcc", 1), ("command", 1)]), 1);
        assert_eq!(wrong(&told, &[("run", 1)]), 1, "one is gone");
        let busy = BTreeMap::from([("run".to_owned(), [1, 1])]);
        assert_eq!(wrong(&busy, &[("run", 1)]), 1, "it is not at rest");
        assert_eq!(wrong(&BTreeMap::new(), &[]), 1);
    }
}

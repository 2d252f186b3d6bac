//! How well nodes that are not alike are used: 400 tests of uneven length on three nodes whose sandboxes have a whole CPU, half of
//! one and a quarter. Beside what they pull stand the same tests dealt out beforehand, in turns and by weight: each node does its
//! share with nobody beside it, and the longest of them is what all would take.
//!
//! The ideal is work over the summed speed, and a node's speed is the CPU time that it has of a second. Where three nodes, the coordinator
//! and the broker share two cores nobody has the whole of one while all are at work, and has it alone: so there are two ideals, by
//! what each has beside the others and by what each has where they do nothing.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use e2e::bench::{Beyond, line};
use e2e::cluster::Cluster;
use e2e::docker::Host;
use e2e::programs::{BURN, unique};
use e2e::{Answer, Client, Request};
use reqwest::Method;

use super::TESTED_WITHIN;

/// Nodes, and what of a CPU each may use, in quarters.
const NODES: [(&str, u32); 3] = [("node-a", 4), ("node-b", 2), ("node-c", 1)];
/// Of seven tests in a row, whose each is by weight: no node has two in a row where it need not.
const BY_WEIGHT: [usize; 7] = [0, 1, 0, 2, 0, 1, 0];
const TESTS: u32 = 400;
/// Milliseconds of CPU time by which the speed of a node alone is measured.
const LONG: u32 = 2000;
/// Tests, and milliseconds of each, by which that of all at work is: so many that all are at work for nearly all of the time.
const ALIKE: (usize, u32) = (50, 200);

/// What is pulled may take so many times as long as the ideal, by what nodes have while all are at work,
const OF_THE_IDEAL: f64 = 1.10;
/// and as what is dealt out in turns.
const OF_TURNS: f64 = 0.9;

/// Prints the lines, and notes what goes beyond what is allowed.
pub(crate) async fn show(beyond: &mut Beyond) {
    let names: Vec<_> = NODES.iter().map(|(name, _)| *name).collect();
    let cluster = Cluster::of_slots("makespan", &names, 1).await;
    let client = cluster.client();
    let source = unique(BURN);
    let all: Vec<u32> = (0..TESTS).map(length).collect();
    prepare(&cluster, &source).await;
    let alone = speeds_alone(&client, &source).await;
    let speeds = speeds_at_work(&client, &source).await;
    let ideals = Ideals::of(&all, speeds, alone);
    println!(
        "{}",
        line(
            "400 tests of uneven length, nodes of 1, 1/2 and 1/4 CPU",
            &["makespan".into(), "of the ideal".into(), "nodes alone".into()]
        )
    );
    ideals.show("  ideal, all at work", ideals.at_work);
    ideals.show("  ideal, by what nodes have alone", ideals.alone);
    let mut pulled = Vec::new();
    for what in ["  pulled, at first", "  pulled, once their lengths are known"] {
        let (took, answer) = judged(&client, &source, &all).await;
        ideals.show(what, took);
        shares(&answer, took, speeds);
        beyond.note(&format!("{}, beside the ideal", what.trim()), times(took, ideals.at_work), OF_THE_IDEAL);
        pulled.push((what, took));
    }
    ideals.show("  by weight, each node alone", dealt(&client, &source, &all, &BY_WEIGHT).await);
    let turns = dealt(&client, &source, &all, &[0, 1, 2]).await;
    ideals.show("  in turns, each node alone", turns);
    for (what, took) in pulled {
        beyond.note(&format!("{}, beside turns", what.trim()), times(took, turns), OF_TURNS);
    }
    cluster.remove().await;
    let weights = NODES.map(|(name, quarters)| (name, quarters.to_string()));
    let cluster =
        Cluster::dealing("makespan", &weights.each_ref().map(|(name, weight)| (*name, &**weight))).await;
    prepare(&cluster, &source).await;
    let client = cluster.client();
    for what in
        ["  dispatch = \"wrr\", true weights, at first", "  dispatch = \"wrr\", once lengths are known"]
    {
        let (took, answer) = judged(&client, &source, &all).await;
        ideals.show(what, took);
        shares(&answer, took, speeds);
    }
    cluster.remove().await;
}

/// Speed of each node.
type Speeds = [f64; NODES.len()];

/// What the work would take if no node had a moment without it.
struct Ideals {
    /// By what each has while all are at work.
    at_work: Duration,
    /// By what each has while the others do nothing.
    alone: Duration,
}

impl Ideals {
    fn of(lengths: &[u32], at_work: Speeds, alone: Speeds) -> Self {
        let work = Duration::from_millis(lengths.iter().sum::<u32>().into());
        let over = |speeds: Speeds| work.div_f64(speeds.iter().sum());
        Self { at_work: over(at_work), alone: over(alone) }
    }

    /// A line, with the shares of both.
    fn show(&self, what: &str, took: Duration) {
        let of = |ideal: Duration| format!("{:.2}x", times(took, ideal));
        let columns = [format!("{:.2} s", took.as_secs_f64()), of(self.at_work), of(self.alone)];
        println!("{}", line(what, &columns));
    }
}

/// How many times as long the one is as the other.
fn times(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}

/// The program is compiled, each sandbox there is, with its part of a CPU, and nobody tests languages any more: that takes sandboxes, too.
async fn prepare(cluster: &Cluster, source: &str) {
    let client = cluster.client();
    client.wait_until_all_are_tested(TESTED_WITHIN).await;
    judged(&client, source, &[1; 30]).await;
    throttle(cluster).await;
}

/// Milliseconds of a test: most are short, some are long, and the same in each run.
fn length(number: u32) -> u32 {
    let dice = number.wrapping_mul(2_654_435_761) >> 16;
    match dice % 20 {
        0 => 250 + dice % 150,
        1..=4 => 80 + dice % 80,
        _ => 20 + dice % 40,
    }
}

/// Each node's sandboxes have their part of a CPU.
async fn throttle(cluster: &Cluster) {
    let host = Host::connect().await;
    for (node, (_, quarters)) in cluster.nodes.iter().zip(NODES) {
        for sandbox in host.run_containers(&node.name).await {
            host.throttle(&sandbox.id, quarters * 25).await;
        }
    }
}

/// What each has while the others do nothing.
async fn speeds_alone(client: &Client, source: &str) -> Speeds {
    let mut speeds = [0.0; NODES.len()];
    for (speed, (name, _)) in speeds.iter_mut().zip(NODES) {
        only(client, name).await;
        let (_, answer) = judged(client, source, &[LONG]).await;
        *speed = answer.tests[0].cpu_ms / answer.tests[0].wall_ms;
    }
    all(client).await;
    speeds
}

/// What each has while all are at work.
async fn speeds_at_work(client: &Client, source: &str) -> Speeds {
    let (tests, length) = ALIKE;
    let (_, answer) = judged(client, source, &vec![length; tests]).await;
    let shares = Share::of_each(&answer);
    NODES.map(|(name, _)| shares.get(name).map_or(0.0, Share::speed))
}

/// What a node did.
#[derive(Default)]
struct Share {
    tests: u32,
    cpu_ms: f64,
    wall_ms: f64,
}

impl Share {
    fn of_each(answer: &Answer) -> BTreeMap<&str, Self> {
        let mut shares = BTreeMap::<&str, Self>::new();
        for test in &answer.tests {
            let share = shares.entry(test.streams["node"].as_str().unwrap_or_default()).or_default();
            share.tests += 1;
            share.cpu_ms += test.cpu_ms;
            share.wall_ms += test.wall_ms;
        }
        shares
    }

    fn speed(&self) -> f64 {
        self.cpu_ms / self.wall_ms
    }
}

/// What each node did, and what of the time it was at that.
fn shares(answer: &Answer, took: Duration, speeds: Speeds) {
    let shares = Share::of_each(answer);
    for ((name, _), expected) in NODES.iter().zip(speeds) {
        let Some(share) = shares.get(name) else {
            println!("    {name} did nothing");
            continue;
        };
        let of_time = 100.0 * share.wall_ms / 1000.0 / took.as_secs_f64();
        let columns = [
            format!("{:.2} s", share.cpu_ms / 1000.0),
            format!("{of_time:.0} %"),
            format!("{:.2}", share.speed()),
        ];
        let what = format!("    {name}, speed {expected:.2}: {} tests; CPU, at them, speed", share.tests);
        println!("{}", line(&what, &columns));
    }
}

/// How long it takes where each test is a certain node's.
async fn dealt(client: &Client, source: &str, tests: &[u32], whose: &[usize]) -> Duration {
    let mut longest = Duration::ZERO;
    for (node, (name, _)) in NODES.iter().enumerate() {
        only(client, name).await;
        let own = tests.iter().enumerate().filter(|(number, _)| whose[number % whose.len()] == node);
        let own: Vec<u32> = own.map(|(_, length)| *length).collect();
        longest = longest.max(judged(client, source, &own).await.0);
    }
    all(client).await;
    longest
}

/// This node alone judges.
async fn only(client: &Client, name: &str) {
    for (other, _) in NODES {
        set(client, other, if other == name { "undrain" } else { "drain" }).await;
    }
}

/// All do.
async fn all(client: &Client) {
    for (name, _) in NODES {
        set(client, name, "undrain").await;
    }
}

/// Has a node drained or not, and waits until it says so.
async fn set(client: &Client, name: &str, to: &str) {
    client.call(Method::POST, &format!("/api/v1/nodes/{name}/{to}"), None).await;
    let state = if to == "drain" { "draining" } else { "ready" };
    loop {
        let nodes = client.call(Method::GET, "/api/v1/nodes", None).await.json;
        if nodes.as_array().into_iter().flatten().any(|node| node["name"] == name && node["state"] == state) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn judged(client: &Client, source: &str, lengths: &[u32]) -> (Duration, Answer) {
    let request = lengths.iter().fold(Request::new("c17", source).user("bench"), |request, length| {
        request.test(length.to_string().as_bytes(), Some(b"burnt"))
    });
    let request = request.limits("cpu_ms=5000 wall_ms=60000");
    let started = Instant::now();
    let answer = client.judge(&request).await;
    let took = started.elapsed();
    assert_eq!(answer.verdict(), "Accepted", "{answer:?}");
    (took, answer)
}

//! Faults under load, one after the other, for as many rounds as are wanted: a node, the broker and the server are killed, a node is
//! frozen and wakes, another is cut off from its network, the disk of one is full. Each time all that was submitted is judged, once,
//! and soon, and who has run out of time has one strike for each time.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use e2e::bench::line;
use e2e::cluster::Cluster;
use e2e::docker::Host;
use e2e::endless::Endless;
use e2e::environment::patience;
use e2e::leftovers::nodes_come_to_rest;
use e2e::programs::{SLEEP, SUM, unique};
use e2e::{Client, Request};
use futures_util::FutureExt as _;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;

/// Nodes, and what their disks hold.
const NODES: [(&str, Option<&str>); 3] =
    [("node-a", Some("96m")), ("node-b", Some("96m")), ("node-c", Some("96m"))];
/// Submissions of a round, and tests of each.
const LOAD: (usize, u32) = (8, 4);
/// And such as never end: a strike each, and fewer of them than make somebody wait.
const ENDLESS: usize = 3;
/// Of those and of what comes after a fault; nobody else submits.
const STRUCK: &str = "endless";
/// A fault comes so much later in each round than in the one before, and after so many of them at once again: programs are being compiled, sent,
/// run, and what came of them is on its way.
const LATER: (Duration, u32) = (Duration::from_millis(130), 13);
/// So long a node is frozen.
const FROZEN: Duration = Duration::from_secs(20);
/// Within so long after a fault is over a new submission is judged, on a host that has nothing else to do.
const BACK_WITHIN: Duration = Duration::from_secs(10);

/// So long what is being removed may take.
const LEFT_FOR: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, Copy)]
enum Fault {
    NodeKilled,
    BrokerKilled,
    ServerKilled,
    NodeFrozen,
    NodeCutOff,
    DiskFull,
}

const FAULTS: [Fault; 6] = [
    Fault::NodeKilled,
    Fault::BrokerKilled,
    Fault::ServerKilled,
    Fault::NodeFrozen,
    Fault::NodeCutOff,
    Fault::DiskFull,
];

/// So many failures are enough to look at.
const ENOUGH: usize = 5;

/// Prints a line for each round and, in the end, one for each kind of fault. SIGINT or SIGTERM ends it before its time, once what is
/// being tried is through.
///
/// # Panics
/// When something was lost, judged twice, left behind, or came back late; after the other faults, so that all of it is told.
pub(crate) async fn run(rounds: u32) {
    let cluster = Cluster::of("faults", &NODES, 1).await;
    cluster.client().wait_until_all_are_tested(super::TESTED_WITHIN).await;
    println!("{}", line("faults under load", &["rounds".into(), "all judged".into(), "back".into()]));
    let at_rest = own_sandboxes(&cluster).await;
    let mut tally = Tally::new();
    for round in 1..=rounds {
        let begun = Instant::now();
        for fault in 0..FAULTS.len() {
            tally.tries(&cluster, fault, round).await;
        }
        if let Err(panic) = AssertUnwindSafe(nothing_is_left(&cluster, at_rest)).catch_unwind().await {
            tally.failed(&cluster, format!("after round {round}"), &*panic).await;
        }
        let (took, failed) = (begun.elapsed().as_secs(), tally.failures.len());
        println!("  round {round} of {rounds} took {took} s; until now {failed} failed");
        if tally.is_enough() {
            break;
        }
    }
    tally.show();
    cluster.remove().await;
    assert!(tally.failures.is_empty(), "{}", tally.failures.join("\n"));
}

/// Ends when somebody wants that. What would kill the process does so no more: containers would be left.
fn asked_to_end() -> JoinHandle<()> {
    let mut terminated = signal(SignalKind::terminate()).expect("a signal can be waited for");
    let mut interrupted = signal(SignalKind::interrupt()).expect("a signal can be waited for");
    tokio::spawn(async move {
        tokio::select! {
            _ = terminated.recv() => {}
            _ = interrupted.recv() => {}
        }
        println!("  no more of it: what is being tried is the last");
    })
}

/// What came of all of them.
struct Tally {
    /// Of each kind how often it held, and the longest until all was judged and until what came then was.
    held: [(u32, [Duration; 2]); FAULTS.len()],
    failures: Vec<String>,
    /// Has ended once somebody wants no more.
    asked_to_end: JoinHandle<()>,
}

impl Tally {
    fn new() -> Self {
        Self { held: Default::default(), failures: Vec::new(), asked_to_end: asked_to_end() }
    }

    fn is_enough(&self) -> bool {
        self.asked_to_end.is_finished() || self.failures.len() >= ENOUGH
    }

    async fn tries(&mut self, cluster: &Cluster, fault: usize, round: u32) {
        if self.is_enough() {
            return;
        }
        let node = usize::try_from(round).unwrap_or(0) % NODES.len();
        let (step, steps) = LATER;
        match AssertUnwindSafe(one(cluster, FAULTS[fault], (node, step * (round % steps))))
            .catch_unwind()
            .await
        {
            Ok(took) => self.held(fault, took),
            Err(panic) => self.failed(cluster, format!("round {round}, {:?}", FAULTS[fault]), &*panic).await,
        }
    }

    fn held(&mut self, fault: usize, took: [Duration; 2]) {
        let (times, longest) = &mut self.held[fault];
        *times += 1;
        for (longest, took) in longest.iter_mut().zip(took) {
            *longest = (*longest).max(took);
        }
    }

    /// Tells of it at once, with what the cluster says: there is nothing to look at when all is over.
    async fn failed(&mut self, cluster: &Cluster, what: String, panic: &(dyn Any + Send)) {
        let words = panic.downcast_ref::<String>().map(String::as_str);
        let words = words.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it panicked");
        let host = Host::connect().await;
        println!("  {what}: {words}");
        for instance in std::iter::once(&cluster.coordinator).chain(&cluster.nodes) {
            println!("    {} says:\n{}", instance.name, host.logs(&instance.server, "5").await);
        }
        self.failures.push(format!("{what}: {words}"));
    }

    fn show(&self) {
        let seconds = |time: &Duration| format!("{:.1} s", time.as_secs_f64());
        for (fault, (times, [judged, back])) in FAULTS.iter().zip(&self.held) {
            println!(
                "{}",
                line(&format!("  {fault:?}"), &[times.to_string(), seconds(judged), seconds(back)])
            );
        }
    }
}

/// How long it took until all that was on its way was judged, and, once the fault was over, what came then. It comes to a node after
/// some time.
async fn one(cluster: &Cluster, fault: Fault, (node, after): (usize, Duration)) -> [Duration; 2] {
    let client = cluster.client();
    let endless = Endless::submitted(&client, STRUCK, ENDLESS).await;
    let ids = submitted(&client).await;
    tokio::time::sleep(after).await;
    let begun = Instant::now();
    let over = suffer(cluster, fault, node).await;
    let lone = Request::new("c17", &unique(SUM)).user("another").test(b"1 2", Some(b"3"));
    assert_eq!(client.judge(&lone).await.verdict(), "Accepted", "{fault:?}");
    let back = over.elapsed();
    for id in ids {
        assert_eq!(client.judged_once(&id).await.verdict(), "Accepted", "{fault:?}");
    }
    endless.have_a_strike_each(&client).await;
    // Last, for what is late may be whole, and the next fault is to find nothing of this one.
    assert!(back < patience(BACK_WITHIN), "{fault:?}: back after {back:?}");
    [begun.elapsed(), back]
}

/// What is under way while a fault happens: of every other one nobody has the program yet.
async fn submitted(client: &Client) -> Vec<String> {
    let (submissions, tests) = LOAD;
    let mut ids = Vec::new();
    for number in 0..submissions {
        let source = if number % 2 == 0 { SLEEP.to_owned() } else { unique(SLEEP) };
        let request = (0..tests).fold(Request::new("c17", &source), |request, _| request.test(b"300", None));
        let request = request.ample_limits("cpu_ms=1000 wall_ms=60000").user(&format!("user-{number}"));
        ids.push(client.submit(&request).await.id);
    }
    ids
}

/// Something happens to a part of it, which is well again afterwards; when that was.
async fn suffer(cluster: &Cluster, fault: Fault, node: usize) -> Instant {
    let host = Host::connect().await;
    let node = &cluster.nodes[node];
    match fault {
        Fault::NodeKilled => {
            host.kill(&node.server, "SIGKILL").await;
            host.start(&node.server).await;
        }
        Fault::BrokerKilled => {
            host.kill(&cluster.broker.name, "SIGKILL").await;
            tokio::time::sleep(Duration::from_secs(2)).await;
            host.start(&cluster.broker.name).await;
        }
        Fault::ServerKilled => {
            host.kill(&cluster.coordinator.server, "SIGKILL").await;
            host.start(&cluster.coordinator.server).await;
            cluster.coordinator.wait_until_ready().await;
        }
        Fault::NodeFrozen => {
            host.pause(&node.server).await;
            tokio::time::sleep(FROZEN).await;
            host.unpause(&node.server).await;
        }
        Fault::NodeCutOff => {
            let network = host.cut_off(&node.server).await;
            tokio::time::sleep(Duration::from_secs(8)).await;
            host.connect_again(&node.server, &network).await;
        }
        Fault::DiskFull => {
            let fill = "dd if=/dev/zero of=/workspace/state/filler bs=64k 2>/dev/null; true";
            host.exec(&node.server, "10001", &["sh", "-c", fill]).await;
            tokio::time::sleep(Duration::from_secs(8)).await;
            host.exec(&node.server, "10001", &["rm", "/workspace/state/filler"]).await;
        }
    }
    Instant::now()
}

/// Sandboxes of the server's own machine, which judges nothing: as many as it keeps.
async fn own_sandboxes(cluster: &Cluster) -> usize {
    Host::connect().await.sandboxes(&cluster.coordinator.name).await.len()
}

/// All nodes are back, and have what they tell of sandboxes and nothing else, once what is being removed is gone. The server has no more
/// than it had.
async fn nothing_is_left(cluster: &Cluster, at_rest: usize) {
    for node in &cluster.nodes {
        node.wait_until_ready().await;
    }
    nodes_come_to_rest(&Host::connect().await, &cluster.nodes, LEFT_FOR).await;
    let deadline = Instant::now() + patience(LEFT_FOR);
    while own_sandboxes(cluster).await > at_rest {
        assert!(Instant::now() < deadline, "the server has more than {at_rest} sandboxes");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

//! Faults under load, one after the other, for as many rounds as are wanted: a node, the broker and the server are killed, a node is
//! frozen and wakes, another is cut off from its network. Each time all that was submitted is judged, once, and soon.

use std::time::{Duration, Instant};

use e2e::Request;
use e2e::bench::line;
use e2e::cluster::Cluster;
use e2e::docker::Host;
use e2e::programs::{SLEEP, SUM, unique};
use reqwest::Method;

const NODES: [&str; 3] = ["node-a", "node-b", "node-c"];
/// Submissions of a round, and tests of each.
const LOAD: (usize, u32) = (8, 4);
/// So long a node is frozen.
const FROZEN: Duration = Duration::from_secs(20);
/// Within so long after a fault is over a new submission is judged.
const BACK_WITHIN: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, Copy)]
enum Fault {
    NodeKilled,
    BrokerKilled,
    ServerKilled,
    NodeFrozen,
    NodeCutOff,
}

const FAULTS: [Fault; 5] =
    [Fault::NodeKilled, Fault::BrokerKilled, Fault::ServerKilled, Fault::NodeFrozen, Fault::NodeCutOff];

/// Prints a line for each kind of fault.
///
/// # Panics
/// When something was lost, judged twice, left behind, or came back late.
pub(crate) async fn run(rounds: u32) {
    let cluster = Cluster::of_slots("faults", &NODES, 1).await;
    println!("{}", line("faults under load", &["rounds".into(), "all judged".into(), "back".into()]));
    let mut longest = [[Duration::ZERO; 2]; FAULTS.len()];
    let at_rest = containers(&cluster).await;
    for round in 0..rounds {
        for (fault, longest) in FAULTS.into_iter().zip(&mut longest) {
            let took = one(&cluster, fault, usize::try_from(round).unwrap_or(0)).await;
            for (longest, took) in longest.iter_mut().zip(took) {
                *longest = (*longest).max(took);
            }
        }
        nothing_is_left(&cluster, at_rest).await;
    }
    let seconds = |time: Duration| format!("{:.1} s", time.as_secs_f64());
    for (fault, [judged, back]) in FAULTS.into_iter().zip(longest) {
        println!("{}", line(&format!("  {fault:?}"), &[rounds.to_string(), seconds(judged), seconds(back)]));
    }
    cluster.remove().await;
}

/// How long it took until all that was on its way was judged, and, once the fault was over, what came then.
async fn one(cluster: &Cluster, fault: Fault, round: usize) -> [Duration; 2] {
    let client = cluster.client();
    let (submissions, tests) = LOAD;
    let request = (0..tests).fold(Request::new("c17", SLEEP), |request, _| request.test(b"300", None));
    let request = request.ample_limits("cpu_ms=1000 wall_ms=60000");
    let mut ids = Vec::new();
    for number in 0..submissions {
        ids.push(client.submit(&request.clone().user(&format!("user-{number}"))).await.id);
    }
    tokio::time::sleep(Duration::from_millis(700)).await;
    let begun = Instant::now();
    let over = suffer(cluster, fault, round).await;
    let lone = Request::new("c17", &unique(SUM)).user("another").test(b"1 2", Some(b"3"));
    assert_eq!(client.judge(&lone).await.verdict(), "Accepted", "{fault:?}");
    let back = over.elapsed();
    assert!(back < BACK_WITHIN, "{fault:?}: back after {back:?}");
    for id in ids {
        let answer = client.wait(&id).await;
        assert_eq!(answer.verdict(), "Accepted", "{fault:?}: {answer:?}");
        let path = format!("/api/v1/submissions/{id}/judgements");
        let judgements = client.call(Method::GET, &path, None).await.json;
        assert_eq!(judgements["judgements"].as_array().map(Vec::len), Some(1), "{judgements}");
    }
    [begun.elapsed(), back]
}

/// Something happens to a part of it, which is well again afterwards; when that was.
async fn suffer(cluster: &Cluster, fault: Fault, round: usize) -> Instant {
    let host = Host::connect().await;
    let node = &cluster.nodes[round % NODES.len()];
    match fault {
        Fault::NodeKilled => {
            host.kill(&node.server, "SIGKILL").await;
            host.start(&node.server).await;
        }
        Fault::BrokerKilled => {
            host.kill(&cluster.broker, "SIGKILL").await;
            tokio::time::sleep(Duration::from_secs(2)).await;
            host.start(&cluster.broker).await;
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
    }
    Instant::now()
}

/// Containers for runs of all nodes.
async fn containers(cluster: &Cluster) -> usize {
    let host = Host::connect().await;
    let mut all = 0;
    for node in &cluster.nodes {
        node.wait_until_ready().await;
        all += host.run_containers(&node.name).await.len();
    }
    all
}

/// There are no more containers than there were, once what is being removed is gone.
async fn nothing_is_left(cluster: &Cluster, at_rest: usize) {
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let left = containers(cluster).await;
        if left <= at_rest {
            return;
        }
        assert!(Instant::now() < deadline, "{left} containers where there were {at_rest}");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

//! What it costs that a submission is judged by a node of a cluster: one node behind a broker against a machine alone, with as
//! many slots, both made for this and removed.

use std::time::{Duration, Instant};

use e2e::bench::{Spread, Times, line};
use e2e::cluster::Cluster;
use e2e::instance::Plan;
use e2e::programs::{SUM, unique};
use e2e::{Client, Request};

pub(crate) mod faults;
mod makespan;

/// Tests of languages take sandboxes as any user does; that is how long they may take, however many languages there are.
const TESTED_WITHIN: Duration = Duration::from_secs(600);
/// Programs that each of both runs at a time.
const SLOTS: u32 = 2;

/// Prints the lines.
pub(crate) async fn compare(runs: u32) {
    let alone = Plan::of_one_slot("bench-alone").run_slots(SLOTS).start().await;
    let cluster = Cluster::of_slots("bench", &["node-a"], SLOTS).await;
    println!("{}", line("a node of a cluster", &["min".into(), "median".into(), "p99".into()]));
    let clients = [cluster.client(), alone.client()];
    for client in &clients {
        client.wait_until_all_are_tested(TESTED_WITHIN).await;
    }
    show("one test", measured(&clients, 1, runs).await);
    show("100 tests", measured(&clients, 100, runs.div_ceil(10)).await);
    cluster.remove().await;
    alone.remove().await;
    makespan::show().await;
}

/// How long a submission of so many tests takes each of them, in turn.
async fn measured(clients: &[Client; 2], tests: u32, samples: u32) -> [Spread; 2] {
    let source = unique(SUM);
    let request = (0..tests).fold(Request::new("c17", &source).user("bench"), |request, number| {
        request.test(format!("{number} 1\n").as_bytes(), Some(format!("{}\n", number + 1).as_bytes()))
    });
    let mut times = [Times::default(), Times::default()];
    for sample in 0..samples + WARM {
        for (times, client) in times.iter_mut().zip(clients) {
            let took = judged(client, &request).await;
            if sample >= WARM {
                times.add(took);
            }
        }
    }
    times.map(|times| times.spread())
}

/// Submissions that are not measured: each has the program compiled, its content sent, and what its tests take learnt.
const WARM: u32 = 3;

async fn judged(client: &Client, request: &Request) -> Duration {
    let started = Instant::now();
    let answer = client.judge(request).await;
    let took = started.elapsed();
    assert_eq!(answer.verdict(), "Accepted", "{answer:?}");
    took
}

fn show(what: &str, [node, alone]: [Spread; 2]) {
    let columns =
        |spread: Spread| [spread.min, spread.median, spread.p99].map(|time| time.as_secs_f64() * 1000.0);
    let (node, alone) = (columns(node), columns(alone));
    let each = |name: &str, show: &dyn Fn(usize) -> String| println!("{}", line(name, &[0, 1, 2].map(show)));
    each(what, &|at| format!("{:.2} ms", node[at]));
    each("  a machine alone", &|at| format!("{:.2} ms", alone[at]));
    each("  over that", &|at| format!("{:+.2} ms", node[at] - alone[at]));
    each("  ratio", &|at| format!("{:.2}x", node[at] / alone[at]));
}

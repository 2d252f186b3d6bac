//! What it costs that a submission is judged by a node of a cluster: one node behind a broker against a machine alone, with as
//! many slots, both made for this and removed.

use std::time::{Duration, Instant};

use e2e::bench::{Beyond, Pairs, Spread, line};
use e2e::cluster::Cluster;
use e2e::environment::at_most_ms;
use e2e::instance::Plan;
use e2e::programs::{SUM, unique};
use e2e::{Client, Request};

pub(crate) mod faults;
mod makespan;

/// Tests of languages take sandboxes as any user does; that is how long they may take, however many languages there are.
const TESTED_WITHIN: Duration = Duration::from_secs(600);
/// Programs that each of both runs at a time.
const SLOTS: u32 = 2;

/// What 100 tests may take on a node, beside a machine alone.
const HUNDRED_TESTS: f64 = 1.15;
/// By how many milliseconds one test may take longer there.
const ONE_TEST_MS: f64 = 6.0;
/// Fewer samples of 100 tests say little of what is usual.
const LEAST_SAMPLES: u32 = 30;

/// Prints the lines.
///
/// # Panics
/// When something takes longer than is allowed; after all was printed, with what that is.
pub(crate) async fn compare(runs: u32) {
    let alone = Plan::of_one_slot("bench-alone").run_slots(SLOTS).start().await;
    let cluster = Cluster::of_slots("bench", &["node-a"], SLOTS).await;
    println!("{}", line("a node of a cluster", &["min".into(), "median".into(), "p99".into()]));
    let clients = [cluster.client(), alone.client()];
    for client in &clients {
        client.wait_until_all_are_tested(TESTED_WITHIN).await;
    }
    let mut beyond = Beyond::default();
    let one = measured(&clients, 1, runs).await;
    show("one test", &one);
    beyond.note("milliseconds more for one test", one.difference(), at_most_ms(ONE_TEST_MS));
    let hundred = measured(&clients, 100, runs.div_ceil(5).max(LEAST_SAMPLES)).await;
    show("100 tests", &hundred);
    beyond.note("100 tests beside a machine alone", hundred.ratio(), HUNDRED_TESTS);
    cluster.remove().await;
    alone.remove().await;
    makespan::show(&mut beyond).await;
    let beyond = beyond.told();
    assert!(beyond.is_empty(), "beyond what is allowed:\n  {}", beyond.join("\n  "));
}

/// How long a submission of so many tests takes each of them, next to each other, now the one first and now the other.
async fn measured(clients: &[Client; 2], tests: u32, samples: u32) -> Pairs {
    let source = unique(SUM);
    let request = (0..tests).fold(Request::new("c17", &source).user("bench"), |request, number| {
        request.test(format!("{number} 1\n").as_bytes(), Some(format!("{}\n", number + 1).as_bytes()))
    });
    let [node, alone] = clients;
    let mut pairs = Pairs::default();
    for sample in 0..samples + WARM {
        let took = if sample % 2 == 0 {
            (judged(node, &request).await, judged(alone, &request).await)
        } else {
            let took = judged(alone, &request).await;
            (judged(node, &request).await, took)
        };
        if sample >= WARM {
            pairs.add(took.0, took.1);
        }
    }
    pairs
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

fn show(what: &str, pairs: &Pairs) {
    let columns =
        |spread: Spread| [spread.min, spread.median, spread.p99].map(|time| time.as_secs_f64() * 1000.0);
    let [node, alone] = pairs.spreads().map(columns);
    let each = |name: &str, show: &dyn Fn(usize) -> String| println!("{}", line(name, &[0, 1, 2].map(show)));
    each(what, &|at| format!("{:.2} ms", node[at]));
    each("  a machine alone", &|at| format!("{:.2} ms", alone[at]));
    each("  over that", &|at| format!("{:+.2} ms", node[at] - alone[at]));
    each("  ratio", &|at| format!("{:.2}x", node[at] / alone[at]));
    let usual = [String::new(), format!("{:+.2} ms", pairs.difference()), format!("{:.2}x", pairs.ratio())];
    println!("{}", line("  of each pair, the median", &usual));
}

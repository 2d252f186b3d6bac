//! Attacks on the compiler end within its limits and leave the toolchain usable.

use std::time::{Duration, Instant};

use e2e::docker::Host;
use e2e::environment::{self, patience};
use e2e::leftovers::AtRest;
use e2e::programs::{SUM_CPP, unique};
use e2e::{Client, Request, TestProgram, header};
use tokio::sync::{Mutex, MutexGuard};

async fn alone() -> MutexGuard<'static, ()> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());
    ONE_AT_A_TIME.lock().await
}

/// Of the toolchain that the honest source is compiled by.
fn compile_attacks() -> Vec<TestProgram> {
    let is_attack = |program: &TestProgram| {
        ["c17/compile_attack_", "cpp17/compile_attack_"].iter().any(|start| program.name.starts_with(start))
    };
    let attacks: Vec<_> = header::all().into_iter().filter(is_attack).collect();
    assert!(attacks.len() >= 15);
    attacks
}

async fn honest_source_compiles(client: &Client, after: &str) {
    let request = Request::new("cpp17", &unique(SUM_CPP)).test(b"20 22\n", Some(b"42\n"));
    let answer = client.judge(&request).await;
    assert_eq!(answer.verdict(), "Accepted", "after {after}: {answer:#?}");
}

#[tokio::test]
async fn an_honest_source_compiles_after_every_attack() {
    let _alone = alone().await;
    let client = Client::connect().await;
    for attack in compile_attacks() {
        let answer = client.judge(&attack.request().user("mallory-of-toolchain")).await;
        assert_eq!(attack.expectation.differences(&answer), Vec::<String>::new(), "{}", attack.name);
        honest_source_compiles(&client, &attack.name).await;
    }
}

#[tokio::test]
async fn attacks_end_within_the_limits_of_the_compilation() {
    let _alone = alone().await;
    let client = Client::connect().await;
    for name in ["c17/compile_attack_dev_zero.c", "c17/compile_attack_includes_itself_twice.c"] {
        let attack =
            header::named(name).request().compile_limits("cpu_ms=1000 wall_ms=3000 memory_bytes=134217728");
        let started = Instant::now();
        let answer = client.judge(&attack).await;
        assert_eq!(answer.verdict(), "CompileError", "{name}: {answer:#?}");
        assert!(started.elapsed() < patience(Duration::from_secs(5)), "{name}: {:?}", started.elapsed());
        assert!(!answer.reasons().is_empty(), "{name} does not say which limit it was");
    }
}

#[tokio::test]
async fn the_log_is_capped_and_keeps_head_and_tail() {
    let _alone = alone().await;
    let answer =
        Client::connect().await.judge(&header::named("c17/compile_attack_log_flood.c").request()).await;
    let compile = answer.compile.expect("it was compiled");
    assert!(compile.log_truncated);
    assert!((32 << 10..=66 << 10).contains(&compile.log.len()), "{} bytes", compile.log.len());
    assert!(compile.log.contains("_tail_1000"), "the head is missing");
    assert!(compile.log.contains("_tail_2499"), "the tail is missing");
}

#[tokio::test]
async fn attacks_leave_nothing_behind_in_the_toolchain() {
    let _alone = alone().await;
    let (host, client) = (Host::connect().await, Client::connect().await);
    let server = host.service(&environment::project(), "server").await;
    let at_rest = AtRest::note(&host, &client, &environment::instance(), &server).await;
    for attack in compile_attacks() {
        client.judge(&attack.request().user("mallory-of-toolchain")).await;
    }
    at_rest.comes_back(&host, Duration::from_secs(30)).await;
    honest_source_compiles(&client, "all attacks").await;
}

#[tokio::test]
async fn a_hundred_compilations_leave_no_zombies() {
    let _alone = alone().await;
    let (host, client) = (Host::connect().await, Client::connect().await);
    let count = async || {
        let mut processes = 0;
        for sandbox in host.sandboxes(&environment::instance()).await {
            if sandbox.role == "toolchain" {
                processes += host.processes(&sandbox.id).await.len();
            }
        }
        processes
    };
    let before = count().await;
    for n in 0..100 {
        let source = unique(if n % 2 == 0 {
            "int main(void) { return 0; }\n"
        } else {
            "int main(void) { return 0 }\n"
        });
        client.judge(&Request::new("c17", &source).user(&format!("many-{}", n % 10))).await;
    }
    // A container that nobody uses any more may have gone meanwhile, with its own.
    let after = count().await;
    assert!(after <= before, "{after} processes, and {before} before");
}

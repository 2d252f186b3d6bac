//! Cancelling.

use std::time::{Duration, Instant};

use crate::bench::Bench;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_submission_is_cancelled_within_half_a_second() {
    let bench = Bench::start().await;
    let id = bench.submit("alice", "hang").await;
    bench.until(&id, "running").await;
    let start = Instant::now();
    let (status, body) = bench.delete(&format!("/api/v1/submissions/{id}")).await;
    assert!(start.elapsed() < Duration::from_millis(500), "{:?}", start.elapsed());
    assert_eq!((status.as_u16(), body["state"].as_str()), (200, Some("cancelled")));
    assert_eq!(*bench.judge.cancelled.lock().unwrap(), ["hang"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_waiting_submission_is_cancelled_before_it_ever_runs() {
    let bench = Bench::with(&[("workers", "1")]).await;
    let first = bench.submit("alice", "hang").await;
    bench.until(&first, "running").await;
    let waiting = bench.submit("alice", "accept never").await;
    let (status, body) = bench.delete(&format!("/api/v1/submissions/{waiting}")).await;
    assert_eq!((status.as_u16(), body["state"].as_str()), (200, Some("cancelled")));
    bench.delete(&format!("/api/v1/submissions/{first}")).await;
    let last = bench.submit("alice", "accept").await;
    bench.until(&last, "done").await;
    assert_eq!(*bench.judge.started.lock().unwrap(), ["hang", "accept"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancelling_twice_changes_nothing() {
    let bench = Bench::start().await;
    let id = bench.submit("alice", "hang").await;
    let first = bench.delete(&format!("/api/v1/submissions/{id}")).await;
    let second = bench.delete(&format!("/api/v1/submissions/{id}")).await;
    assert_eq!(first, second);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_judged_stays_judged() {
    let bench = Bench::start().await;
    let id = bench.submit("alice", "accept").await;
    let judged = bench.until(&id, "done").await;
    let (status, body) = bench.delete(&format!("/api/v1/submissions/{id}")).await;
    assert_eq!((status.as_u16(), body), (200, judged));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_submission_cannot_be_cancelled() {
    let bench = Bench::start().await;
    for id in ["00000000-0000-4000-8000-000000000000", "..%2f..%2fetc", "x"] {
        let (status, body) = bench.delete(&format!("/api/v1/submissions/{id}")).await;
        assert_eq!((status.as_u16(), body["status"].as_u64()), (404, Some(404)), "{id}: {body}");
    }
}

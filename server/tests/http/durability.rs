//! What was accepted is judged, once, whatever happens to the server.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use sqlx::{Connection, SqliteConnection};

use crate::bench::{Bench, eventually};

/// What a power cut would leave: the files as they are now.
pub(crate) fn crash(bench: &Bench) -> Arc<tempfile::TempDir> {
    let copy = tempfile::tempdir().unwrap();
    crash_to(bench, copy.path());
    Arc::new(copy)
}

/// The files before the rows that name them: what a row names must have been there before it.
pub(crate) fn crash_to(bench: &Bench, to: &Path) {
    let from = bench.directory.path();
    copy_blobs(&from.join("blobs"), &to.join("blobs"));
    for file in ["gavel.sqlite", "gavel.sqlite-wal", "reserve", "served"] {
        std::fs::copy(from.join(file), to.join(file)).unwrap();
    }
}

fn copy_blobs(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let copy = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_blobs(&entry.path(), &copy);
        } else {
            std::fs::copy(entry.path(), copy).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_ran_and_what_waited_is_judged_once_after_a_crash_in_the_order_it_came() {
    let bench = Bench::with(&[("workers", "1")]).await;
    let mut accepted = vec![bench.submit("alice", "sleep 5000 first").await];
    bench.until(&accepted[0], "running").await;
    for number in 0..5 {
        accepted.push(bench.submit("alice", &format!("accept {number}")).await);
    }
    let next = Bench::on(crash(&bench), &[("workers", "1")]).await;
    for id in &accepted {
        assert_eq!(next.until(id, "done").await["verdict"], "Accepted");
    }
    let order = ["sleep 5000 first", "accept 0", "accept 1", "accept 2", "accept 3", "accept 4"];
    assert_eq!(*next.judge.started.lock().unwrap(), order);
    assert_eq!(*next.judge.finished.lock().unwrap(), order);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_judged_or_cancelled_before_a_crash_is_not_judged_again() {
    let bench = Bench::start().await;
    let judged = bench.submit("alice", "accept").await;
    let before = bench.until(&judged, "done").await;
    let cancelled = bench.submit("alice", "hang").await;
    bench.delete(&format!("/api/v1/submissions/{cancelled}")).await;
    let next = Bench::on(crash(&bench), &[]).await;
    assert_eq!(next.until(&judged, "done").await, before);
    next.until(&cancelled, "cancelled").await;
    let last = next.submit("alice", "accept last").await;
    next.until(&last, "done").await;
    assert_eq!(*next.judge.started.lock().unwrap(), ["accept last"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_submission_that_takes_the_server_down_every_time_ends_after_ten_attempts() {
    let mut bench = Bench::start().await;
    let id = bench.submit("alice", "hang").await;
    for _ in 0..10 {
        bench.until(&id, "running").await;
        bench = Bench::on(crash(&bench), &[]).await;
    }
    let judged = bench.until(&id, "done").await;
    assert_eq!(judged["verdict"], "InternalError");
    assert!(judged["reason"].as_str().unwrap().contains("the server stopped unexpectedly"), "{judged}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_submission_that_never_got_a_sandbox_outlives_any_number_of_crashes() {
    let mut bench = Bench::with(&[("workers", "1")]).await;
    let id = bench.submit("alice", "stall").await;
    for _ in 0..15 {
        bench.until_started(1).await;
        bench = Bench::on(crash(&bench), &[("workers", "1")]).await;
        assert_eq!(bench.get(&format!("/api/v1/submissions/{id}")).await.1["state"], "queued");
    }
    bench.judge.serve.notify_one();
    assert_eq!(bench.until(&id, "done").await["verdict"], "Accepted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_submission_over_which_the_server_dies_before_it_has_a_sandbox_ends_all_the_same() {
    let mut bench = Bench::with(&[("workers", "1")]).await;
    let id = bench.submit("alice", "stall").await;
    bench.until_started(1).await;
    bench = Bench::on(crash(&bench), &[("workers", "1")]).await;
    bench.until_started(1).await;
    let path = bench.directory.path().join("gavel.sqlite");
    let mut database = SqliteConnection::connect(path.to_str().unwrap()).await.unwrap();
    let (attempt, lost): (u32, u32) =
        sqlx::query_as("SELECT attempt, lost FROM submissions").fetch_one(&mut database).await.unwrap();
    assert_eq!((attempt, lost), (1, 1));
    let directory = crash(&bench);
    let path = directory.path().join("gavel.sqlite");
    let mut database = SqliteConnection::connect(path.to_str().unwrap()).await.unwrap();
    sqlx::query("UPDATE submissions SET lost = 100").execute(&mut database).await.unwrap();
    let bench = Bench::on(directory, &[("workers", "1")]).await;
    let judged = bench.until(&id, "done").await;
    assert_eq!(judged["verdict"], "InternalError");
    assert!(judged["reason"].as_str().unwrap().contains("the server stopped unexpectedly"), "{judged}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_submissions_at_once_are_all_judged_once() {
    let bench = Bench::with(&[("workers", "4"), ("queue.per_user", "1000")]).await;
    let submissions = (0..200).map(|number| {
        let source = format!("accept {number}");
        let bench = &bench;
        async move { bench.submit(&format!("user-{}", number % 7), &source).await }
    });
    for id in join_all(submissions).await {
        bench.until(&id, "done").await;
    }
    let mut finished = bench.judge.finished.lock().unwrap().clone();
    finished.sort();
    finished.dedup();
    assert_eq!(finished.len(), 200);
    assert_eq!(bench.judge.started.lock().unwrap().len(), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_cannot_write_accepts_nothing_and_serves_again_when_it_can() {
    let bench = Bench::start().await;
    bench.get("/healthz").await;
    let path = bench.directory.path().join("gavel.sqlite");
    let mut other = SqliteConnection::connect(path.to_str().unwrap()).await.unwrap();
    let lock = other.begin_with("BEGIN EXCLUSIVE").await.unwrap();
    let body = json!({"language": "cpp17", "source": "accept"});
    let request = bench.request(reqwest::Method::POST, "/api/v1/submissions").json(&body);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 503);
    assert!(response.headers().contains_key("retry-after"));
    assert_eq!(bench.get("/api/v1/submissions").await.1["submissions"], json!([]));
    lock.rollback().await.unwrap();
    let accepted = || async { (bench.post(body.clone()).await.0 == 202).then_some(()) };
    eventually(accepted).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_judge_that_panics_loses_no_worker_and_no_submission() {
    let bench = Bench::with(&[("workers", "1")]).await;
    let id = bench.submit("alice", "panic").await;
    let judged = bench.until(&id, "done").await;
    assert_eq!((&judged["verdict"], &judged["summary"]["total"]), (&json!("InternalError"), &json!(1)));
    let reason = judged["reason"].as_str().unwrap();
    assert!(
        reason.contains("failed 3 times") && reason.contains("panicked: by the source's will"),
        "{reason}"
    );
    let next = bench.submit("alice", "accept").await;
    assert_eq!(bench.until(&next, "done").await["verdict"], "Accepted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_sleeps_while_something_waits() {
    let bench = Bench::with(&[("workers", "4"), ("queue.per_user", "1000")]).await;
    for round in 0..100 {
        let users = ["a", "b", "c", "d"];
        let ids = join_all(users.map(|user| bench.submit(user, "accept"))).await;
        let all = join_all(ids.iter().map(|id| bench.until(id, "done")));
        let all = tokio::time::timeout(Duration::from_secs(5), all).await;
        assert!(all.is_ok(), "a submission of round {round} was left waiting");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn old_judgements_go_and_what_waits_stays() {
    let bench = Bench::with(&[("workers", "1")]).await;
    let old = bench.submit("alice", "accept").await;
    bench.until(&old, "done").await;
    let running = bench.submit("alice", "hang").await;
    bench.until(&running, "running").await;
    let waiting = bench.submit("alice", "accept").await;
    tokio::time::sleep(Duration::from_millis(20)).await;
    let store = bench.open_store().await;
    let removed = store
        .purge(gavel::store::Retention {
            keep: Duration::from_millis(10),
            keep_tests: Duration::from_millis(10),
            max_size: gavel_protocol::Bytes::mib(100),
        })
        .await
        .unwrap();
    assert_eq!(removed, 1);
    assert_eq!(bench.get(&format!("/api/v1/submissions/{old}")).await.0, 404);
    assert_eq!(bench.get(&format!("/api/v1/submissions/{waiting}")).await.0, 200);
}

/// As the first version stored it: all in one row.
async fn store_as_the_first_version(directory: &Path, source: &str, stdin: &str) -> String {
    let path = directory.join("gavel.sqlite");
    let mut database = SqliteConnection::connect(path.to_str().unwrap()).await.unwrap();
    let time = |secs: u64| json!({"secs": secs, "nanos": 0});
    let limits = json!({"cpu": time(1), "wall": time(4), "memory": 1 << 28, "stack": 1 << 28, "file": 1 << 20,
        "output": 1 << 20, "processes": 5, "open_files": 16});
    let id = uuid::Uuid::new_v4().to_string();
    let request = json!({"id": id, "language": "cpp17", "files": {"main.cpp": source}, "tests": [{"stdin": stdin}],
        "limits": limits, "compile_limits": limits, "user": "alice", "isolation": "pooled"});
    let sql = "INSERT INTO submissions (id, client, language, state, attempt, created_at, request) \
               VALUES ($1, 'alice', 'cpp17', 'queued', 0, 5, $2)";
    let insert = sqlx::query(sql).bind(&id).bind(request.to_string().into_bytes());
    insert.execute(&mut database).await.unwrap();
    id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn inputs_of_what_an_earlier_version_had_accepted_go_with_the_judgement() {
    let directory = Bench::start().await.stop().await;
    let id = store_as_the_first_version(directory.path(), "accept", &"7".repeat(200_000)).await;
    let bench = Bench::on(Arc::clone(&directory), &[("store.keep_tests", "0s")]).await;
    assert_eq!(bench.until(&id, "done").await["verdict"], "Accepted");
    let path = directory.path().join("gavel.sqlite");
    let mut database = SqliteConnection::connect(path.to_str().unwrap()).await.unwrap();
    let kinds: Vec<String> =
        sqlx::query_scalar("SELECT kind FROM refs").fetch_all(&mut database).await.unwrap();
    // The stand-in echoes its input.
    assert_eq!(kinds, ["output"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_oldest_judgements_go_while_others_come_in() {
    let bench = Bench::with(&[("workers", "2"), ("store.max_size", "16MiB")]).await;
    let mut ids = Vec::new();
    for number in 0..24 {
        let stdin = format!("{number:9} ").repeat(100_000);
        let body = json!({"language": "cpp17", "source": "accept", "stdin": stdin});
        ids.push(bench.post(body).await.1["id"].as_str().unwrap().to_owned());
        bench.until(&ids[number], "done").await;
    }
    let oldest = format!("/api/v1/submissions/{}", ids[0]);
    eventually(async || (bench.get(&oldest).await.0 == 404).then_some(())).await;
    assert_eq!(bench.get(&format!("/api/v1/submissions/{}", ids[23])).await.0, 200);
}

//! SIGTERM, kill -9, and what the next server makes of it.

use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::bench::{Bench, PATIENCE, answer, eventually};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_runs_when_the_server_stops_may_finish() {
    let mut bench = Bench::with(&[("queue.drain", "10s")]).await;
    let id = bench.submit("alice", "sleep 300").await;
    bench.until(&id, "running").await;
    bench.begin_to_stop();
    bench.stopped().await.unwrap();
    assert_eq!(*bench.judge.finished.lock().unwrap(), ["sleep 300"]);
    let next = Bench::on(bench.directory.clone(), &[]).await;
    assert_eq!(next.until(&id, "done").await["verdict"], "Accepted");
    assert!(next.judge.started.lock().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_runs_too_long_and_what_waits_is_judged_after_the_next_start() {
    let bench = Bench::with(&[("workers", "1")]).await;
    let running = bench.submit("alice", "sleep 4000").await;
    bench.until(&running, "running").await;
    let waiting = bench.submit("bob", "accept").await;
    let next = Bench::on(bench.stop().await, &[]).await;
    assert_eq!(next.until(&waiting, "done").await["verdict"], "Accepted");
    assert_eq!(next.until(&running, "done").await["verdict"], "Accepted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopping_server_accepts_nothing_and_is_not_ready() {
    let mut bench = Bench::with(&[("queue.drain", "3s")]).await;
    let id = bench.submit("alice", "sleep 2500").await;
    bench.until(&id, "running").await;
    bench.begin_to_stop();
    let ready = eventually(async || {
        let (status, body) = bench.get("/readyz").await;
        (status == 503).then_some(body)
    });
    assert_eq!(ready.await["ready"], false);
    let body = json!({"language": "cpp17", "source": "accept"});
    let request = bench.request(reqwest::Method::POST, "/api/v1/submissions").json(&body);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers()["retry-after"], "5");
    assert_eq!(response.headers()["connection"], "close");
    bench.stopped().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_for_a_judgement_is_told_where_to_find_it_when_the_server_stops() {
    let mut bench = Bench::with(&[("queue.drain", "10s")]).await;
    let body = json!({"language": "cpp17", "source": "sleep 2500", "wait": true});
    let request = bench.request(reqwest::Method::POST, "/api/v1/submissions").json(&body);
    let waiting = tokio::spawn(answer(request));
    let running = || async { (!bench.judge.started.lock().unwrap().is_empty()).then_some(()) };
    eventually(running).await;
    bench.begin_to_stop();
    let (status, body) = waiting.await.unwrap();
    assert_eq!((status.as_u16(), &body["state"]), (202, &json!("running")));
    bench.stopped().await.unwrap();
    let next = Bench::on(bench.directory.clone(), &[]).await;
    assert_eq!(next.until(body["id"].as_str().unwrap(), "done").await["verdict"], "Accepted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_waits_for_its_workspace_ends_when_it_is_told_to() {
    let workspace = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_gavel"));
    command.args(["--config", "/dev/null", "serve", "--listen", "127.0.0.1:0"]);
    command.args(["--set", "http.allow_unauthenticated=true", "--set", "languages=../images/languages.toml"]);
    command.args(["--set", &format!("workspace.path={}", workspace.path().display())]);
    let mut server = command.env_clear().stderr(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
    let mut lines = BufReader::new(server.stderr.take().unwrap()).lines();
    let waits =
        async { while !lines.next_line().await.unwrap().unwrap().contains("Waiting for the warden") {} };
    tokio::time::timeout(PATIENCE, waits).await.unwrap();
    let pid = Pid::from_raw(server.id().unwrap().try_into().unwrap()).unwrap();
    kill_process(pid, Signal::TERM).unwrap();
    // Long before it would give up waiting.
    let ended = tokio::time::timeout(std::time::Duration::from_secs(5), server.wait()).await;
    assert!(ended.expect("it still waits").unwrap().success());
}

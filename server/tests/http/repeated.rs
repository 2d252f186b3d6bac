//! Idempotency keys.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::Connection;

use crate::bench::{Bench, answer};

async fn post(bench: &Bench, key: &str, source: &str) -> (u16, Value) {
    let body = json!({"language": "cpp17", "source": source});
    let request = bench.request(Method::POST, "/api/v1/submissions").header("idempotency-key", key);
    let (status, body) = answer(request.json(&body)).await;
    (status.as_u16(), body)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_request_under_the_same_key_is_one_submission() {
    let bench = Bench::start().await;
    let answers = join_all((0..50).map(|_| post(&bench, "key-1", "accept"))).await;
    let id = answers[0].1["id"].clone();
    assert!(id.is_string());
    for (status, body) in &answers {
        assert_eq!((*status, &body["id"]), (202, &id));
    }
    bench.until(id.as_str().unwrap(), "done").await;
    assert_eq!(bench.judge.started.lock().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_request_under_the_same_key_is_refused() {
    let bench = Bench::start().await;
    let first = post(&bench, "key-1", "accept").await.1;
    let (status, body) = post(&bench, "key-1", "accept something else").await;
    assert_eq!((status, &body["type"]), (422, &json!("urn:gavel:problem:idempotency-key-reused")));
    assert!(body["detail"].as_str().unwrap().contains(first["id"].as_str().unwrap()), "{body}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_counts_is_what_is_asked_for_and_not_how_it_is_written() {
    let bench = Bench::start().await;
    let post = |body: String| {
        let request = bench.request(Method::POST, "/api/v1/submissions").header("idempotency-key", "key-1");
        answer(request.header("content-type", "application/json").body(body))
    };
    let large = " ".repeat(100_000);
    let same = [
        r#"{"language":"cpp17","source":"accept","stdin":"1","limits":{"cpu_ms":1000}}"#.to_owned(),
        r#"{ "stdin": "\u0031", "limits": {"cpu_ms": 1e3}, "language": "cpp17", "source_base64": "YWNjZXB0" }"#.to_owned(),
        format!(
            r#"{{{large}"language":"cpp17","tests":[{{"stdin":"1"}}],"files":{{"main.cpp":"accept"}},"limits":{{"cpu_ms":1000}}}}"#
        ),
    ];
    let mut ids = Vec::new();
    for body in same {
        let (status, answer) = post(body).await;
        assert_eq!(status, 202, "{answer}");
        ids.push(answer["id"].clone());
    }
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    for other in [
        r#"{"language":"cpp17","source":"accept","stdin":"2"}"#,
        r#"{"language":"cpp17","source":"accept","stdin":"1","user":"a"}"#,
        r#"{"language":"cpp17","source":"accept","tests":[{"stdin":"1","expected":""}]}"#,
        r#"{"language":"cpp17","source":"accept","stdin":"1","limits":{"cpu_ms":1001}}"#,
        r#"{"language":"cpp17","source":"accept","stdin":"1"}"#,
    ] {
        assert_eq!(post(other.to_owned()).await.0, 422, "{other}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_keys_are_other_submissions() {
    let bench = Bench::start().await;
    let first = post(&bench, "key-1", "accept").await.1;
    let second = post(&bench, "key-2", "accept").await.1;
    assert_ne!(first["id"], second["id"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_are_remembered_over_a_restart() {
    let bench = Bench::start().await;
    let first = post(&bench, "key-1", "accept").await.1;
    let bench = Bench::on(bench.stop().await, &[]).await;
    assert_eq!(post(&bench, "key-1", "accept").await.1["id"], first["id"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_is_the_same_though_the_defaults_are_others_now() {
    let bench = Bench::start().await;
    let first = post(&bench, "key-1", "accept").await.1;
    let settings = [("limits.run.cpu", "2s"), ("sandbox.isolation", "per-user")];
    let bench = Bench::on(bench.stop().await, &settings).await;
    assert_eq!(post(&bench, "key-1", "accept").await.1["id"], first["id"]);
    assert_eq!(post(&bench, "key-1", "accept else").await.0, 422);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_of_an_earlier_version_finds_its_submission() {
    let bench = Bench::start().await;
    let first = post(&bench, "key-1", "accept").await.1;
    let directory = bench.stop().await;
    let path = directory.path().join("gavel.sqlite");
    let mut database = sqlx::SqliteConnection::connect(path.to_str().unwrap()).await.unwrap();
    let digest = sqlx::query("UPDATE idempotency SET digest = $1").bind(vec![7_u8; 32]);
    digest.execute(&mut database).await.unwrap();
    let bench = Bench::on(directory, &[]).await;
    assert_eq!(post(&bench, "key-1", "accept").await.1["id"], first["id"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repetition_is_the_same_submission_also_where_its_problem_was_removed_since() {
    let bench = Bench::start().await;
    crate::problems::push(&bench, "sums", crate::problems::sums("4 5")).await;
    let post = async |source: &str| {
        let body = json!({"language": "cpp17", "source": source, "problem": "sums"});
        let request = bench.request(Method::POST, "/api/v1/submissions").header("idempotency-key", "key-1");
        answer(request.json(&body)).await
    };
    let (status, first) = post("accept").await;
    assert_eq!(status, 202, "{first}");
    bench.until(first["id"].as_str().unwrap(), "done").await;
    assert_eq!(bench.delete("/api/v1/problems/sums").await.0, 204);
    let (status, again) = post("accept").await;
    assert_eq!((status.as_u16(), &again["id"]), (202, &first["id"]), "{again}");
    // Another request has no right to what that made.
    let (status, told) = post("accept another").await;
    assert_eq!((status.as_u16(), &told["errors"][0]["field"]), (400, &json!("problem")));
}

/// Whoever has not got the answer sends it again, and has its own submission in the way.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repetition_is_the_same_submission_also_where_there_is_no_room_for_another() {
    for setting in ["queue.per_user", "queue.capacity"] {
        let bench = Bench::with(&[(setting, "1"), ("workers", "1")]).await;
        let post = async |key: &str, source: &str| {
            let body = json!({"language": "cpp17", "source": source, "user": "alice"});
            let request = bench.request(Method::POST, "/api/v1/submissions").header("idempotency-key", key);
            let (status, body) = answer(request.json(&body)).await;
            (status.as_u16(), body)
        };
        let running = post("key-1", "hang").await.1;
        bench.until(running["id"].as_str().unwrap(), "running").await;
        let (status, first) = post("key-2", "accept").await;
        assert_eq!(status, 202, "{first}");
        let refused = post("key-3", "accept").await;
        assert!(refused.0 == 429 || refused.0 == 503, "{refused:?}");
        let (status, again) = post("key-2", "accept").await;
        assert_eq!((status, &again["id"]), (202, &first["id"]), "{setting}: {again}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_repetition_is_the_same_submission_also_where_what_waits_takes_all_that_it_may() {
    let bench = Bench::with(&[("queue.max_bytes", "1MB"), ("workers", "1")]).await;
    let post = async |key: &str, input: &str| {
        let body = json!({"language": "cpp17", "source": "hang", "stdin": input.repeat(1_200_000)});
        let request = bench.request(Method::POST, "/api/v1/submissions").header("idempotency-key", key);
        let (status, body) = answer(request.json(&body)).await;
        (status.as_u16(), body)
    };
    let (status, first) = post("key-1", "1").await;
    assert_eq!(status, 202, "{first}");
    assert_eq!(post("key-2", "1").await.0, 503, "there is no room");
    let (status, again) = post("key-1", "1").await;
    assert_eq!((status, &again["id"]), (202, &first["id"]), "{again}");
    assert_ne!(post("key-1", "2").await.0, 202, "another under its key is none");
}

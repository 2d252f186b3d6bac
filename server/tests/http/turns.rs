//! The queue: bounded, and fair between users.

use std::time::Duration;

use serde_json::json;

use crate::bench::{Bench, eventually};
use crate::following::Events;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_users_flood_delays_another_by_no_more_than_one_of_the_floods() {
    let bench = Bench::with(&[("workers", "1")]).await;
    let gate = bench.submit("flood", "hang").await;
    bench.until(&gate, "running").await;
    for number in 0..20 {
        bench.submit("flood", &format!("accept flood-{number}")).await;
    }
    let id = bench.submit("bob", "accept bob").await;
    bench.delete(&format!("/api/v1/submissions/{gate}")).await;
    bench.until(&id, "done").await;
    let started = bench.judge.started.lock().unwrap().clone();
    assert_eq!(started[..3], ["hang", "accept flood-0", "accept bob"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_submission_whose_turn_has_come_and_that_waits_for_a_sandbox_stands_at_0() {
    let bench = Bench::start().await;
    let id = bench.submit("alice", "stall").await;
    eventually(|| async { (!bench.judge.started.lock().unwrap().is_empty()).then_some(()) }).await;
    let (_, body) = bench.get(&format!("/api/v1/submissions/{id}")).await;
    assert_eq!((body["state"].as_str(), body["position"].as_u64()), (Some("queued"), Some(0)), "{body}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_waiting_submission_knows_its_position() {
    let bench = Bench::with(&[("workers", "1")]).await;
    let running = bench.submit("alice", "hang").await;
    bench.until(&running, "running").await;
    let mut positions = Vec::new();
    for user in ["alice", "alice", "bob"] {
        let (_, body) = bench.post(json!({"language": "c11", "source": "accept", "user": user})).await;
        assert_eq!(body["state"], "queued");
        positions.push(body["position"].as_u64().unwrap());
        assert!((1..=86_400_000).contains(&body["estimated_wait_ms"].as_u64().unwrap()), "{body}");
    }
    assert_eq!(positions, [1, 2, 2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_follows_a_waiting_submission_is_told_when_it_moves_up() {
    let bench = Bench::with(&[("workers", "1")]).await;
    let running = bench.submit("alice", "hang").await;
    bench.until(&running, "running").await;
    let before = bench.submit("alice", "accept before").await;
    let id = bench.submit("alice", "accept").await;
    let mut events = Events::open(&bench, &format!("/api/v1/submissions/{id}/events"), &[]).await;
    let first = events.next().await.unwrap();
    assert_eq!(first.data["position"], 2, "{first:?}");
    bench.delete(&format!("/api/v1/submissions/{before}")).await;
    let second = events.next().await.unwrap();
    assert_eq!(
        (&second.data["state"], &second.data["position"]),
        (&json!("queued"), &json!(1)),
        "{second:?}"
    );
    assert!(second.data["estimated_wait_ms"].is_u64(), "{second:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_queue_refuses_everybody_and_a_full_user_only_that_one() {
    let bench = Bench::with(&[("workers", "1"), ("queue.capacity", "3"), ("queue.per_user", "2")]).await;
    let running = bench.submit("alice", "hang").await;
    bench.until(&running, "running").await;
    for _ in 0..2 {
        bench.submit("alice", "accept").await;
    }
    for (user, expected, kind) in
        [("alice", 429, "user-queue-full"), ("bob", 202, ""), ("carol", 503, "queue-full")]
    {
        let body = json!({"language": "cpp17", "source": "accept", "user": user});
        let request = bench.request(reqwest::Method::POST, "/api/v1/submissions").json(&body);
        let response = request.send().await.unwrap();
        assert_eq!(response.status().as_u16(), expected, "{user}");
        if expected != 202 {
            let wait: u64 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
            assert!((1..=60).contains(&wait), "{wait}");
            let problem: serde_json::Value = response.json().await.unwrap();
            assert_eq!(problem["type"], format!("urn:gavel:problem:{kind}"));
        }
    }
    bench.delete(&format!("/api/v1/submissions/{running}")).await;
    let place = || async {
        let (status, _) = bench.post(json!({"language": "cpp17", "source": "accept", "user": "carol"})).await;
        (status == 202).then_some(())
    };
    eventually(place).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_submission_that_fails_through_us_three_times_ends_with_the_reason() {
    let bench = Bench::start().await;
    let id = bench.submit("alice", "die").await;
    let judged = bench.until(&id, "done").await;
    assert_eq!(judged["verdict"], "InternalError");
    let reason = judged["reason"].as_str().unwrap();
    assert_eq!(reason, "the judge failed 3 times; the last time: the sandbox died: the container went away");
    assert_eq!(bench.judge.started.lock().unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waiting_for_a_sandbox_is_no_failed_attempt() {
    let bench = Bench::start().await;
    let id = bench.submit("alice", "busy").await;
    let begun = || async { (bench.judge.started.lock().unwrap().len() > 4).then_some(()) };
    eventually(begun).await;
    let (_, body) = bench.get(&format!("/api/v1/submissions/{id}")).await;
    assert_eq!(body["verdict"], json!(null));
    let (_, body) = bench.delete(&format!("/api/v1/submissions/{id}")).await;
    assert_eq!(body["state"], "cancelled");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_goes_away_cancels_nothing() {
    let bench = Bench::start().await;
    let body = json!({"language": "cpp17", "source": "sleep 300 lonely", "wait": true});
    let request = bench.request(reqwest::Method::POST, "/api/v1/submissions").json(&body);
    assert!(request.timeout(Duration::from_millis(100)).send().await.unwrap_err().is_timeout());
    let finished = || async { bench.judge.finished.lock().unwrap().first().cloned() };
    assert_eq!(eventually(finished).await, "sleep 300 lonely");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_is_held_no_longer_than_configured() {
    let bench = Bench::with(&[("http.max_wait", "200ms")]).await;
    let (status, body) = bench.post(json!({"language": "cpp17", "source": "hang", "wait": true})).await;
    assert_eq!((status.as_u16(), body["state"].as_str()), (202, Some("running")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waiting_submissions_are_bounded_in_bytes_too() {
    let bench = Bench::with(&[("workers", "1"), ("queue.max_bytes", "300KB")]).await;
    let running = bench.submit("alice", "hang").await;
    bench.until(&running, "running").await;
    let of = |text: &str| json!({"language": "cpp17", "source": "accept", "stdin": text.repeat(200_000)});
    let large = of("x");
    assert_eq!(bench.post(of("y")).await.0, 202);
    assert_eq!(bench.post(large.clone()).await.0, 503);
    bench.submit("bob", "accept").await;
    bench.delete(&format!("/api/v1/submissions/{running}")).await;
    let accepted = || async { (bench.post(large.clone()).await.0 == 202).then_some(()) };
    eventually(accepted).await;
}

//! The throttle, over the API. Its arithmetic is tested where it is.

use serde_json::{Value, json};

use crate::bench::Bench;

async fn time_out(bench: &Bench, times: u32) {
    for _ in 0..times {
        let (_, body) = submit(bench, "tle").await;
        assert_eq!(body["verdict"], "TimeLimitExceeded", "{body}");
    }
}

async fn submit(bench: &Bench, source: &str) -> (u16, Value) {
    let body = json!({"language": "cpp17", "source": source, "user": "alice", "wait": true});
    let (status, body) = bench.post(body).await;
    (status.as_u16(), body)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_timeouts_in_a_row_cost_a_minute_and_an_operator_can_forgive_them() {
    let bench = Bench::start().await;
    time_out(&bench, 5).await;
    let body = json!({"language": "cpp17", "source": "accept", "user": "alice"});
    let request = bench.request(reqwest::Method::POST, "/api/v1/submissions").json(&body);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 429);
    let wait: u64 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((55..=60).contains(&wait), "{wait}");
    let problem: serde_json::Value = response.json().await.unwrap();
    assert_eq!(problem["type"], "urn:gavel:problem:throttled");
    let (_, shown) = bench.get("/api/v1/users/alice/throttle").await;
    assert_eq!((&shown["throttled"], &shown["cool_downs"]), (&json!(true), &json!(1)), "{shown}");
    assert_eq!(bench.delete("/api/v1/users/alice/throttle").await.0, 204);
    assert_eq!(submit(&bench, "accept").await.0, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn others_and_submissions_without_a_user_are_not_throttled() {
    let bench = Bench::start().await;
    time_out(&bench, 5).await;
    assert_eq!(submit(&bench, "accept").await.0, 429);
    for other in [json!({"user": "bob"}), json!({})] {
        let mut body = json!({"language": "cpp17", "source": "accept", "wait": true});
        body.as_object_mut().unwrap().append(&mut other.as_object().unwrap().clone());
        assert_eq!(bench.post(body).await.0, 200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_verdict_in_between_resets_the_count() {
    let bench = Bench::start().await;
    time_out(&bench, 4).await;
    assert_eq!(submit(&bench, "accept").await.0, 200);
    time_out(&bench, 4).await;
    assert_eq!(submit(&bench, "accept").await.0, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strikes_and_cool_downs_survive_a_restart() {
    let bench = Bench::start().await;
    time_out(&bench, 4).await;
    let bench = Bench::on(bench.stop().await, &[]).await;
    time_out(&bench, 1).await;
    let bench = Bench::on(bench.stop().await, &[]).await;
    assert_eq!(submit(&bench, "accept").await.0, 429);
}

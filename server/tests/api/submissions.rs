//! A submission's way through the API.

use serde_json::json;

use crate::bench::Bench;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_submission_that_waits_is_answered_with_its_judgement() {
    let bench = Bench::start().await;
    let (status, body) = bench.post(json!({"language": "cpp17", "source": "accept", "wait": true})).await;
    assert_eq!(status, 200);
    let mut shown = body.clone();
    for (name, value) in [("id", "(id)"), ("created_at", "(time)"), ("finished_at", "(time)")] {
        assert!(shown[name].is_string(), "{name} in {body}");
        shown[name] = value.into();
    }
    insta::assert_json_snapshot!(shown);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_submission_that_does_not_wait_is_accepted_with_its_address() {
    let bench = Bench::start().await;
    let body = json!({"language": "cpp17", "source": "accept", "user": "alice"});
    let request = bench.request(reqwest::Method::POST, "/api/v1/submissions").json(&body);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 202);
    let location = response.headers()["location"].to_str().unwrap().to_owned();
    let body: serde_json::Value = response.json().await.unwrap();
    let id = body["id"].as_str().unwrap();
    assert_eq!(location, format!("/api/v1/submissions/{id}"));
    let judged = bench.until(id, "done").await;
    assert_eq!((&judged["verdict"], &judged["user"]), (&json!("Accepted"), &json!("alice")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_may_take_longer_than_a_request_may() {
    let bench = Bench::start().await;
    let (status, body) = bench.post(json!({"language": "cpp17", "source": "sleep 6000", "wait": true})).await;
    assert_eq!((status.as_u16(), &body["verdict"]), (200, &json!("Accepted")));
}

#[tokio::test]
async fn behind_a_path_prefix_the_location_has_it_and_nothing_else_is_believed() {
    let bench = Bench::start().await;
    let body = json!({"language": "cpp17", "source": "accept"});
    for (given, expected) in [
        ("/judge", "/judge"),
        ("/a/b/", "/a/b"),
        ("/", ""),
        ("judge", ""),
        ("//evil.example", ""),
        ("/a\"b", ""),
        ("https://evil.example", ""),
    ] {
        let request = bench.request(reqwest::Method::POST, "/api/v1/submissions").json(&body);
        let response = request.header("x-forwarded-prefix", given).send().await.unwrap();
        let location = response.headers()["location"].to_str().unwrap().to_owned();
        assert!(location.starts_with(&format!("{expected}/api/v1/submissions/")), "{given}: {location}");
    }
}

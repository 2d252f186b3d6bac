//! What operators look at.

use serde_json::json;

use crate::bench::{Bench, answer, eventually};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sources_of_a_submission_can_be_looked_at() {
    let bench = Bench::start().await;
    let body = json!({"language": "cpp17", "files": {"main.cpp": "accept", "util/more.h": "// é\n"},
        "files_base64": {"data.bin": "/w=="}, "wait": true});
    let request = bench.request(reqwest::Method::POST, "/api/v1/submissions").json(&body);
    let (_, judged) = answer(request).await;
    let id = judged["id"].as_str().unwrap();
    let (status, sources) = bench.get(&format!("/api/v1/submissions/{id}/sources")).await;
    assert_eq!(status, 200, "{sources}");
    assert_eq!(sources["files"], json!({"main.cpp": "accept", "util/more.h": "// é\n"}));
    assert_eq!(sources["files_base64"], json!({"data.bin": "/w=="}));
    let missing = "/api/v1/submissions/9a8c7a54-be93-4fa4-bf8f-09f64d208806/sources";
    assert_eq!(bench.get(missing).await.0, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn operators_see_the_day_and_the_sandboxes() {
    let bench = Bench::start().await;
    let body = json!({"language": "cpp17", "source": "accept", "wait": true});
    answer(bench.request(reqwest::Method::POST, "/api/v1/submissions").json(&body)).await;
    let (_, day) = bench.get("/api/v1/admin/figures").await;
    let last = day["parts"].as_array().unwrap().last().unwrap();
    assert!(last["verdicts"]["Accepted"].as_u64().unwrap() >= 1, "{day}");
    assert!(last["wait"]["median_ms"].is_number() && last["judging"]["p95_ms"].is_number(), "{day}");
    let (_, told) = bench.get("/api/v1/admin/sandboxes").await;
    let sandbox = json!({"profile": "run", "state": "idle", "age_ms": 60000, "unused_ms": 5000, "runs": 3});
    assert_eq!(told["sandboxes"], json!([sandbox]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn operators_see_who_is_throttled() {
    let bench = Bench::with(&[("throttle.strikes", "1")]).await;
    assert_eq!(bench.get("/api/v1/admin/throttled").await.1, json!({"users": []}));
    let body = json!({"language": "cpp17", "source": "tle", "user": "alice", "wait": true});
    answer(bench.request(reqwest::Method::POST, "/api/v1/submissions").json(&body)).await;
    let users = eventually(async || {
        let told = bench.get("/api/v1/admin/throttled").await.1;
        told["users"].as_array().filter(|users| !users.is_empty()).cloned()
    })
    .await;
    assert_eq!((&users[0]["user"], &users[0]["cool_downs"]), (&json!("alice"), &json!(1)), "{users:?}");
    assert_eq!(bench.delete("/api/v1/users/alice/throttle").await.0, 204);
    assert_eq!(bench.get("/api/v1/admin/throttled").await.1, json!({"users": []}));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drained_server_judges_what_it_has_and_takes_nothing_new() {
    let bench = Bench::with(&[("workers", "1")]).await;
    let running = bench.submit("alice", "sleep 300").await;
    bench.until(&running, "running").await;
    let known = json!({"language": "cpp17", "source": "accept", "user": "bob"});
    let send = async |key: &str| {
        let request =
            bench.request(reqwest::Method::POST, "/api/v1/submissions").header("idempotency-key", key);
        answer(request.json(&known)).await
    };
    let (status, waiting) = send("before").await;
    assert_eq!(status, 202, "{waiting}");
    assert_eq!(answer(bench.request(reqwest::Method::POST, "/api/v1/admin/drain")).await.0, 204);

    let (status, refused) = send("after").await;
    assert_eq!(
        (status.as_u16(), &refused["type"]),
        (503, &json!("urn:gavel:problem:unavailable")),
        "{refused}"
    );
    assert_eq!(send("before").await.1["id"], waiting["id"], "what was accepted is not refused");
    let (status, ready) = bench.get("/readyz").await;
    assert_eq!(
        (status.as_u16(), &ready["ready"], &ready["draining"]),
        (503, &json!(false), &json!(true)),
        "{ready}"
    );
    assert!(ready["reasons"].to_string().contains("drains"), "{ready}");
    bench.until(waiting["id"].as_str().unwrap(), "done").await;

    assert_eq!(answer(bench.request(reqwest::Method::POST, "/api/v1/admin/undrain")).await.0, 204);
    assert_eq!(bench.get("/readyz").await.0, 200);
    assert_eq!(send("after").await.0, 202);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn operators_see_what_is_amiss_on_the_host() {
    let bench = Bench::with(&[("gojudge.open_networks", "0.0.0.0/0")]).await;
    let (_, told) = bench.get("/api/v1/admin/findings").await;
    let findings = told["findings"].as_array().unwrap();
    let of = |what: &str| findings.iter().find(|finding| finding["what"] == what).unwrap();
    assert!(["good", "warning"].contains(&of("kernel")["level"].as_str().unwrap()), "{told}");
    assert_eq!(of("open networks")["level"], "warning", "{told}");
    assert!(of("open networks")["remedy"].is_string(), "{told}");
    assert_eq!(told["healthy"], true, "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sandboxes_are_recycled_from_the_command_line_and_that_is_told_as_json_too() {
    let bench = Bench::start().await;
    for (more, told) in [(&[][..], "4 sandboxes are being replaced"), (&["--json"], "\"sandboxes\": 4")] {
        let mut gavel = tokio::process::Command::new(env!("CARGO_BIN_EXE_gavel"));
        gavel.args(["recycle", "--config", "/dev/null", "--url", &bench.url]).args(more).env_clear();
        let ended = gavel.output().await.unwrap();
        let said = String::from_utf8_lossy(&ended.stdout);
        assert!(ended.status.success() && said.contains(told), "{ended:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn languages_are_listed_with_the_token_of_the_environment_and_a_refusal_is_3() {
    let bench = Bench::with(&[("http.token", "backend-token-0123456789")]).await;
    let list = async |token: &str| {
        let mut gavel = tokio::process::Command::new(env!("CARGO_BIN_EXE_gavel"));
        gavel.args(["languages", "--config", "/dev/null", "--server", &bench.url, "--json"]);
        gavel.env_clear().env("GAVEL_TOKEN", token).kill_on_drop(true);
        gavel.output().await.unwrap()
    };
    for token in ["backend-token-0123456789", "backend-token-0123456789\r\n"] {
        let listed = list(token).await;
        assert_eq!(listed.status.code(), Some(0), "{listed:?}");
        let all: Vec<serde_json::Value> = serde_json::from_slice(&listed.stdout).unwrap();
        assert!(all.iter().any(|language| language["id"] == "cpp17"), "{all:?}");
    }
    for wrong in ["", "another-token-0123456789"] {
        let refused = list(wrong).await;
        assert_eq!((refused.status.code(), refused.stdout.len()), (Some(3), 0), "{refused:?}");
        let said = String::from_utf8_lossy(&refused.stderr);
        assert!(said.contains("gavel: the server answered 401"), "{said}");
    }
    let mut gavel = tokio::process::Command::new(env!("CARGO_BIN_EXE_gavel"));
    gavel.args(["languages", "--config", "/dev/null", "--url", "http://127.0.0.1:1"]).env_clear();
    assert_eq!(gavel.output().await.unwrap().status.code(), Some(3));
}

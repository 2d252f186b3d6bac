//! Who may call.

use gavel::access::Access;
use gavel::config::Config;
use reqwest::Method;
use serde_json::json;

use crate::bench::{Bench, answer};

const BACKEND: &str = "backend-token-0123456789";
const OPERATOR: &str = "operator-token-0123456789";

async fn status(bench: &Bench, method: Method, path: &str, token: Option<&str>) -> u16 {
    let mut request = bench.request(method, path);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_token_opens_what_it_should_and_nothing_else() {
    let bench = Bench::with(&[("http.token", BACKEND), ("http.admin_token", OPERATOR)]).await;
    let wrong = Some("backend-token-0123456788");
    let (backend, operator) = (Some(BACKEND), Some(OPERATOR));
    for (method, path, none, wrongly, as_backend, as_operator) in [
        (Method::GET, "/api/v1/languages", 401, 401, 200, 200),
        (Method::GET, "/api/v1/submissions", 401, 401, 200, 200),
        (Method::GET, "/api/v1/users/alice/throttle", 401, 401, 200, 200),
        (Method::DELETE, "/api/v1/users/alice/throttle", 401, 401, 403, 204),
        (Method::POST, "/api/v1/admin/recycle", 401, 401, 403, 200),
        (Method::GET, "/api/v1/nodes", 401, 401, 200, 200),
        (Method::POST, "/api/v1/nodes/one/drain", 401, 401, 403, 404),
        (Method::POST, "/api/v1/nodes/one/undrain", 401, 401, 403, 404),
        (Method::GET, "/api/v1/nothing", 401, 401, 404, 404),
        (Method::GET, "/metrics", 401, 401, 200, 200),
        (Method::GET, "/healthz", 200, 200, 200, 200),
        (Method::GET, "/version", 200, 200, 200, 200),
    ] {
        let mut got = Vec::new();
        for token in [None, wrong, backend, operator] {
            got.push(status(&bench, method.clone(), path, token).await);
        }
        assert_eq!(got, [none, wrongly, as_backend, as_operator], "{method} {path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_caller_is_told_how_to_authenticate() {
    let bench = Bench::with(&[("http.token", BACKEND)]).await;
    for header in [None, Some("Basic YTpi"), Some("Bearer"), Some("Bearer  "), Some("nonsense")] {
        let mut request = bench.request(Method::GET, "/api/v1/languages");
        if let Some(header) = header {
            request = request.header("authorization", header);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 401, "{header:?}");
        assert_eq!(response.headers()["www-authenticate"], "Bearer realm=\"gavel\"");
        assert_eq!(response.headers()["content-type"], "application/problem+json");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_an_operators_token_no_backend_is_an_operator() {
    let bench = Bench::with(&[("http.token", BACKEND)]).await;
    assert_eq!(status(&bench, Method::POST, "/api/v1/admin/recycle", Some(BACKEND)).await, 403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_any_token_local_callers_may_do_everything() {
    let bench = Bench::start().await;
    assert_eq!(status(&bench, Method::POST, "/api/v1/admin/recycle", None).await, 200);
    assert_eq!(status(&bench, Method::GET, "/api/v1/languages", None).await, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operators_token_alone_closes_only_what_is_the_operators() {
    let bench = Bench::with(&[("http.admin_token", OPERATOR)]).await;
    assert_eq!(status(&bench, Method::GET, "/api/v1/languages", None).await, 200);
    assert_eq!(status(&bench, Method::POST, "/api/v1/admin/recycle", None).await, 403);
    assert_eq!(status(&bench, Method::POST, "/api/v1/admin/recycle", Some(OPERATOR)).await, 200);
}

#[test]
fn a_server_without_token_starts_only_when_told_to() {
    let refusal = Access::new(&Config::default()).unwrap_err().to_string();
    assert!(refusal.contains("http.token") && refusal.contains("http.allow_unauthenticated"), "{refusal}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_token_foreign_hosts_are_refused_with_the_settings_that_open_it() {
    let bench = Bench::with(&[("http.allowed_hosts", "judge.example,other.example:8080")]).await;
    for (host, expected) in [
        ("localhost:5050", 200),
        ("127.0.0.1", 200),
        ("127.9.9.9:1", 200),
        ("[::1]:5050", 200),
        ("judge.example", 200),
        ("judge.example:5050", 200),
        ("other.example:8080", 200),
        ("other.example", 403),
        ("evil.example", 403),
        ("localhost.evil.example", 403),
        ("127.0.0.1.evil.example", 403),
        ("192.168.1.1", 403),
    ] {
        let request = bench.request(Method::GET, "/api/v1/languages").header("host", host);
        let (status, body) = answer(request).await;
        assert_eq!(status.as_u16(), expected, "{host}");
        if expected == 403 {
            let detail = body["detail"].as_str().unwrap();
            assert!(detail.contains("http.allowed_hosts") && detail.contains("http.token"), "{detail}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_token_pages_of_other_sites_are_refused() {
    let bench = Bench::with(&[("http.allowed_origins", "https://school.example")]).await;
    let body = json!({"language": "cpp17", "source": "accept"});
    for (origin, expected) in [
        (bench.url.as_str(), 202),
        ("https://school.example", 202),
        ("https://evil.example", 403),
        ("null", 403),
        ("http://localhost:1", 403),
    ] {
        let request = bench.request(Method::POST, "/api/v1/submissions").header("origin", origin);
        assert_eq!(answer(request.json(&body)).await.0.as_u16(), expected, "{origin}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_token_any_host_and_origin_may_call() {
    let bench = Bench::with(&[("http.token", BACKEND)]).await;
    let request = bench.request(Method::GET, "/api/v1/languages").bearer_auth(BACKEND);
    let request = request.header("host", "judge.example").header("origin", "https://school.example");
    assert_eq!(answer(request).await.0, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_are_told_whether_the_server_is_ready_but_not_why() {
    let bench = Bench::with(&[("http.token", BACKEND)]).await;
    let stranger = answer(bench.request(Method::GET, "/readyz")).await.1;
    assert_eq!(stranger.as_object().unwrap().keys().collect::<Vec<_>>(), ["ready"]);
    let backend = answer(bench.request(Method::GET, "/readyz").bearer_auth(BACKEND)).await.1;
    assert!(backend["reasons"].is_array() && backend["pool"].is_object(), "{backend}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_scrapers_token_reads_the_metrics_and_nothing_else() {
    const SCRAPER: &str = "scraper-token-0123456789";
    let bench = Bench::with(&[("http.token", BACKEND), ("http.metrics_token", SCRAPER)]).await;
    for (path, expected) in [("/metrics", 200), ("/api/v1/languages", 403), ("/run", 403), ("/file", 403)] {
        assert_eq!(status(&bench, Method::GET, path, Some(SCRAPER)).await, expected, "{path}");
    }
    assert_eq!(status(&bench, Method::GET, "/metrics", None).await, 401);
    assert_eq!(status(&bench, Method::GET, "/metrics", Some(BACKEND)).await, 200);
    let ready = answer(bench.request(Method::GET, "/readyz").bearer_auth(SCRAPER)).await.1;
    assert_eq!(ready.as_object().unwrap().keys().collect::<Vec<_>>(), ["ready"], "nothing of the pool");
    // It closes the metrics where all else is open.
    let bench = Bench::with(&[("http.metrics_token", SCRAPER)]).await;
    for (path, token, expected) in [
        ("/metrics", None, 401),
        ("/metrics", Some(BACKEND), 401),
        ("/metrics", Some(SCRAPER), 200),
        ("/api/v1/languages", None, 200),
    ] {
        assert_eq!(status(&bench, Method::GET, path, token).await, expected, "{path} {token:?}");
    }
}

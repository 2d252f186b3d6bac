//! Ids of requests, and HEAD.

use reqwest::{Method, RequestBuilder, Response};

use crate::bench::Bench;

const TOKEN: &str = "backend-token-0123456789";

async fn sent(request: RequestBuilder) -> Response {
    request.send().await.unwrap()
}

fn id(response: &Response) -> &str {
    response.headers()["x-request-id"].to_str().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sane_id_of_the_client_is_kept_and_any_other_replaced() {
    let bench = Bench::start().await;
    for given in ["abc-123", "0af7651916cd43dd8448eb211c80319c", "a.b_c:d/e+f="] {
        let response = sent(bench.request(Method::GET, "/healthz").header("x-request-id", given)).await;
        assert_eq!(id(&response), given);
    }
    let long = "x".repeat(129);
    for given in ["", "two words", "\"quoted\"", "{json}", long.as_str()] {
        let response = sent(bench.request(Method::GET, "/healthz").header("x-request-id", given)).await;
        assert!(id(&response) != given && id(&response).len() == 32, "{given}: {}", id(&response));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_has_an_id_of_its_own_also_a_refusal() {
    let bench = Bench::with(&[("http.token", TOKEN)]).await;
    let mut seen = std::collections::BTreeSet::new();
    for (method, path, status) in [
        (Method::GET, "/healthz", 200),
        (Method::GET, "/api/v1/languages", 401),
        (Method::GET, "/run", 401),
        (Method::GET, "/nothing", 404),
        (Method::POST, "/healthz", 405),
    ] {
        let response = sent(bench.request(method, path)).await;
        assert_eq!(response.status(), status, "{path}");
        assert!(seen.insert(id(&response).to_owned()), "{path}");
        // The rest of a refusal stays as it is.
        assert_eq!(response.headers().contains_key("www-authenticate"), path.starts_with("/api"), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn head_is_answered_where_get_is_without_the_body() {
    let bench = Bench::start().await;
    let submission = bench.submit("alice", "accept").await;
    bench.until(&submission, "done").await;
    let of_it = format!("/api/v1/submissions/{submission}");
    for path in [
        "/healthz",
        "/version",
        "/metrics",
        "/api/v1/languages",
        "/api/v1/submissions",
        "/api/v1/users/alice/throttle",
        of_it.as_str(),
    ] {
        let (got, head) =
            (sent(bench.request(Method::GET, path)).await, sent(bench.request(Method::HEAD, path)).await);
        assert_eq!((got.status().as_u16(), head.status().as_u16()), (200, 200), "{path}");
        assert_eq!(head.headers()["content-type"], got.headers()["content-type"], "{path}");
        assert!(head.headers().contains_key("content-length"), "{path}");
        assert_eq!(head.text().await.unwrap(), "", "{path}");
    }
    for path in ["/api/v1/admin/recycle", &format!("{of_it}/events")] {
        assert_eq!(sent(bench.request(Method::HEAD, path)).await.status(), 405, "{path}");
    }
}

//! The address for those who watch the service.

use reqwest::StatusCode;
use serde_json::Value;

use crate::bench::{Bench, answer, eventually};

async fn get(bench: &Bench, path: &str) -> (StatusCode, Value) {
    answer(bench.client.get(format!("{}{path}", bench.telemetry.as_ref().unwrap()))).await
}

fn names(figures: &Value) -> Vec<&str> {
    let runtimes = figures["runtimes"].as_array().unwrap();
    let mut names: Vec<_> = runtimes.iter().map(|runtime| runtime["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    names
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metrics_and_figures_are_served_there_without_a_token() {
    let settings = [
        ("http.token", "backend-token-0123456789"),
        ("telemetry.metrics", "true"),
        ("telemetry.debug", "true"),
    ];
    let bench = Bench::with(&settings).await;
    let (status, metrics) = get(&bench, "/metrics").await;
    assert_eq!(status, 200, "{metrics}");
    // The threads start by themselves, in any order: one runtime judges, two threads serve, and one answers this.
    let figures = eventually(|| async {
        let (status, figures) = get(&bench, "/debug").await;
        assert_eq!(status, 200, "{figures}");
        (names(&figures) == ["http", "http", "main", "telemetry"]).then_some(figures)
    })
    .await;
    assert!(figures["memory"]["resident_bytes"].as_u64() > Some(1 << 20), "{figures}");
    assert!(figures["runtimes"][0]["alive_tasks"].as_u64() > Some(0), "{figures}");
    for path in ["/api/v1/languages", "/run", "/file", "/", "/debug/pprof/"] {
        assert_eq!(get(&bench, path).await.0, 404, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_what_is_switched_on_is_served_there() {
    let bench = Bench::with(&[("telemetry.metrics", "true")]).await;
    assert_eq!(get(&bench, "/metrics").await.0, 200);
    assert_eq!(get(&bench, "/debug").await.0, 404);
    assert_eq!(bench.get("/debug").await.0, 404);
    assert!(Bench::start().await.telemetry.is_none());
}

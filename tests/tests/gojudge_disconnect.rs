//! A client of the go-judge API that goes away. By itself: other tests' commands would be taken for its own.

use std::time::{Duration, Instant};

use e2e::environment::patience;
use e2e::{Client, gojudge};
use serde_json::json;

#[tokio::test]
async fn a_client_that_goes_away_takes_its_run_with_it() {
    let client = Client::connect().await;
    let sleeper = json!({
        "args": ["/bin/sleep", "20"],
        "cpuLimit": 1_000_000_000u64,
        "clockLimit": 25_000_000_000u64,
        "memoryLimit": 268_435_456,
        "procLimit": 5,
    });
    let leased = || async {
        let ready = client.call(reqwest::Method::GET, "/readyz", None).await.json;
        let profiles = ready["pool"]["profiles"].as_array().cloned().unwrap_or_default();
        profiles
            .iter()
            .filter(|p| p["profile"] == "command")
            .filter_map(|p| p["leased"].as_u64())
            .sum::<u64>()
    };
    let body = json!({"cmd": [sleeper]}).to_string();
    let request = tokio::spawn(async move { gojudge::post("/run", body).await });
    wait_for(Duration::from_secs(5), async || leased().await > 0).await;
    // A sandbox that is only being pinged counts as leased for a moment; the sleeper's stays.
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(leased().await > 0, "the command does not run");
    request.abort();
    wait_for(Duration::from_millis(500), async || leased().await == 0).await;
}

async fn wait_for(on_a_quick_host: Duration, mut so: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + patience(on_a_quick_host);
    while !so().await {
        assert!(Instant::now() < deadline, "it did not come to that within {on_a_quick_host:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

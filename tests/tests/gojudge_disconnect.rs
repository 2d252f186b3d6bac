//! Clients of the go-judge API that go away. By themselves: other tests' commands would be taken for theirs.

use std::time::{Duration, Instant};

use e2e::environment::patience;
use e2e::{Client, gojudge, grpc};
use serde_json::json;
use tokio::sync::Mutex;

/// One of them at a time.
static ALONE: Mutex<()> = Mutex::const_new(());

#[tokio::test]
async fn a_client_that_goes_away_takes_its_run_with_it() {
    let sleeper = json!({
        "args": ["/bin/sleep", "20"],
        "cpuLimit": 1_000_000_000u64,
        "clockLimit": 25_000_000_000u64,
        "memoryLimit": 268_435_456,
        "procLimit": 5,
    });
    let body = json!({"cmd": [sleeper]}).to_string();
    goes_with_its_client(async move { gojudge::post("/run", body).await }).await;
}

#[tokio::test]
async fn a_client_that_goes_away_takes_its_run_with_it_over_grpc() {
    let sleeper = grpc::command(&["/bin/sleep", "20"], b"");
    let request = gavel_rpc::Request { cmd: vec![sleeper], ..gavel_rpc::Request::default() };
    goes_with_its_client(async move { grpc::connect().await.exec(request).await }).await;
}

/// A call that runs a sleeper leases a sandbox, and gives it back when it is dropped.
async fn goes_with_its_client<T: Send + 'static>(call: impl Future<Output = T> + Send + 'static) {
    let _alone = ALONE.lock().await;
    let client = Client::connect().await;
    let leased = || async {
        let ready = client.call(reqwest::Method::GET, "/readyz", None).await.json;
        let profiles = ready["pool"]["profiles"].as_array().cloned().unwrap_or_default();
        profiles
            .iter()
            .filter(|p| p["profile"] == "command")
            .filter_map(|p| p["leased"].as_u64())
            .sum::<u64>()
    };
    let call = tokio::spawn(call);
    wait_for(Duration::from_secs(5), async || leased().await > 0).await;
    // A sandbox that is only being pinged counts as leased for a moment; the sleeper's stays.
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(leased().await > 0, "the command does not run");
    call.abort();
    wait_for(Duration::from_millis(500), async || leased().await == 0).await;
}

async fn wait_for(on_a_quick_host: Duration, mut so: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + patience(on_a_quick_host);
    while !so().await {
        assert!(Instant::now() < deadline, "it did not come to that within {on_a_quick_host:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

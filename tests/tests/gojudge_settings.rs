//! The go-judge API of instances whose settings are not the usual ones.

use std::sync::LazyLock;

use e2e::Client;
use e2e::instance::Plan;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::{Mutex, MutexGuard};

/// Instances of a test's own share ports, and one measures.
async fn alone() -> MutexGuard<'static, ()> {
    static ALONE: LazyLock<Mutex<()>> = LazyLock::new(Mutex::default);
    ALONE.lock().await
}

/// A shell command with standard descriptors and fair limits.
fn shell(script: &str) -> Value {
    json!({
        "args": ["/bin/sh", "-c", script],
        "env": ["PATH=/usr/bin:/bin"],
        "files": [{"content": ""}, {"name": "stdout", "max": 10240}, {"name": "stderr", "max": 10240}],
        "cpuLimit": 10_000_000_000u64,
        "clockLimit": 30_000_000_000u64,
        "memoryLimit": 268_435_456,
        "procLimit": 50,
    })
}

async fn run(client: &Client, command: &Value) -> Value {
    let answer = client.call(Method::POST, "/run", Some(json!({"cmd": [command]}))).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text);
    answer.json[0].clone()
}

#[tokio::test]
async fn a_cpu_rate_stretches_a_run_where_it_is_enabled() {
    let _alone = alone().await;
    let instance = Plan::of_one_slot("cpu-rate").with("GAVEL_GOJUDGE__CPU_RATE", "true").start().await;
    let client = instance.client();
    let mut spin = shell("while :; do :; done");
    spin["cpuLimit"] = json!(500_000_000);
    spin["cpuRateLimit"] = json!(500);
    let slow = run(&client, &spin).await;
    spin["cpuRateLimit"] = json!(1);
    let too_little = run(&client, &spin).await;
    instance.remove().await;
    assert_eq!(slow["status"], "Time Limit Exceeded", "{slow}");
    let stretched = slow["runTime"].as_f64().unwrap() / slow["time"].as_f64().unwrap();
    assert!(stretched > 1.7, "{stretched}: {slow}");
    // The kernel gives out no less than a millisecond at a time.
    assert_eq!(too_little["status"], "Internal Error", "{too_little}");
}

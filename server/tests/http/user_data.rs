//! What there is of a user can be removed to the last byte.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures_util::FutureExt;
use gavel::config::{Config, Overrides};
use gavel::language::Languages;
use gavel::problems::Problems;
use gavel::queue::Queue;
use gavel::readiness::Readiness;
use gavel::rejudges::Rejudges;
use gavel::throttle::Throttle;
use gavel::tokens::{Sees, Tokens};
use gavel::user_data::UserData;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::bench::{Bench, Containers, Script, answer, eventually};

/// Files below a directory that have these bytes in them; one that has just gone has not.
fn holding(directory: &Path, needle: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if entry.file_type().unwrap().is_dir() {
            found.extend(holding(&path, needle));
        } else if std::fs::read(&path)
            .is_ok_and(|bytes| bytes.windows(needle.len()).any(|part| part == needle))
        {
            found.push(path.display().to_string());
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_user_whose_data_was_removed_nothing_is_on_the_disk_and_others_have_theirs() {
    let bench = Bench::start().await;
    let long = |mark: &str| format!("{mark} ").repeat(20_000);
    let submit = async |user: &str, source: String, mark: &str| {
        let body = json!({"language": "cpp17", "source": source, "user": user, "stdin": long(mark),
            "reference": {"course": mark}});
        let request = bench.request(Method::POST, "/api/v1/submissions").json(&body);
        let (status, accepted) = answer(request.header("Idempotency-Key", format!("key of {mark}"))).await;
        assert_eq!(status, 202, "{accepted}");
        accepted["id"].as_str().unwrap().to_owned()
    };
    let mut theirs = Vec::new();
    for number in 0..5 {
        let source = format!("turns // {} {number}", long("mallory-source"));
        theirs.push(submit("mallory", source, &format!("mallory-input-{number}")).await);
    }
    let slow = submit("mallory", "tle mallory-source".into(), "mallory-slow").await;
    let ours = submit("alice", "accept alice".into(), "alice-input").await;
    for id in theirs.iter().chain([&slow, &ours]) {
        bench.until(id, "done").await;
    }
    let ordered = bench.request(Method::POST, "/api/v1/rejudges").json(&json!({"user": "mallory"}));
    assert_eq!(answer(ordered).await.0, 202);
    let running = submit("mallory", "hang mallory-source".into(), "mallory-running").await;
    bench.until(&running, "running").await;
    assert!(!holding(bench.directory.path(), b"mallory").is_empty());
    let (status, removed) = bench.delete("/api/v1/users/mallory/data").await;
    assert_eq!(status, 200, "{removed}");
    assert_eq!((&removed["submissions"], &removed["cancelled"]), (&json!(7), &json!(1)), "{removed}");
    assert_eq!((&removed["idempotency_keys"], &removed["rejudges"]), (&json!(7), &json!(1)), "{removed}");
    assert_eq!(holding(bench.directory.path(), b"mallory"), Vec::<String>::new());
    for id in theirs.iter().chain([&slow, &running]) {
        assert_eq!(bench.get(&format!("/api/v1/submissions/{id}")).await.0, StatusCode::NOT_FOUND);
    }
    assert_eq!(bench.get("/api/v1/users/mallory/throttle").await.1["strikes"], 0);
    let (_, kept) = bench.get(&format!("/api/v1/submissions/{ours}")).await;
    assert_eq!(kept["tests"][0]["stdout"], long("alice-input"));
    // Another time there is nothing.
    let (_, again) = bench.delete("/api/v1/users/mallory/data").await;
    assert_eq!(again["submissions"], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn data_of_a_user_goes_also_where_whoever_asked_has_gone_away() {
    let mut bench = Bench::start().await;
    let id = bench.submit("mallory", &format!("accept {}", "mallory-source ".repeat(20_000))).await;
    bench.until(&id, "done").await;
    bench.begin_to_stop();
    bench.stopped().await.unwrap();
    let store = bench.open_store().await;
    let overrides = Overrides { file: Some("/dev/null".into()), ..Overrides::default() };
    let config = Arc::new(Config::load(&overrides).unwrap());
    let throttle = Arc::new(Throttle::new(config.throttle.clone(), HashMap::new()));
    let judging = Arc::new(Script::default());
    let queue = Queue::start(
        config.queue.clone(),
        store.clone(),
        Arc::clone(&throttle),
        Tokens::default(),
        judging,
        1,
    )
    .await;
    let (queue, problems) = (queue.unwrap(), Problems::new(store.clone()));
    let languages = Arc::new(Languages::load(Path::new("../images/languages.toml"), "latest").unwrap());
    let readiness = Arc::new(Readiness::new(&languages));
    let operations = Arc::new(Containers::new(&bench.no_gcc, 1));
    let rejudges = Rejudges::new(
        store.clone(),
        queue.clone(),
        problems,
        languages,
        config,
        readiness,
        operations.clone(),
    );
    let user_data = UserData::new(store, queue, rejudges, throttle, None, operations.clone());
    assert!(!holding(bench.directory.path(), b"mallory").is_empty());
    let asked = user_data.erase(&Sees::Everything, "mallory").now_or_never();
    assert!(asked.is_none(), "it is dropped before its end");
    eventually(async || holding(bench.directory.path(), b"mallory").is_empty().then_some(())).await;
    eventually(async || (operations.forgotten.load(Ordering::SeqCst) == 1).then_some(())).await;
}

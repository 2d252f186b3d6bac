//! What is removed of a user is gone from wherever a cluster has had it.

use std::time::{Duration, Instant};

use e2e::Request;
use e2e::cluster::Cluster;
use e2e::docker::Host;
use e2e::environment::patience;
use e2e::nats::Liar;
use reqwest::{Method, StatusCode};
use serde_json::json;

const USER: &str = "mallory";
/// Stands in what the user has sent, and in what his program has written.
const MARK: &str = "mallory-was-here";

/// The broker has none of it once that is answered, and the nodes soon after, whatever else they do or do not.
pub(super) async fn what_is_removed_of_a_user_is_nowhere_any_more(cluster: &Cluster) {
    let client = cluster.client();
    let input = format!("{MARK} ").repeat(40_000);
    let copies = "import sys\nsys.stdout.write(sys.stdin.read())";
    let request = Request::new("python3", copies).user(USER).test(input.as_bytes(), Some(input.as_bytes()));
    let answer = client.judge(&request.ample_limits("output_bytes=4000000 cpu_ms=5000 wall_ms=20000")).await;
    assert_eq!(answer.verdict(), "Accepted", "{answer:?}");
    let mut liar = cluster.liar().await;
    let subjects = format!("gavel.in.{}.*", blake3::hash(input.as_bytes()));
    assert!(kept(&mut liar, "GAVEL_INPUTS", &subjects).await > 0, "the input went another way");
    assert_ne!(holding(cluster).await, "", "a node keeps what it may need again");
    let removed = client.call(Method::DELETE, &format!("/api/v1/users/{USER}/data"), None).await;
    assert_eq!(
        (removed.status, &removed.json["submissions"]),
        (StatusCode::OK, &json!(1)),
        "{}",
        removed.text
    );
    assert_eq!(kept(&mut liar, "GAVEL_INPUTS", &subjects).await, 0);
    assert_eq!(kept(&mut liar, "GAVEL_OUTPUTS", "gavel.out.>").await, 0);
    let deadline = Instant::now() + patience(Duration::from_secs(15));
    loop {
        let holding = holding(cluster).await;
        if holding.is_empty() {
            return;
        }
        assert!(Instant::now() < deadline, "it is still there: {holding}");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// Messages that a stream has of these subjects.
async fn kept(liar: &mut Liar, stream: &str, subjects: &str) -> usize {
    let question = json!({"subjects_filter": subjects}).to_string();
    let told = liar.asked(&format!("$JS.API.STREAM.INFO.{stream}"), &question).await;
    assert!(told["state"]["messages"].is_u64(), "{told}");
    told["state"]["subjects"].as_object().map_or(0, serde_json::Map::len)
}

/// Files of the nodes in which the mark is.
async fn holding(cluster: &Cluster) -> String {
    let host = Host::connect().await;
    let mut all = String::new();
    for node in &cluster.nodes {
        all.push_str(&host.exec(&node.server, "10001", &["grep", "-rls", MARK, "/workspace"]).await);
    }
    all
}

//! What is seen of a cluster: by whoever follows a submission, by operators, and of a node itself.

use std::time::Duration;

use e2e::cluster::Cluster;
use e2e::docker::Host;
use e2e::instance::Instance;
use e2e::programs::{SLEEP, unique};
use e2e::{Client, Request};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{all_accepted, node, sleeper, wait_for_state};

/// Whoever follows a submission is told the same as where one machine judges.
pub(super) async fn a_submission_on_nodes_is_followed_as_one_on_a_machine_alone(cluster: &Cluster) {
    let alone = followed(&Client::connect().await).await;
    assert_eq!(alone, ["compiling", "running", "judgement"]);
    assert_eq!(followed(&cluster.client()).await, alone);
}

/// What was told of one, each state once, after that it waited; of each test its verdict once, and all of it in the end.
async fn followed(client: &Client) -> Vec<String> {
    let tests = 3;
    let request =
        (0..tests).fold(Request::new("c17", &unique(SLEEP)), |request, _| request.test(b"300", None));
    let id = client.submit(&request).await.id;
    let events = client.followed(&id).await;
    let states = events.iter().map(|(name, told)| match told["state"].as_str() {
        Some(state) if name == "state" => state.to_owned(),
        _ => name.clone(),
    });
    let mut states: Vec<String> = states.filter(|state| state != "queued").collect();
    states.dedup();
    let (last, told) = events.last().expect("something is told");
    assert_eq!((&**last, &told["verdict"], &told["id"]), ("judgement", &json!("Accepted"), &json!(id)));
    let of_tests =
        events.iter().filter(|(name, _)| name == "state").flat_map(|(_, told)| told["tests"].as_array());
    let mut of_tests: Vec<_> =
        of_tests.flatten().map(|test| (test["index"].as_u64(), &test["verdict"])).collect();
    of_tests.sort_unstable_by_key(|(index, _)| *index);
    let accepted = json!("Accepted");
    // The last may be in the judgement alone.
    let expected: Vec<_> = (0..tests).map(|index| (Some(index), &accepted)).collect();
    assert_eq!(of_tests, expected[..of_tests.len()], "{events:?}");
    assert!(of_tests.len() + 1 >= expected.len(), "{events:?}");
    states
}

/// Not later than it is written, but for moments; and of a hidden test nothing.
pub(super) async fn what_a_program_writes_on_a_node_is_told_while_it_runs(cluster: &Cluster) {
    const WRITES: &str = "#include <stdio.h>\n#include <unistd.h>\n\
                          int main(void) { puts(\"What is your name?\"); fflush(stdout); sleep(6); puts(\"Bye\"); }";
    let client = cluster.client();
    for (is_hidden, told) in [(false, &[json!("What is your name?\n")][..]), (true, &[][..])] {
        let tests = json!([{"stdin": "", "hidden": is_hidden}]);
        let request = Request::new("c17", &unique(WRITES)).with("tests", tests);
        let id = client.submit(&request.ample_limits("wall_ms=60000")).await.id;
        let events = client.followed_by(&id, "?output=true").await;
        let written: Vec<_> = events.iter().filter(|(name, _)| name == "output").collect();
        let before_the_end = written.iter().map(|(_, told)| told["text"].clone());
        let before_the_end: Vec<_> = before_the_end.filter(|text| *text != json!("Bye\n")).collect();
        assert_eq!(before_the_end, told, "{events:?}");
        assert!(
            written.iter().all(|(_, told)| told["test"] == 0 && told["stream"] == "stdout"),
            "{events:?}"
        );
    }
}

/// On the command line as documented, in the server's container.
pub(super) async fn operators_see_nodes_on_the_command_line(cluster: &Cluster) {
    let gavel = async |arguments: &[&str]| {
        let command: Vec<&str> = ["gavel", "nodes"].iter().chain(arguments).copied().collect();
        Host::connect().await.exec(&cluster.coordinator.server, "10001", &command).await
    };
    let listed = async || {
        let text = gavel(&["list"]).await;
        let lines: Vec<Vec<String>> =
            text.lines().map(|line| line.split_whitespace().map(str::to_owned).collect()).collect();
        lines
    };
    let state = |lines: &[Vec<String>], name: &str| {
        lines.iter().find(|line| line[0] == name).map(|line| line[1].clone()).unwrap_or_default()
    };
    let lines = listed().await;
    assert_eq!(lines[0], ["NAME", "STATE", "VERSION", "SPEED", "TESTS", "WEIGHT", "BUSY", "DONE", "FAULTS"]);
    assert_eq!([state(&lines, "node-a"), state(&lines, "node-b")], ["ready", "ready"], "{lines:?}");
    let told = gavel(&["drain", "node-a"]).await;
    assert_eq!(told.trim(), "node-a begins nothing more");
    wait_for_state(cluster, "node-a", "draining").await;
    assert_eq!(state(&listed().await, "node-a"), "draining");
    a_node_tells_how_it_is_and_serves_nothing_else(&cluster.nodes).await;
    let told = gavel(&["undrain", "node-a"]).await;
    assert_eq!(told.trim(), "node-a takes tasks again");
    wait_for_state(cluster, "node-a", "ready").await;
    let told = gavel(&["drain", "nobody"]).await;
    assert!(told.contains("there is no node `nobody`"), "{told}");
}

/// The first drains.
async fn a_node_tells_how_it_is_and_serves_nothing_else(nodes: &[Instance]) {
    let [draining, ready] = nodes else { panic!("two nodes") };
    let (draining, ready) = (draining.client(), ready.client());
    let told = draining.call(Method::GET, "/readyz", None).await;
    assert_eq!(told.status, StatusCode::SERVICE_UNAVAILABLE, "{}", told.text);
    assert_eq!(told.json, json!({"ready": false, "reasons": ["the node is draining"]}));
    let told = ready.call(Method::GET, "/readyz", None).await;
    assert_eq!((told.status, &told.json), (StatusCode::OK, &json!({"ready": true, "reasons": []})));
    for node in [draining, ready] {
        assert_eq!(node.call(Method::GET, "/healthz", None).await.status, StatusCode::OK);
        assert!(node.metric("gavel_node_busy ").await.is_some());
        assert!(node.metric("gavel_sandboxes{profile=\"run\",state=\"slots\"}").await.is_some());
        for path in ["/api/v1/submissions", "/api/v1/nodes", "/"] {
            let told = node.call(Method::GET, path, None).await;
            assert_eq!(told.status, StatusCode::NOT_FOUND, "{path}: {}", told.text);
        }
    }
}

/// It is shown, and there is nothing for it to do: neither tasks nor known programs.
pub(super) async fn a_node_of_another_protocol_is_seen_and_has_no_tasks(cluster: &Cluster) {
    let client = cluster.client();
    for node in ["node-a", "node-b"] {
        client.call(Method::POST, &format!("/api/v1/nodes/{node}/drain"), None).await;
        wait_for_state(cluster, node, "draining").await;
    }
    let mut liar = cluster.liar().await;
    for subject in ["gavel.tasks.>", "gavel.node.node-f.ctl"] {
        liar.listen(subject).await;
    }
    let beat = json!({
        "protocol": 2, "version": "9.0.0", "incarnation": uuid::Uuid::nil(), "credits": 8, "compilations": 1, "speed": 1000,
        "busy": 0, "draining": false, "profiles": [{"profile": "run", "image": "sha256:none"}], "languages": {},
    });
    liar.say("gavel.beat.node-f", "nowhere", &beat.to_string()).await;
    wait_for_state(cluster, "node-f", "ready").await;
    assert_eq!(node(cluster, "node-f").await["version"], "9.0.0");
    let id = client.submit(&sleeper(10)).await.id;
    let is_work =
        |subject: &str, told: &Value| subject.starts_with("gavel.tasks.") || told.get("try").is_some();
    for _ in 0..3 {
        liar.say("gavel.beat.node-f", "nowhere", &beat.to_string()).await;
        let given = liar.heard_within(Duration::from_secs(1), is_work).await;
        assert!(given.is_none(), "{given:?}");
    }
    for node in ["node-a", "node-b"] {
        client.call(Method::POST, &format!("/api/v1/nodes/{node}/undrain"), None).await;
        wait_for_state(cluster, node, "ready").await;
    }
    all_accepted(cluster, &[id]).await;
}

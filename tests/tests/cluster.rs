//! Several machines judge as one: what one does alone, and what becomes of it when parts of it die.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use e2e::alone::alone;
use e2e::broker::Broker;
use e2e::client::ClientError;
use e2e::cluster::{Cluster, Guarded};
use e2e::docker::Host;
use e2e::endless::Endless;
use e2e::environment::{at_most_ms, patience};
use e2e::images::Tag;
use e2e::instance::Instance;
use e2e::leftovers::nodes_come_to_rest;
use e2e::nats::{Liar, Who};
use e2e::programs::{BURN, LOOP, SLEEP, SUM, unique};
use e2e::{Client, Request};
use reqwest::{Method, StatusCode};
use serde_json::Value;

#[path = "cluster/guarded.rs"]
mod guarded;
#[path = "cluster/removal.rs"]
mod removal;
#[path = "cluster/seen.rs"]
mod seen;

use guarded::{
    a_key_opens_what_is_its_own_and_nothing_else, a_node_with_the_key_of_another_is_nobody,
    whom_the_broker_does_not_know_it_does_not_let_in,
};
use removal::what_is_removed_of_a_user_is_nowhere_any_more;
use seen::{
    a_node_of_another_protocol_is_seen_and_has_no_tasks,
    a_submission_on_nodes_is_followed_as_one_on_a_machine_alone, operators_see_nodes_on_the_command_line,
    what_a_program_writes_on_a_node_is_told_while_it_runs,
};

/// Starting one takes longer than all that is done to it.
#[tokio::test]
async fn several_machines_judge_as_one() {
    let _alone = alone().await;
    // All but Java.
    let some = Tag::give("e2e-without-java", &["run", "gcc", "python"]).await;
    let nodes = [("node-a", "1", None), ("node-b", "0.25", Some(some.name()))];
    let cluster = Cluster::of_speeds("cluster", &nodes).await;
    a_submission_is_judged_on_a_node(&cluster).await;
    a_submission_on_nodes_is_followed_as_one_on_a_machine_alone(&cluster).await;
    what_a_program_writes_on_a_node_is_told_while_it_runs(&cluster).await;
    tests_are_spread_over_nodes(&cluster).await;
    what_a_node_has_no_image_for_another_does(&cluster).await;
    what_is_long_comes_whole(&cluster).await;
    what_is_removed_of_a_user_is_nowhere_any_more(&cluster).await;
    what_no_honest_node_says_is_refused_and_told(&cluster).await;
    a_node_on_which_a_known_program_comes_to_something_else_is_drained(&cluster).await;
    a_node_of_another_protocol_is_seen_and_has_no_tasks(&cluster).await;
    a_running_test_is_cancelled_within_500_ms(&cluster).await;
    operators_see_nodes_on_the_command_line(&cluster).await;
    a_node_that_is_drained_begins_nothing_more(&cluster).await;
    limits_are_longer_on_a_slow_node_and_the_test_tells(&cluster).await;
    what_is_late_by_little_on_a_slow_node_is_run_again_on_a_faster_one(&cluster).await;
    a_node_keeps_its_task_until_it_is_killed_and_another_has_it_in_seconds(&cluster).await;
    a_node_that_is_killed_loses_nothing(&cluster).await;
    a_node_that_is_frozen_and_wakes_changes_nothing(&cluster).await;
    a_node_that_is_cut_off_loses_nothing(&cluster).await;
    what_a_node_says_of_its_own_task_is_no_more_than_was_asked_for(&cluster).await;
    what_a_node_was_told_and_has_not_heard_is_said_again(&cluster).await;
    a_broker_that_is_killed_loses_nothing(&cluster).await;
    a_server_that_is_killed_loses_nothing(&cluster).await;
    nodes_come_to_rest(&Host::connect().await, &cluster.nodes, Duration::from_secs(60)).await;
    cluster.remove().await;
    some.remove().await;
}

/// Its nodes are instances, which go as those of other tests.
#[tokio::test]
async fn a_test_that_fails_leaves_no_broker() {
    const NAME: &str = "gavel-e2e-left-broker";
    let host = Host::connect().await;
    let failed = tokio::spawn(async {
        let broker = Broker::start(NAME, &[("GAVEL_CLUSTER__TOKEN", "none")]).await;
        assert!(!Host::connect().await.is_running(&broker.name).await, "as a test that fails");
    });
    assert!(failed.await.is_err_and(|error| error.is_panic()));
    assert!(host.inspect(NAME).await.is_none(), "it goes on");
}

/// As `openssl rand -hex 32` makes one of fourteen, and as people do.
#[tokio::test]
async fn a_token_is_a_text_whatever_is_in_it_and_there_must_be_one() {
    const NAME: &str = "gavel-e2e-token-broker";
    let host = Host::connect().await;
    for token in ["7e9ac3a1", r#"a"b\c $d"#] {
        let broker = Broker::start(NAME, &[("GAVEL_CLUSTER__TOKEN", token)]).await;
        broker.wait_until_open(token).await;
        for who in [Who::Nobody, Who::Token("another"), Who::Token("")] {
            let told = broker.reached_by(who).await.err().unwrap_or_default();
            assert!(told.contains("Authorization Violation"), "{who:?}: {told}");
        }
        broker.remove().await;
    }
    let broker = Broker::start(NAME, &[("GAVEL_CLUSTER__TOKEN", "")]).await;
    let deadline = Instant::now() + patience(Duration::from_secs(30));
    while host.is_running(&broker.name).await {
        assert!(Instant::now() < deadline, "it lets everybody in");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let said = host.logs(&broker.name, "9").await;
    assert!(said.contains("GAVEL_CLUSTER__TOKEN is not set"), "{said}");
    broker.remove().await;
}

/// Of the servers one has nodes pull, the other deals tasks out by weight. Of the nodes one is slow and has little room on its disk.
/// What starting them takes is shared by what needs such, too.
#[tokio::test]
async fn two_servers_share_unequal_nodes() {
    let _alone = alone().await;
    let nodes = [("node-a", "3", None), ("node-b", "1", Some("48m"))];
    let cluster = Cluster::of_weights("two", &nodes).await;
    let other = cluster.another_coordinator("other", &[("GAVEL_CLUSTER__DISPATCH", "wrr")]).await;
    let clients = [cluster.client(), other.client()];
    each_has_the_results_of_its_own(&cluster, &clients).await;
    strikes_at_one_count_at_both(&clients, &other).await;
    nodes_are_dealt_tasks_by_weight_where_that_is_wanted(&cluster, &other.client()).await;
    other.remove().await;
    a_node_whose_disk_is_full_loses_nothing(&cluster).await;
    what_a_slow_node_is_at_a_quick_one_that_has_nothing_to_do_is_given_too(&cluster).await;
    cluster.remove().await;
}

/// It has no room for what the tests need: another does them, and it says why it does nothing.
async fn a_node_whose_disk_is_full_loses_nothing(cluster: &Cluster) {
    let client = cluster.client();
    client.call(Method::POST, "/api/v1/nodes/node-a/drain", None).await;
    wait_for_state(cluster, "node-a", "draining").await;
    let input = vec![b'7'; 60 << 20];
    let source = "import sys\nprint(sum(len(block) for block in iter(lambda: sys.stdin.read(1 << 20), '')))";
    let expected = input.len().to_string();
    let request = Request::new("python3", source).test(&input, Some(expected.as_bytes()));
    let id = client.submit(&request.ample_limits("cpu_ms=20000 wall_ms=60000")).await.id;
    let deadline = Instant::now() + patience(Duration::from_secs(60));
    while node(cluster, "node-b").await["failures"].as_u64().unwrap_or(0) == 0 {
        assert!(Instant::now() < deadline, "it was not tried: {}", node(cluster, "node-b").await);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    client.call(Method::POST, "/api/v1/nodes/node-a/undrain", None).await;
    let answer = client.wait(&id).await;
    assert_eq!(answer.verdict(), "Accepted", "{answer:?}");
}

/// Where the first dies then, the second has it done.
async fn what_a_slow_node_is_at_a_quick_one_that_has_nothing_to_do_is_given_too(cluster: &Cluster) {
    let client = cluster.client();
    all_accepted(cluster, &submitted(cluster, &[sleeper(10)]).await).await;
    client.call(Method::POST, "/api/v1/nodes/node-a/drain", None).await;
    wait_for_state(cluster, "node-a", "draining").await;
    let mut liar = cluster.liar().await;
    for subject in ["gavel.tasks.run", "gavel.node.node-a.ctl"] {
        liar.listen(subject).await;
    }
    let id = client.submit(&sleeper(10_000)).await.id;
    let tasks = tasks_of(&mut liar, std::slice::from_ref(&id)).await;
    let deadline = Instant::now() + patience(Duration::from_secs(60));
    while !at_hand(cluster, &["node-b"]).await.contains(&tasks[0]) {
        assert!(Instant::now() < deadline, "it is at nothing: {}", node(cluster, "node-b").await);
    }
    client.call(Method::POST, "/api/v1/nodes/node-a/undrain", None).await;
    let is_its = |told: &Value| told["try"]["task"].as_str().is_some_and(|task| task.contains(id.as_str()));
    liar.heard_with(is_its).await;
    Host::connect().await.kill(&cluster.nodes[1].server, "SIGKILL").await;
    let answer = client.wait(&id).await;
    assert_eq!(answer.verdict(), "Accepted", "{answer:?}");
    assert_eq!(answer.tests[0].streams["node"], "node-a", "{answer:?}");
}

/// In turns, by the weights that they were given by hand.
async fn nodes_are_dealt_tasks_by_weight_where_that_is_wanted(cluster: &Cluster, client: &Client) {
    let weight = node(cluster, "node-a").await["weight"].clone();
    assert_eq!(weight, 3.0);
    let lone = Request::new("c17", &unique(SUM)).test(b"1 2", Some(b"3"));
    assert_eq!(client.judge(&lone).await.verdict(), "Accepted");
    // Each is a task: it takes as long as a task is.
    let sleeps = (0..16).fold(Request::new("c17", SLEEP), |request, _| request.test(b"150", None));
    let sleeps = sleeps.ample_limits("cpu_ms=1000 wall_ms=60000");
    assert_eq!(client.judge(&sleeps).await.verdict(), "Accepted");
    let answer = client.judge(&sleeps).await;
    assert_eq!(answer.verdict(), "Accepted", "{answer:?}");
    let ran: Vec<Value> = answer.tests.iter().map(|test| test.streams["node"].clone()).collect();
    assert_eq!(ran.iter().filter(|node| **node == "node-a").count(), 12, "{ran:?}");
    // What a node has of them when it goes, and what it would have had next.
    let host = Host::connect().await;
    let mut ids = Vec::new();
    for _ in 0..8 {
        ids.push(client.submit(&sleeper(700)).await.id);
    }
    tokio::time::sleep(Duration::from_millis(1000)).await;
    host.kill(&cluster.nodes[0].server, "SIGKILL").await;
    for id in ids {
        assert_eq!(client.wait(&id).await.verdict(), "Accepted");
    }
    host.start(&cluster.nodes[0].server).await;
    cluster.nodes[0].wait_until_ready().await;
    wait_for_state(cluster, "node-a", "ready").await;
}

/// With keys and certificates; the broker says no to whoever uses another's name.
#[tokio::test]
async fn machines_with_keys_do_what_is_theirs_and_nothing_else() {
    let _alone = alone().await;
    let cluster = Guarded::start().await;
    let client = cluster.coordinator.client();
    // The broker has not the room for what streams usually reserve.
    let degraded = client.call(Method::GET, "/readyz", None).await.json["degraded"].to_string();
    assert!(degraded.contains("256 MiB of contents, not for the 8 GiB of cluster.objects"), "{degraded}");
    a_server_judges_beside_its_node_unless_told_not_to(&client).await;
    let answer = client.judge(&Request::new("c17", &unique(SUM)).test(b"1 2", Some(b"3"))).await;
    assert_eq!(answer.verdict(), "Accepted", "{answer:?}");
    // What does not go along with a message.
    let input: Vec<u8> = (0..50_000_u32).flat_map(|number| format!("{number}\n").into_bytes()).collect();
    let copies = Request::new("python3", "import sys\nsys.stdout.write(sys.stdin.read())");
    let copies = copies.test(&input, Some(&input));
    assert_eq!(client.judge(&copies).await.verdict(), "Accepted");
    let told = Host::connect().await.logs(&cluster.broker.name, "200").await;
    assert!(!told.contains("Violation"), "{told}");
    whom_the_broker_does_not_know_it_does_not_let_in(&cluster).await;
    a_key_opens_what_is_its_own_and_nothing_else(&cluster).await;
    a_node_with_the_key_of_another_is_nobody(&cluster, &client).await;
    cluster.remove().await;
}

/// Both are at what there is to do; then its own machine begins nothing more.
async fn a_server_judges_beside_its_node_unless_told_not_to(client: &Client) {
    let sleeps = (0..24).fold(Request::new("c17", SLEEP), |request, _| request.test(b"250", None));
    let answer = client.judge(&sleeps.ample_limits("cpu_ms=1000 wall_ms=60000")).await;
    assert_eq!(answer.verdict(), "Accepted", "{answer:?}");
    let ran: BTreeSet<&str> = answer.tests.iter().filter_map(|test| test.streams["node"].as_str()).collect();
    assert_eq!(ran, BTreeSet::from(["coordinator", "node-a"]));
    let drained = client.call(Method::POST, "/api/v1/nodes/coordinator/drain", None).await;
    assert_eq!(drained.status, StatusCode::NO_CONTENT);
    let deadline = Instant::now() + patience(Duration::from_secs(20));
    while node_of(client, "coordinator").await["state"] != "draining" {
        assert!(Instant::now() < deadline, "{}", node_of(client, "coordinator").await);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// What they ask for is the same but for what comes of it, so that another's result would be seen.
async fn each_has_the_results_of_its_own(cluster: &Cluster, clients: &[Client; 2]) {
    let mut liar = cluster.liar().await;
    liar.listen("gavel.results.other.>").await;
    let mut ids = Vec::new();
    for round in 0..4 {
        for (number, client) in clients.iter().enumerate() {
            let expected = if number == 0 { "3" } else { "4" };
            let request = (0..5)
                .fold(Request::new("c17", SUM), |request, _| request.test(b"1 2", Some(expected.as_bytes())));
            ids.push((number, client.submit(&request.user(&format!("user-{round}"))).await.id));
        }
    }
    for (number, id) in &ids {
        let verdict = if *number == 0 { "Accepted" } else { "WrongAnswer" };
        assert_eq!(clients[*number].wait(id).await.verdict(), verdict);
        let path = format!("/api/v1/submissions/{id}");
        assert_eq!(clients[1 - number].call(Method::GET, &path, None).await.status, StatusCode::NOT_FOUND);
    }
    let counted = async |client: &Client, result: &str| {
        client
            .metric(&format!("gavel_cluster_results_total{{result=\"{result}\"}}"))
            .await
            .unwrap_or_default()
    };
    for client in clients {
        // What a slow node has at last may be given to the other, too, and is late then.
        assert_eq!(counted(client, "refused").await, 0.0);
        assert!(counted(client, "first").await >= 20.0);
    }
    // A result of the one that goes to the other is none that it has asked for.
    let late = counted(&clients[0], "late").await;
    let of_other = liar.heard_with(|told| told["done"].is_array()).await;
    liar.say("gavel.results.coordinator.node-a", "nowhere", &of_other.to_string()).await;
    let deadline = Instant::now() + patience(Duration::from_secs(30));
    while counted(&clients[0], "late").await == late {
        assert!(Instant::now() < deadline, "it is not told of");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Three at one and two at the other are five, which is what is allowed at most; a server that is started anew knows it, and an
/// operator of either ends it at both.
async fn strikes_at_one_count_at_both(clients: &[Client; 2], other: &Instance) {
    const USER: &str = "endless";
    let endless = Request::new("c17", LOOP).user(USER).test(b"", None).limits("cpu_ms=100 wall_ms=60000");
    for (client, times) in clients.iter().zip([3, 2]) {
        for _ in 0..times {
            assert_eq!(client.judge(&endless).await.verdict(), "TimeLimitExceeded");
        }
        // The next is counted where all before it are known.
        if times == 3 {
            standing(&clients[1], USER, |throttle| throttle["strikes"] == 3).await;
        }
    }
    for client in clients {
        standing(client, USER, |throttle| throttle["throttled"] == true).await;
        let Err(ClientError::Refused(refused)) = client.try_submit(&endless).await else {
            panic!("the sixth was taken");
        };
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{}", refused.json);
    }
    let host = Host::connect().await;
    host.kill(&other.server, "SIGKILL").await;
    host.start(&other.server).await;
    other.wait_until_ready().await;
    standing(&clients[1], USER, |throttle| throttle["cool_downs"] == 1 && throttle["strikes"] == 0).await;
    let path = format!("/api/v1/users/{USER}/throttle");
    assert_eq!(clients[1].call(Method::DELETE, &path, None).await.status, StatusCode::NO_CONTENT);
    standing(&clients[0], USER, |throttle| throttle["throttled"] == false).await;
}

/// Waits until a user's strikes are such.
async fn standing(client: &Client, user: &str, is_such: impl Fn(&Value) -> bool) {
    let deadline = Instant::now() + patience(Duration::from_secs(30));
    loop {
        let throttle = client.call(Method::GET, &format!("/api/v1/users/{user}/throttle"), None).await.json;
        if is_such(&throttle) {
            return;
        }
        assert!(Instant::now() < deadline, "{throttle}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn a_submission_is_judged_on_a_node(cluster: &Cluster) {
    let client = cluster.client();
    let answer = client.judge(&Request::new("c17", SUM).test(b"1 2", Some(b"3"))).await;
    assert_eq!(answer.verdict(), "Accepted", "{answer:?}");
    let wrong = client.judge(&Request::new("c17", SUM).test(b"1 2", Some(b"4"))).await;
    assert_eq!(wrong.verdict(), "WrongAnswer", "{wrong:?}");
    let broken = client.judge(&Request::new("c17", "int main() { return").test(b"", None)).await;
    assert_eq!(broken.verdict(), "CompileError", "{broken:?}");
    let python = client
        .judge(&Request::new("python3", "print(sum(map(int, input().split())))").test(b"1 2", Some(b"3")))
        .await;
    assert_eq!(python.verdict(), "Accepted", "{python:?}");
    // Its own machine has not run anything.
    let own = Host::connect().await.run_containers(&cluster.coordinator.name).await;
    assert!(own.iter().all(|container| container.profile == "run"), "{own:?}");
}

async fn tests_are_spread_over_nodes(cluster: &Cluster) {
    // Each takes so long that one node cannot be through with all before the other has asked.
    let slow =
        unique(SUM).replace("int main(void) {", "#include <unistd.h>\nint main(void) { usleep(50000);");
    let mut request = Request::new("c17", &slow);
    for number in 0..60 {
        request = request.test(format!("{number} 1").as_bytes(), Some((number + 1).to_string().as_bytes()));
    }
    let before = [done(cluster, "node-a").await, done(cluster, "node-b").await];
    let answer = cluster.client().judge(&request).await;
    assert_eq!((answer.verdict(), answer.tests.len()), ("Accepted", 60), "{answer:?}");
    // Nodes tell now and then what they have done.
    let mut after = before;
    for _ in 0..50 {
        after = [done(cluster, "node-a").await, done(cluster, "node-b").await];
        if after[0] > before[0] && after[1] > before[1] {
            return;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("one did all: {before:?}, {after:?}");
}

/// It compiles and runs all of it, however little the one without the image has to do.
async fn what_a_node_has_no_image_for_another_does(cluster: &Cluster) {
    let has = async |name: &str| {
        let images = node(cluster, name).await["images"].clone();
        ["toolchain:java", "run:java", "run"].map(|profile| images.get(profile).is_some())
    };
    let deadline = Instant::now() + patience(Duration::from_secs(30));
    // They are looked up after the start.
    while [has("node-a").await, has("node-b").await] != [[true; 3], [false, false, true]] {
        let both = [node(cluster, "node-a").await, node(cluster, "node-b").await];
        assert!(Instant::now() < deadline, "not these have Java: {both:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let java = r#"public class Main {
    public static void main(String[] arguments) {
        var numbers = new java.util.Scanner(System.in);
        System.out.println(numbers.nextInt() + numbers.nextInt());
    }
}
"#;
    let request =
        (0..5).fold(Request::new("java21", &unique(java)), |request, _| request.test(b"1 2", Some(b"3")));
    let answer = cluster.client().judge(&request.ample_limits("cpu_ms=5000 wall_ms=20000")).await;
    assert_eq!((answer.verdict(), answer.tests.len()), ("Accepted", 5), "{answer:?}");
    assert!(answer.tests.iter().all(|test| test.streams["node"] == "node-a"), "{answer:?}");
}

/// Parts that a node has done.
async fn done(cluster: &Cluster, name: &str) -> u64 {
    node(cluster, name).await["done"].as_u64().unwrap_or(0)
}

/// Somebody has the token, and tells of another's tasks: what is of no grant counts nothing, and no answer goes where it would do
/// what only the coordinator may. Nor is what the broker was made to send in the coordinator's place an order: the next step finds both
/// nodes ready.
async fn what_no_honest_node_says_is_refused_and_told(cluster: &Cluster) {
    let mut liar = cluster.liar().await;
    let mut order = br#""drain""#.to_vec();
    order.resize(9000, b' ');
    cluster.client().judge(&Request::new("c17", SUM).test(&order, None)).await;
    let content = format!("$JS.API.DIRECT.GET.GAVEL_INPUTS.gavel.in.{}.0", blake3::hash(&order));
    liar.say(&content, "gavel.node.node-b.ctl", "").await;
    liar.listen("gavel.begin.>").await;
    let id = cluster.client().submit(&sleeper(1500)).await.id;
    let asked = liar.heard().await;
    let mut forged =
        serde_json::json!({"protocol": 1, "grant": 1, "done": [{"part": 0, "outcome": {"version": null}}]});
    for key in ["incarnation", "task", "asked"] {
        forged[key] = asked[key].clone();
    }
    liar.say("gavel.results.coordinator.node-b", "nowhere", &forged.to_string()).await;
    liar.say("gavel.results.coordinator.node-b", "nowhere", "rubbish").await;
    liar.say("gavel.begin.coordinator.node-b", "gavel.tasks.run", &asked.to_string()).await;
    all_accepted(cluster, &[id]).await;
    let told = ["was not given", "makes no sense", "another is to be told"];
    let deadline = Instant::now() + patience(Duration::from_secs(10));
    loop {
        let faults = node(cluster, "node-b").await["faults"].to_string();
        if told.iter().all(|what| faults.contains(what)) {
            return;
        }
        assert!(Instant::now() < deadline, "not all of {told:?} is told: {faults}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// It says of a program that others run well, twice, that it is another's.
async fn a_node_on_which_a_known_program_comes_to_something_else_is_drained(cluster: &Cluster) {
    let mut liar = cluster.liar().await;
    for subject in ["gavel.node.node-c.ctl", "_INBOX.node-c.answers", "gavel.beat.node-a"] {
        liar.listen(subject).await;
    }
    // It says that it knows what they are written in.
    let languages = liar.heard_with(|told| told["languages"].is_object()).await["languages"].take();
    let mut beat = serde_json::json!({
        "protocol": 1, "version": "0", "incarnation": uuid::Uuid::nil(), "credits": 1, "compilations": 1, "speed": 1000,
        "busy": 0, "draining": false, "profiles": [{"profile": "run", "image": "sha256:none"}], "languages": languages,
    });
    let deadline = Instant::now() + patience(Duration::from_secs(30));
    let mut asked = Value::Null;
    while node(cluster, "node-c").await["state"] != "draining" {
        assert!(Instant::now() < deadline, "it is trusted: {}", node(cluster, "node-c").await);
        liar.say("gavel.beat.node-c", "nowhere", &beat.to_string()).await;
        let told = liar.heard().await;
        if let Some(epoch) = told["forget"].get("epoch") {
            // Else it is told so after each sign of life.
            beat["forgot"] = serde_json::json!({"coordinator": epoch});
        } else if let Some(text) = told["try"]["task"].as_str() {
            let task: Value = serde_json::from_str(text).expect("a task");
            asked = serde_json::json!({
                "incarnation": task["incarnation"], "task": task["id"], "process": uuid::Uuid::nil(),
                "asked": blake3::hash(text.as_bytes()).to_string(),
            });
            liar.say("gavel.begin.coordinator.node-c", "_INBOX.node-c.answers", &asked.to_string()).await;
        } else if let Some(grant) = told["go"].get("grant") {
            let mut answer = asked.clone();
            answer["protocol"] = 1.into();
            answer["grant"] = grant.clone();
            let done = |part: &Value| serde_json::json!({"part": part, "outcome": {"version": null}});
            answer["done"] = told["go"]["parts"].as_array().into_iter().flatten().map(done).collect();
            liar.say("gavel.results.coordinator.node-c", "nowhere", &answer.to_string()).await;
            // What it is worth is told in a moment.
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }
    let faults = node(cluster, "node-c").await["faults"].to_string();
    assert!(faults.contains("known program"), "{faults}");
    let findings = cluster.client().call(Method::GET, "/api/v1/admin/findings", None).await.json;
    let found = findings["findings"].as_array().into_iter().flatten().filter_map(|one| one["found"].as_str());
    let mut of_liar = found.filter(|found| found.starts_with("node-c: "));
    assert!(of_liar.any(|found| found.contains("known program")), "{findings}");
    for honest in ["node-a", "node-b"] {
        assert_eq!(node(cluster, honest).await["state"], "ready");
    }
}

/// More than goes along with a message, and more than is in memory.
async fn what_is_long_comes_whole(cluster: &Cluster) {
    let input: Vec<u8> = (0..200_000_u32).flat_map(|number| format!("{number}\n").into_bytes()).collect();
    let copies = "import sys\nsys.stdout.write(sys.stdin.read())";
    let request = Request::new("python3", copies).test(&input, Some(&input));
    let request = request.limits("output_bytes=4000000 cpu_ms=5000 wall_ms=20000");
    let answer = cluster.client().judge(&request).await;
    assert_eq!(answer.verdict(), "Accepted", "{answer:?}");
    let mut other = input.clone();
    *other.last_mut().expect("a last byte") = b'!';
    let request = Request::new("python3", copies).test(&input, Some(&other));
    let request = request.limits("output_bytes=4000000 cpu_ms=5000 wall_ms=20000");
    assert_eq!(cluster.client().judge(&request).await.verdict(), "WrongAnswer");
}

/// It is on the nodes that it is looked whether they are at it, and whether the programs are gone: the server could forget them by itself.
/// What takes their places at once, as samples of languages that wait for them, is another matter.
async fn a_running_test_is_cancelled_within_500_ms(cluster: &Cluster) {
    let client = cluster.client();
    let mut liar = cluster.liar().await;
    liar.listen("gavel.tasks.run").await;
    let ids = submitted(cluster, &[sleeper(30_000), sleeper(30_000)]).await;
    let (tasks, both) = (tasks_of(&mut liar, &ids).await, ["node-a", "node-b"]);
    let deadline = Instant::now() + patience(Duration::from_secs(20));
    let mut at = at_hand(cluster, &both).await;
    while !tasks.iter().all(|task| at.contains(task)) {
        assert!(Instant::now() < deadline, "nodes are at {at:?}, and not at {tasks:?}");
        at = at_hand(cluster, &both).await;
    }
    // Each runs one program at a time.
    let mut running = programs(cluster).await;
    while running.len() != 2 {
        assert!(Instant::now() < deadline, "not both programs run");
        tokio::time::sleep(Duration::from_millis(50)).await;
        running = programs(cluster).await;
    }
    let started = Instant::now();
    let promised = started + patience(Duration::from_millis(500));
    for id in &ids {
        assert_eq!(client.cancel(id).await.status, StatusCode::OK);
    }
    while !running.is_disjoint(&programs(cluster).await) {
        within_ms("the end of what was cancelled", started, 500.0);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    for id in &ids {
        assert_eq!(client.wait(id).await.state, "cancelled");
    }
    within_ms("cancelling", started, 500.0);
    tokio::time::sleep(promised.saturating_duration_since(Instant::now())).await;
    let at = at_hand(cluster, &both).await;
    assert!(!tasks.iter().any(|task| at.contains(task)), "of {tasks:?} nodes are still at {at:?}");
    let next: Vec<_> = (0..2).map(|_| sleeper(100)).collect();
    for answer in judged(cluster, &next).await {
        assert_eq!(answer.verdict(), "Accepted");
    }
}

/// The task of each of these submissions, which have one test, by the name that nodes tell. Whoever listens heard them go out.
async fn tasks_of(liar: &mut Liar, ids: &[String]) -> Vec<Value> {
    let mut tasks = BTreeMap::new();
    while tasks.len() < ids.len() {
        let is_theirs = |told: &Value| ids.iter().any(|id| told["submission"] == id.as_str());
        let task = liar.heard_with(is_theirs).await;
        let name = serde_json::json!({"incarnation": task["incarnation"], "task": task["id"]});
        tasks.insert(task["submission"].to_string(), name);
    }
    tasks.into_values().collect()
}

/// The tasks that nodes are at, by what each says first from now on: it does so every 2 s.
async fn at_hand(cluster: &Cluster, nodes: &[&str]) -> Vec<Value> {
    let mut liar = cluster.liar().await;
    liar.listen("gavel.beat.*").await;
    let mut told = BTreeMap::new();
    while told.len() < nodes.len() {
        let is_one = |subject: &str, _: &Value| {
            subject.strip_prefix("gavel.beat.").is_some_and(|node| nodes.contains(&node))
        };
        let (subject, beat) = liar.heard_of(is_one).await;
        told.entry(subject).or_insert(beat);
    }
    told.values().filter_map(|beat| beat["at"].as_array()).flatten().cloned().collect()
}

/// Programs that run in the nodes' sandboxes, by process: what is ours there has another user.
async fn programs(cluster: &Cluster) -> BTreeSet<u32> {
    let host = Host::connect().await;
    let mut all = BTreeSet::new();
    for node in &cluster.nodes {
        for sandbox in host.run_containers(&node.name).await {
            let processes = host.processes(&sandbox.id).await;
            all.extend(processes.iter().filter(|process| process.uid != 0).map(|process| process.pid));
        }
    }
    all
}

async fn a_node_that_is_drained_begins_nothing_more(cluster: &Cluster) {
    let client = cluster.client();
    assert_eq!(
        client.call(Method::POST, "/api/v1/nodes/nobody/drain", None).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        client.call(Method::POST, "/api/v1/nodes/node-a/drain", None).await.status,
        StatusCode::NO_CONTENT
    );
    wait_for_state(cluster, "node-a", "draining").await;
    let before = node(cluster, "node-a").await["done"].clone();
    for answer in judged(cluster, &vec![sleeper(10); 6]).await {
        assert_eq!(answer.verdict(), "Accepted");
    }
    assert_eq!(node(cluster, "node-a").await["done"], before);
    client.call(Method::POST, "/api/v1/nodes/node-a/undrain", None).await;
    wait_for_state(cluster, "node-a", "ready").await;
}

/// What uses so many milliseconds of CPU, of which it may have a second.
fn burner(ms: u32) -> Request {
    let request = Request::new("c17", BURN).test(ms.to_string().as_bytes(), Some(b"burnt"));
    request.limits("cpu_ms=1000 wall_ms=20000")
}

/// The fast one is drained, and remains so.
async fn limits_are_longer_on_a_slow_node_and_the_test_tells(cluster: &Cluster) {
    cluster.client().call(Method::POST, "/api/v1/nodes/node-a/drain", None).await;
    wait_for_state(cluster, "node-a", "draining").await;
    let answer = cluster.client().judge(&burner(1500)).await;
    assert_eq!(answer.verdict(), "Accepted", "{answer:?}");
    let test = &answer.tests[0].streams;
    assert_eq!((&test["node"], &test["time_scale"]), (&"node-b".into(), &4.0.into()), "{answer:?}");
    assert_eq!(test["limits"]["cpu_ms"], 4000.0);
    assert_eq!(node(cluster, "node-b").await["speed"], 0.25);
}

/// It is on the slow one that it begins.
async fn what_is_late_by_little_on_a_slow_node_is_run_again_on_a_faster_one(cluster: &Cluster) {
    let client = cluster.client();
    let id = client.submit(&burner(4150)).await.id;
    tokio::time::sleep(Duration::from_millis(800)).await;
    client.call(Method::POST, "/api/v1/nodes/node-a/undrain", None).await;
    wait_for_state(cluster, "node-a", "ready").await;
    let answer = client.wait(&id).await;
    assert_eq!(answer.verdict(), "TimeLimitExceeded", "{answer:?}");
    let test = &answer.tests[0].streams;
    assert_eq!((&test["node"], &test["time_scale"]), (&"node-a".into(), &1.0.into()), "{answer:?}");
    assert_eq!(test["first_node"], "node-b", "{answer:?}");
    client.call(Method::POST, "/api/v1/nodes/node-a/drain", None).await;
    wait_for_state(cluster, "node-a", "draining").await;
    let slow_where_it_has_long = Request::new("c17", SLOW_WHERE_IT_HAS_LONG).test(b"4150", Some(b"burnt"));
    let id = client.submit(&slow_where_it_has_long.limits("cpu_ms=1000 wall_ms=20000")).await.id;
    tokio::time::sleep(Duration::from_millis(800)).await;
    client.call(Method::POST, "/api/v1/nodes/node-a/undrain", None).await;
    wait_for_state(cluster, "node-a", "ready").await;
    let answer = client.wait(&id).await;
    assert_eq!(answer.verdict(), "Accepted", "{answer:?}");
    let test = &answer.tests[0].streams;
    assert_eq!((&test["node"], &test["first_node"]), (&"node-a".into(), &"node-b".into()), "{answer:?}");
}

/// As [`BURN`], and quick on a machine where it may not have more than a few seconds: as on one that is quick.
const SLOW_WHERE_IT_HAS_LONG: &str = r#"#define _GNU_SOURCE
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
int main(void) {
    int ms;
    struct timespec used;
    struct rlimit cpu;
    if (scanf("%d", &ms) != 1 || getrlimit(RLIMIT_CPU, &cpu) != 0) return 1;
    if (cpu.rlim_cur <= 5) ms = 10;
    do clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    while (used.tv_sec * 1000 + used.tv_nsec / 1000000 < ms);
    puts("burnt");
}
"#;

async fn node(cluster: &Cluster, name: &str) -> Value {
    node_of(&cluster.client(), name).await
}

async fn node_of(client: &Client, name: &str) -> Value {
    let nodes = client.call(Method::GET, "/api/v1/nodes", None).await.json;
    let found = nodes.as_array().into_iter().flatten().find(|node| node["name"] == name);
    found.cloned().unwrap_or(Value::Null)
}

async fn wait_for_state(cluster: &Cluster, name: &str, state: &str) {
    let deadline = Instant::now() + patience(Duration::from_secs(20));
    while node(cluster, name).await["state"] != state {
        assert!(Instant::now() < deadline, "{name} is not {state}: {}", node(cluster, name).await);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// While it tells the broker that it is at it nobody else is given it, however long that takes; 5 s after it fell silent another is.
async fn a_node_keeps_its_task_until_it_is_killed_and_another_has_it_in_seconds(cluster: &Cluster) {
    let client = cluster.client();
    let mut liar = cluster.liar().await;
    for subject in ["gavel.tasks.run", "gavel.begin.coordinator.*"] {
        liar.listen(subject).await;
    }
    let id = client.submit(&sleeper(9000)).await.id;
    let (_, task) =
        liar.heard_of(|subject, told| subject == "gavel.tasks.run" && told["submission"] == id).await;
    let asks = |subject: &str, told: &Value| {
        subject.starts_with("gavel.begin.")
            && (&told["task"], &told["incarnation"]) == (&task["id"], &task["incarnation"])
    };
    let (first, _) = liar.heard_of(asks).await;
    let again = liar.heard_within(Duration::from_millis(6500), asks).await;
    assert!(again.is_none(), "it is given to another while {first} is at it: {again:?}");
    let killed = cluster.nodes.iter().find(|node| first.ends_with(node_name(node))).expect("a node");
    let host = Host::connect().await;
    host.kill(&killed.server, "SIGKILL").await;
    let started = Instant::now();
    let (second, _) = liar.heard_of(asks).await;
    within_ms("the task of a node that was killed at the other", started, 7000.0);
    assert_ne!(first, second);
    host.start(&killed.server).await;
    killed.wait_until_ready().await;
    let answer = client.judged_once(&id).await;
    assert_eq!(answer.verdict(), "Accepted", "{answer:?}");
    assert!(second.ends_with(answer.tests[0].streams["node"].as_str().expect("a node")), "{answer:?}");
    wait_for_state(cluster, node_name(killed), "ready").await;
}

/// What a node of the cluster is called there.
fn node_name(node: &Instance) -> &str {
    let at = node.name.rfind("node-").expect("a node's instance is named after it");
    &node.name[at..]
}

async fn a_node_that_is_killed_loses_nothing(cluster: &Cluster) {
    let host = Host::connect().await;
    let ids = submitted(cluster, &vec![sleeper(1500); 6]).await;
    let endless = Endless::submitted(&cluster.client(), "endless-node", STRIKES).await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    host.kill(&cluster.nodes[0].server, "SIGKILL").await;
    all_accepted(cluster, &ids).await;
    endless.have_a_strike_each(&cluster.client()).await;
    host.start(&cluster.nodes[0].server).await;
    cluster.nodes[0].wait_until_ready().await;
}

/// Its tasks are another's by then.
async fn a_node_that_is_frozen_and_wakes_changes_nothing(cluster: &Cluster) {
    let host = Host::connect().await;
    let ids = submitted(cluster, &vec![sleeper(1500); 4]).await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    host.pause(&cluster.nodes[1].server).await;
    // Before it wakes: its tasks are another's by then.
    all_accepted(cluster, &ids).await;
    host.unpause(&cluster.nodes[1].server).await;
    wait_for_state(cluster, "node-b", "ready").await;
}

/// Neither it nor the broker is told.
async fn a_node_that_is_cut_off_loses_nothing(cluster: &Cluster) {
    let host = Host::connect().await;
    let ids = submitted(cluster, &vec![sleeper(1500); 4]).await;
    tokio::time::sleep(Duration::from_millis(1000)).await;
    let network = host.cut_off(&cluster.nodes[1].server).await;
    all_accepted(cluster, &ids).await;
    wait_for_state(cluster, "node-b", "away").await;
    host.connect_again(&cluster.nodes[1].server, &network).await;
    let started = Instant::now();
    wait_for_state(cluster, "node-b", "ready").await;
    within_ms("coming back", started, 10_000.0);
}

/// It is given a part, and sends first more than a program may write and then what is not what its hash says: the part is
/// another's. What it sends after that is late.
async fn what_a_node_says_of_its_own_task_is_no_more_than_was_asked_for(cluster: &Cluster) {
    let client = cluster.client();
    let mut liar = cluster.liar().await;
    for subject in ["gavel.results.coordinator.*", "gavel.node.node-d.ctl", "_INBOX.node-d.answers"] {
        liar.listen(subject).await;
    }
    // It knows the languages that an honest one knows.
    liar.listen("gavel.beat.node-a").await;
    let languages = liar.heard_with(|told| told["languages"].is_object()).await["languages"].take();
    // Such is an honest result.
    all_accepted(cluster, &submitted(cluster, &[sleeper(10)]).await).await;
    let honest = liar.heard_with(|told| told["done"][0]["outcome"].get("ran").is_some()).await;
    for node in ["node-a", "node-b"] {
        client.call(Method::POST, &format!("/api/v1/nodes/{node}/drain"), None).await;
        wait_for_state(cluster, node, "draining").await;
    }
    let beat = serde_json::json!({
        "protocol": 1, "version": "0", "incarnation": uuid::Uuid::nil(), "credits": 1, "compilations": 0, "busy": 0,
        "draining": false, "profiles": [{"profile": "run", "image": "sha256:none"}], "languages": languages,
    });
    liar.say("gavel.beat.node-d", "nowhere", &beat.to_string()).await;
    let id = client.submit(&sleeper(10)).await.id;
    let hash = blake3::hash(b"another content").to_string();
    liar.say(&format!("gavel.out.node-d.{hash}.0"), "nowhere", "this content").await;
    let parcel = |size: u64| serde_json::json!({"object": {"hash": hash, "size": size}});
    let mut given = Value::Null;
    for (lie, fault) in [(parcel(1 << 40), "more output"), (parcel(12), "is not what its name says")] {
        liar.say("gavel.beat.node-d", "nowhere", &beat.to_string()).await;
        given = liar.given("node-d").await;
        let mut answer = honest.clone();
        for key in ["incarnation", "task", "asked", "grant"] {
            answer[key] = given[key].clone();
        }
        answer["done"][0]["part"] = 0.into();
        let stdout = &mut answer["done"][0]["outcome"]["ran"]["stdout"];
        *stdout = serde_json::json!({"head": {"here": ""}, "total": 1_u64 << 41, "whole": lie});
        liar.say("gavel.results.coordinator.node-d", "nowhere", &answer.to_string()).await;
        let deadline = Instant::now() + patience(Duration::from_secs(10));
        while !node(cluster, "node-d").await["faults"].to_string().contains(fault) {
            assert!(Instant::now() < deadline, "`{fault}` is not told: {}", node(cluster, "node-d").await);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
    for node in ["node-a", "node-b"] {
        client.call(Method::POST, &format!("/api/v1/nodes/{node}/undrain"), None).await;
    }
    all_accepted(cluster, &[id]).await;
    let mut late = honest.clone();
    for key in ["incarnation", "task", "asked", "grant"] {
        late[key] = given[key].clone();
    }
    liar.say("gavel.results.coordinator.node-d", "nowhere", &late.to_string()).await;
    let task = given["task"].clone();
    liar.heard_with(|told| told["cancel"]["task"] == task).await;
    for node in ["node-a", "node-b"] {
        wait_for_state(cluster, node, "ready").await;
    }
}

/// It is at something that nobody waits for, and has not forgotten what it was to forget.
async fn what_a_node_was_told_and_has_not_heard_is_said_again(cluster: &Cluster) {
    const NEEDLESS: u64 = 1 << 40;
    let mut liar = cluster.liar().await;
    liar.listen("gavel.node.node-e.ctl").await;
    let mut beat = serde_json::json!({
        "protocol": 1, "version": "0", "incarnation": uuid::Uuid::nil(), "credits": 1, "compilations": 0, "busy": 0,
        "draining": true, "profiles": [], "languages": {},
    });
    liar.say("gavel.beat.node-e", "nowhere", &beat.to_string()).await;
    let only = liar.heard_with(|told| told.get("only").is_some()).await;
    beat["at"] = serde_json::json!([{"incarnation": only["only"]["incarnation"], "task": NEEDLESS}]);
    beat["forgot"] = serde_json::json!({"coordinator": uuid::Uuid::nil(), "another": uuid::Uuid::nil()});
    for _ in 0..2 {
        liar.say("gavel.beat.node-e", "nowhere", &beat.to_string()).await;
        liar.heard_with(|told| told["cancel"]["task"] == NEEDLESS).await;
        liar.say("gavel.beat.node-e", "nowhere", &beat.to_string()).await;
        liar.heard_with(|told| told["forget"]["coordinator"] == "coordinator").await;
    }
}

async fn a_broker_that_is_killed_loses_nothing(cluster: &Cluster) {
    let host = Host::connect().await;
    let ids = submitted(cluster, &vec![sleeper(1000); 6]).await;
    let endless = Endless::submitted(&cluster.client(), "endless-broker", STRIKES).await;
    tokio::time::sleep(Duration::from_millis(1200)).await;
    host.kill(&cluster.broker.name, "SIGKILL").await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    host.start(&cluster.broker.name).await;
    let started = Instant::now();
    let answer = cluster
        .client()
        .judge(&Request::new("c17", &unique(SUM)).user("another").test(b"1 2", Some(b"3")))
        .await;
    assert_eq!(answer.verdict(), "Accepted", "{answer:?}");
    within_ms("a submission after the broker was back", started, 10_000.0);
    all_accepted(cluster, &ids).await;
    endless.have_a_strike_each(&cluster.client()).await;
}

async fn a_server_that_is_killed_loses_nothing(cluster: &Cluster) {
    let host = Host::connect().await;
    let ids = submitted(cluster, &vec![sleeper(1000); 4]).await;
    let endless = Endless::submitted(&cluster.client(), "endless-server", STRIKES).await;
    tokio::time::sleep(Duration::from_millis(1200)).await;
    host.kill(&cluster.coordinator.server, "SIGKILL").await;
    host.start(&cluster.coordinator.server).await;
    cluster.coordinator.wait_until_ready().await;
    all_accepted(cluster, &ids).await;
    endless.have_a_strike_each(&cluster.client()).await;
}

/// Strikes of somebody who is not to wait for them.
const STRIKES: usize = 2;

fn sleeper(ms: u32) -> Request {
    Request::new("c17", SLEEP).stdin(ms.to_string().as_bytes()).ample_limits("cpu_ms=1000 wall_ms=60000")
}

async fn submitted(cluster: &Cluster, requests: &[Request]) -> Vec<String> {
    let client = cluster.client();
    let mut ids = Vec::with_capacity(requests.len());
    for request in requests {
        ids.push(client.submit(request).await.id);
    }
    ids
}

async fn judged(cluster: &Cluster, requests: &[Request]) -> Vec<e2e::Answer> {
    let ids = submitted(cluster, requests).await;
    let client = cluster.client();
    let mut answers = Vec::with_capacity(ids.len());
    for id in ids {
        answers.push(client.wait(&id).await);
    }
    answers
}

/// And judged once.
async fn all_accepted(cluster: &Cluster, ids: &[String]) {
    let client = cluster.client();
    for id in ids {
        let answer = client.judged_once(id).await;
        assert_eq!(answer.verdict(), "Accepted", "{answer:?}");
    }
}

#[track_caller]
fn within_ms(what: &str, started: Instant, bound: f64) {
    let took = started.elapsed().as_secs_f64() * 1000.0;
    assert!(took <= at_most_ms(bound), "{what} took {took:.0} ms of {bound:.0}");
}

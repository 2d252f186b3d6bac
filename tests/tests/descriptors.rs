//! A server with 1024 descriptors, as many engines allow, and everything that takes one for each that is asked for: it
//! never runs out, and serves others meanwhile.

use std::time::Duration;

use e2e::docker::Host;
use e2e::environment::patience;
use e2e::instance::{Instance, Plan};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_tungstenite::connect_async;

/// Files that clients keep at the server.
const STORED: usize = 400;

struct Small {
    instance: Instance,
    http: reqwest::Client,
}

impl Small {
    async fn start() -> Self {
        let plan = Plan::of_one_slot("descriptors").server_descriptors(1024);
        let plan = plan.with("GAVEL_GOJUDGE__SLOTS", "2").with("GAVEL_GOJUDGE__PARALLELISM", "2");
        let http = reqwest::Client::builder().timeout(patience(Duration::from_secs(120)));
        Self { instance: plan.start().await, http: http.build().expect("a client") }
    }

    async fn run(&self, commands: Value) -> (u16, Value) {
        let url = format!("{}/run", self.instance.url());
        let answer = self.http.post(url).json(&json!({ "cmd": commands })).send().await.expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or_default())
    }

    async fn upload(&self, number: usize) -> String {
        let disposition = format!("form-data; name=\"file\"; filename=\"file {number}\"");
        let body = format!("--edge\r\nContent-Disposition: {disposition}\r\n\r\nx\r\n--edge--\r\n");
        let request = self.http.post(format!("{}/file", self.instance.url())).body(body);
        let request = request.header("content-type", "multipart/form-data; boundary=edge");
        request.send().await.expect("an answer").json().await.expect("a name")
    }

    async fn serves_others(&self, after: &str) {
        let (status, body) = self.run(json!([command(&json!({}))])).await;
        assert_eq!((status, &body[0]["status"]), (200, &json!("Accepted")), "after {after}: {body}");
    }

    /// As the engine's health check does it: from within.
    async fn lives(&self, after: &str) {
        let host = Host::connect().await;
        let said = host.exec(&self.instance.server, "", &["gavel", "healthcheck"]).await;
        assert_eq!(said, "", "after {after}");
        let logs = host.logs(&self.instance.server, "all").await;
        for complaint in ["Too many open files", "os error 24"] {
            assert!(!logs.contains(complaint), "after {after}: {complaint}");
        }
    }
}

fn command(copy_in: &Value) -> Value {
    json!({
        "args": ["/bin/true"], "env": ["PATH=/usr/bin:/bin"], "copyIn": copy_in,
        "files": [{"content": ""}, {"name": "stdout", "max": 1000}, {"name": "stderr", "max": 1000}],
        "cpuLimit": 5_000_000_000u64, "memoryLimit": 64 << 20, "procLimit": 5,
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_of_1024_descriptors_never_runs_out() {
    let server = Small::start().await;
    stored_files(&server).await;
    collectors(&server).await;
    idle_connections(&server).await;
    websockets(&server).await;
    server.instance.remove().await;
}

/// One file under many names is one descriptor; many files are told to be too many, or wait for each other.
async fn stored_files(server: &Small) {
    let mut ids = Vec::new();
    for number in 0..STORED {
        ids.push(server.upload(number).await);
    }
    let names = |count: usize, id: &dyn Fn(usize) -> String| -> Value {
        (0..count).map(|number| (format!("f{number}"), json!({ "fileId": id(number) }))).collect()
    };
    let one = names(2000, &|_| ids[0].clone());
    let (status, body) = server.run(json!([command(&one)])).await;
    assert_eq!((status, &body[0]["status"]), (200, &json!("Accepted")), "{body}");
    let all = names(STORED, &|number| ids[number].clone());
    let (status, body) = server.run(json!([command(&all)])).await;
    assert_eq!(status, 400, "more than one request may have: {body}");
    let many = names(100, &|number| ids[number].clone());
    let mut running = JoinSet::new();
    for _ in 0..20 {
        let (client, url) = (server.http.clone(), format!("{}/run", server.instance.url()));
        let body = json!({ "cmd": [command(&many)] });
        running.spawn(async move { client.post(url).json(&body).send().await.expect("an answer").status() });
    }
    while let Some(status) = running.join_next().await {
        let status = status.expect("no panic").as_u16();
        assert!(status == 200 || status == 503, "{status}");
    }
    server.serves_others("stored files").await;
    server.lives("stored files").await;
}

/// Pipes and files that are taken out, as many as a request can name.
async fn collectors(server: &Small) {
    let mut greedy = command(&json!({}));
    greedy["copyOut"] = (0..5000).map(|number| format!("f{number}?")).collect();
    let (status, body) = server.run(json!([greedy])).await;
    assert!(status == 200 || status == 400, "{status}: {body}");
    let commands: Value = (0..30).map(|_| command(&json!({}))).collect();
    let (status, body) = server.run(commands).await;
    assert!(status == 200 || status == 400, "{status}: {body}");
    server.serves_others("collectors").await;
    server.lives("collectors").await;
}

/// Those that say nothing are bounded before descriptors are.
async fn idle_connections(server: &Small) {
    let address = server.instance.url().trim_start_matches("http://");
    let mut idle = Vec::new();
    for _ in 0..1200 {
        idle.extend(TcpStream::connect(address).await);
    }
    server.lives("idle connections").await;
    drop(idle);
    tokio::time::sleep(Duration::from_secs(1)).await;
    server.serves_others("idle connections").await;
}

async fn websockets(server: &Small) {
    let address = server.instance.url().trim_start_matches("http://");
    let mut open = Vec::new();
    for number in 0..300 {
        let path = ["ws", "stream"][number % 2];
        // Those beyond the bound are refused.
        open.extend(connect_async(format!("ws://{address}/{path}")).await);
    }
    assert_ne!(open.len(), 0);
    server.lives("websockets").await;
    drop(open);
    tokio::time::sleep(Duration::from_secs(1)).await;
    server.serves_others("websockets").await;
}

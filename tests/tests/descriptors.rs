//! A server with 1024 descriptors, as many engines allow, and everything that takes one for each that is asked for: it
//! never runs out, and serves others meanwhile.

use std::time::Duration;

use e2e::docker::Host;
use e2e::environment::patience;
use e2e::instance::{Instance, Plan};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_tungstenite::connect_async;

/// Files that clients keep at the server.
const STORED: usize = 400;

/// Uploads of each kind that stop before their end. One address may have 96 connections: others are to find one.
const HALF: usize = 28;
/// Of which so many bytes are announced.
const ANNOUNCED: usize = 300 << 10;

struct Small {
    instance: Instance,
    http: reqwest::Client,
}

impl Small {
    async fn start() -> Self {
        let plan = Plan::of_one_slot("descriptors").server_descriptors(1024);
        let plan = plan.with("GAVEL_GOJUDGE__SLOTS", "2").with("GAVEL_GOJUDGE__PARALLELISM", "2");
        let http = reqwest::Client::builder().timeout(patience(Duration::from_secs(120)));
        let http = http.pool_max_idle_per_host(0).build().expect("a client");
        Self { instance: plan.start().await, http }
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
    let ids = stored_files(&server).await;
    half_uploads(&server, &ids).await;
    collectors(&server).await;
    idle_connections(&server).await;
    websockets(&server).await;
    server.instance.remove().await;
}

/// One file under many names is one descriptor; many files are told to be too many, or wait for each other.
async fn stored_files(server: &Small) -> Vec<String> {
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
    ids
}

/// Bodies that have come half, each of which has a file open by then, beside a request that has as many as one may have,
/// and a program that is compiled.
async fn half_uploads(server: &Small, ids: &[String]) {
    let kinds = [
        (
            "POST /file",
            "multipart/form-data; boundary=edge",
            "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n",
        ),
        (
            "POST /api/v1/submissions",
            "application/json",
            "{\"language\":\"c17\",\"source\":\"int main(void) {}\",\"stdin\":\"",
        ),
        ("PUT /api/v1/problems/half", "application/zip", ""),
    ];
    let mut begun = JoinSet::new();
    for (route, kind, begin) in kinds {
        let headers = format!("Host: localhost\r\nContent-Type: {kind}\r\nContent-Length: {ANNOUNCED}");
        let head = format!("{route} HTTP/1.1\r\n{headers}\r\n\r\n{begin}");
        for _ in 0..HALF {
            begun.spawn(half(server.instance.url().trim_start_matches("http://").to_owned(), head.clone()));
        }
    }
    let open = begun.join_all().await;
    let many: Value =
        (0..183).map(|number| (format!("f{number}"), json!({ "fileId": ids[number] }))).collect();
    let (status, body) = server.run(json!([command(&many)])).await;
    assert_eq!((status, &body[0]["status"]), (200, &json!("Accepted")), "{body}");
    let client = server.instance.client();
    let judged = client.judge(&e2e::Request::new("c17", "int main(void) { return 0; }")).await;
    assert_eq!(judged.verdict(), "Accepted", "{:?}", judged.reason);
    server.lives("half uploads").await;
    drop(open);
    tokio::time::sleep(Duration::from_secs(1)).await;
    server.serves_others("half uploads").await;
}

/// A connection on which all but the end of a body was sent, as far as the server takes it.
async fn half(address: String, head: String) -> TcpStream {
    let mut connection = TcpStream::connect(address).await.expect("a connection");
    let sent = async {
        connection.write_all(head.as_bytes()).await?;
        connection.write_all(&vec![b'x'; ANNOUNCED - (10 << 10)]).await
    };
    drop(tokio::time::timeout(Duration::from_secs(2), sent).await);
    connection
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

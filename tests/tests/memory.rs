//! A server in 256 MiB, and everything large that clients and programs can make, over every way in: it lives, and
//! serves others meanwhile.

use std::time::{Duration, Instant};

use e2e::docker::Host;
use e2e::environment::patience;
use e2e::grpc::{collector, command as grpc_command};
use e2e::instance::{Instance, Plan};
use e2e::package::Package;
use futures_util::{SinkExt, StreamExt};
use gavel_rpc::executor_client::ExecutorClient;
use gavel_rpc::request::{CmdType, File, PipeCollector, file};
use gavel_rpc::stream_request::Request as Sent;
use gavel_rpc::{FileContent, Request, StreamRequest};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Bytes, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, connect_async_with_config};

const MIB: u64 = 1 << 20;

/// What clients ask for who mean "all of it".
const ALL: i64 = 21_474_836_480;

/// A server of so little memory.
struct Small {
    instance: Instance,
    http: reqwest::Client,
}

impl Small {
    async fn start() -> Self {
        let plan = Plan::of_one_slot("memory").server_memory(256 * MIB);
        let plan = plan.with("GAVEL_GOJUDGE__SLOTS", "4").with("GAVEL_GOJUDGE__PARALLELISM", "4");
        let plan = plan.with("GAVEL_GOJUDGE__GRPC__ENABLED", "true").with("GAVEL_GOJUDGE__STREAMS", "2");
        let http = reqwest::Client::builder().timeout(patience(Duration::from_secs(120)));
        let http = http.pool_max_idle_per_host(0).build().expect("a client");
        Self { instance: plan.start().await, http }
    }

    fn address(&self) -> &str {
        self.instance.url().trim_start_matches("http://")
    }

    async fn post(&self, path: &str, body: String) -> (StatusCode, String) {
        let url = format!("{}{path}", self.instance.url());
        let answer = self.http.post(url).body(body).send().await.expect("an answer");
        (answer.status(), answer.text().await.expect("a whole answer"))
    }

    async fn socket(&self, path: &str) -> WebSocketStream<MaybeTlsStream<TcpStream>> {
        let url = format!("ws://{}{path}", self.address());
        let large = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
        connect_async_with_config(url, Some(large), false).await.expect("a websocket").0
    }

    async fn grpc(&self) -> ExecutorClient<tonic::transport::Channel> {
        let url = self.instance.grpc_url().await.expect("gRPC is published");
        let channel = tonic::transport::Channel::from_shared(url).expect("an address");
        let client = ExecutorClient::new(channel.connect().await.expect("gRPC"));
        client.max_decoding_message_size(1 << 30)
    }

    /// Somebody else is served, within the time that a busy host needs.
    async fn serves_others(&self, after: &str) {
        let started = Instant::now();
        let echo = command(&["/bin/echo", "hello"], json!([{"content": ""}, {"name": "stdout", "max": 100}]));
        let (status, body) = self.post("/run", json!({"cmd": [echo]}).to_string()).await;
        assert_eq!(status, 200, "after {after}: {body}");
        let body: Value = serde_json::from_str(&body).expect("JSON");
        assert_eq!(body[0]["files"]["stdout"], "hello\n", "after {after}: {body}");
        let health = self.http.get(format!("{}/healthz", self.instance.url())).send().await;
        assert_eq!(health.expect("an answer").status(), 200, "after {after}");
        assert!(
            started.elapsed() < patience(Duration::from_secs(30)),
            "after {after}: {:?}",
            started.elapsed()
        );
    }

    /// It is the process that was started.
    async fn lives(&self, after: &str) {
        let host = Host::connect().await;
        let container = host.inspect(&self.instance.server).await.expect("the server's container");
        let state = container.state.unwrap_or_default();
        assert_eq!((state.running, state.oom_killed), (Some(true), Some(false)), "after {after}");
        assert_eq!(container.restart_count.unwrap_or(0), 0, "after {after}");
    }
}

fn command(args: &[&str], files: Value) -> Value {
    json!({
        "args": args, "env": ["PATH=/usr/bin:/bin"], "files": files, "cpuLimit": 5_000_000_000u64,
        "clockLimit": 8_000_000_000u64, "memoryLimit": 128 * MIB, "procLimit": 20,
    })
}

/// Writes so many bytes of zeros.
fn zeros(bytes: &str, files: Value) -> Value {
    command(&["/usr/bin/head", "-c", bytes, "/dev/zero"], files)
}

fn flood() -> Value {
    zeros("2G", json!([{"content": ""}, {"name": "stdout", "max": ALL, "pipe": true}]))
}

fn status_of(body: &str) -> String {
    let results: Value = serde_json::from_str(body).unwrap_or_default();
    results[0]["status"].as_str().unwrap_or(body).to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_of_256_mib_outlives_everything_large() {
    let server = Small::start().await;
    gibibyte(&server).await;
    outputs(&server).await;
    readers_that_stop(&server).await;
    websockets_that_stop(&server).await;
    grpc_that_stops(&server).await;
    relays_and_terminals(&server).await;
    parsers(&server).await;
    bodies(&server).await;
    requests_behind_each_other(&server).await;
    files(&server).await;
    submissions(&server).await;
    judgements(&server).await;
    packages(&server).await;
    collected_files(&server).await;
    events(&server).await;
    terminals_and_inputs_that_stop(&server).await;
    server.instance.remove().await;
}

/// Two programs at one time that write a GiB each, of which the last byte decides.
async fn gibibyte(server: &Small) {
    const MOST: u64 = 96 * MIB;
    let source = "#include <stdio.h>\n#include <string.h>\nstatic char block[1 << 20];\nint main(void) {\n\
                  memset(block, ' ', sizeof block);\nputs(\"1\");\n\
                  for (int i = 0; i < 1023; i++) fwrite(block, 1, sizeof block, stdout);\nputs(\"2\"); }";
    let mut judged = JoinSet::new();
    for (expected, verdict) in [("1 2", "Accepted"), ("1 3", "WrongAnswer")] {
        let client = server.instance.client();
        let request = e2e::Request::new("c17", source).with("checker", "tokens").user(verdict);
        let request = request.limits("cpu_ms=20000 wall_ms=60000 output_bytes=1073741824");
        judged.spawn(async move {
            let answer = client.judge(&request.test(b"", Some(expected.as_bytes()))).await;
            assert_eq!(answer.verdict(), verdict, "{:?}", answer.reason);
        });
    }
    while let Some(one) = judged.join_next().await {
        one.expect("judged as expected");
    }
    let peak = Host::connect().await.peak_memory(&server.instance.server).await;
    eprintln!("most memory over two outputs of a GiB: {peak}");
    assert!(peak < MOST, "{peak}");
    server.lives("outputs of a GiB").await;
}

/// Programs that write without an end, to collectors of whatever maximum.
async fn outputs(server: &Small) {
    let mut floods = JoinSet::new();
    for _ in 0..4 {
        let (client, url) = (server.http.clone(), format!("{}/run", server.instance.url()));
        let body = json!({"cmd": [flood()]}).to_string();
        floods
            .spawn(async move { client.post(url).body(body).send().await.expect("an answer").text().await });
    }
    server.serves_others("floods began").await;
    while let Some(answer) = floods.join_next().await {
        let answer = answer.expect("a flood").expect("a whole answer");
        let told = ["Output Limit Exceeded", "File Error", "Time Limit Exceeded"];
        let status = status_of(&answer[..answer.len().min(400)]);
        assert!(told.iter().any(|told| answer.contains(told)), "{status}");
    }
    // Holes cost a program nothing.
    let names: Vec<String> = (0..400).map(|number| format!("f{number}")).collect();
    let script = "i=0; while [ $i -lt 400 ]; do truncate -s 1M f$i; i=$((i+1)); done";
    let mut holes = command(&["/bin/sh", "-c", script], json!([null]));
    holes["files"] = json!([{"content": ""}]);
    holes["copyOut"] = json!(names);
    let (status, body) = server.post("/run", json!({"cmd": [holes]}).to_string()).await;
    assert_eq!(status, 200);
    assert!(body.contains("\"status\":\"File Error\"") && body.contains("CopyOutCopyContent"));
    server.serves_others("holes").await;
    server.lives("floods and holes").await;
}

/// Clients that ask for much and take nothing.
async fn readers_that_stop(server: &Small) {
    let mut stopped = Vec::new();
    for _ in 0..6 {
        let much = zeros("30M", json!([{"content": ""}, {"name": "stdout", "max": 40 * MIB}]));
        let body = json!({"cmd": [much]}).to_string();
        let mut client = TcpStream::connect(server.address()).await.expect("a connection");
        let head = format!("POST /run HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n", body.len());
        client.write_all(format!("{head}{body}").as_bytes()).await.expect("sent");
        // Its answer has begun.
        client.read_exact(&mut [0; 200]).await.expect("an answer");
        stopped.push(client);
    }
    server.serves_others("readers stopped").await;
    server.lives("readers stopped").await;
    drop(stopped);
}

async fn websockets_that_stop(server: &Small) {
    let mut stopped = Vec::new();
    for number in 0..6 {
        let mut socket = server.socket("/ws").await;
        for request in 0..4 {
            let much =
                zeros("20M", json!([{"content": ""}, {"name": "stdout", "max": 40 * MIB, "pipe": true}]));
            let message = json!({"requestId": format!("{number}-{request}"), "cmd": [much]});
            socket.send(Message::text(message.to_string())).await.expect("sent");
        }
        stopped.push(socket);
    }
    for _ in 0..2 {
        let mut socket = server.socket("/stream").await;
        let files =
            json!([{"streamIn": true}, {"streamOut": true}, {"name": "stderr", "max": ALL, "pipe": true}]);
        let script = "head -c 200M /dev/zero >&2; cat /dev/zero";
        let request = json!({"cmd": [command(&["/bin/sh", "-c", script], files)]}).to_string();
        socket.send(Message::binary([b"\x01", request.as_bytes()].concat())).await.expect("sent");
        stopped.push(socket);
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    server.serves_others("websockets stopped").await;
    drop(stopped);
    // One that reads gets all of it.
    let mut socket = server.socket("/ws").await;
    let much = zeros("20M", json!([{"content": ""}, {"name": "stdout", "max": 40 * MIB, "pipe": true}]));
    let message = json!({"requestId": "whole", "cmd": [much]}).to_string();
    socket.send(Message::text(message)).await.expect("sent");
    let answer = loop {
        match socket.next().await.expect("an answer").expect("an answer") {
            Message::Text(answer) => break answer,
            _ => continue,
        }
    };
    let answer: Value = serde_json::from_str(&answer).expect("JSON");
    let content = answer["results"][0]["files"]["stdout"].as_str().unwrap_or_default();
    assert_eq!(content.len() as u64, 20 * MIB, "{}", answer["results"][0]["status"]);
    server.lives("websockets stopped").await;
}

async fn grpc_that_stops(server: &Small) {
    let piped =
        |max| File { file: Some(file::File::Pipe(PipeCollector { name: "stdout".into(), max, pipe: true })) };
    let zeros = |bytes: &str, max| {
        let mut command = grpc_command(&["/usr/bin/head", "-c", bytes, "/dev/zero"], b"");
        command.files[1] = piped(max);
        Request { cmd: vec![command], ..Request::default() }
    };
    let mut executor = server.grpc().await;
    let flooded = executor.exec(zeros("2G", ALL)).await.map(|answer| answer.into_inner().results.len());
    assert!(matches!(flooded, Ok(1)), "{flooded:?}");
    let mut stopped = Vec::new();
    for _ in 0..3 {
        let mut executor = server.grpc().await;
        let mut flood = grpc_command(&["/bin/cat", "/dev/zero"], b"");
        flood.files = vec![
            File { file: Some(file::File::StreamIn(())) },
            File { file: Some(file::File::StreamOut(())) },
            collector("stderr", ALL),
        ];
        let request = Request { cmd: vec![flood], ..Request::default() };
        let first = StreamRequest { request: Some(Sent::ExecRequest(request)) };
        let open = futures_util::stream::once(async { first }).chain(futures_util::stream::pending());
        stopped.push(executor.exec_stream(open).await.map(tonic::Response::into_inner));
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    server.serves_others("gRPC stopped").await;
    drop(stopped);
    // Large files, asked for by many who take nothing of them.
    let content = vec![7; 20 << 20].into();
    let stored = executor.file_add(FileContent { name: "large".into(), content }).await.expect("an id");
    let id = stored.into_inner();
    let mut asked = JoinSet::new();
    for _ in 0..20 {
        let (mut executor, id) = (server.grpc().await, id.clone());
        asked.spawn(async move { executor.file_get(id).await.map(|_| ()) });
    }
    server.serves_others("many ask for a large file").await;
    while let Some(got) = asked.join_next().await {
        if let Err(refused) = got.expect("a call") {
            assert_eq!(refused.code(), tonic::Code::ResourceExhausted, "{refused:?}");
        }
    }
    executor.file_delete(id).await.expect("removed");
    server.lives("gRPC").await;
}

/// What passes between programs, and what a terminal shows.
async fn relays_and_terminals(server: &Small) {
    let writer = zeros("1G", json!([{"content": ""}, null]));
    let reader = command(&["/bin/sh", "-c", "cat >/dev/null"], json!([null]));
    let pair = json!({"cmd": [writer, reader], "pipeMapping": [{
        "in": {"index": 0, "fd": 1}, "out": {"index": 1, "fd": 0}, "name": "talk", "max": ALL, "proxy": true,
    }]});
    let (status, body) = server.post("/run", pair.to_string()).await;
    assert_eq!(status, 200, "{}", &body[..body.len().min(300)]);
    let terminal = json!([{"content": ""}, {"name": "stdout", "max": ALL}]);
    let mut shown = command(&["/bin/sh", "-c", "head -c 300M /dev/zero"], terminal);
    shown["tty"] = json!(true);
    let (status, body) = server.post("/run", json!({"cmd": [shown]}).to_string()).await;
    assert_eq!(status, 200, "{}", &body[..body.len().min(300)]);
    server.serves_others("relays and terminals").await;
    server.lives("relays and terminals").await;
}

/// Bodies that would be gigabytes once parsed.
async fn parsers(server: &Small) {
    let commands = format!("{{\"cmd\":[{}{{}}]}}", "{},".repeat(4 << 20));
    assert_eq!(server.post("/run", commands.clone()).await.0, 400);
    let mut socket = server.socket("/ws").await;
    // It may be gone before all is sent.
    drop(socket.send(Message::text(commands)).await);
    let many = Request { cmd: vec![CmdType::default(); 4 << 20], ..Request::default() };
    let refused = server.grpc().await.exec(many).await.expect_err("too many");
    assert_eq!(refused.code(), tonic::Code::InvalidArgument);
    let copies: serde_json::Map<String, Value> =
        (0..40_000).map(|number| (format!("f{number}"), json!({"content": ""}))).collect();
    let mut copying = command(&["/bin/true"], json!([]));
    copying["copyIn"] = copies.into();
    let (status, body) = server.post("/run", json!({"cmd": [copying]}).to_string()).await;
    assert!(status == 200 || status == 400, "{status}: {}", &body[..body.len().min(300)]);
    server.serves_others("large requests").await;
    server.lives("large requests").await;
}

/// Connections whose bodies come half, and no further.
async fn bodies(server: &Small) {
    let half = vec![b' '; 512 << 10];
    let mut waiting = Vec::new();
    for _ in 0..1300 {
        let Ok(mut client) = TcpStream::connect(server.address()).await else { break };
        let head = "POST /run HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1048576\r\n\r\n";
        let sent = async {
            client.write_all(head.as_bytes()).await?;
            client.write_all(&half).await
        };
        // The server reads no more than it has room for.
        drop(tokio::time::timeout(Duration::from_millis(20), sent).await);
        waiting.push(client);
    }
    server.lives("half bodies").await;
    drop(waiting);
    tokio::time::sleep(Duration::from_secs(1)).await;
    server.serves_others("half bodies").await;
}

/// Requests that are sent without waiting for answers, by clients who take none of these.
async fn requests_behind_each_other(server: &Small) {
    for path in ["/healthz", "/api/v1/languages", "/api/v1/submissions?limit=100"] {
        let many = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").repeat(400);
        let mut clients = Vec::new();
        for _ in 0..700 {
            let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
            socket.set_recv_buffer_size(2048).expect("a small buffer");
            let address = server.address().parse().expect("an address");
            let Ok(client) = socket.connect(address).await else { break };
            clients.push(client);
        }
        assert!(clients.len() > 100, "{}", clients.len());
        for _ in 0..20 {
            for client in &clients {
                // What does not fit into the kernel's buffers is not sent.
                drop(client.try_write(many.as_bytes()));
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        server.lives(path).await;
        drop(clients);
        tokio::time::sleep(Duration::from_secs(1)).await;
        server.serves_others(path).await;
        server.lives(path).await;
    }
}

/// Names, which stay as long as their files.
async fn files(server: &Small) {
    let name = "n".repeat(1 << 20);
    for _ in 0..5 {
        let disposition = format!("form-data; name=\"file\"; filename=\"{name}\"");
        let body = format!("--edge\r\nContent-Disposition: {disposition}\r\n\r\n\r\n--edge--\r\n");
        let request = server.http.post(format!("{}/file", server.instance.url())).body(body);
        let request = request.header("content-type", "multipart/form-data; boundary=edge");
        // It may be refused before all of it is sent, which ends the connection: whether the server lives is asked below.
        assert!(request.send().await.map_or(true, |answer| answer.status() == 400));
    }
    let mut executor = server.grpc().await;
    let refused = executor.file_add(FileContent { name, content: Vec::new().into() }).await;
    assert_eq!(refused.expect_err("too long").code(), tonic::Code::InvalidArgument);
    server.serves_others("names").await;
    server.lives("names").await;
    let (socket, _) = connect_async(format!("ws://{}/ws", server.address())).await.expect("a websocket");
    drop(socket);
}

/// A large body of a submission, and how it is answered.
async fn submit(server: &Small, body: String) -> StatusCode {
    let url = format!("{}/api/v1/submissions", server.instance.url());
    let request = server.http.post(url).header("content-type", "application/json").body(body);
    // It may be refused before all of it is sent.
    request.send().await.map_or(StatusCode::PAYLOAD_TOO_LARGE, |answer| answer.status())
}

/// Submissions of the native API that would be gigabytes once parsed, and as many large ones as wait.
async fn submissions(server: &Small) {
    for element in ["{},", "0,", "[],", "\"\","] {
        let count = (60 << 20) / element.len();
        let tests = element.repeat(count);
        let body =
            format!("{{\"language\":\"c17\",\"source\":\"\",\"tests\":[{}]}}", tests.trim_end_matches(','));
        let status = submit(server, body).await;
        assert!(status.is_client_error(), "{element}: {status}");
    }
    let sleeper = "#include <unistd.h>\nint main(void) { sleep(2); }";
    let input = "x".repeat(60 << 20);
    for number in 0..8 {
        let body = json!({
            "language": "c17", "source": sleeper, "stdin": input, "user": format!("waiting-{number}"),
            "limits": {"wall_ms": 5000},
        });
        let status = submit(server, body.to_string()).await;
        assert!(status == 202 || status == 503 || status == 429, "{number}: {status}");
    }
    server.serves_others("large submissions").await;
    server.lives("large submissions").await;
}

/// A judgement of 16 MiB of NULs, each of which is six bytes in JSON, for clients that take nothing.
async fn judgements(server: &Small) {
    let client = server.instance.client();
    let source = "#include <stdio.h>\nint main(void) { for (int i = 0; i < 16 << 20; i++) putchar(0); }";
    let limits = "cpu_ms=5000 output_bytes=16777216";
    let answer = client.judge(&e2e::Request::new("c17", source).limits(limits).user("zeros")).await;
    assert_eq!(answer.verdict(), "Accepted", "{:?}", answer.reason);
    let stopped = stopped(server, &format!("/api/v1/submissions/{}", answer.id), 10).await;
    server.serves_others("judgements that nobody takes").await;
    server.lives("judgements that nobody takes").await;
    drop(stopped);
}

/// So many clients whose answer has begun, and who take no more of it.
async fn stopped(server: &Small, path: &str, count: usize) -> Vec<TcpStream> {
    let mut stopped = Vec::new();
    for _ in 0..count {
        let mut client = TcpStream::connect(server.address()).await.expect("a connection");
        let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        client.write_all(head.as_bytes()).await.expect("sent");
        client.read_exact(&mut [0; 100]).await.expect("an answer");
        stopped.push(client);
    }
    stopped
}

/// Packages of problems that are large, several at one time, and one of which hundreds of MiB are made.
async fn packages(server: &Small) {
    const YAML: &str = "problem_format_version: 2023-07-draft\nname: Large\n";
    let input = vec![b'x'; 80 << 20];
    let large = Package::default().with("problem.yaml", YAML).with("data/secret/1.in", input);
    let large: Bytes = large.with("data/secret/1.ans", "1").tar().into();
    let put = |name: &str, body: Bytes| {
        let url = format!("{}/api/v1/problems/{name}", server.instance.url());
        let request = server.http.put(url).header("content-type", "application/octet-stream").body(body);
        // It may be refused before all of it is sent.
        async { request.send().await.map_or(StatusCode::PAYLOAD_TOO_LARGE, |answer| answer.status()) }
    };
    let pushed = tokio::join!(put("a", large.clone()), put("b", large.clone()), put("c", large));
    for status in <[StatusCode; 3]>::from(pushed) {
        assert!(status == 201 || status.is_client_error() || status == 503, "{status}");
    }
    let status = put("bomb", Package::bomb("data/secret/1.in", 300 << 20).into()).await;
    assert!(status.is_client_error(), "{status}");
    server.serves_others("packages").await;
    server.lives("packages").await;
}

/// What a program has left and is handed back, for clients who take nothing of it.
async fn collected_files(server: &Small) {
    let source = "#include <stdio.h>\nint main(void) { FILE *file = fopen(\"large\", \"w\");\n\
                  for (int i = 0; i < 4 << 20; i++) putc('x', file); fclose(file); }";
    let body =
        json!({"language": "c17", "source": source, "collect": ["large"], "wait": true, "user": "leaves"});
    let url = format!("{}/api/v1/submissions", server.instance.url());
    let judged: Value =
        server.http.post(url).json(&body).send().await.expect("an answer").json().await.expect("JSON");
    assert_eq!(judged["verdict"], "Accepted", "{judged}");
    let path = format!("/api/v1/submissions/{}/files/0/large", judged["id"].as_str().expect("its id"));
    let stopped = stopped(server, &path, 40).await;
    server.serves_others("files that nobody takes").await;
    server.lives("files that nobody takes").await;
    drop(stopped);
}

/// What a flood writes while it runs, and what happens to submissions, for clients who take nothing of it.
async fn events(server: &Small) {
    let flood =
        "#include <stdio.h>\nint main(void) { for (;;) puts(\"0123456789012345678901234567890123456789\"); }";
    let body = json!({
        "language": "c17", "source": flood, "user": "floods",
        "limits": {"cpu_ms": 5000, "wall_ms": 8000, "output_bytes": 1 << 30},
    });
    let url = format!("{}/api/v1/submissions", server.instance.url());
    let begun: Value =
        server.http.post(url).json(&body).send().await.expect("an answer").json().await.expect("JSON");
    let path = format!("/api/v1/submissions/{}/events?output=true", begun["id"].as_str().expect("its id"));
    let live = stopped(server, &path, 40).await;
    let all = stopped(server, "/api/v1/events?after=0", 30).await;
    for number in 0..20 {
        let status = submit(
            server,
            json!({"language": "c17", "source": "x", "user": format!("{number}")}).to_string(),
        );
        let status = status.await;
        assert!(status == 202 || status == 429 || status == 503, "{status}");
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    server.serves_others("events that nobody takes").await;
    server.lives("events that nobody takes").await;
    drop((live, all));
}

/// A terminal whose output nobody takes, and input that a program does not read.
async fn terminals_and_inputs_that_stop(server: &Small) {
    let begin = async |tty: bool, script: &str| {
        let mut socket = server.socket("/stream").await;
        let files = json!([{"streamIn": true}, {"streamOut": true}, {"streamOut": true}]);
        let mut command = command(&["/bin/sh", "-c", script], files);
        command["tty"] = json!(tty);
        let request = json!({"cmd": [command]}).to_string();
        socket.send(Message::binary([b"\x01", request.as_bytes()].concat())).await.expect("sent");
        socket
    };
    let terminal = begin(true, "cat /dev/zero").await;
    let mut deaf = begin(false, "sleep 6").await;
    let input = [&b"\x03\x00"[..], &vec![b'x'; 4 << 20]].concat();
    for _ in 0..25 {
        // The server reads no more than it has room for.
        let sent =
            tokio::time::timeout(Duration::from_millis(200), deaf.send(Message::binary(input.clone())));
        if !matches!(sent.await, Ok(Ok(()))) {
            break;
        }
    }
    server.serves_others("a terminal and an input that stop").await;
    server.lives("a terminal and an input that stop").await;
    drop((terminal, deaf));
}

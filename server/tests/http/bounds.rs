//! What clients send that would be more than the server can hold: refused, while others are served.

use std::sync::atomic::Ordering;

use gavel::account::{Account, Held, Purpose};
use gavel_rpc::executor_client::ExecutorClient;
use gavel_rpc::request::{CmdType, file};
use gavel_rpc::stream_request::Request as Sent;
use gavel_rpc::{Request, StreamRequest};
use reqwest::Method;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tonic::Code;
use tonic::transport::Channel;

use crate::bench::{Bench, answer, eventually};
use crate::socket::Socket;

/// What the account has of a connection over HTTP.
const CONNECTION: u64 = 32 << 10;
/// And of a body that is begun, of which much was announced.
const BEGUN: u64 = 64 << 10;
/// And of one of 1 MiB that is read whole.
const LARGE: u64 = (2 << 20) + BEGUN;

/// 12 MiB, and some gigabytes once parsed.
fn commands() -> String {
    format!("{{\"cmd\":[{}{{}}]}}", "{},".repeat(4 << 20))
}

async fn echo(bench: &Bench) {
    let command = json!({
        "args": ["echo", "hello"], "files": [{"content": ""}, {"name": "stdout", "max": 100}],
        "cpuLimit": 1_000_000_000, "clockLimit": 1_000_000_000, "memoryLimit": 1 << 20, "procLimit": 1,
    });
    let (status, body) = answer(bench.request(Method::POST, "/run").json(&json!({"cmd": [command]}))).await;
    assert_eq!((status.as_u16(), &body[0]["files"]["stdout"]), (200, &json!("hello")), "{body}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn millions_of_commands_are_refused_over_http() {
    let bench = Bench::start().await;
    let (status, body) = answer(bench.request(Method::POST, "/run").body(commands())).await;
    assert_eq!((status.as_u16(), body), (400, Value::from("too many values: 100000 are allowed")));
    let many = json!({"cmd": vec![json!({"args": ["echo"]}); 129]});
    let (status, body) = answer(bench.request(Method::POST, "/run").json(&many)).await;
    assert_eq!((status.as_u16(), body), (400, Value::from("too many commands: 129 > 128")));
    // More than the settings allow.
    let many = json!({"cmd": vec![json!({"args": ["echo"]}); 33]});
    let (status, body) = answer(bench.request(Method::POST, "/run").json(&many)).await;
    assert_eq!(
        (status.as_u16(), body.as_str().unwrap().contains("(gojudge.commands)")),
        (400, true),
        "{body}"
    );
    echo(&bench).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_with_more_memory_than_there_ever_is_are_the_clients_fault() {
    let bench = Bench::with(&[("gojudge.max_memory", "700GiB")]).await;
    let command = json!({"args": ["echo"], "memoryLimit": u64::MAX});
    let run = async |count: usize| {
        let request = json!({"cmd": vec![&command; count]});
        let (status, body) = answer(bench.request(Method::POST, "/run").json(&request)).await;
        (status.as_u16(), body)
    };
    assert_eq!(run(1).await.0, 200);
    let (status, body) = run(2).await;
    assert_eq!((status, body.as_str().unwrap().contains("of memory at one time")), (400, true), "{body}");
    // On a connection of several it ends none of the others.
    let mut socket = Socket::open(&bench, "/ws").await;
    for count in [2, 1] {
        let request = json!({"requestId": count.to_string(), "cmd": vec![&command; count]});
        socket.send(Message::text(request.to_string())).await;
        let told = socket.json().await;
        let is_refused = told["error"].as_str().is_some_and(|why| why.contains("of memory at one time"));
        assert_eq!(
            (told["requestId"].as_str(), is_refused),
            (Some(&*count.to_string()), count == 2),
            "{told}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn millions_of_commands_are_refused_over_websockets() {
    let bench = Bench::start().await;
    let mut socket = Socket::open(&bench, "/ws").await;
    socket.send(Message::text(commands())).await;
    assert!(socket.next().await.is_none());
    let mut socket = Socket::open(&bench, "/stream").await;
    socket.send(Message::binary([b"\x01", commands().as_bytes()].concat())).await;
    let end = socket.next().await.unwrap().into_data();
    let end: Value = serde_json::from_slice(&end[1..]).unwrap();
    assert_eq!(end["error"], "too many values: 100000 are allowed");
    echo(&bench).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn millions_of_commands_are_refused_over_grpc() {
    let bench = Bench::start().await;
    let channel = Channel::from_shared(bench.grpc_url.clone()).unwrap().connect().await.unwrap();
    let mut executor = ExecutorClient::new(channel);
    let many = |count| Request { cmd: vec![CmdType::default(); count], ..Request::default() };
    let too_many = "the message has too many parts: 100000 are allowed";
    let refused = executor.exec(many(100_000)).await.unwrap_err();
    assert_eq!((refused.code(), refused.message()), (Code::InvalidArgument, too_many));
    let refused = executor.exec(many(129)).await.unwrap_err();
    assert_eq!((refused.code(), refused.message()), (Code::InvalidArgument, "too many commands: 129 > 128"));
    let first = StreamRequest { request: Some(Sent::ExecRequest(many(100_000))) };
    let refused = executor.exec_stream(futures_util::stream::iter([first])).await.unwrap_err();
    assert_eq!((refused.code(), refused.message()), (Code::InvalidArgument, too_many));
    echo(&bench).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_stored_file_may_be_copied_in_thousands_of_times() {
    let bench = Bench::start().await;
    let part = reqwest::multipart::Part::bytes(b"content".to_vec()).file_name("a");
    let form = reqwest::multipart::Form::new().part("file", part);
    let (_, id) = answer(bench.request(Method::POST, "/file").multipart(form)).await;
    let copies: serde_json::Map<String, Value> =
        (0..40_000).map(|number| (format!("f{number}"), json!({"fileId": id}))).collect();
    let command = json!({
        "args": ["echo"], "files": [], "copyIn": copies, "copyOut": ["f0", "f39999"],
        "cpuLimit": 1_000_000_000, "clockLimit": 1_000_000_000, "memoryLimit": 1 << 20, "procLimit": 1,
    });
    let before = std::fs::read_dir("/proc/self/fd").unwrap().count();
    let (status, body) = answer(bench.request(Method::POST, "/run").json(&json!({"cmd": [command]}))).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(body[0]["files"], json!({"f0": "content", "f39999": "content"}), "{body}");
    let after = std::fs::read_dir("/proc/self/fd").unwrap().count();
    assert!(after < before + 500, "{before} descriptors were open, {after} are");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_needs_more_descriptors_than_one_may_have_is_refused() {
    let bench = Bench::start().await;
    let copies: Vec<String> = (0..60_000).map(|number| format!("f{number}")).collect();
    let command = json!({"args": ["echo"], "files": [], "copyOut": copies});
    let (status, body) = answer(bench.request(Method::POST, "/run").json(&json!({"cmd": [command]}))).await;
    assert_eq!(status, 400, "{body}");
    assert!(body.as_str().unwrap().starts_with("too many files: "), "{body}");
    echo(&bench).await;
}

/// Waits until so much is on the account.
async fn until_held(bench: &Bench, least: u64) {
    eventually(async || (bench.account.held().get() >= least).then_some(())).await;
}

/// They come slowly, or are announced as large ones: of each there is a byte, and room for little more is taken.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_bodies_of_which_a_byte_has_come_leave_room_for_others() {
    use tokio::io::AsyncWriteExt;
    let bench = Bench::with(&[("http.memory", "32MiB")]).await;
    let address = bench.url.trim_start_matches("http://").to_owned();
    let begin = async |path: &str, length: &str, body: &str| {
        let mut connection = tokio::net::TcpStream::connect(&address).await.unwrap();
        let kind = "Host: localhost\r\nContent-Type: application/json";
        let head = format!("POST {path} HTTP/1.1\r\n{kind}\r\n{length}\r\n\r\n{body}");
        connection.write_all(head.as_bytes()).await.unwrap();
        connection
    };
    let mut slow = Vec::new();
    for _ in 0..80 {
        slow.push(begin("/run", "Transfer-Encoding: chunked", "1\r\n{\r\n").await);
    }
    for _ in 0..20 {
        slow.push(begin("/api/v1/submissions", "Content-Length: 1048576", "{").await);
    }
    until_held(&bench, 100 * CONNECTION + 20 * BEGUN).await;
    let body = format!("{{\"cmd\":[{}]}}", " ".repeat(3 << 20));
    let (status, told) = answer(bench.request(Method::POST, "/run").body(body)).await;
    assert_eq!(status, 400, "it is read, and is no request: {told}");
    drop(slow);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_orders_or_makes_something_is_on_the_account_and_its_length_has_a_bound() {
    use tokio::io::AsyncWriteExt;
    let bench = Bench::with(&[("http.memory", "32MiB")]).await;
    let address = bench.url.trim_start_matches("http://").to_owned();
    for (path, most) in [("/api/v1/rejudges", 256 << 10), ("/api/v1/tokens", 16 << 10)] {
        let before = bench.account.held().get();
        let mut connection = tokio::net::TcpStream::connect(&address).await.unwrap();
        let head = format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {most}\r\n\r\n{{");
        connection.write_all(head.as_bytes()).await.unwrap();
        until_held(&bench, before + CONNECTION + most).await;
        drop(connection);
        eventually(async || (bench.account.held().get() < before + most).then_some(())).await;
        let body = " ".repeat(usize::try_from(most).unwrap() + 1);
        let (status, told) = answer(bench.request(Method::POST, path).body(body)).await;
        assert_eq!(status, 413, "{told}");
    }
}

/// One address floods with bodies that never end: as soon as another has found no room, half is left to it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_floods_with_bodies_keeps_nobody_else_out() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let bench = Bench::with(&[("http.memory", "64MiB")]).await;
    let address: std::net::SocketAddr = bench.url.trim_start_matches("http://").parse().unwrap();
    let send = async |from: [u8; 4], head: &str, body: &[u8]| {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind((from, 0).into()).unwrap();
        let mut connection = socket.connect(address).await.unwrap();
        connection.write_all(head.as_bytes()).await.unwrap();
        connection.write_all(body).await.unwrap();
        connection
    };
    let flood = async || {
        let head = "POST /run HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1048576\r\n\r\n{";
        send([127, 0, 0, 2], head, b"").await
    };
    let body = format!("{{\"cmd\":[{}]}}", " ".repeat(1 << 20));
    let head = format!(
        "POST /run HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let honest = async || {
        let mut connection = send([127, 0, 0, 1], &head, body.as_bytes()).await;
        let mut status = [0; 12];
        connection.read_exact(&mut status).await.unwrap();
        String::from_utf8_lossy(&status).into_owned()
    };
    let mut flooding = Vec::new();
    for _ in 0..120 {
        flooding.push(flood().await);
    }
    let all = bench.account.share(Purpose::Requests);
    until_held(&bench, 120 * CONNECTION + all - LARGE).await;
    assert_eq!(honest().await, "HTTP/1.1 503", "the flood has all that there is");
    drop(flooding);
    eventually(async || (bench.account.held().get() < LARGE).then_some(())).await;
    let mut flooding = Vec::new();
    for _ in 0..120 {
        flooding.push(flood().await);
    }
    until_held(&bench, 120 * CONNECTION + all / 2 - LARGE).await;
    assert_eq!(honest().await, "HTTP/1.1 400", "it is read, and is no request");
    drop(flooding);
}

/// A request of one command, with this in place of its own.
fn command_with(key: &str, value: &Value) -> Value {
    let mut command = json!({
        "args": ["echo", "hello"], "env": ["PATH=/bin"],
        "files": [{"content": ""}, {"name": "stdout", "max": 100}],
        "cpuLimit": 1_000_000_000, "clockLimit": 1_000_000_000, "memoryLimit": 1 << 20, "procLimit": 1,
    });
    command[key] = value.clone();
    json!({"cmd": [command]})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_no_frame_can_hold_is_told_without_a_sandbox() {
    let bench = Bench::start().await;
    let long = "x".repeat(200_000);
    for (key, value, status, told) in [
        ("args", json!(["echo", long]), "Internal Error", "argument list too long"),
        ("args", json!(vec!["x"; 20_000]), "Internal Error", "argument list too long"),
        ("env", json!([format!("A={long}")]), "Internal Error", "argument list too long"),
        ("cpuSetLimit", json!(long), "Internal Error", "argument list too long"),
        ("copyOut", json!([long]), "Internal Error", "argument list too long"),
        (
            "copyOut",
            json!((0..3700).map(|n| format!("f{n}")).collect::<Vec<_>>()),
            "Internal Error",
            "too long",
        ),
        ("files", json!([{"content": ""}, {"name": long, "max": 100}]), "Internal Error", "too long"),
        ("copyIn", json!({"a": {"symlink": long}}), "File Error", "file name too long"),
        ("copyIn", json!({long.clone(): {"symlink": "a"}}), "File Error", "file name too long"),
        ("copyIn", json!({long.clone(): {"content": ""}}), "File Error", "file name too long"),
    ] {
        let (code, body) = answer(bench.request(Method::POST, "/run").json(&command_with(key, &value))).await;
        let body = body.to_string();
        let shown = &body[..body.len().min(200)];
        assert_eq!(code, 200, "{key}: {shown}");
        assert!(body.contains(&format!("\"status\":\"{status}\"")) && body.contains(told), "{key}: {shown}");
    }
    assert_eq!(bench.sandboxes.leased.load(Ordering::SeqCst), 0);
    echo(&bench).await;
    assert_eq!(bench.sandboxes.leased.load(Ordering::SeqCst), 1);
}

/// The others of a group run, beside pipes that nobody writes to.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_group_only_what_can_be_run_takes_sandboxes() {
    let bench = Bench::start().await;
    let mut first = command_with("args", &json!(["echo", "x".repeat(200_000)]));
    first["cmd"][0]["files"] = json!([{"content": ""}, null]);
    let mut second = command_with("args", &json!(["cat"]));
    second["cmd"][0]["files"] = json!([null, {"name": "stdout", "max": 100, "pipe": true}]);
    let request = json!({
        "cmd": [first["cmd"][0], second["cmd"][0]],
        "pipeMapping": [{"in": {"index": 0, "fd": 1}, "out": {"index": 1, "fd": 0}}],
    });
    let (status, body) = answer(bench.request(Method::POST, "/run").json(&request)).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!((&body[0]["status"], &body[1]["status"]), (&json!("Internal Error"), &json!("Accepted")));
    assert_eq!(bench.sandboxes.leased.load(Ordering::SeqCst), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_readers_of_pipes_read_into_is_on_the_account() {
    let bench = Bench::with(&[("http.memory", "1MiB")]).await;
    let run = async |count: usize| {
        let pipes = (0..count).map(|number| json!({"name": format!("p{number}"), "max": 1, "pipe": true}));
        let files: Vec<Value> = std::iter::once(json!({"content": ""})).chain(pipes).collect();
        let command = json!({"args": ["echo"], "files": files});
        answer(bench.request(Method::POST, "/run").json(&json!({"cmd": [command]}))).await
    };
    assert_eq!(run(2).await.0, 200);
    let (status, body) = run(40).await;
    let told = "the server never holds so much for one: 442368 bytes are the most";
    assert_eq!((status.as_u16(), body), (400, Value::from(told)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_for_memory_keeps_it_from_nobody() {
    use tokio::io::AsyncWriteExt;
    // Of 14 MiB for requests the first head has 10, the second waits for as much.
    let bench = Bench::with(&[("http.memory", "32MiB")]).await;
    let address = bench.url.trim_start_matches("http://").to_owned();
    let mut waiting = Vec::new();
    for _ in 0..2 {
        let mut connection = tokio::net::TcpStream::connect(&address).await.unwrap();
        let head = "POST /run HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5242880\r\n\r\n";
        connection.write_all(head.as_bytes()).await.unwrap();
        waiting.push(connection);
    }
    until_held(&bench, 2 * CONNECTION + (10 << 20)).await;
    let command = json!({"args": ["echo"], "env": ["x".repeat(500_000)], "files": []});
    let (status, body) = answer(bench.request(Method::POST, "/run").json(&json!({"cmd": [command]}))).await;
    assert_eq!(status, 200, "{body}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_made_of_bodies_is_on_the_account_before_it_is_made() {
    let bench = Bench::with(&[("http.memory", "64MiB")]).await;
    // Each 140 KB, and 10 MiB once parsed, of 28 for all.
    let body = format!("{{\"cmd\":[{{\"copyIn\":{{{}\"a\":{{}}}}}}]}}", "\"a\":{},".repeat(20_000));
    let many = (0..16).map(|_| answer(bench.request(Method::POST, "/run").body(body.clone())));
    let statuses: Vec<_> = futures_util::future::join_all(many).await.into_iter().map(|(it, _)| it).collect();
    assert!(statuses.iter().all(|status| *status == 400 || *status == 503), "{statuses:?}");
    echo(&bench).await;
    let (_, refused) = answer(bench.request(Method::POST, "/run").body(body)).await;
    assert!(refused.as_str().is_some_and(|why| why.starts_with("file type is not valid")), "{refused}");
    let larger = format!("{{\"cmd\":[{{\"copyIn\":{{{}\"a\":{{}}}}}}]}}", "\"a\":{},".repeat(49_000));
    let (status, refused) = answer(bench.request(Method::POST, "/run").body(larger)).await;
    let told = "the server never holds so much for one: 22020096 bytes are the most";
    assert_eq!((status.as_u16(), refused), (400, Value::from(told)));
}

/// Takes all that there is for outputs.
fn others_hold_all(account: &Account) -> Vec<Held> {
    let of = |size: u64| std::iter::from_fn(move || account.try_take(Purpose::Outputs, size).ok());
    of(64 << 10).chain(of(9 << 10)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn judgements_and_lists_of_files_are_on_the_account() {
    let bench = Bench::with(&[("http.memory", "4MiB")]).await;
    let submission =
        json!({"language": "cpp17", "source": "accept", "stdin": "7".repeat(3000), "wait": true});
    let (status, body) = bench.post(submission).await;
    assert_eq!(status, 200, "{body}");
    let path = format!("/api/v1/submissions/{}", body["id"].as_str().unwrap());
    let mut expected = serde_json::Map::new();
    for number in 0..20 {
        let name = format!("{number}{}", "<".repeat(900));
        let part = reqwest::multipart::Part::bytes(Vec::new()).file_name(name.clone());
        let form = reqwest::multipart::Form::new().part("file", part);
        let (_, id) = answer(bench.request(Method::POST, "/file").multipart(form)).await;
        expected.insert(id.as_str().unwrap().to_owned(), name.into());
    }
    let others = others_hold_all(&bench.account);
    assert_eq!(bench.get(&path).await.0, 503);
    assert_eq!(bench.get("/file").await.0, 503);
    // To follow a submission takes no judgement; and what is small goes on.
    let events = bench.request(Method::GET, &format!("{path}/events")).send().await.unwrap();
    assert_eq!(events.status(), 200);
    assert_eq!(bench.get("/api/v1/submissions/00000000-0000-0000-0000-000000000000/events").await.0, 404);
    drop((others, events));
    assert_eq!(bench.get(&path).await.0, 200);
    assert_eq!(bench.get("/file").await, (reqwest::StatusCode::OK, expected.into()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_for_a_judgement_keeps_nothing_of_a_large_body() {
    // 3.5 MiB for requests, and of each body 320 KiB are read before anybody reads them.
    let bench = std::sync::Arc::new(Bench::with(&[("http.memory", "8MiB")]).await);
    let submission =
        json!({"language": "cpp17", "source": "hang", "stdin": "7".repeat(400 << 10), "wait": true});
    let mut waiting = tokio::task::JoinSet::new();
    for number in 1..=16 {
        let (posting, submission) = (std::sync::Arc::clone(&bench), submission.clone());
        waiting.spawn(async move { posting.post(submission).await.0 });
        // Accepted, and for each less is held than half of its body.
        eventually(async || {
            let accepted =
                bench.get("/api/v1/submissions?limit=100").await.1["submissions"].as_array()?.len();
            let held = usize::try_from(bench.account.held().get()).unwrap();
            (accepted == number && held < number * (200 << 10)).then_some(())
        })
        .await;
    }
    let submission = json!({"language": "cpp17", "source": "hang", "stdin": "7".repeat(400 << 10)});
    assert_eq!(bench.post(submission).await.0, 202);
    assert!(waiting.try_join_next().is_none(), "one was refused");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_made_of_a_message_over_grpc_does_not_wait_for_its_memory() {
    // 7 MiB for requests: the parts of this one take 2.5.
    let bench = Bench::with(&[("http.memory", "16MiB")]).await;
    let channel = Channel::from_shared(bench.grpc_url.clone()).unwrap().connect().await.unwrap();
    let mut executor = ExecutorClient::new(channel);
    let command = CmdType { args: vec!["echo".to_owned(); 10_000], ..CmdType::default() };
    let request = Request { cmd: vec![command], ..Request::default() };
    let others = [5, 1].map(|size| bench.account.try_take(Purpose::Requests, size << 20).unwrap());
    let begun = std::time::Instant::now();
    let refused = executor.exec(request.clone()).await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted, "{refused:?}");
    assert!(begun.elapsed() < std::time::Duration::from_secs(2), "{:?}", begun.elapsed());
    drop(others);
    executor.exec(request).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_beyond_the_settings_are_cut_to_them_on_every_way_in() {
    let settings =
        [("gojudge.max_memory", "64MiB"), ("gojudge.max_time", "30s"), ("gojudge.max_processes", "9")];
    let bench = Bench::with(&settings).await;
    let told = "67108864 30s 30s 9";
    let command = json!({
        "args": ["limits"], "files": [{"content": ""}, {"name": "stdout", "max": 100}], "cpuLimit": u64::MAX,
        "clockLimit": u64::MAX, "memoryLimit": u64::MAX, "procLimit": u64::MAX, "stackLimit": u64::MAX,
        "cpuRateLimit": u64::MAX, "copyOutMax": u64::MAX,
    });
    let (status, body) = answer(bench.request(Method::POST, "/run").json(&json!({"cmd": [command]}))).await;
    assert_eq!((status.as_u16(), &body[0]["files"]["stdout"]), (200, &json!(told)), "{body}");
    let stdout = gavel_rpc::request::PipeCollector { name: "stdout".into(), max: i64::MAX, pipe: false };
    let of = |file| gavel_rpc::request::File { file: Some(file) };
    let command = CmdType {
        args: vec!["limits".into()],
        files: vec![
            of(file::File::Memory(gavel_rpc::request::MemoryFile::default())),
            of(file::File::Pipe(stdout)),
        ],
        cpu_time_limit: u64::MAX,
        clock_time_limit: u64::MAX,
        memory_limit: u64::MAX,
        proc_limit: u64::MAX,
        stack_limit: u64::MAX,
        cpu_rate_limit: u64::MAX,
        copy_out_max: u64::MAX,
        ..CmdType::default()
    };
    let channel = Channel::from_shared(bench.grpc_url.clone()).unwrap().connect().await.unwrap();
    let request = Request { cmd: vec![command], ..Request::default() };
    let response = ExecutorClient::new(channel).exec(request).await.unwrap().into_inner();
    assert_eq!(&response.results[0].files["stdout"][..], told.as_bytes(), "{response:?}");
}

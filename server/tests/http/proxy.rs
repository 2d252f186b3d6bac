//! `gavel proxy`, as a process, in both directions.

use std::process::Stdio;
use std::time::Duration;

use gavel_rpc::request::{CmdCopyOutFile, CmdType, File, MemoryFile, PipeCollector, file};
use gavel_rpc::response::result::StatusType;
use gavel_rpc::{FileContent, FileId, Request};
use reqwest::{Method, multipart};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tonic::Code;
use tonic::transport::Channel;

use crate::bench::{Bench, PATIENCE, answer, eventually};

const TOKEN: &str = "backend-token-0123456789";
/// Not text.
const BYTES: &[u8] = b"\0\xff\xfe\n";

type Executor = gavel_rpc::executor_client::ExecutorClient<Channel>;

struct Proxy {
    address: String,
    process: Child,
}

impl Proxy {
    /// For this server, with these settings; it says itself where it listens.
    async fn start(to: &str, settings: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gavel"));
        command.args(["--config", "/dev/null", "proxy", "--listen", "127.0.0.1:0", "--to", to]);
        for setting in settings {
            command.args(["--set", setting]);
        }
        let mut process = command.env_clear().stderr(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let address = tokio::time::timeout(PATIENCE, async {
            loop {
                let line = lines.next_line().await.unwrap().expect("it serves");
                if let Some(at) = line.find("127.0.0.1:") {
                    let end = line[at..].find(' ').map_or(line.len(), |length| at + length);
                    return line[at..end].to_owned();
                }
            }
        });
        let address = address.await.unwrap();
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self { address, process }
    }

    /// What it has had of memory at most, in KiB, without the pages of its program, which are many where nothing is optimized.
    fn most_resident(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id().unwrap())).unwrap();
        let told = |name: &str| -> u64 {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.trim().trim_end_matches(" kB").parse().unwrap()
        };
        told("VmHWM:") - told("RssFile:")
    }

    async fn executor(&self) -> Executor {
        let endpoint = Channel::from_shared(format!("http://{}", self.address)).unwrap().timeout(PATIENCE);
        Executor::new(endpoint.connect().await.unwrap())
    }
}

const OPEN: &[&str] = &["http.allow_unauthenticated=true"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_by_rest_goes_on_by_grpc() {
    let bench = Bench::start().await;
    let proxy = Proxy::start(&bench.grpc_url.replace("http", "grpc"), OPEN).await;
    let request =
        |method, path: &str| bench.client.request(method, format!("http://{}{path}", proxy.address));
    let command = json!({
        "args": ["echo", "hello"], "cpuTimeLimit": "1000000000", "memoryLimit": 1 << 20, "procLimit": 1,
        "files": [{"memory": {"content": ""}}, {"pipe": {"name": "stdout", "max": 100}}],
        "copyIn": {"a": {"memory": {"content": "AP/+Cg=="}}}, "copyOut": [{"name": "a"}],
    });
    let exec = |body: Value| answer(request(Method::POST, "/exec").json(&body));
    let (status, body) = exec(json!({"requestID": "r", "cmd": [command]})).await;
    assert_eq!((status.as_u16(), &body["requestID"]), (200, &json!("r")), "{body}");
    assert_eq!(body["results"][0]["status"], "Accepted", "{body}");
    assert_eq!(body["results"][0]["files"], json!({"stdout": "aGVsbG8=", "a": "AP/+Cg=="}), "{body}");
    assert_eq!(exec(json!({"what": 1})).await.0, 400);

    let part = multipart::Part::bytes(BYTES).file_name("a.bin");
    let form = multipart::Form::new().part("file", part);
    let (_, added) = answer(request(Method::POST, "/file").multipart(form)).await;
    let path = format!("/file/{}", added["fileID"].as_str().unwrap());
    let (_, listed) = answer(request(Method::GET, "/file")).await;
    assert_eq!(listed["fileIDs"].as_object().unwrap().values().next(), Some(&json!("a.bin")));
    let (_, content) = answer(request(Method::GET, &path)).await;
    assert_eq!(content, json!({"name": "a.bin", "content": "AP/+Cg=="}));
    assert_eq!(answer(request(Method::DELETE, &path)).await.0, 200);
    assert_eq!(answer(request(Method::DELETE, &path)).await.0, 404);
}

fn memory(content: &'static [u8]) -> File {
    File { file: Some(file::File::Memory(MemoryFile { content: content.into() })) }
}

fn command() -> CmdType {
    let stdout = PipeCollector { name: "stdout".into(), max: 100, pipe: false };
    let output = |name: &str, optional| CmdCopyOutFile { name: name.into(), optional };
    CmdType {
        args: vec!["echo".into(), "hello".into()],
        files: vec![memory(b""), File { file: Some(file::File::Pipe(stdout)) }],
        cpu_time_limit: 1_000_000_000,
        memory_limit: 1 << 20,
        proc_limit: 1,
        copy_in: [("a".into(), memory(BYTES)), ("b".into(), memory(b"text"))].into(),
        copy_out: vec![output("a", false), output("none", true)],
        copy_out_cached: vec![output("b", false)],
        ..CmdType::default()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_by_grpc_goes_on_by_rest_without_a_byte_lost() {
    let bench = Bench::start().await;
    let proxy = Proxy::start(&bench.url, OPEN).await;
    let mut executor = proxy.executor().await;
    let request = Request { request_id: "r".into(), cmd: vec![command()], ..Request::default() };
    let response = executor.exec(request).await.unwrap().into_inner();
    let result = &response.results[0];
    assert_eq!((response.request_id.as_str(), result.status()), ("r", StatusType::Accepted), "{result:?}");
    assert_eq!((result.time, result.memory), (1_000_000, 100 << 10));
    let files: Vec<_> = result.files.iter().map(|(name, content)| (name.as_str(), &content[..])).collect();
    assert_eq!(files, [("a", BYTES), ("stdout", b"hello")]);
    let id = FileId { file_id: result.file_i_ds["b"].clone() };
    // What was stored for the way only is gone.
    eventually(async || {
        let (_, listed) = bench.get("/file").await;
        (listed.as_object()?.keys().collect::<Vec<_>>() == [&id.file_id]).then_some(())
    })
    .await;
    let stored = executor.file_get(id.clone()).await.unwrap().into_inner();
    assert_eq!((stored.name.as_str(), &stored.content[..]), ("b", &b"text"[..]));
    executor.file_delete(id.clone()).await.unwrap();
    assert_eq!(executor.file_delete(id).await.unwrap_err().code(), Code::NotFound);
    let content = FileContent { name: "c".into(), content: BYTES.into() };
    let id = executor.file_add(content.clone()).await.unwrap().into_inner();
    assert_eq!(executor.file_get(id).await.unwrap().into_inner(), content);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_server_refuses_the_proxy_refuses_with_the_same_code() {
    let bench = Bench::start().await;
    let proxy = Proxy::start(&bench.url, OPEN).await;
    let mut executor = proxy.executor().await;
    let mut refusal = async |file: file::File| {
        let command = CmdType { files: vec![File { file: Some(file) }], ..command() };
        let refused = executor.exec(Request { cmd: vec![command], ..Request::default() }).await.unwrap_err();
        (refused.code(), refused.message().to_owned())
    };
    let local = gavel_rpc::request::LocalFile { src: "/etc/passwd".into() };
    let (code, text) = refusal(file::File::Local(local)).await;
    assert_eq!((code, text.as_str()), (Code::InvalidArgument, "file (/etc/passwd) does not under ([])"));
    let unknown = gavel_rpc::request::CachedFile { file_id: "NOPE".into() };
    let (code, text) = refusal(file::File::Cached(unknown)).await;
    assert_eq!((code, text.as_str()), (Code::Internal, "file does not exists with id: \"NOPE\""));
    let path = FileId { file_id: "../api/v1/languages".into() };
    assert_eq!(executor.file_get(path).await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_asks_for_the_token_that_it_sends_on() {
    let bench = Bench::with(&[("http.token", TOKEN)]).await;
    let token = &[&*format!("http.token={TOKEN}")];
    let bearer = format!("Bearer {TOKEN}");
    let rest = Proxy::start(&bench.grpc_url.replace("http", "grpc"), token).await;
    let list = || bench.client.get(format!("http://{}/file", rest.address));
    assert_eq!(answer(list()).await.0, 401);
    assert_eq!(answer(list().header("authorization", &bearer)).await.0, 200);
    let rpc = Proxy::start(&bench.url, token).await;
    let mut executor = rpc.executor().await;
    assert_eq!(executor.file_list(()).await.unwrap_err().code(), Code::Unauthenticated);
    let mut call = tonic::Request::new(());
    call.metadata_mut().insert("authorization", bearer.parse().unwrap());
    executor.file_list(call).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn web_pages_cannot_use_a_proxy() {
    let bench = Bench::start().await;
    let proxy = Proxy::start(&bench.grpc_url.replace("http", "grpc"), OPEN).await;
    let exec = |name: &str, value: &str| {
        let request = bench.client.post(format!("http://{}/exec", proxy.address));
        answer(request.header(name, value).body("{}"))
    };
    assert_eq!(exec("origin", "http://evil.example").await.0, 403);
    assert_eq!(exec("host", "rebound.example").await.0, 403);
    assert_eq!(exec("host", "localhost").await.0, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_proxy_reads_is_bounded() {
    let bench = Bench::start().await;
    let to = bench.grpc_url.replace("http", "grpc");
    let proxy = Proxy::start(&to, &[OPEN[0], "http.max_body=2MiB", "http.memory=20MiB"]).await;
    let upload = |size: usize| {
        let part = multipart::Part::bytes(vec![b'x'; size]).file_name("a");
        let post = bench.client.post(format!("http://{}/file", proxy.address));
        answer(post.multipart(multipart::Form::new().part("file", part)))
    };
    for path in ["/file", "/exec"] {
        assert_eq!(status_of(&mut announce(&proxy, path, 3 << 20).await).await, "413", "{path}");
    }
    // Nothing is answered where there is memory for a body: it is waited for. Where there is none, that is told after 3 s.
    let waits = async |path: &str| {
        let mut connection = announce(&proxy, path, 2 << 20).await;
        match tokio::time::timeout(Duration::from_secs(5), status_of(&mut connection)).await {
            Ok(status) if status == "503" => None,
            Ok(status) => panic!("{path}: {status}"),
            Err(_elapsed) => Some(connection),
        }
    };
    // Two bodies of this size, and what is to be made of them, take all that there is.
    let (first, second) = tokio::join!(waits("/exec"), waits("/exec"));
    assert!(first.is_some() && second.is_some());
    assert!(waits("/exec").await.is_none());
    assert_eq!(upload(9).await.0, 200);
    drop((first, second));
    eventually(async || waits("/exec").await).await;
}

/// Bytes of a file of which twenty are no proxy's to hold at one time.
const LARGE: usize = 6 << 20;

/// A proxy that may hold 64 MiB is asked for 120 MiB at once: it hands out what there is room for, and tells the others so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_are_bounded_and_on_the_account() {
    let bench = Bench::with(&[("http.memory", "4GiB")]).await;
    let direct = Channel::from_shared(bench.grpc_url.clone()).unwrap().connect().await.unwrap();
    let mut direct = Executor::new(direct);
    let mut stored = async |size: usize| {
        let file = FileContent { name: "a".into(), content: vec![b'x'; size].into() };
        direct.file_add(file).await.unwrap().into_inner()
    };
    let (large, endless) = (stored(LARGE).await, stored(30 << 20).await);
    let settings = [OPEN[0], "http.memory=64MiB"];

    let rpc = Proxy::start(&bench.url, &settings).await;
    let executor = rpc.executor().await.max_decoding_message_size(usize::MAX);
    let get = async |id: &FileId| match executor.clone().file_get(id.clone()).await {
        Ok(file) => Some(file.into_inner().content.len()),
        Err(refused) if refused.code() == Code::ResourceExhausted => None,
        Err(other) => panic!("{other}"),
    };
    each_is_whole_or_refused(&get, &large, &endless).await;
    assert!(rpc.most_resident() < 100 << 10, "{} KiB", rpc.most_resident());

    let rest = Proxy::start(&bench.grpc_url.replace("http", "grpc"), &settings).await;
    let get = async |id: &FileId| {
        let url = format!("http://{}/file/{}", rest.address, id.file_id);
        let response = bench.client.get(url).send().await.unwrap();
        match response.status().as_u16() {
            200 => Some(response.json::<Value>().await.unwrap()["content"].as_str()?.len() / 4 * 3),
            503 => None,
            other => panic!("{other}"),
        }
    };
    each_is_whole_or_refused(&get, &large, &endless).await;
    assert!(rest.most_resident() < 100 << 10, "{} KiB", rest.most_resident());
}

async fn each_is_whole_or_refused(
    get: &impl AsyncFn(&FileId) -> Option<usize>,
    large: &FileId,
    endless: &FileId,
) {
    let got = futures_util::future::join_all((0..20).map(|_| get(large))).await;
    let whole: Vec<_> = got.into_iter().flatten().collect();
    assert!(!whole.is_empty() && whole.iter().all(|size| *size == LARGE), "{whole:?}");
    assert_eq!(get(endless).await, None, "more than one may have");
    eventually(|| get(large)).await;
}

/// A connection on which a body of this size is announced and does not come.
async fn announce(proxy: &Proxy, path: &str, size: usize) -> TcpStream {
    let mut connection = TcpStream::connect(&proxy.address).await.unwrap();
    let head = format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {size}\r\n\r\n");
    connection.write_all(head.as_bytes()).await.unwrap();
    connection
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_offers_another_protocol_is_told_that_the_connection_ends() {
    let bench = Bench::start().await;
    let proxy = Proxy::start(&bench.grpc_url.replace("http", "grpc"), OPEN).await;
    let mut connection = TcpStream::connect(&proxy.address).await.unwrap();
    let head = "GET /file HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n";
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    tokio::time::timeout(PATIENCE, connection.read_to_string(&mut answer)).await.unwrap().unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\r\nconnection: close\r\n"), "{answer}");
}

async fn status_of(connection: &mut TcpStream) -> String {
    let mut line = String::new();
    BufReader::new(connection).read_line(&mut line).await.unwrap();
    line.split(' ').nth(1).unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_proxy_cannot_pass_on_it_says() {
    let bench = Bench::start().await;
    let rpc = Proxy::start(&bench.url, OPEN).await;
    let refused = rpc.executor().await.exec_stream(futures_util::stream::empty()).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unimplemented);
    assert_eq!(refused.message(), "the proxy cannot pass on ExecStream: call the server itself");
    let rest = Proxy::start(&bench.grpc_url.replace("http", "grpc"), OPEN).await;
    for path in ["/ws", "/stream"] {
        let url = format!("http://{}{path}", rest.address);
        assert_eq!(answer(bench.client.get(url)).await.0, 404, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_heeds_sigterm_in_both_forms() {
    for to in ["grpc://127.0.0.1:1", "http://127.0.0.1:1"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gavel"));
        command.args(["--config", "/dev/null", "proxy", "--listen", "127.0.0.1:0", "--to", to]);
        command.args(["--set", "http.allow_unauthenticated=true"]);
        let mut proxy = command.env_clear().stderr(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let mut lines = BufReader::new(proxy.stderr.take().unwrap()).lines();
        let serves = async { while !lines.next_line().await.unwrap().unwrap().contains("Serving") {} };
        tokio::time::timeout(PATIENCE, serves).await.unwrap();
        kill_process(Pid::from_raw(proxy.id().unwrap().try_into().unwrap()).unwrap(), Signal::TERM).unwrap();
        let ended = tokio::time::timeout(PATIENCE, proxy.wait()).await.unwrap().unwrap();
        assert!(ended.success(), "{to}: {ended}");
    }
}

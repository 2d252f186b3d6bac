//! The go-judge API over gRPC: a client of its own over a real socket, with stand-ins for sandboxes.

use std::sync::atomic::Ordering;

use gavel_rpc::executor_client::ExecutorClient;
use gavel_rpc::request::{CachedFile, CmdCopyOutFile, CmdType, File, MemoryFile, PipeCollector, file};
use gavel_rpc::response::result::StatusType;
use gavel_rpc::{FileContent, FileId, Request};
use tonic::transport::Channel;
use tonic::{Code, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;

use crate::bench::{Bench, PATIENCE, eventually};

const TOKEN: &str = "backend-token-0123456789";
/// Not text.
const BYTES: &[u8] = b"\0\xff\xfe\n";

async fn channel(bench: &Bench) -> Channel {
    let endpoint = Channel::from_shared(bench.grpc_url.clone()).unwrap().timeout(PATIENCE);
    endpoint.connect().await.unwrap()
}

async fn executor(bench: &Bench) -> ExecutorClient<Channel> {
    ExecutorClient::new(channel(bench).await)
}

fn of(file: file::File) -> File {
    File { file: Some(file) }
}

fn memory(content: &'static [u8]) -> File {
    of(file::File::Memory(MemoryFile { content: content.into() }))
}

fn collector(name: &str) -> File {
    of(file::File::Pipe(PipeCollector { name: name.into(), max: 1000, pipe: false }))
}

fn output(name: &str) -> CmdCopyOutFile {
    CmdCopyOutFile { name: name.into(), optional: false }
}

fn command(args: &[&str]) -> CmdType {
    CmdType {
        args: args.iter().map(ToString::to_string).collect(),
        files: vec![memory(b""), collector("stdout"), collector("stderr")],
        cpu_time_limit: 1_000_000_000,
        clock_time_limit: 1_000_000_000,
        memory_limit: 1 << 20,
        proc_limit: 1,
        ..CmdType::default()
    }
}

fn request(command: CmdType) -> Request {
    Request { request_id: "id-1".into(), cmd: vec![command], ..Request::default() }
}

/// A call with this `authorization`.
fn with<T>(message: T, authorization: Option<&str>) -> tonic::Request<T> {
    let mut request = tonic::Request::new(message);
    if let Some(value) = authorization {
        request.metadata_mut().insert("authorization", value.parse().unwrap());
    }
    request
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_runs_and_is_answered_over_grpc() {
    let bench = Bench::start().await;
    let mut executor = executor(&bench).await;
    let mut echo = command(&["echo", "hello"]);
    echo.copy_in = [("a.bin".into(), memory(BYTES))].into();
    echo.copy_out = vec![output("a.bin"), CmdCopyOutFile { name: "none".into(), optional: true }];
    let response = executor.exec(request(echo)).await.unwrap().into_inner();
    assert_eq!((response.request_id.as_str(), response.error.as_str()), ("id-1", ""));
    let result = &response.results[0];
    assert_eq!(result.status(), StatusType::Accepted, "{result:?}");
    assert_eq!((result.time, result.run_time, result.memory), (1_000_000, 2_000_000, 100 << 10));
    let names: Vec<_> = result.files.keys().collect();
    assert_eq!(names, ["a.bin", "stderr", "stdout"]);
    assert_eq!((&result.files["stdout"][..], &result.files["a.bin"][..]), (&b"hello"[..], BYTES));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_without_commands_has_no_results() {
    let bench = Bench::start().await;
    let response = executor(&bench).await.exec(Request::default()).await.unwrap().into_inner();
    assert!(response.results.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_are_kept_as_the_bytes_they_are() {
    let bench = Bench::start().await;
    let mut executor = executor(&bench).await;
    let content = FileContent { name: "a.bin".into(), content: BYTES.into() };
    let id = executor.file_add(content.clone()).await.unwrap().into_inner();
    let listed = executor.file_list(()).await.unwrap().into_inner().file_i_ds;
    assert_eq!(listed, [(id.file_id.clone(), "a.bin".to_owned())].into());
    assert_eq!(executor.file_get(id.clone()).await.unwrap().into_inner(), content);

    let mut copy = command(&["copy"]);
    let cached = of(file::File::Cached(CachedFile { file_id: id.file_id.clone() }));
    copy.copy_in = [("b.bin".into(), cached)].into();
    copy.copy_out_cached = vec![output("b.bin")];
    let response = executor.exec(request(copy)).await.unwrap().into_inner();
    let copied = FileId { file_id: response.results[0].file_i_ds["b.bin"].clone() };
    assert_eq!(executor.file_get(copied).await.unwrap().into_inner().content, BYTES);

    executor.file_delete(id.clone()).await.unwrap();
    let code = |answered: Result<(), Status>| answered.unwrap_err().code();
    assert_eq!(code(executor.file_get(id.clone()).await.map(drop)), Code::NotFound);
    assert_eq!(code(executor.file_delete(id).await.map(drop)), Code::NotFound);
    let escape = FileId { file_id: "../files".into() };
    assert_eq!(code(executor.file_get(escape).await.map(drop)), Code::NotFound);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_run_is_refused_with_go_judges_codes() {
    let bench = Bench::start().await;
    let mut executor = executor(&bench).await;
    let mut refusal = async |files: Vec<File>| {
        let refused = executor.exec(request(CmdType { files, ..command(&["a"]) })).await.unwrap_err();
        (refused.code(), refused.message().to_owned())
    };
    let local = of(file::File::Local(gavel_rpc::request::LocalFile { src: "/etc/passwd".into() }));
    let (code, text) = refusal(vec![local]).await;
    assert_eq!((code, text.as_str()), (Code::InvalidArgument, "file (/etc/passwd) does not under ([])"));
    assert_eq!(refusal(vec![of(file::File::StreamIn(()))]).await.0, Code::InvalidArgument);
    let unknown = of(file::File::Cached(CachedFile { file_id: "NOPE".into() }));
    let (code, text) = refusal(vec![unknown]).await;
    assert_eq!((code, text.as_str()), (Code::Internal, "file does not exists with id: \"NOPE\""));
    let open = CmdType { files: vec![File { file: None }], ..command(&["a"]) };
    let answered = executor.exec(request(open)).await.unwrap().into_inner();
    assert_eq!(answered.results[0].error, "execve: null file for index/fd: 0/0");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_above_the_limit_is_refused() {
    let bench = Bench::with(&[("gojudge.grpc.max_message", "1KiB")]).await;
    let mut executor = executor(&bench).await;
    let content = |size| FileContent { name: "big".into(), content: vec![0; size].into() };
    assert_eq!(executor.file_add(content(2048)).await.unwrap_err().code(), Code::OutOfRange);
    executor.file_add(content(512)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_messages_are_on_the_account() {
    let bench = Bench::with(&[("http.memory", "56MiB"), ("gojudge.parallelism", "8")]).await;
    let executor = executor(&bench).await;
    let large = |program: &str| {
        let mut command = command(&[program]);
        command.files[0] = memory(&[b'x'; 7 << 19]);
        request(command)
    };
    let hanging = || bench.sandboxes.hanging.load(Ordering::SeqCst);
    let mut calls = Vec::new();
    for count in 1..=3 {
        let mut executor = executor.clone();
        let message = large("hang");
        calls.push(tokio::spawn(async move { executor.exec(message).await }));
        eventually(async || (hanging() == count).then_some(())).await;
    }
    let refused = executor.clone().exec(large("echo")).await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted);
    executor.clone().exec(request(command(&["echo"]))).await.unwrap();
    for call in calls {
        call.abort();
    }
    eventually(async || (hanging() == 0).then_some(())).await;
    executor.clone().exec(large("echo")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_need_the_token_in_any_case_of_its_scheme() {
    let bench = Bench::with(&[("http.token", TOKEN)]).await;
    let mut executor = executor(&bench).await;
    let mut code = async |authorization: Option<&str>| match executor.file_list(with((), authorization)).await
    {
        Ok(_) => Code::Ok,
        Err(refused) => refused.code(),
    };
    for scheme in ["bearer", "Bearer", "BEARER"] {
        assert_eq!(code(Some(&format!("{scheme} {TOKEN}"))).await, Code::Ok, "{scheme}");
    }
    for wrong in ["Bearer wrong", "Bearer", "Bearer ", TOKEN, "Basic YTpi"] {
        assert_eq!(code(Some(wrong)).await, Code::Unauthenticated, "{wrong}");
    }
    assert_eq!(code(None).await, Code::Unauthenticated);
    let refused = executor.exec(request(command(&["echo"]))).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unauthenticated);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_need_the_scope_to_submit() {
    let tokens = r#"[{"name": "reads", "secret": "0123456789abcdef-1", "scopes": ["read", "operate"]},
        {"name": "submits", "secret": "0123456789abcdef-2", "scopes": ["submit"]}]"#;
    let bench = Bench::with(&[("http.tokens", tokens)]).await;
    let mut executor = executor(&bench).await;
    executor.file_list(with((), Some("Bearer 0123456789abcdef-2"))).await.unwrap();
    let refused = executor.file_list(with((), Some("Bearer 0123456789abcdef-1"))).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    assert!(refused.message().contains("`submit`"), "{refused}");
    assert_eq!(executor.file_list(()).await.unwrap_err().code(), Code::Unauthenticated);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_of_an_open_network_need_no_token_over_grpc() {
    let bench = Bench::with(&[("http.token", TOKEN), ("gojudge.open_networks", "127.0.0.0/8")]).await;
    let mut executor = executor(&bench).await;
    executor.file_list(()).await.unwrap();
    let refused = executor.file_list(with((), Some("Bearer wrong"))).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unauthenticated);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_web_page_behind_a_proxy_needs_a_token() {
    let bench = Bench::start().await;
    let mut executor = executor(&bench).await;
    let mut request = tonic::Request::new(());
    request.metadata_mut().insert("origin", "http://evil.example".parse().unwrap());
    assert_eq!(executor.file_list(request).await.unwrap_err().code(), Code::PermissionDenied);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_hangs_up_ends_the_run() {
    let bench = Bench::with(&[("gojudge.parallelism", "1")]).await;
    let mut executor = executor(&bench).await;
    let hanging = || bench.sandboxes.hanging.load(Ordering::SeqCst);
    let mut other = executor.clone();
    let call = tokio::spawn(async move { other.exec(request(command(&["hang"]))).await });
    eventually(async || (hanging() == 1).then_some(())).await;
    call.abort();
    eventually(async || (hanging() == 0).then_some(())).await;
    // The only turn is free again.
    executor.exec(request(command(&["echo"]))).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_breaks_ends_its_runs() {
    let bench = Bench::start().await;
    let hanging = || bench.sandboxes.hanging.load(Ordering::SeqCst);
    let url = bench.grpc_url.clone();
    // A runtime of its own takes the connection with it.
    let client = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    client.spawn(async move {
        let channel = Channel::from_shared(url).unwrap().connect().await.unwrap();
        ExecutorClient::new(channel).exec(request(command(&["hang"]))).await
    });
    eventually(async || (hanging() == 1).then_some(())).await;
    client.shutdown_background();
    eventually(async || (hanging() == 0).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_is_told_without_a_token() {
    let bench = Bench::with(&[("http.token", TOKEN)]).await;
    let mut health = HealthClient::new(channel(&bench).await);
    for service in ["", "pb.Executor"] {
        let status = eventually(async || {
            let asked = HealthCheckRequest { service: service.into() };
            health.clone().check(asked).await.ok().map(|answer| answer.into_inner().status())
        })
        .await;
        assert_eq!(status.as_str_name(), "SERVING", "{service}");
    }
    let unknown = HealthCheckRequest { service: "pb.Nobody".into() };
    assert_eq!(health.check(unknown).await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reflection_lists_the_services_for_those_who_may_call() {
    let bench = Bench::with(&[("http.token", TOKEN)]).await;
    let channel = channel(&bench).await;
    let list = || ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let calls = || futures_util::stream::iter([list()]);
    let mut reflection = ServerReflectionClient::new(channel);
    let refused = reflection.server_reflection_info(calls()).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unauthenticated);
    let token = format!("Bearer {TOKEN}");
    let answers = reflection.server_reflection_info(with(calls(), Some(&token))).await.unwrap();
    let answer = answers.into_inner().message().await.unwrap().unwrap();
    let Some(MessageResponse::ListServicesResponse(list)) = answer.message_response else {
        panic!("{answer:?}")
    };
    let names: Vec<_> = list.service.iter().map(|service| service.name.as_str()).collect();
    for name in ["pb.Executor", "grpc.health.v1.Health"] {
        assert!(names.contains(&name), "{names:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopping_server_lets_calls_end() {
    let mut bench = Bench::start().await;
    let mut executor = executor(&bench).await;
    executor.file_list(()).await.unwrap();
    bench.begin_to_stop();
    bench.stopped().await.unwrap();
    // The client may notice only when it asks.
    let code = executor.file_list(()).await.unwrap_err().code();
    assert!(matches!(code, Code::Unavailable | Code::Cancelled), "{code:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_that_is_on_no_account_is_small() {
    let bench = Bench::start().await;
    let mut health = HealthClient::new(channel(&bench).await);
    for (size, code) in [(1000, Code::NotFound), (5000, Code::OutOfRange)] {
        let refused = health.check(HealthCheckRequest { service: "x".repeat(size) }).await.unwrap_err();
        assert_eq!(refused.code(), code, "{size}: {refused:?}");
    }
    let question = |host: &str| ServerReflectionRequest {
        host: host.into(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let mut reflection = ServerReflectionClient::new(channel(&bench).await);
    let mut answers = async |host: &str| {
        let asked = futures_util::stream::iter([question(host)]);
        reflection.server_reflection_info(asked).await.unwrap().into_inner().message().await
    };
    assert!(answers("").await.unwrap().is_some());
    // Without an answer.
    assert!(answers(&"x".repeat(5000)).await.unwrap().is_none());
}

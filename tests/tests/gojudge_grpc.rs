//! The go-judge API over gRPC, with real programs.

use e2e::grpc::{cached, collector, command, connect, output};
use e2e::{Client, grpc};
use futures_util::StreamExt;
use gavel_rpc::request::pipe_map::PipeIndex;
use gavel_rpc::request::{CmdType, File, PipeMap, file};
use gavel_rpc::response::Result as CommandResult;
use gavel_rpc::response::result::StatusType;
use gavel_rpc::stream_request::{Input, Request as Sent, Resize};
use gavel_rpc::stream_response::Response as Told;
use gavel_rpc::{FileContent, FileId, Request, StreamRequest};

const SUM: &[u8] = b"#include <iostream>\nint main() { int a, b; std::cin >> a >> b; std::cout << a + b; }";

async fn exec(commands: Vec<CmdType>, pipes: Vec<PipeMap>) -> Vec<CommandResult> {
    Client::connect().await;
    let request = Request { request_id: "r".into(), cmd: commands, pipe_mapping: pipes };
    let response = connect().await.exec(request).await.expect("results").into_inner();
    assert_eq!((response.request_id.as_str(), response.error.as_str()), ("r", ""));
    response.results
}

async fn exec_one(command: CmdType) -> CommandResult {
    exec(vec![command], Vec::new()).await.remove(0)
}

#[tokio::test]
async fn a_program_is_compiled_and_run_over_grpc() {
    let mut compile = command(&["/usr/bin/g++", "a.cc", "-o", "a"], b"");
    compile.copy_in = [("a.cc".into(), grpc::memory(SUM))].into();
    compile.copy_out_cached = vec![output("a")];
    let compiled = exec_one(compile).await;
    assert_eq!(compiled.status(), StatusType::Accepted, "{compiled:?}");
    let id = &compiled.file_i_ds["a"];

    let mut sum = command(&["./a"], b"1 2");
    sum.copy_in = [("a".into(), cached(id))].into();
    sum.symlinks = [("input".into(), "/dev/stdin".into())].into();
    let ran = exec_one(sum).await;
    assert_eq!(ran.status(), StatusType::Accepted, "{ran:?}");
    assert_eq!(&ran.files["stdout"][..], b"3");
    assert!(ran.time > 0 && ran.run_time > 0 && ran.memory > 0, "{ran:?}");

    let mut executor = connect().await;
    let binary = executor.file_get(FileId { file_id: id.clone() }).await.unwrap().into_inner();
    assert_eq!((binary.name.as_str(), &binary.content[1..4]), ("a", &b"ELF"[..]));
    executor.file_delete(FileId { file_id: id.clone() }).await.unwrap();
}

#[tokio::test]
async fn any_bytes_go_in_and_out_of_a_program_over_grpc() {
    let bytes: Vec<u8> = (0..5_000_000u32).map(|n| n.to_le_bytes()[(n % 3) as usize]).collect();
    let mut cat = command(&["/bin/cp", "/dev/stdin", "copy"], &bytes);
    cat.copy_out = vec![output("copy")];
    let ran = exec_one(cat).await;
    assert_eq!(ran.status(), StatusType::Accepted, "{:?}", ran.error);
    assert!(ran.files["copy"] == bytes, "the bytes are others");
    let ran = exec_one(command(&["/bin/cat"], &bytes)).await;
    assert!(ran.files["stdout"] == bytes, "the bytes are others");

    let content = FileContent { name: "b".into(), content: bytes.clone().into() };
    let id = connect().await.file_add(content).await.unwrap().into_inner();
    let mut from_store = command(&["/bin/cat"], b"");
    from_store.files[0] = cached(&id.file_id);
    let ran = exec_one(from_store).await;
    assert!(ran.files["stdout"] == bytes, "the bytes are others");
    connect().await.file_delete(id).await.unwrap();
}

#[tokio::test]
async fn how_a_program_ended_is_told_over_grpc() {
    let shell = |script: &str| command(&["/bin/sh", "-c", script], b"");
    let failed = exec_one(shell("exit 3")).await;
    assert_eq!((failed.status(), failed.exit_status), (StatusType::NonZeroExitStatus, 3));
    let killed = exec_one(shell("kill -SEGV $$")).await;
    assert_eq!((killed.status(), killed.exit_status), (StatusType::Signalled, 11));
    let mut endless = shell("while :; do :; done");
    (endless.cpu_time_limit, endless.clock_time_limit) = (200_000_000, 2_000_000_000);
    let late = exec_one(endless).await;
    assert_eq!(late.status(), StatusType::TimeLimitExceeded, "{late:?}");
    let mut loud = shell("echo 0123456789");
    loud.files[1] = collector("stdout", 3);
    let loud = exec_one(loud).await;
    assert_eq!(loud.status(), StatusType::OutputLimitExceeded, "{loud:?}");
    assert_eq!((&loud.files["stdout"][..], loud.file_error.len()), (&b"0123"[..], 1));
}

#[tokio::test]
async fn a_shell_on_a_terminal_is_talked_to_over_grpc() {
    Client::connect().await;
    let streams = [file::File::StreamIn(()), file::File::StreamOut(()), file::File::StreamOut(())];
    let mut shell = command(&["/bin/sh"], b"");
    shell.tty = true;
    shell.files = streams.map(|stream| File { file: Some(stream) }).into();
    let request = Request { cmd: vec![shell], ..Request::default() };
    let size = Resize { index: 0, fd: 0, rows: 33, cols: 77, x: 0, y: 0 };
    let typed = Input { index: 0, fd: 0, content: b"stty size; exit 5\n"[..].into() };
    let sent = [Sent::ExecRequest(request), Sent::ExecResize(size), Sent::ExecInput(typed)];
    let sent = sent.map(|request| StreamRequest { request: Some(request) });
    let sent = futures_util::stream::iter(sent).chain(futures_util::stream::pending());
    let mut answers = connect().await.exec_stream(sent).await.expect("a stream").into_inner();
    let mut shown = Vec::new();
    loop {
        match answers.message().await.unwrap().and_then(|answer| answer.response).expect("an end") {
            Told::ExecOutput(output) => shown.extend_from_slice(&output.content),
            Told::ExecResponse(end) => {
                let shown = String::from_utf8_lossy(&shown);
                assert!(shown.contains("33 77"), "{shown}");
                assert_eq!((end.error.as_str(), end.results[0].exit_status), ("", 5), "{end:?}");
                return;
            }
        }
    }
}

#[tokio::test]
async fn programs_talk_through_pipes_over_grpc() {
    let end = |index, fd| Some(PipeIndex { index, fd });
    let pipe = |from, to, name: &str| PipeMap {
        r#in: end(from, 1),
        out: end(to, 0),
        proxy: true,
        name: name.into(),
        max: 1000,
        ..PipeMap::default()
    };
    let talker = |script: &str| {
        let mut talker = command(&["/bin/sh", "-c", script], b"");
        talker.files = vec![File { file: None }, File { file: None }, collector("stderr", 1000)];
        talker
    };
    let commands = vec![talker("echo ping; read x; echo $x >&2"), talker("read x; echo pong $x")];
    let results = exec(commands, vec![pipe(0, 1, "there"), pipe(1, 0, "back")]).await;
    assert!(results.iter().all(|result| result.status() == StatusType::Accepted), "{results:?}");
    assert_eq!(&results[0].files["stderr"][..], b"pong ping\n");
    assert_eq!(&results[0].files["there"][..], b"ping\n");
    assert_eq!(&results[1].files["back"][..], b"pong ping\n");
}

//! `ExecStream` of the go-judge API over gRPC: programs that talk with their client.

use std::sync::atomic::Ordering;

use futures_util::stream;
use gavel_rpc::executor_client::ExecutorClient;
use gavel_rpc::request::{CmdType, File, file};
use gavel_rpc::response::result::StatusType;
use gavel_rpc::stream_request::{Input, Request as Sent, Resize};
use gavel_rpc::stream_response::Response as Told;
use gavel_rpc::{Request, Response, StreamRequest, StreamResponse};
use tokio::sync::mpsc;
use tonic::{Code, Status, Streaming};

use crate::bench::{Bench, PATIENCE, eventually};

fn of(file: file::File) -> File {
    File { file: Some(file) }
}

/// A request of the stand-in `cat`, or another, with an input and an output.
fn exec(program: &str) -> Sent {
    let command = CmdType {
        args: vec![program.into()],
        files: vec![of(file::File::StreamIn(())), of(file::File::StreamOut(()))],
        cpu_time_limit: 1_000_000_000,
        clock_time_limit: 60_000_000_000,
        memory_limit: 1 << 20,
        proc_limit: 1,
        ..CmdType::default()
    };
    Sent::ExecRequest(Request { request_id: "id-1".into(), cmd: vec![command], ..Request::default() })
}

fn input(fd: u32, content: Vec<u8>) -> Sent {
    Sent::ExecInput(Input { index: 0, fd, content: content.into() })
}

/// A call: what is sent into it, and what comes.
struct Talk {
    send: Option<mpsc::UnboundedSender<StreamRequest>>,
    answers: Streaming<StreamResponse>,
}

impl Talk {
    async fn start(bench: &Bench, first: Sent) -> Result<Self, Status> {
        Self::start_from(bench, first, [127, 0, 0, 1]).await
    }

    /// From this address of the loopback.
    async fn start_from(bench: &Bench, first: Sent, address: [u8; 4]) -> Result<Self, Status> {
        let (send, queue) = mpsc::unbounded_channel();
        send.send(StreamRequest { request: Some(first) }).unwrap();
        let sent = stream::unfold(queue, |mut queue| async { Some((queue.recv().await?, queue)) });
        let channel = tonic::transport::Channel::from_shared(bench.grpc_url.clone()).unwrap();
        let channel = channel.timeout(PATIENCE).local_address(Some(address.into()));
        let mut executor = ExecutorClient::new(channel.connect().await.unwrap());
        let answers = executor.exec_stream(sent).await?.into_inner();
        Ok(Self { send: Some(send), answers })
    }

    fn send(&self, request: Sent) {
        self.send.as_ref().unwrap().send(StreamRequest { request: Some(request) }).unwrap();
    }

    /// The client has no more to say.
    fn end(&mut self) {
        self.send = None;
    }

    async fn next(&mut self) -> Result<Option<Told>, Status> {
        let next = tokio::time::timeout(PATIENCE, self.answers.message()).await.expect("an answer in time");
        Ok(next?.map(|answer| answer.response.unwrap()))
    }

    /// Output up to the end, and the end.
    async fn rest(&mut self) -> (Vec<u8>, Response) {
        let mut output = Vec::new();
        loop {
            match self.next().await.unwrap().expect("an end") {
                Told::ExecOutput(told) => {
                    assert_eq!((told.index, told.fd), (0, 1));
                    output.extend_from_slice(&told.content);
                }
                Told::ExecResponse(response) => {
                    assert_eq!(self.next().await.unwrap(), None);
                    return (output, response);
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn input_is_echoed_and_ends_with_what_the_client_has_to_say() {
    let bench = Bench::start().await;
    let mut talk = Talk::start(&bench, exec("cat")).await.unwrap();
    talk.send(input(0, b"\0\xff".to_vec()));
    let Some(Told::ExecOutput(echo)) = talk.next().await.unwrap() else { panic!("no echo") };
    assert_eq!((echo.index, echo.fd, &echo.content[..]), (0, 1, &b"\0\xff"[..]));
    talk.send(input(0, vec![b'x'; 300_000]));
    talk.end();
    let (output, end) = talk.rest().await;
    assert_eq!((output.len(), end.request_id.as_str(), end.error.as_str()), (300_000, "id-1", ""));
    assert_eq!(end.results[0].status(), StatusType::Accepted, "{end:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_stream_is_answered_with_its_results() {
    let bench = Bench::start().await;
    let mut talk = Talk::start(&bench, exec("hang")).await.unwrap();
    eventually(async || (bench.sandboxes.hanging.load(Ordering::SeqCst) == 1).then_some(())).await;
    talk.send(Sent::ExecCancel(()));
    let (_, end) = talk.rest().await;
    assert_eq!(end.results[0].exit_status, 9, "{end:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_hangs_up_ends_the_programs_of_a_stream() {
    let bench = Bench::start().await;
    let hanging = || bench.sandboxes.hanging.load(Ordering::SeqCst);
    let talk = Talk::start(&bench, exec("hang")).await.unwrap();
    eventually(async || (hanging() == 1).then_some(())).await;
    drop(talk);
    eventually(async || (hanging() == 0).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_makes_no_sense_on_a_stream_ends_it_with_the_reason() {
    let bench = Bench::start().await;
    let refused = Talk::start(&bench, Sent::ExecCancel(())).await.err().unwrap();
    assert_eq!(refused.code(), Code::Internal);
    assert_eq!(refused.message(), "the first stream request must be exec request");
    let resize = Sent::ExecResize(Resize { index: 0, fd: 0, rows: 1, cols: 1, x: 0, y: 0 });
    for (nonsense, reason) in [
        (input(7, b"x".to_vec()), "input does not exist: 0/7"),
        (resize, "stream is not a tty: 0/0"),
        (exec("cat"), "invalid request"),
    ] {
        let mut talk = Talk::start(&bench, exec("hang")).await.unwrap();
        talk.send(nonsense);
        let refused = talk.next().await.unwrap_err();
        assert_eq!((refused.code(), refused.message()), (Code::Internal, reason));
    }
    eventually(async || (bench.sandboxes.hanging.load(Ordering::SeqCst) == 0).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_run_is_told_at_the_end_of_a_stream() {
    let bench = Bench::start().await;
    let Sent::ExecRequest(mut request) = exec("cat") else { panic!() };
    let cached = gavel_rpc::request::CachedFile { file_id: "NOPE".into() };
    request.cmd[0].files.push(of(file::File::Cached(cached)));
    let mut talk = Talk::start(&bench, Sent::ExecRequest(request)).await.unwrap();
    let (_, end) = talk.rest().await;
    assert_eq!((end.results.len(), end.error.as_str()), (0, "file does not exists with id: \"NOPE\""));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_streams_than_are_allowed_find_no_place_until_another_ends() {
    let bench = Bench::with(&[("gojudge.grpc.streams", "2"), ("gojudge.streams", "9")]).await;
    let first = Talk::start(&bench, exec("hang")).await.unwrap();
    let mut second = Talk::start(&bench, exec("hang")).await.unwrap();
    let refused = Talk::start(&bench, exec("hang")).await.err().unwrap();
    assert_eq!(refused.code(), Code::ResourceExhausted);
    assert_eq!(refused.message(), "too many streams are open (gojudge.grpc.streams)");
    // By hanging up, and by its end.
    drop(first);
    let _third = eventually(async || Talk::start(&bench, exec("hang")).await.ok()).await;
    second.send(Sent::ExecCancel(()));
    second.rest().await;
    eventually(async || Talk::start(&bench, exec("hang")).await.ok()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_sender_leaves_streams_to_others() {
    let bench = Bench::with(&[("gojudge.grpc.streams", "4"), ("gojudge.streams", "9")]).await;
    let mut flood = Vec::new();
    for _ in 0..3 {
        flood.push(Talk::start(&bench, exec("hang")).await.unwrap());
    }
    let refused = Talk::start(&bench, exec("hang")).await.err().unwrap();
    assert_eq!(refused.code(), Code::ResourceExhausted);
    let mut other = Talk::start_from(&bench, exec("cat"), [127, 0, 0, 2]).await.unwrap();
    other.end();
    assert_eq!(other.rest().await.1.results[0].status(), StatusType::Accepted);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_messages_of_streams_are_on_the_account() {
    let settings = [("gojudge.grpc.max_message", "4MiB"), ("http.memory", "24MiB"), ("gojudge.streams", "9")];
    let bench = Bench::with(&settings).await;
    let large = || input(0, vec![b'x'; 7 << 19]);
    let mut first = Talk::start(&bench, exec("cat")).await.unwrap();
    let mut echoed = 0;
    // What a call holds does not grow with their number.
    for _ in 0..3 {
        first.send(large());
        while echoed < 7 << 19 {
            let Some(Told::ExecOutput(echo)) = first.next().await.unwrap() else { panic!("no echo") };
            echoed += echo.content.len();
        }
        echoed -= 7 << 19;
    }
    let mut second = Talk::start(&bench, exec("cat")).await.unwrap();
    second.send(large());
    let refused = second.next().await.unwrap_err();
    assert_eq!(refused.code(), Code::ResourceExhausted);
    let full = "too many large messages at once: the server holds too much for others at this time";
    assert_eq!(refused.message(), full);
    first.end();
    first.rest().await;
    let mut third = Talk::start(&bench, exec("cat")).await.unwrap();
    third.send(large());
    assert!(matches!(third.next().await.unwrap(), Some(Told::ExecOutput(_))));
}

/// The deadline is told, and a call that is quick meanwhile is answered.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_begins_a_stream_and_says_nothing_is_not_waited_for() {
    let bench = Bench::start().await;
    let channel = tonic::transport::Channel::from_shared(bench.grpc_url.clone()).unwrap();
    let mut executor = ExecutorClient::new(channel.connect().await.unwrap());
    let silent = executor.exec_stream(stream::pending());
    let told = tokio::time::timeout(PATIENCE, silent).await.expect("an answer in time").unwrap_err();
    assert_eq!((told.code(), told.message().contains("in time")), (Code::DeadlineExceeded, true), "{told:?}");
    let mut talk = Talk::start(&bench, exec("cat")).await.unwrap();
    talk.end();
    assert_eq!(talk.rest().await.1.results[0].status(), StatusType::Accepted);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_size_is_cut_to_what_a_terminal_may_have() {
    let bench = Bench::start().await;
    let Sent::ExecRequest(mut request) = exec("size") else { panic!() };
    request.cmd[0].tty = true;
    let mut talk = Talk::start(&bench, Sent::ExecRequest(request)).await.unwrap();
    let size = Resize { index: 0, fd: 0, rows: u32::MAX, cols: u32::MAX, x: u32::MAX, y: 0 };
    talk.send(Sent::ExecResize(size));
    let mut shown = Vec::new();
    let told = async {
        while !String::from_utf8_lossy(&shown).contains("65535 65535") {
            talk.send(input(0, b"\n".to_vec()));
            let Some(Told::ExecOutput(told)) = talk.next().await.unwrap() else { panic!("it ended") };
            shown.extend_from_slice(&told.content);
        }
    };
    tokio::time::timeout(PATIENCE, told).await.expect("it has the size");
}

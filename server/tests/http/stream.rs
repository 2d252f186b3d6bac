//! `/stream`: programs that talk with their client.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::bench::{Bench, PATIENCE, eventually};
use crate::socket::Socket;

/// What came on a stream.
#[derive(Debug, PartialEq)]
enum Event {
    Output(u8, Vec<u8>),
    End(Value),
    /// The connection ended.
    Dropped,
}

async fn next(socket: &mut Socket) -> Event {
    let Some(message) = socket.next().await else { return Event::Dropped };
    assert!(message.is_binary(), "{message:?}");
    let bytes = message.into_data();
    match bytes[0] {
        1 => Event::End(serde_json::from_slice(&bytes[1..]).unwrap()),
        2 => Event::Output(bytes[1], bytes[2..].to_vec()),
        other => panic!("type {other}"),
    }
}

/// All output of the first command's descriptor 1, and the end.
async fn rest(socket: &mut Socket) -> (Vec<u8>, Value) {
    let mut output = Vec::new();
    loop {
        match next(socket).await {
            Event::Output(place, bytes) => {
                assert_eq!(place, 1);
                output.extend(bytes);
            }
            Event::End(end) => {
                assert_eq!(next(socket).await, Event::Dropped);
                return (output, end);
            }
            Event::Dropped => panic!("dropped before its end, after {output:?}"),
        }
    }
}

fn message(kind: u8, rest: &[u8]) -> Message {
    Message::binary([&[kind], rest].concat())
}

fn request(args: &[&str], files: Value) -> Message {
    let command = json!({
        "args": args, "files": files,
        "cpuLimit": 1_000_000_000, "clockLimit": 60_000_000_000u64, "memoryLimit": 1 << 20, "procLimit": 1,
    });
    message(1, json!({"requestId": "not echoed", "cmd": [command]}).to_string().as_bytes())
}

fn cat() -> Message {
    request(&["cat"], json!([{"streamIn": true}, {"streamOut": true}, {"name": "stderr", "max": 9}]))
}

async fn open(bench: &Bench) -> Socket {
    Socket::open(bench, "/stream").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn input_is_echoed_and_all_output_comes_before_the_results() {
    let bench = Bench::start().await;
    let mut socket = open(&bench).await;
    socket.send(cat()).await;
    socket.send(message(3, b"\x00hello")).await;
    assert_eq!(next(&mut socket).await, Event::Output(1, b"hello".to_vec()));
    let much = vec![b'x'; 300_000];
    socket.send(message(3, &[&[0], &much[..]].concat())).await;
    socket.send(message(5, &[0])).await;
    let (output, end) = rest(&mut socket).await;
    assert_eq!(output.len(), much.len());
    assert_eq!(end["requestId"], "");
    assert_eq!(end["results"][0]["status"], "Accepted", "{end}");
    assert_eq!(end["results"][0]["files"], json!({"stderr": ""}), "{end}");
    assert!(end["error"].is_null(), "{end}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancelling_kills_also_behind_input_that_nobody_reads() {
    let bench = Bench::start().await;
    let mut socket = open(&bench).await;
    socket.send(request(&["hang"], json!([{"streamIn": true}, {"streamOut": true}]))).await;
    for _ in 0..7 {
        socket.send(message(3, &vec![0; 1 << 17])).await;
    }
    socket.send(message(4, &[])).await;
    let (_, end) = rest(&mut socket).await;
    assert_eq!(end["results"][0]["status"], "Signalled", "{end}");
    assert_eq!(end["results"][0]["exitStatus"], 9, "{end}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_hangs_up_is_seen_behind_input_that_nobody_reads() {
    let bench = Bench::start().await;
    let hanging = || bench.sandboxes.hanging.load(Ordering::SeqCst);
    let mut socket = open(&bench).await;
    socket.send(request(&["hang"], json!([{"streamIn": true}, {"streamOut": true}]))).await;
    eventually(async || (hanging() == 1).then_some(())).await;
    let flood = async {
        loop {
            socket.send(message(3, &vec![0; 1 << 20])).await;
        }
    };
    // Until neither we nor the kernel take any more of it.
    let patience = Duration::from_secs(1);
    assert!(tokio::time::timeout(patience, flood).await.is_err());
    assert_eq!(hanging(), 1);
    drop(socket);
    eventually(async || (hanging() == 0).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_connection_ends_with_the_results() {
    let bench = Bench::start().await;
    let mut socket = open(&bench).await;
    socket.send(cat()).await;
    socket.send(message(5, &[0])).await;
    while !matches!(next(&mut socket).await, Event::End(_)) {}
    let told = Instant::now();
    assert_eq!(next(&mut socket).await, Event::Dropped);
    assert!(told.elapsed() < Duration::from_millis(500), "{:?}", told.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_makes_no_sense_is_told_and_ends_the_stream() {
    let bench = Bench::start().await;
    let resize = |index: u8, fd: u8| message(2, format!("{{\"index\":{index},\"fd\":{fd}}}").as_bytes());
    let late = json!({"cmd": [{"args": ["cat"], "files": vec![json!({"streamIn": true}); 17]}]}).to_string();
    for (messages, expected) in [
        (vec![message(4, &[])], "the first stream request must be exec request"),
        (vec![message(3, &[0, 1])], "the first stream request must be exec request"),
        (vec![message(1, b"{")], "unexpected EOF"),
        (vec![message(9, &[])], "invalid type code: 9"),
        (vec![Message::binary(&b""[..])], "unexpected EOF"),
        (vec![message(1, late.as_bytes())], "stream index or fd exceeds websocket wire limit: fd 16"),
        (vec![request(&["a"], json!([{"fileId": "NOPE"}]))], "file does not exists with id: \"NOPE\""),
        (vec![cat(), message(3, b"\x01x")], "input does not exist: 0/1"),
        (vec![cat(), message(3, b"")], "unexpected EOF"),
        (vec![cat(), resize(0, 0)], "stream is not a tty: 0/0"),
        (vec![cat(), resize(1, 0)], "input does not exist: 1/0"),
        (vec![cat(), cat()], "invalid request"),
        (vec![cat(), message(5, &[0]), message(3, b"\x00x")], "input was closed: 0/0"),
    ] {
        let mut socket = open(&bench).await;
        for message in &messages {
            socket.send(message.clone()).await;
        }
        let (_, end) = rest(&mut socket).await;
        // A program that has just ended by itself does not mind what follows.
        let closed = expected.starts_with("input was closed") && end["error"].is_null();
        assert!(closed || end["error"] == expected, "{messages:?}: {end}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_results_reach_a_client_that_is_still_sending() {
    let bench = Bench::start().await;
    let mut socket = open(&bench).await;
    socket.send(request(&["echo", "done"], json!([{"streamIn": true}, {"name": "stdout", "max": 9}]))).await;
    for _ in 0..40 {
        socket.send(message(3, &vec![0; 1 << 20])).await;
    }
    let (_, end) = rest(&mut socket).await;
    assert_eq!(end["results"][0]["files"]["stdout"], "done", "{end}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_streams_than_are_allowed_are_told_so() {
    let bench = Bench::with(&[("gojudge.streams", "1")]).await;
    let mut first = open(&bench).await;
    first.send(cat()).await;
    first.send(message(3, b"\x00hello")).await;
    assert_eq!(next(&mut first).await, Event::Output(1, b"hello".to_vec()));
    let mut second = open(&bench).await;
    second.send(cat()).await;
    let (_, end) = rest(&mut second).await;
    assert!(end["error"].as_str().is_some_and(|why| why.contains("gojudge.streams")), "{end}");
    assert_eq!(end["results"], json!([]));
    first.send(message(4, &[])).await;
    rest(&mut first).await;
    let mut third = open(&bench).await;
    third.send(cat()).await;
    third.send(message(5, &[0])).await;
    assert_eq!(rest(&mut third).await.1["results"][0]["status"], "Accepted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_sender_leaves_streams_to_others() {
    let bench = Bench::with(&[("gojudge.streams", "4")]).await;
    let mut flood = Vec::new();
    for _ in 0..3 {
        let mut socket = open(&bench).await;
        socket.send(cat()).await;
        socket.send(message(3, b"\x00hello")).await;
        assert_eq!(next(&mut socket).await, Event::Output(1, b"hello".to_vec()));
        flood.push(socket);
    }
    let mut fourth = open(&bench).await;
    fourth.send(cat()).await;
    let (_, end) = rest(&mut fourth).await;
    assert!(end["error"].as_str().is_some_and(|why| why.contains("gojudge.streams")), "{end}");
    let mut other = Socket::open_from(&bench, "/stream", [127, 0, 0, 2]).await;
    other.send(cat()).await;
    other.send(message(5, &[0])).await;
    assert_eq!(rest(&mut other).await.1["results"][0]["status"], "Accepted");
}

/// A request holds as many sandboxes as it has commands, whatever it is one of.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_with_streams_are_counted_and_not_requests() {
    let bench = Bench::with(&[("gojudge.streams", "3")]).await;
    let of = |count: usize| {
        let command = json!({
            "args": ["cat"], "files": [{"streamIn": true}, {"streamOut": true}], "cpuLimit": 1_000_000_000,
            "clockLimit": 60_000_000_000u64, "memoryLimit": 1 << 20, "procLimit": 1,
        });
        message(1, json!({"cmd": vec![command; count]}).to_string().as_bytes())
    };
    let mut first = open(&bench).await;
    first.send(of(2)).await;
    first.send(message(3, b"\x00hello")).await;
    assert_eq!(next(&mut first).await, Event::Output(1, b"hello".to_vec()));
    let mut second = open(&bench).await;
    second.send(of(2)).await;
    let (_, end) = rest(&mut second).await;
    assert!(end["error"].as_str().is_some_and(|why| why.contains("gojudge.streams")), "{end}");
    let mut never = open(&bench).await;
    never.send(of(4)).await;
    let (_, end) = rest(&mut never).await;
    assert!(end["error"].as_str().is_some_and(|why| why.contains("4 > 3 (gojudge.streams)")), "{end}");
    let mut third = open(&bench).await;
    third.send(of(1)).await;
    third.send(message(5, &[0])).await;
    assert_eq!(rest(&mut third).await.1["results"][0]["status"], "Accepted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_terminal_echoes_and_may_be_resized() {
    let bench = Bench::start().await;
    let mut socket = open(&bench).await;
    let command = json!({
        "args": ["cat"], "tty": true, "files": [{"streamIn": true}, {"streamOut": true}, {"streamOut": true}],
        "cpuLimit": 1_000_000_000, "clockLimit": 60_000_000_000u64, "memoryLimit": 1 << 20, "procLimit": 1,
    });
    socket.send(message(1, json!({"cmd": [command]}).to_string().as_bytes())).await;
    socket.send(message(2, br#"{"index":0,"fd":0,"rows":24,"cols":80}"#)).await;
    socket.send(message(3, b"\x00hi\n\x04")).await;
    let (output, end) = rest(&mut socket).await;
    assert_eq!(String::from_utf8(output).unwrap(), "hi\r\nhi\r\n");
    assert_eq!(end["results"][0]["status"], "Accepted", "{end}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_size_is_cut_to_what_a_terminal_may_have() {
    let bench = Bench::start().await;
    let mut socket = open(&bench).await;
    let command = json!({
        "args": ["size"], "tty": true, "files": [{"streamIn": true}, {"streamOut": true}, {"streamOut": true}],
        "cpuLimit": 1_000_000_000, "clockLimit": 60_000_000_000u64, "memoryLimit": 1 << 20, "procLimit": 1,
    });
    socket.send(message(1, json!({"cmd": [command]}).to_string().as_bytes())).await;
    for (rows, columns, expected) in [(-1, 70_000, "0 65535"), (i64::MAX, i64::MIN, "65535 0")] {
        let size = json!({"index": 0, "fd": 0, "rows": rows, "cols": columns, "x": i64::MAX, "y": -1});
        socket.send(message(2, size.to_string().as_bytes())).await;
        let mut shown = String::new();
        let told = async {
            while !shown.contains(expected) {
                // It is asked for again: the size is set beside what is typed.
                socket.send(message(3, b"\x00\n")).await;
                match next(&mut socket).await {
                    Event::Output(_, bytes) => shown += std::str::from_utf8(&bytes).unwrap(),
                    other => panic!("{other:?}"),
                }
            }
        };
        tokio::time::timeout(PATIENCE, told).await.expect("it has the size");
    }
}

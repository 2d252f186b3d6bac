//! `/ws`: many requests on one connection.

use std::sync::atomic::Ordering;

use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::bench::{Bench, eventually};
use crate::socket::{Socket, handshake};

async fn open(bench: &Bench) -> Socket {
    Socket::open(bench, "/ws").await
}

fn message(id: &str, args: &[&str]) -> Message {
    let command = json!({
        "args": args, "files": [{"content": ""}, {"name": "stdout", "max": 100}],
        "cpuLimit": 1_000_000_000, "clockLimit": 60_000_000_000u64, "memoryLimit": 1 << 20, "procLimit": 1,
    });
    text(&json!({"requestId": id, "cmd": [command]}))
}

fn cancel(id: &str) -> Message {
    text(&json!({"cancelRequestId": id}))
}

fn text(value: &Value) -> Message {
    Message::text(value.to_string())
}

async fn until_hanging(bench: &Bench, count: usize) {
    let hanging = || bench.sandboxes.hanging.load(Ordering::SeqCst);
    eventually(async || (hanging() == count).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_are_answered_as_they_end_in_text_whatever_they_came_in() {
    let bench = Bench::with(&[("gojudge.parallelism", "3")]).await;
    let mut socket = open(&bench).await;
    socket.send(message("slow", &["hang"])).await;
    socket.send(Message::binary(message("b", &["echo", "binary"]).into_data())).await;
    let first = socket.json().await;
    assert_eq!(
        (&first["requestId"], &first["results"][0]["files"]["stdout"]),
        (&json!("b"), &json!("binary"))
    );
    socket.send(message("t", &["echo", "text"])).await;
    let second = socket.json().await;
    assert_eq!(
        (&second["requestId"], &second["results"][0]["files"]["stdout"]),
        (&json!("t"), &json!("text"))
    );
    assert!(second["error"].is_null(), "{second}");
    socket.send(cancel("slow")).await;
    let last = socket.json().await;
    assert_eq!(last["requestId"], "slow");
    assert_eq!(
        (&last["results"][0]["status"], &last["results"][0]["exitStatus"]),
        (&json!("Signalled"), &json!(9))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ids_are_checked_and_may_be_used_again() {
    let bench = Bench::start().await;
    let mut socket = open(&bench).await;
    socket.send(message("", &["echo"])).await;
    assert_eq!(socket.json().await, json!({"requestId": "", "results": null, "error": "empty request id"}));
    socket.send(message("d", &["hang"])).await;
    socket.send(message("d", &["echo"])).await;
    let duplicate = json!({"requestId": "d", "results": null, "error": "duplicated request id: \"d\""});
    assert_eq!(socket.json().await, duplicate);
    socket.send(cancel("nobody")).await;
    socket.send(cancel("d")).await;
    assert_eq!(socket.json().await["results"][0]["exitStatus"], 9);
    socket.send(message("d", &["echo"])).await;
    assert_eq!(socket.json().await["results"][0]["status"], "Accepted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_without_commands_has_no_results_and_one_that_fails_has_an_error() {
    let bench = Bench::start().await;
    let mut socket = open(&bench).await;
    socket.send(text(&json!({"requestId": "e", "cmd": null}))).await;
    assert_eq!(socket.json().await, json!({"requestId": "e", "results": []}));
    socket.send(text(&json!({"requestId": "f", "cmd": [{"files": [{"fileId": "NOPE"}]}]}))).await;
    let error = "file does not exists with id: \"NOPE\"";
    assert_eq!(socket.json().await, json!({"requestId": "f", "results": [], "error": error}));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_may_be_cancelled_and_what_does_not_fit_is_refused() {
    let bench = Bench::with(&[("gojudge.parallelism", "1"), ("gojudge.queue", "1")]).await;
    let mut socket = open(&bench).await;
    socket.send(message("runs", &["hang"])).await;
    until_hanging(&bench, 1).await;
    socket.send(message("waits", &["echo"])).await;
    socket.send(message("full", &["echo"])).await;
    assert_eq!(
        socket.json().await,
        json!({"requestId": "full", "results": [], "error": "worker queue is full"})
    );
    socket.send(cancel("waits")).await;
    let error = "request cancelled before execute";
    assert_eq!(socket.json().await, json!({"requestId": "waits", "results": [], "error": error}));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_makes_no_sense_drops_the_connection_and_all_that_runs() {
    let bench = Bench::with(&[("gojudge.parallelism", "9")]).await;
    for nonsense in [
        Message::text("{"),
        Message::text(""),
        text(&json!([])),
        text(&json!({"requestId": 5})),
        text(&json!({"cancelRequestId": 5})),
        text(&json!({"requestId": "a", "cmd": [{"files": [{}]}]})),
        text(&json!({"requestId": "a", "cmd": [{"files": [{"streamIn": true}]}]})),
    ] {
        let mut socket = open(&bench).await;
        socket.send(message("runs", &["hang"])).await;
        until_hanging(&bench, 1).await;
        socket.send(nonsense.clone()).await;
        assert_eq!(socket.next().await, None, "{nonsense:?}");
        until_hanging(&bench, 0).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_goes_away_takes_all_its_requests_with_it() {
    let bench = Bench::with(&[("gojudge.parallelism", "2")]).await;
    let mut socket = open(&bench).await;
    for id in ["a", "b", "c"] {
        socket.send(message(id, &["hang"])).await;
    }
    until_hanging(&bench, 2).await;
    drop(socket);
    until_hanging(&bench, 0).await;
    let mut socket = open(&bench).await;
    socket.send(message("after", &["echo"])).await;
    assert_eq!(socket.json().await["requestId"], "after");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_may_be_as_large_as_a_body_and_no_larger() {
    let bench = Bench::with(&[("http.max_body", "3MiB")]).await;
    let mut socket = open(&bench).await;
    let sized = |bytes: usize| {
        let files = json!([{"content": "x".repeat(bytes)}]);
        text(&json!({"requestId": "large", "cmd": [{"args": ["echo"], "files": files}]}))
    };
    for _ in 0..3 {
        socket.send(sized(2_900_000)).await;
        assert_eq!(socket.json().await["requestId"], "large");
    }
    // However much of it was on its way when it was refused.
    for size in [3_200_000, 30_000_000] {
        let mut socket = open(&bench).await;
        socket.send(sized(size)).await;
        let Some(Message::Close(Some(frame))) = socket.next().await else { panic!("no close frame: {size}") };
        assert_eq!(u16::from(frame.code), 1009, "{frame:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_handshake_is_refused_in_go_judges_words() {
    let bench = Bench::start().await;
    let (upgrade, websocket) = (("connection", "keep-alive, Upgrade"), ("upgrade", "websocket"));
    let version = ("sec-websocket-version", "13");
    let no_protocol = "websocket: the client is not using the websocket protocol: ";
    for path in ["/ws", "/stream"] {
        for (headers, expected) in [
            (vec![], format!("{no_protocol}'upgrade' token not found in 'Connection' header")),
            (vec![upgrade], format!("{no_protocol}'websocket' token not found in 'Upgrade' header")),
            (
                vec![upgrade, websocket],
                "websocket: unsupported version: 13 not found in 'Sec-Websocket-Version' header".to_owned(),
            ),
            (
                vec![upgrade, websocket, version, ("sec-websocket-key", "abc")],
                "websocket: not a websocket handshake: 'Sec-WebSocket-Key' header must be Base64 encoded value of \
                 16-byte in length"
                    .to_owned(),
            ),
        ] {
            let answer = handshake(&bench, path, &headers).await;
            assert_eq!(answer, (400, format!("Bad Request\n\"{expected}\"")), "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_and_origins_are_checked_as_for_the_other_routes() {
    let bench = Bench::with(&[("http.token", "backend-token-0123456789")]).await;
    for path in ["/ws", "/stream"] {
        assert_eq!(handshake(&bench, path, &[]).await, (401, String::new()), "{path}");
        let authorized = [("authorization", "Bearer backend-token-0123456789")];
        assert_eq!(handshake(&bench, path, &authorized).await.0, 400, "{path}");
    }
    let bench = Bench::start().await;
    for path in ["/ws", "/stream"] {
        assert_eq!(handshake(&bench, path, &[("origin", "http://evil.example")]).await.0, 403, "{path}");
        assert_eq!(handshake(&bench, path, &[("host", "evil.example")]).await.0, 403, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_websockets_than_are_allowed_find_no_place_until_another_ends() {
    let bench = Bench::with(&[("gojudge.websockets", "2")]).await;
    let mut first = open(&bench).await;
    let second = Socket::open(&bench, "/stream").await;
    for path in ["/ws", "/stream"] {
        let refused = bench.request(Method::GET, path).headers(websocket_headers()).send().await.unwrap();
        assert_eq!(refused.status(), 503, "{path}");
        assert_eq!(refused.headers()["retry-after"], "2", "{path}");
        assert_eq!(refused.headers()["connection"], "close", "{path}");
        let problem: Value = refused.json().await.unwrap();
        assert_eq!(problem["detail"], "too many websockets are open (gojudge.websockets)");
        // What is no handshake is told so all the same.
        assert_eq!(handshake(&bench, path, &[]).await.0, 400, "{path}");
    }
    // Those that are open are served.
    first.send(message("a", &["echo"])).await;
    assert_eq!(first.json().await["requestId"], "a");
    drop(second);
    let third = eventually(async || Socket::try_open(&bench, "/ws").await).await;
    // Also one that we end.
    first.send(Message::text("{")).await;
    assert_eq!(first.next().await, None);
    drop(eventually(async || Socket::try_open(&bench, "/stream").await).await);
    drop(third);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_sender_leaves_websockets_to_others() {
    let bench = Bench::with(&[("gojudge.websockets", "4")]).await;
    let mut flood = Vec::new();
    for _ in 0..3 {
        flood.push(open(&bench).await);
    }
    assert!(Socket::try_open(&bench, "/ws").await.is_none(), "all of them");
    let mut other = Socket::open_from(&bench, "/ws", [127, 0, 0, 2]).await;
    other.send(message("a", &["echo"])).await;
    assert_eq!(other.json().await["requestId"], "a");
}

fn websocket_headers() -> HeaderMap {
    let headers = [
        ("connection", "Upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "AAAAAAAAAAAAAAAAAAAAAA=="),
    ];
    headers
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
        .into_iter()
        .collect()
}

//! Programs that talk with their client, in real sandboxes; and `gavel shell` in a real terminal.

use std::time::{Duration, Instant};

use bollard::exec::{ResizeExecOptions, StartExecOptions, StartExecResults};
use bollard::models::ExecConfig;
use e2e::Client;
use e2e::docker::Host;
use e2e::environment::{self, patience};
use e2e::websocket::{Event, Socket, command};
use futures_util::StreamExt as _;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::sync::Mutex;

/// One of them at a time: there may be room for one only.
static ALONE: Mutex<()> = Mutex::const_new(());

async fn stream(command: Value) -> Socket {
    Client::connect().await;
    let mut socket = Socket::open("/stream").await;
    socket.send_binary(1, json!({"cmd": [command]}).to_string().as_bytes()).await;
    socket
}

fn pipes() -> Value {
    json!([{"streamIn": true}, {"streamOut": true}, {"name": "stderr", "max": 1000}])
}

fn on_terminal(script: &str) -> Value {
    let files = json!([{"streamIn": true}, {"streamOut": true}, {"streamOut": true}]);
    let mut command = command(&["/bin/sh", "-c", script], files);
    command["tty"] = true.into();
    command
}

#[tokio::test]
async fn cat_echoes_while_it_runs_and_nothing_is_lost_at_its_end() {
    let _alone = ALONE.lock().await;
    let mut socket = stream(command(&["/bin/cat"], pipes())).await;
    for line in ["one", "two"] {
        socket.send_binary(3, format!("\0{line}").as_bytes()).await;
        assert_eq!(socket.event().await, Event::Output(1, line.into()));
    }
    let much = "0123456789abcdef".repeat(200_000);
    let mut sent = 0;
    let mut received = 0;
    for block in much.as_bytes().chunks(100_000) {
        socket.send_binary(3, &[b"\0", block].concat()).await;
        sent += block.len();
        while received < sent {
            let Event::Output(1, bytes) = socket.event().await else { panic!("it ended early") };
            received += bytes.len();
        }
    }
    socket.send_binary(5, &[0]).await;
    let (rest, end) = socket.rest().await;
    assert_eq!((rest.as_str(), received), ("", much.len()));
    assert_eq!(end["results"][0]["status"], "Accepted", "{end}");
}

#[tokio::test]
async fn output_that_nobody_took_in_time_comes_whole_before_the_results() {
    let _alone = ALONE.lock().await;
    let mut socket = stream(command(&["/usr/bin/head", "-c", "3000000", "/dev/zero"], pipes())).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let (output, end) = socket.rest().await;
    assert_eq!(output.len(), 3_000_000);
    assert_eq!(end["results"][0]["status"], "Accepted", "{end}");
}

#[tokio::test]
async fn a_terminal_has_the_size_that_the_client_sets() {
    let _alone = ALONE.lock().await;
    let script = "trap 'stty size' WINCH; stty size; while read line; do echo got $line; done";
    let mut socket = stream(on_terminal(script)).await;
    socket.until("0 0\r\n").await;
    socket.send_binary(2, br#"{"index":0,"fd":0,"rows":33,"cols":121}"#).await;
    // The shell looks at its signals when it has read something.
    socket.send_binary(3, b"\0x\n").await;
    socket.until("33 121\r\n").await;
    socket.send_binary(3, b"\0\x04").await;
    let (_, end) = socket.rest().await;
    assert_eq!(end["results"][0]["status"], "Accepted", "{end}");
}

#[tokio::test]
async fn keys_interrupt_and_cancelling_kills_within_500_ms() {
    let _alone = ALONE.lock().await;
    let mut socket = stream(on_terminal("echo ready; exec sleep 20")).await;
    socket.until("ready\r\n").await;
    socket.send_binary(3, b"\0\x03").await;
    let (_, end) = socket.rest().await;
    let result = &end["results"][0];
    assert_eq!((&result["status"], &result["exitStatus"]), (&json!("Signalled"), &json!(2)), "{end}");

    let mut socket = stream(command(&["/bin/sh", "-c", "echo ready; exec sleep 20"], pipes())).await;
    socket.until("ready\n").await;
    // A program that reads nothing is no obstacle.
    socket.send_binary(3, &vec![0; 4 << 20]).await;
    let begun = Instant::now();
    socket.send_binary(4, b"").await;
    let (_, end) = socket.rest().await;
    let took = begun.elapsed();
    assert_eq!(end["results"][0]["exitStatus"], 9, "{end}");
    assert!(took < patience(Duration::from_millis(500)), "{took:?}");
}

#[tokio::test]
async fn a_client_that_hangs_up_makes_room_within_500_ms() {
    let _alone = ALONE.lock().await;
    // As many at one time as there may be.
    let mut sleepers = Vec::new();
    let refused = loop {
        let mut socket = stream(command(&["/bin/sh", "-c", "echo ready; exec sleep 20"], pipes())).await;
        match socket.event().await {
            Event::Output(..) => sleepers.push(socket),
            Event::End(end) => break end,
        }
        assert!(sleepers.len() < 100, "there is no bound");
    };
    assert!(refused["error"].as_str().is_some_and(|why| why.contains("gojudge.streams")), "{refused}");
    sleepers.pop();
    let begun = Instant::now();
    loop {
        let mut socket = stream(command(&["/bin/echo", "room"], pipes())).await;
        if socket.rest().await.0 == "room\n" {
            break;
        }
        assert!(begun.elapsed() < patience(Duration::from_millis(500)), "there is no room");
    }
}

/// `gavel shell` in the server's container, in a terminal of Docker's.
#[tokio::test]
async fn a_shell_is_what_one_expects_of_a_shell() {
    let _alone = ALONE.lock().await;
    Client::connect().await;
    let host = Host::connect().await;
    let server = host.service(&environment::project(), "server").await;
    let words = [
        "gavel",
        "shell",
        "--url",
        "http://127.0.0.1:5050",
        "--token",
        &environment::token().unwrap_or_default(),
    ];
    let exec = ExecConfig {
        cmd: Some(words.map(str::to_owned).to_vec()),
        env: Some(vec!["TERM=xterm".into(), "GAVEL_LOG=off".into()]),
        tty: Some(true),
        attach_stdin: Some(true),
        attach_stdout: Some(true),
        attach_stderr: Some(true),
        ..ExecConfig::default()
    };
    let id = host.docker().create_exec(&server, exec).await.expect("an exec").id;
    let started = host.docker().start_exec(&id, None::<StartExecOptions>).await.expect("a start");
    let StartExecResults::Attached { mut output, mut input } = started else { panic!("it is detached") };
    let mut screen = String::new();
    let mut until = async |screen: &mut String, expected: &str| {
        let deadline = tokio::time::Instant::now() + patience(Duration::from_secs(30));
        while !screen.contains(expected) {
            let next = tokio::time::timeout_at(deadline, output.next()).await;
            match next {
                Ok(Some(Ok(bytes))) => screen.push_str(&bytes.to_string()),
                other => panic!("{expected:?} did not come: {other:?}; the screen: {screen:?}"),
            }
        }
        screen.clear();
    };
    input.write_all(b"cd /w; echo $((6 * 7)) $0 $(test -t 0 && echo terminal)\r").await.expect("a terminal");
    until(&mut screen, "42 bash terminal").await;
    let size = ResizeExecOptions { height: 41, width: 99 };
    host.docker().resize_exec(&id, size).await.expect("a resize");
    // The size comes by itself, a moment later.
    input
        .write_all(b"until [ \"$(stty size)\" = '41 99' ]; do sleep 0.1; done; echo re''sized\r")
        .await
        .expect("a terminal");
    until(&mut screen, "resized").await;
    // Until it speaks, the shell itself may still be in the foreground, and ^C the shell's.
    input.write_all(b"sh -c 'echo as\"\"leep; exec sleep 100'\r").await.expect("a terminal");
    until(&mut screen, "asleep").await;
    input.write_all(b"\x03").await.expect("a terminal");
    input.write_all(b"echo sta''tus $?\r").await.expect("a terminal");
    until(&mut screen, "status 130").await;
    input.write_all(b"exit 7\r").await.expect("a terminal");
    while let Some(Ok(bytes)) = output.next().await {
        screen.push_str(&bytes.to_string());
    }
    let ended = host.docker().inspect_exec(&id).await.expect("an exec");
    assert_eq!(ended.exit_code, Some(7), "{screen:?}");
}

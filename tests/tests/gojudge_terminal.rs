//! Commands of the go-judge API that have a terminal.

use e2e::{Client, gojudge};
use serde_json::{Value, json};

/// A shell script on a terminal, with this typed into it.
fn on_terminal(script: &str, typed: &str) -> Value {
    json!({
        "args": ["/bin/sh", "-c", script],
        "env": ["PATH=/usr/bin:/bin", "TERM=xterm"],
        "files": [{"content": typed}, {"name": "screen", "max": 4_194_304}, {"name": "unused", "max": 1}],
        "tty": true,
        "cpuLimit": 5_000_000_000u64,
        "clockLimit": 10_000_000_000u64,
        "memoryLimit": 268_435_456,
        "procLimit": 50,
    })
}

async fn run(command: Value) -> Value {
    let answer = gojudge::post("/run", json!({"cmd": [command]}).to_string()).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text);
    answer.json[0].clone()
}

#[tokio::test]
async fn all_descriptors_are_one_terminal_whose_output_has_the_first_name() {
    Client::connect().await;
    let script = "test -t 0 && test -t 1 && test -t 2 && echo all; echo error >&2; echo direct > /dev/tty";
    let result = run(on_terminal(script, "")).await;
    assert_eq!(result["status"], "Accepted", "{result}");
    assert_eq!(result["files"], json!({"screen": "all\r\nerror\r\ndirect\r\n"}));
}

#[tokio::test]
async fn a_command_reads_what_was_typed_up_to_the_key_that_ends_it() {
    Client::connect().await;
    let result = run(on_terminal("stty -echo; cat | tr a-z A-Z", "one\ntwo\n\x04")).await;
    let screen = result["files"]["screen"].as_str().unwrap();
    assert!(screen.ends_with("ONE\r\nTWO\r\n"), "{result}");
}

#[tokio::test]
async fn a_python_program_talks_with_its_terminal() {
    Client::connect().await;
    let program = "import sys, os\n\
        assert sys.stdin.isatty() and os.tcgetpgrp(0) == os.getpgrp()\n\
        name = input('name? ')\n\
        print('hello', name)";
    let mut command = on_terminal("", "you\n");
    command["args"] = json!(["/usr/bin/python3", "-c", program]);
    let result = run(command).await;
    assert_eq!(result["status"], "Accepted", "{result}");
    let screen = result["files"]["screen"].as_str().unwrap();
    assert!(screen.contains("name? ") && screen.ends_with("hello you\r\n"), "{result}");
}

#[tokio::test]
async fn nothing_of_a_long_output_is_lost_and_what_is_too_much_is_told() {
    Client::connect().await;
    let mut command = on_terminal("seq 100000", "");
    let result = run(command.clone()).await;
    let expected: String = (1..=100_000).map(|number| format!("{number}\r\n")).collect();
    assert!(result["files"]["screen"] == expected.as_str(), "{}", result["status"]);
    command["files"][1]["max"] = json!(5);
    let result = run(command).await;
    assert_eq!(result["status"], "Output Limit Exceeded");
    assert_eq!(result["files"]["screen"], "1\r\n2\r\n");
}

#[tokio::test]
async fn a_terminal_has_one_input() {
    Client::connect().await;
    let mut command = on_terminal("true", "a");
    command["files"][2] = json!({"content": "b"});
    let answer = gojudge::post("/run", json!({"cmd": [command]}).to_string()).await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (500, "\"tty: multiple input not allowed\""));
}

#[tokio::test]
async fn a_command_that_waits_for_keys_that_do_not_come_is_ended_by_its_limit() {
    Client::connect().await;
    let mut command = on_terminal("cat", "a line\n");
    command["clockLimit"] = json!(300_000_000);
    let result = run(command).await;
    assert_eq!(result["status"], "Time Limit Exceeded", "{result}");
    assert_eq!(result["files"]["screen"], "a line\r\na line\r\n");
}

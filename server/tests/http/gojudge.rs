//! The routes of go-judge: who may use them, and what requests share.

use std::sync::atomic::Ordering;

use reqwest::Method;
use serde_json::{Value, json};

use crate::bench::{Bench, answer, eventually};

const TOKEN: &str = "backend-token-0123456789";

/// A server with a token whose clients in these networks need none.
async fn with_open(networks: &str) -> Bench {
    Bench::with(&[("http.token", TOKEN), ("gojudge.open_networks", networks)]).await
}

async fn status(bench: &Bench, path: &str, headers: &[(&str, &str)]) -> u16 {
    let request = headers
        .iter()
        .fold(bench.request(Method::GET, path), |request, (name, value)| request.header(*name, *value));
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_runs_and_is_answered() {
    let bench = Bench::start().await;
    let command = json!({
        "args": ["echo", "hello"], "files": [{"content": ""}, {"name": "stdout", "max": 100}],
        "cpuLimit": 1_000_000_000, "clockLimit": 1_000_000_000, "memoryLimit": 1 << 20, "procLimit": 1,
        "copyIn": {"a.txt": {"content": "A"}}, "copyOut": ["a.txt"],
    });
    let (status, body) = answer(bench.request(Method::POST, "/run").json(&json!({"cmd": [command]}))).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(body[0]["status"], "Accepted", "{body}");
    assert_eq!(body[0]["files"], json!({"stdout": "hello", "a.txt": "A"}), "{body}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dev_null_is_an_empty_file_without_any_prefix() {
    let bench = Bench::start().await;
    let nothing = json!({"src": "/dev/null"});
    let command = json!({
        "args": ["cat"], "files": [nothing, {"name": "stdout", "max": 100, "pipe": true}],
        "cpuLimit": 1_000_000_000, "clockLimit": 1_000_000_000, "memoryLimit": 1 << 20, "procLimit": 1,
        "copyIn": {"in": nothing}, "copyOut": ["in"],
    });
    let (status, body) = answer(bench.request(Method::POST, "/run").json(&json!({"cmd": [command]}))).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(body[0]["files"], json!({"stdout": "", "in": ""}), "{body}");
    let zeros = json!({"cmd": [{"args": ["cat"], "files": [{"src": "/dev/zero"}]}]});
    assert_eq!(answer(bench.request(Method::POST, "/run").json(&zeros)).await.0, 400);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_named_twice_may_be_missing_only_where_both_say_so() {
    let bench = Bench::start().await;
    for (copy_out, copy_out_cached, expected) in
        [("a?", "a?", "Accepted"), ("a", "a?", "File Error"), ("a?", "a", "File Error")]
    {
        let command = json!({
            "args": ["echo"], "cpuLimit": 1_000_000_000, "memoryLimit": 1 << 20,
            "copyOut": [copy_out], "copyOutCached": [copy_out_cached],
        });
        let request = bench.request(Method::POST, "/run").json(&json!({"cmd": [command]}));
        let (_, body) = answer(request).await;
        assert_eq!(body[0]["status"], expected, "{copy_out} {copy_out_cached}: {body}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_by_itself_with_a_descriptor_left_open_does_not_start() {
    let bench = Bench::start().await;
    let command =
        json!({"args": ["echo"], "files": [{"content": ""}, null], "cpuLimit": 1, "memoryLimit": 1});
    let pipe = json!({"in": {"index": 0, "fd": 1}, "out": {"index": 0, "fd": 0}});
    let request = bench.request(Method::POST, "/run").json(&json!({"cmd": [command], "pipeMapping": [pipe]}));
    let (status, body) = answer(request).await;
    assert_eq!((status.as_u16(), &body[0]["status"]), (200, &Value::from("Internal Error")), "{body}");
    assert_eq!(body[0]["error"], "execve: null file for index/fd: 0/1", "{body}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_passes_through_a_pipe_is_over_a_maximum_below_zero() {
    let bench = Bench::start().await;
    let command = |args: &[&str], files: Value| {
        json!({"args": args, "files": files, "cpuLimit": 1_000_000_000, "clockLimit": 1_000_000_000,
            "memoryLimit": 1 << 20, "procLimit": 1})
    };
    for (max, writer, status, errors) in [
        (-1, ["exit", "0"], "Output Limit Exceeded", true),
        (-1, ["exit", "1"], "Nonzero Exit Status", true),
        (0, ["exit", "0"], "Accepted", false),
    ] {
        let two = [command(&writer, json!([{"content": ""}, null])), command(&["echo"], json!([null]))];
        let pipe = json!({"in": {"index": 0, "fd": 1}, "out": {"index": 1, "fd": 0},
            "proxy": true, "name": "talk", "max": max});
        let request = bench.request(Method::POST, "/run").json(&json!({"cmd": two, "pipeMapping": [pipe]}));
        let (_, body) = answer(request).await;
        assert_eq!((&body[0]["status"], &body[1]["status"]), (&json!(status), &json!("Accepted")), "{body}");
        assert_eq!(body[0]["files"], json!({"talk": ""}), "{body}");
        let error =
            json!([{"name": "talk", "type": "CollectSizeExceeded", "message": "Output Limit Exceeded"}]);
        assert_eq!(body[0]["fileError"], if errors { error } else { Value::Null }, "{body}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_link_that_cannot_be_made_is_told() {
    let bench = Bench::start().await;
    let command = json!({
        "args": ["echo"], "files": [{"content": ""}, {"name": "out", "max": 100}],
        "cpuLimit": 1_000_000_000, "memoryLimit": 1 << 20, "procLimit": 1,
        "copyIn": {
            "d/file": {"content": ""}, "d": {"symlink": "/a"}, "fine": {"symlink": "/b"},
            "no/link": {"symlink": "/c"}, "out": {"symlink": "/d"},
        },
    });
    let (status, body) = answer(bench.request(Method::POST, "/run").json(&json!({"cmd": [command]}))).await;
    assert_eq!((status.as_u16(), &body[0]["status"]), (200, &Value::from("File Error")), "{body}");
    assert_eq!(body[0]["error"], "symlink: 3 operations failed", "{body}");
    let error = |name: &str, target: &str, why: &str| {
        let message = format!("symlink: \"{name}\" -> \"{target}\": symlink {target} {name}: {why}");
        json!({"name": name, "type": "Symlink", "message": message})
    };
    let expected = json!([
        error("d", "/a", "file exists"),
        error("no/link", "/c", "no such file or directory"),
        error("out", "/d", "file exists"),
    ]);
    assert_eq!(body[0]["fileError"], expected, "{body}");
    assert_eq!(bench.sandboxes.leased.load(Ordering::SeqCst), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_command_has_stored_goes_where_no_client_is_left_to_be_told_of_it() {
    let bench = Bench::with(&[("gojudge.parallelism", "1")]).await;
    let run = |program: &str| {
        let command = json!({
            "args": [program], "cpuLimit": 1_000_000_000, "clockLimit": 60_000_000_000u64,
            "memoryLimit": 1 << 20, "procLimit": 1,
            "copyIn": {"a.txt": {"content": "A"}}, "copyOutCached": ["a.txt"],
        });
        answer(bench.request(Method::POST, "/run").json(&json!({"cmd": [command]})))
    };
    let until = async |count: usize| {
        let hanging = || bench.sandboxes.hanging.load(Ordering::SeqCst);
        eventually(async || (hanging() == count).then_some(())).await;
    };
    let hanging = tokio::spawn(run("hang"));
    until(1).await;
    hanging.abort();
    until(0).await;
    // There is one turn: by then the other has stored its file.
    let (_, body) = run("echo").await;
    let id = body[0]["fileIds"]["a.txt"].as_str().unwrap();
    let told = json!({id: "a.txt"});
    eventually(async || (bench.get("/file").await.1 == told).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_of_an_open_network_need_no_token_for_the_routes_of_go_judge_only() {
    let bench = with_open("10.0.0.0/8, 127.0.0.0/8").await;
    let (status_of_run, body) = answer(bench.request(Method::POST, "/run").body("{}")).await;
    assert_eq!((status_of_run.as_u16(), body), (400, Value::from("no cmd provided")));
    assert_eq!(status(&bench, "/file", &[]).await, 200);
    for path in ["/api/v1/languages", "/metrics"] {
        assert_eq!(status(&bench, path, &[]).await, 401, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_token_is_refused_also_in_an_open_network() {
    let bench = with_open("127.0.0.1").await;
    for (token, expected) in
        [(format!("Bearer {TOKEN}"), 200), ("Bearer wrong".into(), 401), ("x".into(), 401)]
    {
        assert_eq!(status(&bench, "/file", &[("authorization", &token)]).await, expected, "{token}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_header_brings_a_client_into_an_open_network() {
    let bench = with_open("10.0.0.0/8").await;
    for header in ["x-forwarded-for", "x-real-ip", "forwarded", "cf-connecting-ip", "true-client-ip"] {
        for value in ["10.0.0.1", "for=10.0.0.1", "10.0.0.1, 127.0.0.1"] {
            assert_eq!(status(&bench, "/file", &[(header, value)]).await, 401, "{header}: {value}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_an_open_network_pages_of_browsers_are_no_clients() {
    let bench = with_open("127.0.0.1/32").await;
    for (name, value, expected) in [
        ("host", "server:5050", 200),
        ("host", "172.18.0.2:5050", 200),
        ("host", "localhost", 200),
        ("host", "rebound.example:5050", 403),
        ("origin", "http://evil.example", 403),
        ("origin", "null", 403),
        ("origin", bench.url.as_str(), 200),
    ] {
        assert_eq!(status(&bench, "/file", &[(name, value)]).await, expected, "{name}: {value}");
    }
    let request = bench.request(Method::GET, "/file").header("host", "rebound.example");
    let (_, body) = answer(request).await;
    assert!(body.as_str().is_some_and(|why| why.contains("http.allowed_hosts")), "{body}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_an_open_network_a_token_is_needed() {
    let bench = Bench::with(&[("http.token", TOKEN)]).await;
    let request = bench.request(Method::GET, "/file").send().await.unwrap();
    assert_eq!(request.status(), 401);
    assert!(request.headers().get("www-authenticate").is_none());
    assert_eq!(request.text().await.unwrap(), "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_go_judge_has_no_route_its_paths_say_so_as_it_does() {
    let bench = Bench::start().await;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    for (method, path, status, location) in [
        (Method::POST, "/run/", 307, "/run"),
        (Method::GET, "/file/", 301, "/file"),
        (Method::POST, "/file/", 307, "/file"),
        (Method::GET, "/file/abc/", 301, "/file/abc"),
        (Method::GET, "/stream/?x=1", 301, "/stream?x=1"),
        (Method::GET, "/version/", 301, "/version"),
        (Method::GET, "/run", 404, ""),
        (Method::GET, "/run/", 404, ""),
        (Method::PUT, "/file", 404, ""),
        (Method::DELETE, "/file", 404, ""),
        (Method::HEAD, "/file", 404, ""),
        (Method::POST, "/ws", 404, ""),
        (Method::POST, "/config", 404, ""),
        (Method::GET, "/file/x/y", 404, ""),
        (Method::GET, "/file//", 404, ""),
    ] {
        let answer = client.request(method.clone(), format!("{}{path}", bench.url)).send().await.unwrap();
        assert_eq!(answer.status(), status, "{method} {path}");
        let header = |name: &str| answer.headers().get(name).map_or("", |value| value.to_str().unwrap());
        assert_eq!(header("location"), location, "{method} {path}");
        if status == 404 {
            assert_eq!(header("content-type"), "text/plain", "{method} {path}");
            let expected = if method == Method::HEAD { "" } else { "404 page not found" };
            assert_eq!(answer.text().await.unwrap(), expected, "{method} {path}");
        }
    }
    let (status, body) = bench.get("/nothing").await;
    assert_eq!((status.as_u16(), &body["type"]), (404, &Value::from("urn:gavel:problem:not-found")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_share_the_sets_of_cpus_and_go_back_to_them() {
    let bench = Bench::with(&[("gojudge.cpu_sets", "0,2-3"), ("gojudge.parallelism", "9")]).await;
    let run = |args: &[&str], cpus: &str| {
        let command = json!({
            "args": args, "files": [{"content": ""}, {"name": "stdout", "max": 100}], "cpuSetLimit": cpus,
            "cpuLimit": 1_000_000_000, "clockLimit": 60_000_000_000u64, "memoryLimit": 1 << 20, "procLimit": 1,
        });
        answer(bench.request(Method::POST, "/run").json(&json!({"cmd": [command.clone(), command]})))
    };
    let kept = async |asked: &str| {
        let (_, body) = run(&["cpus"], asked).await;
        assert_eq!(body[0]["files"], body[1]["files"], "{body}");
        body[0]["files"]["stdout"].as_str().unwrap().to_owned()
    };
    assert_eq!(kept("").await, "0");
    let hanging = tokio::spawn(run(&["hang"], ""));
    let until = async |count: usize| {
        let hanging = || bench.sandboxes.hanging.load(Ordering::SeqCst);
        eventually(async || (hanging() == count).then_some(())).await;
    };
    until(2).await;
    // One after the other: there is no third turn.
    let both = tokio::join!(kept(""), kept(""));
    assert_eq!(both, ("2-3".to_owned(), "2-3".to_owned()));
    assert_eq!(kept("1").await, "1");
    hanging.abort();
    until(0).await;
    assert_eq!(kept("").await, "0");
}

#[test]
fn cpus_that_are_not_there_stop_the_start() {
    let refusal = |cpus: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_gavel"));
        command.args(["--config", "/dev/null", "serve", "-cpuset", cpus]);
        let output = command.env_clear().env("GAVEL_HTTP__TOKEN", TOKEN).output().unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let text = refusal("0,8000");
    assert!(text.contains("`gojudge.cpu_sets`: `8000` has CPUs that this machine does not have"), "{text}");
    let text = refusal("0,x");
    assert!(text.contains("-cpuset: `0,x` is not a list of sets of CPUs such as 0,2-3"), "{text}");
}

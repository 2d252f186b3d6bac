//! The go-judge API: recorded answers replayed, files, cancelling, many runs at once.

use std::collections::BTreeMap;
use std::time::Instant;

use e2e::environment::at_most_ms;
use e2e::{Client, gojudge};
use futures_util::stream::{self, StreamExt};
use reqwest::StatusCode;
use serde_json::{Value, json};

/// Recorded cases that are answered otherwise, with the reason; `docs/go-judge.md` says more. A case that is no longer
/// different must go from this list, unless the answer depends on the host.
const DIFFERENT: [(&str, &str); 19] = [
    ("src missing in copyIn", "src is refused unless gojudge.src_prefixes allows it"),
    ("src missing in files", "src is refused unless gojudge.src_prefixes allows it"),
    ("two cmds one copyIn fail", "src is refused unless gojudge.src_prefixes allows it"),
    ("copyIn too large for tmpfs (src zero sparse)", "src is refused unless gojudge.src_prefixes allows it"),
    ("SIGABRT", "programs start with every signal at its default"),
    ("no args", "the text names the cause"),
    ("args null", "the text names the cause"),
    ("copyIn outside", "a file that cannot be put is a File Error"),
    ("copyIn trailing slash", "a file that cannot be put is a File Error"),
    ("copyIn empty name", "a file that cannot be put is a File Error"),
    ("cpuSetLimit bad", "the text does not tell the cgroup's path"),
    ("cpuSetLimit garbage", "the text does not tell the cgroup's path"),
    ("copyIn nested", "the listing shows this host's names and times"),
    ("copyIn content empty", "the listing shows this host's names and times"),
    ("copyIn symlink", "the listing shows this host's names and times"),
    ("file persists across runs?", "the listing shows this host's names and times"),
    ("file persists across runs 2", "the listing shows this host's names and times"),
    ("uid map", "a program has a uid of its own, not root's"),
    ("net", "only local sockets can be made"),
];

/// Cases whose recorded answers tell of the host that they were recorded on.
const OF_THE_HOST: [&str; 6] = [
    "copyOut via symlinked dir",
    "copyOut /usr/bin/true",
    "ps after",
    "python version",
    "proc1",
    // Two clocks that run out at one time: either program may see the other's end first.
    "one TLE other waits",
];

#[tokio::test]
async fn recorded_requests_are_answered_as_go_judge_did() {
    Client::connect().await;
    let mut table = Vec::new();
    let mut surprises = Vec::new();
    for case in gojudge::recorded_cases() {
        let answer = gojudge::post("/run", case.body()).await;
        let same = answer.status.as_u16() == case.status
            && gojudge::masked(&answer.text) == gojudge::masked(&case.answer);
        let reason = DIFFERENT.iter().find(|(name, _)| *name == case.name).map(|(_, reason)| *reason);
        let of_the_host = OF_THE_HOST.contains(&case.name.as_str());
        let (result, expected) = match (same, reason) {
            (true, None) => ("same".to_owned(), true),
            (true, Some(reason)) => (format!("same, though listed as different: {reason}"), false),
            (false, Some(reason)) => (format!("different: {reason}"), true),
            (false, None) if of_the_host => ("different: it tells of the host".to_owned(), true),
            (false, None) => ("different".to_owned(), false),
        };
        table.push(format!("{:<45} {result}", case.name));
        if !expected {
            surprises.push(format!(
                "{}\n  recorded {} {}\n  answered {} {}",
                case.name, case.status, case.answer, answer.status, answer.text
            ));
        }
    }
    eprintln!("{}", table.join("\n"));
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}

/// Runs a shell script and gives what it wrote, which must end well.
async fn said(script: &str, env: &[&str], copy_in: Value) -> String {
    let mut request = command(&["/bin/sh", "-c", script]);
    request["env"] = json!(env);
    request["copyIn"] = copy_in;
    let answer = gojudge::post("/run", json!({"cmd": [request]}).to_string()).await;
    let result = &answer.json[0];
    assert_eq!(result["status"], "Accepted", "{}", answer.text);
    result["files"]["stdout"].as_str().unwrap_or_default().to_owned()
}

const PATH: &str = "PATH=/usr/local/bin:/usr/bin:/bin";

#[tokio::test]
async fn a_right_program_with_address_sanitizer_is_accepted_unless_the_client_wants_leaks_to_be_found() {
    Client::connect().await;
    let source = "#include <vector>\nint main() { std::vector<int> v(3); return v[2]; }\n";
    let build = "g++ -fsanitize=address -o /tmp/a a.cpp && /tmp/a && echo \"$ASAN_OPTIONS $LSAN_OPTIONS\"";
    let files = json!({"a.cpp": {"content": source}});
    assert_eq!(said(build, &[PATH], files.clone()).await, "detect_leaks=0 detect_leaks=0\n");
    let own = [PATH, "ASAN_OPTIONS=detect_leaks=0:color=never", "LSAN_OPTIONS="];
    assert_eq!(said(build, &own, files).await, "detect_leaks=0:color=never \n");
}

#[tokio::test]
async fn the_user_has_a_name_and_a_home_and_commands_find_their_tools() {
    Client::connect().await;
    let script =
        "id -un; id -gn; python -c 'import pathlib; print(pathlib.Path.home())'; unzip -v | head -c 5";
    assert_eq!(said(script, &[PATH], json!({})).await, "gavel\ngavel\n/w\nUnZip");
}

/// The compiler takes a precompiled header only where every flag is the one that it was made with.
#[tokio::test]
async fn the_usual_headers_are_precompiled_with_the_flags_of_every_dialect_of_cpp() {
    Client::connect().await;
    let languages = include_str!("../../images/languages.toml");
    let compilers: Vec<Vec<String>> = languages
        .lines()
        .filter_map(|line| line.strip_prefix("compile = "))
        .filter_map(|argv| serde_json::from_str::<Vec<String>>(argv).ok())
        .filter(|argv| argv.first().is_some_and(|compiler| compiler == "g++"))
        .collect();
    assert!(compilers.len() >= 4, "{compilers:?}");
    for header in ["bits/stdc++.h", "iostream"] {
        let source = format!("#include <{header}>\nint main() {{ std::cout << 1; }}\n");
        for argv in &compilers {
            let flags: Vec<_> = argv.iter().take_while(|word| *word != "-o").cloned().collect();
            let script = format!("{} -H -c -o /dev/null a.cpp 2>&1 | grep '^!'", flags.join(" "));
            let used = said(&script, &[PATH], json!({"a.cpp": {"content": source}})).await;
            assert!(used.contains(&format!("{header}.gch/")), "{flags:?}: {used}");
        }
    }
}

#[tokio::test]
async fn programs_may_be_kept_in_tmp() {
    Client::connect().await;
    let script = "cp /bin/true /tmp/t && /tmp/t && df -k /tmp | awk 'END { print $2 }'";
    assert_eq!(said(script, &[PATH], json!({})).await, "131072\n");
}

#[tokio::test]
async fn a_stored_file_as_standard_input_can_be_opened_again() {
    Client::connect().await;
    let mut keeping = command(&["/bin/sh", "-c", "printf 'a line\\n' > kept"]);
    keeping["copyOutCached"] = json!(["kept"]);
    let kept = gojudge::post("/run", json!({"cmd": [keeping]}).to_string()).await;
    let id = kept.json[0]["fileIds"]["kept"].as_str().expect("an id").to_owned();
    let mut reading = command(&["/bin/sh", "-c", "cat /dev/stdin; cat link; cat"]);
    reading["files"][0] = json!({"fileId": id});
    reading["copyIn"] = json!({"link": {"symlink": "/dev/stdin"}});
    let answer = gojudge::post("/run", json!({"cmd": [reading]}).to_string()).await;
    assert_eq!(answer.json[0]["files"]["stdout"], "a line\na line\na line\n", "{}", answer.text);
    gojudge::delete(&format!("/file/{id}")).await;
}

/// A command with standard descriptors and fair limits.
fn command(args: &[&str]) -> Value {
    json!({
        "args": args,
        "env": ["PATH=/usr/bin:/bin"],
        "files": [{"content": ""}, {"name": "stdout", "max": 4_194_304}, {"name": "stderr", "max": 10240}],
        "cpuLimit": 10_000_000_000u64,
        "clockLimit": 30_000_000_000u64,
        "memoryLimit": 268_435_456,
        "procLimit": 50,
    })
}

async fn run(commands: Value) -> Vec<Value> {
    let answer = gojudge::post("/run", commands.to_string()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json.as_array().cloned().unwrap_or_default()
}

#[tokio::test]
async fn what_a_compiler_leaves_is_stored_run_and_deleted_by_id() {
    Client::connect().await;
    let mut compile = command(&["/usr/bin/g++", "a.cc", "-o", "a"]);
    compile["copyIn"] = json!({"a.cc": {"content": "#include <iostream>\nint main() { int a, b; std::cin >> a >> b; std::cout << a + b; }"}});
    compile["copyOutCached"] = json!(["a"]);
    let compiled = run(json!({"cmd": [compile]})).await;
    assert_eq!(compiled[0]["status"], "Accepted", "{compiled:?}");
    let id = compiled[0]["fileIds"]["a"].as_str().expect("an id").to_owned();
    let mut sum = command(&["./a"]);
    sum["files"][0] = json!({"content": "1 2"});
    sum["copyIn"] = json!({"a": {"fileId": id}});
    let ran = run(json!({"cmd": [sum]})).await;
    assert_eq!(ran[0]["files"]["stdout"], "3", "{ran:?}");
    let path = format!("/file/{id}");
    let part = gojudge::client().get(gojudge::url(&path)).header("Range", "bytes=1-3").send().await.unwrap();
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.bytes().await.unwrap().as_ref(), b"ELF");
    assert_eq!(gojudge::delete(&path).await, StatusCode::OK);
    assert_eq!(gojudge::delete(&path).await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_uploaded_file_keeps_the_last_part_of_its_name() {
    Client::connect().await;
    let boundary = "a-boundary";
    let form = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../../x/y.cc\"\r\n\r\ncontent\r\n--{boundary}--\r\n"
    );
    let request = gojudge::client().post(gojudge::url("/file")).body(form);
    let answer = request
        .header("Content-Type", format!("multipart/form-data; boundary={boundary}"))
        .send()
        .await
        .unwrap();
    let id: String = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    let list = gojudge::client().get(gojudge::url("/file")).send().await.unwrap().text().await.unwrap();
    let list: BTreeMap<String, String> = serde_json::from_str(&list).unwrap();
    assert_eq!(list[&id], "y.cc");
    let got = gojudge::client().get(gojudge::url(&format!("/file/{id}"))).send().await.unwrap();
    assert_eq!(got.headers()["content-disposition"], "attachment; filename=\"y.cc\"");
    assert_eq!(got.text().await.unwrap(), "content");
    assert_eq!(gojudge::delete(&format!("/file/{id}")).await, StatusCode::OK);
}

#[tokio::test]
async fn two_programs_exchange_fifty_thousand_lines_in_ten_seconds() {
    Client::connect().await;
    let source = r#"
        #include <stdio.h>
        #include <stdlib.h>
        int main(int argc, char **argv) {
            long first = atol(argv[1]), n;
            if (first) printf("0\n"), fflush(stdout);
            while (scanf("%ld", &n) == 1 && n < 50000) printf("%ld\n", n + 1), fflush(stdout);
            fprintf(stderr, "%ld", n);
        }"#;
    let mut compile = command(&["/usr/bin/gcc", "a.c", "-o", "a"]);
    compile["copyIn"] = json!({"a.c": {"content": source}});
    compile["copyOutCached"] = json!(["a"]);
    let compiled = run(json!({"cmd": [compile]})).await;
    let id = compiled[0]["fileIds"]["a"].clone();
    let player = |first: &str, files: Value| {
        let mut player = command(&["./a", first]);
        player["copyIn"] = json!({"a": {"fileId": id}});
        player["files"] = files;
        player
    };
    let stderr = json!({"name": "stderr", "max": 100});
    for proxy in [false, true] {
        let begun = Instant::now();
        let results = run(json!({
            "cmd": [player("1", json!([null, null, stderr])), player("0", json!([null, null, stderr]))],
            "pipeMapping": [
                {"in": {"index": 0, "fd": 1}, "out": {"index": 1, "fd": 0}, "proxy": proxy},
                {"in": {"index": 1, "fd": 1}, "out": {"index": 0, "fd": 0}, "proxy": proxy},
            ],
        }))
        .await;
        let took = begun.elapsed();
        eprintln!("50 000 lines, proxy {proxy}: {took:?}");
        // The first to see the last number ends, and the other sees its end.
        let last: Vec<_> =
            results.iter().map(|result| result["files"]["stderr"].as_str().unwrap_or("")).collect();
        assert!(last == ["49999", "50000"] || last == ["50000", "49999"], "{results:?}");
        assert!(took.as_secs_f64() * 1000.0 < at_most_ms(10_000.0), "proxy {proxy}: {took:?}");
    }
    gojudge::delete(&format!("/file/{}", id.as_str().unwrap())).await;
}

#[tokio::test]
async fn a_command_runs_on_the_cpus_of_its_set_and_the_next_on_all() {
    Client::connect().await;
    let affinity = async |cpus: &str| {
        let mut command = command(&["/usr/bin/python3", "-c", "import os; print(*os.sched_getaffinity(0))"]);
        command["cpuSetLimit"] = json!(cpus);
        run(json!({"cmd": [command]})).await.remove(0)
    };
    let all = affinity("").await;
    assert_eq!(affinity("0").await["files"]["stdout"], "0\n");
    let none = affinity("99").await;
    assert_eq!(none["status"], "Internal Error", "{none}");
    let why = none["error"].as_str().unwrap();
    assert!(why.starts_with("execve: cgroup: failed to set cpuset limit: write cpuset.cpus: "), "{why}");
    assert_eq!(affinity("").await["files"], all["files"]);
}

#[tokio::test]
async fn a_mebibyte_comes_through_a_pipe_as_it_was_sent() {
    Client::connect().await;
    const MEBIBYTE: usize = 1 << 20;
    let send = format!("seq 1 200000 | head -c {MEBIBYTE} | tee sent; sha256sum < sent >&2");
    let mut writer = command(&["/bin/sh", "-c", &send]);
    writer["files"][1] = Value::Null;
    let mut reader = command(&["/usr/bin/sha256sum"]);
    reader["files"][0] = Value::Null;
    for proxy in [false, true] {
        let pipe = json!({
            "in": {"index": 0, "fd": 1}, "out": {"index": 1, "fd": 0},
            "proxy": proxy, "name": "passed", "max": MEBIBYTE,
        });
        let results = run(json!({"cmd": [writer, reader], "pipeMapping": [pipe]})).await;
        assert_eq!(results[1]["status"], "Accepted", "{}", results[1]);
        assert_eq!(results[0]["files"]["stderr"], results[1]["files"]["stdout"], "proxy {proxy}");
        let passed = results[0]["files"]["passed"].as_str().map(str::len);
        assert_eq!(passed, proxy.then_some(MEBIBYTE));
    }
}

#[tokio::test]
async fn pipe_ends_that_make_no_sense_are_refused_and_the_server_lives() {
    Client::connect().await;
    let two = json!([command(&["/bin/true"]), command(&["/bin/true"])]);
    for (index, fd) in [(0, -1), (0, 1_000_000_000), (-5, 0), (7, 0), (0, 1)] {
        let body = json!({"cmd": two, "pipeMapping": [{"in": {"index": index, "fd": fd}, "out": {"index": 1, "fd": 9}}]});
        let answer = gojudge::post("/run", body.to_string()).await;
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{index}/{fd}: {}", answer.text);
        assert!(answer.json.is_string(), "{}", answer.text);
    }
    assert_eq!(run(json!({"cmd": [command(&["/bin/true"])]})).await[0]["status"], "Accepted");
}

/// So many commands that sleep; the status of each.
async fn sleepers(count: usize, seconds: &str) -> Vec<Value> {
    // Little memory each: all together may have what the host has beside everything else.
    let mut sleeper = command(&["/bin/sleep", seconds]);
    sleeper["memoryLimit"] = json!(64 << 20);
    let results = run(json!({"cmd": vec![sleeper; count]})).await;
    results.into_iter().map(|result| result["status"].clone()).collect()
}

#[tokio::test]
async fn a_request_has_more_commands_than_are_kept_warm_and_two_groups_overlap() {
    Client::connect().await;
    assert_eq!(sleepers(32, "0").await, vec!["Accepted"; 32]);
    let started = Instant::now();
    let (first, second) = tokio::join!(sleepers(3, "2"), sleepers(3, "2"));
    let took = started.elapsed().as_secs_f64() * 1000.0;
    assert_eq!((first, second), (vec!["Accepted".into(); 3], vec!["Accepted".into(); 3]));
    assert!(took < at_most_ms(3500.0), "they took {took:.0} ms, one after the other");
    let most = json!({"cmd": vec![command(&["/bin/true"]); 33]});
    let refused = gojudge::post("/run", most.to_string()).await;
    assert!(refused.text.contains("too many commands: 33"), "{}", refused.text);
}

#[tokio::test]
async fn many_requests_at_once_keep_their_programs_and_outputs_apart() {
    Client::connect().await;
    const REQUESTS: usize = 10_000;
    // The queue holds 512.
    const AT_ONCE: usize = 500;
    let client = gojudge::client();
    let answers = stream::iter(0..REQUESTS).map(|number| {
        let mut echo = command(&["./tell"]);
        echo["copyIn"] = json!({"tell": {"content": format!("#!/bin/sh\necho {number}\n")}});
        let request = client.post(gojudge::url("/run")).json(&json!({"cmd": [echo]})).send();
        async move { (number, request.await.expect("an answer").json::<Value>().await.expect("results")) }
    });
    let wrong: Vec<String> = answers
        .buffer_unordered(AT_ONCE)
        .filter_map(|(number, answer)| async move {
            let right = answer[0]["files"]["stdout"] == format!("{number}\n");
            (!right).then(|| format!("{number}: {answer}"))
        })
        .collect()
        .await;
    assert!(wrong.is_empty(), "{} of {REQUESTS}: {:?}", wrong.len(), wrong.first());
}

#[tokio::test]
async fn a_file_that_is_copied_in_under_a_collectors_name_is_written_over() {
    Client::connect().await;
    let mut echo = command(&["/bin/echo", "ab"]);
    echo["copyIn"] = json!({"stdout": {"content": "hello world"}, "stderr/below": {"content": "x"}});
    let echoed = run(json!({"cmd": [echo]})).await;
    assert_eq!(echoed[0]["status"], "Accepted", "{echoed:?}");
    assert_eq!(echoed[0]["files"]["stdout"], "ab\nlo world", "{echoed:?}");
}

#[tokio::test]
async fn clients_that_look_for_go_judge_find_it() {
    Client::connect().await;
    let get = async |path: &str| {
        gojudge::client().get(gojudge::url(path)).send().await.unwrap().json::<Value>().await.unwrap()
    };
    let version = get("/version").await;
    let number = version["buildVersion"].as_str().and_then(|version| version.strip_prefix('v')).unwrap();
    assert_eq!(number.split('.').filter_map(|part| part.parse::<u32>().ok()).count(), 3, "{version}");
    assert_eq!(version["copyOutOptional"], true);
    let config = get("/config").await;
    assert_eq!(config["fixSymlinkEscape"], true);
    assert_eq!(config["runnerConfig"]["workDir"], "/w");
    let controllers = config["runnerConfig"]["cgroupControllers"].as_array().unwrap();
    assert!(controllers.contains(&json!("memory")));
}

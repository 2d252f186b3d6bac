//! `gavel problem` against a stand-in for a server.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::stand_in::{Answer, LARGEST, Request, Server, folder, path, run};

fn package(more: &[(&str, &str)]) -> TempDir {
    let mut files = vec![
        (
            "problem.yaml",
            "problem_format_version: 2025-09\nname: Sum\nuuid: 3d4f9b0e-0000-4000-8000-000000000000\nlicense: cc0\nrights_owner: us\nlimits:\n  time_limit: 1\n",
        ),
        ("statement/problem.en.md", "Add.\n"),
        ("data/sample/1.in", "1 2\n"),
        ("data/sample/1.ans", "3\n"),
        ("data/secret/1.in", "5 6\n"),
        ("data/secret/1.ans", "11\n"),
        ("submissions/accepted/a.py", "print(sum(map(int, input().split())))\n"),
    ];
    files.extend(more);
    folder(&files)
}

fn view(request: &Request) -> Value {
    let id = request.path.rsplit('/').next().unwrap_or_default().split('?').next();
    json!({"id": id, "version": "3f5a", "notes": ["x: ignored"]})
}

fn unpacked(tar: &[u8]) -> BTreeMap<String, String> {
    let mut archive = tar::Archive::new(tar);
    let entries = archive.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        let mut content = String::new();
        entry.read_to_string(&mut content).unwrap();
        (entry.path().unwrap().to_str().unwrap().to_owned(), content)
    });
    entries.collect()
}

#[test]
fn a_folder_is_sent_as_an_archive_without_its_history() {
    let server = Server::start(|request| Answer::Json(201, view(request)));
    let package = package(&[(".git/config", "secret"), ("data/secret/.DS_Store", "")]);
    let ended = run(
        &server,
        &["problem", "push", package.path().to_str().unwrap(), "--id", "sum", "--show", "summary"],
    );
    assert_eq!(
        (ended.status, ended.out.as_str()),
        (0, "sum: version 3f5a, new\nnote: x: ignored\n"),
        "{}",
        ended.err
    );
    let requests = server.requests();
    assert_eq!(requests[0].line(), "PUT /problems/sum?show=summary");
    assert_eq!(requests[0].headers["content-type"], "application/x-tar");
    let sent = unpacked(&requests[0].body);
    assert_eq!(sent.len(), 7);
    assert_eq!(sent["data/secret/1.ans"], "11\n");
}

#[test]
fn a_version_that_is_there_is_told_so() {
    let server = Server::start(|request| Answer::Json(200, view(request)));
    let package = package(&[]);
    let ended = run(&server, &["problem", "push", package.path().to_str().unwrap(), "--id", "sum"]);
    assert!(ended.out.starts_with("sum: version 3f5a, there already\n"), "{}", ended.out);
    assert_eq!(server.lines(), ["PUT /problems/sum"]);
    let ended = run(&server, &["problem", "push", package.path().to_str().unwrap(), "--id", "sum", "--json"]);
    assert_eq!(serde_json::from_str::<Value>(&ended.out).unwrap()["id"], "sum");
}

#[test]
fn faults_are_told_without_sending() {
    let server = Server::start(|request| Answer::Json(201, view(request)));
    let package = package(&[
        ("data/secret/2.in", "7\n"),
        ("problem.yaml", "problem_format_version: 2025-09\nlimits: 5\ntime_limt: 1\n"),
    ]);
    for command in ["push", "verify"] {
        let ended = run(&server, &["problem", command, package.path().to_str().unwrap(), "--id", "sum"]);
        assert_eq!(ended.status, 2);
        assert!(
            ended.err.contains("problem.yaml") && ended.err.contains("data/secret/2.in"),
            "{}",
            ended.err
        );
        assert!(
            ended.err.starts_with("note: problem.yaml:3: time_limt"),
            "what is only noted as well: {}",
            ended.err
        );
    }
    assert!(server.requests().is_empty());
}

#[test]
fn an_archive_is_sent_as_it_is() {
    let server = Server::start(|request| Answer::Json(201, view(request)));
    let files = folder(&[("p.zip", "PK\x03\x04rest"), ("p.7z", "7z"), ("p", "")]);
    assert_eq!(run(&server, &["problem", "push", &path(&files, "p.zip"), "--id", "z"]).status, 0);
    let requests = server.requests();
    assert_eq!(
        (requests[0].body.as_slice(), requests[0].headers["content-type"].as_str()),
        (&b"PK\x03\x04rest"[..], "application/zip")
    );
    for (name, expected) in [("p.7z", "no zip"), ("p", "no zip"), ("missing", "No such file")] {
        let ended = run(&server, &["problem", "push", &path(&files, name), "--id", "z"]);
        assert!(ended.status == 2 && ended.err.contains(expected), "{}", ended.err);
    }
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn what_the_server_finds_wrong_is_told_with_its_place() {
    let server = Server::start(|_| {
        Answer::Json(
            400,
            json!({"detail": "the package has faults", "errors": [{"field": "data/secret/1.in", "detail": "has no answer"}]}),
        )
    });
    let package = package(&[]);
    let ended = run(&server, &["problem", "push", package.path().to_str().unwrap(), "--id", "sum"]);
    assert_eq!(ended.status, 2);
    assert!(
        ended
            .err
            .ends_with("the server refuses (400): the package has faults\n  data/secret/1.in: has no answer"),
        "{}",
        ended.err
    );
}

#[test]
fn a_package_is_sent_anew_for_each_try() {
    let tries = AtomicUsize::new(0);
    let server = Server::start(move |request| match tries.fetch_add(1, Ordering::SeqCst) {
        0 => Answer::With(503, ("Retry-After", "0"), json!({"detail": "busy"})),
        1 => Answer::Raw(Vec::new()),
        _ => Answer::Json(201, view(request)),
    });
    let package = package(&[]);
    assert_eq!(run(&server, &["problem", "push", package.path().to_str().unwrap(), "--id", "sum"]).status, 0);
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    assert!(requests.iter().all(|request| request.body == requests[0].body));
}

#[test]
fn a_package_that_a_server_does_not_take_to_its_end_is_told_as_one_that_may_be_too_large() {
    let server = Server::start(|request| Answer::Json(201, view(request)));
    let large = format!("PK\x03\x04{}", "x".repeat(4 * LARGEST));
    let files = folder(&[("p.zip", &large)]);
    let ended = run(&server, &["problem", "push", &path(&files, "p.zip"), "--id", "large"]);
    assert_eq!(ended.status, 3);
    assert!(
        ended.err.contains("while 8.0 MiB were sent: it may be more than the server takes"),
        "{}",
        ended.err
    );
}

#[test]
fn who_finds_a_problem_is_said_with_it_and_told() {
    let server = Server::start(|request| match request.method.as_str() {
        "PUT" => Answer::Json(201, view(request)),
        _ if request.path.ends_with("/exam") => Answer::Json(200, json!({"id": "exam", "private": true})),
        _ => Answer::Json(
            200,
            json!({"problems": [{"id": "exam", "private": true}, {"id": "sum", "private": false}]}),
        ),
    });
    let package = package(&[]);
    for (option, query) in [("--private", "?private=true"), ("--private=false", "?private=false")] {
        let ended =
            run(&server, &["problem", "push", option, package.path().to_str().unwrap(), "--id", "exam"]);
        assert_eq!(ended.status, 0, "{}", ended.err);
        assert_eq!(ids(&server, "PUT").last().unwrap(), &format!("exam{query}"));
    }
    assert_eq!(run(&server, &["problem", "list"]).out, "ID    FOR\nexam  its keepers\nsum\n");
    let shown = run(&server, &["problem", "show", "exam"]).out;
    assert!(shown.contains("for:                   its keepers\n"), "{shown}");
}

#[test]
fn pages_of_the_list_are_put_together() {
    let problem = |id: &str| json!({"id": format!("{id}\u{1b}"), "pushed_at": "2026-11-28T10:00:00Z", "version": "0123456789abcdef"});
    let server = Server::start(move |request| match request.line().as_str() {
        "GET /problems?limit=200" => {
            Answer::Json(200, json!({"problems": [problem("a")], "next_cursor": "a b&"}))
        }
        "GET /problems?limit=200&cursor=a%20b%26" => {
            Answer::Json(200, json!({"problems": [problem("b")], "next_cursor": null}))
        }
        _ => Answer::Json(404, Value::Null),
    });
    let ended = run(&server, &["problem", "list"]);
    let expected = "\
ID  PUSHED                VERSION
a␛  2026-11-28T10:00:00Z  0123456789ab
b␛  2026-11-28T10:00:00Z  0123456789ab
";
    assert_eq!((ended.status, ended.out.as_str()), (0, expected));
    let ended = run(&server, &["problem", "list", "--json"]);
    assert_eq!(serde_json::from_str::<Value>(&ended.out).unwrap()["problems"].as_array().unwrap().len(), 2);
}

#[test]
fn a_list_without_end_has_one() {
    let server = Server::start(|_| {
        let page: Vec<_> = (0..10_000).map(|id| json!({"id": id.to_string()})).collect();
        Answer::Json(200, json!({"problems": page, "next_cursor": "x"}))
    });
    assert_eq!(run(&server, &["problem", "list"]).status, 0);
    assert_eq!(server.requests().len(), 2);
    let server = Server::start(|_| Answer::Json(200, json!({"problems": [], "next_cursor": "x"})));
    assert_eq!(run(&server, &["problem", "list"]).out, "no problems\n");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_problem_is_shown_and_removed() {
    let server = Server::start(|request| match request.method.as_str() {
        "DELETE" => Answer::Json(204, Value::Null),
        _ => Answer::Json(200, json!({"id": "sum", "cases": {"sample": 1, "secret": 2}})),
    });
    let ended = run(&server, &["problem", "show", "sum"]);
    assert!(ended.out.contains("1 samples, 2 secret"), "{}", ended.out);
    let ended = run(&server, &["problem", "delete", "sum"]);
    assert_eq!((ended.status, ended.err.as_str()), (0, "removed sum\n"));
    assert_eq!(server.lines(), ["GET /problems/sum", "DELETE /problems/sum"]);
    let ended = run(&server, &["problem", "delete", "sum", "--json"]);
    assert_eq!((ended.status, ended.err.as_str()), (0, ""));
    assert_eq!(serde_json::from_str::<Value>(&ended.out).unwrap(), json!({"id": "sum", "removed": true}));
    assert_eq!(run(&server, &["problem", "delete", "../languages"]).status, 2);
}

/// A server that judges by what is written in the source.
fn judging() -> Server {
    Server::start(|request| match (request.method.as_str(), request.line().as_str()) {
        (_, "GET /languages") => Answer::Json(200, json!([{"id": "python3", "source_file": "main.py"}])),
        ("PUT", _) => Answer::Json(201, view(request)),
        ("POST", _) => {
            let source = request.json()["files"].to_string();
            let verdict = if source.contains("wrong") { "WrongAnswer" } else { "Accepted" };
            let test = |name: &str, verdict: &str, ms: f64| json!({"name": name, "verdict": verdict, "cpu_ms": ms, "memory_bytes": 1_048_576});
            let tests = [test("sample/1", "Accepted", 2.0), test("secret/1", verdict, 7.5)];
            Answer::Json(200, json!({"id": "s-1", "state": "done", "verdict": verdict, "tests": tests}))
        }
        ("DELETE", _) => Answer::Json(204, Value::Null),
        _ => Answer::Json(404, Value::Null),
    })
}

fn ids(server: &Server, method: &str) -> Vec<String> {
    let requests = server
        .requests()
        .into_iter()
        .filter(|request| request.method == method && request.path.contains("/problems/"));
    requests.map(|request| request.path["/api/v1/problems/".len()..].to_owned()).collect()
}

#[test]
fn submissions_that_are_as_expected_are_verified_and_nothing_is_left() {
    let server = judging();
    let package = package(&[
        ("submissions/wrong_answer/w.py", "wrong"),
        ("submissions/rejected/two/x.py", "wrong"),
        ("submissions/rejected/two/lib/y.py", "1"),
    ]);
    let ended = run(&server, &["problem", "verify", package.path().to_str().unwrap(), "--jobs", "2"]);
    let expected = "    \
SUBMISSION         LANGUAGE  EXPECTED    GOT          SLOWEST             MEMORY
ok  accepted/a.py      python3   AC          Accepted     7.5 ms (secret/1)  1.0 MiB
ok  rejected/two       python3   RTE/TLE/WA  WrongAnswer  7.5 ms (secret/1)  1.0 MiB
ok  wrong_answer/w.py  python3   WA          WrongAnswer  7.5 ms (secret/1)  1.0 MiB

3 of 3 submissions are as expected
";
    assert_eq!((ended.status, ended.out.as_str()), (0, expected), "{}", ended.err);
    let sent = ids(&server, "PUT");
    let id = sent[0].strip_suffix("?show=full&private=true").unwrap();
    assert!(id.starts_with("verify-"), "{id}");
    assert_eq!(ids(&server, "DELETE"), [id]);
    let two = server
        .requests()
        .into_iter()
        .filter(|request| request.method == "POST")
        .map(|request| request.json());
    let two = two.into_iter().find(|request| request["files"]["lib/y.py"] == "1").unwrap();
    let expected = json!({"problem": id, "version": "3f5a", "language": "python3", "stop_at_first_failure": false,
                          "files": {"x.py": "wrong", "lib/y.py": "1"}});
    assert_eq!(two, expected);
}

#[test]
fn a_time_limit_that_no_package_tells_follows_from_the_accepted_submissions() {
    let server = Server::start(|request| match (request.method.as_str(), request.line().as_str()) {
        (_, "GET /languages") => Answer::Json(200, json!([{"id": "python3", "source_file": "main.py"}])),
        ("PUT", _) => Answer::Json(201, view(request)),
        ("POST", _) => {
            let (verdict, ms) = if request.json()["files"].to_string().contains("slow") {
                ("TimeLimitExceeded", 6000.0)
            } else {
                ("Accepted", 2750.0)
            };
            let tests = [json!({"name": "secret/1", "verdict": verdict, "cpu_ms": ms})];
            Answer::Json(200, json!({"id": "s-1", "state": "done", "verdict": verdict, "tests": tests}))
        }
        ("DELETE", _) => Answer::Json(204, Value::Null),
        _ => Answer::Json(404, Value::Null),
    });
    let yaml = "problem_format_version: 2025-09\nname: Sum\nuuid: 3d4f9b0e-0000-4000-8000-000000000000\n";
    let package = package(&[("problem.yaml", yaml), ("submissions/time_limit_exceeded/s.py", "slow")]);
    let verify = |more: &[&str]| {
        let arguments = [&["problem", "verify", package.path().to_str().unwrap()], more].concat();
        run(&server, &arguments)
    };
    let ended = verify(&[]);
    assert_eq!(ended.status, 0, "{ended:?}");
    let note = "note: problem.yaml: no time limit is told: 6 s follows from the accepted submissions";
    assert!(ended.err.contains(note), "{}", ended.err);
    let sent: Vec<_> =
        server.requests().into_iter().filter(|one| matches!(one.method.as_str(), "PUT" | "POST")).collect();
    let methods: Vec<_> = sent.iter().map(|one| one.method.as_str()).collect();
    assert_eq!(methods, ["PUT", "POST", "PUT", "POST"], "each is judged once");
    assert_eq!(unpacked(&sent[0].body)[".timelimit"], "10\n");
    assert_eq!(unpacked(&sent[2].body)[".timelimit"], "6\n");
    assert!(sent[3].json()["files"].to_string().contains("slow"));
    std::fs::remove_dir_all(package.path().join("submissions/time_limit_exceeded")).unwrap();
    assert_eq!(verify(&["--id", "sum"]).status, 0);
    let kept = server.requests().into_iter().rfind(|request| request.method == "PUT").unwrap();
    assert_eq!(kept.path, "/api/v1/problems/sum");
    assert_eq!(unpacked(&kept.body)[".timelimit"], "6\n", "what stays has the limit that was found");
}

#[test]
fn examples_of_a_problem_that_takes_answers_may_be_answers() {
    let server = judging();
    let yaml = "problem_format_version: 2025-09\ntype: submit-answer\nname: Sum\nuuid: 3d4f9b0e-0000-4000-8000-000000000000\n";
    let package = package(&[
        ("problem.yaml", yaml),
        ("submissions/accepted/one.ans", "3"),
        ("submissions/wrong_answer/two/secret/1.ans", "wrong"),
        ("submissions/wrong_answer/two/sample/1.out", "3"),
        ("submissions/wrong_answer/x/main.txt", "wrong"),
    ]);
    let arguments = ["problem", "verify", package.path().to_str().unwrap(), "--jobs", "1", "--time-limit"];
    let ended = run(&server, &arguments);
    assert_eq!(ended.status, 0, "{ended:?}");
    let posted = server.requests().into_iter().filter(|request| request.method == "POST");
    let mut posted: Vec<_> =
        posted.map(|one| (one.json()["language"].clone(), one.json()["files"].clone())).collect();
    posted.sort_by_key(|one| one.1.to_string());
    let answers = json!("answers");
    assert_eq!(posted[0], (json!("python3"), json!({"a.py": "print(sum(map(int, input().split())))\n"})));
    assert_eq!(posted[1], (answers.clone(), json!({"one.ans": "3"})));
    assert_eq!(posted[2], (answers, json!({"sample/1.out": "3", "secret/1.ans": "wrong"})));
    assert!(ended.out.contains("3 of 3 submissions are as expected, 1 more skipped"), "{}", ended.out);
    assert!(ended.out.contains("2 times accepted/a.py"), "answers take no time: {}", ended.out);
}

#[test]
fn one_that_is_not_as_expected_is_named_and_is_1() {
    let server = judging();
    let package =
        package(&[("submissions/wrong_answer/w.py", "right"), ("submissions/accepted/h.hs", "wrong")]);
    let folder = package.path().to_str().unwrap();
    let ended = run(&server, &["problem", "verify", folder]);
    assert_eq!(ended.status, 1);
    let told = "\naccepted/h.hs: skipped: the server has no language for haskell\nwrong_answer/w.py: WA required, got AC\n1 of 2 submissions are as expected, 1 more skipped\n";
    assert!(ended.out.ends_with(told), "{}", ended.out);
    assert_eq!(ids(&server, "DELETE").len(), 1);
    let ended = run(&server, &["problem", "verify", folder, "--json", "--language", "haskell=ghc"]);
    let value: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!((&value["verified"], &value["submissions"][1]["language"]), (&json!(false), &json!("ghc")));
    assert_eq!(value["submissions"][1]["disagreements"], json!(["only AC permitted, got WA in secret/1"]));
}

#[test]
fn what_a_packages_own_languages_leave_out_is_not_sent_and_does_not_count() {
    let server = judging();
    let yaml = "problem_format_version: 2025-09\nname: Sum\nuuid: 3d4f9b0e-0000-4000-8000-000000000000\nlimits:\n  time_limit: 1\nlanguages: [python3, java]\n";
    let package = package(&[("problem.yaml", yaml), ("submissions/accepted/b.c", "right")]);
    let folder = package.path().to_str().unwrap();
    let ended = run(&server, &["problem", "verify", folder, "--language", "c=c17"]);
    let told = "\naccepted/b.c: skipped: the package's own `languages` leave out c\n1 of 1 submissions are as expected, 1 more skipped\n";
    assert!(ended.status == 0 && ended.out.ends_with(told), "{ended:?}");
    let posted = server.requests().into_iter().filter(|request| request.method == "POST");
    assert_eq!(posted.map(|one| one.json()["language"].clone()).collect::<Vec<_>>(), ["python3"]);
}

#[test]
fn what_is_in_a_language_that_is_not_there_does_not_count_unless_there_is_nothing_else() {
    let server = judging();
    let package = package(&[("submissions/accepted/h.hs", "right")]);
    let folder = package.path();
    let ended = run(&server, &["problem", "verify", folder.to_str().unwrap(), "--json"]);
    let value: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!((ended.status, &value["submissions"][1]["skipped"]), (0, &json!(true)), "{value}");
    std::fs::remove_file(folder.join("submissions/accepted/a.py")).unwrap();
    assert_eq!(run(&server, &["problem", "verify", folder.to_str().unwrap()]).status, 1);
}

/// A server on which validators of inputs refuse what is called so, and programs are right.
fn validating() -> Server {
    Server::start(|request| match (request.method.as_str(), request.line().as_str()) {
        (_, "GET /languages") => Answer::Json(200, json!([{"id": "python3", "source_file": "main.py"}])),
        ("PUT", _) => Answer::Json(201, view(request)),
        ("POST", _) => {
            let sent = request.json();
            let one = |test: &Value| {
                let status = if test["stdin"].as_str().unwrap().contains("bad") { 43 } else { 42 };
                json!({"verdict": "RuntimeError", "exit_code": status, "stderr": "no number\n"})
            };
            let tests: Vec<_> = match sent["tests"].as_array() {
                Some(tests) => tests.iter().map(one).collect(),
                None => vec![json!({"name": "secret/1", "verdict": "Accepted"})],
            };
            Answer::Json(200, json!({"id": "s-1", "state": "done", "verdict": "Accepted", "tests": tests}))
        }
        ("DELETE", _) => Answer::Json(204, Value::Null),
        _ => Answer::Json(404, Value::Null),
    })
}

#[test]
fn inputs_are_looked_at_by_the_packages_validators() {
    let server = validating();
    let package = package(&[
        ("input_validators/v.py", "import sys"),
        ("input_validators/w.ctd", "INT(0, 9)"),
        ("data/secret/test_group.yaml", "input_validator_args: ['5']\n"),
    ]);
    let verify = |more: &[&str]| {
        let arguments = [&["problem", "verify", package.path().to_str().unwrap()], more].concat();
        run(&server, &arguments)
    };
    let ended = verify(&[]);
    let told = "1 of 1 submissions are as expected\ninput_validators/v.py: 2 of 2 inputs are accepted\n\
                input_validators/w.ctd: skipped: the server has no language for ctd\n";
    assert!(ended.status == 0 && ended.out.ends_with(told), "{}", ended.out);
    let sent = server.requests().into_iter().filter(|request| request.method == "POST");
    let sent = sent.map(|request| request.json()).find(|sent| sent["tests"].is_array()).unwrap();
    assert_eq!(sent["files"], json!({"v.py": "import sys"}));
    let tests = [json!({"stdin": "1 2\n", "arguments": []}), json!({"stdin": "5 6\n", "arguments": ["5"]})];
    assert_eq!(sent["tests"], json!(tests));

    std::fs::write(package.path().join("data/secret/1.in"), "bad\n").unwrap();
    let ended = verify(&[]);
    let told = "input_validators/v.py: secret/1: refused with exit status 43: no number\ninput_validators/v.py: 1 of 2";
    assert!(ended.status == 1 && ended.out.contains(told), "{}", ended.out);
    let value: Value = serde_json::from_str(&verify(&["--json"]).out).unwrap();
    let refused = json!([{"input": "secret/1", "reason": "refused with exit status 43: no number"}]);
    assert_eq!(value["inputs"]["validators"][0]["refused"], refused);
    let before = server.requests().len();
    let ended = verify(&["--skip-inputs"]);
    assert_eq!((ended.status, server.requests().len() - before), (0, 4), "{}", ended.out);
}

#[test]
fn an_input_that_has_to_be_invalid_is_refused_by_some_validator() {
    let server = validating();
    let package = package(&[
        ("input_validators/v.py", "import sys"),
        ("data/invalid_input/a.in", "bad\n"),
        ("data/invalid_input/b.in", "7\n"),
    ]);
    let ended = run(&server, &["problem", "verify", package.path().to_str().unwrap()]);
    assert!(ended.out.ends_with("\ninvalid_input/b: no validator refuses it\n"), "{}", ended.out);
    assert_eq!(ended.status, 1);
}

#[test]
fn with_an_id_the_problem_stays() {
    let server = judging();
    let package = package(&[]);
    assert_eq!(
        run(&server, &["problem", "verify", package.path().to_str().unwrap(), "--id", "sum"]).status,
        0
    );
    let kept = ids(&server, "PUT");
    assert!(kept[0].starts_with("verify-") && kept[0].ends_with("?show=full&private=true"), "{kept:?}");
    assert_eq!(kept[1..], ["sum"], "what stays does not tell of secret tests unless that is wanted");
    assert_eq!(ids(&server, "DELETE"), [kept[0].strip_suffix("?show=full&private=true").unwrap()]);
    let summary = ["problem", "verify", package.path().to_str().unwrap(), "--id", "sum", "--show", "summary"];
    assert_eq!(run(&server, &summary).status, 0);
    assert_eq!(ids(&server, "PUT")[3], "sum?show=summary");
}

#[test]
fn a_server_that_fails_ends_it_and_the_problem_is_removed() {
    let server = Server::start(|request| match (request.method.as_str(), request.line().as_str()) {
        (_, "GET /languages") => Answer::Json(200, json!([{"id": "python3", "source_file": "main.py"}])),
        ("PUT", _) => Answer::Json(201, view(request)),
        ("DELETE", _) => Answer::Json(204, Value::Null),
        _ => Answer::Json(500, json!({"detail": "broken"})),
    });
    let ended = run(&server, &["problem", "verify", package(&[]).path().to_str().unwrap()]);
    assert!(ended.status == 3 && ended.err.ends_with("the server refuses (500): broken"), "{}", ended.err);
    assert_eq!(ids(&server, "DELETE").len(), 1);
}

#[test]
fn a_package_that_was_refused_is_not_removed_and_one_whose_answer_was_lost_is() {
    let refusing = |lost: bool| {
        Server::start(move |request| match (request.method.as_str(), request.line().as_str()) {
            (_, "GET /languages") => Answer::Json(200, json!([])),
            ("PUT", _) if lost => Answer::Raw(Vec::new()),
            ("PUT", _) => Answer::Json(413, json!({"detail": "too large"})),
            _ => Answer::Json(404, Value::Null),
        })
    };
    let package = package(&[]);
    let verify =
        |server: &Server| run(server, &["problem", "verify", package.path().to_str().unwrap()]).status;
    let (refused, lost) = (refusing(false), refusing(true));
    assert_eq!((verify(&refused), ids(&refused, "DELETE").len()), (2, 0));
    assert_eq!((verify(&lost), ids(&lost, "DELETE").len()), (3, 1));
}

#[test]
fn a_package_without_submissions_cannot_be_verified() {
    let server = judging();
    let plain = folder(&[("1.in", "x"), ("1.ans", "y")]);
    let ended = run(&server, &["problem", "verify", plain.path().to_str().unwrap()]);
    assert!(ended.status == 2 && ended.err.contains("nothing to verify"), "{}", ended.err);
    assert!(server.requests().is_empty());
}

#[test]
fn an_interrupted_verification_leaves_nothing() {
    let server = Server::start(|request| match (request.method.as_str(), request.line().as_str()) {
        (_, "GET /languages") => Answer::Json(200, json!([{"id": "python3", "source_file": "main.py"}])),
        ("PUT", _) => Answer::Json(201, view(request)),
        ("POST", _) => Answer::Json(202, json!({"id": "s-1", "state": "queued"})),
        ("GET", _) => {
            thread::sleep(Duration::from_secs(60));
            Answer::Json(500, Value::Null)
        }
        _ => {
            thread::sleep(Duration::from_millis(100));
            Answer::Json(204, Value::Null)
        }
    });
    let package = package(&[]);
    let mut verify = Command::new(env!("CARGO_BIN_EXE_gavel-client"))
        .args(["problem", "verify", package.path().to_str().unwrap(), "--server", &server.url])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    server.was_asked("GET /submissions/s-1");
    // As `timeout` does, twice.
    let twice = "kill -INT $0 && kill -TERM $0";
    let interrupted = Command::new("sh").args(["-c", twice, &verify.id().to_string()]).status().unwrap();
    assert!(interrupted.success());
    let mut told = String::new();
    verify.stderr.take().unwrap().read_to_string(&mut told).unwrap();
    assert_eq!(verify.wait().unwrap().code(), Some(130), "{told}");
    assert!(told.contains("interrupted, removing what is ours"), "{told}");
    let lines = server.lines();
    assert!(lines.contains(&"DELETE /submissions/s-1".to_owned()), "{lines:?}");
    assert!(lines.last().unwrap().starts_with("DELETE /problems/verify-"), "{lines:?}");
}

#[test]
fn what_was_removed_by_a_request_whose_answer_is_lost_is_removed() {
    let tries = AtomicUsize::new(0);
    let server = Server::start(move |_| match tries.fetch_add(1, Ordering::SeqCst) {
        0 => Answer::Raw(Vec::new()),
        _ => Answer::Json(404, json!({"detail": "there is no problem `sum`"})),
    });
    let ended = run(&server, &["problem", "delete", "sum"]);
    assert_eq!((ended.status, ended.err.as_str()), (0, "removed sum\n"));
    // What was not there before is told.
    let ended = run(&server, &["problem", "delete", "sum"]);
    assert!(ended.status == 2 && ended.err.contains("there is no problem"), "{}", ended.err);
}

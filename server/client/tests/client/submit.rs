//! `gavel submit` against a stand-in for a server.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::stand_in::{Answer, Ended, Request, Server, folder, path, run, run_on};

const ID: &str = "9a8c7a54-be93-4fa4-bf8f-09f64d208806";

fn languages() -> Answer {
    Answer::Json(
        200,
        json!([{"id": "python3", "source_file": "main.py", "available": true},
               {"id": "cpp17", "source_file": "main.cpp", "extensions": ["cpp", "cc"], "available": true},
               {"id": "cpp20", "source_file": "main.cpp", "extensions": ["cpp", "cc"], "available": true},
               {"id": "perl", "source_file": "main.pl", "available": true},
               {"id": "prolog", "source_file": "main.pl", "available": true}]),
    )
}

fn accepted() -> Value {
    json!({"id": ID, "state": "done", "verdict": "Accepted", "reason": null, "compile": {"log": ""},
           "tests": [{"index": 0, "verdict": "Accepted", "cpu_ms": 1.4, "memory_bytes": 1_048_576, "reason": null,
                      "stdout": "3\n", "stderr": ""}],
           "summary": {"passed": 1, "total": 1}})
}

/// A server that has judged a submission when it is first asked for it.
fn judging(judged: Value) -> Server {
    Server::start(move |request| match request.line().as_str() {
        "GET /languages" => languages(),
        "POST /submissions" => Answer::Json(202, json!({"id": ID, "state": "queued", "position": 1})),
        _ => Answer::Json(200, judged.clone()),
    })
}

fn submit(server: &Server, more: &[&str]) -> Ended {
    let files = folder(&[("main.py", "print(3)\n"), ("tests/1.in", "1 2\n"), ("tests/1.ans", "3\n")]);
    let (main, tests) = (path(&files, "main.py"), path(&files, "tests"));
    let more = more.iter().map(|word| if *word == "TESTS" { tests.as_str() } else { word });
    let arguments: Vec<&str> = ["submit", &main].into_iter().chain(more).collect();
    run(server, &arguments)
}

fn posted(server: &Server) -> Vec<Request> {
    server.requests().into_iter().filter(|request| request.method == "POST").collect()
}

#[test]
fn a_program_is_sent_with_its_tests_and_its_verdict_is_the_exit_status() {
    let server = judging(accepted());
    let ended = submit(&server, &["--tests", "TESTS", "--user", "alice"]);
    let expected = "\
Accepted, 1 of 1 tests passed, 1.4 ms, 1.0 MiB

TEST  VERDICT     TIME   MEMORY
1     Accepted  1.4 ms  1.0 MiB
";
    assert_eq!((ended.status, ended.out.as_str(), ended.err.as_str()), (0, expected, ""));
    let sent = json!({"language": "python3", "files": {"main.py": "print(3)\n"}, "user": "alice",
                      "tests": [{"stdin": "1 2\n", "expected": "3\n"}]});
    assert_eq!(posted(&server)[0].json(), sent);
    let lines = ["GET /languages", "POST /submissions", &format!("GET /submissions/{ID}?wait=30s")];
    assert_eq!(server.lines(), lines);
}

#[test]
fn any_other_verdict_is_1() {
    for verdict in ["WrongAnswer", "CompileError", "InternalError", "JudgeError", "something new"] {
        let server = judging(json!({"id": ID, "state": "done", "verdict": verdict}));
        assert_eq!(submit(&server, &[]).status, 1, "{verdict}");
    }
    let server = judging(json!({"id": ID, "state": "cancelled", "verdict": null}));
    let ended = submit(&server, &[]);
    assert_eq!((ended.status, ended.out.as_str()), (1, "cancelled\n"));
}

#[test]
fn a_problem_is_named_and_a_language_may_be() {
    let server = judging(accepted());
    assert_eq!(submit(&server, &["--problem", "sum", "--language", "pypy3"]).status, 0);
    let sent = json!({"language": "pypy3", "problem": "sum", "files": {"main.py": "print(3)\n"}});
    assert_eq!(posted(&server)[0].json(), sent);
    assert!(!server.lines().contains(&"GET /languages".to_owned()));
}

#[test]
fn of_several_languages_the_usual_one_is_taken_and_told() {
    let server = judging(accepted());
    let files = folder(&[("a.cc", "int main(){}")]);
    let ended = run(&server, &["submit", &path(&files, "a.cc"), "--json"]);
    assert_eq!((ended.status, ended.err.as_str()), (0, "gavel: as cpp20\n"));
    assert_eq!(posted(&server)[0].json(), json!({"language": "cpp20", "files": {"a.cc": "int main(){}"}}));
}

#[test]
fn a_single_source_may_be_called_as_its_author_likes() {
    let server = judging(accepted());
    let files =
        folder(&[("main (1).py", "print(3)\n"), ("lösung.py", "print(4)\n"), ("a b/main.py", "print(5)\n")]);
    for (name, source) in [("main (1).py", "print(3)\n"), ("lösung.py", "print(4)\n")] {
        let ended = run(&server, &["submit", &path(&files, name)]);
        let told = format!("gavel: `{name}` is sent without its name\n");
        assert_eq!((ended.status, ended.err), (0, told));
        let sent = posted(&server).last().unwrap().json();
        assert_eq!(sent, json!({"language": "python3", "source": source}));
    }
    let ended = run(&server, &["submit", &path(&files, "a b/main.py")]);
    assert_eq!((ended.status, ended.err.as_str()), (0, ""));
    let sent = posted(&server).last().unwrap().json();
    assert_eq!(sent, json!({"language": "python3", "files": {"main.py": "print(5)\n"}}));
    // Of several each is called by the others: what they are called is the server's to refuse.
    let both = [path(&files, "main (1).py"), path(&files, "lösung.py")];
    let ended = run(&server, &["submit", &both[0], &both[1]]);
    assert_eq!((ended.status, ended.err.as_str()), (0, ""));
    assert_eq!(posted(&server).last().unwrap().json()["files"]["lösung.py"], "print(4)\n");
}

#[test]
fn answers_to_a_problems_cases_have_no_language() {
    let server = judging(accepted());
    let files = folder(&[("data/1.ans", "3\n"), ("data/secret/2.out", "4\n")]);
    let answers = [path(&files, "data/1.ans"), path(&files, "data/secret/2.out")];
    let ended = run(&server, &["submit", &answers[0], &answers[1], "--problem", "sum"]);
    assert_eq!((ended.status, ended.err.as_str()), (0, ""));
    let sent = json!({"problem": "sum", "files": {"1.ans": "3\n", "secret/2.out": "4\n"}});
    assert_eq!(posted(&server)[0].json(), sent);
    assert!(!server.lines().contains(&"GET /languages".to_owned()));
    // Without a problem they are a program in some language, which is not known.
    let ended = run(&server, &["submit", &answers[0]]);
    assert!(ended.status == 2 && ended.err.contains("no language of the server"), "{}", ended.err);
}

#[test]
fn a_program_without_tests_shows_what_it_writes() {
    let mut judged = accepted();
    judged["tests"][0]["stdout"] = json!("a\u{1b}[2J\u{9b}31mb\n");
    let ended = submit(&judging(judged), &["--stdin", "/dev/null"]);
    assert_eq!(
        ended.out,
        "Accepted, 1 of 1 tests passed, 1.4 ms, 1.0 MiB\n\nstandard output:\na␛[2J\u{fffd}31mb\n"
    );
}

#[test]
fn json_is_what_the_server_tells_without_anything_that_steers_a_terminal() {
    let mut judged = accepted();
    judged["tests"][0]["stdout"] = json!("\u{1b}\u{9b}\u{202e}");
    let ended = submit(&judging(judged.clone()), &["--json"]);
    assert_eq!(serde_json::from_str::<Value>(&ended.out).unwrap(), judged);
    assert!(ended.out.contains("\\u001b\\u009b\\u202e"), "{}", ended.out);
}

#[test]
fn who_does_not_wait_is_told_the_id() {
    let server = judging(accepted());
    let ended = submit(&server, &["--wait=0s"]);
    assert_eq!((ended.status, ended.out), (0, format!("{ID}\n")));
    assert_eq!(server.lines().len(), 2);
}

#[test]
fn a_wait_has_an_end() {
    let server = judging(json!({"id": ID, "state": "running"}));
    let ended = submit(&server, &["--wait=1s"]);
    assert_eq!((ended.status, ended.out), (4, format!("{ID}\n")));
    assert!(ended.err.contains("no judgement yet"));
    // A server that holds no answer back is not asked without a breath.
    assert!(server.lines().len() < 40, "{}", server.lines().len());
}

#[test]
fn a_server_that_holds_answers_for_a_short_time_is_asked_for_no_longer() {
    for (most, waits) in [(20, &[30, 15][..]), (0, &[30, 15, 7, 3, 1])] {
        let tries = AtomicUsize::new(0);
        let server = Server::start(move |request| {
            let line = request.line();
            let wait = line.split_once("?wait=").map(|(_, wait)| wait.trim_end_matches('s'));
            let wait = wait.and_then(|wait| wait.parse::<u64>().ok());
            match (line.as_str(), wait) {
                ("GET /languages", _) => languages(),
                ("POST /submissions", _) => Answer::Json(202, json!({"id": ID, "state": "queued"})),
                (_, Some(wait)) if wait > most => {
                    let why = format!("allowed are whole seconds, 0s to {most}s, the `s` may be left out");
                    let errors = json!([{"field": "wait", "detail": why}]);
                    Answer::Json(400, json!({"detail": format!("`wait`: {why}"), "errors": errors}))
                }
                _ => match tries.fetch_add(1, Ordering::SeqCst) {
                    0 => Answer::Json(200, json!({"id": ID, "state": "running"})),
                    _ => Answer::Json(200, accepted()),
                },
            }
        });
        let ended = submit(&server, &[]);
        assert_eq!(ended.status, 0, "{}", ended.err);
        let mut lines: Vec<_> =
            waits.iter().map(|wait| format!("GET /submissions/{ID}?wait={wait}s")).collect();
        // What has come to light is not tried again.
        let last = if most == 0 { format!("GET /submissions/{ID}") } else { lines[1].clone() };
        lines.push(last.clone());
        if most == 0 {
            lines.push(last);
        }
        assert_eq!(server.lines()[2..], lines[..]);
    }
}

#[test]
fn states_are_told_on_a_terminal_and_on_demand() {
    let server = || {
        Server::start(|request| match request.line().as_str() {
            "GET /languages" => languages(),
            "GET /problems/sum" => Answer::Json(200, json!({"cases": {"sample": 1, "secret": 4}})),
            "POST /submissions" => Answer::Json(202, json!({"id": ID, "state": "queued"})),
            line if line.ends_with("/events") => Answer::Raw(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n\
                 event: state\ndata: {\"state\":\"queued\",\"position\":2}\n\n\
                 event: state\ndata: {\"state\":\"running\",\"tests_done\":3}\n\n\
                 event: judgement\ndata: {}\n\n"
                    .into(),
            ),
            _ => Answer::Json(200, accepted()),
        })
    };
    let ended = submit(&server(), &["--watch", "--problem", "sum"]);
    assert_eq!((ended.status, ended.err.as_str()), (0, "queued: place 2\nrunning: test 4 of 5\n"));
    let files = folder(&[("a.py", "")]);
    let ended = run_on(true, &server().url, &["submit", &path(&files, "a.py")]);
    assert_eq!(ended.err, "\r\x1b[Kqueued: place 2\r\x1b[Krunning: test 4\r\x1b[K");
}

#[test]
fn events_that_cannot_be_had_are_not_missed() {
    let server = Server::start(|request| match request.line().as_str() {
        "GET /languages" => languages(),
        "POST /submissions" => Answer::Json(202, json!({"id": ID, "state": "queued"})),
        line if line.ends_with("/events") => Answer::Raw(b"HTTP/1.1 404 Nothing\r\n\r\n".to_vec()),
        _ => Answer::Json(200, accepted()),
    });
    assert_eq!(submit(&server, &["--watch"]).status, 0);
}

#[test]
fn a_busy_server_is_asked_again_with_the_same_key() {
    let tries = AtomicUsize::new(0);
    let server = Server::start(move |request| match request.line().as_str() {
        "GET /languages" => languages(),
        "POST /submissions" => match tries.fetch_add(1, Ordering::SeqCst) {
            0 => Answer::With(503, ("Retry-After", "1"), json!({"detail": "the queue is full"})),
            1 => Answer::With(429, ("Retry-After", "0"), json!({"detail": "too many"})),
            // Taken, and the answer is lost.
            2 => Answer::Raw(Vec::new()),
            _ => Answer::Json(200, accepted()),
        },
        _ => Answer::Json(500, Value::Null),
    });
    assert_eq!(submit(&server, &[]).status, 0);
    let keys: Vec<_> =
        posted(&server).into_iter().map(|request| request.headers["idempotency-key"].clone()).collect();
    assert_eq!(keys.len(), 4);
    assert!(keys.iter().all(|key| *key == keys[0] && key.len() >= 32), "{keys:?}");
    let other = judging(accepted());
    submit(&other, &[]);
    assert_ne!(posted(&other)[0].headers["idempotency-key"], keys[0]);
}

#[test]
fn a_server_that_stays_busy_is_left_after_a_bounded_number_of_tries() {
    let server = Server::start(|request| match request.line().as_str() {
        "GET /languages" => languages(),
        _ => Answer::With(503, ("Retry-After", "0"), json!({"detail": "the queue is full"})),
    });
    let ended = submit(&server, &[]);
    assert_eq!((ended.status, ended.err.as_str()), (3, "the server refuses (503): the queue is full"));
    assert_eq!(posted(&server).len(), 6);
}

#[test]
fn a_server_that_is_started_anew_meanwhile_is_waited_for() {
    let tries = AtomicUsize::new(0);
    let server = Server::start(move |request| match request.line().as_str() {
        "GET /languages" => languages(),
        "POST /submissions" => Answer::Json(202, json!({"id": ID, "state": "queued"})),
        _ => match tries.fetch_add(1, Ordering::SeqCst) {
            0 | 1 => Answer::Raw(Vec::new()),
            2 => Answer::With(503, ("Retry-After", "0"), json!({"detail": "the server stops"})),
            3 => Answer::Json(200, json!({"id": ID, "state": "running"})),
            _ => Answer::Json(200, accepted()),
        },
    });
    assert_eq!(submit(&server, &[]).status, 0);
    assert_eq!(posted(&server).len(), 1);
}

#[test]
fn a_server_that_is_started_anew_behind_a_proxy_is_waited_for_and_one_that_was_away_before_is_told() {
    let away = |status| Answer::Json(status, Value::Null);
    for more in [&[][..], &["--watch"]] {
        let tries = AtomicUsize::new(0);
        let server = Server::start(move |request| match request.line().as_str() {
            "GET /languages" => languages(),
            "POST /submissions" => Answer::Json(202, json!({"id": ID, "state": "queued"})),
            line if line.ends_with("/events") => away(502),
            _ => match tries.fetch_add(1, Ordering::SeqCst) {
                0 => away(502),
                1 => away(504),
                2 => away(503),
                _ => Answer::Json(200, accepted()),
            },
        });
        let ended = submit(&server, more);
        assert_eq!((ended.status, posted(&server).len()), (0, 1), "{more:?}: {}", ended.err);
    }
    let server = Server::start(move |request| match request.line().as_str() {
        "GET /languages" => languages(),
        _ => away(502),
    });
    let ended = submit(&server, &[]);
    assert_eq!((ended.status, posted(&server).len()), (3, 1), "{}", ended.err);
}

#[test]
fn what_a_proxy_has_not_waited_for_is_sent_again_under_its_key() {
    let tries = AtomicUsize::new(0);
    let server = Server::start(move |request| match request.line().as_str() {
        "GET /languages" => languages(),
        _ => match tries.fetch_add(1, Ordering::SeqCst) {
            0 => Answer::Json(504, Value::Null),
            _ => Answer::Json(200, accepted()),
        },
    });
    assert_eq!(submit(&server, &[]).status, 0);
    let keys: Vec<_> =
        posted(&server).into_iter().map(|request| request.headers["idempotency-key"].clone()).collect();
    assert!(keys.len() == 2 && keys[0] == keys[1], "{keys:?}");
}

#[test]
fn a_token_that_submits_and_reads_nothing_will_do() {
    let server = |last: Value| {
        let tries = AtomicUsize::new(0);
        Server::start(move |request| match request.line().as_str() {
            "GET /languages" => languages(),
            "POST /submissions" => match tries.fetch_add(1, Ordering::SeqCst) {
                0 | 1 => Answer::Json(202, json!({"id": ID, "state": "queued"})),
                _ => Answer::Json(200, last.clone()),
            },
            _ => Answer::Json(403, json!({"detail": "this needs a token with the scope `read`"})),
        })
    };
    for more in [&[][..], &["--watch", "--problem", "sum"]] {
        let server = server(accepted());
        let ended = submit(&server, more);
        assert_eq!((ended.status, ended.err.as_str()), (0, ""), "{more:?}");
        let sent = posted(&server);
        assert_eq!(sent.len(), 3);
        assert!(sent.iter().all(|one| one.headers["idempotency-key"] == sent[0].headers["idempotency-key"]));
        let waits: Vec<_> = sent.iter().map(|one| one.json()["wait"].clone()).collect();
        assert_eq!(waits, [Value::Null, json!(true), json!(true)]);
    }
    // Who waits for so long is not held for longer.
    let server = server(json!({"id": ID, "state": "running"}));
    let ended = submit(&server, &["--wait=4s"]);
    assert_eq!((ended.status, ended.out), (4, format!("{ID}\n")));
    let sent = posted(&server);
    assert!(sent.iter().all(|one| one.json()["wait"] != true));
    // What is sent again is as large each time: it is so ever more seldom.
    assert!(sent.len() <= 5, "{}", sent.len());
}

#[test]
fn who_cannot_wait_any_longer_is_told_what_was_taken() {
    let server = Server::start(move |request| match request.line().as_str() {
        "GET /languages" => languages(),
        "POST /submissions" => Answer::Json(202, json!({"id": ID, "state": "queued"})),
        _ => Answer::Json(401, json!({"detail": "the bearer token has ended"})),
    });
    for more in [&[][..], &["--watch"], &["--json"]] {
        let ended = submit(&server, more);
        let told = format!(
            "gavel: {ID} was taken: `gavel show {ID}` tells what comes of it\n\
             the server refuses (401): the bearer token has ended"
        );
        assert_eq!((ended.status, ended.out.as_str(), ended.err), (3, "", told), "{more:?}");
    }
}

#[test]
fn a_refusal_is_told_and_not_tried_again() {
    let server = Server::start(|request| match request.line().as_str() {
        "GET /languages" => languages(),
        _ => Answer::Json(
            503,
            json!({"detail": "its self-test\u{1b}[2J fails", "errors": [{"field": "language", "detail": "`language` is down"}]}),
        ),
    });
    let ended = submit(&server, &[]);
    assert_eq!(ended.status, 3);
    assert_eq!(ended.err, "the server refuses (503): its self-test\u{1b}[2J fails\n  `language` is down");
    assert_eq!(posted(&server).len(), 1);
}

#[test]
fn a_server_that_is_not_there_is_told_at_once() {
    let files = folder(&[("a.py", "")]);
    let ended = run_on(false, "http://127.0.0.1:1", &["submit", &path(&files, "a.py")]);
    assert_eq!(ended.status, 3);
    assert!(ended.err.starts_with("http://127.0.0.1:1 does not answer: "), "{}", ended.err);
    let ended = run_on(false, "http://no such host/", &["submit", &path(&files, "a.py")]);
    assert_eq!(ended.status, 2, "{}", ended.err);
}

#[test]
fn odd_answers_end_in_a_sentence() {
    let endless = [b"HTTP/1.1 200 OK\r\n".to_vec(), b"X: y\r\n".repeat(200_000)].concat();
    let deep = [b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n".to_vec(), vec![b'['; 100_000]].concat();
    for (answer, expected) in [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<html>...".to_vec(), "not JSON"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".to_vec(), "no list of languages"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n[".to_vec(), "broke off"),
        (b"SSH-2.0-OpenSSH_9.6\r\n".to_vec(), "makes no sense"),
        (
            b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n".to_vec(),
            "leads elsewhere",
        ),
        (
            b"HTTP/1.1 502 Bad\r\nContent-Length: 6\r\n\r\n<html>".to_vec(),
            "the server refuses (502): without a reason",
        ),
        (endless, "makes no sense"),
        (deep, "not JSON"),
        (Vec::new(), "does not answer"),
    ] {
        let shown = String::from_utf8_lossy(&answer[..answer.len().min(60)]).into_owned();
        let server = Server::start(move |_| Answer::Raw(answer.clone()));
        let ended = submit(&server, &[]);
        assert!(ended.status == 3 && ended.err.contains(expected), "{shown}: {}", ended.err);
    }
}

#[test]
fn an_answer_has_a_bound() {
    let server =
        Server::start(|_| Answer::Flood(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b' '; 1024 * 1024], 1000));
    let ended = submit(&server, &[]);
    assert!(ended.status == 3 && ended.err.contains("more than 268435456 bytes"), "{}", ended.err);
}

#[test]
fn a_submission_that_is_none_is_not_asked_for() {
    for odd in
        [json!({}), json!({"id": "../../x", "state": "queued"}), json!({"id": 5}), json!([]), Value::Null]
    {
        let server = Server::start(move |request| match request.line().as_str() {
            "GET /languages" => languages(),
            _ => Answer::Json(202, odd.clone()),
        });
        let ended = submit(&server, &[]);
        assert!(ended.status == 3 && ended.err.contains("makes no sense"), "{}", ended.err);
        assert_eq!(server.lines().len(), 2);
    }
}

#[test]
fn a_token_comes_from_a_file_and_is_sent_to_that_server_alone() {
    let server = judging(accepted());
    let token = folder(&[("token", " s3cret\n"), ("empty", "\n"), ("bad", "a b")]);
    assert_eq!(submit(&server, &["--token-file", &path(&token, "token")]).status, 0);
    assert!(server.requests().iter().all(|request| request.headers["authorization"] == "Bearer s3cret"));
    for (name, expected) in [("empty", "holds no token"), ("bad", "characters"), ("missing", "No such file")]
    {
        let ended = submit(&server, &["--token-file", &path(&token, name)]);
        assert!(ended.status == 2 && ended.err.contains(expected), "{}", ended.err);
    }
}

#[test]
fn what_makes_no_sense_is_2_and_nothing_is_sent() {
    let server = judging(accepted());
    let files = folder(&[
        ("a.cc", ""),
        ("a.pl", ""),
        ("README", ""),
        ("no/1.in", ""),
        ("package/problem.yaml", ""),
        ("package/1.in", ""),
        ("empty/x", ""),
    ]);
    let file = |name: &str| path(&files, name);
    for (arguments, expected) in [
        (vec!["submit"], "required"),
        (vec!["submit", &file("a.pl")], "perl, prolog"),
        (vec!["submit", &file("README")], "python3, cpp17, cpp20, perl, prolog"),
        (vec!["submit", &file("missing.py")], "missing.py"),
        (vec!["submit", &file("no")], "directory"),
        (vec!["submit", &file("a.cc"), "-l", "c", "--tests", &file("no")], "1.in: has no answer"),
        (vec!["submit", &file("a.cc"), "-l", "c", "--tests", &file("package")], "gavel problem push"),
        (
            vec!["submit", &file("a.cc"), "-l", "c", "--tests", &file("empty")],
            "has no inputs with answers, called such as 1.in and 1.ans",
        ),
        (vec!["submit", &file("a.cc"), "-l", "c", "--stdin", &file("missing")], "missing"),
        (vec!["submit", &file("a.cc"), "--problem", "../x"], "an id has"),
        (vec!["submit", &file("a.cc"), "--problem", "x", "--stdin", "y"], "cannot be used with"),
        (vec!["submit", &file("a.cc"), "--wait=soon"], "--wait"),
    ] {
        let ended = run(&server, &arguments);
        assert!(ended.status == 2 && ended.err.contains(expected), "{arguments:?}: {}", ended.err);
    }
    assert!(posted(&server).is_empty());
}

#[test]
fn a_submission_says_how_it_is_judged() {
    let server = judging(accepted());
    let said = [
        "TESTS",
        "--reference",
        "course=cs101",
        "--reference",
        "exercise=7=b",
        "--limit",
        "cpu_ms=2000",
        "--limit",
        "time_factor=1.5",
        "--argument",
        "-n",
        "--argument",
        "a b",
        "--checker",
        "{\"icpc\": {\"float_tolerance\": 1e-6}}",
    ];
    let ended = submit(&server, &[&["--tests"][..], &said].concat());
    assert_eq!(ended.status, 0, "{}", ended.err);
    let sent = posted(&server)[0].json();
    assert_eq!(sent["reference"], json!({"course": "cs101", "exercise": "7=b"}));
    assert_eq!(sent["limits"], json!({"cpu_ms": 2000, "time_factor": 1.5}));
    assert_eq!(
        (&sent["arguments"], &sent["checker"]),
        (&json!(["-n", "a b"]), &json!({"icpc": {"float_tolerance": 1e-6}}))
    );
    let ended = submit(&server, &["--tests", "TESTS", "--checker", "tokens"]);
    assert_eq!(ended.status, 0, "{}", ended.err);
    let sent = posted(&server)[1].json();
    assert_eq!(sent["checker"], "tokens");
    assert!(sent["reference"].is_null() && sent["limits"].is_null() && sent["arguments"].is_null(), "{sent}");
    for odd in
        [&["--reference", "course"][..], &["--limit", "cpu_ms"], &["--checker", "lines", "--problem", "sum"]]
    {
        assert_eq!(submit(&server, odd).status, 2, "{odd:?}");
    }
}

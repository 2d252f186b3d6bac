//! `gavel submissions`, `gavel show` and `gavel cancel` against a stand-in for a server.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::stand_in::{Answer, Server, run};

const ID: &str = "9a8c7a54-be93-4fa4-bf8f-09f64d208806";

fn one(user: &str, verdict: Option<&str>) -> Value {
    json!({"id": ID, "created_at": "2026-11-22T18:41:20.148Z", "user": user, "language": "python3",
        "problem": {"id": "sum", "version": "3f5a"}, "state": if verdict.is_some() { "done" } else { "running" },
        "verdict": verdict})
}

#[test]
fn submissions_are_listed_as_they_are_asked_for() {
    let server = Server::start(|request| {
        let is_second = request.path.contains("cursor=a%26b");
        let found =
            if is_second { vec![one("bob", None)] } else { vec![one("al\u{1b}ice", Some("Accepted"))] };
        let next = if is_second { Value::Null } else { json!("a&b") };
        Answer::Json(200, json!({"submissions": found, "next_cursor": next}))
    });
    let asked = ["submissions", "--user", "al ice", "--problem", "sum", "--language", "python3"];
    let ended = run(&server, &asked);
    let expected = "\
ID                                    AT                        USER    LANGUAGE  PROBLEM  VERDICT
9a8c7a54-be93-4fa4-bf8f-09f64d208806  2026-11-22T18:41:20.148Z  al␛ice  python3   sum      Accepted
9a8c7a54-be93-4fa4-bf8f-09f64d208806  2026-11-22T18:41:20.148Z  bob     python3   sum      running
";
    assert_eq!((ended.status, ended.out.as_str()), (0, expected), "{}", ended.err);
    let lines = server.lines();
    assert_eq!(lines[0], "GET /submissions?limit=50&user=al%20ice&problem=sum&language=python3");
    assert_eq!(lines[1], "GET /submissions?limit=49&user=al%20ice&problem=sum&language=python3&cursor=a%26b");
    let ended =
        run(&server, &["submissions", "--limit", "1", "--verdict", "Accepted", "--state", "done", "--json"]);
    let told: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(told["submissions"].as_array().map(Vec::len), Some(1));
    assert_eq!(server.lines()[2..], ["GET /submissions?limit=1&verdict=Accepted&state=done"]);
    let called = ["submissions", "--limit", "1", "--reference", "course=cs 101", "--reference", "week=2=b"];
    assert_eq!(run(&server, &called).status, 0);
    assert_eq!(server.lines()[3], "GET /submissions?limit=1&reference.course=cs%20101&reference.week=2%3Db");
    for odd in ["0", "20001", "-1", "all"] {
        assert_eq!(run(&server, &["submissions", &format!("--limit={odd}")]).status, 2, "{odd}");
    }
    assert_eq!(run(&server, &["submissions", "--reference", "course"]).status, 2);
    assert_eq!(server.lines().len(), 4, "what makes no sense is not asked for");
    let nothing = Server::start(|_| Answer::Json(200, json!({"submissions": [], "next_cursor": "more"})));
    assert_eq!(run(&nothing, &["submissions"]).out, "no submissions\n");
}

#[test]
fn a_submission_is_shown_with_what_came_of_it() {
    let server = Server::start(|request| {
        if request.path.ends_with("0") {
            return Answer::Json(404, json!({"detail": "there is no such submission"}));
        }
        let mut judged = one("alice", Some("WrongAnswer"));
        judged["tests"] =
            json!([{"name": "sample/1", "verdict": "WrongAnswer", "cpu_ms": 1.4, "reason": "line 1"}]);
        judged["summary"] = json!({"passed": 0, "total": 1});
        Answer::Json(200, judged)
    });
    let ended = run(&server, &["show", ID]);
    assert_eq!(ended.status, 0, "{}", ended.err);
    let expected = "id:        9a8c7a54-be93-4fa4-bf8f-09f64d208806\nuser:      alice\nlanguage:  python3\nproblem:   sum\n";
    assert!(ended.out.starts_with(expected), "{}", ended.out);
    assert!(ended.out.contains("\nWrongAnswer, 0 of 1 tests passed, 1.4 ms\n"), "{}", ended.out);
    assert!(ended.out.contains("sample/1  WrongAnswer  1.4 ms  line 1"), "{}", ended.out);
    let whole = run(&server, &["show", ID, "--json"]);
    assert_eq!(serde_json::from_str::<Value>(&whole.out).unwrap()["verdict"], "WrongAnswer");
    assert_eq!(server.lines()[0], format!("GET /submissions/{ID}"));
    assert_eq!(run(&server, &["show", &ID.replace('6', "0")]).status, 2);
    for odd in ["../languages", "9a8c", "", &"x".repeat(36)] {
        assert_eq!(run(&server, &["show", odd]).status, 2, "{odd}");
    }
}

#[test]
fn submissions_are_cancelled_and_those_that_were_judged_before_are_told_apart() {
    let judged = ID.replace('6', "0");
    let of_judged = judged.clone();
    let server = Server::start(move |request| {
        if request.path.ends_with(&of_judged) {
            return Answer::Json(200, one("alice", Some("Accepted")));
        }
        let mut cancelled = one("alice", None);
        cancelled["state"] = json!("cancelled");
        Answer::Json(200, cancelled)
    });
    let ended = run(&server, &["cancel", ID, &judged]);
    let told = format!("{ID}: cancelled\n{judged}: Accepted\n");
    assert_eq!((ended.status, ended.out), (0, told), "{}", ended.err);
    assert_eq!(server.lines(), [ID, &judged].map(|id| format!("DELETE /submissions/{id}")));
    let ended = run(&server, &["cancel", ID, "--json"]);
    let told: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(told["submissions"][0]["state"], "cancelled");
    for odd in [&["cancel"][..], &["cancel", "../languages"]] {
        assert_eq!(run(&server, odd).status, 2, "{odd:?}");
    }
}

#[test]
fn what_is_not_there_was_not_cancelled_by_a_request_whose_answer_is_lost() {
    for more in [&[][..], &["--json"]] {
        let tries = AtomicUsize::new(0);
        let server = Server::start(move |_| match tries.fetch_add(1, Ordering::SeqCst) {
            0 => Answer::Raw(Vec::new()),
            _ => Answer::Json(404, json!({"detail": "there is no such submission"})),
        });
        let ended = run(&server, &[&["cancel", ID][..], more].concat());
        assert_eq!((ended.status, ended.out.as_str()), (2, ""), "{}", ended.err);
        assert!(ended.err.contains("there is no such submission"), "{}", ended.err);
    }
}

#[test]
fn a_submission_that_is_judged_still_is_shown_with_its_state() {
    let server = Server::start(|_| Answer::Json(200, one("alice", None)));
    let ended = run(&server, &["show", ID]);
    assert!(ended.out.ends_with("\n\nrunning\n"), "{}", ended.out);
}

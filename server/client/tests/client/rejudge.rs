//! `gavel rejudge` and `gavel-client languages` against a stand-in for a server.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::stand_in::{Answer, Server, run};

const ID: &str = "9a8c7a54-be93-4fa4-bf8f-09f64d208806";

fn order(state: &str, done: u32, changed: u32) -> Value {
    let verdicts = match changed {
        0 => json!([{"before": "Accepted", "after": "Accepted", "submissions": done}]),
        _ => json!([{"before": "Accepted", "after": "WrongAnswer", "submissions": changed},
                    {"before": "Accepted", "after": "Accepted", "submissions": done - changed}]),
    };
    json!({"id": ID, "state": state, "total": 3, "done": done, "failed": 3 - done, "changed": changed, "verdicts": verdicts})
}

/// A server on which an order runs for a while.
fn rejudging(done: Value) -> Server {
    let asked = AtomicUsize::new(0);
    Server::start(move |request| match request.line().as_str() {
        "POST /rejudges" if request.json()["dry_run"] == true => {
            Answer::Json(200, json!({"dry_run": true, "total": 3, "impossible": 1}))
        }
        "POST /rejudges" => Answer::Json(202, order("gathering", 0, 0)),
        "GET /problems/sum/versions" => {
            Answer::Json(200, json!({"versions": [{"version": "3f9a00"}, {"version": "3f0000"}]}))
        }
        line if line.contains("only=changed") => Answer::Json(
            200,
            json!({"submissions": [{"id": "s-1", "user": "al\u{1b}ice", "state": "done", "before": "Accepted",
                "after": "WrongAnswer", "tests_changed": 2, "reason": null}], "next_cursor": null}),
        ),
        line if line.contains("only=failed") => Answer::Json(
            200,
            json!({"submissions": [{"id": "s-2", "user": null, "state": "failed", "before": null, "after": null,
                "tests_changed": 0, "reason": "there is no problem `x` any more"}], "next_cursor": null}),
        ),
        _ => match asked.fetch_add(1, Ordering::SeqCst) {
            0 => Answer::Json(200, order("running", 1, 0)),
            _ => Answer::Json(200, done.clone()),
        },
    })
}

#[test]
fn an_order_is_given_and_its_id_is_told() {
    let server = rejudging(order("done", 3, 0));
    let ended = run(
        &server,
        &["rejudge", "--problem", "sum", "--version", "3f9", "--user", "alice", "--since", "2026-11-01"],
    );
    assert_eq!((ended.status, ended.out.as_str()), (0, format!("{ID}\n").as_str()), "{}", ended.err);
    let sent = server.requests().into_iter().find(|request| request.method == "POST").unwrap().json();
    assert_eq!(
        sent,
        json!({"problem": "sum", "version": "3f9a00", "user": "alice", "since": "2026-11-01T00:00:00Z"})
    );
}

#[test]
fn what_has_changed_is_told_and_is_the_exit_status() {
    let ended = run(&rejudging(order("done", 2, 1)), &["rejudge", "s-1", "s-2", "s-3", "--watch"]);
    let expected = "\
2 of 3 submissions judged again, 1 could not be, 1 changed

BEFORE    AFTER        SUBMISSIONS
Accepted  WrongAnswer            1
Accepted  Accepted               1

SUBMISSION  USER    BEFORE    AFTER        TESTS CHANGED  REASON
s-1         al␛ice  Accepted  WrongAnswer              2
s-2                           failed                      there is no problem `x` any more
";
    assert_eq!((ended.status, ended.out.as_str()), (1, expected), "{}", ended.err);
    let same = run(&rejudging(order("done", 3, 0)), &["rejudge", "s-1", "--watch", "--json"]);
    let told: Value = serde_json::from_str(&same.out).unwrap();
    assert_eq!(
        (same.status, &told["done"], told["submissions"].as_array().unwrap().len()),
        (0, &json!(3), 2)
    );
}

#[test]
fn a_dry_run_counts_and_an_order_can_be_looked_at_and_ended() {
    let server = rejudging(order("done", 3, 0));
    let ended = run(&server, &["rejudge", "--user", "alice", "--dry-run"]);
    assert_eq!(ended.out, "3 submissions would be judged again, of which 1 cannot be\n");
    let ended = run(&server, &["rejudge", "--order", ID]);
    assert_eq!(ended.out, "running: 1 of 3 submissions judged again, 2 could not be, 0 changed\n");
    run(&server, &["rejudge", "--order", ID, "--cancel"]);
    server.was_asked(&format!("DELETE /rejudges/{ID}"));
}

#[test]
fn an_order_whose_answer_is_lost_is_not_given_twice() {
    let server = Server::start(|_| Answer::Raw(Vec::new()));
    let ended = run(&server, &["rejudge", "--user", "alice"]);
    assert!(ended.status == 3 && ended.err.contains("does not answer"), "{}", ended.err);
    assert_eq!(server.lines(), ["POST /rejudges"]);
    // One that was refused was not given.
    let tries = AtomicUsize::new(0);
    let server = Server::start(move |_| match tries.fetch_add(1, Ordering::SeqCst) {
        0 => Answer::With(503, ("Retry-After", "0"), json!({"detail": "the server is stopping"})),
        _ => Answer::Json(202, order("gathering", 0, 0)),
    });
    assert_eq!(run(&server, &["rejudge", "--user", "alice"]).status, 0);
}

#[test]
fn orders_are_listed() {
    let one = json!({"id": ID, "state": "running", "selection": {"problem": "su\u{1b}m"}, "total": 3,
        "created_at": "2026-11-22T18:41:20.148Z", "finished_at": null});
    let server = Server::start(move |_| Answer::Json(200, json!({"rejudges": [one], "next_cursor": "1"})));
    let ended = run(&server, &["rejudge", "--orders"]);
    let expected = "\
ORDER                                 GIVEN                     STATE    SUBMISSIONS  OF
9a8c7a54-be93-4fa4-bf8f-09f64d208806  2026-11-22T18:41:20.148Z  running            3  {\"problem\":\"su\\u001bm\"}
";
    assert_eq!((ended.status, ended.out.as_str()), (0, expected), "{}", ended.err);
    let ended = run(&server, &["rejudge", "--orders", "--json"]);
    let told: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(told["rejudges"][0]["selection"]["problem"], "su\u{1b}m");
    assert_eq!(server.lines(), ["GET /rejudges?limit=200"; 2]);
    for odd in [&["--user", "alice"][..], &["--cancel"], &["--version", "3f"], &["--watch"], &["--order", ID]]
    {
        assert_eq!(run(&server, &[&["rejudge", "--orders"][..], odd].concat()).status, 2, "{odd:?}");
    }
    let none = Server::start(|_| Answer::Json(200, json!({"rejudges": [], "next_cursor": null})));
    assert_eq!(run(&none, &["rejudge", "--orders"]).out, "no orders\n");
}

#[test]
fn that_not_all_is_listed_is_told() {
    let server = Server::start(|request| match request.line().as_str() {
        line if line.contains("only=") => {
            let one = json!({"id": "s-1", "state": "done", "before": "Accepted", "after": "WrongAnswer"});
            Answer::Json(200, json!({"submissions": vec![one; 200], "next_cursor": "7"}))
        }
        _ => Answer::Json(200, order("done", 3, 1)),
    });
    let ended = run(&server, &["rejudge", "--order", ID, "--watch", "--json"]);
    let told: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!((ended.status, told["submissions"].as_array().unwrap().len()), (1, 2200));
    let more = format!("these are not all submissions of the order: GET /api/v1/rejudges/{ID}/submissions");
    assert!(ended.err.contains(&more), "{}", ended.err);
}

#[test]
fn what_makes_no_sense_is_not_sent() {
    let server = rejudging(order("done", 3, 0));
    for arguments in [
        &["rejudge"][..],
        &["rejudge", "--version", "1", "--user", "alice"],
        &["rejudge", "--since", "yesterday"],
        &["rejudge", "--problem", "sum", "--version", "3f"],
        &["rejudge", "--problem", "sum", "--version", "77"],
        &["rejudge", "--order", ID, "--user", "alice"],
        &["rejudge", "--order", ID, "--version", "3f9"],
        &["rejudge", "x", "--cancel"],
    ] {
        assert_eq!(run(&server, arguments).status, 2, "{arguments:?}");
    }
    assert!(!server.lines().iter().any(|line| line.starts_with("POST")));
}

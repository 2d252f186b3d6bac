//! Judging again: what it changes, what it leaves alone, and what there is of it after a crash.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection};

use crate::bench::{Bench, answer, eventually};
use crate::durability::crash;
use crate::problems::{push, sums};

async fn judged(bench: &Bench, user: &str, source: &str) -> String {
    let id = bench.submit(user, source).await;
    bench.until(&id, "done").await;
    id
}

async fn order(bench: &Bench, body: Value) -> Value {
    let (status, order) = ask(bench, body).await;
    assert_eq!(status, 202, "{order}");
    order
}

async fn ask(bench: &Bench, body: Value) -> (StatusCode, Value) {
    answer(bench.request(Method::POST, "/api/v1/rejudges").json(&body)).await
}

async fn again(bench: &Bench, id: &str) -> (StatusCode, Value) {
    answer(bench.request(Method::POST, &format!("/api/v1/submissions/{id}/rejudge"))).await
}

/// An order as it stands.
async fn tally(bench: &Bench, order: &Value) -> Value {
    bench.get(&format!("/api/v1/rejudges/{}", order["id"].as_str().unwrap())).await.1
}

async fn until(bench: &Bench, order: &Value, state: &str) -> Value {
    eventually(async || {
        let order = tally(bench, order).await;
        (order["state"] == state).then_some(order)
    })
    .await
}

async fn database(bench: &Bench) -> SqliteConnection {
    let path = bench.directory.path().join("gavel.sqlite");
    SqliteConnection::connect(path.to_str().unwrap()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_that_is_named_in_the_wrong_place_is_not_taken_for_the_newest() {
    let bench = Bench::start().await;
    let id = judged(&bench, "alice", "accept").await;
    let request = || bench.request(Method::POST, &format!("/api/v1/submissions/{id}/rejudge"));
    let (status, refused) = answer(request().json(&json!({"version": "0".repeat(64)}))).await;
    assert_eq!((status.as_u16(), &refused["errors"][0]["field"]), (400, &json!("body")), "{refused}");
    assert_eq!(bench.get("/api/v1/rejudges").await.1["rejudges"], json!([]), "nothing was ordered");
    assert_eq!(answer(request().json(&json!({}))).await.0, 202);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_submission_is_judged_by_the_version_that_is_named_and_one_that_is_not_there_is_told_at_once() {
    let bench = Bench::start().await;
    let (_, first) = push(&bench, "sums", sums("4 5")).await;
    let body = json!({"language": "cpp17", "source": "accept", "problem": "sums", "wait": true});
    let (status, judged) = answer(bench.request(Method::POST, "/api/v1/submissions").json(&body)).await;
    assert_eq!(status, 200, "{judged}");
    let (_, second) = push(&bench, "sums", sums("6 7")).await;
    let of_problem = judged["id"].as_str().unwrap().to_owned();
    let by_itself = self::judged(&bench, "alice", "accept").await;
    let ask = async |id: &str, version: &str| {
        let path = format!("/api/v1/submissions/{id}/rejudge?version={version}");
        answer(bench.request(Method::POST, &path)).await
    };
    let [first, second] = [&first, &second].map(|pushed| pushed["version"].as_str().unwrap());
    for (id, version) in [(&of_problem, "0".repeat(64).as_str()), (&by_itself, first)] {
        let (status, refused) = ask(id, version).await;
        assert_eq!((status.as_u16(), &refused["errors"][0]["field"]), (400, &json!("version")), "{refused}");
    }
    for version in [second, first] {
        let (status, order) = ask(&of_problem, version).await;
        assert_eq!(status, 202, "{order}");
        until(&bench, &order, "done").await;
        let (_, now) = bench.get(&format!("/api/v1/submissions/{of_problem}")).await;
        assert_eq!(now["problem"]["version"], version, "{now}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_newest_judgement_counts_and_the_older_ones_can_be_compared_with_it() {
    let bench = Bench::start().await;
    let id = judged(&bench, "alice", "turns").await;
    let path = format!("/api/v1/submissions/{id}");
    let (_, before) = bench.get(&path).await;
    let (status, given) = again(&bench, &id).await;
    assert_eq!(status, 202, "{given}");
    let done = until(&bench, &given, "done").await;
    assert_eq!((&done["total"], &done["done"], &done["changed"]), (&json!(1), &json!(1), &json!(1)));
    assert_eq!(done["verdicts"], json!([{"before": "Accepted", "after": "WrongAnswer", "submissions": 1}]));
    let (_, now) = bench.get(&path).await;
    assert_eq!((&now["state"], &now["verdict"]), (&json!("done"), &json!("WrongAnswer")));
    assert_eq!(now["finished_at"], before["finished_at"]);
    assert!(now["rejudged_at"].is_string() && now["rejudging"].is_null(), "{now}");
    let (_, all) = bench.get(&format!("{path}/judgements")).await;
    let numbers: Vec<_> = all["judgements"].as_array().unwrap().iter().map(|one| &one["number"]).collect();
    assert_eq!(numbers, [&json!(2), &json!(1)]);
    let change = &all["judgements"][0]["changes"][0];
    assert_eq!(
        (&change["before"]["verdict"], &change["after"]["verdict"]),
        (&json!("Accepted"), &json!("WrongAnswer"))
    );
    assert_eq!(
        (&all["judgements"][0]["newest"], &all["judgements"][1]["newest"]),
        (&json!(true), &json!(false))
    );
    let (_, first) = bench.get(&format!("{path}/judgements/1")).await;
    assert_eq!(first, before, "the submission as it was");
    let (_, second) = bench.get(&format!("{path}/judgements/2")).await;
    assert_eq!(second, now);
    for number in ["3", "0", "x"] {
        assert_eq!(bench.get(&format!("{path}/judgements/{number}")).await.0, 404);
    }
    let changed = format!("/api/v1/rejudges/{}/submissions?only=changed", done["id"].as_str().unwrap());
    let (_, outcomes) = bench.get(&changed).await;
    let expected = json!([{"id": id, "user": "alice", "state": "done", "before": "Accepted", "after": "WrongAnswer",
        "tests_changed": 1, "reason": null}]);
    assert_eq!(outcomes["submissions"], expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_for_a_judgement_has_the_old_one_at_once_while_there_is_no_new_one() {
    let bench = Bench::start().await;
    let id = judged(&bench, "alice", "later").await;
    let (_, given) = again(&bench, &id).await;
    bench.until_started(2).await;
    let path = format!("/api/v1/submissions/{id}");
    let held = format!("{path}?wait=60s");
    let waiting = tokio::time::timeout(Duration::from_secs(10), bench.get(&held));
    let (_, meanwhile) = waiting.await.expect("a judgement that is there is not waited for");
    assert_eq!((&meanwhile["state"], &meanwhile["verdict"]), (&json!("done"), &json!("Accepted")));
    assert_eq!(meanwhile["rejudging"], json!(true));
    let mut events = bench.request(Method::GET, &format!("{path}/events")).send().await.unwrap();
    let first = events.chunk().await.unwrap().unwrap();
    let first = String::from_utf8_lossy(&first).into_owned();
    assert!(first.starts_with("event: state\n") && first.contains("\"running\""), "{first}");
    // What ends the order ends the events, with the judgement that there is.
    let (status, cancelled) =
        bench.delete(&format!("/api/v1/rejudges/{}", given["id"].as_str().unwrap())).await;
    assert_eq!((status, &cancelled["state"]), (StatusCode::OK, &json!("cancelled")));
    let rest = events.text().await.unwrap();
    assert!(rest.contains("event: judgement\n") && rest.contains("Accepted"), "{rest}");
    let (_, after) = bench.get(&path).await;
    assert!(after["rejudging"].is_null() && after["rejudged_at"].is_null(), "{after}");
    assert_eq!(*bench.judge.cancelled.lock().unwrap(), ["later"]);
    // Once more changes nothing.
    assert_eq!(bench.delete(&format!("/api/v1/rejudges/{}", given["id"].as_str().unwrap())).await.0, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn submissions_are_selected_by_problem_user_and_time_and_judged_by_the_version_that_is_named() {
    let bench = Bench::start().await;
    let (_, first) = push(&bench, "sums", sums("4 5")).await;
    let by_problem = async |user: &str| {
        let body =
            json!({"language": "cpp17", "source": "accept", "problem": "sums", "user": user, "wait": true});
        bench.post(body).await.1["id"].as_str().unwrap().to_owned()
    };
    let [ours, theirs] = [by_problem("alice").await, by_problem("bob").await];
    let own = judged(&bench, "alice", "accept own").await;
    let (_, second) = push(&bench, "sums", sums("6 7")).await;
    let count = async |body: Value| {
        let mut body = body;
        body["dry_run"] = json!(true);
        let (status, counted) = ask(&bench, body).await;
        assert_eq!(status, 200, "{counted}");
        counted["total"].as_u64().unwrap()
    };
    assert_eq!(count(json!({"problem": "sums"})).await, 2);
    assert_eq!(count(json!({"user": "alice"})).await, 2);
    assert_eq!(count(json!({"user": "alice", "problem": "sums"})).await, 1);
    assert_eq!(count(json!({"submissions": [ours, own], "verdict": "Accepted"})).await, 2);
    assert_eq!(count(json!({"user": "alice", "language": "python3"})).await, 0);
    assert_eq!(count(json!({"since": "2020-01-01T00:00:00Z", "until": "2021-01-01T00:00:00Z"})).await, 0);
    assert_eq!(count(json!({"since": "2020-01-01T00:00:00Z"})).await, 3);
    // From a moment on, and before it.
    let (_, shown) = bench.get(&format!("/api/v1/submissions/{ours}")).await;
    let then = DateTime::parse_from_rfc3339(shown["created_at"].as_str().unwrap()).unwrap();
    let at = |milliseconds: i64| (then + TimeDelta::milliseconds(milliseconds)).to_rfc3339();
    assert_eq!(count(json!({"user": "alice", "since": at(0)})).await, 2);
    assert_eq!(count(json!({"submissions": [ours], "since": at(0), "until": at(1)})).await, 1);
    assert_eq!(count(json!({"submissions": [ours], "since": at(1)})).await, 0);
    assert_eq!(count(json!({"submissions": [ours], "until": at(0)})).await, 0);
    assert_eq!(bench.get("/api/v1/rejudges").await.1["rejudges"], json!([]), "nothing was ordered");
    let version_of = async |id: &str| {
        bench.get(&format!("/api/v1/submissions/{id}")).await.1["problem"]["version"].clone()
    };
    let given = order(&bench, json!({"problem": "sums", "user": "alice"})).await;
    until(&bench, &given, "done").await;
    assert_eq!(
        (version_of(&ours).await, version_of(&theirs).await),
        (second["version"].clone(), first["version"].clone())
    );
    let given = order(&bench, json!({"problem": "sums", "version": first["version"]})).await;
    let done = until(&bench, &given, "done").await;
    assert_eq!((&done["total"], version_of(&ours).await), (&json!(2), first["version"].clone()));
    let (_, all) = bench.get(&format!("/api/v1/submissions/{ours}/judgements")).await;
    let versions: Vec<_> =
        all["judgements"].as_array().unwrap().iter().map(|one| &one["problem"]["version"]).collect();
    assert_eq!(versions, [&first["version"], &second["version"], &first["version"]]);
    let (_, listed) = bench.get("/api/v1/rejudges?limit=1").await;
    assert_eq!(listed["rejudges"][0]["id"], done["id"]);
    assert!(listed["next_cursor"].is_string());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_judged_again_is_told_and_stops_nothing_else() {
    let bench = Bench::with(&[("store.keep_tests", "0s")]).await;
    push(&bench, "sums", sums("4 5")).await;
    push(&bench, "gone", sums("4 5")).await;
    let mut ids = Vec::new();
    for problem in ["sums", "gone"] {
        let body = json!({"language": "cpp17", "source": "accept", "problem": problem, "user": "alice", "wait": true});
        ids.push(bench.post(body).await.1["id"].as_str().unwrap().to_owned());
    }
    let own = judged(&bench, "alice", "accept").await;
    bench.delete("/api/v1/problems/gone").await;
    let (_, counted) = ask(&bench, json!({"user": "alice", "dry_run": true})).await;
    assert_eq!(counted, json!({"dry_run": true, "total": 3, "impossible": 2}));
    for id in [&own, &ids[1]] {
        let (status, told) = again(&bench, id).await;
        assert_eq!((status, &told["type"]), (StatusCode::CONFLICT, &json!("urn:gavel:problem:conflict")));
    }
    let given = order(&bench, json!({"user": "alice"})).await;
    let done = until(&bench, &given, "done").await;
    assert_eq!((&done["done"], &done["failed"]), (&json!(1), &json!(2)));
    let path = format!("/api/v1/rejudges/{}/submissions?only=failed", done["id"].as_str().unwrap());
    let (_, failed) = bench.get(&path).await;
    let reasons: Vec<_> =
        failed["submissions"].as_array().unwrap().iter().map(|one| one["reason"].as_str().unwrap()).collect();
    assert_eq!(
        reasons,
        [
            "there is no problem `gone` any more that its token sees",
            "its inputs are not kept any more (`store.keep_tests`)"
        ]
    );
    let (_, shown) = bench.get(&format!("/api/v1/submissions/{own}")).await;
    assert_eq!((&shown["verdict"], &shown["rejudged_at"]), (&json!("Accepted"), &Value::Null));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_of_ours_takes_no_judgement_away_and_nobody_gets_a_strike() {
    let bench = Bench::start().await;
    let slow = judged(&bench, "alice", "tle").await;
    let dies = judged(&bench, "alice", "dies-later").await;
    let (_, before) = bench.get("/api/v1/users/alice/throttle").await;
    let given = order(&bench, json!({"submissions": [slow, dies]})).await;
    let done = until(&bench, &given, "done").await;
    assert_eq!(
        (&done["done"], &done["failed"], &done["changed"]),
        (&json!(1), &json!(1), &json!(0)),
        "{done}"
    );
    assert_eq!(bench.get(&format!("/api/v1/submissions/{dies}")).await.1["verdict"], "Accepted");
    assert_eq!(bench.get("/api/v1/users/alice/throttle").await.1, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_somebody_waits_for_goes_first() {
    let bench = Bench::with(&[("workers", "1")]).await;
    for source in ["held", "accept 1", "accept 2"] {
        judged(&bench, "alice", source).await;
    }
    let given = order(&bench, json!({"user": "alice"})).await;
    bench.until_started(4).await;
    let hangs = bench.submit("alice", "hang").await;
    let waits = bench.submit("bob", "accept too").await;
    bench.until_started(5).await;
    bench.judge.serve.notify_one();
    eventually(async || (tally(&bench, &given).await["done"] == 1).then_some(())).await;
    bench.delete(&format!("/api/v1/submissions/{hangs}")).await;
    bench.until(&waits, "done").await;
    until(&bench, &given, "done").await;
    let started = bench.judge.started.lock().unwrap().clone();
    assert_eq!(started[3..], ["held", "hang", "accept too", "accept 1", "accept 2"].map(str::to_owned));
}

/// What the order's submissions that failed say.
async fn reasons(bench: &Bench, order: &Value) -> Vec<String> {
    let path = format!("/api/v1/rejudges/{}/submissions?only=failed", order["id"].as_str().unwrap());
    let (_, failed) = bench.get(&path).await;
    let failed = failed["submissions"].as_array().unwrap().iter();
    failed.map(|one| one["reason"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_in_a_language_that_is_not_served_ends_with_the_reason_and_is_not_tried() {
    let directory = {
        let bench = Bench::start().await;
        let id = judged(&bench, "alice", "accept").await;
        bench.no_gcc.store(true, Ordering::SeqCst);
        let (_, given) = again(&bench, &id).await;
        let done = until(&bench, &given, "done").await;
        assert_eq!((&done["done"], &done["failed"]), (&json!(0), &json!(1)), "{done}");
        assert_eq!(
            reasons(&bench, &given).await,
            ["`cpp17` is not installed: `make toolchain gcc` installs it"]
        );
        assert_eq!(bench.judge.started.lock().unwrap().len(), 1);
        bench.stop().await
    };
    let bench = Bench::on(directory, &[("broken", "cpp17")]).await;
    let body = json!({"language": "cpp17", "source": "accept"});
    eventually(async || (bench.post(body.clone()).await.0 == 503).then_some(())).await;
    let tried = bench.judge.started.lock().unwrap().len();
    let given = order(&bench, json!({"user": "alice"})).await;
    let done = until(&bench, &given, "done").await;
    assert_eq!((&done["done"], &done["failed"]), (&json!(0), &json!(1)), "{done}");
    let told = reasons(&bench, &given).await;
    assert!(told[0].starts_with("`cpp17` is not available: the self-test of cpp17 failed"), "{told:?}");
    assert_eq!(bench.judge.started.lock().unwrap().len(), tried);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_no_sandbox_is_ever_free_for_waits_behind_the_others_and_ends() {
    let bench = Bench::with(&[("workers", "1")]).await;
    for source in ["busy-later", "accept 1", "accept 2"] {
        judged(&bench, "alice", source).await;
    }
    let given = order(&bench, json!({"user": "alice"})).await;
    let done = until(&bench, &given, "done").await;
    assert_eq!((&done["done"], &done["failed"]), (&json!(2), &json!(1)), "{done}");
    assert_eq!(reasons(&bench, &given).await, ["no sandbox became free within 0ns"]);
    let started = bench.judge.started.lock().unwrap().clone();
    assert_eq!(started[3..7], ["busy-later", "accept 1", "accept 2", "busy-later"].map(str::to_owned));
    assert_eq!(started.len(), 3 + 2 + 10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_attempt_that_ends_late_leaves_that_of_another_order_alone() {
    // So many are judged again at one time: two.
    let bench = Bench::with(&[("workers", "8")]).await;
    let id = judged(&bench, "alice", "lingers").await;
    let mut paths = Vec::new();
    for number in 0..2 {
        let (status, given) = again(&bench, &id).await;
        assert_eq!(status, 202, "{given}");
        bench.until_started(number + 2).await;
        paths.push(format!("/api/v1/rejudges/{}", given["id"].as_str().unwrap()));
        if number == 0 {
            assert_eq!(bench.delete(&paths[0]).await.0, 200);
        }
    }
    let ended = async |number: usize| {
        bench.judge.serve.notify_one();
        eventually(async || (bench.judge.cancelled.lock().unwrap().len() == number).then_some(())).await;
    };
    ended(1).await;
    // The other one goes on, and whoever ends it reaches it.
    assert_eq!(bench.get(&paths[1]).await.1["running"], 1);
    assert_eq!(bench.delete(&paths[1]).await.0, 200);
    ended(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_attempt_that_a_server_stops_over_does_not_count() {
    let bench = Bench::start().await;
    let id = judged(&bench, "alice", "later").await;
    assert_eq!(again(&bench, &id).await.0, 202);
    bench.until_started(2).await;
    let directory = bench.stop().await;
    let path = directory.path().join("gavel.sqlite");
    let mut connection = SqliteConnection::connect(path.to_str().unwrap()).await.unwrap();
    let sql = "SELECT state, attempt FROM rejudge_items";
    let item: (String, i64) = sqlx::query_as(sql).fetch_one(&mut connection).await.unwrap();
    assert_eq!(item, ("waiting".to_owned(), 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_follows_a_submission_that_is_removed_while_it_waits_is_told() {
    let bench = Bench::with(&[("workers", "1")]).await;
    let id = judged(&bench, "mallory", "accept").await;
    let running = bench.submit("alice", "hang").await;
    bench.until(&running, "running").await;
    assert_eq!(again(&bench, &id).await.0, 202);
    let events = bench.request(Method::GET, &format!("/api/v1/submissions/{id}/events"));
    let mut events = events.send().await.unwrap();
    assert!(events.chunk().await.unwrap().is_some());
    assert_eq!(bench.delete("/api/v1/users/mallory/data").await.0, 200);
    let rest = tokio::time::timeout(Duration::from_secs(10), events.text()).await;
    assert!(rest.is_ok(), "the events end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_newest_judgement_says_where_its_files_are() {
    let bench = Bench::start().await;
    let body = json!({"language": "cpp17", "source": "turns", "stdin": "7", "collect": ["plot.png"]});
    let id = bench.post(body).await.1["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/submissions/{id}");
    bench.until(&id, "done").await;
    let file = json!({"name": "plot.png", "bytes": 1, "path": format!("{path}/files/0/plot.png")});
    let files = async |number: u32| {
        bench.get(&format!("{path}/judgements/{number}")).await.1["tests"][0]["files"].clone()
    };
    assert_eq!(files(1).await, json!([file]));
    let (_, given) = again(&bench, &id).await;
    until(&bench, &given, "done").await;
    assert_eq!(files(1).await, json!([{"name": "plot.png", "bytes": 1}]));
    assert_eq!(files(2).await, json!([file]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_outlives_the_server_and_each_submission_is_judged_once_more() {
    let bench = Bench::with(&[("workers", "1")]).await;
    let mut ids = Vec::new();
    for source in ["accept 0", "later", "accept 1", "accept 2"] {
        ids.push(judged(&bench, "alice", source).await);
    }
    let given = order(&bench, json!({"user": "alice"})).await;
    // The first is judged again, the second is being judged.
    bench.until_started(6).await;
    let next = Bench::on(crash(&bench), &[("workers", "1")]).await;
    let done = until(&next, &given, "done").await;
    assert_eq!((&done["total"], &done["done"], &done["failed"]), (&json!(4), &json!(4), &json!(0)));
    for id in &ids {
        let (_, all) = next.get(&format!("/api/v1/submissions/{id}/judgements")).await;
        assert_eq!(all["judgements"].as_array().unwrap().len(), 2, "{id}: {all}");
    }
    assert_eq!(*next.judge.started.lock().unwrap(), ["later", "accept 1", "accept 2"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_whose_submissions_were_just_gathered_when_the_server_died_is_gathered_to_its_end() {
    let directory = {
        let bench = Bench::start().await;
        for number in 0..3 {
            judged(&bench, "alice", &format!("accept {number}")).await;
        }
        let mut database = database(&bench).await;
        let sql = "INSERT INTO rejudges (id, state, selection, client, bound, gathered, total, created_at) \
                   VALUES ('9a8c7a54-be93-4fa4-bf8f-09f64d208806', 'gathering', '{\"user\": \"alice\"}', 'alice', 2, 1, 1, 5)";
        sqlx::query(sql).execute(&mut database).await.unwrap();
        let sql = "INSERT INTO rejudge_items (rejudge, seq, state) VALUES (1, 1, 'waiting')";
        sqlx::query(sql).execute(&mut database).await.unwrap();
        drop(database);
        bench.stop().await
    };
    let bench = Bench::on(Arc::clone(&directory), &[]).await;
    let order = json!({"id": "9a8c7a54-be93-4fa4-bf8f-09f64d208806"});
    let done = until(&bench, &order, "done").await;
    // The third came after the order.
    assert_eq!((&done["total"], &done["done"]), (&json!(2), &json!(2)), "{done}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_older_judgements_so_many_stay_with_what_was_written() {
    let bench = Bench::with(&[("store.old_judgements", "2")]).await;
    let body = json!({"language": "cpp17", "source": "turns", "stdin": "7".repeat(200_000), "user": "alice"});
    let id = bench.post(body).await.1["id"].as_str().unwrap().to_owned();
    bench.until(&id, "done").await;
    for _ in 0..4 {
        let (_, given) = again(&bench, &id).await;
        until(&bench, &given, "done").await;
    }
    let (_, all) = bench.get(&format!("/api/v1/submissions/{id}/judgements")).await;
    let numbers: Vec<_> = all["judgements"].as_array().unwrap().iter().map(|one| &one["number"]).collect();
    assert_eq!(numbers, [&json!(5), &json!(4), &json!(3)]);
    let sql = "SELECT kind FROM refs ORDER BY kind";
    let kinds: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut database(&bench).await).await.unwrap();
    assert_eq!(kinds, ["output", "output 3", "output 4", "test"]);
    let (_, older) = bench.get(&format!("/api/v1/submissions/{id}/judgements/3")).await;
    assert_eq!(older["tests"][0]["stdout"], "7".repeat(200_000));
    assert_eq!(bench.get(&format!("/api/v1/submissions/{id}/judgements/2")).await.0, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orders_that_make_no_sense_or_are_too_large_are_refused() {
    let bench = Bench::start().await;
    let id = uuid::Uuid::new_v4().to_string();
    for (body, field) in [
        (json!({}), "submissions"),
        (json!({"dry_run": true}), "submissions"),
        (json!({"submissions": vec![id.as_str(); 1001]}), "submissions"),
        (json!({"submissions": ["1234"]}), "submissions[0]"),
        (json!({"problem": "../etc"}), "problem"),
        (json!({"problem": "sums", "version": "12"}), "version"),
        (json!({"user": "alice", "version": "0".repeat(64)}), "version"),
        (json!({"problem": "sums", "version": "0".repeat(64)}), "version"),
        (json!({"user": "alice", "language": "klingon"}), "language"),
        (json!({"since": "2026-01-02T00:00:00Z", "until": "2026-01-02T00:00:00Z"}), "until"),
    ] {
        let (status, told) = ask(&bench, body.clone()).await;
        assert_eq!(
            (status, &told["errors"][0]["field"]),
            (StatusCode::BAD_REQUEST, &json!(field)),
            "{body}: {told}"
        );
    }
    // All that is wrong is told at once.
    let body = json!({
        "users": "alice", "user": 7, "since": "yesterday", "verdict": "Fine", "dry_run": "no",
        "submissions": ["1234", 5, id], "version": "12",
    });
    let (status, told) = ask(&bench, body).await;
    let fields: Vec<_> = told["errors"].as_array().unwrap().iter().map(|error| &error["field"]).collect();
    let wrong =
        ["submissions[1]", "user", "verdict", "since", "dry_run", "submissions[0]", "version", "users"];
    assert_eq!((status, fields), (StatusCode::BAD_REQUEST, wrong.map(|name| json!(name)).iter().collect()));
    for body in [json!(["alice"]), json!("alice"), json!(null)] {
        let (status, told) = ask(&bench, body).await;
        assert_eq!(
            (status, &told["type"]),
            (StatusCode::BAD_REQUEST, &json!("urn:gavel:problem:malformed-body"))
        );
    }
    assert_eq!(ask(&bench, json!({"user": "x".repeat(300_000)})).await.0, 413);
    let path = format!("/api/v1/rejudges/{id}");
    assert_eq!(bench.get(&path).await.0, 404);
    assert_eq!(bench.delete(&path).await.0, 404);
    assert_eq!(bench.get(&format!("{path}/submissions")).await.0, 404);
    assert_eq!(bench.get("/api/v1/rejudges/x").await.0, 404);
    assert_eq!(again(&bench, &id).await.0, 404);
    assert_eq!(bench.get(&format!("/api/v1/submissions/{id}/judgements")).await.0, 404);
    let running = bench.submit("alice", "hang").await;
    assert_eq!(again(&bench, &running).await.0, 409);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_than_a_hundred_orders_are_under_way() {
    let bench = Bench::start().await;
    let id = judged(&bench, "alice", "later").await;
    let mut orders = Vec::new();
    for _ in 0..100 {
        orders.push(order(&bench, json!({"submissions": [id]})).await);
    }
    let (status, told) = ask(&bench, json!({"submissions": [id]})).await;
    assert_eq!(
        (status, &told["type"]),
        (StatusCode::CONFLICT, &json!("urn:gavel:problem:conflict")),
        "{told}"
    );
    bench.delete(&format!("/api/v1/rejudges/{}", orders[50]["id"].as_str().unwrap())).await;
    order(&bench, json!({"submissions": [id]})).await;
    // They wait for each other: of one submission one attempt is made at a time.
    assert_eq!(bench.judge.started.lock().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_operators_have_submissions_judged_again_and_data_removed() {
    let (token, admin) = ("0123456789abcdef", "fedcba9876543210");
    let bench = Bench::with(&[("http.token", token), ("http.admin_token", admin)]).await;
    let id = uuid::Uuid::new_v4();
    for (method, path) in [
        (Method::POST, "/api/v1/rejudges".to_owned()),
        (Method::GET, "/api/v1/rejudges".to_owned()),
        (Method::GET, format!("/api/v1/rejudges/{id}")),
        (Method::GET, format!("/api/v1/rejudges/{id}/submissions")),
        (Method::DELETE, format!("/api/v1/rejudges/{id}")),
        (Method::POST, format!("/api/v1/submissions/{id}/rejudge")),
        (Method::DELETE, "/api/v1/users/alice/data".to_owned()),
    ] {
        let (status, _) = answer(bench.request(method.clone(), &path).bearer_auth(token)).await;
        assert_eq!(status, 403, "{method} {path}");
        let (status, _) = answer(bench.request(method.clone(), &path).bearer_auth(admin)).await;
        assert_ne!(status, 403, "{method} {path}");
    }
}

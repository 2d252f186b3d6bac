//! Named tokens: what each may do, and that none sees what came with another.

use std::collections::BTreeMap;
use std::sync::Arc;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::bench::{Bench, answer, eventually};
use crate::problems::sums;

pub(crate) const OPERATOR: &str = "operator-token-0123456789";
pub(crate) const BACKEND: &str = "backend-token-0123456789";
const SCOPES: [&str; 6] = ["submit", "read", "read-all", "problems", "metrics", "operate"];
pub(crate) const CLOSED: [(&str, &str); 2] = [("http.token", BACKEND), ("http.admin_token", OPERATOR)];

pub(crate) async fn ask(bench: &Bench, token: &str, method: Method, path: &str) -> (StatusCode, Value) {
    answer(bench.request(method, path).bearer_auth(token)).await
}

pub(crate) async fn send(bench: &Bench, token: &str, path: &str, body: Value) -> (StatusCode, Value) {
    answer(bench.request(Method::POST, path).bearer_auth(token).json(&body)).await
}

/// Makes a token, and returns its secret.
pub(crate) async fn make(bench: &Bench, body: Value) -> String {
    let (status, made) = send(bench, OPERATOR, "/api/v1/tokens", body).await;
    assert_eq!(status, 201, "{made}");
    made["secret"].as_str().unwrap().to_owned()
}

async fn submit(bench: &Bench, token: &str, user: &str, source: &str) -> String {
    let body = json!({"language": "cpp17", "source": source, "user": user, "reference": {"course": "x"}});
    let (status, told) = send(bench, token, "/api/v1/submissions", body).await;
    assert_eq!(status, 202, "{told}");
    told["id"].as_str().unwrap().to_owned()
}

async fn until_done(bench: &Bench, token: &str, id: &str) {
    let path = format!("/api/v1/submissions/{id}");
    eventually(async || (ask(bench, token, Method::GET, &path).await.1["state"] == "done").then_some(()))
        .await;
}

/// The operations of the description that need scopes, with these.
async fn guarded(bench: &Bench) -> BTreeMap<(String, String), Vec<String>> {
    let (_, document) = bench.get("/openapi.json").await;
    let mut all = BTreeMap::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let Some(scopes) = operation["security"][0]["token"].as_array() else { continue };
            let scopes = scopes.iter().map(|scope| scope.as_str().unwrap().to_owned()).collect();
            all.insert((method.to_uppercase(), path.clone()), scopes);
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_scope_opens_the_routes_that_the_description_tells_and_no_others() {
    let bench = Bench::with(&CLOSED).await;
    let routes = guarded(&bench).await;
    assert!(routes.len() > 35, "{routes:?}");
    for scope in SCOPES {
        let name = format!("only-{scope}");
        let secret = make(&bench, json!({"name": name, "scopes": [scope]})).await;
        for ((method, path), needed) in &routes {
            let path = path.replace("{id}", "9a8c7a54-be93-4fa4-bf8f-09f64d208806").replace(['{', '}'], "");
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let request = bench.request(method.clone(), &path).bearer_auth(&secret).json(&json!({}));
            let response = request.send().await.unwrap();
            let status = response.status().as_u16();
            // A stream does not end.
            let told = if status < 400 { String::new() } else { response.text().await.unwrap() };
            let missing: Vec<_> = needed.iter().filter(|needed| *needed != scope).collect();
            // Any but that of scrapers will do.
            let is_missing = !missing.is_empty() || (needed.is_empty() && scope == "metrics");
            if is_missing {
                assert_eq!(status, 403, "{method} {path} with {scope}: {told}");
                let named = missing.first().map_or("read", |scope| scope.as_str());
                assert!(told.contains(&format!("`{named}`")), "{method} {path} with {scope}: {told}");
            } else {
                assert!(![401, 403, 500].contains(&status), "{method} {path} with {scope}: {status} {told}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_token_sees_what_came_with_another_and_it_is_as_what_is_not_there() {
    let bench = Bench::with(&CLOSED).await;
    let scopes = json!(["submit", "read", "problems", "operate"]);
    let ours = make(&bench, json!({"name": "ours", "scopes": scopes})).await;
    let theirs = make(&bench, json!({"name": "theirs", "scopes": scopes})).await;
    let all = make(&bench, json!({"name": "all", "scopes": ["read", "read-all"]})).await;
    let id = submit(&bench, &ours, "alice", "accept").await;
    until_done(&bench, &ours, &id).await;
    let running = submit(&bench, &ours, "alice", "hang").await;
    let path = |id: &str, rest: &str| format!("/api/v1/submissions/{id}{rest}");
    let (_, order) = answer(bench.request(Method::POST, &path(&id, "/rejudge")).bearer_auth(&ours)).await;
    let order = format!("/api/v1/rejudges/{}", order["id"].as_str().unwrap());
    let nowhere = "9a8c7a54-be93-4fa4-bf8f-09f64d208806";
    let order_of_nobody = format!("/api/v1/rejudges/{nowhere}");
    let mut hidden = Vec::new();
    for id in [&id, &running] {
        for (method, rest) in [
            (Method::GET, ""),
            (Method::GET, "?wait=10s"),
            (Method::DELETE, ""),
            (Method::GET, "/events"),
            (Method::GET, "/judgements"),
            (Method::GET, "/judgements/1"),
            (Method::GET, "/sources"),
            (Method::GET, "/files/0/a.txt"),
            (Method::POST, "/rejudge"),
        ] {
            hidden.push((method, path(id, rest), path(nowhere, rest), id.clone()));
        }
    }
    for (method, rest) in [(Method::GET, ""), (Method::DELETE, ""), (Method::GET, "/submissions")] {
        let of_nobody = format!("{order_of_nobody}{rest}");
        hidden.push((
            method,
            format!("{order}{rest}"),
            of_nobody,
            order.rsplit('/').next().unwrap().to_owned(),
        ));
    }
    for (method, path, nobodys, id) in hidden {
        let began = std::time::Instant::now();
        let (status, told) = ask(&bench, &theirs, method.clone(), &path).await;
        let (status_of_nobody, told_of_nobody) = ask(&bench, &theirs, method.clone(), &nobodys).await;
        assert_eq!(
            (status, status_of_nobody),
            (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND),
            "{method} {path}"
        );
        let told = told.to_string().replace(&id, nowhere);
        assert_eq!(told, told_of_nobody.to_string(), "{method} {path}");
        assert!(began.elapsed().as_secs() < 5, "{method} {path} was waited for");
    }
    // The backends' token sees what came with none that has a name.
    for (token, number) in
        [(&ours, 2), (&theirs, 0), (&all, 2), (&BACKEND.to_owned(), 0), (&OPERATOR.to_owned(), 2)]
    {
        let (_, listed) = ask(&bench, token, Method::GET, "/api/v1/submissions").await;
        assert_eq!(listed["submissions"].as_array().unwrap().len(), number, "{listed}");
        let (_, found) =
            ask(&bench, token, Method::GET, "/api/v1/submissions?user=alice&reference.course=x").await;
        assert_eq!(found["submissions"].as_array().unwrap().len(), number, "{found}");
    }
    assert_eq!(ask(&bench, BACKEND, Method::GET, &path(&id, "")).await.0, 404);
    let (_, shown) = ask(&bench, &all, Method::GET, &path(&id, "")).await;
    assert_eq!((&shown["token"], &shown["user"]), (&json!("ours"), &json!("alice")));
    for (token, number) in [(&ours, 1), (&theirs, 0), (&OPERATOR.to_owned(), 1)] {
        let (_, orders) = ask(&bench, token, Method::GET, "/api/v1/rejudges").await;
        assert_eq!(orders["rejudges"].as_array().unwrap().len(), number, "{orders}");
    }
    // An order is of what is seen.
    let dry = json!({"user": "alice", "dry_run": true});
    for (token, total) in [(&ours, 1), (&theirs, 0), (&OPERATOR.to_owned(), 1)] {
        assert_eq!(send(&bench, token, "/api/v1/rejudges", dry.clone()).await.1["total"], total);
    }
    // It runs still.
    assert_eq!(ask(&bench, &ours, Method::GET, &path(&running, "")).await.1["state"], "running");
    let (status, erased) = ask(&bench, &theirs, Method::DELETE, "/api/v1/users/alice/data").await;
    assert_eq!((status.as_u16(), &erased["submissions"]), (200, &json!(0)));
    assert_eq!(ask(&bench, &ours, Method::GET, &path(&id, "")).await.0, 200);
    let (_, erased) = ask(&bench, &ours, Method::DELETE, "/api/v1/users/alice/data").await;
    assert_eq!((&erased["submissions"], &erased["cancelled"]), (&json!(2), &json!(1)), "{erased}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_token_has_idempotency_keys_and_users_of_its_own() {
    let bench = Bench::with(&[CLOSED[0], CLOSED[1], ("throttle.strikes", "1")]).await;
    let scopes = json!(["submit", "read", "operate"]);
    let [one, other] = ["one", "other"].map(|name| json!({"name": name, "scopes": scopes}));
    let (one, other) = (make(&bench, one).await, make(&bench, other).await);
    let keyed = async |token: &str, source: &str| {
        let body = json!({"language": "cpp17", "source": source, "user": "alice"});
        let request = bench.request(Method::POST, "/api/v1/submissions").bearer_auth(token);
        answer(request.header("idempotency-key", "the-key").json(&body)).await
    };
    let (status, first) = keyed(&one, "accept 1").await;
    assert_eq!(status, 202, "{first}");
    let (status, second) = keyed(&other, "accept 2").await;
    assert_eq!(status, 202, "the other's key says nothing: {second}");
    assert_ne!(first["id"], second["id"]);
    assert_eq!(keyed(&one, "accept 1").await.1["id"], first["id"]);
    let slow = submit(&bench, &one, "alice", "tle").await;
    until_done(&bench, &one, &slow).await;
    // The strike is that of one token's alice.
    let throttle = "/api/v1/users/alice/throttle";
    for (token, throttled) in [(&one, true), (&other, false), (&BACKEND.to_owned(), false)] {
        let (_, told) = ask(&bench, token, Method::GET, throttle).await;
        assert_eq!((&told["throttled"], &told["user"]), (&json!(throttled), &json!("alice")));
        let body = json!({"language": "cpp17", "source": "accept", "user": "alice"});
        let (status, _) = send(&bench, token, "/api/v1/submissions", body).await;
        assert_eq!(status.as_u16(), if throttled { 429 } else { 202 });
    }
    assert_eq!(ask(&bench, &other, Method::DELETE, throttle).await.0, 204);
    assert_eq!(
        ask(&bench, &one, Method::GET, throttle).await.1["throttled"],
        true,
        "the other's was forgiven"
    );
    for (token, query, throttled) in [
        (other.as_str(), "token=one", true),
        (OPERATOR, "token=", true),
        (OPERATOR, "token=other", true),
        (OPERATOR, "token=one", false),
    ] {
        assert_eq!(ask(&bench, token, Method::DELETE, &format!("{throttle}?{query}")).await.0, 204);
        let (_, told) = ask(&bench, &one, Method::GET, throttle).await;
        assert_eq!(told["throttled"], throttled, "{query}");
    }
    assert_eq!(ask(&bench, OPERATOR, Method::DELETE, &format!("{throttle}?tokens=one")).await.0, 400);
    // The next strike.
    let slow = submit(&bench, &one, "alice", "tle").await;
    until_done(&bench, &one, &slow).await;
    assert_eq!(ask(&bench, &one, Method::GET, throttle).await.1["throttled"], true);
    assert_eq!(ask(&bench, OPERATOR, Method::DELETE, throttle).await.0, 204);
    assert_eq!(ask(&bench, &one, Method::GET, throttle).await.1["throttled"], false);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_users_of_one_name_that_of_one_token_alone_is_looked_at_and_removed() {
    let bench = Bench::with(&[CLOSED[0], CLOSED[1], ("throttle.strikes", "1")]).await;
    let scopes = json!(["submit", "read", "operate"]);
    let [one, other] = ["one", "other"].map(|name| json!({"name": name, "scopes": scopes}));
    let (one, other) = (make(&bench, one).await, make(&bench, other).await);
    let mut ids = Vec::new();
    for token in [one.as_str(), &other, BACKEND] {
        let id = submit(&bench, token, "alice", if token == one { "tle" } else { "accept" }).await;
        until_done(&bench, token, &id).await;
        ids.push((token, id));
    }
    let is_there = async |at: usize| {
        let (token, id) = &ids[at];
        ask(&bench, token, Method::GET, &format!("/api/v1/submissions/{id}")).await.0 == 200
    };
    let throttle = "/api/v1/users/alice/throttle";
    for (token, query, status, throttled) in [
        (OPERATOR, "?token=one", 200, json!(true)),
        (OPERATOR, "?token=other", 200, json!(false)),
        (OPERATOR, "?token=", 200, json!(false)),
        (OPERATOR, "", 200, json!(false)),
        (one.as_str(), "?token=one", 200, json!(true)),
        (other.as_str(), "?token=one", 403, Value::Null),
        (OPERATOR, "?tokens=one", 400, Value::Null),
    ] {
        let (answered, told) = ask(&bench, token, Method::GET, &format!("{throttle}{query}")).await;
        assert_eq!((answered.as_u16(), &told["throttled"]), (status, &throttled), "{query}: {told}");
    }
    let data = "/api/v1/users/alice/data";
    let refused = [(&other, "token=one", 403), (&other, "token=", 403), (&one, "user=x", 400)];
    for (token, query, status) in refused {
        let (answered, told) = ask(&bench, token, Method::DELETE, &format!("{data}?{query}")).await;
        assert_eq!(answered.as_u16(), status, "{query}: {told}");
    }
    assert!(is_there(0).await && is_there(1).await && is_there(2).await, "nothing has gone");
    for (query, removed, left) in [
        ("token=nobody", 0, [true, true, true]),
        ("token=one", 1, [false, true, true]),
        ("token=", 1, [false, true, false]),
    ] {
        let (status, told) = ask(&bench, OPERATOR, Method::DELETE, &format!("{data}?{query}")).await;
        assert_eq!((status.as_u16(), &told["submissions"]), (200, &json!(removed)), "{query}: {told}");
        assert_eq!([is_there(0).await, is_there(1).await, is_there(2).await], left, "{query}");
    }
    assert_eq!(ask(&bench, &one, Method::GET, throttle).await.1["throttled"], false);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tokens_quota_counts_over_all_its_users_and_survives_a_restart() {
    let mut settings = CLOSED.to_vec();
    settings.push(("workers", "1"));
    let bench = Bench::with(&settings).await;
    let scopes = json!(["submit", "read"]);
    let small = make(&bench, json!({"name": "small", "scopes": scopes, "quota": 2})).await;
    let wide = make(&bench, json!({"name": "wide", "scopes": scopes})).await;
    submit(&bench, &small, "a", "hang 0").await;
    bench.until_started(1).await;
    let waiting =
        [submit(&bench, &small, "b", "accept 1").await, submit(&bench, &small, "c", "accept 2").await];
    let body = json!({"language": "cpp17", "source": "accept 3", "user": "d"});
    let (status, refused) = send(&bench, &small, "/api/v1/submissions", body.clone()).await;
    assert_eq!((status.as_u16(), &refused["type"]), (429, &json!("urn:gavel:problem:token-queue-full")));
    submit(&bench, &wide, "d", "accept 3").await;
    assert_eq!(
        ask(&bench, &small, Method::DELETE, &format!("/api/v1/submissions/{}", waiting[0])).await.0,
        200
    );
    submit(&bench, &small, "d", "accept 4").await;
    let directory = bench.stop().await;
    let bench = Bench::on(Arc::clone(&directory), &settings).await;
    bench.until_started(1).await;
    // What waits after a restart counts.
    assert_eq!(send(&bench, &small, "/api/v1/submissions", body).await.0, 429);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_is_made_shown_rotated_and_revoked_and_its_secret_is_told_once() {
    let bench = Bench::with(&CLOSED).await;
    let body = json!({"name": "cs101", "scopes": ["submit", "read"], "quota": 9, "priority": 7,
        "expires_at": "2999-01-01T00:00:00Z"});
    let request = bench.request(Method::POST, "/api/v1/tokens").bearer_auth(OPERATOR).json(&body);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 201);
    assert_eq!(response.headers()["location"], "/api/v1/tokens/cs101");
    assert_eq!(response.headers()["cache-control"], "no-store");
    let made: Value = response.json().await.unwrap();
    let old = made["secret"].as_str().unwrap();
    let (_, unused) = ask(&bench, OPERATOR, Method::GET, "/api/v1/tokens/cs101").await;
    assert_eq!(unused["last_used_at"], Value::Null);
    assert_eq!(ask(&bench, old, Method::GET, "/api/v1/submissions").await.0, 200);
    let (_, shown) = ask(&bench, OPERATOR, Method::GET, "/api/v1/tokens/cs101").await;
    assert!(shown.get("secret").is_none() && shown["last_used_at"].is_string(), "{shown}");
    assert_eq!(
        (&shown["quota"], &shown["priority"], &shown["of_settings"]),
        (&json!(9), &json!(7), &json!(false))
    );
    let (status, rotated) =
        send(&bench, OPERATOR, "/api/v1/tokens/cs101/rotate", json!({"keep_old_s": 60.0})).await;
    assert_eq!((status.as_u16(), rotated["secrets"].as_array().unwrap().len()), (200, 2), "{rotated}");
    let new = rotated["secret"].as_str().unwrap();
    for secret in [old, new] {
        assert_eq!(ask(&bench, secret, Method::GET, "/api/v1/submissions").await.0, 200);
    }
    let (_, rotated) = send(&bench, OPERATOR, "/api/v1/tokens/cs101/rotate", json!({"keep_old_s": 0})).await;
    for (secret, expected) in [(old, 401), (new, 401), (rotated["secret"].as_str().unwrap(), 200)] {
        assert_eq!(ask(&bench, secret, Method::GET, "/api/v1/submissions").await.0.as_u16(), expected);
    }
    let (_, listed) = ask(&bench, OPERATOR, Method::GET, "/api/v1/tokens").await;
    assert_eq!(listed["tokens"][0]["name"], "cs101", "{listed}");
    let last = rotated["secret"].as_str().unwrap();
    assert!(!listed.to_string().contains(&last[..20]), "{listed}");
    assert_eq!(ask(&bench, OPERATOR, Method::DELETE, "/api/v1/tokens/cs101").await.0, 204);
    assert_eq!(ask(&bench, last, Method::GET, "/api/v1/submissions").await.0, 401);
    for method in [Method::GET, Method::DELETE] {
        assert_eq!(ask(&bench, OPERATOR, method, "/api/v1/tokens/cs101").await.0, 404);
    }
}

/// The fields that an answer finds wrong.
fn fields(told: &Value) -> Vec<&str> {
    told["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_makes_no_token_is_refused_by_its_field() {
    let bench = Bench::with(&CLOSED).await;
    for (change, field) in [
        (json!({"name": "Not This"}), "name"),
        (json!({"name": "x".repeat(65)}), "name"),
        (json!({"scopes": []}), "scopes"),
        (json!({"quota": 0}), "quota"),
        (json!({"quota": 1_000_001}), "quota"),
        (json!({"priority": 0}), "priority"),
        (json!({"priority": 17}), "priority"),
        (json!({"expires_at": "2020-01-01T00:00:00Z"}), "expires_at"),
    ] {
        let mut body = json!({"name": "a", "scopes": ["submit"]});
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let (status, told) = send(&bench, OPERATOR, "/api/v1/tokens", body).await;
        assert_eq!((status.as_u16(), &told["errors"][0]["field"]), (400, &json!(field)), "{told}");
    }
    // All that is wrong is told at once.
    let body = json!({"scopes": ["fly", "read"], "quota": 5.5, "priority": 99, "expires_at": 7, "x": 1});
    let (status, told) = send(&bench, OPERATOR, "/api/v1/tokens", body).await;
    assert_eq!(
        (status.as_u16(), fields(&told)),
        (400, vec!["scopes[0]", "name", "quota", "expires_at", "priority", "x"])
    );
    let (_, told) = send(&bench, OPERATOR, "/api/v1/tokens", json!({"name": "a"})).await;
    assert_eq!(told["errors"], json!([{"field": "scopes", "detail": "is needed"}]));
    let (_, told) = send(&bench, OPERATOR, "/api/v1/tokens", json!(["a", ["submit"], 5, 4, null])).await;
    assert_eq!(told["type"], "urn:gavel:problem:malformed-body");
    make(&bench, json!({"name": "a", "scopes": ["submit"]})).await;
    let again = json!({"name": "a", "scopes": ["submit"]});
    assert_eq!(send(&bench, OPERATOR, "/api/v1/tokens", again).await.0, 409);
    let (status, told) =
        send(&bench, OPERATOR, "/api/v1/tokens/a/rotate", json!({"keep_old_s": 2_592_001})).await;
    assert_eq!((status.as_u16(), &told["errors"][0]["field"]), (400, &json!("keep_old_s")));
    // Nobody makes himself more than he is.
    let keeper = make(&bench, json!({"name": "keeper", "scopes": ["operate", "read-all"]})).await;
    let more = json!({"name": "b", "scopes": ["operate", "submit"]});
    assert_eq!(send(&bench, &keeper, "/api/v1/tokens", more).await.0, 403);
    assert_eq!(send(&bench, &keeper, "/api/v1/tokens/a/rotate", json!({})).await.0, 403);
    assert_eq!(
        send(&bench, &keeper, "/api/v1/tokens", json!({"name": "b", "scopes": ["operate"]})).await.0,
        201
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_of_the_settings_are_changed_there() {
    let tokens = r#"[{"name": "cs101", "secret": "0123456789abcdef-1", "scopes": ["submit", "read"]},
        {"name": "old", "secret": "0123456789abcdef-2", "scopes": ["read"], "expires_at": "2020-01-01T00:00:00Z"}]"#;
    let bench = Bench::with(&[("http.tokens", tokens), ("http.admin_token", OPERATOR)]).await;
    assert_eq!(bench.get("/api/v1/submissions").await.0, 401, "who has tokens is not open");
    assert_eq!(ask(&bench, "0123456789abcdef-1", Method::GET, "/api/v1/submissions").await.0, 200);
    let (status, told) = ask(&bench, "0123456789abcdef-2", Method::GET, "/api/v1/submissions").await;
    assert_eq!((status.as_u16(), &told["detail"]), (401, &json!("the bearer token has ended")));
    for (method, path) in
        [(Method::DELETE, "/api/v1/tokens/cs101"), (Method::POST, "/api/v1/tokens/cs101/rotate")]
    {
        let request = bench.request(method, path).bearer_auth(OPERATOR).json(&json!({}));
        assert_eq!(answer(request).await.0, 409);
    }
    let (_, shown) = ask(&bench, OPERATOR, Method::GET, "/api/v1/tokens/cs101").await;
    assert_eq!((&shown["of_settings"], &shown["created_at"]), (&json!(true), &Value::Null));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_problem_is_seen_by_the_token_that_it_came_with_and_an_unnamed_one_by_all() {
    let bench = Bench::with(&CLOSED).await;
    let scopes = json!(["submit", "read", "problems"]);
    let ours = make(&bench, json!({"name": "ours", "scopes": scopes})).await;
    let theirs = make(&bench, json!({"name": "theirs", "scopes": scopes})).await;
    let push = async |token: &str, id: &str| {
        let request = bench.request(Method::PUT, &format!("/api/v1/problems/{id}")).bearer_auth(token);
        answer(request.header("content-type", "application/x-tar").body(sums("4 5"))).await.0.as_u16()
    };
    assert_eq!((push(&ours, "exam").await, push(BACKEND, "common").await), (201, 201));
    let listed = async |token: &str| {
        let (_, told) = ask(&bench, token, Method::GET, "/api/v1/problems").await;
        let ids =
            told["problems"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned());
        ids.collect::<Vec<_>>()
    };
    assert_eq!(listed(&ours).await, ["common", "exam"]);
    assert_eq!(listed(OPERATOR).await, ["common", "exam"]);
    assert_eq!(listed(&theirs).await, ["common"]);
    assert_eq!(listed(BACKEND).await, ["common"]);
    for rest in ["", "/versions", "/samples", "/statement", "/attachments/tool.py"] {
        let path = |id: &str| format!("/api/v1/problems/{id}{rest}");
        let (status, told) = ask(&bench, &theirs, Method::GET, &path("exam")).await;
        let nobodys = ask(&bench, &theirs, Method::GET, &path("exan")).await;
        assert_eq!((status.as_u16(), nobodys.0.as_u16()), (404, 404), "{rest}");
        assert_eq!(told.to_string().replace("exam", "exan"), nobodys.1.to_string());
        assert_eq!(ask(&bench, &ours, Method::GET, &path("exam")).await.0, 200, "{rest}");
        assert_eq!(ask(&bench, &theirs, Method::GET, &path("common")).await.0, 200, "{rest}");
    }
    let body = json!({"language": "cpp17", "source": "accept", "problem": "exam"});
    assert_eq!(send(&bench, &ours, "/api/v1/submissions", body.clone()).await.0, 202);
    let (status, told) = send(&bench, &theirs, "/api/v1/submissions", body).await;
    assert_eq!((status.as_u16(), &told["errors"][0]["field"]), (400, &json!("problem")), "{told}");
    // Nobody changes what is another's.
    assert_eq!((push(&theirs, "exam").await, push(&theirs, "common").await), (409, 409));
    let remove = async |token: &str, id: &str| {
        ask(&bench, token, Method::DELETE, &format!("/api/v1/problems/{id}")).await.0.as_u16()
    };
    assert_eq!((remove(&theirs, "exam").await, remove(&theirs, "common").await), (404, 403));
    assert_eq!((remove(BACKEND, "exam").await, remove(OPERATOR, "exam").await), (404, 204));
    assert_eq!(push(&theirs, "exam").await, 201, "it is free again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_judged_again_by_another_tokens_problem_that_has_come_in_its_place() {
    let bench = Bench::with(&CLOSED).await;
    let scopes = json!(["submit", "read", "problems", "operate"]);
    let [ours, theirs] = ["ours", "theirs"].map(|name| json!({"name": name, "scopes": scopes}));
    let (ours, theirs) = (make(&bench, ours).await, make(&bench, theirs).await);
    let push = async |token: &str, secret: &str| {
        let request = bench.request(Method::PUT, "/api/v1/problems/exam?show=full").bearer_auth(token);
        let request = request.header("content-type", "application/x-tar");
        assert_eq!(answer(request.body(sums(secret))).await.0, 201);
    };
    push(&ours, "4 5").await;
    let body = json!({"language": "cpp17", "source": "accept", "problem": "exam", "wait": true});
    let (_, judged) = send(&bench, &ours, "/api/v1/submissions", body).await;
    let path = format!("/api/v1/submissions/{}", judged["id"].as_str().unwrap());
    let outcome = async |token: &str| {
        let request = bench.request(Method::POST, &format!("{path}/rejudge")).bearer_auth(token);
        let (status, order) = answer(request).await;
        assert_eq!(status, 202, "{order}");
        let order = format!("/api/v1/rejudges/{}", order["id"].as_str().unwrap());
        eventually(async || {
            (ask(&bench, token, Method::GET, &order).await.1["state"] == "done").then_some(())
        })
        .await;
        let (_, all) = ask(&bench, token, Method::GET, &format!("{order}/submissions")).await;
        all["submissions"][0].clone()
    };
    assert_eq!(outcome(&ours).await["state"], "done");
    assert_eq!(ask(&bench, &ours, Method::DELETE, "/api/v1/problems/exam").await.0, 204);
    push(&theirs, "6 7").await;
    for token in [ours.as_str(), OPERATOR] {
        let refused = outcome(token).await;
        assert_eq!(refused["state"], "failed", "{refused}");
        assert_eq!(refused["reason"], "there is no problem `exam` any more that its token sees", "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_is_changed_with_its_secrets_as_they_are_and_nobody_gives_more_than_he_has() {
    let bench = Bench::with(&CLOSED).await;
    let secret = make(&bench, json!({"name": "cs101", "scopes": ["submit", "read"], "quota": 9})).await;
    let path = "/api/v1/tokens/cs101";
    let change = async |token: &str, body: Value| {
        answer(bench.request(Method::PATCH, path).bearer_auth(token).json(&body)).await
    };
    let body = json!({"scopes": ["read"], "priority": 7, "expires_at": "2999-01-01T00:00:00Z"});
    let (status, changed) = change(OPERATOR, body).await;
    assert_eq!(status, 200, "{changed}");
    assert_eq!(
        (&changed["scopes"], &changed["quota"], &changed["priority"], &changed["expires_at"]),
        (&json!(["read"]), &json!(9), &json!(7), &json!("2999-01-01T00:00:00.000Z"))
    );
    assert!(changed.get("secret").is_none(), "{changed}");
    assert_eq!(ask(&bench, &secret, Method::GET, "/api/v1/submissions").await.0, 200);
    let program = json!({"language": "cpp17", "source": "accept"});
    assert_eq!(send(&bench, &secret, "/api/v1/submissions", program).await.0, 403);
    let (_, changed) = change(OPERATOR, json!({"quota": null, "expires_at": null})).await;
    assert_eq!(
        (&changed["quota"], &changed["expires_at"], &changed["priority"]),
        (&Value::Null, &Value::Null, &json!(7))
    );
    assert_eq!(change(OPERATOR, json!({})).await.1, ask(&bench, OPERATOR, Method::GET, path).await.1);
    for (body, field) in [
        (json!({"scopes": []}), "scopes"),
        (json!({"quota": 0}), "quota"),
        (json!({"priority": 17}), "priority"),
        (json!({"expires_at": "2020-01-01T00:00:00Z"}), "expires_at"),
    ] {
        let (status, told) = change(OPERATOR, body).await;
        assert_eq!((status.as_u16(), &told["errors"][0]["field"]), (400, &json!(field)), "{told}");
    }
    let (_, told) = change(OPERATOR, json!({"name": "other", "priority": "high", "quota": 0})).await;
    assert_eq!(fields(&told), ["priority", "quota", "name"]);
    let (_, told) = change(OPERATOR, json!([["read"], 5, 5, null])).await;
    assert_eq!(told["type"], "urn:gavel:problem:malformed-body", "{told}");
    // Neither does he touch what may more than he, nor make it so.
    let keeper = make(&bench, json!({"name": "keeper", "scopes": ["operate", "read-all"]})).await;
    assert_eq!(change(&keeper, json!({"quota": 1})).await.0, 403);
    let whole = make(&bench, json!({"name": "whole", "scopes": ["read", "operate", "read-all"]})).await;
    assert_eq!(change(&whole, json!({"scopes": ["read", "submit"]})).await.0, 403);
    assert_eq!(change(&whole, json!({"quota": 5})).await.1["quota"], 5);
    let nobody = bench.request(Method::PATCH, "/api/v1/tokens/none").bearer_auth(OPERATOR).json(&json!({}));
    assert_eq!(answer(nobody).await.0, 404);
}

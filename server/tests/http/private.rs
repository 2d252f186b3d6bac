//! What of a problem is not for those who may only submit: what they are told of it, find of it, and are judged by.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::{Connection as _, SqliteConnection};

use crate::bench::{Bench, answer, eventually};
use crate::problems::{package, sums};
use crate::tokens::{BACKEND, CLOSED, OPERATOR, ask, make, send};

/// Pushes a package with such a query, and returns what is told of it.
async fn pushed(bench: &Bench, token: &str, id: &str, package: Vec<u8>) -> Value {
    let request = bench.request(Method::PUT, &format!("/api/v1/problems/{id}")).bearer_auth(token);
    let (status, told) = answer(request.header("content-type", "application/x-tar").body(package)).await;
    assert!(status.is_success(), "{told}");
    told
}

fn version(told: &Value) -> &str {
    told["version"].as_str().unwrap()
}

async fn contestant(bench: &Bench) -> String {
    make(bench, json!({"name": "lab", "scopes": ["submit", "read"]})).await
}

/// Submits to a problem, or to a version of it; the field that is wrong.
async fn submit(bench: &Bench, token: &str, id: &str, version: Option<&str>) -> (u16, Option<String>) {
    let body = json!({"language": "cpp17", "source": "accept", "problem": id, "version": version});
    let (status, told) = send(bench, token, "/api/v1/submissions", body).await;
    (status.as_u16(), told["errors"][0]["field"].as_str().map(str::to_owned))
}

/// The ids of the problems in a token's list.
async fn listed(bench: &Bench, token: &str) -> Vec<String> {
    let (_, told) = ask(bench, token, Method::GET, "/api/v1/problems").await;
    told["problems"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn notes_on_a_package_are_told_to_those_who_keep_problems_and_to_no_contestant() {
    let bench = Bench::with(&CLOSED).await;
    let yaml = "problem_format_version: legacy\nname: Sums\n";
    let odd = package(&[
        ("sums/problem.yaml", yaml),
        ("sums/data/secret/1.in", "1 2"),
        ("sums/data/secret/1.ans", "3"),
        ("sums/data/secret/anti-hash.txt", "x"),
    ]);
    let request = bench.request(Method::PUT, "/api/v1/problems/sums").bearer_auth(BACKEND);
    let (status, pushed) = answer(request.header("content-type", "application/x-tar").body(odd)).await;
    assert!(status == 201 && pushed["notes"].to_string().contains("anti-hash.txt"), "{pushed}");
    let told = async |scopes: &[&str]| {
        let secret = make(&bench, json!({"name": scopes.join("-"), "scopes": scopes})).await;
        let (status, told) = ask(&bench, &secret, Method::GET, "/api/v1/problems/sums").await;
        assert_eq!(status, 200);
        told["notes"].to_string().contains("anti-hash.txt")
    };
    assert!(!told(&["read"]).await && !told(&["read", "submit", "metrics"]).await);
    assert!(told(&["read", "problems"]).await && told(&["read", "read-all"]).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_contestant_is_judged_by_a_version_that_tells_more_than_the_newest() {
    let bench = Bench::with(&CLOSED).await;
    let full = pushed(&bench, BACKEND, "sums?show=full", sums("4 5")).await;
    let verdicts = pushed(&bench, BACKEND, "sums?show=verdicts", sums("4 5")).await;
    assert_ne!(version(&full), version(&verdicts), "what is shown is a part of a version");
    let token = contestant(&bench).await;
    let of = async |token: &str, told: &Value| submit(&bench, token, "sums", Some(version(told))).await;
    assert_eq!(of(&token, &full).await, (400, Some("version".to_owned())));
    assert_eq!(of(&token, &verdicts).await, (202, None));
    assert_eq!(of(BACKEND, &full).await, (202, None), "who keeps problems may");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_who_only_submits_finds_a_private_problem_whatever_it_is_called() {
    let bench = Bench::with(&CLOSED).await;
    let token = contestant(&bench).await;
    let told = pushed(&bench, BACKEND, "exam?show=full&private=true", sums("4 5")).await;
    assert_eq!(told["private"], true);
    pushed(&bench, BACKEND, "verify-sums", sums("6 7")).await;
    pushed(&bench, BACKEND, "verify-0123456789abcdef0123456789abcdef?show=full", sums("8 9")).await;
    assert_eq!(
        listed(&bench, &token).await,
        ["verify-sums"],
        "an earlier command line says it by its name alone"
    );
    ask(&bench, BACKEND, Method::DELETE, "/api/v1/problems/verify-0123456789abcdef0123456789abcdef").await;
    for keeper in [BACKEND, OPERATOR] {
        assert_eq!(listed(&bench, keeper).await, ["verify-sums", "exam"]);
        assert_eq!(ask(&bench, keeper, Method::GET, "/api/v1/problems/exam").await.1["private"], true);
    }
    let hidden = format!("exam?version={}", version(&told));
    for path in
        ["exam", &hidden, "exam/versions", "exam/samples", "exam/statement", "exam/attachments/tool.py"]
    {
        let path = format!("/api/v1/problems/{path}");
        let nobodys = path.replace("exam", "exan");
        let (status, told) = ask(&bench, &token, Method::GET, &path).await;
        let (_, of_nothing) = ask(&bench, &token, Method::GET, &nobodys).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}: {told}");
        assert_eq!(
            told.to_string().replace("exam", "exan"),
            of_nothing.to_string(),
            "as one that is not there"
        );
        assert_eq!(ask(&bench, BACKEND, Method::GET, &path).await.0, 200, "{path}");
    }
    for named in [None, Some(version(&told))] {
        assert_eq!(submit(&bench, &token, "exam", named).await, (400, Some("problem".to_owned())));
        assert_eq!(submit(&bench, BACKEND, "exam", named).await, (202, None));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_problem_stays_private_until_a_push_says_otherwise_and_its_private_versions_stay_so() {
    let bench = Bench::with(&CLOSED).await;
    let token = contestant(&bench).await;
    let first = pushed(&bench, BACKEND, "exam?show=full&private=true", sums("4 5")).await;
    assert_eq!(pushed(&bench, BACKEND, "exam", sums("6 7")).await["private"], true, "as it was");
    assert_eq!(submit(&bench, &token, "exam", None).await.0, 400);
    let open = pushed(&bench, BACKEND, "exam?show=full&private=false", sums("6 7")).await;
    assert_eq!(open["private"], false);
    assert_eq!(submit(&bench, &token, "exam", None).await.0, 202);
    assert_eq!(
        submit(&bench, &token, "exam", Some(version(&first))).await,
        (400, Some("problem".to_owned()))
    );
    let (_, versions) = ask(&bench, &token, Method::GET, "/api/v1/problems/exam/versions").await;
    let versions: Vec<_> = versions["versions"].as_array().unwrap().iter().map(version).collect();
    assert_eq!(versions, [version(&open)]);
    // The same package once more is the same version, which is withdrawn by it, with all that were before.
    let withdrawn = pushed(&bench, BACKEND, "exam?show=full&private=true", sums("6 7")).await;
    assert_eq!(version(&withdrawn), version(&open));
    pushed(&bench, BACKEND, "exam?show=summary", sums("8 9")).await;
    assert_eq!(submit(&bench, &token, "exam", Some(version(&open))).await.0, 400);
    assert_eq!(listed(&bench, &token).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_with_how_a_problem_is_pushed_is_told_and_nothing_is_pushed() {
    let bench = Bench::start().await;
    for query in
        ["private=", "private=1", "private=TRUE", "private=%00", "private=true&private=false", "Private=true"]
    {
        let request = bench.request(Method::PUT, &format!("/api/v1/problems/exam?{query}")).body(sums("4 5"));
        let (status, told) = answer(request).await;
        let field = told["errors"][0]["field"].as_str().unwrap_or_default();
        assert_eq!((status.as_u16(), field.to_lowercase().as_str()), (400, "private"), "{query}: {told}");
    }
    assert_eq!(bench.get("/api/v1/problems/exam").await.0, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_contestants_submission_is_judged_again_by_what_it_could_not_be_sent_to() {
    let bench = Bench::with(&CLOSED).await;
    let token = contestant(&bench).await;
    let full = pushed(&bench, BACKEND, "sums?show=full", sums("4 5")).await;
    pushed(&bench, BACKEND, "sums", sums("4 5")).await;
    let body = json!({"language": "cpp17", "source": "accept", "problem": "sums", "wait": true});
    let (status, judged) = send(&bench, &token, "/api/v1/submissions", body).await;
    assert_eq!(status, 200, "{judged}");
    let reason = async |order: Value| {
        let (status, order) = send(&bench, OPERATOR, "/api/v1/rejudges", order).await;
        assert_eq!(status, 202, "{order}");
        let path = format!("/api/v1/rejudges/{}", order["id"].as_str().unwrap());
        eventually(async || {
            (ask(&bench, OPERATOR, Method::GET, &path).await.1["state"] == "done").then_some(())
        })
        .await;
        let (_, failed) =
            ask(&bench, OPERATOR, Method::GET, &format!("{path}/submissions?only=failed")).await;
        failed["submissions"][0]["reason"].as_str().unwrap_or_default().to_owned()
    };
    let why = reason(json!({"problem": "sums", "version": version(&full)})).await;
    assert!(why.contains("tells more of secret tests"), "{why}");
    pushed(&bench, BACKEND, "sums?show=full&private=true", sums("6 7")).await;
    let why = reason(json!({"problem": "sums"})).await;
    assert!(why.contains("there is no problem `sums`"), "{why}");
    let path = format!("/api/v1/submissions/{}", judged["id"].as_str().unwrap());
    assert_eq!(ask(&bench, &token, Method::GET, &path).await.1["rejudged_at"], Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_of_an_earlier_version_tells_of_each_version_what_it_shows_and_hides_what_was_being_verified()
 {
    let bench = Bench::with(&CLOSED).await;
    let token = contestant(&bench).await;
    let full = pushed(&bench, BACKEND, "sums?show=full", sums("4 5")).await;
    pushed(&bench, BACKEND, "sums?show=summary", sums("4 5")).await;
    pushed(&bench, BACKEND, "verify-sums", sums("4 5")).await;
    pushed(&bench, BACKEND, "verify-0123456789abcdef0123456789abcdef?show=full", sums("4 5")).await;
    let directory = bench.stop().await;
    let database = directory.path().join("gavel.sqlite");
    let mut connection = SqliteConnection::connect(database.to_str().unwrap()).await.unwrap();
    for sql in [
        "ALTER TABLE problems DROP COLUMN private",
        "ALTER TABLE problems DROP COLUMN show",
        "UPDATE problems SET pushed_at = pushed_at - 60000",
        "DELETE FROM _sqlx_migrations WHERE version IN (12, 13)",
    ] {
        sqlx::query(sql).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
    let bench = Bench::on(directory, &CLOSED).await;
    assert_eq!(submit(&bench, &token, "sums", Some(version(&full))).await, (400, Some("version".to_owned())));
    assert_eq!(submit(&bench, &token, "sums", None).await.0, 202);
    assert_eq!(
        submit(&bench, &token, "verify-0123456789abcdef0123456789abcdef", None).await,
        (400, Some("problem".to_owned()))
    );
    assert_eq!(
        listed(&bench, BACKEND).await,
        ["verify-0123456789abcdef0123456789abcdef", "verify-sums", "sums"]
    );
    assert_eq!(listed(&bench, &token).await, ["verify-sums", "sums"], "the name alone hides nothing");
}

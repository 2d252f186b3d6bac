//! Problems: pushed, shown, submitted to, taken away.

use std::io::Write as _;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::bench::{Bench, answer};

const YAML: &str = "problem_format_version: 2025-09\nname: {en: Sums, de: Summen}\nuuid: 117b564d-429b-44d4-bf8c-c264a3703e07\n\
                    limits: {time_limit: 2, memory: 64}\n";

fn package(files: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (path, text) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, path, text.as_bytes()).unwrap();
    }
    archive.into_inner().unwrap()
}

fn sums(secret: &str) -> Vec<u8> {
    package(&[
        ("sums/problem.yaml", YAML),
        ("sums/statement/problem.en.md", "Add them."),
        ("sums/attachments/tool.py", "print(1)"),
        ("sums/data/sample/1.in", "1 2"),
        ("sums/data/sample/1.ans", "3"),
        ("sums/data/secret/1.in", secret),
        ("sums/data/secret/1.ans", "TOP SECRET"),
        ("sums/submissions/accepted/a.py", "print(sum(map(int, input().split())))"),
    ])
}

async fn push(bench: &Bench, id: &str, package: Vec<u8>) -> (StatusCode, Value) {
    let request = bench.request(Method::PUT, &format!("/api/v1/problems/{id}"));
    answer(request.header("content-type", "application/x-tar").body(package)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_problem_is_pushed_shown_and_taken_away() {
    let bench = Bench::start().await;
    let (status, pushed) = push(&bench, "sums", sums("4 5")).await;
    assert_eq!(status, 201, "{pushed}");
    assert_eq!((&pushed["format"], &pushed["show"]), (&json!("2025-09"), &json!("verdicts")));
    assert_eq!(pushed["cases"], json!({"sample": 1, "secret": 1}));
    assert_eq!(
        (&pushed["limits"]["cpu_ms"], &pushed["limits"]["memory_bytes"]),
        (&json!(2000), &json!(64 << 20))
    );
    assert_eq!(pushed["names"]["de"], "Summen");
    // The same once more is the same version; another is the newest from now on.
    let (status, again) = push(&bench, "sums", sums("4 5")).await;
    assert_eq!((status, &again["version"]), (StatusCode::OK, &pushed["version"]));
    let (status, newer) = push(&bench, "sums", sums("6 7")).await;
    assert_eq!(status, 201);
    assert_ne!(newer["version"], pushed["version"]);
    let (_, shown) = bench.get("/api/v1/problems/sums").await;
    assert_eq!(shown["version"], newer["version"]);
    let version = pushed["version"].as_str().unwrap();
    let (_, older) = bench.get(&format!("/api/v1/problems/sums?version={version}")).await;
    assert_eq!(older["version"], pushed["version"]);
    let (_, versions) = bench.get("/api/v1/problems/sums/versions").await;
    let versions: Vec<_> =
        versions["versions"].as_array().unwrap().iter().map(|one| &one["version"]).collect();
    assert_eq!(versions, [&newer["version"], &pushed["version"]]);
    let (_, listed) = bench.get("/api/v1/problems").await;
    assert_eq!(listed["problems"].as_array().unwrap().len(), 1);
    let (_, samples) = bench.get("/api/v1/problems/sums/samples").await;
    assert_eq!(samples, json!({"samples": [{"name": "sample/1", "input": "1 2", "answer": "3"}]}));
    let (_, statement) = bench.get("/api/v1/problems/sums/statement?language=en").await;
    assert_eq!(statement, "Add them.");
    let (_, tool) = bench.get("/api/v1/problems/sums/attachments/tool.py").await;
    assert_eq!(tool, "print(1)");
    for path in ["data/secret/1.ans", "../data/secret/1.ans", "%2e%2e/data/secret/1.ans", "nothing"] {
        let (status, _) = bench.get(&format!("/api/v1/problems/sums/attachments/{path}")).await;
        assert_eq!(status, 404, "{path}");
    }
    assert_eq!(bench.delete("/api/v1/problems/sums").await.0, 204);
    assert_eq!(bench.delete("/api/v1/problems/sums").await.0, 404);
    assert_eq!(bench.get("/api/v1/problems/sums").await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_submission_is_judged_by_the_newest_version_or_by_the_one_it_names() {
    let bench = Bench::start().await;
    let (_, first) = push(&bench, "sums", sums("4 5")).await;
    let (_, second) = push(&bench, "sums", sums("6 7")).await;
    let body = json!({"language": "cpp17", "source": "accept", "problem": "sums", "wait": true});
    let (status, judged) = bench.post(body.clone()).await;
    assert_eq!(status, 200, "{judged}");
    assert_eq!(judged["problem"], json!({"id": "sums", "version": second["version"]}));
    assert_eq!(
        (&judged["limits"]["cpu_ms"], &judged["limits"]["memory_bytes"]),
        (&json!(2000.0), &json!(64 << 20))
    );
    let mut named = body.clone();
    named["version"] = first["version"].clone();
    let (_, judged) = bench.post(named).await;
    assert_eq!(judged["problem"]["version"], first["version"]);
    let (_, listed) = bench.get("/api/v1/submissions?problem=sums").await;
    assert_eq!(listed["submissions"].as_array().unwrap().len(), 2);
    let (_, listed) = bench.get("/api/v1/submissions?problem=other").await;
    assert_eq!(listed["submissions"].as_array().unwrap().len(), 0);
    for (field, value) in [
        ("tests", json!([{"stdin": "1"}])),
        ("stdin", json!("1")),
        ("limits", json!({"cpu_ms": 9})),
        ("checker", json!("tokens")),
        ("arguments", json!(["a"])),
        ("version", json!("1234")),
        ("problem", json!("other")),
        ("problem", json!("../etc")),
    ] {
        let mut wrong = body.clone();
        wrong[field] = value;
        let (status, told) = bench.post(wrong).await;
        assert_eq!((status, &told["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!(field)), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_problem_that_is_waited_for_stays_until_that_is_judged_also_across_a_restart() {
    let bench = Bench::start().await;
    push(&bench, "sums", sums("4 5")).await;
    let body = json!({"language": "cpp17", "source": "hang", "problem": "sums"});
    let (status, waiting) = bench.post(body).await;
    assert_eq!(status, 202);
    assert_eq!(bench.delete("/api/v1/problems/sums").await.0, 204);
    assert_eq!(bench.get("/api/v1/problems/sums").await.0, 404);
    let directory = bench.stop().await;
    let bench = Bench::on(directory, &[]).await;
    let id = waiting["id"].as_str().unwrap();
    let (_, shown) = bench.get(&format!("/api/v1/submissions/{id}")).await;
    assert_eq!(shown["problem"]["id"], "sums");
    let store = bench.open_store().await;
    let version = shown["problem"]["version"].as_str().unwrap().parse().unwrap();
    assert!(store.problem("sums", version).await.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_package_is_told_with_its_place() {
    let bench = Bench::with(&[("problems.max_package", "1MiB")]).await;
    let faulty = package(&[
        ("problem.yaml", "problem_format_version: 2025-09\nname: x\nlimits: {memory: -1}\n"),
        ("data/secret/1.in", ""),
    ]);
    let (status, told) = push(&bench, "x", faulty).await;
    assert_eq!(status, 400, "{told}");
    let fields: Vec<_> =
        told["errors"].as_array().unwrap().iter().map(|one| one["field"].as_str().unwrap()).collect();
    assert!(fields.iter().any(|field| field.starts_with("problem.yaml:3")), "{told}");
    assert!(fields.iter().any(|field| field.starts_with("data/secret/1")), "{told}");
    let (status, told) = push(&bench, "x", b"not an archive".to_vec()).await;
    assert_eq!(status, 400, "{told}");
    let (status, told) = push(&bench, "..", sums("1")).await;
    assert!(status == 400 || status == 404, "{told}");
    let (status, told) = push(&bench, "x", vec![0; 2 << 20]).await;
    assert_eq!(status, 413, "{told}");
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let zeros = "0".repeat(200 << 20);
    bomb.write_all(&package(&[("data/secret/1.in", &zeros)])).unwrap();
    let bomb = bomb.finish().unwrap();
    assert!(bomb.len() < 1 << 20);
    let (status, told) = push(&bench, "x", bomb).await;
    assert_eq!(status, 400, "{told}");
    assert_eq!(bench.get("/api/v1/problems").await.1["problems"], json!([]));
    let left = std::fs::read_dir(bench.directory.path().join("blobs/incoming")).unwrap().count();
    assert_eq!(left, 0, "what was unpacked has gone");
}

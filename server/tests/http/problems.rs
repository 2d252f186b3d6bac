//! Problems: pushed, shown, submitted to, taken away.

use std::io::Write as _;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::bench::{Bench, answer};
use crate::durability::{crash, crash_to};
use crate::large::until_files;

const YAML: &str = "problem_format_version: 2025-09\nname: {en: Sums, de: Summen}\nuuid: 117b564d-429b-44d4-bf8c-c264a3703e07\n\
                    limits: {time_limit: 2, memory: 64}\n";

pub(crate) fn package(files: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (path, text) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, path, text.as_bytes()).unwrap();
    }
    archive.into_inner().unwrap()
}

pub(crate) fn sums(secret: &str) -> Vec<u8> {
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

pub(crate) async fn push(bench: &Bench, id: &str, package: Vec<u8>) -> (StatusCode, Value) {
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
    let checker = json!({"icpc": {"case_sensitive": false, "space_change_sensitive": false}});
    let sample = json!({"name": "sample/1", "input": "1 2", "answer": "3", "checker": checker});
    assert_eq!(samples, json!({"samples": [sample]}));
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
async fn a_submission_tells_that_there_is_nothing_of_its_problem_any_more() {
    let bench = Bench::start().await;
    let removed = async || {
        let (_, listed) = bench.get("/api/v1/submissions").await;
        let (_, shown) = bench
            .get(&format!("/api/v1/submissions/{}", listed["submissions"][0]["id"].as_str().unwrap()))
            .await;
        assert_eq!(listed["submissions"][0]["problem"], shown["problem"]);
        shown["problem"]["removed"].clone()
    };
    push(&bench, "sums", sums("4 5")).await;
    let body = json!({"language": "cpp17", "source": "accept", "problem": "sums", "wait": true});
    assert_eq!(bench.post(body).await.0, 200);
    assert_eq!(removed().await, Value::Null);
    assert_eq!(bench.delete("/api/v1/problems/sums").await.0, 204);
    assert_eq!(removed().await, true);
    // Another version of it is as good.
    push(&bench, "sums", sums("6 7")).await;
    assert_eq!(removed().await, Value::Null);
    let body = json!({"language": "cpp17", "source": "accept", "wait": true});
    assert_eq!(bench.post(body).await.1["problem"], Value::Null);
    assert_eq!(removed().await, Value::Null);
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
        ("problem.yaml", "problem_format_version: 2025-09\nname: x\nlimits: {memory: -1}\ntime_limt: 3\n"),
        ("data/secret/1.in", ""),
    ]);
    let (status, told) = push(&bench, "x", faulty).await;
    assert_eq!(status, 400, "{told}");
    let all = told["errors"].as_array().unwrap();
    let is_note = |one: &&Value| one["detail"].as_str().unwrap().starts_with("note: ");
    let first = all.iter().position(|one| is_note(&one)).unwrap();
    assert!(all[first..].iter().all(|one| is_note(&one)), "notes stand behind what is wrong: {told}");
    assert!(all[first]["field"].as_str().unwrap().contains("time_limt"), "{told}");
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

/// `sums`, and what is added to its archive.
fn sums_and(add: impl FnOnce(&mut tar::Builder<&mut Vec<u8>>)) -> Vec<u8> {
    let (mut archive, mut end) = (sums("1"), Vec::new());
    archive.truncate(archive.len() - 1024);
    let mut more = tar::Builder::new(&mut end);
    add(&mut more);
    more.finish().unwrap();
    drop(more);
    archive.extend(end);
    archive
}

#[tokio::test(flavor = "multi_thread")]
async fn of_an_archive_that_leads_out_of_its_folder_or_has_too_many_entries_nothing_is_taken() {
    let bench = Bench::start().await;
    let header = |kind| {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_mode(0o644);
        header.set_size(0);
        header
    };
    let named = |name: &str| {
        let mut header = header(tar::EntryType::Regular);
        header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        header
    };
    let link = |to: &str| {
        sums_and(|archive| {
            let mut header = header(tar::EntryType::Symlink);
            archive.append_link(&mut header, "sums/data/secret/2.in", to).unwrap();
        })
    };
    let many = sums_and(|archive| {
        for number in 0..30_000 {
            archive.append(&named(&format!("sums/attachments/{number}")), std::io::empty()).unwrap();
        }
    });
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&many).unwrap();
    for (what, package) in [
        ("..", sums_and(|archive| archive.append(&named("sums/../../evil"), std::io::empty()).unwrap())),
        ("absolute", sums_and(|archive| archive.append(&named("/tmp/evil"), std::io::empty()).unwrap())),
        ("a link out", link("../../../../../../etc/passwd")),
        ("an absolute link", link("/etc/passwd")),
        ("30 000 entries", packed.finish().unwrap()),
    ] {
        let (status, told) = push(&bench, "sums", package).await;
        assert_eq!(
            (status, told["type"].as_str().is_some()),
            (StatusCode::BAD_REQUEST, true),
            "{what}: {told}"
        );
        assert!(told["errors"].as_array().is_some_and(|all| !all.is_empty()), "{what}: {told}");
    }
    assert_eq!(bench.get("/api/v1/problems").await.1["problems"], json!([]));
    let left = std::fs::read_dir(bench.directory.path().join("blobs/incoming")).unwrap().count();
    assert_eq!(left, 0, "what was unpacked has gone");
    // What was added is what was wrong.
    assert_eq!(push(&bench, "sums", sums_and(|_| ())).await.0, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_come_with_their_type() {
    let bench = Bench::start().await;
    let statements = [
        ("en", "tex", "application/x-tex"),
        ("de", "txt", "text/plain; charset=utf-8"),
        ("fr", "pdf", "application/pdf"),
        ("sv", "md", "text/markdown; charset=utf-8"),
    ];
    let paths = statements.map(|(language, ending, _)| format!("statement/problem.{language}.{ending}"));
    let mut files = vec![("problem.yaml", YAML), ("data/secret/1.in", ""), ("data/secret/1.ans", "")];
    files.extend(paths.iter().map(|path| (path.as_str(), path.as_str())));
    let (status, pushed) = push(&bench, "sums", package(&files)).await;
    assert_eq!(status, 201, "{pushed}");
    for ((language, _, kind), path) in statements.into_iter().zip(&paths) {
        let asked = format!("/api/v1/problems/sums/statement?language={language}");
        let answer = bench.request(Method::GET, &asked).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], kind, "{language}");
        assert_eq!(answer.text().await.unwrap(), *path);
    }
    let (status, told) = bench.get("/api/v1/problems/sums/statement?language=it").await;
    assert_eq!(status, 404);
    assert!(told["detail"].as_str().unwrap().contains("de, en, fr, sv"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_problem_51_versions_are_kept() {
    let bench = Bench::start().await;
    let mut pushed = Vec::new();
    for number in 0..52 {
        let (status, told) = push(&bench, "sums", sums(&number.to_string())).await;
        assert_eq!(status, 201, "{told}");
        pushed.push(told["version"].clone());
    }
    pushed.reverse();
    let (_, listed) = bench.get("/api/v1/problems/sums/versions").await;
    let kept: Vec<_> = listed["versions"].as_array().unwrap().iter().map(|one| &one["version"]).collect();
    assert_eq!(kept, pushed[..51].iter().collect::<Vec<_>>(), "{listed}");
    for (version, status) in [(&pushed[50], 200), (&pushed[51], 404)] {
        let path = format!("/api/v1/problems/sums?version={}", version.as_str().unwrap());
        assert_eq!(bench.get(&path).await.0, status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_package_is_taken_while_all_problems_take_more_than_they_may() {
    let bench = Bench::with(&[("problems.max_package", "300KiB"), ("problems.max_size", "300KiB")]).await;
    let large = |digit: &str| sums(&digit.repeat(200_000));
    for id in ["one", "two"] {
        let (status, told) = push(&bench, id, large(if id == "one" { "1" } else { "2" })).await;
        assert_eq!(status, 201, "{told}");
    }
    let (status, told) = push(&bench, "three", large("3")).await;
    assert_eq!(status, 503, "{told}");
    assert!(told["detail"].as_str().unwrap().contains("`problems.max_size`"), "{told}");
    assert_eq!(bench.get("/api/v1/problems/three").await.0, 404);
    assert_eq!(bench.delete("/api/v1/problems/one").await.0, 204);
    assert_eq!(push(&bench, "three", large("3")).await.0, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_have_names_and_samples_that_are_cut_say_so() {
    let bench = Bench::start().await;
    let long = "7".repeat(70_000);
    let cases: Vec<_> =
        (0..60).map(|n| [format!("data/sample/{n:02}.in"), format!("data/sample/{n:02}.ans")]).collect();
    let mut files = vec![("problem.yaml", YAML), ("data/secret/1.in", ""), ("data/secret/1.ans", "")];
    for [input, answer] in &cases {
        files.extend([(input.as_str(), long.as_str()), (answer.as_str(), "1")]);
    }
    let (status, pushed) = push(&bench, "many", package(&files)).await;
    assert_eq!(status, 201, "{pushed}");
    let (_, told) = bench.get("/api/v1/problems/many/samples").await;
    let samples = told["samples"].as_array().unwrap();
    assert_eq!((samples.len(), &told["total"]), (50, &json!(60)));
    assert_eq!(samples[0]["input"].as_str().unwrap().len(), 65_536);
    assert_eq!((&samples[0]["input_bytes"], &samples[0]["answer_bytes"]), (&json!(70_000), &Value::Null));
    for path in ["/api/v1/problems", "/api/v1/problems/many/versions"] {
        let (_, listed) = bench.get(path).await;
        let listed = listed.get("problems").or(listed.get("versions")).unwrap();
        assert_eq!(listed[0]["names"], json!({"en": "Sums", "de": "Summen"}));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interactive_problem_is_refused_where_a_program_and_its_partner_cannot_run_together() {
    let yaml = "problem_format_version: 2025-09\nname: Guess\nuuid: 117b564d-429b-44d4-bf8c-c264a3703e07\ntype: interactive\n";
    let guess = package(&[
        ("problem.yaml", yaml),
        ("data/secret/1.in", "5"),
        ("data/secret/1.ans", "5"),
        ("output_validator/v.py", "raise SystemExit(42)"),
    ]);
    let body = json!({"language": "cpp17", "source": "accept", "problem": "guess"});
    for (runs, expected) in [("1", 400), ("2", 202)] {
        let bench = Bench::with(&[("runs", runs)]).await;
        let (status, pushed) = push(&bench, "guess", guess.clone()).await;
        assert_eq!(status, 201, "{pushed}");
        let (status, told) = bench.post(body.clone()).await;
        assert_eq!(status.as_u16(), expected, "{told}");
        if expected == 400 {
            let detail = told["errors"][0]["detail"].as_str().unwrap();
            assert!(detail.contains("two run slots"), "{detail}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_package_that_the_server_did_not_outlive_nothing_is_left() {
    let bench = Bench::start().await;
    let large = "7".repeat(300_000);
    // The files are on disk, the row that names them is not.
    let left = crash(&bench);
    let (status, pushed) = push(&bench, "sums", sums(&large)).await;
    assert_eq!(status, 201, "{pushed}");
    let copied = tempfile::tempdir().unwrap();
    crash_to(&bench, copied.path());
    std::fs::remove_dir_all(left.path().join("blobs")).unwrap();
    std::fs::rename(copied.path().join("blobs"), left.path().join("blobs")).unwrap();
    std::fs::write(left.path().join("blobs/incoming/half"), &large).unwrap();
    let next = Bench::on(left, &[]).await;
    assert_eq!(next.get("/api/v1/problems").await.1["problems"], json!([]));
    until_files(&next, 0).await;
    assert_eq!(std::fs::read_dir(next.directory.path().join("blobs/incoming")).unwrap().count(), 0);
    // It is taken whole when it comes again.
    let (status, again) = push(&next, "sums", sums(&large)).await;
    assert_eq!((status, &again["version"]), (StatusCode::CREATED, &pushed["version"]));
    let (_, judged) =
        next.post(json!({"language": "cpp17", "source": "accept", "problem": "sums", "wait": true})).await;
    assert_eq!(judged["verdict"], "Accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_problem_judged_when_the_server_died_is_judged_once_by_the_version_that_it_had() {
    let bench = Bench::with(&[("workers", "1")]).await;
    let (_, first) = push(&bench, "sums", sums("4 5")).await;
    let body = json!({"language": "cpp17", "source": "sleep 3000", "problem": "sums"});
    let (_, running) = bench.post(body.clone()).await;
    let (_, waiting) = bench.post(body).await;
    bench.until(running["id"].as_str().unwrap(), "running").await;
    let (_, second) = push(&bench, "sums", sums("6 7")).await;
    assert_ne!(first["version"], second["version"]);
    assert_eq!(bench.delete("/api/v1/problems/sums").await.0, 204);
    let next = Bench::on(crash(&bench), &[("workers", "1")]).await;
    for one in [&running, &waiting] {
        let judged = next.until(one["id"].as_str().unwrap(), "done").await;
        assert_eq!(
            (&judged["verdict"], &judged["problem"]["version"]),
            (&json!("Accepted"), &first["version"])
        );
    }
    assert_eq!(next.judge.finished.lock().unwrap().len(), 2);
    // Then nobody needs the problem any more.
    let store = next.open_store().await;
    let keep = std::time::Duration::from_secs(3600);
    let retention =
        gavel::store::Retention { keep, keep_tests: keep, max_size: gavel_protocol::Bytes::mib(100) };
    store.purge(retention).await.unwrap();
    let version = first["version"].as_str().unwrap().parse().unwrap();
    assert!(store.problem("sums", version).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn constants_are_replaced_in_what_is_kept_of_a_package() {
    let bench = Bench::start().await;
    let yaml = format!("{YAML}constants: {{n: 5, long: '{}'}}\n", "x".repeat(10_000));
    let with = |statement: &str| {
        package(&[
            ("sums/problem.yaml", &yaml),
            ("sums/statement/problem.en.md", statement),
            ("sums/data/secret/1.in", "{{n}}"),
            ("sums/data/secret/1.ans", "{{n}}"),
        ])
    };
    let (status, pushed) = push(&bench, "sums", with("Add {{n}} numbers, not {{m}}.")).await;
    assert_eq!(status, 201, "{pushed}");
    let request = bench.request(Method::GET, "/api/v1/problems/sums/statement");
    assert_eq!(request.send().await.unwrap().text().await.unwrap(), "Add 5 numbers, not {{m}}.");
    let (status, refused) = push(&bench, "sums", with(&"{{long}}".repeat(2000))).await;
    assert_eq!(
        (status, &refused["errors"][0]["field"]),
        (StatusCode::BAD_REQUEST, &json!("statement/problem.en.md"))
    );
}

//! Submissions that are the answers to a problem's cases, in the place of a program.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::bench::Bench;
use crate::problems::{package, push, sums};

const YAML: &str = "problem_format_version: 2025-09\nname: Sums\nuuid: 117b564d-429b-44d4-bf8c-c264a3703e07\n\
                    type: submit-answer\nlimits: {code: 1}\nlanguages: [cpp]\n";

async fn bench() -> Bench {
    let bench = Bench::start().await;
    let bare = package(&[
        ("problem.yaml", YAML),
        ("data/sample/1.in", "1 2"),
        ("data/sample/1.ans", "3"),
        ("data/secret/2.in", "3 4"),
        ("data/secret/2.ans", "7"),
    ]);
    assert_eq!(push(&bench, "bare", bare).await.0, 201);
    assert_eq!(push(&bench, "sums", sums("4 5")).await.0, 201);
    bench
}

/// What is told of the first thing that is wrong.
async fn refused(bench: &Bench, body: Value) -> (String, String) {
    let (status, told) = bench.post(body.clone()).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{body}: {told}");
    let text = |name: &str| told["errors"][0][name].as_str().unwrap().to_owned();
    (text("field"), text("detail"))
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_need_no_language_and_are_shown_as_what_they_are() {
    let bench = bench().await;
    for language in [Value::Null, json!("answers")] {
        let long = "7".repeat(2000);
        let files = json!({"1.ans": "3", "secret/2.out": long});
        let body = json!({"language": language, "problem": "bare", "files": files, "wait": true});
        let (status, judged) = bench.post(body).await;
        assert_eq!((status, &judged["language"]), (StatusCode::OK, &json!("answers")), "{judged}");
        assert_eq!(judged["problem"]["id"], "bare");
        let id = judged["id"].as_str().unwrap();
        let (_, sources) = bench.get(&format!("/api/v1/submissions/{id}/sources")).await;
        assert_eq!(sources["files"]["1.ans"], "3", "{sources}");
    }
    let (_, listed) = bench.get("/api/v1/submissions?language=answers").await;
    assert_eq!(listed["submissions"].as_array().unwrap().len(), 2, "{listed}");
    let files = json!({"1.ans": "3", "2.ans": "7"});
    let body = json!({"problem": "bare", "files": files, "wait": true, "stop_at_first_failure": false});
    assert_eq!(bench.post(body).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_answer_is_refused_with_what_is_allowed() {
    let bench = bench().await;
    let answer = json!({"1.ans": "3"});
    let (field, told) =
        refused(&bench, json!({"problem": "bare", "files": {"1.ans": "3", "9.ans": "1"}})).await;
    assert_eq!(field, "files");
    assert!(told.starts_with("`9.ans` names no case") && told.ends_with("`sample/1`, `secret/2`"), "{told}");
    let (field, told) = refused(&bench, json!({"problem": "sums", "files": answer})).await;
    assert!(
        field == "language" && told.contains("submit-answer") && told.contains("cpp17"),
        "{field}: {told}"
    );
    for (body, expected) in [
        (json!({"files": answer}), "language"),
        (json!({"files": answer, "language": "answers"}), "language"),
        (json!({"files": answer, "tests": [{"stdin": ""}]}), "language"),
        (json!({"files": {}, "problem": "bare"}), "files"),
        (json!({"problem": "bare"}), "source"),
        (json!({"source": "accept", "problem": "bare"}), "language"),
        (json!({"source": "3", "problem": "bare", "language": "answers"}), "source"),
        (
            json!({"files": answer, "problem": "bare", "language": "answers", "entry_point": "1.ans"}),
            "entry_point",
        ),
        (json!({"files": answer, "problem": "bare", "language": "answers", "collect": ["x"]}), "collect"),
        (json!({"files": answer, "problem": "bare", "language": 5}), "language"),
        (json!({"files": {"../1.ans": "3"}, "problem": "bare"}), "files.../1.ans"),
        (json!({"files": {"1.ans": "3".repeat(1_048_577)}, "problem": "bare"}), "source"),
    ] {
        let (field, told) = refused(&bench, body.clone()).await;
        assert_eq!(field, expected, "{told}");
    }
    let many: serde_json::Map<_, _> = (0..101).map(|number| (format!("{number}.ans"), json!(""))).collect();
    assert_eq!(refused(&bench, json!({"problem": "bare", "files": many})).await.0, "files");
    // Programs are welcome as ever, in the languages and of the size that the problem says.
    let program = json!({"language": "cpp17", "source": "accept", "problem": "bare", "wait": true});
    assert_eq!(bench.post(program).await.0, 200);
}

//! A submission's way through the API.

use serde_json::json;

use crate::bench::Bench;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_submission_that_waits_is_answered_with_its_judgement() {
    let bench = Bench::start().await;
    let (status, body) = bench.post(json!({"language": "cpp17", "source": "accept", "wait": true})).await;
    assert_eq!(status, 200);
    let mut shown = body.clone();
    for (name, value) in
        [("id", "(id)"), ("created_at", "(time)"), ("started_at", "(time)"), ("finished_at", "(time)")]
    {
        assert!(shown[name].is_string(), "{name} in {body}");
        shown[name] = value.into();
    }
    insta::assert_json_snapshot!(shown);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_is_told_what_is_read_later() {
    let bench = Bench::start().await;
    let reference = json!({"course": "c", "exercise": "e"});
    for source in ["accept", "tle", "die", "binary"] {
        let body = json!({"language": "cpp17", "source": source, "user": "alice", "reference": reference, "wait": true,
                          "tests": [{"stdin": "1"}, {"stdin": "2", "hidden": true}]});
        let (status, told) = bench.post(body).await;
        assert_eq!((status.as_u16(), &told["reference"]), (200, &reference), "{source}: {told}");
        let read = bench.get(&format!("/api/v1/submissions/{}", told["id"].as_str().unwrap())).await.1;
        assert_eq!(told, read, "{source}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_submission_that_does_not_wait_is_accepted_with_its_address() {
    let bench = Bench::start().await;
    let body = json!({"language": "cpp17", "source": "accept", "user": "alice"});
    let request = bench.request(reqwest::Method::POST, "/api/v1/submissions").json(&body);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 202);
    let location = response.headers()["location"].to_str().unwrap().to_owned();
    let body: serde_json::Value = response.json().await.unwrap();
    let id = body["id"].as_str().unwrap();
    assert_eq!(location, format!("/api/v1/submissions/{id}"));
    let judged = bench.until(id, "done").await;
    assert_eq!((&judged["verdict"], &judged["user"]), (&json!("Accepted"), &json!("alice")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_may_take_longer_than_a_request_may() {
    let bench = Bench::start().await;
    let (status, body) = bench.post(json!({"language": "cpp17", "source": "sleep 6000", "wait": true})).await;
    assert_eq!((status.as_u16(), &body["verdict"]), (200, &json!("Accepted")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_a_path_prefix_the_location_has_it_and_nothing_else_is_believed() {
    let bench = Bench::start().await;
    let body = json!({"language": "cpp17", "source": "accept"});
    for (given, expected) in [
        ("/judge", "/judge"),
        ("/a/b/", "/a/b"),
        ("/", ""),
        ("judge", ""),
        ("//evil.example", ""),
        ("/a\"b", ""),
        ("https://evil.example", ""),
    ] {
        let request = bench.request(reqwest::Method::POST, "/api/v1/submissions").json(&body);
        let response = request.header("x-forwarded-prefix", given).send().await.unwrap();
        let location = response.headers()["location"].to_str().unwrap().to_owned();
        assert!(location.starts_with(&format!("{expected}/api/v1/submissions/")), "{given}: {location}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_that_a_program_left_are_handed_out_as_nothing_that_a_browser_runs() {
    let directory = {
        let bench = Bench::start().await;
        for input in ["<script>".to_owned(), "<script>".repeat(50_000)] {
            let body = json!({"language": "cpp17", "source": "accept", "stdin": input, "wait": true,
                "collect": ["page.html", "plot.png"]});
            let (_, judged) = bench.post(body).await;
            let id = judged["id"].as_str().unwrap();
            let path = format!("/api/v1/submissions/{id}/files/0/page.html");
            let files = json!([{"name": "page.html", "bytes": input.len(), "path": path},
                {"name": "plot.png", "missing": "the program wrote no such file"}]);
            assert_eq!(judged["tests"][0]["files"], files);
            let response = bench.request(reqwest::Method::GET, &path).send().await.unwrap();
            let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
            assert_eq!(header("content-type"), "application/octet-stream");
            assert_eq!(header("x-content-type-options"), "nosniff");
            assert_eq!(header("content-security-policy"), "default-src 'none'; sandbox");
            assert_eq!(header("content-disposition"), "attachment; filename=\"page.html\"");
            assert!(response.text().await.unwrap() == input);
            for nothing in
                ["0/plot.png", "1/page.html", "0/other", "x/page.html", "-1/page.html", "0/..%2fpage.html"]
            {
                let (status, _) = bench.get(&format!("/api/v1/submissions/{id}/files/{nothing}")).await;
                assert_eq!(status, 404, "{nothing}");
            }
        }
        bench.stop().await
    };
    // They are there as long as the judgement is, also after the server was started anew.
    let bench = Bench::on(directory, &[]).await;
    let (_, listed) = bench.get("/api/v1/submissions").await;
    for submission in listed["submissions"].as_array().unwrap() {
        let id = submission["id"].as_str().unwrap();
        let path = format!("/api/v1/submissions/{id}/files/0/page.html");
        let text = bench.request(reqwest::Method::GET, &path).send().await.unwrap().text().await.unwrap();
        assert!(text.starts_with("<script>"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_to_hand_back_are_few_and_have_names() {
    let bench = Bench::start().await;
    let many: Vec<String> = (0..9).map(|number| format!("{number}.png")).collect();
    for (collect, field) in [
        (json!(many), "collect"),
        (json!(["a", "../b"]), "collect[1]"),
        (json!(["a", "a"]), "collect[1]"),
        (json!(["/etc/passwd"]), "collect[0]"),
        (json!([7]), "collect[0]"),
    ] {
        let body = json!({"language": "cpp17", "source": "accept", "collect": collect});
        let (status, told) = bench.post(body).await;
        assert_eq!((status.as_u16(), &told["errors"][0]["field"]), (400, &json!(field)), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_we_fail_to_judge_tells_how_many_tests_there_were() {
    let bench = Bench::start().await;
    let tests = [1, 2, 3].map(|input| json!({"stdin": input.to_string()}));
    let (_, judged) =
        bench.post(json!({"language": "cpp17", "source": "die", "tests": tests, "wait": true})).await;
    assert_eq!(judged["verdict"], "InternalError", "{judged}");
    assert_eq!((&judged["summary"]["passed"], &judged["summary"]["total"]), (&json!(0), &json!(3)));
}

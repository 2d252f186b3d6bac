//! Submissions and judgements that are too large for rows and for memory.

use std::path::{Path, PathBuf};
use std::time::Duration;

use futures_util::future::join_all;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;

use crate::bench::{Bench, PATIENCE, answer, eventually};
use crate::durability::crash;

const SUBMISSIONS: &str = "/api/v1/submissions";
const MIB: usize = 1 << 20;

/// Contents that are files now.
fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory.join("blobs")).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| std::fs::read_dir(path).unwrap().map(|file| file.unwrap().path())).collect()
}

pub(crate) async fn until_files(bench: &Bench, count: usize) {
    eventually(|| async { (files(bench.directory.path()).len() == count).then_some(()) }).await;
}

fn body(user: &str, source: &str, stdin: &str) -> Value {
    json!({"language": "cpp17", "source": source, "user": user, "stdin": stdin})
}

async fn submit(bench: &Bench, body: Value) -> String {
    let (status, answer) = bench.post(body).await;
    assert_eq!(status, 202, "{answer}");
    answer["id"].as_str().unwrap().to_owned()
}

/// Sends a body that is put together already.
async fn send(bench: &Bench, body: String) -> (StatusCode, Value) {
    let request = bench.request(Method::POST, SUBMISSIONS).header("content-type", "application/json");
    answer(request.body(body)).await
}

async fn accept(bench: &Bench, body: String) -> String {
    let (status, answer) = send(bench, body).await;
    assert_eq!(status, 202, "{answer}");
    answer["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_input_of_many_is_one_file_that_goes_with_the_last_of_them() {
    let bench = Bench::with(&[("workers", "1")]).await;
    let input = "7 ".repeat(MIB);
    let first = submit(&bench, body("a", "hang", &input)).await;
    bench.until(&first, "running").await;
    let others = join_all((0..5).map(|n| submit(&bench, body(&n.to_string(), "accept", &input)))).await;
    let different = submit(&bench, body("z", "accept", &"8 ".repeat(MIB))).await;
    until_files(&bench, 2).await;
    bench.delete(&format!("{SUBMISSIONS}/{first}")).await;
    for id in others.iter().chain([&different]) {
        assert_eq!(bench.until(id, "done").await["verdict"], "Accepted");
    }
    // Two judgements' worth of outputs: the stand-in echoes its input.
    until_files(&bench, 2).await;
    let store = bench.open_store().await;
    tokio::time::sleep(Duration::from_millis(20)).await;
    store
        .purge(gavel::store::Retention {
            keep: Duration::from_millis(10),
            keep_tests: Duration::from_millis(10),
            max_size: gavel_protocol::Bytes::mib(100),
        })
        .await
        .unwrap();
    until_files(&bench, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn large_submissions_are_judged_once_after_a_crash() {
    let bench = Bench::with(&[("workers", "1")]).await;
    let mut accepted = vec![submit(&bench, body("a", "hang", &"0 ".repeat(MIB))).await];
    bench.until(&accepted[0], "running").await;
    for number in 0..4 {
        let source = format!("accept {number}");
        accepted.push(submit(&bench, body("a", &source, &format!("{number} ").repeat(MIB))).await);
    }
    let next = Bench::on(crash(&bench), &[("workers", "1")]).await;
    next.delete(&format!("{SUBMISSIONS}/{}", accepted[0])).await;
    for (number, id) in accepted[1..].iter().enumerate() {
        let judged = next.until(id, "done").await;
        assert_eq!(judged["verdict"], "Accepted");
        assert!(judged["tests"][0]["stdout"] == format!("{number} ").repeat(MIB), "{id}");
    }
    assert_eq!(next.judge.finished.lock().unwrap().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_output_comes_whole_in_answers_and_events() {
    let bench = Bench::start().await;
    let input = "ä\"\\\n\u{1}".repeat(MIB / 4);
    let id = submit(&bench, body("a", "accept", &input)).await;
    let judged = bench.until(&id, "done").await;
    assert!(judged["tests"][0]["stdout"] == input.as_str());
    assert_eq!(judged["tests"][0]["stderr"], "");
    let events = bench.request(Method::GET, &format!("{SUBMISSIONS}/{id}/events")).send().await.unwrap();
    let events = events.text().await.unwrap();
    let data = events.strip_prefix("event: judgement\ndata: ").unwrap().strip_suffix("\n\n").unwrap();
    assert!(serde_json::from_str::<Value>(data).unwrap() == judged);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_breaks_off_or_is_refused_leaves_nothing() {
    let bench = Bench::start().await;
    let mut stream = tokio::net::TcpStream::connect(bench.url.trim_start_matches("http://")).await.unwrap();
    let head = format!(
        "POST {SUBMISSIONS} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{{\"stdin\":\"",
        8 * MIB
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&vec![b'x'; 4 * MIB]).await.unwrap();
    until_files(&bench, 1).await;
    drop(stream);
    until_files(&bench, 0).await;
    let refused =
        json!({"language": "cpp17", "stdin": "x".repeat(MIB), "tests": [{"stdin": "y".repeat(MIB)}]});
    let (status, answer) = bench.post(refused).await;
    assert_eq!(status, 400, "{answer}");
    until_files(&bench, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_on_their_way_count_with_what_waits() {
    let bench = Bench::with(&[("workers", "1"), ("queue.max_bytes", "3MiB")]).await;
    // One that is larger than the bound may come while nothing else is there.
    let first = submit(&bench, body("a", "hang", &"1".repeat(4 * MIB))).await;
    let (status, answer) = bench.post(body("b", "accept", &"2".repeat(2 * MIB))).await;
    assert_eq!(status, 503, "{answer}");
    until_files(&bench, 1).await;
    bench.delete(&format!("{SUBMISSIONS}/{first}")).await;
    let second = submit(&bench, body("b", "accept", &"2".repeat(2 * MIB))).await;
    bench.until(&second, "done").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_input_that_a_class_sends_at_the_same_time_counts_once() {
    let mut bench = Bench::with(&[("workers", "1"), ("queue.max_bytes", "8MiB")]).await;
    bench.client = reqwest::Client::builder().timeout(3 * PATIENCE).build().unwrap();
    let running = submit(&bench, body("z", "hang", "1")).await;
    bench.until(&running, "running").await;
    let input = "7 ".repeat(3 * MIB / 2);
    // They are put together before a connection waits for the first: on a slow host that takes longer than a head may.
    let class: Vec<_> = (0..18).map(|n| body(&n.to_string(), "accept", &input).to_string()).collect();
    let class = join_all(class.into_iter().map(|body| accept(&bench, body))).await;
    until_files(&bench, 1).await;
    // What is really too much is refused, once that is known.
    let others: Vec<_> = (0..4)
        .map(|n| body(&format!("o{n}"), "accept", &format!("{n} ").repeat(3 * MIB / 2)).to_string())
        .collect();
    let others = join_all(others.into_iter().map(|body| send(&bench, body))).await;
    let accepted = others.iter().filter(|(status, _)| *status == 202).count();
    assert_eq!(accepted, 1, "{others:?}");
    until_files(&bench, 2).await;
    bench.delete(&format!("{SUBMISSIONS}/{running}")).await;
    for id in &class {
        bench.until(id, "done").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_text_is_bounded_however_long_the_body() {
    let bench = Bench::start().await;
    for (begin, again) in
        [("{\"tests\":[", "{},"), ("[", "0,"), ("{\"language\":\"", "x"), ("{", "\"k\":[[]],")]
    {
        let text = format!("{begin}{}", again.repeat(8 * MIB / again.len()));
        let request = bench.request(Method::POST, SUBMISSIONS).header("content-type", "application/json");
        // It may be refused before all of it is sent, which ends the connection.
        let Ok(response) = request.body(text).send().await else { continue };
        assert_eq!(response.status(), 400);
        assert!(response.text().await.unwrap().contains("no source, input or answer"));
    }
    assert_eq!(bench.get("/healthz").await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_body_is_read_as_a_small_one_is() {
    let bench = Bench::start().await;
    let pad = " ".repeat(MIB);
    let long = "x".repeat(3 * MIB);
    for (text, status, told) in [
        (
            format!("{{\"language\": \"cpp17\", \"source\": \"accept\", \"st\\u0064in\": \"{long}\"}}"),
            202,
            "\"state\":",
        ),
        (format!("{{{pad}\"language\": \"cpp17\", \"source\": \"accept\\n\"}}"), 202, "\"state\":"),
        (format!("{{{pad}\"language\": \"cpp17\", \"source\": \"\\ud800\"}}"), 400, "line 1 column"),
        (format!("{{{pad}\"language\": \"cpp17\", \"source\": 7}}"), 400, "\"field\":\"source\""),
        (
            format!(
                "{{{pad}\"language\": \"cpp17\", \"source\": \"\", \"tests\": [{{\"stdin_base64\": \"*\"}}]}}"
            ),
            400,
            "tests[0].stdin_base64",
        ),
        (format!("{{{pad}\"language\": \"cpp17\", \"source\": \"\"}} {{}}"), 400, "trailing characters"),
        (
            format!("{{{pad}\"language\": \"cpp17\", \"source\": \"a\", \"source\": \"b\"}}"),
            400,
            "this field comes twice",
        ),
    ] {
        let request = bench.request(Method::POST, SUBMISSIONS).header("content-type", "application/json");
        let (got, body) = answer(request.body(text)).await;
        assert_eq!(got, status, "{body}");
        assert!(body.to_string().contains(told), "{body}");
    }
}

//! Every refusal: its status, its form, and the field it names.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::bench::{Bench, PATIENCE, answer};

const SUBMISSIONS: &str = "/api/v1/submissions";
/// No submission has this id.
const NOBODYS: &str = "9a8c7a54-be93-4fa4-bf8f-09f64d208806";

/// What is wrong with a body, as `field: detail` lines.
async fn refusal(bench: &Bench, body: Value) -> String {
    let (status, answer) = bench.post(body).await;
    assert_eq!(status, 400, "{answer}");
    assert_eq!(answer["type"], "urn:gavel:problem:invalid-field", "{answer}");
    let errors = answer["errors"].as_array().unwrap();
    let lines = errors
        .iter()
        .map(|error| format!("{}: {}", error["field"].as_str().unwrap(), error["detail"].as_str().unwrap()));
    lines.collect::<Vec<_>>().join("\n")
}

fn with(extra: Value) -> Value {
    let mut body = json!({"language": "cpp17", "source": "accept"});
    body.as_object_mut().unwrap().append(&mut extra.as_object().unwrap().clone());
    body
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_limit_above_its_maximum_is_refused_with_field_value_and_maximum() {
    let bench = Bench::start().await;
    for (section, name, value, max) in [
        ("limits", "cpu_ms", json!(30_001), "30000"),
        ("limits", "wall_ms", json!(120_000.5), "120000"),
        ("limits", "memory_bytes", json!(1_073_741_825), "1073741824"),
        ("limits", "stack_bytes", json!(1_073_741_825), "1073741824"),
        ("limits", "file_bytes", json!(268_435_457), "268435456"),
        ("limits", "output_bytes", json!(1_073_741_825), "1073741824"),
        ("limits", "processes", json!(257), "256"),
        ("limits", "open_files", json!(1025), "1024"),
        ("compile_limits", "cpu_ms", json!(60_001), "60000"),
    ] {
        let refused = refusal(&bench, with(json!({section: {name: value.clone()}}))).await;
        let begin = format!("{section}.{name}: `{section}.{name}` is {value}; allowed is");
        assert!(refused.starts_with(&begin), "{refused}");
        assert!(refused.ends_with(&format!("to {max}, the maximum of this server")), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_maximum_itself_is_allowed() {
    let bench = Bench::start().await;
    let limits = json!({"cpu_ms": 30_000, "wall_ms": 120_000, "memory_bytes": 1_073_741_824, "processes": 256,
        "open_files": 1024, "file_bytes": 268_435_456, "output_bytes": 67_108_864, "stack_bytes": 1_073_741_824});
    let (status, body) = bench.post(with(json!({"limits": limits}))).await;
    assert_eq!(status, 202, "{body}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_that_are_no_limit_are_refused_with_their_field() {
    let bench = Bench::start().await;
    for value in [json!(0), json!(-1), json!(1e308), json!(0.5)] {
        for name in ["memory_bytes", "processes", "open_files"] {
            let refused = refusal(&bench, with(json!({"limits": {name: value}}))).await;
            assert!(refused.starts_with(&format!("limits.{name}: ")), "{refused}");
        }
    }
    for value in [json!(0), json!(-1), json!(1e308)] {
        let refused = refusal(&bench, with(json!({"limits": {"cpu_ms": value}}))).await;
        assert!(refused.starts_with("limits.cpu_ms: "), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn values_of_another_type_are_refused_with_their_path() {
    let bench = Bench::start().await;
    for (body, field) in [
        (with(json!({"limits": {"cpu_ms": "1000"}})), "limits.cpu_ms"),
        (with(json!({"tests": [{"stdin": "1"}, {"stdin": 2}]})), "tests[1].stdin"),
        (with(json!({"user": 7})), "user"),
        (with(json!({"isolation": "none"})), "isolation"),
        (with(json!({"wait": "yes"})), "wait"),
        (with(json!({"flags": "-O3"})), "flags"),
        (with(json!({"limits": {"cpu": 1}})), "limits.cpu"),
        (json!({"language": "cpp17", "files": ["main.cpp"]}), "files"),
    ] {
        let refused = refusal(&bench, body).await;
        assert!(refused.starts_with(&format!("{field}: ")), "{field}: {refused}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_unknown_field_is_told_at_once_with_all_else_that_is_wrong() {
    let bench = Bench::start().await;
    let body = json!({"flags": 1, "language": "cpp17", "sources": {"a": [1]}, "limits": {"cpu": 1, "cpu_ms": 1e9},
        "tests": [{}, {"stdout": "", "stdin": ""}]});
    let refused = refusal(&bench, body).await;
    for field in [
        "flags: there is no such field",
        "sources: ",
        "limits.cpu: ",
        "tests[1].stdout: ",
        "source: one of",
        "limits.cpu_ms: ",
    ] {
        assert!(refused.lines().any(|line| line.starts_with(field)), "{field}: {refused}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn contradictions_are_refused() {
    let bench = Bench::start().await;
    let file = json!({"main.cpp": "x"});
    for (body, expected) in [
        (json!({"language": "cpp17"}), "source: one of `source` and `files` is needed"),
        (with(json!({"files": file})), "source: `source` and `files` exclude each other"),
        (with(json!({"source_base64": "eA=="})), "source: `source` and `source_base64` exclude each other"),
        (with(json!({"stdin": "", "tests": [{}]})), "stdin: `stdin` and `tests` exclude each other"),
        (
            with(json!({"stdin": "", "stdin_base64": ""})),
            "stdin: `stdin` and `stdin_base64` exclude each other",
        ),
        (with(json!({"tests": []})), "tests: 0 test cases; from 1 to 1000 are allowed"),
        (with(json!({"tests": vec![json!({}); 1001]})), "tests: 1001 test cases; from 1 to 1000 are allowed"),
        (with(json!({"user": ""})), "user: from 1 to 128 characters, none of them a control character"),
        (
            json!({"language": "cpp17", "files": file, "files_base64": {"main.cpp": ""}}),
            "files_base64.main.cpp: this file is in `files` as well",
        ),
        (
            json!({"language": "cpp17", "files": {"util.h": ""}}),
            "files: none is a source by its extension: `.cpp`, `.cc`, `.cxx`, `.c++`, `.cp`, `.C`, `.CPP`",
        ),
        (
            json!({"language": "cpp17", "files": {"main.cpp": "", "main": ""}}),
            "files.main: this is the name of the compiled program",
        ),
    ] {
        assert_eq!(refusal(&bench, body).await, expected);
    }
    let refused = refusal(&bench, with(json!({"tests": [{"expected_base64": "*"}]}))).await;
    assert!(refused.starts_with("tests[0].expected_base64: not base64"), "{refused}");
    let refused = refusal(&bench, json!({"language": "no such", "source": "x"})).await;
    let known = "language: there is no language `no such`; there are ";
    assert!(refused.starts_with(known) && refused.contains(", c17, "), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn file_names_that_are_paths_options_or_oddities_are_refused() {
    let bench = Bench::start().await;
    let long = "a".repeat(101);
    for name in [
        "../../etc/passwd",
        "..",
        ".",
        "",
        "/abs.cpp",
        "a//b.cpp",
        "..\\a.cpp",
        "%2e%2e%2fa",
        "-o",
        "@args",
        "a\u{0}b",
        "a b.cpp",
        ".hidden",
        "a\u{202e}b.cpp",
        "a\nb",
        long.as_str(),
    ] {
        let refused =
            refusal(&bench, json!({"language": "cpp17", "files": {"main.cpp": "", name: "x"}})).await;
        assert!(refused.starts_with("files."), "{name:?}: {refused}");
    }
    let many = json!({"language": "cpp17", "files": {"main.cpp": "accept", "util-2.h": "", "_x+y.hpp": ""}});
    assert_eq!(bench.post(many).await.0, 202);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn source_above_its_maximum_is_refused() {
    let bench = Bench::start().await;
    let refused = refusal(&bench, json!({"language": "cpp17", "source": "x".repeat(1_048_577)})).await;
    assert_eq!(refused, "source: 1048577 bytes of source; at most 1048576 are allowed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_json_is_refused_with_line_and_column() {
    let bench = Bench::start().await;
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for (body, told) in [
        ("", "line 1 column 0"),
        ("{\"language\":\n \"cpp17\",}", "line 2 column 10"),
        (deep.as_str(), "line 1 column"),
        ("{\"language\":\"c11\",\"source\":\"\\ud800\"}", "line 1 column"),
        ("{\"language\":\"c11\",\"source\":\"x\"} {}", "trailing characters at line 1 column"),
        ("{\"language\":\"c11\",\"limits\":{\"cpu_ms\":1e999}}", "line 1 column"),
        ("\u{feff}{}", "line 1 column"),
    ] {
        let request = bench.request(Method::POST, SUBMISSIONS).header("content-type", "application/json");
        let start = Instant::now();
        let (status, answer) = answer(request.body(body.to_owned())).await;
        assert_eq!((status.as_u16(), &answer["status"]), (400, &json!(400)), "{answer}");
        assert!(answer.to_string().contains(told), "{answer}");
        assert!(start.elapsed() < Duration::from_secs(20));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_comes_twice_is_refused() {
    let bench = Bench::start().await;
    for body in [
        "{\"language\":\"cpp17\",\"language\":\"c11\",\"source\":\"x\"}",
        "{\"language\":\"cpp17\",\"files\":{\"main.cpp\":\"a\",\"main.cpp\":\"b\"}}",
        "{\"language\":\"cpp17\",\"source\":\"x\",\"limits\":{\"cpu_ms\":1,\"cpu_ms\":2}}",
    ] {
        let request = bench.request(Method::POST, SUBMISSIONS).header("content-type", "application/json");
        let (status, answer) = answer(request.body(body)).await;
        assert_eq!(status, 400, "{body}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_would_be_ignored_beside_the_body_is_refused_by_its_name() {
    let bench = Bench::start().await;
    let post = |path: &str| bench.request(Method::POST, path).json(&with(json!({})));
    let key = "idempotency-key";
    for (request, field) in [
        (post(&format!("{SUBMISSIONS}?wait=true")), "wait"),
        (post(SUBMISSIONS).header(key, "a").header(key, "b"), "Idempotency-Key"),
        (post(SUBMISSIONS).header(key, "a\tb"), "Idempotency-Key"),
        // Neither is the user of the replacement character.
        (bench.request(Method::DELETE, "/api/v1/users/%FF/data"), "path"),
        (bench.request(Method::GET, "/api/v1/users/a%c3%28/throttle"), "path"),
        (bench.request(Method::GET, &format!("{SUBMISSIONS}?status=done")), "status"),
        // What changes something would change more than is meant.
        (bench.request(Method::POST, "/api/v1/admin/drain?node=lab-2"), "node"),
        (bench.request(Method::POST, "/api/v1/admin/undrain?node=lab-2"), "node"),
        (bench.request(Method::POST, "/api/v1/admin/recycle?profile=run"), "profile"),
        (bench.request(Method::POST, "/api/v1/nodes/lab-2/drain?for=1h"), "for"),
        (bench.request(Method::POST, "/api/v1/nodes/lab-2/undrain?at=1"), "at"),
        (bench.request(Method::DELETE, &format!("{SUBMISSIONS}/{NOBODYS}?wait=1")), "wait"),
        (bench.request(Method::DELETE, "/api/v1/users/alice/data?user=bob"), "user"),
    ] {
        let (status, answer) = answer(request).await;
        assert_eq!((status.as_u16(), &answer["errors"][0]["field"]), (400, &json!(field)), "{answer}");
    }
    assert_eq!(answer(post(SUBMISSIONS).header(key, "a ~")).await.0, 202);
    for user in ["%EF%BF%BD", "%C3%A9+1%26%3D"] {
        let request = bench.request(Method::GET, &format!("/api/v1/users/{user}/throttle"));
        assert_eq!(answer(request).await.0, 200, "{user}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn compressed_bodies_and_other_media_types_are_refused() {
    let bench = Bench::start().await;
    let post = || bench.request(Method::POST, SUBMISSIONS);
    for encoding in ["gzip", "br", "zstd", "identity, gzip"] {
        let request = post().header("content-encoding", encoding).json(&with(json!({})));
        assert_eq!(answer(request).await.0, 415, "{encoding}");
    }
    for media in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""] {
        let request = post().header("content-type", media).body("{}");
        let (status, answer) = answer(request).await;
        assert_eq!((status.as_u16(), &answer["status"]), (415, &json!(415)), "{media}");
    }
    let request = post().header("content-type", "application/json; charset=utf-8");
    assert_eq!(answer(request.body(with(json!({})).to_string())).await.0, 202);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_above_the_maximum_are_refused_before_they_are_read() {
    let bench = Bench::with(&[("http.max_body", "100KiB")]).await;
    let mut stream = TcpStream::connect(bench.url.trim_start_matches("http://")).await.unwrap();
    let head = "POST /api/v1/submissions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
                Content-Length: 1073741824\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = vec![0; 12];
    tokio::time::timeout(Duration::from_secs(5), stream.read_exact(&mut answer)).await.unwrap().unwrap();
    assert_eq!(answer, b"HTTP/1.1 413");
}

/// A browser does, and so do many clients: where the connection is reset meanwhile they may never see why.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_refused_early_is_told_why_also_where_all_is_sent_first_and_that_is_slow() {
    let bench = Bench::with(&[("http.max_body", "100KiB"), ("problems.max_package", "1MiB")]).await;
    let send = async |line: &str| {
        let mut stream = TcpStream::connect(bench.url.trim_start_matches("http://")).await.unwrap();
        let piece = vec![b' '; 64 << 10];
        let head =
            format!("{line} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n", 24 * piece.len());
        stream.write_all(head.as_bytes()).await.unwrap();
        for _ in 0..24 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            stream.write_all(&piece).await.unwrap();
        }
        let mut answer = String::new();
        tokio::time::timeout(PATIENCE, stream.read_to_string(&mut answer)).await.unwrap().unwrap();
        answer
    };
    let refused = [
        ("POST /api/v1/submissions", 415),
        ("POST /run", 413),
        ("PUT /api/v1/problems/sums", 413),
        ("PUT /api/v1/problems/sums?show=x", 400),
        ("PUT /api/v1/nowhere", 404),
    ];
    let answers = futures_util::future::join_all(refused.map(|(line, _)| send(line))).await;
    for ((line, status), answer) in refused.iter().zip(answers) {
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{line}: {answer}");
        assert!(answer.contains("urn:gavel:problem:") || line.contains("/run"), "{line}: {answer}");
    }
}

/// All that is answered to these bytes, of a client that sends nothing else.
async fn raw(bench: &Bench, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(bench.url.trim_start_matches("http://")).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    tokio::time::timeout(Duration::from_secs(15), stream.read_to_end(&mut answer)).await.unwrap().unwrap();
    String::from_utf8(answer).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_request_is_refused_in_the_form_of_all_errors() {
    let bench = Bench::start().await;
    let head = |fields: &str| format!("GET /healthz HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n");
    let address =
        |length: usize| format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "x".repeat(length - 1));
    let many = head(&(0..97).map(|number| format!("X-{number}: x\r\n")).collect::<String>());
    for (request, status, name) in [
        (address(65_535), 414, "address-too-long"),
        (address(100_000), 414, "address-too-long"),
        (many, 431, "head-too-large"),
        (head("Content-Length: 1\r\nContent-Length: 2\r\n"), 400, "malformed-request"),
        (head("Content-Length: +1\r\n"), 400, "malformed-request"),
        (head("Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n"), 400, "malformed-request"),
        ("PRI * HTTP/2.0\r\n\r\n".into(), 400, "malformed-request"),
        ("\u{16}\u{3}\u{1} a handshake of TLS\r\n\r\n".into(), 400, "malformed-request"),
        ("GET\r\n\r\n".into(), 400, "malformed-request"),
        ("GET / HTTP/1.1\r\nHost".into(), 408, "slow-head"),
    ] {
        let begun = &request[..request.len().min(80)];
        let answer = raw(&bench, request.as_bytes()).await;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{begun}: {head}");
        assert!(head.contains("content-type: application/problem+json"), "{begun}: {head}");
        let problem: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(problem["type"], format!("urn:gavel:problem:{name}"), "{begun}");
        assert_eq!(problem["status"], status, "{begun}");
    }
    let longest = address(65_534).replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    assert!(raw(&bench, longest.as_bytes()).await.starts_with("HTTP/1.1 404 "));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_on_which_nothing_is_said_is_closed_without_a_word() {
    let bench = Bench::start().await;
    assert_eq!(raw(&bench, b"").await, "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn chunks_that_make_no_sense_are_told_as_a_body_that_is_not_valid() {
    let bench = Bench::start().await;
    let request = "POST /api/v1/submissions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
                   Transfer-Encoding: chunked\r\n\r\n5\r\n{\"lan\r\nzz\r\n";
    let answer = raw(&bench, request.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(answer.contains("urn:gavel:problem:malformed-body"), "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_of_unknown_length_are_refused_at_the_maximum() {
    let bench = Bench::with(&[("http.max_body", "100KiB")]).await;
    let chunks = futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b' '; 10_000]));
    let body = reqwest::Body::wrap_stream(futures_util::StreamExt::take(chunks, 11));
    let request = bench.request(Method::POST, SUBMISSIONS).header("content-type", "application/json");
    let (status, answer) = answer(request.body(body)).await;
    assert_eq!((status.as_u16(), &answer["type"]), (413, &json!("urn:gavel:problem:body-too-large")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_trickles_in_is_cut_off() {
    let bench = Bench::start().await;
    let mut stream = TcpStream::connect(bench.url.trim_start_matches("http://")).await.unwrap();
    let head = "POST /api/v1/submissions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
                Content-Length: 1000\r\n\r\n{";
    stream.write_all(head.as_bytes()).await.unwrap();
    let (start, mut answer) = (Instant::now(), vec![0; 12]);
    tokio::time::timeout(Duration::from_secs(15), stream.read_exact(&mut answer)).await.unwrap().unwrap();
    assert_eq!(answer, b"HTTP/1.1 408");
    assert!(start.elapsed() > Duration::from_secs(9));
}

/// Java's client offers HTTP/2 with each request, and many a proxy has the one field for all of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_offers_another_protocol_is_answered_and_told_that_the_connection_ends() {
    let bench = Bench::start().await;
    for fields in [
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABk\r\n",
        "Connection: upgrade\r\n",
    ] {
        for (request, body) in [("GET /healthz", ""), ("POST /run", "{}"), ("GET /ws", "")] {
            let length = body.len();
            let head =
                format!("{request} HTTP/1.1\r\nHost: localhost\r\n{fields}Content-Length: {length}\r\n\r\n");
            let answer = raw(&bench, format!("{head}{body}").as_bytes()).await;
            assert!(answer.starts_with("HTTP/1.1 200") || answer.starts_with("HTTP/1.1 400"), "{answer}");
            assert!(answer.contains("\r\nconnection: close\r\n"), "{fields}{request}: {answer}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_methods_are_answered_with_those_that_are_possible() {
    let bench = Bench::start().await;
    for (method, path, allow) in [
        (Method::PUT, SUBMISSIONS, "GET, HEAD, POST"),
        (Method::POST, "/api/v1/submissions/x", "DELETE, GET, HEAD"),
        (Method::POST, "/api/v1/languages", "GET, HEAD"),
        (Method::PUT, "/api/v1/users/alice/throttle", "DELETE, GET, HEAD"),
        (Method::GET, "/api/v1/admin/recycle", "POST"),
        (Method::DELETE, "/healthz", "GET, HEAD"),
    ] {
        let response = bench.request(method, path).send().await.unwrap();
        assert_eq!(response.status(), 405, "{path}");
        assert_eq!(response.headers()["allow"], allow);
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        assert_eq!(response.json::<Value>().await.unwrap()["type"], "urn:gavel:problem:method-not-allowed");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unknown_paths_are_not_found_in_the_same_form() {
    let bench = Bench::start().await;
    for path in ["/api", "/api/v1", "/api/v1/nothing", "/api/v1/submissions/no-such-id", "/etc/passwd"] {
        let (status, body) = bench.get(path).await;
        assert_eq!((status.as_u16(), &body["type"]), (404, &json!("urn:gavel:problem:not-found")), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_answer_can_be_taken_for_a_page() {
    let bench = Bench::start().await;
    let response = bench.request(Method::GET, "/api/v1/<script>").send().await.unwrap();
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    assert_eq!(response.headers()["content-type"], "application/problem+json");
}

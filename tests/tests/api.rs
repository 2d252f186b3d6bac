//! The wire: what is asked, what is answered, and what is refused.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::time::{Duration, Instant};

use e2e::environment::{self, patience};
use e2e::programs::{SUM, unique};
use e2e::{Client, Request, header};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const SUBMISSIONS: &str = "/api/v1/submissions";

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().into_iter().flatten().map(|(key, _)| key.as_str()).collect()
}

fn a_sum() -> Value {
    json!({"language": "c17", "source": SUM, "tests": [{"stdin": "1 2\n", "expected": "3\n"}]})
}

/// `a_sum` with one field set.
fn with(field: &str, value: Value) -> Value {
    let mut body = a_sum();
    body[field] = value;
    body
}

async fn post(body: Value) -> e2e::client::Response {
    Client::connect().await.call(Method::POST, SUBMISSIONS, Some(body)).await
}

/// The body is refused, as a problem of RFC 9457 that names this field.
async fn refused(body: Value, field: &str) -> String {
    let response = post(body).await;
    assert_eq!(response.status, StatusCode::BAD_REQUEST, "{field}: {}", response.text);
    assert_eq!(response.headers["content-type"], "application/problem+json");
    assert!(keys(&response.json).is_superset(&BTreeSet::from(["type", "title", "status", "detail"])));
    assert_eq!(response.json["status"], 400);
    let fields: Vec<&str> = response.json["errors"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|e| e["field"].as_str())
        .collect();
    assert!(fields.contains(&field), "{field} is not named: {}", response.text);
    response.text
}

#[tokio::test]
async fn a_submission_is_answered_with_202_its_id_and_its_address() {
    let response = post(a_sum()).await;
    assert_eq!(response.status, StatusCode::ACCEPTED, "{}", response.text);
    let id = response.json["id"].as_str().expect("an id");
    assert_eq!(response.headers["location"], format!("{SUBMISSIONS}/{id}"));
    // The answer tells where the submission is by then: a program that is compiled already may be judged.
    let is_done = response.json["state"] == "done";
    assert_eq!(response.json["verdict"].is_null(), !is_done, "{}", response.text);
    assert_eq!(Client::connect().await.wait(id).await.verdict(), "Accepted");
}

#[tokio::test]
async fn with_wait_the_answer_is_200_and_holds_the_judgement_as_documented() {
    let response = post(with("wait", json!(true))).await;
    assert_eq!(response.status, StatusCode::OK, "{}", response.text);
    let answer = response.json;
    let promised =
        ["id", "state", "language", "user", "created_at", "verdict", "compile", "tests", "summary"];
    assert!(keys(&answer).is_superset(&BTreeSet::from(promised)), "{answer}");
    assert_eq!((answer["state"].as_str(), answer["verdict"].as_str()), (Some("done"), Some("Accepted")));
    let compile = ["ok", "log", "log_truncated", "cpu_ms", "wall_ms", "memory_bytes", "cached"];
    assert_eq!(keys(&answer["compile"]), BTreeSet::from(compile));
    let test = [
        "index",
        "verdict",
        "exit_code",
        "signal",
        "reason",
        "cpu_ms",
        "wall_ms",
        "memory_bytes",
        "stdout",
        "stdout_truncated",
        "stderr",
        "stderr_truncated",
    ];
    assert_eq!(keys(&answer["tests"][0]), BTreeSet::from(test));
    let summary = ["passed", "total", "cpu_ms_max", "wall_ms_max", "memory_bytes_max"];
    assert_eq!(keys(&answer["summary"]), BTreeSet::from(summary));
    assert_eq!(answer["tests"][0]["stdout"], "3\n");
    assert_eq!(answer["tests"][0]["exit_code"], 0);
    assert_eq!(answer["tests"][0]["signal"], Value::Null);
    assert_eq!(answer["summary"]["passed"], 1);
}

#[tokio::test]
async fn a_judgement_read_again_is_the_same() {
    let client = Client::connect().await;
    let first = post(with("wait", json!(true))).await;
    let path = format!("{SUBMISSIONS}/{}", first.json["id"].as_str().expect("an id"));
    let second = client.call(Method::GET, &path, None).await;
    assert_eq!(first.json, second.json);
}

#[tokio::test]
async fn a_program_without_tests_runs_on_its_stdin() {
    let request = Request::new("c17", SUM).stdin(b"20 22\n");
    let answer = Client::connect().await.judge(&request).await;
    assert_eq!((answer.verdict(), answer.test().stdout().as_slice()), ("Accepted", b"42\n".as_slice()));
}

#[tokio::test]
async fn several_files_are_compiled_together() {
    let files = [
        (
            "main.cpp",
            "#include \"util.h\"\n#include <iostream>\nint main() { std::cout << twice(21) << '\\n'; }\n",
        ),
        ("util.h", "int twice(int n);\n"),
        ("util.cpp", "#include \"util.h\"\nint twice(int n) { return 2 * n; }\n"),
    ];
    let request = Request::of_files("cpp17", &files).test(b"", Some(b"42\n"));
    let answer = Client::connect().await.judge(&request).await;
    assert_eq!(answer.verdict(), "Accepted", "{answer:#?}");
}

#[tokio::test]
async fn sources_of_every_usual_suffix_are_compiled_and_other_files_are_there_at_run_time() {
    let files = [
        (
            "main.cc",
            "#include <fstream>\n#include <iostream>\nint twice(int n);\nint half(int n);\nint main() { int n; std::ifstream(\"data.txt\") >> n; std::cout << twice(half(n)) << '\\n'; }\n",
        ),
        ("twice.cxx", "int twice(int n) { return 2 * n; }\n"),
        ("half.C", "int half(int n) { return n / 2; }\n"),
        ("data.txt", "42\n"),
    ];
    let request = Request::of_files("cpp17", &files).test(b"", Some(b"42\n"));
    let answer = Client::connect().await.judge(&request).await;
    assert_eq!(answer.verdict(), "Accepted", "{answer:#?}");
    let log = answer.compile.expect("it was compiled").log;
    assert!(log.starts_with("not compiled, but there at run time: data.txt\n"), "{log}");
}

#[tokio::test]
async fn a_checker_is_chosen_by_name_and_any_other_name_is_refused() {
    const STARS: &str = "#include <stdio.h>\nint main(void) { printf(\"\\n*\\n\\n***\\na b\\n\"); }\n";
    let body = |checker: &str| {
        json!({"language": "c17", "source": STARS, "wait": true, "checker": checker,
            "tests": [{"stdin": "", "expected": "  *\n ***\na   b\n"}]})
    };
    assert_eq!(post(body("tokens")).await.json["verdict"], "Accepted");
    let answer = post(body("lines")).await.json;
    assert_eq!(answer["verdict"], "WrongAnswer", "{answer}");
    let mut without = body("");
    without.as_object_mut().map(|body| body.remove("checker"));
    assert_eq!(post(without).await.json["verdict"], "WrongAnswer");
    assert_eq!(post(body("icpc")).await.json["verdict"], "Accepted");
    assert_eq!(post(body("exact")).await.json["verdict"], "WrongAnswer");
    refused(body("words"), "checker").await;
}

#[tokio::test]
async fn numbers_are_compared_with_a_tolerance_where_the_checker_has_one() {
    const THIRD: &str = "#include <stdio.h>\nint main(void) { printf(\"Case 1: %.9f\\n\", 1 / 3.0); }\n";
    let body = |checker: Value| {
        json!({"language": "c17", "source": THIRD, "wait": true, "checker": checker,
            "tests": [{"stdin": "", "expected": "case 1: 0.33333\n"}]})
    };
    let judged = async |flags: Value| post(body(json!({"icpc": flags}))).await.json["verdict"].clone();
    assert_eq!(judged(json!({"float_tolerance": 1e-5})).await, "Accepted");
    assert_eq!(judged(json!({"float_tolerance": 1e-6})).await, "WrongAnswer");
    assert_eq!(judged(json!({"float_tolerance": 1e-5, "case_sensitive": true})).await, "WrongAnswer");
    assert_eq!(judged(json!({})).await, "WrongAnswer");
    refused(body(json!({"icpc": {"float_tolerance": -1}})), "checker.icpc.float_tolerance").await;
}

#[tokio::test]
async fn a_program_has_the_arguments_of_its_test_or_of_the_submission() {
    const ECHO: &str =
        "#include <stdio.h>\nint main(int n, char **a) { while (*++a) printf(\"[%s]\", *a); }\n";
    const ECHO_PYTHON: &str = "import sys\nprint(''.join(f'[{word}]' for word in sys.argv[1:]), end='')\n";
    const ECHO_JAVA: &str = "class Main { public static void main(String[] a) { for (String w : a) System.out.print(\"[\" + w + \"]\"); } }\n";
    const ECHO_NODE: &str = "process.stdout.write(process.argv.slice(2).map(word => `[${word}]`).join(''))\n";
    for (language, source) in
        [("c17", ECHO), ("python3", ECHO_PYTHON), ("java21", ECHO_JAVA), ("javascript", ECHO_NODE)]
    {
        let request = Request::new(language, source).with("arguments", json!(["-n", "two words"]));
        let tests = json!([{}, {"arguments": ["--help", "", "\u{fc}"]}, {"arguments": []}]);
        let answer = Client::connect().await.judge(&request.with("tests", tests)).await;
        let told: Vec<_> = answer.tests.iter().map(|test| String::from_utf8(test.stdout())).collect();
        let expected = ["[-n][two words]", "[--help][][\u{fc}]", ""].map(|text| Ok(text.to_owned()));
        assert_eq!(told, expected, "{language}: {answer:#?}");
    }
}

#[tokio::test]
async fn of_hidden_tests_nothing_leaves_that_a_program_could_say_of_them() {
    const TELL: &str = "#include <stdio.h>\n#include <stdlib.h>\nint main(void) { int n; if (scanf(\"%d\", &n) != 1) return 1; \
                        printf(\"told %d\", n); fprintf(stderr, \"told %d\", n); fflush(0); if (n > 4000) abort(); exit(n & 127); }\n";
    let tests = ["4242", "77", "128"].map(|n| json!({"stdin": n, "expected": "x", "hidden": true}));
    let body = json!({"language": "c17", "source": TELL, "wait": true, "tests": tests});
    let answer = post(body).await.json;
    let verdicts: Vec<_> = (0..3).map(|n| answer["tests"][n]["verdict"].as_str()).collect();
    assert_eq!(verdicts, [Some("RuntimeError"), Some("RuntimeError"), Some("WrongAnswer")], "{answer}");
    let id = answer["id"].as_str().unwrap_or_default();
    let client = Client::connect().await;
    let again = client.call(Method::GET, &format!("/api/v1/submissions/{id}"), None).await.json;
    let events = client.call(Method::GET, &format!("/api/v1/submissions/{id}/events"), None).await.text;
    for told in [answer.to_string(), again.to_string(), events] {
        assert!(told.contains("\"hidden\":true"), "{told}");
        for secret in ["told", "SIGABRT", "line 1"] {
            assert!(!told.contains(secret), "{secret} in {told}");
        }
    }
    for test in answer["tests"].as_array().into_iter().flatten() {
        for field in ["exit_code", "signal", "reason"] {
            assert!(test[field].is_null(), "{field} in {test}");
        }
        assert_eq!((&test["stdout"], &test["stderr"]), (&json!(""), &json!("")));
    }
}

#[tokio::test]
async fn a_submission_is_found_by_what_its_site_calls_it() {
    let course = uuid::Uuid::new_v4().to_string();
    let mut body = with("reference", json!({"course": course, "exercise": "7"}));
    body["wait"] = json!(true);
    let answer = post(body).await.json;
    assert_eq!(answer["reference"], json!({"course": course, "exercise": "7"}), "{answer}");
    let client = Client::connect().await;
    let found = async |query: String| {
        let list = client.call(Method::GET, &format!("{SUBMISSIONS}?{query}"), None).await.json;
        list["submissions"].as_array().into_iter().flatten().map(|one| one["id"].clone()).collect::<Vec<_>>()
    };
    let ours = [answer["id"].clone()];
    assert_eq!(found(format!("reference.course={course}&reference.exercise=7")).await, ours);
    assert_eq!(found(format!("reference.course={course}&reference.exercise=8")).await, [""; 0]);
    refused(with("reference", json!({"a b": "x"})), "reference.a b").await;
}

#[tokio::test]
async fn where_the_first_failure_suffices_the_judgement_ends_with_it() {
    let tests = ["1 1", "1 2", "1 3", "1 4"].map(|stdin| json!({"stdin": stdin, "expected": "2"}));
    let body = json!({"language": "c17", "source": SUM, "wait": true, "tests": tests, "stop_at_first_failure": true});
    let answer = post(body).await.json;
    assert_eq!(answer["tests"].as_array().map(Vec::len), Some(2), "{answer}");
    assert_eq!((&answer["summary"]["passed"], &answer["summary"]["total"]), (&json!(1), &json!(4)));
    assert_eq!(answer["verdict"], "WrongAnswer");
}

#[tokio::test]
async fn an_address_can_be_asked_until_the_submission_is_final() {
    const SLOW: &str = "#include <unistd.h>\nint main(void) { sleep(5); }\n";
    let client = Client::connect().await;
    let accepted = post(json!({"language": "c17", "source": SLOW, "limits": {"wall_ms": 20000}})).await.json;
    let address = format!("/api/v1/submissions/{}", accepted["id"].as_str().unwrap_or_default());
    let at_once = client.call(Method::GET, &format!("{address}?wait=0s"), None).await.json;
    assert_ne!(at_once["state"], "done", "{at_once}");
    let waited = client.call(Method::GET, &format!("{address}?wait=60s"), None).await.json;
    assert_eq!((&waited["state"], &waited["verdict"]), (&json!("done"), &json!("Accepted")), "{waited}");
    let refused = client.call(Method::GET, &format!("{address}?wait=1h&full=1"), None).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert_eq!(refused.json["errors"].as_array().map(Vec::len), Some(2), "{}", refused.json);
}

#[tokio::test]
async fn bytes_that_are_not_text_travel_as_base64() {
    const ECHO: &str =
        "#include <stdio.h>\nint main(void) { for (int c; (c = getchar()) != EOF;) putchar(c); }\n";
    let body = json!({
        "language": "c17", "source": ECHO, "wait": true,
        "tests": [{"stdin_base64": "/wD+", "expected_base64": "/wD+"}, {"stdin": "text", "expected_base64": "dGV4dA=="}],
    });
    let answer = post(body).await.json;
    assert_eq!(answer["verdict"], "Accepted", "{answer}");
    assert_eq!(answer["tests"][0]["stdout_base64"], "/wD+");
    assert_eq!(answer["tests"][0].get("stdout"), None);
    assert_eq!(answer["tests"][1]["stdout"], "text");
}

#[tokio::test]
async fn every_language_on_offer_judges_or_says_how_it_is_installed() {
    let client = Client::connect().await;
    let states = client.languages().await;
    for promised in ["c11", "c17", "c23", "cpp17", "cpp20", "cpp23", "python3", "java21", "javascript"] {
        assert_eq!(states.get(promised).map(String::as_str), Some("installed"), "{promised} in {states:?}");
    }
    for program in header::all().into_iter().filter(|program| program.name.contains("/hello.")) {
        assert!(states.contains_key(&program.language), "{} in {states:?}", program.language);
    }
    // A version is asked for behind the self-test.
    client.wait_until_all_are_tested(Duration::from_secs(180)).await;
    let languages = client.call(Method::GET, "/api/v1/languages", None).await.json;
    for language in languages.as_array().into_iter().flatten().filter(|it| it["state"] == "installed") {
        let version = language["version"].as_str().unwrap_or_default();
        assert!(version.contains(|c: char| c.is_ascii_digit()), "the version of {language}");
    }
    for (id, state) in &states {
        let is_c = id.starts_with("c1") || id.starts_with("c2") || id.starts_with("cpp");
        if state == "installed" && is_c {
            let answer = client.judge(&Request::new(id, SUM).test(b"1 2", Some(b"3"))).await;
            assert_eq!(answer.verdict(), "Accepted", "{id}: {answer:#?}");
        } else if state == "not-installed" {
            let refused = post(json!({"language": id, "source": "x"})).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{id}: {}", refused.text);
            assert!(refused.text.contains("make toolchain"), "{id}: {}", refused.text);
        }
    }
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_and_the_field_named() {
    refused(with("language", json!("befunge")), "language").await;
    refused(with("language", json!(17)), "language").await;
    refused(with("source", json!(["a"])), "source").await;
    refused(json!({"language": "c17"}), "source").await;
    refused(with("files", json!({"main.c": "int main;"})), "source").await;
    refused(json!({"language": "c17", "files_base64": {"a.c": "%"}}), "files_base64.a.c").await;
    refused(with("isolation", json!("none")), "isolation").await;
    refused(with("wait", json!("yes")), "wait").await;
    refused(with("user", json!("")), "user").await;
    refused(with("stdin", json!("both stdin and tests")), "stdin").await;
    refused(with("tests", json!([])), "tests").await;
    refused(with("tests", json!([{"stdin": "", "stdin_base64": ""}])), "tests[0].stdin").await;
    refused(with("tests", json!([{"stdin": "a"}, {"expected_base64": "***"}])), "tests[1].expected_base64")
        .await;
    refused(with("limits", json!({"cpu_ms": "1000"})), "limits.cpu_ms").await;
    refused(with("limits", json!({"cpu_ms": 0})), "limits.cpu_ms").await;
    refused(with("limits", json!({"cpu_ms": -1})), "limits.cpu_ms").await;
    refused(with("limits", json!({"processes": 1.5})), "limits.processes").await;
}

#[tokio::test]
async fn unknown_fields_are_refused_by_name() {
    for (body, name) in [
        (with("flags", json!("-O3")), "flags"),
        (with("compile", json!(["gcc", "-wrapper", "sh"])), "compile"),
        (with("limits", json!({"cpu": 1})), "cpu"),
        (with("tests", json!([{"input": "1 2"}])), "input"),
    ] {
        let response = post(body).await;
        assert_eq!(response.status, StatusCode::BAD_REQUEST, "{}", response.text);
        assert!(response.text.contains(name), "{}", response.text);
    }
}

#[tokio::test]
async fn a_limit_above_its_maximum_is_refused_with_field_and_maximum() {
    let gib = 1_u64 << 30;
    let mib = 1_u64 << 20;
    for (section, cpu, wall, memory, output) in
        [("limits", 30_000, 120_000, gib, gib), ("compile_limits", 60_000, 180_000, 2 * gib, mib)]
    {
        for (name, maximum) in [
            ("cpu_ms", cpu),
            ("wall_ms", wall),
            ("memory_bytes", memory),
            ("stack_bytes", memory),
            ("file_bytes", 256 * mib),
            ("output_bytes", output),
            ("processes", 256),
            ("open_files", 1024),
        ] {
            let text = refused(with(section, json!({name: maximum + 1})), &format!("{section}.{name}")).await;
            let numbers = text.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse::<u64>().ok());
            assert!(numbers.into_iter().any(|number| number == maximum), "{maximum} is not named: {text}");
        }
    }
}

#[tokio::test]
async fn file_names_that_are_paths_or_options_are_refused() {
    let long = "n".repeat(300);
    for name in [
        "../main.c",
        "/etc/passwd",
        "a/../b.c",
        "a//b.c",
        "/a/b.c",
        "a/",
        "..",
        ".",
        "",
        "-o",
        "-wrapper.c",
        "@args.c",
        "a\0b.c",
        "a\nb.c",
        "\u{202e}c.niam",
        "main.c ",
        long.as_str(),
        "main",
        "ä.c",
        "a\\b.c",
    ] {
        let mut body = json!({"language": "c17", "files": {"main.c": "int main(void) { return 0; }"}});
        body["files"][name] = json!("int a;");
        let response = post(body).await;
        assert_eq!(response.status, StatusCode::BAD_REQUEST, "`{}`: {}", name.escape_debug(), response.text);
    }
}

#[tokio::test]
async fn a_body_that_is_no_json_is_refused() {
    let client = Client::connect().await;
    let deep = "[".repeat(100_000);
    let deep_field = format!("{{\"language\":{}", "{\"a\":".repeat(10_000));
    for body in [
        "",
        "{",
        "[]",
        "null",
        "{\"language\":\"c17\"} trailing",
        "{\"language\":\"\\ud800\"}",
        &deep,
        &deep_field,
    ] {
        let started = Instant::now();
        let response =
            client.send(Method::POST, SUBMISSIONS, Some(body.to_owned())).await.expect("an answer");
        assert_eq!(response.status, StatusCode::BAD_REQUEST, "{}", response.text);
        assert!(started.elapsed() < patience(Duration::from_millis(500)));
    }
}

#[tokio::test]
async fn a_key_that_comes_twice_is_refused() {
    let client = Client::connect().await;
    let body = r#"{"language":"c17","source":"int main;","source":"int main(void){}"}"#;
    let response = client.send(Method::POST, SUBMISSIONS, Some(body.into())).await.expect("an answer");
    assert_eq!(response.status, StatusCode::BAD_REQUEST, "{}", response.text);
}

#[tokio::test]
async fn other_media_types_and_compressed_bodies_are_refused_with_415() {
    let client = Client::connect().await;
    for (name, value) in
        [("content-type", "text/plain"), ("content-encoding", "gzip"), ("content-encoding", "br")]
    {
        let mut request = client.request(Method::POST, SUBMISSIONS).body(a_sum().to_string());
        if name != "content-type" {
            request = request.header("content-type", "application/json");
        }
        let response = client.answer_to(request.header(name, value)).await.expect("an answer");
        assert_eq!(response.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{name}: {value}");
    }
}

#[tokio::test]
async fn a_source_over_its_limit_is_refused_and_a_body_over_its_limit_with_413() {
    let mebibyte = "x".repeat(1 << 20);
    refused(with("source", json!(format!("//{mebibyte}"))), "source").await;
    let client = Client::connect().await;
    let request = client
        .request(Method::POST, SUBMISSIONS)
        .header("content-type", "application/json")
        .body(format!("{{\"language\":\"c17\",\"stdin\":\"{}\"}}", "x".repeat(200 << 20)));
    match client.answer_to(request).await {
        Ok(response) => assert_eq!(response.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", response.text),
        // The answer can get lost where the connection is closed with the body unread; the announced length is
        // checked below.
        Err(error) => eprintln!("{error}"),
    }
    let head = "POST /api/v1/submissions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
                Content-Length: 999999999999\r\n\r\n{";
    assert!(raw(head, Duration::from_secs(5)).starts_with("HTTP/1.1 413"));
}

#[tokio::test]
async fn a_body_that_stops_coming_is_cut_off() {
    let head = "POST /api/v1/submissions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
                Content-Length: 1000\r\n\r\n{";
    let started = Instant::now();
    let answer =
        tokio::task::spawn_blocking(move || raw(head, Duration::from_secs(30))).await.expect("no panic");
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(started.elapsed() < patience(Duration::from_secs(20)), "{:?}", started.elapsed());
}

/// Sends these bytes and returns what comes back before the end of the connection.
fn raw(request: &str, longest: Duration) -> String {
    let address = environment::url().replace("http://", "").replace("localhost", "127.0.0.1");
    let mut stream = std::net::TcpStream::connect(address).expect("the service is there");
    stream.set_read_timeout(Some(patience(longest))).expect("a socket takes a timeout");
    stream.write_all(request.as_bytes()).expect("the service reads");
    let mut answer = Vec::new();
    // A reset after the answer is an end as well.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn what_is_not_there_is_404_and_another_method_405() {
    let client = Client::connect().await;
    for path in [
        "/api/v1/submissions/00000000-0000-4000-8000-000000000000",
        "/api/v1/submissions/no-id",
        "/api/v1/nothing",
        "/api/v2/submissions",
    ] {
        let response = client.call(Method::GET, path, None).await;
        assert_eq!(response.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(response.headers["content-type"], "application/problem+json", "{path}");
    }
    assert_eq!(client.call(Method::PUT, SUBMISSIONS, None).await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn refusals_tell_nothing_of_the_inside() {
    let client = Client::connect().await;
    let bodies = ["{", "{\"language\":\"../../etc\"}", "{\"language\":\"c17\",\"source\":1}"];
    for body in bodies {
        let text = client.send(Method::POST, SUBMISSIONS, Some(body.into())).await.expect("an answer").text;
        for inside in ["/workspace", "src/", ".rs", "panicked", "sqlite", "sqlx"] {
            assert!(!text.to_lowercase().contains(inside), "{inside} in {text}");
        }
    }
}

#[tokio::test]
async fn the_list_shows_each_submission_once_page_by_page() {
    let client = Client::connect().await;
    let user = format!("pages-{}", uuid::Uuid::new_v4());
    let mut submitted = Vec::new();
    for _ in 0..5 {
        submitted.push(client.judge(&Request::new("c17", SUM).user(&user).stdin(b"1 2")).await.id);
    }
    let (mut seen, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let page =
            client.call(Method::GET, &format!("{SUBMISSIONS}?user={user}&limit=2{cursor}"), None).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        let list = page.json["submissions"].as_array().cloned().unwrap_or_default();
        assert!(list.len() <= 2);
        seen.extend(list.iter().filter_map(|one| one["id"].as_str().map(str::to_owned)));
        pages += 1;
        match page.json["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
        assert!(pages < 10, "the pages do not end");
    }
    submitted.reverse();
    assert_eq!(seen, submitted, "newest first");
}

#[tokio::test]
async fn the_same_idempotency_key_makes_one_submission() {
    let client = Client::connect().await;
    let key = uuid::Uuid::new_v4().to_string();
    let send = |body: Value| {
        let request = client
            .request(Method::POST, SUBMISSIONS)
            .header("content-type", "application/json")
            .header("Idempotency-Key", &key);
        client.answer_to(request.body(body.to_string()))
    };
    let answers = futures_util::future::join_all((0..20).map(|_| send(a_sum()))).await;
    let ids: BTreeSet<String> =
        answers.into_iter().map(|answer| answer.expect("an answer").json["id"].to_string()).collect();
    assert_eq!(ids.len(), 1, "{ids:?}");
    let other = send(with("language", json!("c11"))).await.expect("an answer");
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", other.text);
}

#[tokio::test]
async fn health_readiness_version_and_metrics_are_served() {
    let client = Client::connect().await;
    for path in ["/healthz", "/readyz", "/version"] {
        let response = client.call(Method::GET, path, None).await;
        assert_eq!(response.status, StatusCode::OK, "{path}: {}", response.text);
        assert!(response.json.is_object(), "{path}: {}", response.text);
    }
    assert!(client.call(Method::GET, "/version", None).await.json["version"].is_string());
    let before = client.metric("gavel_judgements_total{").await;
    client.judge(&Request::new("c17", &unique(SUM)).stdin(b"1 2")).await;
    let metrics = client.call(Method::GET, "/metrics", None).await.text;
    for name in [
        "gavel_judgements_total",
        "gavel_queue_waiting",
        "gavel_queue_running",
        "gavel_sandboxes",
        "gavel_queue_wait_seconds",
    ] {
        assert!(metrics.contains(name), "{name} is missing (before: {before:?})");
    }
}

#[tokio::test]
async fn requests_of_foreign_pages_are_refused_while_there_is_no_token() {
    let client = Client::connect().await;
    for (name, value) in
        [("Host", "attacker.example"), ("Origin", "http://attacker.example"), ("Origin", "null")]
    {
        let request = client
            .request(Method::POST, SUBMISSIONS)
            .header("content-type", "application/json")
            .header(name, value)
            .body(a_sum().to_string());
        let response = client.answer_to(request).await.expect("an answer");
        assert_eq!(response.status, StatusCode::FORBIDDEN, "{name}: {value}: {}", response.text);
    }
}

#[tokio::test]
async fn many_tests_are_answered_in_order() {
    let mut request = Request::new("c17", SUM);
    for n in 0..200 {
        let expected = if n % 10 == 9 { "wrong".to_owned() } else { format!("{}\n", n + 1) };
        request = request.test(format!("{n} 1").as_bytes(), Some(expected.as_bytes()));
    }
    let answer = Client::connect().await.judge(&request).await;
    assert_eq!(answer.verdict(), "WrongAnswer");
    let indices: Vec<u64> = answer.tests.iter().map(|test| test.index).collect();
    assert_eq!(indices, (0..200).collect::<Vec<u64>>());
    for test in &answer.tests {
        let expected = if test.index % 10 == 9 { "WrongAnswer" } else { "Accepted" };
        assert_eq!(test.verdict, expected, "test {}", test.index);
        assert_eq!(test.stdout(), format!("{}\n", test.index + 1).into_bytes());
    }
    let summary = answer.summary.expect("a judgement has a summary");
    assert_eq!((summary.passed, summary.total), (180, 200));
}

#[tokio::test]
async fn outputs_of_many_at_once_are_not_mixed_up() {
    const TELL: &str = "#include <stdio.h>\nint main(void) { char t[99]; scanf(\"%98s\", t); for (int i = 0; i < 100; i++) puts(t); }\n";
    let client = Client::connect().await;
    let judging = (0..60).map(|n| {
        let client = client.clone();
        async move {
            let token = format!("token-{n}-{}", uuid::Uuid::new_v4());
            let request = Request::new("c17", TELL).user(&format!("mix-{}", n % 7)).stdin(token.as_bytes());
            let answer = client.judge(&request).await;
            assert_eq!(answer.verdict(), "Accepted", "{answer:#?}");
            assert_eq!(answer.test().stdout(), format!("{token}\n").repeat(100).into_bytes());
        }
    });
    futures_util::future::join_all(judging).await;
}

#[tokio::test]
async fn files_that_a_program_wrote_are_handed_back() {
    let source = "import os\nopen('plot.png', 'wb').write(b'\\x89PNG' + bytes(100000))\nos.symlink('plot.png', 'link')\n\
                  os.mkdir('folder')\nos.mkfifo('pipe')\nopen('large', 'wb').write(bytes(5 << 20))\n";
    let body = json!({"language": "python3", "source": source, "wait": true,
        "collect": ["plot.png", "link", "folder", "pipe", "large", "nothing"]});
    let response = post(body).await;
    let judged = &response.json;
    assert_eq!(judged["verdict"], "Accepted", "{}", response.text);
    let files = judged["tests"][0]["files"].as_array().expect("files");
    let why: Vec<_> = files.iter().map(|file| file["missing"].as_str().unwrap_or("there")).collect();
    assert_eq!(
        why,
        [
            "there",
            "it is no regular file",
            "it is no regular file",
            "it is no regular file",
            "it is larger than 4 MiB",
            "the program wrote no such file"
        ]
    );
    let path = files[0]["path"].as_str().expect("a path");
    let got = Client::connect().await.request(Method::GET, path).send().await.expect("an answer");
    let bytes = got.bytes().await.expect("bytes");
    assert!(bytes.len() == 100_004 && bytes.starts_with(b"\x89PNG"), "{}", bytes.len());
}

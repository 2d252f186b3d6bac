//! Secret data of a problem never leaves: neither in an answer, an event or a log, nor into the sandbox of a program that is judged.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use e2e::docker::Host;
use e2e::{Client, Package, environment, grpc};
use futures_util::future::join_all;
use gavel_rpc::{FileId, Request};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// What must not be found, each unique to this run.
struct Marks {
    input: String,
    answer: String,
    message: String,
}

impl Marks {
    fn new() -> Self {
        let mark = |what: &str| format!("{what}{}", uuid::Uuid::new_v4().simple());
        Self { input: mark("input"), answer: mark("answer"), message: mark("message") }
    }

    fn all(&self) -> [&str; 3] {
        [&self.input, &self.answer, &self.message]
    }

    /// One sample that holds nothing, and two secret tests. The validator tells whoever listens, by every way that it has, what it
    /// knows of them.
    fn package(&self) -> Package {
        let Self { input, answer, message } = self;
        let yaml =
            "problem_format_version: 2025-09\nname: Secrets\nuuid: 7d1c5ad4-55cb-4d18-8f8c-0b7d6f3a9e11\n";
        let validator = format!(
            "import sys\ninput, answer = open(sys.argv[1]).read(), open(sys.argv[2]).read()\noutput = sys.stdin.read()\n\
             if input.strip() != 'sample':\n    for name in 'judgemessage', 'teammessage':\n        \
             open(sys.argv[3] + name + '.txt', 'w').write('{message} ' + input + answer)\n    \
             print('{message}', input, answer)\n    print('{message}', input, answer, file=sys.stderr)\n\
             if 'break' in output: raise SystemExit('{message}')\nif 'score' in output: open(sys.argv[3] + 'score.txt', 'w').write('{message}')\n\
             sys.exit(42 if 'right' in output else 43)\n"
        );
        Package::default()
            .with("problem.yaml", yaml)
            .with("data/sample/1.in", "sample\n")
            .with("data/sample/1.ans", "sample\n")
            .with("data/secret/1.in", format!("{input}\n"))
            .with("data/secret/1.ans", format!("{answer}\n"))
            .with("data/secret/2.in", format!("{input} again\n"))
            .with("data/secret/2.ans", format!("{answer} again\n"))
            .with("data/secret/2.yaml", format!("description: '{message}'\nhint: '{message}'\n"))
            .with("output_validator/v.py", validator)
            .with("attachments/public.txt", "for all\n")
            .with("statement/problem.en.md", "Guess.\n")
            .with("submissions/accepted/a.py", format!("print('{answer}')\n"))
    }
}

/// What programs do with what they read: each tells it by all ways that a program has.
const ENDS: [&str; 8] = [
    "print('right')",
    "print('wrong', text)",
    "print('break')",
    "print('score')",
    "raise ValueError(text)",
    "sys.exit(text)",
    "print(text * 300000)",
    // What is no text is told in base64.
    "sys.stdout.buffer.write(b'\\xff' + text.encode())",
];

fn program(end: &str) -> String {
    format!(
        "import sys\ntext = sys.stdin.read()\nopen('copy.txt', 'w').write(text)\nprint(text, file=sys.stderr)\n{end}\n"
    )
}

async fn judged(client: &Client, body: Value) -> Value {
    let answer = client.call(Method::POST, "/api/v1/submissions", Some(body)).await;
    assert!(answer.status.is_success(), "{}", answer.text);
    done(client, &format!("/api/v1/submissions/{}", answer.json["id"].as_str().expect("an id"))).await
}

/// A submission or an order, once it is done.
async fn done(client: &Client, path: &str) -> Value {
    let deadline = Instant::now() + environment::patience(Duration::from_secs(120));
    loop {
        let told = client.call(Method::GET, path, None).await.json;
        if told["state"] == "done" {
            return told;
        }
        assert!(Instant::now() < deadline, "{told}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn by(problem: &str, source: &str) -> Value {
    json!({"problem": problem, "language": "python3", "source": source, "user": "secrets",
        "collect": ["copy.txt"], "stop_at_first_failure": false})
}

/// All that can be read of a submission, its problem and an order: whatever the description of the API names.
async fn readable(client: &Client, problem: &str, submission: &str, order: &str) -> Vec<(String, String)> {
    let described = client.call(Method::GET, "/openapi.json", None).await.json;
    let paths = described["paths"].as_object().expect("paths").clone();
    let mut read = Vec::new();
    for (path, operations) in paths {
        if operations["get"].is_null() {
            continue;
        }
        if path == "/api/v1/events" {
            read.push((path, events(client).await));
            continue;
        }
        let id = match path.split('/').nth(3) {
            Some("problems") => problem,
            Some("rejudges") => order,
            _ => submission,
        };
        let path = path.replace("{id}", id).replace("{user}", "secrets").replace("{number}", "1");
        for test in 0..3 {
            let path = path.replace("{test}", &test.to_string());
            let name = if path.contains("/attachments/") { "public.txt" } else { "copy.txt" };
            let path = path.replace("{name}", name);
            let answer = tokio::time::timeout(Duration::from_secs(30), client.call(Method::GET, &path, None));
            let text = answer.await.expect("an answer in time").text;
            read.push((path, text));
        }
    }
    assert!(read.len() > 60, "{}", read.len());
    read
}

/// What the stream of all events tells of those that were: it has no end.
async fn events(client: &Client) -> String {
    let mut stream = client.events(Some(0)).await.expect("a stream");
    let mut told = String::new();
    while let Ok(Ok(Some(part))) = tokio::time::timeout(Duration::from_secs(1), stream.chunk()).await {
        told.push_str(&String::from_utf8_lossy(&part));
    }
    told
}

/// Those of these texts that hold a mark, as it is or in base64.
fn found(marks: &Marks, texts: &[(String, String)]) -> Vec<String> {
    let forms: Vec<_> = marks.all().into_iter().flat_map(forms).collect();
    let holds = |text: &str| forms.iter().any(|mark| text.contains(mark));
    let told = |(from, text): &(String, String)| {
        let at = forms.iter().find_map(|mark| text.find(mark)).unwrap_or(0);
        let around: String = text[at.saturating_sub(80).min(at)..].chars().take(200).collect();
        format!("{from}: {around}")
    };
    texts.iter().filter(|(_, text)| holds(text)).map(told).collect()
}

/// What a mark looks like: itself, and what of its base64 depends on nothing that stands beside it, wherever it begins.
fn forms(mark: &str) -> Vec<String> {
    let in_base64 = |before: usize| {
        let encoded = STANDARD_NO_PAD.encode([b" ".repeat(before).as_slice(), mark.as_bytes()].concat());
        let (first, behind) = ((before * 8).div_ceil(6), (before + mark.len()) * 8 / 6);
        encoded[first..behind].to_owned()
    };
    [mark.to_owned()].into_iter().chain((0..3).map(in_base64)).collect()
}

#[test]
fn a_mark_is_found_in_base64_wherever_it_begins() {
    let marks = Marks::new();
    for before in 0..7 {
        let bytes = format!("{}{} and more", "?".repeat(before), marks.answer);
        let text = json!({"stdout_base64": STANDARD_NO_PAD.encode(bytes)}).to_string();
        assert_eq!(found(&marks, &[("it".to_owned(), text)]).len(), 1, "{before}");
    }
    assert_eq!(found(&marks, &[("it".to_owned(), STANDARD_NO_PAD.encode("nothing of it"))]).len(), 0);
}

async fn logs() -> Vec<(String, String)> {
    let host = Host::connect().await;
    let mut logs = Vec::new();
    for service in ["server", "warden"] {
        let id = host.service(&environment::project(), service).await;
        logs.push((format!("the log of the {service}"), host.logs(&id, "5000").await));
    }
    logs
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_secret_is_in_an_answer_an_event_or_a_log() {
    let client = Client::connect().await;
    for show in ["verdicts", "summary"] {
        let (marks, problem) = (Marks::new(), format!("secrets-{}", uuid::Uuid::new_v4().simple()));
        marks.package().push(&client, &problem, show).await;
        let mut verdicts = Vec::new();
        for end in ENDS {
            let told = judged(&client, by(&problem, &program(end))).await;
            verdicts.push(told["verdict"].as_str().unwrap_or_default().to_owned());
            let id = told["id"].as_str().expect("an id").to_owned();
            let path = format!("/api/v1/submissions/{id}/rejudge");
            let again = client.call(Method::POST, &path, None).await;
            assert_eq!(again.status, 202, "{}", again.text);
            let order = again.json["id"].as_str().expect("an id").to_owned();
            // Events end when nothing is judged any more.
            done(&client, &format!("/api/v1/rejudges/{order}")).await;
            let mut texts = vec![("the answer".to_owned(), told.to_string())];
            texts.extend(readable(&client, &problem, &id, &order).await);
            assert_eq!(found(&marks, &texts), Vec::<String>::new(), "{show} {end}");
        }
        // The marks are looked for where something was done with them.
        let expected =
            ["Accepted", "WrongAnswer", "JudgeError", "JudgeError", "RuntimeError", "RuntimeError"];
        assert_eq!(verdicts[..6], expected, "{verdicts:?}");
        assert_eq!(found(&marks, &logs().await), Vec::<String>::new(), "{show}");
        client.call(Method::DELETE, &format!("/api/v1/problems/{problem}"), None).await;
    }
    client.call(Method::DELETE, "/api/v1/users/secrets/data", None).await;
}

/// A kind of problem, with two submissions to it. Its own programs tell whoever listens, by every way that they have, what they
/// know of its secret test: while they judge the first submission, and where they fail, of the second.
struct Kind {
    name: &'static str,
    package: Package,
    submissions: [Value; 2],
}

/// Reads a line, tells it, and lives long enough to be looked at meanwhile, well within its limit on the clock.
fn looked_at(end: &str) -> Value {
    let seconds = environment::patience(Duration::from_millis(500)).as_secs_f64().min(2.5);
    let source = format!(
        "import sys, time\ntext = sys.stdin.readline()\nprint(text, flush=True)\nprint(text, file=sys.stderr, flush=True)\n\
         time.sleep({seconds})\n{end}\n"
    );
    json!({"language": "python3", "source": source})
}

impl Marks {
    /// A package of a type, of one sample and one secret test.
    fn package_of(&self, more: &str, answer: &str) -> Package {
        let yaml = format!(
            "problem_format_version: 2025-09\nname: Secrets\nuuid: 7d1c5ad4-55cb-4d18-8f8c-0b7d6f3a9e13\n{more}"
        );
        Package::default()
            .with("problem.yaml", yaml)
            .with("data/sample/1.in", "sample\n")
            .with("data/sample/1.ans", "sample\n")
            .with("data/secret/2.in", format!("{}\n", self.input))
            .with("data/secret/2.ans", format!("{answer}\n"))
    }

    /// The beginning of a validator that tells all that it knows of what is secret; `given`, `answer` and `fails` are for the rest.
    fn teller(&self, rest: &str) -> String {
        let message = &self.message;
        format!(
            "import sys\ngiven, answer = open(sys.argv[1]).read(), open(sys.argv[2]).read()\nis_secret = 'sample' not in given\n\
             if is_secret:\n    for name in 'judgemessage', 'teammessage':\n        \
             open(sys.argv[3] + name + '.txt', 'w').write('{message} ' + given + answer)\n    \
             print('{message}', given, answer, file=sys.stderr, flush=True)\n\
             def end(output):\n    if is_secret and 'break' in output: raise SystemExit('{message}')\n    \
             sys.exit(42 if 'right' in output or 'break' in output else 43)\n{rest}\n"
        )
    }

    fn kinds(&self) -> Vec<Kind> {
        let Self { input, answer, message } = self;
        let talks = "print(given.strip(), answer.strip(), flush=True)\nend(sys.stdin.read())";
        let again = "output = sys.stdin.read()\nif 'again' not in given and 'right' in output:\n    \
                     open(sys.argv[3] + 'nextpass.in', 'w').write('again ' + given.strip() + answer)\n    \
                     open(sys.argv[3] + 'state', 'w').write(given + answer)\nend(output)";
        let ends = ["print('right')", "print('break')"].map(looked_at);
        let grader = format!(
            "import sys\nresults = sys.stdin.read()\nprint('{message}', results, file=sys.stderr)\n\
             if 'WA' in results: raise SystemExit('{message}')\nprint('AC 42')\n"
        );
        let looks = format!(
            "import os, sys\nfor name in 'judgemessage', 'teammessage':\n    \
             open(sys.argv[3] + name + '.txt', 'w').write('{message}')\nprint('{message}')\n\
             print('{message}', file=sys.stderr)\nnames = [name for name in os.listdir('.') if os.path.isfile(name)]\n\
             if any('break' in open(name).read() for name in names): raise SystemExit('{message}')\nsys.exit(42)\n"
        );
        let legacy = Package::default()
            .with("problem.yaml", "name: Secrets\ntype: scoring\n")
            .with("data/testdata.yaml", "grader_flags: ignore_sample\n")
            .with("data/secret/testdata.yaml", "grading: custom\non_reject: continue\n")
            .with("data/sample/1.in", "sample\n")
            .with("data/sample/1.ans", "sample\n")
            .with("data/secret/2.in", format!("{input}\n"))
            .with("data/secret/2.ans", format!("{input}\n"))
            .with("graders/all.py", grader);
        let answers = |secret: &str| json!({"files": {"1.ans": "right", "2.ans": secret}});
        let of = |name, package, submissions| Kind { name, package, submissions };
        vec![
            of(
                "interactive",
                self.package_of("type: interactive\n", answer)
                    .with("output_validator/v.py", self.teller(talks)),
                ends.clone(),
            ),
            of(
                "multi-pass",
                self.package_of("type: multi-pass\n", answer)
                    .with("output_validator/v.py", self.teller(again)),
                ends,
            ),
            of("graded", legacy, ["pass", "print('' if 'sample' in text else 'more')"].map(looked_at)),
            of(
                "submit-answer",
                self.package_of("type: submit-answer\n", answer)
                    .with("output_validator/v.py", self.teller("end(sys.stdin.read())")),
                ["right", "break"].map(answers),
            ),
            of(
                "static",
                self.package_of("", input)
                    .with("data/secret/test_group.yaml", "static_validation_score: pass-fail\n")
                    .with("static_validator/look.py", looks),
                ["pass", "pass  # break"].map(looked_at),
            ),
        ]
    }
}

/// Hears the events of all submissions that a token sees, from now on until it is told to end.
async fn listener(client: &Client) -> (oneshot::Sender<()>, JoinHandle<String>) {
    let mut stream = client.events(None).await.expect("a stream");
    let (end, mut ended) = oneshot::channel();
    let listening = tokio::spawn(async move {
        let mut told = Vec::new();
        loop {
            tokio::select! {
                part = stream.chunk() => match part.expect("a part of the stream") {
                    Some(part) => told.extend_from_slice(&part),
                    None => break,
                },
                _ = &mut ended => break,
            }
        }
        String::from_utf8_lossy(&told).into_owned()
    });
    (end, listening)
}

/// The tests of which a stream has told what their programs write.
fn tests_looked_at(stream: &str) -> BTreeSet<u64> {
    let events = stream.split("\n\n").filter(|event| event.contains("event: output"));
    let data = events.filter_map(|event| event.lines().find_map(|line| line.strip_prefix("data: ")));
    data.filter_map(|data| serde_json::from_str::<Value>(data).ok()?["test"].as_u64()).collect()
}

/// Has a submission to a problem judged, which is followed meanwhile with each of these tokens. Its verdict, and what they were told.
async fn followed(
    callers: &[Client; 2],
    problem: &str,
    submission: &Value,
) -> (String, Vec<(String, String)>) {
    let mut body = submission.clone();
    for (key, value) in
        [("problem", json!(problem)), ("user", json!("secrets")), ("stop_at_first_failure", json!(false))]
    {
        body[key] = value;
    }
    let answer = callers[0].call(Method::POST, "/api/v1/submissions", Some(body)).await;
    assert!(answer.status.is_success(), "{}", answer.text);
    let path = format!("/api/v1/submissions/{}", answer.json["id"].as_str().expect("an id"));
    let events = format!("{path}/events?output=true");
    let streams = join_all(callers.iter().map(|caller| caller.call(Method::GET, &events, None))).await;
    let told = done(&callers[0], &path).await;
    let mut texts = vec![(path, told.to_string())];
    texts.extend(streams.into_iter().map(|stream| (events.clone(), stream.text)));
    (told["verdict"].as_str().unwrap_or_default().to_owned(), texts)
}

/// Has both submissions of a kind judged: what was told of them, while they were judged and then.
async fn followed_all(callers: &[Client; 2], kind: Kind, show: &str) -> Vec<(String, String)> {
    let problem = format!("secrets-{}", uuid::Uuid::new_v4().simple());
    kind.package.push(&callers[1], &problem, show).await;
    let mut told = Vec::new();
    for (submission, expected) in kind.submissions.iter().zip(["Accepted", "JudgeError"]) {
        let (verdict, texts) = followed(callers, &problem, submission).await;
        assert_eq!(verdict, expected, "{} {show}: {texts:?}", kind.name);
        for (_, stream) in &texts[1..] {
            assert!(stream.contains("event: judgement"), "{} {show}: {stream}", kind.name);
            // The sample was seen while it ran: so would have been the others.
            let expected = if kind.name == "submit-answer" { BTreeSet::new() } else { BTreeSet::from([0]) };
            assert_eq!(tests_looked_at(stream), expected, "{} {show}: {stream}", kind.name);
        }
        told.extend(texts);
    }
    callers[1].call(Method::DELETE, &format!("/api/v1/problems/{problem}"), None).await;
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_secret_is_told_while_submissions_to_problems_of_any_kind_are_judged() {
    let operator = Client::connect().await;
    let name = format!("secrets-{}", uuid::Uuid::new_v4().simple());
    let wanted = json!({"name": name, "scopes": ["submit", "read"]});
    let made = operator.call(Method::POST, "/api/v1/tokens", Some(wanted)).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let secret = made.json["secret"].as_str().expect("a secret").to_owned();
    let callers = [Client::to(&environment::url(), Some(secret)), operator];
    for show in ["verdicts", "summary"] {
        let marks = Marks::new();
        let listeners = [listener(&callers[0]).await, listener(&callers[1]).await];
        let kinds = marks.kinds().into_iter().map(|kind| followed_all(&callers, kind, show));
        let mut texts: Vec<_> = join_all(kinds).await.into_iter().flatten().collect();
        for (end, listening) in listeners {
            drop(end);
            let told = listening.await.expect("what was heard");
            assert!(told.contains("event: test") && told.contains("event: end"), "{told}");
            texts.push(("/api/v1/events".to_owned(), told));
        }
        texts.extend(logs().await);
        assert_eq!(found(&marks, &texts), Vec::<String>::new(), "{show}");
    }
    callers[1].call(Method::DELETE, &format!("/api/v1/tokens/{name}"), None).await;
}

/// A validator that does not compile, with secrets in what the compiler says of it.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_compiler_says_of_a_validator_is_not_told() {
    let client = Client::connect().await;
    let (marks, problem) = (Marks::new(), format!("secrets-{}", uuid::Uuid::new_v4().simple()));
    let package = Package::default()
        .with(
            "problem.yaml",
            "problem_format_version: 2025-09\nname: B\nuuid: 7d1c5ad4-55cb-4d18-8f8c-0b7d6f3a9e12\n",
        )
        .with("data/secret/1.in", "1\n")
        .with("data/secret/1.ans", "1\n")
        .with("output_validator/v.cpp", format!("int main() {{ return {}; }}\n", marks.answer));
    package.push(&client, &problem, "verdicts").await;
    let told = judged(&client, by(&problem, "print(1)")).await;
    assert_eq!(told["verdict"], "JudgeError", "{told}");
    let mut texts = vec![("the answer".to_owned(), told.to_string())];
    texts.extend(logs().await);
    assert_eq!(found(&marks, &texts), Vec::<String>::new());
    client.call(Method::DELETE, &format!("/api/v1/problems/{problem}"), None).await;
}

/// Looks for the marks, put together of two halves, in all files and processes that it can see, but for what it was given itself.
const SEARCH: &str = r"
import os, stat
marks = [a.encode() + b.encode() for a, b in HALVES]
found = []
def look(path):
    try:
        if not stat.S_ISREG(os.stat(path).st_mode): return
        with open(path, 'rb') as file: data = file.read(1 << 20)
        found.extend(path for mark in marks if mark in data)
    except OSError:
        pass
for top in '/w', '/tmp', '/dev/shm', '/run', '/var', '/etc', '/home', '/mnt', '/workspace', '/proc':
    for folder, folders, files in os.walk(top, onerror=lambda why: None):
        folders[:] = [name for name in folders if name not in ('sys', 'task')]
        for name in files:
            if name not in ('kcore', 'kmsg', 'mem', 'pagemap', 'clear_refs', 'kpagecount', 'kpageflags'):
                look(os.path.join(folder, name))
print(found)
";

fn search(marks: &Marks) -> String {
    let halves: Vec<_> = marks.all().into_iter().map(|mark| mark.split_at(9)).collect();
    format!("HALVES = {}\n{SEARCH}", json!(halves))
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_secret_is_in_a_command_over_grpc_or_in_a_file_that_it_tells() {
    let client = Client::connect().await;
    let (marks, problem) = (Marks::new(), format!("secrets-{}", uuid::Uuid::new_v4().simple()));
    marks.package().push(&client, &problem, "verdicts").await;
    let mut executor = grpc::connect().await;
    let source = search(&marks);
    for end in &ENDS[..4] {
        judged(&client, by(&problem, &program(end))).await;
        let command = grpc::command(&["/usr/bin/python3", "-c", &source], b"");
        let request = Request { request_id: "r".into(), cmd: vec![command], pipe_mapping: Vec::new() };
        let ran = executor.exec(request).await.expect("results").into_inner();
        assert_eq!(&ran.results[0].files["stdout"][..], b"[]\n", "{ran:?}");
    }
    let listed = executor.file_list(()).await.expect("a list").into_inner().file_i_ds;
    let mut texts = vec![("the list".to_owned(), format!("{listed:?}"))];
    for file_id in listed.into_keys() {
        // Others keep files meanwhile, and remove them.
        let Ok(file) = executor.file_get(FileId { file_id: file_id.clone() }).await else { continue };
        texts.push((file_id, String::from_utf8_lossy(&file.into_inner().content).into_owned()));
    }
    assert_eq!(found(&marks, &texts), Vec::<String>::new());
    client.call(Method::DELETE, &format!("/api/v1/problems/{problem}"), None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_secret_is_in_the_sandbox_of_a_program_but_its_own_input() {
    let client = Client::connect().await;
    let (marks, problem) = (Marks::new(), format!("secrets-{}", uuid::Uuid::new_v4().simple()));
    marks.package().push(&client, &problem, "verdicts").await;
    // Sandboxes that have had the secrets: those of programs their inputs, those of validators all of them.
    for _ in 0..4 {
        judged(&client, by(&problem, &program(ENDS[0]))).await;
    }
    let source = search(&marks);
    for _ in 0..4 {
        let told = judged(&client, by(&problem, &source)).await;
        let sample = &told["tests"][0];
        assert_eq!(sample["stdout"].as_str().map(str::trim), Some("[]"), "{told}");
    }
    client.call(Method::DELETE, &format!("/api/v1/problems/{problem}"), None).await;
}

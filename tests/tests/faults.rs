//! Whatever breaks, nothing accepted is lost, each submission gets exactly one judgement, and nothing of ours is left.
//! Each fault is done to an instance of its own.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use e2e::alone::alone;
use e2e::client::ClientError;
use e2e::docker::{Host, SandboxContainer};
use e2e::environment::{large_submissions, patience};
use e2e::follower::Follower;
use e2e::instance::{Instance, Plan};
use e2e::leftovers::AtRest;
use e2e::programs::{HOLD, LENGTH, LOOP, SLEEP, SUM, TOUCH, unique};
use e2e::{Client, Package, Request, environment};
use reqwest::{Method, StatusCode};

/// Runs a test against an instance and removes the instance whatever comes of it.
async fn with_instance<F>(plan: Plan, test: impl FnOnce(Scene) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let _alone = alone().await;
    let instance = plan.start().await;
    let host = Host::connect().await;
    let at_rest = AtRest::note(&host, &instance.client(), &instance.name, &instance.server).await;
    let scene = Scene {
        name: instance.name.clone(),
        server: instance.server.clone(),
        warden: instance.warden.clone(),
        client: instance.client(),
        host: host.clone(),
        at_rest,
    };
    let outcome = tokio::spawn(test(scene)).await;
    if outcome.is_err() {
        eprintln!("server:\n{}", host.logs(&instance.server, "60").await);
        eprintln!("warden:\n{}", host.logs(&instance.warden, "30").await);
    }
    Instance::remove(instance).await;
    if let Err(panic) = outcome {
        std::panic::resume_unwind(panic.into_panic());
    }
}

/// An instance to do harm to.
struct Scene {
    name: String,
    server: String,
    warden: String,
    client: Client,
    host: Host,
    at_rest: AtRest,
}

impl Scene {
    async fn ready_again(&self) {
        self.client.wait_until_ready(Duration::from_secs(60)).await;
    }

    /// Waits until the server answers at all.
    async fn answers(&self) {
        let deadline = Instant::now() + patience(Duration::from_secs(20));
        while self.client.send(Method::GET, "/healthz", None).await.is_err() {
            assert!(Instant::now() < deadline, "the server does not answer");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until the self-test of every language has run once, which has the sandboxes before a submission.
    async fn all_tested(&self) {
        self.client.wait_until_all_are_tested(Duration::from_secs(90)).await;
    }

    async fn nothing_is_left(&self) {
        self.at_rest.comes_back(&self.host, Duration::from_secs(30)).await;
    }

    /// The run container, once the submission runs in it.
    async fn container_running(&self, id: &str) -> String {
        let answer = self.client.wait_for_state(id, "running").await;
        assert_eq!(answer.state, "running", "{answer:?}");
        // The state changes just before the run is sent.
        tokio::time::sleep(patience(Duration::from_millis(200))).await;
        let mut containers = self.host.run_containers(&self.name).await;
        assert_eq!(containers.len(), 1, "the instance has one run slot");
        containers.remove(0).id
    }

    /// Once a user and these problems are removed there is no file among the blobs, nor one on its way to them.
    async fn nothing_is_kept_of(&self, user: &str, problems: &[&str]) {
        for problem in problems {
            self.client.call(Method::DELETE, &format!("/api/v1/problems/{problem}"), None).await;
        }
        let removed = self.client.call(Method::DELETE, &format!("/api/v1/users/{user}/data"), None).await;
        assert_eq!(removed.status, StatusCode::OK, "{}", removed.text);
        let deadline = Instant::now() + patience(Duration::from_secs(30));
        loop {
            let files = ["find", "/workspace/state/blobs", "-type", "f"];
            let left = self.host.exec(&self.server, "10001", &files).await;
            if left.trim().is_empty() {
                return;
            }
            assert!(Instant::now() < deadline, "files are left: {left}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    async fn still_judges(&self) {
        let request = Request::new("c17", &unique(SUM)).test(b"1 2", Some(b"3\n"));
        assert_eq!(self.client.judge(&request).await.verdict(), "Accepted");
    }
}

/// Submissions of several users with the verdict that each must get.
fn load(size: usize) -> Vec<(Request, &'static str)> {
    (0..size)
        .map(|n| {
            let user = format!("user-{}", n % 4);
            let (request, verdict) = match n % 5 {
                0 => (Request::new("c17", LOOP).limits("cpu_ms=100 wall_ms=20000"), "TimeLimitExceeded"),
                1 => (
                    Request::new("c17", SLEEP).stdin(b"150").ample_limits("cpu_ms=500 wall_ms=20000"),
                    "Accepted",
                ),
                2 => (
                    Request::new("c17", TOUCH).stdin(b"80").ample_limits("memory_bytes=50000000"),
                    "MemoryLimitExceeded",
                ),
                3 => (Request::new("c17", SUM).test(b"1 2", Some(b"4\n")), "WrongAnswer"),
                _ => (Request::new("c17", &unique(SUM)).test(b"1 2", Some(b"3\n")), "Accepted"),
            };
            // Only every fifth is a TimeLimitExceeded, so nobody is throttled.
            (request.user(&user), verdict)
        })
        .collect()
}

/// Submits until told to stop; remembers what was accepted.
async fn submit_all(client: &Client, load: Vec<(Request, &'static str)>) -> BTreeMap<String, &'static str> {
    let mut accepted = BTreeMap::new();
    for (request, verdict) in load {
        // What is refused, or lost on the way before it was acknowledged, was not accepted.
        if let Ok(answer) = client.try_submit(&request).await {
            accepted.insert(answer.id, verdict);
        }
    }
    accepted
}

/// Every accepted submission ends, once, with the right verdict.
async fn all_judged(client: &Client, accepted: &BTreeMap<String, &'static str>) {
    assert!(!accepted.is_empty());
    for (id, verdict) in accepted {
        let answer = match client.try_wait(id, Duration::from_secs(120)).await {
            Ok(answer) => answer,
            Err(error) => panic!("{id} is lost: {error}"),
        };
        assert_eq!(answer.verdict(), *verdict, "{answer:#?}");
    }
    // A judgement is final: nothing runs a second time and changes it.
    let first = judged(client, accepted).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(judged(client, accepted).await, first);
}

async fn judged(client: &Client, accepted: &BTreeMap<String, &'static str>) -> Vec<String> {
    let mut answers = Vec::new();
    for id in accepted.keys() {
        let path = format!("/api/v1/submissions/{id}");
        answers.push(client.call(reqwest::Method::GET, &path, None).await.text);
    }
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_under_load_loses_nothing() {
    with_instance(Plan::of_one_slot("kill-server"), async |scene: Scene| {
        let follower = Follower::start(&scene.client).await;
        let mut accepted = BTreeMap::new();
        for pause_ms in [50, 400, 900] {
            let killing = async {
                tokio::time::sleep(Duration::from_millis(pause_ms)).await;
                scene.host.kill(&scene.server, "KILL").await;
            };
            let (more, ()) = tokio::join!(submit_all(&scene.client, load(25)), killing);
            accepted.extend(more);
            scene.host.start(&scene.server).await;
            scene.ready_again().await;
            accepted.extend(submit_all(&scene.client, load(10)).await);
        }
        all_judged(&scene.client, &accepted).await;
        follower.was_told_of_each_once(&accepted).await;
        drop(follower);
        scene.nothing_is_left().await;
    })
    .await;
}

/// More often than a submission may be attempted.
const QUICK_KILLS: usize = 12;

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_again_and_again_before_it_has_sandboxes_counts_no_attempts() {
    with_instance(Plan::of_one_slot("kill-quickly"), async |scene: Scene| {
        let program = || Request::new("c17", &unique(SUM)).test(b"1 2", Some(b"3\n"));
        scene.host.kill(&scene.server, "KILL").await;
        let mut accepted = BTreeMap::new();
        for _ in 0..QUICK_KILLS {
            scene.host.start(&scene.server).await;
            scene.answers().await;
            if accepted.is_empty() {
                let load = (0..3).map(|_| (program(), "Accepted")).collect();
                accepted.extend(submit_all(&scene.client, load).await);
            }
            // A worker has taken them; no sandbox is there yet.
            tokio::time::sleep(Duration::from_millis(100)).await;
            scene.host.kill(&scene.server, "KILL").await;
        }
        scene.host.start(&scene.server).await;
        scene.ready_again().await;
        assert_eq!(accepted.len(), 3);
        all_judged(&scene.client, &accepted).await;
    })
    .await;
}

/// What a server may have resident, however large submissions are.
const MOST_MEMORY: u64 = 128 << 20;

/// Submits an input of 60 MiB, that of every other number the same; the id, where it was accepted. The body is put
/// together by hand: a test that is not optimised takes seconds over JSON of that size.
async fn submit_large(client: &Client, number: usize) -> Option<String> {
    let line = format!("{:09}\\n", if number.is_multiple_of(2) { 0 } else { number });
    let lines = (60 << 20) / 10;
    let request = Request::new("c17", LENGTH).user(&format!("user-{}", number % 10));
    let rest = serde_json::to_string(&request.ample_limits("cpu_ms=5000 wall_ms=30000")).ok()?;
    let test = format!("{{\"stdin\":\"{}\",\"expected\":\"{}\"}}", line.repeat(lines), lines * 10);
    let body = format!("{{\"tests\":[{test}],{}", &rest[1..]);
    let answer = client.send(Method::POST, "/api/v1/submissions", Some(body)).await.ok()?;
    (answer.status == StatusCode::ACCEPTED).then(|| answer.json["id"].as_str().map(str::to_owned))?
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_over_large_submissions_is_soon_back_small_and_judges_each_once() {
    let plan = Plan::of_one_slot("large").with("GAVEL_QUEUE__MAX_BYTES", "16GiB");
    with_instance(plan, async |scene: Scene| {
        let all = large_submissions();
        let mut accepted = BTreeMap::new();
        let mut peaks = Vec::new();
        for (number, pause_ms) in (0..).zip([1000, 2200, 500]) {
            let killing = async {
                tokio::time::sleep(patience(Duration::from_millis(pause_ms * all as u64 / 9))).await;
                peaks.push(scene.host.peak_memory(&scene.server).await);
                scene.host.kill(&scene.server, "KILL").await;
            };
            // Killed while some run, some wait, and perhaps one comes in.
            let submitting = async {
                let mut accepted = BTreeMap::new();
                for n in number * all / 3..(number + 1) * all / 3 {
                    accepted.extend(submit_large(&scene.client, n).await.map(|id| (id, "Accepted")));
                }
                accepted
            };
            let (more, ()) = tokio::join!(submitting, killing);
            accepted.extend(more);
            let started = Instant::now();
            scene.host.start(&scene.server).await;
            scene.ready_again().await;
            let took = started.elapsed();
            assert!(took < patience(Duration::from_secs(10)), "ready again after {took:?}");
            eprintln!("{} accepted; ready again after {took:?}", accepted.len());
        }
        // What broke off is sent again.
        for n in 0..all - accepted.len() {
            accepted.extend(submit_large(&scene.client, n).await.map(|id| (id, "Accepted")));
        }
        assert_eq!(accepted.len(), all);
        all_judged(&scene.client, &accepted).await;
        peaks.push(scene.host.peak_memory(&scene.server).await);
        eprintln!("most memory of each server: {peaks:?}");
        assert!(peaks.iter().all(|peak| *peak < MOST_MEMORY), "{peaks:?}");
        scene.nothing_is_left().await;
    })
    .await;
}

/// Packages of each kind, and what their submissions come to: they talk, are looked at by a validator that takes its time, run
/// twice, and are graded by a program.
fn problems() -> [(&'static str, Package, Request, &'static str); 5] {
    let [guess, whisper, medals] =
        ["guess", "whisper", "medals"].map(|name| Package::of(&environment::problems().join(name)));
    let pair = |name: &str| {
        format!("problem_format_version: 2025-09\nname: {name}\nuuid: {}\n", uuid::Uuid::new_v4())
    };
    let patient = Package::default()
        .with("problem.yaml", pair("Patient"))
        .with("data/secret/1.in", "1 2\n")
        .with("data/secret/1.ans", "3\n")
        .with("data/secret/2.in", "4 5\n")
        .with("data/secret/2.ans", "9\n")
        .with(
            "output_validator/v.py",
            "import sys, time\ntime.sleep(0.1)\n\
              sys.exit(42 if sys.stdin.read() == open(sys.argv[2]).read() else 43)\n",
        );
    let right = |path: &str| {
        std::fs::read_to_string(environment::problems().join(path)).expect("a program of the package")
    };
    let of = |id: &str, source: &str| Request::new("python3", source).by_problem(id);
    let bisect = right("guess/submissions/accepted/bisect.py");
    let twice = right("whisper/submissions/accepted/five_bits.py");
    let graded = right("medals/submissions/accepted/pairs.py");
    [
        ("talk", guess.clone(), of("talk", &bisect), "Accepted"),
        ("quiet", guess, of("quiet", "print('what?', flush=True)\ninput()\n"), "WrongAnswer"),
        ("patient", patient, of("patient", "print(sum(map(int, input().split())))\n"), "Accepted"),
        ("twice", whisper, of("twice", &twice), "Accepted"),
        ("graded", medals, of("graded", &graded), "Accepted"),
    ]
}

/// Prints what it reads.
const ECHO: &str = "import shutil, sys\nshutil.copyfileobj(sys.stdin.buffer, sys.stdout.buffer)\n";

/// A package that takes a while: what is in it is no other's.
fn large(number: u8) -> Package {
    let content = [number, 7].repeat(4 << 20);
    Package::default()
        .with(
            "problem.yaml",
            "problem_format_version: 2025-09\nname: L\nuuid: 4c1d8f52-0a67-4f0d-9a53-bb2f6d1c7e09\n\
             limits:\n  time_limit: 10\n  output: 16\n",
        )
        .with("data/secret/1.in", content.clone())
        .with("data/secret/1.ans", content)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_over_dialogues_validators_orders_and_pushes_loses_nothing_and_leaves_nothing() {
    let plan = Plan::of_one_slot("kill-problems").with("GAVEL_SANDBOX__RUN_SLOTS", "2");
    with_instance(plan, async |scene: Scene| {
        let client = &scene.client;
        let problems = problems();
        for (id, package, ..) in &problems {
            package.push(client, id, "verdicts").await;
        }
        let mut accepted = BTreeMap::new();
        for (number, pause_ms) in (0..).zip([300, 1200, 2500]) {
            let load = (0..10).map(|n| {
                let (.., request, verdict) = &problems[n % problems.len()];
                (request.clone().user("mallory"), *verdict)
            });
            let killing = async {
                at_work(client, patience(Duration::from_millis(pause_ms))).await;
                scene.host.kill(&scene.server, "KILL").await;
            };
            // Whether it was taken nobody knows where the answer is lost.
            let pushing = client.send_bytes(Method::PUT, "/api/v1/problems/large", large(number).tar());
            let (more, (), _) = tokio::join!(submit_all(client, load.collect()), killing, pushing);
            accepted.extend(more);
            scene.host.start(&scene.server).await;
            scene.ready_again().await;
            // It is there whole, or not at all; one that is sent again is.
            if client.call(Method::GET, "/api/v1/problems/large", None).await.status == StatusCode::OK {
                accepted.extend(submit_all(client, vec![(echo(), "Accepted")]).await);
            }
        }
        large(9).push(client, "large", "verdicts").await;
        accepted.extend(submit_all(client, vec![(echo(), "Accepted")]).await);
        all_judged(client, &accepted).await;
        let order =
            client.call(Method::POST, "/api/v1/rejudges", Some(serde_json::json!({"user": "mallory"}))).await;
        assert_eq!(order.status, StatusCode::ACCEPTED, "{}", order.text);
        let path = format!("/api/v1/rejudges/{}", order.json["id"].as_str().expect("an id"));
        for pause_ms in [400, 1500] {
            tokio::time::sleep(patience(Duration::from_millis(pause_ms))).await;
            let order = client.call(Method::GET, &path, None).await.json;
            assert_ne!(order["state"], "done", "nothing is left to be killed over: {order}");
            scene.host.kill(&scene.server, "KILL").await;
            scene.host.start(&scene.server).await;
            scene.ready_again().await;
        }
        let done = until_done(client, &path).await;
        assert_eq!(done["done"], accepted.len(), "{done}");
        assert_eq!(done["changed"], 0, "{done}");
        for id in accepted.keys() {
            let path = format!("/api/v1/submissions/{id}/judgements");
            let judgements = client.call(Method::GET, &path, None).await.json;
            assert_eq!(judgements["judgements"].as_array().map(Vec::len), Some(2), "judged again, once");
        }
        scene.nothing_is_left().await;
        // A user is forgotten altogether, also where that broke off.
        let forgetting = client.send(Method::DELETE, "/api/v1/users/mallory/data", None);
        let killing = async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            scene.host.kill(&scene.server, "KILL").await;
        };
        let _ = tokio::join!(forgetting, killing);
        scene.host.start(&scene.server).await;
        scene.ready_again().await;
        let ids = problems.each_ref().map(|(id, ..)| *id);
        scene.nothing_is_kept_of("mallory", &[&ids[..], &["large"][..]].concat()).await;
        for id in accepted.keys() {
            let path = format!("/api/v1/submissions/{id}");
            assert_eq!(client.call(Method::GET, &path, None).await.status, StatusCode::NOT_FOUND, "{id}");
        }
    })
    .await;
}

fn echo() -> Request {
    Request::new("python3", ECHO).by_problem("large").user("mallory")
}

/// So few submissions that one that waits for fewer may find none.
const HARDLY_ANY: usize = 3;

/// Waits so long, and no longer than there is work; when it returns some is left.
async fn at_work(client: &Client, pause: Duration) {
    let (deadline, mut most) = (Instant::now() + pause, 0);
    loop {
        let listed = client.call(Method::GET, "/api/v1/submissions?user=mallory&limit=100", None).await.json;
        let listed = listed["submissions"].as_array().expect("a list").clone();
        let left = listed.iter().filter(|one| one["state"] != "done").count();
        most = most.max(left);
        if Instant::now() >= deadline || most > HARDLY_ANY && left <= HARDLY_ANY {
            assert!(left > 0, "nothing is left to be killed over");
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn until_done(client: &Client, order: &str) -> serde_json::Value {
    let deadline = Instant::now() + patience(Duration::from_secs(120));
    loop {
        let order = client.call(Method::GET, order, None).await.json;
        if order["state"] == "done" {
            return order;
        }
        assert!(Instant::now() < deadline, "{order}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_server_drains_and_loses_nothing() {
    with_instance(Plan::of_one_slot("stop-server"), async |scene: Scene| {
        let accepted = submit_all(&scene.client, load(25)).await;
        scene.host.kill(&scene.server, "TERM").await;
        let deadline = Instant::now() + patience(Duration::from_secs(45));
        let code = loop {
            let state = scene.host.inspect(&scene.server).await.and_then(|c| c.state).unwrap_or_default();
            if state.running == Some(false) {
                break state.exit_code;
            }
            assert!(Instant::now() < deadline, "the server does not end");
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        assert_eq!(code, Some(0));
        scene.host.start(&scene.server).await;
        scene.ready_again().await;
        all_judged(&scene.client, &accepted).await;
        scene.nothing_is_left().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_warden_loses_nothing() {
    with_instance(Plan::of_one_slot("kill-warden"), async |scene: Scene| {
        let mut accepted = submit_all(&scene.client, load(15)).await;
        scene.host.kill(&scene.warden, "KILL").await;
        // Sandboxes that are there go on serving.
        accepted.extend(submit_all(&scene.client, load(10)).await);
        tokio::time::sleep(Duration::from_secs(1)).await;
        scene.host.start(&scene.warden).await;
        all_judged(&scene.client, &accepted).await;
        scene.ready_again().await;
        // The new warden makes containers as the old one did.
        let fresh = Request::new("c17", SUM).test(b"1 2", Some(b"3\n")).isolation("fresh");
        for _ in 0..2 {
            assert_eq!(scene.client.judge(&fresh).await.verdict(), "Accepted");
        }
        scene.nothing_is_left().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn server_and_warden_killed_together_lose_nothing() {
    with_instance(Plan::of_one_slot("kill-both"), async |scene: Scene| {
        let accepted = submit_all(&scene.client, load(20)).await;
        scene.host.kill(&scene.warden, "KILL").await;
        scene.host.kill(&scene.server, "KILL").await;
        scene.host.start(&scene.warden).await;
        scene.host.start(&scene.server).await;
        scene.ready_again().await;
        all_judged(&scene.client, &accepted).await;
        scene.nothing_is_left().await;
    })
    .await;
}

/// What can happen to a run container.
#[derive(Debug, Clone, Copy)]
enum Harm {
    Removed,
    Killed,
    Paused,
    OutOfMemory,
}

impl Harm {
    async fn come_over(self, host: &Host, container: &str) {
        match self {
            Self::Removed => host.remove(container).await,
            Self::Killed => host.kill(container, "KILL").await,
            Self::Paused => host.pause(container).await,
            // The program is well within its own limit: it is the container that has too little.
            Self::OutOfMemory => host.exhaust_memory(container, 220 << 20).await,
        }
    }
}

/// A program in the middle of its run when harm comes over its container must still be accepted.
async fn survives(name: &str, harm: Harm) {
    with_instance(Plan::of_one_slot(name), move |scene: Scene| async move {
        let ms = patience(Duration::from_millis(2500)).as_millis();
        let program = Request::new("c17", HOLD).test(ms.to_string().as_bytes(), Some(b"slept\n"));
        let submitted = scene.client.submit(&program.ample_limits("cpu_ms=5000 wall_ms=7000")).await;
        let container = scene.container_running(&submitted.id).await;
        harm.come_over(&scene.host, &container).await;
        let answer = scene.client.wait(&submitted.id).await;
        assert_eq!(answer.verdict(), "Accepted", "{answer:#?}");
        scene.still_judges().await;
        scene.nothing_is_left().await;
        let containers = scene.host.run_containers(&scene.name).await;
        assert!(containers.iter().all(|now| now.id != container), "the harmed container serves on");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_container_removed_in_mid_run_costs_another_attempt_only() {
    survives("remove-run", Harm::Removed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_container_killed_in_mid_run_costs_another_attempt_only() {
    survives("kill-run", Harm::Killed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_container_paused_in_mid_run_costs_another_attempt_only() {
    survives("pause-run", Harm::Paused).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_container_out_of_memory_in_mid_run_costs_another_attempt_only() {
    survives("oom-run", Harm::OutOfMemory).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_toolchain_container_removed_in_mid_compilation_costs_another_attempt_only() {
    with_instance(Plan::of_one_slot("remove-gcc"), async |scene: Scene| {
        let slow = unique(
            "#include <bits/stdc++.h>\n#include <regex>\nint main() { std::regex r(\"a*\"); return 0; }\n",
        );
        scene.all_tested().await;
        let submitted = scene.client.submit(&Request::new("cpp17", &slow)).await;
        assert_eq!(scene.client.wait_for_state(&submitted.id, "compiling").await.state, "compiling");
        tokio::time::sleep(Duration::from_millis(200)).await;
        let toolchains =
            scene.host.sandboxes(&scene.name).await.into_iter().filter(|c| c.role == "toolchain");
        for toolchain in toolchains {
            scene.host.remove(&toolchain.id).await;
        }
        assert_eq!(scene.client.wait(&submitted.id).await.verdict(), "Accepted");
        scene.still_judges().await;
        scene.nothing_is_left().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_workspace_refuses_with_503_and_recovers() {
    let plan = Plan::of_one_slot("full").workspace_of("48m");
    with_instance(plan, async |scene: Scene| {
        scene.still_judges().await;
        let fill = "dd if=/dev/zero of=/workspace/state/filler bs=64k 2>/dev/null; true";
        scene.host.exec(&scene.server, "10001", &["sh", "-c", fill]).await;
        let mut accepted = BTreeMap::new();
        for _ in 0..10 {
            match scene.client.try_submit(&Request::new("c17", &unique(SUM)).test(b"1 2", Some(b"3\n"))).await
            {
                Ok(answer) => drop(accepted.insert(answer.id, "Accepted")),
                Err(ClientError::Refused(response)) => {
                    assert_eq!(response.status, StatusCode::SERVICE_UNAVAILABLE, "{}", response.text);
                }
                Err(error) => panic!("{error}"),
            }
        }
        assert!(accepted.len() < 10, "a full workspace took everything");
        scene.host.exec(&scene.server, "10001", &["rm", "/workspace/state/filler"]).await;
        scene.ready_again().await;
        let answer = scene.client.judge(&Request::new("c17", &unique(SUM)).test(b"1 2", Some(b"3\n"))).await;
        assert_eq!(answer.verdict(), "Accepted");
        for id in accepted.keys() {
            let answer = scene.client.wait(id).await;
            // There was no room for the program, or there was again: never anything wrong.
            assert!(["Accepted", "InternalError"].contains(&answer.verdict()), "{answer:#?}");
        }
        scene.nothing_is_left().await;
    })
    .await;
}

/// Prints a number 140 000 times.
const PRINT: &str = "#include <stdio.h>\nint main(void) { int n; scanf(\"%d\", &n); \
                     for (int i = 0; i < 140000; i++) printf(\"%d \", 100000 + n); }\n";

/// A megabyte that is kept with the judgement, another one for each number.
fn megabyte(number: u32) -> Request {
    Request::new("c17", PRINT).test(number.to_string().as_bytes(), None)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_oldest_judgements_go_before_a_disk_is_full() {
    let plan = Plan::of_one_slot("kept").workspace_of("64m").with("GAVEL_STORE__MAX_SIZE", "16MiB");
    with_instance(plan.with("GAVEL_STORE__CACHE_SIZE", "8MiB"), async |scene: Scene| {
        for number in 0..100 {
            assert_eq!(scene.client.judge(&megabyte(number)).await.verdict(), "Accepted", "{number}");
        }
    })
    .await;
}

/// What submissions themselves fill leaves room to judge all that was accepted.
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_submissions_have_filled_judges_all_of_them_and_has_room_again() {
    let plan = Plan::of_one_slot("filled").workspace_of("64m").with("GAVEL_STORE__CACHE_SIZE", "8MiB");
    with_instance(plan, async |scene: Scene| {
        let others = "dd if=/dev/zero of=/workspace/state/filler bs=1M count=24 2>/dev/null";
        scene.host.exec(&scene.server, "10001", &["sh", "-c", others]).await;
        let mut number = 0;
        let refused = loop {
            number += 1;
            assert!(number < 100, "it takes everything");
            match scene.client.try_judge(&megabyte(number)).await {
                Ok(answer) => assert_eq!(answer.verdict(), "Accepted", "{number}: {answer:#?}"),
                Err(ClientError::Refused(response)) => break response,
                Err(error) => panic!("{error}"),
            }
        };
        assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "{}", refused.text);
        assert!(refused.text.contains("disk is full"), "{}", refused.text);
        scene.host.exec(&scene.server, "10001", &["rm", "/workspace/state/filler"]).await;
        scene.ready_again().await;
        let answer = scene.client.judge(&Request::new("c17", &unique(SUM)).test(b"1 2", Some(b"3\n"))).await;
        assert_eq!(answer.verdict(), "Accepted");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn containers_of_others_survive_a_start_and_leftovers_of_ours_do_not() {
    with_instance(Plan::of_one_slot("orphans"), async |scene: Scene| {
        // As the warden names and labels them; the first lacks the labels, the second is another instance's.
        let sandbox = |instance: &str| format!("gavel-{instance}-run-77");
        let labels = |instance| {
            [
                ("io.gavel.instance", instance),
                ("io.gavel.role", "run"),
                ("io.gavel.slot", "77"),
                ("io.gavel.profile", "run"),
            ]
        };
        let foreign = scene.host.idle_container(&format!("gavel-{}-run-78", scene.name), &[]).await;
        let other = format!("{}-run", scene.name);
        let living = scene.host.idle_container(&sandbox(&other), &labels(&other)).await;
        let orphan = scene.host.idle_container(&sandbox(&scene.name), &labels(&scene.name)).await;
        scene.host.kill(&scene.warden, "KILL").await;
        scene.host.kill(&scene.server, "KILL").await;
        scene.host.start(&scene.warden).await;
        scene.host.start(&scene.server).await;
        scene.ready_again().await;
        let deadline = Instant::now() + patience(Duration::from_secs(15));
        while scene.host.inspect(&orphan).await.is_some() && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        let left = [&foreign, &living, &orphan].map(|id| scene.host.inspect(id));
        let [foreign_left, living_left, orphan_left] = left;
        let (foreign_left, living_left, orphan_left) = tokio::join!(foreign_left, living_left, orphan_left);
        for id in [&foreign, &living, &orphan] {
            scene.host.remove(id).await;
        }
        assert!(foreign_left.is_some(), "a container that only has a similar name was removed");
        assert!(living_left.is_some(), "a container of another instance was removed");
        assert!(orphan_left.is_none(), "a leftover of this instance was not removed");
        scene.nothing_is_left().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recycle_under_load_interrupts_nothing_and_replaces_every_sandbox() {
    with_instance(Plan::of_one_slot("recycle").with("GAVEL_HTTP__ADMIN_TOKEN", ""), async |scene: Scene| {
        let before = scene.host.sandboxes(&scene.name).await;
        let accepted = submit_all(&scene.client, load(20)).await;
        let recycled = scene.client.call(reqwest::Method::POST, "/api/v1/admin/recycle", None).await;
        assert!(recycled.status.is_success(), "{}: {}", recycled.status, recycled.text);
        all_judged(&scene.client, &accepted).await;
        scene.nothing_is_left().await;
        // One after the other, so that there is always one that serves.
        let deadline = Instant::now() + patience(Duration::from_secs(30));
        loop {
            let after = scene.host.sandboxes(&scene.name).await;
            let is_there = |container: &&SandboxContainer| after.iter().any(|now| now.id == container.id);
            let old: Vec<_> = before.iter().filter(is_there).map(|container| &container.slot).collect();
            if old.is_empty() {
                break;
            }
            assert!(Instant::now() < deadline, "slots {old:?} were not replaced");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        scene.nothing_is_left().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_loses_every_container_costs_another_attempt_only() {
    with_instance(Plan::of_one_slot("all-gone"), async |scene: Scene| {
        let accepted = submit_all(&scene.client, load(20)).await;
        scene.host.kill(&scene.warden, "KILL").await;
        for container in scene.host.sandboxes(&scene.name).await {
            scene.host.remove(&container.id).await;
        }
        tokio::time::sleep(Duration::from_secs(3)).await;
        scene.host.start(&scene.warden).await;
        scene.ready_again().await;
        all_judged(&scene.client, &accepted).await;
        scene.nothing_is_left().await;
    })
    .await;
}

//! A submission's way: queue, cancelling, waiting, throttle, tokens, recycling.

use std::time::{Duration, Instant};

use e2e::client::ClientError;
use e2e::docker::Host;
use e2e::environment::{self, at_most_ms, patience};
use e2e::instance::{Instance, Plan};
use e2e::programs::{LOOP, SLEEP, SUM, unique};
use e2e::{Client, Request};
use reqwest::{Method, StatusCode};
use tokio::sync::{Mutex, MutexGuard};

/// Those that measure or fill the queue come one after another.
async fn alone() -> MutexGuard<'static, ()> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());
    ONE_AT_A_TIME.lock().await
}

fn anybody(name: &str) -> String {
    format!("{name}-{}", uuid::Uuid::new_v4())
}

fn sleeper(ms: u128) -> Request {
    Request::new("c17", SLEEP).stdin(ms.to_string().as_bytes()).ample_limits("cpu_ms=1000 wall_ms=60000")
}

#[track_caller]
fn within_ms(what: &str, started: Instant, bound: f64) {
    let took = started.elapsed().as_secs_f64() * 1000.0;
    assert!(took <= at_most_ms(bound), "{what} took {took:.0} ms of {bound:.0}");
}

#[tokio::test]
async fn a_running_submission_is_cancelled_within_500_ms() {
    let _alone = alone().await;
    let client = Client::connect().await;
    for _ in 0..5 {
        let id = client.submit(&sleeper(30_000)).await.id;
        assert_eq!(client.wait_for_state(&id, "running").await.state, "running");
        let started = Instant::now();
        assert_eq!(client.cancel(&id).await.status, StatusCode::OK);
        assert_eq!(client.wait(&id).await.state, "cancelled");
        within_ms("cancelling", started, 500.0);
        // And its sandbox is free again.
        let next = client.judge(&Request::new("c17", SUM).test(b"1 2", Some(b"3"))).await;
        assert_eq!(next.verdict(), "Accepted");
        within_ms("the next submission", started, 1500.0);
    }
}

#[tokio::test]
async fn a_compiling_submission_is_cancelled_within_500_ms() {
    let _alone = alone().await;
    let client = Client::connect().await;
    let endless = e2e::header::named("cpp17/compile_attack_exponential_template.cpp");
    let request =
        Request::new("cpp17", &unique(&endless.source)).compile_limits("cpu_ms=20000 wall_ms=60000");
    let id = client.submit(&request).await.id;
    assert_eq!(client.wait_for_state(&id, "compiling").await.state, "compiling");
    tokio::time::sleep(Duration::from_millis(300)).await;
    let started = Instant::now();
    client.cancel(&id).await;
    assert_eq!(client.wait(&id).await.state, "cancelled");
    within_ms("cancelling", started, 500.0);
}

#[tokio::test]
async fn a_waiting_submission_is_cancelled_before_it_runs() {
    let _alone = alone().await;
    let client = Client::connect().await;
    let user = anybody("cancel-waiting");
    let in_front: Vec<String> = submit_all(&client, &vec![sleeper(700).user(&user); 8]).await;
    let last = client.submit(&Request::new("c17", SUM).user(&user).stdin(b"1 2")).await;
    client.cancel(&last.id).await;
    let cancelled = client.wait(&last.id).await;
    assert_eq!((cancelled.state.as_str(), cancelled.tests.len()), ("cancelled", 0));
    for id in &in_front {
        client.cancel(id).await;
        assert_eq!(client.wait(id).await.state, "cancelled");
    }
}

#[tokio::test]
async fn cancelling_what_is_finished_changes_nothing() {
    let client = Client::connect().await;
    let done = client.judge(&Request::new("c17", SUM).stdin(b"1 2")).await;
    assert_eq!(client.cancel(&done.id).await.status, StatusCode::OK);
    assert_eq!(client.get(&done.id).await.verdict(), "Accepted");
    let nobody = client.cancel("00000000-0000-4000-8000-000000000000").await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_client_that_goes_away_cancels_nothing() {
    let client = Client::connect().await;
    let user = anybody("gone");
    let sleeper = sleeper(patience(Duration::from_millis(800)).as_millis());
    let body = serde_json::to_string(&sleeper.user(&user).wait()).expect("a request is JSON");
    let request = client
        .request(Method::POST, "/api/v1/submissions")
        .header("content-type", "application/json")
        .timeout(patience(Duration::from_millis(300)))
        .body(body);
    assert!(client.answer_to(request).await.is_err(), "the answer came too soon");
    let list = client.call(Method::GET, &format!("/api/v1/submissions?user={user}"), None).await.json;
    let id = list["submissions"][0]["id"].as_str().expect("the submission was taken").to_owned();
    assert_eq!(client.wait(&id).await.verdict(), "Accepted");
}

#[tokio::test]
async fn states_come_in_their_order() {
    let client = Client::connect().await;
    let request = Request::new("c17", &unique(SLEEP)).stdin(b"200").user(&anybody("states"));
    let id = client.submit(&request).await.id;
    let mut seen = Vec::new();
    let deadline = Instant::now() + patience(Duration::from_secs(60));
    while Instant::now() < deadline {
        let state = client.get(&id).await.state;
        if seen.last() != Some(&state) {
            seen.push(state);
        }
        if seen.last().is_some_and(|state| state == "done") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
    let order = ["queued", "compiling", "running", "done"];
    let places: Vec<_> = seen.iter().map(|state| order.iter().position(|known| known == state)).collect();
    assert!(places.is_sorted() && places.iter().all(Option::is_some), "{seen:?}");
    assert!(seen.len() >= 3, "{seen:?}");
}

#[tokio::test]
async fn events_tell_the_way_and_end_with_the_judgement() {
    let client = Client::connect().await;
    let id = client.submit(&Request::new("c17", &unique(SLEEP)).stdin(b"100")).await.id;
    let request = client.request(Method::GET, &format!("/api/v1/submissions/{id}/events"));
    let response = client.answer_to(request).await.expect("the stream ends by itself");
    assert_eq!(response.headers["content-type"], "text/event-stream");
    assert!(response.text.contains("event: state"), "{}", response.text);
    let last = response.text.rsplit("event: ").next().unwrap_or_default();
    assert!(last.starts_with("judgement") && last.contains("\"verdict\":\"Accepted\""), "{}", response.text);
}

#[tokio::test]
async fn a_users_flood_delays_another_by_no_more_than_one_run() {
    let _alone = alone().await;
    let instance = Plan::of_one_slot("fair").start().await;
    let client = instance.client();
    client.judge(&sleeper(1).user("light")).await;
    let flood = submit_all(&client, &vec![sleeper(400).user("heavy"); 30]).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let started = Instant::now();
    let light = client.judge(&sleeper(1).user("light")).await;
    let took = started.elapsed().as_secs_f64() * 1000.0;
    let position = client.get(&flood[29]).await.position;
    instance.remove().await;
    assert_eq!(light.verdict(), "Accepted");
    assert!(took < at_most_ms(1200.0), "the light user waited {took:.0} ms behind runs of 400 ms");
    assert!(position.is_some_and(|position| position >= 20), "the flood had gone: {position:?}");
}

async fn submit_all(client: &Client, requests: &[Request]) -> Vec<String> {
    let mut ids = Vec::new();
    for request in requests {
        ids.push(client.submit(request).await.id);
    }
    ids
}

#[tokio::test]
async fn a_full_queue_refuses_with_429_and_503_and_says_when_to_come_again() {
    let _alone = alone().await;
    let plan =
        Plan::of_one_slot("queue").with("GAVEL_QUEUE__PER_USER", "4").with("GAVEL_QUEUE__CAPACITY", "8");
    let instance = plan.start().await;
    let client = instance.client();
    let mut accepted = Vec::new();
    let mut refusals = Vec::new();
    for n in 0..24 {
        // The first eight are one user's, the others everybody's.
        let user = if n < 8 { "greedy".to_owned() } else { format!("user-{n}") };
        match client.try_submit(&sleeper(300).user(&user)).await {
            Ok(answer) => accepted.push(answer.id),
            Err(ClientError::Refused(response)) => refusals.push(response),
            Err(error) => panic!("{error}"),
        }
    }
    let mut verdicts = Vec::new();
    for id in &accepted {
        verdicts.push(client.wait(id).await.verdict().to_owned());
    }
    instance.remove().await;
    let statuses: Vec<u16> = refusals.iter().map(|response| response.status.as_u16()).collect();
    assert!(statuses.contains(&429) && statuses.contains(&503), "{statuses:?}");
    for response in &refusals {
        let seconds =
            response.headers.get("retry-after").and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        assert!(seconds.is_some_and(|seconds| (1..=60).contains(&seconds)), "{response:?}");
    }
    assert!(verdicts.iter().all(|verdict| verdict == "Accepted"), "{verdicts:?}");
}

#[tokio::test]
async fn wait_holds_the_answer_no_longer_than_configured() {
    let plan = Plan::of_one_slot("wait").with("GAVEL_HTTP__MAX_WAIT", "1s");
    let instance = plan.start().await;
    let client = instance.client();
    let started = Instant::now();
    let answer = client.submit(&sleeper(2500).wait()).await;
    let took = started.elapsed();
    let (state, verdict) = (answer.state.clone(), client.wait(&answer.id).await.verdict().to_owned());
    instance.remove().await;
    assert!(["queued", "compiling", "running"].contains(&state.as_str()), "{state}");
    assert!((Duration::from_secs(1)..patience(Duration::from_millis(2000))).contains(&took), "{took:?}");
    assert_eq!(verdict, "Accepted");
}

fn time_out(user: &str) -> Request {
    Request::new("c17", LOOP).limits("cpu_ms=50").user(user)
}

#[tokio::test]
async fn five_time_limits_in_a_row_throttle_a_user() {
    let client = Client::connect().await;
    let user = anybody("slow");
    let throttle = format!("/api/v1/users/{user}/throttle");
    for _ in 0..5 {
        assert_eq!(client.judge(&time_out(&user)).await.verdict(), "TimeLimitExceeded");
    }
    let Err(ClientError::Refused(refused)) = client.try_submit(&time_out(&user)).await else {
        panic!("the sixth was taken");
    };
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    let seconds: u64 = refused.headers["retry-after"].to_str().ok().and_then(|s| s.parse().ok()).unwrap_or(0);
    assert!((1..=60).contains(&seconds), "{seconds}");
    assert_eq!(client.call(Method::GET, &throttle, None).await.json["throttled"], true);
    let other = Request::new("c17", SUM).user(&anybody("quick")).stdin(b"1 2");
    assert_eq!(client.judge(&other).await.verdict(), "Accepted", "another user is not throttled");
    assert!(client.call(Method::DELETE, &throttle, None).await.status.is_success());
    assert_eq!(client.call(Method::GET, &throttle, None).await.json["throttled"], false);
    let again = client.judge(&Request::new("c17", SUM).user(&user).stdin(b"1 2")).await;
    assert_eq!(again.verdict(), "Accepted", "an operator has let the user in again");
}

#[tokio::test]
async fn any_other_verdict_ends_the_row() {
    let client = Client::connect().await;
    let user = anybody("sometimes-slow");
    for round in 0..12 {
        let request =
            if round % 5 == 4 { Request::new("c17", "int main").user(&user) } else { time_out(&user) };
        let answer = client.judge(&request).await;
        assert_ne!(answer.verdict(), "Accepted");
    }
}

#[tokio::test]
async fn nobody_is_throttled_without_a_user() {
    let client = Client::connect().await;
    for _ in 0..7 {
        let answer = client.judge(&Request::new("c17", LOOP).limits("cpu_ms=50")).await;
        assert_eq!(answer.verdict(), "TimeLimitExceeded");
    }
}

#[tokio::test]
async fn a_cool_down_ends_by_itself_doubles_and_survives_a_restart() {
    let plan = Plan::of_one_slot("throttle")
        .with("GAVEL_THROTTLE__STRIKES", "2")
        .with("GAVEL_THROTTLE__COOL_DOWN", "4s");
    let instance = plan.start().await;
    let checked = cool_downs(&instance).await;
    instance.remove().await;
    assert_eq!(checked, Ok(()));
}

async fn cool_downs(instance: &Instance) -> Result<(), String> {
    let client = instance.client();
    let strike = async || client.judge(&time_out("slow")).await.verdict().to_owned();
    let refused = async || matches!(client.try_submit(&time_out("slow")).await, Err(ClientError::Refused(_)));
    let check = |holds: bool, what: &str| if holds { Ok(()) } else { Err(what.to_owned()) };
    strike().await;
    check(!refused_now(&client).await, "one strike is none too many")?;
    strike().await;
    check(refused().await, "two strikes start the cool-down")?;
    let host = Host::connect().await;
    host.kill(&instance.server, "KILL").await;
    host.start(&instance.server).await;
    client.wait_until_ready(Duration::from_secs(60)).await;
    let throttle = client.call(Method::GET, "/api/v1/users/slow/throttle", None).await.json;
    check(throttle["cool_downs"] == 1, &format!("the state survives a restart: {throttle}"))?;
    tokio::time::sleep(Duration::from_secs(4)).await;
    for _ in 0..2 {
        strike().await;
    }
    let throttle = client.call(Method::GET, "/api/v1/users/slow/throttle", None).await.json;
    let left = throttle["retry_after_s"].as_u64().unwrap_or(0);
    check((5..=8).contains(&left), &format!("the second cool-down is twice as long: {throttle}"))
}

async fn refused_now(client: &Client) -> bool {
    client.call(Method::GET, "/api/v1/users/slow/throttle", None).await.json["throttled"] == true
}

#[tokio::test]
async fn tokens_of_backends_and_operators_are_told_apart() {
    let plan = Plan::of_one_slot("tokens")
        .with("GAVEL_HTTP__TOKEN", "a-backends-token-of-the-tests")
        .with("GAVEL_HTTP__ADMIN_TOKEN", "an-operators-token-of-the-tests")
        .with("GAVEL_HTTP__ALLOW_UNAUTHENTICATED", "false")
        .token("a-backends-token-of-the-tests");
    let instance = plan.start().await;
    let backend = instance.client();
    let status =
        async |client: &Client, method: Method, path: &str| client.call(method, path, None).await.status;
    let mut statuses = Vec::new();
    let judged = backend.judge(&Request::new("c17", SUM).stdin(b"1 2")).await.verdict().to_owned();
    let nobody = instance.client_with_token(None);
    let liar = instance.client_with_token(Some("a-backends-token-of-the-tesst"));
    let operator = instance.client_with_token(Some("an-operators-token-of-the-tests"));
    for client in [&nobody, &liar, &backend, &operator] {
        statuses.push((
            status(client, Method::GET, "/api/v1/submissions").await.as_u16(),
            status(client, Method::POST, "/api/v1/admin/recycle").await.as_u16(),
        ));
    }
    instance.remove().await;
    assert_eq!(judged, "Accepted");
    assert_eq!(statuses, [(401, 401), (401, 401), (200, 403), (200, 200)]);
}

#[tokio::test]
async fn a_recycle_by_the_api_replaces_the_sandboxes() {
    let _alone = alone().await;
    let (host, client) = (Host::connect().await, Client::connect().await);
    let before = host.sandboxes(&environment::instance()).await;
    let answer = client.call(Method::POST, "/api/v1/admin/recycle", None).await;
    assert!(answer.status.is_success(), "{}", answer.text);
    // One after the other, and a test before this one may have had many made.
    let each = Duration::from_secs(2 * before.len() as u64);
    let deadline = Instant::now() + patience(Duration::from_secs(10) + each);
    loop {
        let now = host.sandboxes(&environment::instance()).await;
        // Fewer than before are as good: those that nobody has used for a while go meanwhile.
        let is_there = |role: &str| now.iter().any(|container| container.role == role);
        let all_new = before.iter().all(|container| is_there(&container.role))
            && now.iter().all(|container| container.state == "running" && !before.contains(container));
        if all_new {
            break;
        }
        assert!(Instant::now() < deadline, "before {before:?}, now {now:?}");
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    let answer = client.judge(&Request::new("c17", SUM).test(b"1 2", Some(b"3"))).await;
    assert_eq!(answer.verdict(), "Accepted");
}

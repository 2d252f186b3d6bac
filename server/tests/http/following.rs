//! The events of all submissions that a token sees.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::bench::{Bench, FLOOD, PATIENCE, answer, eventually};
use crate::durability::crash;
use crate::socket::Socket;

/// An event as it came.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    id: Option<i64>,
    name: String,
    pub(crate) data: Value,
}

/// A stream of them.
pub(crate) struct Events {
    response: Response,
    text: String,
}

impl Event {
    fn parse(text: &str) -> Option<Self> {
        let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        let id = field("id").map(|id| id.parse().unwrap());
        Some(Self {
            id,
            name: field("event")?.to_owned(),
            data: serde_json::from_str(field("data")?).unwrap(),
        })
    }

    fn submission(&self) -> &str {
        self.data["submission"].as_str().unwrap()
    }

    /// `queued`, `test 1`, `end done`.
    fn brief(&self) -> String {
        match self.name.as_str() {
            "state" => self.data["state"].as_str().unwrap().to_owned(),
            "test" => format!("test {}", self.data["tests_done"]),
            name => format!("{name} {}", self.data["state"].as_str().unwrap_or_default()).trim().to_owned(),
        }
    }
}

impl Events {
    pub(crate) async fn open(bench: &Bench, path: &str, headers: &[(&str, &str)]) -> Self {
        let mut request = bench.request(Method::GET, path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, text: String::new() }
    }

    /// The next event; none where the stream ends.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        loop {
            while let Some(end) = self.text.find("\n\n") {
                let event: String = self.text.drain(..end + 2).collect();
                if let Some(event) = Event::parse(&event) {
                    return Some(event);
                }
            }
            let piece = tokio::time::timeout(PATIENCE, self.response.chunk()).await.expect("in time");
            self.text.push_str(std::str::from_utf8(&piece.ok()??).unwrap());
        }
    }

    /// All until so many ends have come.
    async fn until_ends(&mut self, number: usize) -> Vec<Event> {
        let (mut events, mut ends) = (Vec::new(), 0);
        while ends < number {
            let event = self.next().await.expect("it goes on");
            ends += usize::from(event.name == "end");
            events.push(event);
        }
        events
    }
}

fn ids(events: &[Event]) -> Vec<i64> {
    events.iter().filter(|event| event.name == "end").map(|event| event.id.unwrap()).collect()
}

/// What was told of each submission.
fn of_each(events: &[Event]) -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::<_, Vec<_>>::new();
    for event in events.iter().filter(|event| event.data["submission"].is_string()) {
        all.entry(event.submission().to_owned()).or_default().push(event.brief());
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_100_submissions_at_once_each_follower_is_told_all_in_order() {
    let bench = Bench::with(&[("workers", "16")]).await;
    let mut all = Events::open(&bench, "/api/v1/events", &[]).await;
    assert_eq!(all.next().await.unwrap().data, json!({"after": 0, "complete": true}));
    let bench = &bench;
    let submitting = join_all((0..100).map(|number| async move {
        let user = format!("user-{}", number % 7);
        let id = bench.submit(&user, &format!("accept {number}")).await;
        let mut own = Events::open(bench, &format!("/api/v1/submissions/{id}/events"), &[]).await;
        let mut told = Vec::new();
        while let Some(event) = own.next().await {
            told.push(event);
        }
        let last = told.pop().unwrap();
        assert_eq!((last.name.as_str(), &last.data["verdict"]), ("judgement", &json!("Accepted")));
        assert!(told.iter().all(|event| event.name == "state"), "one judgement, and last: {told:?}");
        id
    }));
    let (submitted, events) = tokio::join!(submitting, all.until_ends(100));
    let numbers = ids(&events);
    assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{numbers:?}");
    let of_each = of_each(&events);
    assert_eq!(of_each.keys().cloned().collect::<BTreeSet<_>>(), submitted.into_iter().collect());
    for (id, told) in of_each {
        assert_eq!(told, ["queued", "compiling", "running", "test 1", "end done"], "{id}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_program_writes_is_told_while_it_runs_to_who_asks_for_it() {
    let bench = Bench::with(&[]).await;
    let id = bench.submit("user", "writes Wie heißt du?").await;
    let path = format!("/api/v1/submissions/{id}/events");
    let mut plain = Events::open(&bench, &format!("{path}?output=false"), &[]).await;
    let mut told = Events::open(&bench, &format!("{path}?output=true"), &[]).await;
    let output = loop {
        let event = told.next().await.expect("it goes on");
        if event.name == "output" {
            break event;
        }
        assert_eq!(event.name, "state");
    };
    assert_eq!(output.data, json!({"test": 0, "stream": "stdout", "text": "Wie heißt du?"}));
    bench.judge.serve.notify_one();
    for events in [&mut told, &mut plain] {
        let mut names = Vec::new();
        while let Some(event) = events.next().await {
            names.push(event.name);
        }
        assert_eq!(names.last().map(String::as_str), Some("judgement"));
        assert!(!names.contains(&"output".to_owned()), "once, and not to others: {names:?}");
    }
    for query in ["output=1", "output=", "output=true&output=true", "outputs=true"] {
        assert_eq!(bench.get(&format!("{path}?{query}")).await.0, 400, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_comes_again_after_a_crash_misses_no_end_and_has_none_twice() {
    let bench = Bench::with(&[("workers", "2")]).await;
    let mut before = Events::open(&bench, "/api/v1/events", &[]).await;
    let mut accepted = BTreeSet::new();
    for number in 0..20 {
        accepted.insert(bench.submit(&format!("user-{number}"), &format!("sleep 20 {number}")).await);
    }
    let mut told = before.until_ends(7).await;
    let last = ids(&told).last().unwrap().to_string();
    let next = Bench::on(crash(&bench), &[("workers", "2")]).await;
    let mut after = Events::open(&next, "/api/v1/events?after=0", &[("last-event-id", &last)]).await;
    let begin = after.next().await.unwrap();
    assert_eq!(begin.data, json!({"after": last.parse::<i64>().unwrap(), "complete": true}));
    told.extend(after.until_ends(20 - 7).await);
    let ends: Vec<_> = told.iter().filter(|event| event.name == "end").map(Event::submission).collect();
    assert_eq!(ends.len(), accepted.len());
    assert_eq!(ends.into_iter().map(str::to_owned).collect::<BTreeSet<_>>(), accepted);
    let numbers = ids(&told);
    assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{numbers:?}");
    // Where each that had not ended stands was told anew, before its end.
    for (id, told) in of_each(&told) {
        assert_eq!(told.iter().filter(|brief| brief.starts_with("end")).count(), 1, "{id}: {told:?}");
        assert_eq!(told.last().unwrap(), "end done", "{id}: {told:?}");
    }
    // All that is kept, once more.
    let mut again = Events::open(&next, "/api/v1/events?after=0", &[]).await;
    assert_eq!(ids(&again.until_ends(20).await), numbers);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_under_way_is_told_first_then_every_change_and_every_end_with_its_names() {
    let bench = Bench::start().await;
    let body =
        json!({"language": "cpp17", "source": "hang", "user": "alice", "reference": {"course": "cs101"}});
    let running = bench.post(body).await.1["id"].as_str().unwrap().to_owned();
    bench.until(&running, "running").await;
    let mut events = Events::open(&bench, "/api/v1/events", &[]).await;
    assert_eq!(events.next().await.unwrap().name, "begin");
    let state = events.next().await.unwrap();
    let reference = json!({"course": "cs101"});
    let expected = json!({"submission": running, "user": "alice", "reference": reference, "state": "running", "tests_done": 0});
    assert_eq!((state.name.as_str(), state.data), ("state", expected));
    bench.delete(&format!("/api/v1/submissions/{running}")).await;
    let mut end = events.next().await.unwrap();
    let at = end.data.as_object_mut().unwrap().remove("at").unwrap();
    assert!(at.is_string());
    let expected = json!({"submission": running, "user": "alice", "reference": reference, "state": "cancelled", "verdict": null});
    assert_eq!((end.name.as_str(), end.data), ("end", expected));
    let judged = bench.submit("bob", "turns").await;
    let told = events.until_ends(1).await;
    assert_eq!(
        (told.last().unwrap().submission(), &told.last().unwrap().data["judgement"]),
        (judged.as_str(), &json!(1))
    );
    answer(bench.request(Method::POST, &format!("/api/v1/submissions/{judged}/rejudge"))).await;
    let told = events.until_ends(1).await;
    assert!(told[..told.len() - 1].iter().all(|event| event.data["rejudging"] == true), "{told:?}");
    let again = &told.last().unwrap().data;
    assert_eq!((&again["verdict_before"], &again["verdict"]), (&json!("Accepted"), &json!("WrongAnswer")));
    assert_eq!((&again["rejudged"], &again["judgement"]), (&json!(true), &json!(2)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_follower_is_told_of_what_it_asked_for_and_may_see() {
    const OPERATOR: &str = "operator-token-0123456789";
    let bench = Bench::with(&[("http.admin_token", OPERATOR)]).await;
    let make = async |name: &str, scopes: Value| {
        let request = bench.request(Method::POST, "/api/v1/tokens").bearer_auth(OPERATOR);
        let (_, made) = answer(request.json(&json!({"name": name, "scopes": scopes}))).await;
        format!("Bearer {}", made["secret"].as_str().unwrap())
    };
    let ours = make("ours", json!(["submit", "read"])).await;
    let theirs = make("theirs", json!(["submit", "read"])).await;
    let all = make("all", json!(["read", "read-all"])).await;
    let submit = async |token: &str, user: &str, course: &str| {
        let body =
            json!({"language": "cpp17", "source": "accept", "user": user, "reference": {"course": course}});
        let request = bench.request(Method::POST, "/api/v1/submissions").header("authorization", token);
        answer(request.json(&body)).await.1["id"].as_str().unwrap().to_owned()
    };
    let [a, b, c] = [
        submit(&ours, "alice", "x").await,
        submit(&ours, "bob", "y").await,
        submit(&theirs, "alice", "x").await,
    ];
    for id in [&a, &b, &c] {
        eventually(async || {
            let request = bench.request(Method::GET, &format!("/api/v1/submissions/{id}"));
            (answer(request.header("authorization", &all)).await.1["state"] == "done").then_some(())
        })
        .await;
    }
    for (token, query, expected) in [
        (&ours, "", vec![&a, &b]),
        (&theirs, "", vec![&c]),
        (&all, "", vec![&a, &b, &c]),
        (&all, "&user=alice", vec![&a, &c]),
        (&ours, "&reference.course=y", vec![&b]),
        (&all, "&user=alice&reference.course=y", vec![]),
        (&all, "&problem=none", vec![]),
    ] {
        let path = format!("/api/v1/events?after=0{query}");
        let mut events = Events::open(&bench, &path, &[("authorization", token)]).await;
        assert_eq!(events.next().await.unwrap().name, "begin");
        let told = events.until_ends(expected.len()).await;
        let ends: BTreeSet<_> = told.iter().map(Event::submission).collect();
        assert_eq!(ends, expected.iter().map(|id| id.as_str()).collect(), "{query}");
        let none = tokio::time::timeout(Duration::from_millis(100), events.next()).await;
        assert!(none.is_err(), "nothing else is wanted, {query}: {none:?}");
    }
    // Who has no token any more is told nothing more.
    let mut events = Events::open(&bench, "/api/v1/events", &[("authorization", &theirs)]).await;
    assert_eq!(events.next().await.unwrap().name, "begin");
    answer(bench.request(Method::DELETE, "/api/v1/tokens/theirs").bearer_auth(OPERATOR)).await;
    assert_eq!(events.next().await, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_has_a_token_no_more_is_told_nothing_more_however_much_there_is_to_tell() {
    const OPERATOR: &str = "operator-token-0123456789";
    let bench = Bench::with(&[("http.admin_token", OPERATOR)]).await;
    let make = async |name: &str, expires_at: Option<DateTime<Utc>>| {
        let body = json!({"name": name, "scopes": ["submit", "read", "read-all"], "expires_at": expires_at});
        let request = bench.request(Method::POST, "/api/v1/tokens").bearer_auth(OPERATOR);
        format!("Bearer {}", answer(request.json(&body)).await.1["secret"].as_str().unwrap())
    };
    let hanging = bench.submit("alice", "hang").await;
    bench.until(&hanging, "running").await;
    let (bench, of_one) = (&bench, &format!("/api/v1/submissions/{hanging}"));
    let follow = async |token: &str| {
        let headers = [("authorization", token)];
        let mut streams = Vec::new();
        for path in ["/api/v1/events?user=nobody", "/api/v1/events", &format!("{of_one}/events")] {
            streams.push(Events::open(bench, path, &headers).await);
        }
        let waiting =
            bench.request(Method::GET, &format!("{of_one}?wait=30s")).header("authorization", token);
        let waiting = tokio::spawn(answer(waiting));
        let mut socket = Socket::open_as(bench, "/ws", token).await;
        let all_end = async move {
            for stream in &mut streams {
                while stream.next().await.is_some() {}
            }
            assert_eq!(waiting.await.unwrap().0, 401);
            assert_eq!(socket.next().await, None);
        };
        tokio::time::timeout(PATIENCE, all_end).await.expect("all end with the token");
    };
    // Something happens all the time.
    let busy = async {
        loop {
            bench.submit("bob", "accept").await;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let ends = async {
        let soon = Utc::now() + TimeDelta::seconds(3);
        follow(&make("expiring", Some(soon)).await).await;
        let revoked = make("revoked", None).await;
        let revoke = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            answer(bench.request(Method::DELETE, "/api/v1/tokens/revoked").bearer_auth(OPERATOR)).await;
        };
        tokio::join!(follow(&revoked), revoke);
    };
    tokio::select! {
        () = ends => {}
        () = busy => {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_missing_between_ends_that_are_kept_is_told() {
    let bench = Bench::start().await;
    for user in ["alice", "mallory", "bob"] {
        let id = bench.submit(user, "accept").await;
        bench.until(&id, "done").await;
    }
    bench.delete("/api/v1/users/mallory/data").await;
    for (after, complete) in [(0, false), (1, false), (2, true), (3, true)] {
        let mut events = Events::open(&bench, &format!("/api/v1/events?after={after}"), &[]).await;
        assert_eq!(events.next().await.unwrap().data, json!({"after": after, "complete": complete}));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tests_are_told_one_by_one_while_a_submission_runs() {
    let bench = Bench::start().await;
    let mut all = Events::open(&bench, "/api/v1/events", &[]).await;
    let id = bench.submit("alice", "steps").await;
    let mut own = Events::open(&bench, &format!("/api/v1/submissions/{id}/events"), &[]).await;
    let shown = eventually(async || {
        let (_, shown) = bench.get(&format!("/api/v1/submissions/{id}")).await;
        (shown["progress"]["tests_done"] == 2).then_some(shown)
    })
    .await;
    let two = json!([{"index": 0, "verdict": "Accepted"}, {"index": 1, "verdict": "WrongAnswer"}]);
    assert_eq!(shown["progress"], json!({"tests_done": 2, "tests_total": 3, "tests": two}));
    bench.judge.serve.notify_one();
    let mut tests = Vec::new();
    while let Some(event) = own.next().await {
        tests.extend(
            event.data["tests"].as_array().filter(|_| event.name == "state").cloned().unwrap_or_default(),
        );
    }
    assert_eq!(json!(tests[..2]), two);
    let told: Vec<_> = all.until_ends(1).await.into_iter().filter(|event| event.name == "test").collect();
    let told: Vec<_> = told.iter().map(|event| (&event.data["index"], &event.data["tests_total"])).collect();
    assert_eq!(told, [(&json!(0), &json!(3)), (&json!(1), &json!(3))]);
    assert!(bench.get(&format!("/api/v1/submissions/{id}")).await.1.get("progress").is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_id_of_an_event_is_refused_and_of_another_database_begins_now() {
    let bench = Bench::start().await;
    for query in
        ["after=-1", "after=x", "after=99999999999999999999", "since=1", "reference.=x", "user=a&user=b"]
    {
        assert_eq!(bench.get(&format!("/api/v1/events?{query}")).await.0, 400, "{query}");
    }
    let request = bench.request(Method::GET, "/api/v1/events").header("last-event-id", "x");
    let (status, told) = answer(request).await;
    assert_eq!((status.as_u16(), &told["errors"][0]["field"]), (400, &json!("Last-Event-ID")));
    let mut events = Events::open(&bench, "/api/v1/events?after=12345", &[]).await;
    assert_eq!(events.next().await.unwrap().data, json!({"after": 0, "complete": false}));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_of_events_are_bounded_and_a_place_is_free_when_one_is_left() {
    let bench = Bench::start().await;
    let open = async || Events::open(&bench, "/api/v1/events", &[]).await;
    let mut streams = Vec::new();
    for _ in 0..32 {
        streams.push(open().await);
    }
    let (status, told) = bench.get("/api/v1/events").await;
    assert_eq!(status, 503, "{told}");
    streams.pop();
    eventually(async || {
        (bench.request(Method::GET, "/api/v1/events").send().await.unwrap().status() == 200).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_too_slow_is_told_so_and_where_all_stand_and_misses_no_end() {
    let bench = Bench::start().await;
    let hanging = bench.submit("alice", "hang").await;
    bench.until(&hanging, "running").await;
    let mut events = Events::open(&bench, "/api/v1/events", &[]).await;
    assert_eq!(events.next().await.unwrap().name, "begin");
    let flooding = bench.submit("bob", "floods").await;
    // Nobody waits for a follower.
    bench.until(&flooding, "done").await;
    let told = events.until_ends(1).await;
    assert_eq!(told.last().unwrap().submission(), flooding);
    assert!(told.iter().any(|event| event.name == "behind"), "it was too slow");
    let tests = told.iter().filter(|event| event.name == "test").count();
    assert!(tests < usize::try_from(FLOOD).unwrap(), "{tests} of {FLOOD} were told");
    let standing = events.next().await.unwrap();
    assert_eq!((standing.submission(), &standing.data["state"]), (hanging.as_str(), &json!("running")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_user_its_events_are_gone() {
    let bench = Bench::start().await;
    let id = bench.submit("mallory", "accept").await;
    bench.until(&id, "done").await;
    bench.delete("/api/v1/users/mallory/data").await;
    let other = bench.submit("alice", "accept").await;
    bench.until(&other, "done").await;
    let mut events = Events::open(&bench, "/api/v1/events?after=0", &[]).await;
    // What has gone may have been more than that.
    assert_eq!(events.next().await.unwrap().data, json!({"after": 0, "complete": false}));
    let told = events.until_ends(1).await;
    assert_eq!((told[0].submission(), ids(&told)), (other.as_str(), vec![2]));
    let directory = Arc::clone(&bench.directory);
    assert_eq!(Bench::on(directory, &[]).await.get("/api/v1/submissions").await.0, 200);
}

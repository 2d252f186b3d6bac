//! Lists, events, languages, health.

use std::collections::BTreeSet;
use std::io::Read;
use std::sync::atomic::Ordering;

use gavel::language::Languages;
use reqwest::Method;
use serde_json::{Value, json};

use crate::bench::{Bench, eventually};

fn ids(page: &Value) -> Vec<String> {
    let submissions = page["submissions"].as_array().unwrap();
    submissions.iter().map(|submission| submission["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_together_show_every_submission_once_newest_first() {
    let bench = Bench::start().await;
    let mut sent = Vec::new();
    for _ in 0..7 {
        sent.push(bench.submit("alice", "accept").await);
    }
    let (mut seen, mut query) = (Vec::new(), "limit=3".to_owned());
    loop {
        let (status, page) = bench.get(&format!("/api/v1/submissions?{query}")).await;
        assert_eq!(status, 200, "{page}");
        seen.extend(ids(&page));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        // What comes meanwhile does not shift the pages.
        bench.submit("late", "accept").await;
        query = format!("limit=3&cursor={cursor}");
    }
    sent.reverse();
    assert_eq!(seen, sent);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_are_filtered_by_user_state_verdict_and_language() {
    let bench = Bench::start().await;
    let accepted = bench.submit("alice", "accept").await;
    let timed_out = bench.submit("alice", "tle").await;
    let running = bench.submit("bob", "hang").await;
    bench.until(&accepted, "done").await;
    bench.until(&timed_out, "done").await;
    bench.until(&running, "running").await;
    for (query, expected) in [
        ("user=alice", vec![&timed_out, &accepted]),
        ("user=alice&verdict=Accepted", vec![&accepted]),
        ("verdict=TimeLimitExceeded", vec![&timed_out]),
        ("state=running", vec![&running]),
        ("state=done", vec![&timed_out, &accepted]),
        ("state=queued", vec![]),
        ("language=c11", vec![]),
        ("language=cpp17&user=bob", vec![&running]),
    ] {
        let (_, page) = bench.get(&format!("/api/v1/submissions?{query}")).await;
        assert_eq!(ids(&page).iter().collect::<Vec<_>>(), expected, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn queries_that_make_no_sense_are_refused() {
    let bench = Bench::start().await;
    for query in ["limit=0", "limit=201", "limit=x", "cursor=x", "state=odd", "verdict=Good", "colour=red"] {
        let (status, body) = bench.get(&format!("/api/v1/submissions?{query}")).await;
        assert_eq!(status, 400, "{query}: {body}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_tell_each_state_and_then_the_judgement() {
    let bench = Bench::start().await;
    let id = bench.submit("alice", "sleep 200").await;
    let request = bench.request(reqwest::Method::GET, &format!("/api/v1/submissions/{id}/events"));
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let text = response.text().await.unwrap();
    let events: Vec<&str> = text.split("\n\n").filter(|event| !event.is_empty()).collect();
    let last = events.last().unwrap();
    assert!(events[..events.len() - 1].iter().all(|event| event.starts_with("event: state\n")), "{text}");
    assert!(text.contains("\"state\":\"running\""), "{text}");
    let data = last.strip_prefix("event: judgement\ndata: ").unwrap();
    let judged: Value = serde_json::from_str(data).unwrap();
    assert_eq!(judged, bench.get(&format!("/api/v1/submissions/{id}")).await.1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_of_what_is_judged_are_the_judgement() {
    let bench = Bench::start().await;
    let id = bench.submit("alice", "accept").await;
    bench.until(&id, "done").await;
    let request = bench.request(reqwest::Method::GET, &format!("/api/v1/submissions/{id}/events"));
    let text = request.send().await.unwrap().text().await.unwrap();
    assert!(text.starts_with("event: judgement\n") && text.matches("event:").count() == 1, "{text}");
    assert_eq!(bench.get("/api/v1/submissions/00000000-0000-4000-8000-000000000000/events").await.0, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn output_that_is_not_utf_8_comes_as_base64() {
    let bench = Bench::start().await;
    let (_, body) = bench.post(json!({"language": "cpp17", "source": "binary", "wait": true})).await;
    let test = &body["tests"][0];
    assert_eq!((&test["stdout_base64"], &test["stderr"]), (&json!("/wA="), &json!("")));
    assert!(test.get("stdout").is_none() && test.get("stderr_base64").is_none(), "{test}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn base64_twins_arrive_as_the_bytes_they_stand_for() {
    let bench = Bench::start().await;
    let body = json!({"language": "cpp17", "source_base64": "YWNjZXB0", "wait": true,
        "tests": [{"stdin_base64": "/wA=", "expected_base64": "/wA="}]});
    let (status, body) = bench.post(body).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(*bench.judge.started.lock().unwrap(), ["accept"]);
    // The stand-in prints its standard input.
    assert_eq!(body["tests"][0]["stdout_base64"], "/wA=");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_standard_input_of_four_megabytes_comes_back_whole() {
    let bench = Bench::start().await;
    let stdin = "0123456789\n".repeat(400_000);
    let body = json!({"language": "cpp17", "source": "accept", "stdin": stdin, "wait": true});
    let (status, body) = bench.post(body).await;
    assert_eq!(status, 200);
    assert!(body["tests"][0]["stdout"].as_str().unwrap() == stdin);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn languages_are_those_of_the_file() {
    let bench = Bench::start().await;
    let (_, body) = bench.get("/api/v1/languages").await;
    let ids: BTreeSet<&str> =
        body.as_array().unwrap().iter().map(|language| language["id"].as_str().unwrap()).collect();
    let file = Languages::load("../images/languages.toml".as_ref(), "latest").unwrap();
    assert_eq!(ids, file.iter().map(|language| language.id.as_str()).collect());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_is_ready_and_every_sample_is_judged() {
    let bench = Bench::start().await;
    let ready = || async {
        let (status, body) = bench.get("/readyz").await;
        (status == 200).then_some(body)
    };
    let body = eventually(ready).await;
    assert_eq!((&body["ready"], &body["reasons"]), (&json!(true), &json!([])));
    // One sandbox is enough for all samples and versions, whoever waits for whom.
    let versions = || async {
        let (_, languages) = bench.get("/api/v1/languages").await;
        let told = languages.as_array().unwrap().iter().all(|one| one["version"].is_string());
        told.then_some(languages)
    };
    let languages = eventually(versions).await;
    for language in languages.as_array().unwrap() {
        let told = format!("stand-in of {}", language["id"].as_str().unwrap());
        assert_eq!(language["version"], told);
    }
    assert_eq!(body["pool"]["tier"], "cgroup v2");
    assert_eq!(bench.get("/healthz").await.1, json!({"status": "ok"}));
    assert_eq!(bench.get("/version").await.1["name"], "gavel");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_language_that_is_broken_is_told_and_refused_and_the_others_are_served() {
    let bench = Bench::with(&[("broken", "c23")]).await;
    let ready = || async {
        let (status, body) = bench.get("/readyz").await;
        let is_told = body["degraded"].as_array().is_some_and(|notes| !notes.is_empty());
        (status == 200 && is_told).then_some(body)
    };
    let body = eventually(ready).await;
    let told = body["degraded"][0].as_str().unwrap();
    assert!(told.starts_with("the self-test of c23 failed: WrongAnswer"), "{body}");
    let (_, languages) = bench.get("/api/v1/languages").await;
    for language in languages.as_array().unwrap() {
        let is_broken = language["id"] == "c23";
        assert_eq!(language["available"], !is_broken, "{language}");
        assert_eq!(language["reason"].as_str(), is_broken.then_some(told), "{language}");
    }
    let (status, refused) = bench.post(json!({"language": "c23", "source": "accept"})).await;
    assert_eq!((status.as_u16(), &refused["type"]), (503, &json!("urn:gavel:problem:language-unavailable")));
    assert!(refused["detail"].as_str().unwrap().contains("the self-test of c23 failed"), "{refused}");
    let (status, _) = bench.post(json!({"language": "c17", "source": "accept"})).await;
    assert_eq!(status, 202);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_language_that_is_not_installed_is_refused_with_the_command_until_its_image_is_there() {
    let bench = Bench::with(&[("no_gcc", "")]).await;
    let c17 = async || {
        let (_, languages) = bench.get("/api/v1/languages").await;
        languages.as_array().unwrap().iter().find(|language| language["id"] == "c17").unwrap().clone()
    };
    let missing = c17().await;
    assert_eq!((&missing["state"], &missing["available"]), (&json!("not-installed"), &json!(false)));
    assert_eq!(missing["install"], "make toolchain gcc");
    let (status, refused) = bench.post(json!({"language": "c17", "source": "accept"})).await;
    assert_eq!(
        (status.as_u16(), &refused["type"]),
        (422, &json!("urn:gavel:problem:language-not-installed"))
    );
    assert_eq!(refused["detail"], "`c17` is not installed: `make toolchain gcc` installs it");
    let (_, body) = bench.get("/readyz").await;
    assert!(body["not_installed"].as_array().unwrap().contains(&json!("c17")), "{body}");
    bench.no_gcc.store(false, Ordering::SeqCst);
    assert_eq!(c17().await["state"], "installed");
    let (status, body) = bench.post(json!({"language": "c17", "source": "accept", "wait": true})).await;
    assert_eq!((status.as_u16(), &body["verdict"]), (200, &json!("Accepted")));
    let sample = || async { (bench.get("/readyz").await.0 == 200).then_some(()) };
    eventually(sample).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn recycling_tells_how_many_sandboxes_it_concerns() {
    let bench = Bench::start().await;
    let request = bench.request(reqwest::Method::POST, "/api/v1/admin/recycle");
    assert_eq!(crate::bench::answer(request).await.1, json!({"sandboxes": 4}));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_is_listed_as_queued_whatever_the_store_calls_it() {
    let bench = Bench::with(&[("workers", "2")]).await;
    // Its attempt is stored with it, and no sandbox is ever free.
    let stalled = bench.submit("alice", "stall").await;
    let mut running = Vec::new();
    for user in ["bob", "carol"] {
        running.push(bench.submit(user, "hang").await);
    }
    bench.until(&running[0], "running").await;
    let waiting = bench.submit("dave", "accept").await;
    let listed = async |query: &str| {
        let page = bench.get(&format!("/api/v1/submissions?{query}")).await.1;
        let ids: Vec<_> =
            page["submissions"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect();
        (ids, page["next_cursor"].as_str().map(str::to_owned))
    };
    // The second one of those that hang waits too: two workers have the others.
    let queued = [&waiting, &running[1], &stalled];
    assert_eq!(listed("state=queued").await, (queued.map(|id| json!(id)).to_vec(), None));
    assert_eq!(listed("state=running").await, (vec![json!(running[0])], None));
    let mut cursor = String::new();
    for id in queued {
        let (ids, next) = listed(&format!("state=queued&limit=1{cursor}")).await;
        assert_eq!(ids, [json!(id)]);
        cursor = next.map(|next| format!("&cursor={next}")).unwrap_or_default();
    }
    assert_eq!(cursor, "", "there are no others");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn languages_are_sent_compressed_to_who_takes_it() {
    let bench = Bench::start().await;
    let plain = bench.request(Method::GET, "/api/v1/languages").send().await.unwrap();
    assert_eq!(
        (plain.headers().get("content-encoding"), &plain.headers()["vary"]),
        (None, &"Accept-Encoding".parse().unwrap())
    );
    let mut plain = plain.bytes().await.unwrap();
    // What is told of a language changes once it is tested.
    while plain.windows(14).any(|part| part == b"\"version\":null") {
        plain = bench.request(Method::GET, "/api/v1/languages").send().await.unwrap().bytes().await.unwrap();
    }
    let packed = bench.request(Method::GET, "/api/v1/languages").header("accept-encoding", "gzip");
    let packed = packed.send().await.unwrap();
    assert_eq!(
        (&packed.headers()["content-encoding"], &packed.headers()["content-type"]),
        (&"gzip".parse().unwrap(), &"application/json".parse().unwrap())
    );
    let packed = packed.bytes().await.unwrap();
    assert!(packed.len() * 3 < plain.len(), "{} of {}", packed.len(), plain.len());
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(packed.as_ref()).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain);
}

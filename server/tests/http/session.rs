//! The web page, and its sign-in.

use chrono::{SecondsFormat, TimeDelta, Utc};
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::bench::{Bench, PATIENCE};
use crate::following::Events;

const BACKEND: &str = "backend-token-0123456789";
const OPERATOR: &str = "operator-token-0123456789";
const SCRAPER: &str = "scraper-token-0123456789";

async fn closed() -> Bench {
    Bench::with(&[("http.token", BACKEND), ("http.admin_token", OPERATOR)]).await
}

pub(crate) async fn sign_in(bench: &Bench, token: &str) -> Response {
    let request = bench.request(Method::POST, "/api/v1/session");
    request.header("authorization", format!("Bearer {token}")).send().await.unwrap()
}

/// What a browser sends from then on.
pub(crate) fn cookie(response: &Response) -> String {
    let cookie = response.headers()["set-cookie"].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

async fn status(bench: &Bench, method: Method, path: &str, headers: &[(&str, &str)]) -> u16 {
    let request = bench.request(method, path);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_signed_in_may_do_what_the_token_may_until_it_is_over() {
    let bench = closed().await;
    let answer = sign_in(&bench, BACKEND).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let attributes = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
    for attribute in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(attributes.contains(attribute), "{attributes}");
    }
    for attribute in ["Expires", "Max-Age", "Domain", "Secure", BACKEND] {
        assert!(!attributes.contains(attribute), "{attributes}");
    }
    let own = cookie(&answer);
    let own = [("cookie", own.as_str()), ("gavel-page", "1")];
    assert_eq!(status(&bench, Method::GET, "/api/v1/languages", &[]).await, 401);
    assert_eq!(status(&bench, Method::GET, "/api/v1/languages", &own).await, 200);
    assert_eq!(status(&bench, Method::GET, "/api/v1/submissions", &own).await, 200);
    assert_eq!(status(&bench, Method::POST, "/api/v1/admin/recycle", &own).await, 403);
    assert_eq!(status(&bench, Method::DELETE, "/api/v1/session", &own).await, 204);
    assert_eq!(status(&bench, Method::GET, "/api/v1/languages", &own).await, 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_is_told_who_it_is() {
    let bench = closed().await;
    let cookie = cookie(&sign_in(&bench, OPERATOR).await);
    let request = bench.request(Method::GET, "/api/v1/session").header("cookie", cookie);
    let shown: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(shown["signed_in"], true, "{shown}");
    assert!(shown["scopes"].as_array().unwrap().contains(&"operate".into()), "{shown}");
    assert!(shown["ends_at"].is_string(), "{shown}");
    assert!(shown["token"].is_null(), "it has no name: {shown}");
    let soon = (Utc::now() + TimeDelta::minutes(10)).to_rfc3339_opts(SecondsFormat::Secs, true);
    let wanted = json!({"name": "lab", "scopes": ["submit", "read"], "expires_at": soon});
    let lab = bench.request(Method::POST, "/api/v1/tokens").bearer_auth(OPERATOR).json(&wanted);
    let lab: Value = lab.send().await.unwrap().json().await.unwrap();
    let begun = sign_in(&bench, lab["secret"].as_str().unwrap()).await;
    let cookie = self::cookie(&begun);
    let shown = bench.request(Method::GET, "/api/v1/session").header("cookie", cookie);
    let shown: Value = shown.send().await.unwrap().json().await.unwrap();
    let expected = json!({"token": "lab", "scopes": ["submit", "read"], "signed_in": true, "ends_at": soon});
    assert_eq!(shown, expected, "its token ends before the session would");
    assert_eq!(begun.json::<Value>().await.unwrap(), expected);
    let open = Bench::start().await;
    let shown = open.request(Method::GET, "/api/v1/session").send().await.unwrap();
    let shown: Value = shown.json().await.unwrap();
    assert_eq!(shown["signed_in"], false, "{shown}");
    assert!(shown["scopes"].as_array().unwrap().contains(&"operate".into()), "{shown}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_sites_page_has_a_browser_send_does_nothing() {
    let bench = closed().await;
    let cookie = cookie(&sign_in(&bench, OPERATOR).await);
    let cookie = ("cookie", cookie.as_str());
    let recycle = |headers: Vec<(&'static str, &'static str)>| {
        let headers = [vec![cookie], headers].concat();
        let bench = &bench;
        async move { status(bench, Method::POST, "/api/v1/admin/recycle", &headers).await }
    };
    assert_eq!(recycle(vec![("gavel-page", "1")]).await, 200);
    assert_eq!(recycle(vec![]).await, 401);
    assert_eq!(recycle(vec![("gavel-page", "1"), ("origin", "https://evil.example")]).await, 401);
    assert_eq!(recycle(vec![("gavel-page", "1"), ("sec-fetch-site", "cross-site")]).await, 401);
    assert_eq!(recycle(vec![("gavel-page", "1"), ("sec-fetch-site", "same-site")]).await, 401);
    let read = [cookie, ("sec-fetch-site", "cross-site")];
    assert_eq!(status(&bench, Method::GET, "/api/v1/submissions", &read).await, 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_cannot_be_guessed_one_after_the_other() {
    let bench = closed().await;
    for _ in 0..10 {
        assert_eq!(sign_in(&bench, "no-token-of-anybody").await.status(), 401);
    }
    let refused = sign_in(&bench, "no-token-of-anybody").await;
    assert_eq!(refused.status(), 429);
    let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    let problem: Value = refused.json().await.unwrap();
    assert_eq!(problem["type"], "urn:gavel:problem:too-many-attempts");
    // Behind a proxy it has the address of whoever guesses.
    assert_eq!(sign_in(&bench, BACKEND).await.status(), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_a_proxy_the_cookie_is_for_our_path_and_for_https() {
    let bench = closed().await;
    let request = bench.request(Method::POST, "/api/v1/session");
    let request = request.header("authorization", format!("Bearer {BACKEND}"));
    let request = request.header("x-forwarded-prefix", "/judge").header("x-forwarded-proto", "https");
    let answer = request.send().await.unwrap();
    let cookie = answer.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.contains("Path=/judge/") && cookie.contains("Secure"), "{cookie}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_ends_by_the_clock() {
    let settings = [("http.token", BACKEND), ("http.session", "1s")];
    let bench = Bench::with(&settings).await;
    let cookie = cookie(&sign_in(&bench, BACKEND).await);
    let own = [("cookie", cookie.as_str())];
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    assert_eq!(status(&bench, Method::GET, "/api/v1/languages", &own).await, 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_page_has_open_ends_with_its_session() {
    let follow = async |bench: &Bench, cookie: &str| {
        let mut events = Events::open(bench, "/api/v1/events", &[("cookie", cookie)]).await;
        assert!(events.next().await.is_some());
        events
    };
    let ends = async |mut events: Events| {
        let all = async { while events.next().await.is_some() {} };
        tokio::time::timeout(PATIENCE, all).await.expect("it ends with the session");
    };
    let bench = closed().await;
    let own = cookie(&sign_in(&bench, BACKEND).await);
    let events = follow(&bench, &own).await;
    let marked = [("cookie", own.as_str()), ("gavel-page", "1")];
    assert_eq!(status(&bench, Method::DELETE, "/api/v1/session", &marked).await, 204);
    ends(events).await;
    let short = Bench::with(&[("http.token", BACKEND), ("http.session", "2s")]).await;
    let own = cookie(&sign_in(&short, BACKEND).await);
    ends(follow(&short, &own).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_signs_in_again_has_one_session() {
    let bench = closed().await;
    let first = cookie(&sign_in(&bench, BACKEND).await);
    let again = bench.request(Method::POST, "/api/v1/session").header("cookie", &first);
    let again = again.header("authorization", format!("Bearer {BACKEND}")).send().await.unwrap();
    assert_eq!(status(&bench, Method::GET, "/api/v1/languages", &[("cookie", &first)]).await, 401);
    assert_eq!(status(&bench, Method::GET, "/api/v1/languages", &[("cookie", &cookie(&again))]).await, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_read_the_metrics_alone_has_no_session() {
    let bench = Bench::with(&[("http.token", BACKEND), ("http.metrics_token", SCRAPER)]).await;
    assert_eq!(sign_in(&bench, SCRAPER).await.status(), 403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_somebody_may_see_is_kept_by_no_cache() {
    let bench = closed().await;
    for path in ["/api/v1/submissions", "/api/v1/session", "/api/v1/submissions/nothing", "/api/v1/problems"]
    {
        let request = bench.request(Method::GET, path).header("authorization", format!("Bearer {BACKEND}"));
        assert_eq!(request.send().await.unwrap().headers()["cache-control"], "no-store", "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_is_for_everybody_and_may_be_framed_by_nobody() {
    let bench = closed().await;
    for path in ["/", "/problems", "/problems/sums", "/submissions", "/submissions/1", "/operations"] {
        let answer = bench.request(Method::GET, path).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
        assert_eq!(answer.headers()["x-frame-options"], "DENY");
        assert_eq!(answer.headers()["cache-control"], "no-store");
        let policy = answer.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
    }
    let browser = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    for path in ["/nope", "/problems/"] {
        let asked = bench.request(Method::GET, path).header(browser.0, browser.1).send().await.unwrap();
        assert_eq!(
            (asked.status().as_u16(), &asked.headers()["content-type"] == "text/html; charset=utf-8"),
            (404, true)
        );
        let problem = bench.request(Method::GET, path).send().await.unwrap();
        assert_eq!(problem.headers()["content-type"], "application/problem+json", "{path}");
    }
    assert_eq!(status(&bench, Method::GET, "/api/v1/nope", &[browser]).await, 401);
    assert_eq!(status(&bench, Method::GET, "/assets/missing.js", &[]).await, 404);
    assert_eq!(status(&bench, Method::GET, "/assets/..%2findex.html", &[]).await, 404);
    assert_eq!(status(&bench, Method::POST, "/", &[]).await, 405);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_browser_has_of_the_page_it_need_not_fetch_again() {
    let bench = Bench::start().await;
    let page = bench.request(Method::GET, "/").send().await.unwrap().text().await.unwrap();
    // Without Node the program is built without its page, and says so.
    let Some(name) = page.split("assets/").nth(1).and_then(|rest| rest.split('"').next()) else {
        assert!(page.contains("make ui"), "{page}");
        return;
    };
    let path = format!("/assets/{name}");
    let packed = bench.request(Method::GET, &path).header("accept-encoding", "gzip");
    let packed = packed.send().await.unwrap();
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    assert!(packed.headers()["cache-control"].to_str().unwrap().contains("immutable"));
    let tag = packed.headers()["etag"].to_str().unwrap().to_owned();
    let plain = bench.request(Method::GET, &path).send().await.unwrap();
    assert!(!plain.headers().contains_key("content-encoding"));
    assert!(plain.bytes().await.unwrap().len() > packed.bytes().await.unwrap().len());
    assert!(tag.starts_with("W/"), "one tag for what differs by its bytes: {tag}");
    for known in [&*tag, "*"] {
        assert_eq!(status(&bench, Method::GET, &path, &[("if-none-match", known)]).await, 304, "{known}");
    }
}

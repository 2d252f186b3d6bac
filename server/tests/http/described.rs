//! The description of the API, as it is handed out.

use reqwest::Method;
use serde_json::Value;

use crate::bench::{Bench, answer};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_description_is_for_everybody_and_need_not_be_fetched_twice() {
    let bench = Bench::with(&[("http.token", "0123456789abcdef")]).await;
    let response = bench.request(Method::GET, "/openapi.json").send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/json");
    let tag = response.headers()["etag"].to_str().unwrap().to_owned();
    let document: Value = response.json().await.unwrap();
    assert_eq!((&document["openapi"], &document["servers"][0]["url"]), (&"3.1.0".into(), &"/".into()));
    for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}")] {
        let again = bench.request(Method::GET, "/openapi.json").header("If-None-Match", &known);
        let again = again.send().await.unwrap();
        assert_eq!(
            (again.status().as_u16(), again.headers()["etag"].to_str().unwrap()),
            (304, &*tag),
            "{known}"
        );
        assert!(again.bytes().await.unwrap().is_empty());
    }
    let other = bench.request(Method::GET, "/openapi.json").header("If-None-Match", "\"other\"");
    assert_eq!(answer(other).await.0, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_a_proxy_addresses_are_below_its_path() {
    let bench = Bench::start().await;
    for (prefix, url) in [("/judge", "/judge"), ("/a/b/", "/a/b"), ("//evil.example", "/"), ("/\"x", "/")] {
        let request = bench.request(Method::GET, "/openapi.json").header("X-Forwarded-Prefix", prefix);
        let (status, document) = answer(request).await;
        assert_eq!((status.as_u16(), &document["servers"][0]["url"]), (200, &url.into()), "{prefix}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_for_people_can_fetch_nothing_but_its_style() {
    let bench = Bench::with(&[("http.token", "0123456789abcdef")]).await;
    let page = bench.request(Method::GET, "/docs").send().await.unwrap();
    assert_eq!(
        (page.status().as_u16(), &page.headers()["content-type"]),
        (200, &"text/html; charset=utf-8".parse().unwrap())
    );
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'; style-src 'self'; "), "{policy}");
    let text = page.text().await.unwrap();
    assert!(text.contains("href=\"docs/style.css\"") && text.contains("createSubmission"), "{text}");
    assert!(text.contains("<a href=\"./\">"), "the way back: {text}");
    let style = bench.request(Method::GET, "/docs/style.css").send().await.unwrap();
    assert_eq!(
        (style.status().as_u16(), &style.headers()["content-type"]),
        (200, &"text/css; charset=utf-8".parse().unwrap())
    );
}

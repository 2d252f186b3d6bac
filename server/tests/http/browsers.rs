//! What every route tells browsers, and what it does for pages that are not ours.

use reqwest::Method;
use serde_json::Value;

use crate::bench::Bench;
use crate::session::{cookie, sign_in};

const TOKEN: &str = "operator-token-0123456789";

async fn closed() -> Bench {
    Bench::with(&[("http.token", "backend-token-0123456789"), ("http.admin_token", TOKEN)]).await
}

/// Every route that is described, with a name of nothing in it.
async fn routes(bench: &Bench) -> Vec<(Method, String)> {
    let (_, described) = bench.get("/openapi.json").await;
    let paths = described["paths"].as_object().unwrap().iter();
    let methods = |(path, operations): (&String, &Value)| {
        let mut path = path.clone();
        while let (Some(begin), Some(end)) = (path.find('{'), path.find('}')) {
            path.replace_range(begin..=end, "nothing");
        }
        let methods: Vec<Method> = operations
            .as_object()
            .unwrap()
            .keys()
            .filter_map(|name| name.to_uppercase().parse().ok())
            .collect();
        methods.into_iter().map(move |method| (method, path.clone()))
    };
    paths.flat_map(methods).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_changed_for_a_cookie_that_no_page_of_ours_has_sent() {
    let bench = closed().await;
    let own = cookie(&sign_in(&bench, TOKEN).await);
    let writing: Vec<_> =
        routes(&bench).await.into_iter().filter(|(method, _)| *method != Method::GET).collect();
    assert!(writing.len() > 20, "{writing:?}");
    for (method, path) in writing {
        for others in [
            &[][..],
            &[("content-type", "text/plain")],
            &[("gavel-page", "1"), ("sec-fetch-site", "same-site")],
            &[("gavel-page", "1"), ("origin", "http://localhost:3000")],
        ] {
            let request = bench.request(method.clone(), &path).header("cookie", &own);
            let request = others.iter().fold(request, |request, (name, value)| request.header(*name, *value));
            assert_eq!(request.send().await.unwrap().status(), 401, "{method} {path} {others:?}");
        }
    }
    let still = bench.request(Method::GET, "/api/v1/session").header("cookie", &own);
    assert_eq!(still.send().await.unwrap().status(), 200, "nobody has ended it");
}

/// They say themselves how long they may be kept: there is nothing of anybody in them.
const KEPT: [&str; 3] = ["/assets/", "/docs", "/openapi.json"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_and_every_refusal_tells_browsers_to_guess_frame_run_and_keep_nothing() {
    let bench = closed().await;
    let token = format!("Bearer {TOKEN}");
    let mut all = routes(&bench).await;
    for (method, path) in [
        (Method::GET, "/nowhere"),
        (Method::PUT, "/"),
        (Method::GET, "/api/v1/nowhere"),
        (Method::GET, "/file/x/y"),
    ] {
        all.push((method, path.to_owned()));
    }
    for (method, path) in all {
        for authorization in [None, Some(&token)] {
            // These do not end, or end what the others need.
            if authorization.is_some() && (path.ends_with("/events") || method != Method::GET) {
                continue;
            }
            let mut request = bench.request(method.clone(), &path);
            if let Some(token) = authorization {
                request = request.header("authorization", token);
            }
            let answer = request.send().await.unwrap();
            let header = |name: &str| answer.headers().get(name).map_or("", |value| value.to_str().unwrap());
            let told = format!("{method} {path}: {} {:?}", answer.status(), answer.headers());
            assert_eq!(header("x-content-type-options"), "nosniff", "{told}");
            assert_eq!(header("x-frame-options"), "DENY", "{told}");
            assert_eq!(header("cross-origin-resource-policy"), "same-origin", "{told}");
            assert!(header("content-security-policy").starts_with("default-src 'none'"), "{told}");
            let may_be_kept = KEPT.iter().any(|kept| path.starts_with(kept)) && answer.status() == 200;
            assert!(may_be_kept || header("cache-control").contains("no-store"), "{told}");
        }
    }
}

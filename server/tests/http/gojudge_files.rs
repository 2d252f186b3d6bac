//! The file store of go-judge over HTTP, in the details that its clients may lean on.

use std::io::{Read, Write};

use reqwest::header::HeaderMap;
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use crate::bench::{Bench, answer};

/// A form with one field; `parameters` are those of its Content-Disposition.
fn form(bench: &Bench, parameters: &str, content: &[u8]) -> RequestBuilder {
    let mut body = format!("--edge\r\nContent-Disposition: form-data; {parameters}\r\n\r\n").into_bytes();
    body.extend_from_slice(content);
    body.extend_from_slice(b"\r\n--edge--\r\n");
    let request = bench.request(Method::POST, "/file");
    request.header("content-type", "multipart/form-data; boundary=edge").body(body)
}

async fn uploaded(bench: &Bench, name: &str, content: &[u8]) -> String {
    let parameters = format!("name=\"file\"; filename=\"{name}\"");
    let (status, id) = answer(form(bench, &parameters, content)).await;
    assert_eq!(status, 200, "{name}: {id}");
    id.as_str().unwrap().to_owned()
}

struct Got {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Got {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

async fn send(request: RequestBuilder) -> Got {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Got { status, headers, body: response.bytes().await.unwrap().to_vec() }
}

async fn get(bench: &Bench, id: &str, headers: &[(&str, &str)]) -> Got {
    let request = bench.request(Method::GET, &format!("/file/{id}"));
    send(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_that_ends_too_early_is_refused_and_a_large_one_taken_whole() {
    let bench = Bench::start().await;
    let whole = b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nx\r\ny\r\n";
    for length in 0..=whole.len() {
        let request = bench.request(Method::POST, "/file").body(whole[..length].to_vec());
        let request = request.header("content-type", "multipart/form-data; boundary=edge");
        assert_eq!(send(request).await.status, 400, "{:?}", String::from_utf8_lossy(&whole[..length]));
    }
    let large = b"\r\n--edg\r-\n".repeat(1 << 20);
    let id = uploaded(&bench, "large", &large).await;
    assert!(get(&bench, &id, &[]).await.body == large);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_comes_back_as_an_attachment_under_its_name() {
    let bench = Bench::start().await;
    for (name, disposition, media_type) in [
        ("a.txt", "attachment; filename=\"a.txt\"", "text/plain; charset=utf-8"),
        ("../../x/y.html", "attachment; filename=\"y.html\"", "text/html; charset=utf-8"),
        ("a b.png", "attachment; filename=\"a b.png\"", "image/png"),
        ("größe.json", "attachment; filename*=UTF-8''gr%C3%B6%C3%9Fe.json", "application/json"),
        ("..", "attachment; filename=\"..\"", "text/plain; charset=utf-8"),
        ("stdout", "attachment; filename=\"stdout\"", "text/plain; charset=utf-8"),
    ] {
        let id = uploaded(&bench, name, b"content\n").await;
        let got = get(&bench, &id, &[]).await;
        assert_eq!((got.status, got.body.as_slice()), (200, &b"content\n"[..]), "{name}");
        assert_eq!(got.header("content-disposition"), disposition, "{name}");
        assert_eq!(got.header("content-type"), media_type, "{name}");
        assert_eq!(got.header("accept-ranges"), "bytes", "{name}");
        assert!(got.header("last-modified").ends_with("GMT"), "{name}");
    }
    let program = uploaded(&bench, "foo", b"\x7fELF\0\0").await;
    assert_eq!(get(&bench, &program, &[]).await.header("content-type"), "application/octet-stream");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_may_be_given_in_the_extended_form() {
    let bench = Bench::start().await;
    for plain in ["", "filename=\"b_r.txt\"; "] {
        let parameters = format!("name=\"file\"; {plain}filename*=UTF-8''b%C3%A4r.txt");
        let (status, id) = answer(form(&bench, &parameters, b"x")).await;
        assert_eq!(status, 200, "{id}");
        let (_, list) = bench.get("/file").await;
        assert_eq!(list[id.as_str().unwrap()], "bär.txt", "{list}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ids_have_eight_characters_for_clients_that_take_no_others() {
    let long = Bench::start().await;
    assert_eq!(uploaded(&long, "a.txt", b"x").await.len(), 16);
    let short = Bench::with(&[("gojudge.short_ids", "true")]).await;
    let id = uploaded(&short, "a.txt", b"x").await;
    assert_eq!(id.len(), 8, "{id}");
    assert_eq!(get(&short, &id, &[]).await.body, b"x");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ranges_and_dates_of_requests_are_honoured() {
    let bench = Bench::start().await;
    let id = uploaded(&bench, "digits", b"0123456789").await;
    for (range, expected, content_range) in [
        ("bytes=2-4", "234", "bytes 2-4/10"),
        ("bytes=7-", "789", "bytes 7-9/10"),
        ("bytes=-2", "89", "bytes 8-9/10"),
    ] {
        let got = get(&bench, &id, &[("range", range)]).await;
        assert_eq!((got.status, got.body.as_slice()), (206, expected.as_bytes()), "{range}");
        assert_eq!(got.header("content-range"), content_range, "{range}");
    }
    assert_eq!(get(&bench, &id, &[("range", "bytes=20-30")]).await.status, 416);
    let modified = get(&bench, &id, &[]).await.header("last-modified").to_owned();
    let unchanged = get(&bench, &id, &[("if-modified-since", &modified)]).await;
    assert_eq!((unchanged.status, unchanged.body.len()), (304, 0));
    let old = "Thu, 01 Jan 2015 00:00:00 GMT";
    assert_eq!(get(&bench, &id, &[("if-modified-since", old)]).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_without_a_named_file_is_refused_without_a_word() {
    let bench = Bench::start().await;
    for parameters in ["name=\"file\"", "name=\"file\"; filename=\"\"", "name=\"other\"; filename=\"a\""] {
        let got = send(form(&bench, parameters, b"x")).await;
        assert_eq!((got.status, got.body.len()), (400, 0), "{parameters}");
    }
    for (content_type, body) in [("text/plain", "x"), ("multipart/form-data", "x"), ("", "")] {
        let request = bench.request(Method::POST, "/file").header("content-type", content_type).body(body);
        let got = send(request).await;
        assert_eq!((got.status, got.body.len()), (400, 0), "{content_type}");
    }
    assert_eq!(bench.get("/file").await.1, serde_json::json!({}));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_above_the_largest_body_is_refused() {
    let bench = Bench::with(&[("http.max_body", "64KiB")]).await;
    let parameters = "name=\"file\"; filename=\"a\"";
    assert_eq!(send(form(&bench, parameters, &[b'x'; 65 << 10])).await.status, 413);
    assert_eq!(send(form(&bench, parameters, &[b'x'; 63 << 10])).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_there_is_404_and_so_is_every_other_method() {
    let bench = Bench::start().await;
    let id = uploaded(&bench, "a", b"x").await;
    let stored = format!("/file/{id}");
    for (method, path) in [
        (Method::HEAD, stored.as_str()),
        (Method::PUT, &stored),
        (Method::POST, &stored),
        (Method::HEAD, "/file"),
        (Method::DELETE, "/file"),
        (Method::GET, "/run"),
        (Method::HEAD, "/config"),
        (Method::GET, "/file/NOSUCHFILE"),
        (Method::DELETE, "/file/NOSUCHFILE"),
    ] {
        let got = send(bench.request(method.clone(), path)).await;
        assert_eq!(got.status, 404, "{method} {path}");
    }
    assert_eq!(send(bench.request(Method::GET, "/run")).await.body, b"404 page not found");
    assert_eq!(send(bench.request(Method::GET, "/file/NOSUCHFILE")).await.body, b"");
    assert_eq!(send(bench.request(Method::DELETE, &stored)).await.status, 200);
    assert_eq!(send(bench.request(Method::DELETE, &stored)).await.status, 404);
}

/// Clients of HTTP tidy such paths up: what is sent here is written by hand.
#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_is_a_path_is_404() {
    let bench = Bench::start().await;
    let address = bench.url.trim_start_matches("http://").to_owned();
    for path in [
        "/file/..",
        "/file/../config",
        "/file/..%2fgavel.sqlite",
        "/file/%2e%2e",
        "/file/a%00b",
        "/file//etc/passwd",
    ] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        let address = address.clone();
        let answer = tokio::task::spawn_blocking(move || {
            let mut stream = std::net::TcpStream::connect(address).unwrap();
            stream.write_all(request.as_bytes()).unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            answer
        });
        let answer = answer.await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slash_too_many_is_redirected() {
    let bench = Bench::start().await;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    for (method, path, status, location) in [
        (Method::POST, "/run/", 307, "/run"),
        (Method::GET, "/file/", 301, "/file"),
        (Method::POST, "/file/", 307, "/file"),
    ] {
        let got = send(client.request(method, format!("{}{path}", bench.url))).await;
        assert_eq!((got.status, got.header("location")), (status, location), "{path}");
    }
    let (status, body) = answer(bench.request(Method::POST, "/run/").body("{}")).await;
    assert_eq!((status.as_u16(), body), (400, Value::from("no cmd provided")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_client_has_stored_runs_in_no_page_of_ours() {
    let bench = Bench::start().await;
    let id = uploaded(&bench, "gadget.js", b"alert(1)").await;
    let got = get(&bench, &id, &[]).await;
    assert_eq!((got.status, got.body.as_slice()), (200, &b"alert(1)"[..]));
    assert_eq!(got.header("content-security-policy"), "default-src 'none'; sandbox");
    assert_eq!(got.header("x-content-type-options"), "nosniff");
    assert!(got.header("content-disposition").starts_with("attachment"));
    for (wanted, status) in
        [("script", 403), ("worker", 403), ("style", 403), ("empty", 200), ("document", 200), ("image", 200)]
    {
        let got = get(&bench, &id, &[("sec-fetch-dest", wanted)]).await;
        assert_eq!(got.status, status, "{wanted}");
        assert_eq!(got.body.is_empty(), status == 403);
    }
}

use std::io::Read;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// Feeds a body in chunks of this size, and puts the texts back to where their names stand.
fn sieved(body: &[u8], chunk: usize) -> Result<Value, String> {
    let directory = tempfile::tempdir().unwrap();
    let (blobs, _orphans) = Blobs::open(directory.path()).unwrap();
    let mut sieve = Sieve::new(&blobs, 1 << 20);
    for part in body.chunks(chunk) {
        sieve.feed(part).map_err(|why| why.to_string())?;
    }
    let (rest, texts) = sieve.finish().map_err(|why| why.to_string())?;
    let mut value: Value = serde_json::from_slice(&rest).map_err(|why| why.to_string())?;
    put_back(&mut value, &texts, &blobs);
    Ok(value)
}

fn put_back(value: &mut Value, texts: &Texts, blobs: &Blobs) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(|value| put_back(value, texts, blobs)),
        Value::Object(values) => values.values_mut().for_each(|value| put_back(value, texts, blobs)),
        Value::String(text) => {
            let Some(taken) = texts.named(text) else { return };
            let mut bytes = Vec::new();
            match taken {
                Ok(content) => drop(blobs.reader(content).unwrap().read_to_end(&mut bytes).unwrap()),
                Err(why) => bytes = format!("broken: {why}").into_bytes(),
            }
            *text = String::from_utf8(bytes).unwrap();
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn every_text_comes_back_whatever_the_chunks(
        texts in proptest::collection::vec(("\\PC{0,40}", any::<String>()), 0..8),
        chunk in 1usize..50,
        pretty: bool,
    ) {
        let tests: Vec<Value> =
            texts.iter().map(|(stdin, expected)| json!({"stdin": stdin, "expected": expected, "x": expected})).collect();
        let body = json!({"source": texts.first().map(|one| &one.1), "files": {"a": "1", "b\"\\": "2"}, "tests": tests,
            "limits": {"cpu_ms": 1.5e3}, "wait": true});
        let text = if pretty { serde_json::to_string_pretty(&body) } else { serde_json::to_string(&body) };
        prop_assert_eq!(sieved(text.unwrap().as_bytes(), chunk).unwrap(), body);
    }

    #[test]
    fn what_the_parser_takes_the_sieve_takes_and_nothing_else(
        inside in "(\\\\|u|d8|D|c0|0|1|e|\"|n|é|\u{1}|\u{10ffff}| ){0,12}",
        chunk in 1usize..7,
    ) {
        let body = format!("{{\"stdin\":\"{inside}\"}}");
        let parsed = serde_json::from_str::<Value>(&body);
        let sieved = sieved(body.as_bytes(), chunk);
        prop_assert_eq!(parsed.as_ref().ok(), sieved.as_ref().ok(), "{:?} {:?}", parsed, sieved);
        if let (Err(parsed), Err(sieved)) = (parsed, sieved) {
            let kind = |text: &str| text.split(" at line").next().unwrap_or_default().to_owned();
            let (parsed, sieved) = (kind(&parsed.to_string()), kind(&sieved));
            // The parser looks four digits ahead, and so meets the end before a digit that is none.
            prop_assert!(parsed == sieved || parsed.starts_with("EOF"), "{parsed} / {sieved}");
        }
    }

    #[test]
    fn no_bytes_make_it_panic_and_bad_text_is_refused(body: Vec<u8>, chunk in 1usize..9) {
        prop_assert!(sieved(&body, chunk).is_err() || serde_json::from_slice::<Value>(&body).is_ok());
        let mut text = b"{\"stdin\":\"".to_vec();
        text.extend_from_slice(&body);
        text.extend_from_slice(b"\"}");
        prop_assert_eq!(sieved(&text, chunk).ok(), serde_json::from_slice::<Value>(&text).ok());
    }

    #[test]
    fn base64_is_decoded_as_in_one_piece(text: String, chunk in 1usize..9) {
        let body = json!({"tests": [{"stdin_base64": STANDARD.encode(&text)}]}).to_string();
        prop_assert_eq!(sieved(body.as_bytes(), chunk).unwrap(), json!({"tests": [{"stdin_base64": text}]}));
    }
}

#[test]
fn base64_that_is_none_is_told_with_its_place() {
    let long = "QUJD".repeat(40_000);
    for (text, why) in [
        ("*".to_owned(), "Invalid"),
        ("QQ==QQ==".to_owned(), "Invalid"),
        (format!("{long}QUJ*"), "offset 160003"),
        (format!("{long}Q"), "160001"),
        (format!("QQ=={long}"), "Invalid"),
        (format!("{}={long}", "QUJD".repeat(16_383) + "QQ="), "Invalid"),
    ] {
        let body = format!("{{\"stdin_base64\":\"{text}\"}}");
        let told = sieved(body.as_bytes(), 1000).unwrap()["stdin_base64"].to_string();
        assert!(told.contains("broken") && told.contains(why), "{told}");
    }
}

#[test]
fn large_texts_go_to_the_disk_and_little_stays() {
    let directory = tempfile::tempdir().unwrap();
    let (blobs, _orphans) = Blobs::open(directory.path()).unwrap();
    let mut sieve = Sieve::new(&blobs, 1 << 20);
    sieve.feed(b"{\"stdin\":\"").unwrap();
    for _ in 0..100 {
        sieve.feed(&[b'x'; 100_000]).unwrap();
        assert!(sieve.rest.len() < 100);
    }
    sieve.feed(b"\"}").unwrap();
    let (rest, texts) = sieve.finish().unwrap();
    assert!(rest.len() < 60, "{}", rest.len());
    assert!(matches!(&texts.texts[0], Ok(Content::Blob(blob)) if blob.size == 10_000_000));
}

#[test]
fn what_is_no_text_is_bounded() {
    let directory = tempfile::tempdir().unwrap();
    let (blobs, _orphans) = Blobs::open(directory.path()).unwrap();
    for (begin, again) in
        [("{\"tests\":[", "{},"), ("[", "0,"), ("{\"language\":\"", "xxx"), ("{", "\"k\":[],")]
    {
        let mut sieve = Sieve::new(&blobs, 10_000);
        sieve.feed(begin.as_bytes()).unwrap();
        let fed = (0..100_000).try_for_each(|_| sieve.feed(again.as_bytes()).map(drop));
        assert!(matches!(fed, Err(SieveError::TooMuch(10_000))), "{begin}");
        assert!(sieve.rest.capacity() < 40_000);
    }
    let mut sieve = Sieve::new(&blobs, 10_000);
    let deep = sieve.feed(&[b'['; 200]);
    assert!(deep.unwrap_err().to_string().starts_with("recursion limit exceeded at line 1 column 129"));
    let mut sieve = Sieve::new(&blobs, 10_000);
    sieve.feed(&[b' '; 1 << 20]).unwrap();
    assert_eq!(sieve.rest, b" ");
}

#[test]
fn numbers_do_not_grow_together_where_blanks_are_dropped() {
    assert!(sieved(b"[1 2]", 3).is_err());
    assert!(sieved(b"{\"wait\": tr ue}", 3).is_err());
}

#[test]
fn a_client_cannot_name_a_text_that_was_taken_out() {
    let body = json!({"stdin": "secret", "user": "00000000000000000000000000000000.0", "x": ".0"});
    assert_eq!(sieved(body.to_string().as_bytes(), 5).unwrap(), body);
    let texts = Texts::default();
    assert_eq!(texts.take("0".into(), false), Ok("0".into()));
}

#[test]
fn names_of_the_clients_own_are_no_texts_whatever_they_are_called() {
    let body =
        r#"{"reference":{"source":"web","files":{"a":"b"},"stdin":"c"},"source":"text","x":{"source":"d"}}"#;
    let directory = tempfile::tempdir().unwrap();
    let (blobs, _orphans) = Blobs::open(directory.path()).unwrap();
    let mut sieve = Sieve::new(&blobs, 1 << 20);
    sieve.feed(body.as_bytes()).unwrap();
    let (rest, texts) = sieve.finish().unwrap();
    let rest: Value = serde_json::from_slice(&rest).unwrap();
    assert_eq!(rest["reference"], json!({"source": "web", "files": {"a": "b"}, "stdin": "c"}));
    assert!(rest["source"].as_str().is_some_and(|name| texts.named(name).is_some()));
}

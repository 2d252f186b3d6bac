//! What is sent compressed to whoever takes it: the files of the page, which are embedded so, and long answers that are the same
//! for all.

use std::io::{Read as _, Write as _};

use actix_web::http::header::{self, HeaderMap};
use actix_web::{HttpRequest, HttpResponse};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::Serialize;

use super::Problem;

/// May the answer be compressed by gzip?
pub(super) fn accepts_gzip(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT_ENCODING).filter_map(|value| value.to_str().ok());
    values.flat_map(|codings| codings.split(',')).any(is_gzip)
}

fn is_gzip(coding: &str) -> bool {
    let mut parts = coding.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let weight = parts.find_map(|part| part.strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0);
    (name.eq_ignore_ascii_case("gzip") || name == "*") && weight > 0.0
}

/// An answer of some kilobytes as JSON. It is the same for all: nothing can be guessed from how long it is.
///
/// # Errors
/// When it cannot be made.
pub(super) fn json(request: &HttpRequest, value: &impl Serialize) -> Result<HttpResponse, Problem> {
    let plain = serde_json::to_vec(value).map_err(|_| Problem::Failed)?;
    let mut response = HttpResponse::Ok();
    response.content_type("application/json").insert_header((header::VARY, "Accept-Encoding"));
    if !accepts_gzip(request.headers()) {
        return Ok(response.body(plain));
    }
    let packed = packed(&plain).map_err(|_| Problem::Failed)?;
    Ok(response.insert_header((header::CONTENT_ENCODING, "gzip")).body(packed))
}

fn packed(plain: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(plain)?;
    encoder.finish()
}

/// What was compressed when the page was built.
pub(super) fn unpacked(compressed: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    match GzDecoder::new(compressed).read_to_end(&mut content) {
        Ok(_) => content,
        // A test unpacks every file that is embedded.
        Err(error) => {
            tracing::error!(%error, "A file of the web page is broken");
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn what_is_packed_is_what_it_was_and_shorter() {
        let plain = b"{\"id\": \"cpp20\", \"name\": \"C++20\"}".repeat(100);
        let packed = packed(&plain).unwrap();
        assert_eq!(unpacked(&packed), plain);
        assert!(packed.len() * 10 < plain.len(), "{}", packed.len());
    }

    #[test]
    fn whoever_does_not_take_gzip_is_not_sent_it() {
        for (value, expected) in [
            ("gzip, deflate, br", true),
            ("br;q=1.0, GZIP;q=0.5", true),
            ("*", true),
            ("gzip;q=0", false),
            ("gzip; q=0.0, br", false),
            ("br, identity", false),
            ("", false),
        ] {
            let request = TestRequest::get().insert_header(("Accept-Encoding", value)).to_http_request();
            assert_eq!(accepts_gzip(request.headers()), expected, "{value}");
        }
        assert!(!accepts_gzip(TestRequest::get().to_http_request().headers()));
    }
}

//! Handshakes of websockets, refused in the words of go-judge's websocket library.

use actix_web::http::header::{self, HeaderName};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::http::gojudge::json::answer;

/// The key of a handshake.
///
/// # Errors
/// What is wrong with it.
pub(super) fn key(request: &HttpRequest) -> Result<&str, &'static str> {
    if !has_token(request, header::CONNECTION, "upgrade") {
        return Err(
            "websocket: the client is not using the websocket protocol: 'upgrade' token not found in 'Connection' header",
        );
    }
    if !has_token(request, header::UPGRADE, "websocket") {
        return Err(
            "websocket: the client is not using the websocket protocol: 'websocket' token not found in 'Upgrade' header",
        );
    }
    if !has_token(request, header::SEC_WEBSOCKET_VERSION, "13") {
        return Err("websocket: unsupported version: 13 not found in 'Sec-Websocket-Version' header");
    }
    let key = request.headers().get(header::SEC_WEBSOCKET_KEY).and_then(|key| key.to_str().ok());
    let is_key = |key: &&str| BASE64_STANDARD.decode(key).is_ok_and(|bytes| bytes.len() == 16);
    key.filter(is_key).ok_or("websocket: not a websocket handshake: 'Sec-WebSocket-Key' header must be Base64 encoded value of 16-byte in length")
}

fn has_token(request: &HttpRequest, name: HeaderName, token: &str) -> bool {
    let lists = request.headers().get_all(name).filter_map(|list| list.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|found| found.trim().eq_ignore_ascii_case(token))
}

/// The answer to what is no handshake.
pub(super) fn refusal(why: &'static str) -> HttpResponse {
    let body = [b"Bad Request\n".to_vec(), answer::text(why)].concat();
    HttpResponse::BadRequest()
        .content_type("text/plain; charset=utf-8")
        .insert_header((header::SEC_WEBSOCKET_VERSION, "13"))
        // What asks for an upgrade is its connection's last request anyway; so the client knows.
        .force_close()
        .body(body)
}

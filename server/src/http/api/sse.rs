//! What streams of server-sent events have in common.

use std::time::Duration;

use actix_web::http::header;
use actix_web::{HttpResponse, HttpResponseBuilder};

/// A comment this often keeps proxies from closing a silent connection.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(15);

/// An answer that proxies pass on as it comes.
pub(super) fn answer() -> HttpResponseBuilder {
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((header::CONTENT_TYPE, "text/event-stream"))
        .insert_header(("X-Accel-Buffering", "no"))
        .insert_header((header::CONTENT_ENCODING, "identity"));
    answer
}

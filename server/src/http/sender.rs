//! Whom memory and places are counted for.

use std::net::IpAddr;

use actix_web::HttpRequest;

/// Who sends a request, as far as that is known.
pub(crate) fn sender(request: &HttpRequest) -> Option<IpAddr> {
    request.peer_addr().map(|address| address.ip())
}

//! Who sends a request over HTTP, in the terms of [`crate::access`].

use actix_web::http::header::{self, HeaderName};
use actix_web::{HttpMessage as _, HttpRequest};

use super::Problem;
use crate::access::{Approach, Denied};
use crate::sessions::Session;

/// What tells who sends this.
pub(crate) fn approach(request: &HttpRequest) -> Approach<'_> {
    let text = |name: HeaderName| {
        let value = request.headers().get(name)?;
        Some(value.to_str().unwrap_or_default())
    };
    Approach {
        peer: request.peer_addr().map(|peer| peer.ip()),
        authorization: text(header::AUTHORIZATION),
        host: text(header::HOST).unwrap_or_default(),
        origin: text(header::ORIGIN),
        session: request.extensions().get::<Session>().cloned(),
    }
}

impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Unauthorized(why) => Self::Unauthorized(why),
            Denied::Forbidden(why) => Self::Forbidden(why),
        }
    }
}

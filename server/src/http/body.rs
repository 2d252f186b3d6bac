//! Reads request bodies: capped, in time, not compressed.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header;
use actix_web::web::{Bytes, BytesMut, Payload};
use actix_web::{HttpMessage, HttpRequest};
use futures_util::StreamExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::error::Problem;

/// Time that any body has, however small.
const GRACE: Duration = Duration::from_secs(10);
/// Beyond that it must come at this pace.
const BYTES_PER_SECOND: u64 = 64 * 1024;
/// Larger bodies count against the budget.
pub(super) const SMALL: u64 = 1024 * 1024;

/// Memory for large bodies, so that many at once do not fill it.
#[derive(Debug)]
pub(crate) struct Budget {
    kib: Arc<Semaphore>,
    max: u64,
}

/// A part of the budget, given back when it is dropped.
#[derive(Debug)]
pub(super) struct Held(OwnedSemaphorePermit);

/// A whole body.
#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) bytes: Bytes,
    _held: Option<Held>,
}

impl Budget {
    /// For two bodies of the largest size at a time, or more smaller ones.
    pub(crate) fn new(max: u64) -> Self {
        let kib = usize::try_from(max / 1024 * 2).unwrap_or(usize::MAX);
        Self { kib: Arc::new(Semaphore::new(kib.clamp(1, Semaphore::MAX_PERMITS))), max }
    }

    /// Reads a JSON body.
    pub(super) async fn read_json(&self, request: &HttpRequest, payload: Payload) -> Result<Body, Problem> {
        check_headers(request)?;
        self.read(request, payload).await
    }

    /// Reads a body whatever it is said to be.
    pub(crate) async fn read(&self, request: &HttpRequest, payload: Payload) -> Result<Body, Problem> {
        let announced = announced(request)?;
        if announced.is_some_and(|length| length > self.max) {
            return Err(Problem::TooLarge { max: self.max });
        }
        // Without a length it may become as large as allowed.
        let held = self.hold(announced.unwrap_or(self.max))?;
        Ok(Body { bytes: read(payload, self.max, announced).await?, _held: held })
    }

    /// Most bytes of a body.
    pub(super) fn max(&self) -> u64 {
        self.max
    }

    /// Waits until there is room for a body of the largest size.
    pub(super) fn largest(&self) -> impl Future<Output = Option<Held>> + use<> {
        let acquiring = Arc::clone(&self.kib).acquire_many_owned(kib(self.max));
        async { acquiring.await.ok().map(Held) }
    }

    fn hold(&self, bytes: u64) -> Result<Option<Held>, Problem> {
        if bytes <= SMALL {
            return Ok(None);
        }
        let held = Arc::clone(&self.kib).try_acquire_many_owned(kib(bytes));
        held.map(|permit| Some(Held(permit))).map_err(|_| Problem::Unavailable {
            detail: "too many large requests at once".into(),
            retry_after: Duration::from_secs(2),
        })
    }
}

impl Held {
    /// Gives back what is not needed for so many bytes.
    pub(super) fn shrink(&mut self, bytes: u64) {
        let needed = usize::try_from(kib(bytes)).unwrap_or(usize::MAX);
        drop(self.0.split(self.0.num_permits().saturating_sub(needed)));
    }
}

fn kib(bytes: u64) -> u32 {
    u32::try_from(bytes / 1024).unwrap_or(u32::MAX)
}

fn check_headers(request: &HttpRequest) -> Result<(), Problem> {
    if request.headers().contains_key(header::CONTENT_ENCODING) {
        return Err(Problem::UnsupportedMediaType(
            "compressed bodies are not accepted: send it without Content-Encoding",
        ));
    }
    if !request.content_type().eq_ignore_ascii_case("application/json") {
        return Err(Problem::UnsupportedMediaType(
            "the body must be sent with Content-Type: application/json",
        ));
    }
    Ok(())
}

fn announced(request: &HttpRequest) -> Result<Option<u64>, Problem> {
    let Some(length) = request.headers().get(header::CONTENT_LENGTH) else { return Ok(None) };
    let length = length.to_str().ok().and_then(|text| text.parse().ok());
    length.map(Some).ok_or_else(|| Problem::Malformed("Content-Length is not a number".into()))
}

async fn read(mut payload: Payload, max: u64, announced: Option<u64>) -> Result<Bytes, Problem> {
    let start = Instant::now();
    let expected = announced.unwrap_or(0).min(SMALL);
    let mut body = BytesMut::with_capacity(usize::try_from(expected).unwrap_or(0));
    loop {
        let received = body.len() as u64;
        let deadline = start + GRACE + Duration::from_secs(received / BYTES_PER_SECOND);
        let next = tokio::time::timeout_at(deadline, payload.next()).await;
        match next.map_err(|_elapsed| Problem::Timeout)? {
            None => return Ok(body.freeze()),
            Some(Err(why)) => return Err(Problem::Malformed(why.to_string())),
            Some(Ok(chunk)) if received + chunk.len() as u64 > max => return Err(Problem::TooLarge { max }),
            Some(Ok(chunk)) => body.extend_from_slice(&chunk),
        }
    }
}

//! Reads request bodies: capped, in time, not compressed.

use std::net::IpAddr;
use std::time::Duration;

use actix_web::http::header;
use actix_web::web::{Bytes, BytesMut, Payload};
use actix_web::{HttpMessage, HttpRequest};
use futures_util::StreamExt;
use tokio::time::Instant;

use super::error::Problem;
use super::inflow::Inflow;
use crate::account::{Account, Full, Held, Purpose};
use crate::pace;

/// How long a body waits for its part of the account.
const PATIENCE: Duration = Duration::from_secs(3);
/// A body is there once as it came, and once as what was parsed of it.
const TIMES: u64 = 2;
/// Of a body whose length was not announced, the part of the account grows in steps.
const STEP: u64 = 64 * 1024;

/// Reads bodies, whose bytes are on the account.
#[derive(Debug)]
pub(crate) struct Budget {
    account: Account,
    max: u64,
    /// Of a body that is never in memory as a whole.
    max_streamed: u64,
}

/// A whole body.
#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) bytes: Bytes,
    /// Its part of the account, and that of what is parsed of it: to be kept as long as that.
    pub(crate) held: Held,
}

impl Budget {
    /// For bodies of at most so many bytes, and of what one may hold.
    pub(crate) fn new(account: Account, max: u64) -> Self {
        let in_memory = max.min(account.most(Purpose::Requests) / TIMES);
        Self { account, max: in_memory, max_streamed: max }
    }

    /// Reads a JSON body.
    pub(super) async fn read_json(&self, request: &HttpRequest, payload: Payload) -> Result<Body, Problem> {
        check_headers(request)?;
        self.read(request, payload).await
    }

    /// Reads a body whatever it is said to be.
    pub(crate) async fn read(&self, request: &HttpRequest, payload: Payload) -> Result<Body, Problem> {
        let announced = announced(request)?;
        let mut pieces = self.arriving_of(request, payload, self.max)?;
        let mut held = self.account.open_for(sender(request));
        held.grow(announced.unwrap_or(0) * TIMES, PATIENCE).await.map_err(too_many)?;
        pieces.begin();
        let bytes = read(&mut pieces, announced, &mut held).await?;
        Ok(Body { bytes, held })
    }

    /// A body piece by piece, whatever it is said to be.
    pub(super) fn arriving(&self, request: &HttpRequest, payload: Payload) -> Result<Arriving, Problem> {
        self.arriving_of(request, payload, self.max_streamed)
    }

    /// A JSON body, piece by piece.
    pub(super) fn arriving_json(&self, request: &HttpRequest, payload: Payload) -> Result<Arriving, Problem> {
        check_headers(request)?;
        self.arriving(request, payload)
    }

    /// A body piece by piece, whatever it is said to be, of at most so many bytes: all of it goes to the disk.
    pub(super) fn arriving_up_to(
        &self,
        request: &HttpRequest,
        payload: Payload,
        max: u64,
    ) -> Result<Arriving, Problem> {
        self.arriving_of(request, payload, max)
    }

    fn arriving_of(&self, request: &HttpRequest, payload: Payload, max: u64) -> Result<Arriving, Problem> {
        let announced = announced(request)?;
        if announced.is_some_and(|length| length > max) {
            return Err(Problem::TooLarge { max });
        }
        let pieces = Inflow::of(request, payload, announced, &self.account);
        // Of one that announces less, no more comes.
        Ok(Arriving { pieces, start: Instant::now(), received: 0, max: announced.unwrap_or(max) })
    }

    /// Most bytes of a body.
    pub(super) fn max(&self) -> u64 {
        self.max
    }

    /// The account that bodies are on.
    pub(super) fn account(&self) -> &Account {
        &self.account
    }
}

/// Who sends a request, as far as that is known.
pub(crate) fn sender(request: &HttpRequest) -> Option<IpAddr> {
    request.peer_addr().map(|address| address.ip())
}

/// What is told where the account has no room for a request.
fn too_many(_: Full) -> Problem {
    Problem::Unavailable {
        detail: "too many large requests at once".into(),
        retry_after: Duration::from_secs(2),
    }
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

async fn read(pieces: &mut Arriving, announced: Option<u64>, held: &mut Held) -> Result<Bytes, Problem> {
    let mut body = BytesMut::with_capacity(usize::try_from(announced.unwrap_or(0)).unwrap_or(0));
    while let Some(piece) = pieces.next().await? {
        let needed = pieces.received * TIMES;
        if needed > held.bytes() {
            let step = (needed - held.bytes()).max(if needed > STEP { STEP } else { 0 });
            held.grow(step, PATIENCE).await.map_err(too_many)?;
        }
        body.extend_from_slice(&piece);
    }
    Ok(body.freeze())
}

/// A body that is read as it comes: in time, no more than may be, and never in memory as a whole. Whoever reads it holds
/// what it keeps of it.
pub(crate) struct Arriving {
    pieces: Inflow,
    start: Instant,
    received: u64,
    max: u64,
}

impl std::fmt::Debug for Arriving {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Arriving").field("received", &self.received).finish_non_exhaustive()
    }
}

impl Arriving {
    /// Most bytes that come.
    pub(super) fn most(&self) -> u64 {
        self.max
    }

    /// The client is waited for from now on only, and there is room for what it sends: whoever waits for something before it
    /// takes a body does that first.
    pub(crate) fn begin(&mut self) {
        self.start = Instant::now();
        self.pieces.begin();
    }

    /// The next part; none at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        let deadline = self.start + pace::time_for(self.received, pace::TO_SEND);
        let next = tokio::time::timeout_at(deadline, self.pieces.next()).await;
        let Some(part) = next.map_err(|_elapsed| Problem::Timeout)? else { return Ok(None) };
        let part = part.map_err(|why| Problem::Malformed(why.to_string()))?;
        self.received += part.len() as u64;
        if self.received > self.max {
            return Err(Problem::TooLarge { max: self.max });
        }
        Ok(Some(part))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::FromRequest;
    use actix_web::dev::Payload as Raw;
    use actix_web::error::PayloadError;
    use actix_web::test::TestRequest;
    use futures_util::FutureExt;
    use futures_util::stream;
    use gavel_protocol::Bytes as Size;

    use super::*;

    const LENGTH: u64 = 1 << 20;

    /// A request of which nothing but its head has come.
    async fn announced() -> (HttpRequest, Payload) {
        let request = TestRequest::post().insert_header(("content-length", LENGTH.to_string()));
        let request = request.insert_header(("content-type", "application/json")).to_http_request();
        let mut raw = Raw::Stream { payload: stream::pending::<Result<Bytes, PayloadError>>().boxed_local() };
        let payload = Payload::from_request(&request, &mut raw).await.unwrap();
        (request, payload)
    }

    #[actix_web::test]
    async fn a_body_that_waits_for_its_part_holds_nothing_and_has_it_once_that_is_free() {
        let account = Account::new(Size::mib(64));
        let budget = Budget::new(account.clone(), 8 << 20);
        let others: Vec<_> =
            std::iter::from_fn(|| account.try_take(Purpose::Requests, LENGTH).ok()).collect();
        // There would be room for what comes of some bodies at once, and for a small one.
        let held = account.held();
        let (request, payload) = announced().await;
        let mut waiting = Box::pin(budget.read(&request, payload));
        assert!(waiting.as_mut().now_or_never().is_none());
        assert_eq!(account.held(), held);
        drop(others);
        assert!(waiting.as_mut().now_or_never().is_none(), "no byte has come");
        assert!(account.held() >= Size(TIMES * LENGTH), "{:?}", account.held());
    }

    #[actix_web::test]
    async fn a_body_holds_nothing_before_it_is_begun() {
        let account = Account::new(Size::mib(64));
        let budget = Budget::new(account.clone(), 8 << 20);
        let (request, payload) = announced().await;
        let mut arriving = budget.arriving_json(&request, payload).unwrap();
        assert_eq!(account.held(), Size(0));
        arriving.begin();
        let begun = account.held();
        assert!(begun > Size(0) && begun < Size(LENGTH), "{begun:?}");
    }
}

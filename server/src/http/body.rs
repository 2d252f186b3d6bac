//! Reads request bodies: capped, in time, not compressed.

use std::time::Duration;

use actix_web::error::PayloadError;
use actix_web::http::header;
use actix_web::web::{Bytes, BytesMut, Payload};
use actix_web::{HttpMessage, HttpRequest};
use futures_util::StreamExt;
use tokio::time::Instant;

use super::error::Problem;
use super::inflow::Inflow;
use super::sender::sender;
use super::uploads::Place;
use crate::account::{Account, Held, Purpose};
use crate::pace;

/// How long a body waits for its part of the account.
const PATIENCE: Duration = Duration::from_secs(3);
/// A body is there once as it came, and once as what was parsed of it.
const TIMES: u64 = 2;
/// So often it is asked whether a slow body is in somebody's way.
const LOOK_EVERY: Duration = Duration::from_millis(250);
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
        self.read_up_to(request, payload, self.max).await
    }

    /// Reads a body whatever it is said to be, of at most so many bytes.
    pub(crate) async fn read_up_to(
        &self,
        request: &HttpRequest,
        payload: Payload,
        max: u64,
    ) -> Result<Body, Problem> {
        let announced = announced(request)?;
        let mut pieces = self.arriving_of(request, payload, max.min(self.max))?;
        let mut held = self.account.open_for(sender(request));
        held.grow(announced.unwrap_or(0) * TIMES, PATIENCE)
            .await
            .map_err(|_full| Problem::no_room_for_request())?;
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
        Ok(Arriving {
            pieces,
            start: Instant::now(),
            received: 0,
            max: announced.unwrap_or(max),
            place: None,
        })
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

/// How long the body of a request is, where that was said.
pub(crate) fn announced(request: &HttpRequest) -> Result<Option<u64>, Problem> {
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
            held.grow(step, PATIENCE).await.map_err(|_full| Problem::no_room_for_request())?;
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
    /// Its place among the large ones.
    place: Option<Place>,
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

    /// It has this place among others until it is dropped.
    pub(super) fn take(&mut self, place: Place) {
        self.place = Some(place);
    }

    /// The next part; none at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        let Some(part) = self.next_in_time().await? else { return Ok(None) };
        let part = part.map_err(|why| Problem::Malformed(why.to_string()))?;
        self.received += part.len() as u64;
        if self.received > self.max {
            return Err(Problem::TooLarge { max: self.max });
        }
        Ok(Some(part))
    }

    /// The next part, in the time that it has: there is less of it where others lack room.
    async fn next_in_time(&mut self) -> Result<Option<Result<Bytes, PayloadError>>, Problem> {
        let deadline = self.start + pace::time_for(self.received, pace::TO_SEND);
        let mut look = self.start + pace::time_for(self.received, pace::TO_SEND_IN_THE_WAY);
        loop {
            if let Ok(next) = tokio::time::timeout_at(look.min(deadline), self.pieces.next()).await {
                return Ok(next);
            }
            if Instant::now() >= deadline || self.is_in_the_way() {
                return Err(Problem::Timeout);
            }
            look = Instant::now() + LOOK_EVERY;
        }
    }

    fn is_in_the_way(&self) -> bool {
        self.pieces.is_in_the_way() || self.place.as_ref().is_some_and(Place::is_in_the_way)
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

    use std::net::IpAddr;

    use super::*;
    use crate::http::uploads::Uploads;

    const LENGTH: u64 = 1 << 20;

    fn body_sender() -> Option<IpAddr> {
        Some([10, 0, 0, 1].into())
    }

    /// A request of which nothing but its head has come.
    async fn announced() -> (HttpRequest, Payload) {
        let request = TestRequest::post().insert_header(("content-length", LENGTH.to_string()));
        let request = request.peer_addr((body_sender().unwrap(), 1).into());
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

    async fn arriving(budget: &Budget) -> Arriving {
        let (request, payload) = announced().await;
        budget.arriving_json(&request, payload).unwrap()
    }

    /// How long a body of which nothing comes is waited for, where its sender has so many of four places and another client
    /// waits for one.
    async fn patience_with(places: usize) -> Duration {
        let uploads = Uploads::of(4);
        let [slow, other] = [1, 2].map(|last| Some([10, 0, 0, last].into()));
        let mut held = Vec::new();
        for _ in 1..places {
            held.push(uploads.place(slow).await.unwrap());
        }
        let mut body = arriving(&Budget::new(Account::new(Size::mib(64)), 8 << 20)).await;
        body.take(uploads.place(slow).await.unwrap());
        body.begin();
        for _ in places..4 {
            held.push(uploads.place(other).await.unwrap());
        }
        let waiting = tokio::task::spawn_local(async move { uploads.place(other).await.map(drop) });
        let start = Instant::now();
        assert!(matches!(body.next().await, Err(Problem::Timeout)));
        drop(body);
        assert!(waiting.await.unwrap().is_ok(), "the place is the other's");
        start.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_body_of_a_sender_that_is_in_others_way_is_waited_for_two_seconds() {
        let local = tokio::task::LocalSet::new();
        let [all, half] = local.run_until(async { [patience_with(4).await, patience_with(2).await] }).await;
        assert!(all < Duration::from_millis(2500), "{all:?}");
        assert!(half >= pace::TO_SEND, "a sender that has no more than its part: {half:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_sender_whose_bodies_are_slow_does_not_keep_the_account_either() {
        let account = Account::new(Size::mib(1));
        let budget = Budget::new(account.clone(), 8 << 20);
        let mut body = arriving(&budget).await;
        body.begin();
        let sender = |last: u8| Some([10, 0, 0, last].into());
        let mut others = account.open_for(sender(2));
        let mut more = account.open_for(body_sender());
        more.try_grow(300 * 1024).unwrap();
        assert!(others.grow(300 * 1024, Duration::from_secs(1)).await.is_err(), "another lacks room");
        let start = Instant::now();
        assert!(matches!(body.next().await, Err(Problem::Timeout)));
        assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
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

//! The body of a new submission: a small one is read and parsed here, a large one goes to the disk as it comes.

use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::web::{Bytes, Payload};
use futures_util::FutureExt;
use tokio::sync::OwnedSemaphorePermit;

use super::sieve::{Sieve, SieveError, Texts};
use super::wire::{Asked, NewSubmission, Rules};
use super::{Api, Problem};
use crate::account::{Held, Purpose};
use crate::blocking::Aside;
use crate::http::uploads::Uploads;
use crate::http::{Arriving, Budget, announced, sender};
use crate::queue::Refusal;
use crate::submission::Submission;

/// A body up to this size is read whole.
const SMALL: u64 = 64 * 1024;
/// Of a body that comes quickly, so much goes to the disk at one time.
const BATCH: usize = 128 * 1024;
/// For so long we go on taking what a client sends that is refused.
const LINGER: Duration = Duration::from_secs(2);
/// After so many bytes it is asked again whether there is room for more.
const CHECK_EVERY: usize = 1024 * 1024;
/// What of a body may be something else than texts: this much, and so much more for each test case that is allowed.
const REST: usize = 1024 * 1024;
const REST_OF_TEST: usize = 256;

/// What is left for the parser is there once as it came, and once or twice as what was parsed of it.
const TIMES: u64 = 3;

/// A submission that came in.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) submission: Submission,
    /// What was asked for of what has defaults.
    pub(super) asked: Asked,
    /// Hold the answer until the judgement.
    pub(super) wait: bool,
}

/// Takes a body in, on the disk: to be used by threads that may wait. What it has there goes with it.
struct Sifter {
    api: Arc<Api>,
    sieve: Sieve,
    held: Held,
    /// Bytes since there was room for more; none have come yet where there is none.
    unchecked: Option<usize>,
    /// It was accepted before, by its key, and is the one that may come though there is no room for another.
    repeated: Option<OwnedSemaphorePermit>,
}

/// Reads and checks a new submission, which comes under this idempotency key.
pub(super) async fn receive(
    api: Arc<Api>,
    key: Option<&str>,
    budget: &Budget,
    uploads: &Uploads,
    request: &HttpRequest,
    payload: Payload,
) -> Result<Received, Problem> {
    if announced(request)?.is_some_and(|length| length <= SMALL) {
        let body = budget.read_json(request, payload).await?;
        return parse(&api, &body.bytes, &Texts::default());
    }
    let mut arriving = budget.arriving_json(request, payload)?;
    arriving.take(uploads.place(sender(request)).await?);
    arriving.begin();
    let mut begin = Vec::new();
    while begin.len() as u64 <= SMALL {
        let Some(part) = arriving.next().await? else {
            return parse(&api, &begin, &Texts::default());
        };
        begin.extend_from_slice(&part);
    }
    let is_known = match key {
        Some(key) => api.store.knows_key(key).await?,
        None => false,
    };
    let repeated = if is_known { uploads.repetition() } else { None };
    let sifter = Aside::new(Sifter::new(api, repeated));
    let sifter = fed(&mut arriving, begin, sifter, Sifter::feed).await?;
    sifter.with(Sifter::finish).await.map_err(|_panic| Problem::Failed)?
}

/// Has a body taken in as it comes. While its client is waited for, no thread is.
async fn fed<T: Send + 'static>(
    body: &mut Arriving,
    begin: Vec<u8>,
    mut into: Aside<T>,
    feed: fn(T, Vec<Bytes>) -> Result<T, Problem>,
) -> Result<Aside<T>, Problem> {
    let mut batch = Some(vec![Bytes::from(begin)]);
    while let Some(parts) = batch {
        let fed = into.with(move |into| feed(into, parts)).await;
        into = match fed.map_err(|_panic| Problem::Failed)? {
            Ok(fed) => Aside::new(fed),
            Err(problem) => {
                discard(body).await;
                return Err(problem);
            }
        };
        batch = next_batch(body).await?;
    }
    Ok(into)
}

/// Reads on for a moment: a connection that ends with bytes unread may take the answer back.
async fn discard(body: &mut Arriving) {
    let reading = async { while matches!(body.next().await, Ok(Some(_))) {} };
    // Who goes on sending has had time to listen.
    let _ = tokio::time::timeout(LINGER, reading).await;
}

/// The next part of a body, and what is there already of those behind it.
async fn next_batch(body: &mut Arriving) -> Result<Option<Vec<Bytes>>, Problem> {
    let Some(first) = body.next().await? else { return Ok(None) };
    let mut size = first.len();
    let mut parts = vec![first];
    while size < BATCH {
        match body.next().now_or_never() {
            Some(Ok(Some(part))) => {
                size += part.len();
                parts.push(part);
            }
            Some(Err(problem)) => return Err(problem),
            // The end is told once more.
            Some(Ok(None)) | None => break,
        }
    }
    Ok(Some(parts))
}

impl Sifter {
    fn new(api: Arc<Api>, repeated: Option<OwnedSemaphorePermit>) -> Self {
        let rest = REST + REST_OF_TEST * api.config.limits.tests;
        let sieve = Sieve::new(api.submissions.blobs(), rest);
        let held = api.account.open(Purpose::Requests);
        Self { api, sieve, held, unchecked: None, repeated }
    }

    fn feed(mut self, parts: Vec<Bytes>) -> Result<Self, Problem> {
        for part in parts {
            self.check(part.len())?;
            self.sieve.feed(&part)?;
            let memory = self.sieve.memory() * TIMES;
            self.held
                .try_grow(memory.saturating_sub(self.held.bytes()))
                .map_err(|_full| Problem::no_room_for_request())?;
        }
        Ok(self)
    }

    /// Is there room for so many bytes more?
    fn check(&mut self, bytes: usize) -> Result<(), Problem> {
        let unchecked = self.unchecked.map_or(CHECK_EVERY, |unchecked| unchecked + bytes);
        if unchecked < CHECK_EVERY {
            self.unchecked = Some(unchecked);
            return Ok(());
        }
        self.api.submissions.check_upload(self.repeated.is_some())?;
        self.unchecked = Some(0);
        Ok(())
    }

    fn finish(self) -> Result<Received, Problem> {
        let (rest, texts) = self.sieve.finish()?;
        parse(&self.api, &rest, &texts)
    }
}

fn parse(api: &Api, json: &[u8], texts: &Texts) -> Result<Received, Problem> {
    let (new, unknown) = NewSubmission::parse(json, texts)?;
    let wait = new.wait;
    let rules = Rules { limits: &api.config.limits, sandbox: &api.config.sandbox, languages: &api.languages };
    let (submission, asked) = new.into_submission(rules, texts, unknown)?;
    Ok(Received { submission, asked, wait })
}

impl From<SieveError> for Problem {
    fn from(why: SieveError) -> Self {
        match why {
            SieveError::Disk(source) => Refusal::from(crate::store::StoreError::from(source)).into(),
            SieveError::Malformed { .. } | SieveError::TooMuch(_) => Self::Malformed(why.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::error::PayloadError;
    use actix_web::test::TestRequest;
    use actix_web::{FromRequest, ResponseError};
    use futures_util::StreamExt;
    use futures_util::stream;
    use tokio::runtime::Builder;
    use tokio::task::LocalSet;

    use super::*;
    use crate::account::Account;

    /// A body of these parts, which then ends or does not.
    async fn body(parts: Vec<Vec<u8>>, ends: bool) -> Arriving {
        let request = TestRequest::default().insert_header(("content-type", "application/json"));
        let request = request.to_http_request();
        let parts = stream::iter(parts).map(|part| Ok::<_, PayloadError>(Bytes::from(part)));
        let parts = if ends { parts.boxed_local() } else { parts.chain(stream::pending()).boxed_local() };
        let payload = Payload::from_request(&request, &mut actix_web::dev::Payload::from(parts)).await;
        let budget = Budget::new(Account::new(gavel_protocol::Bytes::mib(64)), 1 << 30);
        budget.arriving_json(&request, payload.unwrap()).unwrap()
    }

    fn append(mut taken: Vec<usize>, parts: Vec<Bytes>) -> Result<Vec<usize>, Problem> {
        taken.push(parts.iter().map(Bytes::len).sum());
        Ok(taken)
    }

    #[tokio::test]
    async fn a_panic_over_a_body_is_no_fault_of_its_clients() {
        let mut whole = body(vec![vec![7; 1000]], true).await;
        let panics = |_: (), _: Vec<Bytes>| -> Result<(), Problem> { panic!("by the test's will") };
        let fed = fed(&mut whole, vec![1], Aside::new(()), panics).await;
        let status = fed.map(drop).unwrap_err().status_code();
        assert_eq!(status, actix_web::http::StatusCode::INTERNAL_SERVER_ERROR);
    }

    /// Where there is one thread that may wait, of the slow clients one would have kept it.
    #[test]
    fn bodies_that_come_slowly_hold_no_thread() {
        let runtime = Builder::new_current_thread().enable_all().max_blocking_threads(1).build().unwrap();
        LocalSet::new().block_on(&runtime, async {
            for _ in 0..40 {
                let mut slow = body(vec![vec![7; 1000]], false).await;
                tokio::task::spawn_local(async move {
                    fed(&mut slow, vec![1], Aside::new(Vec::new()), append).await.map(drop)
                });
            }
            tokio::task::yield_now().await;
            let mut quick = body(vec![vec![7; 50_000]; 10], true).await;
            let fed = fed(&mut quick, vec![1], Aside::new(Vec::new()), append);
            let fed = tokio::time::timeout(Duration::from_secs(30), fed).await.expect("in time").unwrap();
            assert_eq!(fed.with(|taken| taken).await.unwrap(), [1, 150_000, 150_000, 150_000, 50_000]);
        });
    }
}

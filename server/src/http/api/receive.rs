//! The body of a new submission: a small one is read and parsed here, a large one goes to the disk as it comes.

use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::web::{Bytes, Payload};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use super::sieve::{Sieve, SieveError, Texts};
use super::wire::{Asked, NewSubmission, Rules};
use super::{Api, Problem};
use crate::account::Purpose;
use crate::http::{Arriving, Budget, was_read};
use crate::queue::Refusal;
use crate::submission::Submission;

/// A body up to this size is read whole.
const SMALL: u64 = 64 * 1024;
/// Large bodies that come in at one time; more wait for their turn.
const AT_ONCE: usize = 32;
/// How long they wait.
const PATIENCE: Duration = Duration::from_secs(30);
/// Parts of a body that wait for the disk.
const PARTS: usize = 4;
/// What of a body may be something else than texts: this much, and so much more for each test case that is allowed.
const REST: usize = 1024 * 1024;
const REST_OF_TEST: usize = 256;

/// What is left for the parser is there once as it came, and once or twice as what was parsed of it.
const TIMES: u64 = 3;

/// Places of large bodies.
#[derive(Debug, Clone)]
pub(in crate::http) struct Uploads(Arc<Semaphore>);

/// A submission that came in.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) submission: Submission,
    /// What was asked for of what has defaults.
    pub(super) asked: Asked,
    /// Hold the answer until the judgement.
    pub(super) wait: bool,
}

enum Part {
    Bytes(Bytes),
    /// The body is whole.
    End,
}

impl Uploads {
    pub(in crate::http) fn new() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }

    async fn place(&self) -> Result<OwnedSemaphorePermit, Problem> {
        let waiting = tokio::time::timeout(PATIENCE, Arc::clone(&self.0).acquire_owned());
        waiting.await.ok().and_then(Result::ok).ok_or_else(too_many)
    }
}

fn too_many() -> Problem {
    Problem::Unavailable {
        detail: "too many large requests at once".into(),
        retry_after: Duration::from_secs(2),
    }
}

/// Reads and checks a new submission.
pub(super) async fn receive(
    api: Arc<Api>,
    budget: &Budget,
    uploads: &Uploads,
    request: &HttpRequest,
    payload: Payload,
) -> Result<Received, Problem> {
    let announced = request.headers().get(actix_web::http::header::CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length <= SMALL) {
        let body = budget.read_json(request, payload).await?;
        return parse(&api, &body.bytes, &Texts::default());
    }
    let mut arriving = Arriving::json(request, payload, api.config.http.max_body.get())?;
    let _place = uploads.place().await?;
    arriving.begin();
    let mut begin = Vec::new();
    while begin.len() as u64 <= SMALL {
        let Some(part) = arriving.next().await? else {
            was_read(request);
            return parse(&api, &begin, &Texts::default());
        };
        begin.extend_from_slice(&part);
    }
    let (sender, receiver) = mpsc::channel(PARTS);
    let sifting = tokio::task::spawn_blocking(move || sift(&api, receiver));
    pass_on(arriving, begin, sender).await?;
    was_read(request);
    sifting.await.map_err(|_panic| Problem::Failed)?
}

/// Passes the parts of a body on until it is whole, or the sieve has ended early: it says why.
async fn pass_on(mut body: Arriving, begin: Vec<u8>, to: mpsc::Sender<Part>) -> Result<(), Problem> {
    let mut part = Some(Bytes::from(begin));
    while let Some(bytes) = part {
        if to.send(Part::Bytes(bytes)).await.is_err() {
            return Ok(());
        }
        part = body.next().await?;
    }
    // Where it has ended meanwhile, as above.
    to.send(Part::End).await.ok();
    Ok(())
}

/// Takes a body in as it comes. What is on the disk goes with the first error, or when the body is not whole.
fn sift(api: &Api, mut parts: mpsc::Receiver<Part>) -> Result<Received, Problem> {
    let rest = REST + REST_OF_TEST * api.config.limits.tests;
    let mut sieve = Sieve::new(api.submissions.blobs(), rest);
    let mut held = api.account.open(Purpose::Requests);
    loop {
        match parts.blocking_recv() {
            Some(Part::Bytes(part)) => {
                api.submissions.check_upload()?;
                sieve.feed(&part)?;
                let memory = sieve.memory() * TIMES;
                held.try_grow(memory.saturating_sub(held.bytes())).map_err(|_full| too_many())?;
            }
            Some(Part::End) => break,
            None => return Err(Problem::Timeout),
        }
    }
    let (rest, texts) = sieve.finish()?;
    parse(api, &rest, &texts)
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

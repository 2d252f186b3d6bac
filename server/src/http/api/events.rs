//! A submission's progress as server-sent events: `state` at each change, `output` where that is wanted, then `judgement`.

use std::rc::Rc;
use std::time::{Duration, Instant};

use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use chrono::Utc;
use futures_util::stream::{self, LocalBoxStream, Stream};
use futures_util::{StreamExt, TryStreamExt};
use serde::Serialize;
use tokio::sync::watch;

use super::described::Event as EventSchema;
use super::query::FollowQuery;
use super::sse::{self, HEARTBEAT};
use super::submissions::{find, load, parse_id};
use super::view::{State, TestedView, estimate};
use super::{Api, Problem};
use crate::access::Caller;
use crate::http::error::fails;
use crate::http::followers::Place;
use crate::http::peer::Peer;
use crate::http::taken::Pace;
use crate::live::{self, Piece, Seen};
use crate::queue::Stage;
use crate::store::StoreError;
use crate::submission::SubmissionId;
use crate::tokens::Sees;

/// This often it is looked whether a submission that waits stands at another place.
const PLACES: Duration = Duration::from_secs(2);
/// This often it is looked what its program has written: nobody reads faster.
const OUTPUTS: Duration = Duration::from_millis(100);

/// Follows a submission.
///
/// Server-sent events: `state` at each change, then one `judgement`, which is the submission. With `output=true` also `output`:
/// what its program writes while it runs, ten times a second at most, 16 KiB of each stream at a time, with the bytes before it
/// that are left out (`missed`).
#[utoipa::path(
    get,
    path = "/api/v1/submissions/{id}/events",
    operation_id = "followSubmission",
    tag = "submissions",
    params(("id" = Uuid, Path, description = "Its id."), FollowQuery),
    responses(
        (status = 200, description = "A stream of events.", body = EventSchema, content_type = "text/event-stream"),
        fails::InvalidField,
        fails::NotFound,
        fails::Unavailable
    )
)]
pub(super) async fn follow(
    api: Data<Api>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let id = parse_id(&id)?;
    let asked = FollowQuery::parse(request.query_string())?;
    let stage = api.submissions.follow(id).await?;
    // Refuses an id that does not exist before anything is sent.
    find(&api, &caller.sees(), id).await?;
    let place = api.followers_of_one.place(caller.sender())?;
    let followed = Followed { id, output: asked.output };
    Ok(sse::answer().streaming(events(api, (caller, place), followed, stage, Peer::of(&request))))
}

#[derive(Debug, Serialize)]
struct StateEvent {
    state: State,
    /// Test cases done, while it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    tests_done: Option<u32>,
    /// Those of the tests done that no event has told yet, while it runs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tests: Vec<TestedView>,
    /// Place in the queue, while it waits: 1 = next. Told again when it has changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<usize>,
    /// Until its turn, at the pace of the moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    estimated_wait_ms: Option<u64>,
}

/// What a program has written.
#[derive(Debug, Serialize)]
struct OutputEvent<'a> {
    /// Position of the test case, from 0.
    test: u32,
    stream: live::Stream,
    /// Bytes before it that were left out.
    #[serde(skip_serializing_if = "is_zero")]
    missed: u64,
    text: &'a str,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// What is followed.
#[derive(Debug, Clone, Copy)]
struct Followed {
    id: SubmissionId,
    /// With what its program writes.
    output: bool,
}

/// What a follower has been told.
#[derive(Debug, Clone, Copy)]
struct Told {
    /// So many tests.
    tests: usize,
    /// So much of what its program writes.
    seen: Seen,
    /// It runs.
    is_running: bool,
    /// Its place, while it waits.
    place: Option<usize>,
    /// When something was sent last.
    at: Instant,
}

/// What is sent of one event.
type Event = LocalBoxStream<'static, Result<Bytes, Problem>>;

/// What was told before.
type Before = (usize, Seen);

enum Next {
    Now(Option<watch::Receiver<Stage>>, Before),
    Wait(watch::Receiver<Stage>, Told),
    End,
}

fn events(
    api: Data<Api>,
    follower: (Caller, Place),
    followed: Followed,
    stage: Option<watch::Receiver<Stage>>,
    peer: Option<Peer>,
) -> impl Stream<Item = Result<Bytes, Problem>> {
    let (follower, id) = (Rc::new(follower), followed.id);
    let events = stream::unfold(Next::Now(stage, Before::default()), move |next| {
        let (api, follower, peer) = (api.clone(), Rc::clone(&follower), peer.clone());
        async move {
            let (caller, _place) = &*follower;
            let sees = caller.sees();
            match next {
                _ if caller.has_ended(Utc::now()) => None,
                Next::End => None,
                Next::Now(Some(mut receiver), told) => {
                    let stage = *receiver.borrow_and_update();
                    if stage.is_final() {
                        return Some((judgement(&api, &sees, id, peer).await, Next::End));
                    }
                    let (event, told) = state(&api, id, stage, told);
                    Some((whole(event), Next::Wait(receiver, told)))
                }
                Next::Now(None, _) => Some((judgement(&api, &sees, id, peer).await, Next::End)),
                Next::Wait(mut receiver, told) => tokio::select! {
                    changed = receiver.changed() => match changed {
                        Ok(()) => Some((nothing(), Next::Now(Some(receiver), told.before()))),
                        Err(_gone) => Some((nothing(), Next::Now(None, told.before()))),
                    },
                    () = caller.ended() => None,
                    () = tokio::time::sleep(told.patience(followed)) => Some(meanwhile(&api, followed, receiver, told)),
                    () = api.submissions.closing() => None,
                },
            }
        }
    });
    events.flatten()
}

impl Told {
    fn before(&self) -> Before {
        (self.tests, self.seen)
    }

    /// When there may be something to tell, though nothing has happened.
    fn patience(&self, followed: Followed) -> Duration {
        let heartbeat = HEARTBEAT.saturating_sub(self.at.elapsed());
        match self.place {
            Some(_) => heartbeat.min(PLACES),
            None if self.is_running && followed.output => heartbeat.min(OUTPUTS),
            None => heartbeat,
        }
    }
}

/// Others have gone, so that it stands at another place; its program has written something; or nothing has happened for long.
fn meanwhile(
    api: &Api,
    followed: Followed,
    receiver: watch::Receiver<Stage>,
    mut told: Told,
) -> (Event, Next) {
    if told.place.is_some() && told.place != Some(api.submissions.position(followed.id)) {
        return (nothing(), Next::Now(Some(receiver), told.before()));
    }
    if told.is_running && followed.output {
        let pieces = api.live.look(followed.id, &mut told.seen);
        if !pieces.is_empty() {
            let written = whole(
                pieces.iter().map(output).collect::<Result<Vec<_>, _>>().map(|all| all.concat().into()),
            );
            return (written, Next::Wait(receiver, Told { at: Instant::now(), ..told }));
        }
    }
    if told.at.elapsed() < HEARTBEAT {
        return (nothing(), Next::Wait(receiver, told));
    }
    let still_here = Bytes::from_static(b": still here\n\n");
    (whole(Ok(still_here)), Next::Wait(receiver, Told { at: Instant::now(), ..told }))
}

fn nothing() -> Event {
    stream::empty().boxed_local()
}

/// An event that is in memory.
fn whole(event: Result<Bytes, Problem>) -> Event {
    stream::once(async { event }).boxed_local()
}

/// With what is told by it.
fn state(api: &Api, id: SubmissionId, stage: Stage, (told, seen): Before) -> (Result<Bytes, Problem>, Told) {
    let (state, tests_done) = match stage {
        Stage::Queued => (State::Queued, None),
        Stage::Compiling => (State::Compiling, None),
        Stage::Running { done } => (State::Running, Some(done)),
        Stage::Done => (State::Done, None),
        Stage::Cancelled => (State::Cancelled, None),
    };
    let position = (state == State::Queued).then(|| api.submissions.position(id));
    let is_running = state == State::Running;
    let estimated_wait_ms = position.map(|position| estimate(api.submissions.wait_of(position)));
    let (tested, told) = if is_running { api.submissions.tested(id, told) } else { (Vec::new(), 0) };
    let tests = tested.iter().map(TestedView::from).collect();
    let told = Told { tests: told, seen, is_running, place: position, at: Instant::now() };
    (event("state", &StateEvent { state, tests_done, tests, position, estimated_wait_ms }), told)
}

fn output(Piece { test, stream, missed, text }: &Piece) -> Result<Bytes, Problem> {
    event("output", &OutputEvent { test: *test, stream: *stream, missed: *missed, text })
}

/// The whole submission, as `GET /submissions/{id}` answers it.
async fn judgement(api: &Api, sees: &Sees, id: SubmissionId, peer: Option<Peer>) -> Event {
    let loaded = async { load(api, sees, id).await?.parts().await };
    let (parts, held) = match loaded.await {
        Ok(loaded) => loaded,
        Err(why) => return whole(Err(why)),
    };
    // Until now there was nothing to take.
    let pace = Pace::begin(peer);
    let sent = parts.stream(api.submissions.blobs().clone(), "event: judgement\ndata: ", "\n\n");
    let sent = sent.inspect_ok(move |piece| {
        pace.note(piece.len());
        // With the last piece.
        let _ = &held;
    });
    sent.map_err(|why| Problem::from(StoreError::from(why))).boxed_local()
}

fn event(name: &str, data: &impl Serialize) -> Result<Bytes, Problem> {
    let json = serde_json::to_string(data).map_err(|_| Problem::Failed)?;
    Ok(Bytes::from(format!("event: {name}\ndata: {json}\n\n")))
}

//! A submission's progress as server-sent events: `state` at each change, then `judgement`.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Bytes, Data, Path};
use futures_util::stream::{self, Stream};
use serde::Serialize;
use tokio::sync::watch;

use super::submissions::{load, parse_id};
use super::view::State;
use super::{Api, Problem};
use crate::queue::Stage;
use crate::submission::SubmissionId;

/// A comment this often keeps proxies from closing a silent connection.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// `GET /submissions/{id}/events`
pub(super) async fn follow(api: Data<Api>, id: Path<String>) -> Result<HttpResponse, Problem> {
    let id = parse_id(&id)?;
    let stage = api.queue.follow(id);
    // Refuses an id that does not exist before anything is sent.
    load(&api, id).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/event-stream"))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header(("X-Accel-Buffering", "no"))
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .streaming(events(api, id, stage)))
}

#[derive(Debug, Serialize)]
struct StateEvent {
    state: State,
    /// Test cases done, while it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    tests_done: Option<u32>,
    /// Place in the queue, while it waits: 1 = next.
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<usize>,
}

enum Next {
    Now(Option<watch::Receiver<Stage>>),
    Wait(watch::Receiver<Stage>),
    End,
}

fn events(
    api: Data<Api>,
    id: SubmissionId,
    stage: Option<watch::Receiver<Stage>>,
) -> impl Stream<Item = Result<Bytes, Problem>> {
    stream::unfold(Next::Now(stage), move |next| {
        let api = api.clone();
        async move {
            match next {
                Next::End => None,
                Next::Now(Some(mut receiver)) => {
                    let stage = *receiver.borrow_and_update();
                    if stage.is_final() {
                        return Some((judgement(&api, id).await, Next::End));
                    }
                    Some((state(&api, id, stage), Next::Wait(receiver)))
                }
                Next::Now(None) => Some((judgement(&api, id).await, Next::End)),
                Next::Wait(mut receiver) => tokio::select! {
                    changed = receiver.changed() => match changed {
                        Ok(()) => Some((Ok(Bytes::new()), Next::Now(Some(receiver)))),
                        Err(_gone) => Some((Ok(Bytes::new()), Next::Now(None))),
                    },
                    () = tokio::time::sleep(HEARTBEAT) => {
                        Some((Ok(Bytes::from_static(b": still here\n\n")), Next::Wait(receiver)))
                    }
                    () = api.queue.closing() => None,
                },
            }
        }
    })
}

fn state(api: &Api, id: SubmissionId, stage: Stage) -> Result<Bytes, Problem> {
    let (state, tests_done) = match stage {
        Stage::Queued => (State::Queued, None),
        Stage::Compiling => (State::Compiling, None),
        Stage::Running { done } => (State::Running, Some(done)),
        Stage::Done => (State::Done, None),
        Stage::Cancelled => (State::Cancelled, None),
    };
    let position = (state == State::Queued).then(|| api.queue.position(id).unwrap_or(0));
    event("state", &StateEvent { state, tests_done, position })
}

/// The whole submission, as `GET /submissions/{id}` answers it.
async fn judgement(api: &Api, id: SubmissionId) -> Result<Bytes, Problem> {
    event("judgement", &load(api, id).await?)
}

fn event(name: &str, data: &impl Serialize) -> Result<Bytes, Problem> {
    let json = serde_json::to_string(data).map_err(|why| Problem::Malformed(why.to_string()))?;
    Ok(Bytes::from(format!("event: {name}\ndata: {json}\n\n")))
}

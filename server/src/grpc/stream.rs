//! `ExecStream`: a request whose programs talk with the client while they run.

use futures_util::stream::{BoxStream, StreamExt, unfold};
use gavel_rpc::stream_request::{Input, Request as Sent, Resize};
use gavel_rpc::stream_response::{Output, Response as Told};
use gavel_rpc::{Response, StreamRequest, StreamResponse};
use tokio_util::task::AbortOnDropHandle;
use tonic::{Status, Streaming as Incoming};

use super::kept::Kept;
use super::{request, response};
use crate::account::Held;
use crate::gojudge::refusal::Refusal;
use crate::gojudge::request::{File, Request};
use crate::gojudge::stream::{Place, StreamError, StreamEvent, StreamInput, StreamOutput, Streaming};
use crate::gojudge::{GoJudge, Outcome};
use crate::sandbox::TerminalSize;

/// What the client is sent, in order.
pub(super) type Answers = BoxStream<'static, Result<StreamResponse, Status>>;

/// Starts the request that comes first. Dropping the answers cancels it.
///
/// # Errors
/// `INTERNAL`, as go-judge has it, when the first message makes no sense.
pub(super) async fn start(
    gojudge: &GoJudge,
    sender: String,
    mut incoming: Incoming<StreamRequest>,
    kept: Kept,
) -> Result<Answers, Status> {
    let first = incoming.message().await?.and_then(|message| message.request);
    let Some(Sent::ExecRequest(first)) = first else {
        return Err(Status::internal("the first stream request must be exec request"));
    };
    let (request_id, request) = request::converted(first).map_err(nonsense)?;
    let held = request::weighed(gojudge.account(), &request).map_err(nonsense)?;
    let ends = ends(&request);
    let streaming = gojudge.stream(Request { sender, ..request });
    // By itself: a client that does not fetch outputs may still cancel.
    let listening = tokio::spawn(listen(incoming, streaming.input(), ends));
    let listening = Some(AbortOnDropHandle::new(listening));
    let talk = Talk { request_id, streaming, listening, kept, _held: held };
    Ok(unfold(Some(talk), |talk| async { talk?.next().await }).boxed())
}

/// A request that runs, and the task that listens to its client.
struct Talk {
    request_id: String,
    /// What the request weighs.
    _held: Held,
    streaming: Streaming,
    /// None when the client has nothing more to say.
    listening: Option<AbortOnDropHandle<Result<(), Status>>>,
    /// For what the last answer has of the account.
    kept: Kept,
}

impl Talk {
    /// What the client is sent next, and the talk, unless that was the last.
    async fn next(mut self) -> Option<(Result<StreamResponse, Status>, Option<Self>)> {
        loop {
            let event = tokio::select! {
                event = self.streaming.next() => event?,
                heard = heard(&mut self.listening) => match heard {
                    Ok(()) => {
                        self.listening = None;
                        continue;
                    }
                    Err(status) => return Some((Err(status), None)),
                },
            };
            return Some(match event {
                StreamEvent::Output(output) => (Ok(told(output)), Some(self)),
                StreamEvent::Ended(outcome) => (Ok(ended(self.request_id, outcome, &self.kept)), None),
            });
        }
    }
}

/// How the client ended its part; never, where it has.
async fn heard(listening: &mut Option<AbortOnDropHandle<Result<(), Status>>>) -> Result<(), Status> {
    match listening {
        Some(task) => task.await.unwrap_or_else(|panic| Err(Status::internal(panic.to_string()))),
        None => std::future::pending().await,
    }
}

/// Passes on what the client sends until it has no more, or cancels.
///
/// # Errors
/// `INTERNAL` for what makes no sense; what broke the connection.
async fn listen(
    mut incoming: Incoming<StreamRequest>,
    input: StreamInput,
    ends: Vec<Place>,
) -> Result<(), Status> {
    let refused = |error: StreamError| Status::internal(error.to_string());
    while let Some(message) = incoming.message().await? {
        match message.request {
            Some(Sent::ExecInput(Input { index, fd, content })) => {
                input.write(place(index, fd), content).await.map_err(refused)?;
            }
            Some(Sent::ExecResize(Resize { index, fd, rows, cols, x, y })) => {
                let size = TerminalSize { rows: field(rows), columns: field(cols), x: field(x), y: field(y) };
                input.resize(place(index, fd), size).map_err(refused)?;
            }
            Some(Sent::ExecCancel(())) => {
                input.cancel();
                return Ok(());
            }
            Some(Sent::ExecRequest(_)) | None => return Err(Status::internal("invalid request")),
        }
    }
    for place in ends {
        input.close(place).map_err(refused)?;
    }
    Ok(())
}

/// The inputs that end when the client has no more to say. Those of terminals do not: there the end is a key.
fn ends(request: &Request) -> Vec<Place> {
    let mut ends = Vec::new();
    for (index, command) in request.commands.iter().enumerate().filter(|(_, command)| !command.tty) {
        let inputs = command.files.iter().enumerate();
        let inputs = inputs.filter(|(_, file)| **file == Some(File::StreamIn));
        ends.extend(inputs.map(|(fd, _)| Place { index, fd }));
    }
    ends
}

fn told(output: StreamOutput) -> StreamResponse {
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let StreamOutput { place, bytes } = output;
    let output = Output { index: number(place.index), fd: number(place.fd), content: bytes };
    StreamResponse { response: Some(Told::ExecOutput(output)) }
}

/// go-judge tells nothing of what it refuses here; the text is in `error`.
fn ended(request_id: String, outcome: Outcome, kept: &Kept) -> StreamResponse {
    let response = match outcome {
        Ok(results) => response::converted(request_id, results, kept),
        Err(
            Refusal::Bad(error) | Refusal::TooMuch(error) | Refusal::Failed(error) | Refusal::Busy(error),
        ) => Response { request_id, results: Vec::new(), error },
    };
    StreamResponse { response: Some(Told::ExecResponse(response)) }
}

fn nonsense(refusal: Refusal) -> Status {
    match refusal {
        Refusal::Bad(text) | Refusal::TooMuch(text) | Refusal::Failed(text) => Status::internal(text),
        Refusal::Busy(text) => Status::resource_exhausted(text),
    }
}

fn place(index: u32, fd: u32) -> Place {
    let number = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    Place { index: number(index), fd: number(fd) }
}

fn field(number: u32) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}

//! `GET /stream`: one request whose programs talk with the client, in go-judge's binary frames.
//!
//! The first byte of a message is its type. From the client: 1 and the request, 2 and a new size of a terminal, 3 and
//! input for a `streamIn`, 4 to cancel, and, what go-judge does not have, 5 to end a `streamIn`. To the client: 2 and
//! output of a `streamOut`, 1 and the results. Inputs and outputs have a byte `index << 4 | fd` before them.

use std::convert::Infallible;
use std::time::Duration;

use actix_web::web::{Bytes, Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;

use super::TAG;
use super::json::{answer, request};
use crate::account::Held;
use crate::gojudge::refusal::Refusal;
use crate::gojudge::request::{File, Request};
use crate::gojudge::stream::{Place, StreamEvent, StreamInput, Streaming};
use crate::gojudge::{GoJudge, Outcome};
use crate::http::socket::{Incoming, Lost, Outbound, Received, Socket, Sockets, both, last_words};
use crate::http::{Api, approach};
use crate::sandbox::TerminalSize;

/// Most that fits into four bits.
const MAX_FIELD: usize = 15;

/// How often a client is probed whose input we do not read.
const PROBE_EVERY: Duration = Duration::from_millis(200);

/// Runs commands over a websocket whose programs talk with the client while they run.
#[utoipa::path(
    get,
    path = "/stream",
    operation_id = "gojudgeStream",
    tag = TAG,
    responses(
        (status = 101, description = "Messages follow."),
        (status = 400, description = "It is no websocket.", body = String, content_type = "text/plain"),
        (status = 503, description = "There are too many.", body = String, content_type = "text/plain")
    )
)]
pub(super) async fn stream(
    gojudge: Data<GoJudge>,
    sockets: Data<Sockets>,
    api: Data<Api>,
    request: HttpRequest,
    payload: Payload,
) -> HttpResponse {
    let approach = approach(&request);
    let sender = api.access.sender(&approach);
    let ended = api.access.ended_of(approach);
    let whose = sender.clone();
    sockets.serve(&request, payload, &whose, ended, |socket| serve(socket, gojudge, api, sender)).await
}

async fn serve(socket: Socket, gojudge: Data<GoJudge>, api: Data<Api>, sender: String) {
    let Socket { mut incoming, outgoing, place: _place } = socket;
    // One is enough: what a program writes waits in the program.
    let (messages, queue) = mpsc::channel(1);
    let talk = async move {
        let last = match talk(&mut incoming, &gojudge, &api, sender, &messages).await {
            Ok(results) => results,
            Err(Broken::Lost(lost)) => last_words(lost),
            Err(Broken::Refused(refusal)) => Some(results(Err(refusal))),
        };
        if let Some(last) = last {
            incoming.part(last, messages).await;
        }
    };
    both(talk, outgoing.send(queue)).await;
}

/// Why a request came to no end of its own.
enum Broken {
    Lost(Lost),
    /// What the client sent makes no sense, or there is no room for it.
    Refused(Refusal),
}

impl Broken {
    fn nonsense(why: impl Into<String>) -> Self {
        Self::Refused(Refusal::Bad(why.into()))
    }
}

/// Runs the request; its results are what is to be sent last. Returning drops the request, and so cancels it.
async fn talk(
    incoming: &mut Incoming,
    gojudge: &GoJudge,
    api: &Api,
    sender: String,
    messages: &mpsc::Sender<Outbound>,
) -> Result<Option<Outbound>, Broken> {
    let received = incoming.first().await.map_err(Broken::Lost)?;
    let mut held = received.held;
    let first = parse(received.bytes, &mut held).await;
    let ClientMessage::Request(request) = first.map_err(Broken::Refused)? else {
        return Err(Broken::nonsense("the first stream request must be exec request"));
    };
    let mut streaming = gojudge.stream(Request { sender, ..request });
    let input = streaming.input();
    let stopping = async {
        api.queue.closing().await;
        input.cancel();
        std::future::pending().await
    };
    tokio::select! {
        broken = listen(incoming, &input, messages) => Err(broken),
        ended = tell(&mut streaming, messages) => Ok(ended),
        () = stopping => Ok(None),
    }
}

/// Passes on what the client sends, as long as that makes sense.
async fn listen(incoming: &mut Incoming, input: &StreamInput, messages: &mpsc::Sender<Outbound>) -> Broken {
    loop {
        let Received { bytes, mut held } = match incoming.next().await {
            Ok(received) => received,
            Err(lost) => return Broken::Lost(lost),
        };
        let passed = match parse(bytes, &mut held).await {
            Ok(ClientMessage::Input(place, bytes)) => {
                let written = tokio::select! {
                    biased;
                    written = input.write_keeping(place, bytes, Some(held)) => written,
                    () = incoming.gone() => return Broken::Lost(Lost::Gone),
                    never = probe(messages) => match never {},
                };
                // Until now nobody listened for its pongs.
                incoming.excuse();
                written
            }
            Ok(ClientMessage::EndOfInput(place)) => input.close(place),
            Ok(ClientMessage::Resize(place, size)) => input.resize(place, size),
            Ok(ClientMessage::Cancel) => {
                input.cancel();
                return after_cancel(incoming).await;
            }
            Ok(ClientMessage::Request(_)) => return Broken::nonsense("invalid request"),
            Err(refusal) => return Broken::Refused(refusal),
        };
        if let Err(error) = passed {
            return Broken::nonsense(error.to_string());
        }
    }
}

/// Pings, so that a client's kernel can say that it has hung up: behind data that we do not read that cannot come.
async fn probe(messages: &mpsc::Sender<Outbound>) -> Infallible {
    loop {
        tokio::time::sleep(PROBE_EVERY).await;
        // Where no room is, something is on its way to it.
        drop(messages.try_send(Message::Ping(Bytes::new()).into()));
    }
}

/// What follows is not looked at.
async fn after_cancel(incoming: &mut Incoming) -> Broken {
    loop {
        if let Err(lost) = incoming.next().await {
            return Broken::Lost(lost);
        }
    }
}

/// Sends outputs as they come; the results are returned, or nothing where nobody takes them.
async fn tell(streaming: &mut Streaming, messages: &mpsc::Sender<Outbound>) -> Option<Outbound> {
    loop {
        let output = match streaming.next().await? {
            StreamEvent::Output(output) => output,
            StreamEvent::Ended(outcome) => return Some(results(outcome)),
        };
        let message = [&[2, packed(output.place)], &output.bytes[..]].concat();
        messages.send(Message::binary(message).into()).await.ok()?;
    }
}

/// go-judge tells of no error here.
fn results(outcome: Outcome) -> Outbound {
    let answer = match outcome {
        Ok(results) => answer::response("", Some(results), ""),
        Err(
            Refusal::Bad(error) | Refusal::TooMuch(error) | Refusal::Failed(error) | Refusal::Busy(error),
        ) => answer::response("", Some(vec![]), &error),
    };
    Outbound::Binary(answer.behind(&[1]))
}

/// What a client may send.
#[derive(Debug, PartialEq)]
enum ClientMessage {
    Request(Request),
    Resize(Place, TerminalSize),
    Input(Place, Bytes),
    Cancel,
    EndOfInput(Place),
}

async fn parse(message: Bytes, held: &mut Held) -> Result<ClientMessage, Refusal> {
    let unexpected_end = || Refusal::Bad("unexpected EOF".to_owned());
    let (kind, rest) = message.split_first().ok_or_else(unexpected_end)?;
    match kind {
        1 => {
            let request = request::decoded(message.slice(1..), held, request::decode_streaming).await?;
            check_fields(&request).map_err(Refusal::Bad)?;
            Ok(ClientMessage::Request(request))
        }
        2 => {
            let resize = request::decoded(message.slice(1..), held, request::decode_resize).await?;
            let number = |number: i64| usize::try_from(number).unwrap_or(usize::MAX);
            let size = |size: i64| u16::try_from(size.max(0)).unwrap_or(u16::MAX);
            let place = Place { index: number(resize.index), fd: number(resize.fd) };
            let (rows, columns) = (size(resize.rows), size(resize.columns));
            let size = TerminalSize { rows, columns, x: size(resize.x), y: size(resize.y) };
            Ok(ClientMessage::Resize(place, size))
        }
        3 => Ok(ClientMessage::Input(place(rest).ok_or_else(unexpected_end)?, message.slice(2..))),
        4 => Ok(ClientMessage::Cancel),
        5 => Ok(ClientMessage::EndOfInput(place(rest).ok_or_else(unexpected_end)?)),
        other => Err(Refusal::Bad(format!("invalid type code: {other}"))),
    }
}

/// Streams must be at places that fit into a byte.
fn check_fields(request: &Request) -> Result<(), String> {
    for (index, command) in request.commands.iter().enumerate() {
        for (fd, file) in command.files.iter().enumerate() {
            let is_stream = matches!(file, Some(File::StreamIn | File::StreamOut));
            let (what, number) = if index > MAX_FIELD { ("cmd index", index) } else { ("fd", fd) };
            if is_stream && number > MAX_FIELD {
                return Err(format!("stream index or fd exceeds websocket wire limit: {what} {number}"));
            }
        }
    }
    Ok(())
}

fn place(rest: &[u8]) -> Option<Place> {
    rest.first().map(|packed| Place { index: usize::from(packed >> 4), fd: usize::from(packed & 15) })
}

/// Both fit: `check_fields` has seen to it.
fn packed(place: Place) -> u8 {
    u8::try_from(place.index << 4 | place.fd).unwrap_or(u8::MAX)
}

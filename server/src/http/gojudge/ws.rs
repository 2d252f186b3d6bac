//! `GET /ws`: requests as of `POST /run`, one in each message, answered as they end.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::TAG;
use super::json::answer::{self, Answer};
use super::json::request::{self, SocketMessage};
use crate::account::{Held, Purpose};
use crate::config::GoJudgeConfig;
use crate::gojudge::refusal::Refusal;
use crate::gojudge::request::Request;
use crate::gojudge::{GoJudge, Outcome, go_error};
use crate::http::socket::{Incoming, Lost, Outbound, Received, Socket, Sockets, both, last_words};
use crate::http::{Api, approach};

/// A client that leaves so many answers lying is not listened to until it takes some.
const MANY: usize = 256;

/// Runs commands over a websocket: many requests on one connection, answered as they end.
#[utoipa::path(
    get,
    path = "/ws",
    operation_id = "gojudgeWs",
    tag = TAG,
    responses(
        (status = 101, description = "Messages follow."),
        (status = 400, description = "It is no websocket.", body = String, content_type = "text/plain"),
        (status = 503, description = "There are too many.", body = String, content_type = "text/plain")
    )
)]
pub(super) async fn ws(
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
    let (messages, queue) = mpsc::channel(1);
    let talk = async move {
        let mut conversation = Conversation {
            gojudge: &gojudge,
            sender,
            messages: messages.clone(),
            cancels: HashMap::new(),
            answers: FuturesUnordered::new(),
            unsent: Rc::new(RefCell::new(api.account.open(Purpose::Outputs))),
        };
        let lost = conversation.talk(&mut incoming, &api).await;
        drop(conversation);
        if let Some(last) = last_words(lost) {
            incoming.part(last, messages).await;
        }
    };
    both(talk, outgoing.send(queue)).await;
}

/// What is going on on one connection. Dropping it cancels all of its requests.
struct Conversation<'a> {
    gojudge: &'a GoJudge,
    /// Whose it is.
    sender: String,
    messages: mpsc::Sender<Outbound>,
    /// By the ids of the requests that have not been answered.
    cancels: HashMap<String, CancellationToken>,
    answers: FuturesUnordered<LocalBoxFuture<'static, Answered>>,
    /// What answers that are not on their way yet have of the account, beside that of their contents.
    unsent: Rc<RefCell<Held>>,
}

/// What became of a message.
enum Answered {
    /// Its request was answered.
    Request(String),
    /// It was refused as such: the requests that go on are others.
    Message,
    /// The connection is to be dropped.
    Bad(String),
}

impl Conversation<'_> {
    /// Until there is nothing more to say to this client.
    async fn talk(&mut self, incoming: &mut Incoming, api: &Api) -> Lost {
        let GoJudgeConfig { parallelism, cpu_sets, .. } = &api.config.gojudge;
        let turns = parallelism.unwrap_or(0).max(cpu_sets.len());
        let most = MANY + api.config.gojudge.queue + turns;
        let mut gone = std::pin::pin!(incoming.gone());
        let mut closing = std::pin::pin!(api.queue.closing());
        let mut is_closing = false;
        loop {
            let listening = self.answers.len() < most && !is_closing;
            let silence = incoming.silence();
            tokio::select! {
                biased;
                Some(answered) = self.answers.next() => match answered {
                    Answered::Request(id) => drop(self.cancels.remove(&id)),
                    Answered::Message => {}
                    Answered::Bad(why) => {
                        tracing::debug!(why, "a websocket is dropped");
                        return Lost::Gone;
                    }
                },
                received = incoming.next(), if listening => match received {
                    Ok(received) => self.take(received).await,
                    Err(lost) => return lost,
                },
                () = &mut gone => return Lost::Gone,
                () = silence, if !listening => return Lost::Gone,
                () = &mut closing, if !is_closing => is_closing = true,
                else => return Lost::Gone,
            }
            if is_closing && self.answers.is_empty() {
                return Lost::Gone;
            }
        }
    }

    async fn take(&mut self, received: Received) {
        let Received { bytes, mut held } = received;
        match request::decoded(bytes, &mut held, request::decode_message).await {
            Ok(SocketMessage::Cancel(id)) => {
                if let Some(cancel) = self.cancels.get(&id) {
                    cancel.cancel();
                }
            }
            Ok(SocketMessage::Run(request)) if request.request_id.is_empty() => {
                self.answer(answer::response("", None, "empty request id"));
            }
            Ok(SocketMessage::Run(request)) if self.cancels.contains_key(&request.request_id) => {
                let id = &request.request_id;
                let error = format!("duplicated request id: {}", go_error::quote(id));
                self.answer(answer::response(id, None, &error));
            }
            Ok(SocketMessage::Run(request)) if request.commands.is_empty() => {
                self.answer(answer::response(&request.request_id, Some(vec![]), ""));
            }
            Ok(SocketMessage::Run(request)) => self.run(request, held),
            Err(Refusal::Bad(why)) => self.answers.push(Box::pin(async { Answered::Bad(why) })),
            // Whose it is stands in what could not be read.
            Err(Refusal::TooMuch(why) | Refusal::Failed(why) | Refusal::Busy(why)) => {
                self.answer(answer::response("", None, &why));
            }
        }
    }

    fn run(&mut self, request: Request, held: Held) {
        let id = request.request_id.clone();
        let running = self.gojudge.run(Request { sender: self.sender.clone(), ..request });
        self.cancels.insert(id.clone(), running.canceller());
        let (messages, unsent) = (self.messages.clone(), Rc::clone(&self.unsent));
        self.answers.push(Box::pin(async move {
            let outcome = running.await;
            drop(held);
            match response(&id, outcome) {
                Ok(response) => send(response, messages, unsent, Answered::Request(id)).await,
                Err(why) => Answered::Bad(why),
            }
        }));
    }

    fn answer(&self, response: Answer) {
        let (messages, unsent) = (self.messages.clone(), Rc::clone(&self.unsent));
        self.answers.push(Box::pin(send(response, messages, unsent, Answered::Message)));
    }
}

/// Hands an answer on once those before it are sent. A client that leaves more lying than there is room for is dropped.
async fn send(
    response: Answer,
    messages: mpsc::Sender<Outbound>,
    unsent: Rc<RefCell<Held>>,
    answered: Answered,
) -> Answered {
    let size = response.written();
    if unsent.borrow_mut().try_grow(size).is_err() {
        return Answered::Bad("the client does not take its answers".to_owned());
    }
    let sent = messages.send(Outbound::Text(response)).await;
    let left = unsent.borrow().bytes() - size;
    unsent.borrow_mut().shrink_to(left);
    match sent {
        Ok(()) => answered,
        Err(_gone) => Answered::Bad("the client is gone".to_owned()),
    }
}

/// What a request is answered with; not what makes no sense, for which go-judge drops the connection.
fn response(id: &str, outcome: Outcome) -> Result<Answer, String> {
    match outcome {
        Ok(results) => Ok(answer::response(id, Some(results), "")),
        Err(Refusal::TooMuch(error) | Refusal::Failed(error) | Refusal::Busy(error)) => {
            Ok(answer::response(id, Some(vec![]), &error))
        }
        Err(Refusal::Bad(why)) => Err(why),
    }
}

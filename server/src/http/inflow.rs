//! Bodies as they come in: the HTTP server reads no more of one than there is room for, before somebody takes it. There is
//! room for little at first, and for more, which is on the account, where that was not enough.

use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::HttpRequest;
use actix_web::error::PayloadError;
use actix_web::web::{Bytes, Payload};
use futures_util::{Stream, StreamExt};

use super::gate::Gate;
use super::sender::sender;
use crate::account::{Account, Held};

/// Room where there is none on the account: twice that is not counted.
const LEAST: u64 = 4 * 1024;
/// Room that a body of which so much was announced has as soon as it is begun.
const AT_ONCE: u64 = 32 * 1024;
/// Most room, which is what the HTTP server takes at one time.
const MOST: u64 = 128 * 1024;
/// What has come before may be there still when there is room for more.
const TIMES: u64 = 2;

/// The body of a request.
pub(super) struct Inflow {
    payload: Payload,
    /// None in tests of a part, and what they come on is not read by the HTTP server.
    gate: Option<Rc<Gate>>,
    room: Room,
    /// Room that it has when it is begun.
    at_once: u64,
}

/// What may come of a body before it is taken.
enum Room {
    /// On the account.
    Counted { bytes: u64, held: Held },
    /// Somebody else answers for it.
    Fixed(u64),
}

impl Inflow {
    /// The body of a request, of which so much was announced, on this account. It holds nothing of that before it is begun.
    pub(super) fn of(
        request: &HttpRequest,
        payload: Payload,
        announced: Option<u64>,
        account: &Account,
    ) -> Self {
        let room = Room::Counted { bytes: LEAST, held: account.open_for(sender(request)) };
        let at_once = announced.unwrap_or(0).min(AT_ONCE);
        Self { payload, gate: request.conn_data::<Rc<Gate>>().cloned(), room, at_once }
    }

    /// One for which there is always so much room.
    pub(super) fn with_room(request: &HttpRequest, payload: Payload, room: u64) -> Self {
        let room = Room::Fixed(room);
        Self { payload, gate: request.conn_data::<Rc<Gate>>().cloned(), room, at_once: 0 }
    }

    /// Whatever its request waits for is there: it is read from now on.
    pub(super) fn begin(&mut self) {
        self.room.widen_to(self.at_once);
    }

    /// Its sender has more of the account than its part though another lacks room.
    pub(super) fn is_in_the_way(&self) -> bool {
        matches!(&self.room, Room::Counted { held, .. } if held.is_in_the_way())
    }

    fn ended(&mut self) {
        if let Some(gate) = &self.gate {
            gate.body_ended();
        }
        self.room.give_back();
    }

    /// It is waited for: more may come.
    fn wanted(&mut self) {
        let Some(gate) = &self.gate else { return };
        if gate.lacks_room() {
            self.room.widen_to(self.room.bytes() * 2);
        }
        gate.make_room(self.room.bytes());
    }
}

impl Stream for Inflow {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = self.payload.poll_next_unpin(cx);
        match &next {
            Poll::Pending => self.wanted(),
            Poll::Ready(None) => self.ended(),
            Poll::Ready(Some(_)) => {}
        }
        next
    }
}

impl Room {
    fn bytes(&self) -> u64 {
        match self {
            Self::Counted { bytes, .. } | Self::Fixed(bytes) => *bytes,
        }
    }

    /// There is room for so much, if there is on the account; else it comes in smaller parts.
    fn widen_to(&mut self, room: u64) {
        let Self::Counted { bytes, held } = self else { return };
        let room = room.min(MOST);
        if room > *bytes && held.try_grow((room * TIMES).saturating_sub(held.bytes())).is_ok() {
            *bytes = room;
        }
    }

    fn give_back(&mut self) {
        if let Self::Counted { held, .. } = self {
            held.shrink_to(0);
        }
    }
}

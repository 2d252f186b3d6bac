//! How many websockets may be open at one time: each has buffers, and a message of some size that nobody has asked for.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::ConnectionType;
use actix_web::{HttpResponse, ResponseError};

use super::super::error::Problem;
use crate::account::{Account, Held, Purpose};
use crate::shares::{Share, Shares};

/// When a client that found no place is to come again.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// The places there are.
#[derive(Debug)]
pub(super) struct Places(Shares);

/// The place of one websocket, free again when its connection and what serves it have both gone.
#[derive(Debug, Clone)]
pub(in crate::http) struct Place {
    _share: Arc<Share>,
    /// What its buffers have of the account.
    _held: Arc<Held>,
}

/// What the HTTP server and we may have read of a message that nobody takes, and written of one.
const BUFFERS: u64 = 512 * 1024;

impl Places {
    /// So many, but never more than leave half of what there is for connections to those without a websocket.
    pub(super) fn new(count: usize, account: &Account) -> Self {
        let most = usize::try_from(account.share(Purpose::Connections) / 2 / BUFFERS).unwrap_or(usize::MAX);
        if count > most {
            tracing::warn!("`gojudge.websockets` is {most} here: there is no memory for more (http.memory)");
        }
        Self(Shares::new(count.min(most)))
    }

    /// Takes one, if any is left of what this sender may have, and there is room for its buffers.
    pub(super) fn take(&self, account: &Account, sender: &str) -> Option<Place> {
        let share = self.0.try_take(sender, 1)?;
        let held = account.try_take(Purpose::Connections, BUFFERS).ok()?;
        Some(Place { _share: Arc::new(share), _held: Arc::new(held) })
    }
}

/// The answer to a handshake that found no place.
pub(super) fn full() -> HttpResponse {
    let detail = "too many websockets are open (gojudge.websockets)".into();
    let mut response = Problem::Unavailable { detail, retry_after: RETRY_AFTER }.error_response();
    // As of other handshakes that are refused.
    response.head_mut().set_connection_type(ConnectionType::Close);
    response
}

#[cfg(test)]
mod tests {
    use gavel_protocol::Bytes;

    use super::*;

    #[test]
    fn websockets_leave_half_of_the_room_for_connections_to_others() {
        let account = Account::new(Bytes::mib(160));
        let places = Places::new(128, &account);
        let take = |sender| std::iter::from_fn(|| places.take(&account, sender)).collect();
        let taken: [Vec<_>; 2] = ["flood", "other"].map(take);
        assert_eq!(taken.each_ref().map(Vec::len), [23, 7], "of 512 KiB each in 30 MiB");
        assert_eq!(account.held(), Bytes::mib(15));
    }
}

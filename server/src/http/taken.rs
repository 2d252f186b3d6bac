//! Answers that are in memory until their clients have taken them, which must go on at a pace.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use actix_web::body::{BodySize, MessageBody};
use actix_web::web::Bytes;
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;

use super::peer::Peer;
use crate::account::Held;
use crate::pace;

/// Handed over at one time: the HTTP server keeps no more than a few of these.
const PIECE: usize = 32 * 1024;

/// Ends the connection of a client that takes its answer too slowly.
#[derive(Debug)]
pub(super) struct Pace {
    handed: Arc<AtomicU64>,
    _watch: Option<AbortOnDropHandle<()>>,
}

impl Pace {
    /// From now on, until it is dropped.
    pub(super) fn begin(peer: Option<Peer>) -> Self {
        let handed = Arc::new(AtomicU64::new(0));
        let watch = peer.map(|peer| AbortOnDropHandle::new(tokio::spawn(watch(peer, Arc::clone(&handed)))));
        Self { handed, _watch: watch }
    }

    /// So much was handed over to be sent, which is done as the client takes what came before.
    pub(super) fn note(&self, bytes: usize) {
        self.handed.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

async fn watch(peer: Peer, handed: Arc<AtomicU64>) {
    let begun = Instant::now();
    loop {
        let taken = handed.load(Ordering::Relaxed);
        let due = begun + pace::time_for(taken, pace::TO_TAKE);
        if due <= Instant::now() {
            tracing::info!("a client does not take its answer");
            return peer.cut();
        }
        tokio::time::sleep_until(due).await;
    }
}

/// A body that keeps what is held for it until its last piece is handed over, and then goes on at a pace.
#[derive(Debug)]
pub(crate) struct Taken<B> {
    body: B,
    pace: Pace,
    _held: Option<Held>,
}

impl<B> Taken<B> {
    /// For the client at this end of a connection.
    pub(crate) fn new(body: B, held: Option<Held>, peer: Option<Peer>) -> Self {
        Self { body, pace: Pace::begin(peer), _held: held }
    }
}

impl<B: MessageBody + Unpin> MessageBody for Taken<B> {
    type Error = B::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, B::Error>>> {
        let next = ready!(Pin::new(&mut self.body).poll_next(cx));
        if let Some(Ok(piece)) = &next {
            self.pace.note(piece.len());
        }
        Poll::Ready(next)
    }
}

/// A body of known length, piece by piece.
#[derive(Debug)]
pub(crate) struct Pieces(pub(crate) Bytes);

impl MessageBody for Pieces {
    type Error = std::convert::Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.0.len() as u64)
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let piece = next_piece(&mut self.0);
        Poll::Ready((!piece.is_empty()).then_some(Ok(piece)))
    }
}

/// Splits off what is handed over at one time.
pub(super) fn next_piece(bytes: &mut Bytes) -> Bytes {
    bytes.split_to(bytes.len().min(PIECE))
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::os::unix::net::UnixStream;
    use std::time::Duration;

    use gavel_protocol::Bytes as Size;

    use super::*;
    use crate::account::{Account, Purpose};

    fn connection() -> (Peer, UnixStream) {
        let (ours, theirs) = UnixStream::pair().unwrap();
        theirs.set_nonblocking(true).unwrap();
        (Peer::from(std::os::fd::OwnedFd::from(ours)), theirs)
    }

    fn is_cut(mut theirs: &UnixStream) -> bool {
        matches!(theirs.read(&mut [0]), Ok(0))
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_too_slowly_loses_the_connection_and_who_takes_on_does_not() {
        let (peer, slow) = connection();
        let (other, quick) = connection();
        let paces = [Pace::begin(Some(peer)), Pace::begin(Some(other.clone()))];
        for second in 0..300 {
            if second != 60 {
                assert_eq!(is_cut(&slow), second > 60, "after {second} s");
            }
            paces[0].note(200);
            paces[1].note(64 * 1024);
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        assert!(!is_cut(&quick));
        drop(paces);
        tokio::time::sleep(Duration::from_secs(300)).await;
        assert!(!is_cut(&quick), "it was taken whole");
    }

    #[tokio::test]
    async fn what_is_held_goes_with_the_last_piece() {
        let account = Account::new(Size::mib(16));
        let held = account.try_take(Purpose::Outputs, 1 << 20).unwrap();
        let content = Bytes::from(vec![7; 3 * PIECE + 1]);
        let mut body = Taken::new(Pieces(content.clone()), Some(held), None);
        assert_eq!(body.size(), BodySize::Sized(content.len() as u64));
        let mut taken = Vec::new();
        while let Some(piece) = std::future::poll_fn(|cx| Pin::new(&mut body).poll_next(cx)).await {
            taken.push(piece.unwrap());
            assert_eq!(account.held(), Size::mib(1));
        }
        assert_eq!((taken.len(), taken.concat()), (4, content.to_vec()));
        drop(body);
        assert_eq!(account.held(), Size(0));
    }
}

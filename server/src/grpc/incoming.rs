//! Connections of gRPC: bounded, and given up when their clients take nothing.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::{Stream, StreamExt};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tonic::codegen::http::Extensions;
use tonic::transport::server::{Connected, TcpIncoming};

use crate::connections::{Connection, Connections, give_up_in_time};

/// What a connection has sent beyond what its calls have read.
pub(super) const WINDOW: u32 = 256 * 1024;
/// What it has of the account: that, and its buffers.
const SIZE: u64 = WINDOW as u64 + 64 * 1024;

/// Between two attempts to take a connection, after one that failed.
const BREATH: Duration = Duration::from_millis(200);

/// A connection that was let in.
#[derive(Debug)]
pub(crate) struct Admitted {
    stream: TcpStream,
    link: Link,
    ended: Pin<Box<WaitForCancellationFutureOwned>>,
    _connection: Connection,
}

/// What calls know of their connection.
#[derive(Debug, Clone, Default)]
pub(crate) struct Link {
    peer: Option<SocketAddr>,
    end: CancellationToken,
}

#[cfg(test)]
impl From<SocketAddr> for Link {
    fn from(peer: SocketAddr) -> Self {
        Self { peer: Some(peer), end: CancellationToken::new() }
    }
}

impl Link {
    /// That of a call; of one without a connection of ours it says nothing.
    pub(super) fn of(extensions: &Extensions) -> Self {
        extensions.get::<Self>().cloned().unwrap_or_default()
    }

    /// Who is on the other end.
    pub(super) fn peer(&self) -> Option<SocketAddr> {
        self.peer
    }

    /// It was told to end.
    #[cfg(test)]
    pub(super) fn is_ended(&self) -> bool {
        self.end.is_cancelled()
    }

    /// Ends the connection, with all calls on it.
    pub(super) fn end(&self) {
        self.end.cancel();
    }
}

/// The connections of a listener. Those that are too many end at once.
///
/// # Errors
/// When it cannot be registered for events.
pub(crate) fn incoming(
    listener: TcpListener,
    connections: Connections,
) -> io::Result<impl Stream<Item = io::Result<Admitted>>> {
    listener.set_nonblocking(true)?;
    // Small answers must not wait for more to send.
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    Ok(incoming.filter_map(move |accepted| {
        let admitted = accepted.and_then(|stream| admit(stream, &connections)).transpose();
        async {
            // While none can be taken tonic would ask again and again without a pause.
            if matches!(admitted, Some(Err(_))) {
                tokio::time::sleep(BREATH).await;
            }
            admitted
        }
    }))
}

fn admit(stream: TcpStream, connections: &Connections) -> io::Result<Option<Admitted>> {
    // Of one that has gone again already there is no address.
    let Ok(address) = stream.peer_addr() else { return Ok(None) };
    let Some(connection) = connections.admit(address.ip(), SIZE) else {
        tracing::warn!(%address, "a connection is refused: there are too many");
        return Ok(None);
    };
    give_up_in_time(&stream);
    let link = Link { peer: Some(address), end: CancellationToken::new() };
    let ended = Box::pin(link.end.clone().cancelled_owned());
    Ok(Some(Admitted { stream, link, ended, _connection: connection }))
}

impl Connected for Admitted {
    type ConnectInfo = Link;

    fn connect_info(&self) -> Link {
        self.link.clone()
    }
}

impl AsyncRead for Admitted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.ended.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Pin::new(&mut self.stream).poll_read(cx, into)
    }
}

impl AsyncWrite for Admitted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

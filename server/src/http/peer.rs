//! The connection below a websocket, beside the HTTP server, which reads it only as far as we read.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream;
use rustix::net::Shutdown;
use tokio::io::Interest;

use crate::connections::{Connections, give_up_in_time, keep_little};
use crate::descriptors::watch;

/// The connection that a request came on.
#[derive(Debug, Clone)]
pub(crate) struct Peer(Arc<OwnedFd>);

#[cfg(test)]
impl From<OwnedFd> for Peer {
    fn from(connection: OwnedFd) -> Self {
        Self(Arc::new(connection))
    }
}

impl Peer {
    /// Notes the connection for its requests, with its place among all, and so many bytes of the account; where there are too
    /// many it ends.
    pub(crate) fn note(connection: &TcpStream, data: &mut Extensions, connections: &Connections, bytes: u64) {
        let admitted = connection.peer_addr().ok().and_then(|peer| connections.admit(peer.ip(), bytes));
        let Some(admitted) = admitted else {
            tracing::warn!("a connection is refused: there are too many");
            if let Err(error) = rustix::net::shutdown(connection, Shutdown::Both) {
                tracing::debug!(%error, "a connection that is refused had ended by itself");
            }
            return;
        };
        data.insert(admitted);
        give_up_in_time(connection);
        keep_little(connection);
        match connection.as_fd().try_clone_to_owned() {
            Ok(descriptor) => drop(data.insert(Self(Arc::new(descriptor)))),
            Err(error) => tracing::warn!(%error, "a connection is not watched"),
        }
    }

    /// That of a request.
    pub(crate) fn of(request: &HttpRequest) -> Option<Self> {
        request.conn_data::<Self>().cloned()
    }

    /// Waits until the client has hung up, whatever of what it sent was not read.
    ///
    /// # Errors
    /// As epoll_ctl(2).
    pub(super) async fn hung_up(&self) -> io::Result<()> {
        // Of its own: the original is watched already.
        let connection = watch(self.0.try_clone()?, Interest::READABLE)?;
        loop {
            let mut ready = connection.readable().await?;
            if ready.ready().is_read_closed() {
                return Ok(());
            }
            ready.clear_ready();
        }
    }

    /// Ends the connection at once.
    pub(super) fn cut(&self) {
        if let Err(error) = rustix::net::shutdown(&*self.0, Shutdown::Both) {
            tracing::trace!(%error, "a connection had ended by itself");
        }
    }

    /// Ends the connection once all is sent. Without it the server waits for the client to do so, or for a second.
    pub(super) fn end(&self) {
        if let Err(error) = rustix::net::shutdown(&*self.0, Shutdown::Read) {
            tracing::trace!(%error, "a connection had ended by itself");
        }
    }
}

//! What the server listens on: started together, watched, and stopped together.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;

use actix_web::dev::{Server, ServerHandle};
use tokio::task::{JoinError, JoinHandle};

use crate::grpc::{self, GrpcError};
use crate::http::{self, Api};
use crate::server::ServerError;

/// The sockets that a server is given.
#[derive(Debug)]
pub struct Sockets {
    /// Where the API is served.
    pub http: TcpListener,
    /// Where the go-judge API is served over gRPC too.
    pub grpc: Option<TcpListener>,
    /// Where those who watch the service look, if `[telemetry]` switches that on.
    pub telemetry: Option<TcpListener>,
}

/// They serve.
pub(crate) struct Listeners {
    http: Http,
    telemetry: Option<Http>,
    grpc: Option<grpc::Serving>,
}

impl Listeners {
    pub(crate) fn start(api: &Arc<Api>, sockets: Sockets) -> Result<Self, ServerError> {
        let Sockets { http, grpc, telemetry } = sockets;
        let grpc = grpc.map(|listener| start_grpc(api, listener)).transpose()?.flatten();
        let telemetry = telemetry.map(|listener| start_telemetry(api, listener)).transpose()?;
        let address = http.local_addr()?;
        let http = Http::spawn("HTTP", http::serve(Arc::clone(api), http)?);
        tracing::info!(%address, "Serving on http://{address}");
        Ok(Self { http, telemetry, grpc })
    }

    /// Waits until one of them ends, which none does by itself; says why.
    pub(crate) async fn broken(&mut self) -> ServerError {
        tokio::select! {
            why = self.http.broken() => why,
            why = maybe(self.telemetry.as_mut().map(Http::broken)) => why,
            why = maybe(self.grpc.as_mut().map(grpc_broken)) => why,
        }
    }

    /// Takes no more requests, and waits a while for those that are being answered.
    pub(crate) async fn stop(self) -> Result<(), ServerError> {
        let Self { http, telemetry, grpc } = self;
        let grpc = async {
            match grpc {
                Some(grpc) => grpc.stop().await,
                None => Ok(()),
            }
        };
        let telemetry = async {
            match telemetry {
                Some(telemetry) => telemetry.stop().await,
                None => Ok(()),
            }
        };
        let (http, telemetry, grpc) = tokio::join!(http.stop(), telemetry, grpc);
        http?;
        telemetry?;
        Ok(grpc?)
    }
}

fn start_grpc(api: &Api, listener: TcpListener) -> Result<Option<grpc::Serving>, GrpcError> {
    let Some(gojudge) = api.gojudge.clone() else { return Ok(None) };
    let (access, operations) = (Arc::clone(&api.access), Arc::clone(&api.operations));
    let connections = api.connections.clone();
    grpc::start(&api.config, gojudge, access, operations, connections, listener).map(Some)
}

fn start_telemetry(api: &Arc<Api>, listener: TcpListener) -> io::Result<Http> {
    let address = listener.local_addr()?;
    let server = http::telemetry::serve(Arc::clone(api), listener)?;
    tracing::info!(%address, "Serving metrics and figures on http://{address}");
    Ok(Http::spawn("metrics and figures", server))
}

async fn grpc_broken(grpc: &mut grpc::Serving) -> ServerError {
    match grpc.ended().await {
        Ok(()) => ServerError::Ended("gRPC"),
        Err(why) => why.into(),
    }
}

/// For ever where there is nothing to wait for.
async fn maybe(waiting: Option<impl Future<Output = ServerError>>) -> ServerError {
    match waiting {
        Some(waiting) => waiting.await,
        None => std::future::pending().await,
    }
}

/// A server of actix.
struct Http {
    name: &'static str,
    handle: ServerHandle,
    /// None once it has ended.
    task: Option<JoinHandle<io::Result<()>>>,
}

impl Http {
    fn spawn(name: &'static str, server: Server) -> Self {
        Self { name, handle: server.handle(), task: Some(tokio::spawn(server)) }
    }

    async fn broken(&mut self) -> ServerError {
        let Some(task) = &mut self.task else { return std::future::pending().await };
        let ended = task.await;
        self.task = None;
        flattened(ended).err().map_or(ServerError::Ended(self.name), ServerError::from)
    }

    async fn stop(self) -> io::Result<()> {
        self.handle.stop(true).await;
        match self.task {
            Some(task) => flattened(task.await),
            None => Ok(()),
        }
    }
}

fn flattened(ended: Result<io::Result<()>, JoinError>) -> io::Result<()> {
    ended.map_err(io::Error::other)?
}

#[cfg(test)]
mod tests {
    use actix_web::{App, HttpServer};

    use super::*;

    #[tokio::test]
    async fn a_listener_that_ends_though_nobody_has_stopped_it_is_noticed() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = HttpServer::new(App::new).workers(1).disable_signals().listen(listener).unwrap().run();
        let end = server.handle();
        let mut http = Http::spawn("HTTP", server);
        let waiting = std::time::Duration::from_millis(50);
        assert!(tokio::time::timeout(waiting, http.broken()).await.is_err(), "nothing has ended yet");
        end.stop(false).await;
        assert_eq!(http.broken().await.to_string(), "the listener for HTTP ended by itself");
        // And it can be stopped all the same.
        http.stop().await.unwrap();
    }

    #[tokio::test]
    async fn grpc_that_ends_though_nobody_has_stopped_it_is_noticed_and_the_others_are_stopped() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = HttpServer::new(App::new).workers(1).disable_signals().listen(listener).unwrap().run();
        let grpc = grpc::Serving::of(tokio::spawn(async { Ok(()) }));
        let mut listeners =
            Listeners { http: Http::spawn("HTTP", server), telemetry: None, grpc: Some(grpc) };
        assert_eq!(listeners.broken().await.to_string(), "the listener for gRPC ended by itself");
        listeners.stop().await.unwrap();
    }
}

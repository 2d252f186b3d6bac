//! The go-judge API over gRPC: the service `pb.Executor`, health and reflection. `docs/go-judge.md` tells how it is
//! used, `server/rpc/executor.proto` what is sent.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use gavel_rpc::executor_server::{self, ExecutorServer};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::Server;
use tonic::transport::server::Router;

use crate::access::Access;
use crate::account::Account;
use crate::config::{AccessLog, Config};
use crate::connections::Connections;
use crate::gojudge::GoJudge;
use crate::operations::Operations;

mod access;
mod budget;
mod counted;
pub(crate) mod executor;
#[cfg(any(test, feature = "fuzz"))]
pub(crate) mod fuzz;
mod health;
mod incoming;
mod kept;
mod log;
mod memory;
mod messages;
pub(crate) mod request;
mod response;
mod stream;
mod streams;
mod timely;

use access::Guard;
use budget::Budgeted;
use executor::Executor;
pub(crate) use incoming::incoming;
pub(crate) use kept::Kept;
use log::Logged;
pub(crate) use messages::Messages;
use timely::Timely;

/// An idle connection is asked for a sign of life so often; who has gone without a word is found out.
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// And has so long to give it.
const KEEP_ALIVE_TIMEOUT: Duration = Duration::from_secs(10);
/// Calls of one connection at one time, unless more may have streams; others wait at the client.
const CALLS: u32 = 128;
/// Largest message of services whose messages are on no account: questions about health and about the services.
const SMALL: usize = 4096;
/// Calls that run when the server stops have so long to end, as requests over HTTP have.
pub(crate) const PARTING: Duration = Duration::from_secs(5);

/// Why gRPC is not served.
#[derive(Debug, thiserror::Error)]
pub enum GrpcError {
    /// The listener.
    #[error("failed to listen for gRPC")]
    Listen(#[from] io::Error),
    /// The server.
    #[error("failed to serve gRPC")]
    Serve(#[from] tonic::transport::Error),
    /// The description of the service.
    #[error("failed to describe the gRPC service")]
    Describe(#[from] tonic_reflection::server::Error),
}

/// A server that serves.
#[derive(Debug)]
pub(crate) struct Serving {
    stop: CancellationToken,
    /// None once it has ended.
    task: Option<JoinHandle<Result<(), GrpcError>>>,
}

/// Starts serving.
///
/// # Errors
/// When it cannot start.
pub(crate) fn start(
    config: &Config,
    gojudge: GoJudge,
    access: Arc<Access>,
    operations: Arc<dyn Operations>,
    connections: Connections,
    listener: TcpListener,
) -> Result<Serving, GrpcError> {
    let address = listener.local_addr()?;
    let incoming = incoming(listener, connections)?;
    let (health, watch) = health::service(operations);
    let stop = CancellationToken::new();
    tokio::spawn(stop.clone().run_until_cancelled_owned(watch));
    let account = gojudge.account().clone();
    let server = services(Executor::new(gojudge), config, access, account)?
        .add_service(Timely(health))
        .serve_with_incoming_shutdown(incoming, stop.clone().cancelled_owned());
    tracing::info!(%address, "Serving gRPC on {address}");
    Ok(Serving { stop, task: Some(tokio::spawn(async { Ok(server.await?) })) })
}

/// Everything but health, behind the rules of access.
pub(crate) fn services(
    executor: impl executor_server::Executor,
    config: &Config,
    access: Arc<Access>,
    account: Account,
) -> Result<Router, GrpcError> {
    let (guard, wanted, config) = (Guard::new(access), config.http.access_log, &config.gojudge.grpc);
    let max = config.max_message.get().min(memory::largest(&account));
    let max = usize::try_from(max).unwrap_or(usize::MAX);
    let executor = ExecutorServer::new(executor).max_decoding_message_size(max);
    let executor = Budgeted::new(executor, account, config.streams, "/pb.Executor/ExecStream");
    let streams = u32::try_from(config.streams).unwrap_or(u32::MAX);
    Ok(Server::builder()
        .max_concurrent_streams(CALLS.max(streams))
        .initial_stream_window_size(incoming::WINDOW / 2)
        .initial_connection_window_size(incoming::WINDOW)
        .http2_keepalive_interval(Some(KEEP_ALIVE))
        .http2_keepalive_timeout(Some(KEEP_ALIVE_TIMEOUT))
        .add_service(guarded(executor, &guard, wanted))
        .add_service(guarded(described()?.build_v1()?.max_decoding_message_size(SMALL), &guard, wanted))
        // What older clients ask for.
        .add_service(guarded(described()?.build_v1alpha()?.max_decoding_message_size(SMALL), &guard, wanted)))
}

fn guarded<S>(service: S, guard: &Guard, wanted: AccessLog) -> Timely<Logged<InterceptedService<S, Guard>>> {
    Timely(Logged::new(InterceptedService::new(service, guard.clone()), wanted))
}

impl Serving {
    /// One whose server is this task.
    #[cfg(test)]
    pub(crate) fn of(task: JoinHandle<Result<(), GrpcError>>) -> Self {
        Self { stop: CancellationToken::new(), task: Some(task) }
    }

    /// Waits until it ends by itself, which it does only when its listener breaks.
    ///
    /// # Errors
    /// Why it has ended.
    pub(crate) async fn ended(&mut self) -> Result<(), GrpcError> {
        let Some(task) = &mut self.task else { return std::future::pending().await };
        let ended = task.await;
        self.task = None;
        ended.map_err(io::Error::other)?
    }

    /// Takes no more calls, and waits for those that run, but not for ever.
    ///
    /// # Errors
    /// Why it had stopped before.
    pub(crate) async fn stop(self) -> Result<(), GrpcError> {
        self.stop.cancel();
        let Some(mut task) = self.task else { return Ok(()) };
        match tokio::time::timeout(PARTING, &mut task).await {
            Ok(served) => served.map_err(io::Error::other)?,
            Err(_) => {
                task.abort();
                tracing::warn!("Calls over gRPC were still running");
                Ok(())
            }
        }
    }
}

fn described() -> Result<tonic_reflection::server::Builder<'static>, tonic_reflection::server::Error> {
    Ok(tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(gavel_rpc::DESCRIPTION)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET))
}

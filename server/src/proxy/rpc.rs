//! gRPC in, REST out. JSON carries text only, so that contents that are none travel as stored files, and so does every
//! output; what was stored for that alone is removed.

use std::net::TcpListener;
use std::sync::Arc;

use futures_util::future::try_join_all;
use futures_util::stream::BoxStream;
use gavel_rpc::executor_server::{self, ExecutorServer};
use gavel_rpc::{FileContent, FileId, FileListType, StreamRequest, StreamResponse};
use tonic::{Request, Response, Status, Streaming, async_trait};

use super::ProxyError;
use super::commands::{self, Answered};
use super::upstream::Upstream;
use crate::access::Access;
use crate::account::Account;
use crate::config::Config;
use crate::connections::Connections;
use crate::gojudge::request::{CopiedIn, File, Source};
use crate::grpc;

/// Serves until it is told to stop.
///
/// # Errors
/// When it cannot start, or the listener breaks.
pub(super) async fn serve(
    listener: TcpListener,
    upstream: Upstream,
    access: Arc<Access>,
    account: Account,
    config: &Config,
    stop: impl Future<Output = ()>,
) -> Result<(), ProxyError> {
    let (reporter, health) = tonic_health::server::health_reporter();
    reporter.set_serving::<ExecutorServer<Executor>>().await;
    let connections = Connections::new(&account);
    grpc::services(Executor(upstream), config, access, account)?
        .add_service(health)
        .serve_with_incoming_shutdown(grpc::incoming(listener, connections)?, stop)
        .await
        .map_err(|error| ProxyError::Grpc(error.into()))
}

/// Answers calls.
#[derive(Debug)]
struct Executor(Upstream);

#[async_trait]
impl executor_server::Executor for Executor {
    async fn exec(
        &self,
        request: Request<gavel_rpc::Request>,
    ) -> Result<Response<gavel_rpc::Response>, Status> {
        let (request_id, mut request) =
            grpc::request::converted(request.into_inner()).map_err(grpc::executor::refused)?;
        if request.commands.is_empty() {
            return Ok(Response::new(gavel_rpc::Response { request_id, ..Default::default() }));
        }
        let mut borrowed = Borrowed::new(&self.0);
        for command in &mut request.commands {
            for file in command.files.iter_mut().flatten() {
                if let File::Source(source) = file {
                    borrowed.store(source).await?;
                }
            }
            for file in command.copy_in.values_mut() {
                if let CopiedIn::Source(source) = file {
                    borrowed.store(source).await?;
                }
            }
        }
        let wanted = commands::wanted(&request);
        let answered: Vec<Answered> = self.0.run(&commands::body(&request, &wanted)?).await?;
        let mut results = Vec::with_capacity(answered.len());
        for (mut answered, wanted) in answered.into_iter().zip(&wanted) {
            let outputs = answered.take_ids(wanted);
            borrowed.ids.extend(outputs.iter().map(|(_, id)| id.clone()));
            let fetched = outputs
                .iter()
                .map(|(name, id)| async { Ok::<_, Status>((name.clone(), self.0.content(id).await?)) });
            let fetched = try_join_all(fetched).await?;
            results.push(answered.result(fetched)?);
        }
        Ok(Response::new(gavel_rpc::Response { request_id, results, error: String::new() }))
    }

    type ExecStreamStream = BoxStream<'static, Result<StreamResponse, Status>>;

    async fn exec_stream(
        &self,
        _request: Request<Streaming<StreamRequest>>,
    ) -> Result<Response<Self::ExecStreamStream>, Status> {
        Err(Status::unimplemented("the proxy cannot pass on ExecStream: call the server itself"))
    }

    async fn file_list(&self, _request: Request<()>) -> Result<Response<FileListType>, Status> {
        Ok(Response::new(FileListType { file_i_ds: self.0.files().await? }))
    }

    async fn file_get(&self, request: Request<FileId>) -> Result<Response<FileContent>, Status> {
        let FileId { file_id } = request.into_inner();
        let (content, mut names) = futures_util::try_join!(self.0.content(&file_id), self.0.files())?;
        Ok(Response::new(FileContent { name: names.remove(&file_id).unwrap_or_default(), content }))
    }

    async fn file_add(&self, request: Request<FileContent>) -> Result<Response<FileId>, Status> {
        let FileContent { name, content } = request.into_inner();
        Ok(Response::new(FileId { file_id: self.0.add(name, content).await? }))
    }

    async fn file_delete(&self, request: Request<FileId>) -> Result<Response<()>, Status> {
        self.0.remove(&request.into_inner().file_id).await.map(Response::new)
    }
}

/// Files that the server stores for the time of a call; they go in the background, also when the call is dropped.
struct Borrowed {
    upstream: Upstream,
    ids: Vec<String>,
}

impl Borrowed {
    fn new(upstream: &Upstream) -> Self {
        Self { upstream: upstream.clone(), ids: Vec::new() }
    }

    /// Puts a stored file in the place of a content that is no text.
    async fn store(&mut self, source: &mut Source) -> Result<(), Status> {
        let Source::Content(content) = source else { return Ok(()) };
        if std::str::from_utf8(content).is_ok() {
            return Ok(());
        }
        let id = self.upstream.add("content".to_owned(), std::mem::take(content)).await?;
        self.ids.push(id.clone());
        *source = Source::Stored(id);
        Ok(())
    }
}

impl Drop for Borrowed {
    fn drop(&mut self) {
        let (upstream, ids) = (self.upstream.clone(), std::mem::take(&mut self.ids));
        if ids.is_empty() {
            return;
        }
        tokio::spawn(async move {
            for id in ids {
                if let Err(error) = upstream.remove(&id).await {
                    tracing::warn!(%error, "Failed to remove a file from the server");
                }
            }
        });
    }
}

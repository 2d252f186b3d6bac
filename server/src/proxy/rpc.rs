//! gRPC in, REST out. JSON carries text only, so that contents that are none travel as stored files, and so does every
//! output; what was stored for that alone is removed.

use std::io;
use std::net::TcpListener;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use gavel_rpc::executor_server::{self, ExecutorServer};
use gavel_rpc::{FileContent, FileId, FileListType, StreamRequest, StreamResponse};
use serde_json::Value;
use tonic::{Request, Response, Status, Streaming, async_trait};

use super::ProxyError;
use super::commands::{self, Answered};
use super::upstream::{Upstream, grow};
use crate::access::Access;
use crate::account::{Account, Held, Purpose};
use crate::config::Config;
use crate::connections::Connections;
use crate::gojudge::request::{CopiedIn, File, Request as Run, Source};
use crate::grpc::{self, Kept};

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
    grpc::services(Executor { upstream, account: account.clone() }, config, access, account)?
        .add_service(health)
        .serve_with_incoming_shutdown(grpc::incoming(listener, connections)?, stop)
        .await
        .map_err(|error| ProxyError::Grpc(error.into()))
}

/// Answers calls. What it answers with is on the account until the client has taken it.
#[derive(Debug)]
struct Executor {
    upstream: Upstream,
    account: Account,
}

impl Executor {
    /// Nothing yet, of what an answer will have.
    fn open(&self) -> Held {
        self.account.open(Purpose::Outputs)
    }

    /// What is to be run, with files in the place of contents that are no texts.
    async fn stored(&self, request: &mut Run, held: &mut Held) -> Result<Borrowed, Status> {
        let mut borrowed = Borrowed::new(&self.upstream);
        for command in &mut request.commands {
            for file in command.files.iter_mut().flatten() {
                if let File::Source(source) = file {
                    borrowed.store(source, held).await?;
                }
            }
            for file in command.copy_in.values_mut() {
                if let CopiedIn::Source(source) = file {
                    borrowed.store(source, held).await?;
                }
            }
        }
        Ok(borrowed)
    }

    /// The outputs of a command, one after the other: the next when there is room for it.
    async fn fetched(
        &self,
        outputs: Vec<(String, String)>,
        held: &mut Held,
    ) -> Result<Vec<(String, Bytes)>, Status> {
        let mut fetched = Vec::with_capacity(outputs.len());
        for (name, id) in outputs {
            fetched.push((name, self.upstream.content(&id, held).await?));
        }
        Ok(fetched)
    }
}

/// The JSON of a request, which is held as long as it is sent.
async fn written(body: Value, held: &mut Held) -> Result<Vec<u8>, Status> {
    let mut length = Length(0);
    let lost = |error: serde_json::Error| Status::internal(error.to_string());
    serde_json::to_writer(&mut length, &body).map_err(lost)?;
    grow(held, length.0).await?;
    let mut json = Vec::with_capacity(usize::try_from(length.0).unwrap_or(0));
    serde_json::to_writer(&mut json, &body).map_err(lost)?;
    Ok(json)
}

/// Counts what is written.
struct Length(u64);

impl io::Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[async_trait]
impl executor_server::Executor for Executor {
    async fn exec(
        &self,
        request: Request<gavel_rpc::Request>,
    ) -> Result<Response<gavel_rpc::Response>, Status> {
        let kept = Kept::of(request.extensions(), &self.account);
        let mut held = self.open();
        let (request_id, mut request) =
            grpc::request::converted(request.into_inner()).map_err(grpc::executor::refused)?;
        if request.commands.is_empty() {
            return Ok(Response::new(gavel_rpc::Response { request_id, ..Default::default() }));
        }
        let mut sent = grpc::request::weighed(&self.account, &request).map_err(grpc::executor::refused)?;
        let mut borrowed = self.stored(&mut request, &mut held).await?;
        let wanted = commands::wanted(&request);
        grow(&mut sent, commands::size_of_texts(&request)).await?;
        let body = commands::body(&request, &wanted)?;
        drop(request);
        let json = written(body, &mut sent).await?;
        sent.shrink_to(json.len() as u64);
        let answered: Vec<Answered> = self.upstream.run(json, &mut held).await?;
        drop(sent);
        let with_outputs = answered.into_iter().zip(&wanted).map(|(mut answered, wanted)| {
            let outputs = answered.take_ids(wanted);
            (answered, outputs)
        });
        let with_outputs: Vec<_> = with_outputs.collect();
        // Those of all, before the first is fetched: whatever becomes of that, they go.
        let ids = with_outputs.iter().flat_map(|(_, outputs)| outputs).map(|(_, id)| id.clone());
        borrowed.ids.extend(ids);
        let mut results = Vec::with_capacity(with_outputs.len());
        for (answered, outputs) in with_outputs {
            results.push(answered.result(self.fetched(outputs, &mut held).await?)?);
        }
        kept.keep([held]);
        Ok(Response::new(gavel_rpc::Response { request_id, results, error: String::new() }))
    }

    type ExecStreamStream = BoxStream<'static, Result<StreamResponse, Status>>;

    async fn exec_stream(
        &self,
        _request: Request<Streaming<StreamRequest>>,
    ) -> Result<Response<Self::ExecStreamStream>, Status> {
        Err(Status::unimplemented("the proxy cannot pass on ExecStream: call the server itself"))
    }

    async fn file_list(&self, request: Request<()>) -> Result<Response<FileListType>, Status> {
        let kept = Kept::of(request.extensions(), &self.account);
        let mut held = self.open();
        let file_i_ds = self.upstream.files(&mut held).await?;
        kept.keep([held]);
        Ok(Response::new(FileListType { file_i_ds }))
    }

    async fn file_get(&self, request: Request<FileId>) -> Result<Response<FileContent>, Status> {
        let kept = Kept::of(request.extensions(), &self.account);
        let FileId { file_id } = request.into_inner();
        let mut held = self.open();
        let content = self.upstream.content(&file_id, &mut held).await?;
        kept.keep([held]);
        let mut names = self.upstream.files(&mut self.open()).await?;
        Ok(Response::new(FileContent { name: names.remove(&file_id).unwrap_or_default(), content }))
    }

    async fn file_add(&self, request: Request<FileContent>) -> Result<Response<FileId>, Status> {
        let FileContent { name, content } = request.into_inner();
        let file_id = self.upstream.add(name, content, &mut self.open()).await?;
        Ok(Response::new(FileId { file_id }))
    }

    async fn file_delete(&self, request: Request<FileId>) -> Result<Response<()>, Status> {
        self.upstream.remove(&request.into_inner().file_id).await.map(Response::new)
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
    async fn store(&mut self, source: &mut Source, held: &mut Held) -> Result<(), Status> {
        let Source::Content(content) = source else { return Ok(()) };
        if std::str::from_utf8(content).is_ok() {
            return Ok(());
        }
        let id = self.upstream.add("content".to_owned(), std::mem::take(content), held).await?;
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

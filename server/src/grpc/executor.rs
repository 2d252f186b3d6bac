//! The calls of `pb.Executor`.

use std::io::{self, Read};
use std::sync::Arc;

use futures_util::StreamExt;
use gavel_rpc::{FileContent, FileId, FileListType, StreamRequest};
use tonic::{Request, Response, Status, Streaming, async_trait};

use super::access::{Sender, ended};
use super::kept::Kept;
use super::{request, response, stream};
use crate::blocking;
use crate::gojudge::files::Stored;
use crate::gojudge::refusal::Refusal;
use crate::gojudge::request::Request as Run;
use crate::gojudge::stored::StoredFiles;
use crate::gojudge::{GoJudge, go_error};

/// Answers calls.
#[derive(Debug)]
pub(super) struct Executor(GoJudge);

impl Executor {
    /// By this API's means.
    pub(super) fn new(gojudge: GoJudge) -> Self {
        Self(gojudge)
    }
}

#[async_trait]
impl gavel_rpc::executor_server::Executor for Executor {
    /// Runs where it is awaited: who hangs up drops it, and so ends the programs.
    async fn exec(
        &self,
        request: Request<gavel_rpc::Request>,
    ) -> Result<Response<gavel_rpc::Response>, Status> {
        let kept = Kept::of(request.extensions(), self.0.account());
        let sender = Sender::of(&request);
        let (id, request) = request::converted(request.into_inner()).map_err(refused)?;
        let _held = request::weighed(self.0.account(), &request).map_err(refused)?;
        let results = self.0.run(Run { sender, ..request }).await.map_err(refused)?;
        Ok(Response::new(response::converted(id, results, &kept)))
    }

    type ExecStreamStream = stream::Answers;

    async fn exec_stream(
        &self,
        request: Request<Streaming<StreamRequest>>,
    ) -> Result<Response<Self::ExecStreamStream>, Status> {
        let kept = Kept::of(request.extensions(), self.0.account());
        let sender = Sender::of(&request);
        let (_, extensions, incoming) = request.into_parts();
        let answers = stream::start(&self.0, sender, incoming, kept).await?;
        Ok(Response::new(answers.take_until(ended(&extensions)).boxed()))
    }

    async fn file_list(&self, request: Request<()>) -> Result<Response<FileListType>, Status> {
        let kept = Kept::of(request.extensions(), self.0.account());
        let files = Arc::clone(self.0.files());
        let size = files.size_of_list();
        kept.take(size.saturating_mul(2)).map_err(|full| Status::resource_exhausted(full.to_string()))?;
        let files = blocking::on_disk(move || Ok(files.list())).await.map_err(|error| failed(&error))?;
        Ok(Response::new(FileListType { file_i_ds: files.into_iter().collect() }))
    }

    async fn file_get(&self, request: Request<FileId>) -> Result<Response<FileContent>, Status> {
        let kept = Kept::of(request.extensions(), self.0.account());
        let FileId { file_id } = request.into_inner();
        let (files, id) = (Arc::clone(self.0.files()), file_id.clone());
        let opened = blocking::on_disk(move || {
            let stored = files.open(&id)?;
            let size = stored.file.metadata()?.len();
            Ok((stored, size))
        });
        let (stored, size) = opened.await.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => {
                Status::not_found(format!("file not found: {}", go_error::quote(&file_id)))
            }
            _ => failed(&error),
        })?;
        // It is copied when it is written.
        kept.take(size.saturating_mul(2)).map_err(|full| Status::resource_exhausted(full.to_string()))?;
        let content = blocking::on_disk(move || read(stored, size)).await;
        content.map(Response::new).map_err(|error| failed(&error))
    }

    async fn file_add(&self, request: Request<FileContent>) -> Result<Response<FileId>, Status> {
        let FileContent { name, content } = request.into_inner();
        let gojudge = self.0.clone();
        let added = blocking::on_disk(move || {
            let files = gojudge.files();
            Ok(StoredFiles::one(files.add(&name, &content)?, files))
        });
        let file = added.await.map_err(|error| failed(&error))?;
        Ok(Response::new(FileId { file_id: file.tell_one() }))
    }

    async fn file_delete(&self, request: Request<FileId>) -> Result<Response<()>, Status> {
        let FileId { file_id } = request.into_inner();
        let (files, id) = (Arc::clone(self.0.files()), file_id.clone());
        match blocking::on_disk(move || files.remove(&id)).await {
            Ok(true) => Ok(Response::new(())),
            Ok(false) => {
                Err(Status::not_found(format!("file id does not exists: {}", go_error::quote(&file_id))))
            }
            Err(error) => Err(failed(&error)),
        }
    }
}

fn read(stored: Stored, size: u64) -> io::Result<FileContent> {
    let mut content = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    stored.file.take(size).read_to_end(&mut content)?;
    Ok(FileContent { name: stored.name, content: content.into() })
}

fn failed(error: &io::Error) -> Status {
    match error.kind() {
        io::ErrorKind::InvalidInput => Status::invalid_argument(error.to_string()),
        _ => Status::internal(go_error::text(error)),
    }
}

/// A refusal under go-judge's code.
pub(crate) fn refused(refusal: Refusal) -> Status {
    match refusal {
        Refusal::Bad(text) | Refusal::TooMuch(text) => Status::invalid_argument(text),
        Refusal::Failed(text) => Status::internal(text),
        Refusal::Busy(text) => Status::resource_exhausted(text),
    }
}

//! go-judge's file store over HTTP.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_files::NamedFile;
use actix_web::body::{BodySize, MessageBody};
use actix_web::http::header::{
    CONTENT_SECURITY_POLICY, Charset, ContentDisposition, DispositionParam, DispositionType, ExtendedValue,
    HeaderValue,
};
use actix_web::{HttpRequest, HttpResponse, web};

use super::TAG;
use super::form::{Batch, Form, FormError, FormFile};
use super::json::answer;
use super::media_type::{self, SNIFFED};
use super::respond::{JSON, json_body, refused};
use crate::account::Purpose;
use crate::blocking;
use crate::gojudge::files::{FileStore, Incoming};
use crate::gojudge::refusal::Refusal;
use crate::gojudge::stored::StoredFiles;
use crate::gojudge::{GoJudge, go_error};
use crate::http::body::{Budget, announced};
use crate::http::error::fails;
use crate::http::peer::Peer;
use crate::http::taken::Taken;
use crate::http::uploads::Uploads;
use crate::http::{Problem, sender};

/// A file of this size is written at one time, when all of it has come.
const SMALL: u64 = 64 * 1024;
/// Written of a list at one time.
const PIECE: usize = 16 * 1024;

/// Lists the files that are stored.
#[utoipa::path(
    get,
    path = "/file",
    operation_id = "gojudgeListFiles",
    tag = TAG,
    responses(
        (status = 200, description = "Names by ids.", body = ref("#/components/schemas/FileIds"), content_type = "application/json"),
        (status = 500, description = "It failed.", body = String, content_type = "application/json"),
        (status = 503, description = "Too much is held.", body = String, content_type = "application/json")
    )
)]
pub(super) async fn list(gojudge: web::Data<GoJudge>, request: HttpRequest) -> HttpResponse {
    let files = Arc::clone(gojudge.files());
    let held = gojudge.account().take(Purpose::Outputs, files.size_of_list(), PATIENCE).await;
    let held = match held {
        Ok(held) => held,
        Err(full) => return refused(&Refusal::Busy(full.to_string())),
    };
    match blocking::on_disk(move || Ok(files.list())).await {
        Ok(files) => {
            let listing = Listing::new(files);
            HttpResponse::Ok().content_type(JSON).body(Taken::new(listing, Some(held), Peer::of(&request)))
        }
        Err(error) => refused(&Refusal::Failed(go_error::text(&error))),
    }
}

/// How long a list waits for the memory that it needs.
const PATIENCE: Duration = Duration::from_secs(3);

/// An object of ids and names that is written as its client takes it: each byte of a name may be six.
struct Listing {
    files: std::vec::IntoIter<(String, String)>,
    /// Between this entry and the one before.
    separator: &'static str,
    is_at_end: bool,
}

impl Listing {
    fn new(files: Vec<(String, String)>) -> Self {
        Self { files: files.into_iter(), separator: "{", is_at_end: false }
    }
}

impl MessageBody for Listing {
    type Error = std::convert::Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<web::Bytes, Self::Error>>> {
        let mut piece = Vec::new();
        while !self.is_at_end && piece.len() < PIECE {
            piece.extend_from_slice(self.separator.as_bytes());
            match self.files.next() {
                Some((id, name)) => {
                    piece.extend_from_slice(&[answer::text(&id), answer::text(&name)].join(&b':'));
                    self.separator = ",";
                }
                None => {
                    // Of an empty list, or behind the last comma.
                    if self.separator == "," {
                        piece.pop();
                    }
                    piece.push(b'}');
                    self.is_at_end = true;
                }
            }
        }
        Poll::Ready((!piece.is_empty()).then(|| Ok(piece.into())))
    }
}

/// Stores a file.
#[utoipa::path(
    post,
    path = "/file",
    operation_id = "gojudgeStoreFile",
    tag = TAG,
    request_body(content = ref("#/components/schemas/FileUpload"), content_type = "multipart/form-data"),
    responses(
        (status = 200, description = "Its id.", body = String, content_type = "application/json"),
        (status = 400, description = "There is no file, of which nothing is said, or it cannot be stored, and why."),
        (status = 500, description = "It failed.", body = String, content_type = "application/json"),
        (status = 503, description = "Too much is held.", body = String, content_type = "application/json"),
        fails::SlowBody,
        fails::BodyTooLarge,
        fails::Unavailable
    )
)]
pub(super) async fn upload(
    gojudge: web::Data<GoJudge>,
    budget: web::Data<Budget>,
    uploads: web::Data<Uploads>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let is_small = announced(&request)?.is_some_and(|length| length <= SMALL);
    let place = if is_small { None } else { Some(uploads.place(sender(&request)).await?) };
    let mut file = match Form::file(&budget, &request, payload, place).await {
        Ok(file) => file,
        Err(error) => return malformed(error),
    };
    Ok(match stored(gojudge.files(), &mut file).await {
        Ok(Ok(file)) => json_body(HttpResponse::Ok(), answer::text(&file.tell_one())),
        Ok(Err(error)) if error.kind() == io::ErrorKind::InvalidInput => {
            refused(&Refusal::Bad(error.to_string()))
        }
        Ok(Err(error)) => refused(&Refusal::Failed(go_error::text(&error))),
        Err(error) => return malformed(error),
    })
}

/// go-judge does not tell what is wrong with a form.
fn malformed(error: FormError) -> Result<HttpResponse, Problem> {
    match error {
        FormError::Malformed => Ok(HttpResponse::BadRequest().finish()),
        FormError::Body(problem) => Err(problem),
    }
}

/// Stores a file as it comes, away from the threads that must not wait. Of one that cannot be stored the rest is read:
/// only then does its client look for an answer.
async fn stored(files: &Arc<FileStore>, file: &mut FormFile) -> Result<io::Result<StoredFiles>, FormError> {
    let mut begun = Begun(None);
    loop {
        let (batch, files, name) = (file.next().await?, Arc::clone(files), file.name.clone());
        let (is_last, so_far) = (batch.is_last, begun.0.take());
        match blocking::on_disk(move || written(so_far, batch, &files, &name)).await {
            Ok(Written::All(file)) => return Ok(Ok(file)),
            Ok(Written::Begun(incoming)) => begun.0 = Some(incoming),
            Err(error) => {
                let mut is_last = is_last;
                while !is_last {
                    is_last = file.next().await?.is_last;
                }
                return Ok(Err(error));
            }
        }
    }
}

/// What is there of a file that comes. Where its client goes away, that is removed by a thread that may wait.
struct Begun(Option<Incoming>);

impl Drop for Begun {
    fn drop(&mut self) {
        if let Some(incoming) = self.0.take() {
            drop(tokio::task::spawn_blocking(move || drop(incoming)));
        }
    }
}

/// What a file has come to.
enum Written {
    Begun(Incoming),
    /// It is removed where its client has gone away meanwhile.
    All(StoredFiles),
}

fn written(begun: Option<Incoming>, batch: Batch, files: &Arc<FileStore>, name: &str) -> io::Result<Written> {
    let mut incoming = begun.map_or_else(|| files.incoming(name), Ok)?;
    batch.pieces.iter().try_for_each(|piece| incoming.write(piece))?;
    Ok(if batch.is_last {
        Written::All(StoredFiles::one(incoming.finish()?, files))
    } else {
        Written::Begun(incoming)
    })
}

/// Hands out a file.
#[utoipa::path(
    get,
    path = "/file/{id}",
    operation_id = "gojudgeGetFile",
    tag = TAG,
    params(("id" = String, Path, description = "Its id.")),
    responses(
        (status = 200, description = "Its content.", content_type = "*/*"),
        (status = 403, description = "A browser wants to run it, or to style a page with it."),
        (status = 404, description = "There is no such file."),
        (status = 500, description = "It failed.", body = String, content_type = "application/json")
    )
)]
pub(super) async fn download(
    gojudge: web::Data<GoJudge>,
    id: web::Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    if is_to_be_run(&request) {
        return HttpResponse::Forbidden().finish();
    }
    let files = Arc::clone(gojudge.files());
    match blocking::on_disk(move || opened(&files, &id)).await {
        Ok(file) => sandboxed(file.into_response(&request)),
        Err(error) => not_done(&error),
    }
}

/// What browsers say that they want a file for, where its content would act in the name of a page of ours.
const RUN: [&str; 9] = [
    "script",
    "style",
    "xslt",
    "worker",
    "sharedworker",
    "serviceworker",
    "audioworklet",
    "paintworklet",
    "fencedframe",
];

/// A script of ours is none that a client has stored, whatever its name says of it.
fn is_to_be_run(request: &HttpRequest) -> bool {
    let wanted = request.headers().get("Sec-Fetch-Dest").and_then(|wanted| wanted.to_str().ok());
    wanted.is_some_and(|wanted| RUN.contains(&wanted))
}

/// As a document it has an origin of its own, and runs nothing.
fn sandboxed(mut response: HttpResponse) -> HttpResponse {
    let policy = HeaderValue::from_static("default-src 'none'; sandbox");
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    response
}

fn opened(files: &FileStore, id: &str) -> io::Result<NamedFile> {
    let stored = files.open(id)?;
    let media_type = media_type(&stored.name, &stored.file)?;
    let file = NamedFile::from_file(stored.file, "file")?;
    let disposition = attachment(stored.name);
    Ok(file.use_etag(false).set_content_type(media_type).set_content_disposition(disposition))
}

/// What is told of a file that could not be found, or not be had.
fn not_done(error: &io::Error) -> HttpResponse {
    match error.kind() {
        io::ErrorKind::NotFound => HttpResponse::NotFound().finish(),
        _ => refused(&Refusal::Failed(go_error::text(error))),
    }
}

/// By the name's extension, else by the first bytes.
fn media_type(name: &str, file: &File) -> io::Result<mime::Mime> {
    if let Some(known) = media_type::of_name(name) {
        return Ok(known);
    }
    let mut head = [0; SNIFFED];
    let length = file.read_at(&mut head, 0)?;
    Ok(media_type::of_content(&head[..length]))
}

/// A name that is not plain ASCII is written so that it survives, and stays in its header.
fn attachment(name: String) -> ContentDisposition {
    let is_plain = name.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    let parameter = if is_plain {
        DispositionParam::Filename(name)
    } else {
        DispositionParam::FilenameExt(ExtendedValue {
            charset: Charset::Ext("UTF-8".into()),
            language_tag: None,
            value: name.into_bytes(),
        })
    };
    ContentDisposition { disposition: DispositionType::Attachment, parameters: vec![parameter] }
}

/// Removes a file.
#[utoipa::path(
    delete,
    path = "/file/{id}",
    operation_id = "gojudgeRemoveFile",
    tag = TAG,
    params(("id" = String, Path, description = "Its id.")),
    responses(
        (status = 200, description = "It is gone."),
        (status = 404, description = "There was no such file."),
        (status = 500, description = "It failed.", body = String, content_type = "application/json")
    )
)]
pub(super) async fn remove(gojudge: web::Data<GoJudge>, id: web::Path<String>) -> HttpResponse {
    let files = Arc::clone(gojudge.files());
    match blocking::on_disk(move || files.remove(&id)).await {
        Ok(true) => HttpResponse::Ok().finish(),
        Ok(false) => HttpResponse::NotFound().finish(),
        Err(error) => not_done(&error),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::FromRequest as _;
    use actix_web::test::TestRequest;

    use super::*;
    use crate::account::Account;
    use crate::blocking::tests::with_others_busy;
    use crate::config::{Config, Overrides};
    use crate::judge::test_support::Scripted;

    fn gojudge(directory: &tempfile::TempDir) -> web::Data<GoJudge> {
        let settings = Overrides { file: Some("/dev/null".into()), ..Overrides::default() };
        let config = Config::load(&settings).unwrap().gojudge;
        let (files, account) = (directory.path().join("files"), Account::new(gavel_protocol::Bytes::mib(64)));
        web::Data::new(GoJudge::new(&config, Scripted::default(), 1, files, account).unwrap())
    }

    async fn uploaded(gojudge: web::Data<GoJudge>) -> Result<HttpResponse, Problem> {
        let form = "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nx\r\n--edge--\r\n";
        let (request, mut payload) = TestRequest::post()
            .insert_header(("content-type", "multipart/form-data; boundary=edge"))
            .insert_header(("content-length", form.len().to_string()))
            .set_payload(form)
            .to_http_parts();
        let payload = web::Payload::from_request(&request, &mut payload).await.unwrap();
        let budget = web::Data::new(Budget::new(gojudge.account().clone(), 1 << 20));
        upload(gojudge, budget, web::Data::new(Uploads::new()), request, payload).await
    }

    #[test]
    fn a_file_whose_client_goes_away_while_it_is_stored_is_removed() {
        let directory = tempfile::tempdir().unwrap();
        let gojudge = gojudge(&directory);
        let count = || {
            let files = Arc::clone(gojudge.files());
            blocking::on_disk(move || Ok(files.list().len()))
        };
        let (counts, _) = with_others_busy(async || {
            let gone = tokio::time::timeout(Duration::from_millis(50), uploaded(gojudge.clone())).await;
            assert!(gone.is_err(), "it has not waited for the disk");
            // First behind what is written, then behind what is removed.
            (count().await.unwrap(), count().await.unwrap())
        });
        assert_eq!(counts, (1, 0));
        assert_eq!(with_others_busy(|| uploaded(gojudge.clone())).0.unwrap().status(), 200);
        assert_eq!(gojudge.files().list().len(), 1);
    }

    #[test]
    fn a_file_is_opened_and_removed_where_nobody_waits() {
        let directory = tempfile::tempdir().unwrap();
        let gojudge = gojudge(&directory);
        let id = gojudge.files().add("a", b"x").unwrap();
        let request = actix_web::test::TestRequest::default().to_http_request();
        let path = || web::Path::from(id.clone());
        let (got, waited) = with_others_busy(|| download(gojudge.clone(), path(), request));
        assert_eq!((got.status().as_u16(), waited), (200, true));
        let (got, waited) = with_others_busy(|| remove(gojudge.clone(), path()));
        assert_eq!((got.status().as_u16(), waited), (200, true));
        assert_eq!(with_others_busy(|| remove(gojudge.clone(), path())).0.status(), 404);
    }
}

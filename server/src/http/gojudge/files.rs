//! go-judge's file store over HTTP.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use actix_files::NamedFile;
use actix_web::http::header::{
    Charset, ContentDisposition, DispositionParam, DispositionType, ExtendedValue,
};
use actix_web::{HttpRequest, HttpResponse, web};

use super::form::{Batch, Form, FormError, FormFile};
use super::media_type::{self, SNIFFED};
use super::respond::{json_body, refused};
use crate::gojudge::files::{FileStore, Incoming};
use crate::gojudge::refusal::Refusal;
use crate::gojudge::{GoJudge, answer, go_error};
use crate::http::Problem;
use crate::http::body::Budget;

/// `GET /file`
pub(super) async fn list(gojudge: web::Data<GoJudge>) -> HttpResponse {
    let files = gojudge.files().list();
    let entries = files.iter().map(|(id, name)| (id.as_str(), name.as_str()));
    json_body(HttpResponse::Ok(), answer::map(entries))
}

/// `POST /file`: stores the field `file` of a form; only the last part of its file name counts.
pub(super) async fn upload(
    gojudge: web::Data<GoJudge>,
    budget: web::Data<Budget>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let mut file = match Form::file(&budget, &request, payload).await {
        Ok(file) => file,
        Err(error) => return malformed(error),
    };
    Ok(match stored(gojudge.files(), &mut file).await {
        Ok(Ok(id)) => json_body(HttpResponse::Ok(), answer::text(&id)),
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
async fn stored(files: &Arc<FileStore>, file: &mut FormFile) -> Result<io::Result<String>, FormError> {
    let mut begun = None;
    loop {
        let (batch, files, name) = (file.next().await?, Arc::clone(files), file.name.clone());
        let is_last = batch.is_last;
        let written = web::block(move || written(begun, batch, &files, &name)).await;
        match written.unwrap_or_else(|lost| Err(io::Error::other(lost))) {
            Ok(Written::All(id)) => return Ok(Ok(id)),
            Ok(Written::Begun(incoming)) => begun = Some(incoming),
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

/// What a file has come to.
enum Written {
    Begun(Incoming),
    All(String),
}

fn written(begun: Option<Incoming>, batch: Batch, files: &Arc<FileStore>, name: &str) -> io::Result<Written> {
    let mut incoming = begun.map_or_else(|| files.incoming(name), Ok)?;
    batch.pieces.iter().try_for_each(|piece| incoming.write(piece))?;
    Ok(if batch.is_last { Written::All(incoming.finish()?) } else { Written::Begun(incoming) })
}

/// `GET /file/{id}`, whole or a range of it.
pub(super) async fn download(
    gojudge: web::Data<GoJudge>,
    id: web::Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    let Ok(stored) = gojudge.files().open(&id) else { return HttpResponse::NotFound().finish() };
    let served = media_type(&stored.name, &stored.file)
        .and_then(|media_type| Ok((media_type, NamedFile::from_file(stored.file, "file")?)));
    match served {
        Ok((media_type, file)) => file
            .use_etag(false)
            .set_content_type(media_type)
            .set_content_disposition(attachment(stored.name))
            .into_response(&request),
        Err(error) => refused(&Refusal::Failed(go_error::text(&error))),
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

/// `DELETE /file/{id}`
pub(super) async fn remove(gojudge: web::Data<GoJudge>, id: web::Path<String>) -> HttpResponse {
    match gojudge.files().remove(&id) {
        Ok(true) => HttpResponse::Ok().finish(),
        Ok(false) => HttpResponse::NotFound().finish(),
        Err(error) => refused(&Refusal::Failed(go_error::text(&error))),
    }
}

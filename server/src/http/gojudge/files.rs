//! go-judge's file store over HTTP.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use actix_files::NamedFile;
use actix_multipart::{Multipart, MultipartError};
use actix_web::http::header::{
    Charset, ContentDisposition, DispositionParam, DispositionType, ExtendedValue,
};
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::{FutureExt, TryStreamExt, stream};

use super::media_type::{self, SNIFFED};
use super::respond::{json_body, refused};
use crate::gojudge::refusal::Refusal;
use crate::gojudge::{GoJudge, answer, go_error};
use crate::http::Problem;
use crate::http::body::{Body, Budget};

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
    let Some(upload) = uploaded(&budget, &request, payload).await? else {
        return Ok(HttpResponse::BadRequest().finish());
    };
    let stored = web::block(move || gojudge.files().add(&upload.name, &upload.content)).await;
    Ok(match stored.unwrap_or_else(|lost| Err(io::Error::other(lost))) {
        Ok(id) => json_body(HttpResponse::Ok(), answer::text(&id)),
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
            refused(&Refusal::Bad(error.to_string()))
        }
        Err(error) => refused(&Refusal::Failed(go_error::text(&error))),
    })
}

/// The field `file` of a form.
#[derive(Debug)]
pub(crate) struct Upload {
    pub(crate) name: String,
    pub(crate) content: Vec<u8>,
    /// Has its part of the memory for large bodies.
    _body: Body,
}

/// Reads a form, as any other body is read; none where its field `file` is missing or has no name.
///
/// # Errors
/// As of other bodies.
pub(crate) async fn uploaded(
    budget: &Budget,
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<Option<Upload>, Problem> {
    let body = budget.read(request, payload).await?;
    let form = Multipart::new(request.headers(), stream::iter([Ok(body.bytes.clone())]));
    // go-judge does not tell what is wrong with a form either.
    // All of it is here: what is still waited for is a boundary that does not come.
    let file = file_of(form).now_or_never().and_then(Result::ok).flatten();
    Ok(file.map(|(name, content)| Upload { name, content, _body: body }))
}

/// Name and content of the field `file`, if it has a name.
async fn file_of(mut form: Multipart) -> Result<Option<(String, Vec<u8>)>, MultipartError> {
    while let Some(mut field) = form.try_next().await? {
        let is_file = field.name() == Some("file");
        let name = field.content_disposition().and_then(file_name).unwrap_or_default();
        let mut content = Vec::new();
        while let Some(chunk) = field.try_next().await? {
            if is_file {
                content.extend_from_slice(&chunk);
            }
        }
        if is_file {
            return Ok((!name.is_empty()).then_some((name, content)));
        }
    }
    Ok(None)
}

/// The last part of the name that a form gives, which may be written in either of two ways.
fn file_name(disposition: &ContentDisposition) -> Option<String> {
    let extended =
        || disposition.get_filename_ext().map(|name| String::from_utf8_lossy(&name.value).into_owned());
    let name = disposition.get_filename().map(str::to_owned).or_else(extended)?;
    name.trim_end_matches('/').rsplit('/').next().map(str::to_owned)
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

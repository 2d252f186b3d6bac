//! Files that a submission's program left.

use actix_web::body::BodyStream;
use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::StreamExt as _;

use super::described::Archive;
use super::problems::pieces;
use super::submissions::{loaded, parse_id};
use super::{Api, Problem, query};
use crate::access::Caller;
use crate::content::Content;
use crate::http::error::fails;
use crate::http::peer::Peer;
use crate::http::taken::Taken;
use crate::submissions::Standing;

/// Hands out a file that a program left.
#[utoipa::path(
    get,
    path = "/api/v1/submissions/{id}/files/{test}/{name}",
    operation_id = "getFile",
    tag = "submissions",
    params(
        ("id" = String, Path, description = "The submission's id."),
        ("test" = String, Path, description = "The `index` of the test."),
        ("name" = String, Path, description = "The file's name, one of `collect`.")
    ),
    responses(
        (status = 200, description = "As the program left it.", body = Archive, content_type = "application/octet-stream"),
        fails::InvalidField,
        fails::NotFound,
        fails::Unavailable
    )
)]
pub(super) async fn get(
    api: Data<Api>,
    caller: Caller,
    path: Path<(String, String, String)>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    query::expect_none(request.query_string())?;
    let (id, test, name) = path.into_inner();
    let (standing, held) = loaded(&api, &caller.sees(), parse_id(&id)?).await?;
    let content = find(standing, &test, &name).ok_or_else(|| {
        let [test, name] = [&test, &name].map(|word| word.escape_default());
        Problem::NotFound(format!("test `{test}` of this submission has no file `{name}`"))
    })?;
    drop(held);
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CONTENT_TYPE, "application/octet-stream"));
    // A student has written it: no page of ours runs what is in it.
    response.insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"));
    response.insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")));
    let body = BodyStream::new(pieces(&api, content).boxed_local());
    Ok(response.body(Taken::new(body, None, Peer::of(&request))))
}

/// A file by the place of its test and its name, which is one that was asked for.
fn find(standing: Standing, test: &str, name: &str) -> Option<Content> {
    let test: u32 = query::digits(test)?;
    let mut tests = standing.record.judgement?.tests.into_iter();
    let files = tests.find(|result| result.index == test)?.files;
    files.into_iter().find(|file| file.name == name && file.missing.is_none()).map(|file| file.content)
}

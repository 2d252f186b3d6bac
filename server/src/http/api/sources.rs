//! The source files of a submission, for people to look at.

use std::collections::BTreeMap;
use std::io::{self, Read as _};

use actix_web::http::header::ContentType;
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use utoipa::ToSchema;

use super::memory::{PATIENCE, too_many};
use super::submissions::{find, parse_id};
use super::{Api, Problem, query};
use crate::access::Caller;
use crate::account::Purpose;
use crate::blocking::elsewhere;
use crate::content::Content;
use crate::http::error::fails;
use crate::http::peer::Peer;
use crate::http::taken::{Pieces, Taken};
use crate::store::StoreError;

/// A text takes so much, in the worst case, while it is read, made JSON (each byte six) and sent.
const TIMES: u64 = 8;

/// What a submission was compiled from.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = Sources)]
pub(super) struct SourcesView {
    /// By name.
    files: BTreeMap<String, String>,
    /// Those that are not UTF-8.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(required = false)]
    files_base64: BTreeMap<String, String>,
}

/// Hands out the sources of a submission, as they were sent. They are kept as long as the judgement.
#[utoipa::path(
    get,
    path = "/api/v1/submissions/{id}/sources",
    operation_id = "getSources",
    tag = "submissions",
    params(("id" = String, Path, description = "Its id.")),
    responses(
        (status = 200, description = "All of them.", body = SourcesView),
        fails::InvalidField,
        fails::NotFound,
        fails::Unavailable
    )
)]
pub(super) async fn get(
    api: Data<Api>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    query::expect_none(request.query_string())?;
    let id = parse_id(&id)?;
    find(&api, &caller.sees(), id).await?;
    let sources = api.store.sources(id).await?;
    let sources = sources
        .ok_or_else(|| Problem::NotFound("the sources of this submission are not kept any more".into()))?;
    let size: u64 = sources.values().map(Content::size).sum();
    let memory = size.saturating_mul(TIMES).min(api.account.most(Purpose::Outputs));
    let held = api.account.take(Purpose::Outputs, memory, PATIENCE).await.map_err(too_many)?;
    let blobs = api.submissions.blobs().clone();
    let read = elsewhere(move || {
        let mut view = SourcesView::default();
        for (name, content) in sources {
            let mut bytes = Vec::new();
            blobs.reader(&content)?.take(content.size()).read_to_end(&mut bytes)?;
            match String::from_utf8(bytes) {
                Ok(text) => drop(view.files.insert(name, text)),
                Err(no_text) => drop(view.files_base64.insert(name, STANDARD.encode(no_text.as_bytes()))),
            }
        }
        // What is held is held to the end of this, also where nobody waits for it any more.
        Ok((serde_json::to_string(&view)?, held))
    });
    let (json, held) = read.await.and_then(|read: io::Result<_>| read).map_err(StoreError::from)?;
    let mut response = HttpResponse::Ok();
    response.content_type(ContentType::json());
    Ok(response.body(Taken::new(Pieces(Bytes::from(json)), Some(held), Peer::of(&request))))
}

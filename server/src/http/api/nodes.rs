//! The nodes of a cluster.

use actix_web::web::{Data, Json, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::{Api, Problem, query};
use crate::http::error::fails;
use crate::operations::NodeView;

/// Lists the nodes that have told of themselves within the last hour; none where the server's machine judges alone.
#[utoipa::path(
    get,
    path = "/api/v1/nodes",
    operation_id = "listNodes",
    tag = "operations",
    responses((status = 200, description = "All nodes, by name.", body = [NodeView]))
)]
pub(super) async fn list(api: Data<Api>) -> Json<Vec<NodeView>> {
    Json(api.operations.nodes())
}

/// Has a node begin nothing more: what it is at it finishes.
#[utoipa::path(
    post,
    path = "/api/v1/nodes/{name}/drain",
    operation_id = "drainNode",
    tag = "operations",
    params(("name" = String, Path, description = "The node's name.")),
    responses((status = 204, description = "It begins nothing more."), fails::InvalidField, fails::NotFound)
)]
pub(super) async fn drain(
    api: Data<Api>,
    name: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    query::expect_none(request.query_string())?;
    set(&api, &name, true)
}

/// Has a node begin tasks again.
#[utoipa::path(
    post,
    path = "/api/v1/nodes/{name}/undrain",
    operation_id = "undrainNode",
    tag = "operations",
    params(("name" = String, Path, description = "The node's name.")),
    responses((status = 204, description = "It takes tasks again."), fails::InvalidField, fails::NotFound)
)]
pub(super) async fn undrain(
    api: Data<Api>,
    name: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    query::expect_none(request.query_string())?;
    set(&api, &name, false)
}

fn set(api: &Api, name: &str, drained: bool) -> Result<HttpResponse, Problem> {
    if !api.operations.drain(name, drained) {
        return Err(Problem::NotFound(format!("there is no node `{}`", name.escape_default())));
    }
    tracing::info!(node = name, drained, "An operator had a node drained, or no longer");
    Ok(HttpResponse::NoContent().finish())
}

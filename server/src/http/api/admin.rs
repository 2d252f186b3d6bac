//! What operators do.

use actix_web::web::{Data, Json};

use super::{Api, Problem};
use crate::operations::Recycled;

/// Replaces every sandbox; none is taken away in the middle of a run.
#[utoipa::path(
    post,
    path = "/api/v1/admin/recycle",
    operation_id = "recycle",
    tag = "operations",
    responses((status = 200, description = "What it concerns.", body = Recycled))
)]
pub(super) async fn recycle(api: Data<Api>) -> Result<Json<Recycled>, Problem> {
    let recycled = api.operations.recycle();
    tracing::info!(sandboxes = recycled.sandboxes, "An operator had all sandboxes recycled");
    Ok(Json(recycled))
}

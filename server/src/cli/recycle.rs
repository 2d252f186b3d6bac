//! `gavel recycle`: has every sandbox replaced.

use reqwest::Method;

use super::client::{Client, ClientError};
use super::output::{print, print_json};
use crate::operations::Recycled;

/// Why it could not.
#[derive(Debug, thiserror::Error)]
pub(super) enum RecycleError {
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error("failed to write to standard output")]
    Output(#[from] std::io::Error),
}

/// Asks the server, and prints what it did.
pub(super) async fn recycle(client: &Client, json: bool) -> Result<(), RecycleError> {
    let Recycled { sandboxes } = client.get(Method::POST, "/api/v1/admin/recycle").await?;
    if json {
        return Ok(print_json(&serde_json::json!({"sandboxes": sandboxes}))?);
    }
    let told = format!("{sandboxes} sandboxes are being replaced; those at work follow when they are done");
    Ok(print(&told)?)
}

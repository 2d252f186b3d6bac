//! `gavel healthcheck`: for the health checks of containers.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;

use super::client::{Client, ClientError, reasons};
use crate::config::Config;
use crate::slots::{Answer, Verb};

/// Longest wait for the warden.
const PATIENCE: Duration = Duration::from_secs(8);

/// Why it is not healthy.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unhealthy {
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error("not ready: {0}")]
    NotReady(String),
    #[error("the warden cannot be reached")]
    Warden(#[from] std::io::Error),
    #[error("the warden did not answer within {PATIENCE:?}")]
    Slow,
    #[error("the warden failed: {0}")]
    Failed(String),
    #[error("the warden's answer makes no sense")]
    Nonsense(#[from] serde_json::Error),
}

/// Is the server able to judge, or at least alive?
pub(super) async fn server(client: &Client, alive: bool) -> Result<(), Unhealthy> {
    let path = if alive { "/healthz" } else { "/readyz" };
    let (status, body) = client.ask(Method::GET, path).await?;
    if status == StatusCode::OK {
        return Ok(());
    }
    Err(Unhealthy::NotReady(reasons(&body).unwrap_or_else(|| status.to_string())))
}

/// Does the warden answer, and Docker through it?
pub(super) async fn warden(config: &Config) -> Result<(), Unhealthy> {
    let asking = async {
        let mut stream = UnixStream::connect(&config.sandbox.warden_socket).await?;
        let mut request = serde_json::to_vec(&Verb::List {})?;
        request.push(b'\n');
        stream.write_all(&request).await?;
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).await?;
        match serde_json::from_str(&line)? {
            Answer::Failed(why) => Err(Unhealthy::Failed(why)),
            Answer::NoImage(image) => Err(Unhealthy::Failed(format!("there is no image {image}"))),
            Answer::Done | Answer::Created { .. } | Answer::Containers(_) | Answer::Images(_) => Ok(()),
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.map_err(|_elapsed| Unhealthy::Slow)?
}

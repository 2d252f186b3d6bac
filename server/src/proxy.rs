//! `gavel proxy`: translates between the two forms of the go-judge API. What comes by REST goes on by gRPC, as with
//! go-judge's own proxy, or the other way round. It runs nothing, and knows nothing of sandboxes.

use std::net::{SocketAddr, TcpListener};
use std::str::FromStr;
use std::sync::Arc;

use tonic::metadata::MetadataValue;
use tonic::metadata::errors::InvalidMetadataValue;

use crate::access::{Access, AccessError};
use crate::account::{self, Account};
use crate::config::Config;
use crate::descriptors;
use crate::grpc::GrpcError;
use crate::signals::Signals;

mod answering;
mod commands;
mod json;
mod rest;
mod rpc;
mod upstream;

/// The server that does the work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// Called by gRPC, at this address.
    Grpc(String),
    /// Called by REST, at this address.
    Rest(String),
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim_end_matches('/');
        match text.split_once("://") {
            Some(("grpc", host)) if !host.is_empty() => Ok(Self::Grpc(format!("http://{host}"))),
            Some(("http", host)) if !host.is_empty() => Ok(Self::Rest(text.to_owned())),
            _ => Err(format!("`{text}` is neither grpc://HOST:PORT nor http://HOST:PORT")),
        }
    }
}

/// Why a proxy does not serve.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProxyError {
    #[error(transparent)]
    Access(#[from] AccessError),
    #[error("failed to listen on {address}")]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error("failed to serve")]
    Serve(#[from] std::io::Error),
    #[error(transparent)]
    Grpc(#[from] GrpcError),
    #[error("the server's address makes no sense")]
    Address(#[from] tonic::transport::Error),
    #[error("`http.token` cannot be sent")]
    Token(#[from] InvalidMetadataValue),
    #[error("failed to describe messages")]
    Describe(#[from] prost_reflect::DescriptorError),
    #[error("failed to make a client")]
    Client(#[from] reqwest::Error),
}

/// Serves until it is told to stop. Who may call is decided as by the server: by the settings of `[http]`. The token
/// there is also that which is sent on.
///
/// # Errors
/// When it cannot start, or the listener breaks.
pub(crate) async fn serve(listen: SocketAddr, to: &Target, config: Config) -> Result<(), ProxyError> {
    let access = Arc::new(Access::new(&config)?);
    let mut signals = Signals::new()?;
    let stop = signals.next();
    let refused = |source| ProxyError::Listen { address: listen, source };
    let listener = TcpListener::bind(listen).map_err(refused)?;
    let address = listener.local_addr()?;
    let account = Account::new(account::size(config.http.memory));
    if let Err(error) = descriptors::raise() {
        tracing::warn!(%error, "the proxy has no more than {} descriptors", descriptors::limit());
    }
    match to {
        Target::Grpc(url) => {
            tracing::info!("Serving REST on http://{address} for gRPC at {url}");
            let token = config.http.token.as_deref().map(|token| format!("Bearer {token}"));
            let token = token.map(MetadataValue::try_from).transpose()?;
            rest::serve(listener, rest::Client::new(url, token, &account)?, access, account, &config, stop)
                .await
        }
        Target::Rest(url) => {
            tracing::info!("Serving gRPC on {address} for REST at {url}");
            let upstream = upstream::Upstream::new(url, config.http.token.clone())?;
            rpc::serve(listener, upstream, access, account, &config, stop).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_targets_scheme_decides_the_direction() {
        let target = |text: &str| text.parse::<Target>();
        assert_eq!(target("grpc://judge:5051/"), Ok(Target::Grpc("http://judge:5051".into())));
        assert_eq!(target("http://judge:5050"), Ok(Target::Rest("http://judge:5050".into())));
        for nonsense in ["judge:5050", "https://judge", "grpc://", "http:///"] {
            assert!(target(nonsense).unwrap_err().contains("grpc://HOST:PORT"), "{nonsense}");
        }
    }
}

//! `gavel proxy`: one form of the go-judge API in, the other out.

use std::net::SocketAddr;

use clap::Args;

use crate::config::Config;
use crate::proxy::{self, ProxyError, Target};

/// Which address serves for which server.
#[derive(Debug, Args)]
pub(super) struct Proxy {
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1:7755")]
    listen: SocketAddr,
    /// The server that does the work: grpc://HOST:PORT is called for what comes by REST, http://HOST:PORT for what
    /// comes by gRPC
    #[arg(long, default_value = "grpc://127.0.0.1:5051")]
    to: Target,
}

impl Proxy {
    /// Serves until it is told to stop.
    ///
    /// # Errors
    /// Why it does not serve.
    pub(super) async fn serve(&self, config: Config) -> Result<(), ProxyError> {
        proxy::serve(self.listen, &self.to, config).await
    }
}

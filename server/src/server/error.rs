//! Why a server ends.

use crate::grpc::GrpcError;
use crate::store::StoreError;

/// Why the server did not start, or stopped.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The listener or its threads.
    #[error("failed to serve")]
    Serve(#[from] std::io::Error),
    /// gRPC's.
    #[error(transparent)]
    Grpc(#[from] GrpcError),
    /// A listener ended though nobody had stopped it.
    #[error("the listener for {0} ended by itself")]
    Ended(&'static str),
}

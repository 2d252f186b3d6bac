//! Connections whose client asks for another protocol, which is only given to websockets.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{ConnectionType, StatusCode};
use actix_web::middleware::Next;

/// Answers in this protocol, and says that the connection ends with that. The HTTP server ends it in any case, and would not say
/// so: a client that offers HTTP/2 with each request, as Java's does, would send its next one into the end.
pub(crate) async fn told<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let asks_for_another = request.request().head().connection_type() == ConnectionType::Upgrade;
    let mut response = next.call(request).await?;
    if asks_for_another && response.status() != StatusCode::SWITCHING_PROTOCOLS {
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    Ok(response)
}

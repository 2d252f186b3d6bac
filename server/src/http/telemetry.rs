//! The address for those who watch the service, as go-judge has one: metrics and figures of the process. Off unless
//! switched on; without a token, since nothing of users is told there.

use std::net::TcpListener;
use std::sync::Arc;

use actix_web::dev::Server;
use actix_web::web::{Data, Json};
use actix_web::{App, HttpServer, web};

use super::{Api, HEAD_TIMEOUT, error, get, health, resource};
use crate::figures::Figures;

/// Connections; each scraper needs one.
const CONNECTIONS: usize = 64;

/// Starts serving what `[telemetry]` switches on.
///
/// # Errors
/// When the thread cannot be started.
pub(crate) fn serve(api: Arc<Api>, listener: TcpListener) -> std::io::Result<Server> {
    let server = HttpServer::new(move || {
        let config = api.config.telemetry.clone();
        api.runtimes.note("telemetry");
        App::new()
            .app_data(Data::from(Arc::clone(&api)))
            .configure(|app| {
                if config.metrics {
                    app.service(resource("/metrics", "GET, HEAD").route(get().to(health::metrics)));
                }
                if config.debug {
                    app.service(resource("/debug", "GET, HEAD").route(get().to(figures)));
                }
            })
            .default_service(web::to(error::not_found))
    });
    let server = server
        .workers(1)
        .max_connections(CONNECTIONS)
        .client_request_timeout(HEAD_TIMEOUT)
        .shutdown_timeout(1)
        .disable_signals()
        .listen(listener)?;
    Ok(server.run())
}

/// `GET /debug`
async fn figures(api: Data<Api>) -> Json<Figures> {
    Json(api.runtimes.figures())
}

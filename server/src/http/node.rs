//! What a node serves: whether it lives, whether it is ready, and how it does. Nothing of users is told, so there is no
//! token.

use std::net::TcpListener;
use std::sync::Arc;

use actix_web::dev::Server;
use actix_web::web::{Data, Json};
use actix_web::{App, HttpResponse, HttpServer, web};
use metrics_exporter_prometheus::PrometheusHandle;
use serde::Serialize;

use super::{HEAD_TIMEOUT, error, get, health, resource};
use crate::cluster::Node;
use crate::judge::Executor;
use crate::operations::Operations;
use crate::readiness::not_up;
use crate::telemetry;

/// Connections; each of those who look needs one.
const CONNECTIONS: usize = 64;

/// A node, and what else is told of it.
#[derive(Debug)]
pub(crate) struct Watched<E> {
    pub(crate) node: Node<E>,
    pub(crate) operations: Arc<dyn Operations>,
    pub(crate) metrics: PrometheusHandle,
}

/// Whether it takes tasks.
#[derive(Debug, Serialize)]
struct Ready {
    ready: bool,
    reasons: Vec<String>,
}

/// Starts serving.
///
/// # Errors
/// When the thread cannot be started.
pub(crate) fn serve<E: Executor>(watched: Watched<E>, listener: TcpListener) -> std::io::Result<Server> {
    let watched = Data::new(watched);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(watched.clone())
            .service(resource("/healthz", "GET, HEAD").route(get().to(health::alive)))
            .service(resource("/readyz", "GET, HEAD").route(get().to(ready::<E>)))
            .service(resource("/metrics", "GET, HEAD").route(get().to(metrics::<E>)))
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

async fn ready<E: Executor>(watched: Data<Watched<E>>) -> HttpResponse {
    let mut reasons = Vec::new();
    if !watched.node.is_connected() {
        reasons.push("the broker cannot be reached".to_owned());
    }
    if watched.node.is_draining() {
        reasons.push("the node is draining".to_owned());
    }
    let pool = watched.operations.status();
    let installed = || pool.profiles.iter().filter(|profile| !profile.lacks_image());
    if installed().all(|profile| not_up(profile).is_some()) {
        reasons.extend(pool.profiles.iter().filter_map(not_up));
    }
    let ready = reasons.is_empty();
    let mut response = if ready { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    response.json(Json(Ready { ready, reasons }).into_inner())
}

async fn metrics<E: Executor>(watched: Data<Watched<E>>) -> HttpResponse {
    telemetry::pool(&watched.operations.status());
    metrics::gauge!("gavel_node_busy").set(f64::from(u32::try_from(watched.node.busy()).unwrap_or(u32::MAX)));
    watched.metrics.run_upkeep();
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(watched.metrics.render())
}

//! HTTP: what all APIs share, and a folder for each of them.

use std::future::ready;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_http::HttpService;
use actix_server::Server;
use actix_service::{ServiceFactoryExt as _, map_config};
use actix_web::dev::{AppConfig, fn_service};
use actix_web::middleware::from_fn;
use actix_web::rt::net::TcpStream;
use actix_web::{App, HttpRequest, HttpResponse, Resource, Route, guard, web};

mod access_log;
mod api;
mod approach;
mod auth;
mod body;
mod encoding;
pub(crate) mod ending;
mod error;
mod etag;
mod followers;
#[cfg(any(test, feature = "fuzz"))]
pub(crate) mod fuzz;
mod gate;
mod gojudge;
mod health;
mod inflow;
pub(crate) mod node;
mod openapi;
mod panics;
mod peer;
mod prefix;
mod protective;
mod refused;
mod request_id;
mod rest;
mod scopes;
mod sender;
mod session;
mod socket;
mod taken;
pub(crate) mod telemetry;
mod ui;
mod uploads;

pub(crate) use approach::approach;
pub(crate) use body::{Arriving, Body, Budget, announced};
pub use error::{FieldError, Problem};
pub use followers::Followers;
use gate::Gated;
pub(crate) use gojudge::json::all_values;
pub(crate) use gojudge::{Form, FormError};
pub(crate) use peer::Peer;
pub(crate) use sender::sender;
pub(crate) use taken::{Pieces, Taken};

use crate::access::Access;
use crate::account::Account;
use crate::config::Config;
use crate::connections::{self, Connections};
use crate::figures::Runtimes;
use crate::gojudge::GoJudge;
use crate::language::Languages;
use crate::live::LiveOutputs;
use crate::operations::Operations;
use crate::problems::Problems;
use crate::queue::Queue;
use crate::readiness::Readiness;
use crate::rejudges::Rejudges;
use crate::sessions::Sessions;
use crate::store::Store;
use crate::submissions::Submissions;
use crate::throttle::Throttle;
use crate::user_data::UserData;

/// Time that a client has for the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);
/// An idle connection stays open for longer than the proxies and clients in front keep theirs (60 s is usual), so that
/// none of them sends a request into a connection that is just being closed.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// A client whose head is refused has so long to send the rest of it.
const LAST_BYTES: Duration = Duration::from_secs(1);
/// Connections of each worker.
const CONNECTIONS: usize = 10_000;
/// Seconds that answers have to get to their clients when the server stops.
pub(crate) const PARTING: u64 = 5;

/// What the handlers share.
#[derive(Debug)]
pub struct Api {
    /// The settings.
    pub config: Arc<Config>,
    /// What can be compiled.
    pub languages: Arc<Languages>,
    /// Submissions, as every API sees them.
    pub submissions: Submissions,
    /// Orders to judge submissions again.
    pub rejudges: Rejudges,
    /// What there is of users.
    pub user_data: UserData,
    /// What submissions may be judged by.
    pub problems: Problems,
    /// Where submissions go.
    pub queue: Queue,
    /// Where judgements come from.
    pub store: Store,
    /// Who must slow down.
    pub throttle: Arc<Throttle>,
    /// What operators may do to the pool.
    pub operations: Arc<dyn Operations>,
    /// Is the service able to serve?
    pub readiness: Arc<Readiness>,
    /// Who may call.
    pub access: Arc<Access>,
    /// Runs commands for go-judge's clients, where that is enabled.
    pub gojudge: Option<GoJudge>,
    /// What is held in memory on somebody's behalf.
    pub account: Account,
    /// Who follows all submissions that they see.
    pub followers: Followers,
    /// Who follows one.
    pub followers_of_one: Followers,
    /// What the programs write that run here.
    pub live: LiveOutputs,
    /// Connections of clients.
    pub connections: Connections,
    /// Renders the metrics.
    pub metrics: metrics_exporter_prometheus::PrometheusHandle,
    /// Where tasks run.
    pub runtimes: Runtimes,
}

/// Starts serving; ends when the returned server is stopped.
///
/// # Errors
/// When the threads cannot be started.
pub fn serve(api: Arc<Api>, listener: TcpListener) -> std::io::Result<Server> {
    let budget = web::Data::new(body::Budget::new(api.account.clone(), api.config.http.max_body.get()));
    let sockets = socket::Sockets::new(budget.clone().into_inner(), api.config.gojudge.websockets);
    let sockets = web::Data::new(sockets);
    let uploads = web::Data::new(uploads::Uploads::new());
    let sessions = web::Data::new(Sessions::new(api.config.http.session));
    let page = web::Data::new(ui::Files::new());
    let description = web::Data::new(openapi::Description::new(&api.config, &api.languages));
    let connections = api.connections.clone();
    let address = listener.local_addr()?;
    let builder = Server::build()
        .workers(2)
        .max_concurrent_connections(CONNECTIONS)
        .shutdown_timeout(PARTING)
        .disable_signals();
    let stops = builder.graceful_shutdown_signal();
    let server = builder.listen("http", listener, move || {
        let gojudge = api.gojudge.clone();
        api.runtimes.note("http");
        let app = App::new()
            .app_data(web::Data::from(Arc::clone(&api)))
            .app_data(budget.clone())
            .app_data(sockets.clone())
            .app_data(web::Data::new(api.config.http.access_log))
            .app_data(uploads.clone())
            .app_data(description.clone())
            .app_data(page.clone())
            .app_data(sessions.clone())
            .wrap(from_fn(panics::told))
            .wrap(from_fn(protective::add))
            .wrap(from_fn(session::as_token))
            .wrap(from_fn(access_log::note))
            .wrap(from_fn(request_id::attach))
            .wrap(from_fn(ending::told))
            .wrap(from_fn(gate::one_by_one))
            .configure(routes)
            .configure(|app| {
                if let Some(gojudge) = gojudge {
                    app.app_data(web::Data::new(gojudge)).configure(gojudge::routes);
                }
            })
            .default_service(web::to(ui::elsewhere));
        let (stops, connections) = (stops.clone(), connections.clone());
        let service = HttpService::build()
            .graceful_shutdown_signal(move || {
                let stops = stops.clone();
                async move { stops.notified().await }
            })
            .local_addr(address)
            .on_connect_ext(move |connection: &Gated, data| {
                Peer::note(connection.connection(), data, &connections, connections::HTTP);
                data.insert(connection.gate());
            })
            .client_request_timeout(HEAD_TIMEOUT)
            .client_disconnect_timeout(rest::LONGEST)
            // A client that goes away ends its handler: its command is killed and its sandbox serves others.
            .h1_allow_half_closed(false)
            .keep_alive(KEEP_ALIVE)
            .h1(map_config(app, |()| AppConfig::default()));
        fn_service(|connection: TcpStream| {
            let peer = connection.peer_addr().ok();
            ready(Ok((Gated::new(connection), peer)))
        })
        .and_then(service)
    })?;
    Ok(server.run())
}

/// The routes that belong to no API, the native API, and the web page. go-judge's are added where it is enabled.
fn routes(app: &mut web::ServiceConfig) {
    app.service(resource("/healthz", "GET, HEAD").route(get().to(health::alive)))
        .service(resource("/readyz", "GET, HEAD").route(get().to(health::ready)))
        .service(resource("/version", "GET, HEAD").route(get().to(health::version)))
        .service(
            resource("/metrics", "GET, HEAD").route(get().to(health::metrics)).wrap(from_fn(auth::metrics)),
        )
        .service(resource("/openapi.json", "GET, HEAD").route(get().to(openapi::description)))
        .service(resource("/docs", "GET, HEAD").route(get().to(openapi::page)))
        .service(resource("/docs/style.css", "GET, HEAD").route(get().to(openapi::style)))
        .configure(session::routes)
        .service(api::routes())
        .configure(ui::routes);
}

/// Where GET is answered, so is HEAD: without the body, which is left out on the wire.
fn get() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

/// A resource that answers other methods with 405 in our own form.
fn resource(path: &str, allow: &'static str) -> Resource {
    web::resource(path).default_service(web::to(move |request: HttpRequest| {
        let method = request.method().to_string();
        async move { Err::<HttpResponse, _>(Problem::MethodNotAllowed { method, allow }) }
    }))
}

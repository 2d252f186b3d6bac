//! The native API, `/api/v1`: its routes on one page; one file per resource.

use actix_web::dev::HttpServiceFactory;
use actix_web::middleware::from_fn;
use actix_web::web;

mod admin;
mod described;
mod description;
mod digest;
mod elsewhere;
mod errors;
mod events;
mod files;
#[cfg(any(test, feature = "fuzz"))]
pub(crate) mod fuzz;
mod judgements;
mod languages;
mod memory;
mod nodes;
mod object;
mod problems;
mod query;
mod reading;
mod receive;
mod rejudges;
mod sieve;
mod sources;
mod sse;
mod stream;
mod submissions;
mod tokens;
mod users;
mod view;
mod wire;
mod wire_checker;
mod wire_limits;

pub(super) use description::{Native, describe};

use super::{Api, Problem, auth, error, get, resource};

/// Every route of it.
pub(super) fn routes() -> impl HttpServiceFactory {
    web::scope("/api/v1")
        .wrap(from_fn(query::path_is_text))
        .wrap(from_fn(auth::caller))
        .service(
            resource("/submissions", "GET, HEAD, POST")
                .route(get().to(submissions::list))
                .route(web::post().to(submissions::create)),
        )
        .service(
            resource("/submissions/{id}", "DELETE, GET, HEAD")
                .route(get().to(submissions::get))
                .route(web::delete().to(submissions::cancel)),
        )
        .service(resource("/submissions/{id}/files/{test}/{name}", "GET, HEAD").route(get().to(files::get)))
        .service(resource("/submissions/{id}/judgements", "GET, HEAD").route(get().to(judgements::list)))
        .service(
            resource("/submissions/{id}/judgements/{number}", "GET, HEAD").route(get().to(judgements::get)),
        )
        .service(resource("/submissions/{id}/rejudge", "POST").route(web::post().to(rejudges::one)))
        .service(
            resource("/rejudges", "GET, HEAD, POST")
                .route(get().to(rejudges::list))
                .route(web::post().to(rejudges::create)),
        )
        .service(
            resource("/rejudges/{id}", "DELETE, GET, HEAD")
                .route(get().to(rejudges::get))
                .route(web::delete().to(rejudges::cancel)),
        )
        .service(resource("/rejudges/{id}/submissions", "GET, HEAD").route(get().to(rejudges::outcomes)))
        .service(resource("/submissions/{id}/events", "GET").route(web::get().to(events::follow)))
        .service(resource("/events", "GET").route(web::get().to(stream::follow)))
        .service(resource("/submissions/{id}/sources", "GET, HEAD").route(get().to(sources::get)))
        .service(resource("/languages", "GET, HEAD").route(get().to(languages::list)))
        .service(resource("/problems", "GET, HEAD").route(get().to(problems::list)))
        .service(
            resource("/problems/{id}", "DELETE, GET, HEAD, PUT")
                .route(get().to(problems::get))
                .route(web::put().to(problems::push))
                .route(web::delete().to(problems::remove)),
        )
        .service(resource("/problems/{id}/versions", "GET, HEAD").route(get().to(problems::versions)))
        .service(resource("/problems/{id}/samples", "GET, HEAD").route(get().to(problems::samples)))
        .service(resource("/problems/{id}/statement", "GET, HEAD").route(get().to(problems::statement)))
        .service(
            resource("/problems/{id}/attachments/{name:.+}", "GET, HEAD")
                .route(get().to(problems::attachment)),
        )
        .service(
            resource("/users/{user}/throttle", "DELETE, GET, HEAD")
                .route(get().to(users::throttle))
                .route(web::delete().to(users::clear_throttle)),
        )
        .service(resource("/users/{user}/data", "DELETE").route(web::delete().to(users::erase)))
        .service(
            resource("/tokens", "GET, HEAD, POST")
                .route(get().to(tokens::list))
                .route(web::post().to(tokens::create)),
        )
        .service(
            resource("/tokens/{token}", "DELETE, GET, HEAD, PATCH")
                .route(get().to(tokens::get))
                .route(web::patch().to(tokens::change))
                .route(web::delete().to(tokens::revoke)),
        )
        .service(resource("/tokens/{token}/rotate", "POST").route(web::post().to(tokens::rotate)))
        .service(resource("/admin/recycle", "POST").route(web::post().to(admin::recycle)))
        .service(resource("/admin/drain", "POST").route(web::post().to(admin::drain)))
        .service(resource("/admin/undrain", "POST").route(web::post().to(admin::undrain)))
        .service(resource("/admin/findings", "GET, HEAD").route(get().to(admin::findings)))
        .service(resource("/admin/figures", "GET, HEAD").route(get().to(admin::figures)))
        .service(resource("/admin/sandboxes", "GET, HEAD").route(get().to(admin::sandboxes)))
        .service(resource("/admin/throttled", "GET, HEAD").route(get().to(admin::throttled)))
        .service(resource("/nodes", "GET, HEAD").route(get().to(nodes::list)))
        .service(resource("/nodes/{name}/drain", "POST").route(web::post().to(nodes::drain)))
        .service(resource("/nodes/{name}/undrain", "POST").route(web::post().to(nodes::undrain)))
        .default_service(web::to(error::not_found))
}

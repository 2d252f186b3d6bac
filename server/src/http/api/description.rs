//! The native API in the description of all: which operations there are, and the bounds that settings give them.

use serde_json::{Value, json};
use utoipa::OpenApi;

use super::wire::{self, Rules};
use super::wire_checker::{NewChecker, NewFlags};
use super::{
    admin, events, files, judgements, languages, nodes, problems, rejudges, sources, stream, submissions,
    tokens, users,
};
use crate::config::Config;
use crate::language::Languages;

/// Its operations. What each of them takes and answers is written beside its handler.
#[derive(OpenApi)]
#[openapi(
    components(schemas(NewChecker, NewFlags)),
    paths(
        submissions::list,
        submissions::create,
        submissions::get,
        submissions::cancel,
        events::follow,
        stream::follow,
        files::get,
        judgements::list,
        judgements::get,
        rejudges::one,
        rejudges::create,
        rejudges::list,
        rejudges::get,
        rejudges::cancel,
        rejudges::outcomes,
        problems::list,
        problems::get,
        problems::push,
        problems::remove,
        problems::versions,
        problems::samples,
        problems::statement,
        problems::attachment,
        languages::list,
        users::throttle,
        users::clear_throttle,
        users::erase,
        admin::recycle,
        admin::drain,
        admin::undrain,
        admin::findings,
        admin::figures,
        admin::sandboxes,
        admin::throttled,
        sources::get,
        tokens::list,
        tokens::create,
        tokens::get,
        tokens::change,
        tokens::revoke,
        tokens::rotate,
        nodes::list,
        nodes::drain,
        nodes::undrain,
    )
)]
pub(in crate::http) struct Native;

/// Tells what this server allows.
pub(in crate::http) fn describe(document: &mut Value, config: &Config, languages: &Languages) {
    let rules = Rules { limits: &config.limits, sandbox: &config.sandbox, languages };
    wire::described::describe(&mut document["components"]["schemas"], rules);
    let paths = &mut document["paths"];
    let wait = json!({"type": "integer", "minimum": 0, "maximum": config.http.max_wait.as_secs()});
    set_parameter(paths, "/api/v1/submissions/{id}", "wait", wait);
    for path in ["/api/v1/submissions", "/api/v1/events"] {
        set_parameter(paths, path, "reference", wire::described::references());
    }
}

/// Of a GET.
fn set_parameter(paths: &mut Value, path: &str, name: &str, schema: Value) {
    let parameters = paths[path]["get"]["parameters"].as_array_mut();
    if let Some(parameter) = parameters.into_iter().flatten().find(|parameter| parameter["name"] == name) {
        parameter["schema"] = schema;
    }
}

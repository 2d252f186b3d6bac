//! What can be compiled and run.

use actix_web::web::{Data, Json};
use serde::Serialize;

use super::Api;

/// A language, as clients see it.
#[derive(Debug, Serialize)]
pub(super) struct LanguageView {
    id: String,
    name: String,
    /// Name that a single `source` gets.
    source_file: String,
    /// The compiler's argv, so that students can compile alike.
    compile: Vec<String>,
}

/// `GET /languages`
pub(super) async fn list(api: Data<Api>) -> Json<Vec<LanguageView>> {
    let view = |language: &crate::language::Language| LanguageView {
        id: language.id.clone(),
        name: language.name.clone(),
        source_file: language.source.clone(),
        compile: language.compile.clone(),
    };
    Json(api.languages.iter().map(view).collect())
}

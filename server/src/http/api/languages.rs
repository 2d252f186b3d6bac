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
    /// Submissions in it are judged.
    available: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// `GET /languages`
pub(super) async fn list(api: Data<Api>) -> Json<Vec<LanguageView>> {
    let pool = api.operations.status();
    let view = |language: &crate::language::Language| {
        let reason = api.readiness.refusal(&language.id, &pool);
        LanguageView {
            id: language.id.clone(),
            name: language.name.clone(),
            source_file: language.source.clone(),
            compile: language.compile.as_written().to_vec(),
            available: reason.is_none(),
            reason,
        }
    };
    Json(api.languages.iter().map(view).collect())
}

//! What can be compiled and run.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Api, Problem};
use crate::http::encoding;
use crate::language::{Allowance, Language};
use crate::readiness::Standing;

/// A language, as clients see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Language)]
pub(super) struct LanguageView {
    id: String,
    name: String,
    /// What its compiler says of itself; null before it was asked.
    version: Option<String>,
    /// Name that a single `source` gets.
    source_file: String,
    /// Extensions of sources, without the point; none where sources have no extension.
    extensions: Vec<String>,
    /// The compiler's argv, so that students can compile alike.
    compile: Vec<String>,
    /// The program's argv.
    run: Vec<String>,
    /// Its programs see the arguments of a test.
    arguments: bool,
    #[serde(flatten)]
    allowance: AllowanceView,
    state: State,
    /// Submissions in it are judged.
    available: bool,
    /// Why it is not as it should be.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<String>,
    /// The command that installs it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    install: Option<String>,
}

/// What its runs are allowed on top of their limits.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Allowance)]
struct AllowanceView {
    time_factor: f64,
    time_extra_ms: f64,
    memory_extra_bytes: u64,
    processes_extra: u32,
}

/// What is to be expected of submissions in a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = LanguageState)]
enum State {
    Installed,
    NotInstalled,
    Failing,
}

/// Lists the languages of the server.
#[utoipa::path(
    get,
    path = "/api/v1/languages",
    operation_id = "listLanguages",
    tag = "languages",
    responses((status = 200, description = "All languages that the server knows.", body = [LanguageView]))
)]
pub(super) async fn list(api: Data<Api>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let pool = api.operations.status();
    let view = |language: &Language| {
        let known = api.readiness.standing(&language.id, &pool);
        let (standing, version) = known.unwrap_or((Standing::Installed, None));
        LanguageView::new(language, standing, version)
    };
    let all: Vec<_> = api.languages.iter().map(view).collect();
    encoding::json(&request, &all)
}

impl LanguageView {
    fn new(language: &Language, standing: Standing, version: Option<String>) -> Self {
        let is_refused =
            matches!(standing, Standing::NotInstalled { .. } | Standing::Failing { is_refused: true, .. });
        let (state, reason, install) = match standing {
            Standing::Installed => (State::Installed, None, None),
            Standing::NotInstalled { install } => {
                (State::NotInstalled, Some(format!("not installed: `{install}` installs it")), Some(install))
            }
            Standing::Failing { why, .. } => (State::Failing, Some(why), None),
        };
        Self {
            id: language.id.clone(),
            name: language.name.clone(),
            version,
            source_file: language.source.clone(),
            extensions: language.source_extensions().map(str::to_owned).collect(),
            compile: language.compile.as_written().to_vec(),
            run: language.run.as_written().to_vec(),
            arguments: language.arguments,
            allowance: language.allowance.into(),
            state,
            available: !is_refused,
            reason,
            install,
        }
    }
}

impl From<Allowance> for AllowanceView {
    fn from(allowance: Allowance) -> Self {
        let Allowance { time_factor, time_extra, memory_extra, processes } = allowance;
        Self {
            time_factor,
            time_extra_ms: time_extra.as_secs_f64() * 1000.0,
            memory_extra_bytes: memory_extra.get(),
            processes_extra: processes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::test_support::cpp;

    #[test]
    fn a_language_is_told_with_its_state() {
        let (language, _) = cpp();
        let view = |standing, version| {
            serde_json::to_value(LanguageView::new(&language, standing, version)).unwrap()
        };
        let expected = serde_json::json!({
            "id": "cpp17", "name": "C++17", "version": "g++ 14", "source_file": "main.cpp", "extensions": ["cpp", "cc"],
            "compile": ["g++", "-o", "main", "{source}"], "run": ["{artefact}"], "arguments": true, "time_factor": 1.0, "time_extra_ms": 0.0,
            "memory_extra_bytes": 0, "processes_extra": 0, "state": "installed", "available": true,
        });
        assert_eq!(view(Standing::Installed, Some("g++ 14".into())), expected);
        let missing = view(Standing::NotInstalled { install: "make toolchain gcc".into() }, None);
        assert_eq!((&missing["state"], &missing["available"]), (&"not-installed".into(), &false.into()));
        assert_eq!(missing["install"], "make toolchain gcc");
        for is_refused in [false, true] {
            let failing = view(Standing::Failing { why: "down".into(), is_refused }, None);
            assert_eq!((&failing["state"], &failing["reason"]), (&"failing".into(), &"down".into()));
            assert_eq!(failing["available"], !is_refused);
        }
    }
}

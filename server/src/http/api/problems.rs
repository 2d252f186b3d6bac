//! Problems: push, show, list, remove.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, Write};
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::BodyStream;
use actix_web::http::header::{self, ContentType};
use actix_web::web::{Bytes, Data, Json, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, SecondsFormat, Utc};
use futures_util::{StreamExt, stream};
use gavel_problem::flags::Flags;
use gavel_problem::metadata::{Format, Kind};
use gavel_problem::statement::Markup;
use serde::Serialize;
use utoipa::ToSchema;

use super::described::{Archive, ShowName};
use super::memory::{PATIENCE, too_many};
use super::query::{self, FilesQuery, PagesQuery, PushQuery};
use super::wire::{AskedProblem, check_problem_id};
use super::{Api, Problem};
use crate::access::Caller;
use crate::account::Purpose;
use crate::blocking::{elsewhere, on_disk};
use crate::content::Content;
use crate::http::error::fails;
use crate::http::peer::Peer;
use crate::http::taken::Taken;
use crate::http::uploads::Uploads;
use crate::http::{Arriving, Budget, FieldError, sender};
use crate::problem::{self, Show};
use crate::problems::{NotOffered, PushError, Pushed, check, cut, run_limits, strangers, unjudged};
use crate::store::{ListedProblem, Push, StoreError};
use crate::submission::Submission;
use crate::tokens::Sees;

/// A problem, as clients see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProblemPackage)]
pub(super) struct ProblemView {
    id: String,
    /// Hash of its content.
    version: String,
    #[schema(format = DateTime)]
    pushed_at: String,
    /// What is told of secret tests.
    #[schema(value_type = ShowName)]
    show: Show,
    /// It is there for those alone who keep problems.
    private: bool,
    /// Which format of packages it is of.
    format: &'static str,
    /// Its names, by language.
    names: BTreeMap<String, String>,
    r#type: TypeView,
    limits: LimitsView,
    cases: CasesView,
    /// Its own validators of outputs.
    validators: Vec<String>,
    statements: Vec<StatementView>,
    attachments: Vec<String>,
    /// How many programs of its authors come with it.
    submissions: usize,
    /// Why submissions cannot be judged by it, if that is so.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    unjudged: Option<String>,
    /// What of the package is not understood. It names secret tests and programs of its authors, and is told to who keeps problems.
    notes: Vec<String>,
}

/// What kind of problem it is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProblemType)]
struct TypeView {
    scoring: bool,
    interactive: bool,
    multi_pass: bool,
    submit_answer: bool,
}

/// What runs are held to, before a language's allowance.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProblemLimits)]
struct LimitsView {
    cpu_ms: u64,
    memory_bytes: u64,
    output_bytes: u64,
}

/// How many tests there are.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Cases)]
struct CasesView {
    sample: usize,
    secret: usize,
}

/// A statement.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Statement)]
struct StatementView {
    language: String,
    format: &'static str,
}

/// A version, as it is listed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Version)]
pub(super) struct VersionView {
    /// The problem's.
    id: String,
    /// Hash of its content.
    version: String,
    #[schema(format = DateTime)]
    pushed_at: String,
    /// The problem's names by language.
    names: BTreeMap<String, String>,
    /// It is there for those alone who keep problems.
    private: bool,
    /// The named token that it was pushed with.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    token: Option<String>,
}

/// A page of problems.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problems)]
pub(super) struct ProblemsView {
    problems: Vec<VersionView>,
    /// `cursor` of the next page; null on the last.
    next_cursor: Option<String>,
}

/// The versions of a problem, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Versions)]
pub(super) struct VersionsView {
    versions: Vec<VersionView>,
}

/// A sample test.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Sample)]
struct SampleView {
    name: String,
    input: String,
    /// Where `input` is only the beginning: the bytes that there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    input_bytes: Option<u64>,
    answer: Option<String>,
    /// As of the input.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    answer_bytes: Option<u64>,
    /// How outputs are compared with the answer, as `checker` of a submission says it. Not there where the problem's own validator does that.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    checker: Option<CheckerView>,
}

/// The format's default validator.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SampleChecker)]
struct CheckerView {
    /// It compares as with these flags.
    icpc: FlagsView,
}

/// Its flags.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SampleFlags)]
struct FlagsView {
    /// Upper and lower case are not the same.
    case_sensitive: bool,
    /// White space counts.
    space_change_sensitive: bool,
    /// So far from the expected number a number may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    float_absolute_tolerance: Option<f64>,
    /// The same, as a part of the expected number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    float_relative_tolerance: Option<f64>,
}

impl From<Flags> for CheckerView {
    fn from(flags: Flags) -> Self {
        let Flags {
            case_sensitive,
            space_change_sensitive,
            float_absolute_tolerance,
            float_relative_tolerance,
        } = flags;
        let icpc = FlagsView {
            case_sensitive,
            space_change_sensitive,
            float_absolute_tolerance,
            float_relative_tolerance,
        };
        Self { icpc }
    }
}

/// The samples of a problem, cut where they are long.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Samples)]
struct SamplesView {
    samples: Vec<SampleView>,
    /// Where these are only the first: the samples that there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    total: Option<usize>,
}

/// Most bytes of a sample's input, or answer, that are told; all samples together take no more than a few times that.
const SAMPLE: u64 = 64 * 1024;
/// Most samples that are told.
const SAMPLES: usize = 50;

/// Pushes a version of a problem: a zip or tar archive, whatever it is said to be.
#[utoipa::path(
    put,
    path = "/api/v1/problems/{id}",
    operation_id = "pushProblem",
    tag = "problems",
    params(("id" = String, Path, description = "Its id."), PushQuery),
    request_body(
        description = "The package.",
        content((Archive = "application/zip"), (Archive = "application/x-tar"), (Archive = "application/octet-stream"))
    ),
    responses(
        (status = 200, description = "The version was there.", body = ProblemView),
        (status = 201, description = "It is a new version.", body = ProblemView),
        fails::InvalidField,
        fails::Conflict,
        fails::Unavailable
    )
)]
pub(super) async fn push(
    api: Data<Api>,
    caller: Caller,
    budget: Data<Budget>,
    uploads: Data<Uploads>,
    id: Path<String>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    if api.submissions.is_closing() {
        return Err(crate::queue::Refusal::Stopping.into());
    }
    let PushQuery { show, private } = PushQuery::parse(request.query_string())?;
    check_problem_id(&id).map_err(|why| Problem::field("id", why))?;
    check_room(&api).await?;
    let mut body = budget.arriving_up_to(&request, payload, api.config.problems.max_package.get())?;
    body.take(uploads.place(sender(&request)).await?);
    body.begin();
    let archive = received(&api, &mut body).await?;
    let token = caller.name();
    let private = private.or_else(|| is_of_a_verification(&id).then_some(true));
    let push = Push { token: token.as_deref(), private };
    let Pushed { problem, is_new } = api.problems.push(&id, archive, show, push).await?;
    tracing::info!(version = %problem.version, "Problem {} has a version that was pushed", problem.id);
    let mut response = if is_new { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(response.json(ProblemView::new(&problem, &api, &caller)))
}

/// An id as `gavel problem verify` makes one: before it could say that such a problem is private, the name was all that told it.
fn is_of_a_verification(id: &str) -> bool {
    let unique = id.strip_prefix("verify-");
    unique.is_some_and(|unique| unique.len() == 32 && unique.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// After so many bytes it is asked again whether there is room for more.
const CHECK_EVERY: usize = 1024 * 1024;

/// Is there room for another package?
async fn check_room(api: &Api) -> Result<(), Problem> {
    api.store.check_room()?;
    let (size, most) = (api.store.size_of_problems().await?, api.config.problems.max_size.get());
    if size <= most {
        return Ok(());
    }
    let detail =
        format!("problems take {size} bytes here; more than {most} are not taken (`problems.max_size`)");
    Err(Problem::Unavailable { detail, retry_after: Duration::from_secs(60) })
}

/// The body, in a file without a name.
async fn received(api: &Api, body: &mut Arriving) -> Result<File, Problem> {
    let blobs = api.submissions.blobs().clone();
    let mut file = on_disk(move || blobs.incoming_file()).await.map_err(StoreError::from)?;
    let mut unchecked = 0;
    while let Some(part) = body.next().await? {
        unchecked += part.len();
        if unchecked > CHECK_EVERY {
            api.store.check_room()?;
            unchecked = 0;
        }
        let written = on_disk(move || file.write_all(&part).map(|()| file)).await;
        file = written.map_err(StoreError::from)?;
    }
    file.rewind().map_err(StoreError::from)?;
    Ok(file)
}

/// Lists problems with their newest versions.
#[utoipa::path(
    get,
    path = "/api/v1/problems",
    operation_id = "listProblems",
    tag = "problems",
    params(PagesQuery),
    responses(
        (status = 200, description = "A page of them.", body = ProblemsView),
        fails::InvalidField,
        fails::Unavailable
    )
)]
pub(super) async fn list(
    api: Data<Api>,
    caller: Caller,
    request: HttpRequest,
) -> Result<Json<ProblemsView>, Problem> {
    let PagesQuery { limit, before } = PagesQuery::parse(request.query_string())?;
    let found = api.problems.list(&caller.sees_problems(), before, limit + 1).await?;
    let (listed, next_cursor) = query::page(found, limit, |problem| problem.seq);
    Ok(Json(ProblemsView { problems: listed.into_iter().map(VersionView::from).collect(), next_cursor }))
}

/// Shows a problem.
#[utoipa::path(
    get,
    path = "/api/v1/problems/{id}",
    operation_id = "getProblem",
    tag = "problems",
    params(("id" = String, Path, description = "Its id."), FilesQuery),
    responses(
        (status = 200, description = "The version.", body = ProblemView),
        fails::InvalidField,
        fails::NotFound,
        fails::Unavailable
    )
)]
pub(super) async fn get(
    api: Data<Api>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
) -> Result<Json<ProblemView>, Problem> {
    let problem = asked(&api, &caller, &id, &request).await?.0;
    Ok(Json(ProblemView::new(&problem, &api, &caller)))
}

/// Lists the versions of a problem.
#[utoipa::path(
    get,
    path = "/api/v1/problems/{id}/versions",
    operation_id = "listVersions",
    tag = "problems",
    params(("id" = String, Path, description = "Its id.")),
    responses(
        (status = 200, description = "All of them.", body = VersionsView),
        fails::NotFound,
        fails::Unavailable
    )
)]
pub(super) async fn versions(
    api: Data<Api>,
    caller: Caller,
    id: Path<String>,
) -> Result<Json<VersionsView>, Problem> {
    let versions = api.problems.versions(&caller.sees_problems(), &id).await?;
    if versions.is_empty() {
        return Err(no_such(&id));
    }
    Ok(Json(VersionsView { versions: versions.into_iter().map(VersionView::from).collect() }))
}

/// Removes a problem with all versions; submissions that are judged by it go on.
#[utoipa::path(
    delete,
    path = "/api/v1/problems/{id}",
    operation_id = "removeProblem",
    tag = "problems",
    params(("id" = String, Path, description = "Its id.")),
    responses(
        (status = 204, description = "It is not offered any more."),
        fails::InvalidField,
        fails::NotFound,
        fails::Unavailable
    )
)]
pub(super) async fn remove(
    api: Data<Api>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    query::expect_none(request.query_string())?;
    let sees = caller.sees_problems();
    if !api.problems.remove(&id, caller.name().as_deref(), sees.of == Sees::Everything).await? {
        let is_seen = !api.problems.versions(&sees, &id).await?.is_empty();
        let why = "a problem is removed with the token that it was pushed with";
        return Err(if is_seen { Problem::Forbidden(why.into()) } else { no_such(&id) });
    }
    tracing::info!("Problem {} is not offered any more", id.escape_default());
    Ok(HttpResponse::NoContent().finish())
}

/// Shows the samples of a problem.
#[utoipa::path(
    get,
    path = "/api/v1/problems/{id}/samples",
    operation_id = "getSamples",
    tag = "problems",
    params(("id" = String, Path, description = "Its id."), FilesQuery),
    responses(
        (status = 200, description = "The first 64 KiB of each input and answer.", body = SamplesView),
        fails::InvalidField,
        fails::NotFound,
        fails::Unavailable
    )
)]
pub(super) async fn samples(
    api: Data<Api>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let problem = asked(&api, &caller, &id, &request).await?.0;
    let total = problem.manifest.cases.iter().filter(|case| case.is_sample()).count();
    let shown = total.min(SAMPLES) as u64;
    let total = Some(total).filter(|total| *total > SAMPLES);
    let held = api.account.take(Purpose::Outputs, shown * SAMPLE * 4, PATIENCE).await.map_err(too_many)?;
    let blobs = api.submissions.blobs().clone();
    let samples = elsewhere(move || {
        let text = |path: &String| {
            let content = problem.files.get(path).ok_or(std::io::ErrorKind::NotFound)?;
            let mut bytes = Vec::new();
            blobs.reader(content)?.take(SAMPLE).read_to_end(&mut bytes)?;
            let size = Some(content.size()).filter(|size| *size > SAMPLE);
            Ok::<_, std::io::Error>((String::from_utf8_lossy(&bytes).into_owned(), size))
        };
        let samples = problem.manifest.cases.iter().filter(|case| case.is_sample()).take(SAMPLES);
        let samples = samples.map(|case| {
            let (input, answer) = case.shown();
            let (answer, answer_bytes) = answer.map(text).transpose()?.unzip();
            let (input, input_bytes) = text(input)?;
            let answer_bytes = answer_bytes.flatten();
            let checker = case.flags.map(CheckerView::from);
            Ok(SampleView { name: case.name.clone(), input, input_bytes, answer, answer_bytes, checker })
        });
        // What is held is held to the end of this, also where nobody waits for it any more.
        samples.collect::<std::io::Result<Vec<_>>>().map(|samples| (samples, held))
    });
    let (samples, held) = samples.await.and_then(|samples| samples).map_err(StoreError::from)?;
    let json = serde_json::to_string(&SamplesView { samples, total }).map_err(|_| Problem::Failed)?;
    let body = crate::http::taken::Pieces(Bytes::from(json));
    let mut response = HttpResponse::Ok();
    response.content_type(ContentType::json());
    Ok(response.body(Taken::new(body, Some(held), Peer::of(&request))))
}

/// Hands out a statement.
#[utoipa::path(
    get,
    path = "/api/v1/problems/{id}/statement",
    operation_id = "getStatement",
    tag = "problems",
    params(("id" = String, Path, description = "Its id."), FilesQuery),
    responses(
        (
            status = 200,
            description = "As it is in the package.",
            content(
                (String = "text/markdown"),
                (String = "application/x-tex"),
                (String = "text/plain"),
                (Archive = "application/pdf")
            )
        ),
        fails::InvalidField,
        fails::NotFound,
        fails::Unavailable
    )
)]
pub(super) async fn statement(
    api: Data<Api>,
    caller: Caller,
    id: Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (problem, language) = asked(&api, &caller, &id, &request).await?;
    let statements = &problem.manifest.statements;
    let found = match &language {
        Some(language) => statements.iter().find(|text| text.language == *language),
        None => statements.iter().find(|text| text.language == "en").or_else(|| statements.first()),
    };
    let known: Vec<_> = statements.iter().map(|text| text.language.as_str()).collect();
    let text = found.ok_or_else(|| {
        Problem::NotFound(if known.is_empty() {
            format!("problem `{}` has no statement", *id)
        } else {
            format!("problem `{}` has statements in these languages: {}", *id, known.join(", "))
        })
    })?;
    let content_type = match text.markup {
        Markup::Markdown => "text/markdown; charset=utf-8",
        Markup::Latex => "application/x-tex",
        Markup::Plain => "text/plain; charset=utf-8",
        Markup::Pdf => "application/pdf",
    };
    file(&api, &problem, &text.path, content_type, &request)
}

/// Hands out an attachment.
#[utoipa::path(
    get,
    path = "/api/v1/problems/{id}/attachments/{name}",
    operation_id = "getAttachment",
    tag = "problems",
    params(
        ("id" = String, Path, description = "The problem's id."),
        ("name" = String, Path, description = "Its name; slashes in it may stand as they are."),
        FilesQuery
    ),
    responses(
        (status = 200, description = "As it is in the package.", body = Archive, content_type = "application/octet-stream"),
        fails::InvalidField,
        fails::NotFound,
        fails::Unavailable
    )
)]
pub(super) async fn attachment(
    api: Data<Api>,
    caller: Caller,
    path: Path<(String, String)>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (id, name) = path.into_inner();
    let problem = asked(&api, &caller, &id, &request).await?.0;
    let path = format!("attachments/{name}");
    if !problem.manifest.attachments.contains(&path) {
        return Err(Problem::NotFound(format!(
            "problem `{id}` has no attachment `{}`",
            name.escape_default()
        )));
    }
    file(&api, &problem, &path, "application/octet-stream", &request)
}

/// A file of a version, as it is read.
fn file(
    api: &Api,
    problem: &problem::Problem,
    path: &str,
    content_type: &'static str,
    request: &HttpRequest,
) -> Result<HttpResponse, Problem> {
    let content = problem.files.get(path).cloned().ok_or(Problem::Failed)?;
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CONTENT_TYPE, content_type));
    // It is somebody else's: no page of ours runs what is in it.
    response.insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"));
    response.insert_header((header::CONTENT_DISPOSITION, "attachment"));
    let body = BodyStream::new(pieces(api, content).boxed_local());
    Ok(response.body(Taken::new(body, None, Peer::of(request))))
}

/// How much of a file is read at a time.
const BLOCK: u64 = 64 * 1024;

pub(super) fn pieces(
    api: &Api,
    content: Content,
) -> impl stream::Stream<Item = Result<Bytes, Problem>> + use<> {
    let blobs = api.submissions.blobs().clone();
    let opened = move || async move { on_disk(move || blobs.reader(&content)).await };
    stream::try_unfold((Some(opened), None), |(open, reader)| async move {
        let reader = match (open, reader) {
            (Some(open), _) => open().await.map_err(StoreError::from)?,
            (None, Some(reader)) => reader,
            (None, None) => return Ok(None),
        };
        let read = on_disk(move || {
            let (mut bytes, mut reader) = (Vec::new(), reader);
            (&mut reader).take(BLOCK).read_to_end(&mut bytes)?;
            Ok((bytes, reader))
        });
        let (bytes, reader) = read.await.map_err(StoreError::from)?;
        Ok((!bytes.is_empty()).then(|| (Bytes::from(bytes), (None, Some(reader)))))
    })
}

/// The version that is asked for, and the language.
async fn asked(
    api: &Api,
    caller: &Caller,
    id: &str,
    request: &HttpRequest,
) -> Result<(Arc<problem::Problem>, Option<String>), Problem> {
    let FilesQuery { version, language } = FilesQuery::parse(request.query_string())?;
    let problem = api.problems.get(&caller.sees_problems(), id, version).await?.ok_or_else(|| no_such(id))?;
    Ok((problem, language))
}

/// A program and the one that it talks with.
const PARTNERS: usize = 2;

/// The version that a submission is to be judged by.
pub(super) async fn judged_by(
    api: &Api,
    caller: &Caller,
    asked: &AskedProblem,
    submission: &Submission,
) -> Result<Arc<problem::Problem>, Problem> {
    let found = api.problems.to_judge_by(&caller.sees_problems(), &asked.id, asked.version).await?;
    let problem = found.map_err(not_offered)?;
    if problem.manifest.kind.interactive && api.operations.runs_at_once() < PARTNERS {
        let why = "an interactive problem needs two run slots at one time, and this server has one (`sandbox.run_slots`)";
        return Err(Problem::field("problem", why));
    }
    check(&problem, submission, &api.languages).map_err(|(field, why)| Problem::field(field, why))?;
    Ok(problem)
}

fn not_offered(why: NotOffered) -> Problem {
    let field = match why {
        NotOffered::NotThere { .. } => "problem",
        NotOffered::TellsMore(_) => "version",
    };
    Problem::field(field, why.to_string())
}

fn no_such(id: &str) -> Problem {
    Problem::NotFound(format!("there is no problem `{}`", id.escape_default()))
}

impl ProblemView {
    fn new(problem: &problem::Problem, api: &Api, caller: &Caller) -> Self {
        let manifest = &problem.manifest;
        let Kind { scoring, interactive, multi_pass, submit_answer } = manifest.kind;
        let limits = run_limits(problem, &api.config.limits);
        let statements = manifest.statements.iter().map(|text| StatementView {
            language: text.language.clone(),
            format: name_of_markup(text.markup),
        });
        let name = |path: &String| path.strip_prefix("attachments/").unwrap_or(path).to_owned();
        Self {
            id: problem.id.clone(),
            version: problem.version.to_string(),
            pushed_at: time(problem.pushed_at),
            show: manifest.show,
            private: problem.private,
            format: name_of_format(manifest.format),
            names: manifest.names.clone(),
            r#type: TypeView { scoring, interactive, multi_pass, submit_answer },
            limits: LimitsView {
                cpu_ms: u64::try_from(limits.cpu.as_millis()).unwrap_or(u64::MAX),
                memory_bytes: limits.memory.get(),
                output_bytes: limits.output.get(),
            },
            cases: CasesView { sample: manifest.cases_in("sample"), secret: manifest.cases_in("secret") },
            validators: manifest.validators.iter().map(|program| program.path.clone()).collect(),
            statements: statements.collect(),
            attachments: manifest.attachments.iter().map(name).collect(),
            submissions: manifest.submissions,
            unjudged: unjudged(problem, &api.languages),
            notes: cut(problem, &api.config.limits)
                .into_iter()
                .chain(strangers(problem, &api.languages))
                .chain(of_package(manifest, caller))
                .collect(),
        }
    }
}

/// The notes on a package, for those who keep problems.
fn of_package(manifest: &problem::Manifest, caller: &Caller) -> Vec<String> {
    if caller.keeps_problems() { manifest.notes.clone() } else { Vec::new() }
}

impl From<ListedProblem> for VersionView {
    fn from(listed: ListedProblem) -> Self {
        let ListedProblem { seq: _, id, version, pushed_at, names, token, show: _, private } = listed;
        Self { id, version: version.to_string(), pushed_at: time(pushed_at), names, private, token }
    }
}

impl From<PushError> for Problem {
    fn from(why: PushError) -> Self {
        match why {
            PushError::Faults(faults) => {
                let field = |(field, detail)| FieldError { field, detail };
                Self::Invalid(faults.into_iter().map(field).collect())
            }
            PushError::Taken(_) => Self::Conflict(why.to_string()),
            PushError::Store(why) => why.into(),
            PushError::Failed => Self::Failed,
        }
    }
}

fn name_of_format(format: Format) -> &'static str {
    match format {
        Format::Legacy => "legacy",
        Format::LegacyIcpc => "legacy-icpc",
        Format::Y2023M07 => "2023-07",
        Format::Y2025M09 => "2025-09",
        Format::Plain => "plain",
    }
}

fn name_of_markup(markup: Markup) -> &'static str {
    match markup {
        Markup::Markdown => "markdown",
        Markup::Latex => "latex",
        Markup::Plain => "plain",
        Markup::Pdf => "pdf",
    }
}

fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

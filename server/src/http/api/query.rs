//! What stands behind the `?` of an address: read parameter by parameter, so that all that is wrong is told, by name.

use std::str::FromStr;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::Query;
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error, StrDeserializer};

use utoipa::IntoParams;

use super::Problem;
use super::described::{ShowName, VerdictName};
use super::errors::Errors;
use super::view::State;
use super::wire::{REFERENCES, check_reference};
use crate::content::BlobId;
use crate::judge::Verdict;
use crate::problem::Show;
use crate::store::RejudgeOutcomes;

/// What may be told of secret tests.
pub(super) const SHOWS: [&str; 3] = [Show::ALL[0].name(), Show::ALL[1].name(), Show::ALL[2].name()];

const PAGE: usize = 50;
const PAGE_MAX: usize = 200;

/// What `GET /submissions` can be asked for.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Whose they are.
    pub(super) user: Option<String>,
    pub(super) state: Option<State>,
    #[param(value_type = Option<VerdictName>)]
    pub(super) verdict: Option<Verdict>,
    pub(super) language: Option<String>,
    /// Id of the problem that they are judged by.
    pub(super) problem: Option<String>,
    /// `reference.course=cs101`: those whose reference has this text under this name; of several names each must.
    #[param(required = false, explode = true, value_type = BTreeMap<String, String>)]
    pub(super) reference: Vec<(String, String)>,
    /// Size of the page.
    #[param(required = false, minimum = 1, maximum = 200, default = 50)]
    pub(super) limit: usize,
    /// `next_cursor` of the page before.
    #[param(rename = "cursor")]
    pub(super) before: Option<i64>,
}

impl ListQuery {
    /// Reads what was asked for.
    ///
    /// # Errors
    /// Every parameter that makes no sense.
    pub(super) fn parse(query: &str) -> Result<Self, Problem> {
        let mut asked = Self {
            user: None,
            state: None,
            verdict: None,
            language: None,
            problem: None,
            reference: Vec::new(),
            limit: PAGE,
            before: None,
        };
        read(query, |name, value| asked.set(name, value))?;
        Ok(asked)
    }

    fn set(&mut self, name: &str, value: String) -> Result<(), String> {
        match name {
            "user" => self.user = Some(value),
            "language" => self.language = Some(value),
            "problem" => self.problem = Some(value),
            "state" => self.state = Some(choice(&value, &State::ALL.map(State::name))?),
            "verdict" => self.verdict = Some(choice(&value, &Verdict::ALL.map(Verdict::as_str))?),
            "limit" => self.limit = limit(&value)?,
            "cursor" => self.before = Some(cursor(&value)?),
            _ => add_reference(&mut self.reference, name, value)?,
        }
        Ok(())
    }
}

/// What `GET /events` can be asked for.
#[derive(Debug, Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct EventsQuery {
    /// Of this user.
    pub(super) user: Option<String>,
    /// Id of the problem that they are judged by.
    pub(super) problem: Option<String>,
    /// As in lists of submissions.
    #[param(required = false, explode = true, value_type = BTreeMap<String, String>)]
    pub(super) reference: Vec<(String, String)>,
    /// `id` of an event: every end behind it is told first; 0: all that are kept. Without it, what happens from now on.
    #[param(minimum = 0)]
    pub(super) after: Option<i64>,
}

impl EventsQuery {
    /// Reads what was asked for.
    ///
    /// # Errors
    /// Every parameter that makes no sense.
    pub(super) fn parse(query: &str) -> Result<Self, Problem> {
        let mut asked = Self::default();
        read(query, |name, value| {
            match name {
                "user" => asked.user = Some(value),
                "problem" => asked.problem = Some(value),
                "after" => asked.after = Some(number(&value).ok_or("no id of an event of this server")?),
                _ => add_reference(&mut asked.reference, name, value)?,
            }
            Ok(())
        })?;
        Ok(asked)
    }
}

/// What `GET /submissions/{id}/events` can be asked for.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct FollowQuery {
    /// Also what its program writes, while it runs.
    #[param(required = false, default = false)]
    pub(super) output: bool,
}

impl FollowQuery {
    /// Reads what was asked for.
    ///
    /// # Errors
    /// Every parameter that makes no sense.
    pub(super) fn parse(query: &str) -> Result<Self, Problem> {
        read_only("output", query, false, |value| truth(&value)).map(|output| Self { output })
    }
}

/// Which of the users of a name is meant: each named token has users of its own.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct UserQuery {
    /// The user of this named token alone; empty: the one of those that came without one.
    pub(super) token: Option<String>,
}

impl UserQuery {
    /// Reads what was asked for.
    ///
    /// # Errors
    /// Every parameter that makes no sense.
    pub(super) fn parse(query: &str) -> Result<Self, Problem> {
        read_only("token", query, None, |value| Ok(Some(value))).map(|token| Self { token })
    }
}

/// The number of an event.
pub(super) fn number(text: &str) -> Option<i64> {
    digits(text)
}

/// A number of digits alone: what else may stand before one is nothing that a client means.
pub(super) fn digits<T: FromStr>(text: &str) -> Option<T> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// One of the names that a site has for its submissions, as in `reference.course`.
fn add_reference(reference: &mut Vec<(String, String)>, name: &str, value: String) -> Result<(), String> {
    let name = name.strip_prefix("reference.").ok_or(NO_SUCH)?;
    check_reference(name, &value)?;
    if reference.len() == REFERENCES {
        return Err(format!("a reference has at most {REFERENCES} names"));
    }
    reference.push((name.to_owned(), value));
    Ok(())
}

/// What lists of problems can be asked for.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PagesQuery {
    /// Size of the page.
    #[param(required = false, minimum = 1, maximum = 200, default = 50)]
    pub(super) limit: usize,
    /// `next_cursor` of the page before.
    #[param(rename = "cursor")]
    pub(super) before: Option<i64>,
}

impl PagesQuery {
    /// Reads what was asked for.
    ///
    /// # Errors
    /// Every parameter that makes no sense.
    pub(super) fn parse(query: &str) -> Result<Self, Problem> {
        let mut asked = Self { limit: PAGE, before: None };
        read(query, |name, value| {
            match name {
                "limit" => asked.limit = limit(&value)?,
                "cursor" => asked.before = Some(cursor(&value)?),
                _ => return Err(NO_SUCH.into()),
            }
            Ok(())
        })?;
        Ok(asked)
    }
}

/// Which version of a problem, and which of its files in several languages.
#[derive(Debug, Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct FilesQuery {
    /// A version; the newest without it.
    #[param(value_type = Option<String>, pattern = "^[0-9a-f]{64}$")]
    pub(super) version: Option<BlobId>,
    /// Of a statement.
    pub(super) language: Option<String>,
}

impl FilesQuery {
    /// Reads what was asked for.
    ///
    /// # Errors
    /// Every parameter that makes no sense.
    pub(super) fn parse(query: &str) -> Result<Self, Problem> {
        let mut asked = Self::default();
        read(query, |name, value| {
            match name {
                "version" => asked.version = Some(version_of(&value)?),
                "language" => asked.language = Some(value),
                _ => return Err(NO_SUCH.into()),
            }
            Ok(())
        })?;
        Ok(asked)
    }
}

/// The version of a problem; none: the newest.
///
/// # Errors
/// Any other parameter, and what is no version.
pub(super) fn version(query: &str) -> Result<Option<BlobId>, Problem> {
    read_only("version", query, None, |value| version_of(&value).map(Some))
}

fn version_of(value: &str) -> Result<BlobId, String> {
    value.parse().map_err(|_| "a version has 64 hexadecimal digits".to_owned())
}

/// Which submissions of an order.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct OutcomesQuery {
    /// `changed`: those that came to something else; `failed`: those that cannot be judged again.
    #[param(rename = "only", required = false, value_type = Option<String>, pattern = "^(changed|failed)$")]
    pub(super) which: RejudgeOutcomes,
    /// Size of the page.
    #[param(required = false, minimum = 1, maximum = 200, default = 50)]
    pub(super) limit: usize,
    /// `next_cursor` of the page before.
    #[param(rename = "cursor", required = false)]
    pub(super) behind: i64,
}

impl OutcomesQuery {
    /// Reads what was asked for.
    ///
    /// # Errors
    /// Every parameter that makes no sense.
    pub(super) fn parse(query: &str) -> Result<Self, Problem> {
        let mut asked = Self { which: RejudgeOutcomes::All, limit: PAGE, behind: 0 };
        read(query, |name, value| {
            match (name, value.as_str()) {
                ("only", "changed") => asked.which = RejudgeOutcomes::Changed,
                ("only", "failed") => asked.which = RejudgeOutcomes::Failed,
                ("only", _) => return Err("expected one of changed, failed".into()),
                ("limit", _) => asked.limit = limit(&value)?,
                ("cursor", _) => asked.behind = cursor(&value)?,
                _ => return Err(NO_SUCH.into()),
            }
            Ok(())
        })?;
        Ok(asked)
    }
}

/// How a package is pushed.
#[derive(Debug, Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PushQuery {
    /// What is told of secret tests.
    #[param(value_type = Option<ShowName>)]
    pub(super) show: Show,
    /// Whether the problem is there for those tokens alone that have the scope `problems` or `read-all`; without it, as its newest
    /// version is, and a new problem is there for all.
    pub(super) private: Option<bool>,
}

impl PushQuery {
    /// Reads what was asked for.
    ///
    /// # Errors
    /// Every parameter that makes no sense.
    pub(super) fn parse(query: &str) -> Result<Self, Problem> {
        let mut asked = Self::default();
        read(query, |name, value| {
            match name {
                "show" => asked.show = choice(&value, &SHOWS)?,
                "private" => asked.private = Some(truth(&value)?),
                _ => return Err(NO_SUCH.into()),
            }
            Ok(())
        })?;
        Ok(asked)
    }
}

fn truth(value: &str) -> Result<bool, String> {
    value.parse().map_err(|_| "neither true nor false".to_owned())
}

/// A page of so many of those that were found, and the cursor of the next. That there is one is told by one more, which must
/// have been asked for.
pub(super) fn page<T>(mut found: Vec<T>, limit: usize, seq: fn(&T) -> i64) -> (Vec<T>, Option<String>) {
    let more = found.len() > limit;
    found.truncate(limit);
    let next_cursor = found.last().filter(|_| more).map(|last| seq(last).to_string());
    (found, next_cursor)
}

fn cursor(value: &str) -> Result<i64, String> {
    value.parse().map_err(|_| "not a `next_cursor` of this server".to_owned())
}

/// How long the answer may be held until a submission is final, if at all: `wait=30s`, or `wait=30`.
///
/// # Errors
/// Any other parameter, and a time that makes no sense or is longer than `most`.
pub(super) fn wait(query: &str, most: Duration) -> Result<Option<Duration>, Problem> {
    read_only("wait", query, None, |value| {
        let wait = seconds(&value).filter(|time| *time <= most);
        wait.map(Some).ok_or_else(|| {
            format!("allowed are whole seconds, 0s to {}s, the `s` may be left out", most.as_secs())
        })
    })
}

fn seconds(text: &str) -> Option<Duration> {
    digits(text.strip_suffix('s').unwrap_or(text)).map(Duration::from_secs)
}

/// Refuses all parameters: what is misplaced there would be ignored in silence.
///
/// # Errors
/// Every one that there is.
pub(super) fn expect_none(query: &str) -> Result<(), Problem> {
    read(query, |_, _| Err(format!("{NO_SUCH}: what is asked for stands in the body")))
}

const NO_SUCH: &str = "there is no such parameter";

/// Reads the one parameter that there may be; without it, this is asked for.
fn read_only<T>(
    name: &str,
    query: &str,
    without: T,
    value_of: impl Fn(String) -> Result<T, String>,
) -> Result<T, Problem> {
    let mut asked = without;
    read(query, |sent, value| {
        if sent != name {
            return Err(NO_SUCH.into());
        }
        asked = value_of(value)?;
        Ok(())
    })?;
    Ok(asked)
}

/// Has each parameter set, and tells of all that make no sense or come twice.
fn read(query: &str, mut set: impl FnMut(&str, String) -> Result<(), String>) -> Result<(), Problem> {
    let (mut errors, mut seen) = (Errors::default(), Vec::new());
    for (name, value) in parameters(query)? {
        let read =
            if is_text(query, &name, &value) { set(&name, value) } else { Err("must be UTF-8".into()) };
        match read {
            _ if seen.contains(&name) => errors.add(&name, "this parameter comes twice"),
            Err(why) => errors.add(&name, why),
            Ok(()) => seen.push(name),
        }
    }
    errors.none()
}

/// What the reader puts in the place of bytes that are no UTF-8.
const REPLACEMENT: char = char::REPLACEMENT_CHARACTER;

/// A path stands for text: what is none would name something else, with the replacement character in its place.
///
/// # Errors
/// It does not.
pub(super) async fn path_is_text(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let path = request.path();
    // Nothing but what is decoded matters here, and that is as in a query.
    if !parameters(path)?.iter().all(|(key, value)| is_text(path, key, value)) {
        return Err(Problem::field("path", "must be UTF-8").into());
    }
    next.call(request).await
}

/// Is what was read of this as it was sent?
fn is_text(sent: &str, name: &str, value: &str) -> bool {
    ![name, value].iter().any(|it| it.contains(REPLACEMENT)) || is_sent(REPLACEMENT, sent)
}

/// Is this character among what was sent?
fn is_sent(character: char, query: &str) -> bool {
    let mut bytes = [0; 4];
    let bytes = character.encode_utf8(&mut bytes).bytes();
    let escaped: String = bytes.map(|byte| format!("%{byte:02X}")).collect();
    query.contains(character) || query.to_ascii_uppercase().contains(&escaped)
}

fn parameters(query: &str) -> Result<Vec<(String, String)>, Problem> {
    let read = Query::<Vec<(String, String)>>::from_query(query);
    read.map(Query::into_inner).map_err(|why| Problem::field("query", why.to_string()))
}

fn choice<'a, T: Deserialize<'a>>(value: &'a str, names: &[&str]) -> Result<T, String> {
    let value: StrDeserializer<'a, Error> = value.into_deserializer();
    T::deserialize(value).map_err(|_| format!("expected one of {}", names.join(", ")))
}

fn limit(value: &str) -> Result<usize, String> {
    let number = digits(value).filter(|number| (1..=PAGE_MAX).contains(number));
    number.ok_or_else(|| format!("allowed is 1 to {PAGE_MAX}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(problem: Problem) -> Vec<String> {
        match problem {
            Problem::Invalid(fields) => {
                fields.iter().map(|error| format!("{}: {}", error.field, error.detail)).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_no_text_is_not_asked_for() {
        let told = told(ListQuery::parse("reference.a=%ff&user=%c3%28").unwrap_err());
        assert_eq!(told, ["reference.a: must be UTF-8", "user: must be UTF-8"]);
        let asked = ListQuery::parse("user=%EF%BF%BD&reference.a=%c3%a4").unwrap();
        assert_eq!(asked.user.as_deref(), Some("\u{fffd}"));
    }

    #[test]
    fn everything_that_makes_no_sense_is_told_by_its_name() {
        let query = "status=done&state=finished&verdict=accepted&limit=0&cursor=x&user=a&user=b";
        assert_eq!(
            told(ListQuery::parse(query).unwrap_err()),
            [
                "status: there is no such parameter",
                "state: expected one of queued, compiling, running, done, cancelled",
                "verdict: expected one of Accepted, WrongAnswer, CompileError, RuntimeError, TimeLimitExceeded, \
                 MemoryLimitExceeded, OutputLimitExceeded, JudgeError, InternalError",
                "limit: allowed is 1 to 200",
                "cursor: not a `next_cursor` of this server",
                "user: this parameter comes twice",
            ]
        );
        let asked = ListQuery::parse("state=done&verdict=Accepted&limit=200&cursor=7&user=a%20b&reference.course=A%201&reference.week=2").unwrap();
        assert_eq!((asked.state, asked.verdict), (Some(State::Done), Some(Verdict::Accepted)));
        assert_eq!((asked.limit, asked.before, asked.user.as_deref()), (200, Some(7), Some("a b")));
        let reference = [("course", "A 1"), ("week", "2")].map(|(name, text)| (name.into(), text.into()));
        assert_eq!(asked.reference, reference);
        let many: Vec<_> = (0..10).map(|n| format!("reference.n{n}=x")).collect();
        assert_eq!(
            told(ListQuery::parse(&many.join("&")).unwrap_err()),
            ["n8", "n9"].map(|name| format!("reference.{name}: a reference has at most 8 names"))
        );
        let odd = told(ListQuery::parse("reference.=x&reference.a%20b=x&reference.a=%0a").unwrap_err());
        assert_eq!(odd.len(), 3, "{odd:?}");
        assert_eq!(ListQuery::parse("").unwrap().limit, 50);
    }

    #[test]
    fn the_time_that_an_answer_may_be_held_is_bounded() {
        let most = Duration::from_secs(60);
        let told_of = |query| told(wait(query, most).unwrap_err());
        assert_eq!(wait("", most).unwrap(), None);
        assert_eq!(wait("wait=30s", most).unwrap(), Some(Duration::from_secs(30)));
        assert_eq!(wait("wait=60", most).unwrap(), Some(most));
        for wrong in ["wait=61s", "wait=-1", "wait=%2B5s", "wait=", "wait=1h", "wait=99999999999999999999s"] {
            assert_eq!(
                told_of(wrong),
                ["wait: allowed are whole seconds, 0s to 60s, the `s` may be left out"],
                "{wrong}"
            );
        }
        assert_eq!(
            told_of("wait=1&wait=2&full=1"),
            ["wait: this parameter comes twice", "full: there is no such parameter"]
        );
    }

    #[test]
    fn where_no_parameter_means_anything_each_is_told() {
        expect_none("").unwrap();
        let told = told(expect_none("wait=true&user=a").unwrap_err());
        assert!(told[0].starts_with("wait: there is") && told[1].starts_with("user: "), "{told:?}");
    }
}

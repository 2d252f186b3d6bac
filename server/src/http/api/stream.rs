//! What happens to all submissions that a token sees, as server-sent events.
//!
//! Ends are read from the store, by their numbers; what lies between them comes from memory. So a follower that is slow, or
//! away, misses no end and none comes twice, whatever becomes of the rest: where it stands is told anew.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::time::Duration;

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use futures_util::stream::{self, Stream};
use serde::Serialize;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::time::{Interval, MissedTickBehavior};

use super::described::Event as EventSchema;
use super::query::EventsQuery;
use super::sse::{self, HEARTBEAT};
use super::view::{State, time};
use super::{Api, Problem};
use crate::access::Caller;
use crate::account::{Held, Purpose};
use crate::events::{About, Live, Snapshot, Told};
use crate::http::error::fails;
use crate::http::followers::Place;
use crate::http::peer::Peer;
use crate::http::taken::Pace;
use crate::judge::{Tested, Verdict};
use crate::queue::Stage;
use crate::store::{End, Ending, EndsWanted};
use crate::submission::SubmissionId;

/// Ends that are read at one time.
const PAGE: usize = 50;
/// Once so much is to be sent, it is.
const CHUNK: usize = 16 * 1024;
/// What a follower has of the account: a page of ends, and what is made of it.
const MEMORY: u64 = 512 * 1024;
/// How long it waits for that.
const PATIENCE: Duration = Duration::from_secs(3);
/// A client that lost its connection comes again after so many milliseconds.
const RETRY_MS: u32 = 1000;

/// Follows all submissions that the token sees.
///
/// Server-sent events. `end`, of a submission that was judged, judged again or cancelled, has an `id`: who comes again with it as
/// `Last-Event-ID` is told every end behind it once, whatever happened to the server meanwhile. `begin` comes first; then the
/// `state` of each submission that is under way, and each change of it, and a `test` for each that is done. Those are not
/// kept: after `begin`, and after `behind`, where a client was too slow for them, their place is taken by `state`s.
#[utoipa::path(
    get,
    path = "/api/v1/events",
    operation_id = "followSubmissions",
    tag = "submissions",
    params(EventsQuery, ("Last-Event-ID" = Option<String>, Header, pattern = "^[0-9]{1,18}$", description = "As `after`, before which it counts.")),
    responses(
        (status = 200, description = "A stream of events that does not end by itself.", body = EventSchema, content_type = "text/event-stream"),
        fails::InvalidField,
        fails::Unavailable
    )
)]
pub(super) async fn follow(
    api: Data<Api>,
    caller: Caller,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let EventsQuery { user, problem, reference, after } = EventsQuery::parse(request.query_string())?;
    let after = last_event_id(&request)?.or(after);
    let place = api.followers.place(caller.sender())?;
    let held = api.account.take(Purpose::Outputs, MEMORY, PATIENCE).await;
    let held = held.map_err(super::memory::too_many)?;
    let reference = reference.into_iter().collect();
    let wanted = EndsWanted { sees: caller.sees(), user, problem, reference };
    let follower = Follower::begin(api, caller, wanted, after, Peer::of(&request), (place, held)).await?;
    Ok(sse::answer().streaming(follower.stream()))
}

/// The first after one time between.
fn beats() -> Interval {
    let mut beats = tokio::time::interval_at(tokio::time::Instant::now() + HEARTBEAT, HEARTBEAT);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    beats
}

fn last_event_id(request: &HttpRequest) -> Result<Option<i64>, Problem> {
    let Some(value) = request.headers().get("Last-Event-ID") else { return Ok(None) };
    let number = value.to_str().ok().and_then(super::query::number);
    number.map(Some).ok_or_else(|| Problem::field("Last-Event-ID", "no id of an event of this server"))
}

/// Somebody who follows.
struct Follower {
    api: Data<Api>,
    caller: Caller,
    wanted: EndsWanted,
    /// All ends up to this number were sent, or are nothing to it.
    last: i64,
    /// Ends up to this number are to be sent before anything else.
    due: i64,
    told: Receiver<Told>,
    /// Where those stand that were under way; sent behind the ends that are due.
    standing: VecDeque<Live>,
    text: String,
    /// Of the heart.
    beats: Interval,
    peer: Option<Peer>,
    /// The client must take what it was sent last.
    pace: Option<Pace>,
    _has: (Place, Held),
}

/// The first event.
#[derive(Serialize)]
struct Begin {
    /// Ends behind this number follow.
    after: i64,
    /// None behind it has been removed, for its age or with its user, whosesoever it was.
    complete: bool,
}

/// What an event is about.
#[derive(Serialize)]
struct Which<'a> {
    submission: SubmissionId,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
    user: Option<&'a str>,
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    reference: &'a std::collections::BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<&'a str>,
    /// It is being judged again.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    rejudging: bool,
}

#[derive(Serialize)]
struct StateEvent<'a> {
    #[serde(flatten)]
    which: Which<'a>,
    state: State,
    /// Test cases done, while it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    tests_done: Option<u32>,
}

#[derive(Serialize)]
struct TestEvent<'a> {
    #[serde(flatten)]
    which: Which<'a>,
    index: u32,
    verdict: Verdict,
    tests_done: u32,
    tests_total: u32,
}

#[derive(Serialize)]
struct EndEvent<'a> {
    #[serde(flatten)]
    which: Which<'a>,
    state: State,
    verdict: Option<Verdict>,
    /// The judgement's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    judgement: Option<u32>,
    /// It was judged again.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    rejudged: bool,
    /// The verdict before that.
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict_before: Option<Verdict>,
    #[serde(serialize_with = "time")]
    at: DateTime<Utc>,
}

impl<'a> Which<'a> {
    fn of(about: &'a About, rejudging: bool) -> Self {
        Self {
            submission: about.id,
            token: about.token.as_deref(),
            user: about.user.as_deref(),
            reference: &about.reference,
            problem: about.problem.as_deref(),
            rejudging,
        }
    }
}

/// Whether it goes on.
enum Goes {
    On,
    /// The server stops, or the token is of no more use.
    No,
}

impl Follower {
    async fn begin(
        api: Data<Api>,
        caller: Caller,
        wanted: EndsWanted,
        after: Option<i64>,
        peer: Option<Peer>,
        has: (Place, Held),
    ) -> Result<Self, Problem> {
        // What is live here has no end up to the last one.
        let Snapshot { live, last, told } = api.store.events().follow(|about| wanted.has(about));
        let (removed, stored) = api.store.ends_kept().await?;
        // A number that there has not been yet is of another database: what has ended there nobody knows here.
        let is_known = after.is_none_or(|after| after <= stored);
        let after = after.filter(|_| is_known).unwrap_or(last);
        let complete = is_known && removed <= after;
        let mut follower = Self {
            api,
            caller,
            last: after,
            due: last,
            told,
            standing: live.into(),
            wanted,
            text: format!("retry: {RETRY_MS}\nid: {after}\n"),
            beats: beats(),
            peer,
            pace: None,
            _has: has,
        };
        follower.add("begin", &Begin { after, complete })?;
        Ok(follower)
    }

    fn stream(self) -> impl Stream<Item = Result<Bytes, Problem>> {
        stream::unfold(Some(self), |follower| async {
            let mut follower = follower?;
            follower.pace = None;
            match follower.next().await {
                Ok(Goes::No) if follower.text.is_empty() => None,
                Ok(goes) => {
                    let bytes = Bytes::from(std::mem::take(&mut follower.text));
                    let pace = Pace::begin(follower.peer.clone());
                    pace.note(bytes.len());
                    follower.pace = Some(pace);
                    Some((Ok(bytes), matches!(goes, Goes::On).then_some(follower)))
                }
                Err(why) => Some((Err(why), None)),
            }
        })
    }

    /// Waits until there is something to send, and makes a piece of it.
    async fn next(&mut self) -> Result<Goes, Problem> {
        loop {
            if self.is_over() {
                self.text.clear();
                return Ok(Goes::No);
            }
            if self.last < self.due && self.text.len() < CHUNK {
                self.read_ends().await?;
                continue;
            }
            while self.last >= self.due && self.text.len() < CHUNK {
                let Some(live) = self.standing.pop_front() else { break };
                self.add_state(&live)?;
            }
            if self.text.len() >= CHUNK {
                return Ok(Goes::On);
            }
            // What is there already goes with it.
            match self.told.try_recv() {
                Ok(told) => {
                    self.take(told)?;
                    continue;
                }
                Err(TryRecvError::Lagged(_)) => {
                    self.begin_anew()?;
                    continue;
                }
                Err(TryRecvError::Empty | TryRecvError::Closed) => {}
            }
            if !self.text.is_empty() {
                return Ok(Goes::On);
            }
            if let Goes::No = self.wait().await? {
                return Ok(Goes::No);
            }
        }
    }

    async fn wait(&mut self) -> Result<Goes, Problem> {
        let told = tokio::select! {
            told = self.told.recv() => told,
            _ = self.beats.tick() => {
                // Comes also while others are told of much. A client that returns with the number is spared what was looked at.
                let _ = write!(self.text, ": still here\nid: {}\n\n", self.last);
                return Ok(Goes::On);
            }
            () = self.caller.ended() => return Ok(Goes::No),
            () = self.api.submissions.closing() => return Ok(Goes::No),
        };
        match told {
            Ok(told) => self.take(told)?,
            Err(RecvError::Lagged(_)) => self.begin_anew()?,
            Err(RecvError::Closed) => return Ok(Goes::No),
        }
        Ok(Goes::On)
    }

    /// The token is of no more use, or the server stops.
    fn is_over(&self) -> bool {
        self.caller.has_ended(Utc::now()) || self.api.submissions.is_closing()
    }

    /// It was too slow: where all stand now takes the place of what it has missed, which were no ends.
    fn begin_anew(&mut self) -> Result<(), Problem> {
        let Snapshot { live, last, told } = self.api.store.events().follow(|about| self.wanted.has(about));
        (self.told, self.due) = (told, last);
        self.standing = live.into();
        self.add("behind", &serde_json::json!({}))
    }

    fn take(&mut self, told: Told) -> Result<(), Problem> {
        match told {
            Told::Ended(number, about) => {
                self.note_end(number, about.as_deref());
                Ok(())
            }
            Told::Stage(live) if self.wanted.has(&live.about) => self.add_state(&live),
            Told::Test(live, tested) if self.wanted.has(&live.about) => self.add_test(&live, tested),
            Told::Left(live) if self.wanted.has(&live.about) => {
                let which = Which::of(&live.about, false);
                self.add("state", &StateEvent { which, state: State::Done, tests_done: None })
            }
            Told::Stage(_) | Told::Test(..) | Told::Left(_) => Ok(()),
        }
    }

    /// An end that is not wanted is not looked for: they are told in the order of their numbers.
    fn note_end(&mut self, number: i64, about: Option<&About>) {
        if about.is_none_or(|about| self.wanted.has(about)) {
            self.due = self.due.max(number);
        } else if self.last == self.due && self.due < number {
            (self.last, self.due) = (number, number);
        }
    }

    async fn read_ends(&mut self) -> Result<(), Problem> {
        let read = self.api.store.ends(&self.wanted, self.last, self.due, PAGE).await?;
        for end in &read.ends {
            self.add_end(end)?;
        }
        self.last = read.looked_at;
        Ok(())
    }

    fn add_state(&mut self, live: &Live) -> Result<(), Problem> {
        let (state, tests_done) = match live.stage {
            Stage::Queued => (State::Queued, None),
            Stage::Compiling => (State::Compiling, None),
            Stage::Running { done } => (State::Running, Some(done)),
            Stage::Done => (State::Done, None),
            Stage::Cancelled => (State::Cancelled, None),
        };
        let which = Which::of(&live.about, live.again);
        self.add("state", &StateEvent { which, state, tests_done })
    }

    fn add_test(&mut self, live: &Live, tested: Tested) -> Result<(), Problem> {
        let Tested { index, verdict, done, total } = tested;
        let which = Which::of(&live.about, live.again);
        self.add("test", &TestEvent { which, index, verdict, tests_done: done, tests_total: total })
    }

    fn add_end(&mut self, end: &End) -> Result<(), Problem> {
        let End { number, about, ending, verdict, before, judgement, at } = end;
        let _ = writeln!(self.text, "id: {number}");
        let state = if *ending == Ending::Cancelled { State::Cancelled } else { State::Done };
        let event = EndEvent {
            which: Which::of(about, false),
            state,
            verdict: *verdict,
            judgement: *judgement,
            rejudged: *ending == Ending::Rejudged,
            verdict_before: *before,
            at: *at,
        };
        self.add("end", &event)
    }

    fn add(&mut self, name: &str, data: &impl Serialize) -> Result<(), Problem> {
        let json = serde_json::to_string(data).map_err(|_| Problem::Failed)?;
        let _ = write!(self.text, "event: {name}\ndata: {json}\n\n");
        Ok(())
    }
}

//! The last day, ten minutes at a time, for whoever looks at the service without another system that collects its metrics. In
//! memory; the server stores what has changed every now and then, and goes on with it after its next start.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::judge::Verdict;

/// Seconds of a part.
const PART: i64 = 600;
/// Parts of a day.
const PARTS: usize = 144;
/// Upper bounds of the times that are counted, in milliseconds: each a quarter more than the last, from 1 ms to 24 minutes.
const STEPS: usize = 64;

static DAY: LazyLock<Mutex<Day>> = LazyLock::new(|| Mutex::new(Day::new(Utc::now())));

/// What happened in the last day.
pub(crate) fn today() -> MutexGuard<'static, Day> {
    DAY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What happened, by parts of a day.
#[derive(Debug)]
pub(crate) struct Day {
    since: DateTime<Utc>,
    parts: VecDeque<Part>,
}

/// As it is stored, but for what is stored beside it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Part {
    /// Its beginning, in parts since 1970.
    #[serde(skip)]
    number: i64,
    /// How often it has changed, and at which of these it was stored.
    #[serde(skip)]
    changes: u64,
    #[serde(skip)]
    stored: u64,
    verdicts: BTreeMap<Verdict, u64>,
    refused: u64,
    failed: u64,
    waits: Times,
    judging: Times,
}

/// A part that is to be stored.
#[derive(Debug, Clone)]
pub(crate) struct Changed {
    /// Its beginning, in parts since 1970.
    pub(crate) number: i64,
    /// It has changed so often.
    changes: u64,
    /// As JSON.
    pub(crate) figures: String,
}

/// How often times were about so long.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(from = "Vec<u32>", into = "Vec<u32>")]
struct Times([u32; STEPS]);

impl Default for Times {
    fn default() -> Self {
        Self([0; STEPS])
    }
}

impl From<Vec<u32>> for Times {
    fn from(counts: Vec<u32>) -> Self {
        let mut times = Self::default();
        times.0.iter_mut().zip(counts).for_each(|(own, count)| *own = count);
        times
    }
}

/// Without those behind the last that there is.
impl From<Times> for Vec<u32> {
    fn from(Times(counts): Times) -> Self {
        let end = counts.iter().rposition(|count| *count > 0).map_or(0, |last| last + 1);
        counts.into_iter().take(end).collect()
    }
}

impl Times {
    fn add(&mut self, time: Duration) {
        let ms = time.as_secs_f64() * 1000.0;
        let step = (0..STEPS).find(|step| ms <= bound(*step)).unwrap_or(STEPS - 1);
        if let Some(count) = self.0.get_mut(step) {
            *count = count.saturating_add(1);
        }
    }

    /// So large a part of them were no longer than this, in milliseconds; none where there are none.
    fn quantile(&self, part: f64) -> Option<f64> {
        let all: u64 = self.0.iter().map(|count| u64::from(*count)).sum();
        #[expect(clippy::cast_precision_loss, reason = "it is a part of them, about")]
        let wanted = all as f64 * part;
        let mut sum = 0.0;
        let reached = self.0.iter().position(|count| {
            sum += f64::from(*count);
            sum >= wanted
        });
        reached.filter(|_| all > 0).map(bound)
    }
}

fn bound(step: usize) -> f64 {
    1.25_f64.powi(i32::try_from(step).unwrap_or(i32::MAX))
}

/// The last day.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Figures)]
pub(crate) struct DayView {
    /// The server's start, or the beginning of the oldest part that earlier starts have left: nothing is known of what was before.
    #[schema(format = DateTime)]
    since: String,
    /// The server's clock.
    #[schema(format = DateTime)]
    now: String,
    /// How long a part is.
    part_ms: i64,
    /// The oldest first; those in which nothing happened are left out.
    #[schema(max_items = 144)]
    parts: Vec<PartView>,
}

/// What happened in a part of the day.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FiguresPart)]
pub(crate) struct PartView {
    /// Its beginning.
    #[schema(format = DateTime)]
    at: String,
    /// Submissions that were judged, by verdict.
    #[schema(value_type = BTreeMap<String, u64>)]
    verdicts: BTreeMap<String, u64>,
    /// Submissions answered with 429 or 503.
    refused: u64,
    /// Attempts that failed through us.
    failed: u64,
    /// From a submission's acceptance to its first attempt.
    wait: Option<QuantilesView>,
    /// Of an attempt.
    judging: Option<QuantilesView>,
}

/// How long something took, within a quarter.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Quantiles)]
pub(crate) struct QuantilesView {
    /// Half took no longer.
    median_ms: f64,
    /// 19 of 20 took no longer.
    p95_ms: f64,
}

impl QuantilesView {
    fn new(times: &Times) -> Option<Self> {
        Some(Self { median_ms: times.quantile(0.5)?, p95_ms: times.quantile(0.95)? })
    }
}

impl Day {
    fn new(since: DateTime<Utc>) -> Self {
        Self { since, parts: VecDeque::new() }
    }

    pub(super) fn waited(&mut self, time: Duration) {
        self.part(Utc::now()).waits.add(time);
    }

    pub(super) fn attempted(&mut self, time: Duration) {
        self.part(Utc::now()).judging.add(time);
    }

    pub(super) fn judged(&mut self, verdict: Verdict) {
        *self.part(Utc::now()).verdicts.entry(verdict).or_default() += 1;
    }

    pub(super) fn refused(&mut self) {
        self.part(Utc::now()).refused += 1;
    }

    pub(super) fn failed(&mut self) {
        self.part(Utc::now()).failed += 1;
    }

    /// Goes on with what was stored, before anything is counted. What cannot be read, by a newer server maybe, is told and left
    /// out.
    pub(crate) fn restore(&mut self, stored: &[(i64, String)]) {
        for (number, figures) in stored {
            // Whatever has been counted by now is of this start.
            if self.parts.back().is_some_and(|last| last.number >= *number) {
                continue;
            }
            match serde_json::from_str::<Part>(figures) {
                Ok(part) => self.parts.push_back(Part { number: *number, ..part }),
                Err(why) => tracing::warn!(error = %why, number, "A part of the last day cannot be read"),
            }
        }
        if let Some(first) = self.parts.front().and_then(Part::begin) {
            self.since = self.since.min(first);
        }
    }

    /// What is not stored as it is.
    pub(crate) fn changed(&self) -> Vec<Changed> {
        let changed = self.parts.iter().filter(|part| part.changes != part.stored).map(|part| Changed {
            number: part.number,
            changes: part.changes,
            // It has nothing that JSON has not.
            figures: serde_json::to_string(part).unwrap_or_default(),
        });
        changed.collect()
    }

    /// These are stored.
    pub(crate) fn stored(&mut self, changed: &[Changed]) {
        for part in &mut self.parts {
            if let Some(stored) = changed.iter().find(|changed| changed.number == part.number) {
                part.stored = stored.changes;
            }
        }
    }

    /// The number of the first part, where there is any.
    pub(crate) fn first(&self) -> Option<i64> {
        self.parts.front().map(|part| part.number)
    }

    /// The part of this time, which is about to change; what is older than a day is forgotten, and what a clock that was ahead has
    /// counted.
    fn part(&mut self, now: DateTime<Utc>) -> &mut Part {
        let number = now.timestamp().div_euclid(PART);
        while self.parts.back().is_some_and(|part| part.number > number) {
            self.parts.pop_back();
        }
        if self.parts.back().is_none_or(|part| part.number < number) {
            self.parts.push_back(Part { number, ..Part::default() });
        }
        while self.parts.len() > PARTS {
            self.parts.pop_front();
        }
        let last = self.parts.len() - 1;
        self.parts[last].changes += 1;
        &mut self.parts[last]
    }

    /// As it is told.
    pub(crate) fn view(&self, now: DateTime<Utc>) -> DayView {
        let first = now.timestamp().div_euclid(PART) - i64::try_from(PARTS).unwrap_or_default();
        let recent = self.parts.iter().filter(|part| part.number > first);
        let parts = recent.map(Part::view).collect();
        // Of what was before a day nothing is known, either.
        let since = self.since.max(now - TimeDelta::days(1));
        DayView { since: told(since), now: told(now), part_ms: PART * 1000, parts }
    }
}

impl Part {
    /// None where its number is no time.
    fn begin(&self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp(self.number.checked_mul(PART)?, 0)
    }

    fn view(&self) -> PartView {
        PartView {
            at: told(self.begin().unwrap_or_default()),
            verdicts: self.verdicts.iter().map(|(verdict, count)| (verdict.to_string(), *count)).collect(),
            refused: self.refused,
            failed: self.failed,
            wait: QuantilesView::new(&self.waits),
            judging: QuantilesView::new(&self.judging),
        }
    }
}

fn told(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_000_000_000 + seconds, 0).unwrap()
    }

    #[test]
    fn a_day_is_remembered_and_no_more() {
        let mut day = Day::new(at(0));
        for part in 0..300 {
            day.part(at(part * PART)).refused += 1;
        }
        assert_eq!(day.parts.len(), PARTS);
        let now = at(299 * PART);
        assert_eq!(day.view(now).parts.len(), PARTS);
        assert_eq!(day.view(now + Duration::from_secs(12 * 3600)).parts.len(), PARTS / 2);
        assert!(day.view(now + Duration::from_secs(25 * 3600)).parts.is_empty());
    }

    #[test]
    fn a_day_goes_on_after_a_restart() {
        let mut day = Day::new(at(0));
        for seconds in [0, PART] {
            let part = day.part(at(seconds));
            part.refused += 1;
            part.verdicts.insert(Verdict::CompileError, 7);
            part.waits.add(Duration::from_millis(3));
        }
        let changed = day.changed();
        assert_eq!((changed.len(), day.first()), (2, Some(changed[0].number)));
        day.part(at(PART)).failed += 1;
        day.stored(&changed);
        let again = day.changed();
        assert_eq!(again.len(), 1, "one has changed while it was stored");
        day.stored(&again);
        assert!(day.changed().is_empty(), "nothing has happened since");
        let mut stored = vec![
            (changed[0].number, changed[0].figures.clone()),
            (again[0].number, again[0].figures.clone()),
        ];
        stored.push((stored[1].0 + 1, "not a part".into()));
        let mut next = Day::new(at(PART + 5));
        next.restore(&stored);
        next.part(at(PART + 9)).failed += 1;
        day.part(at(PART + 9)).failed += 1;
        let told = |day: &Day| serde_json::to_value(day.view(at(PART + 10))).unwrap();
        assert_eq!(told(&next)["parts"], told(&day)["parts"]);
        assert_eq!(told(&next)["since"], told(&next)["parts"][0]["at"]);
        assert_eq!(next.changed().len(), 1, "only what has happened since");
    }

    #[test]
    fn what_a_clock_that_was_ahead_has_counted_is_forgotten() {
        let mut day = Day::new(at(0));
        for seconds in [0, 365 * 24 * 3600, PART] {
            day.part(at(seconds)).refused += 1;
        }
        let parts: Vec<_> = day.parts.iter().map(|part| part.number - day.parts[0].number).collect();
        assert_eq!(parts, [0, 1]);
    }

    #[test]
    fn quantiles_are_right_within_a_quarter() {
        let mut times = Times::default();
        assert!(QuantilesView::new(&times).is_none());
        for ms in 1..=1000 {
            times.add(Duration::from_millis(ms));
        }
        for (part, right) in [(0.5, 500.0), (0.95, 950.0), (1.0, 1000.0)] {
            let told = times.quantile(part).unwrap();
            assert!((right..=right * 1.26).contains(&told), "{part}: {told}");
        }
        times.add(Duration::from_secs(1_000_000));
        assert!(times.quantile(1.0).unwrap() > 1_000_000.0);
    }
}

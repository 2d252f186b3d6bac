//! Logs and metrics. Never a source, a program's output, or a token.

use std::io::IsTerminal;
use std::time::Duration;

use metrics::Unit;
use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

pub(crate) mod day;
mod quiet;

use quiet::Quiet;

use crate::judge::{Judgement, Verdict};
use crate::queue::Refusal;
use crate::sandbox::{PoolStatus, ProfileStatus};

/// Upper bounds of the histograms' buckets, in seconds.
const SECONDS: &[f64] =
    &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0];

/// Starts logging to standard error: for people on a terminal, else JSON. `filter` is as in `RUST_LOG`.
pub fn start_logging(filter: Option<&str>) {
    let filter = EnvFilter::try_new(filter.unwrap_or("info")).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Only fails where a test has started logging before.
    let started = if std::io::stderr().is_terminal() {
        builder.map_event_format(Quiet).try_init()
    } else {
        builder.json().flatten_event(true).map_event_format(Quiet).try_init()
    };
    drop(started);
}

/// Starts collecting metrics.
///
/// # Errors
/// When a recorder is installed already.
pub fn start_metrics() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new().set_buckets(SECONDS)?.install_recorder()?;
    describe();
    Ok(handle)
}

/// What each family is of, as `/metrics` tells it.
fn describe() {
    metrics::describe_gauge!("gavel_queue_waiting", "Submissions that wait for a worker.");
    metrics::describe_gauge!("gavel_queue_running", "Submissions that a worker sees to.");
    metrics::describe_histogram!(
        "gavel_queue_wait_seconds",
        Unit::Seconds,
        "Time from a submission's acceptance to its first attempt."
    );
    metrics::describe_histogram!("gavel_judging_seconds", Unit::Seconds, "Time of one attempt to judge.");
    metrics::describe_histogram!(
        "gavel_run_wall_seconds",
        Unit::Seconds,
        "Time on the clock of one run on a test case."
    );
    metrics::describe_counter!("gavel_judgements_total", "Submissions judged.");
    metrics::describe_counter!("gavel_attempts_failed_total", "Attempts to judge that failed through us.");
    metrics::describe_counter!("gavel_refusals_total", "Submissions answered with 429 or 503.");
    metrics::describe_gauge!(
        "gavel_sandboxes",
        "Sandboxes by state; slots: those that may be in use at one time, of the kind."
    );
    metrics::describe_counter!(
        "gavel_cluster_results_total",
        "What nodes have sent of parts of judgings: first, late or double ones, and those that were refused."
    );
    metrics::describe_counter!(
        "gavel_cluster_reruns_total",
        "Runs on other nodes of programs that were late by little on a slow one."
    );
    metrics::describe_counter!(
        "gavel_cluster_twins_total",
        "Tasks that a slow node was at and that a quick one was given, too."
    );
    metrics::describe_counter!(
        "gavel_cluster_known_total",
        "What nodes have said of programs of which it is known what they come to: the same, other, or nothing."
    );
    metrics::describe_gauge!("gavel_node_busy", "Tasks that this node is at.");
    metrics::describe_gauge!("gavel_lease_waiters", "Judgings that wait for a sandbox.");
    metrics::describe_counter!("gavel_sandboxes_created_total", "Sandboxes that were made.");
    metrics::describe_counter!("gavel_sandboxes_retired_total", "Sandboxes that were removed.");
}

/// An error with its causes, on one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.ends_with(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}

/// What has not happened yet is told as 0: a series that begins with its first event has no rate, and an alarm on it
/// does not see that one.
pub(crate) fn start_at_zero<'a>(languages: impl Iterator<Item = &'a str>) {
    attempt_failures().increment(0);
    for reason in Refusal::NAMES {
        refusals(reason).increment(0);
    }
    for language in languages {
        for verdict in Verdict::ALL {
            judgements(language, verdict).increment(0);
        }
    }
}

fn attempt_failures() -> metrics::Counter {
    metrics::counter!("gavel_attempts_failed_total")
}

fn refusals(reason: &'static str) -> metrics::Counter {
    metrics::counter!("gavel_refusals_total", "reason" => reason)
}

fn judgements(language: &str, verdict: Verdict) -> metrics::Counter {
    let labels = [("language", language.to_owned()), ("verdict", verdict.to_string())];
    metrics::counter!("gavel_judgements_total", &labels)
}

/// A submission waited this long for its first attempt.
pub(crate) fn waited(time: Duration) {
    metrics::histogram!("gavel_queue_wait_seconds").record(time);
    day::today().waited(time);
}

/// A submission was judged.
pub(crate) fn judged(language: &str, judgement: &Judgement) {
    judgements(language, judgement.verdict).increment(1);
    day::today().judged(judgement.verdict);
    let walls = metrics::histogram!("gavel_run_wall_seconds", "language" => language.to_owned());
    for test in &judgement.tests {
        walls.record(test.wall);
    }
}

/// An attempt ended, well or not.
pub(crate) fn attempted(language: &str, time: Duration) {
    metrics::histogram!("gavel_judging_seconds", "language" => language.to_owned()).record(time);
    day::today().attempted(time);
}

/// An attempt failed through us.
pub(crate) fn attempt_failed() {
    attempt_failures().increment(1);
    day::today().failed();
}

/// A submission was not accepted.
pub(crate) fn refused(reason: &'static str) {
    refusals(reason).increment(1);
    day::today().refused();
}

/// Submissions waiting and being judged.
#[expect(clippy::cast_precision_loss, reason = "gauges are floats")]
pub(crate) fn depth(waiting: usize, running: usize) {
    metrics::gauge!("gavel_queue_waiting").set(waiting as f64);
    metrics::gauge!("gavel_queue_running").set(running as f64);
}

/// Sandboxes by profile and state, and how many came and went.
#[expect(clippy::cast_precision_loss, reason = "gauges are floats")]
pub(crate) fn pool(status: &PoolStatus) {
    for status in &status.profiles {
        let ProfileStatus {
            profile,
            slots,
            places: _,
            warm: _,
            kept,
            idle,
            leased,
            starting,
            waiting,
            created,
            retired,
            problem: _,
            no_image: _,
            image: _,
        } = status;
        let name = profile.to_string();
        let states =
            [("slots", slots), ("kept", kept), ("idle", idle), ("leased", leased), ("starting", starting)];
        for (state, count) in states {
            let labels = [("profile", name.clone()), ("state", state.to_owned())];
            metrics::gauge!("gavel_sandboxes", &labels).set(*count as f64);
        }
        let label = ("profile", name);
        metrics::gauge!("gavel_lease_waiters", std::slice::from_ref(&label)).set(*waiting as f64);
        metrics::counter!("gavel_sandboxes_created_total", std::slice::from_ref(&label)).absolute(*created);
        for (reason, count) in retired {
            let labels = [label.clone(), ("reason", reason.as_str().to_owned())];
            metrics::counter!("gavel_sandboxes_retired_total", &labels).absolute(*count);
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeSet;
    use std::io;
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::judge::test_support::result;
    use crate::sandbox::{Profile, RetireReason};

    /// Everything that is logged.
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What is logged on this thread until something is done, as JSON.
    pub(crate) async fn logged(doing: impl Future) -> String {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt().json().map_event_format(Quiet);
        let subscriber = subscriber.with_writer(move || writer.clone()).finish();
        let _guard = tracing::subscriber::set_default(subscriber);
        doing.await;
        let written = lines.0.lock().unwrap().clone();
        String::from_utf8(written).unwrap()
    }

    #[tokio::test]
    async fn what_the_http_server_calls_an_error_of_a_client_is_left_out() {
        let told = logged(async {
            tracing::error!(target: "actix_http::h1::dispatcher", "stream error: {}", "URI error");
            tracing::error!(target: "actix_http::h1::dispatcher", "Response payload stream error: lost");
            tracing::error!(target: "gavel::store", "stream error: {}", "ours");
        });
        let told = told.await;
        assert!(!told.contains("URI error"), "{told}");
        assert!(told.contains("lost") && told.contains("ours"), "{told}");
    }

    /// Has everything happen that is counted.
    fn everything() {
        start_at_zero(["c17"].into_iter());
        waited(Duration::from_secs(1));
        attempted("c17", Duration::from_secs(1));
        let tests = vec![result()];
        judged("c17", &Judgement { tests, ..Judgement::internal_error(String::new(), 0) });
        depth(1, 1);
        pool(&status());
    }

    /// Of a pool with one sandbox, and one that is gone.
    fn status() -> PoolStatus {
        let profile = ProfileStatus {
            profile: Profile::Run,
            slots: 1,
            places: 1,
            warm: 1,
            idle: 1,
            leased: 0,
            starting: 0,
            waiting: 0,
            created: 2,
            retired: [(RetireReason::MaxAge, 1)].into(),
            problem: None,
            no_image: false,
            image: None,
            kept: 1,
        };
        PoolStatus { tier: None, profiles: vec![profile], notes: Vec::new(), ..PoolStatus::default() }
    }

    #[test]
    fn every_family_is_described() {
        let recorder = PrometheusBuilder::new().set_buckets(SECONDS).unwrap().build_recorder();
        metrics::with_local_recorder(&recorder, || {
            describe();
            everything();
        });
        let told = recorder.handle().render();
        let of = |what: &str| -> BTreeSet<String> {
            let names = told.lines().filter_map(|line| line.strip_prefix(what)?.split(' ').next());
            names.map(str::to_owned).collect()
        };
        let samples = told.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        let families: BTreeSet<String> = samples
            .filter_map(|line| line.split(['{', ' ']).next())
            .map(|name| {
                ["_bucket", "_sum", "_count"].iter().fold(name, |name, end| name.trim_end_matches(end))
            })
            .map(str::to_owned)
            .collect();
        assert_eq!(families.len(), 12, "{told}");
        assert_eq!(of("# HELP "), families);
        assert_eq!(of("# TYPE "), families);
    }

    #[test]
    fn what_has_not_happened_yet_is_told_as_0() {
        let recorder = PrometheusBuilder::new().build_recorder();
        metrics::with_local_recorder(&recorder, || start_at_zero(["c17"].into_iter()));
        let told = recorder.handle().render();
        for line in [
            "gavel_attempts_failed_total 0",
            "gavel_refusals_total{reason=\"throttled\"} 0",
            "gavel_refusals_total{reason=\"queue_full\"} 0",
            "gavel_judgements_total{language=\"c17\",verdict=\"InternalError\"} 0",
        ] {
            assert!(told.lines().any(|told| told == line), "{line} is not in:\n{told}");
        }
    }
}

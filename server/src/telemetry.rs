//! Logs and metrics. Never a source, a program's output, or a token.

use std::io::IsTerminal;
use std::time::Duration;

use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

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
        builder.try_init()
    } else {
        builder.json().flatten_event(true).try_init()
    };
    drop(started);
}

/// Starts collecting metrics.
///
/// # Errors
/// When a recorder is installed already.
pub fn start_metrics() -> Result<PrometheusHandle, BuildError> {
    PrometheusBuilder::new().set_buckets(SECONDS)?.install_recorder()
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
}

/// A submission was judged.
pub(crate) fn judged(language: &str, judgement: &Judgement) {
    judgements(language, judgement.verdict).increment(1);
    let walls = metrics::histogram!("gavel_run_wall_seconds", "language" => language.to_owned());
    for test in &judgement.tests {
        walls.record(test.wall);
    }
}

/// An attempt ended, well or not.
pub(crate) fn attempted(language: &str, time: Duration) {
    metrics::histogram!("gavel_judging_seconds", "language" => language.to_owned()).record(time);
}

/// An attempt failed through us.
pub(crate) fn attempt_failed() {
    attempt_failures().increment(1);
}

/// A submission was not accepted.
pub(crate) fn refused(reason: &'static str) {
    refusals(reason).increment(1);
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
    use std::io;
    use std::sync::{Arc, Mutex};

    use super::*;

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
        let subscriber = tracing_subscriber::fmt().json().with_writer(move || writer.clone()).finish();
        let _guard = tracing::subscriber::set_default(subscriber);
        doing.await;
        let written = lines.0.lock().unwrap().clone();
        String::from_utf8(written).unwrap()
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

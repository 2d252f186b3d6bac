//! A submission's events, as they come.

use std::io::{BufRead as _, BufReader, Read};
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::Value;

use super::live::Live;
use crate::failure::Failure;
use crate::http::Client;
use crate::submission::{self, Submission};

/// How long one stream of events lasts before we ask anew.
const STREAM: Duration = Duration::from_secs(60);
/// Bytes of a line that tells a state. Who comes late, or again, is told there of each test that is done, of which there may be as
/// many as a server takes (65 536).
const LINE: u64 = 4 * 1024 * 1024;
/// For how long the final answer is waited for behind the events. A server that holds nothing is asked as seldom.
const BEHIND: Duration = Duration::from_secs(1);

/// A state on the way.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct State {
    pub(super) state: String,
    #[serde(default)]
    pub(super) position: Option<u64>,
    #[serde(default)]
    pub(super) tests_done: Option<u64>,
}

/// Shows the states of a submission until it is final, or until the deadline; as it was told last.
pub(super) fn until_final(
    client: &Client,
    sent: Value,
    deadline: Option<Instant>,
    live: &mut Live<'_, '_>,
) -> Result<Value, Failure> {
    let mut told = sent;
    loop {
        let submission = Submission::of(&told)?;
        let left = deadline.map_or(STREAM, |deadline| deadline.saturating_duration_since(Instant::now()));
        if submission.is_final() || left.is_zero() {
            return Ok(told);
        }
        // Events are for the eye: where they cannot be had, the submission is asked for all the same.
        if let Ok(stream) = client.stream(&format!("submissions/{}/events", submission.id), left.min(STREAM))
        {
            states(stream, |state| live.show(state))?;
        }
        let asked = Instant::now();
        told = submission::ask(client, &submission.id, BEHIND.min(left))?;
        if !Submission::of(&told)?.is_final() {
            std::thread::sleep(BEHIND.min(left).saturating_sub(asked.elapsed()));
        }
    }
}

/// Reads states until the judgement comes or the stream ends.
fn states(stream: impl Read, mut show: impl FnMut(&State) -> Result<(), Failure>) -> Result<(), Failure> {
    let mut stream = BufReader::new(stream);
    loop {
        let mut line = Vec::new();
        let read = (&mut stream).take(LINE).read_until(b'\n', &mut line);
        let Some(line) = read.ok().and_then(|_| line.strip_suffix(b"\n")) else { return Ok(()) };
        if line == b"event: judgement" {
            return Ok(());
        }
        let data = line.strip_prefix(b"data:").unwrap_or_default();
        if let Ok(state) = serde_json::from_slice(data) {
            show(&state)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(stream: &str) -> Vec<State> {
        let mut all = Vec::new();
        states(stream.as_bytes(), |state| {
            all.push(state.clone());
            Ok(())
        })
        .unwrap();
        all
    }

    #[test]
    fn states_are_read_until_the_judgement() {
        let stream = ": still here\n\nevent: state\ndata: {\"state\":\"queued\",\"position\":3}\n\n\
                      event: state\ndata: {\"state\":\"running\",\"tests_done\":2}\n\n\
                      event: judgement\ndata: {\"state\":\"done\"}\n\n";
        let queued = State { state: "queued".into(), position: Some(3), tests_done: None };
        let running = State { state: "running".into(), position: None, tests_done: Some(2) };
        assert_eq!(all(stream), [queued, running]);
    }

    #[test]
    fn a_state_is_read_however_many_tests_it_tells_of() {
        let test = |index| format!("{{\"index\":{index},\"verdict\":\"MemoryLimitExceeded\"}}");
        let tests: Vec<_> = (0..65_536).map(test).collect();
        let tests = tests.join(",");
        let data = format!("{{\"state\":\"running\",\"tests_done\":65536,\"tests\":[{tests}]}}");
        let stream = format!("event: state\ndata: {data}\n\n");
        let running = State { state: "running".into(), position: None, tests_done: Some(65_536) };
        assert_eq!(all(&stream), [running]);
    }

    #[test]
    fn nonsense_and_lines_without_end_are_not_held() {
        assert_eq!(all("data: nonsense\nx\n\u{1b}[2J\ndata: {\"state\":5}\n"), []);
        let flood = format!("data: {}", "x".repeat(20_000_000));
        assert_eq!(all(&flood), []);
    }
}

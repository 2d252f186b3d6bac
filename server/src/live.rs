//! What programs write while they run, for whoever looks on: the last of it, from memory. Who looks on later has missed the
//! beginning, and what a program has written in all is in its judgement: so nothing here is ever waited for.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::submission::SubmissionId;

/// Bytes of a stream that are there to be seen. Of what comes faster than it is looked at, the rest is missed: there are so
/// many for each run that goes on, and as many runs as sandboxes.
const WINDOW: usize = 16 * 1024;
/// Where more submissions than this are looked at, those are forgotten at which nobody has looked for this long: who looks does so ten
/// times a second.
const MANY_LOOKED_AT: usize = 1024;
const LONG: Duration = Duration::from_secs(5);

/// What there is to see of a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
    /// Of one that talks with a validator: what both say, in the form of the result's `transcript`.
    Transcript,
}

/// The programs that run. Copies are of the same.
#[derive(Debug, Clone, Default)]
pub struct LiveOutputs(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    /// By submission and test.
    screens: Mutex<HashMap<SubmissionId, BTreeMap<u32, Arc<Screen>>>>,
    begun: AtomicU64,
    /// When somebody last looked.
    looked_at: Mutex<HashMap<SubmissionId, Instant>>,
}

/// What one run writes.
#[derive(Debug)]
struct Screen {
    /// No other has this number.
    number: u64,
    streams: [Mutex<Window>; 3],
}

/// The end of a stream.
#[derive(Debug, Default)]
struct Window {
    last: VecDeque<u8>,
    /// Bytes that were written in all.
    total: u64,
}

/// A run that can be looked at until this is dropped.
#[derive(Debug)]
pub struct Shown {
    of: LiveOutputs,
    submission: SubmissionId,
    test: u32,
    screen: Arc<Screen>,
}

/// Where a copy goes of what is written to a stream.
#[derive(Debug, Clone)]
pub struct Tap {
    screen: Arc<Screen>,
    stream: Stream,
}

/// What somebody has seen of a submission.
#[derive(Debug, Clone, Copy, Default)]
pub struct Seen {
    /// Number of the run.
    run: u64,
    /// Bytes of each stream.
    bytes: [u64; 3],
}

/// What was written since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Position of the test case, from 0.
    pub test: u32,
    /// To which stream.
    pub stream: Stream,
    /// Bytes before it that nobody sees any more.
    pub missed: u64,
    /// As text: what is no text stands as the sign of replacement.
    pub text: String,
}

const STREAMS: [Stream; 3] = [Stream::Stdout, Stream::Stderr, Stream::Transcript];

impl LiveOutputs {
    /// A run of a test begins, and can be looked at.
    #[must_use]
    pub fn begin(&self, submission: SubmissionId, test: u32) -> Shown {
        let number = self.0.begun.fetch_add(1, Ordering::Relaxed) + 1;
        let screen = Arc::new(Screen { number, streams: Default::default() });
        self.screens().entry(submission).or_default().insert(test, Arc::clone(&screen));
        Shown { of: self.clone(), submission, test, screen }
    }

    /// What the first test that runs has written since this was seen, which is changed. Of a run that is not the one of
    /// before, all that is there.
    pub fn look(&self, submission: SubmissionId, seen: &mut Seen) -> Vec<Piece> {
        self.note_look(submission, Instant::now());
        let first = self.screens().get(&submission).and_then(|screens| {
            let (test, screen) = screens.first_key_value()?;
            Some((*test, Arc::clone(screen)))
        });
        let Some((test, screen)) = first else { return Vec::new() };
        if seen.run != screen.number {
            *seen = Seen { run: screen.number, bytes: [0; 3] };
        }
        let since = |(stream, seen)| screen.window(stream).since(seen).map(|part| part.piece(test, stream));
        STREAMS.into_iter().zip(&mut seen.bytes).filter_map(since).collect()
    }

    /// Submissions at which somebody has looked in the last so long.
    pub fn looked_at(&self, within: Duration) -> Vec<SubmissionId> {
        let looked_at = self.0.looked_at.lock().unwrap_or_else(PoisonError::into_inner);
        looked_at.iter().filter(|(_, at)| at.elapsed() < within).map(|(submission, _)| *submission).collect()
    }

    fn note_look(&self, submission: SubmissionId, now: Instant) {
        let mut looked_at = self.0.looked_at.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = looked_at.insert(submission, now).is_none();
        if is_new && looked_at.len() > MANY_LOOKED_AT {
            looked_at.retain(|_, at| now.duration_since(*at) < LONG);
        }
    }

    fn screens(&self) -> MutexGuard<'_, HashMap<SubmissionId, BTreeMap<u32, Arc<Screen>>>> {
        self.0.screens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shown {
    /// What is written to this stream goes there.
    pub fn tap(&self, stream: Stream) -> Tap {
        Tap { screen: Arc::clone(&self.screen), stream }
    }
}

impl Drop for Shown {
    /// Another run of the same test may have begun.
    fn drop(&mut self) {
        let mut all = self.of.screens();
        let Some(screens) = all.get_mut(&self.submission) else { return };
        if screens.get(&self.test).is_some_and(|screen| screen.number == self.screen.number) {
            screens.remove(&self.test);
        }
        if screens.is_empty() {
            all.remove(&self.submission);
        }
    }
}

impl Seen {
    /// The number of the run that was seen; no other has it.
    pub fn run(&self) -> u64 {
        self.run
    }
}

impl Tap {
    /// So many bytes were written that nobody sees here.
    pub fn miss(&self, bytes: u64) {
        self.screen.window(self.stream).miss(bytes);
    }

    /// This was written.
    pub fn write(&self, bytes: &[u8]) {
        self.screen.window(self.stream).write(bytes);
    }
}

impl Screen {
    fn window(&self, stream: Stream) -> MutexGuard<'_, Window> {
        self.streams[stream as usize].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Bytes that were not seen yet.
struct Part {
    missed: u64,
    bytes: Vec<u8>,
}

impl Window {
    fn write(&mut self, bytes: &[u8]) {
        self.total = self.total.saturating_add(bytes.len() as u64);
        let last = &bytes[bytes.len().saturating_sub(WINDOW)..];
        let surplus = (self.last.len() + last.len()).saturating_sub(WINDOW);
        self.last.drain(..surplus);
        self.last.extend(last);
    }

    /// What is there is before so many bytes that are not: it is missed as well.
    fn miss(&mut self, bytes: u64) {
        if bytes > 0 {
            self.last.clear();
            self.total = self.total.saturating_add(bytes);
        }
    }

    /// What is behind so many bytes, which then are more: up to where a character is not whole yet.
    fn since(&self, seen: &mut u64) -> Option<Part> {
        let first = self.total - self.last.len() as u64;
        let behind = usize::try_from(seen.saturating_sub(first)).unwrap_or(usize::MAX);
        let mut bytes: Vec<u8> = self.last.iter().skip(behind).copied().collect();
        let mut missed = first.saturating_sub(*seen);
        if missed > 0 {
            // The rest of a character whose beginning is gone.
            let rest = bytes.iter().take(3).take_while(|byte| is_continuation(**byte)).count();
            bytes.drain(..rest);
            missed += rest as u64;
        }
        bytes.truncate(bytes.len() - begun(&bytes));
        let is_news = !bytes.is_empty();
        is_news.then(|| {
            *seen = *seen + missed + bytes.len() as u64;
            Part { missed, bytes }
        })
    }
}

impl Part {
    fn piece(self, test: u32, stream: Stream) -> Piece {
        let Self { missed, bytes } = self;
        Piece { test, stream, missed, text: String::from_utf8_lossy(&bytes).into_owned() }
    }
}

fn is_continuation(byte: u8) -> bool {
    byte & 0b1100_0000 == 0b1000_0000
}

/// Bytes at the end that are the beginning of a character.
fn begun(bytes: &[u8]) -> usize {
    let length = |first: u8| match first {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => 1,
    };
    let end = (1..).zip(bytes.iter().rev().take(3)).find(|(_, byte)| !is_continuation(**byte));
    end.filter(|(so_far, first)| length(**first) > *so_far).map_or(0, |(so_far, _)| so_far)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(outputs: &LiveOutputs, id: SubmissionId, seen: &mut Seen) -> Vec<(u32, u64, String)> {
        let pieces = outputs.look(id, seen).into_iter();
        pieces.map(|Piece { test, missed, text, .. }| (test, missed, text)).collect()
    }

    #[test]
    fn what_is_written_is_seen_once_and_in_order() {
        let (outputs, id, mut seen) = (LiveOutputs::default(), SubmissionId::new_v4(), Seen::default());
        assert_eq!(look(&outputs, id, &mut seen), []);
        let shown = outputs.begin(id, 0);
        assert_eq!(look(&outputs, id, &mut seen), []);
        shown.tap(Stream::Stdout).write(b"one ");
        shown.tap(Stream::Stdout).write(b"two");
        shown.tap(Stream::Stderr).write(b"oops");
        let pieces = outputs.look(id, &mut seen);
        let brief: Vec<_> = pieces.iter().map(|piece| (piece.stream, piece.text.as_str())).collect();
        assert_eq!(brief, [(Stream::Stdout, "one two"), (Stream::Stderr, "oops")]);
        assert_eq!(look(&outputs, id, &mut seen), []);
        shown.tap(Stream::Stdout).write(b"!");
        assert_eq!(look(&outputs, id, &mut seen), [(0, 0, "!".into())]);
        let mut another = Seen::default();
        assert_eq!(look(&outputs, id, &mut another)[0], (0, 0, "one two!".into()));
    }

    #[test]
    fn however_much_is_written_little_is_held_and_what_is_missed_is_counted() {
        let (outputs, id, mut seen) = (LiveOutputs::default(), SubmissionId::new_v4(), Seen::default());
        let shown = outputs.begin(id, 0);
        let tap = shown.tap(Stream::Stdout);
        for _ in 0..100 {
            tap.write(&[b'x'; 1000]);
        }
        tap.write(&[b'y'; 3 * WINDOW]);
        tap.write(b"z");
        let window = shown.screen.window(Stream::Stdout).last.capacity();
        assert!(window <= 2 * WINDOW, "{window}");
        let (_, missed, text) = look(&outputs, id, &mut seen).remove(0);
        assert_eq!((missed, text.len()), (100_000 + 2 * WINDOW as u64 + 1, WINDOW));
        assert!(text.ends_with("yz") && !text.contains('x'));
        assert_eq!(look(&outputs, id, &mut seen), []);
    }

    #[test]
    fn what_was_missed_elsewhere_is_missed_here_too() {
        let (outputs, id, mut seen) = (LiveOutputs::default(), SubmissionId::new_v4(), Seen::default());
        let shown = outputs.begin(id, 0);
        let tap = shown.tap(Stream::Stdout);
        tap.miss(7);
        tap.write(b"one");
        assert_eq!(look(&outputs, id, &mut seen), [(0, 7, "one".into())]);
        tap.write(b"two");
        tap.miss(5);
        tap.write(b"three");
        assert_eq!(look(&outputs, id, &mut seen), [(0, 8, "three".into())]);
    }

    #[test]
    fn it_is_known_at_whom_somebody_looks_and_those_are_forgotten_at_whom_nobody_does() {
        let (outputs, id) = (LiveOutputs::default(), SubmissionId::new_v4());
        assert!(outputs.looked_at(LONG).is_empty());
        outputs.look(id, &mut Seen::default());
        assert_eq!(outputs.looked_at(LONG), [id]);
        assert!(outputs.looked_at(Duration::ZERO).is_empty());
        let now = Instant::now();
        for second in 0..10 * MANY_LOOKED_AT as u64 {
            outputs.note_look(SubmissionId::new_v4(), now + Duration::from_secs(second));
        }
        assert!(outputs.0.looked_at.lock().unwrap().len() <= MANY_LOOKED_AT);
    }

    #[test]
    fn a_character_that_comes_in_two_parts_is_one_and_what_is_no_text_is_replaced() {
        let (outputs, id, mut seen) = (LiveOutputs::default(), SubmissionId::new_v4(), Seen::default());
        let shown = outputs.begin(id, 0);
        let tap = shown.tap(Stream::Stdout);
        tap.write(b"a\xF0\x9F");
        assert_eq!(look(&outputs, id, &mut seen), [(0, 0, "a".into())]);
        assert_eq!(look(&outputs, id, &mut seen), []);
        tap.write(b"\x98\x80\xFF\x80");
        assert_eq!(look(&outputs, id, &mut seen), [(0, 0, "\u{1F600}\u{FFFD}\u{FFFD}".into())]);
        // A window that begins within one.
        tap.write("é".repeat(WINDOW).as_bytes());
        tap.write(b"!");
        let (_, missed, text) = look(&outputs, id, &mut seen).remove(0);
        assert_eq!(missed + text.len() as u64, 2 * WINDOW as u64 + 1);
        assert!(text.starts_with('é') && text.ends_with("é!") && !text.contains('\u{FFFD}'));
    }

    #[test]
    fn the_first_test_that_runs_is_seen_and_another_run_of_it_from_its_beginning() {
        let (outputs, id, mut seen) = (LiveOutputs::default(), SubmissionId::new_v4(), Seen::default());
        let [first, second] = [0, 1].map(|test| outputs.begin(id, test));
        second.tap(Stream::Stdout).write(b"second");
        first.tap(Stream::Stdout).write(b"first");
        assert_eq!(look(&outputs, id, &mut seen), [(0, 0, "first".into())]);
        let again = outputs.begin(id, 0);
        drop(first);
        again.tap(Stream::Stdout).write(b"again");
        assert_eq!(look(&outputs, id, &mut seen), [(0, 0, "again".into())]);
        drop(again);
        assert_eq!(look(&outputs, id, &mut seen), [(1, 0, "second".into())]);
        drop(second);
        assert_eq!(look(&outputs, id, &mut seen), []);
        assert!(outputs.screens().is_empty(), "nothing is left");
    }
}

//! What a program and a validator said to each other, and when: its beginning and its end, where it is long.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::checker::visible;
use crate::live::Tap;

/// Bytes of the beginning, and of the end, that are kept; what each piece takes beside its bytes counts, too.
const KEPT: usize = 24 * 1024;
const PIECE: usize = 48;
/// What each line takes beside its bytes.
const LINE: usize = 32;
/// Bytes of a piece, and of one that has many lines.
const LONG: usize = 1024;
const DENSE: usize = 256;
/// Bytes that are shown while it goes on, of what is said at a time: nobody reads more, and lines are not for nothing.
const SHOWN: usize = 4 * LONG;
/// Longest text that is made of it.
pub(super) const LONGEST: u64 = 8 * KEPT as u64;

/// One of the two who talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Side {
    /// The submission's program.
    Program,
    /// The problem's validator.
    Validator,
}

/// A dialogue while it goes on.
#[derive(Debug)]
pub(super) struct Transcript {
    begun: Instant,
    said: Mutex<Said>,
    /// Where it is seen while it goes on.
    tap: Option<Tap>,
}

#[derive(Debug, Default)]
struct Said {
    head: Vec<Piece>,
    head_size: usize,
    tail: VecDeque<Piece>,
    tail_size: usize,
    /// Bytes between the two that are not kept.
    left_out: u64,
}

/// What one side said at a time.
#[derive(Debug)]
struct Piece {
    at: Duration,
    from: Side,
    bytes: Vec<u8>,
}

impl Piece {
    fn size(&self) -> usize {
        self.bytes.len() + PIECE + lines(&self.bytes) * LINE
    }
}

fn lines(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'\n').count()
}

impl Transcript {
    /// Of a dialogue that begins now, to be seen there meanwhile.
    pub(super) fn begin(tap: Option<Tap>) -> Self {
        Self { begun: Instant::now(), said: Mutex::default(), tap }
    }

    /// One side has said this.
    pub(super) fn add(&self, from: Side, bytes: &[u8]) {
        let at = self.begun.elapsed();
        if let Some(tap) = &self.tap {
            tap.write(shown(at, from, bytes).as_bytes());
        }
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let most = if lines(bytes) > bytes.len() / 4 { DENSE } else { LONG };
        for bytes in bytes.chunks(most) {
            said.add(Piece { at, from, bytes: bytes.to_vec() });
        }
    }

    /// As text: a line for each line that was said, with the time since the beginning and the side. Controls are shown by
    /// signs, what is no text by that of replacement.
    pub(super) fn text(self) -> String {
        let Said { head, tail, left_out, .. } =
            self.said.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut text = String::new();
        head.iter().for_each(|piece| piece.write(&mut text));
        text.push_str(&self::left_out(left_out));
        tail.iter().for_each(|piece| piece.write(&mut text));
        text
    }
}

/// What is seen at once of what was said: its end.
fn shown(at: Duration, from: Side, bytes: &[u8]) -> String {
    let end = last(bytes, SHOWN);
    let end = if lines(end) > DENSE { last(end, DENSE) } else { end };
    let mut text = left_out((bytes.len() - end.len()) as u64);
    Piece { at, from, bytes: end.to_vec() }.write(&mut text);
    text
}

fn last(bytes: &[u8], most: usize) -> &[u8] {
    &bytes[bytes.len().saturating_sub(most)..]
}

fn left_out(bytes: u64) -> String {
    if bytes == 0 { String::new() } else { format!("… {bytes} bytes left out …\n") }
}

impl Said {
    fn add(&mut self, piece: Piece) {
        if self.tail.is_empty() && self.head_size + piece.size() <= KEPT {
            self.head_size += piece.size();
            self.head.push(piece);
            return;
        }
        self.tail_size += piece.size();
        self.tail.push_back(piece);
        while self.tail_size > KEPT {
            let Some(gone) = self.tail.pop_front() else { return };
            self.tail_size -= gone.size();
            self.left_out += gone.bytes.len() as u64;
        }
    }
}

impl Piece {
    fn write(&self, text: &mut String) {
        let side = match self.from {
            Side::Program => "program",
            Side::Validator => "validator",
        };
        let said = String::from_utf8_lossy(&self.bytes);
        for line in said.split_inclusive('\n') {
            let (line, is_open) = match line.strip_suffix('\n') {
                Some(line) => (line, false),
                None => (line, true),
            };
            let line: String = line.chars().map(visible).collect();
            let open = if is_open { "…" } else { "" };
            let _written = writeln!(text, "{:9.3} ms {side:9} {line}{open}", self.at.as_secs_f64() * 1000.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::{LiveOutputs, Seen, Stream};
    use crate::submission::SubmissionId;

    /// Without the times.
    fn told(transcript: Transcript) -> Vec<String> {
        let text = transcript.text();
        text.lines().map(|line| line.split_once(" ms ").map_or(line, |(_, rest)| rest).to_owned()).collect()
    }

    #[test]
    fn who_said_what_is_told_line_by_line() {
        let transcript = Transcript::begin(None);
        transcript.add(Side::Validator, b"10\n20\n");
        transcript.add(Side::Program, b"\x1b[2J\xff ");
        transcript.add(Side::Program, b"5\n");
        assert_eq!(
            told(transcript),
            ["validator 10", "validator 20", "program   ␛[2J\u{fffd} …", "program   5"]
        );
    }

    #[test]
    fn while_it_goes_on_its_end_is_seen_and_lines_cost_little() {
        let (outputs, id, mut seen) = (LiveOutputs::default(), SubmissionId::new_v4(), Seen::default());
        let run = outputs.begin(id, 0);
        let transcript = Transcript::begin(Some(run.tap(Stream::Transcript)));
        let mut look = || {
            let pieces = outputs.look(id, &mut seen);
            assert!(pieces.iter().all(|piece| piece.stream == Stream::Transcript));
            pieces.into_iter().map(|piece| piece.text).collect::<String>()
        };
        transcript.add(Side::Validator, b"10\n20\n");
        transcript.add(Side::Program, b"\x1b5\n");
        let text = look();
        let said: Vec<_> = text.lines().map(|line| line.split_once(" ms ").unwrap().1).collect();
        assert_eq!(said, ["validator 10", "validator 20", "program   ␛5"]);
        for (said, left) in [(vec![b'\n'; 60_000], DENSE), (vec![b'x'; 60_000], SHOWN)] {
            transcript.add(Side::Program, &said);
            let text = look();
            assert!(text.starts_with(&format!("… {} bytes left out …\n", said.len() - left)), "{text}");
            assert!(text.lines().count() <= DENSE + 1);
        }
        assert!(transcript.text().contains("validator 20"), "and all the same it is told in all");
    }

    #[test]
    fn times_go_on() {
        let transcript = Transcript::begin(None);
        transcript.add(Side::Validator, b"a\n");
        std::thread::sleep(Duration::from_millis(5));
        transcript.add(Side::Program, b"b\n");
        let text = transcript.text();
        let times: Vec<f64> =
            text.lines().map(|line| line.trim().split(' ').next().unwrap().parse().unwrap()).collect();
        assert!(times[1] >= times[0] + 5.0, "{times:?}");
    }

    #[test]
    fn a_long_dialogue_has_its_beginning_and_its_end() {
        let cases =
            [(1, b'x'), (7, b'x'), (100_000, b'x'), (1, b'\n'), (1024, b'\n'), (100_000, 0xff), (1000, 1)];
        for (size, said) in cases {
            let transcript = Transcript::begin(None);
            transcript.add(Side::Validator, b"first\n");
            for _ in 0..1_000_000 / size {
                transcript.add(Side::Program, &vec![said; size]);
            }
            transcript.add(Side::Program, b"last\n");
            let text = transcript.text();
            assert!(text.len() as u64 <= LONGEST, "{size}: {}", text.len());
            assert!(text.lines().next().unwrap().ends_with("first") && text.ends_with("last\n"), "{size}");
            assert!(text.contains(" bytes left out …"), "{size}");
        }
    }
}

//! Changes of examples, the same in every run.

use std::path::Path;
use std::time::{Duration, Instant};

use super::{TARGETS, Target};

/// Calls of each target.
const CALLS: usize = 100_000;
/// A machine that is slow makes fewer.
const MOST: Duration = Duration::from_secs(8);
/// No example grows beyond this.
const LONGEST: usize = 16 * 1024;

/// Bytes that mean something to one parser or another, and the ends of numbers.
const TELLING: [&[u8]; 26] = [
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b":",
    b",",
    b"\\",
    b"\\u",
    b"\\ud800",
    b"null",
    b"true",
    b"-1",
    b"0",
    b"1e308",
    b"18446744073709551616",
    b"9223372036854775808",
    b"\n",
    b"\x00",
    b"\xff",
    b"\xff\xff\xff\xff\x0f",
    b"\x80",
    b"\x7f",
    b"\xc3\x28",
    b"\xed\xa0\x80",
    b"/",
];

/// Numbers that look random, always the same.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Below this; 0 where that is 0.
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % (end.max(1) as u64)).unwrap_or(0)
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// Changes an example a few times.
fn change(example: &mut Vec<u8>, others: &[Vec<u8>], numbers: &mut Numbers) {
    for _ in 0..=numbers.below(6) {
        let at = numbers.below(example.len());
        let end = (at + numbers.below(24)).min(example.len());
        match numbers.below(8) {
            0 if at < example.len() => example[at] ^= 1 << numbers.below(8),
            1 if at < example.len() => example[at] = numbers.next().to_le_bytes()[0],
            2 => drop(example.drain(at.min(end)..end)),
            3 => {
                let again = example[at.min(end)..end].to_vec();
                let times = 1 + numbers.below(4);
                drop(example.splice(end..end, again.repeat(times)));
            }
            4 => drop(example.splice(at..at, numbers.one(&TELLING).iter().copied())),
            5 => drop(example.splice(at..end, numbers.one(&TELLING).iter().copied())),
            6 => {
                let other = numbers.one(others).clone();
                let from = numbers.below(other.len());
                example.truncate(at);
                example.extend_from_slice(&other[from..]);
            }
            _ => example.truncate(at),
        }
    }
    example.truncate(LONGEST);
}

fn examples(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fuzz/corpus").join(target);
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// The examples themselves, and then changes of them.
fn try_out(name: &str, target: Target) -> usize {
    let examples = examples(name);
    assert!(!examples.is_empty(), "no example of {name}");
    examples.iter().for_each(|example| target(example));
    let (mut numbers, begun) = (Numbers(0x9e37_79b9_7f4a_7c15), Instant::now());
    let mut calls = 0;
    while calls < CALLS && begun.elapsed() < MOST {
        let mut example = numbers.one(&examples).clone();
        change(&mut example, &examples, &mut numbers);
        target(&example);
        calls += 1;
    }
    calls
}

#[test]
fn changed_examples_break_no_parser() {
    for (name, target) in TARGETS {
        let calls = try_out(name, target);
        assert!(calls > 100, "{name}: {calls} calls in {MOST:?}");
    }
}

/// What is tried is more than garbage: changes of examples are often understood.
#[test]
fn many_changes_are_still_understood() {
    let mut numbers = Numbers(1);
    let examples = examples("gojudge");
    let understood = (0..2000).filter(|_| {
        let mut example = numbers.one(&examples).clone();
        change(&mut example, &examples, &mut numbers);
        crate::http::fuzz::is_understood(&example)
    });
    assert!(understood.count() > 100);
}

//! What a program of `submissions/` must lead to, and the comparison with what came.

use crate::environment::at_most_ms;
use crate::header::{from_hex, unescape};
use crate::wire::{Answer, TestResult};

/// The verdicts of the service.
const VERDICTS: [&str; 8] = [
    "Accepted",
    "WrongAnswer",
    "CompileError",
    "RuntimeError",
    "TimeLimitExceeded",
    "MemoryLimitExceeded",
    "OutputLimitExceeded",
    "InternalError",
];

/// What must come of a program.
#[derive(Debug, Clone, Default)]
pub struct Expectation {
    /// The verdict.
    pub verdict: String,
    facts: Vec<Fact>,
}

/// One header line about the outcome.
#[derive(Debug, Clone, PartialEq)]
enum Fact {
    ExitCode(i64),
    Signal(String),
    ReasonContains(String),
    Stream(Name, StreamFact),
    LogContains(String),
    LogLacks(Vec<u8>),
    LogTruncated(bool),
    CpuMs(Range),
    WallMs(Range),
    MemoryBytes(Range),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Name {
    Stdout,
    Stderr,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum StreamFact {
    Is(Vec<u8>),
    Contains(String),
    Size(usize),
    Truncated(bool),
}

/// `400..500`, either end open.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Range {
    from: f64,
    to: f64,
}

impl Expectation {
    /// Takes one header line; `false` when it is none of ours.
    ///
    /// # Errors
    /// Says what is wrong with the value.
    pub(crate) fn set(&mut self, key: &str, value: &str) -> Result<bool, String> {
        if key == "expect" {
            if !VERDICTS.contains(&value) {
                return Err(format!("`{value}` is no verdict"));
            }
            self.verdict = value.into();
            return Ok(true);
        }
        match fact(key, value)? {
            Some(fact) => self.facts.push(fact),
            None => return Ok(false),
        }
        Ok(true)
    }

    /// A limit on time is to end the program.
    pub(crate) fn is_the_end_of_its_time(&self) -> bool {
        self.verdict == "TimeLimitExceeded"
    }

    /// Everything in which an answer differs from what must come; empty = as expected.
    pub fn differences(&self, answer: &Answer) -> Vec<String> {
        let mut wrong = Vec::new();
        if answer.verdict() != self.verdict {
            wrong.push(format!("expected {}, got {}", self.verdict, answer.verdict()));
        }
        wrong.extend(self.facts.iter().filter_map(|fact| fact.missing_in(answer)));
        wrong
    }
}

fn fact(key: &str, value: &str) -> Result<Option<Fact>, String> {
    use Name::{Stderr, Stdout};
    use StreamFact::{Contains, Is, Size, Truncated};
    Ok(Some(match key {
        "exit-code" => Fact::ExitCode(parsed(value)?),
        "signal" => Fact::Signal(value.into()),
        "reason-contains" => Fact::ReasonContains(value.into()),
        "stdout" => Fact::Stream(Stdout, Is(unescape(value)?)),
        "stdout-hex" => Fact::Stream(Stdout, Is(from_hex(value)?)),
        "stdout-size" => Fact::Stream(Stdout, Size(parsed(value)?)),
        "stdout-truncated" => Fact::Stream(Stdout, Truncated(parsed(value)?)),
        "stderr" => Fact::Stream(Stderr, Is(unescape(value)?)),
        "stderr-hex" => Fact::Stream(Stderr, Is(from_hex(value)?)),
        "stderr-contains" => Fact::Stream(Stderr, Contains(value.into())),
        "stderr-size" => Fact::Stream(Stderr, Size(parsed(value)?)),
        "stderr-truncated" => Fact::Stream(Stderr, Truncated(parsed(value)?)),
        "log-contains" => Fact::LogContains(value.into()),
        "log-lacks" => Fact::LogLacks(value.as_bytes().to_vec()),
        "log-lacks-hex" => Fact::LogLacks(from_hex(value)?),
        "log-truncated" => Fact::LogTruncated(parsed(value)?),
        "cpu-ms" => Fact::CpuMs(range(value)?),
        "wall-ms" => Fact::WallMs(range(value)?),
        "max-wall-ms" => Fact::WallMs(Range { from: 0.0, to: parsed(value)? }),
        "memory-bytes" => Fact::MemoryBytes(range(value)?),
        _ => return Ok(None),
    }))
}

impl Fact {
    /// What is wrong, where the fact does not hold.
    fn missing_in(&self, answer: &Answer) -> Option<String> {
        match self {
            Self::LogContains(_) | Self::LogLacks(_) | Self::LogTruncated(_) => self.missing_in_log(answer),
            Self::ReasonContains(text) => (!answer.reasons().contains(text))
                .then(|| format!("no `{text}` in reason `{}`", answer.reasons())),
            _ => match answer.tests.first() {
                Some(test) => self.missing_in_test(test),
                None => Some("no test ran".into()),
            },
        }
    }

    fn missing_in_test(&self, test: &TestResult) -> Option<String> {
        match self {
            Self::ExitCode(code) => differs("exit code", Some(*code), test.exit_code),
            Self::Signal(signal) => differs("signal", Some(signal.as_str()), test.signal.as_deref()),
            Self::Stream(Name::Stdout, fact) => {
                fact.missing_in("stdout", &test.stdout(), test.stdout_truncated)
            }
            Self::Stream(Name::Stderr, fact) => {
                fact.missing_in("stderr", &test.stderr(), test.stderr_truncated)
            }
            Self::CpuMs(range) => range.widened().missing("cpu_ms", test.cpu_ms),
            Self::WallMs(range) => range.widened().missing("wall_ms", test.wall_ms),
            Self::MemoryBytes(range) => range.missing("memory_bytes", as_f64(test.memory_bytes)),
            _ => None,
        }
    }

    fn missing_in_log(&self, answer: &Answer) -> Option<String> {
        let Some(compile) = &answer.compile else { return Some("there is no compile log".into()) };
        let log = &compile.log;
        match self {
            Self::LogContains(text) => {
                (!log.contains(text)).then(|| format!("no `{text}` in the log `{}`", short(log.as_bytes())))
            }
            Self::LogLacks(bytes) => log
                .as_bytes()
                .windows(bytes.len())
                .any(|window| window == bytes)
                .then(|| format!("`{}` is in the log", short(bytes))),
            Self::LogTruncated(truncated) => differs("log_truncated", *truncated, compile.log_truncated),
            _ => None,
        }
    }
}

impl StreamFact {
    fn missing_in(&self, name: &str, bytes: &[u8], truncated: bool) -> Option<String> {
        match self {
            Self::Is(expected) => differs(name, short(expected), short(bytes)),
            Self::Contains(text) => (!String::from_utf8_lossy(bytes).contains(text))
                .then(|| format!("no `{text}` in {name} `{}`", short(bytes))),
            Self::Size(size) => differs(&format!("size of {name}"), *size, bytes.len()),
            Self::Truncated(expected) => differs(&format!("{name}_truncated"), *expected, truncated),
        }
    }
}

impl Range {
    /// With the upper end moved for a slow host.
    fn widened(self) -> Self {
        Self { from: self.from, to: at_most_ms(self.to) }
    }

    fn missing(self, name: &str, value: f64) -> Option<String> {
        (value < self.from || value > self.to)
            .then(|| format!("{name} {value} is not in {}..{}", self.from, self.to))
    }
}

fn range(text: &str) -> Result<Range, String> {
    let (from, to) = text.split_once("..").ok_or(format!("`{text}` is no range"))?;
    let end = |text: &str, open: f64| if text.is_empty() { Ok(open) } else { parsed(text) };
    Ok(Range { from: end(from, 0.0)?, to: end(to, f64::INFINITY)? })
}

fn parsed<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("`{text}` makes no sense"))
}

fn differs<T: PartialEq + std::fmt::Debug>(name: &str, expected: T, got: T) -> Option<String> {
    (expected != got).then(|| format!("{name}: expected {expected:?}, got {got:?}"))
}

fn short(bytes: &[u8]) -> String {
    let shown: String = bytes.iter().take(400).flat_map(|byte| byte.escape_ascii()).map(char::from).collect();
    if bytes.len() > 400 { format!("{shown}… ({} bytes)", bytes.len()) } else { shown }
}

#[expect(clippy::cast_precision_loss, reason = "sizes of memory are far below 2^53")]
fn as_f64(value: u64) -> f64 {
    value as f64
}

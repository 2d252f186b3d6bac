//! A program and the validator that talks with it, both running: what each writes the other reads. It passes through here,
//! so that it is known who was the first to end.

mod ear;

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::OnceLock;

use rustix::fs::Mode;
use rustix::pipe::PipeFlags;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::unix::pipe::{Receiver, Sender};

use self::ear::Ear;
use super::executor::Facts;
use super::judgement::Verdict;
use super::transcript::{Side, Transcript};
use super::validator::Finding;
use super::{Cap, OwnEnd, ProgramEnd};
use crate::sandbox::{Input, Output, Program, Wire};

/// How much is passed on at a time: what a pipe holds.
const BLOCK: usize = 64 * 1024;
/// So much of what is said to one that is there no more is read all the same: other judges' pipes hold it, and who says it is not to
/// break by the other's end.
const UNHEARD: usize = 1024 * 1024;
/// A program may reopen its end through `/proc/self/fd`, whoever it is.
const OPEN_TO_ALL: Mode = Mode::from_raw_mode(0o666);

/// What a program and a validator did.
#[derive(Debug)]
pub struct Dialogue {
    /// The program.
    pub program: Facts,
    /// The validator.
    pub validator: Facts,
    /// Who was the first to end; a program that writes no more has ended, a validator when it does not listen any more either.
    pub first: Side,
    /// What they said, where that was to be told.
    pub transcript: Option<String>,
}

/// What one says to the other, on its way.
#[derive(Debug)]
pub(super) struct Passing {
    from_program: (Receiver, Sender),
    from_validator: (Receiver, Sender),
    ear: Ear,
}

/// Connects the standard streams of both.
///
/// # Errors
/// As pipe2(2) and fcntl(2).
pub(super) fn connect(program: &mut Program, validator: &mut Program) -> io::Result<Passing> {
    let from_program = (of_output(program)?, of_input(validator)?);
    let from_validator = (of_output(validator)?, of_input(program)?);
    let ear = Ear::of(&from_program.1)?;
    Ok(Passing { from_program, from_validator, ear })
}

fn of_output(program: &mut Program) -> io::Result<Receiver> {
    let (ours, theirs) = pipe()?;
    program.stdout = Output::Wire(Wire::Descriptor(Arc::new(theirs)));
    Receiver::from_owned_fd(ours)
}

fn of_input(program: &mut Program) -> io::Result<Sender> {
    let (theirs, ours) = pipe()?;
    program.stdin = Input::Wire(Wire::Descriptor(Arc::new(theirs)));
    Sender::from_owned_fd(ours)
}

/// The end to read from, and the one to write to.
fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let (reader, writer) = rustix::pipe::pipe_with(PipeFlags::CLOEXEC)?;
    rustix::fs::fchmod(&reader, OPEN_TO_ALL)?;
    Ok((reader, writer))
}

impl Passing {
    /// Passes everything on until both have ended, and says who was the first.
    pub(super) async fn pass(self, transcript: Option<&Transcript>) -> Side {
        let first = OnceLock::new();
        let Self { from_program, from_validator, ear } = self;
        let of_program = async {
            relay(from_program, Side::Program, Side::Validator, (&first, transcript), None).await;
            ear.close();
        };
        let of_validator =
            relay(from_validator, Side::Validator, Side::Program, (&first, transcript), Some(&ear));
        tokio::join!(of_program, of_validator);
        *first.get().unwrap_or(&Side::Validator)
    }
}

/// Passes on what one writes. An end that the reader of it could notice is noted before it can. One with an `ear` that writes no
/// more has ended when it listens no more either.
async fn relay(
    (mut reader, mut writer): (Receiver, Sender),
    from: Side,
    to: Side,
    (first, transcript): (&OnceLock<Side>, Option<&Transcript>),
    ear: Option<&Ear>,
) {
    let mut block = vec![0; BLOCK];
    loop {
        let read = reader.read(&mut block).await.unwrap_or(0);
        if read == 0 {
            if let Some(ear) = ear
                && !ear.is_closed().await
            {
                // The other may wait for the end of what it says.
                drop(writer);
                ear.closed().await;
            }
            first.get_or_init(|| from);
            return;
        }
        if let Some(transcript) = transcript {
            transcript.add(from, &block[..read]);
        }
        if writer.write_all(&block[..read]).await.is_err() {
            // Nobody reads it any more.
            first.get_or_init(|| to);
            drop(writer);
            unheard(&mut reader, &mut block).await;
            return;
        }
    }
}

/// Reads what nobody hears, so much of it.
async fn unheard(reader: &mut Receiver, block: &mut [u8]) {
    let mut left = UNHEARD;
    while left > 0 {
        match reader.read(block).await {
            Ok(read @ 1..) => left = left.saturating_sub(read),
            _ => return,
        }
    }
}

/// How a program ends that writes to one that is not there any more, where it does nothing about that.
const BROKEN_PIPE: ProgramEnd = ProgramEnd::ByItself(OwnEnd::Signaled { signal: 13 });
/// Of what a validator has written to standard error so much is looked at, from the end: uncaught exceptions are told last.
const LAST_WORDS: usize = 4096;

/// How a validator ended. Where its language makes SIGPIPE an exception, as Python's and Java's do, that is told on standard error, and
/// it ends with a status that says nothing.
pub(super) fn end_of(validator: ProgramEnd, written: &[u8]) -> ProgramEnd {
    let last = &written[written.len().saturating_sub(LAST_WORDS)..];
    let last = String::from_utf8_lossy(last).to_lowercase();
    let is_told = ["broken pipe", "brokenpipe"].iter().any(|name| last.contains(name));
    match validator {
        ProgramEnd::ByItself(_) if is_told => BROKEN_PIPE,
        end => end,
    }
}

/// What a dialogue is worth, where `measured` is held against the program: a validator that has ended it by itself is right
/// also where the program then failed; else it is the program's failure that counts (as Kattis' problemtools have it).
pub(super) fn worth(
    measured: Option<(Verdict, String)>,
    mut finding: Finding,
    (program, validator): (ProgramEnd, ProgramEnd),
    first: Side,
) -> ((Verdict, Option<String>), Finding) {
    let refused = || (Verdict::WrongAnswer, Some("the problem's validator ended the dialogue".to_owned()));
    let is_unsaid = finding.verdict == Verdict::JudgeError;
    if is_unsaid && first == Side::Program && validator == BROKEN_PIPE {
        // It wrote to a program that was not there any more.
        finding = Finding { verdict: Verdict::WrongAnswer, fault: None, ..finding };
    }
    let worth = match (finding.verdict, measured) {
        // It has not even noticed that the program has gone: that one has waited for it.
        (Verdict::JudgeError, Some(_)) if never_ends(program, validator) => (Verdict::JudgeError, None),
        // A validator may not outlive a program that leaves it alone.
        (Verdict::JudgeError, Some((verdict, reason))) if first == Side::Program => {
            finding = Finding { verdict, fault: None, ..finding };
            (verdict, Some(reason))
        }
        (Verdict::JudgeError, _) => (Verdict::JudgeError, None),
        (Verdict::WrongAnswer, _) if first == Side::Validator => refused(),
        (_, Some((verdict, reason))) => (verdict, Some(reason)),
        (Verdict::WrongAnswer, None) => {
            let reason = "the program ended, and the problem's validator does not accept what it has said";
            (Verdict::WrongAnswer, Some(reason.to_owned()))
        }
        (verdict, None) => (verdict, None),
    };
    (worth, finding)
}

/// The program's time on the clock has run out, and so has the validator's after that.
fn never_ends(program: ProgramEnd, validator: ProgramEnd) -> bool {
    program == ProgramEnd::Killed(Cap::WallTime)
        && matches!(validator, ProgramEnd::Killed(Cap::WallTime | Cap::CpuTime))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn pair() -> (Receiver, Sender) {
        let (reader, writer) = pipe().unwrap();
        (Receiver::from_owned_fd(reader).unwrap(), Sender::from_owned_fd(writer).unwrap())
    }

    /// The ends of both, and what is between them.
    fn talk() -> (Passing, [(Sender, Receiver); 2]) {
        let [(program_out, says), (hears, to_program), (validator_out, asks), (gets, to_validator)] =
            [pair(), pair(), pair(), pair()];
        let from_program = (program_out, to_validator);
        let from_validator = (validator_out, to_program);
        let ear = Ear::of(&from_program.1).unwrap();
        (Passing { from_program, from_validator, ear }, [(says, hears), (asks, gets)])
    }

    #[tokio::test]
    async fn what_one_says_the_other_hears_and_who_ends_first_is_known() {
        for first in [Side::Program, Side::Validator] {
            let (passing, [program, validator]) = talk();
            let passing = tokio::spawn(passing.pass(None));
            let (mut leaves, mut stays) = match first {
                Side::Program => (program, validator),
                Side::Validator => (validator, program),
            };
            leaves.0.write_all(b"hello").await.unwrap();
            let mut heard = [0; 5];
            stays.1.read_exact(&mut heard).await.unwrap();
            assert_eq!(&heard, b"hello");
            drop(leaves);
            assert_eq!(stays.1.read(&mut heard).await.unwrap(), 0, "the other sees the end");
            drop(stays);
            assert_eq!(passing.await.unwrap(), first);
        }
    }

    #[tokio::test]
    async fn a_validator_that_has_said_all_has_not_ended_by_that() {
        for first in [Side::Program, Side::Validator] {
            let (passing, [program, validator]) = talk();
            let passing = tokio::spawn(passing.pass(None));
            let ((says, mut hears), (asks, mut gets)) = (program, validator);
            drop(asks);
            assert_eq!(hears.read(&mut [0; 1]).await.unwrap(), 0, "the program sees that no more comes");
            match first {
                Side::Program => {
                    drop((says, hears));
                    assert_eq!(gets.read(&mut [0; 1]).await.unwrap(), 0, "the validator sees the end");
                }
                Side::Validator => {
                    drop(gets);
                    tokio::time::sleep(20 * ear::LOOK).await;
                    drop((says, hears));
                }
            }
            assert_eq!(passing.await.unwrap(), first);
        }
    }

    #[tokio::test]
    async fn what_is_said_is_noted_where_that_is_asked_for() {
        let (passing, [program, validator]) = talk();
        let passing = tokio::spawn(async move {
            let transcript = Transcript::begin(None);
            passing.pass(Some(&transcript)).await;
            transcript.text()
        });
        let ((mut says, mut hears), (mut asks, gets)) = (program, validator);
        asks.write_all(b"question\n").await.unwrap();
        let mut heard = [0; 9];
        hears.read_exact(&mut heard).await.unwrap();
        says.write_all(b"answer\n").await.unwrap();
        drop((says, hears, asks));
        let text = passing.await.unwrap();
        drop(gets);
        let lines: Vec<_> = text.lines().map(|line| line.split_once(" ms ").unwrap().1).collect();
        assert_eq!(lines, ["validator question", "program   answer"]);
    }

    #[tokio::test]
    async fn one_that_is_not_heard_any_more_notices() {
        let (passing, [program, validator]) = talk();
        let passing = tokio::spawn(passing.pass(None));
        drop(validator);
        let (mut says, _hears) = program;
        while says.write_all(b"more and more").await.is_ok() {
            tokio::task::yield_now().await;
        }
        drop((says, _hears));
        assert_eq!(passing.await.unwrap(), Side::Validator);
    }

    #[tokio::test]
    async fn one_that_is_not_heard_any_more_does_not_break_by_what_it_says_to_the_end() {
        for first in [Side::Program, Side::Validator] {
            let (passing, [program, validator]) = talk();
            let passing = tokio::spawn(passing.pass(None));
            let (leaves, (mut says, hears)) = match first {
                Side::Program => (program, validator),
                Side::Validator => (validator, program),
            };
            drop(leaves);
            for _ in 0..20 {
                says.write_all(b"more").await.unwrap();
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            drop((says, hears));
            assert_eq!(passing.await.unwrap(), first);
        }
    }

    #[test]
    fn who_ended_first_decides() {
        let found = Finding::of;
        let exited = ProgramEnd::ByItself(OwnEnd::Exited { code: 43 });
        let broken = ProgramEnd::ByItself(OwnEnd::Signaled { signal: 13 });
        let failed = || Some((Verdict::RuntimeError, String::new()));
        for (measured, verdict, validator, first, expected) in [
            (None, Verdict::Accepted, exited, Side::Program, Verdict::Accepted),
            (None, Verdict::WrongAnswer, exited, Side::Program, Verdict::WrongAnswer),
            (failed(), Verdict::WrongAnswer, exited, Side::Program, Verdict::RuntimeError),
            (failed(), Verdict::WrongAnswer, exited, Side::Validator, Verdict::WrongAnswer),
            (failed(), Verdict::Accepted, exited, Side::Validator, Verdict::RuntimeError),
            (failed(), Verdict::JudgeError, exited, Side::Program, Verdict::RuntimeError),
            (failed(), Verdict::JudgeError, exited, Side::Validator, Verdict::JudgeError),
            (None, Verdict::JudgeError, broken, Side::Program, Verdict::WrongAnswer),
            (failed(), Verdict::JudgeError, broken, Side::Program, Verdict::RuntimeError),
            (None, Verdict::JudgeError, broken, Side::Validator, Verdict::JudgeError),
        ] {
            let ((worth, reason), _) = worth(measured, found(verdict), (exited, validator), first);
            assert_eq!(worth, expected, "{verdict} {validator:?} {first:?}");
            let of_validator = reason.is_some_and(|reason| reason.ends_with("ended the dialogue"));
            assert!(!of_validator || first == Side::Validator, "{verdict} {validator:?} {first:?}");
        }
    }

    #[test]
    fn a_validator_whose_language_makes_sigpipe_an_exception_has_met_it_all_the_same() {
        let of = |code, text: &str| end_of(ProgramEnd::ByItself(OwnEnd::Exited { code }), text.as_bytes());
        let python = "Traceback (most recent call last):\nBrokenPipeError: [Errno 32] Broken pipe\n";
        let flushed = "Exception ignored in: <stdout>\nBrokenPipeError: [Errno 32] Broken pipe\n";
        for (code, text) in [(1, python), (120, flushed), (1, "java.io.IOException: Broken pipe")] {
            let rejected =
                worth(None, Finding::of(Verdict::JudgeError), (BROKEN_PIPE, of(code, text)), Side::Program).0;
            assert_eq!((of(code, text), rejected.0), (BROKEN_PIPE, Verdict::WrongAnswer), "{text}");
        }
        let crashed = of(1, "ZeroDivisionError: division by zero");
        let its_own = worth(None, Finding::of(Verdict::JudgeError), (crashed, crashed), Side::Program).0;
        assert_eq!(its_own.0, Verdict::JudgeError, "that is the validator's own");
        // What it has said before counts.
        let accepted = of(42, python);
        let said = worth(None, Finding::of(Verdict::Accepted), (accepted, accepted), Side::Program).0;
        assert_eq!(said.0, Verdict::Accepted);
    }

    #[test]
    fn a_validator_that_says_nothing_and_does_not_end_is_the_problems_fault() {
        let (clock, cpu) = (ProgramEnd::Killed(Cap::WallTime), ProgramEnd::Killed(Cap::CpuTime));
        let crashed = ProgramEnd::ByItself(OwnEnd::Exited { code: 1 });
        for (program, validator, expected) in [
            (clock, clock, Verdict::JudgeError),
            (clock, cpu, Verdict::JudgeError),
            // It has seen that the program is gone.
            (clock, crashed, Verdict::TimeLimitExceeded),
            // The program was busy.
            (cpu, clock, Verdict::TimeLimitExceeded),
        ] {
            let slow = Some((Verdict::TimeLimitExceeded, String::new()));
            let finding = Finding::of(Verdict::JudgeError);
            let ((worth, _), _) = worth(slow, finding, (program, validator), Side::Program);
            assert_eq!(worth, expected, "{program:?} {validator:?}");
        }
    }
}

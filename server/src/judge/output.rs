//! The output of a program that writes it to a file.

use std::io::{self, Write as _};
use std::os::fd::OwnedFd;

use gavel_protocol::Bytes;
use rustix::io::Errno;

use super::JudgeError;
use super::executor::{CaseJob, Facts, NoOutput};
use super::judgement::Verdict;
use super::run::failed;
use crate::blobs::Blobs;
use crate::blocking::on_disk;
use crate::copy;
use crate::sandbox::{Captured, CollectedOutput, Ran};

/// Puts what is in the output file, which was handed out last, in the place of what went to standard output: in memory up to
/// `head`, else as a file that passes.
///
/// # Errors
/// When it cannot be read, or kept.
pub(super) async fn take(
    job: &CaseJob<'_>,
    ran: &mut Ran,
    head: Bytes,
    blobs: &Blobs,
) -> Result<Option<NoOutput>, JudgeError> {
    if job.files.output.is_none() {
        return Ok(None);
    }
    let Some(output) = ran.collected.pop() else { return Ok(Some(NoOutput::Missing)) };
    Ok(match found(output, job.limits.output, head, blobs).await? {
        FoundFile::File(captured) => {
            ran.stdout = captured;
            None
        }
        FoundFile::Missing => Some(NoOutput::Missing),
        FoundFile::NoFile => Some(NoOutput::NoFile),
        FoundFile::Unreadable => Some(NoOutput::Unreadable),
        FoundFile::TooLarge => Some(NoOutput::TooLarge),
    })
}

/// What there is of a file that was asked for.
#[derive(Debug)]
pub(super) enum FoundFile {
    /// All of it.
    File(Captured),
    /// It is not there.
    Missing,
    /// It is a directory, a link or anything else that is no regular file.
    NoFile,
    /// It cannot be opened.
    Unreadable,
    /// It is larger than it may be.
    TooLarge,
}

/// Reads a file that was handed out, of at most so many bytes: in memory up to `head`, else as a file that passes.
///
/// # Errors
/// When it cannot be read, or kept.
pub(super) async fn found(
    output: CollectedOutput,
    most: Bytes,
    head: Bytes,
    blobs: &Blobs,
) -> Result<FoundFile, JudgeError> {
    Ok(match output {
        CollectedOutput::File { descriptor, size } => {
            let (blobs, size) = (blobs.clone(), size.min(most));
            let reading = on_disk(move || read(descriptor, size, head, &blobs));
            FoundFile::File(reading.await.map_err(failed)?)
        }
        CollectedOutput::TooLarge(_) => FoundFile::TooLarge,
        CollectedOutput::NotRegular => FoundFile::NoFile,
        CollectedOutput::Failed(errno) => match Errno::from_raw_os_error(errno) {
            Errno::NOENT => FoundFile::Missing,
            Errno::LOOP | Errno::NXIO | Errno::NOTDIR => FoundFile::NoFile,
            _ => FoundFile::Unreadable,
        },
    })
}

/// Hostile as it is, it is read from where we say, and to its size and no further.
fn read(file: OwnedFd, size: Bytes, head: Bytes, blobs: &Blobs) -> io::Result<Captured> {
    let file = std::fs::File::from(file);
    if size <= head {
        let mut bytes = Vec::new();
        let total = copy::parts(&file, size.get(), |part| bytes.write_all(part))?;
        return Ok(Captured { head: bytes, total, ..Captured::default() });
    }
    let mut writer = blobs.write_passing()?;
    copy::parts(&file, size.get(), |part| writer.write_all(part))?;
    let blob = writer.finish()?;
    Ok(Captured { total: blob.size, whole: Some(blob), ..Captured::default() })
}

/// What a run is worth whose output file is not as it must be: one that nobody looks at need not be there.
pub(super) fn missing(
    job: &CaseJob<'_>,
    facts: &Facts,
    is_looked_at: bool,
) -> Option<(Verdict, Option<String>)> {
    let (why, name) = (facts.no_output?, job.files.output?);
    let wrong = |what: String| (Verdict::WrongAnswer, Some(what));
    let worth = match why {
        NoOutput::TooLarge => {
            let what = format!("wrote more than the {} of output allowed to `{name}`", job.limits.output);
            return Some((Verdict::OutputLimitExceeded, Some(what)));
        }
        NoOutput::Missing => wrong(format!("the program wrote no file `{name}`")),
        NoOutput::NoFile => wrong(format!("`{name}` is no regular file")),
        NoOutput::Unreadable => wrong(format!("`{name}` cannot be read")),
    };
    is_looked_at.then_some(worth)
}

//! Files that a program left and that are handed back.

use super::JudgeError;
use super::executor::{CaseJob, Left};
use super::output::{FoundFile, found};
use crate::blobs::Blobs;
use crate::sandbox::Ran;
use gavel_protocol::Bytes;

/// So much of a file is in memory; a longer one passes on the disk until the judgement is kept.
const HEAD: Bytes = Bytes::kib(4);

/// Takes the files that were asked for to be handed back out of those that were handed out, of which they are the last.
///
/// # Errors
/// When one cannot be read, or kept.
pub(super) async fn take(job: &CaseJob<'_>, ran: &mut Ran, blobs: &Blobs) -> Result<Vec<Left>, JudgeError> {
    let names = job.handed.names;
    let first = ran.collected.len().saturating_sub(names.len());
    let mut files = Vec::with_capacity(names.len());
    for (name, output) in names.iter().zip(ran.collected.split_off(first)) {
        let file = match found(output, job.handed.most, HEAD, blobs).await? {
            FoundFile::File(captured) => Ok(captured),
            FoundFile::Missing => Err("the program wrote no such file".to_owned()),
            FoundFile::NoFile => Err("it is no regular file".to_owned()),
            FoundFile::Unreadable => Err("it cannot be read".to_owned()),
            FoundFile::TooLarge => Err(format!("it is larger than {}", job.handed.most)),
        };
        files.push(Left { name: name.clone(), file });
    }
    Ok(files)
}

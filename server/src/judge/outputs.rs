//! Keeps what programs wrote: little of it in memory, whatever the number of tests.

use super::JudgeError;
use super::judgement::{Stream, TestResult};
use crate::blobs::{Blobs, Packer, SMALL};
use crate::blocking::on_disk;
use crate::sandbox::Captured;

/// Most bytes of output that a judgement keeps, over all its tests: what is longer is cut and flagged, after it was
/// compared whole.
const KEPT: usize = 16 * 1024 * 1024;

/// The outputs of a judgement, in the order in which they are kept.
#[derive(Debug)]
pub(super) struct Outputs {
    packer: Packer,
    room: usize,
    /// Without their contents.
    streams: Vec<Stream>,
}

impl Outputs {
    pub(super) fn new(blobs: Blobs) -> Self {
        Self { packer: Packer::new(blobs), room: KEPT, streams: Vec::new() }
    }

    /// Keeps a stream.
    pub(super) async fn keep(mut self, captured: Captured) -> Result<Self, JudgeError> {
        let Captured { mut head, total, .. } = captured;
        head.truncate(self.room);
        self.room -= head.len();
        let truncated = total > head.len() as u64;
        if head.len() > SMALL {
            return on_disk(move || self.put(&head, truncated)).await.map_err(failed);
        }
        self.put(&head, truncated).map_err(failed)
    }

    fn put(mut self, bytes: &[u8], truncated: bool) -> std::io::Result<Self> {
        self.packer.put(bytes)?;
        let is_text = std::str::from_utf8(bytes).is_ok();
        self.streams.push(Stream { is_text, truncated, ..Stream::default() });
        Ok(self)
    }

    /// Puts the outputs, two for each result, to where they belong.
    pub(super) async fn finish(self, results: &mut [TestResult]) -> Result<(), JudgeError> {
        let Self { packer, streams, .. } = self;
        let contents =
            if packer.has_files() { on_disk(move || packer.finish()).await } else { packer.finish() };
        let contents = contents.map_err(failed)?;
        let mut streams =
            streams.into_iter().zip(contents).map(|(stream, content)| Stream { content, ..stream });
        for result in results {
            result.stdout = streams.next().unwrap_or_default();
            result.stderr = streams.next().unwrap_or_default();
        }
        Ok(())
    }
}

fn failed(source: std::io::Error) -> JudgeError {
    JudgeError::Workspace { doing: "keep what a program wrote", source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::Content;
    use crate::judge::test_support::{blobs, result};

    fn captured(bytes: &[u8]) -> Captured {
        Captured { head: bytes.to_vec(), tail: Vec::new(), total: bytes.len() as u64 }
    }

    #[tokio::test]
    async fn output_over_the_room_of_a_judgement_is_cut_and_flagged() {
        let (blobs, _directory) = blobs();
        let mut outputs = Outputs::new(blobs);
        outputs.room = 5;
        let outputs = outputs.keep(captured(b"abc")).await.unwrap().keep(captured(b"defg")).await.unwrap();
        let mut results = [result()];
        outputs.finish(&mut results).await.unwrap();
        let [TestResult { stdout, stderr, .. }] = results;
        assert_eq!((stdout.content, stdout.truncated), ("abc".into(), false));
        assert_eq!((stderr.content, stderr.truncated), ("de".into(), true));
    }

    #[tokio::test]
    async fn large_outputs_are_files_and_small_ones_are_here() {
        let (blobs, _directory) = blobs();
        let outputs = Outputs::new(blobs).keep(captured(&vec![0xff; SMALL + 1])).await.unwrap();
        let outputs = outputs.keep(captured("ä".as_bytes())).await.unwrap();
        let mut results = [result()];
        outputs.finish(&mut results).await.unwrap();
        let [TestResult { stdout, stderr, .. }] = results;
        assert!(matches!(stdout.content, Content::Blob(_)) && !stdout.is_text && !stdout.truncated);
        assert_eq!(stderr, Stream { content: "ä".into(), is_text: true, truncated: false });
    }
}

//! Keeps what programs wrote: little of it in memory, whatever the number of tests.

use std::io::Read as _;

use super::JudgeError;
use super::executor::Left;
use super::judgement::{HandedFile, Stream, TestResult};
use crate::blobs::{Blobs, Growing, Packer, SMALL};
use crate::blocking::on_disk;
use crate::content::{Blob, Content};
use crate::sandbox::Captured;

/// Most bytes of output that a judgement keeps, over all its tests: what is longer is cut and flagged, after it was
/// compared whole.
const KEPT: usize = 16 * 1024 * 1024;

/// What is copied at a time.
const BLOCK: usize = 64 * 1024;

/// The outputs of a judgement, in the order in which they are kept.
#[derive(Debug)]
pub(super) struct Outputs {
    blobs: Blobs,
    packer: Packer,
    room: usize,
    /// Without their contents.
    streams: Vec<Stream>,
}

impl Outputs {
    pub(super) fn new(blobs: Blobs) -> Self {
        Self { packer: Packer::new(blobs.clone()), blobs, room: KEPT, streams: Vec::new() }
    }

    /// Keeps a stream.
    pub(super) async fn keep(mut self, captured: Captured) -> Result<Self, JudgeError> {
        let Captured { mut head, total, whole, .. } = captured;
        if let Some(whole) = whole {
            return on_disk(move || self.copy(&whole, total)).await.map_err(failed);
        }
        head.truncate(self.room);
        self.room -= head.len();
        let truncated = total > head.len() as u64;
        if head.len() > SMALL {
            return on_disk(move || self.put(&head, truncated)).await.map_err(failed);
        }
        self.put(&head, truncated).map_err(failed)
    }

    /// Keeps what there is beside the streams of a result: what was said in a dialogue, and files that are handed back.
    pub(super) async fn keep_beside(
        mut self,
        result: &mut TestResult,
        transcript: Option<String>,
        files: Vec<Left>,
    ) -> Result<Self, JudgeError> {
        if let Some(text) = transcript.filter(|text| text.len() <= self.room) {
            let total = text.len() as u64;
            self = self.keep(Captured { head: text.into_bytes(), total, ..Captured::default() }).await?;
            result.transcript = Some(Stream::default());
        }
        for Left { name, file } in files {
            let missing = match file {
                Err(why) => Some(why),
                Ok(file) if file.total > self.room as u64 => {
                    Some("the judgement has no room for it".to_owned())
                }
                Ok(file) => {
                    self = self.keep(file).await?;
                    None
                }
            };
            result.files.push(HandedFile { name, content: Content::default(), missing });
        }
        Ok(self)
    }

    /// Of a long one what there is room for, without ever having it in memory.
    fn copy(mut self, whole: &Blob, total: u64) -> std::io::Result<Self> {
        let before = self.room;
        let mut reader = self.blobs.reader(&Content::Blob(whole.clone()))?.take(before as u64);
        let (mut kept, mut block, mut text) = (Growing::default(), vec![0; BLOCK], Text::default());
        let mut waiting = Vec::new();
        loop {
            let read = reader.read(&mut block)?;
            if read == 0 {
                break;
            }
            text.goes_on(&block[..read]);
            waiting.extend_from_slice(&block[..read]);
            let begun = waiting.split_off(waiting.len() - text.begun());
            self.packer.grow(&mut kept, &waiting)?;
            waiting = begun;
            self.room -= read;
        }
        let truncated = total > (before - self.room) as u64;
        if !truncated {
            self.packer.grow(&mut kept, &waiting)?;
        }
        self.packer.place(kept)?;
        let is_text = text.is_whole() || (truncated && text.begun() > 0);
        self.streams.push(Stream { is_text, truncated, ..Stream::default() });
        Ok(self)
    }

    fn put(mut self, bytes: &[u8], truncated: bool) -> std::io::Result<Self> {
        let mut text = Text::default();
        text.goes_on(bytes);
        let whole = if truncated { bytes.len() - text.begun() } else { bytes.len() };
        self.packer.put(&bytes[..whole])?;
        let is_text = text.is_whole() || whole < bytes.len();
        self.streams.push(Stream { is_text, truncated, ..Stream::default() });
        Ok(self)
    }

    /// Puts what was kept, result by result, to where it belongs.
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
            if let Some(transcript) = &mut result.transcript {
                *transcript = streams.next().unwrap_or_default();
            }
            for file in result.files.iter_mut().filter(|file| file.missing.is_none()) {
                file.content = streams.next().unwrap_or_default().content;
            }
        }
        Ok(())
    }
}

/// Whether bytes that come in parts are text.
#[derive(Debug, Default)]
struct Text {
    /// The beginning of a character.
    open: Vec<u8>,
    is_none: bool,
}

impl Text {
    fn goes_on(&mut self, part: &[u8]) {
        if self.is_none {
            return;
        }
        self.open.extend_from_slice(part);
        let valid = match std::str::from_utf8(&self.open) {
            Ok(_) => self.open.len(),
            Err(error) => {
                self.is_none = error.error_len().is_some();
                error.valid_up_to()
            }
        };
        self.open.drain(..valid);
    }

    fn is_whole(&self) -> bool {
        !self.is_none && self.open.is_empty()
    }

    /// Bytes at the end that begin a character and do not end it. Where a text is cut, they are no part of it.
    fn begun(&self) -> usize {
        if self.is_none { 0 } else { self.open.len() }
    }
}

fn failed(source: std::io::Error) -> JudgeError {
    JudgeError::Workspace { doing: "keep what a program wrote", source }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::content::Content;
    use crate::judge::test_support::{blobs, result};

    fn captured(bytes: &[u8]) -> Captured {
        Captured { head: bytes.to_vec(), total: bytes.len() as u64, ..Captured::default() }
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
    async fn of_an_output_that_is_a_file_its_beginning_is_kept() {
        let (blobs, _directory) = blobs();
        let bytes = "ä".repeat(BLOCK).into_bytes();
        for (begins, room, kept, is_text) in [
            ("", bytes.len(), bytes.len(), true),
            ("x", bytes.len() + 1, bytes.len() + 1, true),
            ("", BLOCK + 1, BLOCK, true),
            ("x", BLOCK, BLOCK - 1, true),
            ("", 0, 0, true),
            ("\u{0}", 4, 3, true),
        ] {
            let mut writer = blobs.write_passing().unwrap();
            writer.write_all(begins.as_bytes()).unwrap();
            writer.write_all(&bytes).unwrap();
            let (head, total) = (bytes[..10].to_vec(), writer.size());
            let whole = Some(writer.finish().unwrap());
            let mut outputs = Outputs::new(blobs.clone());
            outputs.room = room;
            let outputs = outputs.keep(Captured { head, total, whole, tail: Vec::new() }).await.unwrap();
            let outputs = outputs.keep(captured(b"")).await.unwrap();
            let mut results = [result()];
            outputs.finish(&mut results).await.unwrap();
            let [TestResult { stdout, .. }] = results;
            assert_eq!(
                (stdout.content.size(), stdout.is_text, stdout.truncated),
                (kept as u64, is_text, kept as u64 != total),
                "{begins:?} {room}"
            );
        }
    }

    #[tokio::test]
    async fn a_text_is_cut_between_characters_and_bytes_anywhere() {
        let (blobs, _directory) = blobs();
        for (head, total, kept, is_text) in [
            ("a\u{20ac}".as_bytes(), 4, 4, true),
            (b"a\xe2\x82", 4, 1, true),
            (b"a\xe2\x82", 3, 3, false),
            (b"\xff\xe2\x82", 4, 3, false),
            (b"\xe2\x82", 9, 0, true),
        ] {
            let outputs = Outputs::new(blobs.clone());
            let outputs = outputs.keep(Captured { total, ..captured(head) }).await.unwrap();
            let mut results = [result()];
            outputs.keep(captured(b"")).await.unwrap().finish(&mut results).await.unwrap();
            let [TestResult { stdout, .. }] = results;
            let truncated = total != head.len() as u64;
            assert_eq!(
                (stdout.content.size(), stdout.is_text, stdout.truncated),
                (kept, is_text, truncated),
                "{head:?}"
            );
        }
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

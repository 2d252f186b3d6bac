//! Answers whose outputs are files: these go from the disk to the client a block at a time.

use std::collections::VecDeque;
use std::io::{self, Read};

use actix_web::web::Bytes;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::stream::{self, Stream};

use crate::blobs::{Blobs, ContentReader};
use crate::blocking::{computed, on_disk};
use crate::content::Content;
use crate::http::taken::next_piece;

/// Read at a time; a multiple of three, so that base64 of blocks is base64 of the whole.
const BLOCK: usize = 48 * 1024;

/// Contents that are not in an answer's JSON, and the names that stand for them there.
#[derive(Debug)]
pub(super) struct Elsewhere {
    mark: String,
    contents: Vec<Content>,
}

/// A part of an answer.
#[derive(Debug)]
enum Part {
    Json(Bytes),
    Content { content: Content, is_base64: bool },
}

/// An answer that is sent part by part.
#[derive(Debug)]
pub(super) struct Parts(Vec<Part>);

impl Elsewhere {
    pub(super) fn new() -> Self {
        Self { mark: format!("{}.", uuid::Uuid::new_v4().simple()), contents: Vec::new() }
    }

    /// The name of a content. Names must be written in the order in which they are given, and be decoded as the key
    /// before them says.
    pub(super) fn name(&mut self, content: Content) -> String {
        self.contents.push(content);
        format!("{}{}", self.mark, self.contents.len() - 1)
    }

    /// Cuts the JSON at the names.
    pub(super) fn cut(self, json: String) -> Parts {
        let mut parts = Vec::with_capacity(self.contents.len() * 2 + 1);
        let mut left = json.as_str();
        for (number, content) in self.contents.into_iter().enumerate() {
            let name = format!("{}{number}", self.mark);
            let Some((before, behind)) = left.split_once(&name) else { continue };
            parts.push(Part::Json(Bytes::copy_from_slice(before.as_bytes())));
            let is_base64 = before.ends_with("_base64\":\"");
            parts.push(Part::Content { content, is_base64 });
            left = behind;
        }
        parts.push(Part::Json(Bytes::copy_from_slice(left.as_bytes())));
        Parts(parts)
    }
}

impl Parts {
    /// All of it in memory where nothing is elsewhere.
    pub(super) fn whole(&self) -> Option<Bytes> {
        match self.0.as_slice() {
            [Part::Json(json)] => Some(json.clone()),
            _ => None,
        }
    }

    /// What of it is in memory, in bytes.
    pub(super) fn in_memory(&self) -> u64 {
        let of = |part: &Part| if let Part::Json(json) = part { json.len() as u64 } else { 0 };
        self.0.iter().map(of).sum()
    }

    /// The answer between two texts, a block at a time. It breaks off where the disk fails.
    pub(super) fn stream(
        self,
        blobs: Blobs,
        before: &'static str,
        behind: &'static str,
    ) -> impl Stream<Item = io::Result<Bytes>> {
        let mut parts = VecDeque::from(self.0);
        parts.push_front(Part::Json(Bytes::from_static(before.as_bytes())));
        parts.push_back(Part::Json(Bytes::from_static(behind.as_bytes())));
        stream::unfold((parts, None::<Encoder>), move |(mut parts, mut encoder)| {
            let blobs = blobs.clone();
            async move {
                if let Some(open) = encoder.take() {
                    match open.next().await {
                        Ok((block, next)) => return Some((Ok(block), (parts, next))),
                        Err(why) => return Some((Err(why), (VecDeque::new(), None))),
                    }
                }
                match parts.pop_front()? {
                    Part::Json(mut json) => {
                        let piece = next_piece(&mut json);
                        if !json.is_empty() {
                            parts.push_front(Part::Json(json));
                        }
                        Some((Ok(piece), (parts, None)))
                    }
                    Part::Content { content, is_base64 } => match blobs.reader(&content) {
                        Ok(reader) => Some((Ok(Bytes::new()), (parts, Some(Encoder { reader, is_base64 })))),
                        Err(why) => Some((Err(why), (VecDeque::new(), None))),
                    },
                }
            }
        })
    }
}

/// A content on its way.
#[derive(Debug)]
struct Encoder {
    reader: ContentReader,
    is_base64: bool,
}

impl Encoder {
    /// The next block, and what follows it.
    async fn next(mut self) -> io::Result<(Bytes, Option<Self>)> {
        let is_base64 = self.is_base64;
        let reading = on_disk(move || {
            let mut block = Vec::with_capacity(BLOCK);
            (&mut self.reader).take(BLOCK as u64).read_to_end(&mut block)?;
            let is_last = block.len() < BLOCK;
            Ok((block, (!is_last).then_some(self)))
        });
        let (block, next) = reading.await?;
        let encoded =
            computed(move || if is_base64 { STANDARD.encode(&block).into() } else { escaped(&block) });
        Ok((encoded.await?.into(), next))
    }
}

const HEX: &[u8; 16] = b"0123456789abcdef";

/// Text as it stands in a JSON string, in the words of `serde_json`.
fn escaped(text: &[u8]) -> Vec<u8> {
    let mut escaped = Vec::with_capacity(text.len() + text.len() / 8);
    for &byte in text {
        match byte {
            b'"' | b'\\' => escaped.extend_from_slice(&[b'\\', byte]),
            b'\n' => escaped.extend_from_slice(b"\\n"),
            b'\r' => escaped.extend_from_slice(b"\\r"),
            b'\t' => escaped.extend_from_slice(b"\\t"),
            8 => escaped.extend_from_slice(b"\\b"),
            12 => escaped.extend_from_slice(b"\\f"),
            0..0x20 => {
                let [high, low] = [byte >> 4, byte & 0xf].map(|digit| HEX[usize::from(digit)]);
                escaped.extend_from_slice(&[b'\\', b'u', b'0', b'0', high, low]);
            }
            _ => escaped.push(byte),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use futures_util::TryStreamExt;
    use proptest::prelude::*;

    use super::*;
    use crate::content::Blob;

    fn put(blobs: &Blobs, bytes: &[u8]) -> Blob {
        let mut writer = blobs.write().unwrap();
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    #[tokio::test]
    async fn what_is_on_disk_comes_as_if_it_were_in_the_answer() {
        let directory = tempfile::tempdir().unwrap();
        let (blobs, _orphans) = Blobs::open(directory.path()).unwrap();
        for size in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK] {
            let text = "ä\"\n\u{1}".repeat(size / 5 + 1)[..].to_owned();
            let mut elsewhere = Elsewhere::new();
            let first = elsewhere.name(Content::Blob(put(&blobs, text.as_bytes())));
            let second = elsewhere.name(Content::Blob(put(&blobs, &vec![0xff; size])));
            let json = format!("{{\"stdout\":\"{first}\",\"stderr_base64\":\"{second}\",\"x\":1}}");
            let parts = elsewhere.cut(json);
            assert!(parts.whole().is_none());
            let blocks: Vec<Bytes> = parts.stream(blobs.clone(), "[", "]").try_collect().await.unwrap();
            assert!(blocks.iter().all(|block| block.len() <= 6 * BLOCK));
            let expected = serde_json::json!([
                {"stdout": text, "stderr_base64": STANDARD.encode(vec![0xff; size]), "x": 1}]);
            let got: serde_json::Value = serde_json::from_slice(&blocks.concat()).unwrap();
            assert!(got == expected, "{size}");
        }
    }

    #[test]
    fn an_answer_that_is_all_here_is_whole() {
        assert_eq!(Elsewhere::new().cut("{}".into()).whole(), Some(Bytes::from_static(b"{}")));
    }

    proptest! {
        #[test]
        fn text_is_escaped_as_the_serialiser_does(text: String) {
            let expected = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(format!("\"{}\"", String::from_utf8(escaped(text.as_bytes())).unwrap()), expected);
        }
    }
}

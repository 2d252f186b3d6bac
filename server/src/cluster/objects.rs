//! Contents at the broker: messages under the hash of their bytes, a chunk in each, which whoever fetches one checks. There is
//! nothing beside them that could say that a content is there when it is not: what is missing is sent once more, and what is sent
//! twice takes the place of the first.

use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_nats::Message;
use async_nats::client::RequestErrorKind;
use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt as _, TryStreamExt as _};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::sync::Mutex;

use super::broker::{Broker, BrokerError};
use super::names;
use super::wire::Parcel;
use crate::blobs::Blobs;
use crate::blocking::on_disk;
use crate::content::{Blob, BlobId, Content};

/// Of these it is remembered that they are there.
const REMEMBERED: u64 = 65_536;
/// For so long: much less than they stay.
const REMEMBERED_FOR: Duration = Duration::from_secs(3600);
/// How much of a content is in one message: a broker takes a MiB.
pub(super) const CHUNK: usize = 256 * 1024;
/// Chunks of one content that are on their way at one time.
const ABREAST: usize = 4;
/// Longest wait for a chunk.
const STALLED: Duration = Duration::from_secs(10);
/// Different contents that are sent at one time; who wants to send the same waits for the first.
const LOCKS: usize = 64;

/// Why a content could not be sent or fetched.
#[derive(Debug, thiserror::Error)]
pub(super) enum ObjectError {
    /// It is not there: it was never sent, or had to go.
    #[error("the content {0} is not at the broker")]
    Lacking(BlobId),
    /// It is there, and is not what its name says.
    #[error("the content {0} is not what its name says")]
    Other(BlobId),
    /// It has more bytes than may be.
    #[error("a content of {size} bytes was sent where {most} are the most")]
    TooLarge {
        /// Its bytes.
        size: u64,
        /// What there may be.
        most: u64,
    },
    /// The broker's.
    #[error(transparent)]
    Broker(#[from] BrokerError),
    /// The disk's.
    #[error("failed to read or write a content")]
    Disk(#[from] io::Error),
}

/// Up to this size bytes travel in the message that needs them.
pub(super) const SMALL: usize = 8 * 1024;
/// And no more than so many in one message: a broker takes a MiB.
const IN_A_MESSAGE: usize = 256 * 1024;

/// The room for contents that there is in a message.
#[derive(Debug)]
pub(super) struct Budget(AtomicUsize);

impl Default for Budget {
    fn default() -> Self {
        Self(AtomicUsize::new(IN_A_MESSAGE))
    }
}

impl Budget {
    /// So many bytes go along.
    fn takes(&self, size: u64) -> bool {
        let Ok(size) = usize::try_from(size) else { return false };
        let take = |left: usize| left.checked_sub(size);
        size <= SMALL && self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
    }
}

/// Contents at the broker, as one machine sends and fetches them.
#[derive(Debug, Clone)]
pub(super) struct Objects {
    broker: Broker,
    /// Where this machine's go.
    own: Place,
    /// They are there, since then. A node remembers none of its own: they are fetched once, and may be gone then.
    sent: moka::sync::Cache<BlobId, Instant>,
    sending: Arc<[Mutex<()>; LOCKS]>,
}

/// Where contents are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// What tasks are made of: the coordinator sends it.
    Inputs,
    /// What programs on this node have written, and what it has compiled: nobody else may send it.
    Outputs(String),
}

impl Place {
    fn chunk(&self, hash: BlobId, number: u64) -> String {
        match self {
            Self::Inputs => names::input(&hash.to_string(), number),
            Self::Outputs(node) => names::output(node, &hash.to_string(), number),
        }
    }

    fn stream(&self) -> &'static str {
        match self {
            Self::Inputs => names::INPUTS,
            Self::Outputs(_) => names::OUTPUTS,
        }
    }
}

impl Objects {
    pub(super) fn new(broker: Broker, own: Place) -> Self {
        let sent = moka::sync::Cache::builder().max_capacity(REMEMBERED).time_to_live(REMEMBERED_FOR).build();
        let sending = Arc::new([const { Mutex::const_new(()) }; LOCKS]);
        Self { broker, own, sent, sending }
    }

    /// It was sent lately.
    pub(super) fn has_sent(&self, hash: BlobId) -> bool {
        self.sent.contains_key(&hash)
    }

    /// A content is there from now on.
    pub(super) fn note_sent(&self, hash: BlobId) {
        self.sent.insert(hash, Instant::now());
    }

    /// Of these one at least, all of which had been sent by then, was not there: each is sent again when it is needed next, unless it was
    /// since. Others are not: where the broker has too much that would be still more.
    pub(super) fn forget(&self, hashes: impl IntoIterator<Item = BlobId>, then: Instant) {
        for hash in hashes {
            if self.sent.get(&hash).is_some_and(|since| since <= then) {
                self.sent.invalidate(&hash);
            }
        }
    }

    fn forget_all(&self) {
        self.sent.invalidate_all();
    }

    /// Removes all contents from the broker; what is still needed is sent again.
    ///
    /// # Errors
    /// When the broker does not.
    pub(super) async fn remove_all(&self) -> Result<(), BrokerError> {
        self.forget_all();
        for stream in [names::INPUTS, names::OUTPUTS] {
            self.broker.empty(stream).await?;
        }
        // What was sent between the two is gone, too.
        self.forget_all();
        Ok(())
    }

    /// Sees that a content of so many bytes is there.
    async fn put(&self, hash: BlobId, size: u64, bytes: impl AsyncRead) -> Result<(), ObjectError> {
        let _only = self.sending[usize::from(hash.as_bytes()[0]) % LOCKS].lock().await;
        if self.has_sent(hash) {
            return Ok(());
        }
        let send = |(number, chunk)| {
            let subject = self.own.chunk(hash, number);
            async move { self.broker.keep(subject, chunk).await.map(drop).map_err(ObjectError::from) }
        };
        let bytes = pin!(bytes);
        chunks(bytes, size).map_ok(send).try_buffer_unordered(ABREAST).try_collect::<()>().await?;
        if self.own == Place::Inputs {
            self.note_sent(hash);
        }
        Ok(())
    }

    /// Sends bytes: what is small goes along.
    pub(super) async fn send(&self, bytes: &[u8], budget: &Budget) -> Result<Parcel, ObjectError> {
        let size = bytes.len() as u64;
        if budget.takes(size) {
            return Ok(Parcel::Here(bytes.to_vec()));
        }
        let hash = BlobId::of(bytes);
        if !self.has_sent(hash) {
            self.put(hash, size, bytes).await?;
        }
        Ok(Parcel::Object { hash, size })
    }

    /// Sends a content: what is small goes along.
    pub(super) async fn send_content(
        &self,
        content: &Content,
        blobs: &Blobs,
        budget: &Budget,
    ) -> Result<Parcel, ObjectError> {
        match content {
            Content::Inline(bytes) => self.send(bytes, budget).await,
            Content::Piece(piece) => {
                let (piece, blobs) = (piece.clone(), blobs.clone());
                let bytes = on_disk(move || blobs.bytes(&piece)).await?;
                self.send(&bytes, budget).await
            }
            Content::Blob(Blob { id, size, .. }) if self.has_sent(*id) => {
                Ok(Parcel::Object { hash: *id, size: *size })
            }
            Content::Blob(blob) => {
                let (stored, blobs) = (blob.clone(), blobs.clone());
                let file = on_disk(move || blobs.open_blob(&stored)).await?;
                self.send_file(blob.id, blob.size, file, budget).await
            }
        }
    }

    /// Sends a file whose hash is known: what is small goes along.
    pub(super) async fn send_file(
        &self,
        hash: BlobId,
        size: u64,
        file: std::fs::File,
        budget: &Budget,
    ) -> Result<Parcel, ObjectError> {
        let mut file = tokio::fs::File::from_std(file).take(size);
        if budget.takes(size) {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).await?;
            return Ok(Parcel::Here(bytes));
        }
        if !self.has_sent(hash) {
            self.put(hash, size, file).await?;
        }
        Ok(Parcel::Object { hash, size })
    }

    /// Fetches bytes into memory.
    pub(super) async fn fetch(
        &self,
        from: &Place,
        parcel: Parcel,
        most: u64,
    ) -> Result<Vec<u8>, ObjectError> {
        let (hash, size) = match parcel {
            Parcel::Here(bytes) => {
                within(bytes.len() as u64, most)?;
                return Ok(bytes);
            }
            Parcel::Object { hash, size } => (hash, size),
        };
        within(size, most)?;
        let mut bytes = Vec::with_capacity(usize::try_from(size.min(CHUNK as u64)).unwrap_or(0));
        let mut reading = pin!(self.read(from, hash, size));
        while let Some(chunk) = reading.try_next().await? {
            bytes.extend_from_slice(&chunk);
        }
        if BlobId::of(&bytes) == hash { Ok(bytes) } else { Err(ObjectError::Other(hash)) }
    }

    /// Fetches bytes into a blob: under their hash, or as one that passes.
    pub(super) async fn fetch_blob(
        &self,
        from: &Place,
        parcel: Parcel,
        most: u64,
        (blobs, passing): (&Blobs, bool),
    ) -> Result<Blob, ObjectError> {
        within(parcel.size(), most)?;
        let begun = blobs.clone();
        let begin = move || if passing { begun.write_passing() } else { begun.write() };
        let writer = self.fetch_into(from, parcel, most, on_disk(begin).await?).await?;
        Ok(on_disk(move || writer.finish()).await?)
    }

    /// Fetches bytes to where they are written, a chunk at a time. Where that fails, or they are others, what was written is nothing.
    pub(super) async fn fetch_into<W: io::Write + Send + 'static>(
        &self,
        from: &Place,
        parcel: Parcel,
        most: u64,
        mut writer: W,
    ) -> Result<W, ObjectError> {
        within(parcel.size(), most)?;
        let mut hasher = blake3::Hasher::new();
        let hash = match parcel {
            Parcel::Here(bytes) => {
                hasher.update(&bytes);
                writer = written(writer, bytes.into()).await?;
                hasher.finalize().into()
            }
            Parcel::Object { hash, size } => {
                let mut reading = pin!(self.read(from, hash, size));
                while let Some(chunk) = reading.try_next().await? {
                    hasher.update(&chunk);
                    writer = written(writer, chunk).await?;
                }
                hash
            }
        };
        if BlobId::from(hasher.finalize()) != hash {
            return Err(ObjectError::Other(hash));
        }
        Ok(writer)
    }

    /// The chunks of a content of so many bytes, in order.
    fn read(
        &self,
        from: &Place,
        hash: BlobId,
        size: u64,
    ) -> impl Stream<Item = Result<Bytes, ObjectError>> + Send {
        let lengths = lengths(size);
        let chunk = move |(number, length)| self.chunk(from.stream(), from.chunk(hash, number), hash, length);
        stream::iter(lengths).map(chunk).buffered(ABREAST)
    }

    /// A chunk of so many bytes: the last message of its subject.
    async fn chunk(
        &self,
        stream: &'static str,
        subject: String,
        hash: BlobId,
        length: usize,
    ) -> Result<Bytes, ObjectError> {
        let slow = || BrokerError::Slow { doing: "hand out a content" };
        let question = format!("$JS.API.DIRECT.GET.{stream}.{subject}");
        let asking = self.broker.client().request(question, Bytes::new());
        let answer = match tokio::time::timeout(STALLED, asking).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(why)) if why.kind() == RequestErrorKind::TimedOut => return Err(slow().into()),
            Ok(Err(why)) => return Err(BrokerError::of("hand out a content")(why.into()).into()),
            Err(_elapsed) => return Err(slow().into()),
        };
        whole(answer, hash, length)
    }
}

/// A chunk of so many bytes, where that is what the broker has.
fn whole(answer: Message, hash: BlobId, length: usize) -> Result<Bytes, ObjectError> {
    match answer {
        Message { status: Some(status), .. } if !status.is_success() => Err(ObjectError::Lacking(hash)),
        Message { payload, .. } if payload.len() == length => Ok(payload),
        _ => Err(ObjectError::Other(hash)),
    }
}

/// The chunks of so many bytes: their numbers and lengths.
fn lengths(size: u64) -> impl Iterator<Item = (u64, usize)> + Send {
    (0..size.div_ceil(CHUNK as u64)).map(move |number| {
        let rest = size - number * CHUNK as u64;
        (number, usize::try_from(rest).unwrap_or(CHUNK).min(CHUNK))
    })
}

/// The chunks of so many bytes, as they are read, with their numbers. Fewer bytes are an error.
fn chunks<R: AsyncRead + Unpin>(
    bytes: R,
    size: u64,
) -> impl Stream<Item = Result<(u64, Bytes), ObjectError>> {
    stream::try_unfold((bytes, lengths(size)), |(mut bytes, mut lengths)| async move {
        let Some((number, length)) = lengths.next() else { return Ok(None) };
        let mut chunk = vec![0; length];
        bytes.read_exact(&mut chunk).await?;
        Ok(Some(((number, chunk.into()), (bytes, lengths))))
    })
}

async fn written<W: io::Write + Send + 'static>(mut writer: W, bytes: Bytes) -> io::Result<W> {
    on_disk(move || writer.write_all(&bytes).map(|()| writer)).await
}

fn within(size: u64, most: u64) -> Result<(), ObjectError> {
    if size > most { Err(ObjectError::TooLarge { size, most }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use async_nats::StatusCode;

    use super::*;

    #[tokio::test]
    async fn a_content_is_cut_into_chunks_and_one_that_is_too_short_is_an_error() {
        let bytes = vec![7_u8; 2 * CHUNK + 5];
        let all: Vec<_> = chunks(&bytes[..], bytes.len() as u64).try_collect().await.unwrap();
        let seen: Vec<_> = all.iter().map(|(number, chunk)| (*number, chunk.len())).collect();
        assert_eq!(seen, [(0, CHUNK), (1, CHUNK), (2, 5)]);
        let short = chunks(&bytes[..], bytes.len() as u64 + 1).try_collect::<Vec<_>>().await;
        assert!(matches!(short, Err(ObjectError::Disk(_))));
        assert_eq!((lengths(0).count(), lengths(CHUNK as u64).count()), (0, 1));
    }

    #[test]
    fn a_content_that_has_gone_is_told_from_one_that_is_another() {
        let hash = BlobId::of(b"x");
        let said = |status: Option<u16>, payload: &'static [u8]| {
            let status = status.map(|status| StatusCode::try_from(status).unwrap());
            let (subject, payload) = ("_INBOX.server.1".into(), Bytes::from_static(payload));
            let (reply, headers, description, length) = (None, None, None, payload.len());
            whole(Message { subject, reply, payload, headers, status, description, length }, hash, 1)
        };
        assert_eq!(said(None, b"x").unwrap(), "x");
        assert!(matches!(said(Some(404), b""), Err(ObjectError::Lacking(gone)) if gone == hash));
        assert!(matches!(said(None, b"xx"), Err(ObjectError::Other(_))), "it was sent with another length");
    }

    #[tokio::test]
    async fn what_was_sent_before_is_forgotten_and_what_was_sent_since_and_all_else_is_not() {
        let config = crate::config::Config::default();
        let broker = Broker::connect(&config.cluster, "nats://127.0.0.1:1", "server").await.unwrap();
        let objects = Objects::new(broker, Place::Inputs);
        let [gone, again, other] = [b"gone", b"agai", b"othe"].map(|bytes| BlobId::of(bytes));
        for hash in [gone, again, other] {
            objects.note_sent(hash);
        }
        let then = Instant::now();
        tokio::time::sleep(Duration::from_millis(1)).await;
        objects.note_sent(again);
        objects.forget([gone, again], then);
        assert_eq!([gone, again, other].map(|hash| objects.has_sent(hash)), [false, true, true]);
    }

    #[test]
    fn a_node_writes_where_no_other_does() {
        let hash = BlobId::of(b"x");
        let of = |place: Place| (place.stream(), place.chunk(hash, 3));
        assert_eq!(of(Place::Inputs), ("GAVEL_INPUTS", format!("gavel.in.{hash}.3")));
        let outputs = Place::Outputs("lab-1".to_owned());
        assert_eq!(of(outputs), ("GAVEL_OUTPUTS", format!("gavel.out.lab-1.{hash}.3")));
    }
}

//! Contents at the broker: objects under the hash of their bytes, which whoever fetches one checks.

use std::io::{self, Write as _};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_nats::jetstream::object_store::{InfoErrorKind, ObjectStore};
use async_nats::jetstream::stream::Stream;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::sync::OnceCell;

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
/// How much is read of an object before it is written.
const BLOCK: usize = 512 * 1024;
/// Longest pause of an object that comes.
const STALLED: Duration = Duration::from_secs(10);

/// Why a content could not be sent or fetched.
#[derive(Debug, thiserror::Error)]
pub(super) enum ObjectError {
    /// It is not there, not whole, or not what its name says.
    #[error("the content {0} is not at the broker, or is not what its name says")]
    Lacking(BlobId),
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
const SMALL: usize = 8 * 1024;
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

/// The object store.
#[derive(Clone)]
pub(super) struct Objects {
    broker: Broker,
    store: Arc<OnceCell<ObjectStore>>,
    /// Where its messages are.
    stream: Arc<OnceCell<Stream>>,
    /// They are there.
    sent: moka::sync::Cache<BlobId, ()>,
}

impl std::fmt::Debug for Objects {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Objects").field("broker", &self.broker).finish_non_exhaustive()
    }
}

impl Objects {
    pub(super) fn new(broker: Broker) -> Self {
        let sent = moka::sync::Cache::builder().max_capacity(REMEMBERED).time_to_live(REMEMBERED_FOR).build();
        Self { broker, store: Arc::default(), stream: Arc::default(), sent }
    }

    async fn store(&self) -> Result<&ObjectStore, BrokerError> {
        let opening = self.store.get_or_try_init(|| self.broker.jetstream().get_object_store(names::OBJECTS));
        opening.await.map_err(|why| BrokerError::of("open the object store")(why.into()))
    }

    /// Sees that an object is there.
    async fn put(&self, hash: BlobId, bytes: impl AsyncRead) -> Result<(), ObjectError> {
        let store = self.store().await?;
        let name = hash.to_string();
        match store.info(&name).await {
            Ok(info) if !info.deleted => {}
            Ok(_deleted) => self.write(store, name, bytes).await?,
            Err(why) if why.kind() == InfoErrorKind::NotFound => self.write(store, name, bytes).await?,
            Err(why) => return Err(BrokerError::of("look for an object")(why.into()).into()),
        }
        self.sent.insert(hash, ());
        Ok(())
    }

    async fn write(
        &self,
        store: &ObjectStore,
        name: String,
        bytes: impl AsyncRead,
    ) -> Result<(), BrokerError> {
        let mut bytes = pin!(bytes);
        let written = store.put(name.as_str(), &mut bytes).await;
        written.map(drop).map_err(|why| BrokerError::of("keep an object")(why.into()))
    }

    /// It was sent lately.
    pub(super) fn has_sent(&self, hash: BlobId) -> bool {
        self.sent.contains_key(&hash)
    }

    /// An object was not where it had been put: it is looked for when it is sent next.
    pub(super) fn forget_all(&self) {
        self.sent.invalidate_all();
    }

    /// Sends bytes: what is small goes along.
    pub(super) async fn send(&self, bytes: &[u8], budget: &Budget) -> Result<Parcel, ObjectError> {
        let size = bytes.len() as u64;
        if budget.takes(size) {
            return Ok(Parcel::Here(bytes.to_vec()));
        }
        let hash = BlobId::of(bytes);
        if !self.has_sent(hash) {
            self.put(hash, bytes).await?;
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
                let (id, blobs) = (blob.id, blobs.clone());
                let file = on_disk(move || blobs.open_blob(id)).await?;
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
            self.put(hash, file).await?;
        }
        Ok(Parcel::Object { hash, size })
    }

    /// Fetches bytes into memory.
    pub(super) async fn fetch(&self, parcel: Parcel, most: u64) -> Result<Vec<u8>, ObjectError> {
        let (hash, size) = match parcel {
            Parcel::Here(bytes) => {
                within(bytes.len() as u64, most)?;
                return Ok(bytes);
            }
            Parcel::Object { hash, size } => (hash, size),
        };
        within(size, most)?;
        let mut bytes = Vec::with_capacity(usize::try_from(size.min(BLOCK as u64)).unwrap_or(0));
        let mut reading = self.read(hash, size).await?;
        while let Some(block) = reading.block().await? {
            bytes.extend_from_slice(&block);
        }
        if BlobId::of(&bytes) == hash { Ok(bytes) } else { Err(ObjectError::Lacking(hash)) }
    }

    /// Fetches bytes into a blob: under their hash, or as one that passes.
    pub(super) async fn fetch_blob(
        &self,
        parcel: Parcel,
        most: u64,
        blobs: &Blobs,
        passing: bool,
    ) -> Result<Blob, ObjectError> {
        let begun = blobs.clone();
        let begin = move || if passing { begun.write_passing() } else { begun.write() };
        let mut writer = Some(on_disk(begin).await?);
        let mut hasher = blake3::Hasher::new();
        let hash = match parcel {
            Parcel::Here(bytes) => {
                within(bytes.len() as u64, most)?;
                hasher.update(&bytes);
                writer = written(writer, bytes).await?;
                hasher.finalize().into()
            }
            Parcel::Object { hash, size } => {
                within(size, most)?;
                let mut reading = self.read(hash, size).await?;
                while let Some(block) = reading.block().await? {
                    hasher.update(&block);
                    writer = written(writer, block).await?;
                }
                hash
            }
        };
        if BlobId::from(hasher.finalize()) != hash {
            return Err(ObjectError::Lacking(hash));
        }
        let writer = writer.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        Ok(on_disk(move || writer.finish()).await?)
    }

    /// Begins to read an object of so many bytes.
    async fn read(&self, hash: BlobId, size: u64) -> Result<Reading, ObjectError> {
        let lacking = || ObjectError::Lacking(hash);
        let store = self.store().await?;
        let found = tokio::time::timeout(STALLED, store.info(hash.to_string())).await;
        let info = found.map_err(|_elapsed| lacking())?.map_err(|_missing| lacking())?;
        if info.deleted || info.size as u64 != size {
            return Err(lacking());
        }
        let name = format!("OBJ_{}", names::OBJECTS);
        let stream = self.stream.get_or_try_init(|| self.broker.jetstream().get_stream(name)).await;
        let stream = stream.map_err(|why| BrokerError::of("open the object store")(why.into()))?.clone();
        let subject = format!("$O.{}.C.{}", names::OBJECTS, info.nuid);
        Ok(Reading { stream, subject, next: 1, hash, left: size })
    }
}

/// An object that is being read, message by message: whoever may make a consumer can have it deliver to any subject, so nodes
/// may not. What is shorter than it should be is not what was named.
struct Reading {
    stream: Stream,
    subject: String,
    /// Where the next message is, or behind that.
    next: u64,
    hash: BlobId,
    left: u64,
}

impl Reading {
    /// The next block; none at the end.
    async fn block(&mut self) -> Result<Option<Vec<u8>>, ObjectError> {
        if self.left == 0 {
            return Ok(None);
        }
        let mut block = Vec::with_capacity(BLOCK);
        while block.len() < BLOCK && self.left > 0 {
            let message = self.stream.raw_message_builder().next_by_subject(self.subject.as_str());
            let message = tokio::time::timeout(STALLED, message.sequence(self.next).send()).await;
            // Some of it is gone.
            let Ok(Ok(message)) = message else { return Err(ObjectError::Lacking(self.hash)) };
            self.next = message.sequence + 1;
            let Some(left) = self.left.checked_sub(message.payload.len() as u64) else {
                return Err(ObjectError::Lacking(self.hash));
            };
            self.left = left;
            block.extend_from_slice(&message.payload);
        }
        Ok(Some(block))
    }
}

async fn written(
    writer: Option<crate::blobs::BlobWriter>,
    bytes: Vec<u8>,
) -> io::Result<Option<crate::blobs::BlobWriter>> {
    let Some(mut writer) = writer else { return Err(io::ErrorKind::NotFound.into()) };
    on_disk(move || writer.write_all(&bytes).map(|()| Some(writer))).await
}

fn within(size: u64, most: u64) -> Result<(), ObjectError> {
    if size > most { Err(ObjectError::TooLarge { size, most }) } else { Ok(()) }
}

//! The streams at the broker: what each of them keeps, for how long, and how much of the broker's disk it may take.

use std::time::Duration;

use async_nats::jetstream::context::{CreateStreamError, CreateStreamErrorKind};
use async_nats::jetstream::stream::{Config as Stream, DiscardPolicy, RetentionPolicy, StorageType};
use async_nats::jetstream::{Context, ErrorCode};
use gavel_protocol::Bytes;

use super::names;

/// What nobody has fetched after so long never will be.
pub(super) const MAX_AGE: Duration = Duration::from_secs(3600);
/// A coordinator takes results at once. Those for one that is not there, which whoever has a key may send, are not to take the room of
/// others for long; what one that was away for longer finds gone it has done again.
const RESULTS_AGE: Duration = Duration::from_secs(600);
/// Contents that are needed again are sent again.
const INPUTS_AGE: Duration = Duration::from_secs(24 * 3600);
/// Results are told twice by nodes that have not heard of the first time.
const DUPLICATES: Duration = Duration::from_secs(120);
/// A strike that is older counts at no coordinator, unless `throttle.forget` is longer.
const STRIKES_AGE: Duration = Duration::from_secs(24 * 3600);
/// Of all strikes together: some 150 000 within a day. Of more the oldest go.
const STRIKES_SIZE: Bytes = LEAST;
/// Of the last words on all nodes together: as many as are known have room.
const WORDS_SIZE: Bytes = Bytes::mib(16);
/// Of all tasks together.
const TASKS_SIZE: Bytes = Bytes::mib(512);
/// Of all results together.
const RESULTS_SIZE: Bytes = Bytes::mib(1024);
/// A stream that has less is of no use.
const LEAST: Bytes = Bytes::mib(32);
/// So often all sizes are halved where the broker's disk has no room for them.
const MOST_HALVINGS: u32 = 6;
/// What a broker says that has not the room, or in whose cluster no server has.
const NO_ROOM: [ErrorCode; 4] = [
    ErrorCode::STORAGE_RESOURCES_EXCEEDED,
    ErrorCode::INSUFFICIENT_RESOURCES,
    ErrorCode::ACCOUNT_RESOURCES_EXCEEDED,
    ErrorCode::CLUSTER_NO_PEERS,
];

/// How large streams are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sizes {
    /// What contents are to have: `cluster.objects`.
    objects: Bytes,
    /// So often all were halved.
    halvings: u32,
}

impl Sizes {
    /// As they are to be.
    pub(super) fn of(objects: Bytes) -> Self {
        Self { objects, halvings: 0 }
    }

    /// The next smaller ones, where they are of use.
    fn halved(self) -> Option<Self> {
        let halved = Self { halvings: self.halvings + 1, ..self };
        (halved.halvings <= MOST_HALVINGS && halved.contents() >= LEAST).then_some(halved)
    }

    fn work(self, size: Bytes) -> Bytes {
        Bytes(size.get() >> self.halvings).max(LEAST)
    }

    /// Of what tasks are made of.
    pub(super) fn inputs(self) -> Bytes {
        Bytes(self.contents().get() - self.outputs().get())
    }

    /// Of what comes of them: it is fetched at once, and inputs are needed again.
    fn outputs(self) -> Bytes {
        Bytes(self.contents().get() / 4)
    }

    /// Of all contents together.
    fn contents(self) -> Bytes {
        Bytes(self.objects.get() >> self.halvings)
    }

    /// What operators are to know of them.
    pub(super) fn note(self) -> Option<String> {
        (self.halvings > 0).then(|| {
            let (has, wanted) = (self.contents(), self.objects);
            format!(
                "the broker's disk has room for {has} of contents, not for the {wanted} of cluster.objects, and for as much less of \
                 tasks and results: large inputs and programs are sent again more often"
            )
        })
    }

    /// All streams.
    fn streams(self, replicas: usize) -> [Stream; 6] {
        let work = |name: &str, subjects: &str, size: Bytes, max_age: Duration| Stream {
            name: name.to_owned(),
            subjects: vec![subjects.to_owned()],
            retention: RetentionPolicy::WorkQueue,
            discard: DiscardPolicy::New,
            max_bytes: signed(self.work(size)),
            max_age,
            duplicate_window: DUPLICATES,
            storage: StorageType::File,
            num_replicas: replicas,
            ..Stream::default()
        };
        let contents = |name: &str, subjects: &str, size: Bytes, max_age: Duration| Stream {
            name: name.to_owned(),
            subjects: vec![subjects.to_owned()],
            discard: DiscardPolicy::Old,
            max_bytes: signed(size),
            max_messages_per_subject: 1,
            max_age,
            allow_direct: true,
            storage: StorageType::File,
            num_replicas: replicas,
            ..Stream::default()
        };
        let strikes = Stream {
            name: names::STRIKES.to_owned(),
            subjects: vec!["gavel.strikes.*".to_owned()],
            discard: DiscardPolicy::Old,
            max_bytes: signed(STRIKES_SIZE),
            max_age: STRIKES_AGE,
            duplicate_window: DUPLICATES,
            storage: StorageType::File,
            num_replicas: replicas,
            ..Stream::default()
        };
        let words = Stream {
            name: names::WORDS.to_owned(),
            subjects: vec!["gavel.words.*".to_owned()],
            discard: DiscardPolicy::Old,
            max_bytes: signed(WORDS_SIZE),
            max_messages_per_subject: 1,
            storage: StorageType::File,
            num_replicas: replicas,
            ..Stream::default()
        };
        [
            work(names::TASKS, "gavel.tasks.>", TASKS_SIZE, MAX_AGE),
            work(names::RESULTS, "gavel.results.>", RESULTS_SIZE, RESULTS_AGE),
            contents(names::INPUTS, "gavel.in.>", self.inputs(), INPUTS_AGE),
            contents(names::OUTPUTS, "gavel.out.>", self.outputs(), MAX_AGE),
            strikes,
            words,
        ]
    }
}

/// Makes those that are missing. Where the broker's disk has not the room that they reserve, all are smaller; returns how large they
/// are.
///
/// # Errors
/// When the broker makes none, or has no room for any that are of use.
pub(super) async fn make(
    jetstream: &Context,
    replicas: usize,
    objects: Bytes,
) -> Result<Sizes, CreateStreamError> {
    let mut sizes = Sizes::of(objects);
    loop {
        match all(jetstream, sizes.streams(replicas)).await {
            Ok(()) => return Ok(sizes),
            Err(why) => match sizes.halved().filter(|_| is_want_of_room(&why)) {
                Some(halved) => sizes = halved,
                None => return Err(why),
            },
        }
    }
}

async fn all(jetstream: &Context, streams: [Stream; 6]) -> Result<(), CreateStreamError> {
    for stream in streams {
        jetstream.create_or_update_stream(stream).await?;
    }
    Ok(())
}

fn is_want_of_room(why: &CreateStreamError) -> bool {
    let CreateStreamErrorKind::JetStream(said) = why.kind() else { return false };
    NO_ROOM.contains(&said.error_code())
}

fn signed(size: Bytes) -> i64 {
    i64::try_from(size.get()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reserved(sizes: Sizes) -> u64 {
        let sizes = sizes.streams(1).map(|stream| u64::try_from(stream.max_bytes).unwrap());
        sizes.into_iter().sum()
    }

    #[test]
    fn a_small_disk_has_smaller_streams_down_to_what_is_of_use() {
        let usual = Sizes::of(Bytes::mib(8 * 1024));
        assert_eq!((reserved(usual), usual.note()), (Bytes::mib(9 * 1024 + 512 + 32 + 16).get(), None));
        let mut sizes = usual;
        while let Some(halved) = sizes.halved() {
            assert!(reserved(halved) < reserved(sizes), "{halved:?}");
            sizes = halved;
        }
        assert_eq!((sizes.contents(), sizes.inputs()), (Bytes::mib(128), Bytes::mib(96)));
        assert!(reserved(sizes) <= Bytes::mib(240).get(), "{sizes:?}");
        assert!(
            sizes.note().unwrap().contains("128 MiB of contents, not for the 8 GiB"),
            "{:?}",
            sizes.note()
        );
        assert_eq!(Sizes::of(Bytes::mib(48)).halved(), None);
    }
}

//! Frames: encoding, bounds and versions.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Version of this protocol. Monitor and server must agree exactly: they are released together, and a container
/// with another monitor is retired, not talked to.
pub const VERSION: u16 = 7;

/// Largest frame in bytes.
pub const MAX_FRAME: usize = 128 * 1024;

/// Most descriptors beside one frame; the kernel's own bound is 253 (`SCM_MAX_FD`).
pub const MAX_DESCRIPTORS: usize = 250;

/// Names one run on one connection; never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(pub u64);

impl RunId {
    /// For frames that belong to no run.
    pub const NONE: Self = Self(0);
}

/// A message with what both ends check before they look inside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope<T> {
    /// [`VERSION`] of the sender.
    pub version: u16,
    /// The run it belongs to.
    pub run: RunId,
    /// Counts the sender's frames from 0, so that a lost, doubled or forged frame shows.
    pub sequence: u64,
    /// The message.
    pub message: T,
}

/// Why a frame was refused.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// Larger than [`MAX_FRAME`].
    #[error("a frame of {0} bytes is over the {MAX_FRAME} allowed")]
    TooLarge(usize),
    /// Not a message of this protocol.
    #[error("a frame cannot be decoded: {0}")]
    Malformed(#[from] postcard::Error),
    /// Bytes behind the message.
    #[error("a frame has {0} bytes behind its message")]
    Trailing(usize),
    /// The other end speaks another version.
    #[error("the other end speaks protocol version {0}, this one {VERSION}")]
    Version(u16),
}

/// Encodes one frame.
///
/// # Errors
/// [`FrameError::TooLarge`] when it does not fit into one packet; [`FrameError::Malformed`] when serde refuses.
pub fn encode<T: Serialize>(envelope: &Envelope<T>) -> Result<Vec<u8>, FrameError> {
    let bytes = postcard::to_stdvec(envelope)?;
    match bytes.len() {
        length if length > MAX_FRAME => Err(FrameError::TooLarge(length)),
        _ => Ok(bytes),
    }
}

/// Decodes one frame; the version is checked before the rest is looked at.
///
/// # Errors
/// Whatever is not exactly one message of our version.
pub fn decode<T: DeserializeOwned>(frame: &[u8]) -> Result<Envelope<T>, FrameError> {
    if frame.len() > MAX_FRAME {
        return Err(FrameError::TooLarge(frame.len()));
    }
    let (version, _) = postcard::take_from_bytes::<u16>(frame)?;
    if version != VERSION {
        return Err(FrameError::Version(version));
    }
    match postcard::take_from_bytes(frame)? {
        (envelope, []) => Ok(envelope),
        (_, rest) => Err(FrameError::Trailing(rest.len())),
    }
}

/// Byte vectors as one block; serde's default would visit every byte.
pub(crate) mod bytes {
    use serde::de::{Error, Visitor};
    use serde::{Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        struct Block;
        impl Visitor<'_> for Block {
            type Value = Vec<u8>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a block of bytes")
            }
            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
                Ok(bytes.to_vec())
            }
        }
        deserializer.deserialize_bytes(Block)
    }
}

/// A list of byte strings, each as one block.
pub(crate) mod byte_strings {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    struct Block(#[serde(with = "super::bytes")] Vec<u8>);

    pub(crate) fn serialize<S: Serializer>(strings: &[Vec<u8>], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(strings.iter().map(|string| Block(string.clone())))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Vec<u8>>, D::Error> {
        Ok(Vec::<Block>::deserialize(deserializer)?.into_iter().map(|Block(string)| string).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::*;

    fn a_run() -> Order {
        Order::Run(Box::new(Run {
            argv: vec![b"./main".to_vec(), vec![0xff, b'x']],
            env: vec![b"PATH=/bin".to_vec()],
            cwd: "/w".into(),
            search_cwd: false,
            executable: Some(Descriptor(0)),
            files: vec![BoxFile { path: "a".into(), mode: 0o444, content: Content::Inline(vec![1; 300]) }],
            stdio: vec![Stdio { fd: 0, source: StdioSource::Descriptor(Descriptor(1)) }],
            terminal: None,
            collect: vec![Collect {
                path: "out".into(),
                anywhere: false,
                max: Bytes::kib(1),
                truncate: false,
            }],
            leavings: true,
            limits: Limits {
                cpu_time: Duration::from_millis(1500),
                wall_time: Duration::from_secs(5),
                memory: Bytes::mib(256),
                stack: Bytes::mib(8),
                file_size: Bytes::mib(64),
                open_files: 256,
                processes: 64,
                core: Bytes(1),
                address_space: None,
                data: Some(Bytes::mib(1)),
                cpu_rate: Some(CpuRate { thousandths: 500, period: Duration::from_millis(100) }),
                cpus: Some("0-1".into()),
            },
        }))
    }

    fn envelope(message: Order) -> Envelope<Order> {
        Envelope { version: VERSION, run: RunId(7), sequence: 3, message }
    }

    #[test]
    fn a_frame_survives_the_way() {
        let sent = envelope(a_run());
        assert_eq!(decode::<Order>(&encode(&sent).unwrap()).unwrap(), sent);
    }

    #[test]
    fn another_version_is_named_before_anything_else_is_decoded() {
        let mut frame = postcard::to_stdvec(&9u16).unwrap();
        frame.extend_from_slice(&[0xff; 40]);
        assert!(matches!(decode::<Order>(&frame), Err(FrameError::Version(9))));
    }

    #[test]
    fn bytes_behind_the_message_are_refused() {
        let mut frame = encode(&envelope(Order::Ping)).unwrap();
        frame.push(0);
        assert!(matches!(decode::<Order>(&frame), Err(FrameError::Trailing(1))));
    }

    #[test]
    fn what_does_not_fit_one_packet_is_refused_on_both_sides() {
        let file = BoxFile { path: "a".into(), mode: 0, content: Content::Inline(vec![0; MAX_FRAME]) };
        assert!(matches!(encode(&envelope(Order::Files(vec![file]))), Err(FrameError::TooLarge(_))));
        assert!(matches!(decode::<Order>(&vec![0; MAX_FRAME + 1]), Err(FrameError::TooLarge(_))));
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_decoder_panic(frame in proptest::collection::vec(any::<u8>(), 0..2048)) {
            let _ = decode::<Order>(&frame);
            let _ = decode::<Reply>(&frame);
        }

        #[test]
        fn a_damaged_frame_never_panics(at in 0usize..200, flip in 1u8..=255) {
            let mut frame = encode(&envelope(a_run())).unwrap();
            let at = at % frame.len();
            frame[at] ^= flip;
            let _ = decode::<Order>(&frame);
        }
    }
}

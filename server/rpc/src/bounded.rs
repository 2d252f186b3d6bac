//! The codec of the service. It counts the parts of a message before they are made: two bytes of a message can be a
//! command of some hundred in memory.

use std::marker::PhantomData;

use prost::Message;
use prost::bytes::Buf;
use tonic::Status;
use tonic::codec::{Codec, DecodeBuf, Decoder};
use tonic_prost::{ProstCodec, ProstDecoder, ProstEncoder};

use crate::{FileContent, FileId, FileListType, Request, Response, StreamRequest, StreamResponse};

/// Most parts of a message: fields, and elements of repeated ones.
pub const MAX_PARTS: usize = 100_000;

/// What a part that is a message with parts of its own counts for.
const OF_PARTS: usize = 16;

/// Messages that know which of their fields have parts that count.
pub trait Parts {
    /// Those fields, by their numbers.
    const SHAPE: Shape;
}

/// The fields of a message whose own fields count too.
#[derive(Debug, Clone, Copy)]
pub struct Shape(&'static [(u64, Shape)]);

/// Nothing in it can have many parts.
const FLAT: Shape = Shape(&[]);
/// A request: its commands.
const REQUEST: Shape = Shape(&[(2, FLAT)]);

impl Parts for Request {
    const SHAPE: Shape = REQUEST;
}

impl Parts for StreamRequest {
    const SHAPE: Shape = Shape(&[(1, REQUEST)]);
}

impl Parts for Response {
    const SHAPE: Shape = Shape(&[(2, FLAT)]);
}

impl Parts for StreamResponse {
    const SHAPE: Shape = Shape(&[(1, Response::SHAPE)]);
}

/// For messages in which only the fields themselves count.
macro_rules! flat {
    ($($message:ty),*) => { $(impl Parts for $message { const SHAPE: Shape = FLAT; })* };
}

flat!((), FileId, FileContent, FileListType);

/// Prost's codec, with a bound on what is decoded.
#[derive(Debug)]
pub struct Bounded<T, U>(PhantomData<(T, U)>);

impl<T, U> Default for Bounded<T, U> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<T, U> Codec for Bounded<T, U>
where
    T: Message + Send + 'static,
    U: Message + Parts + Default + Send + 'static,
{
    type Encode = T;
    type Decode = U;
    type Encoder = ProstEncoder<T>;
    type Decoder = BoundedDecoder<U>;

    fn encoder(&mut self) -> Self::Encoder {
        ProstCodec::<T, U>::default().encoder()
    }

    fn decoder(&mut self) -> Self::Decoder {
        BoundedDecoder(ProstCodec::<T, U>::default().decoder())
    }
}

/// Decodes messages that do not have too many parts.
#[derive(Debug)]
pub struct BoundedDecoder<U>(ProstDecoder<U>);

impl<U: Message + Parts + Default> Decoder for BoundedDecoder<U> {
    type Item = U;
    type Error = Status;

    fn decode(&mut self, message: &mut DecodeBuf<'_>) -> Result<Option<U>, Status> {
        // All of a message is there, in one piece.
        let bytes = message.chunk();
        if count(bytes, U::SHAPE, MAX_PARTS).is_none() {
            let text = format!("the message has too many parts: {MAX_PARTS} are allowed");
            return Err(Status::invalid_argument(text));
        }
        self.0.decode(message)
    }
}

/// The number of parts of a message; none if there are more than `most`. What is no message has those that come before
/// that shows: prost finds out what is wrong with it.
fn count(mut bytes: &[u8], shape: Shape, most: usize) -> Option<usize> {
    let mut parts = 0;
    while let Some((number, content)) = field(&mut bytes) {
        parts += 1;
        if let Some((_, shape)) = shape.0.iter().find(|(known, _)| *known == number) {
            parts += OF_PARTS;
            parts += count(content, *shape, most.checked_sub(parts)?)?;
        }
        if parts > most {
            return None;
        }
    }
    Some(parts)
}

/// Takes the next field: its number, and the content of one that has a length.
fn field<'a>(bytes: &mut &'a [u8]) -> Option<(u64, &'a [u8])> {
    let key = varint(bytes)?;
    let length = match key & 7 {
        0 => varint(bytes).map(|_| 0)?,
        1 => 8,
        2 => usize::try_from(varint(bytes)?).ok()?,
        5 => 4,
        _ => return None,
    };
    let (content, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some((key >> 3, content))
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for place in 0..10 {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << (7 * place).min(63);
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use prost::Message;

    use super::*;
    use crate::request::{CmdType, File};

    fn parts(request: &Request) -> Option<usize> {
        count(&request.encode_to_vec(), Request::SHAPE, MAX_PARTS)
    }

    fn of(commands: usize, command: &CmdType) -> Request {
        Request { cmd: vec![command.clone(); commands], ..Request::default() }
    }

    #[test]
    fn parts_of_commands_count_and_what_is_in_contents_does_not() {
        let command = CmdType {
            args: vec!["a".into(); 3],
            files: vec![File::default(); 2],
            cpu_time_limit: u64::MAX,
            copy_in: [("f".to_owned(), File::default())].into(),
            ..CmdType::default()
        };
        assert_eq!(parts(&of(2, &command)), Some(2 * (1 + OF_PARTS + 3 + 2 + 1 + 1)));
        let content = FileContent { name: "n".into(), content: vec![0x12; 300_000].into() };
        assert_eq!(count(&content.encode_to_vec(), FileContent::SHAPE, MAX_PARTS), Some(2));
    }

    #[test]
    fn more_than_are_allowed_are_found_wherever_they_are() {
        assert!(parts(&of(MAX_PARTS / 17, &CmdType::default())).is_some());
        assert_eq!(parts(&of(MAX_PARTS / 17 + 1, &CmdType::default())), None);
        let many = CmdType { args: vec![String::new(); MAX_PARTS], ..CmdType::default() };
        assert_eq!(parts(&of(1, &many)), None);
        let stream =
            StreamRequest { request: Some(crate::stream_request::Request::ExecRequest(of(1, &many))) };
        assert_eq!(count(&stream.encode_to_vec(), StreamRequest::SHAPE, MAX_PARTS), None);
    }

    #[test]
    fn what_is_no_message_ends_the_count() {
        for nonsense in [&[0xff; 20][..], &[0x12, 0x05, 0x00], &[0x0f], &[]] {
            assert_eq!(count(nonsense, REQUEST, MAX_PARTS), Some(0), "{nonsense:?}");
        }
    }
}

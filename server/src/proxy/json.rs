//! Messages as JSON, in the form that protobuf defines (`protojson`).

use bytes::Bytes;
use gavel_rpc::DESCRIPTION;
use gavel_rpc::bounded::MAX_PARTS;
use prost::Message;
use prost_reflect::{DescriptorError, DescriptorPool, DynamicMessage, MessageDescriptor};

use crate::gojudge::request::weight;
use crate::http::all_values;

/// Room for the JSON of a small message.
const LEAST: usize = 512;

/// Reads and writes messages of the service.
#[derive(Debug, Clone)]
pub(super) struct Protojson(DescriptorPool);

impl Protojson {
    /// By the description of the service.
    ///
    /// # Errors
    /// When it is none.
    pub(super) fn new() -> Result<Self, DescriptorError> {
        DescriptorPool::decode(DESCRIPTION).map(Self)
    }

    /// What a message takes in memory while it is read from this JSON, beside twice its length, in bytes.
    pub(super) fn weight(json: &[u8]) -> u64 {
        // Contents are copied twice without being JSON any more, and then are a quarter shorter.
        weight(all_values(json).min(MAX_PARTS)) + json.len() as u64 / 4
    }

    /// A message of this name, such as `pb.Request`, from its JSON.
    ///
    /// # Errors
    /// What does not fit, and where.
    pub(super) fn read<M: Message + Default>(&self, name: &str, json: Bytes) -> Result<M, String> {
        if all_values(&json) > MAX_PARTS {
            return Err(format!("too many values: {MAX_PARTS} are allowed"));
        }
        let mut reader = serde_json::Deserializer::from_slice(&json);
        let read = DynamicMessage::deserialize(self.descriptor(name)?, &mut reader);
        let message = read.map_err(|error| error.to_string())?;
        reader.end().map_err(|error| error.to_string())?;
        // Contents are copied from here on.
        drop(json);
        message.transcode_to().map_err(|error| error.to_string())
    }

    /// The JSON of a message of this name.
    ///
    /// # Errors
    /// When the message is of another name.
    pub(super) fn write<M: Message>(&self, name: &str, message: M) -> Result<Vec<u8>, String> {
        let size = message.encoded_len();
        let mut dynamic = DynamicMessage::new(self.descriptor(name)?);
        dynamic.transcode_from(&message).map_err(|error| error.to_string())?;
        // Its contents are there once more.
        drop(message);
        // Of large contents four bytes for three, and no more.
        let mut json = Vec::with_capacity(size + size / 3 + LEAST);
        serde_json::to_writer(&mut json, &dynamic).map_err(|error| error.to_string())?;
        Ok(json)
    }

    fn descriptor(&self, name: &str) -> Result<MessageDescriptor, String> {
        self.0.get_message_by_name(name).ok_or_else(|| format!("there is no message {name}"))
    }
}

#[cfg(test)]
mod tests {
    use gavel_rpc::request::{CmdType, file};
    use gavel_rpc::{FileContent, Request};

    use super::*;

    #[test]
    fn requests_are_read_as_protobuf_writes_them() {
        let json =
            br#"{"requestID":"r","cmd":[{"args":["a"],"cpuTimeLimit":"18446744073709551615","memoryLimit":7,
            "files":[{"memory":{"content":"AP8="}},{}],"copyIn":{"b":{"cached":{"fileID":"ID"}}}}]}"#;
        let request: Request = Protojson::new().unwrap().read("pb.Request", json[..].into()).unwrap();
        let CmdType { args, cpu_time_limit, memory_limit, files, .. } = &request.cmd[0];
        assert_eq!((request.request_id.as_str(), args[0].as_str()), ("r", "a"));
        assert_eq!((*cpu_time_limit, *memory_limit), (u64::MAX, 7));
        let Some(file::File::Memory(memory)) = &files[0].file else { panic!("{files:?}") };
        assert_eq!((&memory.content[..], files[1].file.is_none()), (&b"\0\xff"[..], true));
    }

    #[test]
    fn what_is_no_request_is_refused_with_the_reason() {
        let read = |json: &'static str| Protojson::new().unwrap().read::<Request>("pb.Request", json.into());
        for (json, reason) in [("{", "EOF"), ("{\"what\":1}", "what"), ("{} x", "trailing"), ("[]", "map")] {
            let refusal = read(json).unwrap_err();
            assert!(refusal.contains(reason), "{json}: {refusal}");
        }
    }

    #[test]
    fn what_has_too_many_values_is_refused_and_a_text_is_one() {
        let read = |json: String| Protojson::new().unwrap().read::<Request>("pb.Request", json.into());
        let many = format!("{{\"cmd\":[{}{{}}]}}", "{},".repeat(1_000_000));
        assert_eq!(read(many).unwrap_err(), "too many values: 100000 are allowed");
        let text = format!("{{\"requestID\":\"{}\"}}", "[{,\\\"".repeat(100_000));
        assert_eq!(read(text).unwrap().request_id.len(), 400_000);
    }

    #[test]
    fn contents_are_written_as_base64() {
        let content = FileContent { name: "n".into(), content: b"\0\xff"[..].into() };
        let json = Protojson::new().unwrap().write("pb.FileContent", content).unwrap();
        assert_eq!(json, br#"{"name":"n","content":"AP8="}"#);
    }
}

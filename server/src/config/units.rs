//! How durations, sizes and limits are written in the configuration.

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use gavel_protocol::Bytes;
use serde::de::value::SeqAccessDeserializer;
use serde::de::{DeserializeOwned, Error, IntoDeserializer, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serializer};

/// A secret: only whether it is set is shown.
pub(super) fn masked<S: Serializer>(_secret: &Option<String>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str("(set)")
}

/// A list of tables, as a file has it, or the same as JSON, as a variable has it.
pub(super) fn table_or_json<'de, T: DeserializeOwned, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    struct Either<T>(PhantomData<T>);

    impl<'de, T: DeserializeOwned> Visitor<'de> for Either<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of tables, or a JSON array of objects")
        }

        fn visit_str<E: Error>(self, json: &str) -> Result<Vec<T>, E> {
            serde_json::from_str(json).map_err(|why| E::custom(format!("not a JSON array of them: {why}")))
        }

        fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Vec<T>, A::Error> {
            Vec::deserialize(SeqAccessDeserializer::new(list))
        }
    }

    deserializer.deserialize_any(Either(PhantomData))
}

/// The most readable text of a size that keeps it exact: `256MiB`.
pub(crate) fn show_size(size: Bytes) -> String {
    for (unit, bytes) in [("GiB", 1u64 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)] {
        if size.get() >= bytes && size.get().is_multiple_of(bytes) {
            return format!("{}{unit}", size.get() / bytes);
        }
    }
    format!("{}B", size.get())
}

/// One of several, with a message that lists what there is.
pub(super) fn choice<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let text = String::deserialize(deserializer)?;
    T::deserialize(text.into_deserializer())
}

/// Durations: `1s`, `2h 30m`.
pub(crate) mod span {
    use super::Duration;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(span: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&humantime::format_duration(*span))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        let text = String::deserialize(deserializer)?;
        humantime::parse_duration(&text)
            .map_err(|why| D::Error::custom(format!("`{text}` is not a duration such as \"1s\": {why}")))
    }
}

/// Sizes: `64KiB`, `1GiB`.
pub(crate) mod size {
    use super::{Bytes, show_size};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(size: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&show_size(*size))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse::<bytesize::ByteSize>()
            .map(|size| Bytes(size.as_u64()))
            .map_err(|why| D::Error::custom(format!("`{text}` is not a size such as \"256MiB\": {why}")))
    }
}

/// Sizes that may be unset.
pub(super) mod optional_size {
    use super::{Bytes, size};
    use serde::{Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(set: &Option<Bytes>, serializer: S) -> Result<S::Ok, S::Error> {
        match set {
            Some(set) => size::serialize(set, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Bytes>, D::Error> {
        size::deserialize(deserializer).map(Some)
    }
}

/// Networks: `10.0.0.0/8`, `fd00::/8`; an address alone is a network of one.
pub(super) mod networks {
    use std::net::IpAddr;

    use ipnet::IpNet;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(networks: &[IpNet], serializer: S) -> Result<S::Ok, S::Error> {
        networks.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        let parse = |text: &String| {
            parse(text)
                .ok_or_else(|| D::Error::custom(format!("`{text}` is not a network such as \"10.0.0.0/8\"")))
        };
        texts.iter().map(parse).collect()
    }

    fn parse(text: &str) -> Option<IpNet> {
        let network = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).ok()?;
        Some(as_v4(network).unwrap_or(network).trunc())
    }

    /// `::ffff:10.0.0.0/104` is 10.0.0.0/8: peers of that form are compared as what they are, IPv4.
    fn as_v4(network: IpNet) -> Option<IpNet> {
        let IpNet::V6(mapped) = network else { return None };
        let length = mapped.prefix_len().checked_sub(96)?;
        IpNet::new(mapped.addr().to_ipv4_mapped()?.into(), length).ok()
    }
}

/// A table of limits; `wall` and `stack` follow from the others where they are missing.
pub(super) mod run_limits {
    use super::{Bytes, Duration};
    use crate::submission::{RunLimits, wall_for};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    struct Table {
        #[serde(with = "super::span")]
        cpu: Duration,
        #[serde(default)]
        wall: Option<Span>,
        #[serde(with = "super::size")]
        memory: Bytes,
        #[serde(default)]
        stack: Option<Size>,
        #[serde(with = "super::size")]
        file: Bytes,
        #[serde(with = "super::size")]
        output: Bytes,
        processes: u32,
        open_files: u32,
    }

    #[derive(Serialize, Deserialize)]
    struct Span(#[serde(with = "super::span")] Duration);

    #[derive(Serialize, Deserialize)]
    struct Size(#[serde(with = "super::size")] Bytes);

    pub(crate) fn serialize<S: Serializer>(limits: &RunLimits, serializer: S) -> Result<S::Ok, S::Error> {
        let RunLimits { cpu, wall, memory, stack, file, output, processes, open_files } = *limits;
        let (wall, stack) = (Some(Span(wall)), Some(Size(stack)));
        Table { cpu, wall, memory, stack, file, output, processes, open_files }.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<RunLimits, D::Error> {
        let Table { cpu, wall, memory, stack, file, output, processes, open_files } =
            Table::deserialize(deserializer)?;
        let wall = wall.map_or_else(|| wall_for(cpu), |span| span.0);
        let stack = stack.map_or(memory, |size| size.0);
        Ok(RunLimits { cpu, wall, memory, stack, file, output, processes, open_files })
    }
}

//! Bytes in the store's JSON: text where they are UTF-8, else `{"base64": "…"}`.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Wire<'a> {
    Text(#[serde(borrow)] Cow<'a, str>),
    Binary { base64: Cow<'a, str> },
}

/// One value.
pub(crate) fn serialize<T: AsRef<[u8]>, S: Serializer>(bytes: &T, serializer: S) -> Result<S::Ok, S::Error> {
    match std::str::from_utf8(bytes.as_ref()) {
        Ok(text) => Wire::Text(Cow::Borrowed(text)),
        Err(_) => Wire::Binary { base64: STANDARD.encode(bytes).into() },
    }
    .serialize(serializer)
}

pub(crate) fn deserialize<'de, T: From<Vec<u8>>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    match Wire::deserialize(deserializer)? {
        Wire::Text(text) => Ok(T::from(text.into_owned().into_bytes())),
        Wire::Binary { base64 } => {
            STANDARD.decode(base64.as_bytes()).map(T::from).map_err(serde::de::Error::custom)
        }
    }
}

/// Something that holds such values.
#[derive(Serialize, Deserialize)]
#[serde(bound(serialize = "T: AsRef<[u8]>", deserialize = "T: From<Vec<u8>>"))]
struct Item<T>(#[serde(with = "self")] T);

/// A value that may be missing.
pub(crate) mod option {
    use super::{Deserialize, Deserializer, Item, Serialize, Serializer};

    pub(crate) fn serialize<T: AsRef<[u8]>, S: Serializer>(
        value: &Option<T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value.as_ref().map(|bytes| Item(bytes.as_ref())).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, T: From<Vec<u8>>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<T>, D::Error> {
        Ok(Option::<Item<T>>::deserialize(deserializer)?.map(|item| item.0))
    }
}

/// Values by name.
pub(crate) mod map {
    use std::collections::BTreeMap;

    use super::{Deserialize, Deserializer, Item, Serializer};

    pub(crate) fn serialize<T: AsRef<[u8]>, S: Serializer>(
        values: &BTreeMap<String, T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(values.iter().map(|(name, bytes)| (name, Item(bytes.as_ref()))))
    }

    pub(crate) fn deserialize<'de, T: From<Vec<u8>>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<String, T>, D::Error> {
        let items = BTreeMap::<String, Item<T>>::deserialize(deserializer)?;
        Ok(items.into_iter().map(|(name, item)| (name, item.0)).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Holder {
        #[serde(with = "super")]
        one: Arc<[u8]>,
        #[serde(with = "super::option")]
        maybe: Option<Vec<u8>>,
        #[serde(with = "super::map")]
        map: BTreeMap<String, Arc<[u8]>>,
    }

    #[test]
    fn text_stays_text_and_binary_becomes_base64_and_both_come_back() {
        let holder = Holder {
            one: Arc::from(&b"a\"b"[..]),
            maybe: Some(vec![0xff]),
            map: BTreeMap::from([("x".to_owned(), Arc::from(&b"\xc3\xa9"[..]))]),
        };
        let json = serde_json::to_string(&holder).unwrap();
        assert_eq!(json, r#"{"one":"a\"b","maybe":{"base64":"/w=="},"map":{"x":"é"}}"#);
        assert_eq!(serde_json::from_str::<Holder>(&json).unwrap(), holder);
    }
}

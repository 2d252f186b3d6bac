//! Bodies that are small JSON objects.

use serde::Deserialize;

use super::Problem;

/// Reads an object. Serde alone would take an array of its fields in its place.
///
/// # Errors
/// [`Problem::Malformed`]
pub(super) fn read<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Result<T, Problem> {
    let first = json.iter().find(|byte| !byte.is_ascii_whitespace());
    if first.is_some_and(|first| *first != b'{') {
        return Err(Problem::Malformed("the body is no JSON object".into()));
    }
    serde_json::from_slice(json).map_err(|why| Problem::Malformed(why.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, Deserialize, PartialEq)]
    #[serde(default)]
    struct Order {
        user: String,
    }

    #[test]
    fn an_object_is_read_and_nothing_in_its_place() {
        let alice = Order { user: "alice".into() };
        assert_eq!(read::<Order>(b" {\"user\": \"alice\"}").unwrap(), alice);
        for other in [&b"[\"alice\"]"[..], b"\"alice\"", b"null", b"7", b"", b"{", b"{\"user\": 7}"] {
            assert!(matches!(read::<Order>(other), Err(Problem::Malformed(_))), "{other:?}");
        }
    }
}

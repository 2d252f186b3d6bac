//! Bodies that are small JSON objects, read field by field: all that is wrong in one is told at once, each under its name.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, de};
use serde_json::value::RawValue;

use super::Problem;
use super::errors::Errors;
use super::reading::no_such_field;
use super::wire::shown;

/// A time, as it is expected.
pub(super) const TIME: &str = "a time such as 2027-03-31T18:00:00Z";

/// The fields that were not read yet, and what is wrong so far.
#[derive(Debug)]
pub(super) struct Object<'a> {
    fields: BTreeMap<String, &'a RawValue>,
    /// The names of those that there may be.
    asked: Vec<&'static str>,
    errors: Errors,
}

/// A whole number, which JSON may write as `88.0`, too.
struct Whole<T>(T);

impl<'a> Object<'a> {
    /// Reads a body.
    ///
    /// # Errors
    /// [`Problem::Malformed`] where it is no JSON, or no object.
    pub(super) fn read(json: &'a [u8]) -> Result<Self, Problem> {
        serde_json::from_slice(json).map_err(|why| Problem::Malformed(why.to_string()))
    }

    /// A field, for which null is as if it were not there.
    pub(super) fn take<T: Deserialize<'a>>(&mut self, name: &'static str, expected: &str) -> Option<T> {
        self.take_or_null(name, expected).flatten()
    }

    /// A field, for which null within is not as if it were not there.
    pub(super) fn take_or_null<T: Deserialize<'a>>(
        &mut self,
        name: &'static str,
        expected: &str,
    ) -> Option<Option<T>> {
        self.asked.push(name);
        let raw = self.fields.remove(name)?;
        if raw.get() == "null" { Some(None) } else { self.value(name, raw, expected).map(Some) }
    }

    /// A field that is an array, each of whose items is expected to be this.
    pub(super) fn take_row<T: Deserialize<'a>>(
        &mut self,
        name: &'static str,
        expected: &str,
    ) -> Option<Vec<T>> {
        let row: Vec<&'a RawValue> = self.take(name, "an array")?;
        let item = |(at, raw): (usize, &'a RawValue)| self.value(&format!("{name}[{at}]"), raw, expected);
        Some(row.into_iter().enumerate().filter_map(item).collect())
    }

    /// A field that is a whole number, for which null within is not as if it were not there.
    pub(super) fn whole_or_null<T>(&mut self, name: &'static str) -> Option<Option<T>>
    where
        T: FromStr<Err = ParseIntError>,
    {
        let number = self.take_or_null::<Whole<T>>(name, "a whole number that is allowed here")?;
        Some(number.map(|Whole(number)| number))
    }

    /// A field that is a whole number.
    pub(super) fn whole<T: FromStr<Err = ParseIntError>>(&mut self, name: &'static str) -> Option<T> {
        self.whole_or_null(name).flatten()
    }

    /// What a field without which it does not go has. Where it has nothing, that is noted.
    pub(super) fn need<T: Default>(&mut self, name: &str, value: Option<T>) -> T {
        if value.is_none() {
            self.refuse(name, "is needed");
        }
        value.unwrap_or_default()
    }

    /// Nothing is wrong so far.
    pub(super) fn is_right(&self) -> bool {
        self.errors.is_empty()
    }

    /// Notes what is wrong with a field, if there is nothing yet.
    pub(super) fn refuse(&mut self, name: &str, why: impl Into<String>) {
        if !self.errors.has(name) {
            self.errors.add(name, why);
        }
    }

    /// Sees that nothing is wrong, once everything was taken that there may be.
    pub(super) fn end(mut self) -> Result<(), Problem> {
        for name in self.fields.into_keys() {
            self.errors.add(shown(&name), no_such_field(&self.asked));
        }
        self.errors.none()
    }

    fn value<T: Deserialize<'a>>(&mut self, at: &str, raw: &'a RawValue, expected: &str) -> Option<T> {
        let value = serde_json::from_str(raw.get());
        value.map_err(|_| self.errors.add(at, format!("{}; expected {expected}", came(raw)))).ok()
    }
}

/// What a client wrote, in a few words.
fn came(raw: &RawValue) -> String {
    match raw.get().as_bytes().first() {
        Some(b'{') => "an object".into(),
        Some(b'[') => "an array".into(),
        Some(b'"') => {
            let text: Option<String> = serde_json::from_str(raw.get()).ok();
            text.map_or_else(|| "a text".into(), |text| format!("`{}`", shown(&text)))
        }
        _ => shown(raw.get()),
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_map(Reading)
    }
}

struct Reading;

impl<'de> Visitor<'de> for Reading {
    type Value = Object<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
        let mut object = Object { fields: BTreeMap::new(), asked: Vec::new(), errors: Errors::default() };
        while let Some((name, value)) = map.next_entry::<String, &'de RawValue>()? {
            match object.fields.entry(name) {
                Entry::Occupied(first) => object.errors.add(shown(first.key()), "this field comes twice"),
                Entry::Vacant(place) => {
                    place.insert(value);
                }
            }
        }
        Ok(object)
    }
}

impl<'de, T: FromStr<Err = ParseIntError>> Deserialize<'de> for Whole<T> {
    fn deserialize<D: Deserializer<'de>>(number: D) -> Result<Self, D::Error> {
        let number = serde_json::Number::deserialize(number)?.to_string();
        let digits = number.strip_suffix(".0").unwrap_or(&number);
        digits.parse().map(Self).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is wrong with this, of which a user, a number and words are read.
    fn wrong(json: &str) -> Vec<String> {
        let mut object = Object::read(json.as_bytes()).unwrap();
        let user: Option<String> = object.take("user", "a text");
        object.need("user", user);
        object.whole::<u8>("number");
        object.take_row::<String>("words", "a text");
        let Err(Problem::Invalid(errors)) = object.end() else { return Vec::new() };
        errors.into_iter().map(|error| format!("{}: {}", error.field, error.detail)).collect()
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once_under_its_name() {
        assert_eq!(wrong(r#"{"user": "alice", "number": 88.0, "words": ["a", "b"]}"#), [""; 0]);
        assert_eq!(wrong(r#"{"user": "alice", "number": null, "words": null}"#), [""; 0]);
        assert_eq!(
            wrong(
                r#"{"\u0007x": {}, "user": 7, "number": 5.5, "words": ["a", [], "b", null], "number": 1, "user": "x"}"#
            ),
            [
                "number: this field comes twice",
                "user: this field comes twice",
                "user: 7; expected a text",
                "number: 5.5; expected a whole number that is allowed here",
                "words[1]: an array; expected a text",
                "words[3]: null; expected a text",
                "\u{fffd}x: there is no such field; there are `user`, `number`, `words`"
            ]
        );
        assert_eq!(
            wrong(r#"{"number": "many", "words": {}}"#),
            [
                "user: is needed",
                "number: `many`; expected a whole number that is allowed here",
                "words: an object; expected an array"
            ]
        );
        let none = wrong(r#"{"user": null, "number": -1}"#);
        assert_eq!(none, ["user: is needed", "number: -1; expected a whole number that is allowed here"]);
        assert_eq!(wrong(r#"{"user": "alice", "number": 256}"#).len(), 1);
        let long = format!(r#"{{"user": "alice", "{}": 1}}"#, "x".repeat(10_000));
        assert_eq!(
            wrong(&long),
            [format!("{}: there is no such field; there are `user`, `number`, `words`", "x".repeat(60))]
        );
        let many: Vec<_> = (0..10_000).map(|at| format!(r#""{at}": 1"#)).collect();
        assert_eq!(wrong(&format!("{{{}}}", many.join(","))).len(), 20);
    }

    #[test]
    fn an_object_is_read_and_nothing_in_its_place() {
        for other in [&b"[\"alice\"]"[..], b"\"alice\"", b"null", b"7", b"", b"{", b"{\"user\": x}", b"{}{}"]
        {
            assert!(matches!(Object::read(other), Err(Problem::Malformed(_))), "{other:?}");
        }
    }

    #[test]
    fn a_null_is_told_apart_where_it_says_something() {
        let mut object = Object::read(b" {\"quota\": null } ").unwrap();
        assert_eq!(object.whole_or_null::<u8>("quota"), Some(None));
        assert_eq!(object.whole_or_null::<u8>("priority"), None);
    }
}

//! Reads a body field by field and notes everything that is wrong in it, with its place: a derived reader stops at the first,
//! and tells it in words of ours.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::LazyLock;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

use super::names::shown;
use super::{ARGUMENTS, FILES, NamedTexts, NewTest, Row, TESTS};
use crate::http::api::errors::Errors;
use crate::http::api::wire_checker::{self, NewChecker, NewFlags};
use crate::http::api::wire_limits::NewLimits;
use crate::submission::Isolation;

/// What is read of an object.
pub(in crate::http::api) trait Fields {
    /// The names of all that have a place, for who has written another.
    const NAMES: &'static [&'static str];

    /// Where the value of a field goes; nowhere where there is no such field.
    fn place(&mut self, name: &str) -> Option<Place<'_>>;
}

/// Where a value goes, which says of what type it must be. Unless told otherwise, null is as if it were not there.
pub(in crate::http::api) enum Place<'a> {
    Text(&'a mut Option<String>),
    Number(&'a mut Option<Number>),
    Flag(&'a mut bool),
    MaybeFlag(&'a mut Option<bool>),
    Isolation(&'a mut Option<Isolation>),
    Checker(&'a mut Option<NewChecker>),
    Flags(&'a mut Option<NewFlags>),
    Limits(&'a mut Option<NewLimits>),
    LimitsOfTest(&'a mut Option<Box<NewLimits>>),
    Texts(&'a mut Option<NamedTexts>),
    Tests(&'a mut Option<Row<NewTest>>),
    Words(&'a mut Option<Row<String>>),
    /// A text that is in something. Not null.
    Word(&'a mut String),
    /// Not null.
    Test(&'a mut NewTest),
}

static ISOLATIONS: LazyLock<String> = LazyLock::new(|| format!("one of `{}`", Isolation::NAMES.join("`, `")));

impl Place<'_> {
    fn expected(&self) -> &'static str {
        match self {
            Self::Text(_) | Self::Word(_) => "a text",
            Self::Number(_) => "a number",
            Self::Flag(_) | Self::MaybeFlag(_) => "true or false",
            Self::Isolation(_) => ISOLATIONS.as_str(),
            Self::Checker(_) => wire_checker::NAMES,
            Self::Limits(_) | Self::LimitsOfTest(_) | Self::Flags(_) | Self::Test(_) => "an object",
            Self::Texts(_) => "an object of names and texts",
            Self::Tests(_) => "an array of test cases",
            Self::Words(_) => "an array of texts",
        }
    }
}

/// What is said of a field that is none of these.
pub(in crate::http::api) fn no_such_field(names: &[&str]) -> String {
    match names {
        [only] => format!("there is no such field; there is `{only}`"),
        names => format!("there is no such field; there are `{}`", names.join("`, `")),
    }
}

/// Reads the fields of an object.
///
/// # Errors
/// What is no JSON, or no object.
pub(super) fn object<'de, D: Deserializer<'de>>(
    json: D,
    into: &mut impl Fields,
    errors: &mut Errors,
) -> Result<(), D::Error> {
    json.deserialize_map(Object { into, at: At::Body, errors })
}

/// The place of a value, as errors name it: `tests[3].stdin`.
#[derive(Clone, Copy)]
enum At<'a> {
    Body,
    Field(&'a At<'a>, &'a str),
    Item(&'a At<'a>, usize),
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Body => Ok(()),
            Self::Field(Self::Body, name) => f.write_str(&shown(name)),
            Self::Field(of, name) => write!(f, "{of}.{}", shown(name)),
            Self::Item(of, index) => write!(f, "{of}[{index}]"),
        }
    }
}

struct Object<'a, T> {
    into: &'a mut T,
    at: At<'a>,
    errors: &'a mut Errors,
}

impl<'de, T: Fields> Visitor<'de> for Object<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut read = BTreeSet::new();
        while let Some(name) = map.next_key::<String>()? {
            let at = At::Field(&self.at, &name);
            match self.into.place(&name) {
                Some(place) if !read.contains(&name) => {
                    map.next_value_seed(Value { place, at, errors: self.errors })?;
                    read.insert(name);
                }
                known => {
                    let why = match known {
                        Some(_) => "this field comes twice".to_owned(),
                        None => no_such_field(T::NAMES),
                    };
                    self.errors.add(at.to_string(), why);
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// A value of whatever type. It is read to its end in any case, so that those behind it can be.
struct Value<'a> {
    place: Place<'a>,
    at: At<'a>,
    errors: &'a mut Errors,
}

impl Value<'_> {
    fn wrong(self, came: &str) {
        self.errors.add(self.at.to_string(), format!("{came}; expected {}", self.place.expected()));
    }

    fn number(self, number: Option<Number>) {
        match self.place {
            Place::Number(into) => *into = number,
            _ => self.wrong("a number"),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.place.expected())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        if matches!(self.place, Place::Word(_) | Place::Test(_)) {
            self.wrong("null");
        }
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        match self.place {
            Place::Flag(into) => *into = value,
            Place::MaybeFlag(into) => *into = Some(value),
            _ => self.wrong("true or false"),
        }
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.number(Some(value.into()));
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.number(Some(value.into()));
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.number(Number::from_f64(value));
        Ok(())
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<(), E> {
        self.visit_string(value.to_owned())
    }

    fn visit_string<E>(mut self, value: String) -> Result<(), E> {
        match self.place {
            Place::Text(into) => *into = Some(value),
            Place::Word(into) => *into = value,
            Place::Isolation(ref mut into) if Isolation::named(&value).is_some() => {
                **into = Isolation::named(&value)
            }
            Place::Checker(ref mut into) if NewChecker::named(&value).is_some() => {
                **into = NewChecker::named(&value)
            }
            Place::Isolation(_) | Place::Checker(_) => self.wrong(&format!("`{}`", shown(&value))),
            _ => self.wrong("a text"),
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        match self.place {
            Place::Tests(into) => {
                *into = Some(row(seq, TESTS, |test| Place::Test(test), self.at, self.errors)?)
            }
            Place::Words(into) => {
                *into = Some(row(seq, ARGUMENTS, |word| Place::Word(word), self.at, self.errors)?)
            }
            _ => {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                self.wrong("an array");
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { place, at, errors } = self;
        match place {
            Place::Limits(into) => {
                Object { into: into.insert(NewLimits::default()), at, errors }.visit_map(map)
            }
            Place::LimitsOfTest(into) => {
                Object { into: &mut **into.insert(Box::default()), at, errors }.visit_map(map)
            }
            Place::Checker(into) => {
                Object { into: into.insert(NewChecker::default()), at, errors }.visit_map(map)
            }
            Place::Flags(into) => {
                Object { into: into.insert(NewFlags::default()), at, errors }.visit_map(map)
            }
            Place::Test(into) => Object { into, at, errors }.visit_map(map),
            Place::Texts(into) => {
                *into = Some(texts(map, at, errors)?);
                Ok(())
            }
            place => {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Value { place, at, errors }.wrong("an object");
                Ok(())
            }
        }
    }
}

/// However many come, `most` are kept.
fn row<'de, T: Default, A: SeqAccess<'de>>(
    mut seq: A,
    most: usize,
    place: impl for<'t> Fn(&'t mut T) -> Place<'t>,
    at: At<'_>,
    errors: &mut Errors,
) -> Result<Row<T>, A::Error> {
    let mut row = Row::default();
    loop {
        let mut item = T::default();
        let value = Value { place: place(&mut item), at: At::Item(&at, row.count), errors };
        if seq.next_element_seed(value)?.is_none() {
            return Ok(row);
        }
        row.count += 1;
        if row.kept.len() < most {
            row.kept.push(item);
        }
    }
}

/// However many come, a bounded number is kept.
fn texts<'de, A: MapAccess<'de>>(
    mut map: A,
    at: At<'_>,
    errors: &mut Errors,
) -> Result<NamedTexts, A::Error> {
    let (mut kept, mut count) = (BTreeMap::new(), 0);
    while let Some(name) = map.next_key::<String>()? {
        let mut text = String::new();
        let field = At::Field(&at, &name);
        map.next_value_seed(Value { place: Place::Word(&mut text), at: field, errors })?;
        count += 1;
        if kept.contains_key(&name) {
            errors.add(field.to_string(), "this name comes twice");
        } else if kept.len() <= FILES {
            kept.insert(name, text);
        }
    }
    Ok(NamedTexts { kept, count })
}

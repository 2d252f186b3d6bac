//! Reads a body field by field and notes everything that is wrong in it, with its place: a derived reader stops at the first,
//! and tells it in words of ours.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

use super::errors::{Errors, shown};

/// What is read of an object.
pub(super) trait Fields {
    /// The names of all that have a place, for who has written another.
    fn names(&self) -> &'static [&'static str];

    /// Where the value of a field goes; nowhere where there is no such field.
    fn place(&mut self, name: &str) -> Option<Place<'_>>;
}

/// An object that is there as soon as it comes.
pub(super) trait Begun {
    fn begin(&mut self) -> &mut (dyn Fields + 'static);
}

/// One of several names, or an object in the place of one.
pub(super) trait Choice {
    /// What may come.
    fn expected(&self) -> &'static str;

    /// Takes a name; false where it is none of them.
    fn choose(&mut self, name: &str) -> bool;

    /// Where an object goes, if one may come.
    fn begin(&mut self) -> Option<&mut (dyn Fields + 'static)> {
        None
    }
}

/// What arrays are of.
pub(super) trait Element: Default {
    /// What is said of such an array.
    const EXPECTED: &'static str;
    /// So many are kept.
    const MOST: usize;

    /// Where one goes.
    fn place(&mut self) -> Place<'_>;
}

/// An array of such elements.
pub(super) trait Elements {
    /// What may come.
    fn expected(&self) -> &'static str;

    /// It is there, and empty.
    fn begin(&mut self);

    /// Has one more read, if there is one.
    fn next(&mut self, read: &mut dyn FnMut(Place<'_>) -> bool) -> bool;
}

/// An array. However many come, a bounded number is kept.
#[derive(Debug, Default)]
pub(super) struct Row<T> {
    pub(super) kept: Vec<T>,
    pub(super) count: usize,
}

/// Texts by name. However many come, a bounded number is kept.
#[derive(Debug, Default)]
pub(super) struct NamedTexts {
    pub(super) kept: BTreeMap<String, String>,
    pub(super) count: usize,
}

/// Where a value goes, which says of what type it must be. Unless told otherwise, null is as if it were not there.
pub(super) enum Place<'a> {
    Text(&'a mut Option<String>),
    Number(&'a mut Option<Number>),
    Flag(&'a mut bool),
    MaybeFlag(&'a mut Option<bool>),
    Choice(&'a mut (dyn Choice + 'static)),
    Object(&'a mut (dyn Begun + 'static)),
    /// So many are kept, and one more.
    Texts(&'a mut Option<NamedTexts>, usize),
    Row(&'a mut (dyn Elements + 'static)),
    /// A text that is in something. Not null.
    Word(&'a mut String),
    /// An object that is in something. Not null.
    Element(&'a mut (dyn Fields + 'static)),
}

impl<T: Fields + Default + 'static> Begun for Option<T> {
    fn begin(&mut self) -> &mut (dyn Fields + 'static) {
        self.insert(T::default())
    }
}

impl<T: Fields> Fields for Box<T> {
    fn names(&self) -> &'static [&'static str] {
        (**self).names()
    }

    fn place(&mut self, name: &str) -> Option<Place<'_>> {
        (**self).place(name)
    }
}

impl<T: Element> Elements for Option<Row<T>> {
    fn expected(&self) -> &'static str {
        T::EXPECTED
    }

    fn begin(&mut self) {
        *self = Some(Row { kept: Vec::new(), count: 0 });
    }

    fn next(&mut self, read: &mut dyn FnMut(Place<'_>) -> bool) -> bool {
        let Some(row) = self else { return false };
        let mut element = T::default();
        if !read(element.place()) {
            return false;
        }
        row.count += 1;
        if row.kept.len() < T::MOST {
            row.kept.push(element);
        }
        true
    }
}

impl Place<'_> {
    fn expected(&self) -> &'static str {
        match self {
            Self::Text(_) | Self::Word(_) => "a text",
            Self::Number(_) => "a number",
            Self::Flag(_) | Self::MaybeFlag(_) => "true or false",
            Self::Choice(choice) => choice.expected(),
            Self::Object(_) | Self::Element(_) => "an object",
            Self::Texts(..) => "an object of names and texts",
            Self::Row(row) => row.expected(),
        }
    }
}

/// What is said of a field that is none of these.
pub(super) fn no_such_field(names: &[&str]) -> String {
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
    into: &mut (dyn Fields + 'static),
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

struct Object<'a> {
    into: &'a mut (dyn Fields + 'static),
    at: At<'a>,
    errors: &'a mut Errors,
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (mut read, names) = (BTreeSet::new(), self.into.names());
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
                        None => no_such_field(names),
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
        if matches!(self.place, Place::Word(_) | Place::Element(_)) {
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
        match &mut self.place {
            Place::Text(into) => **into = Some(value),
            Place::Word(into) => **into = value,
            Place::Choice(into) => {
                if !into.choose(&value) {
                    self.wrong(&format!("`{}`", shown(&value)));
                }
            }
            _ => self.wrong("a text"),
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        if let Place::Row(into) = self.place {
            return row(seq, into, self.at, self.errors);
        }
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        self.wrong("an array");
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { mut place, at, errors } = self;
        let object = match &mut place {
            Place::Object(into) => Some(into.begin()),
            Place::Choice(into) => into.begin(),
            Place::Element(into) => Some(&mut **into),
            Place::Texts(into, most) => {
                **into = Some(texts(map, *most, at, errors)?);
                return Ok(());
            }
            _ => None,
        };
        if let Some(into) = object {
            return Object { into, at, errors }.visit_map(map);
        }
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Value { place, at, errors }.wrong("an object");
        Ok(())
    }
}

fn row<'de, A: SeqAccess<'de>>(
    mut seq: A,
    into: &mut dyn Elements,
    at: At<'_>,
    errors: &mut Errors,
) -> Result<(), A::Error> {
    into.begin();
    let (mut count, mut broken) = (0, None);
    let mut read = |place: Place<'_>| {
        let value = Value { place, at: At::Item(&at, count), errors: &mut *errors };
        count += 1;
        match seq.next_element_seed(value) {
            Ok(next) => next.is_some(),
            Err(why) => {
                broken = Some(why);
                false
            }
        }
    };
    while into.next(&mut read) {}
    broken.map_or(Ok(()), Err)
}

/// However many come, one more than `most` is kept.
fn texts<'de, A: MapAccess<'de>>(
    mut map: A,
    most: usize,
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
        } else if kept.len() <= most {
            kept.insert(name, text);
        }
    }
    Ok(NamedTexts { kept, count })
}

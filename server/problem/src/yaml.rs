//! YAML files as trees whose values know their lines, read key by key so that no key is lost.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::RangeInclusive;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{DuplicateKeyPolicy, Spanned, UserMessageFormatter};

use crate::bounds;
use crate::constants;
use crate::metadata::Constant;
use crate::number::Short;
use crate::report::{Place, Report};
use crate::tree::File;

/// A value and the line on which it begins; 0 where it is not known.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) line: u64,
    pub(crate) value: Value,
}

#[derive(Debug, Clone)]
pub(crate) enum Value {
    Null,
    /// Each with its text as the file has it, for keys that want strings: a version `1.10`, a language `no`.
    Bool(bool, String),
    Number(f64, String),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

impl Value {
    fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(..) => "a boolean",
            Self::Number(..) => "a number",
            Self::Text(_) => "a string",
            Self::List(_) => "a sequence",
            Self::Map(_) => "a map",
        }
    }
}

/// What the deserializer gives, before the lines are drawn in.
enum Raw {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(String, Spanned<Raw>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Number(value as f64))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        Ok(Raw::Number(value as f64))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Raw, E> {
        Ok(Raw::Number(value as f64))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Raw, E> {
        Ok(Raw::Number(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Raw, E> {
        Ok(Raw::Number(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        Raw::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Raw, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Raw::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Raw, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(Raw::Map(map))
    }
}

fn placed(spanned: Spanned<Raw>, source: &str) -> Node {
    let line = spanned.referenced.line();
    let source_of = |known: String| written(&spanned, source).unwrap_or(known);
    let value = match &spanned.value {
        Raw::Bool(value) => Value::Bool(*value, source_of(value.to_string())),
        Raw::Number(value) => Value::Number(*value, source_of(value.to_string())),
        _ => match spanned.value {
            Raw::Text(text) => Value::Text(text),
            Raw::List(list) => Value::List(list.into_iter().map(|item| placed(item, source)).collect()),
            Raw::Map(map) => {
                Value::Map(map.into_iter().map(|(key, value)| (key, placed(value, source))).collect())
            }
            Raw::Null | Raw::Bool(_) | Raw::Number(_) => Value::Null,
        },
    };
    Node { line, value }
}

/// The scalar as it stands in the file.
fn written(spanned: &Spanned<Raw>, source: &str) -> Option<String> {
    let span = spanned.defined.span();
    let from = usize::try_from(span.byte_offset()?).ok()?;
    let length = usize::try_from(span.byte_len()?).ok()?;
    let text = source.get(from..from.checked_add(length)?)?.trim();
    (!text.is_empty() && !text.contains(char::is_whitespace)).then(|| text.to_owned())
}

fn options() -> serde_saphyr::Options {
    let mut options = serde_saphyr::Options::default();
    options.with_snippet = false;
    options.duplicate_keys = DuplicateKeyPolicy::PassThrough;
    options.alias_limits.max_total_replayed_events = 10_000;
    options.budget = serde_saphyr::budget! { max_depth: 24, max_aliases: 256, max_documents: 1 };
    options
}

/// A file's tree; `None` where it is no YAML, which is a fault. A file of comments alone is an empty map.
fn parse(text: &str, path: &str, report: &Report) -> Option<Node> {
    if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
        return Some(Node { line: 0, value: Value::Map(Vec::new()) });
    }
    match serde_saphyr::from_str_with_options::<Spanned<Raw>>(text, options()) {
        Ok(spanned) => Some(without_repeated(placed(spanned, text), path, report)),
        Err(error) => {
            let line = error.location().map(|location| location.line());
            // Not its words for programmers.
            let told = error.render_with_formatter(&UserMessageFormatter);
            report.fault(Place { line, ..Place::file(path) }, format!("no valid YAML: {told}"));
            None
        }
    }
}

/// The last of each key, as Kattis' tools read it: the others are noted.
fn without_repeated(node: Node, path: &str, report: &Report) -> Node {
    let value = match node.value {
        Value::List(list) => {
            Value::List(list.into_iter().map(|item| without_repeated(item, path, report)).collect())
        }
        Value::Map(map) => Value::Map(last_of_each(map, path, report)),
        scalar => scalar,
    };
    Node { value, ..node }
}

fn last_of_each(map: Vec<(String, Node)>, path: &str, report: &Report) -> Vec<(String, Node)> {
    let mut seen = BTreeSet::new();
    let mut kept = Vec::new();
    for (key, node) in map.into_iter().rev() {
        if seen.insert(key.clone()) {
            kept.push((key, without_repeated(node, path, report)));
        } else {
            report.note(Place::key(path, node.line, &key), "ignored: the key is there again below");
        }
    }
    kept.reverse();
    kept
}

/// The booleans of YAML 1.1, as Kattis' tools read it.
fn of_word(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" => Some(true),
        "false" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// The map that a YAML file is; an empty one where it cannot be read, which is a fault.
pub(crate) fn read<'a>(file: &'a File, report: &'a Report) -> Fields<'a> {
    read_with(file, &BTreeMap::new(), report)
}

/// As [`read`], with values in the place of constants.
pub(crate) fn read_with<'a>(
    file: &'a File,
    constants: &BTreeMap<String, Constant>,
    report: &'a Report,
) -> Fields<'a> {
    let text =
        file.text(bounds::CONFIGURATION, report).map(|text| with_values(text, file, constants, report));
    let node = text.and_then(|text| parse(&text, &file.path, report));
    let entries = match node.map(|node| node.value) {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Map(entries)) => entries,
        Some(other) => {
            report.fault(Place::file(&file.path), format!("is {}, not a map", other.kind()));
            Vec::new()
        }
    };
    Fields { file: &file.path, prefix: String::new(), entries, report }
}

fn with_values(text: String, file: &File, constants: &BTreeMap<String, Constant>, report: &Report) -> String {
    match constants::replaced(text.as_bytes(), constants) {
        Ok(None) => text,
        Ok(Some(replaced)) => String::from_utf8_lossy(&replaced).into_owned(),
        Err(why) => {
            report.fault(Place::file(&file.path), why.to_string());
            String::new()
        }
    }
}

/// The keys of a map that nobody has taken yet. What is left when it ends is noted as unknown.
pub(crate) struct Fields<'a> {
    file: &'a str,
    prefix: String,
    entries: Vec<(String, Node)>,
    report: &'a Report,
}

impl Drop for Fields<'_> {
    fn drop(&mut self) {
        for (key, node) in &self.entries {
            self.report.note(self.place(key, node.line), "unknown key, ignored");
        }
    }
}

impl<'a> Fields<'a> {
    /// A map that has nothing.
    pub(crate) fn none(report: &'a Report) -> Self {
        Self { file: "", prefix: String::new(), entries: Vec::new(), report }
    }

    /// Whether a key is there that nobody has taken yet, and is not empty.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|(known, node)| known == key && !matches!(node.value, Value::Null))
    }

    /// The value of a key; `None` too where it is empty.
    pub(crate) fn take(&mut self, key: &str) -> Option<Node> {
        let at = self.entries.iter().position(|(known, _)| known == key)?;
        let (_, node) = self.entries.swap_remove(at);
        (!matches!(node.value, Value::Null)).then_some(node)
    }

    /// All that is left, in the order of the file.
    pub(crate) fn take_all(&mut self) -> Vec<(String, Node)> {
        std::mem::take(&mut self.entries)
    }

    pub(crate) fn place(&self, key: &str, line: u64) -> Place {
        Place::key(self.file, line, &format!("{}{key}", self.prefix))
    }

    pub(crate) fn fault(&self, key: &str, line: u64, what: impl Into<String>) {
        self.report.fault(self.place(key, line), what);
    }

    pub(crate) fn note(&self, key: &str, line: u64, what: impl Into<String>) {
        self.report.note(self.place(key, line), what);
    }

    fn unfit(&self, key: &str, node: &Node, wanted: &str) {
        self.fault(key, node.line, format!("is {}, not {wanted}", node.value.kind()));
    }

    /// A node's string; a number or boolean as it is written.
    pub(crate) fn as_text(&self, key: &str, node: &Node) -> Option<String> {
        match &node.value {
            // Neither an argument nor a file's name can have it.
            Value::Text(text) if text.contains('\0') => {
                self.fault(key, node.line, "has a NUL character");
                None
            }
            Value::Text(text) | Value::Number(_, text) | Value::Bool(_, text)
                if text.len() <= bounds::STRING =>
            {
                Some(text.clone())
            }
            Value::Text(_) | Value::Number(..) | Value::Bool(..) => {
                self.fault(key, node.line, format!("longer than {} bytes", bounds::STRING));
                None
            }
            _ => {
                self.unfit(key, node, "a string");
                None
            }
        }
    }

    /// A node's strings: a sequence, or one string alone where `alone`.
    pub(crate) fn as_texts(&self, key: &str, node: &Node, alone: bool) -> Option<Vec<String>> {
        match &node.value {
            Value::List(items) => {
                let texts: Vec<_> = items.iter().filter_map(|item| self.as_text(key, item)).collect();
                // Every string counts for one byte more: empty ones take room too.
                if texts.iter().map(|text| text.len() + 1).sum::<usize>() > bounds::ARGUMENTS {
                    self.fault(key, node.line, format!("longer than {} bytes", bounds::ARGUMENTS));
                    return None;
                }
                Some(texts)
            }
            Value::Text(_) | Value::Number(..) | Value::Bool(..) if alone => {
                self.as_text(key, node).map(|text| vec![text])
            }
            _ => {
                self.unfit(key, node, "a sequence of strings");
                None
            }
        }
    }

    /// A node's map.
    pub(crate) fn as_fields(&self, key: &str, node: Node) -> Option<Fields<'a>> {
        match node.value {
            Value::Map(entries) => Some(Fields {
                file: self.file,
                prefix: format!("{}{key}.", self.prefix),
                entries,
                report: self.report,
            }),
            _ => {
                self.unfit(key, &node, "a map");
                None
            }
        }
    }

    pub(crate) fn text(&mut self, key: &str) -> Option<String> {
        let node = self.take(key)?;
        self.as_text(key, &node)
    }

    pub(crate) fn texts(&mut self, key: &str) -> Option<Vec<String>> {
        let node = self.take(key)?;
        self.as_texts(key, &node, false)
    }

    pub(crate) fn map(&mut self, key: &str) -> Option<Fields<'a>> {
        let node = self.take(key)?;
        self.as_fields(key, node)
    }

    pub(crate) fn flag(&mut self, key: &str) -> Option<bool> {
        let node = self.take(key)?;
        let told = match &node.value {
            Value::Bool(value, _) => Some(*value),
            Value::Text(text) => of_word(text),
            _ => None,
        };
        if told.is_none() {
            self.unfit(key, &node, "a boolean");
        }
        told
    }

    /// A finite number in the range.
    pub(crate) fn number(&mut self, key: &str, least: f64, most: f64) -> Option<f64> {
        let range = format!("from {} to {}", Short(least), Short(most));
        self.number_in(key, &(least..=most), &range)
    }

    fn number_in(&mut self, key: &str, range: &RangeInclusive<f64>, told: &str) -> Option<f64> {
        let node = self.take(key)?;
        let number = match &node.value {
            Value::Number(value, _) => Some(*value),
            Value::Text(text) => text.trim().parse().ok(),
            _ => None,
        };
        match number {
            None => {
                self.unfit(key, &node, "a number");
                None
            }
            Some(value) if range.contains(&value) => Some(value),
            Some(value) => {
                self.fault(key, node.line, format!("is {}, not {told}", Short(value)));
                None
            }
        }
    }

    /// A number greater than 0 that may be a limit.
    pub(crate) fn positive(&mut self, key: &str) -> Option<f64> {
        self.positive_up_to(key, bounds::LIMIT)
    }

    /// A number greater than 0.
    pub(crate) fn positive_up_to(&mut self, key: &str, most: f64) -> Option<f64> {
        let told = format!("more than 0 and at most {}", Short(most));
        self.number_in(key, &(f64::MIN_POSITIVE..=most), &told)
    }

    /// A whole number in the range.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and in the range")]
    pub(crate) fn whole(&mut self, key: &str, least: u64, most: u64) -> Option<u64> {
        let line = self.entries.iter().find(|(known, _)| known == key).map_or(0, |(_, node)| node.line);
        let value = self.number(key, least as f64, most as f64)?;
        if value.fract() == 0.0 {
            return Some(value as u64);
        }
        self.fault(key, line, format!("is {}, not a whole number", Short(value)));
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Folder;
    use crate::tree;

    /// What the keys are read to, and the report's lines: faults, or else notes.
    fn tried<T>(text: &str, take: impl Fn(&mut Fields<'_>) -> T) -> (T, Vec<String>) {
        let folder = Folder::with(&[("a.yaml", text)]);
        let report = Report::default();
        let dir = tree::read(folder.path(), tree::Links::Inside, &report).unwrap();
        let value = take(&mut read(&dir.files["a.yaml"], &report));
        match report.conclude(()) {
            Ok(((), notes)) => (value, notes.iter().map(ToString::to_string).collect()),
            Err(refused) => (value, refused.faults.iter().map(ToString::to_string).collect()),
        }
    }

    #[test]
    fn unknown_keys_are_noted_with_their_lines() {
        let (_, told) = tried("a: 1\nlimits:\n  memory: 5\n  speed: 3\n", |fields| {
            let mut limits = fields.map("limits").unwrap();
            assert_eq!(limits.whole("memory", 1, 10), Some(5));
        });
        assert_eq!(
            told,
            ["a.yaml:4: limits.speed: unknown key, ignored", "a.yaml:1: a: unknown key, ignored"]
        );
    }

    #[test]
    fn scalars_are_strings_as_they_are_written() {
        let read = |text| tried(text, |fields| fields.text("v")).0.unwrap();
        assert_eq!(read("v: 1.10\n"), "1.10");
        assert_eq!(read("v: no\n"), "no");
        assert_eq!(read("v: 'x'\n"), "x");
        assert_eq!(read("v: 2025-09 # or\n"), "2025-09");
    }

    #[test]
    fn booleans_are_those_of_the_older_yaml_too() {
        let read = |text: &str| tried(text, |fields| fields.flag("v")).0;
        for (text, value) in [("true", true), ("True", true), ("yes", true), ("On", true), ("NO", false)] {
            assert_eq!(read(&format!("v: {text}\n")), Some(value), "{text}");
        }
        assert_eq!((read("v: maybe\n"), read("v: 1\n")), (None, None));
    }

    #[test]
    fn no_string_has_a_character_that_ends_it() {
        let (_, told) = tried("v: \"a\\0b\"\nw: [x, \"\\0\"]\n", |fields| {
            assert_eq!((fields.text("v"), fields.texts("w")), (None, Some(vec!["x".to_owned()])));
        });
        assert_eq!(told, ["a.yaml:1: v: has a NUL character", "a.yaml:2: w: has a NUL character"]);
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_a_fault() {
        let (value, told) = tried("v: [1]\nw: maybe\n", |fields| (fields.text("v"), fields.flag("w")));
        assert_eq!(value, (None, None));
        assert_eq!(
            told,
            ["a.yaml:1: v: is a sequence, not a string", "a.yaml:2: w: is a string, not a boolean"]
        );
    }

    #[test]
    fn sequences_have_bounds() {
        let list = |count| format!("v: [{}]\n", vec!["''"; count].join(","));
        assert_eq!(tried(&list(2048), |fields| fields.texts("v")).0.unwrap().len(), 2048);
        assert_eq!(tried(&list(2049), |fields| fields.texts("v")).1, ["a.yaml:1: v: longer than 2048 bytes"]);
    }

    #[test]
    fn numbers_have_bounds() {
        let (value, told) = tried("a: -1\nb: 1.5\nc: 'inf'\nd: 'nan'\n", |fields| {
            (fields.positive("a"), fields.whole("b", 1, 9), fields.positive("c"), fields.positive("d"))
        });
        assert_eq!(value, (None, None, None, None));
        assert_eq!(told.len(), 4);
    }

    #[test]
    fn files_of_comments_alone_are_empty() {
        let (_, told) = tried("# nothing\n\n", |_| ());
        assert!(told.is_empty(), "{told:?}");
    }

    #[test]
    fn what_is_no_map_is_a_fault() {
        let (_, told) = tried("- a\n", |_| ());
        assert_eq!(told, ["a.yaml: is a sequence, not a map"]);
    }

    #[test]
    fn broken_files_are_faults_with_a_line() {
        let (_, told) = tried("a: 1\nb: [\n", |_| ());
        assert!(told[0].starts_with("a.yaml:"), "{told:?}");
        let (_, told) = tried("a: 1\n: 2\n", |_| ());
        assert!(told[0].starts_with("a.yaml:2: no valid YAML: ") && !told[0].contains("Option"), "{told:?}");
    }

    #[test]
    fn of_a_key_twice_the_last_counts_and_the_first_is_noted() {
        let (value, told) = tried("a: 1\nb: {c: 1, c: 3}\na: 2\n", |fields| {
            let c = fields.map("b").unwrap().whole("c", 0, 9);
            (fields.whole("a", 0, 9), c)
        });
        assert_eq!(value, (Some(2), Some(3)));
        assert_eq!(
            told,
            [
                "a.yaml:2: c: ignored: the key is there again below",
                "a.yaml:1: a: ignored: the key is there again below"
            ]
        );
    }

    #[test]
    fn aliases_do_not_multiply() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..9 {
            let below = format!("*a{}, ", level - 1).repeat(9);
            text.push_str(&format!("a{level}: &a{level} [{}]\n", below.trim_end_matches(", ")));
        }
        let (_, told) = tried(&text, |_| ());
        assert!(told[0].contains("no valid YAML"), "{told:?}");
    }

    #[test]
    fn depth_is_bounded() {
        let (_, told) = tried(&format!("a: {}{}\n", "[".repeat(40), "]".repeat(40)), |_| ());
        assert!(told[0].contains("no valid YAML"), "{told:?}");
    }

    #[test]
    fn long_files_are_faults() {
        let (_, told) = tried(&format!("a: {}\n", "x".repeat(70_000)), |_| ());
        assert!(told[0].contains("more than 65536 bytes"), "{told:?}");
    }
}

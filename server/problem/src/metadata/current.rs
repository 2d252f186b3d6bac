//! Keys of `2023-07` and `2025-09`.

use std::collections::BTreeMap;

use super::{Constant, Format, Kind, Metadata, credits, limits, names};
use crate::languages;
use crate::yaml::{Fields, Node, Value};

pub(super) fn read(metadata: &mut Metadata, fields: &mut Fields<'_>) {
    metadata.kind = kind(fields);
    metadata.names = names(fields);
    metadata.version = fields.text("version");
    metadata.credits = credits::current(fields);
    metadata.limits = limits::current(fields);
    metadata.embargo_until = embargo(fields);
    metadata.keywords = keywords(fields);
    metadata.languages = allowed(fields);
    metadata.allow_file_writing = fields.flag("allow_file_writing").unwrap_or(false);
    metadata.constants = constants(fields);
    required(metadata, fields);
}

fn required(metadata: &Metadata, fields: &Fields<'_>) {
    if metadata.names.is_empty() {
        fields.fault("name", 0, "is required");
    }
    match (&metadata.uuid, metadata.format) {
        (Some(_), _) => {}
        (None, Format::Y2025M09) => fields.fault("uuid", 0, "is required"),
        (None, _) => fields.note("uuid", 0, "is not there"),
    }
}

/// The types, a string or a sequence (2025-09, "Type"). One string of several words is taken too.
fn kind(fields: &mut Fields<'_>) -> Kind {
    let mut kind = Kind::default();
    let Some(node) = fields.take("type") else { return kind };
    let mut told = fields.as_texts("type", &node, true).unwrap_or_default();
    if let [one] = told.as_slice()
        && one.contains(char::is_whitespace)
    {
        fields.note("type", node.line, "several types in one string are taken as a sequence");
        told = one.split_whitespace().map(str::to_owned).collect();
    }
    let mut pass_fail = false;
    for name in &told {
        let slot = match name.as_str() {
            "pass-fail" => &mut pass_fail,
            "scoring" => &mut kind.scoring,
            "interactive" => &mut kind.interactive,
            "multi-pass" => &mut kind.multi_pass,
            "submit-answer" => &mut kind.submit_answer,
            _ => {
                fields.fault("type", node.line, format!("\"{name}\" is no type; {TYPES}"));
                continue;
            }
        };
        if std::mem::replace(slot, true) {
            fields.fault("type", node.line, format!("\"{name}\" is there twice"));
        }
    }
    if pass_fail && kind.scoring || kind.submit_answer && (kind.interactive || kind.multi_pass) {
        fields.fault("type", node.line, "these types do not go together");
    }
    kind
}

const TYPES: &str = "there are pass-fail, scoring, interactive, multi-pass and submit-answer";

fn embargo(fields: &mut Fields<'_>) -> Option<String> {
    let node = fields.take("embargo_until")?;
    let text = fields.as_text("embargo_until", &node)?;
    if !is_date(&text) {
        fields.fault("embargo_until", node.line, "is neither YYYY-MM-DD nor YYYY-MM-DDThh:mm:ssZ");
    }
    Some(text)
}

fn is_date(text: &str) -> bool {
    let digits = |byte: u8| if byte.is_ascii_digit() { '9' } else { char::from(byte) };
    let form: String = text.bytes().map(digits).collect();
    form == "9999-99-99" || form == "9999-99-99T99:99:99Z"
}

/// A sequence; a string of words, as the versions before had it, is taken too.
fn keywords(fields: &mut Fields<'_>) -> Vec<String> {
    let Some(node) = fields.take("keywords") else { return Vec::new() };
    if let Value::Text(text) = &node.value {
        fields.note("keywords", node.line, "a string is taken as a sequence of words");
        return text.split_whitespace().map(str::to_owned).collect();
    }
    fields.as_texts("keywords", &node, false).unwrap_or_default()
}

/// The languages' codes; `all` is none.
fn allowed(fields: &mut Fields<'_>) -> Option<Vec<String>> {
    let node = fields.take("languages")?;
    let mut codes = fields.as_texts("languages", &node, true)?;
    if let [one] = codes.as_slice()
        && one.contains(char::is_whitespace)
    {
        fields.note("languages", node.line, "several languages in one string are taken as a sequence");
        codes = one.split_whitespace().map(str::to_owned).collect();
    }
    if codes == ["all"] {
        return None;
    }
    if codes.is_empty() {
        fields.fault("languages", node.line, "allows no language");
    }
    for code in codes.iter().filter(|code| !languages::is_known(code)) {
        fields.note("languages", node.line, format!("the format knows no language \"{code}\""));
    }
    Some(codes)
}

fn constants(fields: &mut Fields<'_>) -> BTreeMap<String, Constant> {
    let mut found = BTreeMap::new();
    let Some(mut map) = fields.map("constants") else { return found };
    for (name, node) in map.take_all() {
        if !is_constant(&name) {
            map.fault(&name, node.line, "is no name of a constant");
        }
        if let Some(constant) = constant(&map, &name, node) {
            found.insert(name, constant);
        }
    }
    found
}

fn is_constant(name: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    name.bytes().next().is_some_and(|byte| inner(byte) && !byte.is_ascii_digit()) && name.bytes().all(inner)
}

fn constant(map: &Fields<'_>, name: &str, node: Node) -> Option<Constant> {
    if !matches!(node.value, Value::Map(_)) {
        let value = map.as_text(name, &node)?;
        return Some([("value".to_owned(), value)].into_iter().collect());
    }
    let line = node.line;
    let mut variants = map.as_fields(name, node)?;
    let all = variants.take_all();
    let texts = all.iter().filter_map(|(key, node)| Some((key.clone(), variants.as_text(key, node)?)));
    let constant: Constant = texts.collect();
    if !constant.contains_key("value") {
        map.fault(name, line, "has no value");
    }
    Some(constant)
}

#[cfg(test)]
mod tests {
    use crate::fixture::{CURRENT, Folder};

    fn folder(yaml: &str) -> Folder {
        Folder::current(&[("problem.yaml", &format!("{CURRENT}name: x\n{yaml}"))])
    }

    #[test]
    fn types_are_a_string_or_a_sequence() {
        let kind = |yaml| folder(yaml).package().0.metadata.kind;
        assert!(kind("type: scoring\n").scoring);
        assert!(kind("type: [scoring, interactive]\n").interactive);
        assert!(kind("type: pass-fail multi-pass\n").multi_pass);
    }

    #[test]
    fn types_that_do_not_go_together_are_faults() {
        for yaml in ["[pass-fail, scoring]", "[submit-answer, interactive]", "[scoring, scoring]", "magic"] {
            assert_eq!(folder(&format!("type: {yaml}\n")).faults().len(), 1, "{yaml}");
        }
    }

    #[test]
    fn every_key_is_read() {
        let (package, notes) = folder(
            "version: 1.10\nembargo_until: 2026-01-01\nkeywords: [a b, c]\nlanguages: [cpp, python3]\n\
             allow_file_writing: true\nconstants:\n  n: 5\n  k:\n    value: 10\n    tex: '10^1'\n",
        )
        .package();
        let metadata = package.metadata;
        assert!(notes.is_empty(), "{notes:?}");
        assert_eq!(metadata.version.as_deref(), Some("1.10"));
        assert_eq!(metadata.embargo_until.as_deref(), Some("2026-01-01"));
        assert_eq!(metadata.keywords, ["a b", "c"]);
        assert_eq!(metadata.languages.unwrap(), ["cpp", "python3"]);
        assert!(metadata.allow_file_writing);
        assert_eq!(metadata.constants["k"]["tex"], "10^1");
        assert_eq!(metadata.constants["n"]["value"], "5");
    }

    #[test]
    fn languages_in_one_string_are_taken_as_a_sequence() {
        let (package, notes) = folder("languages: cpp python3\n").package();
        assert_eq!(package.metadata.languages.unwrap(), ["cpp", "python3"]);
        assert_eq!(notes.len(), 1, "{notes:?}");
    }

    #[test]
    fn all_languages_are_none() {
        assert_eq!(folder("languages: all\n").package().0.metadata.languages, None);
    }

    #[test]
    fn what_is_required_must_be_there() {
        let faults = Folder::current(&[("problem.yaml", "problem_format_version: 2025-09\n")]).faults();
        assert_eq!(faults, ["problem.yaml: name: is required", "problem.yaml: uuid: is required"]);
    }

    #[test]
    fn what_has_no_form_is_a_fault() {
        for yaml in [
            "embargo_until: soon\n",
            "languages: []\n",
            "constants:\n  1x: 1\n",
            "constants:\n  x:\n    tex: 1\n",
        ] {
            assert_eq!(folder(yaml).faults().len(), 1, "{yaml}");
        }
    }
}

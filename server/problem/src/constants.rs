//! Constants, which stand in files as `{{name}}` or `{{name.variant}}` (2025-09, "Constants").

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::bounds;
use crate::metadata::Constant;
use crate::package::Package;
use crate::statement::Markup;

/// A file becomes too large by the values that are put into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLarge;

impl std::error::Error for TooLarge {}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "has constants, and more than {} bytes with their values", bounds::REPLACED)
    }
}

/// The text with values in the place of constants; what names none stays. None where nothing is to be replaced.
///
/// # Errors
/// [`TooLarge`]
pub fn replaced(text: &[u8], constants: &BTreeMap<String, Constant>) -> Result<Option<Vec<u8>>, TooLarge> {
    let (mut found, mut rest) = (Vec::new(), text);
    let mut is_changed = false;
    while let Some(at) = rest.windows(2).position(|two| two == b"{{") {
        let (before, behind) = rest.split_at(at);
        found.extend_from_slice(before);
        match value(&behind[2..], constants) {
            Some((value, length)) => {
                found.extend_from_slice(value.as_bytes());
                rest = &behind[2 + length..];
                is_changed = true;
            }
            None => {
                found.push(b'{');
                rest = &behind[1..];
            }
        }
        if found.len() as u64 > bounds::REPLACED {
            return Err(TooLarge);
        }
    }
    found.extend_from_slice(rest);
    if found.len() as u64 > bounds::REPLACED { Err(TooLarge) } else { Ok(is_changed.then_some(found)) }
}

/// The value of what stands between the braces, and the bytes up to behind the closing ones.
fn value<'c>(text: &[u8], constants: &'c BTreeMap<String, Constant>) -> Option<(&'c str, usize)> {
    let is_inner = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
    let length = text.iter().position(|byte| !is_inner(byte))?;
    let name = std::str::from_utf8(text.get(..length)?).ok()?;
    if !text[length..].starts_with(b"}}") {
        return None;
    }
    let (name, variant) = name.split_once('.').unwrap_or((name, "value"));
    Some((constants.get(name)?.get(variant)?, length + 2))
}

impl Package {
    /// Files in which constants are replaced, but for submissions and `test_group.yaml`.
    #[must_use]
    pub fn files_with_constants(&self) -> BTreeSet<&str> {
        if self.metadata.constants.is_empty() {
            return BTreeSet::new();
        }
        let validators = &self.validators;
        let programs = validators.programs.iter().chain(&validators.inputs).chain(&validators.sources);
        let programs = programs.flat_map(|program| &program.files);
        let included = self.includes.values().flatten();
        let statements = self.statements.iter().filter(|text| text.markup == Markup::Markdown);
        let statements = statements.map(|text| &text.path);
        programs.chain(included).chain(statements).map(String::as_str).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{CURRENT, Folder};

    fn constants() -> BTreeMap<String, Constant> {
        let constant = |of: &[(&str, &str)]| {
            of.iter().map(|(variant, text)| ((*variant).to_owned(), (*text).to_owned())).collect()
        };
        [
            ("n".to_owned(), constant(&[("value", "5")])),
            ("k".to_owned(), constant(&[("value", "1000"), ("tex", "10^3")])),
        ]
        .into()
    }

    #[test]
    fn what_names_a_constant_is_replaced_and_nothing_else() {
        for (text, expected) in [
            ("x = {{n}};", Some("x = 5;")),
            ("{{n}}{{k.tex}}{{k.value}}", Some("510^31000")),
            ("{{{n}}}", Some("{5}")),
            ("{{m}} {{n.tex}} {{ n }} {{n}", None),
            ("{{", None),
            ("{{n", None),
            ("int a[] = {{1, 2}, {3, 4}};", None),
            ("{{m}} {{n}}", Some("{{m}} 5")),
            ("", None),
        ] {
            let found = replaced(text.as_bytes(), &constants()).unwrap();
            assert_eq!(found.as_deref(), expected.map(str::as_bytes), "{text}");
        }
        let bytes = [b"\xff{{n}}\xfe".as_slice()].concat();
        assert_eq!(replaced(&bytes, &constants()).unwrap().unwrap(), b"\xff5\xfe");
    }

    #[test]
    fn values_do_not_multiply_a_file_without_a_bound() {
        let long: Constant = [("value".to_owned(), "x".repeat(bounds::STRING))].into();
        let text = "{{n}}".repeat(2000);
        assert_eq!(replaced(text.as_bytes(), &[("n".to_owned(), long)].into()), Err(TooLarge));
    }

    #[test]
    fn constants_are_replaced_in_programs_included_files_and_markdown() {
        let yaml = format!("{CURRENT}name: x\nconstants: {{n: 5}}\n");
        let files = [
            ("problem.yaml", yaml.as_str()),
            ("output_validator/v.py", ""),
            ("include/python3/i.py", ""),
            ("statement/problem.sv.tex", ""),
        ];
        let package = Folder::current(&files).package().0;
        let expected = [
            "include/python3/i.py",
            "input_validators/v.py",
            "output_validator/v.py",
            "statement/problem.en.md",
        ];
        assert_eq!(package.files_with_constants().into_iter().collect::<Vec<_>>(), expected);
        assert!(Folder::current(&files[1..]).package().0.files_with_constants().is_empty());
    }

    #[test]
    fn constants_are_replaced_in_the_settings_of_groups() {
        let yaml = format!("{CURRENT}name: x\ntype: scoring\nconstants: {{n: 5}}\n");
        let group = "max_score: {{n}}\n";
        let files = [
            ("problem.yaml", yaml.as_str()),
            ("data/secret/a/test_group.yaml", group),
            ("data/secret/a/1.in", ""),
            ("data/secret/a/1.ans", ""),
        ];
        let package = Folder::current(&files).package().0;
        let crate::data::Rules::Current(rules) = &package.data.root.find("secret/a").unwrap().rules else {
            panic!("rules of another format")
        };
        assert_eq!(rules.max_score, Some(5.0));
    }
}

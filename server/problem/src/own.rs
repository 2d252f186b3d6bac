//! `gavel.yaml`: what the format has no place for. Other judges pass over a file that they do not know.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::bounds;
use crate::languages;
use crate::report::Report;
use crate::tree::Dir;
use crate::yaml::{self, Fields};

/// The file, in the package's root.
pub(crate) const FILE: &str = "gavel.yaml";

/// Longest name of a file that a program reads or writes.
pub const LONGEST_NAME: usize = 64;
/// Files that are handed back, at most.
pub const COLLECT: usize = 8;
/// Languages that may have limits of their own.
const LANGUAGES: usize = 64;

/// What `gavel.yaml` says.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Own {
    /// The input is a file of this name, and standard input is empty.
    pub input_file: Option<String>,
    /// The output is what is in the file of this name.
    pub output_file: Option<String>,
    /// Files that programs leave and that are handed back.
    #[serde(default)]
    pub collect: Vec<String>,
    /// Limits by language: codes of the format, or ids of the judge.
    pub languages: BTreeMap<String, LanguageLimits>,
}

/// What differs for programs in a language. What is not told is as it is for all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct LanguageLimits {
    /// Seconds of CPU time, instead of the problem's limit and what the judge makes of it for the language.
    pub time_limit: Option<f64>,
    /// Time limits are so many times as long.
    pub time_factor: Option<f64>,
    /// And so many seconds longer.
    pub time_extra: Option<f64>,
    /// MiB, instead of the problem's limit.
    pub memory: Option<u64>,
    /// MiB of the runtime itself, on top.
    pub memory_extra: Option<u64>,
}

/// Why a file that a program reads or writes cannot be called so, if it cannot.
#[must_use]
pub fn refused_name(name: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '+');
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    if name.len() <= LONGEST_NAME && starts_well && name.chars().all(plain) {
        return None;
    }
    Some(format!(
        "a file's name has 1 to {LONGEST_NAME} letters, digits, `_`, `-`, `.` and `+`, and begins with a letter, a digit or `_`"
    ))
}

/// Reads the file, where there is one.
pub(crate) fn read(root: &Dir, report: &Report) -> Own {
    let Some(file) = root.files.get(FILE) else { return Own::default() };
    let mut fields = yaml::read(file, report);
    let own = Own {
        input_file: name(&mut fields, "input_file"),
        output_file: name(&mut fields, "output_file"),
        collect: collect(&mut fields),
        languages: of_languages(&mut fields),
    };
    if own.input_file.is_some() && own.input_file == own.output_file {
        fields.fault("output_file", 0, "is the input's name");
    }
    own
}

fn name(fields: &mut Fields<'_>, key: &str) -> Option<String> {
    let node = fields.take(key)?;
    let name = fields.as_text(key, &node)?;
    match refused_name(&name).or_else(|| programs(&name)) {
        None => Some(name),
        Some(why) => {
            fields.fault(key, node.line, why);
            None
        }
    }
}

/// Why a file or a folder cannot lie beside a program, if it may be called as one of their own is.
pub(crate) fn programs(name: &str) -> Option<String> {
    let stem = name.split('.').next().unwrap_or_default();
    let is_programs = languages::of_file(name).is_some() || matches!(stem, "main" | "__main__");
    is_programs.then(|| "a program, or a source of one, may be called so".to_owned())
}

fn collect(fields: &mut Fields<'_>) -> Vec<String> {
    const KEY: &str = "collect";
    let Some(node) = fields.take(KEY) else { return Vec::new() };
    let names = fields.as_texts(KEY, &node, true).unwrap_or_default();
    let is_twice = (1..names.len()).any(|at| names[..at].contains(&names[at]));
    let wrong = match names.iter().find_map(|name| refused_name(name)) {
        _ if names.len() > COLLECT => Some(format!("has {} files, more than {COLLECT}", names.len())),
        None if is_twice => Some("names a file twice".to_owned()),
        wrong => wrong,
    };
    match wrong {
        None => names,
        Some(why) => {
            fields.fault(KEY, node.line, why);
            Vec::new()
        }
    }
}

fn of_languages(fields: &mut Fields<'_>) -> BTreeMap<String, LanguageLimits> {
    let Some(mut map) = fields.map("languages") else { return BTreeMap::new() };
    let entries = map.take_all();
    if entries.len() > LANGUAGES {
        fields.fault("languages", 0, format!("has {} languages, more than {LANGUAGES}", entries.len()));
        return BTreeMap::new();
    }
    let limits = |(code, node)| Some((String::clone(&code), limits(&mut map.as_fields(&code, node)?)));
    entries.into_iter().filter_map(limits).collect()
}

fn limits(fields: &mut Fields<'_>) -> LanguageLimits {
    LanguageLimits {
        time_limit: fields.positive("time_limit"),
        time_factor: fields.positive_up_to("time_factor", 100.0),
        time_extra: fields.number("time_extra", 0.0, 60.0),
        memory: fields.whole("memory", 1, bounds::MEBIBYTES),
        memory_extra: fields.whole("memory_extra", 0, 4096),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Folder;

    fn own(yaml: &str) -> (Own, Vec<String>) {
        let (package, notes) = Folder::current(&[("gavel.yaml", yaml)]).package();
        (package.own, notes)
    }

    #[test]
    fn files_and_limits_by_language_are_read() {
        let yaml = "input_file: input.txt\noutput_file: output.txt\ncollect: [plot.svg, log.csv]\nlanguages:\n  python3:\n    time_factor: 4\n    \
                    time_extra: 0.5\n    memory_extra: 64\n  cpp: {time_limit: 1.5, memory: 256}\n";
        let (own, notes) = own(yaml);
        assert!(notes.is_empty(), "{notes:?}");
        assert_eq!(
            (own.input_file.as_deref(), own.output_file.as_deref()),
            (Some("input.txt"), Some("output.txt"))
        );
        assert_eq!(own.collect, ["plot.svg", "log.csv"]);
        let python = LanguageLimits {
            time_factor: Some(4.0),
            time_extra: Some(0.5),
            memory_extra: Some(64),
            ..LanguageLimits::default()
        };
        let cpp = LanguageLimits { time_limit: Some(1.5), memory: Some(256), ..LanguageLimits::default() };
        assert_eq!(own.languages, [("python3".to_owned(), python), ("cpp".to_owned(), cpp)].into());
    }

    #[test]
    fn names_are_no_paths_and_limits_have_bounds() {
        for yaml in [
            "input_file: ../input.txt\n",
            "output_file: a/b\n",
            "output_file: .hidden\n",
            "output_file: ''\n",
            "input_file: a\noutput_file: a\n",
            "input_file: main.py\n",
            "output_file: sums.cpp\n",
            "output_file: main\n",
            "input_file: main.jar\n",
            "collect: [../plot.svg]\n",
            "collect: [a, a]\n",
            "collect: {a: b}\n",
            "collect: [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q]\n",
            "languages: {cpp: {time_factor: 0}}\n",
            "languages: {cpp: {time_factor: 101}}\n",
            "languages: {cpp: {time_extra: 61}}\n",
            "languages: {cpp: {memory_extra: 4097}}\n",
            "languages: {cpp: 3}\n",
        ] {
            assert_eq!(Folder::current(&[("gavel.yaml", yaml)]).faults().len(), 1, "{yaml}");
        }
        let none = Folder::current(&[("gavel.yaml", "languages: {cpp: {time_factor: -1}}\n")]).faults();
        assert!(none[0].ends_with("is -1, not more than 0 and at most 100"), "{none:?}");
        let long = format!("output_file: {}\n", "x".repeat(LONGEST_NAME + 1));
        assert_eq!(Folder::current(&[("gavel.yaml", &long)]).faults().len(), 1);
        let many: String = (0..=LANGUAGES).map(|number| format!("  l{number}: {{}}\n")).collect();
        let many = format!("languages:\n{many}");
        assert_eq!(Folder::current(&[("gavel.yaml", &many)]).faults().len(), 1);
    }

    #[test]
    fn what_is_not_known_is_noted() {
        let (_, notes) = own("languages: {cpp: {speed: 3}}\nwidth: 4\n");
        assert_eq!(notes.len(), 2, "{notes:?}");
    }
}

//! In which of a server's languages a program is written.

use serde::Deserialize;
use serde_json::Value;

use crate::failure::Failure;
use crate::http::{Ask, Client};

/// A language of the server.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Language {
    /// What a submission names.
    pub(crate) id: String,
    #[serde(default)]
    source_file: String,
    #[serde(default)]
    extensions: Vec<String>,
    #[serde(default = "yes")]
    available: bool,
    /// Times are so many times as long in it.
    #[serde(default = "one")]
    pub(crate) time_factor: f64,
    /// And so much longer.
    #[serde(default)]
    pub(crate) time_extra_ms: f64,
}

fn one() -> f64 {
    1.0
}

fn yes() -> bool {
    true
}

impl Language {
    /// Whether a file of this name is a source in it.
    fn is_source(&self, name: &str) -> bool {
        let Some(end) = extension(name) else { return false };
        if self.extensions.is_empty() {
            return extension(&self.source_file) == Some(end);
        }
        self.extensions.iter().any(|extension| extension == end)
    }
}

fn extension(name: &str) -> Option<&str> {
    let name = name.rsplit('/').next().unwrap_or(name);
    name.rsplit_once('.').map(|(_, extension)| extension)
}

/// All languages of the server.
pub(crate) fn all(client: &Client) -> Result<Vec<Language>, Failure> {
    let (_, value) = client.ask(Ask::get("languages"))?;
    let parsed = serde_json::from_value::<Vec<Value>>(value).map(|all| {
        let one = |value| serde_json::from_value::<Language>(value);
        all.into_iter().map(one).collect::<Result<Vec<_>, _>>()
    });
    parsed.and_then(|all| all).map_err(|why| Failure::Nonsense(format!("no list of languages ({why})")))
}

/// The language that somebody most likely means who names none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Choice<'a> {
    pub(crate) id: &'a str,
    /// Files of these names may be in others as well.
    pub(crate) is_one_of_several: bool,
}

/// The language of files of these names: the only one, or the usual one of several, as `verify` has it, or else the newest where
/// they are versions of one. One that is not installed counts where no other fits.
pub(crate) fn likely<'a>(languages: &'a [Language], names: &[String]) -> Result<Choice<'a>, Failure> {
    let fits = fitting(languages, names);
    if let Some(id) = usual(&fits).or_else(|| newest(&fits)) {
        return Ok(Choice { id, is_one_of_several: fits.len() > 1 });
    }
    match fits.as_slice() {
        [] => Err(Failure::Usage(format!(
            "no language of the server has sources with names like {}; name one with --language: {}",
            quoted(names),
            listed(languages.iter())
        ))),
        several => Err(Failure::Usage(format!(
            "{} may be in several languages; name one with --language: {}",
            quoted(names),
            listed(several.iter().copied())
        ))),
    }
}

/// The language for a program of a package, whose language is a code of the format (`cpp`, `python3`).
pub(crate) fn for_code<'a>(
    languages: &'a [Language],
    code: Option<&str>,
    names: &[String],
) -> Option<&'a str> {
    let known = |id: &str| languages.iter().find(|language| language.id == id);
    if let Some(code) = code {
        let usual = USUAL.iter().find(|(known, _)| *known == code).map(|(_, id)| *id);
        if let Some(language) = known(code).or_else(|| usual.and_then(known)) {
            return Some(&language.id);
        }
        if NO_OTHER.contains(&code) {
            return None;
        }
    }
    fitting(languages, names).first().map(|language| language.id.as_str())
}

/// The server can judge in the language of this id.
pub(crate) fn is_available(languages: &[Language], id: &str) -> bool {
    languages.iter().any(|language| language.id == id && language.available)
}

/// Which language of Gavel a code of the format means, where several would do.
const USUAL: [(&str, &str); 4] =
    [("c", "c17"), ("cpp", "cpp20"), ("java", "java21"), ("python3numpy", "python3")];
/// Codes whose files' names end like those of another language.
const NO_OTHER: [&str; 2] = ["python2", "objectivec"];

fn fitting<'a>(languages: &'a [Language], names: &[String]) -> Vec<&'a Language> {
    let fits = |language: &&Language| names.iter().any(|name| language.is_source(name));
    let (available, others): (Vec<_>, Vec<_>) =
        languages.iter().filter(fits).partition(|language| language.available);
    if available.is_empty() { others } else { available }
}

/// The one that programs of packages are judged in.
fn usual<'a>(fits: &[&'a Language]) -> Option<&'a str> {
    let mut known = fits.iter().filter(|language| USUAL.iter().any(|(_, id)| *id == language.id));
    known.next().filter(|_| known.next().is_none()).map(|language| language.id.as_str())
}

/// The one with the highest number where all are called alike but for that; those that say more of themselves, as `cpp20-clang`
/// does, are not looked at where others fit.
fn newest<'a>(fits: &[&'a Language]) -> Option<&'a str> {
    let (mut plain, others): (Vec<_>, Vec<_>) =
        fits.iter().copied().partition(|language| !language.id.contains('-'));
    if plain.is_empty() {
        plain = others;
    }
    if let [only] = plain.as_slice() {
        return Some(&only.id);
    }
    let versions: Option<Vec<_>> = plain.iter().map(|language| version(&language.id)).collect();
    let versions = versions?;
    let (family, _) = versions.first()?;
    let newest = plain.iter().zip(&versions).max_by_key(|(_, (_, number))| *number)?;
    versions.iter().all(|(name, _)| name == family).then_some(newest.0.id.as_str())
}

/// `cpp` and 20 of `cpp20`.
fn version(id: &str) -> Option<(&str, u32)> {
    let name = id.trim_end_matches(|c: char| c.is_ascii_digit());
    Some((name, id[name.len()..].parse().ok()?))
}

/// Names in a sentence, the first few of them.
fn quoted(names: &[String]) -> String {
    names.iter().take(3).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn listed<'a>(languages: impl Iterator<Item = &'a Language>) -> String {
    languages.map(|language| language.id.as_str()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn languages() -> Vec<Language> {
        let told = serde_json::json!([
            {"id": "c17", "source_file": "main.c"},
            {"id": "cpp17", "source_file": "main.cpp", "extensions": ["cpp", "cc"]},
            {"id": "cpp20", "source_file": "main.cpp", "extensions": ["cpp", "cc"]},
            {"id": "python3", "source_file": "main.py", "available": true},
            {"id": "pypy3", "source_file": "main.py", "available": false},
            {"id": "go", "source_file": "main.go", "available": false}]);
        serde_json::from_value(told).unwrap()
    }

    fn chosen(languages: &[Language], names: &[&str]) -> Result<(String, bool), String> {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        let choice = likely(languages, &names);
        choice.map(|one| (one.id.to_owned(), one.is_one_of_several)).map_err(|why| why.to_string())
    }

    fn only_of(names: &[&str]) -> Result<String, String> {
        chosen(&languages(), names).map(|(id, _)| id)
    }

    /// Of languages of these ids, all of which have the same sources.
    fn of_ids(ids: &[&str]) -> Result<(String, bool), String> {
        let told: Vec<_> =
            ids.iter().map(|id| serde_json::json!({"id": id, "source_file": "main.x"})).collect();
        chosen(&serde_json::from_value::<Vec<_>>(told.into()).unwrap(), &["a.x"])
    }

    #[test]
    fn a_language_is_found_where_only_one_fits() {
        assert_eq!(only_of(&["a.c", "a.h"]).unwrap(), "c17");
        assert_eq!(only_of(&["x.py"]).unwrap(), "python3");
        assert_eq!(only_of(&["x.go"]).unwrap(), "go");
        assert_eq!(chosen(&languages(), &["x.py"]).unwrap(), ("python3".to_owned(), false));
    }

    #[test]
    fn of_several_the_usual_one_is_meant_or_the_newest_version() {
        for (ids, expected) in [
            (&["cpp17", "cpp20", "cpp23", "cpp26", "cpp20-clang", "cpp20-sanitized"][..], "cpp20"),
            (&["pypy3", "python3"], "python3"),
            (&["java21", "java25"], "java21"),
            (&["c11", "c17", "c23", "c17-clang"], "c17"),
            (&["cpp14", "cpp17", "cpp20-clang"], "cpp17"),
            (&["x9", "x10"], "x10"),
            (&["x-one", "x"], "x"),
        ] {
            assert_eq!(of_ids(ids).unwrap(), (expected.to_owned(), true));
        }
        for ids in
            [&["perl", "prolog"][..], &["x-one", "x-two"], &["x9", "y10"], &["x", "x9"], &["c17", "cpp20"]]
        {
            assert!(
                of_ids(ids).unwrap_err().ends_with(&format!("--language: {}", ids.join(", "))),
                "{ids:?}"
            );
        }
    }

    #[test]
    fn choices_are_listed_where_several_or_none_fit() {
        assert_eq!(only_of(&["a.cc"]).unwrap(), "cpp20");
        assert_eq!(
            only_of(&["a.cc", "b.c"]).unwrap_err(),
            "`a.cc`, `b.c` may be in several languages; name one with --language: c17, cpp17, cpp20"
        );
        let none = only_of(&["README", "dir.c/x"]).unwrap_err();
        assert!(
            none.contains("`README`") && none.ends_with("c17, cpp17, cpp20, python3, pypy3, go"),
            "{none}"
        );
    }

    #[test]
    fn codes_of_the_format_have_a_usual_language() {
        let languages = languages();
        let find = |code, name: &str| for_code(&languages, code, &[name.to_owned()]);
        assert_eq!(find(Some("cpp"), "a.cc"), Some("cpp20"));
        assert_eq!(find(Some("python3"), "a.py"), Some("python3"));
        assert_eq!(find(Some("go"), "a.go"), Some("go"));
        assert_eq!(find(None, "a.cc"), Some("cpp17"));
        assert_eq!(find(Some("python2"), "a.py"), None);
        assert_eq!(find(Some("rust"), "a.rs"), None);
    }
}

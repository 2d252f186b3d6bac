//! The package format's codes of languages, and ours; and what a package asks for that is not here.

use gavel_problem::program::Program;

use crate::language::{Language, Languages};
use crate::problem::Problem;

/// Codes, and the languages here that programs in them are judged in: the first that there is.
const CODES: [(&str, &[&str]); 29] = [
    ("ada", &["ada"]),
    ("bash", &["bash"]),
    ("c", &["c17"]),
    ("cobol", &["cobol"]),
    ("cpp", &["cpp20"]),
    ("csharp", &["csharp"]),
    ("d", &["d"]),
    ("elixir", &["elixir"]),
    ("erlang", &["erlang"]),
    ("fortran", &["fortran"]),
    ("go", &["go"]),
    ("haskell", &["haskell"]),
    ("java", &["java21", "java25"]),
    ("javascript", &["javascript"]),
    ("kotlin", &["kotlin"]),
    ("lisp", &["lisp"]),
    ("lua", &["lua"]),
    ("ocaml", &["ocaml"]),
    ("pascal", &["pascal"]),
    ("perl", &["perl"]),
    ("php", &["php"]),
    ("prolog", &["prolog"]),
    ("python3", &["python3"]),
    ("r", &["r"]),
    ("racket", &["racket"]),
    ("ruby", &["ruby"]),
    ("rust", &["rust"]),
    ("swift", &["swift"]),
    ("typescript", &["typescript"]),
];

/// The language here for programs in the language of this code.
pub(crate) fn id_of(code: &str, is_known: impl Fn(&str) -> bool) -> Option<&'static str> {
    let (_, ids) = CODES.into_iter().find(|(known, _)| *known == code)?;
    ids.iter().copied().find(|id| is_known(id))
}

/// The code of a language here: what a package calls it.
pub(crate) fn code_of(id: &str) -> Option<&'static str> {
    let found = CODES.into_iter().find(|(_, ids)| ids.contains(&id)).map(|(code, _)| code);
    found.or(match id {
        "pypy3" => Some("python3"),
        _ if id.starts_with("cpp") => Some("cpp"),
        _ if id.starts_with("java2") => Some("java"),
        _ if id.starts_with('c') && id[1..].starts_with(|c: char| c.is_ascii_digit()) => Some("c"),
        _ => None,
    })
}

/// The language of a program of a package's own, if it is here.
pub(crate) fn of_program<'a>(program: &Program, languages: &'a Languages) -> Option<&'a Language> {
    if program.build || program.run {
        return languages.scripts();
    }
    let id = id_of(program.language.as_deref()?, |id| languages.get(id).is_some())?;
    languages.get(id)
}

/// Why submissions cannot be judged by a problem here, if that is so.
pub(crate) fn unjudged(problem: &Problem, languages: &Languages) -> Option<String> {
    let manifest = &problem.manifest;
    let foreign = || {
        let mut programs =
            manifest.validators.iter().chain(&manifest.static_validator).chain(&manifest.grader);
        let program = programs.find(|program| of_program(program, languages).is_none())?;
        Some(format!("{} is in no language that is here", program.path))
    };
    manifest.unjudged.clone().or_else(foreign)
}

/// Languages that have limits of their own in the package and are neither here nor in the format, a sentence each.
pub(crate) fn strangers(problem: &Problem, languages: &Languages) -> Vec<String> {
    let named = problem.manifest.own.languages.keys();
    let strange = named.filter(|code| !gavel_problem::is_language(code) && languages.get(code).is_none());
    let told = |code: &String| {
        let code = code.escape_default();
        format!("gavel.yaml: languages.{code}: neither a language here nor a code of the format")
    };
    strange.map(told).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::judge::test_support::problem_of;
    use crate::problem::Show;

    fn shipped() -> Languages {
        Languages::load(Path::new("../images/languages.toml"), "latest").unwrap()
    }

    #[test]
    fn a_problem_is_not_judged_where_its_validators_language_is_not_here() {
        let yaml = "problem_format_version: 2025-09\nname: S\nuuid: 117b564d-429b-44d4-bf8c-c264a3703e07\n";
        let with = |validator: &str| {
            let data = [("data/secret/1.in", "1"), ("data/secret/1.ans", "1")];
            let files = [&[("problem.yaml", yaml), (validator, "")], data.as_slice()].concat();
            unjudged(&problem_of(Show::Full, &files), &shipped())
        };
        for validator in ["output_validator/v.py", "output_validator/v.cc", "output_validator/run"] {
            assert_eq!(with(validator), None, "{validator}");
        }
        for validator in ["output_validator/v.zig", "output_validator/v.txt"] {
            assert_eq!(with(validator), Some(format!("{validator} is in no language that is here")));
        }
    }

    #[test]
    fn languages_that_nobody_knows_are_noted() {
        let own = "languages: {nolang: {time_factor: 2}, zig: {time_factor: 2}, cpp23: {memory: 64}, python: {memory: 9}}";
        let files = [("gavel.yaml", own), ("data/secret/1.in", "1"), ("data/secret/1.ans", "1")];
        let yaml = "problem_format_version: 2025-09\nname: S\nuuid: 117b564d-429b-44d4-bf8c-c264a3703e07\n";
        let files = [&[("problem.yaml", yaml)], files.as_slice()].concat();
        let told = strangers(&problem_of(Show::Full, &files), &shipped());
        assert_eq!(
            told,
            ["nolang", "python"].map(|code| format!(
                "gavel.yaml: languages.{code}: neither a language here nor a code of the format"
            ))
        );
    }

    #[test]
    fn every_language_that_is_named_is_shipped() {
        let shipped = shipped();
        for (code, ids) in CODES {
            assert!(ids.iter().all(|id| shipped.get(id).is_some()), "{code}");
            assert_eq!(id_of(code, |_| true), Some(ids[0]));
            assert_eq!(ids.iter().find(|id| code_of(id) != Some(code)), None);
        }
    }

    #[test]
    fn dialects_have_the_code_of_their_language() {
        let codes = ["c11", "c23", "c17-clang", "cpp26", "cpp20-clang", "cpp20-sanitized", "java25", "pypy3"];
        let codes = codes.map(|id| code_of(id).unwrap());
        assert_eq!(codes, ["c", "c", "c", "cpp", "cpp", "cpp", "java", "python3"]);
        assert_eq!((code_of("nasm"), code_of("sql"), id_of("klingon", |_| true)), (None, None, None));
        assert_eq!(id_of("java", |id| id == "java25"), Some("java25"));
    }
}

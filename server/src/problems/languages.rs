//! The package format's codes of languages, and ours.

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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::language::Languages;

    #[test]
    fn every_language_that_is_named_is_shipped() {
        let shipped = Languages::load(Path::new("../images/languages.toml"), "latest").unwrap();
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

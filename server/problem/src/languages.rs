//! Languages by the ends of file names (appendix "Languages").

const ENDINGS: &[(&str, &str)] = &[
    ("adb", "ada"),
    ("ads", "ada"),
    ("a68", "algol68"),
    ("apl", "apl"),
    ("sh", "bash"),
    ("c", "c"),
    ("cob", "cobol"),
    ("cc", "cpp"),
    ("cpp", "cpp"),
    ("cxx", "cpp"),
    ("c++", "cpp"),
    ("C", "cpp"),
    ("cr", "crystal"),
    ("cs", "csharp"),
    ("d", "d"),
    ("dart", "dart"),
    ("ex", "elixir"),
    ("erl", "erlang"),
    ("fth", "forth"),
    ("4th", "forth"),
    ("forth", "forth"),
    ("frt", "forth"),
    ("f90", "fortran"),
    ("fs", "fsharp"),
    ("ss", "gerbil"),
    ("go", "go"),
    ("hs", "haskell"),
    ("java", "java"),
    ("js", "javascript"),
    ("jl", "julia"),
    ("kt", "kotlin"),
    ("lisp", "lisp"),
    ("cl", "lisp"),
    ("lua", "lua"),
    ("mod", "modula2"),
    ("def", "modula2"),
    ("nim", "nim"),
    ("m", "objectivec"),
    ("ml", "ocaml"),
    ("odin", "odin"),
    ("pas", "pascal"),
    ("pm", "perl"),
    ("php", "php"),
    ("pl", "prolog"),
    ("py2", "python2"),
    ("py", "python3"),
    ("py3", "python3"),
    ("rkt", "racket"),
    ("rb", "ruby"),
    ("rs", "rust"),
    ("scala", "scala"),
    ("sim", "simula"),
    ("st", "smalltalk"),
    ("sno", "snobol"),
    ("swift", "swift"),
    ("ts", "typescript"),
    ("vb", "visualbasic"),
    ("zig", "zig"),
];

/// Codes that no ending stands for.
const UNENDED: &[&str] = &["cgmp", "cppgmp", "javaalgs4", "octave", "python3numpy"];

/// The language that a file name's end stands for.
pub(crate) fn of_file(path: &str) -> Option<&'static str> {
    let (_, ending) = path.rsplit_once('.')?;
    ENDINGS.iter().find(|(known, _)| *known == ending).map(|(_, language)| *language)
}

/// The one language of all files that have one; none if there is none or more than one.
pub(crate) fn of_files<'a>(paths: impl Iterator<Item = &'a str>) -> Option<&'static str> {
    let mut found = None;
    for language in paths.filter_map(of_file) {
        if found.is_some_and(|known| known != language) {
            return None;
        }
        found = Some(language);
    }
    found
}

/// Whether the format knows this code of a language.
#[must_use]
pub fn is_known(code: &str) -> bool {
    UNENDED.contains(&code) || ENDINGS.iter().any(|(_, language)| *language == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_language_is_found_and_two_are_none() {
        assert_eq!(of_files(["a.cc", "a.h", "b.cpp"].into_iter()), Some("cpp"));
        assert_eq!(of_files(["a.cc", "b.py"].into_iter()), None);
        assert_eq!(of_file("x.C"), Some("cpp"));
        assert_eq!(of_file("Makefile"), None);
    }

    #[test]
    fn codes_without_an_ending_are_known() {
        assert!(is_known("python3numpy") && is_known("cpp"));
        assert!(!is_known("python"));
    }
}

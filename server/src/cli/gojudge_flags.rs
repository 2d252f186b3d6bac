//! go-judge's flags on `gavel serve`: `-http-addr :5050`, `-http-addr=:5050`, `--http-addr :5050`. They are taken out of
//! the command line before it is parsed, since long names with one dash are not our way to write.

use std::ffi::OsString;

use crate::config::gojudge_names::{self, Translated};

/// A command line without go-judge's flags, and what those ask for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Separated {
    /// What is left for the parser.
    pub(super) arguments: Vec<String>,
    /// Settings of ours, by key.
    pub(super) settings: Vec<(String, String)>,
    /// What to tell of flags without effect.
    pub(super) warnings: Vec<String>,
    /// `-silent`.
    pub(super) silent: bool,
}

/// Takes go-judge's flags out of the arguments of `gavel serve`; those of other commands are left alone.
///
/// # Errors
/// A sentence that names the flag.
pub(super) fn separate(arguments: impl IntoIterator<Item = OsString>) -> Result<Separated, String> {
    let not_text = |word: OsString| format!("`{}` is not UTF-8", word.display());
    let arguments: Result<Vec<String>, String> =
        arguments.into_iter().map(|word| word.into_string().map_err(not_text)).collect();
    let mut arguments = arguments?.into_iter();
    let mut separated = Separated::default();
    let mut serves = false;
    while let Some(argument) = arguments.next() {
        if argument == "--" {
            separated.arguments.push(argument);
            separated.arguments.extend(arguments);
            break;
        }
        match serves.then(|| known(&argument)).flatten() {
            Some(("version", _)) => {
                separated.arguments = vec!["gavel".into(), "--version".into()];
                return Ok(separated);
            }
            Some((name, given)) => {
                let (name, given) = (name.to_owned(), given.map(str::to_owned));
                let needs_none = gojudge_names::flag(&name) == Some(true);
                let value = given.or_else(|| if needs_none { Some("true".into()) } else { arguments.next() });
                let value = value.ok_or_else(|| format!("-{name} needs a value"))?;
                separated.take(&name, &value)?;
            }
            None if serves && looks_like_go(&argument) => {
                return Err(format!("unknown flag `{argument}`; docs/go-judge.md lists go-judge's"));
            }
            None => {
                serves |= argument == "serve";
                separated.arguments.push(argument);
            }
        }
    }
    Ok(separated)
}

impl Separated {
    fn take(&mut self, name: &str, value: &str) -> Result<(), String> {
        match gojudge_names::translate_flag(name, value)? {
            Translated::Setting(key, value) => self.settings.push((key, value)),
            Translated::Silence => self.silent = true,
            Translated::Nothing(told) => self.warnings.extend(told),
        }
        Ok(())
    }
}

/// The name and the value of a flag that go-judge has.
fn known(argument: &str) -> Option<(&str, Option<&str>)> {
    let written = argument.strip_prefix("--").or_else(|| argument.strip_prefix('-'))?;
    let (name, value) = match written.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (written, None),
    };
    (name == "version" || gojudge_names::flag(name).is_some()).then_some((name, value))
}

/// A name of several letters behind one dash: the parser would take its first letter for a flag.
fn looks_like_go(argument: &str) -> bool {
    argument.strip_prefix('-').is_some_and(|name| name.len() > 1 && !name.starts_with('-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn separated(line: &str) -> Result<Separated, String> {
        separate(line.split(' ').map(OsString::from))
    }

    #[test]
    fn a_flag_is_known_in_all_its_forms() {
        for flag in ["-http-addr :80", "-http-addr=:80", "--http-addr :80", "--http-addr=:80"] {
            let found = separated(&format!("gavel serve {flag} --listen x")).unwrap();
            assert_eq!(found.settings, [("http.listen".to_owned(), "0.0.0.0:80".to_owned())], "{flag}");
            assert_eq!(found.arguments, ["gavel", "serve", "--listen", "x"], "{flag}");
        }
    }

    #[test]
    fn a_switch_takes_no_argument_but_may_have_a_value() {
        let found = separated("gavel serve -enable-metrics -enable-debug=0 -silent").unwrap();
        let expected = [("telemetry.metrics", "true"), ("telemetry.debug", "false")];
        assert_eq!(found.settings, expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
        assert!(found.silent && found.warnings.is_empty());
    }

    #[test]
    fn what_is_ours_is_left_to_the_parser() {
        let line = "gavel --config gavel.toml serve --listen 127.0.0.1:1 --set a=b -h";
        assert_eq!(separated(line).unwrap().arguments.join(" "), line);
        let line = "gavel doctor -http-addr x";
        assert_eq!(separated(line).unwrap().arguments.join(" "), line);
        let line = "gavel serve -- -http-addr x";
        assert_eq!(separated(line).unwrap().arguments.join(" "), line);
    }

    #[test]
    fn a_flag_without_effect_is_told_and_takes_its_value_away() {
        let found = separated("gavel serve -mount-conf m.yaml -dir /files").unwrap();
        assert_eq!(found.arguments, ["gavel", "serve"]);
        assert_eq!(found.settings, [("gojudge.file_dir".to_owned(), "/files".to_owned())]);
        assert!(found.warnings[0].contains("-mount-conf has no effect"), "{:?}", found.warnings);
    }

    #[test]
    fn a_slip_is_refused_by_name() {
        for (line, expected) in [
            ("gavel serve -htp-addr :80", "-htp-addr"),
            ("gavel serve -http-addr", "-http-addr needs a value"),
            ("gavel serve -http-addr 80", "-http-addr: `80` is not an address"),
            ("gavel serve -enable-debug=maybe", "-enable-debug"),
        ] {
            let refusal = separated(line).unwrap_err();
            assert!(refusal.contains(expected), "{refusal}");
        }
    }

    #[test]
    fn version_is_ours() {
        assert_eq!(separated("gavel serve -version -silent").unwrap().arguments, ["gavel", "--version"]);
    }
}

//! go-judge's flags (`-http-addr`) and variables (`ES_HTTP_ADDR`), and what they are here, so that a unit file or a
//! compose file of a site that moves keeps working. The table of docs/go-judge.md says the same.

use super::go_values;

/// What a name of go-judge means here.
#[derive(Debug, Clone, Copy)]
enum Meaning {
    /// A setting of ours, with a value of this form.
    Setting(&'static str, Form),
    /// No log at all.
    Silent,
    /// Nothing: why, and what to use instead.
    Nothing(Kind, &'static str),
}

/// The form of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    Address,
    Size,
    Span,
    Switch,
    Count,
    CpuSets,
}

/// Of a name without meaning: whether its flag takes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Switch,
    Value,
}

use Form::{Address, Count, CpuSets, Size, Span, Switch, Text};
use Meaning::{Nothing, Setting, Silent};

/// Flags of go-judge v1.12.2, without `-version`.
const NAMES: &[(&str, Meaning)] = &[
    ("http-addr", Setting("http.listen", Address)),
    ("auth-token", Setting("http.token", Text)),
    ("enable-grpc", Setting("gojudge.grpc.enabled", Switch)),
    ("grpc-addr", Setting("gojudge.grpc.listen", Address)),
    ("grpc-msg-size", Setting("gojudge.grpc.max_message", Size)),
    ("monitor-addr", Setting("telemetry.listen", Address)),
    ("enable-metrics", Setting("telemetry.metrics", Switch)),
    ("enable-debug", Setting("telemetry.debug", Switch)),
    ("parallelism", Setting("gojudge.parallelism", Count)),
    ("dir", Setting("gojudge.file_dir", Text)),
    ("file-timeout", Setting("gojudge.file_timeout", Span)),
    ("src-prefix", Setting("gojudge.src_prefixes", Text)),
    ("output-limit", Setting("gojudge.output_limit", Size)),
    ("copy-out-limit", Setting("gojudge.copy_out_limit", Size)),
    ("open-file-limit", Setting("gojudge.open_files", Count)),
    ("silent", Silent),
    ("release", Nothing(Kind::Switch, "logs are JSON wherever they do not go to a terminal")),
    ("pre-fork", Nothing(Kind::Value, "containers are always made ahead: `gojudge.slots` says how many")),
    ("cpuset", Setting("gojudge.cpu_sets", CpuSets)),
    ("enable-cpu-rate", Setting("gojudge.cpu_rate", Switch)),
    ("cpu-cfs-period", Setting("gojudge.cpu_period", Span)),
    ("time-limit-checker-interval", Nothing(Kind::Value, "limits are kept by timers to within 10 ms")),
    (
        "extra-memory-limit",
        Nothing(
            Kind::Value,
            "it is 16 KiB, go-judge's default: a status goes by the peak, however much it is",
        ),
    ),
    (
        "mount-conf",
        Nothing(Kind::Value, "commands see their image and nothing of the host: `gojudge.image` names it"),
    ),
    (
        "tmp-fs-param",
        Nothing(Kind::Value, "`sandbox.box_size` is the size of /w and /tmp, for all sandboxes"),
    ),
    ("net-share", Nothing(Kind::Switch, "no program ever gets a network")),
    (
        "container-cred-start",
        Nothing(Kind::Value, "every slot has a uid of its own: `sandbox.uid_base` and up"),
    ),
    ("cgroup-prefix", Nothing(Kind::Value, "`sandbox.cgroup_parent` names the parent of all cgroups")),
    ("no-fallback", Nothing(Kind::Switch, "/readyz and `gavel doctor` tell whether limits rest on cgroups")),
    ("seccomp-conf", Nothing(Kind::Value, "the filters are compiled in and always on (docs/security.md)")),
    (
        "container-init-path",
        Nothing(Kind::Value, "containers are the engine's; `sandbox.monitor` is what runs in them"),
    ),
    ("force-gc-target", Nothing(Kind::Value, "there is no garbage collector")),
    ("force-gc-interval", Nothing(Kind::Value, "there is no garbage collector")),
];

/// What becomes of a flag or a variable.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Translated {
    /// This setting of ours, with its value.
    Setting(String, String),
    /// Nothing is to be logged.
    Silence,
    /// Nothing; this is to be told, if there is something to tell.
    Nothing(Option<String>),
}

/// Does a flag of this name, without dashes, exist? `Some(true)` = and it needs no value.
pub(crate) fn flag(name: &str) -> Option<bool> {
    let meaning = meaning(name)?;
    Some(matches!(meaning, Setting(_, Switch) | Silent | Nothing(Kind::Switch, _)))
}

/// Reads a flag's value; the name is one for which [`flag`] is `Some`.
///
/// # Errors
/// A sentence that names the flag and what it takes.
pub(crate) fn translate_flag(name: &str, value: &str) -> Result<Translated, String> {
    translate(meaning(name), &format!("-{name}"), value)
}

/// Reads a variable whose name begins with `ES_`. An unknown one is only told: others use that prefix too.
///
/// # Errors
/// A sentence that names the variable and what it takes.
pub(crate) fn translate_variable(name: &str, value: &str) -> Result<Translated, String> {
    translate(NAMES.iter().find(|(flag, _)| variable(flag) == name).map(|(_, meaning)| *meaning), name, value)
}

/// `ES_HTTP_ADDR` of `http-addr`.
fn variable(flag: &str) -> String {
    format!("ES_{}", flag.replace('-', "_").to_uppercase())
}

fn meaning(flag: &str) -> Option<Meaning> {
    NAMES.iter().find(|(known, _)| *known == flag).map(|(_, meaning)| *meaning)
}

fn translate(meaning: Option<Meaning>, name: &str, value: &str) -> Result<Translated, String> {
    let named = |why: String| format!("{name}: {why}");
    let set = |key: &str, value: String| Translated::Setting(key.to_owned(), value);
    Ok(match meaning {
        Some(Setting(key, Text)) => set(key, value.to_owned()),
        Some(Setting(key, Address)) => set(key, go_values::address(value).map_err(named)?),
        Some(Setting(key, Size)) => set(key, go_values::size(value).map_err(named)?),
        Some(Setting(key, CpuSets)) => set(key, go_values::cpu_sets(value).map_err(named)?),
        Some(Setting(key, Span)) => set(key, go_values::span(value).map_err(named)?),
        Some(Setting(key, Switch)) => set(key, go_values::switch(value).map_err(named)?.to_string()),
        Some(Setting(key, Count)) => match go_values::count(value).map_err(named)? {
            Some(count) => set(key, count),
            None => Translated::Nothing(Some(format!("{name}={value}: the default is used"))),
        },
        Some(Silent) if go_values::switch(value).map_err(named)? => Translated::Silence,
        Some(Silent) => Translated::Nothing(None),
        Some(Nothing(Kind::Switch, _)) if !go_values::switch(value).map_err(named)? => {
            Translated::Nothing(None)
        }
        Some(Nothing(_, why)) => Translated::Nothing(Some(format!("{name} has no effect: {why}"))),
        None => Translated::Nothing(Some(format!("{name} is no setting of go-judge that is known here"))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flag_stands_on_the_page_with_what_it_is_here() {
        let page = include_str!("../../../docs/go-judge.md");
        for (flag, meaning) in NAMES {
            let row = page.lines().find(|line| line.starts_with(&format!("| `-{flag}`")));
            let row = row.unwrap_or_else(|| panic!("docs/go-judge.md does not mention -{flag}"));
            if let Setting(key, _) = meaning {
                assert!(row.contains(&format!("`{key}`")), "{row}");
            }
            assert!(row.contains(&format!("`{}`", variable(flag))), "{row}");
        }
    }

    #[test]
    fn compose_hands_every_variable_on() {
        let compose = include_str!("../../../compose.yaml");
        for (flag, _) in NAMES {
            let line = format!("\n      {}:\n", variable(flag));
            assert!(compose.contains(&line), "compose.yaml does not hand {} on", variable(flag));
        }
    }

    #[test]
    fn every_setting_that_a_flag_means_exists_and_takes_its_value() {
        for (flag, meaning) in NAMES {
            let Setting(key, form) = meaning else { continue };
            let value = match form {
                Text => "/some/where/long",
                Address => ":5050",
                Size => "16m",
                Span => "1m30s",
                Switch => "true",
                Count => "3",
                CpuSets => "0,2-3",
            };
            let Ok(Translated::Setting(_, value)) = translate_flag(flag, value) else { panic!("-{flag}") };
            let overrides = crate::config::Overrides {
                file: Some("/dev/null".into()),
                flags: vec![((*key).to_owned(), value)],
                ..Default::default()
            };
            crate::config::Config::load(&overrides).unwrap_or_else(|why| panic!("-{flag}: {why}"));
        }
    }

    #[test]
    fn what_has_no_meaning_here_is_told_with_the_reason() {
        let told = |name, value| match translate_variable(name, value) {
            Ok(Translated::Nothing(told)) => told,
            other => panic!("{other:?}"),
        };
        let why = told("ES_MOUNT_CONF", "mount.yaml").unwrap();
        assert!(why.contains("ES_MOUNT_CONF has no effect") && why.contains("gojudge.image"), "{why}");
        assert!(told("ES_NET_SHARE", "1").unwrap().contains("network"));
        assert_eq!(told("ES_NET_SHARE", "0"), None);
        assert!(told("ES_JAVA_OPTS", "-Xmx1g").unwrap().contains("ES_JAVA_OPTS"));
        assert!(told("ES_PARALLELISM", "0").unwrap().contains("default"));
    }

    #[test]
    fn a_value_of_the_wrong_form_is_refused_by_name() {
        let refusal = translate_variable("ES_FILE_TIMEOUT", "soon").unwrap_err();
        assert_eq!(refusal, "ES_FILE_TIMEOUT: `soon` is not a duration such as 1m30s");
        assert!(translate_flag("silent", "perhaps").is_err());
    }

    #[test]
    fn switches_need_no_value() {
        assert_eq!(flag("enable-debug"), Some(true));
        assert_eq!(flag("no-fallback"), Some(true));
        assert_eq!(flag("http-addr"), Some(false));
        assert_eq!(flag("listen"), None);
    }
}

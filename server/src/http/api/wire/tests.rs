use std::collections::BTreeSet;

use proptest::prelude::*;
use utoipa::PartialSchema;

use super::super::wire_checker::{NewChecker, NewFlags};
use super::super::wire_limits::NewLimits;
use super::names::check_name;
use super::*;
use crate::config::Config;
use crate::submission::{Files, Flags, Submission};

/// Read once: properties are tried hundreds of times.
fn shipped() -> &'static Languages {
    static SHIPPED: std::sync::OnceLock<Languages> = std::sync::OnceLock::new();
    SHIPPED.get_or_init(|| Languages::load("../images/languages.toml".as_ref(), "latest").unwrap())
}

fn accept(body: &[u8]) -> Result<Submission, Problem> {
    let config = Config::default();
    let rules = Rules { limits: &config.limits, sandbox: &config.sandbox, languages: shipped() };
    let texts = Texts::default();
    let (new, unknown) = NewSubmission::parse(body, &texts)?;
    new.into_submission(rules, &texts, unknown).map(|(submission, _asked)| submission)
}

fn field() -> impl Strategy<Value = serde_json::Value> {
    prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        ".{0,20}".prop_map(Into::into),
        proptest::collection::btree_map(".{0,12}", ".{0,9}", 0..3).prop_map(|map| serde_json::json!(map)),
        proptest::collection::vec(".{0,9}", 0..3).prop_map(Into::into),
    ]
}

proptest! {
    #[test]
    fn no_bytes_make_the_parser_panic(body: Vec<u8>) {
        prop_assert!(accept(&body).is_err());
    }

    #[test]
    fn whatever_the_fields_hold_a_submission_is_within_the_rules_or_refused(
        values in proptest::collection::vec(field(), 16)
    ) {
        let names = ["source", "source_base64", "files", "files_base64", "stdin", "stdin_base64", "tests", "limits",
            "compile_limits", "user", "isolation", "arguments", "stop_at_first_failure", "wait", "language", "else"];
        let mut body = serde_json::json!({"language": "c17"});
        for (name, value) in names.iter().zip(values).filter(|(_, value)| !value.is_null()) {
            body[*name] = value;
        }
        if let Ok(submission) = accept(body.to_string().as_bytes()) {
            prop_assert!(!submission.files.is_empty() && !submission.tests.is_empty());
            prop_assert!(submission.files.keys().all(|name| check_name(name).is_ok()));
        }
    }

    #[test]
    fn any_number_as_a_limit_is_within_the_maximum_or_refused(ms: f64, bytes: f64, count: i64) {
        let limits = serde_json::json!({"cpu_ms": ms, "memory_bytes": bytes, "processes": count});
        let body = serde_json::json!({"language": "c17", "source": "", "limits": limits});
        if let Ok(submission) = accept(body.to_string().as_bytes()) {
            let max = Config::default().limits.run_max;
            prop_assert!(submission.limits.cpu <= max.cpu && !submission.limits.cpu.is_zero());
            prop_assert!(submission.limits.wall <= max.wall && submission.limits.memory <= max.memory);
            prop_assert!((1..=max.processes).contains(&submission.limits.processes));
        }
    }
}

#[test]
fn time_on_the_clock_follows_the_cpu_time_and_the_stack_the_memory() {
    let limits = |limits: &str| {
        let body = format!("{{\"language\":\"c17\",\"source\":\"\",\"limits\":{limits}}}");
        accept(body.as_bytes()).unwrap().limits
    };
    let followed = limits(r#"{"cpu_ms": 2500, "memory_bytes": 33554432}"#);
    assert_eq!(followed.wall, std::time::Duration::from_millis(8500));
    assert_eq!(followed.stack, gavel_protocol::Bytes::mib(28), "an eighth of the memory is for all else");
    let own = limits(r#"{"cpu_ms": 2500, "wall_ms": 3000.5, "stack_bytes": 8388608}"#);
    assert_eq!(own.wall, std::time::Duration::from_micros(3_000_500));
    assert_eq!(own.stack, gavel_protocol::Bytes::mib(8));
    assert_eq!(limits(r#"{"cpu_ms": 30000}"#).wall, std::time::Duration::from_secs(91));
}

const PYTHON: &str = "[runtimes.python]\nimage='python'\n[[languages]]\nid='python3'\nname='Python'\nruntime='python'\n\
    source='main.py'\nrun=['python3','{entry}']\ntime_factor=2.0\ntime_extra='100ms'\nmemory_extra='16MiB'\nprocesses=8";

fn accept_python(body: serde_json::Value) -> Result<Submission, String> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, PYTHON).unwrap();
    let (config, languages) = (Config::default(), Languages::load(file.path(), "latest").unwrap());
    let rules = Rules { limits: &config.limits, sandbox: &config.sandbox, languages: &languages };
    let mut body = body;
    body["language"] = "python3".into();
    let (new, unknown) = NewSubmission::parse(body.to_string().as_bytes(), &Texts::default()).unwrap();
    match new.into_submission(rules, &Texts::default(), unknown) {
        Ok((submission, _)) => Ok(submission),
        Err(Problem::Invalid(errors)) => Err(errors
            .iter()
            .map(|error| format!("{}: {}", error.field, error.detail))
            .collect::<Vec<_>>()
            .join("; ")),
        Err(other) => Err(other.to_string()),
    }
}

#[test]
fn who_sends_no_source_is_told_nothing_of_where_it_begins() {
    let told = accept_python(serde_json::json!({"files": {"a.txt": "", "b.txt": ""}})).unwrap_err();
    assert!(told.starts_with("files") && !told.contains("entry_point"), "{told}");
}

#[test]
fn a_language_gives_its_programs_more_and_a_submission_may_say_how_much() {
    use gavel_protocol::Bytes;
    use std::time::Duration;
    let limits = |limits: &str| {
        let limits: serde_json::Value = serde_json::from_str(limits).unwrap();
        accept_python(serde_json::json!({"source": "", "limits": limits}))
    };
    let usual = limits(r#"{"cpu_ms": 1000}"#).unwrap();
    assert_eq!(
        (usual.limits.cpu, usual.limits.wall),
        (Duration::from_millis(2100), Duration::from_millis(8100))
    );
    assert_eq!((usual.limits.memory, usual.own_memory), (Bytes::mib(272), Bytes::mib(256)));
    assert_eq!((usual.limits.processes, usual.limits.stack), (72, Bytes::mib(224)));
    let plain = r#"{"cpu_ms": 1000, "time_factor": 1, "time_extra_ms": 0, "memory_extra_bytes": 0}"#;
    let plain = limits(plain).unwrap().limits;
    assert_eq!(
        (plain.cpu, plain.wall, plain.memory),
        (Duration::from_secs(1), Duration::from_secs(4), Bytes::mib(256))
    );
    let longest =
        limits(r#"{"cpu_ms": 30000, "wall_ms": 120000, "time_factor": 100, "memory_bytes": 1073741824}"#)
            .unwrap();
    assert_eq!(
        (longest.limits.cpu, longest.limits.wall),
        (Duration::from_secs(30), Duration::from_secs(120))
    );
    assert_eq!((longest.limits.memory, longest.own_memory), (Bytes::mib(1040), Bytes::mib(1024)));
    let greedy = limits(r#"{"memory_bytes": 1073741824, "memory_extra_bytes": 4294967296}"#).unwrap();
    assert_eq!(greedy.limits.memory, Bytes::mib(1040));
}

#[test]
fn an_allowance_beyond_its_bounds_or_of_a_compilation_is_refused_by_name() {
    for (field, value) in [
        ("time_factor", "0"),
        ("time_factor", "-1"),
        ("time_factor", "100.5"),
        ("time_factor", "1e308"),
        ("time_extra_ms", "-1"),
        ("time_extra_ms", "60001"),
        ("memory_extra_bytes", "4294967297"),
        ("memory_extra_bytes", "1.5"),
    ] {
        let limits: serde_json::Value = serde_json::from_str(&format!("{{\"{field}\": {value}}}")).unwrap();
        let refused = accept_python(serde_json::json!({"source": "", "limits": limits})).unwrap_err();
        assert!(refused.starts_with(&format!("limits.{field}: ")), "{refused}");
        let compile = serde_json::json!({"source": "", "compile_limits": {field: 1}});
        let refused = accept_python(compile).unwrap_err();
        assert_eq!(
            refused,
            format!("compile_limits.{field}: it is of `limits` of the whole submission alone")
        );
    }
}

#[test]
fn every_field_has_a_place_and_is_told_of_and_no_other_is() {
    fn check<T: Fields + Default + PartialSchema>() {
        let mut object = T::default();
        let names = object.names();
        assert!(names.iter().all(|name| object.place(name).is_some()), "{names:?}");
        // A place is a field of the struct, and those are what the description of the API has.
        let described = serde_json::to_value(T::schema()).unwrap();
        let fields: BTreeSet<_> = described["properties"].as_object().unwrap().keys().cloned().collect();
        assert_eq!(fields, names.iter().map(|name| (*name).to_owned()).collect());
    }
    check::<NewSubmission>();
    check::<NewTest>();
    check::<NewLimits>();
    check::<NewFlags>();
    check::<NewChecker>();
}

#[test]
fn a_program_begins_with_a_source_that_is_named_or_known() {
    let files = |names: &[&str], entry: Option<&str>| {
        let files: BTreeMap<&str, &str> = names.iter().map(|name| (*name, "x")).collect();
        accept_python(serde_json::json!({"files": files, "entry_point": entry}))
    };
    let named = files(&["a.py", "pkg/b.py"], Some("pkg/b.py")).unwrap();
    assert_eq!(named.entry_point.as_deref(), Some("pkg/b.py"));
    assert!(files(&["main.py", "b.py"], None).is_ok() && files(&["pkg/b.py", "data.txt"], None).is_ok());
    let ambiguous = files(&["a.py", "pkg/b.py"], None).unwrap_err();
    assert!(
        ambiguous.starts_with("entry_point: needed") && ambiguous.contains("a.py, pkg/b.py"),
        "{ambiguous}"
    );
    let data = files(&["main.py", "data.txt"], Some("data.txt")).unwrap_err();
    assert_eq!(data, "entry_point: `data.txt` is none of the sources: main.py");
    assert!(files(&["main.py"], Some("../main.py")).is_err());
}

#[test]
fn files_may_be_in_folders_and_nowhere_else() {
    let part = "x".repeat(97);
    let long = format!("{part}/{part}.py");
    for name in ["pkg/util.py", "a/b/c/d/e/f/g/h/i.py", "_a/__init__.py", "data/1.txt", &long] {
        assert!(check_name(name).is_ok(), "{name}");
    }
    let deep = "a/".repeat(9) + "b.py";
    let too_long = format!("{part}/{part}/long.py");
    let long_part = "x".repeat(101);
    for name in [
        "/etc/passwd",
        "../a.py",
        "a/../b.py",
        "a//b.py",
        "a/",
        "/",
        "",
        "a/.b",
        "a/-o",
        "./a.py",
        "a/@x",
        "a\\b",
        "a/b\0",
        &deep,
        &too_long,
        &long_part,
    ] {
        assert!(check_name(name).is_err(), "{name}");
    }
    let body = |names: &[&str]| {
        let files: BTreeMap<&str, &str> = names.iter().map(|name| (*name, "x")).collect();
        accept(serde_json::json!({"language": "c17", "files": files}).to_string().as_bytes())
    };
    assert!(body(&["main.c", "lib/list.c", "lib.txt"]).is_ok());
    for names in [&["main.c", "lib/a.c", "lib"][..], &["main.c", "main/a.c"], &["main.c", "main"]] {
        assert!(matches!(body(names), Err(Problem::Invalid(_))), "{names:?}");
    }
}

/// What is told of a body, as `field: detail`.
fn told(json: &str) -> Vec<String> {
    match accept(json.as_bytes()) {
        Err(Problem::Invalid(fields)) => {
            fields.iter().map(|error| format!("{}: {}", error.field, error.detail)).collect()
        }
        other => panic!("{json}: {other:?}"),
    }
}

#[test]
fn an_array_is_no_object_wherever_one_is_wanted() {
    let array = accept(br#"["c17","int main(){}"]"#).unwrap_err();
    assert!(matches!(&array, Problem::Malformed(told) if told.contains("expected an object")), "{array:?}");
    let arrays = r#"{"language":"c17","source":"","limits":[1],"compile_limits":[1],"tests":[["1 2"]]}"#;
    let expected = ["limits: an array; expected an object", "compile_limits: an array; expected an object"];
    assert_eq!(told(arrays), [expected[0], expected[1], "tests[0]: an array; expected an object"]);
    accept(br#"{"language":"c17","source":"","limits":null,"tests":[{"stdin":"1"}]}"#).unwrap();
}

#[test]
fn everything_that_is_missing_doubled_or_of_another_type_is_told_at_once_in_words_of_ours() {
    let missing = told("{}");
    assert!(missing[0].starts_with("language: needed; there are ada, "), "{missing:?}");
    assert_eq!(missing[1..], ["source: one of `source` and `files` is needed"]);
    let misspelt = told(r#"{"lang":"c17","code":"","cpu":[{"a":1}]}"#).join("\n");
    for field in
        ["lang: there is no such", "code: there is no", "cpu: there is", "language: needed", "source: one"]
    {
        assert!(misspelt.contains(field), "{field}: {misspelt}");
    }
    let types = r#"{"language":7,"source":["x"],"limits":{"cpu_ms":"1","wall_ms":[1],"memory_bytes":true,"stack_bytes":1e99},
        "compile_limits":3,"stdin":{"a":{}},"tests":[{"stdin":"1"},{"stdin":2},null],"user":1.5,"isolation":"none",
        "checker":true,"wait":"yes","files_base64":null}"#;
    assert_eq!(
        told(types)[..13],
        [
            "language: a number; expected a text",
            "source: an array; expected a text",
            "limits.cpu_ms: a text; expected a number",
            "limits.wall_ms: an array; expected a number",
            "limits.memory_bytes: true or false; expected a number",
            "compile_limits: a number; expected an object",
            "stdin: an object; expected a text",
            "tests[1].stdin: a number; expected a text",
            "tests[2]: null; expected an object",
            "user: a number; expected a text",
            "isolation: `none`; expected one of `pooled`, `per-user`, `fresh`",
            "checker: true or false; expected one of `lines`, `tokens`, `exact`, `icpc`, or an object `icpc` of its flags",
            "wait: a text; expected true or false",
        ]
    );
    assert!(
        told(types)[13].starts_with("limits.stack_bytes: ") && told(types).len() == 14,
        "{:?}",
        told(types)
    );
    let doubled = r#"{"language":"c17","language":"c11","wait":true,"wait":false,"limits":{"cpu_ms":1,"cpu_ms":[]},
        "files":{"main.c":"","main.c":"","b.c":null},"tests":[{"stdin":"","stdin":""}]}"#;
    assert_eq!(
        told(doubled),
        [
            "language: this field comes twice",
            "wait: this field comes twice",
            "limits.cpu_ms: this field comes twice",
            "files.main.c: this name comes twice",
            "files.b.c: null; expected a text",
            "tests[0].stdin: this field comes twice",
        ]
    );
}

#[test]
fn a_checker_is_a_name_or_the_flags_of_the_default_validator() {
    let checker = |json: &str| {
        let body = format!(r#"{{"language":"c17","source":"int main","checker":{json}}}"#);
        accept(body.as_bytes()).map(|submission| submission.checker)
    };
    assert_eq!(checker("null").unwrap(), Checker::Lines);
    assert_eq!(checker(r#""exact""#).unwrap(), Checker::Exact);
    assert_eq!(checker(r#""icpc""#).unwrap(), Checker::Icpc(Flags::default()));
    assert_eq!(checker(r#"{"icpc":{}}"#).unwrap(), Checker::Icpc(Flags::default()));
    let flags = r#"{"icpc":{"case_sensitive":true,"float_tolerance":1e-6,"float_relative_tolerance":0}}"#;
    assert_eq!(
        checker(flags).unwrap(),
        Checker::Icpc(Flags {
            case_sensitive: true,
            space_change_sensitive: false,
            float_absolute_tolerance: Some(1e-6),
            float_relative_tolerance: Some(0.0),
        })
    );
    let told = |json: &str| told(&format!(r#"{{"language":"c17","source":"int main","checker":{json}}}"#));
    let names = "one of `lines`, `tokens`, `exact`, `icpc`, or an object `icpc` of its flags";
    assert_eq!(told("{}"), [format!("checker: an object without a rule; expected {names}")]);
    assert_eq!(told(r#""words""#), [format!("checker: `words`; expected {names}")]);
    assert_eq!(told(r#"{"tokens":{}}"#), ["checker.tokens: there is no such field; there is `icpc`"]);
    assert_eq!(
        told(
            r#"{"icpc":{"float_tolerance":-1,"float_absolute_tolerance":"1","epsilon":1,"case_sensitive":null}}"#
        ),
        [
            "checker.icpc.float_absolute_tolerance: a text; expected a number",
            "checker.icpc.epsilon: there is no such field; there are `case_sensitive`, `space_change_sensitive`, `float_tolerance`, `float_absolute_tolerance`, `float_relative_tolerance`",
            "checker.icpc.float_tolerance: a tolerance is 0 or more",
        ]
    );
}

#[test]
fn a_test_has_its_own_arguments_or_those_of_the_submission() {
    let of = |rest: &str| {
        let body = format!(r#"{{"language":"c17","source":"x",{rest}}}"#);
        accept(body.as_bytes()).map(|submission| submission.tests)
    };
    let tests =
        of(r#""arguments":["-v"],"tests":[{},{"arguments":["a b",""],"hidden":true},{"arguments":[]}]"#);
    let tests: Vec<_> =
        tests.unwrap().into_iter().map(|test| (test.arguments.to_vec(), test.hidden)).collect();
    let words = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
    assert_eq!(tests, [(words(&["-v"]), false), (words(&["a b", ""]), true), (Vec::new(), false)]);
    assert_eq!(of(r#""arguments":["-v"]"#).unwrap()[0].arguments.to_vec(), ["-v"]);
    assert!(of(r#""stdin":"""#).unwrap()[0].arguments.is_empty());
}

#[test]
fn arguments_are_refused_where_no_program_would_see_them() {
    let of = |language: &str, rest: &str| {
        let body = format!(r#"{{"language":"{language}","source":"select 1;",{rest}}}"#);
        accept(body.as_bytes()).map(|_| ())
    };
    for given in [r#""arguments":["-v"]"#, r#""tests":[{},{"arguments":[""]}]"#] {
        let Err(Problem::Invalid(errors)) = of("sql", given) else { panic!("{given}") };
        let told: Vec<_> = errors.iter().map(|error| (error.field.as_str(), error.detail.as_str())).collect();
        assert_eq!(told, [("arguments", "a program in SQL (SQLite) sees no arguments")]);
        assert!(of("ruby", given).is_ok());
    }
    assert!(of("sql", r#""arguments":[],"tests":[{"arguments":[]}]"#).is_ok());
}

#[test]
fn arguments_are_bounded_in_number_and_size_and_for_all_tests_together() {
    let told = |rest: &str| {
        let body = format!(r#"{{"language":"c17","source":"x",{rest}}}"#);
        match accept(body.as_bytes()) {
            Err(Problem::Invalid(errors)) => {
                errors.iter().map(|error| format!("{}: {}", error.field, error.detail)).collect::<Vec<_>>()
            }
            other => panic!("{other:?}"),
        }
    };
    let many = serde_json::json!(vec!["x"; 65]);
    let told_of_many = ["arguments: 65 arguments; at most 64 are allowed"];
    assert_eq!(told(&format!(r#""arguments":{many}"#)), told_of_many);
    let long = serde_json::json!(["x".repeat(8193)]);
    let test = format!(r#""tests":[{{}},{{"arguments":{long}}}]"#);
    assert_eq!(
        told(&test),
        ["tests[1].arguments: 8193 bytes of arguments; at most 8192 are allowed for one run"]
    );
    // What is too long is in no test.
    let long = format!(
        r#""arguments":["{}"],"tests":{}"#,
        "x".repeat(1 << 20),
        serde_json::json!(vec![serde_json::json!({}); 1000])
    );
    assert_eq!(told(&long), ["arguments: 1048576 bytes of arguments; at most 8192 are allowed for one run"]);
    let usual = format!(
        r#""arguments":["{}"],"tests":{}"#,
        "x".repeat(8192),
        serde_json::json!(vec![serde_json::json!({}); 33])
    );
    assert_eq!(
        told(&usual),
        ["tests: 270336 bytes of arguments for all tests together; at most 262144 are allowed"]
    );
    assert_eq!(told(r#""arguments":["a\u0000b"]"#), ["arguments[0]: an argument has no NUL"]);
    assert_eq!(
        told(r#""arguments":[1,null],"tests":[{"arguments":"x","hidden":1}]"#),
        [
            "arguments[0]: a number; expected a text",
            "arguments[1]: null; expected a text",
            "tests[0].arguments: a text; expected an array of texts",
            "tests[0].hidden: a number; expected true or false",
        ]
    );
}

#[test]
fn a_reference_is_a_few_short_names_and_texts() {
    let of = |reference: serde_json::Value| {
        let body = serde_json::json!({"language": "c17", "source": "x", "reference": reference});
        accept(body.to_string().as_bytes()).map(|submission| submission.reference)
    };
    let taken = of(serde_json::json!({"course": "CS 101 \u{fc}", "attempt": ""})).unwrap();
    assert_eq!(taken.get("course").map(String::as_str), Some("CS 101 \u{fc}"));
    let many: serde_json::Map<_, _> = (0..9).map(|n| (n.to_string(), "x".into())).collect();
    for wrong in [
        serde_json::Value::Object(many),
        serde_json::json!({"": "x"}),
        serde_json::json!({"a b": "x"}),
        serde_json::json!({"a".repeat(65): "x"}),
        serde_json::json!({"a": "x".repeat(129)}),
        serde_json::json!({"a": "x\n"}),
        serde_json::json!({"a": 1}),
        serde_json::json!(["a"]),
        serde_json::json!("a"),
    ] {
        assert!(matches!(of(wrong.clone()), Err(Problem::Invalid(_))), "{wrong}");
    }
}

#[test]
fn a_test_has_limits_of_its_own_within_those_of_the_server() {
    let with = |limits: serde_json::Value| {
        let tests = serde_json::json!([{"stdin": "1"}, {"limits": limits}]);
        let body = serde_json::json!({"language": "python3", "source": "", "limits": {"cpu_ms": 500, "memory_bytes": 134_217_728}, "tests": tests});
        accept(body.to_string().as_bytes())
    };
    let submission = with(serde_json::json!({"cpu_ms": 2000})).unwrap();
    assert_eq!(submission.tests[0].limits, None);
    let own = submission.tests[1].limits.as_ref().unwrap();
    // What is not told is the submission's; what the language is allowed comes on top.
    assert_eq!((own.run.cpu.as_millis(), submission.limits.cpu.as_millis()), (4200, 1200));
    assert_eq!((own.run.wall.as_millis(), own.own_memory.get()), (2 * 7000 + 200, 134_217_728));
    for wrong in [
        serde_json::json!({"cpu_ms": 1e9}),
        serde_json::json!({"memory_bytes": 1}),
        serde_json::json!({"time_factor": 2}),
        serde_json::json!({"speed": 2}),
        serde_json::json!(7),
    ] {
        let Err(Problem::Invalid(errors)) = with(wrong.clone()) else { panic!("{wrong}") };
        assert!(errors[0].field.starts_with("tests[1].limits"), "{wrong}: {errors:?}");
    }
}

#[test]
fn files_of_runs_have_names_that_nobody_else_has() {
    let with = |input: &str, output: &str| {
        let body = serde_json::json!({"language": "c17", "files": {"a.c": "", "data.txt": "", "d/x.txt": ""},
            "input_file": input, "output_file": output});
        accept(body.to_string().as_bytes())
    };
    let submission = with("in.txt", "out.txt").unwrap();
    let Files { input, output } = submission.files_of_runs();
    assert_eq!((input, output), (Some("in.txt"), Some("out.txt")));
    let long = "x".repeat(65);
    for name in [
        "",
        ".",
        "..",
        "../in",
        "/etc/passwd",
        "a/b",
        "-o",
        ".hidden",
        "a b",
        "\0",
        &long,
        "data.txt",
        "d",
        "a.c",
        "main",
    ] {
        let Err(Problem::Invalid(errors)) = with(name, "out.txt") else { panic!("{name}") };
        assert_eq!(errors[0].field, "input_file", "{name}");
        let Err(Problem::Invalid(errors)) = with("in.txt", name) else { panic!("{name}") };
        assert_eq!(errors[0].field, "output_file", "{name}");
    }
    assert!(with("same", "same").is_err());
    let body = br#"{"language": "c17", "source": "", "problem": "p", "input_file": "in.txt"}"#;
    assert!(accept(body).is_err());
}

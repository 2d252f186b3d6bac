use proptest::prelude::*;

use super::*;
use crate::config::Config;

fn accept(body: &[u8]) -> Result<Submission, Problem> {
    let config = Config::default();
    let languages = Languages::load(std::path::Path::new("../images/languages.toml"), "latest").unwrap();
    let rules = Rules { limits: &config.limits, sandbox: &config.sandbox, languages: &languages };
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
        values in proptest::collection::vec(field(), 14)
    ) {
        let names = ["source", "source_base64", "files", "files_base64", "stdin", "stdin_base64", "tests", "limits",
            "compile_limits", "user", "isolation", "wait", "language", "else"];
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
    assert_eq!(followed.stack, followed.memory);
    let own = limits(r#"{"cpu_ms": 2500, "wall_ms": 3000.5, "stack_bytes": 8388608}"#);
    assert_eq!(own.wall, std::time::Duration::from_micros(3_000_500));
    assert_eq!(own.stack, gavel_protocol::Bytes::mib(8));
    assert_eq!(limits(r#"{"cpu_ms": 30000}"#).wall, std::time::Duration::from_secs(91));
}

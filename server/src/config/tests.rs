use std::io::Write;

use super::*;

fn load(file: &str, variables: &[(&str, &str)], flags: &[(&str, &str)]) -> Result<Config, String> {
    let mut stored = tempfile::NamedTempFile::new().unwrap();
    stored.write_all(file.as_bytes()).unwrap();
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let overrides = Overrides {
        file: Some(stored.path().to_owned()),
        environment: variables.iter().map(own).collect(),
        flags: flags.iter().map(own).collect(),
    };
    Config::load(&overrides)
        .map_err(|why| why.to_string().replace(&stored.path().display().to_string(), "FILE"))
}

/// What the page promises for `.env` reaches a container.
#[test]
fn the_variables_of_the_page_are_handed_on_by_the_compose_file() {
    let page = include_str!("../../../docs/operations.md");
    let compose =
        [include_str!("../../../compose.yaml"), include_str!("../../../compose.grpc.yaml")].concat();
    let names = page.split('`').map(|word| word.split(['=', ':']).next().unwrap_or_default());
    let names: Vec<&str> = names.filter(|name| name.starts_with("GAVEL_") && name.contains("__")).collect();
    assert!(names.len() > 10, "{names:?}");
    for name in names {
        assert!(compose.contains(&format!("{name}:")), "{name} is not in compose.yaml");
    }
}

#[test]
fn the_defaults_are_those_of_the_design() {
    let config = Config::default();
    let run = config.limits.run;
    assert_eq!((run.cpu, run.wall), (Duration::from_secs(1), Duration::from_secs(4)));
    assert_eq!((run.memory, run.stack), (Bytes::mib(256), Bytes::mib(256)));
    assert_eq!((run.file, run.output), (Bytes::mib(64), Bytes::mib(1)));
    assert_eq!((run.processes, run.open_files), (64, 256));
    let compile = config.limits.compile;
    assert_eq!((compile.cpu, compile.wall), (Duration::from_secs(10), Duration::from_secs(31)));
    assert_eq!((compile.memory, compile.output, compile.processes), (Bytes::mib(1024), Bytes::kib(64), 128));
    assert_eq!(config.limits.tests, 1000);
    assert_eq!((config.http.max_body, config.limits.source), (Bytes::mib(96), Bytes::mib(1)));
    assert_eq!((config.throttle.strikes, config.queue.attempts), (5, 3));
}

#[test]
fn flags_beat_the_environment_and_that_beats_the_file() {
    let file = "[queue]\ncapacity = 10\nper_user = 10\nattempts = 10";
    let variables = [("GAVEL_QUEUE__PER_USER", "20"), ("GAVEL_QUEUE__ATTEMPTS", "20")];
    let config = load(file, &variables, &[("queue.attempts", "30")]).unwrap();
    assert_eq!((config.queue.capacity, config.queue.per_user, config.queue.attempts), (10, 20, 30));
}

#[test]
fn the_images_of_an_instance_have_its_tag() {
    let tag = ("GAVEL_SANDBOX__IMAGE_TAG", "class-7");
    let config = load("[gojudge]\nimage = 'site/commands'", &[tag], &[]).unwrap();
    assert_eq!(config.sandbox.run_image, "gavel/run:class-7");
    assert_eq!(config.gojudge.image, "site/commands");
    assert_eq!(load("", &[tag], &[]).unwrap().gojudge.image, "gavel/gcc:class-7");
    assert_eq!(Config::default().sandbox.run_image, "gavel/run:latest");
}

/// The settings that `defaults.toml` names and leaves unset: the section, the key and an example.
fn unset_settings() -> Vec<(&'static str, &'static str, &'static str)> {
    let mut section = "";
    let mut unset = Vec::new();
    for line in include_str!("defaults.toml").lines() {
        if let Some((name, _)) = line.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            section = name;
        }
        let Some((key, example)) = line.strip_prefix("# ").and_then(|rest| rest.split_once(" = ")) else {
            continue;
        };
        unset.push((section, key, example));
    }
    unset
}

#[test]
fn a_setting_without_a_default_can_be_set_in_the_file_and_the_environment() {
    let unset = unset_settings();
    assert!(unset.len() > 20, "{unset:?}");
    for (section, key, example) in unset {
        let path = if section.is_empty() { key.to_owned() } else { format!("{section}.{key}") };
        let variable = format!("GAVEL_{}", path.replace('.', "__").to_uppercase());
        load("", &[(variable.as_str(), "")], &[]).unwrap();
        let loaded = load(&format!("{path} = {example}"), &[], &[]);
        // An example may leave the value to the reader, who is told what may stand there.
        let is_left_open = example.contains('…');
        let refusal = loaded.err().filter(|why| !is_left_open || why.contains("unknown setting"));
        assert_eq!(refusal, None, "{path}");
    }
}

#[test]
fn an_unknown_key_of_the_file_is_refused_by_name_with_the_nearest_one() {
    let refusal = load("[limits.run]\nmemroy = '1MiB'", &[], &[]).unwrap_err();
    assert_eq!(refusal, "unknown setting `limits.run.memroy` in FILE; did you mean `limits.run.memory`?");
}

#[test]
fn an_unknown_variable_is_refused_by_name_with_the_nearest_one() {
    let refusal = load("", &[("GAVEL_HTTP__LISTN", "x")], &[]).unwrap_err();
    assert_eq!(
        refusal,
        "unknown setting `GAVEL_HTTP__LISTN` in the environment; did you mean `GAVEL_HTTP__LISTEN`?"
    );
}

#[test]
fn a_value_of_the_wrong_form_is_refused_with_its_key() {
    for (name, value, key) in [
        ("GAVEL_LIMITS__RUN__CPU", "fast", "for key `limits.run.cpu`"),
        ("GAVEL_STORE__MAX_SIZE", "huge", "max_size"),
        ("GAVEL_QUEUE__CAPACITY", "-1", "`queue.capacity` is `-1`"),
        ("GAVEL_HTTP__LISTEN", "nowhere", "listen"),
        (
            "GAVEL_SANDBOX__ISOLATION",
            "none",
            "expected one of `pooled`, `per-user`, `fresh` for key `sandbox.isolation`",
        ),
        ("GAVEL_SANDBOX__RECYCLE", "every day", "for key `sandbox.recycle`"),
        ("GAVEL_LIMITS__RUN__CPU", "1h", "limits.run.cpu"),
        ("GAVEL_HTTP__TOKEN", "short", "http.token"),
    ] {
        let refusal = load("", &[(name, value)], &[]).unwrap_err();
        assert!(refusal.contains(key), "{name}={value}: {refusal}");
    }
}

#[test]
fn lists_are_separated_by_commas_in_the_environment() {
    let config = load("", &[("GAVEL_HTTP__ALLOWED_HOSTS", "judge.example, oj.example")], &[]).unwrap();
    assert_eq!(config.http.allowed_hosts, ["judge.example", "oj.example"]);
}

#[test]
fn a_token_that_looks_like_a_number_stays_as_it_is() {
    let config = load("", &[("GAVEL_HTTP__TOKEN", "00123456789012345678")], &[]).unwrap();
    assert_eq!(config.http.token.as_deref(), Some("00123456789012345678"));
}

#[test]
fn a_token_can_come_from_a_file_and_is_never_shown() {
    let mut secret = tempfile::NamedTempFile::new().unwrap();
    secret.write_all(b"0123456789abcdef-secret\n").unwrap();
    let path = secret.path().display().to_string();
    let config = load("", &[("GAVEL_HTTP__TOKEN_FILE", path.as_str())], &[]).unwrap();
    assert_eq!(config.http.token.as_deref(), Some("0123456789abcdef-secret"));
    let shown = toml::to_string(&config).unwrap();
    assert!(!shown.contains("0123456789abcdef"), "{shown}");
    assert!(shown.contains("token = \"(set)\""), "{shown}");
}

#[test]
fn what_is_shown_can_be_loaded_again() {
    let shown = toml::to_string(&Config::default()).unwrap();
    assert_eq!(load(&shown, &[], &[]).unwrap(), Config::default());
}

#[test]
fn an_empty_variable_is_as_good_as_none() {
    let config = load("", &[("GAVEL_HTTP__TOKEN", ""), ("GAVEL_SANDBOX__RUN_SLOTS", "")], &[]).unwrap();
    assert_eq!(config, Config::default());
}

#[test]
fn an_unknown_flag_is_refused_by_name_with_the_nearest_one() {
    let refusal = load("", &[], &[("http.listn", "x")]).unwrap_err();
    assert_eq!(refusal, "unknown setting `http.listn` in the flags; did you mean `http.listen`?");
}

#[test]
fn lists_and_settings_without_a_default_can_come_from_the_environment() {
    let variables = [("GAVEL_GOJUDGE__SRC_PREFIXES", "/data,/tests"), ("GAVEL_GOJUDGE__PARALLELISM", "3")];
    let gojudge = load("", &variables, &[]).unwrap().gojudge;
    assert_eq!(gojudge.src_prefixes, [PathBuf::from("/data"), PathBuf::from("/tests")]);
    assert_eq!(gojudge.parallelism, Some(3));
}

#[test]
fn what_is_no_network_stops_the_start() {
    for text in ["10.0.0.0/33", "10.0.0", "example.org", "10.0.0.0/-1", "fd00::/129"] {
        let refusal = load("", &[("GAVEL_GOJUDGE__OPEN_NETWORKS", text)], &[]).unwrap_err();
        let expected =
            format!("`{text}` is not a network such as \"10.0.0.0/8\" for key `gojudge.open_networks`");
        assert!(refusal.contains(&expected), "{refusal}");
    }
}

#[test]
fn names_of_go_judge_beat_the_file_and_ours_beat_them() {
    let file = "[gojudge]\nparallelism = 1\nqueue = 1\n[http]\nlisten = '127.0.0.1:1'";
    let variables = [
        ("ES_PARALLELISM", "2"),
        ("ES_HTTP_ADDR", ":2"),
        ("ES_FILE_TIMEOUT", "1m30s"),
        ("ES_SRC_PREFIX", "/a,/b"),
        ("ES_OUTPUT_LIMIT", "16m"),
        ("ES_MOUNT_CONF", "x"),
        ("ES_COPY_OUT_LIMIT", ""),
        ("GAVEL_HTTP__LISTEN", "127.0.0.1:3"),
    ];
    let config = load(file, &variables, &[("gojudge.output_limit", "1MiB")]).unwrap();
    assert_eq!((config.gojudge.parallelism, config.gojudge.queue), (Some(2), 1));
    assert_eq!(config.http.listen.port(), 3);
    assert_eq!(config.gojudge.file_timeout, Duration::from_secs(90));
    assert_eq!(config.gojudge.src_prefixes, [PathBuf::from("/a"), PathBuf::from("/b")]);
    assert_eq!(config.gojudge.output_limit, Bytes::mib(1));
    assert_eq!(config.gojudge.copy_out_limit, Config::default().gojudge.copy_out_limit);
}

#[test]
fn a_token_file_of_ours_beats_go_judges_token() {
    let mut secret = tempfile::NamedTempFile::new().unwrap();
    secret.write_all(b"0123456789abcdef-ours").unwrap();
    let path = secret.path().display().to_string();
    let variables = [("ES_AUTH_TOKEN", "0123456789abcdef-theirs"), ("GAVEL_HTTP__TOKEN_FILE", path.as_str())];
    assert_eq!(load("", &variables, &[]).unwrap().http.token.as_deref(), Some("0123456789abcdef-ours"));
    let config = load("", &variables[..1], &[]).unwrap();
    assert_eq!(config.http.token.as_deref(), Some("0123456789abcdef-theirs"));
}

#[test]
fn a_wrong_value_of_a_go_judge_name_stops_the_start_and_an_unknown_name_does_not() {
    let refusal = load("", &[("ES_OUTPUT_LIMIT", "much")], &[]).unwrap_err();
    assert_eq!(refusal, "ES_OUTPUT_LIMIT: `much` is not a size such as 256m");
    let variables = [("ES_JAVA_OPTS", "-Xmx1g"), ("ES_SILENT", "1"), ("ES_NO_FALLBACK", "t")];
    assert_eq!(load("", &variables, &[]).unwrap(), Config::default());
    let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let mut overrides = Overrides { environment: variables.map(own).into(), ..Overrides::default() };
    let warnings = overrides.warnings();
    assert!(warnings.len() == 2 && warnings[0].contains("ES_JAVA_OPTS"), "{warnings:?}");
    assert_eq!(overrides.log_filter(), Some("off"));
    overrides.environment.insert("GAVEL_LOG".into(), "debug".into());
    assert_eq!(overrides.log_filter(), Some("debug"));
}

#[test]
fn no_token_serves_two_purposes() {
    let token = "0123456789abcdef";
    for (one, other) in
        [("token", "admin_token"), ("token", "metrics_token"), ("admin_token", "metrics_token")]
    {
        let flags = [(format!("http.{one}"), token), (format!("http.{other}"), token)];
        let flags: Vec<_> = flags.iter().map(|(key, value)| (key.as_str(), *value)).collect();
        let refusal = load("", &[], &flags).unwrap_err();
        assert!(refusal.contains(&format!("`http.{one}` and `http.{other}` must differ")), "{refusal}");
    }
}

#[test]
fn named_tokens_come_from_a_file_a_variable_or_a_file_of_their_own() {
    let mut secret = tempfile::NamedTempFile::new().unwrap();
    secret.write_all(b"0123456789abcdef-file\n").unwrap();
    let file = format!(
        "[[http.tokens]]\nname = 'a'\nsecret_file = '{}'\nscopes = ['submit', 'read-all']\nquota = 7\npriority = 16\n\
         expires_at = '2027-01-01T00:00:00Z'\n",
        secret.path().display()
    );
    let tokens = load(&file, &[], &[]).unwrap().http.tokens;
    assert_eq!(tokens[0].secret.as_deref(), Some("0123456789abcdef-file"));
    assert_eq!(
        (tokens[0].scopes.as_slice(), tokens[0].quota),
        (&[Scope::Submit, Scope::ReadAll][..], Some(7))
    );
    assert!(tokens[0].expires_at.is_some());
    // One that has ended is of no use, and keeps no server from starting.
    let ended = file.replace("2027", "2020");
    assert_eq!(load(&ended, &[], &[]).unwrap().http.tokens.len(), 1);
    let json = r#"[{"name": "b", "secret": "0123456789abcdef", "scopes": ["read"]}]"#;
    let of_variable = load(&file, &[("GAVEL_HTTP__TOKENS", json)], &[]).unwrap().http.tokens;
    assert_eq!(of_variable.iter().map(|token| token.name.as_str()).collect::<Vec<_>>(), ["b"]);
    let mut stored = tempfile::NamedTempFile::new().unwrap();
    stored.write_all(json.as_bytes()).unwrap();
    let path = stored.path().display().to_string();
    let of_file = load("", &[("GAVEL_HTTP__TOKENS_FILE", path.as_str())], &[]).unwrap();
    assert_eq!(of_file.http.tokens, of_variable);
    assert!(!serde_json::to_string(&of_file).unwrap().contains("0123456789abcdef"), "secrets are not shown");
    let both = load(&file, &[("GAVEL_HTTP__TOKENS_FILE", path.as_str())], &[]).unwrap_err();
    assert!(both.contains("both set"), "{both}");
}

#[test]
fn a_named_token_that_makes_no_sense_stops_the_start() {
    let token = r#"{"name": "a", "secret": "0123456789abcdef", "scopes": ["read"]}"#;
    for (change, told) in [
        (r#""name": "A b""#, "`name`"),
        (r#""secret": "short""#, "at least 16 characters"),
        (r#""scopes": []"#, "`scopes`"),
        (r#""scopes": ["fly"]"#, "fly"),
        (r#""quota": 0"#, "`quota`"),
        (r#""priority": 17"#, "`priority`"),
        (r#""sekret": 1"#, "sekret"),
        (r#""previous_secret": "0123456789abcdef-2""#, "go together"),
        (r#""previous_secret": "0123456789abcdef", "previous_until": "2027-01-01T00:00:00Z""#, "must differ"),
    ] {
        let name = change.split(':').next().unwrap();
        let rest: Vec<_> =
            token.trim_matches(['{', '}']).split(", ").filter(|field| !field.starts_with(name)).collect();
        let json = format!("[{{{}, {change}}}]", rest.join(", "));
        let refusal = load("", &[("GAVEL_HTTP__TOKENS", json.as_str())], &[]).unwrap_err();
        assert!(refusal.contains(told), "{json}: {refusal}");
    }
    let twice = format!("[{token}, {}]", token.replace("cdef", "cdeX"));
    assert!(load("", &[("GAVEL_HTTP__TOKENS", twice.as_str())], &[]).unwrap_err().contains("two tokens `a`"));
    let same = [("GAVEL_HTTP__TOKEN", "0123456789abcdef"), ("GAVEL_HTTP__TOKENS", &format!("[{token}]"))];
    assert!(load("", &same, &[]).unwrap_err().contains("must differ"));
    let none = r#"[{"name": "a", "scopes": ["read"]}]"#;
    assert!(load("", &[("GAVEL_HTTP__TOKENS", none)], &[]).unwrap_err().contains("needs a `secret`"));
}

#[test]
fn settings_that_would_leave_nothing_to_work_with_stop_the_start() {
    for (key, value) in [("sandbox.max_age", "0s"), ("sandbox.box_size", "0B"), ("http.max_body", "1KiB")] {
        let refusal = load("", &[], &[(key, value)]).unwrap_err();
        assert!(refusal.contains(&format!("`{key}` must be at least")), "{refusal}");
    }
}

#[test]
fn a_variable_of_the_wrong_form_is_told_with_what_may_stand_there() {
    for (variable, value, told) in [
        ("GAVEL_LIMITS__TESTS", "abc", "`limits.tests` is `abc`; it must be a whole number, from 0"),
        ("GAVEL_LIMITS__TESTS", "-1", "`limits.tests` is `-1`; it must be a whole number, from 0"),
        ("GAVEL_GOJUDGE__SLOTS", "1e3", "`gojudge.slots` is `1e3`; it must be a whole number, from 0"),
        (
            "GAVEL_LIMITS__RUN__PROCESSES",
            "99999999999",
            "`limits.run.processes` is `99999999999`; it must be a whole number, from 0 to 4294967295",
        ),
        (
            "GAVEL_HTTP__ALLOW_UNAUTHENTICATED",
            "maybe",
            "`http.allow_unauthenticated` is `maybe`; it must be true or false",
        ),
        (
            "GAVEL_HTTP__ACCESS_LOG",
            "some",
            "unknown variant `some`, expected one of `off`, `refusals`, `all` for key `http.access_log`",
        ),
    ] {
        assert_eq!(load("", &[(variable, value)], &[]).unwrap_err(), told);
    }
    let in_file = load("[limits]\ntests = [1]", &[], &[]).unwrap_err();
    assert_eq!(in_file, "`limits.tests` is sequence; it must be a whole number, from 0");
}

#[test]
fn a_cluster_that_makes_no_sense_is_refused() {
    let long = "n".repeat(41);
    let key = ("cluster.nkey", "SUAIBDPBAUTWCWBKIO6XHQNINK5FWJW4OHLXC3HQ2KFE4PEJUA44CNHTC4");
    let refused = [
        (vec![("cluster.url", "http://broker:4222")], "nats:// or tls://"),
        (vec![("cluster.url", "nats://a:4222,broker")], "nats:// or tls://"),
        (vec![("cluster.url", "nats://server:hunter2@broker:4222")], "`cluster.token`"),
        (vec![("cluster.name", "Lab 2")], "`cluster.name`"),
        (vec![("cluster.name", "lab.2")], "`cluster.name`"),
        (vec![("cluster.name", &long)], "`cluster.name`"),
        (vec![("cluster.token", "secret"), key], "drop one"),
        (vec![("cluster.credits", "0")], "`cluster.credits`"),
        (vec![("cluster.credits", "4097")], "`cluster.credits`"),
        (vec![("cluster.speed", "0.001")], "`cluster.speed`"),
        (vec![("cluster.speed", "101")], "`cluster.speed`"),
        (vec![("cluster.weight", "0")], "`cluster.weight`"),
        (vec![("cluster.weight", "4097")], "`cluster.weight`"),
        (vec![("cluster.dispatch", "random")], "cluster.dispatch"),
        (vec![("cluster.time_scale", "on")], "cluster.time_scale"),
        (vec![("cluster.replicas", "0")], "`cluster.replicas`"),
        (vec![("cluster.replicas", "6")], "`cluster.replicas`"),
        (vec![("cluster.submissions", "0")], "`cluster.submissions`"),
        (vec![("cluster.submissions", "65537")], "`cluster.submissions`"),
    ];
    for (flags, told) in refused {
        let why = load("", &[], &flags).unwrap_err();
        assert!(why.contains(told) && !why.contains("hunter2"), "{flags:?}: {why}");
    }
    let flags = [("cluster.url", "nats://a:4222, tls://b:4222"), ("cluster.name", "lab-2"), key];
    let config = load("", &[], &flags).unwrap();
    assert_eq!(config.cluster.name.as_deref(), Some("lab-2"));
    assert!(config.cluster.judge_here && config.cluster.credits.is_none());
}

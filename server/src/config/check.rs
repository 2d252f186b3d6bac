//! What the settings must fulfil together.

use std::time::Duration;

use gavel_protocol::Bytes;

use super::machines::{MOST_CREDITS, SPEEDS, is_name, is_weight};
use super::{ClusterConfig, Config, HttpConfig, TokenConfig};
use crate::cpus;
use crate::submission::RunLimits;
use crate::token_rules::{NewToken, PRIORITY};

/// A browser is signed in for no longer.
const LONGEST_SESSION: Duration = Duration::from_secs(30 * 24 * 3600);
/// Most submissions that a server has judged at one time.
const MOST_SUBMISSIONS: u32 = 65_536;

/// `Err` is a sentence that names the setting.
pub(super) fn check(config: &Config) -> Result<(), String> {
    let Config { limits, sandbox, queue, throttle, http, gojudge, .. } = config;
    within("limits.run", &limits.run, &limits.run_max)?;
    within("limits.compile", &limits.compile, &limits.compile_max)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if sandbox.instance.is_empty() || !sandbox.instance.chars().all(plain) {
        return Err("`sandbox.instance` must consist of letters, digits and `-`".into());
    }
    for (key, value) in [
        ("queue.capacity", queue.capacity),
        ("queue.per_user", queue.per_user),
        ("limits.tests", limits.tests),
        ("queue.attempts", queue.attempts as usize),
        ("sandbox.max_runs", sandbox.max_runs as usize),
        ("gojudge.websockets", gojudge.websockets),
        ("gojudge.grpc.streams", gojudge.grpc.streams),
    ] {
        if value == 0 {
            return Err(format!("`{key}` must be at least 1"));
        }
    }
    // Below it containers are replaced as fast as they can be made.
    if sandbox.max_age < Duration::from_secs(10) {
        return Err("`sandbox.max_age` must be at least 10s".into());
    }
    for (key, size) in [("sandbox.box_size", sandbox.box_size), ("http.max_body", http.max_body)] {
        if size < Bytes::kib(64) {
            return Err(format!("`{key}` must be at least 64KiB"));
        }
    }
    if throttle.cool_down > throttle.cool_down_max || throttle.cool_down < Duration::from_secs(1) {
        return Err("`throttle.cool_down` must be from 1s to `throttle.cool_down_max`".into());
    }
    if http.session.is_zero() || http.session > LONGEST_SESSION {
        return Err("`http.session` must be more than 0 and at most 30 days".into());
    }
    if gojudge.grpc.enabled && !gojudge.enabled {
        return Err("`gojudge.grpc.enabled` needs `gojudge.enabled`".into());
    }
    if let Some(set) = gojudge.cpu_sets.iter().find(|set| cpus::parse(set).is_none()) {
        return Err(format!("`gojudge.cpu_sets`: `{set}` is not a set of CPUs such as \"0\" or \"2-3\""));
    }
    check_tokens(http)?;
    check_cluster(&config.cluster)
}

/// What the broker is asked with, and the name that is a part of subjects.
fn check_cluster(cluster: &ClusterConfig) -> Result<(), String> {
    let ClusterConfig { url, token, nkey, name, credits, speed, weight, replicas, submissions, .. } = cluster;
    // What is before it may be a secret, and the address is told in the log and by `gavel config`.
    if url.as_ref().is_some_and(|urls| urls.contains('@')) {
        return Err("`cluster.url` has a name or a password, which is not used; `cluster.token` and `cluster.nkey` are \
                    for that"
            .into());
    }
    let is_known = |url: &str| ["nats://", "tls://"].iter().any(|scheme| url.starts_with(scheme));
    if let Some(url) = url.as_ref().filter(|urls| !urls.split(',').all(|url| is_known(url.trim()))) {
        return Err(format!("`cluster.url` is `{url}`; it must begin with nats:// or tls://"));
    }
    if token.is_some() && nkey.is_some() {
        return Err("`cluster.token` and `cluster.nkey` are both set; drop one".into());
    }
    if let Some(name) = name.as_ref().filter(|name| !is_name(name)) {
        return Err(format!("`cluster.name` is `{name}`; it must consist of 1 to 40 of a-z, 0-9 and -"));
    }
    if credits.is_some_and(|credits| !(1..=MOST_CREDITS).contains(&credits)) {
        return Err(format!("`cluster.credits` must be from 1 to {MOST_CREDITS}"));
    }
    let [slowest, fastest] = SPEEDS;
    if speed.is_some_and(|speed| !(slowest..=fastest).contains(&speed)) {
        return Err(format!("`cluster.speed` must be from {slowest} to {fastest}"));
    }
    if weight.is_some_and(|weight| !is_weight(weight)) {
        return Err(format!("`cluster.weight` must be from 0.001 to {MOST_CREDITS}"));
    }
    if !(1..=5).contains(replicas) {
        return Err("`cluster.replicas` must be from 1 to 5".into());
    }
    if !(1..=MOST_SUBMISSIONS).contains(submissions) {
        return Err(format!("`cluster.submissions` must be from 1 to {MOST_SUBMISSIONS}"));
    }
    Ok(())
}

/// Long enough to be guessed by nobody, and each for one purpose.
fn check_tokens(http: &HttpConfig) -> Result<(), String> {
    let own = |key: &str, secret: &Option<String>| secret.clone().map(|secret| (format!("`{key}`"), secret));
    let mut secrets: Vec<(String, String)> = [
        own("http.token", &http.token),
        own("http.admin_token", &http.admin_token),
        own("http.metrics_token", &http.metrics_token),
    ]
    .into_iter()
    .flatten()
    .collect();
    for (at, token) in http.tokens.iter().enumerate() {
        check_token(token)?;
        if http.tokens[..at].iter().any(|other| other.name == token.name) {
            return Err(format!("`http.tokens`: there are two tokens `{}`", token.name));
        }
        let both = [("secret", &token.secret), ("previous_secret", &token.previous_secret)];
        let named = both.into_iter().filter_map(|(key, secret)| Some((key, secret.clone()?)));
        secrets.extend(named.map(|(key, secret)| (format!("`{key}` of the token `{}`", token.name), secret)));
    }
    for (at, (key, secret)) in secrets.iter().enumerate() {
        if secret.trim().len() < 16 {
            return Err(format!(
                "{key} must have at least 16 characters; `openssl rand -hex 32` makes a good one"
            ));
        }
        if let Some((other, _)) = secrets[..at].iter().find(|(_, other)| other == secret) {
            return Err(format!(
                "{other} and {key} must differ, or who has the one may do what the other is for"
            ));
        }
    }
    Ok(())
}

fn check_token(token: &TokenConfig) -> Result<(), String> {
    let TokenConfig { name, secret, previous_secret, previous_until, scopes, quota, priority, .. } = token;
    let new = NewToken {
        name: name.clone(),
        scopes: scopes.iter().copied().collect(),
        quota: *quota,
        priority: priority.unwrap_or(PRIORITY),
        // One that has ended may stand there, and does not keep the server from starting.
        expires_at: None,
    };
    let of = |what: String| format!("`http.tokens`: token `{}`: {what}", name.escape_default());
    if let Some((field, why)) = new.wrong().into_iter().next() {
        return Err(of(format!("`{field}`: {why}")));
    }
    if secret.is_none() {
        return Err(of("needs a `secret`, or a `secret_file`".into()));
    }
    if previous_secret.is_some() != previous_until.is_some() {
        return Err(of("`previous_secret` and `previous_until` go together".into()));
    }
    Ok(())
}

/// A default above its maximum would be refused if a client asked for it.
fn within(section: &str, default: &RunLimits, max: &RunLimits) -> Result<(), String> {
    let pairs = [
        ("cpu", default.cpu <= max.cpu),
        ("wall", default.wall <= max.wall),
        ("memory", default.memory <= max.memory),
        ("stack", default.stack <= max.stack),
        ("file", default.file <= max.file),
        ("output", default.output <= max.output),
        ("processes", default.processes <= max.processes),
        ("open_files", default.open_files <= max.open_files),
    ];
    match pairs.iter().find(|(_, fits)| !fits) {
        Some((key, _)) => Err(format!("`{section}.{key}` is above `{section}_max.{key}`")),
        None => Ok(()),
    }
}

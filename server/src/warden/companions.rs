//! The service's own two containers, as the doctor wants to know them: how they do, and what they said last.

use std::collections::HashMap;

use bollard::container::LogOutput;
use bollard::exec::StartExecResults;
use bollard::models::{ContainerInspectResponse, ExecConfig};
use bollard::query_parameters::{ListContainersOptionsBuilder, LogsOptionsBuilder};
use chrono::{DateTime, Utc};
use futures_util::{Stream, StreamExt};

use super::WardenError;
use super::engine::{Engine, LOOK, within};

/// So many of the last lines of a log are looked through.
const LINES: &str = "200";
/// Of what a command prints.
const MOST: usize = 16 * 1024;

const PROJECT: &str = "com.docker.compose.project";
const SERVICE: &str = "com.docker.compose.service";

/// A container of the service.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Companion {
    /// `server` or `warden`.
    pub service: String,
    /// `running`, `restarting`, `exited`.
    pub state: String,
    /// Times that Docker has started it again.
    pub restarts: i64,
    /// When it was started last.
    pub started_at: Option<DateTime<Utc>>,
    /// The kernel killed it for want of memory.
    pub oom_killed: bool,
    /// The last error that it has logged.
    pub last_error: Option<String>,
    /// Of the server: why it is not ready, or what keeps it from being asked. Nothing = it is.
    pub not_ready: Option<String>,
}

/// Those of the compose project that our own container belongs to; none where we are in no container of one.
///
/// # Errors
/// When the engine cannot be reached, or refuses.
pub async fn companions() -> Result<Vec<Companion>, WardenError> {
    let engine = Engine::connect().await?;
    let own = engine.own_container().await?;
    let labels = own.and_then(|own| own.config).and_then(|config| config.labels).unwrap_or_default();
    let Some(project) = labels.get(PROJECT) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for service in ["warden", "server"] {
        if let Some(id) = find(&engine, project, service).await? {
            found.push(look(&engine, service, &id).await?);
        }
    }
    Ok(found)
}

/// The container of a service; one that `compose run` made is none.
async fn find(engine: &Engine, project: &str, service: &str) -> Result<Option<String>, WardenError> {
    let labels = [format!("{PROJECT}={project}"), format!("{SERVICE}={service}"), ONE_OFF.to_owned()];
    let filters = HashMap::from([("label", labels.to_vec())]);
    let options = ListContainersOptionsBuilder::default().all(true).filters(&filters).build();
    let all = within("list containers", LOOK, engine.docker.list_containers(Some(options))).await?;
    Ok(all.into_iter().next().and_then(|container| container.id))
}

const ONE_OFF: &str = "com.docker.compose.oneoff=False";

async fn look(engine: &Engine, service: &str, id: &str) -> Result<Companion, WardenError> {
    let inspected = within("inspect a container", LOOK, engine.docker.inspect_container(id, None)).await?;
    let mut companion = described(service, inspected);
    companion.last_error = last_error(&logs(engine, id).await?);
    if service == "server" && companion.state == "running" {
        companion.not_ready = ask(engine, id).await?;
    }
    Ok(companion)
}

fn described(service: &str, inspected: ContainerInspectResponse) -> Companion {
    let state = inspected.state.unwrap_or_default();
    Companion {
        service: service.to_owned(),
        state: state.status.map(|status| status.to_string()).unwrap_or_default(),
        restarts: inspected.restart_count.unwrap_or(0),
        started_at: state.started_at.and_then(|time| time.parse().ok()),
        oom_killed: state.oom_killed == Some(true),
        last_error: None,
        not_ready: None,
    }
}

async fn logs(engine: &Engine, id: &str) -> Result<String, WardenError> {
    let options = LogsOptionsBuilder::new().stdout(true).stderr(true).tail(LINES).build();
    let reading = async { Ok(text_of(engine.docker.logs(id, Some(options))).await) };
    within("show a container's log", LOOK, reading).await
}

/// The server answers its own health check where nobody else reaches it. Nothing = it is ready.
async fn ask(engine: &Engine, id: &str) -> Result<Option<String>, WardenError> {
    let config = ExecConfig {
        cmd: Some(["gavel", "healthcheck"].map(str::to_owned).to_vec()),
        attach_stderr: Some(true),
        ..ExecConfig::default()
    };
    let exec = within("prepare an exec", LOOK, engine.docker.create_exec(id, config)).await?;
    let asking = async {
        match engine.docker.start_exec(&exec.id, None).await? {
            StartExecResults::Attached { output, .. } => Ok(text_of(output).await),
            StartExecResults::Detached => Ok(String::new()),
        }
    };
    let told = within("ask the server", LOOK, asking).await?;
    let done = within("inspect an exec", LOOK, engine.docker.inspect_exec(&exec.id)).await?;
    let text = told.trim().trim_start_matches("gavel: ").to_owned();
    Ok((done.exit_code != Some(0)).then_some(text))
}

async fn text_of(output: impl Stream<Item = Result<LogOutput, bollard::errors::Error>>) -> String {
    let mut output = std::pin::pin!(output);
    let mut text = Vec::new();
    while let Some(Ok(part)) = output.next().await {
        text.extend(part.into_bytes());
        // The last words are at the end.
        let surplus = text.len().saturating_sub(MOST);
        text.drain(..surplus);
    }
    String::from_utf8_lossy(&text).into_owned()
}

/// What a process ended with, else the last error that it went on after.
fn last_error(log: &str) -> Option<String> {
    let ended = log.lines().rev().find_map(|line| line.strip_prefix("gavel: "));
    ended.map(str::to_owned).or_else(|| log.lines().rev().find_map(logged_error))
}

fn logged_error(line: &str) -> Option<String> {
    let line: serde_json::Value = serde_json::from_str(line).ok()?;
    let text = |name: &str| line[name].as_str();
    let message = text("message").filter(|_| text("level") == Some("ERROR"))?;
    Some(text("error").map_or_else(|| message.to_owned(), |error| format!("{message}: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_error_is_what_a_process_ended_with_else_what_it_logged() {
        let logged = "{\"level\":\"ERROR\",\"message\":\"The store is not writable\",\"error\":\"disk full\"}\n\
                      {\"level\":\"INFO\",\"message\":\"Serving\"}\n";
        assert_eq!(last_error(logged).as_deref(), Some("The store is not writable: disk full"));
        let ended = format!("gavel: an older one\n{logged}gavel: failed to listen on 0.0.0.0:5050\n");
        assert_eq!(last_error(&ended).as_deref(), Some("failed to listen on 0.0.0.0:5050"));
        assert_eq!(last_error("nothing of ours\n{\"level\":\"INFO\"}\n"), None);
    }
}

//! Finds and removes containers of this instance, and no others.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use bollard::models::{ContainerSummary, ContainerSummaryStateEnum};
use bollard::query_parameters::{ListContainersOptionsBuilder, RemoveContainerOptionsBuilder};

use super::WardenError;
use super::container::preparing::ROLE as PREPARING;
use super::container::{INSTANCE, PROFILE, ROLE, SLOT};
use super::engine::{CHANGE, Engine, LOOK, within};
use crate::slots::{ContainerState, Kind};

/// How often, and how far apart, containers are removed that resist.
const ATTEMPTS: u32 = 50;
const PAUSE: Duration = Duration::from_millis(100);
/// After this time no other round of removals is begun.
const DRAIN: Duration = Duration::from_secs(45);

/// The start of the names of an instance's containers.
pub(super) fn prefix(instance: &str) -> String {
    format!("gavel-{instance}-")
}

/// Lists this instance's sandboxes: the label, the name and the role must all be ours.
pub(super) async fn list(engine: &Engine, instance: &str) -> Result<Vec<ContainerState>, WardenError> {
    Ok(all(engine, instance).await?.iter().filter_map(sandbox).collect())
}

/// All containers of this instance, also those that only prepare something.
async fn all(engine: &Engine, instance: &str) -> Result<Vec<ContainerSummary>, WardenError> {
    let filters = HashMap::from([("label", vec![format!("{INSTANCE}={instance}")])]);
    let options = ListContainersOptionsBuilder::default().all(true).filters(&filters).build();
    let mut all = within("list containers", LOOK, engine.docker.list_containers(Some(options))).await?;
    all.retain(|container| ours(container, instance));
    Ok(all)
}

/// Removes all of this instance's containers and waits until they are gone, for some seconds; tells how many there were. One that
/// resists, or that the engine cannot remove, keeps its slot and nothing else: it is told there, as long as it lasts.
///
/// # Errors
/// When the engine does not say which there are.
pub(super) async fn drain(engine: &Engine, instance: &str) -> Result<usize, WardenError> {
    let found = all(engine, instance).await?;
    let count = found.len();
    let (mut left, mut attempt, deadline) = (found, 1, Instant::now() + DRAIN);
    while !left.is_empty() {
        let removals =
            left.iter().filter_map(|container| container.id.as_deref()).map(|id| ask_to_remove(engine, id));
        let results = futures_util::future::join_all(removals).await;
        left = all(engine, instance).await?;
        if attempt == ATTEMPTS || Instant::now() >= deadline {
            if !left.is_empty() {
                let failed = results.into_iter().find_map(Result::err);
                let why = failed.map_or_else(|| "it is under way".to_owned(), |error| error.to_string());
                tracing::warn!(left = left.len(), why, "containers of this instance are still to be removed");
            }
            break;
        }
        attempt += 1;
        if !left.is_empty() {
            // Somebody else is at one, or it is still dying.
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(count)
}

/// Removes a container, running or not; one that is gone already is no error. What it held is free when this returns.
pub(super) async fn remove(engine: &Engine, container: &str) -> Result<(), WardenError> {
    let removal = ask_to_remove(engine, container).await?;
    removal.end(engine, container).await
}

/// What the engine says of a removal.
#[derive(Debug, Clone, Copy)]
pub(super) enum Removal {
    /// The container is gone.
    Done,
    /// Somebody else is at it, or we were and could not wait.
    UnderWay,
}

impl Removal {
    /// Waits until the container is gone, which costs the engine next to nothing.
    pub(super) async fn end(self, engine: &Engine, container: &str) -> Result<(), WardenError> {
        match self {
            Self::Done => Ok(()),
            Self::UnderWay => until_gone(engine, container).await,
        }
    }
}

/// As [`remove`], without waiting for another who is at it.
pub(super) async fn ask_to_remove(engine: &Engine, container: &str) -> Result<Removal, WardenError> {
    let options = RemoveContainerOptionsBuilder::default().force(true).v(true).build();
    match within("remove a container", CHANGE, engine.docker.remove_container(container, Some(options))).await
    {
        Err(error) if error.status() == Some(404) => Ok(Removal::Done),
        Err(error) if error.status() == Some(409) => Ok(Removal::UnderWay),
        result => result.map(|()| Removal::Done),
    }
}

async fn until_gone(engine: &Engine, container: &str) -> Result<(), WardenError> {
    let gone = async {
        loop {
            match engine.docker.inspect_container(container, None).await {
                Ok(_) => tokio::time::sleep(PAUSE).await,
                Err(error) => return Err::<(), _>(error),
            }
        }
    };
    match within("remove a container", CHANGE, gone).await {
        Err(error) if error.status() == Some(404) => Ok(()),
        result => result,
    }
}

/// Removes the container of this name, which a warden that was killed may have left; nobody else's.
///
/// # Errors
/// When it is not this instance's, or cannot be removed.
pub(super) async fn remove_left(engine: &Engine, name: &str, instance: &str) -> Result<(), WardenError> {
    let found = match within("inspect a container", LOOK, engine.docker.inspect_container(name, None)).await {
        Err(error) if error.status() == Some(404) => return Ok(()),
        found => found?,
    };
    let labels = found.config.and_then(|config| config.labels);
    if is_ours(labels.as_ref(), instance) {
        remove(engine, name).await
    } else {
        Err(WardenError::Foreign(name.to_owned()))
    }
}

/// It says that it is of this instance, and for what.
pub(super) fn is_ours(labels: Option<&HashMap<String, String>>, instance: &str) -> bool {
    let label = |name: &str| labels?.get(name).map(String::as_str);
    let has_role = |role: &str| role == PREPARING || Kind::ALL.iter().any(|kind| kind.as_str() == role);
    label(INSTANCE) == Some(instance) && label(ROLE).is_some_and(has_role)
}

/// False for a container that only carries our label.
fn ours(container: &ContainerSummary, instance: &str) -> bool {
    let prefix = prefix(instance);
    // Docker shows names with a slash before them.
    let is_named =
        container.names.iter().flatten().any(|name| name.trim_start_matches('/').starts_with(&prefix));
    is_named && is_ours(container.labels.as_ref(), instance)
}

/// What a sandbox of ours is; none for a container that only prepares something.
fn sandbox(container: &ContainerSummary) -> Option<ContainerState> {
    let label = |name: &str| container.labels.as_ref()?.get(name).map(String::as_str);
    Some(ContainerState {
        id: container.id.clone()?,
        slot: label(SLOT)?.parse().ok()?,
        profile: label(PROFILE)?.to_owned(),
        running: container.state == Some(ContainerSummaryStateEnum::RUNNING),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn container(name: &str, labels: &[(&str, &str)]) -> ContainerSummary {
        ContainerSummary {
            id: Some("12ab".into()),
            names: Some(vec![format!("/{name}")]),
            labels: Some(labels.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect()),
            state: Some(ContainerSummaryStateEnum::RUNNING),
            ..ContainerSummary::default()
        }
    }

    const LABELS: [(&str, &str); 4] = [(INSTANCE, "main"), (ROLE, "run"), (SLOT, "3"), (PROFILE, "run")];

    #[test]
    fn a_container_of_ours_is_known_by_label_name_and_role_together() {
        let is_ours = |name: &str, labels: &[(&str, &str)]| ours(&container(name, labels), "main");
        for role in ["run", "command", "toolchain", PREPARING] {
            assert!(is_ours("gavel-main-3", &[LABELS[0], (ROLE, role), LABELS[2], LABELS[3]]), "{role}");
        }
        assert!(!is_ours("gavel-main-3", &[LABELS[0], (ROLE, "database"), LABELS[2], LABELS[3]]));
        assert!(!is_ours("postgres", &LABELS));
        assert!(!is_ours("gavel-main-run-3", &LABELS[..1]));
        assert!(!is_ours("gavel-main-run-3", &LABELS[1..]));
    }

    #[test]
    fn a_sandbox_has_a_slot_and_what_only_prepares_something_has_none() {
        let state = sandbox(&container("gavel-main-run-3", &LABELS)).unwrap();
        assert_eq!((state.slot, state.running), (3, true));
        assert_eq!(sandbox(&container("gavel-main-probe", &[LABELS[0], (ROLE, PREPARING)])), None);
    }

    #[test]
    fn another_instance_with_a_longer_name_is_not_ours() {
        let theirs = [(INSTANCE, "main-2"), (ROLE, "run"), (SLOT, "3"), (PROFILE, "run")];
        assert!(!ours(&container("gavel-main-2-run-3", &theirs), "main"));
    }
}

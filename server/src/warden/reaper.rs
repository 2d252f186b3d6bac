//! Finds and removes containers of this instance, and no others.

use std::collections::HashMap;
use std::time::Duration;

use bollard::models::{ContainerSummary, ContainerSummaryStateEnum};
use bollard::query_parameters::{ListContainersOptionsBuilder, RemoveContainerOptionsBuilder};

use super::WardenError;
use super::container::{INSTANCE, PROFILE, ROLE, SLOT};
use super::engine::{CHANGE, Engine, LOOK, within};
use crate::slots::{ContainerState, Kind};

/// How often, and how far apart, containers are removed that resist.
const ATTEMPTS: u32 = 50;
const PAUSE: Duration = Duration::from_millis(100);

/// The start of the names of an instance's containers.
pub(super) fn prefix(instance: &str) -> String {
    format!("gavel-{instance}-")
}

/// Lists this instance's containers: the label, the name and the role must all be ours.
pub(super) async fn list(engine: &Engine, instance: &str) -> Result<Vec<ContainerState>, WardenError> {
    let filters = HashMap::from([("label", vec![format!("{INSTANCE}={instance}")])]);
    let options = ListContainersOptionsBuilder::default().all(true).filters(&filters).build();
    let all = within("list containers", LOOK, engine.docker.list_containers(Some(options))).await?;
    Ok(all.iter().filter_map(|container| ours(container, instance)).collect())
}

/// Removes all of this instance's containers and waits until they are gone; tells how many there were. One that resists
/// does not keep the others.
pub(super) async fn drain(engine: &Engine, instance: &str) -> Result<usize, WardenError> {
    let found = list(engine, instance).await?;
    let count = found.len();
    let (mut left, mut attempt) = (found, 1);
    while !left.is_empty() {
        let removals = left.iter().map(|container| remove(engine, &container.id));
        let results = futures_util::future::join_all(removals).await;
        left = list(engine, instance).await?;
        if attempt == ATTEMPTS {
            results.into_iter().collect::<Result<Vec<()>, _>>()?;
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

/// Removes a container, running or not; one that is gone already is no error.
pub(super) async fn remove(engine: &Engine, container: &str) -> Result<(), WardenError> {
    let options = RemoveContainerOptionsBuilder::default().force(true).v(true).build();
    match within("remove a container", CHANGE, engine.docker.remove_container(container, Some(options))).await
    {
        // 409: somebody else is at it.
        Err(error) if matches!(error.status(), Some(404 | 409)) => Ok(()),
        result => result,
    }
}

/// What a container of ours is; `None` for a container that only carries our label.
fn ours(container: &ContainerSummary, instance: &str) -> Option<ContainerState> {
    let labels = container.labels.as_ref()?;
    let label = |name: &str| labels.get(name).map(String::as_str);
    let prefix = prefix(instance);
    // Docker shows names with a slash before them.
    let named =
        container.names.iter().flatten().any(|name| name.trim_start_matches('/').starts_with(&prefix));
    let known = label(ROLE).is_some_and(|role| Kind::ALL.iter().any(|kind| kind.as_str() == role));
    let ours = named && label(INSTANCE) == Some(instance) && known;
    if !ours {
        return None;
    }
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
        let state = ours(&container("gavel-main-run-3", &LABELS), "main").unwrap();
        assert_eq!((state.slot, state.running), (3, true));
        for role in ["command", "toolchain"] {
            let labels = [LABELS[0], (ROLE, role), LABELS[2], LABELS[3]];
            assert!(ours(&container("gavel-main-3", &labels), "main").is_some(), "{role}");
        }
        let foreign = [LABELS[0], (ROLE, "database"), LABELS[2], LABELS[3]];
        assert_eq!(ours(&container("gavel-main-3", &foreign), "main"), None);
        assert_eq!(ours(&container("postgres", &LABELS), "main"), None);
        assert_eq!(ours(&container("gavel-main-run-3", &LABELS[..1]), "main"), None);
        assert_eq!(ours(&container("gavel-main-run-3", &LABELS[1..]), "main"), None);
    }

    #[test]
    fn another_instance_with_a_longer_name_is_not_ours() {
        let theirs = [(INSTANCE, "main-2"), (ROLE, "run"), (SLOT, "3"), (PROFILE, "run")];
        assert_eq!(ours(&container("gavel-main-2-run-3", &theirs), "main"), None);
    }
}

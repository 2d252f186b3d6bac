//! Other instances on the engine, as their containers' labels tell of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::RangeInclusive;

use bollard::models::ContainerSummary;
use bollard::query_parameters::ListContainersOptionsBuilder;

use super::WardenError;
use super::container::{INSTANCE, UIDS};
use super::engine::{Engine, LOOK, within};

/// Another instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbour {
    /// Its name, as in `sandbox.instance`.
    pub instance: String,
    /// Uids that its programs run as. None where its containers do not tell: those of older versions have no label of them.
    pub uids: Option<RangeInclusive<u32>>,
}

/// The other instances that have sandboxes now, running or not.
///
/// # Errors
/// When the engine cannot be reached, or refuses.
pub async fn neighbours(instance: &str) -> Result<Vec<Neighbour>, WardenError> {
    let engine = Engine::connect().await?;
    let filters = HashMap::from([("label", vec![INSTANCE])]);
    let options = ListContainersOptionsBuilder::default().all(true).filters(&filters).build();
    let all = within("list containers", LOOK, engine.docker.list_containers(Some(options))).await?;
    Ok(others(&all, instance))
}

/// Each once: all containers of one have the same uids, but those that it left when it had others.
fn others(containers: &[ContainerSummary], own: &str) -> Vec<Neighbour> {
    let mut found: BTreeMap<&str, BTreeSet<(u32, u32)>> = BTreeMap::new();
    for labels in containers.iter().filter_map(|container| container.labels.as_ref()) {
        if let Some(instance) = labels.get(INSTANCE).filter(|instance| *instance != own) {
            found.entry(instance).or_default().extend(uids(labels));
        }
    }
    found.into_iter().flat_map(|(instance, uids)| told(instance, &uids)).collect()
}

/// Of one container, where it tells them.
fn uids(labels: &HashMap<String, String>) -> Option<(u32, u32)> {
    let (first, last) = labels.get(UIDS)?.split_once('-')?;
    Some((first.parse().ok()?, last.parse().ok()?))
}

/// One instance, with each range that is known of it.
fn told(instance: &str, uids: &BTreeSet<(u32, u32)>) -> Vec<Neighbour> {
    let with = |uids| Neighbour { instance: instance.to_owned(), uids };
    if uids.is_empty() {
        return vec![with(None)];
    }
    uids.iter().map(|&(first, last)| with(Some(first..=last))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn container(labels: &[(&str, &str)]) -> ContainerSummary {
        let labels = labels.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
        ContainerSummary { labels: Some(labels), ..ContainerSummary::default() }
    }

    #[test]
    fn each_other_instance_is_told_once_and_so_is_one_whose_uids_are_not_known() {
        let of = |instance, uids| container(&[(INSTANCE, instance), (UIDS, uids)]);
        let containers = [
            of("main", "52000-52007"),
            of("b", "52000-52003"),
            of("b", "52000-52003"),
            container(&[(INSTANCE, "b")]),
            of("c", "much"),
            container(&[(INSTANCE, "d")]),
            container(&[(INSTANCE, "d")]),
            container(&[(INSTANCE, "main")]),
            container(&[(UIDS, "1-2")]),
        ];
        let told = |instance: &str, uids| Neighbour { instance: instance.into(), uids };
        let all = [told("b", Some(52_000..=52_003)), told("c", None), told("d", None)];
        assert_eq!(others(&containers, "main"), all);
    }
}

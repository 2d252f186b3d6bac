//! Other instances on the engine, as their containers' labels tell of them.

use std::collections::{BTreeSet, HashMap};
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
    /// Uids that its programs run as.
    pub uids: RangeInclusive<u32>,
}

/// The other instances that have sandboxes now, running or not.
///
/// # Errors
/// When the engine cannot be reached, or refuses.
pub async fn neighbours(instance: &str) -> Result<Vec<Neighbour>, WardenError> {
    let engine = Engine::connect().await?;
    let filters = HashMap::from([("label", vec![UIDS])]);
    let options = ListContainersOptionsBuilder::default().all(true).filters(&filters).build();
    let all = within("list containers", LOOK, engine.docker.list_containers(Some(options))).await?;
    Ok(others(&all, instance))
}

/// Each once: all containers of one have the same uids, but those that it left when it had others.
fn others(containers: &[ContainerSummary], own: &str) -> Vec<Neighbour> {
    let found: BTreeSet<(String, u32, u32)> = containers
        .iter()
        .filter_map(|container| {
            let labels = container.labels.as_ref()?;
            let (first, last) = labels.get(UIDS)?.split_once('-')?;
            Some((labels.get(INSTANCE)?.clone(), first.parse().ok()?, last.parse().ok()?))
        })
        .collect();
    let others = found.into_iter().filter(|(instance, ..)| instance != own);
    others.map(|(instance, first, last)| Neighbour { instance, uids: first..=last }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn container(labels: &[(&str, &str)]) -> ContainerSummary {
        let labels = labels.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
        ContainerSummary { labels: Some(labels), ..ContainerSummary::default() }
    }

    #[test]
    fn each_other_instance_is_told_once_and_what_makes_no_sense_is_not() {
        let of = |instance, uids| container(&[(INSTANCE, instance), (UIDS, uids)]);
        let containers = [
            of("main", "52000-52007"),
            of("b", "52000-52003"),
            of("b", "52000-52003"),
            of("c", "much"),
            container(&[(UIDS, "1-2")]),
        ];
        let told = Neighbour { instance: "b".into(), uids: 52_000..=52_003 };
        assert_eq!(others(&containers, "main"), [told]);
    }
}

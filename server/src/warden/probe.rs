//! Can containers have cgroups of their own here? Found out once, by a container that is started for nothing else: what
//! the engine says later of a cgroup is the failure of one container, and no reason to go without.

use bollard::query_parameters::CreateContainerOptionsBuilder;

use super::WardenError;
use super::cgroup_parent::Cgroups;
use super::container::preparing::{Access, Preparing};
use super::engine::{CHANGE, Engine, within};
use super::reaper::{prefix, remove};
use crate::config::Config;

/// Its place in the tree: that of the first slot.
const SLOT: u32 = 0;

/// Starts a container of this image with the cgroups of a slot, and removes it. That it cannot be removed says nothing of cgroups.
///
/// # Errors
/// Why it could not be started.
pub(super) async fn probe(
    engine: &Engine,
    cgroups: &Cgroups,
    config: &Config,
    image: &str,
) -> Result<(), WardenError> {
    // Of its own: one that an earlier attempt has left, and that cannot be removed, has its name for as long.
    let own = uuid::Uuid::new_v4().simple().to_string();
    let name = format!("{}probe-{}", prefix(&config.sandbox.instance), &own[..8]);
    let preparing = Preparing {
        instance: &config.sandbox.instance,
        image,
        runtime: config.sandbox.runtime.as_deref(),
        script: "true",
        arguments: &[],
        cgroups: &[],
        access: Access::Write,
    };
    let body = preparing.body_below(cgroups.of_slot(SLOT));
    let options = CreateContainerOptionsBuilder::default().name(&name).build();
    let id = match within("create a container", CHANGE, engine.docker.create_container(Some(options), body))
        .await
    {
        Err(error) if error.status() == Some(404) => {
            return Err(WardenError::NoImage(image.to_owned()));
        }
        created => created?.id,
    };
    let started = within("start a container", CHANGE, engine.docker.start_container(&id, None)).await;
    if let Err(error) = remove(engine, &id).await {
        // It has told what it was made for. A server that starts has it removed with the others.
        tracing::warn!(%error, name, "a container that has looked for cgroups could not be removed");
    }
    started
}

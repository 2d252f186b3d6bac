//! Does what the verbs say.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bollard::exec::StartExecOptions;
use bollard::models::{ContainerInspectResponse, ExecConfig};
use bollard::query_parameters::CreateContainerOptionsBuilder;
use tokio::sync::{OnceCell, Semaphore};

use super::WardenError;
use super::ceiling::{Ceiling, CeilingState};
use super::cgroup_parent::Cgroups;
use super::container::{SERVE, Template};
use super::engine::{CHANGE, Engine, LOOK, within};
use super::reaper::{self, prefix, remove};
use super::{images, probe};
use crate::config::Config;
use crate::slots::{Answer, Entry, ProfileSpec, Slot, SlotPlan, Verb};
use crate::workspace::Workspace;

/// Containers at one time that are made, and as many that are removed: more make the engine slower, not faster.
const IN_FLIGHT: u32 = 4;

/// How often, and how far apart, a container with cgroups is tried before a host is taken to have none for it.
const PROBES: u32 = 3;
const PROBE_PAUSE: Duration = Duration::from_millis(500);

/// How often, and how far apart, a name that is taken is tried again.
const NAME_ATTEMPTS: u32 = 100;
const NAME_PAUSE: Duration = Duration::from_millis(50);

/// Everything that a verb needs.
#[derive(Debug)]
pub(super) struct Keeper {
    engine: Engine,
    plan: SlotPlan,
    cgroups: Cgroups,
    /// What containers get of them, once that is known.
    usable: OnceCell<Cgroups>,
    /// Host path of the monitor's binary.
    monitor: PathBuf,
    /// The workspace as the host has it.
    on_host: Workspace,
    config: Config,
    /// The limit on all sandboxes together was set, or cannot be by us, or is being set.
    has_ceiling: AtomicBool,
    in_flight: Semaphore,
    /// Turns to remove a container. One that the engine does not finish removing keeps none from being made.
    clearing: Semaphore,
}

impl Keeper {
    /// Learns what there is to know about the engine.
    pub(super) async fn new(
        config: &Config,
        plan: SlotPlan,
        engine: Engine,
        monitor: PathBuf,
        on_host: Workspace,
    ) -> Result<Self, WardenError> {
        let cgroups = Cgroups::of_host(&engine.info().await?, &config.sandbox);
        let turns = || Semaphore::new(usize::try_from(IN_FLIGHT).unwrap_or(1));
        Ok(Self {
            engine,
            plan,
            cgroups,
            usable: OnceCell::new(),
            monitor,
            on_host,
            config: config.clone(),
            has_ceiling: AtomicBool::new(false),
            in_flight: turns(),
            clearing: turns(),
        })
    }

    /// Carries a verb out; a failure is an answer.
    pub(super) async fn perform(&self, verb: Verb) -> Answer {
        let result = match &verb {
            Verb::Create { profile, slot } => self.create(profile, *slot).await,
            Verb::Retire { slot } => self.clear(*slot).await.map(|()| Answer::Done),
            Verb::List {} => {
                reaper::list(&self.engine, &self.config.sandbox.instance).await.map(Answer::Containers)
            }
            Verb::Drain {} => self.drain().await.map(|()| Answer::Done),
            Verb::Images {} => images::list(&self.engine, self.plan.profiles()).await.map(Answer::Images),
        };
        result.unwrap_or_else(|error| {
            match error {
                // It is asked for again and again; the server says so once.
                WardenError::NoImage(image) => Answer::NoImage(image),
                error => {
                    tracing::warn!(?verb, %error, "a verb failed");
                    Answer::Failed(error.to_string())
                }
            }
        })
    }

    async fn create(&self, profile: &str, slot: u32) -> Result<Answer, WardenError> {
        let (slot, spec) = (self.slot(slot)?, self.spec(profile)?);
        if slot.kind != spec.profile.kind() {
            return Err(WardenError::Refused(format!("slot {} is no {profile} slot", slot.number)));
        }
        let cgroups = self.usable.get_or_try_init(|| self.probe(&spec.image)).await?;
        let _turn = self.in_flight.acquire().await;
        let container = self.start(slot, spec, cgroups).await?;
        // Now at the latest the cgroup is there, and its limits can be written.
        if cgroups.has_binds() {
            self.set_ceiling().await;
        }
        let image = self.image_of(&container).await?;
        Ok(Answer::Created { container, image })
    }

    /// Finds out whether containers get cgroups of their own. Where they do not, that is an error, or as it should be, by
    /// the settings.
    async fn probe(&self, image: &str) -> Result<Cgroups, WardenError> {
        let why = match self.why_no_cgroups(image).await? {
            None => return Ok(self.cgroups.clone()),
            Some(why) => why,
        };
        if self.config.sandbox.require_cgroups {
            return Err(WardenError::NoCgroups(why));
        }
        tracing::warn!(why, "containers get no cgroups of their own: limits are rlimits and the container's");
        Ok(self.cgroups.without_binds())
    }

    async fn why_no_cgroups(&self, image: &str) -> Result<Option<String>, WardenError> {
        if !self.cgroups.has_binds() {
            return Ok(Some("the engine is rootless, maps users or is of another runtime".to_owned()));
        }
        let mut attempt = 1;
        loop {
            match probe::probe(&self.engine, &self.cgroups, &self.config, image).await {
                Ok(()) => return Ok(None),
                Err(error) if !is_about_cgroups(&error) => return Err(error),
                Err(error) if attempt == PROBES => return Ok(Some(error.to_string())),
                Err(_transient) => tokio::time::sleep(PROBE_PAUSE).await,
            }
            attempt += 1;
        }
    }

    /// Bounds all sandboxes together, once; an attempt that failed is made again with the next container. They are of use
    /// without that, and the doctor tells.
    async fn set_ceiling(&self) {
        if self.has_ceiling.swap(true, Ordering::Relaxed) {
            return;
        }
        let ceiling = Ceiling::of(&self.plan);
        match ceiling.set(&self.engine, &self.cgroups, &self.config).await {
            Ok(CeilingState::NotNeeded) => {}
            Ok(CeilingState::InForce(Ceiling { memory, processes })) => {
                tracing::info!(%memory, processes, "all sandboxes together are limited");
            }
            Ok(CeilingState::Missing { .. }) => {
                tracing::warn!("all sandboxes together are not limited: `gavel doctor` has the remedy");
            }
            Err(error) => {
                tracing::warn!(%error, "all sandboxes together are not limited yet");
                self.has_ceiling.store(false, Ordering::Relaxed);
            }
        }
    }

    /// Creates and starts; nothing is left behind on failure.
    async fn start(&self, slot: &Slot, spec: &ProfileSpec, cgroups: &Cgroups) -> Result<String, WardenError> {
        let id = self.create_container(slot, spec, cgroups).await?;
        let started = match self.start_container(&id).await {
            Ok(()) => self.start_monitor(spec, &id).await,
            failed => failed,
        };
        if let Err(error) = started {
            remove(&self.engine, &id).await?;
            return Err(error);
        }
        Ok(id)
    }

    /// What a container was really made of.
    async fn image_of(&self, container: &str) -> Result<String, WardenError> {
        let call = self.engine.docker.inspect_container(container, None);
        Ok(within("inspect a container", LOOK, call).await?.image.unwrap_or_default())
    }

    /// Names are deterministic, so that a request which was lost half-way leaves one container, not two. A container
    /// that is being removed by somebody else keeps its name for a while.
    async fn create_container(
        &self,
        slot: &Slot,
        spec: &ProfileSpec,
        cgroups: &Cgroups,
    ) -> Result<String, WardenError> {
        let mut attempt = 1;
        loop {
            match self.try_create(slot, spec, cgroups).await {
                Err(error) if error.status() == Some(409) && attempt < NAME_ATTEMPTS => {
                    self.retire(slot.number).await?;
                    if attempt > 1 {
                        tokio::time::sleep(NAME_PAUSE).await;
                    }
                    attempt += 1;
                }
                result => return result,
            }
        }
    }

    async fn try_create(
        &self,
        slot: &Slot,
        spec: &ProfileSpec,
        cgroups: &Cgroups,
    ) -> Result<String, WardenError> {
        let (control, monitor) = (self.on_host.slot(slot.number), self.monitor.to_string_lossy());
        let template = Template {
            instance: &self.config.sandbox.instance,
            slot,
            uids: self.plan.uids(),
            spec,
            control: &control.to_string_lossy(),
            monitor: &monitor,
            cgroup: cgroups.of_slot(slot.number),
            runtime: self.config.sandbox.runtime.as_deref(),
        };
        let options = CreateContainerOptionsBuilder::default().name(&self.name(slot)).build();
        let call = self.engine.docker.create_container(Some(options), template.body());
        match within("create a container", CHANGE, call).await {
            Ok(created) => Ok(created.id),
            Err(error) if error.status() == Some(404) => Err(WardenError::NoImage(spec.image.clone())),
            Err(error) => Err(error),
        }
    }

    async fn start_container(&self, id: &str) -> Result<(), WardenError> {
        within("start a container", CHANGE, self.engine.docker.start_container(id, None)).await
    }

    /// In a toolchain container the monitor is started by exec, once.
    async fn start_monitor(&self, spec: &ProfileSpec, id: &str) -> Result<(), WardenError> {
        if spec.entry == Entry::Monitor {
            return Ok(());
        }
        let config = ExecConfig {
            cmd: Some(SERVE.map(str::to_owned).to_vec()),
            user: Some("0:0".to_owned()),
            ..ExecConfig::default()
        };
        let exec = within("prepare an exec", CHANGE, self.engine.docker.create_exec(id, config)).await?;
        let options = StartExecOptions { detach: true, ..StartExecOptions::default() };
        within("start the monitor", CHANGE, self.engine.docker.start_exec(&exec.id, Some(options))).await?;
        Ok(())
    }

    /// Removes the container of a slot, while none is drained: who drains waits until all are gone.
    async fn clear(&self, slot: u32) -> Result<(), WardenError> {
        let turn = self.clearing.acquire().await;
        let Some(id) = self.look(self.slot(slot)?).await?.and_then(|found| found.id) else { return Ok(()) };
        let removal = reaper::ask_to_remove(&self.engine, &id).await?;
        drop(turn);
        removal.end(&self.engine, &id).await
    }

    /// Removes whatever has the slot's name, if it is ours.
    async fn retire(&self, slot: u32) -> Result<(), WardenError> {
        match self.look(self.slot(slot)?).await?.and_then(|found| found.id) {
            Some(id) => remove(&self.engine, &id).await,
            None => Ok(()),
        }
    }

    async fn drain(&self) -> Result<(), WardenError> {
        // After those that were asked for before: they would come when the others are gone.
        let (making, removing) =
            (self.in_flight.acquire_many(IN_FLIGHT), self.clearing.acquire_many(IN_FLIGHT));
        let _alone = tokio::join!(making, removing);
        let removed = reaper::drain(&self.engine, &self.config.sandbox.instance).await?;
        self.cgroups.remove_empty();
        // It went with the cgroup, or may have.
        self.has_ceiling.store(false, Ordering::Relaxed);
        tracing::info!(removed, "removed the containers of this instance");
        Ok(())
    }

    /// The container of a slot's name.
    async fn look(&self, slot: &Slot) -> Result<Option<ContainerInspectResponse>, WardenError> {
        let name = self.name(slot);
        let found = match within(
            "inspect a container",
            LOOK,
            self.engine.docker.inspect_container(&name, None),
        )
        .await
        {
            Err(error) if error.status() == Some(404) => return Ok(None),
            result => result?,
        };
        let labels = found.config.as_ref().and_then(|config| config.labels.as_ref());
        if reaper::is_ours(labels, &self.config.sandbox.instance) {
            Ok(Some(found))
        } else {
            Err(WardenError::Foreign(name))
        }
    }

    fn slot(&self, number: u32) -> Result<&Slot, WardenError> {
        self.plan.get(number).ok_or_else(|| WardenError::Refused(format!("there is no slot {number}")))
    }

    fn spec(&self, profile: &str) -> Result<&ProfileSpec, WardenError> {
        let found = self.plan.profiles().named(profile);
        found.ok_or_else(|| WardenError::Refused(format!("there is no profile {profile}")))
    }

    fn name(&self, slot: &Slot) -> String {
        format!("{}{}", prefix(&self.config.sandbox.instance), slot.name)
    }
}

/// Engines say it in many ways; what matters is that it happened while starting and names the cgroup tree.
fn is_about_cgroups(error: &WardenError) -> bool {
    match error {
        WardenError::Docker { source, .. } => {
            let text = source.to_string();
            text.contains("/cg") || text.contains("/sys/fs/cgroup")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;

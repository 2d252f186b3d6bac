//! What a node does in the background: takes tasks of each pool that it has sandboxes for, tells how it is, and does what
//! it is told.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use async_nats::jetstream;
use futures_util::StreamExt as _;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::showing::show;
use super::{Came, Shared};
use crate::cluster::broker::Puller;
use crate::cluster::calibration::calibrate;
use crate::cluster::names;
use crate::cluster::nodes::{EVERY, shortened};
use crate::cluster::pulls::Pulls;
use crate::cluster::speed::Speed;
use crate::cluster::wire::{Beat, Control, Offer, PROTOCOL, TaskName};
use crate::judge::Executor;
use crate::sandbox::{Profile, ProfileStatus};
use crate::slots::Kind;
use crate::version::VERSION;
use crate::watched::watched;

/// Before it is looked again whether there is something to take.
const PAUSE: Duration = Duration::from_secs(1);
/// Tasks for this node alone that wait for room: it names all of them with each sign of life, which is one message.
const MOST_OWN: usize = 8_192;
/// Most tasks that are asked for at one time.
const MOST: usize = 64;

pub(super) fn start<E: Executor>(shared: &Arc<Shared<E>>, stop: &CancellationToken) {
    let spawn = |working: futures_util::future::BoxFuture<'static, ()>| {
        tokio::spawn(stop.clone().run_until_cancelled_owned(working));
    };
    let beating = Arc::clone(shared);
    spawn(Box::pin(watched("the node's signs of life", move || beat(Arc::clone(&beating)))));
    let watching = Arc::clone(shared);
    let watch = move || {
        let watching = Arc::clone(&watching);
        async move { watching.stalls.watch().await }
    };
    spawn(Box::pin(watched("the watch over the node's clock", watch)));
    let heeding = Arc::clone(shared);
    spawn(Box::pin(watched("the node's orders", move || heed(Arc::clone(&heeding)))));
    let showing = Arc::clone(shared);
    spawn(Box::pin(watched("the showing of what programs write", move || show(Arc::clone(&showing)))));
    for status in shared.operations.status().profiles {
        let profile = status.profile;
        if profile.kind() == Kind::Command {
            continue;
        }
        let shared = Arc::clone(shared);
        let taking = watched("the taking of tasks", move || take(Arc::clone(&shared), profile.clone()));
        spawn(Box::pin(taking));
    }
}

/// Takes tasks of a pool while there are sandboxes for it.
async fn take<E: Executor>(shared: Arc<Shared<E>>, profile: Profile) {
    let room = match profile.kind() {
        Kind::Toolchain => &shared.compiling,
        Kind::Run | Kind::Command => &shared.runs,
    };
    let pool = names::pool(&profile);
    shared.measured().await;
    let mut pulls = Pulls::new(&shared.broker, found(&shared, &pool).await);
    loop {
        let is_resting = shared.resting.lasts(&profile, Instant::now());
        if shared.is_draining() || shared.trouble().is_some() || is_resting || !shared.offers(&profile) {
            tokio::time::sleep(PAUSE).await;
            continue;
        }
        let free = match room.acquire().await {
            Ok(_one) => room.available_permits() + 1,
            Err(_closed) => return,
        };
        let Some(mut pull) = pulls.pull(free.min(MOST)).await else { continue };
        while let Some(message) = pull.next().await {
            taken(&shared, room, message).await;
        }
        // The broker may have come back without what it had; then the coordinator makes it anew.
        if pull.is_broken() {
            pulls = Pulls::new(&shared.broker, found(&shared, &pool).await);
        }
    }
}

/// The consumer of a pool, which the coordinator makes.
async fn found<E: Executor>(shared: &Shared<E>, pool: &str) -> Puller {
    loop {
        match shared.broker.puller(names::TASKS, pool).await {
            Ok(puller) => return puller,
            Err(why) => {
                tracing::debug!("There are no tasks of {pool} to be had: {}", crate::telemetry::chain(&why));
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// A task has come. Where there is no room, since tasks of several pools came at one moment, another shall have it.
async fn taken<E: Executor>(shared: &Arc<Shared<E>>, room: &Arc<Semaphore>, message: jetstream::Message) {
    let came = Came::pulled(message);
    let place = Arc::clone(room).try_acquire_owned().ok().filter(|_| !shared.is_draining());
    let Some(place) = place else { return came.hand_back(Duration::ZERO).await };
    let performing = Arc::clone(shared);
    shared.tasks.spawn(async move { performing.perform(came, place).await });
}

/// A task that is for this node alone waits for room, as those of the broker do there.
fn tried<E: Executor>(shared: &Arc<Shared<E>>, task: String) {
    if shared.at().len() >= MOST_OWN {
        if shared.seldom.is_time() {
            tracing::warn!("A task is left to others: too many wait here");
        }
        return;
    }
    let performing = Arc::clone(shared);
    shared.tasks.spawn(async move { performing.perform_own(Came::ordered(task)).await });
}

async fn beat<E: Executor>(shared: Arc<Shared<E>>) {
    loop {
        let told = serde_json::to_vec(&shared.beat());
        if let Ok(told) = told
            && let Err(why) = shared.broker.client().publish(names::beat(&shared.name), told.into()).await
        {
            tracing::debug!("A sign of life was not sent: {why}");
        }
        // What was forgotten goes with the second or third time: others may have looked at it meanwhile.
        shared.cache.tidy();
        tokio::time::sleep(EVERY).await;
    }
}

async fn heed<E: Executor>(shared: Arc<Shared<E>>) {
    let mut orders = loop {
        match shared.broker.client().subscribe(names::control(&shared.name)).await {
            Ok(orders) => break orders,
            Err(why) => {
                tracing::warn!("No orders are heard: {why}");
                tokio::time::sleep(PAUSE).await;
            }
        }
    };
    while let Some(message) = orders.next().await {
        // Only the coordinator may send here, and whoever may ask the broker for a content can have it sent here.
        if names::is_handed_out(&message) {
            if shared.seldom.is_time() {
                tracing::warn!("Somebody had the broker send an order");
            }
            continue;
        }
        match serde_json::from_slice::<Control>(&message.payload) {
            Ok(order) => shared.obey(order),
            Err(why) if shared.seldom.is_time() => {
                tracing::warn!("An order makes no sense: {}", shortened(&why.to_string()));
            }
            Err(_) => {}
        }
    }
}

impl<E: Executor> Shared<E> {
    fn offers(&self, profile: &Profile) -> bool {
        is_offered(profile, &self.operations.status().profiles)
    }

    /// How fast this machine is; measured once, before anything runs.
    async fn measured(&self) -> Speed {
        let measure = || async {
            match tokio::task::spawn_blocking(calibrate).await {
                Ok(speed) => {
                    tracing::info!("The speed of this machine is {:.2}", speed.factor());
                    speed
                }
                Err(why) => {
                    tracing::error!("The speed of this machine is not known: {why}");
                    Speed::of(1.0)
                }
            }
        };
        *self.speed.get_or_init(measure).await
    }

    fn beat(&self) -> Beat {
        let now = Instant::now();
        let offer = |status: ProfileStatus| Offer {
            rests: self.resting.is_told(&status, now),
            profile: status.profile.to_string(),
            image: status.image.as_deref().map(str::to_owned),
            no_image: status.lacks_image(),
            problem: status.problem,
        };
        let at: Vec<TaskName> = self.at().keys().copied().collect();
        let profiles = self.operations.status().profiles.into_iter();
        let profiles = profiles.filter(|status| status.profile.kind() != Kind::Command);
        Beat {
            protocol: PROTOCOL,
            version: VERSION.to_owned(),
            incarnation: self.incarnation,
            credits: self.credits,
            compilations: self.compilations,
            pairs: u32::try_from(self.executor.at_once() / 2).unwrap_or(u32::MAX),
            speed: self.speed.get().copied(),
            weight: self.weight,
            busy: u32::try_from(at.len()).unwrap_or(u32::MAX),
            draining: self.is_draining(),
            trouble: self.trouble(),
            at,
            forgot: self.forgot().clone(),
            shows: true,
            profiles: profiles.map(offer).collect(),
            languages: self.definitions.clone(),
        }
    }

    fn obey(self: &Arc<Self>, order: Control) {
        match order {
            Control::Cancel { incarnation, task, parts } => {
                let at = self.at();
                let tokens = at.get(&TaskName { incarnation, task });
                let ended = tokens.into_iter().flat_map(|(_, tokens)| tokens);
                let ended = ended.filter(|(number, _)| parts.is_empty() || parts.contains(number));
                ended.for_each(|(_, token)| token.cancel());
            }
            Control::Only { coordinator, incarnation } => {
                let at = self.at();
                let is_void =
                    |name: &TaskName, whose: &str| whose == coordinator && name.incarnation != incarnation;
                let ended = at.iter().filter(|(name, (whose, _))| is_void(name, whose));
                ended.flat_map(|(_, (_, tokens))| tokens.values()).for_each(CancellationToken::cancel);
            }
            Control::Try { task } => tried(self, task),
            Control::Forget { coordinator, epoch } => self.forget(coordinator, epoch),
            Control::Look { coordinator, submission } => {
                self.looked_at.note(coordinator, submission, Instant::now());
            }
            Control::Recycle => {
                tracing::info!("Sandboxes are made anew");
                self.operations.recycle();
            }
            Control::Drain => {
                if !self.draining.swap(true, Ordering::Relaxed) {
                    tracing::info!("Draining: nothing more is begun");
                }
            }
            // It is told again and again while it is on its way out, and begins nothing nevertheless.
            Control::Undrain => {
                if self.draining.swap(false, Ordering::Relaxed) {
                    tracing::info!("Tasks are begun again");
                }
            }
        }
    }
}

/// There are sandboxes of a profile. One whose image is not known yet may turn out to have none, and its tasks would wait here for nothing.
fn is_offered(profile: &Profile, all: &[ProfileStatus]) -> bool {
    let is_there = |status: &ProfileStatus| status.image.is_some() && !status.lacks_image();
    all.iter().any(|status| status.profile == *profile && is_there(status))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(profile: Profile, image: Option<&str>, no_image: bool) -> ProfileStatus {
        ProfileStatus {
            profile,
            slots: 1,
            places: 1,
            warm: 0,
            kept: 0,
            idle: 0,
            leased: 0,
            starting: 0,
            waiting: 0,
            created: 0,
            retired: std::collections::BTreeMap::new(),
            problem: None,
            no_image,
            image: image.map(Into::into),
        }
    }

    #[test]
    fn a_node_without_java_takes_no_task_of_java() {
        let runtime = |name: &str| Profile::Runtime(name.to_owned());
        let all = [
            status(Profile::Run, Some("sha256:12"), false),
            status(runtime("java"), None, true),
            status(runtime("node"), None, false),
            // It was removed since.
            status(runtime("python"), Some("sha256:34"), true),
        ];
        let offered = |profile: &Profile| is_offered(profile, &all);
        assert!(offered(&Profile::Run));
        for missing in ["java", "node", "python", "go"] {
            assert!(!offered(&runtime(missing)), "{missing}");
        }
    }
}

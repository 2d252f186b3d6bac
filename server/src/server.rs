//! The running server: its parts started in order, and stopped in order.

use std::sync::Arc;
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::access::Access;
use crate::account::Account;
use crate::cluster::SharedStrikes;
use crate::config::{Config, LimitsConfig, StoreConfig};
use crate::connections::Connections;
use crate::figures::Runtimes;
use crate::gojudge::GoJudge;
use crate::http::{Api, Followers};
use crate::judge::{Artefacts, most_output};
use crate::language::Languages;
use crate::listeners::Listeners;
use crate::live::LiveOutputs;
use crate::operations::Operations;
use crate::problems::Problems;
use crate::queue::{Judging, Queue};
use crate::readiness::Readiness;
use crate::rejudges::Rejudges;
use crate::self_test::Tester;
use crate::store::{Retention, Store};
use crate::submissions::Submissions;
use crate::throttle::Throttle;
use crate::user_data::UserData;
use crate::watched::watched;
use crate::{recycling, telemetry};

pub use self::error::ServerError;
pub use crate::listeners::Sockets;

mod day;
mod error;

/// How often finished submissions are looked through for what is old.
const PURGE_EVERY: Duration = Duration::from_secs(600);
/// And at least so long after another time, where room is wanted or much has come in.
const PURGE_AGAIN: Duration = Duration::from_secs(1);
/// How often it is stored when tokens were used last.
const NOTE_USES_EVERY: Duration = Duration::from_secs(60);
/// How often the histograms are folded; without it they grow while nobody scrapes.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// What a server is made of.
#[derive(Debug)]
pub struct Parts {
    /// The settings.
    pub config: Arc<Config>,
    /// What can be compiled.
    pub languages: Arc<Languages>,
    /// Who may call.
    pub access: Access,
    /// What outlives it.
    pub store: Store,
    /// What submissions may be judged by.
    pub problems: Problems,
    /// The programs that it has compiled.
    pub artefacts: Option<Arc<Artefacts>>,
    /// What the programs write that run here.
    pub live: LiveOutputs,
    /// The pool, as operators see it.
    pub operations: Arc<dyn Operations>,
    /// Runs commands for go-judge's clients, where that is enabled.
    pub gojudge: Option<GoJudge>,
    /// What is held in memory on somebody's behalf.
    pub account: Account,
    /// Renders the metrics.
    pub metrics: PrometheusHandle,
    /// Submissions judged at one time.
    pub workers: usize,
    /// Other servers with which strikes are shared.
    pub strikes: Option<SharedStrikes>,
}

/// Serves, with something that judges, until `stop` completes or a listener breaks, then drains: nothing new is accepted,
/// running submissions may finish, the rest is judged after the next start.
///
/// # Errors
/// When it cannot start, or a listener breaks.
pub async fn run<J: Judging>(
    parts: Parts,
    judging: Arc<J>,
    sockets: Sockets,
    stop: impl Future<Output = ()>,
) -> Result<(), ServerError> {
    let strikes = parts.strikes.clone();
    let api = Arc::new(assemble(parts, Arc::clone(&judging)).await?);
    let background = Background::start(&api, judging);
    if let Some(strikes) = strikes {
        background.share(&strikes, &api);
    }
    let mut listeners = Listeners::start(&api, sockets)?;
    let broken = tokio::select! {
        () = stop => None,
        broken = listeners.broken() => Some(broken),
    };
    if let Some(why) = &broken {
        tracing::error!(error = telemetry::chain(why), "A listener broke");
    }
    tracing::info!("Stopping: running submissions may finish, the rest is judged after the next start");
    drop(background);
    api.queue.close().await;
    api.rejudges.put_back().await;
    if let Err(why) = api.access.tokens().save_uses(&api.store).await {
        tracing::error!(error = %why, "Failed to store when tokens were used");
    }
    day::save(&api.store).await;
    let stopped = listeners.stop().await;
    broken.map_or(stopped, Err)
}

/// Starts the queue, and puts together what the handlers share.
async fn assemble<J: Judging>(parts: Parts, judging: Arc<J>) -> Result<Api, ServerError> {
    let parts = loaded(parts).await?;
    let throttle = Arc::new(Throttle::new(parts.config.throttle.clone(), parts.store.strikes().await?));
    let (policy, store) = (parts.config.queue.clone(), parts.store.clone());
    let (tokens, throttling) = (parts.access.tokens().clone(), Arc::clone(&throttle));
    let queue = Queue::start(policy, store, throttling, tokens, judging, parts.workers).await?;
    Ok(wired(parts, queue, throttle))
}

/// The same parts, with what earlier starts have left, and settings that this machine can keep.
async fn loaded(parts: Parts) -> Result<Parts, ServerError> {
    let config = within_disk(parts.config);
    let store = parts.store.keeping_tests(!config.store.keep_tests.is_zero());
    telemetry::start_at_zero(parts.languages.iter().map(|language| language.id.as_str()));
    day::load(&store).await?;
    parts.access.tokens().load(&store).await?;
    Ok(Parts { config, store, ..parts })
}

/// What the handlers share, around a queue.
fn wired(parts: Parts, queue: Queue, throttle: Arc<Throttle>) -> Api {
    let readiness = Arc::new(Readiness::new(&parts.languages));
    let rejudges = rejudges(&parts, &queue, &readiness);
    let Parts { config, languages, access, store, problems, artefacts, live, operations, gojudge, .. } =
        parts;
    let (account, metrics) = (parts.account, parts.metrics);
    let user_data = UserData::new(
        store.clone(),
        queue.clone(),
        rejudges.clone(),
        Arc::clone(&throttle),
        artefacts,
        Arc::clone(&operations),
    );
    let runtimes = Runtimes::default();
    runtimes.note("main");
    Api {
        submissions: Submissions::new(queue.clone(), rejudges.clone(), store.clone()),
        connections: Connections::new(&account),
        followers: Followers::of_all(),
        followers_of_one: Followers::of_one_submission(),
        access: Arc::new(access),
        config,
        languages,
        problems,
        live,
        rejudges,
        user_data,
        queue,
        store,
        throttle,
        operations,
        readiness,
        gojudge,
        account,
        metrics,
        runtimes,
    }
}

fn rejudges(parts: &Parts, queue: &Queue, readiness: &Arc<Readiness>) -> Rejudges {
    Rejudges::new(
        parts.store.clone(),
        queue.clone(),
        parts.problems.clone(),
        Arc::clone(&parts.languages),
        Arc::clone(&parts.config),
        Arc::clone(readiness),
        Arc::clone(&parts.operations),
    )
}

/// Nobody may ask for a run that there is never room for.
fn within_disk(mut config: Arc<Config>) -> Arc<Config> {
    let most = most_output(config.limits.outputs);
    let LimitsConfig { run, run_max, .. } = &config.limits;
    if run_max.output.max(run.output) > most {
        tracing::warn!(
            "`limits.run_max.output` is {} bytes here: there is no room on the disk for more (`limits.outputs`)",
            most.get()
        );
        let LimitsConfig { run, run_max, .. } = &mut Arc::make_mut(&mut config).limits;
        run_max.output = run_max.output.min(most);
        run.output = run.output.min(most);
    }
    config
}

/// What goes on beside serving; ends when it is dropped.
struct Background {
    until: CancellationToken,
    _stop: DropGuard,
}

impl Background {
    fn start<J: Judging>(api: &Api, judging: Arc<J>) -> Self {
        let until = CancellationToken::new();
        let background = Self { _stop: until.clone().drop_guard(), until };
        let (store, config, throttle) =
            (api.store.clone(), Arc::clone(&api.config), Arc::clone(&api.throttle));
        let purging = move || purge(store.clone(), Arc::clone(&config), Arc::clone(&throttle));
        background.spawn("the removal of old submissions", purging);
        let (store, access) = (api.store.clone(), Arc::clone(&api.access));
        background
            .spawn("noting when tokens are used", move || note_uses(store.clone(), Arc::clone(&access)));
        let store = api.store.clone();
        background.spawn("keeping the day's figures", move || day::keep(store.clone()));
        let metrics = api.metrics.clone();
        background.spawn("the upkeep of the metrics", move || upkeep(metrics.clone()));
        let (rejudges, again) = (api.rejudges.clone(), Arc::clone(&judging));
        background.spawn("judging again", move || rejudges.clone().work(Arc::clone(&again)));
        let (limits, languages) = (api.config.limits.clone(), Arc::clone(&api.languages));
        let (queue, readiness) = (api.queue.clone(), Arc::clone(&api.readiness));
        let tester = Tester { judging, limits, queue, readiness, operations: Arc::clone(&api.operations) };
        let tester = Arc::new(tester);
        background.spawn("the self-test", move || Arc::clone(&tester).watch(Arc::clone(&languages)));
        if let Some(gojudge) = api.gojudge.clone() {
            background.spawn("the removal of old files", move || gojudge.clone().sweep());
        }
        if let Some(schedule) = api.config.sandbox.recycle.clone() {
            let operations = Arc::clone(&api.operations);
            let recycling = move || recycling::watch(schedule.clone(), Arc::clone(&operations));
            background.spawn("recycling", recycling);
        }
        background
    }

    /// Strikes are exchanged with other servers.
    fn share(&self, strikes: &SharedStrikes, api: &Api) {
        let (telling, store) = (strikes.clone(), api.store.clone());
        self.spawn("the telling of strikes", move || telling.clone().tell(store.clone()));
        let (hearing, store, throttle) = (strikes.clone(), api.store.clone(), Arc::clone(&api.throttle));
        let hear = move || hearing.clone().hear(store.clone(), Arc::clone(&throttle));
        self.spawn("the hearing of strikes", hear);
    }

    fn spawn<F>(&self, name: &'static str, begin: impl FnMut() -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        tokio::spawn(self.until.clone().run_until_cancelled_owned(watched(name, begin)));
    }
}

async fn purge(store: Store, config: Arc<Config>, throttle: Arc<Throttle>) {
    let StoreConfig { keep, keep_tests, max_size, .. } = config.store;
    let retention = Retention { keep, keep_tests, max_size };
    loop {
        match store.purge(retention).await {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, "Removed {removed} old submissions"),
            Err(why) => tracing::error!(error = %why, "Failed to remove old submissions"),
        }
        if let Some(before) = throttle.forget_old(chrono::Utc::now())
            && let Err(why) = store.forget_strikes(before).await
        {
            tracing::error!(error = %why, "Failed to forget old strikes");
        }
        tokio::time::sleep(PURGE_AGAIN).await;
        // What was refused before this time may find room now.
        drop(tokio::time::timeout(PURGE_EVERY - PURGE_AGAIN, store.wants_room()).await);
    }
}

/// Nobody waits for it, and no request does so itself.
async fn note_uses(store: Store, access: Arc<Access>) {
    loop {
        tokio::time::sleep(NOTE_USES_EVERY).await;
        if let Err(why) = access.tokens().save_uses(&store).await {
            tracing::error!(error = %why, "Failed to store when tokens were used");
        }
    }
}

async fn upkeep(metrics: PrometheusHandle) {
    loop {
        metrics.run_upkeep();
        tokio::time::sleep(UPKEEP_EVERY).await;
    }
}

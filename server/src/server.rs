//! The running server: its parts started in order, and stopped in order.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use metrics_exporter_prometheus::PrometheusHandle;
use tokio_util::sync::CancellationToken;

use crate::access::Access;
use crate::account::Account;
use crate::config::Config;
use crate::figures::Runtimes;
use crate::gojudge::GoJudge;
use crate::grpc::{self, GrpcError};
use crate::http::{self, Api};
use crate::language::Languages;
use crate::operations::Operations;
use crate::queue::{Judging, Queue};
use crate::readiness::Readiness;
use crate::store::{Store, StoreError};
use crate::throttle::Throttle;
use crate::{recycling, self_test};

/// How often finished submissions are looked through for what is old.
const PURGE_EVERY: Duration = Duration::from_secs(600);
/// How often the histograms are folded; without it they grow while nobody scrapes.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// Why the server did not start, or stopped.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The listener or its threads.
    #[error("failed to serve")]
    Serve(#[from] std::io::Error),
    /// gRPC's.
    #[error(transparent)]
    Grpc(#[from] GrpcError),
}

/// What a server is made of.
#[derive(Debug)]
pub struct Parts<J> {
    /// The settings.
    pub config: Arc<Config>,
    /// What can be compiled.
    pub languages: Arc<Languages>,
    /// Who may call.
    pub access: Access,
    /// What outlives it.
    pub store: Store,
    /// What judges.
    pub judging: Arc<J>,
    /// The pool, as operators see it.
    pub operations: Arc<dyn Operations>,
    /// Runs commands for go-judge's clients, where that is enabled.
    pub gojudge: Option<GoJudge>,
    /// Where they are served over gRPC too.
    pub grpc: Option<TcpListener>,
    /// What is held in memory on somebody's behalf.
    pub account: Account,
    /// Renders the metrics.
    pub metrics: PrometheusHandle,
    /// Where those who watch the service look, if `[telemetry]` switches that on.
    pub telemetry: Option<TcpListener>,
    /// Submissions judged at one time.
    pub workers: usize,
}

/// Serves until `stop` completes, then drains: nothing new is accepted, running submissions may finish, the rest is
/// judged after the next start.
///
/// # Errors
/// When it cannot start, or the listener breaks.
pub async fn run<J: Judging>(
    parts: Parts<J>,
    listener: TcpListener,
    stop: impl Future<Output = ()>,
) -> Result<(), ServerError> {
    let Parts { config, languages, access, store, judging, operations, .. } = parts;
    let Parts { gojudge, grpc, account, metrics, telemetry, workers, .. } = parts;
    let access = Arc::new(access);
    let throttle = Arc::new(Throttle::load(config.throttle.clone(), &store).await?);
    let (policy, judge) = (config.queue.clone(), Arc::clone(&judging));
    let queue = Queue::start(policy, store.clone(), Arc::clone(&throttle), judge, workers).await?;
    let readiness = Arc::new(Readiness::default());
    let background = CancellationToken::new();
    let stop_background = background.clone().drop_guard();
    spawn(&background, purge(store.clone(), Arc::clone(&config)));
    spawn(&background, upkeep(metrics.clone()));
    let (limits, known) = (config.limits.clone(), Arc::clone(&languages));
    spawn(&background, self_test::watch(judging, known, limits, queue.clone(), Arc::clone(&readiness)));
    if let Some(gojudge) = gojudge.clone() {
        spawn(&background, gojudge.sweep());
    }
    // A bad expression has stopped the start long before.
    if let Some(Ok(schedule)) = config.sandbox.recycle.as_deref().map(recycling::parse) {
        spawn(&background, recycling::watch(schedule, Arc::clone(&operations)));
    }
    let grpc = match (grpc, &gojudge) {
        (Some(listener), Some(gojudge)) => {
            let (gojudge, access, operations) =
                (gojudge.clone(), Arc::clone(&access), Arc::clone(&operations));
            Some(grpc::start(&config.gojudge.grpc, gojudge, access, operations, listener)?)
        }
        _ => None,
    };
    let address = listener.local_addr()?;
    let runtimes = Runtimes::default();
    runtimes.note("main");
    let api = Arc::new(Api {
        config,
        languages,
        queue: queue.clone(),
        store,
        throttle,
        operations,
        readiness,
        access,
        gojudge,
        account,
        metrics,
        runtimes,
    });
    if let Some(listener) = telemetry {
        let address = listener.local_addr()?;
        let server = http::telemetry::serve(Arc::clone(&api), listener)?;
        tracing::info!(%address, "Serving metrics and figures on http://{address}");
        spawn(&background, async {
            if let Err(error) = server.await {
                tracing::error!(%error, "The listener for metrics and figures broke");
            }
        });
    }
    let server = http::serve(api, listener)?;
    let handle = server.handle();
    let serving = tokio::spawn(server);
    tracing::info!(%address, "Serving on http://{address}");
    stop.await;
    tracing::info!("Stopping: running submissions may finish, the rest is judged after the next start");
    drop(stop_background);
    queue.close().await;
    let stop_grpc = async {
        match grpc {
            Some(grpc) => grpc.stop().await,
            None => Ok(()),
        }
    };
    let ((), stopped) = tokio::join!(handle.stop(true), stop_grpc);
    serving.await.map_err(std::io::Error::other)??;
    Ok(stopped?)
}

fn spawn(until: &CancellationToken, task: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(until.clone().run_until_cancelled_owned(task));
}

async fn purge(store: Store, config: Arc<Config>) {
    loop {
        match store.purge(config.store.keep, config.store.max_size).await {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, "Removed {removed} old submissions"),
            Err(why) => tracing::error!(error = %why, "Failed to remove old submissions"),
        }
        tokio::time::sleep(PURGE_EVERY).await;
    }
}

async fn upkeep(metrics: PrometheusHandle) {
    loop {
        metrics.run_upkeep();
        tokio::time::sleep(UPKEEP_EVERY).await;
    }
}

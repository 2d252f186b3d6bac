//! `gavel node`: has this machine judge for a coordinator elsewhere, until a signal stops it.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::serve::{ServeError, check_writable, listen, wait_for_workspace};
use crate::account::{self, Account};
use crate::alone::{Role, alone};
use crate::blobs::Blobs;
use crate::cluster::{self, Broker, Node, NodeParts, Speed};
use crate::config::Config;
use crate::descriptors;
use crate::http::node::{Watched, serve};
use crate::judge::{Artefacts, Local};
use crate::language::Languages;
use crate::sandbox::Pool;
use crate::signals::Signals;
use crate::slots::Kind;
use crate::telemetry;
use crate::workspace::Workspace;

pub(super) async fn node(config: Config) -> Result<(), ServeError> {
    let url = config.cluster.url.clone().ok_or(ServeError::NoBroker)?;
    if let Err(error) = descriptors::raise() {
        tracing::warn!(%error, "the node has no more than {} descriptors", descriptors::limit());
    }
    let languages = Arc::new(Languages::configured(&config)?);
    let mut signals = Signals::new()?;
    let listener = listen(config.http.listen)?;
    let metrics = telemetry::start_metrics()?;
    let workspace = Workspace::new(&config.workspace.path);
    tokio::select! {
        prepared = wait_for_workspace(&workspace) => prepared?,
        () = signals.next() => return Ok(()),
    }
    check_writable(&workspace.state())?;
    let _alone = alone(&workspace.state(), Role::Server).await?;
    let folder = workspace.blobs();
    let blobs = Blobs::open(&folder).map_err(|source| ServeError::Files { directory: folder, source });
    let (blobs, orphans) = blobs?;
    let pool = Pool::start(&config, &languages)?;
    let name = cluster::own_name(&config.cluster);
    let broker = Broker::connect(&config.cluster, &url, &name).await?;
    let stop = CancellationToken::new();
    tokio::spawn(stop.clone().run_until_cancelled_owned(cluster::collect(blobs.clone(), orphans)));
    let executor = local(&config, &pool, &workspace, blobs.clone());
    let (own, rest) = ((name.clone(), broker), (languages, blobs, &workspace));
    let node = started(&config, own, executor, &pool, rest, &stop);
    let watched = Watched { node: node.clone(), operations: Arc::new(pool.clone()), metrics };
    let server = serve(watched, listener)?;
    let serving = server.handle();
    let served = tokio::spawn(server);
    tracing::info!("Node {name} takes tasks of {url}");
    signals.next().await;
    tracing::info!("Stopping: tasks that are being done may be finished, the rest is others'");
    node.finish(config.queue.drain).await;
    stop.cancel();
    serving.stop(true).await;
    pool.close().await;
    served.await.map_err(std::io::Error::other)??;
    Ok(())
}

fn local(config: &Config, pool: &Pool, workspace: &Workspace, blobs: Blobs) -> Local<Pool> {
    let artefacts = Artefacts::new(workspace.store(), config.store.cache_size);
    let account = Account::new(account::size(config.http.memory));
    let (largest, on_disk) = (config.limits.artefact, config.limits.outputs);
    Local::new(pool.clone(), artefacts, blobs, account, on_disk, largest, pool.at_once(Kind::Run)).forgetful()
}

/// The node of this machine, in a process of its own or beside the coordinator.
pub(super) fn started(
    config: &Config,
    (name, broker): (String, Broker),
    executor: Local<Pool>,
    pool: &Pool,
    (languages, blobs, workspace): (Arc<Languages>, Blobs, &Workspace),
    stop: &CancellationToken,
) -> Node<Local<Pool>> {
    let at_once = |kind| u32::try_from(pool.at_once(kind)).unwrap_or(u32::MAX).max(1);
    let live = executor.live();
    let parts = NodeParts {
        broker,
        name,
        executor,
        languages,
        operations: Arc::new(pool.clone()),
        blobs,
        programs: workspace.store(),
        cache: config.cluster.cache,
        largest: config.limits.artefact,
        credits: config.cluster.credits.unwrap_or_else(|| at_once(Kind::Run)),
        compilations: at_once(Kind::Toolchain),
        speed: config.cluster.speed.map(Speed::of),
        weight: config.cluster.weight,
        live,
    };
    Node::start(parts, stop)
}

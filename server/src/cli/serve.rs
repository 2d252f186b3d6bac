//! `gavel serve`: finds out what is wrong with the settings, starts the server, and stops it at a signal.

use std::collections::BTreeSet;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::{CancellationToken, DropGuard};

use self::parting::Parting;
use super::node::started;
use crate::access::{Access, AccessError};
use crate::account::{self, Account};
use crate::alone::{NotAlone, Role, alone};
use crate::blobs::Blobs;
use crate::cluster::{
    self, Broker, BrokerError, ClusterOperations, Node, Remote, RemoteParts, SharedStrikes,
};
use crate::config::Config;
use crate::cpus;
use crate::descriptors;
use crate::gojudge::GoJudge;
use crate::judge::{Artefacts, Executor, Judge, Local};
use crate::language::{Languages, LanguagesError};
use crate::live::LiveOutputs;
use crate::problems::Problems;
use crate::queue;
use crate::sandbox::{Pool, PoolError, Profile};
use crate::server::{self, Parts, ServerError, Sockets};
use crate::signals::Signals;
use crate::slots::Kind;
use crate::store::{Store, StoreError};
use crate::telemetry;
use crate::workspace::Workspace;

mod parting;

/// How long the warden may take to prepare the workspace.
const WORKSPACE_PATIENCE: Duration = Duration::from_secs(60);

/// Why the server did not start, or stopped.
#[derive(Debug, thiserror::Error)]
pub(super) enum ServeError {
    #[error(transparent)]
    Access(#[from] AccessError),
    #[error(transparent)]
    Languages(#[from] LanguagesError),
    #[error("failed to listen on {address}")]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error("{0} is missing: the warden, which prepares the workspace, has not made it; its log says why")]
    Workspace(String),
    #[error(
        "{} cannot be written by uid {uid}: {why}. Is the data directory (GAVEL_DATA) on a file system that is mounted \
         read-only, or owned by somebody else?",
        .directory.display()
    )]
    NotWritable { directory: PathBuf, uid: u32, why: std::io::Error },
    #[error(transparent)]
    NotAlone(#[from] NotAlone),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Server(#[from] ServerError),
    #[error("failed to watch for signals")]
    Signals(#[from] std::io::Error),
    #[error(transparent)]
    Pool(#[from] PoolError),
    #[error("failed to make the file store {}", .directory.display())]
    Files { directory: PathBuf, source: std::io::Error },
    #[error("`gojudge.cpu_sets`: `{0}` has CPUs that this machine does not have online")]
    NoCpus(String),
    #[error("failed to find out which CPUs there are, for `gojudge.cpu_sets`")]
    Cpus(#[source] std::io::Error),
    #[error("failed to set up metrics")]
    Metrics(#[from] metrics_exporter_prometheus::BuildError),
    #[error("`cluster.url` is not set: a node needs to know its broker (docs/cluster.md)")]
    NoBroker,
    #[error(transparent)]
    Broker(#[from] BrokerError),
}

pub(super) async fn serve(config: Config) -> Result<(), ServeError> {
    let access = Access::new(&config)?;
    warn_of(&config);
    check_cpus(&config.gojudge.cpu_sets)?;
    let languages = Arc::new(Languages::configured(&config)?);
    let mut signals = Signals::new()?;
    let sockets = sockets(&config)?;
    let metrics = telemetry::start_metrics()?;
    let workspace = Workspace::new(&config.workspace.path);
    tokio::select! {
        prepared = wait_for_workspace(&workspace) => prepared?,
        () = signals.next() => {
            tracing::info!("Told to stop before the workspace was prepared");
            return Ok(());
        }
    }
    check_writable(&workspace.state())?;
    let _alone = alone(&workspace.state(), Role::Server).await?;
    let store = Store::open(&workspace.database(), &workspace.blobs()).await?;
    // Others at its broker are to know of them.
    let store = if config.cluster.url.is_some() { store.telling_strikes() } else { store };
    let pool = Pool::start(&config, &languages)?;
    let account = Account::new(account::size(config.http.memory));
    let local = local(&config, &pool, &workspace, &store, &account);
    let own = (local.artefacts(), store.blobs().clone(), account.clone(), local.live());
    let cluster = Cluster::of(&config, &languages, own).await?;
    let parting = Parting::new(config.queue.drain);
    let parts = Parts {
        workers: workers(&pool),
        gojudge: gojudge(&config, &pool, &workspace, &account)?,
        config: Arc::new(config),
        languages,
        access,
        problems: Problems::new(store.clone()),
        store,
        artefacts: Some(local.artefacts()),
        live: local.live(),
        operations: Arc::new(pool.clone()),
        account,
        metrics,
        strikes: None,
    };
    let stop = async {
        signals.next().await;
        parting.begin();
        tokio::spawn(exit_at_next(signals));
    };
    let served = match cluster {
        None => {
            let judge = Arc::new(judge(local, &parts));
            server::run(parts, judge, sockets, stop).await
        }
        Some(cluster) => {
            let node = cluster.node_here(&parts, local, &pool, &workspace);
            let (parts, judge) = cluster.judging(parts, &pool);
            let served = server::run(parts, Arc::new(judge), sockets, stop).await;
            if let Some(node) = node {
                node.finish(parting.left()).await;
            }
            served
        }
    };
    pool.close().await;
    Ok(served?)
}

/// Tells of what may not be meant so.
fn warn_of(config: &Config) {
    if let Err(error) = descriptors::raise() {
        tracing::warn!(%error, "the server has no more than {} descriptors", descriptors::limit());
    }
    for network in config.gojudge.open_to_everybody() {
        tracing::warn!(
            "`gojudge.open_networks` has {network}: whoever reaches the port may run commands without a token"
        );
    }
    if nobody_operates(config) {
        tracing::warn!(
            "`http.admin_token` is not set: nobody may recycle sandboxes or end a cool-down through the API"
        );
    }
}

/// Before anything else is begun: an address that is in use ends the server at once.
fn sockets(config: &Config) -> Result<Sockets, ServeError> {
    let Config { http, telemetry, gojudge, .. } = config;
    Ok(Sockets {
        http: listen(http.listen)?,
        telemetry: telemetry.is_on().then(|| listen(telemetry.listen)).transpose()?,
        grpc: gojudge.grpc.enabled.then(|| listen(gojudge.grpc.listen)).transpose()?,
    })
}

/// What judges in the sandboxes of this machine.
fn local(
    config: &Config,
    pool: &Pool,
    workspace: &Workspace,
    store: &Store,
    account: &Account,
) -> Local<Pool> {
    let artefacts = Artefacts::new(workspace.store(), config.store.cache_size);
    let (files, memory) = (store.blobs().clone(), account.clone());
    let (largest, on_disk) = (config.limits.artefact, config.limits.outputs);
    // As many cases of a submission are asked for together as programs can run at one time.
    let at_once = pool.at_once(Kind::Run);
    Local::new(pool.clone(), artefacts, files, memory, on_disk, largest, at_once)
}

fn judge<E: Executor>(executor: E, parts: &Parts) -> Judge<E> {
    let (languages, blobs) = (Arc::clone(&parts.languages), parts.store.blobs().clone());
    Judge::new(executor, languages, blobs, Arc::new(parts.problems.clone()), parts.config.limits.clone())
}

/// What a coordinator has beside the rest.
struct Cluster {
    broker: Broker,
    name: String,
    remote: Remote,
    stop: CancellationToken,
    /// All of it ends when this is dropped.
    _stop: DropGuard,
}

impl Cluster {
    /// None where there is no broker in the settings.
    async fn of(
        config: &Config,
        languages: &Arc<Languages>,
        (artefacts, blobs, account, live): (Arc<Artefacts>, Blobs, Account, LiveOutputs),
    ) -> Result<Option<Self>, ServeError> {
        let Some(url) = &config.cluster.url else { return Ok(None) };
        let name = cluster::own_name(&config.cluster);
        let broker = Broker::connect(&config.cluster, url, &name).await?;
        let stop = CancellationToken::new();
        let needed: BTreeSet<Profile> = languages.iter().flat_map(Profile::needed_by).collect();
        let parts = RemoteParts {
            broker: broker.clone(),
            name: name.clone(),
            artefacts,
            blobs,
            account,
            live,
            on_disk: config.limits.outputs,
            largest: config.limits.artefact,
            objects: config.cluster.objects,
            profiles: needed.into_iter().collect(),
            scaling: config.cluster.time_scale,
            dispatch: config.cluster.dispatch,
            languages: Arc::clone(languages),
            limits: config.limits.clone(),
            lengths: Workspace::new(&config.workspace.path).state().join("lengths"),
        };
        let remote = Remote::start(parts, &stop);
        Ok(Some(Self { broker, name, remote, _stop: stop.clone().drop_guard(), stop }))
    }

    /// The node of the coordinator's own machine, where it is to judge.
    fn node_here(
        &self,
        parts: &Parts,
        local: Local<Pool>,
        pool: &Pool,
        workspace: &Workspace,
    ) -> Option<Node<Local<Pool>>> {
        let Parts { config, languages, store, .. } = parts;
        let own = (self.name.clone(), self.broker.clone());
        let rest = (Arc::clone(languages), store.blobs().clone(), workspace);
        config.cluster.judge_here.then(|| started(config, own, local.forgetful(), pool, rest, &self.stop))
    }

    /// The parts of a server whose submissions nodes judge, and what has them judged.
    fn judging(&self, parts: Parts, pool: &Pool) -> (Parts, Judge<Remote>) {
        let strikes = SharedStrikes::new(self.broker.clone(), self.name.clone());
        let operations = ClusterOperations::new(pool.clone(), self.remote.clone(), strikes.clone());
        let judge = judge(self.remote.clone(), &parts);
        // Nodes come while it runs: what is here says nothing of how many there may be.
        let workers = usize::try_from(parts.config.cluster.submissions).unwrap_or(usize::MAX);
        (Parts { workers, operations: Arc::new(operations), strikes: Some(strikes), ..parts }, judge)
    }
}

/// Who calls has to show a token, and none is an operator's.
fn nobody_operates(config: &Config) -> bool {
    config.http.token.is_some() && config.http.admin_token.is_none()
}

pub(super) fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address).map_err(|source| ServeError::Listen { address, source })
}

/// SQLite would only say that its database is read-only, or that it cannot open it.
pub(super) fn check_writable(directory: &Path) -> Result<(), ServeError> {
    rustix::fs::access(directory, rustix::fs::Access::WRITE_OK).map_err(|why| ServeError::NotWritable {
        directory: directory.to_owned(),
        uid: rustix::process::geteuid().as_raw(),
        why: why.into(),
    })
}

/// A CPU that is not there would fail every request.
fn check_cpus(sets: &[String]) -> Result<(), ServeError> {
    if sets.is_empty() {
        return Ok(());
    }
    let online = cpus::online().map_err(ServeError::Cpus)?;
    let is_there = |set: &&String| cpus::parse(set).is_some_and(|cpus| cpus.is_subset(&online));
    match sets.iter().find(|set| !is_there(set)) {
        Some(set) => Err(ServeError::NoCpus(set.clone())),
        None => Ok(()),
    }
}

fn gojudge(
    config: &Config,
    pool: &Pool,
    workspace: &Workspace,
    account: &Account,
) -> Result<Option<GoJudge>, ServeError> {
    if !config.gojudge.enabled {
        return Ok(None);
    }
    // Ours alone: it is emptied at every start, whatever else is in a directory that somebody names.
    let named = config.gojudge.file_dir.as_ref().map(|parent| parent.join("gavel-files"));
    let directory = named.unwrap_or_else(|| workspace.state().join("files"));
    let (pool, account) = (pool.clone(), account.clone());
    let most = pool.at_once(Kind::Command);
    let gojudge = GoJudge::new(&config.gojudge, pool, most, directory.clone(), account);
    gojudge.map(Some).map_err(|source| ServeError::Files { directory, source })
}

/// For each user as many as there are sandboxes, so that some compile while others run.
fn workers(pool: &Pool) -> usize {
    queue::USERS * (pool.at_once(Kind::Run) + pool.at_once(Kind::Toolchain))
}

async fn exit_at_next(mut signals: Signals) {
    signals.next().await;
    tracing::warn!("Told to stop again: exiting at once");
    std::process::exit(1);
}

pub(super) async fn wait_for_workspace(workspace: &Workspace) -> Result<(), ServeError> {
    for directory in [workspace.state(), workspace.store(), workspace.slots()] {
        wait_for_directory(&directory).await?;
    }
    Ok(())
}

async fn wait_for_directory(path: &Path) -> Result<(), ServeError> {
    let waiting = async {
        while !path.is_dir() {
            tracing::info!(path = %path.display(), "Waiting for the warden to prepare the workspace");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    };
    let waited = tokio::time::timeout(WORKSPACE_PATIENCE, waiting).await;
    waited.map_err(|_elapsed| ServeError::Workspace(path.display().to_string()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn who_closes_the_api_and_names_no_operator_has_none() {
        for (token, admin, nobody) in [
            (None, None, false),
            (Some("a"), None, true),
            (None, Some("b"), false),
            (Some("a"), Some("b"), false),
        ] {
            let mut config = Config::default();
            config.http.token = token.map(Into::into);
            config.http.admin_token = admin.map(Into::into);
            assert_eq!(nobody_operates(&config), nobody, "{token:?} {admin:?}");
        }
    }

    #[test]
    fn a_directory_that_cannot_be_written_is_named_with_who_cannot() {
        let directory = tempfile::tempdir().unwrap();
        check_writable(directory.path()).unwrap();
        let told = |directory: &Path| check_writable(directory).unwrap_err().to_string();
        let missing = directory.path().join("missing");
        assert!(told(&missing).contains(&missing.display().to_string()), "{}", told(&missing));
        let uid = rustix::process::getuid();
        if uid.is_root() {
            return eprintln!("not tested: root may write into what is read-only by its mode");
        }
        std::fs::set_permissions(directory.path(), PermissionsExt::from_mode(0o555)).unwrap();
        assert!(told(directory.path()).contains(&uid.as_raw().to_string()), "{}", told(directory.path()));
    }
}

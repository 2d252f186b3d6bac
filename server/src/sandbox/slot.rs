//! From an empty slot to a monitor that is fit to run programs: listen, create, accept, handshake.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use gavel_protocol::{CgroupTier, Hello, Order, Reply, RunId, Setup};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use super::SandboxError;
use super::connection::Connection;
use super::warden_client::{WardenCallError, WardenClient};
use crate::descriptors::watch;
use crate::slots::{Profile, Slot};
use crate::workspace::Workspace;

/// From the container's start to the monitor's Hello: milliseconds on a quiet host, seconds on an emulated one.
const CONNECT: Duration = Duration::from_secs(30);

/// Why a slot has no sandbox.
#[derive(Debug, thiserror::Error)]
pub(super) enum StartError {
    /// The slot's socket could not be made.
    #[error("failed to listen on {path}: {source}")]
    Listen {
        /// The socket.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// The name of the programs' user could not be written.
    #[error("failed to write {path}: {source}")]
    Names {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// The warden did not make the container.
    #[error(transparent)]
    Warden(#[from] WardenCallError),
    /// The container is there, but its monitor did not call.
    #[error("the monitor did not connect within {0:?}: does the image run on this machine?")]
    Silent(Duration),
    /// The monitor's self-check failed.
    #[error("the monitor is not fit to run programs: {0}")]
    Unfit(String),
    /// It enforces less than the settings ask for.
    #[error(
        "the monitor has no cgroups to limit programs with, and sandbox.require_cgroups is set: see `gavel doctor`"
    )]
    NoCgroups,
    /// The monitor does not speak as it should.
    #[error(transparent)]
    Monitor(#[from] SandboxError),
}

/// A container whose monitor has said Hello.
#[derive(Debug)]
pub(super) struct Started {
    pub(super) connection: Connection,
    pub(super) hello: Hello,
    /// Id of its image.
    pub(super) image: String,
}

/// Starts a slot's container and shakes hands with its monitor.
pub(super) async fn start(
    slot: &Slot,
    profile: &Profile,
    workspace: &Workspace,
    warden: &WardenClient,
    require_cgroups: bool,
) -> Result<Started, StartError> {
    name_user(slot, workspace)?;
    let path = workspace.slot_socket(slot.number);
    let listen = |source| StartError::Listen { path: path.display().to_string(), source };
    let _unlinked = Unlink(&path);
    let listener = listen_at(&path).map_err(listen)?;
    let image = warden.create(profile, slot.number).await?;
    let handshake = async {
        let socket = accept(&listener).await.map_err(listen)?;
        let mut connection = Connection::new(socket);
        let hello = shake_hands(&mut connection, slot).await?;
        match hello.cgroup {
            CgroupTier::None if require_cgroups => Err(StartError::NoCgroups),
            _ => Ok(Started { connection, hello, image }),
        }
    };
    tokio::time::timeout(CONNECT, handshake).await.unwrap_or(Err(StartError::Silent(CONNECT)))
}

/// Gives the programs' user a name and a home: without them shells and runtimes complain, or do not start.
fn name_user(slot: &Slot, workspace: &Workspace) -> Result<(), StartError> {
    let uid = slot.uid;
    let users = format!(
        "root:x:0:0:root:/root:/bin/sh\ngavel:x:{uid}:{uid}:gavel:/w:/bin/sh\n\
         nobody:x:65534:65534:nobody:/nonexistent:/bin/false\n"
    );
    let groups = format!("root:x:0:\ngavel:x:{uid}:\nnogroup:x:65534:\n");
    for (path, text) in
        [(workspace.slot_users(slot.number), users), (workspace.slot_groups(slot.number), groups)]
    {
        let failed = |source| StartError::Names { path: path.display().to_string(), source };
        if std::fs::read_to_string(&path).is_ok_and(|there| there == text) {
            continue;
        }
        std::fs::write(&path, text).map_err(failed)?;
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o444)).map_err(failed)?;
    }
    Ok(())
}

/// The path is of no use once the monitor has connected.
struct Unlink<'a>(&'a Path);

impl Drop for Unlink<'_> {
    fn drop(&mut self) {
        match std::fs::remove_file(self.0) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(path = %self.0.display(), %error, "a slot's socket could not be removed");
            }
            _ => {}
        }
    }
}

fn listen_at(path: &Path) -> io::Result<AsyncFd<OwnedFd>> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = rustix::net::socket_with(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)?;
    rustix::net::bind(&socket, &SocketAddrUnix::new(path)?)?;
    // The monitor is another user's root where the engine maps uids; the directory is what keeps others out.
    std::fs::set_permissions(path, PermissionsExt::from_mode(0o666))?;
    rustix::net::listen(&socket, 1)?;
    watch(socket, Interest::READABLE)
}

async fn accept(listener: &AsyncFd<OwnedFd>) -> io::Result<OwnedFd> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let accept = |socket: &OwnedFd| Ok(rustix::net::accept_with(socket, flags)?);
    listener.async_io(Interest::READABLE, accept).await
}

/// Hello, then Welcome. Nothing has run in the container yet, so that the Hello is the monitor's own.
async fn shake_hands(connection: &mut Connection, slot: &Slot) -> Result<Hello, StartError> {
    let first = connection.receive().await?;
    let hello = match (first.run, first.reply) {
        (RunId::NONE, Reply::Hello(hello)) => hello,
        _ => return Err(SandboxError::Protocol("the first frame is no Hello".into()).into()),
    };
    if !hello.problems.is_empty() {
        return Err(StartError::Unfit(hello.problems.join("; ")));
    }
    let setup = Setup { uid: slot.uid, gid: slot.uid };
    connection.order(RunId::NONE, Order::Welcome(setup)).await?;
    Ok(hello)
}

//! From an empty slot to a monitor that is fit to run programs: listen, create, accept, handshake.

use std::io::{self, Write};
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
        replace(&path, &text).map_err(failed)?;
    }
    Ok(())
}

/// Whole or not at all; one that is there is read-only.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(Path::new("/")))?;
    file.write_all(text.as_bytes())?;
    file.as_file().set_permissions(PermissionsExt::from_mode(0o444))?;
    file.persist(path)?;
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
    // The monitor is another user's root where the engine maps uids; the directory of all slots is what keeps others out.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slots::Kind;

    #[test]
    fn the_programs_user_has_a_name_and_a_home_and_a_program_finds_nothing_in_the_directory() {
        let root = tempfile::tempdir().unwrap();
        let workspace = Workspace::new(root.path());
        std::fs::create_dir_all(workspace.slot(7)).unwrap();
        let slot = |uid| Slot { number: 7, kind: Kind::Run, name: "run-0".into(), uid };
        for uid in [52_007, 55_001] {
            name_user(&slot(uid), &workspace).unwrap();
            let users = std::fs::read_to_string(workspace.slot_users(7)).unwrap();
            assert!(users.contains(&format!("\ngavel:x:{uid}:{uid}:gavel:/w:/bin/sh\n")), "{users}");
            assert!(std::fs::read_to_string(workspace.slot_groups(7)).unwrap().contains(&format!(":{uid}:")));
        }
        let names = std::fs::read_dir(workspace.slot(7)).unwrap().map(|entry| entry.unwrap().file_name());
        assert!(names.into_iter().all(|name| name.to_string_lossy().starts_with('.')));
    }
}

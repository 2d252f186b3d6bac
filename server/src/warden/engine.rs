//! The connection to the Docker engine: every call with a deadline and a name.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bollard::Docker;
use bollard::errors::Error;
use bollard::models::{ContainerInspectResponse, SystemInfo};

use super::WardenError;
use crate::config::Config;

/// Longest that a call which makes or removes something may take: a loaded host needs many seconds.
pub(super) const CHANGE: Duration = Duration::from_secs(30);
/// Longest that a call which only looks may take.
pub(super) const LOOK: Duration = Duration::from_secs(15);

/// Where the engine is, unless `DOCKER_HOST` says something else.
pub(crate) const SOCKET: &str = "/var/run/docker.sock";

/// A connected engine. bollard opens a connection for each call, so an engine that restarts is found again.
#[derive(Debug, Clone)]
pub(super) struct Engine {
    pub(super) docker: Docker,
}

impl Engine {
    /// Connects and agrees on an API version. Only clones of this handle are used: another one would not have agreed.
    pub(super) async fn connect() -> Result<Self, WardenError> {
        let socket = Path::new(SOCKET);
        if std::env::var_os("DOCKER_HOST").is_none() && socket.is_dir() {
            return Err(WardenError::NoSocket(socket.to_owned()));
        }
        if std::env::var_os("DOCKER_HOST").is_none() {
            let reached = tokio::net::UnixStream::connect(socket).await;
            reached.map_err(|source| WardenError::NoEngine { path: socket.to_owned(), source })?;
        }
        let docker = Docker::connect_with_defaults()
            .map_err(|source| WardenError::Docker { doing: "be reached", source })?;
        let docker = within("answer", LOOK, docker.negotiate_version()).await?;
        Ok(Self { docker })
    }

    /// What the engine says of itself.
    pub(super) async fn info(&self) -> Result<SystemInfo, WardenError> {
        within("describe itself", LOOK, self.docker.info()).await
    }

    /// Where the host has our workspace: as configured, else as our own container has it mounted, else (where the
    /// engine knows no container that is us) where we have it.
    pub(super) async fn host_path(&self, config: &Config) -> Result<PathBuf, WardenError> {
        let here = &config.workspace.path;
        if let Some(path) = &config.workspace.host_path {
            return Ok(path.clone());
        }
        let Some(own) = self.own_container().await? else {
            let failed = |source| WardenError::Workspace { doing: "find", path: here.clone(), source };
            return std::path::absolute(here).map_err(failed);
        };
        let mounts = own.mounts.unwrap_or_default();
        let mounts = mounts.iter().filter_map(|mount| {
            Some((Path::new(mount.destination.as_deref()?), Path::new(mount.source.as_deref()?)))
        });
        source_of(here, mounts).ok_or_else(|| WardenError::HostPath(here.clone()))
    }

    /// The container that we run in, where it is one of this engine's.
    pub(super) async fn own_container(&self) -> Result<Option<ContainerInspectResponse>, WardenError> {
        let hostname = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let mountinfo = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        // Docker names a container's host after the container, unless it is told otherwise.
        for id in own_id(&mountinfo).into_iter().chain([hostname.trim()]).filter(|id| id.len() >= 12) {
            match within("inspect our own container", LOOK, self.docker.inspect_container(id, None)).await {
                // A container may also be named as our host is.
                Ok(found) if found.id.as_deref().is_some_and(|full| full.starts_with(id)) => {
                    return Ok(Some(found));
                }
                Err(error) if error.status() != Some(404) => return Err(error),
                _ => {}
            }
        }
        Ok(None)
    }
}

/// The id in the source of a file that Docker mounts into each container: `…/containers/<id>/hostname`.
fn own_id(mountinfo: &str) -> Option<&str> {
    mountinfo.lines().find_map(|line| {
        let mut fields = line.split(' ').skip(3);
        let (source, target) = (fields.next()?, fields.next()?);
        let id = source.strip_suffix("/hostname")?.rsplit('/').next()?;
        (target == "/etc/hostname" && id.len() == 64).then_some(id)
    })
}

/// The host path of `here`, by the innermost mount that holds it.
fn source_of<'a>(here: &Path, mounts: impl Iterator<Item = (&'a Path, &'a Path)>) -> Option<PathBuf> {
    let (destination, source) = mounts
        .filter(|(destination, _)| here.starts_with(destination))
        .max_by_key(|(destination, _)| destination.components().count())?;
    let rest = here.strip_prefix(destination).ok()?;
    Some(if rest.as_os_str().is_empty() { source.to_owned() } else { source.join(rest) })
}

/// Gives a call its deadline and its name.
pub(super) async fn within<T>(
    doing: &'static str,
    limit: Duration,
    call: impl Future<Output = Result<T, Error>>,
) -> Result<T, WardenError> {
    match tokio::time::timeout(limit, call).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(source)) => Err(WardenError::Docker { doing, source }),
        Err(_) => Err(WardenError::Slow { doing, limit }),
    }
}

impl WardenError {
    /// The HTTP status that Docker answered with.
    pub(super) fn status(&self) -> Option<u16> {
        match self {
            Self::Docker { source: Error::DockerResponseServerError { status_code, .. }, .. } => {
                Some(*status_code)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_id_is_found_in_the_mount_table() {
        let id = "0123456789abcdef".repeat(4);
        let line =
            format!("9 8 7:1 /var/lib/docker/containers/{id}/hostname /etc/hostname rw - ext4 /dev/sda rw");
        assert_eq!(own_id(&line), Some(id.as_str()));
        assert_eq!(own_id("31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755"), None);
    }

    #[test]
    fn the_innermost_mount_gives_the_host_path() {
        let mounts =
            [("/", "/lower"), ("/workspace", "/home/a/gavel/workspace/data"), ("/work", "/elsewhere")];
        let find = |here: &str| {
            source_of(Path::new(here), mounts.iter().map(|(to, from)| (Path::new(*to), Path::new(*from))))
        };
        assert_eq!(find("/workspace"), Some("/home/a/gavel/workspace/data".into()));
        assert_eq!(find("/workspace/x"), Some("/home/a/gavel/workspace/data/x".into()));
        assert_eq!(find("/other"), Some("/lower/other".into()));
    }
}

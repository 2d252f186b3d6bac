//! Prepares the workspace: directories, their owners, the monitor's binary.

use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use super::WardenError;
use crate::slots::{SERVER_UID, SlotPlan};
use crate::workspace::Workspace;

/// Makes the directories that are missing and gives them to the server. The warden keeps what containers execute.
pub(super) fn directories(workspace: &Workspace, plan: &SlotPlan, socket: &Path) -> Result<(), WardenError> {
    let root = rustix::process::geteuid().as_raw();
    let (ours, servers) = ((root, root), (SERVER_UID, SERVER_UID));
    own(workspace.root(), 0o755, ours)?;
    own(&workspace.bin(), 0o755, ours)?;
    if let Some(parent) = socket.parent() {
        own(parent, 0o755, ours)?;
    }
    // Whoever reaches a slot's socket can be its monitor. A container has the directory of its slot mounted; of other users of
    // the host none is to get there.
    own(&workspace.slots(), 0o750, (root, SERVER_UID))?;
    for slot in plan.iter() {
        own(&workspace.slot(slot.number), 0o755, servers)?;
    }
    own(&workspace.store(), 0o700, servers)?;
    own(&workspace.state(), 0o700, servers)
}

/// Copies the monitor to where containers get it from, under its content hash, which is returned: a container of an
/// older server keeps the binary it was made with.
pub(super) fn monitor(workspace: &Workspace, configured: Option<&Path>) -> Result<String, WardenError> {
    let source = match configured {
        Some(path) => path.to_owned(),
        None => beside_us(),
    };
    let binary =
        std::fs::read(&source).map_err(|error| WardenError::Monitor { path: source, source: error })?;
    let hash = blake3::hash(&binary).to_hex()[..16].to_owned();
    let target = workspace.monitor(&hash);
    remove_others(&target);
    // One of the same name may be torn, where the host lost power over an earlier start.
    if std::fs::read(&target).is_ok_and(|found| found == binary) {
        return Ok(hash);
    }
    match write_executable(&target, &binary) {
        Ok(()) => Ok(hash),
        Err(source) => Err(WardenError::Workspace { doing: "write", path: target, source }),
    }
}

/// Earlier binaries go; a container that has one mounted keeps it.
fn remove_others(keep: &Path) {
    let Some(directory) = keep.parent() else { return };
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        if entry.path() != keep
            && let Err(error) = std::fs::remove_file(entry.path())
        {
            tracing::warn!(path = %entry.path().display(), %error, "an earlier monitor could not be removed");
        }
    }
}

/// Whole or not at all, and never open for writing under its name.
fn write_executable(target: &Path, binary: &[u8]) -> io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(target.parent().unwrap_or(Path::new("/")))?;
    file.write_all(binary)?;
    file.as_file().set_permissions(PermissionsExt::from_mode(0o555))?;
    file.as_file().sync_all()?;
    file.persist(target)?;
    Ok(())
}

fn beside_us() -> PathBuf {
    let us = std::env::current_exe().unwrap_or_default();
    us.with_file_name("monitor")
}

/// Makes a directory, or takes one that is there, with this user and group. The warden is root without DAC_OVERRIDE and FOWNER:
/// only what it owns can it change, but it may take and give (CAP_CHOWN). Other users change no owners.
fn own(path: &Path, mode: u32, (user, group): (u32, u32)) -> Result<(), WardenError> {
    let failed = |doing| move |source| WardenError::Workspace { doing, path: path.to_owned(), source };
    match std::fs::create_dir(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            std::fs::create_dir_all(path).map_err(failed("make"))?;
        }
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(failed("make")(error)),
        _ => {}
    }
    let found = std::fs::symlink_metadata(path).map_err(failed("look at"))?;
    if !found.is_dir() {
        return Err(failed("use")(io::Error::from(io::ErrorKind::NotADirectory)));
    }
    let us = rustix::process::geteuid().as_raw();
    let may_chown = us == 0;
    let is_owned = found.uid() == user && (found.gid() == group || !may_chown);
    if is_owned && found.mode() & 0o777 == mode {
        return Ok(());
    }
    if may_chown && found.uid() != us {
        chown(path, Some(us), None).map_err(failed("take"))?;
    }
    std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).map_err(failed("set the mode of"))?;
    if may_chown {
        chown(path, Some(user), Some(group)).map_err(failed("give away"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_monitor_is_copied_under_its_hash_and_earlier_ones_go() {
        let directory = tempfile::tempdir().unwrap();
        let workspace = Workspace::new(directory.path());
        std::fs::create_dir(workspace.bin()).unwrap();
        let source = directory.path().join("monitor");
        std::fs::write(&source, "one").unwrap();
        let first = monitor(&workspace, Some(&source)).unwrap();
        std::fs::write(&source, "two").unwrap();
        let second = monitor(&workspace, Some(&source)).unwrap();
        assert_ne!(first, second);
        assert!(!workspace.monitor(&first).exists());
        let copy = workspace.monitor(&second);
        assert_eq!(std::fs::read(&copy).unwrap(), b"two");
        assert_eq!(std::fs::metadata(&copy).unwrap().mode() & 0o777, 0o555);
        write_executable(&copy, b"t").unwrap();
        assert_eq!(monitor(&workspace, Some(&source)).unwrap(), second);
        assert_eq!(std::fs::read(&copy).unwrap(), b"two", "a torn one is written anew");
    }

    #[test]
    fn a_monitor_that_is_not_there_is_named() {
        let workspace = Workspace::new("/nonexistent");
        let error = monitor(&workspace, Some(Path::new("/no/monitor"))).unwrap_err();
        assert!(error.to_string().contains("/no/monitor"), "{error}");
    }

    #[test]
    fn a_directory_is_made_and_taken_over() {
        let directory = tempfile::tempdir().unwrap();
        let us = rustix::process::geteuid().as_raw();
        let path = directory.path().join("a/b");
        let found = || std::fs::metadata(&path).unwrap();
        own(&path, 0o755, (us, us)).unwrap();
        own(&path, 0o700, (us, us)).unwrap();
        assert_eq!(found().mode() & 0o777, 0o700);
        own(&path, 0o700, (us, SERVER_UID)).unwrap();
        assert!(us != 0 || found().gid() == SERVER_UID, "a group may be all that differs");
    }

    #[test]
    fn no_other_user_of_the_host_reaches_the_socket_of_a_slot() {
        let directory = tempfile::tempdir().unwrap();
        let workspace = Workspace::new(directory.path().join("workspace"));
        let file = directory.path().join("languages.toml");
        std::fs::write(&file, "").unwrap();
        let languages = crate::language::Languages::load(&file, "latest").unwrap();
        let mut config = crate::config::Config::default();
        config.gojudge.enabled = false;
        let host = crate::slots::Host { cores: 2, memory: gavel_protocol::Bytes::mib(16 * 1024) };
        let plan = SlotPlan::new(&config, &languages, host).unwrap();
        if !rustix::process::geteuid().is_root() {
            // Who cannot give a directory away owns all of them.
            return;
        }
        directories(&workspace, &plan, &workspace.root().join("warden.sock")).unwrap();
        let slots = std::fs::metadata(workspace.slots()).unwrap();
        assert_eq!((slots.mode() & 0o777, slots.uid(), slots.gid()), (0o750, 0, SERVER_UID));
    }

    #[test]
    fn a_link_in_place_of_a_directory_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("slots");
        std::os::unix::fs::symlink("/etc", &path).unwrap();
        let us = rustix::process::geteuid().as_raw();
        assert!(own(&path, 0o755, (us, us)).is_err());
    }
}

//! The container that looks after the cgroup that all sandboxes have in common. It runs a script of ours and ends.

use std::collections::HashMap;

use bollard::models::{
    ContainerCreateBody, HealthConfig, HostConfig, HostConfigCgroupnsModeEnum, HostConfigLogConfig,
};

use super::super::cgroup_parent::CgroupParent;
use super::super::reaper::prefix;
use super::{INSTANCE, SECCOMP, read_only};

/// What its label says that it is for.
pub(in crate::warden) const ROLE: &str = "ceiling";

/// Memory, and processes: a shell's.
const MEMORY: i64 = 32 * 1024 * 1024;
const PROCESSES: i64 = 16;

/// What it may do with the cgroup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::warden) enum Access {
    /// Only look: a cgroup that is missing stays so, and the container is not made.
    Read,
    /// Write; the engine makes what is missing.
    Write,
}

/// What differs from container to container.
#[derive(Debug, Clone)]
pub(in crate::warden) struct Preparing<'a> {
    /// The instance's label.
    pub(in crate::warden) instance: &'a str,
    /// Any with a shell.
    pub(in crate::warden) image: &'a str,
    /// Runtime, where not the engine's default.
    pub(in crate::warden) runtime: Option<&'a str>,
    /// For the shell.
    pub(in crate::warden) script: &'a str,
    /// Its arguments.
    pub(in crate::warden) arguments: &'a [String],
    /// Directories of the host, and where it sees them.
    pub(in crate::warden) cgroups: &'a [(String, String)],
    /// What the script may do there.
    pub(in crate::warden) access: Access,
}

impl Access {
    /// As the script has it.
    fn verb(self) -> &'static str {
        match self {
            Self::Read => "look",
            Self::Write => "set",
        }
    }
}

impl Preparing<'_> {
    /// Of the container: there is one of a kind at a time.
    pub(in crate::warden) fn name(&self) -> String {
        format!("{}ceiling-{}", prefix(self.instance), self.access.verb())
    }

    /// By which it is known.
    fn labels(instance: &str) -> HashMap<String, String> {
        [(INSTANCE, instance), (super::ROLE, ROLE)]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into()
    }

    /// The body of `POST /containers/create`.
    pub(in crate::warden) fn body(&self) -> ContainerCreateBody {
        let entrypoint = ["sh", "-c", self.script, self.access.verb()].map(str::to_owned).to_vec();
        ContainerCreateBody {
            image: Some(self.image.to_owned()),
            user: Some("0:0".to_owned()),
            entrypoint: Some(entrypoint),
            cmd: Some(self.arguments.to_vec()),
            env: Some(Vec::new()),
            working_dir: Some("/".to_owned()),
            labels: Some(Self::labels(self.instance)),
            network_disabled: Some(true),
            healthcheck: Some(HealthConfig {
                test: Some(vec!["NONE".to_owned()]),
                ..HealthConfig::default()
            }),
            host_config: Some(self.host_config()),
            ..ContainerCreateBody::default()
        }
    }

    /// As [`Self::body`], with the cgroups that a sandbox has there.
    pub(in crate::warden) fn body_below(
        &self,
        CgroupParent { parent, binds }: CgroupParent,
    ) -> ContainerCreateBody {
        let host = HostConfig { cgroup_parent: parent, binds: Some(binds), ..self.host_config() };
        ContainerCreateBody { host_config: Some(host), ..self.body() }
    }

    /// Root without a capability: it owns the files of cgroups, and that suffices.
    fn host_config(&self) -> HostConfig {
        let binds = self.cgroups.iter().map(|(source, target)| format!("{source}:{target}")).collect();
        let mounts = self.cgroups.iter().map(|(source, target)| read_only(source, target)).collect();
        let (binds, mounts) = match self.access {
            Access::Write => (Some(binds), None),
            Access::Read => (None, Some(mounts)),
        };
        HostConfig {
            privileged: Some(false),
            cap_drop: Some(vec!["ALL".to_owned()]),
            security_opt: Some(vec!["no-new-privileges:true".to_owned(), format!("seccomp={SECCOMP}")]),
            readonly_rootfs: Some(true),
            network_mode: Some("none".to_owned()),
            ipc_mode: Some("none".to_owned()),
            cgroupns_mode: Some(HostConfigCgroupnsModeEnum::PRIVATE),
            runtime: self.runtime.map(str::to_owned),
            log_config: Some(HostConfigLogConfig { typ: Some("none".to_owned()), config: None }),
            binds,
            mounts,
            memory: Some(MEMORY),
            pids_limit: Some(PROCESSES),
            ..HostConfig::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host_config(access: Access) -> HostConfig {
        let cgroups = [("/sys/fs/cgroup/memory/gavel/main".to_owned(), "/cg/memory".to_owned())];
        let preparing = Preparing {
            instance: "main",
            image: "gavel/run:latest",
            runtime: None,
            script: "true",
            arguments: &[],
            cgroups: &cgroups,
            access,
        };
        preparing.body().host_config.unwrap()
    }

    #[test]
    fn it_has_the_common_cgroup_and_nothing_else() {
        for access in [Access::Read, Access::Write] {
            let host = host_config(access);
            assert_eq!((host.privileged, host.cap_add), (Some(false), None));
            assert_eq!(host.cap_drop.as_deref(), Some(&["ALL".to_owned()][..]));
            assert_eq!((host.network_mode.as_deref(), host.readonly_rootfs), (Some("none"), Some(true)));
            assert_eq!((host.pid_mode, host.devices, host.userns_mode), (None, None, None));
        }
        let binds = host_config(Access::Write).binds.unwrap();
        assert_eq!(binds, ["/sys/fs/cgroup/memory/gavel/main:/cg/memory"]);
    }

    #[test]
    fn who_only_looks_can_neither_write_nor_make_a_cgroup() {
        let host = host_config(Access::Read);
        assert_eq!(host.binds, None);
        assert!(host.mounts.unwrap().iter().all(|mount| mount.read_only == Some(true)));
    }
}

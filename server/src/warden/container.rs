//! The containers' templates: the only place that names a Docker option. `docs/security.md` gives the reasons.

use std::collections::HashMap;

use bollard::models::{
    ContainerCreateBody, HealthConfig, HostConfig, HostConfigCgroupnsModeEnum, HostConfigLogConfig, Mount,
    MountType, ResourcesUlimits, RestartPolicy, RestartPolicyNameEnum,
};

pub(super) mod preparing;

use super::cgroup_parent::CgroupParent;
use crate::slots::{Entry, Kind, ProfileSpec, Scratch, Slot};

/// Labels everything of an instance.
pub(super) const INSTANCE: &str = "io.gavel.instance";
/// `run`, `command` or `toolchain`.
pub(super) const ROLE: &str = "io.gavel.role";
/// The slot's number.
pub(super) const SLOT: &str = "io.gavel.slot";
/// As in [`crate::slots::Verb::Create`].
pub(super) const PROFILE: &str = "io.gavel.profile";
/// The uids of all slots of the instance, as `first-last`: other instances are to have others.
pub(super) const UIDS: &str = "io.gavel.uids";

/// The monitor, in every container.
const MONITOR: &str = "/usr/local/bin/monitor";

/// Starts the monitor, as PID 1 or by exec.
pub(super) const SERVE: [&str; 4] = [MONITOR, "serve", "--socket", "/ctl/monitor.sock"];

/// Our outer allow-list. The monitor puts a stricter filter on each program.
const SECCOMP: &str = include_str!("seccomp.json");

/// Descriptors of the monitor itself: pipes, leaves, what comes beside a frame.
const MONITOR_FILES: u32 = 4096;

/// Processes beside the program's own: the monitor, init and sleep; and some to spare.
const MONITOR_PROCESSES: u32 = 16;

/// Processes of a container whose program may have so many.
pub(super) fn processes_of_container(processes: u32) -> u32 {
    processes + MONITOR_PROCESSES
}

/// The defaults of Docker, which a list of ours replaces, and what tells of the host's devices, of other containers' timing, locks and
/// use of the host.
const MASKED: [&str; 30] = [
    "/proc/acpi",
    "/proc/asound",
    "/proc/buddyinfo",
    "/proc/cmdline",
    "/proc/consoles",
    "/proc/diskstats",
    "/proc/dma",
    "/proc/interrupts",
    "/proc/iomem",
    "/proc/ioports",
    "/proc/kallsyms",
    "/proc/kcore",
    "/proc/key-users",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/locks",
    "/proc/partitions",
    "/proc/pressure",
    "/proc/sched_debug",
    "/proc/schedstat",
    "/proc/scsi",
    "/proc/softirqs",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/proc/vmstat",
    "/proc/zoneinfo",
    "/sys/devices/system/cpu/cpu0/thermal_throttle",
    "/sys/devices/virtual/powercap",
    "/sys/firmware",
    "/sys/fs/selinux",
];

/// The defaults of Docker.
const READ_ONLY: [&str; 5] = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

/// What differs from container to container.
#[derive(Debug, Clone)]
pub(super) struct Template<'a> {
    /// The instance's label.
    pub(super) instance: &'a str,
    /// The slot it is for.
    pub(super) slot: &'a Slot,
    /// The first and the last uid of all slots.
    pub(super) uids: (u32, u32),
    /// What it is made of.
    pub(super) spec: &'a ProfileSpec,
    /// Host path of the slot's directory.
    pub(super) control: &'a str,
    /// Host path of the monitor's binary.
    pub(super) monitor: &'a str,
    /// Its place in the cgroup tree.
    pub(super) cgroup: CgroupParent,
    /// Runtime, where not the engine's default.
    pub(super) runtime: Option<&'a str>,
}

impl Template<'_> {
    /// The body of `POST /containers/create`.
    pub(super) fn body(&self) -> ContainerCreateBody {
        let (entrypoint, command) = match self.spec.entry {
            Entry::Sleep => (vec!["sleep".to_owned()], vec!["infinity".to_owned()]),
            Entry::Monitor => (vec![MONITOR.to_owned()], self.serving()),
        };
        ContainerCreateBody {
            image: Some(self.spec.image.clone()),
            hostname: Some(self.spec.profile.short().to_owned()),
            user: Some("0:0".to_owned()),
            entrypoint: Some(entrypoint),
            cmd: Some(command),
            env: Some(Vec::new()),
            working_dir: Some("/".to_owned()),
            labels: Some(self.labels()),
            tty: Some(false),
            open_stdin: Some(false),
            attach_stdin: Some(false),
            attach_stdout: Some(false),
            attach_stderr: Some(false),
            network_disabled: Some(true),
            stop_signal: Some("SIGKILL".to_owned()),
            healthcheck: Some(HealthConfig {
                test: Some(vec!["NONE".to_owned()]),
                ..HealthConfig::default()
            }),
            host_config: Some(self.host_config()),
            ..ContainerCreateBody::default()
        }
    }

    /// Arguments of a monitor that is PID 1.
    fn serving(&self) -> Vec<String> {
        let commands = (self.spec.profile.kind() == Kind::Command).then_some(["--for", "commands"]);
        SERVE[1..].iter().chain(commands.iter().flatten()).map(|&word| word.to_owned()).collect()
    }

    fn labels(&self) -> HashMap<String, String> {
        let role = self.spec.profile.kind().as_str();
        HashMap::from([
            (INSTANCE.to_owned(), self.instance.to_owned()),
            (ROLE.to_owned(), role.to_owned()),
            (SLOT.to_owned(), self.slot.number.to_string()),
            (PROFILE.to_owned(), self.spec.profile.to_string()),
            (UIDS.to_owned(), format!("{}-{}", self.uids.0, self.uids.1)),
        ])
    }

    fn host_config(&self) -> HostConfig {
        let memory = i64::try_from(self.spec.memory.get()).unwrap_or(i64::MAX);
        HostConfig {
            privileged: Some(false),
            cap_drop: Some(vec!["ALL".to_owned()]),
            cap_add: Some(["SETUID", "SETGID", "KILL"].map(str::to_owned).to_vec()),
            security_opt: Some(vec!["no-new-privileges:true".to_owned(), format!("seccomp={SECCOMP}")]),
            masked_paths: Some(MASKED.map(str::to_owned).to_vec()),
            readonly_paths: Some(READ_ONLY.map(str::to_owned).to_vec()),
            readonly_rootfs: Some(true),
            network_mode: Some("none".to_owned()),
            ipc_mode: Some("none".to_owned()),
            cgroupns_mode: Some(HostConfigCgroupnsModeEnum::PRIVATE),
            // The monitor reaps where it is PID 1; `sleep` would not.
            init: Some(self.spec.entry == Entry::Sleep),
            runtime: self.runtime.map(str::to_owned),
            auto_remove: Some(false),
            restart_policy: Some(RestartPolicy {
                name: Some(RestartPolicyNameEnum::NO),
                ..Default::default()
            }),
            log_config: Some(HostConfigLogConfig { typ: Some("none".to_owned()), config: None }),
            cgroup_parent: self.cgroup.parent.clone(),
            binds: Some(self.cgroup.binds.clone()),
            mounts: Some(vec![read_only(self.control, "/ctl"), read_only(self.monitor, MONITOR)]),
            tmpfs: Some(self.tmpfs()),
            memory: Some(memory),
            // Equal means: no swap.
            memory_swap: Some(memory),
            oom_kill_disable: Some(false),
            oom_score_adj: Some(0),
            pids_limit: Some(processes_of_container(self.spec.processes).into()),
            ulimits: Some(self.ulimits()),
            ..HostConfig::default()
        }
    }

    /// All that is writable. Sizes and inodes are capped: Docker's own `/dev/shm` has no inode limit.
    fn tmpfs(&self) -> HashMap<String, String> {
        let Scratch { work, tmp, shm } = self.spec.scratch;
        let (work, tmp, shm) = (work.get(), tmp.get(), shm.get());
        let scratch = match self.spec.profile.kind() {
            // As go-judge has it: commands keep programs there.
            Kind::Toolchain | Kind::Command => {
                format!("rw,nosuid,nodev,exec,size={tmp},nr_inodes=16384,mode=1777")
            }
            Kind::Run => format!("rw,nosuid,nodev,noexec,size={tmp},nr_inodes=4096,mode=1777"),
        };
        HashMap::from([
            ("/w".to_owned(), format!("rw,nosuid,nodev,exec,size={work},nr_inodes=16384,mode=0777")),
            ("/tmp".to_owned(), scratch),
            ("/dev/shm".to_owned(), format!("rw,nosuid,nodev,noexec,size={shm},nr_inodes=256,mode=1777")),
        ])
    }

    /// Ceilings for the monitor as well, which lowers them for each program and could not raise them.
    fn ulimits(&self) -> Vec<ResourcesUlimits> {
        let files = self.spec.open_files.max(MONITOR_FILES).into();
        // core 1, not 0: `fs/coredump.c` runs a piped core_pattern at 0.
        [("core", 1), ("nofile", files), ("memlock", 0), ("msgqueue", 0), ("sigpending", 1024), ("rtprio", 0)]
            .into_iter()
            .map(|(name, value)| ResourcesUlimits {
                name: Some(name.to_owned()),
                soft: Some(value),
                hard: Some(value),
            })
            .collect()
    }
}

/// A read-only bind; a missing source is an error. Propagation is the engine's choice: private, but for a workspace in a
/// volume, which lies below the engine's own root, where it insists on rslave.
fn read_only(source: &str, target: &str) -> Mount {
    Mount {
        typ: Some(MountType::BIND),
        source: Some(source.to_owned()),
        target: Some(target.to_owned()),
        read_only: Some(true),
        ..Mount::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::language::Languages;
    use crate::slots::{Profile, Profiles};

    /// With the settings of a new instance.
    fn spec(profile: &Profile) -> ProfileSpec {
        let languages = Languages::load("../images/languages.toml".as_ref(), "latest").unwrap();
        Profiles::new(&Config::default(), &languages).get(profile).unwrap().clone()
    }

    fn template(profile: Profile, check: impl FnOnce(ContainerCreateBody, HostConfig)) {
        let name = format!("{}-0", profile.short());
        let spec = spec(&profile);
        let slot = Slot { number: 7, kind: profile.kind(), name, uid: 52_007 };
        let template = Template {
            instance: "main",
            slot: &slot,
            uids: (52_000, 52_011),
            spec: &spec,
            control: "/host/slots/7",
            monitor: "/host/bin/monitor-12ab",
            cgroup: CgroupParent {
                parent: Some("/gavel/main/slot-7".into()),
                binds: vec!["/sys/fs/cgroup/gavel/main/slot-7:/cg".into()],
            },
            runtime: None,
        };
        let body = template.body();
        let host = body.host_config.clone().unwrap();
        check(body, host);
    }

    #[test]
    fn the_template_of_a_run_container_is_as_reviewed() {
        template(Profile::Run, |mut body, _| {
            let host = body.host_config.as_mut().unwrap();
            let options = host.security_opt.as_mut().unwrap();
            assert!(options[1].starts_with("seccomp={"));
            options[1] = "seccomp=(ours)".into();
            // Maps have no order of their own.
            let sorted = serde_json::to_value(&body).unwrap();
            insta::assert_json_snapshot!(sorted);
        });
    }

    /// What the kernel counts for a file system beside its pages: at most so much for each inode.
    const OF_INODE: u64 = 1024;

    fn option(options: &str, name: &str) -> u64 {
        let value = options.split(',').find_map(|option| option.strip_prefix(name)?.strip_prefix('='));
        value.unwrap().parse().unwrap()
    }

    #[test]
    fn the_largest_program_has_its_memory_beside_file_systems_that_are_all_full() {
        let Config { limits, gojudge, .. } = Config::default();
        for (profile, largest) in [
            (Profile::Run, limits.run_max.memory),
            (Profile::Command, gojudge.max_memory),
            (Profile::Toolchain("gcc".into()), limits.compile_max.memory),
        ] {
            template(profile.clone(), |_, host| {
                let tmpfs = host.tmpfs.unwrap();
                assert_eq!(tmpfs.len(), 3);
                let full =
                    |options: &String| option(options, "size") + OF_INODE * option(options, "nr_inodes");
                let needed = largest.get() + tmpfs.values().map(full).sum::<u64>();
                assert!(host.memory.unwrap() >= i64::try_from(needed).unwrap(), "{profile}: {needed}");
            });
        }
    }

    #[test]
    fn commands_may_keep_programs_in_tmp_and_programs_of_submissions_may_not() {
        let options_of = |profile| {
            let mut found = String::new();
            template(profile, |_, host| found = host.tmpfs.unwrap()["/tmp"].clone());
            found
        };
        let command = options_of(Profile::Command);
        assert!(command.contains(",exec,") && command.contains("size=134217728,"), "{command}");
        assert!(options_of(Profile::Run).contains(",noexec,"));
    }

    #[test]
    fn a_monitor_of_commands_is_told_that_it_is_and_no_other() {
        template(Profile::Command, |body, _| {
            assert_eq!(body.cmd.unwrap().join(" "), "serve --socket /ctl/monitor.sock --for commands");
        });
        template(Profile::Run, |body, _| assert!(!body.cmd.unwrap().contains(&"--for".to_owned())));
    }

    #[test]
    fn no_container_gets_what_leads_out_of_it() {
        for profile in [Profile::Run, Profile::Toolchain("gcc".into())] {
            template(profile, |body, host| {
                assert_eq!(host.privileged, Some(false));
                assert_eq!(host.cap_drop.as_deref(), Some(&["ALL".to_owned()][..]));
                assert_eq!(
                    (host.network_mode.as_deref(), host.ipc_mode.as_deref()),
                    (Some("none"), Some("none"))
                );
                assert_eq!((host.pid_mode, host.uts_mode, host.userns_mode), (None, None, None));
                assert_eq!((host.devices, host.device_requests, host.group_add), (None, None, None));
                assert_eq!(host.memory, host.memory_swap);
                assert!(host.mounts.iter().flatten().all(|mount| mount.read_only == Some(true)));
                let sources = host.mounts.iter().flatten().filter_map(|mount| mount.source.as_deref());
                assert!(sources.chain(host.binds.iter().flatten().map(String::as_str)).all(|source| {
                    !source.contains("docker.sock")
                        && (source.starts_with("/host/") || source.starts_with("/sys/fs/cgroup/gavel/"))
                }));
                assert!(host.tmpfs.unwrap().values().all(|options| {
                    options.contains("nosuid")
                        && options.contains("nodev")
                        && options.contains("size=")
                        && options.contains("nr_inodes=")
                }));
                assert_eq!(body.env.as_deref(), Some(&[][..]), "nothing of ours is in the environment");
            });
        }
    }

    #[test]
    fn whoever_is_not_pid_1_gets_an_init_that_reaps() {
        template(Profile::Run, |body, host| {
            assert_eq!((host.init, body.entrypoint), (Some(false), Some(vec![MONITOR.to_owned()])));
        });
        template(Profile::Toolchain("gcc".into()), |body, host| {
            assert_eq!((host.init, body.entrypoint), (Some(true), Some(vec!["sleep".to_owned()])));
        });
    }

    #[test]
    fn the_outer_filter_is_an_allow_list_without_the_calls_that_led_out_of_containers() {
        let profile: serde_json::Value = serde_json::from_str(SECCOMP).unwrap();
        assert_eq!(profile["defaultAction"], "SCMP_ACT_ERRNO");
        let allowed: Vec<&str> = profile["syscalls"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|rule| rule["action"] == "SCMP_ACT_ALLOW")
            .flat_map(|rule| rule["names"].as_array().unwrap())
            .map(|name| name.as_str().unwrap())
            .collect();
        for refused in [
            "io_uring_setup",
            "bpf",
            "mount",
            "unshare",
            "setns",
            "ptrace",
            "keyctl",
            "userfaultfd",
            "perf_event_open",
            "open_by_handle_at",
            "splice",
            "vmsplice",
            "kexec_load",
            "init_module",
            "pidfd_getfd",
            "socketcall",
            "inotify_init1",
            "fadvise64",
            "sync",
            "syncfs",
            "cachestat",
        ] {
            assert!(!allowed.contains(&refused), "{refused}");
        }
        // No 32-bit ABI: it would tunnel every socket family.
        for arch in profile["archMap"].as_array().unwrap() {
            assert_eq!(arch["subArchitectures"], serde_json::json!([]));
        }
    }
}

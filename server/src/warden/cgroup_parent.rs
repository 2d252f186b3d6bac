//! Where a slot's containers live in the cgroup tree, and how they get to see their own part of it as `/cg`.

use bollard::models::{SystemInfo, SystemInfoCgroupDriverEnum, SystemInfoCgroupVersionEnum};

use crate::config::SandboxConfig;

/// The v1 hierarchies that the monitor measures and limits by.
const CONTROLLERS: [&str; 3] = ["memory", "pids", "cpuacct"];

/// Those that only some runs join: where the host does not have one, such a run is refused.
const OPTIONAL: [&str; 2] = ["cpu", "cpuset"];

/// What a container of one slot gets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct CgroupParent {
    /// `CgroupParent`; none leaves it to the engine.
    pub(super) parent: Option<String>,
    /// `Binds`: makes missing sources, as `Mounts` would not.
    pub(super) binds: Vec<String>,
}

/// The cgroup that all slots of an instance have as ancestor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Common {
    /// One hierarchy, as with cgroup v2.
    pub(super) unified: bool,
    /// Where the host has it, in each hierarchy that limits anything, and where a container is to see it.
    pub(super) directories: Vec<(String, String)>,
    /// Its name, where it is systemd's to limit.
    pub(super) slice: Option<String>,
}

/// How the engine keeps cgroups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cgroups {
    driver: Driver,
    /// Mount point on the host and name below `/cg`, of each hierarchy; empty = no writable `/cg`.
    hierarchies: Vec<(String, &'static str)>,
    /// `/gavel` or `gavel.slice`.
    root: String,
    instance: String,
    /// Mount points of all hierarchies: a container has a directory in each.
    mounts: Vec<String>,
    /// The kernel keeps those in a cgroup namespace from the limits of its root.
    delegates: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Driver {
    Cgroupfs,
    Systemd,
    None,
}

impl Cgroups {
    /// By the settings, and by what the engine says of itself.
    pub(super) fn of_host(info: &SystemInfo, settings: &SandboxConfig) -> Self {
        let mountinfo = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
        let (root, runtime) = (settings.cgroup_parent.as_deref(), settings.runtime.as_deref());
        Self::of_engine(info, &mountinfo, root, runtime, &settings.instance)
    }

    /// Reads it off the engine's description of itself and our own mount table: Docker mounts the hierarchies in
    /// containers at the places where the host has them.
    pub(super) fn of_engine(
        info: &SystemInfo,
        mountinfo: &str,
        root: Option<&str>,
        runtime: Option<&str>,
        instance: &str,
    ) -> Self {
        let driver = match info.cgroup_driver {
            Some(SystemInfoCgroupDriverEnum::SYSTEMD) => Driver::Systemd,
            Some(SystemInfoCgroupDriverEnum::CGROUPFS) => Driver::Cgroupfs,
            _ => Driver::None,
        };
        let default = match driver {
            Driver::Systemd => "gavel.slice",
            Driver::Cgroupfs | Driver::None => "/gavel",
        };
        let unified = info.cgroup_version == Some(SystemInfoCgroupVersionEnum::_2);
        let hierarchies = if driver == Driver::None || !writable(info, runtime) {
            Vec::new()
        } else if unified {
            vec![("/sys/fs/cgroup".to_owned(), "")]
        } else {
            v1_hierarchies(mountinfo)
        };
        let (root, instance) = (root.unwrap_or(default).to_owned(), instance.to_owned());
        let delegates = delegates(mountinfo);
        Self { driver, hierarchies, root, instance, mounts: mounts(mountinfo), delegates }
    }

    /// With cgroup v2: can no container change its own limits?
    pub(super) fn delegates(&self) -> bool {
        self.delegates
    }

    /// What limits on all slots together are set on; none where no container can write to its cgroup anyway.
    pub(super) fn common(&self) -> Option<Common> {
        let (path, slice) = match self.driver {
            Driver::None => return None,
            Driver::Cgroupfs => (self.instance_path(), None),
            Driver::Systemd => {
                let slice = self.instance_slice();
                (slice_path(&slice), Some(slice))
            }
        };
        let limiting = self.hierarchies.iter().filter(|(_, name)| matches!(*name, "" | "memory" | "pids"));
        let directories: Vec<_> =
            limiting.map(|(mount, name)| (format!("{mount}{path}"), below_cg(name))).collect();
        let unified = self.hierarchies.iter().any(|(_, name)| name.is_empty());
        (!directories.is_empty()).then_some(Common { unified, directories, slice })
    }

    fn instance_path(&self) -> String {
        format!("{}/{}", self.root.trim_end_matches('/'), self.instance)
    }

    fn instance_slice(&self) -> String {
        // A `-` in a slice's name is a level of the tree.
        format!("{}-{}.slice", self.root.trim_end_matches(".slice"), self.instance.replace('-', "_"))
    }

    /// The same without `/cg`, for an engine that turned out not to let containers have it.
    pub(super) fn without_binds(&self) -> Self {
        Self { hierarchies: Vec::new(), ..self.clone() }
    }

    /// Containers get a `/cg`.
    pub(super) fn has_binds(&self) -> bool {
        !self.hierarchies.is_empty()
    }

    /// Removes the instance's directories once its containers are gone, as far as we may write there: in its own
    /// container the warden sees the hierarchies read-only, and `make purge` does it. Of slices systemd disposes.
    pub(super) fn remove_empty(&self) {
        if self.driver != Driver::Cgroupfs {
            return;
        }
        for mount in &self.mounts {
            let instance = format!("{mount}{}", self.instance_path());
            let slots = std::fs::read_dir(&instance).into_iter().flatten().flatten();
            for slot in slots.filter(|entry| entry.file_name().to_string_lossy().starts_with("slot-")) {
                // rmdir takes none that is in use.
                let _ = std::fs::remove_dir(slot.path());
            }
            let _ = std::fs::remove_dir(&instance);
        }
    }

    /// The parent of a slot's containers, and its binds.
    pub(super) fn of_slot(&self, slot: u32) -> CgroupParent {
        let (parent, path) = match self.driver {
            Driver::None => return CgroupParent::default(),
            Driver::Cgroupfs => {
                let path = format!("{}/slot-{slot}", self.instance_path());
                (path.clone(), path)
            }
            Driver::Systemd => {
                let instance = self.instance_slice();
                let slice = format!("{}-slot{slot}.slice", instance.trim_end_matches(".slice"));
                let path = slice_path(&slice);
                (slice, path)
            }
        };
        let bind = |(mount, name): &(String, &'static str)| format!("{mount}{path}:{}", below_cg(name));
        CgroupParent { parent: Some(parent), binds: self.hierarchies.iter().map(bind).collect() }
    }
}

/// Where a container sees a hierarchy.
fn below_cg(name: &str) -> String {
    match name {
        "" => "/cg".to_owned(),
        name => format!("/cg/{name}"),
    }
}

/// cgroups(7), `nsdelegate`, among the options of the file system itself.
fn delegates(mountinfo: &str) -> bool {
    let options = mountinfo.lines().filter_map(|line| line.split_once(" - cgroup2 "));
    options.into_iter().any(|(_, of_the_system)| of_the_system.contains("nsdelegate"))
}

/// Root of a user namespace does not own the host's cgroups, and gVisor shows a container none.
fn writable(info: &SystemInfo, runtime: Option<&str>) -> bool {
    let options = info.security_options.as_deref().unwrap_or_default();
    let mapped =
        options.iter().any(|option| option.contains("name=rootless") || option.contains("name=userns"));
    !mapped && !runtime.is_some_and(|runtime| runtime.contains("runsc"))
}

/// systemd.slice(5): `a-b-c.slice` is in `a.slice/a-b.slice`.
fn slice_path(slice: &str) -> String {
    let name = slice.trim_end_matches(".slice");
    let mut path = String::new();
    for (at, _) in name.match_indices('-') {
        path.push_str(&format!("/{}.slice", &name[..at]));
    }
    format!("{path}/{name}.slice")
}

/// Mount points of all hierarchies, v1 and v2.
fn mounts(mountinfo: &str) -> Vec<String> {
    let is_cgroup = |line: &&str| line.contains(" - cgroup ") || line.contains(" - cgroup2 ");
    mountinfo.lines().filter(is_cgroup).filter_map(|line| line.split(' ').nth(4)).map(str::to_owned).collect()
}

fn v1_hierarchies(mountinfo: &str) -> Vec<(String, &'static str)> {
    let needed = CONTROLLERS.into_iter().map(|name| {
        let mount = v1_mount(mountinfo, name);
        (mount.unwrap_or_else(|| format!("/sys/fs/cgroup/{name}")), name)
    });
    let optional = OPTIONAL.into_iter().filter_map(|name| Some((v1_mount(mountinfo, name)?, name)));
    needed.chain(optional).collect()
}

/// Where a v1 controller is mounted: proc_pid_mountinfo(5), field 5, of the `cgroup` mount that lists it.
fn v1_mount(mountinfo: &str, controller: &str) -> Option<String> {
    mountinfo.lines().find_map(|line| {
        let (mount, filesystem) = line.split_once(" - ")?;
        let mut filesystem = filesystem.split(' ');
        let is_v1 = filesystem.next() == Some("cgroup");
        let options = filesystem.nth(1)?;
        let lists_it = options.split(',').any(|option| option == controller);
        (is_v1 && lists_it).then(|| mount.split(' ').nth(4))?.map(str::to_owned)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const V1: &str = "31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n\
        33 31 0:30 /docker/12ab /sys/fs/cgroup/cpu,cpuacct ro,nosuid master:1 - cgroup cgroup rw,cpu,cpuacct\n\
        35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n\
        39 31 0:36 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids\n\
        40 31 0:37 / /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset\n\
        41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";

    fn engine(driver: SystemInfoCgroupDriverEnum, version: SystemInfoCgroupVersionEnum) -> SystemInfo {
        SystemInfo { cgroup_driver: Some(driver), cgroup_version: Some(version), ..SystemInfo::default() }
    }

    fn of(info: &SystemInfo, instance: &str) -> CgroupParent {
        Cgroups::of_engine(info, V1, None, None, instance).of_slot(7)
    }

    #[test]
    fn on_v1_each_hierarchy_is_bound_from_where_the_host_mounts_it() {
        let slot = of(&engine(SystemInfoCgroupDriverEnum::CGROUPFS, SystemInfoCgroupVersionEnum::_1), "main");
        assert_eq!(slot.parent.as_deref(), Some("/gavel/main/slot-7"));
        assert_eq!(
            slot.binds,
            [
                "/sys/fs/cgroup/memory/gavel/main/slot-7:/cg/memory",
                "/sys/fs/cgroup/pids/gavel/main/slot-7:/cg/pids",
                "/sys/fs/cgroup/cpu,cpuacct/gavel/main/slot-7:/cg/cpuacct",
                "/sys/fs/cgroup/cpu,cpuacct/gavel/main/slot-7:/cg/cpu",
                "/sys/fs/cgroup/cpuset/gavel/main/slot-7:/cg/cpuset",
            ]
        );
    }

    #[test]
    fn what_only_some_runs_join_is_bound_only_where_the_host_has_it() {
        let bare: String =
            V1.lines().filter(|line| !line.contains("cpu")).map(|line| format!("{line}\n")).collect();
        let info = engine(SystemInfoCgroupDriverEnum::CGROUPFS, SystemInfoCgroupVersionEnum::_1);
        let binds = Cgroups::of_engine(&info, &bare, None, None, "main").of_slot(7).binds;
        assert!(binds.iter().any(|bind| bind.ends_with(":/cg/cpuacct")), "{binds:?}");
        assert!(!binds.iter().any(|bind| bind.ends_with("/cpu") || bind.ends_with("/cpuset")), "{binds:?}");
    }

    #[test]
    fn a_systemd_slice_is_found_below_its_parents() {
        let slot =
            of(&engine(SystemInfoCgroupDriverEnum::SYSTEMD, SystemInfoCgroupVersionEnum::_2), "room-1");
        assert_eq!(slot.parent.as_deref(), Some("gavel-room_1-slot7.slice"));
        let path = "/sys/fs/cgroup/gavel.slice/gavel-room_1.slice/gavel-room_1-slot7.slice:/cg";
        assert_eq!(slot.binds, [path]);
    }

    #[test]
    fn a_unified_hierarchy_without_systemd_is_one_bind() {
        let slot = of(&engine(SystemInfoCgroupDriverEnum::CGROUPFS, SystemInfoCgroupVersionEnum::_2), "main");
        assert_eq!(slot.binds, ["/sys/fs/cgroup/gavel/main/slot-7:/cg"]);
    }

    #[test]
    fn all_slots_of_an_instance_have_one_cgroup_in_common() {
        let common = |driver, version| {
            let info = engine(driver, version);
            Cgroups::of_engine(&info, V1, None, None, "room-1").common().unwrap()
        };
        let v1 = common(SystemInfoCgroupDriverEnum::CGROUPFS, SystemInfoCgroupVersionEnum::_1);
        let own = |(source, target): (&str, &str)| (source.to_owned(), target.to_owned());
        let directories = [
            ("/sys/fs/cgroup/memory/gavel/room-1", "/cg/memory"),
            ("/sys/fs/cgroup/pids/gavel/room-1", "/cg/pids"),
        ];
        assert_eq!(v1.directories, directories.map(own));
        assert_eq!((v1.unified, v1.slice), (false, None));
        let v2 = common(SystemInfoCgroupDriverEnum::SYSTEMD, SystemInfoCgroupVersionEnum::_2);
        let directory = ("/sys/fs/cgroup/gavel.slice/gavel-room_1.slice", "/cg");
        assert_eq!(v2.directories, [own(directory)]);
        assert_eq!((v2.unified, v2.slice.as_deref()), (true, Some("gavel-room_1.slice")));
    }

    #[test]
    fn delegation_is_an_option_of_the_unified_hierarchy() {
        assert!(!delegates(V1));
        assert!(delegates(
            "41 31 0:38 / /sys/fs/cgroup ro - cgroup2 cgroup rw,nsdelegate,memory_recursiveprot"
        ));
    }

    #[test]
    fn where_the_host_does_not_own_its_cgroups_there_is_no_cg() {
        let mut info = engine(SystemInfoCgroupDriverEnum::CGROUPFS, SystemInfoCgroupVersionEnum::_2);
        info.security_options = Some(vec!["name=seccomp,profile=default".into(), "name=userns".into()]);
        assert!(of(&info, "main").binds.is_empty());
        let rootless = engine(SystemInfoCgroupDriverEnum::NONE, SystemInfoCgroupVersionEnum::_2);
        assert_eq!(of(&rootless, "main"), CgroupParent::default());
    }

    #[test]
    fn gvisor_gets_no_cg() {
        let info = engine(SystemInfoCgroupDriverEnum::CGROUPFS, SystemInfoCgroupVersionEnum::_2);
        assert!(!Cgroups::of_engine(&info, V1, None, Some("runsc"), "main").has_binds());
    }

    #[test]
    fn a_configured_parent_is_kept() {
        let info = engine(SystemInfoCgroupDriverEnum::SYSTEMD, SystemInfoCgroupVersionEnum::_2);
        let slot = Cgroups::of_engine(&info, V1, Some("judge.slice"), None, "main").of_slot(0);
        assert_eq!(slot.parent.as_deref(), Some("judge-main-slot0.slice"));
    }
}

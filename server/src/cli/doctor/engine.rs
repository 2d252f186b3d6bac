//! The Docker engine and its images.

use super::Finding;
use crate::config::Config;
use crate::language::Languages;
use crate::slots::{Host, PlanError, SlotPlan};
use crate::telemetry;
use crate::warden::{self, Ceiling, CeilingState, EngineSurvey, Neighbour, SOCKET, WardenError, survey};

pub(super) async fn examine(config: &Config) -> Vec<Finding> {
    let languages = Languages::configured(config);
    let images = images(config, languages.as_ref().ok());
    let mut findings = Vec::new();
    match &languages {
        Ok(languages) => {
            findings.push(Finding::good("languages", format!("{} languages", languages.iter().count())));
            findings.push(slots(config, languages));
        }
        Err(why) => findings.push(Finding::problem(
            "languages",
            telemetry::chain(why),
            "correct the file, or name another one as `languages` in the configuration",
        )),
    }
    match survey(&images).await {
        Ok(engine) => {
            findings.extend(judge(&engine, config));
            if let Ok(languages) = &languages {
                findings.push(ceiling(warden::examine_ceiling(config, languages).await));
                findings.extend(uids(config, languages).await);
            }
        }
        Err(why) => findings.push(unreachable(&why)),
    }
    findings
}

/// The images that have to be there, each once.
fn images(config: &Config, languages: Option<&Languages>) -> Vec<String> {
    let mut images = vec![config.sandbox.run_image.clone()];
    images.extend(config.gojudge.enabled.then(|| config.gojudge.image.clone()));
    // Those that are no default are installed where they are wanted.
    let toolchains = languages.into_iter().flat_map(Languages::toolchains);
    images.extend(toolchains.filter(|(_, one)| one.default).map(|(_, toolchain)| toolchain.image.clone()));
    images.sort_unstable();
    images.dedup();
    images
}

/// Says why the engine does not answer, as far as that can be seen.
fn unreachable(why: &WardenError) -> Finding {
    let socket = std::path::Path::new(SOCKET);
    if !socket.exists() && std::env::var_os("DOCKER_HOST").is_none() {
        return Finding::unknown(
            "engine",
            format!(
                "{SOCKET} is not here: only the warden has it. Run this where the warden runs, or on the host"
            ),
        );
    }
    let told = telemetry::chain(why);
    let remedy = match why {
        WardenError::NoSocket(_) => {
            "set GAVEL_DOCKER_SOCKET; `docker context inspect` shows where the engine's is"
        }
        _ if told.to_lowercase().contains("permission denied") => {
            "run this as root or as a member of the group that owns the socket"
        }
        _ => "start the engine: systemctl start docker",
    };
    Finding::problem("engine", told, remedy)
}

fn judge(engine: &EngineSurvey, config: &Config) -> Vec<Finding> {
    let EngineSurvey {
        version,
        api,
        cgroup_version,
        cgroup_driver,
        memory_limit,
        swap_limit,
        pids_limit,
        security,
        runtimes,
        missing_images,
    } = engine;
    let mut findings = vec![Finding::good("engine", format!("Docker {version}, API {api}"))];
    let cgroup = format!("cgroup v{cgroup_version}, driver {cgroup_driver}");
    findings.push(if cgroup_driver == "none" && config.sandbox.require_cgroups {
        Finding::problem(
            "cgroups",
            format!("{cgroup}: containers get none, and `sandbox.require_cgroups` is set"),
            "use an engine that is not rootless, or do with rlimits: GAVEL_SANDBOX__REQUIRE_CGROUPS=false",
        )
    } else if cgroup_driver == "none" {
        Finding::warning(
            "cgroups",
            format!("{cgroup}: limits rest on rlimits alone, and memory is measured less exactly"),
            "use an engine that is not rootless, or one with cgroup v2 and systemd delegation",
        )
    } else {
        Finding::good("cgroups", cgroup)
    });
    for (what, supported, parameter) in [
        ("memory limit", memory_limit, "cgroup_enable=memory"),
        ("process limit", pids_limit, "cgroup_enable=pids"),
    ] {
        if !supported {
            let found = "the engine cannot limit it: a hostile program could take the host down";
            findings.push(Finding::problem(what, found, format!("boot the kernel with {parameter}")));
        }
    }
    if !swap_limit {
        let found =
            "the engine cannot limit swap: programs could swap instead of reaching their memory limit";
        findings.push(Finding::warning("swap limit", found, "boot with swapaccount=1, or turn swap off"));
    }
    if !security.iter().any(|option| option.contains("name=seccomp")) {
        let found = "the engine has no seccomp: the outer filter of system calls is missing";
        findings.push(Finding::problem("seccomp", found, "use a kernel with CONFIG_SECCOMP_FILTER"));
    }
    if let Some(runtime) = config.sandbox.runtime.as_ref().filter(|runtime| !runtimes.contains(runtime)) {
        let found = format!("the engine has no runtime `{runtime}`; it has {}", runtimes.join(", "));
        findings.push(Finding::problem("runtime", found, "install it, or unset `sandbox.runtime`"));
    }
    findings.push(if missing_images.is_empty() {
        Finding::good("images", "all there")
    } else {
        let found = format!("missing: {}", missing_images.join(", "));
        Finding::problem("images", found, "`make images` builds ours; `docker pull` fetches others")
    });
    findings
}

/// The limit on all sandboxes together.
fn ceiling(examined: Result<CeilingState, WardenError>) -> Finding {
    const WHAT: &str = "all sandboxes";
    match examined {
        Ok(CeilingState::NotNeeded) => Finding::good(WHAT, "none can lift the limits of its container"),
        Ok(CeilingState::InForce(Ceiling { memory, processes })) => {
            Finding::good(WHAT, format!("limited to {memory} and {processes} processes together"))
        }
        Ok(CeilingState::Missing { ceiling: Ceiling { memory, processes }, slice }) => {
            let remedy = match slice {
                Some(slice) => {
                    format!("systemctl set-property {slice} MemoryMax={} TasksMax={processes}", memory.get())
                }
                None => "start the warden again, and see its log".to_owned(),
            };
            let found = format!(
                "not limited to {memory} and {processes} processes together: a monitor that was taken over could \
                 lift its own limits"
            );
            Finding::warning(WHAT, found, remedy)
        }
        Err(why) => Finding::unknown(WHAT, telemetry::chain(&why)),
    }
}

/// The uids of programs, which no other instance may have: what the kernel counts by uid would be counted together.
async fn uids(config: &Config, languages: &Languages) -> Option<Finding> {
    // What is wrong with a plan is told of the slots.
    let (_, plan) = plan(config, languages).ok()?;
    Some(match warden::neighbours(&config.sandbox.instance).await {
        Ok(others) => apart(&config.sandbox.instance, plan.uids(), &others),
        Err(why) => Finding::unknown(UIDS, telemetry::chain(&why)),
    })
}

const UIDS: &str = "uids";

/// This instance and others that have sandboxes now.
fn apart(instance: &str, (first, last): (u32, u32), others: &[Neighbour]) -> Finding {
    let overlapping: Vec<String> = others
        .iter()
        .filter_map(|other| Some((&other.instance, other.uids.as_ref()?)))
        .filter(|(_, uids)| *uids.start() <= last && first <= *uids.end())
        .map(|(other, uids)| format!("those of `{other}`, {} to {}", uids.start(), uids.end()))
        .collect();
    let own = format!("`{instance}` runs programs as {first} to {last}");
    if overlapping.is_empty() {
        return apart_as_far_as_known(&own, others);
    }
    let found = format!(
        "{own}, which overlap {}: the kernel counts their processes, pipes and keys together",
        overlapping.join(", ")
    );
    let remedy = "give one of them another sandbox.uid_base (GAVEL_SANDBOX__UID_BASE), some hundred apart";
    Finding::warning(UIDS, found, remedy)
}

/// None of the others that tell their uids has those of this instance.
fn apart_as_far_as_known(own: &str, others: &[Neighbour]) -> Finding {
    let silent: Vec<String> = others
        .iter()
        .filter(|other| other.uids.is_none())
        .map(|other| format!("`{}`", other.instance))
        .collect();
    if silent.is_empty() {
        return Finding::good(UIDS, format!("{own}, and no other instance that has sandboxes now does"));
    }
    let silent = silent.join(", ");
    Finding::unknown(UIDS, format!("{own}; which uids those of {silent} have, their sandboxes do not tell"))
}

fn plan(config: &Config, languages: &Languages) -> Result<(Host, SlotPlan), PlanError> {
    let host = Host::detect()?;
    Ok((host, SlotPlan::new(config, languages, host)?))
}

fn slots(config: &Config, languages: &Languages) -> Finding {
    let (host, plan) = match plan(config, languages) {
        Ok(plan) => plan,
        Err(why) => return Finding::problem("slots", telemetry::chain(&why), "correct `[sandbox]`"),
    };
    let at_once =
        plan.quotas().iter().map(|quota| format!("{} of kind {}", quota.at_once, quota.kind.as_str()));
    let found = format!(
        "in use at one time {}, with {} together; {} cores, {}",
        at_once.collect::<Vec<_>>().join(", "),
        plan.memory(),
        host.cores,
        host.memory
    );
    if plan.overcommit().is_some() {
        let remedy = "lower the maxima in `[limits]` and `[gojudge]`, or `sandbox.run_slots` and \
                      `sandbox.toolchain_slots`";
        return Finding::warning("slots", format!("{found}: all at their limit do not fit"), remedy);
    }
    Finding::good("slots", found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::doctor::Level;

    fn engine() -> EngineSurvey {
        EngineSurvey {
            version: "26.1".into(),
            api: "1.45".into(),
            cgroup_version: "2".into(),
            cgroup_driver: "systemd".into(),
            memory_limit: true,
            swap_limit: true,
            pids_limit: true,
            security: vec!["name=seccomp,profile=builtin".into()],
            runtimes: vec!["runc".into()],
            missing_images: Vec::new(),
        }
    }

    fn worst(engine: &EngineSurvey, config: &Config) -> Vec<(&'static str, Level)> {
        let findings = judge(engine, config);
        let bad = findings.iter().filter(|finding| finding.level != Level::Good);
        bad.map(|finding| (finding.what, finding.level)).collect()
    }

    #[test]
    fn the_images_of_programs_of_commands_and_of_each_default_toolchain_have_to_be_there() {
        let languages = Languages::load("../images/languages.toml".as_ref(), "x").unwrap();
        let mut config = Config::default();
        (config.sandbox.run_image, config.gojudge.image) = ("run:x".into(), "command:x".into());
        config.gojudge.enabled = true;
        let needed = images(&config, Some(&languages));
        for image in ["run:x", "command:x", "gavel/gcc:x", "gavel/python:x"] {
            assert_eq!(needed.iter().filter(|one| *one == image).count(), 1, "{image} of {needed:?}");
        }
        assert!(!needed.contains(&"gavel/haskell:x".to_owned()), "{needed:?}");
        config.gojudge.enabled = false;
        assert!(!images(&config, Some(&languages)).contains(&"command:x".to_owned()));
        assert_eq!(images(&config, None), ["run:x"]);
    }

    #[test]
    fn a_usual_engine_is_good() {
        assert_eq!(worst(&engine(), &Config::default()), []);
    }

    #[test]
    fn a_limit_on_all_sandboxes_that_is_missing_is_told_with_what_sets_it() {
        let ceiling = Ceiling { memory: gavel_protocol::Bytes::mib(4096), processes: 1000 };
        let missing =
            |slice: Option<&str>| CeilingState::Missing { ceiling, slice: slice.map(str::to_owned) };
        let finding = super::ceiling(Ok(missing(Some("gavel-main.slice"))));
        assert_eq!(finding.level, Level::Warning);
        let remedy = "systemctl set-property gavel-main.slice MemoryMax=4294967296 TasksMax=1000";
        assert_eq!(finding.remedy.as_deref(), Some(remedy));
        assert!(super::ceiling(Ok(missing(None))).remedy.unwrap().contains("warden"));
        for state in [CeilingState::InForce(ceiling), CeilingState::NotNeeded] {
            assert_eq!(super::ceiling(Ok(state)).level, Level::Good);
        }
    }

    #[test]
    fn instances_whose_programs_have_the_same_uids_are_told_with_the_setting() {
        let other = |instance: &str, uids| Neighbour { instance: instance.into(), uids: Some(uids) };
        let mut others = vec![other("b", 52_011..=52_020), other("c", 53_000..=53_011)];
        let finding = apart("main", (52_000, 52_011), &others);
        assert_eq!(finding.level, Level::Warning);
        let told = "`main` runs programs as 52000 to 52011, which overlap those of `b`, 52011 to 52020: ";
        assert!(finding.found.starts_with(told), "{}", finding.found);
        assert!(
            !finding.found.contains("`c`") && finding.remedy.unwrap().contains("GAVEL_SANDBOX__UID_BASE")
        );
        let good = apart("main", (52_000, 52_010), &others);
        assert_eq!(good.level, Level::Good);
        assert!(good.found.ends_with("no other instance that has sandboxes now does"), "{}", good.found);
        others.push(Neighbour { instance: "old".into(), uids: None });
        let unknown = apart("main", (52_000, 52_010), &others);
        assert_eq!(unknown.level, Level::Unknown);
        assert!(unknown.found.contains("those of `old` have"), "{}", unknown.found);
        assert_eq!(apart("main", (52_000, 52_011), &others).level, Level::Warning);
    }

    #[test]
    fn an_engine_without_cgroups_will_do_where_none_are_required() {
        let mut config = Config::default();
        config.sandbox.require_cgroups = false;
        let rootless = EngineSurvey { cgroup_driver: "none".into(), ..engine() };
        assert_eq!(worst(&rootless, &config), [("cgroups", Level::Warning)]);
    }

    #[test]
    fn each_thing_that_is_missing_is_named() {
        let lacking = EngineSurvey {
            cgroup_driver: "none".into(),
            memory_limit: false,
            pids_limit: false,
            swap_limit: false,
            security: Vec::new(),
            missing_images: vec!["gavel/gcc:latest".into()],
            ..engine()
        };
        let mut config = Config::default();
        config.sandbox.runtime = Some("runsc".into());
        assert_eq!(
            worst(&lacking, &config),
            [
                ("cgroups", Level::Problem),
                ("memory limit", Level::Problem),
                ("process limit", Level::Problem),
                ("swap limit", Level::Warning),
                ("seccomp", Level::Problem),
                ("runtime", Level::Problem),
                ("images", Level::Problem),
            ]
        );
    }
}

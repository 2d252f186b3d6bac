//! The kernel: what it can do for us, and which of its settings get in the way.

use std::fs;

use landlock::{ABI, Access, AccessFs, CompatLevel, Compatible, Ruleset, RulesetAttr};

use super::Finding;

pub(super) fn examine() -> Vec<Finding> {
    let read = |path: &str| fs::read_to_string(path).ok().map(|text| text.trim().to_owned());
    let mut findings = vec![landlock()];
    if let Some(release) = read("/proc/sys/kernel/osrelease") {
        findings.push(kernel(&release));
    }
    let settings = [
        ("core_pattern", read("/proc/sys/kernel/core_pattern"), core_pattern as fn(&str) -> Finding),
        ("swap", read("/proc/swaps"), swap),
        ("userfaultfd", read("/proc/sys/vm/unprivileged_userfaultfd"), userfaultfd),
        ("address space", read("/proc/sys/kernel/randomize_va_space"), randomization),
        ("bpf", read("/proc/sys/kernel/unprivileged_bpf_disabled"), bpf),
    ];
    for (what, value, judge) in settings {
        findings.push(match value {
            Some(value) => judge(&value),
            None => Finding::unknown(what, "this kernel does not tell"),
        });
    }
    findings
}

/// Makes rulesets and drops them: nothing is enforced.
fn landlock() -> Finding {
    let abis = [(6, ABI::V6), (5, ABI::V5), (4, ABI::V4), (3, ABI::V3), (2, ABI::V2), (1, ABI::V1)];
    let works = |abi: ABI| {
        let ruleset = Ruleset::default().set_compatibility(CompatLevel::HardRequirement);
        ruleset.handle_access(AccessFs::from_all(abi)).and_then(Ruleset::create).is_ok()
    };
    match abis.into_iter().find(|(_, abi)| works(*abi)) {
        Some((number, _)) => Finding::good("Landlock", format!("ABI {number} or later")),
        None => Finding::warning(
            "Landlock",
            "not to be had from here: without it a program can read what its uid can read in the container, and \
             write below /proc/self. An older engine's seccomp profile hides it from this command though sandboxes \
             have it",
            "use a kernel of 5.13 or later with `landlock` in its list of security modules (lsm=)",
        ),
    }
}

/// What later kernels added, and what stands in for it.
fn kernel(release: &str) -> Finding {
    let lacking: Vec<&str> = [
        ((5, 14), "cgroup.kill (5.14): programs are killed one by one"),
        ((5, 19), "memory.peak (5.19): peak memory on cgroup v2 is sampled"),
    ]
    .into_iter()
    .filter(|(since, _)| version(release).is_some_and(|version| version < *since))
    .map(|(_, what)| what)
    .collect();
    if lacking.is_empty() {
        return Finding::good("kernel", release);
    }
    Finding::warning("kernel", format!("{release} lacks {}", lacking.join("; ")), "use kernel 5.19 or later")
}

fn version(release: &str) -> Option<(u32, u32)> {
    let mut numbers = release.split(|c: char| !c.is_ascii_digit());
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

fn core_pattern(pattern: &str) -> Finding {
    if pattern.starts_with('|') {
        // A limit of 1 byte keeps the helper from running, so this costs nothing here; others on the host pay.
        return Finding::good(
            "core_pattern",
            "pipes to a helper; programs run with a core limit that keeps it off",
        );
    }
    Finding::good("core_pattern", format!("`{pattern}`"))
}

fn swap(table: &str) -> Finding {
    let areas = table.lines().skip(1).count();
    if areas == 0 {
        return Finding::good("swap", "none");
    }
    Finding::warning(
        "swap",
        format!("{areas} in use: sandboxes use none, but a swapping host measures times that vary"),
        "swapoff -a on a host that does nothing but judge",
    )
}

fn userfaultfd(value: &str) -> Finding {
    if value == "0" {
        return Finding::good("userfaultfd", "not for unprivileged programs");
    }
    Finding::warning(
        "userfaultfd",
        "unprivileged programs may use it; our own filter forbids it to judged ones",
        "sysctl vm.unprivileged_userfaultfd=0",
    )
}

fn randomization(value: &str) -> Finding {
    Finding::good("address space", if value == "0" { "not randomized" } else { "randomized, as usual" })
}

fn bpf(value: &str) -> Finding {
    if value == "0" {
        return Finding::warning(
            "bpf",
            "unprivileged programs may load it; our own filter forbids it to judged ones",
            "sysctl kernel.unprivileged_bpf_disabled=1",
        );
    }
    Finding::good("bpf", "not for unprivileged programs")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Level;

    #[test]
    fn releases_of_all_forms_are_understood() {
        for (release, expected) in [
            ("6.8.0-45-generic", Some((6, 8))),
            ("5.10.0", Some((5, 10))),
            ("6.18.44+", Some((6, 18))),
            ("odd", None),
        ] {
            assert_eq!(version(release), expected, "{release}");
        }
    }

    #[test]
    fn an_old_kernel_is_told_what_it_lacks() {
        assert!(
            kernel("5.10.0").found.contains("cgroup.kill") && kernel("5.10.0").found.contains("memory.peak")
        );
        assert!(!kernel("5.15.0").found.contains("cgroup.kill"));
        assert_eq!(kernel("5.19.0").level, Level::Good);
    }

    #[test]
    fn swap_areas_are_counted_without_the_heading() {
        assert_eq!(swap("Filename Type Size Used Priority").level, Level::Good);
        assert_eq!(swap("Filename Type\n/dev/sda2 partition").level, Level::Warning);
    }
}

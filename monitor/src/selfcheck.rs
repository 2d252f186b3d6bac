//! What must hold around the monitor before it runs anybody's program; looked at once, at the start.

use std::fs;
use std::path::Path;

/// CAP_KILL, CAP_SETGID and CAP_SETUID, as bits.
const NEEDED: u64 = 1 << 5 | 1 << 6 | 1 << 7;

/// Sentences about what is wrong; empty = fit to run programs.
pub(crate) fn problems() -> Vec<String> {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let interfaces = fs::read_to_string("/proc/net/dev").unwrap_or_default();
    let mut problems = of_status(&status);
    problems.extend(of_interfaces(&interfaces));
    let sockets = ["/var/run/docker.sock", "/run/docker.sock"];
    problems.extend(
        sockets
            .iter()
            .filter(|socket| Path::new(socket).exists())
            .map(|socket| format!("{socket} is within reach")),
    );
    problems
}

/// This network namespace is the container's own: no host is without an interface.
pub(crate) fn has_own_network() -> bool {
    let interfaces = fs::read_to_string("/proc/net/dev").unwrap_or_default();
    !interfaces.is_empty() && of_interfaces(&interfaces).is_none()
}

fn of_status(status: &str) -> Vec<String> {
    let value = |key: &str| status.lines().find_map(|line| line.strip_prefix(key)).map(str::trim);
    let mut problems = Vec::new();
    match value("CapEff:").and_then(|caps| u64::from_str_radix(caps, 16).ok()) {
        Some(NEEDED) => {}
        Some(caps) if caps & NEEDED != NEEDED => {
            problems.push(format!(
                "capabilities are missing: {caps:x} where KILL, SETGID, SETUID ({NEEDED:x}) are needed"
            ));
        }
        Some(caps) => {
            problems.push(format!("there are more capabilities than needed: {caps:x} beyond {NEEDED:x}"))
        }
        None => problems.push("/proc/self/status does not tell the capabilities".into()),
    }
    if value("NoNewPrivs:") != Some("1") {
        problems.push("no_new_privs is not set on the container".into());
    }
    if value("Seccomp:").is_none_or(|mode| mode == "0") {
        problems.push("the container has no seccomp profile".into());
    }
    problems
}

fn of_interfaces(interfaces: &str) -> Option<String> {
    let names =
        interfaces.lines().skip(2).filter_map(|line| line.split_once(':')).map(|(name, _)| name.trim());
    let foreign: Vec<&str> = names.filter(|name| *name != "lo" && !is_tunnel_template(name)).collect();
    (!foreign.is_empty()).then(|| format!("the container has network interfaces: {}", foreign.join(", ")))
}

/// Kernels with tunnel modules put these, down and unusable, into every new network namespace.
fn is_tunnel_template(name: &str) -> bool {
    ["tunl0", "sit0", "ip6tnl0", "gre0", "gretap0", "erspan0", "ip_vti0", "ip6_vti0", "ip6gre0"]
        .contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_as_it_should_be_has_no_problems() {
        let status = "CapEff:\t00000000000000e0\nNoNewPrivs:\t1\nSeccomp:\t2\n";
        assert_eq!(of_status(status), Vec::<String>::new());
        assert_eq!(of_interfaces("Inter-|\n face |\n    lo: 0\n tunl0: 0\n"), None);
    }

    #[test]
    fn each_thing_missing_is_named() {
        let status = "CapEff:\t00000000a80425fb\nNoNewPrivs:\t0\nSeccomp:\t0\n";
        assert_eq!(of_status(status).len(), 3);
        assert!(of_status("CapEff:\t0000000000000020\nNoNewPrivs:\t1\nSeccomp:\t2\n")[0].contains("missing"));
        let interfaces = of_interfaces("Inter-|\n face |\n    lo: 0\n  eth0: 12 0\n");
        assert_eq!(interfaces.unwrap(), "the container has network interfaces: eth0");
    }
}

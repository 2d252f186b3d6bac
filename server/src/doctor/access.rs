//! Who may call.

use super::Finding;
use crate::config::GoJudgeConfig;

const WHAT: &str = "open networks";

/// Looks at the networks whose clients need no token.
pub(super) fn examine(config: &GoJudgeConfig) -> Finding {
    let names =
        |networks: &[ipnet::IpNet]| networks.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let everywhere = config.open_to_everybody();
    if !everywhere.is_empty() {
        let found =
            format!("{}: whoever reaches the port may run commands without a token", names(&everywhere));
        return Finding::warning(WHAT, found, "name only the clients' network in `gojudge.open_networks`");
    }
    if config.open_networks.is_empty() {
        return Finding::good(WHAT, "none: go-judge's routes need what all others need");
    }
    Finding::good(
        WHAT,
        format!("{}: their clients need no token for go-judge's routes", names(&config.open_networks)),
    )
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;
    use crate::config::Config;

    fn level(networks: &[&str]) -> Level {
        let mut config = Config::default().gojudge;
        config.open_networks = networks.iter().map(|network| network.parse().unwrap()).collect();
        examine(&config).level
    }

    #[test]
    fn a_network_of_all_addresses_is_warned_of() {
        assert_eq!(level(&[]), Level::Good);
        assert_eq!(level(&["10.0.0.0/8", "fd00::/8"]), Level::Good);
        for everywhere in ["0.0.0.0/0", "::/0", "0.0.0.0/1"] {
            assert_eq!(level(&["10.0.0.0/8", everywhere]), Level::Warning, "{everywhere}");
        }
    }
}

//! What the host has to offer.

use gavel_protocol::Bytes;

/// Cores and memory of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Host {
    /// Cores that are online.
    pub cores: u32,
    /// Memory of the whole host.
    pub memory: Bytes,
}

/// The host's figures could not be read.
#[derive(Debug, thiserror::Error)]
#[error("failed to read {path}")]
pub struct HostError {
    /// The file of `/proc`.
    path: &'static str,
    /// Why.
    source: std::io::Error,
}

impl Host {
    /// Asks the kernel, not our own container: sandboxes live beside it.
    ///
    /// # Errors
    /// Without a readable `/proc`.
    pub fn detect() -> Result<Self, HostError> {
        Ok(Self { cores: cores(&read("/proc/stat")?), memory: memory(&read("/proc/meminfo")?) })
    }
}

fn read(path: &'static str) -> Result<String, HostError> {
    std::fs::read_to_string(path).map_err(|source| HostError { path, source })
}

/// `/proc/stat` has a line `cpu<n>` for each core that is online.
fn cores(stat: &str) -> u32 {
    let is_core =
        |line: &&str| line.starts_with("cpu") && line.as_bytes().get(3).is_some_and(u8::is_ascii_digit);
    u32::try_from(stat.lines().filter(is_core).count()).unwrap_or(u32::MAX).max(1)
}

fn memory(meminfo: &str) -> Bytes {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let kib = line.and_then(|rest| rest.trim().split(' ').next()).and_then(|number| number.parse().ok());
    Bytes::kib(kib.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hosts_figures_are_read() {
        assert_eq!(cores("cpu  1 2\ncpu0 1 2\ncpu1 1 2\nintr 5\ncpufreq 1\n"), 2);
        assert_eq!(memory("MemFree: 1 kB\nMemTotal:       24683468 kB\n"), Bytes::kib(24_683_468));
    }
}

//! Sets of CPUs, as the kernel writes them: `0-3,8`.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

/// No machine has more: the kernel's own NR_CPUS ends there.
const MOST: u32 = 8192;

/// Numbers of CPUs.
pub(crate) type Cpus = BTreeSet<u32>;

/// Reads a list; none where it is none.
pub(crate) fn parse(text: &str) -> Option<Cpus> {
    let mut cpus = Cpus::new();
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (number(first)?, number(last)?);
        if first > last {
            return None;
        }
        cpus.extend(first..=last);
    }
    Some(cpus)
}

/// Those of this machine that are online.
///
/// # Errors
/// When the kernel does not tell.
pub(crate) fn online() -> io::Result<Cpus> {
    let text = std::fs::read_to_string(Path::new("/sys/devices/system/cpu/online"))?;
    parse(text.trim()).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, text))
}

fn number(text: &str) -> Option<u32> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| is_number && *number < MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_as_the_kernel_reads_them() {
        let cpus = |text| parse(text).map(|cpus| cpus.into_iter().collect::<Vec<_>>());
        assert_eq!(cpus("0"), Some(vec![0]));
        assert_eq!(cpus("2-4,0"), Some(vec![0, 2, 3, 4]));
        for text in ["", ",", "0,", "-1", "1-", "3-2", "a", "0 ", "+1", "0-99999999", "0-1-2"] {
            assert_eq!(cpus(text), None, "{text}");
        }
    }

    #[test]
    fn this_machine_has_some() {
        assert!(!online().unwrap().is_empty());
    }
}

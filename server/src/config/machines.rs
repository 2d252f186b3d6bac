//! What may be said of a machine: what the settings say of their own is what others believe of it.

/// Longest name of a node or a coordinator.
pub(crate) const LONGEST_NAME: usize = 40;
/// Slowest and fastest that a machine may be.
pub(crate) const SPEEDS: [f64; 2] = [0.01, 100.0];
/// Most tests that a node runs at one time.
pub(crate) const MOST_CREDITS: u32 = 4096;

/// A node, or a coordinator, may be called so: the name is a part of subjects and of consumers' names.
pub fn is_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=LONGEST_NAME).contains(&name.len()) && name.chars().all(is_plain)
}

/// A node may have so much weight.
pub(crate) fn is_weight(weight: f64) -> bool {
    (0.001..=f64::from(MOST_CREDITS)).contains(&weight)
}

//! Limits (legacy and 2025-09, "Limits").

use serde::{Deserialize, Serialize};

use crate::bounds;
use crate::number::Short;
use crate::yaml::Fields;

/// What submissions may use at most, and what compilation and validation must be given. Where nothing is told,
/// the judge's own default holds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// Seconds of CPU time for one case.
    pub time_limit: Option<f64>,
    /// Seconds of which a time limit that is found by itself is a multiple.
    pub time_resolution: f64,
    /// The time limit is at least this many times what the slowest accepted submission takes.
    pub ac_to_time_limit: f64,
    /// What is too slow takes at least this many times the time limit.
    pub time_limit_to_tle: f64,
    /// MiB of memory.
    pub memory: Option<u64>,
    /// MiB of output.
    pub output: Option<u64>,
    /// KiB of source.
    pub code: Option<u64>,
    /// Seconds to compile.
    pub compilation_time: Option<f64>,
    /// MiB to compile.
    pub compilation_memory: Option<u64>,
    /// Seconds to validate.
    pub validation_time: Option<f64>,
    /// MiB to validate.
    pub validation_memory: Option<u64>,
    /// MiB that a validator may write.
    pub validation_output: Option<u64>,
    /// Passes of a multi-pass problem.
    pub validation_passes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            time_limit: None,
            time_resolution: 1.0,
            ac_to_time_limit: 2.0,
            time_limit_to_tle: 1.5,
            memory: None,
            output: None,
            code: None,
            compilation_time: None,
            compilation_memory: None,
            validation_time: None,
            validation_memory: None,
            validation_output: None,
            validation_passes: 2,
        }
    }
}

/// The limits of the versions before 2023.
pub(super) fn legacy(fields: &mut Fields<'_>) -> Limits {
    let mut limits = Limits { ac_to_time_limit: 5.0, time_limit_to_tle: 2.0, ..Limits::default() };
    let Some(mut map) = fields.map("limits") else { return limits };
    limits.ac_to_time_limit = map.positive("time_multiplier").unwrap_or(limits.ac_to_time_limit);
    limits.time_limit_to_tle = map.positive("time_safety_margin").unwrap_or(limits.time_limit_to_tle);
    limits.time_limit = map.positive("time_limit");
    if limits.time_limit.is_some() {
        map.note("time_limit", 0, "taken, although this format has no such key");
    }
    passes(&mut limits, &mut map);
    sizes(&mut limits, &mut map);
    limits
}

/// The limits of the versions since 2023.
pub(super) fn current(fields: &mut Fields<'_>) -> Limits {
    let mut limits = Limits::default();
    let Some(mut map) = fields.map("limits") else { return limits };
    if let Some(mut multipliers) = map.map("time_multipliers") {
        let mut factor = |key| multipliers.number(key, 1.0, bounds::LIMIT);
        limits.ac_to_time_limit = factor("ac_to_time_limit").unwrap_or(limits.ac_to_time_limit);
        limits.time_limit_to_tle = factor("time_limit_to_tle").unwrap_or(limits.time_limit_to_tle);
    }
    limits.time_limit = map.positive("time_limit");
    limits.time_resolution = map.positive("time_resolution").unwrap_or(limits.time_resolution);
    passes(&mut limits, &mut map);
    if let Some(limit) = limits.time_limit.filter(|limit| !is_multiple(*limit, limits.time_resolution)) {
        let (limit, resolution) = (Short(limit), Short(limits.time_resolution));
        let what = format!("{limit} is no multiple of time_resolution {resolution}");
        map.fault("time_limit", 0, what);
    }
    sizes(&mut limits, &mut map);
    limits
}

/// Whether it is, as far as decimal fractions can be held.
fn is_multiple(limit: f64, resolution: f64) -> bool {
    let times = limit / resolution;
    times.round() >= 1.0 && (times - times.round()).abs() <= 1e-6 * times
}

/// DOMjudge has them in `legacy`, too.
fn passes(limits: &mut Limits, map: &mut Fields<'_>) {
    limits.validation_passes = map.whole("validation_passes", 2, bounds::PASSES).unwrap_or(2);
}

fn sizes(limits: &mut Limits, map: &mut Fields<'_>) {
    let mut size = |key| map.whole(key, 1, 1 << 30);
    limits.memory = size("memory");
    limits.output = size("output");
    limits.code = size("code");
    limits.compilation_memory = size("compilation_memory");
    limits.validation_memory = size("validation_memory");
    limits.validation_output = size("validation_output");
    limits.compilation_time = map.positive("compilation_time");
    limits.validation_time = map.positive("validation_time");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{CURRENT, Folder};

    fn current_limits(yaml: &str) -> Limits {
        let yaml = format!("{CURRENT}name: x\nlimits:\n{yaml}");
        Folder::current(&[("problem.yaml", &yaml)]).package().0.metadata.limits
    }

    #[test]
    fn every_limit_is_read() {
        let yaml = "  time_multipliers:\n    ac_to_time_limit: 3\n    time_limit_to_tle: 4\n  time_limit: 1.5\n  \
                    time_resolution: 0.1\n  memory: 1\n  output: 2\n  code: 3\n  compilation_time: 4\n  \
                    compilation_memory: 5\n  validation_time: 6\n  validation_memory: 7\n  validation_output: 8\n  \
                    validation_passes: 9\n";
        let expected = Limits {
            time_limit: Some(1.5),
            time_resolution: 0.1,
            ac_to_time_limit: 3.0,
            time_limit_to_tle: 4.0,
            memory: Some(1),
            output: Some(2),
            code: Some(3),
            compilation_time: Some(4.0),
            compilation_memory: Some(5),
            validation_time: Some(6.0),
            validation_memory: Some(7),
            validation_output: Some(8),
            validation_passes: 9,
        };
        assert_eq!(current_limits(yaml), expected);
    }

    #[test]
    fn legacy_multipliers_have_other_names_and_defaults() {
        let folder = Folder::legacy(&[("problem.yaml", "name: x\nlimits:\n  time_safety_margin: 4\n")]);
        let limits = folder.package().0.metadata.limits;
        assert_eq!((limits.ac_to_time_limit, limits.time_limit_to_tle), (5.0, 4.0));
    }

    #[test]
    fn a_time_limit_is_a_multiple_of_the_resolution() {
        assert!(
            is_multiple(0.3, 0.1)
                && is_multiple(10.0, 1.0)
                && !is_multiple(1.5, 1.0)
                && !is_multiple(0.1, 1.0)
        );
    }

    #[test]
    fn a_limit_that_is_next_to_nothing_is_told_in_few_digits() {
        let yaml = format!("{CURRENT}name: x\nlimits:\n  time_limit: 1e-300\n");
        let faults = Folder::current(&[("problem.yaml", &yaml)]).faults();
        assert!(faults[0].contains("1e-300 is no multiple of time_resolution 1"), "{faults:?}");
    }

    #[test]
    fn limits_have_bounds() {
        let yaml = format!(
            "{CURRENT}name: x\nlimits:\n  memory: 0\n  validation_passes: 1000000\n  time_limit: 1.5\n"
        );
        assert_eq!(Folder::current(&[("problem.yaml", &yaml)]).faults().len(), 3);
    }
}

//! What a submission's runs and its compilation are held to.

use std::collections::BTreeMap;

use super::{Asked, NewTest};
use crate::config::LimitsConfig;
use crate::http::api::errors::Errors;
use crate::http::api::reading::Row;
use crate::http::api::wire_limits::{NewLimits, allowance, refuse_allowance, resolve};
use crate::language::Allowance;
use crate::submission::{CaseLimits, RunLimits, TestCase};

/// Those of a submission, before and after its language's allowance.
pub(super) struct Limits<'a> {
    /// What was asked for, or is usual.
    pub(super) own: RunLimits,
    /// Of the compilation, which has no allowance.
    pub(super) compile: RunLimits,
    /// The language's own.
    usual: Allowance,
    allowance: Allowance,
    /// The most that anybody is allowed.
    most: &'a RunLimits,
}

impl<'a> Limits<'a> {
    /// Notes what is wrong with those that were asked for.
    pub(super) fn resolved(
        asked: &Asked,
        usual: Allowance,
        settings: &'a LimitsConfig,
        errors: &mut Errors,
    ) -> Self {
        let LimitsConfig { run, run_max: most, compile, compile_max, .. } = settings;
        let own = resolve("limits", asked.limits.clone(), run, most, errors);
        let compile = resolve("compile_limits", asked.compile_limits.clone(), compile, compile_max, errors);
        refuse_allowance("compile_limits", asked.compile_limits.as_ref(), errors);
        let allowance = allowance("limits", asked.limits.as_ref(), usual, errors);
        Self { own, compile, usual, allowance, most }
    }

    /// What the runs are held to.
    pub(super) fn enforced(&self) -> RunLimits {
        self.applied(&self.own)
    }

    /// Gives tests that asked for some of their own theirs; for what these do not say the submission's hold.
    pub(super) fn give(
        &self,
        tests: &mut [TestCase],
        asked: &BTreeMap<usize, NewLimits>,
        errors: &mut Errors,
    ) {
        for (index, asked) in asked {
            let limits = self.of_test(&format!("tests[{index}].limits"), asked, errors);
            if let Some(test) = tests.get_mut(*index) {
                test.limits = Some(Box::new(limits));
            }
        }
    }

    fn of_test(&self, section: &str, asked: &NewLimits, errors: &mut Errors) -> CaseLimits {
        refuse_allowance(section, Some(asked), errors);
        let own = resolve(section, Some(asked.clone()), &self.own, self.most, errors);
        CaseLimits { run: self.applied(&own), own_memory: own.memory }
    }

    fn applied(&self, own: &RunLimits) -> RunLimits {
        self.allowance.applied(&self.usual, own, self.most)
    }
}

/// Takes the limits out of tests that have some of their own.
pub(super) fn limits_of_tests(tests: &mut Row<NewTest>) -> BTreeMap<usize, NewLimits> {
    let tests = tests.kept.iter_mut().enumerate();
    tests.filter_map(|(index, test)| Some((index, *test.limits.take()?))).collect()
}

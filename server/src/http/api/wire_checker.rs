//! The rule for comparing outputs, as clients send it: a name, or `{"icpc": {...}}` with the flags of that validator.

use serde_json::Number;
use utoipa::ToSchema;

use super::errors::Errors;
use super::reading::{Choice, Fields, Place};
use crate::submission::{Checker, Flags};

/// Rules that are asked for by their names alone.
pub(super) const NAMED: [&str; 4] = ["lines", "tokens", "exact", "icpc"];

/// The names of all rules.
const NAMES: &str = "one of `lines`, `tokens`, `exact`, `icpc`, or an object `icpc` of its flags";

/// `checker`: a name or an object.
#[derive(Debug, Default, ToSchema)]
#[schema(as = CheckerWithFlags)]
pub(super) struct NewChecker {
    #[schema(ignore)]
    named: Option<Checker>,
    /// As the default validator of ICPC packages compares, with these flags.
    #[schema(value_type = NewFlags)]
    icpc: Option<NewFlags>,
}

/// The flags of the default validator.
#[derive(Debug, Default, ToSchema)]
#[schema(as = IcpcFlags)]
pub(super) struct NewFlags {
    /// Upper and lower case are not the same.
    #[schema(required = false, nullable, default = false)]
    case_sensitive: bool,
    /// White space counts.
    #[schema(required = false, nullable, default = false)]
    space_change_sensitive: bool,
    /// Both tolerances.
    #[schema(value_type = Option<f64>, minimum = 0)]
    float_tolerance: Option<Number>,
    /// So far from the expected number a number may be.
    #[schema(value_type = Option<f64>, minimum = 0)]
    float_absolute_tolerance: Option<Number>,
    /// The same, as a part of the expected number.
    #[schema(value_type = Option<f64>, minimum = 0)]
    float_relative_tolerance: Option<Number>,
}

impl Fields for NewChecker {
    fn names(&self) -> &'static [&'static str] {
        &["icpc"]
    }

    fn place(&mut self, name: &str) -> Option<Place<'_>> {
        (name == "icpc").then_some(Place::Object(&mut self.icpc))
    }
}

impl Fields for NewFlags {
    fn names(&self) -> &'static [&'static str] {
        &[
            "case_sensitive",
            "space_change_sensitive",
            "float_tolerance",
            "float_absolute_tolerance",
            "float_relative_tolerance",
        ]
    }

    fn place(&mut self, name: &str) -> Option<Place<'_>> {
        Some(match name {
            "case_sensitive" => Place::Flag(&mut self.case_sensitive),
            "space_change_sensitive" => Place::Flag(&mut self.space_change_sensitive),
            "float_tolerance" => Place::Number(&mut self.float_tolerance),
            "float_absolute_tolerance" => Place::Number(&mut self.float_absolute_tolerance),
            "float_relative_tolerance" => Place::Number(&mut self.float_relative_tolerance),
            _ => return None,
        })
    }
}

impl Choice for Option<NewChecker> {
    fn expected(&self) -> &'static str {
        NAMES
    }

    fn choose(&mut self, name: &str) -> bool {
        let Some(named) = NewChecker::named(name) else { return false };
        *self = Some(named);
        true
    }

    fn begin(&mut self) -> Option<&mut (dyn Fields + 'static)> {
        Some(self.insert(NewChecker::default()))
    }
}

impl NewChecker {
    /// The rule of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        let named = match name {
            "lines" => Checker::Lines,
            "tokens" => Checker::Tokens,
            "exact" => Checker::Exact,
            "icpc" => Checker::Icpc(Flags::default()),
            _ => return None,
        };
        Some(Self { named: Some(named), icpc: None })
    }

    /// The rule that was asked for; notes what is wrong with it.
    pub(super) fn checked(self, errors: &mut Errors) -> Option<Checker> {
        let flags = self.icpc.map(|flags| Checker::Icpc(flags.checked(errors)));
        let checker = self.named.or(flags);
        if checker.is_none() && !errors.has("checker") {
            errors.add("checker", format!("an object without a rule; expected {NAMES}"));
        }
        checker
    }
}

impl NewFlags {
    fn checked(self, errors: &mut Errors) -> Flags {
        let mut tolerance = |name: &str, number: Option<Number>| {
            let tolerance = number?.as_f64().filter(|number| number.is_finite() && *number >= 0.0);
            if tolerance.is_none() {
                errors.add(format!("checker.icpc.{name}"), "a tolerance is 0 or more");
            }
            tolerance
        };
        let both = tolerance("float_tolerance", self.float_tolerance);
        let absolute = tolerance("float_absolute_tolerance", self.float_absolute_tolerance);
        let relative = tolerance("float_relative_tolerance", self.float_relative_tolerance);
        Flags {
            case_sensitive: self.case_sensitive,
            space_change_sensitive: self.space_change_sensitive,
            float_absolute_tolerance: absolute.or(both),
            float_relative_tolerance: relative.or(both),
        }
    }
}

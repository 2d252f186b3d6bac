//! Limits as clients send them.

use std::time::Duration;

use gavel_protocol::Bytes;
use serde_json::{Number, Value, json};
use utoipa::ToSchema;

use super::errors::Errors;
use super::reading::{Fields, Place};
use crate::config::LimitsConfig;
use crate::language::Allowance;
use crate::submission::{RunLimits, wall_for};

/// Milliseconds, bytes and counts; what is missing is the default.
// Both `limits` and `compile_limits`.
#[derive(Debug, Clone, Default, ToSchema)]
pub(super) struct NewLimits {
    #[schema(value_type = Option<f64>)]
    cpu_ms: Option<Number>,
    #[schema(value_type = Option<f64>)]
    wall_ms: Option<Number>,
    #[schema(value_type = Option<u64>)]
    memory_bytes: Option<Number>,
    #[schema(value_type = Option<u64>)]
    stack_bytes: Option<Number>,
    /// Largest file that is written.
    #[schema(value_type = Option<u64>)]
    file_bytes: Option<Number>,
    #[schema(value_type = Option<u64>)]
    output_bytes: Option<Number>,
    #[schema(value_type = Option<u32>)]
    processes: Option<Number>,
    #[schema(value_type = Option<u32>)]
    open_files: Option<Number>,
    /// In the place of the language's own.
    #[schema(value_type = Option<f64>)]
    time_factor: Option<Number>,
    /// In the place of the language's own.
    #[schema(value_type = Option<f64>)]
    time_extra_ms: Option<Number>,
    /// In the place of the language's own.
    #[schema(value_type = Option<u64>)]
    memory_extra_bytes: Option<Number>,
}

impl Fields for NewLimits {
    fn names(&self) -> &'static [&'static str] {
        &[
            "cpu_ms",
            "wall_ms",
            "memory_bytes",
            "stack_bytes",
            "file_bytes",
            "output_bytes",
            "processes",
            "open_files",
            "time_factor",
            "time_extra_ms",
            "memory_extra_bytes",
        ]
    }

    fn place(&mut self, name: &str) -> Option<Place<'_>> {
        Some(Place::Number(match name {
            "cpu_ms" => &mut self.cpu_ms,
            "wall_ms" => &mut self.wall_ms,
            "memory_bytes" => &mut self.memory_bytes,
            "stack_bytes" => &mut self.stack_bytes,
            "file_bytes" => &mut self.file_bytes,
            "output_bytes" => &mut self.output_bytes,
            "processes" => &mut self.processes,
            "open_files" => &mut self.open_files,
            "time_factor" => &mut self.time_factor,
            "time_extra_ms" => &mut self.time_extra_ms,
            "memory_extra_bytes" => &mut self.memory_extra_bytes,
            _ => return None,
        }))
    }
}

impl NewLimits {
    /// Those of these names.
    #[cfg(test)]
    pub(super) fn of(numbers: &[(&str, u64)]) -> Self {
        let mut limits = Self::default();
        for (name, number) in numbers {
            match limits.place(name) {
                Some(Place::Number(place)) => *place = Some((*number).into()),
                _ => panic!("no limit is called {name}"),
            }
        }
        limits
    }

    /// All of them, in an order that stays.
    pub(super) fn all(&self) -> [Option<&Number>; 8] {
        let Self {
            cpu_ms,
            wall_ms,
            memory_bytes,
            stack_bytes,
            file_bytes,
            output_bytes,
            processes,
            open_files,
            ..
        } = self;
        [cpu_ms, wall_ms, memory_bytes, stack_bytes, file_bytes, output_bytes, processes, open_files]
            .map(Option::as_ref)
    }

    /// What is asked for instead of a language's own allowance.
    pub(super) fn allowance(&self) -> [(&'static str, Option<&Number>); 3] {
        let Self { time_factor, time_extra_ms, memory_extra_bytes, .. } = self;
        [
            ("time_factor", time_factor.as_ref()),
            ("time_extra_ms", time_extra_ms.as_ref()),
            ("memory_extra_bytes", memory_extra_bytes.as_ref()),
        ]
    }
}

/// The allowance of a language, but for what is asked for instead.
pub(super) fn allowance(
    section: &str,
    asked: Option<&NewLimits>,
    language: Allowance,
    errors: &mut Errors,
) -> Allowance {
    let Some(NewLimits { time_factor, time_extra_ms, memory_extra_bytes, .. }) = asked.cloned() else {
        return language;
    };
    let mut check = Check { section, errors };
    let extra = check.extra("time_extra_ms", time_extra_ms);
    let memory = check.size("memory_extra_bytes", memory_extra_bytes, 0, Allowance::MOST_MEMORY);
    Allowance {
        time_factor: check.factor("time_factor", time_factor).unwrap_or(language.time_factor),
        time_extra: extra.unwrap_or(language.time_extra),
        memory_extra: memory.unwrap_or(language.memory_extra),
        processes: language.processes,
    }
}

/// A compilation has no allowance.
pub(super) fn refuse_allowance(section: &str, asked: Option<&NewLimits>, errors: &mut Errors) {
    let given = asked.into_iter().flat_map(NewLimits::allowance);
    for (name, _) in given.filter(|(_, number)| number.is_some()) {
        errors.add(format!("{section}.{name}"), "it is of `limits` of the whole submission alone");
    }
}

/// Tells in the schemas of both objects of limits what is allowed.
pub(super) fn describe(schemas: &mut Value, limits: &LimitsConfig) {
    let of_all = schemas["NewLimits"].clone();
    bounds(&mut schemas["NewLimits"], &limits.run_max);
    for (name, most) in [("CompileLimits", &limits.compile_max), ("TestLimits", &limits.run_max)] {
        let mut schema = of_all.clone();
        bounds(&mut schema, most);
        if let Some(fields) = schema["properties"].as_object_mut() {
            for (name, _) in NewLimits::default().allowance() {
                fields.remove(name);
            }
        }
        schemas[name] = schema;
    }
}

fn bounds(schema: &mut Value, max: &RunLimits) {
    let [cpu, wall, extra] =
        [max.cpu, max.wall, Allowance::MOST_TIME].map(|time| time.as_secs_f64() * 1000.0);
    for (name, least, most) in [
        ("cpu_ms", json!({"exclusiveMinimum": 0}), json!(cpu)),
        ("wall_ms", json!({"exclusiveMinimum": 0}), json!(wall)),
        ("memory_bytes", json!({"minimum": LEAST_MEMORY}), json!(max.memory.get())),
        ("stack_bytes", json!({"minimum": LEAST_STACK}), json!(max.stack.get())),
        ("file_bytes", json!({"minimum": 0}), json!(max.file.get())),
        ("output_bytes", json!({"minimum": 0}), json!(max.output.get())),
        ("processes", json!({"minimum": LEAST_PROCESSES}), json!(max.processes)),
        ("open_files", json!({"minimum": LEAST_OPEN_FILES}), json!(max.open_files)),
        ("time_factor", json!({"exclusiveMinimum": 0}), json!(Allowance::MOST_FACTOR)),
        ("time_extra_ms", json!({"minimum": 0}), json!(extra)),
        ("memory_extra_bytes", json!({"minimum": 0}), json!(Allowance::MOST_MEMORY.get())),
    ] {
        let Some(field) = schema["properties"][name].as_object_mut() else { continue };
        field.remove("minimum");
        field.extend(least.as_object().cloned().unwrap_or_default());
        field.insert("maximum".into(), most);
    }
    schema["additionalProperties"] = json!(false);
}

/// Less than this no program starts with.
const LEAST_MEMORY: u64 = 1024 * 1024;
const LEAST_STACK: u64 = 64 * 1024;
const LEAST_PROCESSES: u32 = 1;
/// Those that every program has.
const LEAST_OPEN_FILES: u32 = 3;

/// Fills in the defaults and checks the ranges.
///
/// Time on the clock follows the CPU time that was asked for, and the stack the memory, unless they are asked for.
pub(super) fn resolve(
    section: &str,
    asked: Option<NewLimits>,
    default: &RunLimits,
    max: &RunLimits,
    errors: &mut Errors,
) -> RunLimits {
    let NewLimits {
        cpu_ms,
        wall_ms,
        memory_bytes,
        stack_bytes,
        file_bytes,
        output_bytes,
        processes,
        open_files,
        ..
    } = asked.unwrap_or_default();
    let mut check = Check { section, errors };
    let cpu = check.span("cpu_ms", cpu_ms, max.cpu);
    let wall = check.span("wall_ms", wall_ms, max.wall);
    let memory = check.size("memory_bytes", memory_bytes, LEAST_MEMORY, max.memory);
    let stack = check.size("stack_bytes", stack_bytes, LEAST_STACK, max.stack);
    let follow_wall = cpu.map(|cpu| wall_for(cpu).min(max.wall));
    let follow_stack = memory.filter(|_| default.stack == default.memory).map(|memory| memory.min(max.stack));
    RunLimits {
        cpu: cpu.unwrap_or(default.cpu),
        wall: wall.or(follow_wall).unwrap_or(default.wall),
        memory: memory.unwrap_or(default.memory),
        stack: stack.or(follow_stack).unwrap_or(default.stack),
        file: check.size("file_bytes", file_bytes, 0, max.file).unwrap_or(default.file),
        output: check.size("output_bytes", output_bytes, 0, max.output).unwrap_or(default.output),
        processes: check
            .count("processes", processes, LEAST_PROCESSES, max.processes)
            .unwrap_or(default.processes),
        open_files: check
            .count("open_files", open_files, LEAST_OPEN_FILES, max.open_files)
            .unwrap_or(default.open_files),
    }
}

struct Check<'a> {
    section: &'a str,
    errors: &'a mut Errors,
}

impl Check<'_> {
    /// Milliseconds, with fractions.
    fn span(&mut self, name: &str, value: Option<Number>, max: Duration) -> Option<Duration> {
        let value = value?;
        let asked = value.as_f64().filter(|ms| *ms > 0.0);
        let span = asked.and_then(|ms| Duration::try_from_secs_f64(ms / 1000.0).ok());
        if let Some(span) = span.filter(|span| !span.is_zero() && *span <= max) {
            return Some(span);
        }
        self.refuse(name, &value, "more than 0", max.as_millis());
        None
    }

    /// Milliseconds on top, none at all included.
    fn extra(&mut self, name: &str, value: Option<Number>) -> Option<Duration> {
        let value = value?;
        let asked = value.as_f64().filter(|ms| *ms >= 0.0);
        let span = asked.and_then(|ms| Duration::try_from_secs_f64(ms / 1000.0).ok());
        let span = span.filter(|span| *span <= Allowance::MOST_TIME);
        if span.is_none() {
            self.refuse(name, &value, "from 0", Allowance::MOST_TIME.as_millis());
        }
        span
    }

    fn factor(&mut self, name: &str, value: Option<Number>) -> Option<f64> {
        let value = value?;
        let factor = value.as_f64().filter(|factor| *factor > 0.0 && *factor <= Allowance::MOST_FACTOR);
        if factor.is_none() {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is a hundred")]
            let most = Allowance::MOST_FACTOR as u128;
            self.refuse(name, &value, "more than 0", most);
        }
        factor
    }

    fn size(&mut self, name: &str, value: Option<Number>, min: u64, max: Bytes) -> Option<Bytes> {
        self.whole(name, value, min, max.get()).map(Bytes)
    }

    fn count(&mut self, name: &str, value: Option<Number>, min: u32, max: u32) -> Option<u32> {
        self.whole(name, value, min.into(), max.into()).and_then(|count| u32::try_from(count).ok())
    }

    fn whole(&mut self, name: &str, value: Option<Number>, min: u64, max: u64) -> Option<u64> {
        let value = value?;
        let number = value.as_u64().filter(|number| (min..=max).contains(number));
        if number.is_none() {
            self.refuse(name, &value, &format!("a whole number from {min}"), u128::from(max));
        }
        number
    }

    fn refuse(&mut self, name: &str, value: &Number, least: &str, max: u128) {
        let field = format!("{}.{name}", self.section);
        let detail = format!("`{field}` is {value}; allowed is {least} to {max}, the maximum of this server");
        self.errors.add(field, detail);
    }
}

//! What compilers and programs are called with.

use std::collections::BTreeMap;

use gavel_protocol::Bytes;

use super::executor::CompileJob;
use crate::content::Content;
use crate::language::{Language, Template, Values};

/// The compiler's argv.
pub(super) fn of_compiler(job: &CompileJob<'_>) -> Vec<Vec<u8>> {
    let CompileJob { language, sources, entry_point, limits, .. } = *job;
    expanded(&language.compile, language, (sources, entry_point), (limits.memory, limits.stack))
}

/// The argv of a language's template.
pub(super) fn expanded(
    template: &Template,
    language: &Language,
    (files, entry_point): (&BTreeMap<String, Content>, Option<&str>),
    (memory, stack): (Bytes, Bytes),
) -> Vec<Vec<u8>> {
    let names = || files.keys().map(String::as_str);
    let sources: Vec<&str> = names().filter(|name| language.is_source(name)).collect();
    // A submission that was accepted has one, unless its language was changed meanwhile.
    let entry = language.entry(names(), entry_point).ok().flatten();
    let artefact = language.artefact.as_deref().unwrap_or_default();
    let entry = entry.unwrap_or(&language.source);
    template.expand(&Values { sources: &sources, entry, entry_point, artefact, memory, stack })
}

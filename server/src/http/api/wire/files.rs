//! The files of runs: where a program begins, what it reads and writes, and what is handed back.

use std::collections::BTreeMap;

use gavel_problem::own::refused_name;

use super::names::{is_folder, shown};
use crate::content::Content;
use crate::http::api::errors::Errors;
use crate::http::api::reading::Row;
use crate::language::{EntryError, Language};

/// Most files of a test that are handed back.
pub(super) const COLLECT: usize = 8;

pub(super) fn checked_collect(Row { kept, count }: Row<String>, errors: &mut Errors) -> Vec<String> {
    if count > COLLECT {
        errors.add("collect", format!("{count} files; at most {COLLECT} are allowed"));
        return Vec::new();
    }
    for (index, name) in kept.iter().enumerate() {
        if let Some(why) = refused_name(name) {
            errors.add(format!("collect[{index}]"), why);
        } else if kept[..index].contains(name) {
            errors.add(format!("collect[{index}]"), "this name comes twice");
        }
    }
    kept
}

/// The files that programs read and write have names that are files' names and nobody else's.
pub(super) fn check_files_of_runs(
    [input, output]: [&Option<String>; 2],
    files: &BTreeMap<String, Content>,
    language: Option<&Language>,
    errors: &mut Errors,
) {
    for (field, name) in [("input_file", input), ("output_file", output)] {
        let Some(name) = name else { continue };
        let is_program = language.and_then(|language| language.artefact.as_ref()) == Some(name);
        if let Some(why) = refused_name(name) {
            errors.add(field, why);
        } else if files.contains_key(name) || is_folder(name, files) || is_program {
            errors.add(field, "a file of the submission, or its program, is called so");
        }
    }
    if input.is_some() && input == output {
        errors.add("output_file", "is the input's name");
    }
}

/// The source that the program begins with is told, or can be told.
pub(super) fn check_entry(
    files: &BTreeMap<String, Content>,
    named: Option<&str>,
    language: Option<&Language>,
    errors: &mut Errors,
) {
    // That there is no source at all is told of the files.
    let has_source = |language: &&Language| files.keys().any(|name| language.is_source(name));
    let Some(language) = language.filter(has_source) else { return };
    let names = || files.keys().map(String::as_str);
    let Err(why) = language.entry(names(), named) else { return };
    let sources: Vec<String> = names().filter(|name| language.is_source(name)).map(shown).collect();
    let sources = sources.join(", ");
    let detail = match why {
        EntryError::NoSource => {
            format!("`{}` is none of the sources: {sources}", shown(named.unwrap_or_default()))
        }
        EntryError::Ambiguous => {
            format!(
                "needed: the program may begin with each of {sources}, and none is called `{}`",
                language.source
            )
        }
    };
    errors.add("entry_point", detail);
}

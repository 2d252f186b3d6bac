//! What may be called how: files, problems, users, and what a site calls its submissions.

use std::collections::BTreeMap;

use crate::content::Content;
use crate::http::api::errors::Errors;
pub(in crate::http::api) use crate::http::api::errors::shown;
use crate::http::api::reading::NamedTexts;

/// Longest id of a problem.
pub(super) const PROBLEM_ID: usize = 64;

/// Sees that a problem may be called so.
pub(in crate::http::api) fn check_problem_id(id: &str) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if id.len() <= PROBLEM_ID && id.starts_with(|c: char| c.is_ascii_alphanumeric()) && id.chars().all(plain)
    {
        return Ok(());
    }
    Err(format!(
        "an id has 1 to {PROBLEM_ID} letters, digits, `_`, `-` and `.`, and begins with a letter or a digit"
    ))
}

/// Longest name of a file, folders included, and longest part of one.
pub(super) const LONGEST_NAME: usize = 200;
pub(super) const LONGEST_PART: usize = 100;
/// Most folders that a file is in.
pub(super) const DEPTH: usize = 8;

/// A relative path of plain names, none of which a compiler takes for an option or a response file.
pub(super) fn check_name(name: &str) -> Result<(), &'static str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '+');
    let starts_well = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.len() > LONGEST_NAME || name.split('/').any(|part| part.len() > LONGEST_PART) {
        return Err("a file name has at most 200 characters, and at most 100 between two slashes");
    }
    if name.matches('/').count() > DEPTH {
        return Err("a file is in at most 8 folders");
    }
    if !name.split('/').all(|part| part.starts_with(starts_well) && part.chars().all(plain)) {
        return Err(
            "a file name, and that of each folder before a `/`, consists of letters, digits, `_`, `-`, `.` and `+`, and starts \
             with one of the first three",
        );
    }
    Ok(())
}

/// A file of this name is also a folder that others are in.
pub(super) fn is_folder(name: &str, files: &BTreeMap<String, Content>) -> bool {
    let folder = format!("{name}/");
    let mut after = files.range::<String, _>(&folder..).map(|(name, _)| name);
    after.next().is_some_and(|next| next.starts_with(&folder))
}

/// Longest name of a user.
pub(super) const USER: usize = 128;

pub(super) fn check_user(user: Option<&str>, errors: &mut Errors) {
    if let Some(Err(why)) = user.map(check_user_name) {
        errors.add("user", why);
    }
}

/// Sees that a user may be called so.
pub(in crate::http::api) fn check_user_name(user: &str) -> Result<(), String> {
    if user.is_empty() || user.chars().count() > USER || user.chars().any(char::is_control) {
        return Err(format!("from 1 to {USER} characters, none of them a control character"));
    }
    Ok(())
}

/// Most names of a reference, and longest of them and of their texts.
pub(in crate::http::api) const REFERENCES: usize = 8;
pub(super) const REFERENCE_NAME: usize = 64;
pub(super) const REFERENCE_TEXT: usize = 128;

pub(super) fn checked_reference(given: NamedTexts, errors: &mut Errors) -> BTreeMap<String, String> {
    if given.count > REFERENCES {
        errors.add("reference", format!("{} names; at most {REFERENCES} are allowed", given.count));
    }
    for (name, text) in given.kept.iter().take(REFERENCES) {
        if let Err(why) = check_reference(name, text) {
            errors.add(format!("reference.{}", shown(name)), why);
        }
    }
    given.kept
}

/// Sees that a reference may have this text under this name.
pub(in crate::http::api) fn check_reference(name: &str, text: &str) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if !(1..=REFERENCE_NAME).contains(&name.len()) || !name.chars().all(plain) {
        return Err(format!("a name consists of 1 to {REFERENCE_NAME} letters, digits, `_` and `-`"));
    }
    if text.chars().count() > REFERENCE_TEXT || text.chars().any(char::is_control) {
        return Err(format!("at most {REFERENCE_TEXT} characters, none of them a control character"));
    }
    Ok(())
}

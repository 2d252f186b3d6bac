//! Keys of `legacy` and `legacy-icpc`.

use super::{Grading, Kind, Metadata, Objective, OldGrading, Validation, credits, limits, names};
use crate::data::{OnReject, score_range};
use crate::flags;
use crate::report::Report;
use crate::statement;
use crate::tree::Dir;
use crate::yaml::Fields;

pub(super) fn read(metadata: &mut Metadata, fields: &mut Fields<'_>, root: &Dir, report: &Report) {
    metadata.kind = kind(fields);
    let needs_validator = metadata.kind.interactive || metadata.kind.multi_pass;
    metadata.names = statement::names(root, metadata.format, report);
    for (language, name) in names(fields) {
        metadata.names.entry(language).or_insert(name);
    }
    metadata.credits = credits::legacy(fields);
    metadata.limits = limits::legacy(fields);
    metadata.validation = validation(metadata, fields);
    metadata.validation.custom |= needs_validator;
    (metadata.grading, metadata.old_grading) = grading(metadata.kind.scoring, fields);
    metadata.keywords = fields.text("keywords").map(|text| words(&text)).unwrap_or_default();
    metadata.allow_file_writing = true;
}

/// Keys that `2023-07` had in its first drafts, when its packages were made already: how outputs are judged.
pub(super) fn of_drafts(metadata: &mut Metadata, fields: &mut Fields<'_>) {
    for key in ["validation", "validator_flags"] {
        if fields.has(key) {
            fields.note(key, 0, "taken, although only early drafts of this format have such a key");
        }
    }
    metadata.validation = validation(metadata, fields);
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// `pass-fail` or `scoring`, and whatever else DOMjudge takes there, in one string: it has the types of later versions.
fn kind(fields: &mut Fields<'_>) -> Kind {
    let mut kind = Kind::default();
    let Some(node) = fields.take("type") else { return kind };
    let Some(text) = fields.as_text("type", &node) else { return kind };
    let told = words(&text);
    for word in &told {
        match word.as_str() {
            "pass-fail" => {}
            "scoring" => kind.scoring = true,
            "interactive" => kind.interactive = true,
            "multi-pass" => kind.multi_pass = true,
            _ => fields.fault("type", node.line, format!("\"{word}\" is neither pass-fail nor scoring")),
        }
    }
    if told.is_empty() || kind.scoring && told.iter().any(|word| word == "pass-fail") {
        fields.fault("type", node.line, format!("\"{text}\" is neither pass-fail nor scoring"));
    }
    if kind.interactive || kind.multi_pass {
        fields.note("type", node.line, "taken as DOMjudge takes it: this format has `validation` for that");
    }
    kind
}

/// `default`, or `custom` and what the validator does (legacy, "Validation").
fn validation(metadata: &mut Metadata, fields: &mut Fields<'_>) -> Validation {
    let mut validation = Validation { flags: arguments(fields, "validator_flags"), ..Validation::default() };
    let Some(node) = fields.take("validation") else { return validation };
    let text = fields.as_text("validation", &node).unwrap_or_default();
    let mut told = text.split_whitespace();
    match told.next() {
        Some("custom") => validation.custom = true,
        Some("default") => {}
        _ => fields.fault("validation", node.line, "begins neither with default nor with custom"),
    }
    for word in told {
        match word {
            "interactive" if validation.custom => metadata.kind.interactive = true,
            "multi-pass" if validation.custom => metadata.kind.multi_pass = true,
            "score" if validation.custom => validation.score = true,
            _ => fields.fault("validation", node.line, format!("\"{word}\" is not understood")),
        }
    }
    if validation.score && !metadata.kind.scoring {
        fields.note("validation", node.line, "scores are not used: the type is not scoring");
    }
    validation
}

/// A string of arguments, split as a shell does.
fn arguments(fields: &mut Fields<'_>, key: &str) -> Vec<String> {
    let Some(node) = fields.take(key) else { return Vec::new() };
    let Some(text) = fields.as_text(key, &node) else { return Vec::new() };
    flags::split(&text).unwrap_or_else(|error| {
        fields.fault(key, node.line, error);
        Vec::new()
    })
}

fn grading(is_scoring: bool, fields: &mut Fields<'_>) -> (Grading, OldGrading) {
    let mut grading = Grading::default();
    let Some(mut map) = fields.map("grading") else { return (grading, OldGrading::default()) };
    if let Some(node) = map.take("objective") {
        match map.as_text("objective", &node).as_deref() {
            None | Some("max") => {}
            Some("min") => grading.objective = Objective::Min,
            Some(other) => map.fault("objective", node.line, format!("\"{other}\" is neither max nor min")),
        }
    }
    grading.show_test_data_groups = map.flag("show_test_data_groups").unwrap_or(false);
    (grading, old_grading(is_scoring, &mut map))
}

/// What is in `testdata.yaml` since, as Kattis' tools still take it.
fn old_grading(is_scoring: bool, map: &mut Fields<'_>) -> OldGrading {
    for key in ["on_reject", "accept_score", "reject_score", "range"] {
        if map.has(key) {
            let is_taken = is_scoring || key == "on_reject";
            let taken = "taken for all groups, although this format has it in testdata.yaml";
            map.note(key, 0, if is_taken { taken } else { "not used: the type is not scoring" });
        }
    }
    let mut old = OldGrading {
        accept_score: map.number("accept_score", f64::MIN, f64::MAX),
        reject_score: map.number("reject_score", f64::MIN, f64::MAX),
        ..OldGrading::default()
    };
    if let Some(node) = map.take("on_reject") {
        match map.as_text("on_reject", &node).as_deref() {
            Some("first_error") => old.on_reject = Some(OnReject::Break),
            Some("grade") => old.on_reject = Some(OnReject::Continue),
            Some("worst_error") => {}
            _ => map.fault("on_reject", node.line, "is none of first_error, worst_error, grade"),
        }
    }
    if let Some(node) = map.take("range") {
        old.range = map.as_text("range", &node).as_deref().and_then(score_range);
        if old.range.is_none() {
            map.fault("range", node.line, "is not two numbers, the lower one first");
        }
    }
    old
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{CURRENT, Folder};

    fn metadata(yaml: &str) -> Metadata {
        Folder::legacy(&[("problem.yaml", yaml), ("output_validators/v.py", "")]).package().0.metadata
    }

    #[test]
    fn every_key_is_read() {
        let metadata = metadata(
            "type: scoring\nvalidation: custom interactive score\nvalidator_flags: a 'b c'\nkeywords: x y\ngrading:\n  \
             objective: min\n  show_test_data_groups: true\n",
        );
        assert!(metadata.kind.scoring && metadata.kind.interactive);
        assert!(metadata.validation.custom && metadata.validation.score);
        assert_eq!(metadata.validation.flags, ["a", "b c"]);
        assert_eq!(metadata.keywords, ["x", "y"]);
        assert_eq!(metadata.grading, Grading { objective: Objective::Min, show_test_data_groups: true });
    }

    #[test]
    fn early_drafts_of_2023_07_tell_how_outputs_are_judged() {
        let draft = "problem_format_version: 2023-07-draft\nname: x\n";
        let of = |version: &str| {
            let yaml = format!("{version}validation: custom interactive\nvalidator_flags: a 'b c'\n");
            Folder::current(&[("problem.yaml", &yaml), ("output_validator/v.py", "")]).package()
        };
        let (package, notes) = of(draft);
        assert!(package.metadata.kind.interactive && package.metadata.validation.custom);
        assert_eq!(package.data.cases[0].settings.validator_args, ["a", "b c"]);
        let taken = "taken, although only early drafts of this format have such a key";
        for key in ["validation", "validator_flags"] {
            assert!(notes.contains(&format!("problem.yaml: {key}: {taken}")), "{notes:?}");
        }
        let (package, notes) = of(&format!("{CURRENT}name: x\n"));
        assert!(!package.metadata.kind.interactive, "the newest has types");
        assert_eq!(notes.iter().filter(|note| note.contains("unknown key")).count(), 2, "{notes:?}");
    }

    #[test]
    fn types_that_domjudge_takes_are_taken() {
        let of =
            |yaml: &str| Folder::legacy(&[("problem.yaml", yaml), ("output_validators/v.py", "")]).package();
        for yaml in ["type: pass-fail interactive\n", "type: interactive\nvalidation: custom interactive\n"] {
            let (package, notes) = of(yaml);
            assert!(package.metadata.kind.interactive && !package.validators.is_default(), "{yaml}");
            assert!(notes[0].contains("type: taken as DOMjudge takes it"), "{notes:?}");
        }
        let (package, _) = of("type: scoring multi-pass\n");
        assert!(package.metadata.kind.scoring && package.metadata.kind.multi_pass);
        for wrong in ["pass-fail scoring", "''", "pass-fail magic"] {
            let faults = Folder::legacy(&[("problem.yaml", &format!("type: {wrong}\n"))]).faults();
            assert!(faults[0].ends_with("is neither pass-fail nor scoring"), "{wrong} {faults:?}");
        }
    }

    #[test]
    fn names_of_statements_win() {
        assert_eq!(metadata("name: Other\n").names["en"], "Sum");
    }

    #[test]
    fn what_is_not_understood_is_a_fault() {
        for yaml in [
            "validation: magic\n",
            "validation: default interactive\n",
            "validation: custom loud\n",
            "validator_flags: \"'a\"\n",
            "grading:\n  objective: more\n",
            "grading:\n  on_reject: stop\n",
            "grading:\n  range: 5\n",
        ] {
            let folder = Folder::legacy(&[("problem.yaml", yaml), ("output_validators/v.py", "")]);
            assert_eq!(folder.faults().len(), 1, "{yaml}");
        }
    }
}

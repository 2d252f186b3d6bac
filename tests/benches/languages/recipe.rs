//! What a student would type in the place of what the service does.

use serde_json::Value;

use super::bare::{Recipe, quoted};

const LANGUAGES: &str = include_str!("../../../images/languages.toml");

/// What makes programs static, fast to compile or fit for a sandbox, and is no part of a plain command.
const OURS: [&str; 6] = ["-static", "@/", "-DONLINE_JUDGE", "-fuse-ld", "-XX:", "-Xlog"];

/// None for a language of the site's own.
pub(super) fn of(language: &Value) -> Option<Recipe> {
    let (id, source) = (text(language, "id"), text(language, "source_file"));
    let entry = entry(id)?;
    let value = |key: &str| value_of(entry, key);
    let image = format!("gavel/{}", value("toolchain").or(value("runtime"))?);
    let artefact = value("artefact");
    let (compile, run) = match plain(id) {
        Some((compile, run)) => (Some(compile.to_owned()), run.to_owned()),
        None => {
            let in_words = |key: &str| command(language, key, source, artefact.unwrap_or_default());
            // Without an artefact it is a check, which nobody makes by hand.
            (artefact.map(|_| in_words("compile")), in_words("run"))
        }
    };
    Some(Recipe { image, source: source.to_owned(), compile, run })
}

/// Where the service's own command is no plain one without some words.
fn plain(id: &str) -> Option<(&'static str, &'static str)> {
    match id {
        "java21" | "java25" => Some(("javac Main.java", "java Main")),
        _ => None,
    }
}

fn command(language: &Value, key: &str, source: &str, artefact: &str) -> String {
    let words = language[key].as_array().map(Vec::as_slice).unwrap_or_default();
    let words = words.iter().filter_map(Value::as_str).filter(|word| !is_ours(word, key));
    let filled = |(at, word): (usize, &str)| {
        let artefact =
            if at == 0 && word == "{artefact}" { format!("./{artefact}") } else { artefact.to_owned() };
        let values = [("{source}", source), ("{entry}", source), ("{artefact}", &artefact)];
        let constants = [("{entry_point}", ""), ("{memory}", "256"), ("{stack}", "64")];
        let all = values.into_iter().chain(constants);
        all.fold(word.to_owned(), |word, (name, value)| word.replace(name, value))
    };
    let words: Vec<String> = words.enumerate().map(filled).map(|word| quoted(&word)).collect();
    words.join(" ")
}

fn is_ours(word: &str, key: &str) -> bool {
    key == "compile" && word != "-static-libgcc" && OURS.iter().any(|ours| word.starts_with(ours))
}

/// What the file of languages says of this one.
fn entry(id: &str) -> Option<&'static str> {
    let line = format!("\nid = {id:?}\n");
    LANGUAGES.split("[[languages]]").find(|entry| entry.contains(&line))
}

fn value_of<'a>(entry: &'a str, key: &str) -> Option<&'a str> {
    entry.split_once(&format!("\n{key} = \""))?.1.split('"').next()
}

pub(super) fn text<'a>(language: &'a Value, key: &str) -> &'a str {
    language[key].as_str().unwrap_or_default()
}

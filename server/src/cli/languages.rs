//! `gavel languages`: what can be compiled and run, with versions and states.

use reqwest::Method;
use serde_json::Value;

use super::client::{Client, ClientError};
use super::output::{cell, print, print_json};

/// Why it could not.
#[derive(Debug, thiserror::Error)]
pub(super) enum LanguagesError {
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error("failed to write to standard output")]
    Output(#[from] std::io::Error),
}

/// Asks the server, and prints a table, or its answer.
pub(super) async fn languages(client: &Client, json: bool) -> Result<(), LanguagesError> {
    let languages: Vec<Value> = client.get(Method::GET, "/api/v1/languages").await?;
    if json {
        return Ok(print_json(&languages)?);
    }
    Ok(print(&table(&languages).join("\n"))?)
}

const HEAD: [&str; 4] = ["ID", "NAME", "VERSION", "STATE"];

/// Lines of a table whose columns are as wide as their widest cell.
fn table(languages: &[Value]) -> Vec<String> {
    let rows: Vec<[String; 4]> =
        std::iter::once(HEAD.map(str::to_owned)).chain(languages.iter().map(row)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let [id, name, version] = [0, 1, 2].map(width);
    let line = |[a, b, c, d]: &[String; 4]| format!("{a:id$}  {b:name$}  {c:version$}  {d}");
    rows.iter().map(line).collect()
}

fn row(language: &Value) -> [String; 4] {
    let text = |key: &str| language[key].as_str().unwrap_or_default();
    let state = match (text("state"), text("install"), text("reason")) {
        ("not-installed", install, _) if !install.is_empty() => format!("not installed ({install})"),
        (state, _, "") => state.to_owned(),
        (state, _, reason) => format!("{state}: {reason}"),
    };
    [text("id"), text("name"), text("version"), &state].map(cell)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_table_has_a_line_for_each_language() {
        let languages = [
            json!({"id": "c17", "name": "C17 (GCC)", "version": "gcc 14", "state": "installed"}),
            json!({"id": "go", "name": "Go", "version": null, "state": "not-installed", "install": "make toolchain go",
                   "reason": "not installed: `make toolchain go` installs it"}),
            json!({"id": "d", "name": "D", "version": null, "state": "failing", "reason": "the\nself-test failed"}),
        ];
        let expected = [
            "ID   NAME       VERSION  STATE",
            "c17  C17 (GCC)  gcc 14   installed",
            "go   Go                  not installed (make toolchain go)",
            "d    D                   failing: the self-test failed",
        ];
        assert_eq!(table(&languages), expected);
    }
}

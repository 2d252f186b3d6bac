//! What judging again has changed.

use serde_json::Value;

use crate::failure::Status;
use crate::paint::Colour;
use crate::table::{self, Cell};
use crate::terminal::Terminal;
use crate::text;

/// How far an order has come, or what it has come to.
pub(super) fn sentence(order: &Value) -> String {
    let (total, done, failed) = (number(order, "total"), number(order, "done"), number(order, "failed"));
    let state = match order["state"].as_str() {
        Some("gathering") => return format!("gathering: {total} submissions so far"),
        Some("done") => String::new(),
        Some(state) => format!("{}: ", text::line(state)),
        None => String::new(),
    };
    let failed = if failed == 0 { String::new() } else { format!(", {failed} could not be") };
    format!("{state}{done} of {total} submissions judged again{failed}, {} changed", number(order, "changed"))
}

/// Good where all is as it was.
pub(super) fn status(order: &Value) -> Status {
    let is_same = number(order, "changed") == 0 && number(order, "failed") == 0;
    if is_same && order["state"] == "done" { Status::Good } else { Status::Bad }
}

/// The sentence, and tables of the verdicts and of submissions.
pub(super) fn report(order: &Value, outcomes: &[Value], terminal: &Terminal<'_>) -> String {
    let mut report = format!("{}\n", sentence(order));
    let verdicts = order["verdicts"].as_array().map(Vec::as_slice).unwrap_or_default();
    if !verdicts.is_empty() {
        let rows: Vec<_> = verdicts.iter().map(verdict).collect();
        report.push('\n');
        report.push_str(&table::lines(["BEFORE", "AFTER", "SUBMISSIONS"], &rows, terminal));
    }
    if !outcomes.is_empty() {
        let rows: Vec<_> = outcomes.iter().map(outcome).collect();
        let heads = ["SUBMISSION", "USER", "BEFORE", "AFTER", "TESTS CHANGED", "REASON"];
        report.push('\n');
        report.push_str(&table::lines(heads, &rows, terminal));
    }
    report
}

/// Orders, and what each is of.
pub(super) fn orders(orders: &[Value], terminal: &Terminal<'_>) -> String {
    let row = |order: &Value| {
        let words = |name: &str| order[name].as_str().unwrap_or_default();
        let selection = &order["selection"];
        let selection = if selection.is_object() { selection.to_string() } else { String::new() };
        [
            Cell::text(words("id")),
            Cell::text(words("created_at")),
            Cell::text(words("state")),
            Cell::number(&number(order, "total").to_string()),
            Cell::text(&selection),
        ]
    };
    let rows: Vec<_> = orders.iter().map(row).collect();
    table::lines(["ORDER", "GIVEN", "STATE", "SUBMISSIONS", "OF"], &rows, terminal)
}

fn verdict(row: &Value) -> [Cell; 3] {
    let named = |name: &str| Cell::verdict(row[name].as_str().unwrap_or_default());
    [named("before"), named("after"), Cell::number(&number(row, "submissions").to_string())]
}

fn outcome(row: &Value) -> [Cell; 6] {
    let words = |name: &str| row[name].as_str().unwrap_or_default();
    let is_failed = words("state") == "failed";
    let after =
        if is_failed { Cell::coloured(Colour::Magenta, "failed") } else { Cell::verdict(words("after")) };
    let tests = if is_failed { String::new() } else { number(row, "tests_changed").to_string() };
    [
        Cell::text(words("id")),
        Cell::text(words("user")),
        Cell::verdict(words("before")),
        after,
        Cell::number(&tests),
        Cell::text(words("reason")),
    ]
}

fn number(value: &Value, name: &str) -> u64 {
    value[name].as_u64().unwrap_or_default()
}

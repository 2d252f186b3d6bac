//! What others wrote, made fit for a terminal: nothing in it moves a cursor, changes a colour or turns text round.

use serde_json::Value;

/// One line: breaks of lines are blanks.
#[must_use]
pub fn line(text: &str) -> String {
    text.trim_end().chars().map(|c| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { visible(c) }).collect()
}

/// Lines as they are, with tabs; the last one ends as the others do.
#[must_use]
pub fn block(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let mut block: String =
        text.chars().map(|c| if matches!(c, '\n' | '\t') { c } else { visible(c) }).collect();
    if !block.is_empty() && !block.ends_with('\n') {
        block.push('\n');
    }
    block
}

/// JSON in lines, in which what a terminal would obey is written as JSON's own escapes: it can only be within texts.
#[must_use]
pub fn json(value: &Value) -> String {
    escaped(&format!("{value:#}"))
}

fn escaped(json: &str) -> String {
    let mut escaped = String::new();
    for c in json.chars() {
        match c {
            '\n' => escaped.push('\n'),
            _ if steers(c) => escaped.push_str(&format!("\\u{:04x}", u32::from(c))),
            _ => escaped.push(c),
        }
    }
    escaped
}

/// A character that is shown in place of one that would be obeyed.
fn visible(c: char) -> char {
    match c {
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)).unwrap_or(char::REPLACEMENT_CHARACTER),
        '\x7f' => '\u{2421}',
        _ if steers(c) => char::REPLACEMENT_CHARACTER,
        _ => c,
    }
}

/// Controls of terminals, of the direction of writing, and of lines: all of them have codes of four digits.
fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "a\x1b[2Jb\r\n\u{9b}31mc\x07\u{202e}d\x7f\te";

    #[test]
    fn nothing_that_steers_a_terminal_is_left() {
        assert_eq!(line(HOSTILE), "a␛[2Jb  \u{fffd}31mc␇\u{fffd}d␡ e");
        assert_eq!(block(HOSTILE), "a␛[2Jb\n\u{fffd}31mc␇\u{fffd}d␡\te\n");
        let every: String = (0..0x300).filter_map(char::from_u32).collect();
        assert!(
            !line(&every).contains(steers)
                && !block(&every).trim_end().replace(['\n', '\t'], "").contains(steers)
        );
    }

    #[test]
    fn json_stays_the_same_value() {
        let value = serde_json::json!({"out": HOSTILE, "n": [1, null]});
        let text = json(&value);
        assert!(!text.replace('\n', "").contains(steers), "{text:?}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }

    #[test]
    fn a_block_ends_its_last_line() {
        assert_eq!((block(""), block("x"), block("x\n")), (String::new(), "x\n".into(), "x\n".into()));
    }
}

//! Patterns of `submissions.yaml` (2025-09, "Glob patterns"): `*` within a name, and braces.

use crate::bounds;

/// A pattern of paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    /// What the braces stand for, each split at `/`.
    alternatives: Vec<Vec<String>>,
}

impl Pattern {
    /// Understands a pattern.
    ///
    /// # Errors
    /// Braces that do not fit, or that stand for too many patterns.
    pub fn parse(text: &str) -> Result<Self, String> {
        // A folder may be written as one.
        let text = text.strip_suffix('/').unwrap_or(text);
        let mut expanded = Vec::new();
        let mut waiting = vec![text.to_owned()];
        while let Some(pattern) = waiting.pop() {
            match braces(&pattern)? {
                None => expanded.push(pattern.split('/').map(str::to_owned).collect()),
                Some(more) => waiting.extend(more),
            }
            if waiting.len() + expanded.len() > bounds::ALTERNATIVES {
                return Err(format!("stands for more than {} patterns", bounds::ALTERNATIVES));
            }
        }
        Ok(Self { text: text.to_owned(), alternatives: expanded })
    }

    /// The pattern as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the path, or a folder that it is in, is matched.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        let names: Vec<_> = path.split('/').collect();
        self.alternatives.iter().any(|pattern| {
            pattern.len() <= names.len()
                && pattern.iter().zip(&names).all(|(one, name)| name_matches(one, name))
        })
    }
}

/// What stands in place of a pattern with braces; none if it has none.
fn braces(pattern: &str) -> Result<Option<Vec<String>>, String> {
    let Some(open) = pattern.find('{') else {
        return if pattern.contains('}') { Err("a brace is not opened".to_owned()) } else { Ok(None) };
    };
    let (mut depth, mut from, mut parts) = (0_usize, open + 1, Vec::new());
    for (at, byte) in pattern.bytes().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 || depth == 1 && byte == b',' {
            // No name has white space: it is there to be read.
            parts.push(pattern[from..at].trim());
            from = at + 1;
        }
        if depth == 0 {
            let (before, after) = (&pattern[..open], &pattern[at + 1..]);
            return Ok(Some(parts.iter().map(|part| format!("{before}{part}{after}")).collect()));
        }
    }
    Err("a brace is not closed".to_owned())
}

/// Whether a name is matched, where `*` is any text; in time of the product of their lengths.
fn name_matches(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.as_bytes(), name.as_bytes());
    let (mut at, mut in_name, mut star) = (0, 0, None);
    while in_name < name.len() {
        if pattern.get(at) == Some(&b'*') {
            star = Some((at, in_name));
            at += 1;
        } else if pattern.get(at) == Some(&name[in_name]) {
            at += 1;
            in_name += 1;
        } else if let Some((star_at, taken)) = star {
            star = Some((star_at, taken + 1));
            at = star_at + 1;
            in_name = taken + 1;
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, path: &str) -> bool {
        Pattern::parse(pattern).unwrap().matches(path)
    }

    #[test]
    fn stars_stay_within_a_name() {
        assert!(matches("accepted/*.php", "accepted/a.php"));
        assert!(!matches("accepted/*.php", "accepted/a.py"));
        assert!(!matches("*.php", "accepted/a.php"));
        assert!(matches("secret/*-ea*y", "secret/1-eaaasy") && matches("*/*", "a/b"));
        assert!(!matches("a*b*c", "acb"));
    }

    #[test]
    fn what_is_in_a_matched_folder_is_matched() {
        assert!(matches("accepted", "accepted/a.py") && matches("accepted/", "accepted/a.py"));
        assert!(!matches("accepted/a.py", "accepted"));
    }

    #[test]
    fn braces_are_alternatives() {
        assert!(matches("x.{py,cpp}", "x.cpp") && matches("{a,b{c,d}}", "bd") && matches("{,a}b", "b"));
        assert!(matches("secret/*{ 4 }{ 1, 2 }", "secret/42") && !matches("secret/*{ 4 }", "secret/4 "));
        assert!(!matches("x.{py,cpp}", "x.c"));
    }

    #[test]
    fn braces_have_bounds() {
        assert!(
            Pattern::parse("{a").is_err() && Pattern::parse("a}").is_err() && Pattern::parse("{a}}").is_err()
        );
        assert!(Pattern::parse(&"{a,b}".repeat(7)).is_err());
        assert!(Pattern::parse(&"{a,b}".repeat(5)).is_ok());
    }
}

//! Answers to the cases of a problem, in the place of a program that would make them.

use gavel_problem::data::ANSWER_ENDINGS;

/// What submissions of answers name as their language.
pub(crate) const LANGUAGE: &str = "answers";

/// Whether files of these names are answers, all of them.
pub(crate) fn are<'a>(names: impl IntoIterator<Item = &'a str>) -> bool {
    let mut names = names.into_iter().peekable();
    names.peek().is_some() && names.all(|name| ANSWER_ENDINGS.iter().any(|ending| name.ends_with(ending)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_known_by_their_names() {
        assert!(are(["1.ans", "secret/2.out"]));
        for names in [&[][..], &["1.ans", "main.py"], &["answers"], &["1.ans.cpp"]] {
            assert!(!are(names.iter().copied()), "{names:?}");
        }
    }
}

//! Options that have a name and a text.

use std::str::FromStr;

/// A name, and the text that stands for it: `course=cs101`.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    pub(crate) name: String,
    pub(crate) text: String,
}

impl FromStr for Pair {
    type Err = String;

    fn from_str(pair: &str) -> Result<Self, String> {
        let (name, text) = pair.split_once('=').ok_or("it is as name=value")?;
        Ok(Self { name: name.to_owned(), text: text.to_owned() })
    }
}

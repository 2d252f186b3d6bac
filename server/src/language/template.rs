//! Command lines with placeholders: `{source}`, `{entry}` and the like, alone or within a word.

use gavel_protocol::Bytes;

/// What may stand in a command line for something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placeholder {
    /// Every source file, each an argument: a word of its own.
    Sources,
    /// The source that the program begins with.
    Entry,
    /// The source that the submission named as such; nothing where it named none.
    EntryPoint,
    /// The compiled program: as the first word its open descriptor is executed, else it is a file of this name.
    Artefact,
    /// MiB that the program itself may have.
    Memory,
    /// MiB of each stack.
    Stack,
}

/// A command line, checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Template {
    words: Vec<Vec<Piece>>,
    text: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    For(Placeholder),
}

/// What stands in the place of placeholders.
#[derive(Debug, Clone, Copy)]
pub struct Values<'a> {
    /// Every source file.
    pub sources: &'a [&'a str],
    /// The source that the program begins with.
    pub entry: &'a str,
    /// The one that the submission named as such.
    pub entry_point: Option<&'a str>,
    /// Name of the compiled program.
    pub artefact: &'a str,
    /// What the program itself may have.
    pub memory: Bytes,
    /// Of each stack.
    pub stack: Bytes,
}

impl Placeholder {
    const ALL: [(&'static str, Self); 6] = [
        ("{source}", Self::Sources),
        ("{entry}", Self::Entry),
        ("{entry_point}", Self::EntryPoint),
        ("{artefact}", Self::Artefact),
        ("{memory}", Self::Memory),
        ("{stack}", Self::Stack),
    ];

    /// The one that a text begins with, and what follows it.
    fn at(text: &str) -> Option<(Self, &str)> {
        Self::ALL.into_iter().find_map(|(name, it)| Some((it, text.strip_prefix(name)?)))
    }
}

impl Template {
    /// A command line of these words; `Err` says what is wrong with it.
    pub(crate) fn new(words: Vec<String>) -> Result<Self, String> {
        let pieces = words.iter().map(|word| pieces(word)).collect::<Result<_, _>>()?;
        Ok(Self { words: pieces, text: words })
    }

    /// There is no word in it.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// As it was written.
    pub fn as_written(&self) -> &[String] {
        &self.text
    }

    /// This placeholder is in it.
    pub fn names(&self, placeholder: Placeholder) -> bool {
        self.words.iter().flatten().any(|piece| *piece == Piece::For(placeholder))
    }

    /// What it begins with is the compiled program, to be executed.
    pub fn executes_artefact(&self) -> bool {
        self.words.first().is_some_and(|word| is_alone(word, Placeholder::Artefact))
    }

    /// The compiled program is named beyond its first word: it is to be a file.
    pub fn opens_artefact(&self) -> bool {
        let executed = usize::from(self.executes_artefact());
        self.words.iter().skip(executed).flatten().any(|piece| *piece == Piece::For(Placeholder::Artefact))
    }

    /// The argv.
    pub fn expand(&self, values: &Values<'_>) -> Vec<Vec<u8>> {
        let mut argv = Vec::with_capacity(self.words.len());
        for (at, word) in self.words.iter().enumerate() {
            if is_alone(word, Placeholder::Sources) {
                argv.extend(values.sources.iter().map(|name| argument(name)));
            } else if at == 0 && self.executes_artefact() {
                argv.push(format!("./{}", values.artefact).into_bytes());
            } else {
                argv.push(values.word(word));
            }
        }
        argv
    }
}

impl Values<'_> {
    fn word(&self, word: &[Piece]) -> Vec<u8> {
        let text: String = word.iter().map(|piece| self.piece(piece)).collect();
        match word {
            [Piece::For(Placeholder::Entry | Placeholder::EntryPoint)] => argument(&text),
            _ => text.into_bytes(),
        }
    }

    fn piece(&self, piece: &Piece) -> String {
        let mebibytes = |size: Bytes| (size.get() >> 20).max(1).to_string();
        match piece {
            Piece::Text(text) => text.clone(),
            Piece::For(Placeholder::Sources) => self.sources.join(" "),
            Piece::For(Placeholder::Entry) => self.entry.to_owned(),
            Piece::For(Placeholder::EntryPoint) => self.entry_point.unwrap_or_default().to_owned(),
            Piece::For(Placeholder::Artefact) => self.artefact.to_owned(),
            Piece::For(Placeholder::Memory) => mebibytes(self.memory),
            Piece::For(Placeholder::Stack) => mebibytes(self.stack),
        }
    }
}

/// A word without the text that placeholders are between; what looks like a placeholder and is none is refused.
fn pieces(word: &str) -> Result<Vec<Piece>, String> {
    let looks_like_one = |c: char| c.is_ascii_lowercase() || c == '_';
    let inner = word.strip_prefix('{').and_then(|word| word.strip_suffix('}'));
    let (mut pieces, mut text, mut rest) = (Vec::new(), String::new(), word);
    while let Some(first) = rest.chars().next() {
        if let Some((placeholder, after)) = Placeholder::at(rest) {
            if !text.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut text)));
            }
            pieces.push(Piece::For(placeholder));
            rest = after;
        } else {
            text.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    if !text.is_empty() || pieces.is_empty() {
        pieces.push(Piece::Text(text));
    }
    let has_sources = pieces.contains(&Piece::For(Placeholder::Sources));
    if has_sources && pieces.len() > 1 {
        return Err(format!("`{word}`: {{source}} must be a word of its own"));
    }
    let is_unknown = matches!(pieces.as_slice(), [Piece::Text(_)]);
    if is_unknown && inner.is_some_and(|name| !name.is_empty() && name.chars().all(looks_like_one)) {
        return Err(format!("there is no placeholder `{word}`"));
    }
    Ok(pieces)
}

fn is_alone(word: &[Piece], placeholder: Placeholder) -> bool {
    matches!(word, [Piece::For(found)] if *found == placeholder)
}

/// A file name that a compiler cannot take for an option (`-o`) or for a file of options (`@x`).
fn argument(name: &str) -> Vec<u8> {
    if name.starts_with(['-', '@']) { format!("./{name}").into_bytes() } else { name.to_owned().into_bytes() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: Values<'_> = Values {
        sources: &["a.py", "pkg/b.py"],
        entry: "a.py",
        entry_point: None,
        artefact: "main.jar",
        memory: Bytes::mib(256),
        stack: Bytes::kib(512),
    };

    fn template(words: &[&str]) -> Template {
        Template::new(words.iter().map(|word| (*word).to_owned()).collect()).unwrap()
    }

    fn expand(words: &[&str]) -> Vec<String> {
        let argv = template(words).expand(&VALUES).into_iter();
        argv.map(|word| String::from_utf8(word).unwrap()).collect()
    }

    #[test]
    fn placeholders_stand_alone_or_within_a_word() {
        let java = ["java", "-Xmx{memory}m", "-Xss{stack}m", "-cp", "lib/*:{artefact}", "Main"];
        assert_eq!(expand(&java), ["java", "-Xmx256m", "-Xss1m", "-cp", "lib/*:main.jar", "Main"]);
        assert_eq!(expand(&["python3", "{entry}"]), ["python3", "a.py"]);
        assert_eq!(expand(&["check", "{source}", "--"]), ["check", "a.py", "pkg/b.py", "--"]);
        assert_eq!(expand(&["c", "--entry={entry_point}", ""]), ["c", "--entry=", ""]);
        assert_eq!(expand(&["awk", "{print $1}", "{}", "${HOME}"]), ["awk", "{print $1}", "{}", "${HOME}"]);
    }

    #[test]
    fn what_is_named_first_is_executed_and_what_is_named_elsewhere_is_a_file() {
        let compiled = template(&["{artefact}"]);
        assert_eq!(compiled.expand(&VALUES), [b"./main.jar"]);
        assert!(compiled.executes_artefact() && !compiled.opens_artefact());
        for managed in [&["java", "-jar", "{artefact}"][..], &["java", "-jar={artefact}"], &["./{artefact}"]]
        {
            let managed = template(managed);
            assert!(!managed.executes_artefact() && managed.opens_artefact(), "{managed:?}");
        }
        let both = template(&["{artefact}", "{artefact}"]);
        assert!(both.executes_artefact() && both.opens_artefact());
    }

    #[test]
    fn a_name_is_never_an_option() {
        let values = Values { sources: &["-o", "@x"], entry: "-o", ..VALUES };
        let argv = template(&["{source}", "{entry}"]).expand(&values);
        assert_eq!(argv, [&b"./-o"[..], b"./@x", b"./-o"]);
    }

    #[test]
    fn what_is_no_placeholder_is_refused_where_it_looks_like_one() {
        let refused = |word: &str| Template::new(vec![word.into()]).unwrap_err();
        assert_eq!(refused("{sources}"), "there is no placeholder `{sources}`");
        assert_eq!(refused("-I{source}"), "`-I{source}`: {source} must be a word of its own");
    }
}

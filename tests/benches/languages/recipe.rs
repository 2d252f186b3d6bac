//! What a student would type in the place of what the service does.

use serde_json::Value;

use super::bare::{Recipe, quoted};

const LANGUAGES: &str = include_str!("../../../images/languages.toml");

/// What makes programs static, fast to compile or fit for a sandbox, and is no part of a plain command.
const OURS: [&str; 4] = ["-static", "@/", "-DONLINE_JUDGE", "-fuse-ld"];

/// None for a language of the site's own.
pub(super) fn of(language: &Value) -> Option<Recipe> {
    let (id, source) = (text(language, "id"), text(language, "source_file"));
    let entry = entry(id)?;
    let value = |key: &str| value_of(entry, key);
    let image = format!("gavel/{}", value("toolchain").or(value("runtime"))?);
    let artefact = value("artefact");
    let (compile, run) = match plain(id) {
        Some((compile, run)) => (compile.map(str::to_owned), run.to_owned()),
        None => {
            let in_words = |key: &str| command(language, key, source, artefact.unwrap_or_default());
            // Without an artefact it is a check, which nobody makes by hand.
            (artefact.map(|_| in_words("compile")), in_words("run"))
        }
    };
    Some(Recipe { image, source: source.to_owned(), compile, run })
}

/// What compiles, if anything does, and what runs: where the service's own command is no plain one without some words.
fn plain(id: &str) -> Option<(Option<&'static str>, &'static str)> {
    let (compile, run) = match id {
        "java21" | "java25" => ("javac Main.java", "java Main"),
        // As the script `kotlinc` does, which the image has not got.
        "kotlin" => (
            "java -cp '/usr/local/share/java/*' org.jetbrains.kotlin.cli.jvm.K2JVMCompiler -no-stdlib -no-reflect \
             -classpath /usr/local/share/java/kotlin-stdlib.jar -d . main.kt",
            "java -cp .:/usr/local/share/java/kotlin-stdlib.jar MainKt",
        ),
        "typescript" => ("node /usr/local/lib/node_modules/typescript/bin/tsc main.ts", "node main.js"),
        "go" => ("go build -o main main.go", "./main"),
        "rust" => ("rustc -O -o main main.rs", "./main"),
        "csharp" => ("mcs main.cs", "mono main.exe"),
        "haskell" => ("ghc -v0 -O -o main main.hs", "./main"),
        "ocaml" => ("ocamlopt -o main main.ml", "./main"),
        "fortran" => ("gfortran -O2 -o main main.f90", "./main"),
        "ada" => ("gnatmake -q -O2 -o main main.adb", "./main"),
        "d" => ("ldc2 -O2 -of=main main.d", "./main"),
        "swift" => ("swiftc -O -o main main.swift", "./main"),
        "cobol" => ("cobc -x -o main main.cob", "./main"),
        "nasm" => ("nasm -f elf64 -o main.o main.asm && ld -o main main.o", "./main"),
        "pascal" => ("fpc -O2 -omain main.pas", "./main"),
        "erlang" => ("erlc main.erl", "erl -noshell -s main main -s init stop"),
        "racket" => ("raco make main.rkt", "racket main.rkt"),
        "elixir" => ("", "elixir main.exs"),
        "lisp" => ("", "sbcl --script main.lisp"),
        "ruby" => ("", "ruby main.rb"),
        "php" => ("", "php main.php"),
        "perl" => ("", "perl main.pl"),
        "prolog" => ("", "swipl -t halt main.pl"),
        "r" => ("", "Rscript main.R"),
        "octave" => ("", "octave-cli -q main.m"),
        "javascript" => ("", "node main.js"),
        "sql" => ("", "sqlite3 :memory: '.read main.sql'"),
        _ => return None,
    };
    Some(((!compile.is_empty()).then_some(compile), run))
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

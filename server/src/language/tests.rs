use super::file::File;
use super::*;

const SHIPPED: &str = include_str!("../../../images/languages.toml");

fn problem(text: &str) -> String {
    parse(text, "latest").unwrap_err().to_string()
}

fn parse(text: &str, tag: &str) -> Result<Languages, LanguagesError> {
    check::checked(File::parse(text, "test", tag)?)
}

#[test]
fn the_shipped_file_is_valid_and_has_the_promised_languages() {
    let languages = parse(SHIPPED, "latest").unwrap();
    let defaults = "c11 c17 c23 cpp17 cpp20 cpp23 cpp26 cpp20-sanitized python3 java21 javascript";
    let others = "ada bash c17-clang cobol cpp20-clang csharp d elixir erlang fortran go haskell java25 kotlin lisp lua nasm \
                  ocaml octave pascal perl php prolog pypy3 r racket ruby rust sql swift typescript";
    let by_default = |id: &str| {
        let language = languages.get(id).unwrap_or_else(|| panic!("there is no {id}"));
        language.toolchain.as_deref().is_some_and(|name| languages.toolchain(name).unwrap().1.default)
    };
    assert!(defaults.split_whitespace().all(by_default));
    assert!(!others.split_whitespace().any(by_default));
    let promised = defaults.split_whitespace().chain(others.split_whitespace()).count();
    assert_eq!(languages.iter().count(), promised, "a language that is shipped is promised here, too");
}

/// What a program may have is what its runtime knows of, so that it says itself when there is no more, and what the host has
/// makes no difference.
#[test]
fn a_runtime_knows_the_limits_and_one_processor() {
    let languages = parse(SHIPPED, "latest").unwrap();
    let run = |id: &str| languages.get(id).unwrap().run.as_written().join(" ");
    for id in ["java21", "java25", "kotlin"] {
        let heap = ["-Xmx{memory}m", "-XX:MaxMetaspaceSize={memory}m", "-Xss32m"];
        for option in heap.into_iter().chain(["-XX:+UseSerialGC", "-XX:ActiveProcessorCount=1"]) {
            assert!(run(id).split(' ').any(|word| word == option), "{id} has no {option}");
        }
    }
    assert!(run("javascript").contains("--max-old-space-size={memory}"));
    assert!(run("go").contains("GOMEMLIMIT={memory}MiB GOMAXPROCS=1"));
    assert!(run("r").contains("R_MAX_VSIZE={memory}M"));
    for id in ["r", "octave"] {
        let environment = &languages.get(id).unwrap().environment;
        for variable in ["OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1"] {
            assert!(environment.iter().any(|each| each == variable), "{id} has no {variable}");
        }
    }
}

#[test]
fn the_shipped_images_have_the_tag_of_the_instance() {
    let languages = parse(SHIPPED, "class-7").unwrap();
    let images: Vec<_> = languages.toolchains().map(|(_, toolchain)| toolchain.image.clone()).collect();
    assert!(images.iter().all(|image| image.ends_with(":class-7")), "{images:?}");
}

#[test]
fn the_examples_of_the_page_are_valid() {
    let page = include_str!("../../../docs/languages.md");
    let examples: Vec<_> =
        page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(examples.len(), 3);
    let own = tempfile::NamedTempFile::new().unwrap();
    let languages = Path::new("../images/languages.toml").into();
    let config = Config { languages, site_languages: Some(own.path().into()), ..Config::default() };
    for example in examples {
        std::fs::write(own.path(), example).unwrap();
        Languages::configured(&config).unwrap_or_else(|problem| panic!("{problem}: {example}"));
    }
}

#[test]
fn a_site_adds_languages_and_replaces_shipped_ones() {
    let shipped = Path::new("../images/languages.toml");
    let own = tempfile::NamedTempFile::new().unwrap();
    let mut config = Config { languages: shipped.into(), ..Config::default() };
    config.site_languages = Some(own.path().into());
    let count = |config: &Config| Languages::configured(config).unwrap().iter().count();
    let shipped = count(&config);
    assert_eq!(shipped, count(&Config { site_languages: None, ..config.clone() }), "an empty file adds none");
    let text = "[toolchains.jdk]\nimage = 'site/jdk'\n\
                [[languages]]\nid='c17'\nname='Our C'\nsource='a.c'\nrun=['true']\n\
                [[languages]]\nid='sh'\nname='Shell'\nsource='a.sh'\nrun=['sh', 'a.sh']";
    std::fs::write(own.path(), text).unwrap();
    let languages = Languages::configured(&config).unwrap();
    assert_eq!(languages.iter().count(), shipped + 1);
    assert_eq!(languages.get("c17").unwrap().name, "Our C");
    assert!(languages.toolchain("jdk").is_some() && languages.toolchain("gcc").is_some());
    std::fs::write(own.path(), "[[languages]]\nid='sh'").unwrap();
    let problem = Languages::configured(&config).unwrap_err().to_string();
    assert!(problem.contains(&own.path().display().to_string()), "{problem}");
}

#[test]
fn a_language_of_an_unknown_toolchain_is_refused() {
    let text =
        "[[languages]]\nid='x'\nname='X'\nsource='a'\nrun=['a']\ntoolchain='no'\ncompile=['c']\nartefact='b'";
    assert_eq!(problem(text), "language `x`: there is no toolchain `no`");
}

#[test]
fn sources_are_known_by_every_usual_extension_and_headers_and_data_are_none() {
    let languages = parse(SHIPPED, "latest").unwrap();
    let (cpp, c) = (languages.get("cpp20").unwrap(), languages.get("c17").unwrap());
    for name in ["a.cpp", "a.cc", "a.cxx", "a.c++", "a.C", "two.dots.cc"] {
        assert!(cpp.is_source(name) && !c.is_source(name), "{name}");
    }
    for name in ["a.h", "a.hpp", "a.tcc"] {
        assert!(!cpp.is_data(name) && !cpp.is_source(name) && !c.is_source(name), "{name}");
    }
    for name in ["data.txt", "Makefile", "cpp", "a.cpp.txt", "a.py"] {
        assert!(cpp.is_data(name) && c.is_data(name), "{name}");
    }
    assert!(c.is_source("a.c") && !cpp.is_source("a.c"));
}

#[test]
fn what_contradicts_itself_is_refused() {
    let text = "[[languages]]\nid='x'\nname='X'\nsource='a.x'\nrun=['a']\n";
    let refused = problem(&format!("{text}extensions=['y']"));
    assert_eq!(refused, "language `x`: the extension of `a.x` is not among its extensions");
    let refused = problem(&format!("{text}environment=['HOME']"));
    assert_eq!(refused, "language `x`: environment `HOME` is not of the form KEY=value");
    let refused = problem(&format!("{text}reads_first=true"));
    assert_eq!(
        refused,
        "language `x`: reads_first is of languages whose sources are checked before they are run"
    );
}

#[test]
fn no_language_is_called_as_submissions_without_one_are() {
    let told = problem("[[languages]]\nid='answers'\nname='X'\nsource='a.x'\nrun=['a']\n");
    assert!(told.starts_with("language `answers`: no language is called so"), "{told}");
}

#[test]
fn a_language_names_the_image_that_its_programs_run_in() {
    let text =
        "[runtimes.jre]\nimage='site/jre:{tag}'\n[[languages]]\nid='x'\nname='X'\nsource='a'\nrun=['a']\n";
    let languages = parse(&format!("{text}runtime='jre'"), "7").unwrap();
    assert_eq!(languages.get("x").unwrap().runtime.as_deref(), Some("jre"));
    assert_eq!(languages.runtimes().next().unwrap().1.image, "site/jre:7");
    assert_eq!(problem(&format!("{text}runtime='jdk'")), "language `x`: there is no runtime `jdk`");
}

#[test]
fn the_command_that_installs_an_image_is_its_own_or_goes_by_whose_it_is() {
    let text = "[runtimes.awk]\nimage='gavel/bash:{tag}'\n[toolchains.fpc]\nimage='our/fpc:3.2'\n\
                [toolchains.zig]\nimage='our/zig'\ninstall='docker build -t our/zig zig'";
    let languages = parse(text, "7").unwrap();
    assert_eq!(languages.install(&Profile::Runtime("awk".into())), "make toolchain bash");
    assert_eq!(languages.install(&Profile::Toolchain("fpc".into())), "docker pull our/fpc:3.2");
    assert_eq!(languages.install(&Profile::Toolchain("zig".into())), "docker build -t our/zig zig");
    assert_eq!(languages.install(&Profile::Run), "make images");
}

#[test]
fn half_a_compiler_is_refused() {
    let text = "[[languages]]\nid='x'\nname='X'\nsource='a'\nrun=['a']\ncompile=['c']";
    assert_eq!(problem(text), "language `x`: toolchain and compile go together, and artefact needs both");
}

#[test]
fn an_unknown_key_is_refused() {
    let text = "[[languages]]\nid='x'\nname='X'\nsource='a'\nrun=['a']\nflags='-O2'";
    assert_eq!(problem(text), "test is not valid");
}

const PYTHON: &str = r#"
[toolchains.python]
image = "gavel/python:{tag}"
install = "make toolchain python"
default = true

[runtimes.python]
image = "gavel/python:{tag}"

[[failures.python]]
pattern = '^MemoryError'
verdict = "MemoryLimitExceeded"
reason = "MemoryError"

[[languages]]
id = "python3"
name = "Python 3"
toolchain = "python"
runtime = "python"
source = "main.py"
compile = ["python3", "check.py", "{source}"]
run = ["python3", "{entry}"]
time_factor = 2.0
time_extra = "200ms"
memory_extra = "16MiB"
processes = 32
failures = "python"
"#;

#[test]
fn a_language_may_be_checked_only_and_has_an_allowance_and_failures() {
    let languages = parse(PYTHON, "7").unwrap();
    let python = languages.get("python3").unwrap();
    let expected = Allowance {
        time_factor: 2.0,
        time_extra: std::time::Duration::from_millis(200),
        memory_extra: gavel_protocol::Bytes::mib(16),
        processes: 32,
    };
    assert_eq!(python.allowance, expected);
    assert!(python.runs_sources() && python.artefact.is_none());
    assert_eq!(python.failures.find(b"MemoryError", None).unwrap().0, Failure::MemoryLimitExceeded);
    assert!(languages.toolchain("python").unwrap().1.default);
}

#[test]
fn what_an_entry_of_a_managed_language_gets_wrong_is_told() {
    let wrong = |from: &str, to: &str| problem(&PYTHON.replace(from, to));
    assert_eq!(
        wrong("failures = \"python\"", "failures = \"py\""),
        "language `python3`: there are no failures `py`"
    );
    assert!(wrong("'^MemoryError'", "'('").starts_with("failures `python`: the pattern `(` is refused"));
    assert_eq!(
        wrong("failures = \"python\"", "compile_failures = \"python\""),
        "language `python3`: compile_failures are found by a pattern alone, and are no verdict of their own"
    );
    assert!(
        wrong("factor = 2.0", "factor = 0.0").starts_with("language `python3`: time_factor must be above 0")
    );
    assert_eq!(wrong("{entry}", "{entri}"), "language `python3`: there is no placeholder `{entri}`");
    assert_eq!(
        wrong("{entry}", "{artefact}"),
        "language `python3`: there is no artefact that {artefact} could stand for"
    );
}

#[test]
fn a_program_begins_with_the_file_that_was_named_or_called_as_one_alone_or_is_the_only_source() {
    let languages = parse(PYTHON, "7").unwrap();
    let python = languages.get("python3").unwrap();
    let entry = |files: &[&'static str], named| python.entry(files.iter().copied(), named);
    assert_eq!(entry(&["a.py", "main.py"], None), Ok(Some("main.py")));
    assert_eq!(entry(&["a.py", "main.py", "pkg/b.py"], Some("pkg/b.py")), Ok(Some("pkg/b.py")));
    assert_eq!(entry(&["pkg/b.py", "data.txt"], None), Ok(Some("pkg/b.py")));
    assert_eq!(entry(&["a.py", "b.py"], None), Err(EntryError::Ambiguous));
    assert_eq!(entry(&["main.py", "data.txt"], Some("data.txt")), Err(EntryError::NoSource));
    let shipped = parse(SHIPPED, "7").unwrap();
    let cpp = shipped.get("cpp20").unwrap();
    assert_eq!(cpp.entry(["a.cpp", "b.cpp"].into_iter(), None), Ok(None), "they are compiled together");
}

#[test]
fn the_extension_of_a_file_in_a_folder_is_its_own() {
    let shipped = parse(SHIPPED, "7").unwrap();
    let c = shipped.get("c17").unwrap();
    assert!(c.is_source("lib.d/list.c") && c.is_data("data.c/list") && !c.is_source("data.c/list"));
}

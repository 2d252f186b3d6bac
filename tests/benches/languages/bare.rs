//! A language's compiler and runtime by hand: a container of the image, and nothing of the judge's in it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use e2e::environment;

/// How a language is compiled and run without a judge, in the words of a shell.
#[derive(Debug, Clone)]
pub(super) struct Recipe {
    /// Image of the compiler and, where its programs need one, of their runtime.
    pub image: String,
    /// File that the source is written to.
    pub source: String,
    /// None: it is interpreted as it is.
    pub compile: Option<String>,
    pub run: String,
}

/// A shell in a container of the image, which stays from sample to sample.
pub(super) struct Bare {
    container: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    recipe: Recipe,
}

/// One sample.
#[derive(Debug, Clone, Copy)]
pub(super) struct Took {
    pub compile: Duration,
    pub run: Duration,
}

/// What each image has, with a clock that costs no process.
const SHELL: [&str; 2] = ["bash", "-s"];

impl Bare {
    pub(super) fn start(recipe: Recipe) -> Self {
        let mut docker = Command::new("docker");
        docker.args(["run", "--rm", "-i", "--network", "none", "--tmpfs", "/tmp:exec", "--tmpfs", "/w:exec"]);
        docker.args(["--workdir", "/w", "--env", "HOME=/tmp", "--env", "LANG=C.UTF-8"]);
        docker.arg(format!("{}:{}", recipe.image, environment::image_tag())).args(SHELL);
        docker.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut container = docker.spawn().expect("the bench needs docker here");
        let input = container.stdin.take().expect("it is piped");
        let output = BufReader::new(container.stdout.take().expect("it is piped"));
        Self { container, input, output, recipe }
    }

    /// Compiles this source and runs it; both must go well.
    pub(super) fn sample(&mut self, source: &str, stdin: &[u8]) -> Took {
        let Recipe { source: file, compile, run, .. } = &self.recipe;
        let compile = compile.as_deref().unwrap_or(":");
        let script = format!(
            "rm -rf /w/* /tmp/*; printf %s {} >{file}; printf %s {} >/tmp/.in; a=$EPOCHREALTIME; \
             {compile} >/tmp/.log 2>&1 || {{ cat /tmp/.log >&2; echo failed; }}; b=$EPOCHREALTIME; \
             {run} </tmp/.in >/tmp/.out || echo failed; c=$EPOCHREALTIME; \
             echo $((${{b/[.,]}} - ${{a/[.,]}})) $((${{c/[.,]}} - ${{b/[.,]}}))\n",
            quoted(source),
            quoted(&String::from_utf8_lossy(stdin)),
        );
        self.input.write_all(script.as_bytes()).expect("the shell reads");
        let mut line = String::new();
        self.output.read_line(&mut line).expect("the shell answers");
        let times: Vec<u64> = line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        let [compile, run] = times[..] else { panic!("{:?}: {line}", self.recipe) };
        Took { compile: Duration::from_micros(compile), run: Duration::from_micros(run) }
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        // It ends at the end of its input; the container goes with it.
        let _ = self.input.write_all(b"exit\n");
        let _ = self.container.wait();
    }
}

/// As one word of a shell.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

//! The scripts of this checkout, with instances of their own beside the one under test, which has built the images.

#![expect(clippy::unwrap_used, reason = "a helper of tests may panic like a test")]

use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use e2e::environment::{self, patience};

/// All publish the same port.
fn alone() -> MutexGuard<'static, ()> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An instance of this checkout. A compiler that fails is first on the path: nothing is to be compiled.
struct Own {
    name: String,
    folder: tempfile::TempDir,
}

/// What a script did.
struct Done {
    ok: bool,
    text: String,
}

impl Own {
    fn new(name: &str) -> Self {
        let own = Self { name: format!("gavel-scripts-{name}"), folder: tempfile::tempdir().unwrap() };
        own.in_place_of("cargo", "echo nothing was to be compiled\nexit 97");
        own
    }

    /// Puts a shell script first on the path.
    fn in_place_of(&self, program: &str, script: &str) {
        let path = self.folder.path().join(program);
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(path, PermissionsExt::from_mode(0o755)).unwrap();
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// A script, and its arguments by spaces.
    fn run(&self, script: &str, variables: &[(&str, &str)]) -> Done {
        let mut words = script.split(' ');
        let mut command = Command::new(checkout().join("scripts").join(words.next().unwrap()));
        command.args(words);
        let port = environment::first_port() + 9;
        // The scripts that have started us have set these for their own instance.
        for variable in ["GAVEL_TAG", "GAVEL_GOJUDGE__GRPC__ENABLED", "COMPOSE_FILE"] {
            command.env_remove(variable);
        }
        command.current_dir(checkout());
        command.env("COMPOSE_PROJECT_NAME", &self.name).env("GAVEL_INSTANCE", &self.name);
        command.env("GAVEL_DATA", self.path("data")).env("GAVEL_PORT", port.to_string());
        command.env("GAVEL_GRPC_PORT", (port + 1).to_string()).env("GAVEL_SANDBOX__UID_BASE", "56500");
        command.env("GAVEL_SANDBOX__RUN_SLOTS", "1").env("GAVEL_SANDBOX__TOOLCHAIN_SLOTS", "1");
        let path = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{}:{path}", self.folder.path().display()));
        Done::from(command.envs(variables.iter().copied()).output().unwrap())
    }

    fn up(&self, variables: &[(&str, &str)]) -> Done {
        self.run("up.sh", variables)
    }

    /// The address, whatever proxy the environment has.
    fn post(&self, path: &str, body: &str) -> String {
        let url = format!("http://127.0.0.1:{}{path}", environment::first_port() + 9);
        let arguments = ["-sS", "--noproxy", "*", "-H", "Content-Type: application/json", "-d", body, &url];
        Done::from(Command::new("curl").args(arguments).output().unwrap()).succeeded().text
    }

    fn container(&self, service: &str) -> String {
        let filters = [
            format!("label=com.docker.compose.project={}", self.name),
            format!("label=com.docker.compose.service={service}"),
        ];
        docker(&["ps", "-aq", "--no-trunc", "--filter", &filters[0], "--filter", &filters[1]])
            .text
            .trim()
            .into()
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        let mut purge = Command::new(checkout().join("scripts/purge.sh"));
        purge.arg("instance").env("COMPOSE_PROJECT_NAME", &self.name).env("GAVEL_INSTANCE", &self.name);
        purge.env_remove("GAVEL_TAG").env("GAVEL_DATA", self.path("data"));
        let done = Done::from(purge.output().unwrap());
        if !done.ok && !std::thread::panicking() {
            panic!("{}", done.text);
        }
    }
}

impl From<Output> for Done {
    fn from(output: Output) -> Self {
        let [text, errors] =
            [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        Self { ok: output.status.success(), text: text + &errors }
    }
}

impl Done {
    #[track_caller]
    fn succeeded(self) -> Self {
        assert!(self.ok, "{}", self.text);
        self
    }

    /// It failed, and said so.
    #[track_caller]
    fn failed_saying(&self, parts: &[&str]) {
        assert!(!self.ok && !self.text.contains("Accepted"), "it went well: {}", self.text);
        for part in parts {
            assert!(self.text.contains(part), "`{part}` is not in: {}", self.text);
        }
    }
}

fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn docker(arguments: &[&str]) -> Done {
    Done::from(Command::new("docker").args(arguments).output().unwrap())
}

/// As both Composes do.
#[test]
fn values_of_the_env_file_have_no_quotes_comments_or_line_ends() {
    let folder = tempfile::tempdir().unwrap();
    let lines = "A=1   # ours\nB=\"x # y\" # z\nC='q'\r\nexport D=5\nE=a#b\nF=\n G=6250\r\n";
    std::fs::write(folder.path().join(".env"), lines).unwrap();
    let script = format!(
        ". {}/scripts/lib.sh; for name in A B C D E F G H; do echo \"$(setting $name none)\"; done",
        checkout().display()
    );
    let shell = Command::new("bash").args(["-euc", &script]).current_dir(folder.path()).output().unwrap();
    assert_eq!(Done::from(shell).succeeded().text, "1\nx # y\nq\n5\na#b\nnone\n6250\nnone\n");
}

#[test]
fn a_toolchain_is_named_by_a_language_of_its_own_too() {
    let named = |names: &str| {
        let script = format!(". scripts/lib.sh; named_toolchains {names}");
        let shell = Command::new("bash").args(["-euc", &script]).current_dir(checkout()).output().unwrap();
        Done::from(shell).succeeded().text
    };
    assert_eq!(named("sql erlang elixir cpp20 go"), "sqlite elixir gcc go\n");
    assert_eq!(named("nope"), "nope\n");
}

/// By `GAVEL_TOOLCHAINS`, beside those that every installation has. No image is there under this tag.
#[test]
fn the_toolchains_of_an_instance_are_those_that_are_named_or_all() {
    let chosen = |wanted: &str, image: &str| {
        let script = ". scripts/lib.sh; chosen_toolchains";
        let mut shell = Command::new("bash");
        shell.args(["-euc", script]).current_dir(checkout());
        shell.env("GAVEL_TOOLCHAINS", wanted).env("GAVEL_GOJUDGE__IMAGE", image);
        shell.env("GAVEL_TAG", "of-nobody").env("GAVEL_INSTANCE", "of-nobody");
        Done::from(shell.output().unwrap()).succeeded().text.trim().to_owned()
    };
    assert_eq!(chosen("go rust", ""), "gcc python java node go rust");
    assert_eq!(chosen("rust,java, go", ""), "gcc python java node rust go");
    assert_eq!(chosen("go", "gavel/command-full:latest"), "gcc python java node go command-full");
    let all = chosen("all", "");
    let languages = std::fs::read_to_string(checkout().join("images/languages.toml")).unwrap();
    let toolchains =
        languages.lines().filter_map(|line| line.strip_prefix("[toolchains.")?.strip_suffix(']'));
    for toolchain in toolchains {
        assert!(all.split(' ').any(|name| name == toolchain), "{toolchain} is not in {all}");
    }
    let distinct: std::collections::BTreeSet<_> = all.split(' ').collect();
    assert!(distinct.len() == all.split(' ').count() && !distinct.contains("all"), "{all}");
    assert!(!distinct.contains("command-full") && !distinct.contains("nats"), "{all}");
}

/// Compose does not look into a file that it mounts: it makes containers anew where this label of theirs has changed.
#[test]
fn an_edit_of_the_languages_changes_what_containers_are_made_of_as_one_of_the_settings_does() {
    let folder = tempfile::tempdir().unwrap();
    let [settings, languages] = ["gavel.toml", "languages.toml"].map(|name| folder.path().join(name));
    let digest = || {
        let script = format!(
            ". {}/scripts/lib.sh; digest_settings; echo \"$GAVEL_SETTINGS_DIGEST\"",
            checkout().display()
        );
        let mut shell = Command::new("bash");
        shell.args(["-euc", &script]).current_dir(folder.path());
        shell.env("GAVEL_CONFIG_FILE", &settings).env("GAVEL_LANGUAGES_FILE", &languages);
        Done::from(shell.output().unwrap()).succeeded().text
    };
    std::fs::write(&settings, "[http]\n").unwrap();
    std::fs::write(&languages, "[[languages]]\nid = 'lua'\n").unwrap();
    let before = digest();
    assert_eq!((before.len(), before.clone()), (17, digest()), "it is the same without an edit");
    std::fs::write(&languages, "[[languages]]\nid = 'luo'\n").unwrap();
    let after = digest();
    assert_ne!(after, before);
    std::fs::write(&settings, "[queue]\n").unwrap();
    assert_ne!(digest(), after);
    let compose = std::fs::read_to_string(checkout().join("compose.yaml")).unwrap();
    assert!(compose.contains("io.gavel.settings: ${GAVEL_SETTINGS_DIGEST:-}"), "no container has it");
}

/// Where this file says which C library the toolchain has.
const LIBC: &str = "/usr/share/gavel/libc";

/// Runs a script in one of the service's images, as if its toolchain had a C library of this release.
fn with_library(image: &str, release: &str, files: &Path, script: &str) -> Done {
    let folder = tempfile::tempdir().unwrap();
    let noted = folder.path().join("libc");
    std::fs::write(&noted, format!("{release}\n")).unwrap();
    let binds = [format!("{}:{LIBC}:ro", noted.display()), format!("{}:/files:ro", files.display())];
    let image = format!("gavel/{image}:{}", environment::image_tag());
    let [noted, files] = &binds;
    docker(&["run", "--rm", "--network", "none", "-v", noted, "-v", files, &image, "sh", "-euc", script])
}

#[test]
fn no_run_image_is_made_whose_own_c_library_is_newer_than_the_toolchains() {
    let files = checkout().join("images/run");
    let made = |release| with_library("run", release, &files, "sh /files/no-older.sh");
    made("2.5").failed_saying(&["the toolchain's is 2.5", "GAVEL_RUN_BASE"]);
    made("99.0").succeeded();
    let own =
        docker(&["run", "--rm", &format!("gavel/run:{}", environment::image_tag()), "cat", LIBC]).succeeded();
    made(own.text.trim()).succeeded();
}

/// The sample that is run at each start: what it writes else than `ok` is why the language is not served.
#[test]
fn a_program_whose_c_library_is_of_another_release_than_the_images_says_so() {
    let shipped = std::fs::read_to_string(checkout().join("images/languages.toml")).unwrap();
    let (_, language) = shipped.split_once("\nid = \"c17\"\n").unwrap();
    let sample = language.split("'''").nth(1).unwrap();
    let files = tempfile::tempdir().unwrap();
    std::fs::write(files.path().join("main.c"), sample).unwrap();
    let script = "gcc -static -o /tmp/main /files/main.c && /tmp/main";
    let told = with_library("gcc", "2.5", files.path(), script);
    assert!(
        !told.ok && told.text.contains("programs run in has C library 2.5, they are linked with"),
        "{}",
        told.text
    );
    let own =
        docker(&["run", "--rm", &format!("gavel/run:{}", environment::image_tag()), "cat", LIBC]).succeeded();
    let told = with_library("gcc", own.text.trim(), files.path(), script);
    assert_eq!(told.succeeded().text, "ok\n");
}

#[test]
fn an_edited_file_of_settings_is_in_force_after_the_next_up_and_without_an_edit_nothing_changes() {
    let _alone = alone();
    let own = Own::new("edits");
    let file = own.path("gavel.toml");
    let variables = [("GAVEL_CONFIG_FILE", file.as_str())];
    std::fs::write(&file, "[http]\nmax_wait = '50s'\n").unwrap();
    let told = own.up(&variables).succeeded().text;
    assert!(told.contains("verdict: Accepted"), "{told}");
    let (server, warden) = (own.container("server"), own.container("warden"));
    own.up(&variables).succeeded();
    assert_eq!((own.container("server"), own.container("warden")), (server.clone(), warden.clone()));
    // As editors do it: another file takes the name.
    let edited = own.path("edited.toml");
    std::fs::write(&edited, "[http]\nmax_wait = '40s'\n").unwrap();
    std::fs::rename(edited, &file).unwrap();
    own.up(&variables).succeeded();
    assert!(own.container("server") != server && own.container("warden") != warden, "they are the same ones");
    let shown = docker(&["exec", &own.container("server"), "gavel", "config"]).succeeded().text;
    assert!(shown.contains("max_wait = \"40s\""), "{shown}");
    // With what it would not start with the one that runs is left alone.
    let server = own.container("server");
    std::fs::write(&file, "[http]\nmax_wiat = '40s'\n").unwrap();
    own.up(&variables).failed_saying(&[
        "does not start",
        "left as it was",
        "unknown setting `http.max_wiat`",
    ]);
    std::fs::write(&file, "").unwrap();
    let languages = own.path("languages.toml");
    std::fs::write(&languages, "[[languages]]\nid = 'lua'\nsampel = 'x'\n").unwrap();
    let both = [variables[0], ("GAVEL_LANGUAGES_FILE", languages.as_str())];
    own.up(&both).failed_saying(&["does not start", "left as it was", "unknown field `sampel`"]);
    assert_eq!(own.container("server"), server, "it was made anew");
}

#[test]
fn what_keeps_a_container_from_starting_is_named_within_a_minute() {
    let _alone = alone();
    let own = Own::new("crash");
    let file = own.path("gavel.toml");
    std::fs::write(&file, "[http]\nmax_wiat = '50s'\n").unwrap();
    let begun = Instant::now();
    own.up(&[("GAVEL_CONFIG_FILE", &file)])
        .failed_saying(&["does not start", "unknown setting `http.max_wiat`"]);
    assert!(begun.elapsed() < patience(Duration::from_secs(60)), "{:?}", begun.elapsed());
    let languages = own.path("languages.toml");
    std::fs::write(&languages, "[[languages]]\nid = 'lua'\nsampel = 'x'\n").unwrap();
    docker(&["rm", "-f", &own.container("server")]).succeeded();
    // The operator's name of the file, and the line.
    own.up(&[("GAVEL_LANGUAGES_FILE", &languages)]).failed_saying(&[
        "does not start",
        &format!("{languages} is not valid"),
        "unknown field `sampel`",
    ]);
    own.up(&[("GAVEL_CONFIG_FILE", "/nonexistent.toml")])
        .failed_saying(&["GAVEL_CONFIG_FILE", "/nonexistent.toml"]);
    let socket = own.path("no.sock");
    own.up(&[("GAVEL_DOCKER_SOCKET", &socket)]).failed_saying(&["GAVEL_DOCKER_SOCKET", "no.sock"]);
    assert!(!Path::new(&socket).exists(), "Docker has made a directory of it");
}

/// What a function of `service.sh` does for an instance with a broker, beside stand-ins for containers.
fn with_a_broker(function: &str, variables: &[(&str, &str)]) -> Done {
    let script = format!(
        r#". scripts/lib.sh; . scripts/service.sh
        server=s warden=w broker=b restarts_of_server=0 restarts_of_warden=0 restarts_of_broker=0
        restarts() {{ [ "$1" = b ] && echo 3 || echo 0; }}
        docker() {{ case $1 in inspect) echo false ;; logs) printf '%s\n' "$LOG" ;; esac; }}
        {function}"#
    );
    let mut shell = Command::new("bash");
    shell.args(["-euc", &script]).current_dir(checkout()).env("DOCKER_HOST", "tcp://elsewhere");
    shell.env("COMPOSE_PROFILES", "cluster").envs(variables.iter().copied());
    Done::from(shell.output().unwrap())
}

#[test]
fn what_is_wrong_with_the_broker_is_named() {
    for (log, said) in [
        ("gavel: GAVEL_CLUSTER__TOKEN is not set", "GAVEL_CLUSTER__TOKEN is not set"),
        ("nats-server: error parsing include file './auth.conf'", "error parsing include file"),
    ] {
        let done = with_a_broker("stop_at_crashes", &[("LOG", log)]);
        done.failed_saying(&["the broker does not start", said]);
    }
    with_a_broker("check_mounts", &[]).succeeded();
    for variable in ["GAVEL_NATS_AUTH", "GAVEL_NATS_TLS", "GAVEL_CLUSTER_CERTIFICATES"] {
        let done = with_a_broker("check_mounts", &[(variable, "/nonexistent")]);
        done.failed_saying(&[variable, "/nonexistent"]);
    }
}

#[test]
fn a_warden_that_does_not_serve_is_told_though_the_server_is_ready() {
    let _alone = alone();
    let own = Own::new("warden");
    own.up(&[]).succeeded();
    let server = own.container("server");
    let socket = own.path("nobody.sock");
    drop(UnixListener::bind(&socket).unwrap());
    own.up(&[("GAVEL_DOCKER_SOCKET", &socket)])
        .failed_saying(&["the warden does not start", "GAVEL_DOCKER_SOCKET"]);
    assert_eq!(own.container("server"), server, "only the warden was to be made anew");
}

#[test]
fn the_doctor_makes_nothing_where_there_is_no_image_and_a_purge_leaves_no_volume() {
    let _alone = alone();
    let own = Own::new("nothing");
    let volume = format!("{}_nats", own.name);
    own.run("doctor.sh", &[]).failed_saying(&["the engine answers", "is not there", "make up"]);
    for what in ["network", "volume"] {
        let filter = format!("label=com.docker.compose.project={}", own.name);
        assert_eq!(docker(&[what, "ls", "-q", "--filter", &filter]).succeeded().text, "", "{what}");
    }
    let label = format!("com.docker.compose.project={}", own.name);
    docker(&["volume", "create", "--label", &label, &volume]).succeeded();
    own.run("purge.sh data", &[]).succeeded();
    assert!(!docker(&["volume", "inspect", &volume]).ok, "what a broker has kept is still there");
}

#[test]
fn the_doctor_tells_the_last_error_of_a_server_that_crashes() {
    let _alone = alone();
    let own = Own::new("doctor");
    own.up(&[]).succeeded();
    let told = own.run("doctor.sh", &[]).succeeded().text;
    assert!(told.contains("ok      server              ready"), "{told}");
    let break_it =
        "rm -f /host/state/gavel.sqlite*; echo 'This was a database once.' >/host/state/gavel.sqlite";
    let mount = format!("{}:/host", own.path("data"));
    docker(&["stop", &own.container("server")]).succeeded();
    let image = format!("gavel/run:{}", own.name);
    docker(&["run", "--rm", "--network", "none", "-v", &mount, &image, "sh", "-c", break_it]).succeeded();
    own.up(&[]).failed_saying(&["the server does not start"]);
    let told = own.run("doctor.sh", &[]);
    assert!(!told.ok && told.text.contains("PROBLEM server"), "{}", told.text);
    assert!(told.text.contains("store") || told.text.contains("database"), "{}", told.text);
}

#[test]
fn grpc_is_published_where_it_is_on_and_purging_an_instance_leaves_the_images_of_others() {
    let _alone = alone();
    let own = Own::new("images");
    own.up(&[]).succeeded();
    let ports = || docker(&["port", &own.container("server")]).succeeded().text;
    assert!(ports().contains("5050/tcp") && !ports().contains("5051/tcp"), "{}", ports());
    own.up(&[("GAVEL_GOJUDGE__GRPC__ENABLED", "true")]).succeeded();
    assert!(ports().contains("5051/tcp"), "{}", ports());
    let has = |image: &str, tag: &str| docker(&["image", "inspect", &format!("gavel/{image}:{tag}")]).ok;
    let (name, other) = (own.name.clone(), environment::image_tag());
    assert_eq!(other, environment::instance(), "the tests' own, and not that of an operator");
    for image in ["server", "run", "gcc", "python"] {
        assert!(has(image, &name) && has(image, &other), "{image}");
    }
    drop(own);
    for image in ["server", "run", "gcc", "python"] {
        assert!(!has(image, &name) && has(image, &other), "{image}");
    }
}

#[test]
fn a_toolchain_is_added_to_a_running_service_and_judges_at_once() {
    let _alone = alone();
    let own = Own::new("toolchain");
    own.up(&[]).succeeded();
    let server = own.container("server");
    let program = r#"{"language":"lua","source":"print('ok')","tests":[{"expected":"ok\n"}],"wait":true}"#;
    let judge = || own.post("/api/v1/submissions", program);
    let refused = judge();
    assert!(
        refused.contains("language-not-installed") && refused.contains("make toolchain lua"),
        "{refused}"
    );
    own.run("toolchain.sh nope", &[]).failed_saying(&["there is no toolchain 'nope'", " lua "]);
    own.run("toolchain.sh lua", &[]).succeeded();
    let judged = judge();
    assert!(judged.contains(r#""verdict":"Accepted""#), "{judged}");
    assert_eq!(own.container("server"), server, "nothing was restarted");
}

/// The service is ready without them.
#[test]
fn languages_that_do_not_work_are_told_with_the_reason() {
    let _alone = alone();
    let own = Own::new("languages");
    let languages = own.path("languages.toml");
    let broken = "[[languages]]\nid = 'wrong-c'\nname = 'C'\ntoolchain = 'gcc'\nsource = 'main.c'\nartefact = 'main'\n\
                  compile = ['gcc', '-static', '-o', 'main', '{source}']\nrun = ['{artefact}']\n\
                  sample = 'int puts(const char *); int main(void) { puts(\"no\"); }'\n";
    std::fs::write(&languages, broken).unwrap();
    let variables = [("GAVEL_LANGUAGES_FILE", languages.as_str())];
    let told = own.up(&variables).succeeded().text;
    assert!(told.contains("verdict: Accepted"), "{told}");
    assert!(told.contains("wrong-c: the self-test of wrong-c failed: WrongAnswer"), "{told}");
    assert!(!told.contains("not there") && !told.contains("not tested yet"), "{told}");
    // An image that comes with the service is missing at the start, as when the disk had no room for it.
    docker(&["rmi", "--no-prune", &format!("gavel/python:{}", own.name)]).succeeded();
    docker(&["restart", &own.container("server")]).succeeded();
    let script = ". scripts/lib.sh; . scripts/service.sh; server=$1; \
                  until [[ $(troubled) == *\"make toolchain python\"* ]]; do sleep 1; done; tell_languages";
    let limit = patience(Duration::from_secs(120)).as_secs().to_string();
    let mut shell = Command::new("timeout");
    shell.args([&limit, "bash", "-euc", script, "-", &own.container("server")]).current_dir(checkout());
    shell.env("GAVEL_PORT", (environment::first_port() + 9).to_string());
    let told = Done::from(shell.output().unwrap()).succeeded().text;
    assert!(told.contains("python3: its image gavel/python is not there: make toolchain python"), "{told}");
}

#[test]
fn the_program_that_each_start_judges_is_known_by_its_user() {
    let script = ". scripts/lib.sh; . scripts/service.sh; printf %s \"$SAMPLE\"";
    let mut shell = Command::new("bash");
    shell.args(["-euc", script]).current_dir(checkout());
    let sample = Done::from(shell.output().unwrap()).succeeded().text;
    let sample: serde_json::Value = serde_json::from_str(&sample).unwrap();
    assert_eq!(sample["user"], "gavel-sample");
}

/// What `tell_languages` does while `/readyz` answers so, one answer after the other and the last for ever: what it told, and how
/// often it has asked.
fn told_by_answers(answers: &[&str]) -> (String, usize) {
    let folder = tempfile::tempdir().unwrap();
    let script = r#". scripts/lib.sh; . scripts/service.sh; server=none asked=$1; shift
        docker() { :; }; sleep() { :; }; patience() { echo 5; }
        request() {
          local count
          echo >>"$asked"
          count=$(wc -l <"$asked")
          set -- "${answers[@]}"
          [ "$count" -gt $# ] && count=$#
          printf '%s' "${!count#* }"
          [[ ${!count} == "200 "* ]]
        }
        answers=("$@")
        tell_languages"#;
    let asked = folder.path().join("asked");
    let mut shell = Command::new("bash");
    shell.args(["-euc", script, "-"]).arg(&asked).args(answers).current_dir(checkout());
    let text = Done::from(shell.output().unwrap()).succeeded().text;
    (text, std::fs::read_to_string(asked).unwrap().lines().count())
}

#[test]
fn languages_that_are_not_tested_yet_are_waited_for_and_told_whatever_readyz_answers() {
    let [ready, busy, all] =
        [r#"200 {"untested":["lua","c17"]}"#, r#"503 {"untested":["lua","c17"]}"#, r#"200 {"untested":[]}"#];
    let (told, asked) = told_by_answers(&[ready, busy, "000 refused", ready, all]);
    assert!(asked >= 5, "asked {asked} times: {told}");
    assert!(!told.contains("not tested") && !told.contains("no answer"), "{told}");
    for answer in [ready, busy] {
        let (told, asked) = told_by_answers(&[answer]);
        assert!(asked > 5 && told.contains("not tested yet: lua,c17"), "asked {asked} times: {told}");
    }
    let (told, asked) = told_by_answers(&["000 refused"]);
    assert!(asked > 5 && told.contains("whether all are tested is not known"), "asked {asked} times: {told}");
    // Who may not call learns nothing, and waits for nothing.
    let (told, asked) = told_by_answers(&[r#"200 {"ready":true}"#]);
    assert!(asked <= 2 && told.is_empty(), "asked {asked} times: {told}");
}

#[test]
fn no_toolchain_is_begun_that_the_disk_has_no_room_for() {
    let _alone = alone();
    let own = Own::new("room");
    // An engine that has no image, on the largest disk of this machine.
    own.in_place_of("docker", r#"[ "$1" = info ] && echo /"#);
    let variables =
        [("GAVEL_BASES", "local"), ("GAVEL_TOOLCHAINS_REQUIRED", "1"), ("GAVEL_TOOLCHAIN_ROOM", "999999999")];
    own.run("images.sh lua", &variables).failed_saying(&[
        "lua: ",
        "MiB are left at /",
        "GAVEL_TOOLCHAIN_ROOM",
        "not built: lua",
    ]);
    let no_room = std::fs::read_to_string(checkout().join(".gavel/no-room")).unwrap();
    assert_eq!(no_room, "lua\n");
}

#[test]
fn a_mirror_that_does_not_serve_is_told_with_what_was_to_be_made() {
    let _alone = alone();
    let own = Own::new("mirror");
    own.in_place_of("docker", "exit 1");
    own.in_place_of(
        "apt-get",
        r#". /etc/os-release; echo "$VERSION_CODENAME main http://mirror.invalid/debian""#,
    );
    own.in_place_of("mmdebstrap", "echo E: nobody answers >&2; exit 25");
    let variables =
        [("GAVEL_BASES", "local"), ("GAVEL_TOOLCHAINS_REQUIRED", "1"), ("GAVEL_TOOLCHAIN_ROOM", "1")];
    own.run("images.sh lua perl", &variables).failed_saying(&[
        "E: nobody answers",
        "from http://mirror.invalid/debian",
        "lua has no base to be made from",
        "not built: lua perl",
    ]);
}

#[test]
fn a_hydro_sites_files_are_there_through_its_compose_file_and_no_others() {
    let _alone = alone();
    let own = Own::new("hydro");
    let folders = ["cache", "tmp", "modules"].map(|name| own.path(name));
    for folder in &folders {
        std::fs::create_dir_all(format!("{folder}/deep")).unwrap();
        std::fs::write(format!("{folder}/deep/file"), folder).unwrap();
    }
    let variables = [
        ("COMPOSE_FILE", "compose.yaml:compose.hydro.yaml"),
        ("HYDRO_CACHE", &folders[0]),
        ("HYDRO_TMP", &folders[1]),
        ("HYDRO_MODULES", &folders[2]),
    ];
    own.up(&variables).succeeded();
    let cat = |source: &str| {
        let limits = "\"cpuLimit\":1000000000,\"memoryLimit\":67108864,\"procLimit\":8";
        let files = format!(
            "[{{\"src\":\"{source}\"}},{{\"name\":\"stdout\",\"max\":4096}},{{\"name\":\"stderr\",\"max\":4096}}]"
        );
        own.post("/run", &format!("{{\"cmd\":[{{\"args\":[\"/bin/cat\"],\"files\":{files},{limits}}}]}}"))
    };
    for folder in &folders {
        let answer = cat(&format!("{folder}/deep/file"));
        assert!(answer.contains(&format!("\"stdout\":\"{folder}\"")), "{answer}");
    }
    let answer = cat("/etc/passwd");
    assert!(!answer.contains("root:"), "{answer}");
}

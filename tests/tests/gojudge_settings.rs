//! The go-judge API of instances whose settings are not the usual ones.

use e2e::alone::alone;
use e2e::docker::Host;
use e2e::instance::{Instance, Plan};
use e2e::{Client, gojudge};
use reqwest::Method;
use serde_json::{Value, json};

/// A shell command with standard descriptors and fair limits.
fn shell(script: &str) -> Value {
    json!({
        "args": ["/bin/sh", "-c", script],
        "env": ["PATH=/usr/bin:/bin"],
        "files": [{"content": ""}, {"name": "stdout", "max": 10240}, {"name": "stderr", "max": 10240}],
        "cpuLimit": 10_000_000_000u64,
        "clockLimit": 30_000_000_000u64,
        "memoryLimit": 268_435_456,
        "procLimit": 50,
    })
}

async fn run(client: &Client, command: &Value) -> Value {
    let answer = client.call(Method::POST, "/run", Some(json!({"cmd": [command]}))).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text);
    answer.json[0].clone()
}

#[tokio::test]
async fn a_cpu_rate_stretches_a_run_where_it_is_enabled() {
    let _alone = alone().await;
    let instance = Plan::of_one_slot("cpu-rate").with("GAVEL_GOJUDGE__CPU_RATE", "true").start().await;
    let client = instance.client();
    let mut spin = shell("while :; do :; done");
    spin["cpuLimit"] = json!(500_000_000);
    spin["cpuRateLimit"] = json!(500);
    let slow = run(&client, &spin).await;
    spin["cpuRateLimit"] = json!(1);
    let too_little = run(&client, &spin).await;
    instance.remove().await;
    assert_eq!(slow["status"], "Time Limit Exceeded", "{slow}");
    let stretched = slow["runTime"].as_f64().unwrap() / slow["time"].as_f64().unwrap();
    assert!(stretched > 1.7, "{stretched}: {slow}");
    // The kernel gives out no less than a millisecond at a time.
    assert_eq!(too_little["status"], "Internal Error", "{too_little}");
}

/// Recorded where go-judge had no prefixes and may read any file.
const WITHOUT_PREFIXES: [&str; 4] = [
    "src missing in copyIn",
    "src missing in files",
    "two cmds one copyIn fail",
    "copyIn too large for tmpfs (src zero sparse)",
];

/// What a shell of the server's own container prints.
async fn in_server(instance: &Instance, script: &str) -> String {
    Host::connect().await.exec(&instance.server, "0", &["sh", "-c", script]).await
}

#[tokio::test]
async fn src_names_files_of_the_server_as_recorded_of_go_judge() {
    let _alone = alone().await;
    let plan = Plan::of_one_slot("src").data_at("/srv").with("ES_SRC_PREFIX", "/");
    let instance = plan.with("GAVEL_SANDBOX__BOX_SIZE", "128MiB").start().await;
    let client = instance.client();
    let made =
        in_server(&instance, "echo from the host > /srv/in && truncate -s 200M /srv/sparse-200MiB").await;
    let mut cat = shell("cat; cat copy");
    cat["files"][0] = json!({"src": "/srv/in"});
    cat["copyIn"] = json!({"copy": {"src": "/srv/in"}});
    let read = run(&client, &cat).await;
    let mut different = Vec::new();
    let recorded = gojudge::recorded_cases().into_iter();
    for case in recorded.filter(|case| WITHOUT_PREFIXES.contains(&case.name.as_str())) {
        let request = client.request(Method::POST, "/run").body(case.body());
        let answer = client.answer_to(request).await.unwrap();
        if answer.status.as_u16() != case.status
            || gojudge::masked(&answer.text) != gojudge::masked(&case.answer)
        {
            different.push(format!("{}\n  {}\n  {} {}", case.name, case.answer, answer.status, answer.text));
        }
    }
    instance.remove().await;
    assert_eq!(made, "");
    assert_eq!(read["files"]["stdout"], "from the host\nfrom the host\n", "{read}");
    assert!(different.is_empty(), "{}", different.join("\n"));
}

#[tokio::test]
async fn src_reaches_nothing_outside_its_prefixes() {
    let _alone = alone().await;
    let plan = Plan::of_one_slot("src-prefix").data_at("/srv").with("ES_SRC_PREFIX", "/srv/allowed");
    let instance = plan.start().await;
    let client = instance.client();
    let script = "mkdir /srv/allowed /srv/allowed2; echo in > /srv/allowed/in; echo out > /srv/allowed2/out; \
        ln -s ../allowed2/out /srv/allowed/link; ln -s allowed /srv/alias";
    let made = in_server(&instance, script).await;
    let mut answers = Vec::new();
    for src in ["in", "link", "../allowed2/out", "missing", "../alias/in"] {
        let mut cat = shell("cat");
        cat["files"][0] = json!({"src": format!("/srv/allowed/{src}")});
        let answer = client.call(Method::POST, "/run", Some(json!({"cmd": [cat]}))).await;
        answers.push((answer.status.as_u16(), answer.text));
    }
    instance.remove().await;
    assert_eq!(made, "");
    let outside = |src: &str| (400, format!("\"file (/srv/allowed/{src}) does not under ([/srv/allowed])\""));
    assert!(answers[0].0 == 200 && answers[0].1.contains("\"stdout\":\"in\\n\""), "{answers:?}");
    assert_eq!(answers[1..3], [outside("link"), outside("../allowed2/out")]);
    let missing = "\"lstat /srv/allowed/missing: no such file or directory\"";
    assert_eq!(answers[3], (400, missing.to_owned()));
    // A way round that leads back is none out.
    assert_eq!(answers[4].0, 200);
}

#[tokio::test]
async fn copy_out_dir_writes_below_its_directory_and_nowhere_else() {
    let _alone = alone().await;
    let plan = Plan::of_one_slot("copy-out-dir").data_at("/srv").with("ES_SRC_PREFIX", "/srv/out");
    let plan = plan.with("GAVEL_GOJUDGE__COPY_OUT_DIR", "/srv/out");
    let instance = plan.with("GAVEL_GOJUDGE__COPY_OUT_LIMIT", "1MiB").start().await;
    let client = instance.client();
    let made = in_server(&instance, "mkdir -m 777 /srv/out && ln -s /srv /srv/out/link").await;
    let mut compile = shell(
        "mkdir d; : > d/below; ln -s /etc/passwd passwd; printf '#!/bin/sh\necho compiled' > tool; chmod 700 tool",
    );
    compile["copyOutDir"] = json!("spj/1000");
    let compiled = run(&client, &compile).await;
    let there = in_server(&instance, "cd /srv/out/spj/1000 && ls && find -type l").await;
    let mut again = shell("./tool");
    again["copyIn"] = json!({"tool": {"src": "/srv/out/spj/1000/tool"}});
    let ran = run(&client, &again).await;
    compile["copyOutDir"] = json!("link/x");
    let through_link = run(&client, &compile).await;
    let mut large = shell("head -c 2M /dev/zero > large");
    large["copyOutDir"] = json!("large");
    let large = run(&client, &large).await;
    let mut refused = Vec::new();
    for name in ["../x", "/etc", "/srv/out"] {
        compile["copyOutDir"] = json!(name);
        let answer = client.call(Method::POST, "/run", Some(json!({"cmd": [compile]}))).await;
        refused.push(answer.status.as_u16());
    }
    let left = in_server(&instance, "find /srv -mindepth 1 -maxdepth 2 | sort").await;
    instance.remove().await;
    assert_eq!(made, "");
    assert_eq!(compiled["status"], "Accepted", "{compiled}");
    assert_eq!(there, "stderr\nstdout\ntool\n");
    assert_eq!(ran["files"]["stdout"], "compiled\n", "{ran}");
    assert_eq!(through_link["fileError"][0]["type"], "CopyOutCreateFile", "{through_link}");
    assert_eq!((&through_link["status"], &large["status"]), (&json!("File Error"), &json!("File Error")));
    assert_eq!(large["fileError"][0]["type"], "CopyOutSizeExceeded", "{large}");
    assert_eq!(refused, [400, 400, 400]);
    assert_eq!(left, "/srv/out\n/srv/out/link\n/srv/out/spj\n");
}

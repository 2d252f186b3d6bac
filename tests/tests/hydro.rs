//! Every language of the table in docs/hydro.md, as a Hydro site compiles and executes it, in gavel/command-full.

use std::time::Duration;

use e2e::instance::Plan;
use e2e::{Client, environment};
use reqwest::Method;
use serde_json::{Value, json};

const PAGE: &str = include_str!("../../docs/hydro.md");

/// A program that adds two numbers, by the extension of its source.
const PROGRAMS: [(&str, &str); 15] = [
    ("sh", "read -r a b\necho $((a + b))\n"),
    (
        "c",
        "#include <stdio.h>\nint main() { int a, b; scanf(\"%d %d\", &a, &b); printf(\"%d\\n\", a + b); return 0; }\n",
    ),
    (
        "cc",
        "#include <iostream>\nint main() { int a, b; std::cin >> a >> b; std::cout << a + b << std::endl; }\n",
    ),
    (
        "pas",
        "uses sysutils;\nvar a, b: integer;\nbegin\n  readln(a, b);\n  writeln(inttostr(a + b));\nend.\n",
    ),
    (
        "java",
        "import java.util.*;\npublic class Main {\n  record Pair(int a, int b) {}\n  public static void main(String[] args) {\n    \
         Scanner in = new Scanner(System.in);\n    Pair pair = new Pair(in.nextInt(), in.nextInt());\n    \
         System.out.println(pair.a() + pair.b());\n  }\n}\n",
    ),
    ("kt", "fun main() {\n  println(readln().split(' ').map { it.toInt() }.sum())\n}\n"),
    ("py", "print(sum(map(int, input().split())))\n"),
    ("php", "<?php\necho array_sum(explode(' ', trim(fgets(STDIN)))), \"\\n\";\n"),
    (
        "rs",
        "use std::io::*;\nfn main() {\n  let mut s = String::new();\n  stdin().read_to_string(&mut s).unwrap();\n  \
         println!(\"{}\", s.split_whitespace().map(|n| n.parse::<i32>().unwrap()).sum::<i32>());\n}\n",
    ),
    (
        "hs",
        "import qualified Data.Map as M\nmain = getLine >>= print . sum . M.fromList . zip [0 :: Int ..] . map (read :: String -> Int) . words\n",
    ),
    ("js", "console.log(require('fs').readFileSync(0, 'utf8').split(' ').reduce((a, b) => +a + +b));\n"),
    (
        "go",
        "package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n\t\"sort\"\n)\n\nfunc main() {\n\tn := make([]int, 2)\n\t\
         fmt.Fscan(os.Stdin, &n[0], &n[1])\n\tsort.Ints(n)\n\tfmt.Println(n[0] + n[1])\n}\n",
    ),
    ("rb", "puts gets.split.sum(&:to_i)\n"),
    (
        "cs",
        "using System;\nusing System.Linq;\nclass Program {\n  static void Main() { \
         Console.WriteLine(Console.ReadLine().Split(' ').Select(int.Parse).Sum()); }\n}\n",
    ),
    ("r", "cat(sum(scan('./stdin', quiet = TRUE)), '\\n', sep = '')\n"),
];

/// A row of the table.
#[derive(Debug)]
struct Entry {
    key: &'static str,
    source: &'static str,
    compile: &'static str,
    within: &'static str,
    target: &'static str,
    execute: &'static str,
    version: &'static str,
}

fn table() -> Vec<Entry> {
    PAGE.lines()
        .filter(|line| line.starts_with("| `") && line.matches(" | ").count() == 6)
        .map(entry)
        .collect()
}

fn entry(line: &'static str) -> Entry {
    let cells: Vec<_> =
        line.trim_matches('|').split(" | ").map(|cell| cell.trim().trim_matches('`')).collect();
    let [key, source, compile, within, target, execute, version] = cells[..] else {
        panic!("not seven cells: {line}")
    };
    Entry { key, source, compile, within, target, execute, version }
}

impl Entry {
    fn program(&self) -> &'static str {
        let extension = self.source.rsplit('.').next().unwrap_or_default();
        PROGRAMS.iter().find(|(of, _)| *of == extension).unwrap_or_else(|| panic!("no program: {self:?}")).1
    }

    /// What Hydro's daemon gives a compilation, in seconds and MiB.
    fn limits(&self) -> (u64, u64) {
        let words: Vec<_> = self.within.split([' ', ',']).filter(|word| !word.is_empty()).collect();
        let [seconds, "s", mib, "MiB"] = words[..] else { panic!("no limits: {self:?}") };
        let number = |text: &str| text.parse().unwrap_or_else(|error| panic!("{self:?}: {error}"));
        (number(seconds), number(mib))
    }

    /// What is not as it should be when the program is compiled and executed, and the compiler asked for its version.
    async fn faults(&self, client: &Client) -> Vec<String> {
        let mut answers = vec![self.version(client).await];
        match self.compiled(client).await {
            Ok((name, file)) => answers.push(self.executed(client, name, &file).await),
            Err(refused) => answers.push(refused),
        }
        let faults = answers.into_iter().filter(|answer| answer["status"] != "Accepted");
        faults.map(|answer| format!("{}: {answer}", self.key)).collect()
    }

    async fn version(&self, client: &Client) -> Value {
        if self.version.is_empty() {
            return json!({"status": "Accepted"});
        }
        run(client, &command(self.version, "", (10, 512), 32)).await
    }

    /// The file that the program is executed from, and its content or id; else what came of compiling.
    async fn compiled(&self, client: &Client) -> Result<(&'static str, Value), Value> {
        let code = json!({"content": self.program()});
        if self.compile.is_empty() {
            return Ok((self.source, code));
        }
        let mut command = command(self.compile, "", self.limits(), 32);
        command["copyIn"] = json!({self.source: code});
        command["copyOutCached"] = json!([self.target]);
        let answer = run(client, &command).await;
        match answer["fileIds"][self.target].as_str() {
            Some(id) if answer["status"] == "Accepted" => Ok((self.target, json!({"fileId": id}))),
            _ => Err(answer),
        }
    }

    /// The answer, whose status is not `Accepted` where the output is not.
    async fn executed(&self, client: &Client, name: &str, file: &Value) -> Value {
        // As in the table of Hydro: one process, and memory by the space of addresses, for programs of C++.
        let alone = self.key.starts_with("cc");
        let mut command = command(self.execute, "20 22\n", (2, 256), if alone { 1 } else { 32 });
        command["addressSpaceLimit"] = json!(alone);
        command["copyIn"] = json!({name: file});
        let mut answer = run(client, &command).await;
        if answer["files"]["stdout"] != "42\n" {
            answer["status"] = format!("{} with another output", answer["status"]).into();
        }
        answer
    }
}

/// A command as Hydro's daemon sends it.
fn command(line: &str, stdin: &str, (seconds, mib): (u64, u64), processes: u64) -> Value {
    let time = environment::patience(Duration::from_secs(seconds));
    let nanoseconds = u64::try_from(time.as_nanos()).expect("some seconds");
    json!({
        "args": shlex::split(line).unwrap_or_else(|| panic!("{line}")),
        "env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/w", "PYTHONPATH=/lib/python3.13/site-packages"],
        "files": [{"content": stdin}, {"name": "stdout", "max": 4 << 20}, {"name": "stderr", "max": 4 << 20}],
        "cpuLimit": nanoseconds,
        "clockLimit": 3 * nanoseconds,
        "memoryLimit": mib << 20,
        "procLimit": processes,
        "copyOutMax": 96 << 20,
        "copyIn": {},
        "copyOut": [],
    })
}

async fn run(client: &Client, command: &Value) -> Value {
    let answer = client.call(Method::POST, "/run", Some(json!({"cmd": [command]}))).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text);
    answer.json[0].clone()
}

#[tokio::test]
#[ignore = "scripts/test.sh languages builds gavel/command-full and runs it"]
async fn each_language_of_hydros_table_is_compiled_and_executed_by_its_lines() {
    let plan = Plan::of_one_slot("hydro").with("GAVEL_GOJUDGE__IMAGE", "gavel/command-full:{tag}");
    let instance = plan.with("GAVEL_GOJUDGE__MAX_MEMORY", "2GiB").start().await;
    let client = instance.client();
    let mut wrong = Vec::new();
    for entry in table() {
        wrong.extend(entry.faults(&client).await);
    }
    instance.remove().await;
    assert_eq!(table().len(), 27, "rows of the table");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

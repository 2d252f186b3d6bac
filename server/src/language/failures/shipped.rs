//! What is told of what real runtimes print, by the patterns that come with them.

use super::*;

const SHIPPED: &str = include_str!("../../../../images/languages.toml");

fn told(runtime: &str, stderr: &str) -> (Failure, String) {
    told_of(runtime, stderr, None).unwrap_or_else(|| panic!("{runtime} says nothing of {stderr}"))
}

fn told_of(runtime: &str, stderr: &str, signal: Option<i32>) -> Option<(Failure, String)> {
    #[derive(Deserialize)]
    struct Sections {
        failures: std::collections::BTreeMap<String, Vec<PatternEntry>>,
    }
    let sections: Sections = toml::from_str(SHIPPED).unwrap();
    let failures = Failures::new(&sections.failures[runtime]).unwrap();
    failures.find(stderr.as_bytes(), signal)
}

#[track_caller]
fn tells(runtime: &str, stderr: &str, reason: &str) {
    assert_eq!(told(runtime, stderr), (Failure::RuntimeError, reason.to_owned()));
}

#[track_caller]
fn is_out_of_memory(runtime: &str, stderr: &str) {
    assert_eq!(told(runtime, stderr).0, Failure::MemoryLimitExceeded, "{stderr}");
}

#[test]
fn python() {
    let index = "Traceback (most recent call last):\n  File \"/w/main.py\", line 7, in <module>\n    print(a[5])\n          ~^^^\n\
        IndexError: list index out of range\n";
    tells("python", index, "IndexError: list index out of range, main.py line 7");
    let in_library = "Traceback (most recent call last):\n  File \"/w/main.py\", line 3, in <module>\n    json.loads('{')\n  \
        File \"/usr/lib/python3.13/json/decoder.py\", line 361, in raw_decode\n    obj, end = f()\n\
        json.decoder.JSONDecodeError: Expecting property name: line 1 column 2 (char 1)\n";
    let expecting =
        "json.decoder.JSONDecodeError: Expecting property name: line 1 column 2 (char 1), main.py line 3";
    tells("python", in_library, expecting);
    let chained = "Traceback (most recent call last):\n  File \"/w/a.py\", line 2, in f\n    1/0\n    ~^~\n\
        ZeroDivisionError: division by zero\n\nDuring handling of the above exception, another exception occurred:\n\n\
        Traceback (most recent call last):\n  File \"/w/pkg/b.py\", line 9, in <module>\n    raise ValueError('no\\nnumber')\n\
        ValueError: no\nnumber\n";
    tells("python", chained, "ValueError: no, pkg/b.py line 9");
    let bare = "Traceback (most recent call last):\n  File \"/w/main.py\", line 1, in <module>\n    assert False\n           ^^^^^\n\
        AssertionError\n";
    tells("python", bare, "AssertionError, main.py line 1");
    let deep = "Traceback (most recent call last):\n  File \"/w/main.py\", line 5, in <module>\n    f()\n    ~^^\n  \
        File \"/w/main.py\", line 2, in f\n    return f()\n  [Previous line repeated 996 more times]\n\
        RecursionError: maximum recursion depth exceeded\n";
    tells("python", deep, "RecursionError: the recursion is too deep, main.py line 2");
    let group = "  + Exception Group Traceback (most recent call last):\n  |   File \"/w/main.py\", line 4, in <module>\n  \
        |     wrongs()\n  |   File \"/w/main.py\", line 2, in wrongs\n  |     raise ExceptionGroup(\"wrongs\", all)\n  \
        | ExceptionGroup: wrongs (2 sub-exceptions)\n  +-+---------------- 1 ----------------\n    \
        | ValueError: one\n";
    tells("python", group, "ExceptionGroup: wrongs (2 sub-exceptions), main.py line 2");
    for raised in [
        "MemoryError",
        "numpy._core._exceptions._ArrayMemoryError: Unable to allocate 745. GiB for an array with shape (100000000000,)",
    ] {
        let said = format!(
            "Traceback (most recent call last):\n  File \"/w/main.py\", line 1, in <module>\n{raised}\n"
        );
        is_out_of_memory("python", &said);
    }
}

#[test]
fn java() {
    let index = "Exception in thread \"main\" java.lang.ArrayIndexOutOfBoundsException: Index 5 out of bounds for length 3\n\
        \tat Main.main(Main.java:7)\n";
    tells(
        "java",
        index,
        "ArrayIndexOutOfBoundsException: Index 5 out of bounds for length 3, Main.java line 7",
    );
    let in_library = "Exception in thread \"main\" java.util.InputMismatchException\n\
        \tat java.base/java.util.Scanner.throwFor(Scanner.java:947)\n\tat java.base/java.util.Scanner.nextInt(Scanner.java:2267)\n\
        \tat pkg.Reader.lambda$read$0(Reader.java:12)\n\tat pkg.Main.main(Main.java:4)\n";
    tells("java", in_library, "InputMismatchException, Reader.java line 12");
    let in_library_of_kotlin = "Exception in thread \"main\" kotlin.io.ReadAfterEOFException: EOF has already been reached\n\
        \tat kotlin.io.ConsoleKt.readln(Console.kt:152)\n\tat shop.MainKt.main(main.kt:3)\n\tat shop.MainKt.main(main.kt)\n";
    tells(
        "java",
        in_library_of_kotlin,
        "kotlin.io.ReadAfterEOFException: EOF has already been reached, main.kt line 3",
    );
    let deep = "Exception in thread \"main\" java.lang.StackOverflowError\n\tat Main.f(Main.java:4)\n\tat Main.f(Main.java:4)\n";
    tells("java", deep, "StackOverflowError: the recursion is too deep, Main.java line 4");
    let matched = "\tat java.base/java.util.regex.Pattern$GroupHead.match(Pattern.java:4800)\n";
    let in_library_only =
        format!("Exception in thread \"main\" java.lang.StackOverflowError\n{}", matched.repeat(64));
    let (failure, reason) = told("java", &in_library_only);
    assert_eq!(failure, Failure::RuntimeError);
    assert!(
        reason.starts_with("StackOverflowError: the recursion is too deep, within the library"),
        "{reason}"
    );
    let static_field = "Exception in thread \"main\" java.lang.ExceptionInInitializerError\nCaused by: java.lang.NumberFormatException: no\n\
        \tat java.base/java.lang.Integer.parseInt(Integer.java:652)\n\tat Main.<clinit>(Main.java:2)\n";
    tells("java", static_field, "ExceptionInInitializerError: NumberFormatException: no, Main.java line 2");
    let task = "Exception in thread \"main\" java.util.concurrent.ExecutionException: java.lang.ArithmeticException: / by zero\n\
        \tat java.base/java.util.concurrent.FutureTask.report(FutureTask.java:122)\n\tat Main.main(Main.java:12)\n\
        Caused by: java.lang.ArithmeticException: / by zero\n\tat Main.divided(Main.java:5)\n\tat Main.lambda$main$0(Main.java:10)\n\
        \t... 1 more\n";
    tells("java", task, "ExecutionException: ArithmeticException: / by zero, Main.java line 5");
    let of_a_deeper_package = "Exception in thread \"main\" java.time.format.DateTimeParseException: Text 'x' could not be parsed\n\
        \tat java.base/java.time.LocalDate.parse(LocalDate.java:432)\n\tat Main.main(Main.java:4)\n";
    tells(
        "java",
        of_a_deeper_package,
        "DateTimeParseException: Text 'x' could not be parsed, Main.java line 4",
    );
    let threads = "Exception in thread \"main\" java.lang.OutOfMemoryError: unable to create native thread: possibly out of memory";
    tells("java", threads, "OutOfMemoryError: more threads than are allowed");
    is_out_of_memory(
        "java",
        "Exception in thread \"main\" java.lang.OutOfMemoryError: Java heap space\n\tat Main.main(Main.java:5)\n",
    );
    is_out_of_memory(
        "java",
        "# There is insufficient memory for the Java Runtime Environment to continue.\n",
    );
    let classes =
        "Exception in thread \"main\" java.lang.OutOfMemoryError: Metaspace\n\tat Main.main(Main.java:21)\n";
    is_out_of_memory("java", classes);
    let reason = "the Java virtual machine does not start with so little memory";
    for why in [
        "MaxMetaspaceSize is too small.",
        "Too small maximum heap",
        "GC triggered before VM initialization completed. Try increasing NewSize, current value 640K.",
    ] {
        let at_start = format!("Error occurred during initialization of VM\n{why}\n");
        assert_eq!(told("java", &at_start), (Failure::MemoryLimitExceeded, reason.to_owned()));
    }
}

#[test]
fn node() {
    let type_error = "/w/main.js:3\n  return a.x;\n           ^\n\nTypeError: Cannot read properties of null (reading 'x')\n    \
        at f (/w/main.js:3:12)\n    at Object.<anonymous> (/w/main.js:6:1)\n    \
        at Module._compile (node:internal/modules/cjs/loader:1554:14)\n\nNode.js v20.19.2\n";
    tells("node", type_error, "TypeError: Cannot read properties of null (reading 'x'), main.js line 3");
    let noted = format!("Note: begun\n{type_error}");
    tells("node", &noted, "TypeError: Cannot read properties of null (reading 'x'), main.js line 3");
    let behind_tabs = format!("Note: begun\n{}", type_error.replace("\n           ^", "\n\t   ^"));
    tells("node", &behind_tabs, "TypeError: Cannot read properties of null (reading 'x'), main.js line 3");
    let package = "node:internal/modules/package_json_reader:93\n        throw error;\n        ^\n\n\
        SyntaxError: Error parsing /w/package.json: Expected double-quoted property name in JSON at position 18\n    \
        at parse (<anonymous>)\n    at read (node:internal/modules/package_json_reader:80:16)\n\nNode.js v20.19.2\n";
    tells("node", package, "package.json is no valid JSON");
    let elsewhere = "Error: Invalid package config /w/shop/package.json.\n    at read (node:internal/modules/package_json_reader:92:33)\n";
    tells("node", elsewhere, "shop/package.json is no valid JSON");
    let module = "file:///w/main.mjs:2\nthrow new Error('no');\n      ^\n\nError: no\n    at file:///w/main.mjs:2:7\n    \
        at ModuleJob.run (node:internal/modules/esm/module_job:271:25)\n\nNode.js v20.19.2\n";
    tells("node", module, "Error: no, main.mjs line 2");
    for mark in ["", "  ", "\t"] {
        let thrown = format!(
            "/w/main.js:1\n{mark}throw 5;\n{mark}^\n5\n(Use `node --trace-uncaught ...` to show where the exception was thrown)\n"
        );
        tells("node", &thrown, "uncaught: 5, main.js line 1");
    }
    let rejected = "node:internal/process/promises:389\n      new UnhandledPromiseRejection(reason);\n      ^\n\n\
        [UnhandledPromiseRejection: This error originated either by throwing inside of an async function without a catch block, or by \
        rejecting a promise which was not handled with .catch(). The promise rejected with the reason \"no\".] {\n";
    tells("node", rejected, "unhandled rejection: no");
    let absent = "node:internal/modules/esm/resolve:283\n    throw new ERR_MODULE_NOT_FOUND(\n          ^\n\n\
        Error [ERR_MODULE_NOT_FOUND]: Cannot find module '/w/shapes.js' imported from /w/main.js\n    \
        at finalizeResolution (node:internal/modules/esm/resolve:283:11)\n";
    tells("node", absent, "Cannot find module 'shapes.js', which main.js imports");
    let not_exported = "file:///w/main.js:1\nimport { area } from './shapes.js';\n         ^^^^\n\
        SyntaxError: The requested module './shapes.js' does not provide an export named 'area'\n    \
        at ModuleJob._instantiate (node:internal/modules/esm/module_job:175:21)\n";
    tells(
        "node",
        not_exported,
        "SyntaxError: The requested module './shapes.js' does not provide an export named 'area', main.js line 1",
    );
    let of_several = "node:internal/process/promises:391\n    triggerUncaughtException(err, true /* fromPromise */);\n    ^\n\n\
        [AggregateError: All promises were rejected] {\n  [errors]: []\n}\n";
    tells("node", of_several, "AggregateError: All promises were rejected");
    let deep = "/w/main.js:1\nfunction f() { return f() + 1; }\n           ^\n\nRangeError: Maximum call stack size exceeded\n    \
        at f (/w/main.js:1:12)\n    at f (/w/main.js:1:23)\n";
    tells(
        "node",
        deep,
        "RangeError: Maximum call stack size exceeded: the recursion is too deep, main.js line 1",
    );
    let size = "\n\n#\n# Fatal error in , line 0\n# Fatal JavaScript invalid size error 169220804\n#\n#\n";
    tells(
        "node",
        "# Fatal JavaScript invalid array length 134217728\n",
        "an array, a table or a number became larger than any of JavaScript can be",
    );
    tells("node", size, "an array, a table or a number became larger than any of JavaScript can be");
    is_out_of_memory(
        "node",
        "\n<--- Last few GCs --->\n\nFATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n",
    );
    is_out_of_memory("node", "FATAL ERROR: Zone Allocation failed - process out of memory\n");
    let worker = "node:events:497\n      throw er; // Unhandled 'error' event\n      ^\n\n\
        Error [ERR_WORKER_OUT_OF_MEMORY]: Worker terminated due to reaching memory limit: JS heap out of memory\n    \
        at [kOnExit] (node:internal/worker:313:26)\n";
    is_out_of_memory("node", worker);
}

#[test]
fn go() {
    let index = "panic: runtime error: index out of range [5] with length 3\n\ngoroutine 1 [running]:\nmain.f(...)\n\t/w/util.go:7\n\
        main.main()\n\t/w/main.go:4 +0x1d\n";
    tells("go", index, "panic: runtime error: index out of range [5] with length 3, util.go line 7");
    let nil = "panic: runtime error: invalid memory address or nil pointer dereference\n[signal SIGSEGV: segmentation violation code=0x1]\n\n\
        goroutine 1 [running]:\nmain.main()\n\t./main.go:7 +0x18\nexit status 2\n";
    tells(
        "go",
        nil,
        "panic: runtime error: invalid memory address or nil pointer dereference, main.go line 7",
    );
    tells(
        "go",
        "fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [chan receive]:\n",
        "fatal error: all goroutines are asleep - deadlock!",
    );
    let of_a_group = "fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [semacquire]:\n\
        sync.(*WaitGroup).Wait(0xc000012080)\n\tsync/waitgroup.go:118 +0x48\nmain.main()\n\t./main.go:12 +0x36\n";
    tells("go", of_a_group, "fatal error: all goroutines are asleep - deadlock!, main.go line 12");
    tells(
        "go",
        "runtime: goroutine stack exceeds 1000000000-byte limit\nfatal error: stack overflow\n",
        "stack overflow: the recursion is too deep",
    );
    is_out_of_memory("go", "fatal error: runtime: out of memory\n\nruntime stack:\n");
    is_out_of_memory(
        "go",
        "runtime: out of memory: cannot allocate 4194304-byte block\nfatal error: out of memory\n",
    );
}

#[test]
fn rust() {
    let index = "\nthread 'main' panicked at main.rs:3:5:\nindex out of bounds: the len is 3 but the index is 5\n\
        note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n";
    tells("rust", index, "panicked: index out of bounds: the len is 3 but the index is 5, main.rs line 3");
    let numbered = "thread 'main' (7) panicked at /w/util/list.rs:31:9:\nno such element\n";
    tells("rust", numbered, "panicked: no such element, util/list.rs line 31");
    let in_library = "thread 'main' panicked at library/std/src/io/stdio.rs:1123:9:\nfailed printing to stdout: Broken pipe (os error 32)\n";
    tells("rust", in_library, "panicked: failed printing to stdout: Broken pipe (os error 32)");
    let elsewhere = "thread 'main' panicked at /rustc/4eb161250e340c8f48f66e2b929ef4a5bed7c181/library/alloc/src/raw_vec.rs:24:5:\n\
        capacity overflow\n";
    tells("rust", elsewhere, "panicked: capacity overflow");
    let own_library = "thread 'main' panicked at library/shop.rs:31:9:\nno such element\n";
    tells("rust", own_library, "panicked: no such element, library/shop.rs line 31");
    tells(
        "rust",
        "\nthread 'main' has overflowed its stack\nfatal runtime error: stack overflow\n",
        "stack overflow: the recursion is too deep",
    );
    is_out_of_memory("rust", "memory allocation of 1073741824 bytes failed\n");
}

#[test]
fn dotnet_and_mono() {
    let mono = "\nUnhandled Exception:\nSystem.IndexOutOfRangeException: Index was outside the bounds of the array.\n  \
        at Program.Main () [0x00007] in /w/main.cs:7 \n\
        [ERROR] FATAL UNHANDLED EXCEPTION: System.IndexOutOfRangeException: Index was outside the bounds of the array.\n";
    tells(
        "dotnet",
        mono,
        "IndexOutOfRangeException: Index was outside the bounds of the array., main.cs line 7",
    );
    let dotnet = "Unhandled exception. System.DivideByZeroException: Attempted to divide by zero.\n   at Program.Main() in /w/main.cs:line 3\n";
    tells("dotnet", dotnet, "DivideByZeroException: Attempted to divide by zero., main.cs line 3");
    let stripped =
        "\nUnhandled Exception:\nSystem.Exception: no\n  at Program.Main () [0x00000] in <9c4f>:0 \n";
    tells("dotnet", stripped, "Exception: no");
    tells(
        "dotnet",
        "Stack overflow: IP: 0x40d0a5d8, fault addr: 0x7ffc\n",
        "StackOverflowException: the recursion is too deep",
    );
    is_out_of_memory(
        "dotnet",
        "[ERROR] FATAL UNHANDLED EXCEPTION: System.OutOfMemoryException: Out of memory\n",
    );
    is_out_of_memory(
        "dotnet",
        "Error: Garbage collector could not allocate 16384 bytes of memory for major heap section.\n",
    );
    assert_eq!(told_of("dotnet", "Could not allocate 3 rooms\n", None), None);
}

#[test]
fn newer_csharp() {
    let newer = told("mcs", "main.cs(3,17): error CS1525: Unexpected symbol `switch'\n").1;
    assert!(newer.starts_with("perhaps C# of a newer version"), "{newer}");
    let outside = told("mcs", "main.cs(2,0): error CS1525: Unexpected symbol `Console'\n").1;
    assert!(outside.starts_with("outside of a class there are no statements"), "{outside}");
    let own = "main.cs(3,9): error CS1525: Unexpected symbol `x', expecting `,' or `;'\n";
    assert_eq!(told_of("mcs", own, None), None, "the log says it");
}

#[test]
fn ruby() {
    let index = "main.rb:7:in `fetch': index 5 outside of array bounds: -3...3 (IndexError)\n\tfrom main.rb:7:in `<main>'\n";
    tells("ruby", index, "IndexError: index 5 outside of array bounds: -3...3, main.rb line 7");
    let zero = "/w/util.rb:1:in 'Integer#/': divided by 0 (ZeroDivisionError)\n";
    tells("ruby", zero, "ZeroDivisionError: divided by 0, util.rb line 1");
    let deep = "main.rb:2:in `f': stack level too deep (SystemStackError)\n\tfrom main.rb:2:in `f'\n";
    tells("ruby", deep, "SystemStackError: the recursion is too deep, main.rb line 2");
    is_out_of_memory("ruby", "main.rb:1:in `*': failed to allocate memory (NoMemoryError)\n");
}

#[test]
fn php() {
    let zero = "PHP Fatal error:  Uncaught DivisionByZeroError: Division by zero in /w/main.php:3\nStack trace:\n#0 {main}\n  \
        thrown in /w/main.php on line 3\n";
    tells("php", zero, "DivisionByZeroError: Division by zero, main.php line 3");
    let deep = "PHP Fatal error:  Uncaught Error: Maximum call stack size of 8339456 bytes (zend.max_allowed_stack_size - \
        zend.reserved_stack_size) reached. Infinite recursion? in /w/main.php:2\nStack trace:\n#0 /w/main.php(2): f()\n";
    tells("php", deep, "the recursion is too deep, main.php line 2");
    let several_lines =
        "PHP Fatal error:  Uncaught Exception: first\nsecond in /w/main.php:3\nStack trace:\n#0 {main}\n";
    tells("php", several_lines, "Exception: first, main.php line 3");
    let of_the_compiler = "PHP Fatal error:  Cannot redeclare function f() (previously declared in /w/main.php:2) in /w/main.php on line 3\n";
    tells(
        "php",
        of_the_compiler,
        "Cannot redeclare function f() (previously declared in /w/main.php:2), main.php line 3",
    );
    is_out_of_memory(
        "php",
        "PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes) in /w/main.php on line 4\n",
    );
}

/// What the last command said that bash itself has something to say of.
#[test]
fn bash() {
    let unknown = "main.sh: line 5: pyhton: command not found\n";
    tells("bash", unknown, "pyhton: command not found, main.sh line 5");
    let warned = "main.sh: line 2: echo: write error: Broken pipe\nls: cannot access 'x'\nshop/till.sh: line 7: a: unbound variable\n";
    tells("bash", warned, "a: unbound variable, shop/till.sh line 7");
    assert_eq!(told_of("bash", "ls: cannot access 'x': No such file or directory\n", None), None);
}

#[test]
fn lua_and_perl() {
    let nil =
        "lua5.4: main.lua:3: attempt to index a nil value (global 'a')\nstack traceback:\n\t[C]: in ?\n";
    tells("lua", nil, "attempt to index a nil value (global 'a'), main.lua line 3");
    let deep = "lua: main.lua:1: stack overflow\nstack traceback:\n";
    tells("lua", deep, "stack overflow: the recursion is too deep, main.lua line 1");
    is_out_of_memory("lua", "lua5.4: not enough memory\n");
    let table = "lua: (error object is a table value)\nstack traceback:\n\t[C]: in function 'error'\n";
    tells("lua", table, "(error object is a table value)");
    let module = "lua: main.lua:1: module 'foo' not found:\n\tno field package.preload['foo']\n\tno file './foo.lua'\n";
    tells("lua", module, "module 'foo' not found, main.lua line 1");
    tells(
        "perl",
        "Can't locate Foo.pm in @INC (you may need to install the Foo module) (@INC entries checked: . /etc/perl) at main.pl line 1.\n",
        "Can't locate Foo.pm, which is none of Perl's own modules and none of the files, main.pl line 1",
    );
    tells(
        "perl",
        "Illegal division by zero at main.pl line 3.\n",
        "Illegal division by zero, main.pl line 3",
    );
    let warned = "Use of uninitialized value $x in addition (+) at main.pl line 5.\nIllegal division by zero at main.pl line 6.\n";
    tells("perl", warned, "Illegal division by zero, main.pl line 6");
    assert_eq!(told_of("perl", "Odd number of elements at main.pl line 2.\nno price\n", None), None);
    let called = "no price at Shop.pm line 3.\n\tShop::price(\"tea\") called at main.pl line 7\n";
    tells("perl", called, "no price, Shop.pm line 3");
    let required = "Bareword \"x\" not allowed while \"strict subs\" in use at Foo.pm line 2.\nCompilation failed in require at main.pl line 1.\n";
    tells("perl", required, "Bareword \"x\" not allowed while \"strict subs\" in use, Foo.pm line 2");
    // From standard input by name, by `<>`, and from a file.
    for handle in ["STDIN", "", "$file"] {
        let reading = format!("no number at /w/lib/Reader.pm line 12, <{handle}> line 4.\n");
        tells("perl", &reading, "no number, lib/Reader.pm line 12");
    }
    let beside_threads = "no price at main.pl line 3.\nPerl exited with active threads:\n\t1 running and unjoined\n\t\
        0 finished and unjoined\n\t0 running and detached\n";
    tells("perl", beside_threads, "no price, main.pl line 3");
    is_out_of_memory("perl", "Out of memory in perl:util:safesysrealloc\n");
}

#[test]
fn haskell_and_ocaml() {
    let head = "main: Prelude.head: empty list\nCallStack (from HasCallStack):\n  \
        error, called at libraries/base/GHC/List.hs:1644:3 in base:GHC.List\n  errorEmptyList, called at libraries/base/GHC/List.hs:87:11 in base:GHC.List\n  \
        head, called at main.hs:3:15 in main:Main\n";
    tells("haskell", head, "Prelude.head: empty list, main.hs line 3");
    tells("haskell", &format!("Debug: begun\n{head}"), "Prelude.head: empty list, main.hs line 3");
    tells("haskell", "main: divide by zero\n", "divide by zero");
    tells(
        "haskell",
        "main: stack overflow: use +RTS -K<size> to increase it\n",
        "stack overflow: the recursion is too deep",
    );
    is_out_of_memory(
        "haskell",
        "main: Heap exhausted;\nmain: Current maximum heap size is 268435456 bytes (256 MB).\n",
    );
    let bounds = "Fatal error: exception Invalid_argument(\"index out of bounds\")\n\
        Raised by primitive operation at Dune__exe__Main in file \"main.ml\", line 3, characters 2-7\n";
    tells("ocaml", bounds, "Invalid_argument(\"index out of bounds\"), main.ml line 3");
    tells("ocaml", "Fatal error: exception Not_found\n", "Not_found");
    let unmatched = "Fatal error: exception Match_failure(\"main.ml\", 5, 11)\nRaised at Main.name in file \"main.ml\", line 5, characters 11-43\n";
    tells("ocaml", unmatched, "Pattern matching failed, main.ml line 5");
    let asserted = "Fatal error: exception Assert_failure(\"main.ml\", 3, 9)\n";
    tells("ocaml", asserted, "Assertion failed, main.ml line 3");
    tells("ocaml", "Fatal error: exception Stack_overflow\n", "Stack_overflow: the recursion is too deep");
    let deep = "Fatal error: exception Stack overflow\nCalled from Dune__exe__Main.f in file \"main.ml\", line 2, characters 18-27\n";
    tells("ocaml", deep, "Stack_overflow: the recursion is too deep, main.ml line 2");
    let in_library = "Fatal error: exception Not_found\n\
        Raised at Stdlib__Hashtbl.find in file \"hashtbl.ml\", line 542, characters 13-28\n\
        Called from Prices.find in file \"prices.ml\" (inlined), line 5, characters 10-26\n\
        Called from Main in file \"main.ml\", line 9, characters 2-7\n";
    tells("ocaml", in_library, "Not_found, prices.ml line 5");
    let in_library_only = "Fatal error: exception Not_found\n\
        Raised at Stdlib__Hashtbl.find in file \"hashtbl.ml\", line 542, characters 13-28\n";
    tells("ocaml", in_library_only, "Not_found, hashtbl.ml line 542");
    is_out_of_memory("ocaml", "Fatal error: exception Out_of_memory\n");
}

#[test]
fn pascal() {
    let raised = "An unhandled exception occurred at $00000000004010A3:\nException: no price\n  $00000000004010A3  F,  line 5 of shop.pas\n\n";
    tells("pascal", raised, "Exception: no price, in F of shop.pas");
    let divided = "An unhandled exception occurred at $00000000004010EF:\nEDivByZero: Division by zero\n  $00000000004010EF  main,  line 6 of shop.pas\n\n";
    tells("pascal", divided, "EDivByZero: Division by zero, shop.pas line 6");
    let library = "An unhandled exception occurred at $0000000000434A17:\nEConvertError: \"abc\" is an invalid integer\n  $0000000000434A17\n\n";
    tells("pascal", library, "EConvertError: \"abc\" is an invalid integer");
    is_out_of_memory(
        "pascal",
        "An unhandled exception occurred at $0000000000434A17:\nEOutOfMemory: Out of memory\n",
    );
}

#[test]
fn swift() {
    tells("swift", "main/main.swift:5: Fatal error: no such item\n", "no such item, main.swift line 5");
    let thrown = "Swift/ErrorType.swift:253: Fatal error: Error raised at top level: main.NotFound()\n";
    tells("swift", thrown, "Error raised at top level: main.NotFound()");
    let cast = "Could not cast value of type 'Swift.String' (0xa3a2b8) to 'Swift.Int' (0xa3c628).\n";
    let (_, reason) = told_of("swift", cast, Some(nix::libc::SIGABRT)).unwrap();
    assert_eq!(reason, "a value of type 'Swift.String' cannot be cast to 'Swift.Int'");
}

#[test]
fn d() {
    let own =
        "main.NoPrice@shop/prices.d(3): of tea\n----------------\n??:? [0x418d16]\nmain.d:3 [0x401a98]\n";
    tells("d", own, "main.NoPrice: of tea, shop/prices.d line 3");
    let library = "std.conv.ConvException@/usr/lib/d/std/conv.d(1999): Unexpected 'a'\n----------------\n";
    tells("d", library, "std.conv.ConvException: Unexpected 'a'");
    let trace = "??:? [0x426a76]\n/usr/lib/d/std/conv.d:1999 [0x402fa9]\nmain.d:8 [0x401d1c]\n";
    tells("d", &format!("{library}{trace}"), "std.conv.ConvException: Unexpected 'a', main.d line 8");
    is_out_of_memory("d", "core.exception.OutOfMemoryError@core/lifetime.d(137): Memory allocation failed\n");
}

#[test]
fn r() {
    tells(
        "r",
        "Error in a[[5]] : subscript out of bounds\nExecution halted\n",
        "subscript out of bounds (in a[[5]])",
    );
    tells(
        "r",
        "Error in f() : \n  this is a long message\nCalls: f\nExecution halted\n",
        "this is a long message (in f())",
    );
    tells("r", "Error: object 'x' not found\nExecution halted\n", "object 'x' not found");
    tells(
        "r",
        "Error in a %*% matrix(1:3, 3) : non-conformable arguments\nCalls: print\nat main.R:2\nExecution halted\n",
        "non-conformable arguments (in a %*% matrix(1:3, 3)), main.R line 2",
    );
    let deep = "Error: evaluation nested too deeply: infinite recursion / options(expressions=)?\nExecution halted\n";
    tells("r", deep, "the recursion is too deep");
    tells(
        "r",
        "Error: protect(): protection stack overflow\nExecution halted\n",
        "the recursion is too deep",
    );
    tells(
        "r",
        "Error in total(values, x) : \n  subscript out of bounds\nCalls: f -> total\nat main.R:3\nExecution halted\n",
        "subscript out of bounds (in total(values, x)), main.R line 3",
    );
    tells("r", "Error: oops\nat price list.R:2\nExecution halted\n", "oops, price list.R line 2");
    tells("r", &format!("{deep}at main.R:7\n"), "the recursion is too deep, main.R line 7");
    is_out_of_memory("r", "Error: cannot allocate vector of size 7.5 Gb\nExecution halted\n");
    is_out_of_memory(
        "r",
        "Error: vector memory limit of 0.1 Gb reached, see mem.maxVSize()\nat main.R:4\nExecution halted\n",
    );
}

#[test]
fn octave() {
    let called = "error: called from\n";
    let in_library = format!(
        "error: Invalid call to disp.  Correct usage is:\n\n -- disp (X)\n{called}    print_usage at line 105 column 5\n    main at line 5 column 1\n"
    );
    tells("octave", &in_library, "Invalid call to disp, in main line 5");
    let inputs = format!(
        "error: f: function called with too many inputs\n{called}    f\n    main at line 5 column 1\n"
    );
    tells("octave", &inputs, "f: function called with too many inputs, in main line 5");
    let own = format!(
        "error: 'y' undefined near line 3, column 11\n{called}    f at line 3 column 5\n    main at line 5 column 1\n"
    );
    tells("octave", &own, "'y' undefined, in f line 3");
    // The copy of a source that is run as a script, as Octave tells it.
    for copy in ["script_main", "/tmp/tmp.ubM256QE6f/script_main.m"] {
        let raised = format!(
            "error: solve: negative n\n{called}    solve at line 3 column 5\n    {copy} at line 10 column 1\n"
        );
        tells("octave", &raised, "solve: negative n (in solve line 3), in main line 10");
    }
    let of_the_library = format!(
        "error: factorial: all N must be real non-negative integers\n{called}    factorial at line 46 column 5\n    f at line 3 column 3\n    main at line 5 column 1\n"
    );
    let told = "factorial: all N must be real non-negative integers (in factorial line 46), in main line 5";
    tells("octave", &of_the_library, told);
    let built_in = format!(
        "error: reshape: can't reshape 2x3 array to 4x4 array\n{called}    f at line 3 column 5\n    main at line 10 column 1\n"
    );
    tells("octave", &built_in, "reshape: can't reshape 2x3 array to 4x4 array, in f line 3");
    let of_sets = format!(
        "error: union: A and B must be arrays or cell arrays of strings\n{called}    validsetargs at line 70 column 9\n    \
         union at line 81 column 5\n    main at line 5 column 1\n"
    );
    let told =
        "union: A and B must be arrays or cell arrays of strings (in validsetargs line 70), in main line 5";
    tells("octave", &of_sets, told);
    let within_its_file = format!(
        "error: datestr: no such format\n{called}    datestr>localized at line 30 column 5\n    datestr at line 20 column 5\n    \
         main at line 5 column 1\n"
    );
    tells("octave", &within_its_file, "datestr: no such format (in datestr line 30), in main line 5");
    let by_a_helper = format!(
        "error: plot: no such style\n{called}    __plt__ at line 30 column 5\n    plot at line 20 column 5\n    main at line 5 column 1\n"
    );
    tells("octave", &by_a_helper, "plot: no such style (in __plt__ line 30), in main line 5");
    let at_the_top =
        format!("error: chol: input matrix must be positive definite\n{called}    main at line 2 column 1\n");
    tells("octave", &at_the_top, "chol: input matrix must be positive definite, in main line 2");
    let deep = format!("error: max_stack_depth exceeded\n{called}    f at line 1 column 27\n");
    tells("octave", &deep, "max_stack_depth exceeded: the recursion is too deep");
}

#[test]
fn racket() {
    let body = "  context...:\n   body of \"/tmp/program/main.rkt\"\n";
    let violation = "+: contract violation\n  expected: number?\n  given: \"a\"\n";
    tells("racket", &format!("{violation}{body}"), "+: contract violation, expected: number?, given: \"a\"");
    let called = "  context...:\n   /tmp/program/main.rkt:3:0: f\n";
    let line = "+: contract violation, expected: number?, given: \"a\", main.rkt line 3";
    tells("racket", &format!("{violation}{called}"), line);
    tells("racket", &format!("/: division by zero\n{body}"), "/: division by zero");
    let no_language =
        "load-handler: expected a `module` declaration in #<path:/w/main.rkt>, but found something else\n";
    tells("raco", no_language, "the first line must name the language of the program: #lang racket");
}

/// As the releases in the images say it, which their libraries have in them.
#[test]
fn memory_that_the_system_does_not_give_is_told_by_each_runtime() {
    for (runtime, said) in [
        ("c", "terminate called after throwing an instance of 'std::bad_alloc'\n  what():  std::bad_alloc\n"),
        ("cobol", "libcob: main.cob:7: error: unable to allocate memory\n"),
        ("cobol", "libcob: error: cannot allocate memory\n"),
        ("dotnet", "Could not allocate 4096 bytes\n"),
        ("elixir", "eheap_alloc: Cannot allocate 6801972448 bytes of memory (of type \"heap\").\n"),
        ("erlang", "literal_alloc: Cannot reallocate 2097152 bytes of memory (of type \"literal\").\n"),
        ("fortran", "Operating system error: Cannot allocate memory\nMemory allocation failed\n"),
        (
            "haskell",
            "main: Unable to commit 1048576 bytes of memory\nExiting. The system might be out of memory.\n",
        ),
        ("lua", "lua: cannot create state: not enough memory\n"),
        ("ocaml", "Fatal error: No memory for minor heap\n"),
        ("octave", "error: out of memory or dimension too large for Octave's index type\n"),
        ("perl", "panic: memory wrap at main.pl line 3.\n"),
        ("php", "PHP Fatal error:  Out of memory (allocated 2097152 bytes) (tried to allocate 4096 bytes)\n"),
        ("python", "Fatal RPython error: out of memory: couldn't allocate the next arena\n"),
        ("r", "Error: cons memory limit of 350000 nodes reached, see mem.maxNSize()\nExecution halted\n"),
        ("racket", "out of memory\n"),
    ] {
        let told = told_of(runtime, said, Some(nix::libc::SIGABRT));
        assert_eq!(told.map(|(failure, _)| failure), Some(Failure::MemoryLimitExceeded), "{runtime}: {said}");
    }
}

#[test]
fn prolog() {
    for said in [
        "ERROR: -g gavel_begin: Stack limit (64.0Mb) exceeded\nERROR:   Stack sizes: local: 1.0Gb, global: 28Kb\n",
        "ERROR: /w/main.pl:3: user:main: Not enough resources: private_table_space\n",
        "[FATAL ERROR: at Tue Dec  1 09:15:44 2026\n\tCould not allocate memory: Cannot allocate memory]\n",
    ] {
        is_out_of_memory("prolog", said);
    }
}

#[test]
fn erlang_and_elixir() {
    let bad = "exception error: bad argument\n  in function  list_to_integer/1\n     called as list_to_integer(\"a\")\n     \
               *** argument 1: not a textual representation of an integer\n";
    let reason = "bad argument 1 of list_to_integer/1: not a textual representation of an integer";
    tells("erlang", bad, reason);
    let call = "  in call from main:main/0 (main.erl, line 4)\nat main.erl:4\n";
    tells("erlang", &format!("{bad}{call}"), &format!("{reason}, main.erl line 4"));
    let arguments = "** (ArgumentError) errors were found at the given arguments:\n\n  * 1st argument: not a textual representation of an \
         integer\n\n    :erlang.binary_to_integer(\"abc\")\n    main.exs:1: (file)\n";
    let reason = "ArgumentError: 1st argument: not a textual representation of an integer, main.exs line 1";
    tells("elixir", arguments, reason);
    let linked = "** (EXIT from #PID<0.98.0>) an exception was raised:\n    ** (ArithmeticError) bad argument in arithmetic expression\n        \
        (elixir 1.18.3) lib/enum.ex:1: Enum.map/2\n        main.exs:7: anonymous fn/0 in :elixir_compiler_0.__FILE__/1\n";
    tells("elixir", linked, "ArithmeticError: bad argument in arithmetic expression, main.exs line 7");
    tells("elixir", "** (EXIT from #PID<0.98.0>) :boom\n", "exit: :boom");
    for runtime in ["erlang", "elixir"] {
        let (_, reason) = told(runtime, "no more index entries in atom_tab (max=1048576)\n");
        assert!(reason.starts_with("too many atoms"), "{reason}");
    }
}

#[test]
fn ada() {
    let calls = "[./main]\n0x409407 ada__text_io__get_line at ???\n0x40277f Main at main.adb:5\n0x402157 Main at b~main.adb:248\n";
    let end = format!("\nraised ADA.IO_EXCEPTIONS.END_ERROR : a-tigeli.adb:96\n{calls}");
    tells("ada", &end, "END_ERROR: the input is read past its end, main.adb line 5");
    let data = format!(
        "\nraised ADA.IO_EXCEPTIONS.DATA_ERROR : a-tiinio.adb:104 instantiated at a-inteio.ads:18\n{calls}"
    );
    let reason = "DATA_ERROR: what is read is not what it is to be, such as a number, main.adb line 5";
    tells("ada", &data, reason);
    let own = format!("\nraised MAIN.BAD : my message\n{calls}");
    tells("ada", &own, "MAIN.BAD: my message, main.adb line 5");
    let check = format!("\nraised CONSTRAINT_ERROR : main.adb:7 index check failed\n{calls}");
    tells("ada", &check, "CONSTRAINT_ERROR: index check failed, main.adb line 7");
    is_out_of_memory("ada", "\nraised STORAGE_ERROR : s-memory.adb:64 heap exhausted\n");
}

#[test]
fn fortran() {
    let allocating =
        "Error allocating 800000000000000 bytes: Cannot allocate memory\n\nError termination. Backtrace:\n";
    is_out_of_memory("fortran", allocating);
    is_out_of_memory("fortran", &format!("In file 'main.f90', around line 5: {allocating}"));
}

#[test]
fn linkers() {
    let called = "/w/main.f90:2:(.text.startup+0x22): undefined reference to `foo_'\n";
    tells("gfortran", called, "`foo` is called, but no source has a procedure of that name");
    let large = "variables that are there as long as the program, as global and static arrays are, take more than 2 GiB: \
                 no program can be linked with so many";
    for said in [
        "mold: error: /usr/lib/gcc/x86_64-linux-gnu/14/libgcc_eh.a(unwind-dw2-fde-dip.o):(.text): relocation R_X86_64_PC32 \
         against `unseen_objects' out of range: 40002113236 is not in [-2147483648, 2147483648)\n",
        "ld.lld: error: /lib/x86_64-linux-gnu/libc.a(libc-start.o):(function __libc_start_main: .text+0x26): relocation \
         R_X86_64_PC32 out of range: 40002122962 is not in [-2147483648, 2147483647]; references '_dl_random'\n",
        "/usr/bin/ld: main.o: in function `main':\nmain.f90:8:(.text+0x5c): relocation truncated to fit: R_X86_64_PC32 against \
         `.bss'\ncollect2: error: ld returned 1 exit status\n",
    ] {
        tells("linker", said, large);
    }
    let no_main = "there is no function `main`, with which a program begins";
    tells("linker", "mold: error: undefined symbol: main\n>>> referenced by crt1.o\n", no_main);
    tells("linker", "ld.lld: error: undefined symbol: main\n>>> referenced by start.S:103\n", no_main);
    tells("linker", "crt1.o: in function `_start':\n(.text+0x1b): undefined reference to `main'\n", no_main);
    for (said, name) in [
        ("mold: error: undefined symbol: main_loop\n>>> referenced by main.c\n", "main_loop"),
        (
            "main.cpp:(.text+0x9): undefined reference to `Shape::area()'\ncollect2: error: ld returned 1 exit status\n",
            "Shape::area()",
        ),
    ] {
        tells("linker", said, &format!("`{name}` is declared and used, but no source defines it"));
    }
    assert_eq!(told_of("linker", "main.c:3: error: no\n", None), None, "the log says it");
}

/** The judge's own reasons in Chinese. They are sentences of the server, in English; what runtimes and problems say stays as it is. */

/** What signals mean. */
export const SIGNALS: Record<string, string> = {
  "invalid memory access, or local variables that are too large for the stack": "非法内存访问，或局部变量超出栈的大小",
  "memory access beyond a file or misaligned": "内存访问越界或未对齐",
  "division by zero or another arithmetic error": "除以零或其他算术错误",
  "abort, a failed assertion or an uncaught exception": "程序中止、断言失败或未捕获的异常",
  "invalid instruction, which compilers put where a division by 0 or the use of a null pointer is certain": "非法指令；编译器确定会除以 0 或使用空指针时会生成它",
  "forbidden system call": "禁止的系统调用",
  "wrote to a closed pipe": "向已关闭的管道写入",
  "killed itself, or the system ran out of a resource": "程序自行终止，或系统资源不足",
};

const OF_LIMITS: Record<string, string> = { time: "时间", memory: "内存", output: "输出" };

export const FORMS: [RegExp, (...found: string[]) => string][] = [
  [/^used (.+) of (.+) CPU$/, (used, of) => `CPU 时间 ${used}，限制 ${of}`],
  [/^ran for (.+) of (.+) on the clock$/, (used, of) => `运行时间 ${used}，限制 ${of}`],
  [/^used more than the (.+) of memory allowed$/, (of) => `内存超过限制 ${of}`],
  [/^used more (time|memory|output) than allowed$/, (what) => `${OF_LIMITS[what ?? ""]}超过限制`],
  [/^wrote more than the (.+) of output allowed$/, (of) => `输出超过限制 ${of}`],
  [/^wrote more than the (.+) of output allowed to `(.+)`$/, (of, name) => `写入 \`${name}\` 的输出超过限制 ${of}`],
  [/^wrote a file larger than the (.+) allowed$/, (of) => `写入的文件超过限制 ${of}`],
  [/^the program wrote no file `(.+)`$/, (name) => `程序没有写出文件 \`${name}\``],
  [/^`(.+)` is no regular file$/, (name) => `\`${name}\` 不是普通文件`],
  [/^`(.+)` cannot be read$/, (name) => `无法读取 \`${name}\``],
  [/^no file for case (.+)$/, (name) => `缺少测试点 ${name} 的文件`],
  [/^what the problem puts beside a program is more than a sandbox has room for$/, () => "题目放在程序旁边的文件超出了沙箱的空间"],
  [/^exited with status (\d+)$/, (status) => `退出码 ${status}`],
  [/^could not be started: (.+)$/, (why) => `无法启动：${why}`],
  [/^killed by SIGSEGV: perhaps an endless or too deep recursion, for which the stack of (.+) is too small$/, (of) => `被 SIGSEGV 终止：可能是无限递归或递归过深，栈的大小 ${of} 不够`],
  [/^killed by (SIG\w+): (.+)$/, (signal, why) => `被 ${signal} 终止：${SIGNALS[why ?? ""] ?? why}`],
  [/^killed by (SIG\w+)$/, (signal) => `被 ${signal} 终止`],
  [/^line (\d+) of the output differs from the expected output$/, (line) => `输出第 ${line} 行与期望不同`],
  [/^the output ends before the expected output does$/, () => "输出提前结束"],
  [/^the output goes on after the expected end, from line (\d+)$/, (line) => `从第 ${line} 行起有多余输出`],
  [/^the problem's validator does not accept the output$/, () => "题目的校验程序不接受此输出"],
  [/^the problem's validator does not accept the sources$/, () => "题目的校验程序不接受此源代码"],
  [/^the problem's validator ended the dialogue$/, () => "题目的交互程序结束了对话"],
  [/^the program ended, and the problem's validator does not accept what it has said$/, () => "程序已结束，题目的交互程序不接受其输出"],
  [/^compiling takes more than the (.+) of CPU allowed$/, (of) => `编译的 CPU 时间超过限制 ${of}`],
  [/^compiling takes longer than the (.+) allowed$/, (of) => `编译时间超过限制 ${of}`],
  [/^compiling needs more than the (.+) of memory allowed$/, (of) => `编译所需内存超过限制 ${of}`],
  [/^compiling writes a file larger than the (.+) allowed$/, (of) => `编译时写入的文件超过限制 ${of}`],
  [/^compiling was stopped$/, () => "编译被终止"],
  [/^compiling ended with (SIG\w+)$/, (signal) => `编译因 ${signal} 终止`],
  [/^the compiled program has (.+); (.+) are allowed$/, (size, of) => `编译出的程序大小为 ${size}，限制 ${of}`],
  [/^the compiler left no program$/, () => "编译器没有生成程序"],
];

/** The judge's sentences are shorter; what is longer is what some program said. */
const LONGEST = 1000;

/** Null where it is none of those. */
export function inChinese(told: string): string | null {
  if (told.length > LONGEST) return null;
  for (const [form, chinese] of FORMS) {
    const found = form.exec(told);
    if (found) return chinese(...found.slice(1));
  }
  return null;
}

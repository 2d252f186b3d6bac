/** The judge's own reasons in Chinese. They are sentences of the server, in English; what runtimes and problems say stays as it is. */

import { tongue } from "../settings";

const SIGNALS: Record<string, string> = {
  "invalid memory access, or local variables that are too large for the stack": "非法内存访问，或局部变量超出栈的大小",
  "memory access beyond a file or misaligned": "内存访问越界或未对齐",
  "division by zero or another arithmetic error": "除以零或其他算术错误",
  "abort, a failed assertion or an uncaught exception": "程序中止、断言失败或未捕获的异常",
  "invalid instruction": "非法指令",
  "forbidden system call": "禁止的系统调用",
  "wrote to a closed pipe": "向已关闭的管道写入",
  "killed itself, or the system ran out of a resource": "程序自行终止，或系统资源不足",
};

const FORMS: [RegExp, (...found: string[]) => string][] = [
  [/^used (.+) of (.+) CPU$/, (used, of) => `CPU 时间 ${used}，限制 ${of}`],
  [/^ran for (.+) of (.+) on the clock$/, (used, of) => `运行时间 ${used}，限制 ${of}`],
  [/^used more than the (.+) of memory allowed$/, (of) => `内存超过限制 ${of}`],
  [/^wrote more than the (.+) of output allowed$/, (of) => `输出超过限制 ${of}`],
  [/^wrote a file larger than the (.+) allowed$/, (of) => `写入的文件超过限制 ${of}`],
  [/^exited with status (\d+)$/, (status) => `退出码 ${status}`],
  [/^killed by (SIG\w+): (.+)$/, (signal, why) => `被 ${signal} 终止：${SIGNALS[why ?? ""] ?? why}`],
  [/^killed by (SIG\w+)$/, (signal) => `被 ${signal} 终止`],
  [/^line (\d+) of the output differs from the expected output$/, (line) => `输出第 ${line} 行与期望不同`],
  [/^the output ends before the expected output does$/, () => "输出提前结束"],
  [/^the output goes on after the expected end, from line (\d+)$/, (line) => `从第 ${line} 行起有多余输出`],
];

export function reason(told: string): string {
  if (tongue.value === "en") return told;
  for (const [form, chinese] of FORMS) {
    const found = form.exec(told);
    if (found) return chinese(...found.slice(1));
  }
  return told;
}

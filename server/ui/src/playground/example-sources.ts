/** Programs that read two numbers, one a line, and write their sum: those of the tests of each language. */

export const sources: Record<string, string> = {
  ada: `with Ada.Text_IO; use Ada.Text_IO;
procedure Main is
   A : constant Integer := Integer'Value (Get_Line);
   B : constant Integer := Integer'Value (Get_Line);
   Image : constant String := Integer'Image (A + B);
begin
   Put_Line (Image (2 .. Image'Last));
end Main;
`,
  bash: `read -r a
read -r b
echo $((a + b))
`,
  c: `#include <stdio.h>

int main(void) {
    long a, b;
    if (scanf("%ld %ld", &a, &b) != 2) return 1;
    printf("%ld\\n", a + b);
    return 0;
}
`,
  cobol: `       identification division.
       program-id. main.
       data division.
       working-storage section.
       01 a pic s9(9).
       01 b pic s9(9).
       01 total pic -(9)9.
       procedure division.
           accept a.
           accept b.
           add a b giving total.
           display function trim(total).
           stop run.
`,
  cpp: `#include <iostream>

int main() {
    long long a, b;
    std::cin >> a >> b;
    std::cout << a + b << '\\n';
}
`,
  csharp: `using System;

class Program
{
    static void Main() => Console.WriteLine(int.Parse(Console.ReadLine()) + int.Parse(Console.ReadLine()));
}
`,
  d: `import std.conv, std.stdio, std.string;

void main() {
    writeln(readln().strip.to!int + readln().strip.to!int);
}
`,
  elixir: `number = fn -> IO.gets("") |> String.trim() |> String.to_integer() end
IO.puts(number.() + number.())
`,
  erlang: `-module(main).
-export([main/0]).
number() -> list_to_integer(string:trim(io:get_line(""))).
main() -> io:format("~w~n", [number() + number()]).
`,
  fortran: `program main
  integer :: a, b
  read *, a
  read *, b
  print '(i0)', a + b
end program
`,
  go: `package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	sum := 0
	for lines.Scan() {
		n, err := strconv.Atoi(lines.Text())
		if err != nil {
			panic(err)
		}
		sum += n
	}
	fmt.Println(sum)
}
`,
  haskell: `main :: IO ()
main = interact $ \\text -> show (sum (map read (lines text) :: [Int])) ++ "\\n"
`,
  java: `import java.io.*;

public class Main {
    public static void main(String[] args) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        System.out.println(Integer.parseInt(in.readLine()) + Integer.parseInt(in.readLine()));
    }
}
`,
  javascript: `const lines = require("fs").readFileSync(0, "utf8").split("\\n");
console.log(Number(lines[0]) + Number(lines[1]));
`,
  kotlin: `fun main() {
    println(readln().toInt() + readln().toInt())
}
`,
  lisp: `(format t "~d~%" (+ (parse-integer (read-line)) (parse-integer (read-line))))
`,
  lua: `print(io.read("n") + io.read("n"))
`,
  nasm: `section .bss
text: resb 4096

section .text
global _start
_start:
    xor eax, eax
    xor edi, edi
    mov rsi, text
    mov edx, 4096
    syscall
    lea r8, [text + rax]
    mov rsi, text
    call number
    mov r9, rax
    call number
    add r9, rax
    mov rax, r9
    mov rdi, text + 64
    mov byte [rdi], 10
    mov ecx, 10
.digits:
    xor edx, edx
    div rcx
    add dl, '0'
    dec rdi
    mov [rdi], dl
    test rax, rax
    jnz .digits
    mov rsi, rdi
    lea rdx, [text + 65]
    sub rdx, rsi
    mov eax, 1
    mov edi, 1
    syscall
    mov eax, 60
    xor edi, edi
    syscall

; The next number from rsi on, in rax.
number:
    xor eax, eax
.blank:
    movzx ecx, byte [rsi]
    inc rsi
    cmp ecx, ' '
    jbe .blank
.digit:
    sub ecx, '0'
    imul rax, rax, 10
    add rax, rcx
    movzx ecx, byte [rsi]
    inc rsi
    cmp rsi, r8
    ja .end
    cmp ecx, '0'
    jae .digit
.end:
    ret
`,
  ocaml: `let () =
  let a = int_of_string (input_line stdin) in
  let b = int_of_string (input_line stdin) in
  Printf.printf "%d\\n" (a + b)
`,
  octave: `a = str2double(fgetl(stdin));
b = str2double(fgetl(stdin));
printf("%d\\n", a + b);
`,
  pascal: `var a, b: longint;
begin
  readln(a);
  readln(b);
  writeln(a + b);
end.
`,
  perl: `my $a = <STDIN>;
my $b = <STDIN>;
print $a + $b, "\\n";
`,
  php: `<?php
echo (int) fgets(STDIN) + (int) fgets(STDIN), "\\n";
`,
  prolog: `:- initialization(main).

number_of_line(N) :- read_line_to_string(user_input, S), number_string(N, S).

main :- number_of_line(A), number_of_line(B), C is A + B, writeln(C).
`,
  python: `a = int(input())
b = int(input())
print(a + b)
`,
  r: `values <- as.integer(readLines("stdin"))
cat(sum(values), "\\n", sep = "")
`,
  racket: `#lang racket
(define (number) (string->number (read-line)))
(displayln (+ (number) (number)))
`,
  ruby: `puts gets.to_i + gets.to_i
`,
  rust: `use std::io::stdin;

fn main() {
    let sum: i64 = stdin().lines().map(|line| line.unwrap().parse::<i64>().unwrap()).sum();
    println!("{sum}");
}
`,
  sql: `select sum(n) from numbers;
`,
  swift: `print(Int(readLine()!)! + Int(readLine()!)!)
`,
  typescript: `import { readFileSync } from "fs";

const [a, b] = readFileSync(0, "utf8").split("\\n").map(Number);
console.log(a + b);
`,
};

/** Of languages whose input is no text of numbers. */
export const inputs: Record<string, string> = {
  sql: "create table numbers (n int);\ninsert into numbers values (20);\ninsert into numbers values (22);\n",
};

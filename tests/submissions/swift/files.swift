// expect: Accepted
// expected: from the file\n
// file: data/note.txt from the file\n
// entry-point: files.swift
import Foundation

print(try String(contentsOfFile: "data/note.txt", encoding: .utf8), terminator: "")

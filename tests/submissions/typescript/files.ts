// expect: Accepted
// expected: from the file\n
// file: data/note.txt from the file\n
import { readFileSync } from "fs";

process.stdout.write(readFileSync("data/note.txt", "utf8"));

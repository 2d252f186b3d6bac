/** What a program has written that runs: the end of it, which is all that anybody can look at while more comes. */

/** As the server tells it. */
export interface Piece {
  test: number;
  stream: "stdout" | "stderr" | "transcript";
  /** Bytes before it that were left out. */
  missed?: number;
  text: string;
}

export interface Written {
  text: string;
  /** There was more before it. */
  isCut: boolean;
}

export interface Heard {
  test: number;
  stdout: Written;
  stderr: Written;
  /** Of a program that talks with a validator. */
  transcript: Written;
}

/** Characters that are kept: a browser lays out all of them each time that something is added. */
export const WINDOW = 8000;

const NOTHING: Written = { text: "", isCut: false };

export function hear(before: Heard | null, { test, stream, missed = 0, text }: Piece): Heard {
  const heard = before?.test === test ? before : { test, stdout: NOTHING, stderr: NOTHING, transcript: NOTHING };
  // Behind a gap nothing goes on from what was there.
  const whole = missed > 0 ? text : heard[stream].text + text;
  const isCut = missed > 0 || heard[stream].isCut || whole.length > WINDOW;
  return { ...heard, [stream]: { text: lines(whole), isCut } };
}

/** From the beginning of a line, where there is one: half a character or number would be told otherwise. */
function lines(text: string): string {
  if (text.length <= WINDOW) return text;
  const end = text.slice(-WINDOW);
  return end.slice(end.indexOf("\n") + 1) || end;
}

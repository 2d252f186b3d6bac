/** Lines that are marked, and the way to them: also after an edit has moved them. */

import type { Diagnostic } from "@codemirror/lint";
import type { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { patiently } from "../components/later";
import type { Mark } from "./mark";

function position(state: EditorState, mark: Mark): { from: number; to: number } {
  const line = state.doc.line(Math.min(Math.max(mark.line, 1), state.doc.lines));
  const from = Math.min(line.from + Math.max((mark.column ?? 1) - 1, 0), line.to);
  const word = mark.column === null ? null : state.wordAt(from);
  return { from: mark.column === null ? line.from : from, to: word?.to ?? line.to };
}

/** What marks lines is loaded when there is the first to be marked. */
let marker: typeof import("@codemirror/lint") | null = null;
/** Of what is marked in a text: an edit moves it along. */
const saidOf = new WeakMap<Diagnostic, Mark>();

/** Marks what is of the file of this name, if that is shown still when what marks it is loaded. */
export function mark(editor: EditorView, { name, marks }: { name: string; marks: Mark[] }, isStill: () => boolean): void {
  const here = marks.filter((mark) => mark.file === name);
  if (!marker && here.length === 0) return;
  void patiently(() => import("@codemirror/lint")).then((loaded) => {
    marker = loaded;
    if (!isStill()) return;
    const said = here.map((mark): Diagnostic => {
      const diagnostic: Diagnostic = { ...position(editor.state, mark), severity: "error", message: mark.message };
      saidOf.set(diagnostic, mark);
      return diagnostic;
    });
    editor.dispatch(loaded.setDiagnostics(editor.state, said));
  });
}

/** Where the marked text is by now; null where it is not marked, or gone. */
function moved(state: EditorState, { line, column, message }: Mark): number | null {
  let found: number | null = null;
  marker?.forEachDiagnostic(state, (diagnostic, from) => {
    const mark = saidOf.get(diagnostic);
    if (mark?.line === line && mark.column === column && mark.message === message) found ??= from;
  });
  return found;
}

/** Where the mark is by now. */
export function goTo(editor: EditorView, mark: Mark): void {
  const from = moved(editor.state, mark) ?? position(editor.state, mark).from;
  editor.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
  editor.focus();
}

/** The editor: one view, and a state for each file, so that each has its own history and place. */

import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, indentOnInput, indentUnit } from "@codemirror/language";
import type { Diagnostic } from "@codemirror/lint";
import { Compartment, EditorState, Facet, Prec, StateEffect, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { useEffect, useRef, useState } from "preact/hooks";
import { patiently } from "../components/later";
import { t } from "../i18n";
import { keys as chosenKeys, nonce, tongue, type Keys } from "../settings";
import { support } from "./languages";
import type { Mark } from "./mark";
import { theme } from "./theme";

export interface Props {
  /** Of the file that is shown. */
  name: string;
  content: string;
  /** Changes when the contents were replaced by somebody else than this editor. */
  generation: number;
  marks: Mark[];
  /** Where to go, each time that it is another object. */
  goTo: Mark | null;
  readOnly?: boolean;
  changed?(content: string): void;
  run?(): void;
}

/** Tells how one leaves it without a mouse. There is one editor on a page in which something is written. */
const KEYS = "editor-keys";

/** Looking for something is rare enough to be loaded when it is first done. */
function search(editor: EditorView): boolean {
  void Promise.all([import("@codemirror/search"), import("./phrases")]).then(([{ openSearchPanel, searchKeymap }, { chinese }]) => {
    const words = EditorState.phrases.of(tongue.value === "zh" ? chinese : {});
    if (editor.state.facet(searches).length === 0) editor.dispatch({ effects: StateEffect.appendConfig.of([keymap.of(searchKeymap), searches.of(true), words]) });
    openSearchPanel(editor);
  });
  return true;
}

/** Of a state that has the keys of the search already. */
const searches = Facet.define<boolean>();

/** What is typed over something that is selected, Chromium would give the style of that, which the page's policy forbids. */
const typedOver = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { data: text, inputType } = event;
    const { from, to, empty } = view.state.selection.main;
    if (inputType !== "insertText" || !text || empty || view.composing || view.state.readOnly) return false;
    event.preventDefault();
    const insert = () => view.state.update(view.state.replaceSelection(text), { userEvent: "input.type", scrollIntoView: true });
    const isHandled = view.state.facet(EditorView.inputHandler).some((handle) => handle(view, from, to, text, insert));
    if (!isHandled) view.dispatch(insert());
    return true;
  },
});

/**
 * What helps who types, once somebody has. Each state that comes after has it from its beginning: what is put off by a moment, such as
 * what follows a look elsewhere, asks the state of then for what it knows.
 */
let helped: Extension | null = null;

const keysOf: Record<Keys, () => Promise<Extension>> = {
  plain: async () => [],
  vim: async () => (await import("@replit/codemirror-vim")).vim(),
  emacs: async () => (await import("@replit/codemirror-emacs")).emacs(),
};

export function Editor(props: Props) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | undefined>(undefined);
  const states = useRef(new Map<string, EditorState>());
  // With which marks, and so what an edit has moved along.
  const marked = useRef(new Map<string, Mark[]>());
  const shown = useRef<{ name: string; generation: number } | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const compartments = useRef({ colours: new Compartment(), keys: new Compartment(), typing: new Compartment() });
  // Somebody is about to type.
  const [isEntered, enter] = useState(false);

  const state = (name: string, content: string) => {
    const { colours, keys, typing } = compartments.current;
    const changed = EditorView.updateListener.of((update) => {
      if (update.docChanged) latest.current.changed?.(update.state.doc.toString());
    });
    return EditorState.create({
      doc: content,
      extensions: [
        keys.of([]),
        Prec.highest(keymap.of([{ key: "Mod-Enter", run: () => (latest.current.run?.(), true) }])),
        EditorView.cspNonce.of(nonce), typedOver,
        lineNumbers(), highlightActiveLineGutter(), highlightSpecialChars(), history(), drawSelection(), indentOnInput(),
        indentUnit.of("    "), bracketMatching(), highlightActiveLine(), typing.of([]),
        EditorView.domEventHandlers({ focus: () => enter(true) }),
        keymap.of([{ key: "Mod-f", run: search }, ...defaultKeymap, ...historyKeymap, indentWithTab]),
        EditorState.readOnly.of(props.readOnly ?? false),
        EditorView.contentAttributes.of({ "aria-label": t("editor.label", { name }), "aria-describedby": KEYS, spellcheck: "false", tabindex: "0" }),
        theme,
        colours.of([]),
        changed,
      ],
    });
  };

  const markHere = (editor: EditorView) => {
    marked.current.set(props.name, props.marks);
    mark(editor, props, () => latest.current.marks === props.marks && latest.current.name === props.name);
  };

  useEffect(() => {
    // The first view of all writes the style sheet: it needs the nonce already.
    view.current = new EditorView({ parent: place.current as HTMLElement, extensions: EditorView.cspNonce.of(nonce) });
    return () => view.current?.destroy();
  }, []);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const before = shown.current;
    if (before && before.generation === props.generation) states.current.set(before.name, editor.state);
    else states.current.clear();
    const found = states.current.get(props.name);
    const kept = found && found.doc.toString() === props.content ? found : null;
    const next = kept ?? state(props.name, props.content);
    const help = helped && !props.readOnly ? compartments.current.typing.reconfigure(helped) : [];
    editor.setState(next.update({ effects: help }).state);
    shown.current = { name: props.name, generation: props.generation };
    if (!kept || marked.current.get(props.name) !== props.marks) markHere(editor);
  }, [props.name, props.generation]);

  useEffect(() => {
    let current = true;
    void patiently(() => support(props.name)).then((found) => {
      if (current) view.current?.dispatch({ effects: compartments.current.colours.reconfigure(found ?? []) });
    });
    return () => (current = false, undefined);
  }, [props.name, props.generation]);

  useEffect(() => {
    let current = true;
    void patiently(keysOf[chosenKeys.value]).then((found) => {
      if (current) view.current?.dispatch({ effects: compartments.current.keys.reconfigure(found) });
    });
    return () => (current = false, undefined);
  }, [chosenKeys.value, props.name, props.generation]);

  useEffect(() => {
    let current = true;
    if (isEntered && !helped && !props.readOnly) void patiently(() => import("./typing")).then(({ typing }) => {
      helped = typing;
      if (current) view.current?.dispatch({ effects: compartments.current.typing.reconfigure(typing) });
    });
    return () => (current = false, undefined);
  }, [isEntered, props.name, props.generation]);

  useEffect(() => {
    if (view.current && marked.current.get(props.name) !== props.marks) markHere(view.current);
  }, [props.marks]);

  useEffect(() => {
    if (view.current && props.goTo && props.goTo.file === props.name) goTo(view.current, props.goTo);
  }, [props.goTo, props.name]);

  return (
    <>
      <div class="editor" ref={place} />
      {!props.readOnly && <p id={KEYS} class="editor-keys">{t("editor.keys")}</p>}
    </>
  );
}

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

function mark(editor: EditorView, { name, marks }: Props, isStill: () => boolean): void {
  const here = marks.filter((mark) => mark.file === name);
  if (!marker && here.length === 0) return;
  void import("@codemirror/lint").then((loaded) => {
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

function goTo(editor: EditorView, mark: Mark): void {
  const from = moved(editor.state, mark) ?? position(editor.state, mark).from;
  editor.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
  editor.focus();
}

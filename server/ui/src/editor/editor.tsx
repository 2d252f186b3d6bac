/** The editor: one view, and a state for each file, so that each has its own history and place. */

import type { EditorState, Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { useEffect, useRef, useState } from "preact/hooks";
import { patiently } from "../components/later";
import { t } from "../i18n";
import { languages } from "../api/languages";
import { keys as chosenKeys, nonce, tongue, type Keys, type Tongue } from "../settings";
import { support } from "./languages";
import type { Mark } from "./mark";
import { goTo, mark } from "./marks";
import { KEYS, newCompartments, type Phrases, stateOf, words } from "./state";

export interface Props {
  /** Of the file that is shown. */
  name: string;
  /** The id of the language of its program. */
  language: string;
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

/**
 * What helps who types, once somebody has. Each state that comes after has it from its beginning: what is put off by a moment, such as
 * what follows a look elsewhere, asks the state of then for what it knows.
 */
let helped: Extension | null = null;

const english: Phrases = {};

/** What the editor itself says, which is English. */
const phrases: Record<Tongue, () => Promise<Phrases>> = {
  en: async () => english,
  zh: async () => (await import("./phrases")).chinese,
};

/** Those that were loaded last: each state that comes after has them from its beginning. */
let spoken = english;

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
  const compartments = useRef(newCompartments());
  // Somebody is about to type.
  const [isEntered, enter] = useState(false);

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
    const next = kept ?? stateOf({ name: props.name, content: props.content, readOnly: props.readOnly ?? false, phrases: spoken }, compartments.current, {
      changed: (text) => latest.current.changed?.(text), run: () => latest.current.run?.(), entered: () => enter(true),
    });
    const help = helped && !props.readOnly ? compartments.current.typing.reconfigure(helped) : [];
    editor.setState(next.update({ effects: help }).state);
    shown.current = { name: props.name, generation: props.generation };
    if (!kept || marked.current.get(props.name) !== props.marks) markHere(editor);
  }, [props.name, props.generation]);

  useEffect(() => {
    let current = true;
    void patiently(() => support(props.name, props.language)).then((found) => {
      if (current) view.current?.dispatch({ effects: compartments.current.colours.reconfigure(found ?? []) });
    });
    return () => (current = false, undefined);
    // Which extensions a language has is known once they are listed.
  }, [props.name, props.language, props.generation, languages.value.length > 0]);

  useEffect(() => {
    let current = true;
    void patiently(phrases[tongue.value]).then((found) => {
      if (!current) return;
      spoken = found;
      view.current?.dispatch({ effects: compartments.current.words.reconfigure(words(props.name, found)) });
    });
    return () => (current = false, undefined);
  }, [tongue.value, props.name, props.generation]);

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

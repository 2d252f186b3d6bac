/** The state of a file: its text, and what the editor can do from its beginning. */

import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, indentOnInput, indentUnit } from "@codemirror/language";
import { Compartment, EditorState, type Extension, Prec } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { t } from "../i18n";
import { nonce } from "../settings";
import { search } from "./search";
import { theme } from "./theme";

/** Names what tells how one leaves it without a mouse. There is one editor on a page in which something is written. */
export const KEYS = "editor-keys";

/** What a state is given later: it is loaded, or chosen. */
interface Compartments {
  colours: Compartment;
  keys: Compartment;
  typing: Compartment;
  words: Compartment;
}

export const newCompartments = (): Compartments => ({ colours: new Compartment(), keys: new Compartment(), typing: new Compartment(), words: new Compartment() });

interface Heard {
  changed(text: string): void;
  run(): void;
  /** Somebody is about to type. */
  entered(): void;
}

export function stateOf(file: { name: string; content: string; readOnly: boolean; phrases: Phrases }, { colours, keys, typing, words: said }: Compartments, heard: Heard): EditorState {
  return EditorState.create({
    doc: file.content,
    extensions: [
      keys.of([]),
      Prec.highest(keymap.of([{ key: "Mod-Enter", run: () => (heard.run(), true) }])),
      EditorView.cspNonce.of(nonce), typedOver,
      lineNumbers(), highlightActiveLineGutter(), highlightSpecialChars(), history(), drawSelection(), indentOnInput(),
      indentUnit.of("    "), bracketMatching(), highlightActiveLine(), typing.of([]),
      EditorView.domEventHandlers({ focus: () => heard.entered() }),
      keymap.of([{ key: "Mod-f", run: search }, ...defaultKeymap, ...historyKeymap, indentWithTab]),
      EditorState.readOnly.of(file.readOnly),
      EditorView.contentAttributes.of({ "aria-describedby": KEYS, spellcheck: "false", tabindex: "0" }),
      said.of(words(file.name, file.phrases)),
      theme,
      colours.of([]),
      EditorView.updateListener.of(({ docChanged, state }) => { if (docChanged) heard.changed(state.doc.toString()); }),
    ],
  });
}

/** For what the editor says in English that in the person's language. */
export type Phrases = Record<string, string>;

/** What it is called and says in the person's language. Where the phrases are another object than before, all of it is drawn anew, and not where it was scrolled to. */
export const words = (name: string, phrases: Phrases): Extension => [EditorState.phrases.of(phrases), EditorView.contentAttributes.of({ "aria-label": t("editor.label", { name }) })];

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

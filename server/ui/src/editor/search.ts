/** Looking for something, which is rare enough to be loaded when it is first done. */

import { EditorState, Facet, StateEffect } from "@codemirror/state";
import { type EditorView, keymap } from "@codemirror/view";
import { tongue } from "../settings";

export function search(editor: EditorView): boolean {
  void Promise.all([import("@codemirror/search"), import("./phrases")]).then(([{ openSearchPanel, searchKeymap }, { chinese }]) => {
    const words = EditorState.phrases.of(tongue.value === "zh" ? chinese : {});
    if (editor.state.facet(searches).length === 0) editor.dispatch({ effects: StateEffect.appendConfig.of([keymap.of(searchKeymap), searches.of(true), words]) });
    openSearchPanel(editor);
  });
  return true;
}

/** Of a state that has the keys of the search already. */
const searches = Facet.define<boolean>();

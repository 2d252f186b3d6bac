/** Looking for something, which is rare enough to be loaded when it is first done. */

import { Facet, StateEffect } from "@codemirror/state";
import { type EditorView, keymap } from "@codemirror/view";
import { patiently } from "../components/later";

export function search(editor: EditorView): boolean {
  void patiently(() => import("@codemirror/search")).then(({ openSearchPanel, searchKeymap }) => {
    if (editor.state.facet(searches).length === 0) editor.dispatch({ effects: StateEffect.appendConfig.of([keymap.of(searchKeymap), searches.of(true)]) });
    openSearchPanel(editor);
  });
  return true;
}

/** Of a state that has the keys of the search already. */
const searches = Facet.define<boolean>();

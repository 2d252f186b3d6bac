/** What helps who types: brackets in pairs, and words that are there already. Loaded when somebody first does. */

import { autocompletion, closeBrackets, closeBracketsKeymap, completeAnyWord, completionKeymap } from "@codemirror/autocomplete";
import type { Extension } from "@codemirror/state";
import { keymap } from "@codemirror/view";

export const typing: Extension = [
  closeBrackets(),
  autocompletion({ override: [completeAnyWord] }),
  keymap.of([...closeBracketsKeymap, ...completionKeymap]),
];

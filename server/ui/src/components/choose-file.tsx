/** A button that chooses a file: the browser's own speaks its own language, and has its own colours. */

import { useState } from "preact/hooks";
import { t } from "../i18n";

export function ChooseFile(props: { label?: string; accept?: string; chosen(file: File): void }) {
  const [name, setName] = useState("");
  const change = (event: Event) => {
    const input = event.currentTarget as HTMLInputElement;
    const file = input.files?.[0];
    // The same file once more is another change.
    input.value = "";
    if (!file) return;
    setName(file.name);
    props.chosen(file);
  };
  return (
    <label class="choose">
      <input type="file" class="unseen" accept={props.accept} aria-label={props.label ? `${props.label}: ${t("test.upload")}` : t("file.choose")} onChange={change} />
      <span class="as-button" aria-hidden="true">{t("file.choose")}</span> <span class="hint">{name}</span>
    </label>
  );
}

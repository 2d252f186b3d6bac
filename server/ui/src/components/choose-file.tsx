/** Buttons that choose files: the browser's own speak its own language, and have its own colours. */

import { useState } from "preact/hooks";
import { t } from "../i18n";

export function ChooseFile(props: { label?: string; accept?: string; chosen(file: File): void }) {
  const first = ([file]: File[]) => { if (file) props.chosen(file); };
  return <Choose label={props.label ? `${props.label}: ${t("test.upload")}` : t("file.choose")} button={t("file.choose")} accept={props.accept} chosen={first} />;
}

/** Several at one time. */
export function ChooseFiles(props: { label: string; accept?: string; disabled?: boolean; chosen(files: File[]): void }) {
  return <Choose label={props.label} button={props.label} accept={props.accept} disabled={props.disabled} several chosen={props.chosen} />;
}

function Choose(props: { label: string; button: string; accept?: string | undefined; several?: boolean; disabled?: boolean | undefined; chosen(files: File[]): void }) {
  const [names, setNames] = useState("");
  const change = (event: Event) => {
    const input = event.currentTarget as HTMLInputElement;
    const files = [...(input.files ?? [])];
    // The same file once more is another change.
    input.value = "";
    if (files.length === 0) return;
    setNames(files.map((file) => file.name).join(", "));
    props.chosen(files);
  };
  return (
    <label class="choose">
      <input type="file" class="unseen" accept={props.accept} multiple={props.several} disabled={props.disabled} aria-label={props.label} onChange={change} />
      <span class="as-button" aria-hidden="true">{props.button}</span> <span class="hint">{names}</span>
    </label>
  );
}

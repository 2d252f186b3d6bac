/** The files of a draft as tabs. */

import { useState } from "preact/hooks";
import { t } from "../i18n";
import { change, draft, MOST_FILES } from "./draft";
import { keep } from "./replaced";
import { move } from "./tests";

/** As the API takes names: folders, and letters, digits and a few signs. */
const NAME = /^[A-Za-z0-9_.+-]+(\/[A-Za-z0-9_.+-]+){0,8}$/;

export function FileTabs({ replaced }: { replaced(): void }) {
  const { files, active } = draft.value;
  const [naming, setNaming] = useState(false);
  const show = (index: number) => change({ active: index });
  const remove = () => {
    const before = draft.value;
    change({ files: files.filter((_, index) => index !== active), active: Math.max(active - 1, 0) });
    void keep(before);
    replaced();
  };
  return (
    <div class="file-tabs">
      <div class="tabs" role="tablist" aria-label={t("files.sources")}>
        {files.map((file, index) => (
          <button
            key={file.name} type="button" role="tab" aria-selected={index === active} aria-controls="editor" tabIndex={index === active ? 0 : -1}
            onClick={() => show(index)} onKeyDown={(event) => move(event, index, files.length, show)}
          >
            <span class="file-name" title={file.name}>{file.name}</span>
          </button>
        ))}
      </div>
      {naming
        ? <NewName taken={files.map((file) => file.name)} done={(name) => { setNaming(false); if (name) change({ files: [...files, { name, content: "" }], active: files.length }); }} />
        : <button type="button" class="add" onClick={() => setNaming(true)} disabled={files.length >= MOST_FILES} title={t("files.add")} aria-label={t("files.add")}>+{files.length === 1 && ` ${t("files.add")}`}</button>}
      {files.length > 1 && <button type="button" class="add" onClick={remove} title={t("files.remove")} aria-label={t("files.remove")}>×</button>}
    </div>
  );
}

/** Why a file cannot be called so. */
function problem(name: string, taken: string[]): string | null {
  if (taken.includes(name)) return t("files.taken");
  const isName = NAME.test(name) && !name.split("/").some((part) => part === "." || part === "..");
  return isName ? null : t("files.refused");
}

function NewName({ taken, done }: { taken: string[]; done(name: string | null): void }) {
  const [name, setName] = useState("");
  const why = name === "" ? null : problem(name, taken);
  const isRight = name !== "" && why === null;
  return (
    <form class="new-name" onSubmit={(event) => { event.preventDefault(); if (isRight) done(name); }}>
      <input
        ref={(input) => input?.focus()} value={name} onInput={(event) => setName(event.currentTarget.value)} placeholder="util.h" aria-label={t("files.name")}
        aria-invalid={why !== null} aria-describedby="new-name-problem" onKeyDown={(event) => event.key === "Escape" && done(null)} maxLength={200}
      />
      <button type="submit" disabled={!isRight}>{t("files.add")}</button>
      <span id="new-name-problem" class="wrong" role="status">{why}</span>
    </form>
  );
}

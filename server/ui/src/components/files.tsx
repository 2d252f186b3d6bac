/** Files that a program left: pictures are shown, everything else can be saved. */

import { useEffect, useState } from "preact/hooks";
import { address, getBytes, Unreachable } from "../api/client";
import { returns } from "../api/connection";
import { size, t } from "../i18n";

interface HandedFile {
  name: string;
  bytes?: number;
  path?: string;
  missing?: string;
}

/** What is shown as a picture. Not SVG: that may have scripts, and is a document. */
const PICTURES: Record<string, string> = { png: "image/png", jpg: "image/jpeg", jpeg: "image/jpeg", gif: "image/gif", webp: "image/webp", bmp: "image/bmp" };

export function Files({ files }: { files: HandedFile[] }) {
  if (files.length === 0) return null;
  return (
    <section class="files">
      <h4>{t("files.title")}</h4>
      <ul>{files.map((file) => <li key={file.name}><Handed file={file} /></li>)}</ul>
    </section>
  );
}

function Handed({ file }: { file: HandedFile }) {
  const extension = file.name.split(".").pop()?.toLowerCase() ?? "";
  const type = Object.hasOwn(PICTURES, extension) ? PICTURES[extension] : undefined;
  if (!file.path) return <><code><bdi>{file.name}</bdi></code>: <span class="hint" lang="en">{file.missing}</span></>;
  return (
    <>
      <a href={address(file.path)} download={file.name}><bdi>{file.name}</bdi></a> <small>{size(file.bytes ?? 0)}</small>
      {type && <Picture path={file.path} name={file.name} type={type} />}
    </>
  );
}

/** The server hands files out to be saved only: as what a picture is shown is decided here. */
function Picture({ path, name, type }: { path: string; name: string; type: string }) {
  const [url, setUrl] = useState<string | null>(null);
  const [failed, fail] = useState(false);
  useEffect(() => {
    let made: string | null = null;
    let gone = false;
    getBytes(path)
      .then((bytes) => {
        if (gone) return;
        made = URL.createObjectURL(new Blob([bytes], { type }));
        setUrl(made);
        fail(false);
      })
      // What is shown already stays.
      .catch((error) => { if (!gone && url === null && !(error instanceof Unreachable)) fail(true); });
    return () => {
      gone = true;
      if (made) URL.revokeObjectURL(made);
    };
  }, [path, returns.value]);
  if (failed) return <p class="hint">{t("files.broken")}</p>;
  return url && <img class="picture" src={url} alt={t("files.picture", { name })} onError={() => fail(true)} />;
}

/** A file that somebody has chosen, as text. */

import { t } from "../i18n";

/** A file larger than this is for the API: a browser would keep it as a draft. */
const LARGEST = 1024 * 1024;

/** As it is: what is no UTF-8 would come to a program as something else. What cannot be had is told. */
export async function textOf(file: File): Promise<{ text: string } | { problem: string }> {
  if (file.size > LARGEST) return { problem: t("test.tooLarge") };
  if (!(await isReadable(file))) return { problem: t("file.unreadable") };
  try {
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await file.arrayBuffer()) };
  } catch {
    return { problem: t("test.notText") };
  }
}

/** Not a folder, nor a file that has been moved or changed since it was chosen: sending it would look as if the server were away. */
export const isReadable = (file: File): Promise<boolean> => file.slice(0, 1).arrayBuffer().then(() => true, () => false);

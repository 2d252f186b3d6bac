/** A draft as the fragment of a link: it is not sent to anybody, the server included. */

import { parse, type Draft } from "./draft";
import { unpacked } from "./unpack";

const NAME = "#code=";
/** Longer links break in mail and chat. */
export const LONGEST = 30_000;

/** Is the fragment one of ours, be it damaged? */
export const isLink = (fragment: string): boolean => fragment.startsWith(NAME);

export async function fragment(draft: Draft): Promise<string> {
  const packed = new Blob([JSON.stringify(draft)]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return NAME + btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** What a link brings; null where it brings nothing that can be read. */
export async function shared(fragment: string): Promise<Draft | null> {
  if (!isLink(fragment)) return null;
  try {
    const text = atob(fragment.slice(NAME.length).replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    return parse(await unpacked(bytes));
  } catch {
    return null;
  }
}

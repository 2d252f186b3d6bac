/** Puts a text into the clipboard. */

/** False where the browser does not let us. */
export async function copy(text: string): Promise<boolean> {
  try {
    // There on trustworthy origins only, which a school's `http://judge:5050` is not.
    if (navigator.clipboard as Clipboard | undefined) return await navigator.clipboard.writeText(text).then(() => true);
  } catch {
    // Not allowed: perhaps the other way is.
  }
  return bySelection(text);
}

/** As by keys, of something that is selected. */
function bySelection(text: string): boolean {
  const [place, focused] = [document.createElement("textarea"), document.activeElement];
  place.className = "unseen";
  place.style.whiteSpace = "pre";
  place.value = text;
  document.body.append(place);
  place.focus({ preventScroll: true });
  place.select();
  const isDone = document.execCommand("copy");
  place.remove();
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  return isDone;
}

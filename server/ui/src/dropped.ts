/** A file that is dropped beside the places for files would be shown by the browser in the page's place, and what is typed be gone. */

const isForFiles = (event: DragEvent) => event.target instanceof Element && event.target.closest('.drop, .cm-editor, input[type="file"]') !== null;

for (const kind of ["dragover", "drop"] as const) {
  addEventListener(kind, (event) => {
    if (!event.dataTransfer?.types.includes("Files") || isForFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "none";
  });
}

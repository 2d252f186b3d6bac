/** Unpacks what a link has. Bounded: it is somebody's. */

/** What a link may become: a few bytes of it could be gigabytes. */
const LARGEST = 4 * 2 ** 20;

/** The text that was packed.
 *
 * Fails where it is no such thing, and where it is too large. */
export function unpacked(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return bounded(inPieces(bytes).pipeThrough(new DecompressionStream("deflate-raw")));
}

/** What comes of one piece is in memory before anybody can say that it is too much. */
const PIECE = 512;

function inPieces(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + PIECE));
      at += PIECE;
    },
  }, { highWaterMark: 0 });
}

async function bounded(stream: ReadableStream<Uint8Array>): Promise<string> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value, { stream: true });
    if (text.length > LARGEST) {
      await reader.cancel();
      throw new Error("the link is too large");
    }
  }
}

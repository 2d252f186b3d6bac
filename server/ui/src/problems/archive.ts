/** Reads the submissions that come with a package, in the browser: zip, tar and tar.gz. Bounded: an archive is somebody's. */

export interface Entry {
  path: string;
  /** Null where it is left out: it is too large, one too many, or no file with a content of its own. */
  text: string | null;
}

/** Of one file; sources are no longer. */
const LARGEST = 1024 * 1024;
/** Of which the content is read. */
const MOST_FILES = 500;
const MOST_ENTRIES = 20_000;
/** Of a tar, unpacked: what is in front of the submissions has to be passed. */
const LARGEST_TAR = 256 * 1024 * 1024;

/** Why it cannot be read: `archive.` and this is the sentence. */
type Why = "damaged" | "tooMany" | "noDirectory" | "method" | "tooLarge";

export class Unreadable extends Error {
  readonly why: Why;

  constructor(why: Why) {
    super(why);
    this.why = why;
  }
}

/** The files of `submissions/`, wherever in the archive that folder is. */
export async function submissionsOf(file: File): Promise<Entry[]> {
  try {
    return await read(file);
  } catch (error) {
    // It says that something lies where the file has nothing.
    if (error instanceof RangeError || error instanceof TypeError) throw new Unreadable("damaged");
    throw error;
  }
}

async function read(file: File): Promise<Entry[]> {
  const head = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  if (head[0] === 0x50 && head[1] === 0x4b) return ofZip(file);
  const stream = head[0] === 0x1f && head[1] === 0x8b ? file.stream().pipeThrough(new DecompressionStream("gzip")) : file.stream();
  return ofTar(stream);
}

/** The path below `submissions/`; null of what is not there, and of what tools leave behind, which the server skips, too. */
function below(path: string): string | null {
  const [parts, found] = [path.split("/"), /^(?:[^/]+\/)?submissions\/([^/]+\/.+)$/.exec(path.replace(/^\.\//, ""))];
  return found && !path.endsWith("/") && !parts.includes("..") && !isLeftBehind(parts) ? (found[1] ?? null) : null;
}

const LEFT_BEHIND = new Set(["__MACOSX", ".git", ".svn", ".DS_Store", "Thumbs.db", "desktop.ini", "Icon\r"]);

/** macOS keeps a file's attributes in a file beside it. */
const isLeftBehind = (parts: string[]): boolean => parts.some((part) => LEFT_BEHIND.has(part)) || (parts.at(-1)?.startsWith("._") ?? false);

const utf8 = new TextDecoder();

async function ofZip(file: File): Promise<Entry[]> {
  const tail = new DataView(await file.slice(Math.max(0, file.size - 65_557)).arrayBuffer());
  const end = endOfDirectory(tail);
  const [count, length, begin] = [tail.getUint16(end + 10, true), tail.getUint32(end + 12, true), tail.getUint32(end + 16, true)];
  if (count > MOST_ENTRIES) throw new Unreadable("tooMany");
  const directory = new DataView(await file.slice(begin, begin + length).arrayBuffer());
  const entries: Entry[] = [];
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    const [method, packed, size] = [directory.getUint16(at + 10, true), directory.getUint32(at + 20, true), directory.getUint32(at + 24, true)];
    const [name, extra, comment, offset] = [directory.getUint16(at + 28, true), directory.getUint16(at + 30, true), directory.getUint16(at + 32, true), directory.getUint32(at + 42, true)];
    const path = below(slashed(utf8.decode(new Uint8Array(directory.buffer, at + 46, name)), directory.getUint8(at + 5)));
    const isLink = (directory.getUint32(at + 38, true) >>> 28) === LINK;
    if (path !== null) entries.push({ path, text: !isLink && isRead(entries, size) ? await zipped(file, offset, packed, method) : null });
    at += 46 + name + extra + comment;
  }
  return entries;
}

/** Some programs of Windows, which is system 0, tell folders apart by backslashes, against the rule, and then by nothing else. */
const slashed = (name: string, system: number): string => (system === 0 && !name.includes("/") ? name.replaceAll("\\", "/") : name);

/** Of the mode of a file on Unix, which a zip tells among other attributes. */
const LINK = 0o12;

/** Is there room for one of this size behind those? */
const isRead = (before: Entry[], size: number): boolean => before.length < MOST_FILES && size <= LARGEST;

function endOfDirectory(tail: DataView): number {
  for (let at = tail.byteLength - 22; at >= 0; at -= 1) {
    if (tail.getUint32(at, true) === 0x06054b50) return at;
  }
  throw new Unreadable("noDirectory");
}

async function zipped(file: File, offset: number, packed: number, method: number): Promise<string> {
  const head = new DataView(await file.slice(offset, offset + 30).arrayBuffer());
  const begin = offset + 30 + head.getUint16(26, true) + head.getUint16(28, true);
  const content = file.slice(begin, begin + packed).stream();
  if (method !== 0 && method !== 8) throw new Unreadable("method");
  return utf8.decode(await bounded(method === 8 ? content.pipeThrough(new DecompressionStream("deflate-raw")) : content, LARGEST));
}

async function ofTar(stream: ReadableStream<Uint8Array>): Promise<Entry[]> {
  const all = await bounded(stream, LARGEST_TAR);
  const entries: Entry[] = [];
  let long: string | null = null;
  for (let at = 0, count = 0; at < all.length; count += 1) {
    const header = all.subarray(at, at + 512);
    if (header[0] === 0) break;
    if (count === MOST_ENTRIES) throw new Unreadable("tooMany");
    const size = parseInt(text(header, 124, 12), 8) || 0;
    if (at + 512 + size > all.length) throw new Unreadable("damaged");
    const content = all.subarray(at + 512, at + 512 + size);
    const kind = String.fromCharCode(header[156] ?? 0);
    if (kind === "L") long = utf8.decode(content).replace(/\0.*$/s, "");
    else if (kind === "x") long = /(?:^|\n)\d+ path=(.*)\n/.exec(utf8.decode(content))?.[1] ?? null;
    else {
      const prefix = text(header, 345, 155);
      const path = below(long ?? (prefix ? `${prefix}/` : "") + text(header, 0, 100));
      long = null;
      const isPlain = kind === "0" || kind === "\0";
      if (path !== null && kind !== FOLDER) entries.push({ path, text: isPlain && isRead(entries, size) ? utf8.decode(content) : null });
    }
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return entries;
}

/** An entry of a tar that is a directory. */
const FOLDER = "5";

const text = (header: Uint8Array, at: number, length: number) => utf8.decode(header.subarray(at, at + length)).replace(/\0.*$/s, "").trim();

async function bounded(stream: ReadableStream<Uint8Array>, most: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > most) throw new Unreadable("tooLarge");
    parts.push(value);
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

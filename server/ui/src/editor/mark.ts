/** Something that is said of a place in a file. */
export interface Mark {
  file: string;
  /** From 1. */
  line: number;
  /** From 1, where it is known. */
  column: number | null;
  message: string;
}

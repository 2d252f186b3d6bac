/** How high a chart is: not as high as one value that is far above all others, beside which those would be a line on the ground. */

export interface Scale {
  /** What its top is worth. */
  top: number;
  /** Values that are higher than that. */
  over: number;
  /** The highest of all. */
  highest: number;
}

/** Of fewer values nobody can say which is far out. */
const ENOUGH = 5;
/** So many times what nine of ten do not exceed is far out. */
const FAR = 4;

export function scaleOf(all: number[]): Scale {
  const values = all.filter((value) => value > 0).sort((one, other) => one - other);
  const highest = values.at(-1) ?? 1;
  const usual = values[Math.floor(0.9 * (values.length - 1))] ?? highest;
  const top = values.length < ENOUGH || highest <= FAR * usual ? highest : 2 * usual;
  return { top: Math.max(top, 1), over: values.filter((value) => value > top).length, highest };
}

/** What the server refused: what is said of it is loaded with the first refusal. */

import { later, Nothing } from "./later";

export const Refusal = later(async () => (await import("./refused")).Refused, Nothing);

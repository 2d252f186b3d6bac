/** The judge's own reasons in the language that a person has chosen. */

import { tongue } from "../settings";
import { inChinese } from "./reasons-in-chinese";

export const reason = (told: string): string => (tongue.value === "en" ? told : (inChinese(told) ?? told));

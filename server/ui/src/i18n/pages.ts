/** Imported by what is loaded later, for what is said there. */

import { add } from ".";
import { sentences } from "./sentences-of-pages";

add(sentences);

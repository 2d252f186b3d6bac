// expect: RuntimeError
// reason-contains: does not provide an export named 'area', import_of_what_is_not_exported.js line 5
// file: shapes.mjs export const size = 3;
// entry-point: import_of_what_is_not_exported.js
import { area } from './shapes.mjs';
console.log(area);

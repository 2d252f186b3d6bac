// expect: RuntimeError
// reason-contains: Cannot find module 'shapes.js', which main.js imports
import { area } from './shapes.js';
console.log(area(3));

// Parses each source that is named, and runs none. What Node would take for a module is parsed as one. What is wrong is told
// as Node tells it: `main.js:3`, the line, a mark, and the error.
'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');

// As V8 calls what only a module may have.
const AWAIT = 'await is only valid in async functions and the top level bodies of modules';
const ONLY_IN_MODULES = [
  'Cannot use import statement outside a module',
  "Unexpected token 'export'",
  "Cannot use 'import.meta' outside a module",
  AWAIT,
];

// The body of a function, as Node runs it: lines and columns are the source's own, and no bracket in it ends that function.
const PARAMETERS = ['exports', 'require', 'module', '__filename', '__dirname'];

function asScript(name, text) {
  vm.compileFunction(text, PARAMETERS, { filename: name });
}

// Where a module is wrong is told to Node alone: it is asked once more.
function asModule(name, text) {
  try {
    new vm.SourceTextModule(text, { identifier: name });
  } catch {
    const { stderr } = spawnSync(process.execPath, ['--check', '--input-type=module', '-'], { input: text, encoding: 'utf8' });
    throw { stack: stderr.replace(/^.*\[stdin\]/, name).replace(/\n\nNode\.js v[^]*$/, '') };
  }
}

// What a source is, where something says so: its extension, or else the next package.json above it. One that is no JSON says nothing
// here: with it Node does not run the program, and tells why.
function typeOf(name) {
  if (name.endsWith('.mjs')) return 'module';
  if (name.endsWith('.cjs')) return 'commonjs';
  let folder = path.dirname(path.resolve(name));
  while (folder !== '/' && !fs.existsSync(path.join(folder, 'package.json'))) folder = path.dirname(folder);
  try {
    return JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')).type;
  } catch {
    return undefined;
  }
}

function parse(name) {
  const text = fs.readFileSync(name, 'utf8').replace(/^\uFEFF/, '').replace(/^#!.*/, '');
  const type = typeOf(name);
  if (type === 'module') return asModule(name, text);
  try {
    asScript(name, text);
  } catch (error) {
    if (type === 'commonjs' || !ONLY_IN_MODULES.includes(error.message)) throw error;
    try {
      asModule(name, text);
    } catch (wrong) {
      // A word that a module keeps for itself, where no module was meant.
      throw error.message === AWAIT ? error : wrong;
    }
  }
}

// Without the lines of this program.
function told(error) {
  return String(error.stack).replace(/\n    at [^]*$/, '');
}

let failed = false;
for (const name of process.argv.slice(2)) {
  try {
    parse(name);
  } catch (error) {
    console.log(told(error));
    failed = true;
  }
}
process.exitCode = failed ? 1 : 0;

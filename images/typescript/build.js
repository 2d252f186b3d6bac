// Checks TypeScript sources and writes one file of JavaScript with all of them in it, each with a map to its lines.
//
//   build.js OUTPUT ENTRY SOURCE...
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const ts = require('/usr/local/lib/node_modules/typescript');

const [output, entry, ...sources] = process.argv.slice(2);
const options = {
  target: ts.ScriptTarget.ES2022,
  // What Node.js 20 has, which is more than the target stands for: `toSorted`, `findLast`.
  lib: ['lib.es2023.full.d.ts'],
  module: ts.ModuleKind.CommonJS,
  moduleResolution: ts.ModuleResolutionKind.Node10,
  // As the compiler is without a word about it: what is right by that is right here.
  strict: false,
  esModuleInterop: true,
  rewriteRelativeImportExtensions: true,
  inlineSourceMap: true,
  skipLibCheck: true,
  types: ['node'],
  typeRoots: ['/usr/local/lib/node_modules/@types'],
};

// `await` outside of functions: what is written has functions only, and the entry becomes one that may wait.
const waits = ({ code, file }) => [1375, 1378, 1431, 1432].includes(code) && file?.fileName === entry;

function compiled(moduleDetection) {
  const program = ts.createProgram(sources, { ...options, moduleDetection });
  const modules = {};
  const { diagnostics } = program.emit(undefined, (name, text) => {
    modules[path.relative('.', name)] = text;
  });
  const all = ts.sortAndDeduplicateDiagnostics([...ts.getPreEmitDiagnostics(program), ...diagnostics]);
  return { modules, all, found: all.filter((each) => !waits(each)) };
}

// To the compiler a source that neither imports nor exports shares its names with all others, and with browsers (`Node`, `name`). Where that
// is what is wrong, each is a module of its own, as it is when it runs.
function best() {
  const together = compiled(ts.ModuleDetectionKind.Auto);
  if (together.found.length === 0) return together;
  const apart = compiled(ts.ModuleDetectionKind.Force);
  return apart.found.length < together.found.length ? apart : together;
}

const { modules, all, found } = best();
if (found.length > 0) {
  const host = { getCanonicalFileName: (name) => name, getCurrentDirectory: () => process.cwd(), getNewLine: () => '\n' };
  console.log(ts.formatDiagnostics(found, host));
  process.exit(1);
}

// What runs in the output: a require() that knows the modules of it, and the one of Node for all others.
function start(modules, entry) {
  const Module = require('node:module');
  const path = require('node:path');
  const loaded = {};
  function load(name) {
    if (loaded[name]) return loaded[name].exports;
    const module = (loaded[name] = new Module(path.resolve(name), require.main));
    module.filename = path.resolve(name);
    module.require = (wanted) => {
      const base = path.join(path.dirname(name), wanted);
      const own = [base, `${base}.js`, path.join(base, 'index.js')].find((each) => Object.hasOwn(modules, each));
      return wanted.startsWith('.') && own ? load(own) : require(wanted);
    };
    module._compile(modules[name], module.filename);
    return module.exports;
  }
  load(entry);
}

const first = path.normalize(entry.replace(/\.([cm]?)tsx?$/, '.$1js'));
if (all.some(waits)) modules[first] = `(async () => {${modules[first]}\n})();`;
fs.writeFileSync(output, `(${start})(${JSON.stringify(modules)}, ${JSON.stringify(first)});\n`);

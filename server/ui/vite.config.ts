import { readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

/** The server embeds files compressed, and sends them as they are: so each is compressed once, as well as can be. */
function compressed(): Plugin {
  let folder = "";
  return {
    name: "compressed",
    apply: "build",
    configResolved(config) {
      folder = config.build.outDir;
    },
    closeBundle() {
      for (const file of filesBelow(folder)) {
        writeFileSync(`${file}.gz`, smallest(readFileSync(file)));
        rmSync(file);
      }
    },
  };
}

/** How large the blocks should be that have codes of their own differs from file to file. */
function smallest(content: Buffer): Buffer {
  const sizes = [9, 8, 7, 6, 5, 4].map((memLevel) => gzipSync(content, { level: 9, memLevel }));
  return sizes.reduce((best, other) => (other.length < best.length ? other : best));
}

/** Of each font KaTeX brings three forms: every browser that can show this page reads the smallest. */
function smallestFonts(): Plugin {
  return {
    name: "smallest-fonts",
    enforce: "pre",
    transform: (code, id) => (id.includes("katex") && id.includes(".css") ? code.replace(/,url\([^)]*\.(woff|ttf)\) format\("[a-z]+"\)/g, "") : null),
  };
}

/** What binds Emacs' keys is said there to have no effect: whoever bundles it leaves it out, and no key does anything. */
function emacsKeys(): Plugin {
  return {
    name: "emacs-keys",
    enforce: "pre",
    transform: (code, id) => (id.includes("codemirror-emacs") ? code.replaceAll("/*@__PURE__*/EmacsHandler.", "EmacsHandler.") : null),
  };
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

/** `npm run dev`: what the server fills in. */
function filledIn(): Plugin {
  return {
    name: "filled-in",
    apply: "serve",
    transformIndexHtml: (html) => html.replace("__BASE__", "/").replace("__NONCE__", "dev"),
  };
}

const server = process.env["GAVEL_URL"] ?? "http://127.0.0.1:5050";

/** The server takes changes from pages of its own only: so this is one. */
const proxied = { target: server, changeOrigin: true, ws: true, headers: { origin: new URL(server).origin } };

export default defineConfig({
  logLevel: "warn",
  // Below whatever path a proxy serves us.
  base: "./",
  plugins: [smallestFonts(), emacsKeys(), compressed(), filledIn()],
  build: {
    outDir: "dist/page",
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 800,
  },
  server: { proxy: Object.fromEntries(["/api", "/openapi.json", "/readyz", "/healthz", "/run", "/file", "/stream"].map((path) => [path, proxied])) },
});

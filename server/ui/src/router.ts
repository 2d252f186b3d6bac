/** Which page is shown: addresses are paths below the one that the page is served at. */

import { signal } from "@preact/signals";
import { next } from "./entries";
import { keepPlace, restore } from "./scrolled";

const base = new URL(document.baseURI).pathname;

const current = (): URL => new URL(location.href);

/** A page has one address: without the slashes that some people and programs put behind or before it. Two before it would be another site's. */
function withoutSlashes(): void {
  const { pathname, search, hash } = location;
  const plain = `/${pathname.replace(/^\/+/, "")}`;
  const short = plain === base ? plain : plain.replace(/\/+$/, "") || "/";
  if (short !== pathname) history.replaceState(history.state, "", short + search + hash);
}

withoutSlashes();

export const route = signal(path(current()));
/** What stands behind the `?`. */
export const parameters = signal(current().searchParams);

function path(url: URL): string {
  const below = url.pathname.startsWith(base) ? url.pathname.slice(base.length) : url.pathname;
  return `/${below.replace(/^\/+|\/+$/g, "")}`;
}

function look(): void {
  withoutSlashes();
  route.value = path(current());
  parameters.value = current().searchParams;
}

/** The address of a page: `to` begins with `/`, so that it never leads to another site. */
export const href = (to: string): string => base + to.replace(/^\/+/, "");

export function go(to: string): void {
  // What was scrolled just now is told only after this.
  keepPlace();
  history.pushState(next(), "", href(to));
  look();
  scrollTo(0, 0);
  document.getElementById("main")?.focus({ preventScroll: true });
}

/** Another query of the same page. */
export function refine(query: string): void {
  history.replaceState(history.state, "", location.pathname + query);
  look();
}

addEventListener("popstate", () => {
  look();
  restore();
});

/** The parts of the path: `/problems/sums` is `["problems", "sums"]`. */
export const parts = (): string[] => route.value.split("/").filter(Boolean).map(decode);

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

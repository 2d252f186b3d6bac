/** A part of the page that is loaded when it is first shown, so that the first page is light. */

import { signal } from "@preact/signals";
import { type FunctionComponent, h } from "preact";
import { useEffect, useState } from "preact/hooks";
import { retry, untilReachable } from "../api/connection";
import { t } from "../i18n";

/** `Meanwhile` stands in its place. A part that cannot be had, though the server answers, is an error of what is around it. */
export function later<P extends object>(load: () => Promise<FunctionComponent<P>>, Meanwhile: FunctionComponent = OnItsWay): FunctionComponent<P> {
  let part: FunctionComponent<P> | null = null;
  return function Later(props: P) {
    const [failed, fail] = useState<{ why: unknown } | null>(null);
    const [, draw] = useState(false);
    useEffect(() => {
      let isGone = false;
      if (!part) void twice(load).then((loaded) => { part = loaded; isGone || draw(true); }, (why) => { isGone || fail({ why }); });
      return () => { isGone = true; };
    }, []);
    if (failed) throw failed.why;
    return part ? h(part, props) : h(Meanwhile, {});
  };
}

/** Something that the page needs cannot be had, though the server answers: it may be newer by now, and have other parts. */
export const isOutdated = signal(false);

/** A server that is away is waited for. What cannot be had never comes: the page says that it is to be loaded again. */
export function patiently<T>(load: () => Promise<T>): Promise<T> {
  return twice(load).catch(() => {
    isOutdated.value = true;
    return new Promise<never>(() => {});
  });
}

async function twice<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch {
    await retry();
    await untilReachable();
    return load();
  }
}

function OnItsWay() {
  return <p class="hint" role="status">{t("loading")}</p>;
}

export const Nothing = () => null;

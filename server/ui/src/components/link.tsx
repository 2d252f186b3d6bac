import type { ComponentChildren } from "preact";
import { go, href, parts } from "../router";

/** A link to another page of ours, which is shown without loading anything anew. */
export function Link(props: { to: string; children: ComponentChildren; class?: string; title?: string; nav?: boolean }) {
  const here = props.nav && (parts()[0] ?? "") === (props.to.split("/")[1] ?? "");
  const follow = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    go(props.to);
  };
  return (
    <a href={href(props.to)} class={props.class} title={props.title} onClick={follow} aria-current={here ? "page" : undefined}>
      {props.children}
    </a>
  );
}

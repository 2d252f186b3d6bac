/** Something that opens below its name, and closes by Escape, by a click elsewhere, and on another page. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { route } from "../router";

export function Menu(props: { name: string; label: ComponentChildren; opened?: () => void; children: ComponentChildren }) {
  const menu = useRef<HTMLDetailsElement>(null);
  const close = () => { if (menu.current) menu.current.open = false; };
  useEffect(close, [route.value]);
  useEffect(() => {
    const outside = (event: PointerEvent) => { if (!menu.current?.contains(event.target as Node)) close(); };
    addEventListener("pointerdown", outside);
    return () => removeEventListener("pointerdown", outside);
  }, []);
  const escape = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    close();
    menu.current?.querySelector("summary")?.focus();
  };
  return (
    <details class="menu" ref={menu} onKeyDown={escape} onToggle={(event) => event.currentTarget.open && props.opened?.()}>
      <summary aria-label={props.name} title={props.name}>{props.label}</summary>
      <div class="menu-body">{props.children}</div>
    </details>
  );
}

/** What is around every page: where one can go, and what concerns all of them. */

import { Component, type ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { address } from "./api/client";
import { isOperator, signedOut } from "./api/session";
import { Account, SessionEnded } from "./components/account";
import { Away, Outdated } from "./components/away";
import { later } from "./components/later";
import { Link } from "./components/link";
import { Settings } from "./components/settings";
import { isKnown, t, type Sentence } from "./i18n";
import { Playground } from "./playground/playground";
import { parts, route } from "./router";

// What the first page does not need is loaded when it is first gone to.
const Problems = later(async () => (await import("./problems/list")).default);
const Problem = later(async () => (await import("./problems/page")).default);
const Submissions = later(async () => (await import("./submissions/list")).default);
const Operations = later(async () => (await import("./operations/page")).default);
const Submission = later(async () => (await import("./submissions/detail")).default);

export function App() {
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); document.getElementById("main")?.focus(); }}>{t("nav.skip")}</a>
      <header class="top">
        <Link to="/" class="brand"><span aria-hidden="true">⚖</span> Gavel</Link>
        <nav aria-label={t("nav.label")}>
          <Link to="/" nav>{t("nav.playground")}</Link>
          <Link to="/problems" nav>{t("nav.problems")}</Link>
          <Link to="/submissions" nav>{t("nav.submissions")}</Link>
          {isOperator() && <Link to="/operations" nav>{t("nav.operations")}</Link>}
        </nav>
        <span class="space" />
        <a href={address("/docs")}>{t("nav.api")}</a>
        <Account />
        <Settings />
      </header>
      <Away />
      <Outdated />
      <SessionEnded />
      <main id="main" tabIndex={-1}>
        <Guard key={`${signedOut.value} ${route.value}`}>
          <Page />
        </Guard>
      </main>
    </>
  );
}

function Page() {
  const [page, id, ...more] = parts();
  useEffect(() => {
    document.title = ["Gavel", page && isKnown(`nav.${page}`) ? t(`nav.${page}` as Sentence) : page, id].filter(Boolean).join(": ");
  });
  if (more.length > 0) return <Missing />;
  switch (page) {
    case undefined:
      return <Playground />;
    case "problems":
      return id === undefined ? <Problems /> : <Problem id={id} />;
    case "operations":
      return id === undefined ? <Operations /> : <Missing />;
    case "submissions":
      return id === undefined ? <Submissions /> : <Submission id={id} />;
    default:
      return <Missing />;
  }
}

function Missing() {
  return <section class="card"><h1>{t("page.missing")}</h1><p><Link to="/">{t("page.home")}</Link></p></section>;
}

/** A fault of ours in one page leaves the others as they are. */
class Guard extends Component<{ children: ComponentChildren }, { failed: string | null }> {
  override state = { failed: null };

  static override getDerivedStateFromError(error: unknown) {
    return { failed: String(error) };
  }

  override render() {
    if (this.state.failed === null) return this.props.children;
    return (
      <section class="card" role="alert">
        <h1>{t("page.failed")}</h1><p>{this.state.failed}</p>
        <button type="button" onClick={() => location.reload()}>{t("page.reload")}</button>
      </section>
    );
  }
}

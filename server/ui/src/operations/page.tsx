/** For operators: how the service does, and what can be done about it. */

import { useState } from "preact/hooks";
import { type ApiError, query, request } from "../api/client";
import { languages, wanted } from "../api/languages";
import { isOperator, may } from "../api/session";
import type { components } from "../api/schema";
import { Loaded, useLoaded } from "../components/loaded";
import { Refusal } from "../components/refusal";
import { Together } from "../components/together";
import { Windowed } from "../components/windowed";
import { amount, count, duration, t, time } from "../i18n";
import "../i18n/pages";
import { act, OFTEN, SELDOM } from "./act";
import { Charts } from "./charts";
import { Health } from "./health";
import { Nodes } from "./nodes";

type Schemas = components["schemas"];

export default function Operations() {
  if (!isOperator()) return <section class="card"><h1>{t("nav.operations")}</h1><p>{t("operations.notYours")}</p></section>;
  return (
    <>
      <h1 class="unseen">{t("nav.operations")}</h1>
      <Together><div class="columns">
        <div class="side"><Health /></div>
        <div class="side"><Sandboxes />{may("read-all") && <ThrottledUsers />}</div>
        <Nodes />
        <div class="side"><Day /></div>
        <div class="side"><Languages /></div>
      </div></Together>
    </>
  );
}

function Day() {
  const [state] = useLoaded<Schemas["Figures"]>("/api/v1/admin/figures", SELDOM);
  return <section class="card"><h2>{t("operations.day")}</h2><Loaded from={state}>{(figures) => <Charts figures={figures} />}</Loaded></section>;
}

function Sandboxes() {
  const [state, again] = useLoaded<Schemas["Sandboxes"]>("/api/v1/admin/sandboxes", OFTEN);
  const [told, tell] = useState<string | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const recycle = () => act(async () => {
    const { sandboxes } = await request<Schemas["Recycled"]>("POST", "/api/v1/admin/recycle");
    tell(t("operations.recycled", { n: sandboxes }));
    again();
  }, setError);
  return (
    <section class="card">
      <div class="heading"><h2>{t("operations.sandboxes")}</h2><span role="status">{told}</span><button type="button" onClick={recycle}>{t("operations.recycle")}</button></div>
      {error && <Refusal error={error} />}
      <Loaded from={state}>
        {({ sandboxes }) => (
          <div class="scroll tall narrow" tabIndex={0} role="region" aria-label={t("operations.sandboxes")}>
            <table class="list">
              <thead><tr><th scope="col">{t("operations.profile")}</th><th scope="col">{t("submissions.state")}</th><th scope="col" class="number">{t("operations.age")}</th><th scope="col" class="number">{t("operations.unused")}</th><th scope="col" class="number">{t("operations.runs")}</th></tr></thead>
              <tbody>
                {sandboxes.map((sandbox, index) => (
                  <tr key={index}>
                    <th scope="row" lang="en">{sandbox.profile}</th><td>{t(`sandbox.${sandbox.state}`)}</td><td class="number" data-label={t("operations.age")}>{told_(sandbox.age_ms)}</td>
                    <td class="number" data-label={t("operations.unused")}>{told_(sandbox.unused_ms)}</td><td class="number" data-label={t("operations.runs")}>{sandbox.runs === null || sandbox.runs === undefined ? "–" : amount(sandbox.runs)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
    </section>
  );
}

const told_ = (ms: number | null | undefined) => (ms === null || ms === undefined ? "–" : duration(ms));

function ThrottledUsers() {
  const [state, again] = useLoaded<Schemas["ThrottledUsers"]>("/api/v1/admin/throttled", OFTEN);
  const [error, setError] = useState<ApiError | null>(null);
  // Users of the same name who come with other tokens are others.
  const forgive = (user: string, token = "") => act(async () => {
    await request("DELETE", `/api/v1/users/${encodeURIComponent(user)}/throttle${query({ token }) || "?token="}`);
    again();
  }, setError);
  return (
    <section class="card">
      <h2>{t("operations.throttled")}</h2>
      {error && <Refusal error={error} />}
      <Loaded from={state}>
        {({ users }) => users.length === 0 ? <p class="hint">{t("operations.nobody")}</p> : (
          <Windowed name="throttled" items={users} most={50}>
            {(shown) => <ul>{shown.map((one) => <Throttled key={`${one.token}\n${one.user}`} one={one} forgive={forgive} />)}</ul>}
          </Windowed>
        )}
      </Loaded>
    </section>
  );
}

function Throttled({ one: { user, token, until, cool_downs }, forgive }: { one: Schemas["ThrottledUser"]; forgive(user: string, token?: string): void }) {
  return (
    <li>
      <strong><bdi>{user}</bdi></strong> {token && <small>(<bdi>{token}</bdi>)</small>} {until && t("operations.until", { time: time(until) })} <small>{count(cool_downs, "operations.coolDown", "operations.coolDowns")}</small>{" "}
      <button type="button" onClick={() => forgive(user, token)}>{t("operations.forgive")}</button>
    </li>
  );
}

/** What is amiss first, and what is not there last. */
const ORDER = { failing: 0, installed: 1, "not-installed": 2 };

function Languages() {
  const listed = [...languages.value].sort((one, other) => ORDER[one.state] - ORDER[other.state]);
  return (
    <section class="card">
      <div class="heading"><h2>{t("operations.languages")}</h2><button type="button" class="quiet" onClick={() => (wanted.value += 1)}>{t("operations.askAgain")}</button></div>
      <div class="scroll tall narrow" tabIndex={0} role="region" aria-label={t("operations.languages")}>
        <table class="list">
          <thead><tr><th scope="col">{t("playground.language")}</th><th scope="col">{t("submissions.state")}</th><th scope="col">{t("operations.version")}</th></tr></thead>
          <tbody>
            {listed.map((language) => (
              <tr key={language.id}>
                <th scope="row" class="free">{language.name}</th>
                <td class="free">
                  {language.state === "installed" && <span class="verdict good">✓ {t("language.installed")}</span>}
                  {language.state === "not-installed" && <>{t("language.not-installed")}: <code>{language.install}</code></>}
                  {language.state === "failing" && <span class="wrong">{t("language.failing")}: <span lang="en">{language.reason}</span></span>}
                </td>
                <td class="free" lang="en">{language.version ?? "–"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

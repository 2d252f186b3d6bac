/** For operators: how the service does, and what can be done about it. */

import { useState } from "preact/hooks";
import { ApiError, request, Unreachable } from "../api/client";
import { languages, wanted } from "../api/languages";
import { isOperator } from "../api/session";
import type { components } from "../api/schema";
import { Loaded, useLoaded } from "../components/loaded";
import { Refusal } from "../components/refusal";
import { count, duration, t, time } from "../i18n";
import { Charts, type Figures } from "./charts";

type Readiness = components["schemas"]["Readiness"];

interface Sandbox { profile: string; state: "starting" | "idle" | "leased"; age_ms?: number | null; unused_ms?: number | null; runs?: number | null }
interface Throttled { user: string; token?: string; until?: string | null; cool_downs: number }

const OFTEN = 2000;
const SELDOM = 15_000;

export default function Operations() {
  if (!isOperator()) return <section class="card"><h1>{t("nav.operations")}</h1><p>{t("operations.notYours")}</p></section>;
  return (
    <>
      <h1 class="unseen">{t("nav.operations")}</h1>
      <div class="columns">
        <div class="side"><Health /><Day /><Languages /></div>
        <div class="side"><Sandboxes /><ThrottledUsers /></div>
      </div>
    </>
  );
}

function Health() {
  const [state] = useLoaded<Readiness>("/readyz", OFTEN);
  return (
    <section class="card">
      <h2>{t("operations.health")}</h2>
      <Loaded from={state}>
        {(ready) => (
          <>
            <p class={ready.ready ? "verdict good" : "verdict bad"}>{ready.ready ? `✓ ${t("operations.ready")}` : `✗ ${t("operations.notReady")}`}</p>
            <dl class="facts">
              <dt>{t("operations.waiting")}</dt><dd class="figure-large">{ready.waiting ?? 0}</dd>
              <dt>{t("operations.running")}</dt><dd class="figure-large">{ready.running ?? 0}</dd>
              <dt>{t("operations.tier")}</dt><dd>{ready.pool?.tier ?? "–"}</dd>
            </dl>
            <Findings title={t("operations.reasons")} texts={ready.reasons ?? []} />
            <Findings title={t("operations.degraded")} texts={[...(ready.degraded ?? []), ...(ready.pool?.notes ?? [])]} />
            {(ready.degraded ?? []).length + (ready.reasons ?? []).length + (ready.pool?.notes ?? []).length === 0 && <p class="hint">{t("operations.noFindings")}</p>}
            <p class="hint">{t("operations.doctor")} <code>make doctor</code></p>
          </>
        )}
      </Loaded>
    </section>
  );
}

function Findings({ title, texts }: { title: string; texts: string[] }) {
  if (texts.length === 0) return null;
  return <><h3>{title}</h3><ul>{texts.map((text) => <li key={text} class="wrong">{text}</li>)}</ul></>;
}

function Day() {
  const [state] = useLoaded<Figures>("/api/v1/admin/figures", SELDOM);
  return <section class="card"><h2>{t("operations.day")}</h2><Loaded from={state}>{(figures) => <Charts figures={figures} />}</Loaded></section>;
}

function Sandboxes() {
  const [state, again] = useLoaded<{ sandboxes: Sandbox[] }>("/api/v1/admin/sandboxes", OFTEN);
  const [told, tell] = useState<string | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const recycle = () => act(async () => {
    const { sandboxes } = await request<{ sandboxes: number }>("POST", "/api/v1/admin/recycle");
    tell(t("operations.recycled", { n: sandboxes }));
    again();
  }, setError);
  return (
    <section class="card">
      <h2>{t("operations.sandboxes")}</h2>
      <div class="buttons"><button type="button" onClick={recycle}>{t("operations.recycle")}</button><span role="status">{told}</span></div>
      {error && <Refusal error={error} />}
      <Loaded from={state}>
        {({ sandboxes }) => (
          <div class="scroll tall" tabIndex={0} role="region" aria-label={t("operations.sandboxes")}>
            <table class="list">
              <thead><tr><th scope="col">{t("operations.profile")}</th><th scope="col">{t("submissions.state")}</th><th scope="col" class="number">{t("operations.age")}</th><th scope="col" class="number">{t("operations.unused")}</th><th scope="col" class="number">{t("operations.runs")}</th></tr></thead>
              <tbody>
                {sandboxes.map((sandbox, index) => (
                  <tr key={index}>
                    <th scope="row">{sandbox.profile}</th><td>{t(`sandbox.${sandbox.state}`)}</td><td class="number">{told_(sandbox.age_ms)}</td>
                    <td class="number">{told_(sandbox.unused_ms)}</td><td class="number">{sandbox.runs ?? "–"}</td>
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
  const [state, again] = useLoaded<{ users: Throttled[] }>("/api/v1/admin/throttled", OFTEN);
  const [error, setError] = useState<ApiError | null>(null);
  const forgive = (user: string) => act(async () => {
    await request("DELETE", `/api/v1/users/${encodeURIComponent(user)}/throttle`);
    again();
  }, setError);
  return (
    <section class="card">
      <h2>{t("operations.throttled")}</h2>
      {error && <Refusal error={error} />}
      <Loaded from={state}>
        {({ users }) => users.length === 0 ? <p class="hint">{t("operations.nobody")}</p> : (
          <ul>
            {users.map(({ user, token, until, cool_downs }) => (
              <li key={`${token}\n${user}`}>
                <strong>{user}</strong> {token && <small>({token})</small>} {until && t("operations.until", { time: time(until) })} <small>{count(cool_downs, "operations.coolDown", "operations.coolDowns")}</small>{" "}
                <button type="button" onClick={() => forgive(user)}>{t("operations.forgive")}</button>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </section>
  );
}

function Languages() {
  return (
    <section class="card">
      <h2>{t("operations.languages")}</h2>
      <button type="button" class="quiet" onClick={() => (wanted.value += 1)}>{t("operations.askAgain")}</button>
      <div class="scroll tall" tabIndex={0} role="region" aria-label={t("operations.languages")}>
        <table class="list">
          <thead><tr><th scope="col">{t("playground.language")}</th><th scope="col">{t("operations.version")}</th><th scope="col">{t("submissions.state")}</th></tr></thead>
          <tbody>
            {languages.value.map((language) => (
              <tr key={language.id}>
                <th scope="row">{language.name}</th><td>{language.version ?? "–"}</td>
                <td>
                  {language.state === "installed" && <span class="verdict good">✓ {t("language.installed")}</span>}
                  {language.state === "not-installed" && <>{t("language.not-installed")}: <code>{language.install}</code></>}
                  {language.state === "failing" && <span class="wrong">{t("language.failing")}: {language.reason}</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function act(doing: () => Promise<void>, refused: (error: ApiError | null) => void): void {
  refused(null);
  doing().catch((error) => {
    if (error instanceof ApiError) refused(error);
    else if (!(error instanceof Unreachable)) throw error;
  });
}

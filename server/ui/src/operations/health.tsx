/** Is the service able to judge, does it take anything, and what is amiss on its host? */

import { useState } from "preact/hooks";
import { type ApiError, request } from "../api/client";
import type { components } from "../api/schema";
import { Loaded, useLoaded } from "../components/loaded";
import { Refusal } from "../components/refusal";
import { amount, t } from "../i18n";
import { act, OFTEN, SELDOM } from "./act";

type Readiness = components["schemas"]["Readiness"];
type Finding = components["schemas"]["Finding"];

/** The answer of a service that is not ready says why. */
const NOT_READY = 503;

export function Health() {
  const [state, again] = useLoaded<Readiness>("/readyz", OFTEN, NOT_READY);
  return (
    <section class="card" aria-label={t("operations.health")}>
      <h2>{t("operations.health")}</h2>
      <Loaded from={state}>
        {(ready) => (
          <>
            <p class={ready.ready ? "verdict good" : "verdict bad"}>{ready.ready ? `✓ ${t("operations.ready")}` : `✗ ${t("operations.notReady")}`}</p>
            <dl class="facts">
              <dt>{t("operations.waiting")}</dt><dd class="figure-large">{amount(ready.waiting ?? 0)}</dd>
              <dt>{t("operations.running")}</dt><dd class="figure-large">{amount(ready.running ?? 0)}</dd>
              <dt>{t("operations.tier")}</dt><dd lang="en">{ready.pool?.tier ?? "–"}</dd>
            </dl>
            <Drain drained={ready.draining ?? false} done={again} />
            <Texts title={t("operations.reasons")} texts={ready.reasons ?? []} />
            <Texts title={t("operations.degraded")} texts={[...(ready.degraded ?? []), ...(ready.pool?.notes ?? [])]} />
          </>
        )}
      </Loaded>
      <Findings />
    </section>
  );
}

function Drain({ drained, done }: { drained: boolean; done(): void }) {
  const [error, setError] = useState<ApiError | null>(null);
  const set = () => act(async () => {
    await request("POST", `/api/v1/admin/${drained ? "undrain" : "drain"}`);
    done();
  }, setError);
  return (
    <>
      <div class="buttons">
        <button type="button" class={drained ? "go" : undefined} onClick={set}>{drained ? t("operations.undrain") : t("operations.drain")}</button>
        <span class="hint" role="status">{drained ? t("operations.drained") : t("operations.drainHint")}</span>
      </div>
      {error && <Refusal error={error} />}
    </>
  );
}

function Texts({ title, texts }: { title: string; texts: string[] }) {
  if (texts.length === 0) return null;
  return <><h3>{title}</h3><ul lang="en">{[...new Set(texts)].map((text) => <li key={text} class="wrong">{text}</li>)}</ul></>;
}

/** What the doctor finds, worst first; what is as it should be is behind a click. */
function Findings() {
  const [state] = useLoaded<components["schemas"]["Findings"]>("/api/v1/admin/findings", SELDOM);
  return (
    <Loaded from={state}>
      {({ findings }) => {
        const bad = findings.filter(({ level }) => level === "problem").concat(findings.filter(({ level }) => level === "warning"));
        const others = findings.filter((finding) => !bad.includes(finding));
        return (
          <>
            <h3>{t("operations.findings")}</h3>
            {bad.length === 0 ? <p class="hint">{t("operations.noFindings")}</p> : <ul class="findings">{bad.map((finding) => <Found key={finding.what} finding={finding} />)}</ul>}
            <details><summary>{t("operations.otherFindings", { n: others.length })}</summary><ul class="findings">{others.map((finding) => <Found key={finding.what} finding={finding} />)}</ul></details>
            <p class="hint">{t("operations.doctor")} <code>make doctor</code></p>
          </>
        );
      }}
    </Loaded>
  );
}

const SIGNS: Record<Finding["level"], string> = { good: "✓", unknown: "?", warning: "⚠", problem: "✗" };

function Found({ finding: { what, level, found, remedy } }: { finding: Finding }) {
  return (
    <li class={level === "problem" ? "wrong" : undefined}>
      <span aria-hidden="true">{SIGNS[level]}</span> <span class="unseen">{t(`finding.${level}`)}: </span>
      <span lang="en"><strong>{what}</strong>: {found}{remedy && <><br />→ {remedy}</>}</span>
    </li>
  );
}

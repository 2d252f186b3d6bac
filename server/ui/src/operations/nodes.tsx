/** The machines that judge for this server; where it judges alone there is nothing to see. */

import { useState } from "preact/hooks";
import { type ApiError, request } from "../api/client";
import type { components } from "../api/schema";
import { Loaded, useLoaded } from "../components/loaded";
import { Refusal } from "../components/refusal";
import { Perhaps } from "../components/together";
import { amount, duration, t } from "../i18n";
import { act, OFTEN } from "./act";

type Node = components["schemas"]["Node"];

export function Nodes() {
  const [state, again] = useLoaded<Node[]>("/api/v1/nodes", OFTEN);
  const [error, setError] = useState<ApiError | null>(null);
  if (state.is === "loading") return <Perhaps />;
  if (state.is === "there" && state.value.length === 0) return null;
  const set = (name: string, to: "drain" | "undrain") => act(async () => {
    await request("POST", `/api/v1/nodes/${encodeURIComponent(name)}/${to}`);
    again();
  }, setError);
  return (
    <section class="card across">
      <h2>{t("nodes.title")}</h2>
      {error && <Refusal error={error} />}
      <Loaded from={state}>
        {(nodes) => (
          <div class="scroll tall" tabIndex={0} role="region" aria-label={t("nodes.title")}>
            <table class="list">
              <thead>
                <tr>
                  <th scope="col">{t("nodes.name")}</th><th scope="col">{t("submissions.state")}</th><th scope="col" class="number">{t("nodes.speed")}</th>
                  <th scope="col" class="number">{t("nodes.weight")}</th>
                  <th scope="col" class="number">{t("nodes.busy")}</th>
                  <th scope="col" class="number">{t("nodes.done")}</th><th scope="col" class="number">{t("nodes.failures")}</th><th scope="col">{t("operations.version")}</th>
                  <th scope="col">{t("nodes.images")}</th><th scope="col"><span class="unseen">{t("nodes.drain")}</span></th>
                </tr>
              </thead>
              <tbody>{nodes.map((node) => <Line key={node.name} node={node} set={set} />)}</tbody>
            </table>
          </div>
        )}
      </Loaded>
    </section>
  );
}

function Line({ node, set }: { node: Node; set(name: string, to: "drain" | "undrain"): void }) {
  const to = node.state === "draining" ? "undrain" : "drain";
  return (
    <tr>
      <th scope="row" class="free"><bdi>{node.name}</bdi>{node.faults.map((fault) => <div key={fault} class="wrong" lang="en">{fault}</div>)}</th>
      <td>{t(`nodes.${node.state}`)} {node.state === "away" && <small>{t("nodes.silent", { time: duration(node.silent_ms) })}</small>}</td>
      <td class="number">{node.speed?.toFixed(2)}</td><td class="number">{node.weight.toFixed(2)}</td>
      <td class="number">{node.busy} / {node.credits + node.compilations}</td><td class="number">{amount(node.done)}</td><td class="number">{amount(node.failures)}</td>
      <td>{node.version}</td><td lang="en">{Object.keys(node.images).sort().join(", ")}</td>
      <td><button type="button" aria-label={`${t(`nodes.${to}`)}: ${node.name}`} onClick={() => set(node.name, to)}>{t(`nodes.${to}`)}</button></td>
    </tr>
  );
}

/** The samples of a problem: to be read, copied, and run what is written for it on. */

import { useState } from "preact/hooks";
import type { components } from "../api/schema";
import { copy } from "../clipboard";
import { Loaded, useLoaded } from "../components/loaded";
import { size, t } from "../i18n";
import { replace } from "../playground/replaced";
import { go } from "../router";
import { tried } from "./tried";

type Package = components["schemas"]["ProblemPackage"];
type Samples = components["schemas"]["Samples"];
type Sample = Samples["samples"][number];

export function SampleList({ path, problem }: { path: string; problem: Package }) {
  const [state] = useLoaded<Samples>(`${path}/samples`);
  return (
    <Loaded from={state}>
      {({ samples, total }) => samples.length === 0 ? null : (
        <section class="card">
          <h2>{t("problem.samples")}</h2>
          {total !== undefined && <p class="hint">{t("samples.cut", { n: samples.length, total })}</p>}
          {samples.map((sample) => <One key={sample.name} sample={sample} problem={problem} />)}
        </section>
      )}
    </Loaded>
  );
}

function One({ sample, problem }: { sample: Sample; problem: Package }) {
  const { interactive, multi_pass } = problem.type;
  const { answer } = sample;
  // What talks with a validator, or runs several times, has no input that one could run it on alone.
  const isRun = !interactive && !multi_pass && sample.input_bytes === undefined;
  const run = () => {
    void replace(tried(problem, sample));
    go("/");
  };
  return (
    <article class="sample">
      <h3><bdi>{sample.name.replace(/^sample\//, "")}</bdi></h3>
      <div class="beside">
        <Copied title={t("test.stdin")} text={sample.input} bytes={sample.input_bytes} />
        {typeof answer === "string" && (answer !== "" || !interactive) && <Copied title={t("test.expected")} text={answer} bytes={sample.answer_bytes} />}
      </div>
      {isRun && <button type="button" class="quiet" onClick={run}>{t("problem.runOnThis")}</button>}
    </article>
  );
}

/** `bytes` is how many there are where this is only the beginning: nobody has a use for a copy of that. */
function Copied({ title, text, bytes }: { title: string; text: string; bytes: number | undefined }) {
  const [came, setCame] = useState<boolean | null>(null);
  return (
    <section class="output">
      <h4>
        {title} {bytes === undefined && <button type="button" class="link" onClick={() => void copy(text).then(setCame)} aria-label={`${t("copy")}: ${title}`}>{t("copy")}</button>}{" "}
        <small role="status">{came === null ? "" : t(came ? "copied" : "copied.not")}</small>
      </h4>
      <pre role="group" tabIndex={0} aria-label={title}>{text}</pre>
      {bytes !== undefined && <p class="hint">{t("sample.cut", { size: size(bytes) })}</p>}
    </section>
  );
}

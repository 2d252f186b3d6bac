/** The last day in bars and lines, drawn from the service's own figures; each chart is a table for who cannot see it. */

import type { ComponentChildren } from "preact";
import type { components } from "../api/schema";
import { amount, duration, locale, t, time } from "../i18n";
import { tone, verdictName } from "../components/verdict";
import { type Scale, scaleOf } from "./scale";

type Figures = components["schemas"]["Figures"];
type Part = Figures["parts"][number];
type Quantiles = NonNullable<Part["wait"]>;

const WIDTH = 144;
const HEIGHT = 40;

export function Charts({ figures }: { figures: Figures }) {
  const { parts } = figures;
  if (parts.length === 0) return <p class="hint">{t("charts.none")}</p>;
  // By the server's clock: that of whoever looks may be wrong.
  const now = Date.parse(figures.now);
  const end = Math.floor(now / figures.part_ms);
  const column = (part: Part) => WIDTH - 1 - (end - Math.floor(Date.parse(part.at) / figures.part_ms));
  return (
    <>
      <p class="hint">{t("charts.since", { time: time(figures.since) })}</p>
      <Totals parts={parts} />
      <Bars parts={parts} column={column} now={now} />
      <Lines title={t("charts.wait")} parts={parts} column={column} now={now} of={(part) => part.wait} />
      <Lines title={t("charts.judging")} parts={parts} column={column} now={now} of={(part) => part.judging} />
      <Table parts={parts} />
    </>
  );
}

/** What the charts show, for whoever cannot see them and whoever wants the values. */
function Table({ parts }: { parts: Part[] }) {
  const both = (of: Quantiles | null | undefined) => [of?.median_ms, of?.p95_ms].map((ms, index) => <td key={index} class="number">{ms === undefined ? "–" : duration(ms)}</td>);
  const half = (title: string) => [<th key="half" scope="col" class="number">{title}: {t("charts.median")}</th>, <th key="most" scope="col" class="number">{t("charts.p95")}</th>];
  return (
    <details>
      <summary>{t("charts.table")}</summary>
      <div class="scroll tall" tabIndex={0} role="region" aria-label={t("charts.table")}>
        <table class="list">
          <thead><tr><th scope="col">{t("charts.from")}</th><th scope="col" class="number">{t("charts.judged")}</th>{half(t("charts.wait"))}{half(t("charts.judging"))}</tr></thead>
          <tbody>
            {[...parts].reverse().map((part) => (
              <tr key={part.at}>
                <th scope="row">{clock(part.at)}</th>
                <td class="number">{amount(all(part))}</td>{both(part.wait)}{both(part.judging)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

/** Parts of the day that the axis names. */
const QUARTERS = [4, 3, 2, 1];
const HOUR = 3_600_000;

const clock = (moment: number | string) => new Date(moment).toLocaleTimeString(locale(), { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

/** A chart between its axes: from nothing to `most`, from a day ago to now. */
function Plot({ title, most, now, children }: { title: string; most: string; now: number; children: ComponentChildren }) {
  return (
    <div class="plot">
      <div class="scale" aria-hidden="true"><span>{most}</span><span>0</span></div>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={title}>
        {QUARTERS.slice(1).map((quarter) => <line key={quarter} class="grid" x1={WIDTH * (1 - quarter / 4)} x2={WIDTH * (1 - quarter / 4)} y1={0} y2={HEIGHT} />)}
        <line class="grid" x1={0} x2={WIDTH} y1={HEIGHT / 2} y2={HEIGHT / 2} />
        {children}
      </svg>
      <div class="hours" aria-hidden="true">{QUARTERS.map((quarter) => <span key={quarter}>{clock(now - quarter * 6 * HOUR)}</span>)}<span>{t("charts.now")}</span></div>
    </div>
  );
}

/** The values of a column, for whoever points at it; the table has them, too. */
function Pointed({ part, x, told }: { part: Part; x: number; told: string }) {
  return <rect class="pointed" x={x} y={0} width={1} height={HEIGHT}><title>{`${clock(part.at)}: ${told}`}</title></rect>;
}

/** That a column goes on above the chart. */
function Over({ x }: { x: number }) {
  return <rect class="over" x={x} y={0} width={1} height={2} />;
}

/** What the top leaves out, in words. */
const beyond = ({ over, highest }: Scale, told: (value: number) => string): string => (over === 0 ? "" : `; ${t(over === 1 ? "charts.over" : "charts.overs", { n: over, most: told(highest) })}`);

const all = ({ verdicts }: Part) => Object.values(verdicts).reduce((sum, count) => sum + count, 0);

function Totals({ parts }: { parts: Part[] }) {
  const totals = new Map<string, number>();
  for (const part of parts) for (const [verdict, count] of Object.entries(part.verdicts)) totals.set(verdict, (totals.get(verdict) ?? 0) + count);
  const sum = (of: (part: Part) => number) => parts.reduce((all, part) => all + of(part), 0);
  return (
    <dl class="facts">
      {[...totals].sort(([, one], [, other]) => other - one).map(([verdict, count]) => <><dt>{verdictName(verdict)}</dt><dd>{amount(count)}</dd></>)}
      <dt>{t("charts.refused")}</dt><dd>{amount(sum((part) => part.refused))}</dd>
      <dt>{t("charts.failed")}</dt><dd>{amount(sum((part) => part.failed))}</dd>
    </dl>
  );
}

const TONES = ["good", "bad", "fault"] as const;

function Bars({ parts, column, now }: { parts: Part[]; column(part: Part): number; now: number }) {
  const sum = (part: Part, of: string) => Object.entries(part.verdicts).reduce((all, [verdict, count]) => all + (tone(verdict) === of ? count : 0), 0);
  const scale = scaleOf(parts.map(all));
  const most = scale.top;
  return (
    <figure class="chart">
      <figcaption>{t("charts.judged")} <small>{t("charts.most", { n: amount(scale.highest) })}{beyond(scale, amount)}</small></figcaption>
      <Plot title={t("charts.judged")} most={amount(most)} now={now}>
        {parts.map((part) => {
          let top = HEIGHT;
          // What is too high is as high as there is room for, and parted as it is.
          const whole = Math.max(most, all(part));
          return TONES.map((of) => {
            const height = (sum(part, of) / whole) * HEIGHT;
            top -= height;
            return height > 0 && <rect key={`${part.at}${of}`} class={of} x={column(part) + 0.1} y={top} width={0.8} height={height} />;
          });
        })}
        {parts.filter((part) => all(part) > most).map((part) => <Over key={part.at} x={column(part)} />)}
        {parts.map((part) => <Pointed key={part.at} part={part} x={column(part)} told={amount(all(part))} />)}
      </Plot>
      <ul class="legend">{TONES.map((of) => <li key={of}><span class={`dot ${of}`} aria-hidden="true" /> {t(`charts.${of}`)}</li>)}</ul>
    </figure>
  );
}

function Lines({ title, parts, column, now, of }: { title: string; parts: Part[]; column(part: Part): number; now: number; of(part: Part): Quantiles | null | undefined }) {
  const told = parts.filter((part) => of(part));
  const scale = scaleOf(told.map((part) => of(part)?.p95_ms ?? 0));
  const most = scale.top;
  const y = (ms: number) => HEIGHT - (Math.min(ms, most) / most) * HEIGHT;
  const last = told.at(-1);
  const both = ({ median_ms, p95_ms }: Quantiles) => `${t("charts.median")} ${duration(median_ms)}, ${t("charts.p95")} ${duration(p95_ms)}`;
  return (
    <figure class="chart">
      <figcaption>{title} <small>{last && <>{t("charts.last", { median: duration(of(last)?.median_ms ?? 0), p95: duration(of(last)?.p95_ms ?? 0) })}{beyond(scale, duration)}</>}</small></figcaption>
      <Plot title={title} most={duration(most)} now={now}>
        {told.map((part) => {
          const { median_ms, p95_ms } = of(part) as Quantiles;
          return (
            <g key={part.at}>
              <rect class="spread" x={column(part) + 0.1} y={y(p95_ms)} width={0.8} height={Math.max(y(median_ms) - y(p95_ms), 0.4)} />
              <rect class="median" x={column(part) + 0.1} y={y(median_ms) - 0.5} width={0.8} height={1} />
            </g>
          );
        })}
        {told.filter((part) => (of(part)?.p95_ms ?? 0) > most).map((part) => <Over key={part.at} x={column(part)} />)}
        {told.map((part) => <Pointed key={part.at} part={part} x={column(part)} told={both(of(part) as Quantiles)} />)}
      </Plot>
    </figure>
  );
}

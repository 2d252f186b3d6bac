/** The problems, with a search over all of them. */

import { useEffect, useState } from "preact/hooks";
import type { components } from "../api/schema";
import { Link } from "../components/link";
import { Loaded } from "../components/loaded";
import { usePages } from "../components/pages";
import { Together } from "../components/together";
import { Windowed } from "../components/windowed";
import { useKeptHere } from "../entries";
import { day, locale, t } from "../i18n";
import "../i18n/pages";
import { Upload, type Verified } from "./upload";
import { VerifyCard } from "./verify-card";

type Version = components["schemas"]["Version"];

/** In the person's language, else in English, else in any. */
export function nameOf(names: Record<string, string>, id: string): string {
  return [names[locale().slice(0, 2)], names["en"], ...Object.values(names), id].find((name) => name?.trim()) ?? id;
}

export default function Problems() {
  const [wanted, want] = useKeptHere("wanted", "");
  const [verified, verify] = useState<Verified | null>(null);
  const { state, more, failed, again } = usePages<{ problems: Version[]; next_cursor?: string | null }, Version>("/api/v1/problems", {}, 200, (page) => page.problems);
  // Of what is looked for all pages are asked for, one after the other.
  const isSearching = wanted.trim() !== "";
  useEffect(() => { if (isSearching && !failed) more?.(); }, [isSearching, state]);
  const isFound = ({ id, names }: Version) => [id, ...Object.values(names)].some((name) => name.toLowerCase().includes(wanted.trim().toLowerCase()));
  return (
    <Together><div class="columns">
      <section class="card">
        <h1>{t("nav.problems")}</h1>
        <label><span>{t("problems.search")}</span><input type="search" value={wanted} maxLength={200} onInput={(event) => want(event.currentTarget.value)} /></label>
        <Loaded from={state} again={again}>
          {(problems: Version[]) => {
            const found = problems.filter(isFound);
            return (
              <>
                {found.length === 0 && <p class="hint">{problems.length === 0 ? t("problems.none") : more && !failed ? t("loading") : t("problems.notFound")}</p>}
                <Windowed key={wanted} name={`problems: ${wanted}`} items={found} more={more} failed={failed}>{(shown) => <List problems={shown} />}</Windowed>
              </>
            );
          }}
        </Loaded>
      </section>
      <Upload done={again} verify={verify} />
      <VerifyCard what={verified} />
    </div></Together>
  );
}

function List({ problems }: { problems: Version[] }) {
  return (
    <ul class="problem-list">
      {problems.map(({ id, names, pushed_at, private: isPrivate }) => (
        <li key={id}><Link to={`/problems/${encodeURIComponent(id)}`}><bdi>{nameOf(names, id)}</bdi></Link> <code class="shortened" title={id}>{id}</code> <small>{isPrivate && <strong>{t("problem.private")} </strong>}{day(pushed_at)}</small></li>
      ))}
    </ul>
  );
}

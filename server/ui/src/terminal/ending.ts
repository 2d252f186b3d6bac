/** How a program on a terminal ended, in the page's words: it is not judged, so that nothing of it is "accepted". */

import { t } from "../i18n";
import "../i18n/pages";
import type { Outcome } from "./session";

export function endingOf({ status, exitStatus }: Pick<Outcome, "status" | "exitStatus">): string {
  switch (status) {
    case "Accepted":
      return t("terminal.ended");
    case "Nonzero Exit Status":
      return t("terminal.status", { status: exitStatus });
    case "Signalled":
      return t("terminal.signal");
    case "Time Limit Exceeded":
      return t("verdict.TimeLimitExceeded");
    case "Memory Limit Exceeded":
      return t("verdict.MemoryLimitExceeded");
    case "Output Limit Exceeded":
      return t("verdict.OutputLimitExceeded");
    default:
      return t("terminal.failed");
  }
}

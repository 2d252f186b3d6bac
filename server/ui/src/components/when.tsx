import { moment, time } from "../i18n";

/** When something was, in few words; to the second for whoever points at it. */
export function When({ at }: { at: string }) {
  return <time dateTime={at} title={time(at)}>{moment(at)}</time>;
}

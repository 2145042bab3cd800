/** What of the inspector a link opens again: its tab, whose inside it shows, and what its panels have open and look for. */
import { isLabels, isRecord } from "./plain";

/** The inspector as it was shared. What stands as in a page that was just opened is left out. */
export interface Shown {
  readonly tab?: string;
  readonly node?: string;
  /** `ns/name`. */
  readonly service?: string;
  /** By the panel's own names: `rules.find` → the text looked for. */
  readonly panes?: Readonly<Record<string, string>>;
}

/** The short form that is written. */
export function shownToPlain({ tab, node, service, panes }: Shown): object {
  return {
    ...(tab === undefined ? {} : { t: tab }),
    ...(node === undefined ? {} : { n: node }),
    ...(service === undefined ? {} : { s: service }),
    ...(panes === undefined ? {} : { p: panes }),
  };
}

/** Reads it; parts that cannot be read are left out: they only say how the same moment is looked at. */
export function shownFromPlain(plain: unknown): Shown | undefined {
  if (!isRecord(plain)) return undefined;
  const { t, n, s, p } = plain;
  return {
    ...(typeof t === "string" ? { tab: t } : {}),
    ...(typeof n === "string" ? { node: n } : {}),
    ...(typeof s === "string" ? { service: s } : {}),
    ...(isLabels(p) ? { panes: p } : {}),
  };
}

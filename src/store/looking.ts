/** What the page looks at, as the worker wants to know it. */
import type { Looking } from "../bridge/protocol";
import type { AppState } from "./app-store";
import { chosenLookup, nodeShown, objectShown } from "./selectors";

/** How far ahead of the playhead the trace is wanted, in microseconds at 1×. */
const AHEAD = 2_000_000;

/** A followed journey is wanted to its end: connect timeouts take 5 s. */
const AHEAD_FOLLOWING = 8_000_000;

/** Panes that are open, the playhead, and how far ahead the trace is wanted. */
export function lookingAt(state: AppState): Looking {
  const { playback, selection, session } = state;
  const unfinished = selection.followed !== null && (session.journey?.endedAt ?? null) === null;
  const base: Looking = {
    at: playback.at,
    ahead: Math.round(Math.max(AHEAD * Math.max(1, playback.speed), unfinished ? AHEAD_FOLLOWING : 0)),
    follow: selection.followed,
    ...(session.journeyKey === "" ? {} : { journeyKey: session.journeyKey }),
    ...(playback.playing ? { playing: true } : {}),
    ...(playback.event === null ? {} : { event: playback.event }),
  };
  const node = nodeShown(state);
  switch (selection.tab) {
    case "rules":
      return node === "" ? base : { ...base, rulesOf: node };
    case "conntrack":
      return node === "" ? base : { ...base, conntrackOf: node };
    case "dns":
      return { ...base, dns: true, ...lookupWanted(state), ...recordsWanted(state) };
    case "object": {
      const object = objectShown(state);
      return object === null ? base : { ...base, object, ...revisionWanted(state) };
    }
    case "causes":
    case "controls":
    case "journey":
    case "service":
    case "node":
      return base;
  }
}

/** The revision of the object that was chosen; the newest where none was. */
function revisionWanted({ selection: { panes } }: AppState): Pick<Looking, "objectRevision"> {
  const chosen = panes["object.revision"] ?? "";
  return /^\d+$/.test(chosen) ? { objectRevision: Number(chosen) } : {};
}

/** The look-up that is told in full: the one chosen, else the followed one's; the newest where there is neither. */
function lookupWanted({ selection: { panes, followed } }: AppState): Pick<Looking, "lookup"> {
  const wanted = chosenLookup(panes) ?? followed;
  return wanted === null ? {} : { lookup: wanted };
}

/** Records are many: they are asked for where they are looked at. */
function recordsWanted({ selection: { panes } }: AppState): Pick<Looking, "records"> {
  return panes["dns.part"] === "records" ? { records: panes["dns.page"] ?? "" } : {};
}

/** Which chains are open, and the way from a name to what it names and back again. */
import { useEffect, useRef, useState, type RefObject } from "react";
import { usePane } from "../../../store";
import { scrollBoxOf } from "../../../widgets/keep-in-view";
import { keyOf } from "./chain";
import type { Jump } from "./rule-line";

export interface Jumps {
  /** Keys of chains opened by hand or by a jump. */
  readonly open: ReadonlySet<string>;
  readonly toggle: (key: string) => void;
  readonly jump: Jump;
  /** Where the last jump came from, in words; null where there was none. */
  readonly back: string | null;
  readonly goBack: () => void;
}

interface Place {
  readonly words: string;
  readonly scroll: number;
  readonly find: string;
}

/** Most chains that a link opens again: the ones opened last. */
const MOST_OPEN = 24;

/** Chains' keys in a link: `nat KUBE-SERVICES,filter KUBE-FORWARD`. */
const PART = ",";

export function useJumps(box: RefObject<HTMLDivElement | null>): Jumps {
  const [opened, setOpened] = usePane("rules.open");
  const [find, setFind] = usePane("rules.find");
  const [places, setPlaces] = useState<readonly Place[]>([]);
  const goal = useRef<{ readonly key: string } | { readonly scroll: number } | null>(null);
  const keys = opened === "" ? [] : opened.split(PART);
  const setKeys = (next: readonly string[]): void => setOpened(next.slice(-MOST_OPEN).join(PART));

  // Once what is gone to is drawn.
  useEffect(() => {
    const now = goal.current;
    goal.current = null;
    if (now === null || box.current === null) return;
    const around = scrollBoxOf(box.current);
    if ("key" in now) goTo(box.current, around, now.key);
    else if (around !== null) around.scrollTop = now.scroll;
  });

  return {
    open: new Set(keys),
    toggle: (key) => setKeys(keys.includes(key) ? keys.filter((one) => one !== key) : [...keys, key]),
    jump(to, from) {
      const key = keyOf(to);
      const scroll = box.current === null ? 0 : (scrollBoxOf(box.current)?.scrollTop ?? 0);
      goal.current = { key };
      setPlaces([...places, { words: from.chain, scroll, find }]);
      if (find !== "") setFind("");
      setKeys([...keys.filter((one) => one !== key), key]);
    },
    back: places.at(-1)?.words ?? null,
    goBack() {
      const last = places.at(-1);
      if (last === undefined) return;
      goal.current = { scroll: last.scroll };
      setPlaces(places.slice(0, -1));
      if (last.find !== find) setFind(last.find);
    },
  };
}

/** Brings a chain to the top of the panel and gives it the focus. */
function goTo(box: HTMLElement, around: HTMLElement | null, key: string): void {
  const chain = [...box.querySelectorAll<HTMLElement>("[data-chain]")].find((one) => one.dataset["chain"] === key);
  if (chain === undefined) return;
  if (around !== null) around.scrollTop += chain.getBoundingClientRect().top - around.getBoundingClientRect().top - 36;
  chain.querySelector("button")?.focus({ preventScroll: true });
}

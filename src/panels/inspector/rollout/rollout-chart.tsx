/**
 * Two timelines on one axis: what the control plane wants (how many Pods of which template, between its bounds) and what
 * became of each Pod on its node, in the slices and in the nodes' rules. The same stands in words in the text twin.
 */
import type { ReactNode } from "react";
import type { RolloutPod, RolloutView } from "../../../bridge/protocol";
import { showMillis } from "../../../store";
import type { Domain, Piece, Step } from "./chart-scale";
import { domainOf, lifeOf, placeOf, rulesOf, sliceOf, stepsOf, summed, ticksOf } from "./chart-scale";
import styles from "./rollout.module.css";

/** Most Pods that are drawn; all of them stand in words. */
const MOST = 24;

export function RolloutChart({ view }: { readonly view: RolloutView }): ReactNode {
  const domain = domainOf(view);
  const pods = view.pods.slice(0, MOST);
  return (
    <figure className={styles.chart} aria-label={`Timelines of the rollout of ${view.ref.name}. ${view.sentence}`}>
      <Axis domain={domain} />
      <Counts view={view} domain={domain} />
      <div className={styles.pods}>
        {pods.map((pod) => (
          <PodRow key={pod.uid} pod={pod} domain={domain} until={view.until} />
        ))}
      </div>
      {view.pods.length > MOST ? (
        <p className={styles.more}>{view.pods.length - MOST} more Pods are not drawn; In words has them all.</p>
      ) : null}
      <Legend view={view} />
    </figure>
  );
}

function Axis({ domain }: { readonly domain: Domain }): ReactNode {
  const ticks = ticksOf(domain);
  return (
    <div className={styles.row} aria-hidden="true">
      <span className={styles.label}>{showMillis(domain.from)}</span>
      <div className={styles.axis}>
        {ticks.map(({ seconds, place }) => (
          <span key={seconds} style={{ left: percent(place) }} data-at={place < 0.04 ? "start" : place > 0.94 ? "end" : undefined}>
            {seconds === 0 ? "0 s" : `+${seconds}`}
          </span>
        ))}
      </div>
    </div>
  );
}

function Lines({ domain }: { readonly domain: Domain }): ReactNode {
  return ticksOf(domain).map(({ seconds, place }) => <i key={seconds} className={styles.tick} style={{ left: percent(place) }} />);
}

/** Sizes stacked, old below new; the most that there may be; what is available over the least that must be. */
function Counts({ view, domain }: { readonly view: RolloutView; readonly domain: Domain }): ReactNode {
  const { sets, bounds, available, until } = view;
  const old = summed(sets.filter((set) => !set.isNew).map(({ sizes }) => sizes));
  const total = summed(sets.map(({ sizes }) => sizes));
  const most = Math.max(1, ...bounds.map((one) => one.most), ...total.map(({ count }) => count));
  const high = (count: number): string => percent(count / (most + 0.5));
  const level = (pick: "most" | "least"): ReturnType<typeof stepsOf> =>
    stepsOf(
      domain,
      bounds.map((one) => ({ at: one.at, count: one[pick] })),
      until,
    );
  const now = bounds.at(-1);
  return (
    <div className={styles.row} aria-hidden="true">
      <span className={styles.bounds}>
        <b style={{ bottom: high(now?.most ?? 0) }}>{now?.most ?? 0} at most</b>
        {now === undefined || now.most - now.least < most * 0.15 ? null : <b style={{ bottom: high(now.least) }}>{now.least} at least</b>}
      </span>
      <div className={styles.counts}>
        <Lines domain={domain} />
        {stepsOf(domain, total, until).map((step) => (
          <i key={`new ${step.from}`} className={styles.new} style={{ ...across(step), height: high(step.count) }} />
        ))}
        {stepsOf(domain, old, until).map((step) => (
          <i key={`old ${step.from}`} className={styles.old} style={{ ...across(step), height: high(step.count) }} />
        ))}
        <svg className={styles.lines} viewBox="0 0 1000 1000" preserveAspectRatio="none">
          <path className={styles.bound} d={pathOf(level("most"), most + 0.5)} />
          <path className={styles.bound} d={pathOf(level("least"), most + 0.5)} />
          <path className={styles.available} d={pathOf(stepsOf(domain, available, until), most + 0.5)} />
        </svg>
        <Now domain={domain} until={until} />
      </div>
    </div>
  );
}

function PodRow({ pod, domain, until }: { readonly pod: RolloutPod; readonly domain: Domain; readonly until: number }): ReactNode {
  const rules = rulesOf(domain, pod, until);
  return (
    <div className={styles.row} aria-hidden="true">
      <span className={styles.pod} data-new={pod.isNew}>
        <b>{pod.name.slice(pod.name.lastIndexOf("-") + 1)}</b> {pod.node}
      </span>
      <div className={styles.way} style={{ "--nodes": pod.rules.length }}>
        <Lines domain={domain} />
        {lifeOf(domain, pod, until).map((piece) => (
          <i key={piece.how} className={styles.life} data-how={piece.how} data-new={pod.isNew} style={across(piece)} />
        ))}
        {sliceOf(domain, pod, until).map((piece) => (
          <i key="slice" className={styles.slice} style={across(piece)} />
        ))}
        {rules.map((piece, index) => (
          <i key={piece.node} className={styles.rules} style={{ ...across(piece), "--n": index }} />
        ))}
        <Now domain={domain} until={until} />
      </div>
    </div>
  );
}

/** The playhead, where it is inside the stretch that is drawn. */
function Now({ domain, until }: { readonly domain: Domain; readonly until: number }): ReactNode {
  return until > domain.to ? null : <i className={styles.now} style={{ left: percent(placeOf(domain, until)) }} />;
}

function Legend({ view }: { readonly view: RolloutView }): ReactNode {
  const nodes = view.pods.find(({ rules }) => rules.length > 0)?.rules.map(({ node }) => node) ?? [];
  return (
    <figcaption className={styles.legend}>
      <span>
        <i data-sign="new" /> new template
      </span>
      <span>
        <i data-sign="old" /> older ones
      </span>
      <span>
        <i data-sign="available" /> available
      </span>
      <span>
        <i data-sign="bound" /> bounds
      </span>
      <span>
        <i data-sign="starting" /> starting
      </span>
      <span>
        <i data-sign="ending" /> ending
      </span>
      <span>
        <i data-sign="slice" /> ready in the slice
      </span>
      <span>
        <i data-sign="rules" /> in the rules of {nodes.length === 0 ? "each node" : nodes.join(", ")}
      </span>
    </figcaption>
  );
}

/** Steps as one line in a box of 1000 by 1000. */
function pathOf(steps: readonly Step[], top: number): string {
  const place = (part: number): number => Math.round(part * 1000);
  return steps
    .map(({ from, to, count }, index) => {
      const y = place(1 - count / top);
      return `${index === 0 ? `M${place(from)} ${y}` : `V${y}`}H${place(to)}`;
    })
    .join("");
}

function across({ from, to }: Pick<Piece, "from" | "to">): { readonly left: string; readonly width: string } {
  return { left: percent(from), width: percent(to - from) };
}

function percent(part: number): string {
  return `${Math.round(part * 10_000) / 100}%`;
}

/** A workload's rollout in the Object tab: acts, timelines, strategy, revisions, conditions. Loaded when first shown. */
import type { ReactNode } from "react";
import type { ObjectRef } from "../../../bridge/protocol";
import { useApp } from "../../../store";
import styles from "../inspector.module.css";
import { Conditions, Revisions } from "./revisions";
import { RolloutActs } from "./rollout-acts";
import { RolloutChart } from "./rollout-chart";
import { RolloutStrategy } from "./rollout-strategy";
import own from "./rollout.module.css";

export default function RolloutSection({ of }: { readonly of: ObjectRef }): ReactNode {
  const view = useApp(({ session }) => session.moment?.rollout);
  if (view === undefined || view.ref.kind !== of.kind || view.ref.name !== of.name || view.ref.namespace !== of.namespace) return null;
  return (
    <section className={own.section} aria-label={`Rollout of ${view.ref.name}`}>
      <RolloutActs key={`${view.ref.kind} ${view.ref.namespace}/${view.ref.name}`} view={view} />
      <h3>Rollout</h3>
      <p>
        {view.paused ? "Paused. " : ""}
        {view.sentence}
      </p>
      {view.since === null ? (
        <p className={styles.quiet}>Roll out {view.ref.name}, or change its replicas: two timelines will stand here.</p>
      ) : (
        <RolloutChart view={view} />
      )}
      <RolloutStrategy view={view} />
      <h3>Revisions</h3>
      <Revisions view={view} />
      <Conditions view={view} />
      <h3>YAML</h3>
    </section>
  );
}

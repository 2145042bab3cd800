/** One object as `kubectl get -o yaml` prints it, and what can be done to it. */
import { lazy, Suspense, type ReactNode } from "react";
import type { MomentView, ObjectRef } from "../../bridge/protocol";
import { objectShown, useActions, useApp } from "../../store";
import { Choose } from "./choose";
import { Empty } from "./empty";
import styles from "./inspector.module.css";
import { ApiStages } from "./object/api-stages";
import { Revisions } from "./object/revisions";

const RolloutSection = lazy(() => import("./rollout/rollout-section"));

function showRef(ref: ObjectRef): string {
  return ref.namespace === "" ? `${ref.kind} ${ref.name}` : `${ref.kind} ${ref.namespace}/${ref.name}`;
}

/** Every object that the moment names, for choosing. */
export function refsOf(moment: MomentView): readonly ObjectRef[] {
  return [
    ...moment.services.map(({ namespace, name }) => ({ kind: "Service", namespace, name }) as const),
    ...moment.slices.map(({ namespace, name }) => ({ kind: "EndpointSlice", namespace, name }) as const),
    ...moment.deployments.map(({ namespace, name }) => ({ kind: "Deployment", namespace, name }) as const),
    ...moment.statefulSets.map(({ namespace, name }) => ({ kind: "StatefulSet", namespace, name }) as const),
    ...moment.pods.map(({ namespace, name }) => ({ kind: "Pod", namespace, name }) as const),
    ...moment.nodes.map(({ name }) => ({ kind: "Node", namespace: "", name }) as const),
  ];
}

function Acts({ shown }: { readonly shown: ObjectRef }): ReactNode {
  const { command, openDialog } = useActions();
  const name = shown.namespace === "" ? shown.name : `${shown.namespace}/${shown.name}`;
  return (
    <p className={styles.actions}>
      <button type="button" onClick={() => openDialog({ kind: "edit-labels", ref: shown })}>
        Edit labels of {shown.name}
      </button>
      {shown.kind === "Service" ? (
        <button type="button" onClick={() => openDialog({ kind: "edit-selector", ref: shown })}>
          Edit selector of {shown.name}
        </button>
      ) : null}
      {shown.kind === "Node" ? null : (
        <button type="button" onClick={() => void command({ do: "delete", kind: shown.kind, name })}>
          Delete {shown.kind} {shown.name}
        </button>
      )}
    </p>
  );
}

export function ObjectPanel(): ReactNode {
  const moment = useApp((state) => state.session.moment);
  const key = useApp((state) => {
    const shown = objectShown(state);
    return shown === null ? "" : showRef(shown);
  });
  const { selectObject } = useActions();
  if (moment === null || key === "") return <Empty title="No object">Select a Pod, a Service or a Node: its YAML stands here.</Empty>;
  const refs = refsOf(moment);
  const shown = refs.find((ref) => showRef(ref) === key);
  const object = moment.object !== undefined && showRef(moment.object.ref) === key ? moment.object : undefined;
  const options = shown === undefined ? [key, ...refs.map(showRef)] : refs.map(showRef);
  return (
    <div className={styles.panel}>
      <Choose
        label="Object shown"
        value={key}
        options={options}
        onChange={(chosen) => selectObject(refs.find((ref) => showRef(ref) === chosen) ?? null)}
      />
      <div className={styles.head}>
        <h2>{key}</h2>
        <p>{object === undefined ? "" : `revision ${object.revision}`}</p>
      </div>
      {shown === undefined ? (
        <p className={styles.quiet}>It is no more at this moment; the text is its last state.</p>
      ) : (
        <>
          <Acts shown={shown} />
          {shown.kind === "Deployment" || shown.kind === "StatefulSet" ? (
            <Suspense>
              <RolloutSection of={shown} />
            </Suspense>
          ) : null}
        </>
      )}
      <ApiStages object={key} />
      {object === undefined ? null : <Revisions object={object} />}
    </div>
  );
}

/** One slider a Deployment. Dragging replaces the command given at this moment; the journal keeps the last. */
import type { ReactNode } from "react";
import { useActions, useApp } from "../../store";
import { Slider } from "../../widgets/slider";

export function Replicas(): ReactNode {
  const deployments = useApp((state) => state.session.controls.deployments);
  return deployments.map((one) => (
    <ReplicasOf key={`${one.namespace}/${one.name}`} namespace={one.namespace} name={one.name} start={one.replicas} />
  ));
}

function ReplicasOf({ namespace, name, start }: { readonly namespace: string; readonly name: string; readonly start: number }): ReactNode {
  const { command } = useActions();
  const control = `replicas ${namespace}/${name}`;
  const value = useApp(({ session }) => {
    const asked = session.asked[control]?.value;
    if (typeof asked === "number") return asked;
    return session.moment?.deployments.find((one) => one.namespace === namespace && one.name === name)?.replicas ?? start;
  });
  const scale = (replicas: number): void => {
    void command(
      { do: "scale", kind: "Deployment", name: `${namespace}/${name}`, replicas },
      { replaces: control, shows: { control, value: replicas } },
    );
  };
  return <Slider name={`Replicas of ${name}`} min={0} max={20} value={value} onChange={scale} />;
}

/** How many workers there are to be. */
import type { ReactNode } from "react";
import { useActions, useApp } from "../../store";
import { Slider } from "../../widgets/slider";

const CONTROL = "nodes";

export function Workers(): ReactNode {
  const { command } = useActions();
  const offered = useApp((state) => state.session.controls.hasNodesSlider);
  const value = useApp(({ session }) => {
    const asked = session.asked[CONTROL]?.value;
    return typeof asked === "number" ? asked : (session.moment?.workers ?? session.controls.workers);
  });
  if (!offered) return null;
  const change = (count: number): void => {
    void command({ do: "nodes", count }, { replaces: CONTROL, shows: { control: CONTROL, value: count } });
  };
  return <Slider name="Nodes" min={1} max={Math.max(5, value)} value={value} onChange={change} />;
}

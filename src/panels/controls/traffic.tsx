/** How many requests a second begin by themselves. */
import type { ReactNode } from "react";
import { useActions, useApp } from "../../store";
import { Slider } from "../../widgets/slider";

const CONTROL = "traffic";

export function Traffic(): ReactNode {
  const { command } = useActions();
  const value = useApp(({ session }) => {
    const asked = session.asked[CONTROL]?.value;
    return typeof asked === "number" ? asked : (session.moment?.traffic.perSecond ?? session.controls.perSecond);
  });
  const change = (perSecond: number): void => {
    void command({ do: "traffic", perSecond }, { replaces: CONTROL, shows: { control: CONTROL, value: perSecond } });
  };
  return <Slider name="Requests per second" min={0} max={50} value={value} onChange={change} />;
}

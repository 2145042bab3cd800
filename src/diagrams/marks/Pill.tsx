import type { KeyboardEvent } from "react";
import type { Box } from "../layout/geometry";
import { classes } from "./classes";
import ink from "./ink.module.css";
import type { Network } from "./network";

export interface PillProps {
  readonly text: string;
  readonly network: Network;
  readonly box: Box;
  /** Thicker: the one in question. */
  readonly lit?: boolean;
  /** Selected anywhere on the page. */
  readonly selected?: boolean;
  readonly big?: boolean;
  readonly struck?: boolean;
  readonly onSelect?: ((address: string) => void) | undefined;
}

const RADIUS: Readonly<Record<Network, (height: number) => number>> = {
  pod: (height) => height / 2,
  service: (height) => height / 2,
  node: () => 2,
  other: () => 5,
};

const KIND: Readonly<Record<Network, string>> = { pod: "Pod address", service: "ClusterIP", node: "node address", other: "address" };

/** An address: solid pill on the Pod network, dashed on the service network, square for a node. */
export function Pill({ text, network, box, lit = false, selected = false, big = false, struck = false, onSelect }: PillProps) {
  const select = (): void => onSelect?.(text);
  const byKey = (event: KeyboardEvent): void => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      select();
    }
  };
  const role =
    onSelect === undefined
      ? {}
      : {
          role: "button",
          tabIndex: 0,
          onClick: select,
          onKeyDown: byKey,
          "aria-label": `${KIND[network]} ${text}`,
          "aria-pressed": selected,
        };
  const y = box.height / 2;
  return (
    <g
      data-mark="pill"
      transform={`translate(${box.x} ${box.y})`}
      className={classes(
        ink[network],
        lit && ink["lit"],
        selected && ink["selected"],
        big && ink["big"],
        onSelect !== undefined && ink["clickable"],
      )}
      {...role}
    >
      <rect className={ink["pill"]} width={box.width} height={box.height} rx={RADIUS[network](box.height)} />
      <text className={ink["pillText"]} x={box.width / 2} y={y + (big ? 4.5 : 4)}>
        {text}
      </text>
      {struck && <path className={ink["strike"]} d={`M10 ${y}H${box.width - 10}`} />}
    </g>
  );
}

/** The stage, or on a narrow window its strip. */
import type { ReactNode } from "react";
import type { Width } from "./use-width";

export function StagePane({ width }: { readonly width: Width }): ReactNode {
  return <div className="stage-slot" data-strip={width === "narrow"} />;
}

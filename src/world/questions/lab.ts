/** The settled cluster as a laboratory of network namespaces. Source: headless.md (`lab`). */
import type { Result } from "../../base/result";
import { ok } from "../../base/result";
import { labView } from "../views/lab";
import { BEHAVIOUR } from "../world";
import type { Settled } from "./settled";
import type { LabAnswer } from "./types";

/** Answers `lab`. */
export function answerLab({ sim, warnings }: Settled): Result<LabAnswer> {
  const lab = labView(sim.state, sim.rulesets, BEHAVIOUR);
  return lab.ok ? ok({ do: "lab", lab: lab.value, warnings }) : lab;
}

/** The network at the shown moment as a script that builds it of Linux network namespaces: asked of the simulation, written here. */
import { ok, type Result } from "../base/result";
import type { App } from "./app-store";

export interface LabFile {
  readonly name: string;
  readonly text: string;
  readonly namespaces: number;
}

/** Written only when somebody asks: the script's own programs are no part of the first load. */
export async function labFile({ store, actions }: App): Promise<Result<LabFile>> {
  const answer = await actions.ask({ ask: "lab" });
  if (!answer.ok) return answer;
  if (answer.value.to !== "lab") throw new Error(`invariant broken: lab was asked and ${answer.value.to} answered`);
  const { lab } = answer.value;
  if (!lab.ok) return lab;
  const { LAB_FILE, labScript } = await import("../sharing/lab-script");
  return ok({ name: LAB_FILE, text: labScript(lab.value, store.getState().session.title), namespaces: lab.value.hosts.length });
}

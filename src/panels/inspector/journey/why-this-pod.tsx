/** Why the connection went where it went: each draw as it was made, rule by rule. */
import type { ReactNode } from "react";
import type { HopView, JourneyView, RuleLineView } from "../../../bridge/protocol";
import { choosingWalks } from "./choosing";
import { bareName } from "./grouping";
import styles from "./journey.module.css";

const MARKS = ["KUBE-MARK-MASQ", "mark-for-masquerade"];

function drawInWords(line: RuleLineView): string {
  if (line.text.startsWith("-a ")) return serverInWords(line);
  if (line.choice !== undefined) {
    const { value, of } = line.choice;
    return of === 1 ? `There is one endpoint only: ${line.target}.` : `A number from 0 to ${of - 1} is drawn, ${value}: ${line.target}.`;
  }
  if (line.text.includes("@affinity-")) {
    return line.state === "matched" ? `The client was here before: ${line.target}.` : `The client is not known to ${line.target}.`;
  }
  if (line.draw === undefined) return `${line.target}: nothing is left to draw, so the last rule takes it.`;
  const value = line.draw.value.toFixed(3);
  const limit = line.draw.limit.toFixed(3);
  return line.state === "matched" ? `${value} is under ${limit}: ${line.target}.` : `${value} is not under ${limit}: on to the next rule.`;
}

/** A real server of IPVS: nothing is drawn, the scheduler has its order. */
function serverInWords({ target, reason }: RuleLineView): string {
  return reason === "" ? `${target}: another time.` : `${target}: ${reason}.`;
}

/** What keeps later packets at the choice. */
function keptInWords(pod: string, probability: string, isIpvs: boolean): string {
  if (!isIpvs) {
    return `${pod} had ${probability} of the chances, as every ready endpoint had. Later packets of this connection are not drawn again: conntrack keeps the choice.`;
  }
  const turn =
    probability === "1" ? `${pod} is the only real server.` : `${pod} was next by the scheduler ${probability}: no chance decides.`;
  return `${turn} Later packets of this connection go there too: IPVS keeps it in a table of its own.`;
}

export function WhyThisPod({ journey, hop }: { readonly journey: JourneyView; readonly hop: HopView }): ReactNode {
  const choosing = choosingWalks(hop);
  const tried = choosing.flatMap((walk) => walk.lines).filter((line) => !MARKS.includes(line.target) && line.state !== "not reached");
  const chosen = `${hop.after.dst}:${hop.after.dstPort}`;
  const taken = journey.choices.find((choice) => choice.taken && choice.endpoint === chosen);
  return (
    <div className={styles.more}>
      <ol className={styles.draws} aria-label="Draws">
        {tried.map((line) => (
          <li key={line.number}>{drawInWords(line)}</li>
        ))}
      </ol>
      {taken === undefined ? null : (
        <p className={styles.quiet}>
          {keptInWords(
            bareName(taken.pod),
            taken.probability,
            choosing.some(({ table }) => table === "ipvs"),
          )}
        </p>
      )}
    </div>
  );
}

/** The ladder of causes as a list, where the inspector shows it: lane, moment, sentence, and what each follows from. */
import { useMemo, type ReactNode } from "react";
import { showCluster } from "../../store";
import { ladderOf } from "../inspector/causes/ladder";
import { useCauses } from "../inspector/causes/use-causes";

export default function CausesList(): ReactNode {
  const { value } = useCauses();
  const rungs = useMemo(() => (value === null ? [] : ladderOf(value).rungs), [value]);
  if (value === null) return null;
  const froms = new Map([...value.back, ...value.effects].map((step) => [step.event.number, step.from]));
  return (
    <section aria-labelledby="in-words-causes">
      <h3 id="in-words-causes">Causes of event {value.event.number}</h3>
      <ol className="told" aria-label="Causes" tabIndex={0}>
        {rungs.map(({ event, isAsked }) => {
          const from = froms.get(event.number) ?? -1;
          return (
            <li key={event.number} aria-current={isAsked ? "step" : undefined}>
              {showCluster(event.at)}, {event.lane}, event {event.number}
              {from < 0 ? "" : `, from event ${from}`}: {event.sentence}
            </li>
          );
        })}
      </ol>
    </section>
  );
}

/** Who asks the API server, and everything that was asked so far as one would type it. */
import { useEffect, useId, useRef, type ReactNode } from "react";
import { useActions, useApp, type AppState } from "../../store";
import { kubectlOf } from "../../store/kubectl";
import { keepInView, scrollBoxOf } from "../../widgets/keep-in-view";
import styles from "./asking.module.css";

/** The last acts that are listed; older ones are counted. */
const MOST = 12;

export default function Asking(): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const group = box.current?.closest("section") ?? null;
    const pane = group === null ? null : scrollBoxOf(group);
    if (group !== null && pane !== null) keepInView(pane, group);
  }, []);
  return (
    <div className={styles.asking} ref={box}>
      <AskAs />
      <InKubectl />
    </div>
  );
}

function AskAs(): ReactNode {
  const id = useId();
  const { command } = useActions();
  const users = useApp((state) => state.session.controls.users);
  const chosen = useApp(({ session }) => session.asked["user"]?.value ?? session.moment?.user ?? "");
  const may = users.find(({ name }) => name === chosen)?.may ?? "";
  const choose = (user: string): void => void command({ do: "user", user }, { shows: { control: "user", value: user } });
  return (
    <p className={styles.as}>
      <label htmlFor={id}>Ask as</label>
      <select id={id} value={`${chosen}`} aria-describedby={`${id}-may`} onChange={(event) => choose(event.currentTarget.value)}>
        {users.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <span id={`${id}-may`}>{may}</span>
    </p>
  );
}

/** The commands of this branch up to the shown moment, as text of a shell. */
function typed({ session, playback }: AppState): string {
  const given = session.recording.journal.filter(({ at }) => at <= playback.at);
  const workers = session.controls.workers;
  const lines = given.slice(-MOST).map(({ command }) => kubectlOf(command, { workers }));
  const more = given.length > MOST ? [`# ${given.length - MOST} before these`] : [];
  return [...more, ...lines].join("\n");
}

function InKubectl(): ReactNode {
  const text = useApp(typed);
  return (
    <>
      <h3>With kubectl</h3>
      {text === "" ? (
        <p className={styles.quiet}>Whatever you do stands here as one would type it.</p>
      ) : (
        <pre tabIndex={0} aria-label="With kubectl">
          {text}
        </pre>
      )}
    </>
  );
}

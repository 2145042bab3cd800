/** Which key does what, and the choices that go with it. */
import type { ReactNode } from "react";
import { reducedMotion, useActions, useApp } from "../../store";
import { Dialog } from "../../widgets/dialog";

const KEYS: readonly (readonly [readonly string[], string])[] = [
  [["Space", "K"], "Play or pause"],
  [["←", "→", "J", "L"], "Previous or next hop of what is followed"],
  [["Shift ←", "Shift →"], "Ten hops"],
  [[",", "."], "Previous or next event of the whole cluster"],
  [["Home", "End"], "First or last event"],
  [["[", "]"], "Slower or faster"],
  [["Ctrl K"], "Search or run a command"],
  [["?"], "This list"],
  [["Esc"], "Clear the selection, then stop following"],
];

export function KeysDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const single = useApp((state) => state.view.singleKeys);
  const reduced = useApp((state) => reducedMotion(state.view));
  const { setSingleKeys, setReducesMotion } = useActions();
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl className="keys-list">
        {KEYS.map(([keys, what]) => (
          <KeyRow key={what} keys={keys} what={what} />
        ))}
      </dl>
      <label className="check">
        <input type="checkbox" checked={single} onChange={(event) => setSingleKeys(event.currentTarget.checked)} />
        Single keys work
      </label>
      <label className="check">
        <input type="checkbox" checked={reduced} onChange={(event) => setReducesMotion(event.currentTarget.checked)} />
        Reduce motion: packets jump from hop to hop
      </label>
    </Dialog>
  );
}

function KeyRow({ keys, what }: { readonly keys: readonly string[]; readonly what: string }): ReactNode {
  return (
    <>
      <dt>
        {keys.map((key) => (
          <kbd key={key}>{key}</kbd>
        ))}
      </dt>
      <dd>{what}</dd>
    </>
  );
}

/** Which client asks: a connection per request, one that is kept, or one that keeps names. */
import type { ReactNode } from "react";
import type { ClientKind } from "../../bridge/protocol";
import { useActions, useApp } from "../../store";

const CONTROL = "client";

const CLIENTS: readonly { readonly kind: ClientKind; readonly hint: string }[] = [
  { kind: "curl-like", hint: "a connection each" },
  { kind: "browser-like", hint: "one, kept alive" },
  { kind: "jvm-like", hint: "keeps names 30 s" },
];

export function ClientChoice(): ReactNode {
  const { command } = useActions();
  const chosen = useApp(({ session }) => session.asked[CONTROL]?.value ?? session.moment?.traffic.client ?? "curl-like");
  const choose = (client: ClientKind): void => {
    void command({ do: "client", client }, { shows: { control: CONTROL, value: client } });
  };
  return (
    <fieldset className="choice">
      <legend>Client</legend>
      {CLIENTS.map(({ kind, hint }) => (
        <label key={kind}>
          <input type="radio" name="client" value={kind} aria-label={kind} checked={chosen === kind} onChange={() => choose(kind)} />
          {kind}
          <span className="hint">{hint}</span>
        </label>
      ))}
    </fieldset>
  );
}

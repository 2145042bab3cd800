/** How kube-proxy writes its rules. A change replaces its Pods one after another. */
import type { ReactNode } from "react";
import type { MomentView } from "../../bridge/protocol";
import { useActions, useApp } from "../../store";

type Mode = MomentView["proxyMode"];

const CONTROL = "proxy mode";

const MODES: readonly { readonly mode: Mode; readonly hint: string }[] = [
  { mode: "iptables", hint: "rules in a row" },
  { mode: "nftables", hint: "maps and sets" },
  { mode: "ipvs", hint: "deprecated since 1.35" },
];

export function ProxyModeChoice(): ReactNode {
  const { command } = useActions();
  const asked = useApp(({ session }) => session.asked[CONTROL]?.value);
  const shown = useApp(({ session }) => session.moment?.proxyMode ?? "iptables");
  const chosen = asked ?? shown;
  const choose = (mode: Mode): void => {
    void command({ do: "proxy-mode", mode }, { shows: { control: CONTROL, value: mode } });
  };
  return (
    <fieldset className="choice">
      <legend>Proxy mode</legend>
      {MODES.map(({ mode, hint }) => (
        <label key={mode}>
          <input type="radio" name="proxy-mode" value={mode} aria-label={mode} checked={chosen === mode} onChange={() => choose(mode)} />
          {mode}
          <span className="hint">{hint}</span>
        </label>
      ))}
    </fieldset>
  );
}

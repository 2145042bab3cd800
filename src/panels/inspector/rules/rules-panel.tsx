/** The rules of one node: their text, and what can be asked of them. */
import { lazy, Suspense, type ReactNode } from "react";
import type { RulesView } from "../../../bridge/protocol";
import { nodeShown, showMillis, useActions, useApp } from "../../../store";
import { ThenAndNow } from "../../then-and-now/then-and-now";
import { Choose } from "../choose";
import { Empty } from "../empty";
import panel from "../inspector.module.css";
import { unreachable } from "../../../base/assert";
import { PartChoice, usePart } from "./part-choice";
import styles from "./rules.module.css";
import { TextPart } from "./text-part";

const ChangesPart = lazy(() => import("./changes-part"));
const ChancesPart = lazy(() => import("./chances-part"));
const CostPart = lazy(() => import("./cost-part"));
const HooksPart = lazy(() => import("./hooks-part"));
const ModesPart = lazy(() => import("./modes-part"));

/** What the numbers before the rules are. */
function countsInWords(mode: RulesView["mode"]): string {
  const counts = "The number before a rule counts its packets.";
  if (mode === "nftables") return `${counts} It is ours: kube-proxy's nftables rules carry no counters, and nft would list none.`;
  if (mode === "ipvs")
    return `${counts} The one before a real server counts its connections: virtual servers choose by a scheduler, not by rules. kube-proxy's IPVS mode is deprecated since Kubernetes 1.35.`;
  return counts;
}

export default function RulesPanel(): ReactNode {
  const name = useApp(nodeShown);
  const nodes = useApp((state) => state.session.moment?.nodes);
  const rules = useApp((state) => state.session.moment?.rules);
  const { selectNode } = useActions();
  const known = rules?.node === name ? rules : undefined;
  return (
    <div className={panel.panel}>
      <Choose label="Node shown" value={name} options={(nodes ?? []).map((node) => node.name)} onChange={selectNode} />
      <div className={panel.head}>
        <h2>Rules of {name}</h2>
        <p>{known === undefined ? "" : `synced ${showMillis(known.syncedAt)}`}</p>
      </div>
      {known === undefined ? (
        <Empty title="The rules are on their way">kube-proxy writes them from Services and EndpointSlices.</Empty>
      ) : (
        <>
          <PartChoice />
          <Suspense>
            <ShownPart rules={known} />
          </Suspense>
        </>
      )}
    </div>
  );
}

function ShownPart({ rules }: { readonly rules: RulesView }): ReactNode {
  const part = usePart();
  switch (part) {
    case "":
      return <Text rules={rules} />;
    case "changes":
      return <ChangesPart rules={rules} />;
    case "chances":
      return <ChancesPart rules={rules} />;
    case "hooks":
      return <HooksPart rules={rules} />;
    case "cost":
      return <CostPart rules={rules} />;
    case "modes":
      return <ModesPart rules={rules} />;
    default:
      return unreachable(part);
  }
}

function Text({ rules }: { readonly rules: RulesView }): ReactNode {
  return (
    <>
      <p className={styles.quietTop}>
        From Services of revision {rules.serviceRevision} and EndpointSlices of revision {rules.sliceRevision}. {countsInWords(rules.mode)}
      </p>
      <TextPart rules={rules} />
      <ThenAndNow id="kube-proxy-app" />
      <ThenAndNow id="endpoints-watched" />
    </>
  );
}

/** What can be taken along as a file: a capture of the followed journey for Wireshark, the network as a script for a Linux machine. */
import { useId, useState, type ReactNode } from "react";
import type { Result } from "../../base/result";
import { useApp, useAppItself } from "../../store";
import { captureFile, DECODE_HINT, labFile, stretchFile, type CaptureFile } from "../../store/sharing";
import { Button } from "../../widgets/button";
import { Dialog } from "../../widgets/dialog";
import { download } from "../download";
import { ProblemLine } from "./problem";
import { useSubmit } from "./use-submit";

export function ExportDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const id = useId();
  const app = useAppItself();
  const followed = useApp((state) => state.selection.followed);
  const submit = useSubmit();
  const [saved, setSaved] = useState("");
  const [seconds, setSeconds] = useState(2);

  async function take(made: () => Promise<Result<CaptureFile>>): Promise<void> {
    setSaved("");
    await submit.run(async () => {
      const file = await made();
      if (!file.ok) return file;
      const { name, bytes, frames } = file.value;
      download({ name, type: "application/x-pcapng", content: bytes });
      setSaved(`${name} has ${frames} frames.`);
      return file;
    });
  }

  async function takeLab(): Promise<void> {
    setSaved("");
    await submit.run(async () => {
      const file = await labFile(app);
      if (!file.ok) return file;
      const { name, text, namespaces } = file.value;
      download({ name, type: "application/x-sh", content: text });
      setSaved(`${name} builds ${namespaces} network namespaces.`);
      return file;
    });
  }

  return (
    <Dialog title="Export" onClose={onClose}>
      <div className="field">
        <div>
          <Button main disabled={followed === null || submit.busy} aria-describedby={id} onClick={() => void take(() => captureFile(app))}>
            Capture of this journey (pcapng)
          </Button>
        </div>
        <p className="hint" id={id}>
          {followed === null
            ? "Follow a request first: its packets are what is captured."
            : `Every packet of request ${followed} on every interface it passes, as far as it has come: DNS, TCP and VXLAN as they are on the wire, with a comment that says what happened.`}{" "}
          Wireshark does not know the port of the cluster's tunnels: {DECODE_HINT} (Analyze, Decode As), or run{" "}
          <code>tshark -d udp.port==8472,vxlan</code>.
        </p>
      </div>
      <div className="field">
        <div className="export-stretch">
          <Button disabled={submit.busy} aria-describedby={`${id}-stretch`} onClick={() => void take(() => stretchFile(app, seconds))}>
            Capture of the last seconds (pcapng)
          </Button>
          <label>
            Seconds{" "}
            <select value={seconds} onChange={(event) => setSeconds(Number(event.target.value))}>
              {[1, 2, 5, 10, 30].map((count) => (
                <option key={count}>{count}</option>
              ))}
            </select>
          </label>
        </div>
        <p className="hint" id={`${id}-stretch`}>
          Every packet of everybody up to the shown moment, on every interface.
        </p>
      </div>
      <div className="field">
        <div>
          <Button disabled={submit.busy} aria-describedby={`${id}-lab`} onClick={() => void takeLab()}>
            Linux lab script (bash)
          </Button>
        </div>
        <p className="hint" id={`${id}-lab`}>
          This moment’s network, built on a Linux machine of network namespaces, with these very rules, addresses and open ports: ask a real
          kernel what is shown here. As root: <code>bash kubewalk-lab.sh up</code>, then <code>exec POD probe http://SERVICE</code>,{" "}
          <code>rules</code>, <code>down</code>. It needs iproute2, iptables and python3, in nftables mode nft.
        </p>
      </div>
      <ProblemLine id={`${id}-problem`} text={submit.problem} />
      <p role="status">{saved}</p>
      <div className="dialog-acts">
        <Button onClick={onClose}>Done</Button>
      </div>
    </Dialog>
  );
}

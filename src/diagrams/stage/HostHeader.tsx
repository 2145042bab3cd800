import { countsWidth, countWidth, countWords, fittedCounts, type StateCount } from "../layout/counts";
import { right } from "../layout/geometry";
import type { HostLayout } from "../layout/host-layout";
import { firstFitting, pillWidth, widthOf } from "../layout/text-width";
import { classes } from "../marks/classes";
import ink from "../marks/ink.module.css";
import { Pill } from "../marks/Pill";
import { PodMark } from "../marks/PodMark";
import { Text } from "../marks/Text";
import { selectAddress, type Scene } from "./scene";
import { proxyWords } from "./words";

interface PartProps {
  readonly host: HostLayout;
  readonly scene: Scene;
}

/** A host's name and address; gives where the line goes on. */
function nameEnd(host: HostLayout): number {
  return host.box.x + 16 + widthOf(host.node.name, 13, "strong") + 8;
}

function NameAndAddress({ host, scene }: PartProps) {
  const { node, box } = host;
  const width = pillWidth(node.address) - 4;
  return (
    <g>
      <g className={ink["clickable"]} onClick={() => scene.onSelect({ kind: "node", name: node.name })}>
        <title>{`Node ${node.name}${node.ready ? "" : ", not ready"}${node.unschedulable ? ", unschedulable" : ""}`}</title>
        <Text x={box.x + 16} y={box.y + 23} style={["heading"]}>
          {node.name}
        </Text>
      </g>
      <Pill
        text={node.address}
        network="node"
        selected={scene.selected === node.address}
        onSelect={selectAddress(scene)}
        box={{ x: nameEnd(host), y: box.y + 10, width, height: 18 }}
      />
    </g>
  );
}

function Counts({
  counts,
  x,
  y,
  end = false,
}: {
  readonly counts: readonly StateCount[];
  readonly x: number;
  readonly y: number;
  readonly end?: boolean;
}) {
  const start = end ? x - countsWidth(counts) : x;
  return (
    <g>
      {counts.map((each, n) => {
        const at = start + counts.slice(0, n).reduce((sum, before) => sum + countWidth(before), 0);
        return (
          <g key={each.word}>
            <PodMark x={at + 4} y={y - 4} sign={each.sign} />
            <Text x={at + 12} y={y}>
              {`${each.count} ${each.word}`}
            </Text>
          </g>
        );
      })}
    </g>
  );
}

function Proxy({ host, scene, x, y, room }: PartProps & { readonly x: number; readonly y: number; readonly room: number }) {
  const late = host.node.proxy.behind > 0;
  return (
    <g>
      <rect className={classes(ink["square"], late && ink["late"])} x={x} y={y - 7} width={6} height={6} />
      <Text x={x + 12} y={y} style={late ? ["strong"] : []}>
        {firstFitting(proxyWords(host.node, scene.at), room - 12, 11, late ? "strong" : "ui")}
      </Text>
    </g>
  );
}

/** One line: name, address, kube-proxy, Pods counted. */
export function WideHeader({ host, scene }: PartProps) {
  const own = scene.moment.pods.filter((pod) => pod.node === host.key);
  const start = nameEnd(host) + pillWidth(host.node.address) + 16;
  const end = right(host.box) - 16;
  const counts = fittedCounts(own, end - start - 150);
  return (
    <g>
      <NameAndAddress host={host} scene={scene} />
      <Proxy host={host} scene={scene} x={start} y={host.box.y + 23} room={end - start - countsWidth(counts) - 16} />
      <Counts counts={counts} x={end} y={host.box.y + 23} end />
    </g>
  );
}

/** What kube-proxy's shortest wording needs. */
function proxyRoom(host: HostLayout, at: number): number {
  return widthOf(proxyWords(host.node, at).at(-1) ?? "", 11, "strong") + 14;
}

/** Two lines: name and address; kube-proxy, and the Pods counted where there is room. */
export function NarrowHeader({ host, scene }: PartProps) {
  const own = scene.moment.pods.filter((pod) => pod.node === host.key);
  const { x, y, width } = host.box;
  const end = right(host.box) - 16;
  const room = width - 32;
  const beside = end - nameEnd(host) - pillWidth(host.node.address) - 4;
  const above = fittedCounts(own, beside);
  const isAbove = countsWidth(above) <= beside;
  const counts = isAbove ? above : fittedCounts(own, room - proxyRoom(host, scene.at) - 10);
  return (
    <g>
      <NameAndAddress host={host} scene={scene} />
      <Counts counts={counts} x={end} y={y + (isAbove ? 23 : 45)} end />
      <Proxy host={host} scene={scene} x={x + 16} y={y + 45} room={isAbove ? room : room - countsWidth(counts) - 10} />
    </g>
  );
}

/** Three lines: name and address, kube-proxy, Pods counted. */
export function TallHeader({ host, scene }: PartProps) {
  const { x, y, width } = host.box;
  return (
    <g>
      <NameAndAddress host={host} scene={scene} />
      <Proxy host={host} scene={scene} x={x + 16} y={y + 45} room={width - 32} />
      <Counts
        counts={fittedCounts(
          scene.moment.pods.filter((pod) => pod.node === host.key),
          width - 24,
        )}
        x={x + 16}
        y={y + 62}
      />
    </g>
  );
}

/** A folded host: its Pods by app, in words. */
export function FoldedHeader({ host, scene }: PartProps) {
  const own = scene.moment.pods.filter((pod) => pod.node === host.key);
  const owners = [...new Set(own.map((pod) => pod.owner))].toSorted();
  const byOwner = owners.map((owner) => `${own.filter((pod) => pod.owner === owner).length} ${owner}`).join(", ");
  const words = own.length === 0 ? ["no Pods"] : [`${countWords(own)}: ${byOwner}`, countWords(own)];
  return (
    <g>
      <NameAndAddress host={host} scene={scene} />
      <Text x={host.box.x + 16} y={host.box.y + 43} style={["quiet"]}>
        {firstFitting(words, host.box.width - 28, 11)}
      </Text>
    </g>
  );
}

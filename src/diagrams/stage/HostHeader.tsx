import { countsOf, countWords, type StateCount } from "../layout/counts";
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
        text={node.address} network="node" selected={scene.selected === node.address} onSelect={selectAddress(scene)}
        box={{ x: nameEnd(host), y: box.y + 10, width, height: 18 }}
      />
    </g>
  );
}

function Counts({ counts, x, y, end = false }: { readonly counts: readonly StateCount[]; readonly x: number; readonly y: number; readonly end?: boolean }) {
  const words = counts.map((each) => `${each.count} ${each.word}`);
  const widths = words.map((word) => widthOf(word, 11) + 24);
  const total = widths.reduce((a, b) => a + b, 0) - 12;
  let left = end ? x - total : x;
  return (
    <g>
      {counts.map((each, n) => {
        const at = left;
        left += widths[n] ?? 0;
        return (
          <g key={each.word}>
            <PodMark x={at + 4} y={y - 4} sign={each.sign} />
            <Text x={at + 12} y={y}>
              {words[n]}
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

const countsWidth = (counts: readonly StateCount[]): number => counts.reduce((sum, each) => sum + widthOf(`${each.count} ${each.word}`, 11) + 24, -12);

/** One line: name, address, kube-proxy, Pods counted. */
export function WideHeader({ host, scene }: PartProps) {
  const own = scene.moment.pods.filter((pod) => pod.node === host.key);
  const counts = countsOf(own);
  const start = nameEnd(host) + pillWidth(host.node.address) + 16;
  const end = right(host.box) - 16;
  return (
    <g>
      <NameAndAddress host={host} scene={scene} />
      <Proxy host={host} scene={scene} x={start} y={host.box.y + 23} room={end - start - countsWidth(counts) - 16} />
      <Counts counts={counts} x={end} y={host.box.y + 23} end />
    </g>
  );
}

/** Two lines: name and address; kube-proxy and, where there is room, the Pods counted. */
export function NarrowHeader({ host, scene, three = false }: PartProps & { readonly three?: boolean }) {
  const own = scene.moment.pods.filter((pod) => pod.node === host.key);
  const counts = countsOf(own);
  const { x, y, width } = host.box;
  const end = right(host.box) - 16;
  const besideName = nameEnd(host) + pillWidth(host.node.address) + countsWidth(counts) + 4 < end;
  const room = width - 32;
  return (
    <g>
      <NameAndAddress host={host} scene={scene} />
      {!three && besideName && <Counts counts={counts} x={end} y={y + 23} end />}
      {!three && !besideName && <Counts counts={counts} x={end} y={y + 45} end />}
      <Proxy host={host} scene={scene} x={x + 16} y={y + 45} room={!three && !besideName ? room - countsWidth(counts) - 12 : room} />
      {three && <Counts counts={counts} x={x + 16} y={y + 62} />}
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

/** The service network: ClusterIPs that float, since nothing is there. Places follow the order of creation. */
import type { ServiceView } from "../../bridge/protocol";
import { MARGIN, STAGE_WIDTH } from "./control-layout";
import type { Box } from "./geometry";
import { fitted, pillWidth } from "./text-width";

const ACROSS = 4;
const MOST_ROWS = 2;
const LEFT = 236;
const ROW = 40;

export interface ServicePlace {
  readonly key: string;
  readonly name: string;
  readonly text: string;
  readonly clusterIP: string;
  /** The pill. */
  readonly box: Box;
  readonly nameY: number;
  readonly centre: number;
}

export interface ServicesLayout {
  readonly top: number;
  readonly bottom: number;
  readonly places: readonly ServicePlace[];
  /** Services without a place; said in words. */
  readonly folded: number;
}

const nameOf = (service: ServiceView): string => `${service.namespace}/${service.name}`;

function byAge(a: ServiceView, b: ServiceView): number {
  if (a.createdAt !== b.createdAt) return a.createdAt - b.createdAt;
  return nameOf(a) < nameOf(b) ? -1 : 1;
}

/** `address:port`, or the address alone where both do not fit. */
export function frontEnd(service: ServiceView, room = 124): string {
  const port = service.ports[0]?.port;
  const both = port === undefined ? service.clusterIP : `${service.clusterIP}:${port}`;
  return pillWidth(both) <= room ? both : service.clusterIP;
}

function placeOf(service: ServiceView, n: number, top: number): ServicePlace {
  const cell = (STAGE_WIDTH - MARGIN - LEFT) / ACROSS;
  const cellRight = LEFT + cell * ((n % ACROSS) + 1);
  const text = frontEnd(service);
  const width = pillWidth(text);
  const y = top + Math.trunc(n / ACROSS) * ROW;
  const x = cellRight - width;
  return {
    key: nameOf(service),
    name: fitted(service.name, cell - 8, 11, "strong", 4),
    text,
    clusterIP: service.clusterIP,
    box: { x, y: y + 20, width, height: 18 },
    nameY: y + 14,
    centre: x + width / 2,
  };
}

/** Services with a ClusterIP, at most two rows of four. */
export function servicesLayout(services: readonly ServiceView[], top: number): ServicesLayout {
  const withAddress = services.filter((service) => service.clusterIP !== "" && service.clusterIP !== "None").toSorted(byAge);
  const most = ACROSS * MOST_ROWS;
  const shown = withAddress.slice(0, most);
  const rows = Math.max(1, Math.ceil(shown.length / ACROSS));
  return {
    top,
    bottom: top + rows * ROW,
    places: shown.map((service, n) => placeOf(service, n, top)),
    folded: withAddress.length - shown.length,
  };
}

/** The stage and its strip, for whoever places them on the page. */
export { Stage, type StageProps } from "./stage/Stage";
export { Strip, type StripProps } from "./strip/Strip";
export { networksOf, type Network, type NetworkOf } from "./marks/network";
export type { OnSelect, Selection } from "./stage/selection";
export type { FrameSource } from "./canvas/PacketCanvas";
export type { Frame } from "./canvas/painter";
export type { Playhead } from "./layout/telling";
export type { Attention } from "./layout/attention";

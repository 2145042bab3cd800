/** The sockets' face: everything a program may ask of its kernel. */
export { abortTcp, closeListener, closeTcp, connectTcp, listenTcp, sendTcp } from "./tcp";
export type { ConnectSpec } from "./tcp";
export { CONNECT_GIVES_UP, CONNECT_TIMEOUT } from "./tcp-timers";
export { closeUdp, mayBeCut, openUdp, sendUdp } from "./udp";
export type { DatagramSpec, UdpSpec } from "./udp";
export { listenSctp } from "./sctp";
export { killSockets, sendRaw } from "./raw";

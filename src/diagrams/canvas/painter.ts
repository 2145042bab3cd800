/** What moves every frame: the followed packet and the flights. A frame is a function of (layout, trace, moment of time). */
import type { FlightView } from "../../bridge/protocol";
import { flightAt, flightPath, isOnScreen, type FlightFrame } from "../layout/flight-path";
import type { Point, Spot } from "../layout/geometry";
import { movingTrail, packetSpot, type PacketPath } from "../layout/packet-path";
import type { StageLayout } from "../layout/stage-layout";
import type { Palette } from "./palette";
import { disc, stamp, triangle } from "./stamps";

/** The moving playhead. */
export interface Frame {
  /** Cluster time, whole microseconds. */
  readonly at: number;
  /** How much of the beat has gone by, 0 to 1. */
  readonly progress: number;
  /** Cluster time per screen time while nothing is followed. */
  readonly speed: number;
}

export interface Picture {
  readonly layout: StageLayout;
  readonly path: PacketPath;
  readonly flights: readonly FlightView[];
  /** Flights jump to their goal and stay for their time. */
  readonly reducedMotion: boolean;
}

type Pen = CanvasRenderingContext2D;

const RADIUS = 12;

/** More flights than this draw the last stretch of their trails only: whole ones would cover the stage, and cost it its smoothness. */
const MANY = 100;
const SHORT_TRAIL = 60;

/** The flights that are on the screen at a moment. */
function flightsAt(picture: Picture, paths: ReadonlyMap<number, readonly Point[]>, frame: Frame): readonly FlightFrame[] {
  const sinceOf = (flight: FlightView): number => (frame.at - flight.startedAt) / 1000 / frame.speed;
  const near = picture.flights.filter((flight) => isOnScreen(sinceOf(flight)));
  const reach = near.length > MANY ? SHORT_TRAIL : undefined;
  return near.flatMap((flight) => {
    const path = paths.get(flight.request) ?? [];
    const since = sinceOf(flight);
    const shown = flightAt(flight, path, picture.reducedMotion ? Math.max(since, 700) : since, reach);
    return shown === null ? [] : [shown];
  });
}

/** Paths of flights by request; made once a picture, since hosts do not move. */
export function flightPaths(picture: Picture): ReadonlyMap<number, readonly Point[]> {
  return new Map(picture.flights.map((flight) => [flight.request, flightPath(picture.layout, flight)]));
}

function diamond(pen: Pen, spot: Spot, size: number): void {
  pen.beginPath();
  pen.moveTo(spot.x, spot.y - size);
  pen.lineTo(spot.x + size, spot.y);
  pen.lineTo(spot.x, spot.y + size);
  pen.lineTo(spot.x - size, spot.y);
  pen.closePath();
  pen.fill();
}

/** The stretch of this beat: passed in ink, still to come in dots. */
function paintStretch(pen: Pen, { layout, path }: Picture, progress: number, palette: Palette): void {
  const { behind, ahead } = movingTrail(layout, path, progress);
  pen.strokeStyle = palette.ink;
  pen.lineWidth = 2.5;
  polyline(pen, behind);
  pen.lineWidth = 2;
  pen.setLineDash([1.5, 4]);
  polyline(pen, ahead);
  pen.setLineDash([]);
}

/** Inside the tunnel no trail is seen: its name stands there. */
function clearTubes(pen: Pen, { network }: StageLayout): void {
  for (const tube of network.tubes) pen.clearRect(tube.x + 1, tube.y + 1, tube.width - 2, tube.height - 2);
}

/** DNS messages are diamonds, others point where they go. */
function paintPacket(pen: Pen, picture: Picture, frame: Frame, palette: Palette): void {
  const told = picture.layout.told;
  if (told === null || picture.path.points.length < 2) return;
  const progress = picture.reducedMotion ? 1 : frame.progress;
  const spot = packetSpot(picture.layout, picture.path, progress);
  paintStretch(pen, picture, progress, palette);
  clearTubes(pen, picture.layout);
  disc(pen, spot, RADIUS, palette);
  pen.fillStyle = palette.onNow;
  if (told.packet.kind === "dns-query" || told.packet.kind === "dns-answer") diamond(pen, spot, 5.5);
  else triangle(pen, spot, 5);
}

function polyline(pen: Pen, points: readonly Point[]): void {
  pen.beginPath();
  for (const [n, point] of points.entries()) {
    if (n === 0) pen.moveTo(point.x, point.y);
    else pen.lineTo(point.x, point.y);
  }
  pen.stroke();
}

function cross(pen: Pen, { x, y }: Point): void {
  polyline(pen, [
    { x: x - 6, y: y - 6 },
    { x: x + 6, y: y + 6 },
  ]);
  polyline(pen, [
    { x: x + 6, y: y - 6 },
    { x: x - 6, y: y + 6 },
  ]);
}

/** ⤺: back to where it came from. */
function turned(pen: Pen, { x, y }: Point): void {
  pen.beginPath();
  pen.arc(x + 1, y + 1, 5, -Math.PI / 2, Math.PI / 2);
  pen.lineTo(x - 5, y + 6);
  pen.moveTo(x + 1, y - 4);
  pen.lineTo(x - 7, y - 4);
  pen.moveTo(x - 3, y - 8);
  pen.lineTo(x - 7, y - 4);
  pen.lineTo(x - 3, y);
  pen.stroke();
}

function ring(pen: Pen, { x, y }: Point, radius: number): void {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.stroke();
}

function paintMark(pen: Pen, flight: FlightFrame, palette: Palette): void {
  pen.lineWidth = 2.5;
  switch (flight.mark) {
    case "none":
      return;
    case "answered":
      pen.strokeStyle = palette.ink;
      pen.lineWidth = 1.5;
      ring(pen, flight.spot, 8 + 6 * (1 - flight.strength));
      return;
    case "dropped":
      pen.strokeStyle = palette.drop;
      cross(pen, flight.spot);
      return;
    case "returned":
      pen.strokeStyle = palette.drop;
      turned(pen, { x: flight.spot.x + 22, y: flight.spot.y });
      return;
  }
}

function paintTrail(pen: Pen, flight: FlightFrame, palette: Palette): void {
  pen.globalAlpha = flight.strength;
  pen.strokeStyle = palette.ink;
  pen.lineWidth = 2;
  polyline(pen, flight.trail);
  pen.globalAlpha = 1;
}

function paintFlight(pen: Pen, flight: FlightFrame, palette: Palette, scale: number): void {
  pen.globalAlpha = flight.strength;
  if (flight.mark === "none") stamp(pen, flight.spot, palette, scale);
  paintMark(pen, flight, palette);
  pen.globalAlpha = 1;
}

export interface Painting {
  readonly picture: Picture;
  readonly paths: ReadonlyMap<number, readonly Point[]>;
  readonly palette: Palette;
  /** The theme that the palette was read in. */
  readonly theme: "light" | "dark";
  /** Device pixels per CSS pixel. */
  readonly scale: number;
}

/** Paints one frame on a cleared canvas. */
export function paint(pen: Pen, painting: Painting, frame: Frame): void {
  const { picture, paths, palette, scale } = painting;
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, picture.layout.width, picture.layout.height);
  pen.lineJoin = "round";
  pen.lineCap = "round";
  if (picture.layout.form === "following") {
    paintPacket(pen, picture, frame, palette);
    return;
  }
  const flights = flightsAt(picture, paths, frame);
  for (const flight of flights) paintTrail(pen, flight, palette);
  clearTubes(pen, picture.layout);
  for (const flight of flights) paintFlight(pen, flight, palette, scale);
}

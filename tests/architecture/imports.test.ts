/** The import table: who may know whom. A room may import only what its row names (and itself). */
import { describe, expect, test } from "vitest";
import { filesBelow, importsOf } from "./source-files";

const CORE = ["base", "engine", "network", "cluster"];
const WORLD_ABOVE = [...CORE, "manifests", "control-plane", "node/kernel", "dns", "node/agents", "workloads", "scenarios"];

/** Room → rooms (or single files) that it may import. The longest matching key is a file's room. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  engine: ["base"],
  network: ["base", "engine"],
  cluster: ["base", "engine"],
  manifests: CORE.filter((room) => room !== "network"),
  "control-plane": ["base", "engine", "cluster"],
  "node/kernel": ["base", "engine", "network"],
  dns: ["base", "engine", "network", "cluster"],
  "node/agents": [...CORE, "node/kernel", "dns/resolver"],
  workloads: ["base", "engine", "network", "node/kernel/sockets", "node/kernel/api", "dns"],
  scenarios: ["base", "cluster"],
  world: WORLD_ABOVE,
  recording: ["base", "engine", "world", "node/kernel/hop"],
  bridge: ["base", "engine", "recording", "world", "scenarios", "manifests", "cluster"],
  "bridge/protocol": ["base", "cluster", "world/command", "world/view-types", "node/kernel/conntrack/show-types"],
  "bridge/client": ["base", "bridge/protocol"],
  sharing: ["base", "scenarios", "bridge/protocol"],
  headless: ["base", "bridge", "sharing", "manifests"],
  widgets: ["base"],
  store: ["base", "scenarios", "sharing", "bridge/client", "bridge/protocol"],
  diagrams: ["base", "store", "widgets", "bridge/protocol"],
  "diagrams/layout": ["base", "bridge/protocol"],
  panels: ["base", "store", "widgets", "diagrams", "bridge/protocol"],
  app: ["base", "store", "widgets", "diagrams", "panels", "sharing", "bridge/client", "bridge/protocol", "styles"],
  main: ["app", "store", "bridge/client", "styles"],
  styles: [],
};

const ROOMS = Object.keys(MAY_IMPORT).toSorted((a, b) => b.length - a.length);

function roomOf(path: string): string {
  const inside = path.replace(/^src\//, "").replace(/\.(tsx?|css)$/, "");
  return ROOMS.find((room) => inside === room || inside.startsWith(`${room}/`)) ?? `unknown (${inside})`;
}

function isAllowed(from: string, target: string): boolean {
  const room = roomOf(from);
  const targetPath = target.replace(/^src\//, "").replace(/\.(tsx?|css)$/, "");
  const targetRoom = roomOf(target);
  if (targetRoom === room || targetRoom.startsWith(`${room}/`)) return true;
  return (MAY_IMPORT[room] ?? []).some((allowed) => targetPath === allowed || targetPath.startsWith(`${allowed}/`));
}

const files = filesBelow("src").filter((file) => !file.path.endsWith(".d.ts"));

describe("rooms", () => {
  test("every source file stands in a room of the table", () => {
    expect(files.map((file) => roomOf(file.path)).filter((room) => room.startsWith("unknown"))).toEqual([]);
  });

  test("no room imports a room that its row does not name", () => {
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter((name) => name.startsWith("src/") && !isAllowed(file.path, name))
        .map((name) => `${file.path} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  test("no view room reaches into the simulation: what it knows of it are the protocol's types", () => {
    const view = files.filter((file) => /^src\/(store|diagrams|panels|widgets|app|sharing|main)/.test(file.path));
    const wrong = view.filter((file) =>
      importsOf(file).some((name) => /^src\/(world|recording|cluster|node|dns|control-plane|workloads|engine)\//.test(name)),
    );
    expect(wrong.map((file) => file.path)).toEqual([]);
  });

  test("the table is read: the reader finds imports at all", () => {
    expect(files.flatMap(importsOf).filter((name) => name.startsWith("src/")).length).toBeGreaterThan(50);
  });
});

/** The settings of a world: defaults, what the objects say (ConfigMap `coredns`), and what is asked for. */
import { ensure } from "../base/assert";
import type { Result } from "../base/result";
import { ok } from "../base/result";
import type { KubeObject } from "../cluster/objects";
import { parseRecord } from "../dns/message/zone-text";
import type { Upstream } from "../dns/server/request";
import type { WorldConfig } from "./settings";
import { DEFAULT_CONFIG } from "./settings";
import { corefileIn } from "./settle";

/** Settings with the warnings of reading them. */
export function validatedConfig(
  objects: readonly KubeObject[],
  asked: Partial<WorldConfig>,
): Result<{ readonly config: WorldConfig; readonly warnings: readonly string[] }> {
  const found = corefileIn(objects);
  if (found !== undefined && !found.ok) return found;
  const corefile = found === undefined ? {} : { corefile: found.value.config };
  return ok({ config: { ...DEFAULT_CONFIG, ...corefile, ...asked }, warnings: found?.value.warnings ?? [] });
}

/** The world outside from records in zone-file form, which must be right: they are ours. */
export function upstreamOf(lines: readonly string[]): Upstream {
  const records = lines.map((line) => {
    const record = parseRecord(line);
    return ensure(record.ok ? record.value : undefined, `record "${line}"`);
  });
  return { records };
}

/**
 * A Corefile given as fields, a name or a text: the `corefile` setting of the headless command.
 * Behind the kubernetes plugin stand the records given as `upstream`, as zone data of the same server.
 * Fields that are not named have the plugin's own default: ttl 5, pods disabled, no cache, no fallthrough.
 */
import type { Result } from "../../base/result";
import { failAt, ok } from "../../base/result";
import { absolute } from "../message/name";
import type { CorefileConfig, ExternalOptions, KubernetesOptions } from "./config";
import { addonConfig, cacheOptions, EMPTY_BLOCK, EXTERNAL_DEFAULTS, kubeadmConfig, PLUGIN_DEFAULTS } from "./config";
import { parseCorefile } from "./corefile";

/** A Corefile's fields, named as in the Corefile; unknown fields are left alone. */
export type CorefileFields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is CorefileFields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A config from `"kubeadm"`, `"addon"`, a Corefile text, fields, or nothing (kubeadm's). */
export function readCorefile(
  value: unknown,
  at = "config.corefile",
): Result<{ readonly config: CorefileConfig; readonly warnings: readonly string[] }> {
  if (value === undefined || value === null || value === "kubeadm") return ok({ config: kubeadmConfig(), warnings: [] });
  if (value === "addon") return ok({ config: addonConfig(), warnings: [] });
  if (typeof value === "string") return parseCorefile(value);
  if (!isFields(value)) return failAt(`expected "kubeadm", "addon", a Corefile text or fields`, at);
  const reader = new FieldReader(value, at);
  const kubernetes = kubernetesFields(reader);
  const seconds = reader.number("cache", 0, 86_400);
  const config: CorefileConfig = {
    ...EMPTY_BLOCK,
    kubernetes,
    cache: seconds === undefined ? null : cacheOptions(seconds),
    loadbalance: reader.flag("loadbalance") ?? false,
    autopath: reader.flag("autopath") ?? false,
    external: externalFields(value["external"], at, reader),
    file: true,
  };
  return reader.problem === undefined ? ok({ config, warnings: [] }) : failAt(reader.problem.message, reader.problem.at);
}

/** k8s_external's fields; absent or null: the plugin does not stand in the block. */
function externalFields(value: unknown, at: string, outer: FieldReader): ExternalOptions | null {
  if (value === undefined || value === null) return null;
  const reader = new FieldReader(isFields(value) ? value : {}, `${at}.external`);
  const external: ExternalOptions = {
    zones: reader.texts("zones")?.map(absolute) ?? [],
    apex: reader.text("apex") ?? EXTERNAL_DEFAULTS.apex,
    ttl: reader.number("ttl", 0, 3600) ?? EXTERNAL_DEFAULTS.ttl,
    headless: reader.flag("headless") ?? false,
    fallthrough: reader.texts("fallthrough")?.map(absolute) ?? null,
  };
  outer.problem ??= reader.problem;
  return external;
}

function kubernetesFields(reader: FieldReader): KubernetesOptions {
  const zones = reader.texts("zones")?.map(absolute);
  const pods = reader.oneOf("pods", ["disabled", "insecure", "verified"] as const);
  return {
    zones: zones ?? PLUGIN_DEFAULTS.zones,
    pods: pods ?? PLUGIN_DEFAULTS.pods,
    namespaces: reader.texts("namespaces") ?? [],
    ttl: reader.number("ttl", 0, 3600) ?? PLUGIN_DEFAULTS.ttl,
    endpointPodNames: reader.flag("endpoint_pod_names") ?? false,
    ignoreEmptyService: reader.flag("ignore_empty_service") ?? false,
    noEndpoints: reader.flag("noendpoints") ?? false,
    zonal: reader.flag("zonal") ?? false,
    multicluster: reader.texts("multicluster")?.map(absolute) ?? [],
    fallthrough: reader.texts("fallthrough")?.map(absolute) ?? null,
  };
}

/** Reads fields; null counts as absent, the first wrong one is kept in `problem`. */
class FieldReader {
  problem: { readonly message: string; readonly at: string } | undefined;
  private readonly fields: CorefileFields;
  private readonly at: string;

  constructor(fields: CorefileFields, at: string) {
    this.fields = fields;
    this.at = at;
  }

  private wrong(name: string, expected: string): undefined {
    this.problem ??= { message: `expected ${expected}`, at: `${this.at}.${name}` };
    return undefined;
  }

  flag(name: string): boolean | undefined {
    const value = this.fields[name] ?? undefined;
    return value === undefined || typeof value === "boolean" ? value : this.wrong(name, "true or false");
  }

  number(name: string, least: number, most: number): number | undefined {
    const value = this.fields[name] ?? undefined;
    if (value === undefined) return undefined;
    const fits = typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
    return fits ? value : this.wrong(name, `a whole number from ${least} to ${most}`);
  }

  text(name: string): string | undefined {
    const value = this.fields[name] ?? undefined;
    return value === undefined || typeof value === "string" ? value : this.wrong(name, "a text");
  }

  texts(name: string): readonly string[] | undefined {
    const value = this.fields[name] ?? undefined;
    if (value === undefined) return undefined;
    const texts = Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
    return Array.isArray(value) && texts.length === value.length ? texts : this.wrong(name, "a list of texts");
  }

  oneOf<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const value = this.fields[name] ?? undefined;
    if (value === undefined) return undefined;
    return words.find((word) => word === value) ?? this.wrong(name, words.join(", "));
  }
}

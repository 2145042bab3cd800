/**
 * A request on its way through the API server, stage by stage, as a handler chain and a registry take it.
 *
 *   authentication → audit → priority and fairness → authorization → decoding → mutating admission → allocation →
 *   validation → validating admission → store (→ watch fan-out, which is everybody's own reading)
 *
 * Allocation comes before validation, as there: an address that cannot be had is reported before a bad port.
 * Source: apiserver pkg/server/config.go (DefaultBuildHandlerChain), endpoints/handlers/{create,update,patch,delete}.go,
 * registry/generic/registry/store.go. Left out: impersonation, webhooks and policies, quotas; the API's retry after
 * 50 ms for a Namespace just made.
 */
import { unreachable } from "../../base/assert";
import type { Result } from "../../base/result";
import { fail, ok } from "../../base/result";
import type { ApiWrite } from "../api-write";
import { targetOf } from "../api-write";
import { allocateFor, admit, checkPlace, checkValues, decode } from "./asked-object";
import type { StageContext } from "./context";
import type { ApiError } from "./errors";
import { UNAUTHORIZED, forbiddenTo } from "./errors";
import { flowOf } from "./flow-control";
import type { ApiAttributes } from "./users";
import { grantFor } from "./users";

/** The stages in order, as the page shows them. */
export const API_STAGES = [
  "authentication",
  "audit",
  "priority and fairness",
  "authorization",
  "decoding",
  "mutating admission",
  "allocation",
  "validation",
  "validating admission",
  "store",
] as const;

/** One stage. */
export type ApiStage = (typeof API_STAGES)[number];

/** What came of a stage: the write as it leaves it, and what was done, as a clause. */
export interface Passed {
  readonly write: ApiWrite;
  readonly did: string;
}

/** One stage of a request: what came of it, or the error that ends the request. Changes nothing. */
export function runStage(stage: ApiStage, write: ApiWrite, context: StageContext): Result<Passed, ApiError> {
  switch (stage) {
    case "authentication":
      return authenticate(write, context);
    case "audit":
      return ok({ write, did: "the request is noted as received; no audit policy is set, so no log is kept" });
    case "priority and fairness":
      return queue(write, context);
    case "authorization":
      return authorize(write, context);
    case "decoding":
      return decode(write, context);
    case "mutating admission":
      return admit(write, context);
    case "allocation":
      return allocateFor(write, context);
    case "validation":
      return checkValues(write, context);
    case "validating admission":
      return ok({ write, did: "no policy, webhook or quota is set that could refuse it" });
    case "store":
      return checkPlace(write, context);
    default:
      return unreachable(stage);
  }
}

/** What RBAC is asked about a write. */
export function attributesOf(write: ApiWrite): ApiAttributes {
  const { kind, namespace, name } = targetOf(write);
  const asked = { verb: write.verb, kind, namespace, name: write.verb === "create" ? "" : name };
  return write.verb === "patch" && write.subresource !== undefined ? { ...asked, subresource: write.subresource } : asked;
}

function authenticate(write: ApiWrite, { user }: StageContext): Result<Passed, ApiError> {
  if (user.credentials === "expired") return fail(UNAUTHORIZED);
  return ok({ write, did: `the ${user.credentials} says that ${user.name} asks, of ${user.groups.join(", ")}` });
}

function queue(write: ApiWrite, { user }: StageContext): Result<Passed, ApiError> {
  const { schema, level, seats } = flowOf(user);
  return ok({ write, did: `flow schema ${schema} counts it at ${level}, where one of ${seats} seats is free` });
}

function authorize(write: ApiWrite, { user }: StageContext): Result<Passed, ApiError> {
  const asked = attributesOf(write);
  const grant = grantFor(user, asked);
  if (grant === undefined) return fail(forbiddenTo(user.name, asked));
  return ok({ write, did: `${grant.binding} gives ${user.name} the ${grant.role}, which allows it` });
}

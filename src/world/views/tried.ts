/** Requests to the API server that are tried without being made, in words. */
import { showKubectlError } from "../../cluster/api-server";
import { userOf } from "../api-users";
import { requestWords, tryWrites, writesOf } from "../asked-writes";
import type { Command } from "../command";
import type { WorldState } from "../state";
import type { TriedView } from "../view-types";

/** The requests of a command, up to the first that is refused; [] where it asks the API server for nothing. */
export function triedViews(state: WorldState, command: Command): readonly TriedView[] {
  return tryWrites(state, writesOf(state, command), userOf(state)).map(({ write, passed, refused }) => ({
    request: requestWords(write),
    passed,
    refused: refused === null ? null : { stage: refused.stage, text: showKubectlError(refused.error) },
  }));
}

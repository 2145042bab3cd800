/** The door to the API server: `runStage` shows a POST stage by stage, `commit` carries out any write. */
export { commit } from "./api/commit";
export type { ApiUser, CommitContext, Draw, StageContext } from "./api/context";
export type { ApiError } from "./api/errors";
export { API_STAGES, runStage } from "./api/stages";
export type { ApiStage } from "./api/stages";

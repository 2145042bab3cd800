/** The door to the API server: `runStage` shows a request stage by stage, `commit` carries out any write. */
export { commit } from "./api/commit";
export type { CommitContext, Draw, StageContext } from "./api/context";
export type { ApiError } from "./api/errors";
export { UNAUTHORIZED, forbiddenTo, showKubectlError } from "./api/errors";
export { API_STAGES, attributesOf, runStage } from "./api/stages";
export type { ApiStage, Passed } from "./api/stages";
export type { ApiAttributes, ApiUser } from "./api/users";
export { ADMIN_NAME, apiUsers, grantFor } from "./api/users";

/** What the sharing and opening dialogs need. Apart from `index.ts`, so that the page starts without it. */
export { isObject } from "../sharing/command-schema";
export { FILE_NAME, makeFile } from "../sharing/file";
export { LONGEST_LINK, makeLink } from "../sharing/link";
export { DECODE_HINT } from "../sharing/pcapng";
export type { SharedMoment } from "../sharing/schema";
export { captureFile, stretchFile, type CaptureFile } from "./capture-file";
export { labFile, type LabFile } from "./lab-file";
export { openText } from "./open-text";
export { sharedMoment } from "./shared-moment";

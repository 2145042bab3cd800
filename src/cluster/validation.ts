/** The door to validation: `validate` finds, `showInvalid` says it as the API does. */
export { showFieldError, showInvalid } from "./field-error";
export type { FieldError } from "./field-error";
export { validate } from "./validation/object";

/** A DNS message shown from its bytes alone. */
import type { Result } from "../../base/result";
import { failAt, ok } from "../../base/result";
import { fieldsOf } from "../../dns/message/fields/fields";
import { digText } from "../../dns/message/show";
import { decodeMessage } from "../../dns/message/wire";
import type { MessageView } from "../view-types";

/** Bytes as text, two hexadecimal digits each. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The message in hexadecimal digits; a Problem where they are none, or no message. */
export function messageView(hex: string): Result<MessageView> {
  if (!/^(?:[0-9a-f]{2})+$/.test(hex)) return failAt("a message is written as hexadecimal digits, two for a byte");
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
  const message = decodeMessage(bytes);
  if (!message.ok) return message;
  const fields = fieldsOf(bytes);
  return fields.ok ? ok({ text: digText(message.value, bytes.length), size: bytes.length, fields: fields.value }) : fields;
}

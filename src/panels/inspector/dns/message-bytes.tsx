/**
 * The bytes of a message, sixteen a row. Pointing at one names its field; so do the arrow keys, Home and End once the
 * bytes have the focus (one tab stop, WAI-ARIA listbox).
 */
import { useId, useState, type KeyboardEvent, type ReactNode } from "react";
import type { WireField } from "../../../bridge/protocol";
import own from "./dns.module.css";

const ROW = 16;

function hexOf(wire: string, from: number, to: number): string {
  return (wire.slice(from * 2, to * 2).match(/../g) ?? []).join(" ");
}

/** `byte 2`, `bytes 12–24`. */
function placeInWords({ from, to }: WireField): string {
  return to - from === 1 ? `byte ${from}` : `bytes ${from}–${to - 1}`;
}

/** `answer 2` where there are several, `header`, `question`. */
function partInWords({ part, index }: WireField): string {
  return index <= 0 || part === "question" ? part : `${part} ${index + 1}`;
}

function Bits({ field }: { readonly field: WireField }): ReactNode {
  return (
    <table className={own.bits}>
      <caption className="sr">The bits of the flags</caption>
      <tbody>
        {field.bits?.map(({ name, bits, value, says }) => (
          <tr key={name} data-set={value !== 0}>
            <th scope="row">{name}</th>
            <td>{value.toString(2).padStart(bits, "0")}</td>
            <td>{says}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Named({ field }: { readonly field: WireField }): ReactNode {
  return (
    <div className={own.named}>
      <p>
        <b>{field.name}</b> <code>{field.value}</code>
        <small>
          {partInWords(field)}, {placeInWords(field)}
        </small>
      </p>
      <p>{field.says}</p>
      {field.bits === undefined ? null : <Bits field={field} />}
    </div>
  );
}

/** Where a key leads among the fields; undefined where it is not ours. */
function nextOf(key: string, current: number, count: number): number | undefined {
  switch (key) {
    case "ArrowRight":
    case "ArrowDown":
      return Math.min(count - 1, current + 1);
    case "ArrowLeft":
    case "ArrowUp":
      return Math.max(0, current - 1);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return undefined;
  }
}

export interface MessageBytesProps {
  readonly wire: string;
  readonly fields: readonly WireField[];
  readonly name: string;
}

export function MessageBytes({ wire, fields, name }: MessageBytesProps): ReactNode {
  const id = useId();
  const [current, setCurrent] = useState(1);
  const shown = fields[Math.min(current, fields.length - 1)];
  const size = wire.length / 2;
  const offsets = Array.from({ length: Math.ceil(size / ROW) }, (_, row) => (row * ROW).toString(16).padStart(4, "0"));
  function move(event: KeyboardEvent): void {
    const next = nextOf(event.key, current, fields.length);
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    setCurrent(next);
  }
  return (
    <figure className={own.wire} aria-label={`The ${name} on the wire`}>
      <figcaption>
        <b>On the wire</b>
        <span>{size} bytes</span>
      </figcaption>
      <div className={own.dump}>
        <pre aria-hidden="true">{offsets.join("\n")}</pre>
        <div
          className={own.octets}
          role="listbox"
          tabIndex={0}
          aria-label={`Fields of the ${name}, byte by byte`}
          aria-activedescendant={`${id}-${current}`}
          onKeyDown={move}
        >
          {fields.map((field, index) => (
            <span
              key={field.from}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === current}
              data-part={field.part}
              data-odd={field.index % 2 === 1}
              onPointerEnter={() => setCurrent(index)}
              onPointerDown={() => setCurrent(index)}
            >
              {hexOf(wire, field.from, field.to)}
              <span className="sr">{` ${placeInWords(field)}, ${partInWords(field)}, ${field.name}: ${field.value}`}</span>
            </span>
          ))}
        </div>
      </div>
      {shown === undefined ? null : <Named field={shown} />}
    </figure>
  );
}

/** Names in tables: the queries of the look-up that is told, what caches hold, the records that are looked at. */
import type { ReactNode } from "react";
import type { CacheEntryView, ClientCacheView, LookupQueryView, LookupView, WireField } from "../../bridge/protocol";
import { lookupShown, showCluster, showSpan, useCalmApp, type AppState } from "../../store";
import { useMessage } from "../inspector/dns/use-message";
import { Table, type Column } from "../../widgets/table";

interface QueryLine {
  readonly lookup: LookupView;
  readonly query: LookupQueryView;
  readonly number: number;
}

function entryInWords({ lookup: { plan }, query }: QueryLine): string {
  const domain = plan[query.planned]?.domain ?? "";
  return domain === "" ? "as it was typed" : domain;
}

const QUERIES: readonly Column<QueryLine>[] = [
  { head: "Number", cell: ({ number }) => number, figures: true },
  { head: "Asked", cell: ({ query }) => showCluster(query.at) },
  { head: "Type", cell: ({ query }) => query.type },
  { head: "Name", cell: ({ query }) => query.name },
  { head: "Search entry", cell: entryInWords },
  { head: "Outcome", cell: ({ query }) => (query.outcome === "" ? "under way" : query.outcome) },
  { head: "Answer", cell: ({ query }) => query.answers.join(", ") },
  { head: "Answered by", cell: ({ query }) => [query.by, query.cache === "" ? "" : `cache ${query.cache}`].filter(Boolean).join(", ") },
  { head: "After", cell: ({ query }) => (query.answeredAt === null ? "" : showSpan(query.answeredAt - query.at)), figures: true },
  { head: "Way", cell: ({ query }) => query.steps.map(({ who, did }) => `${who} ${did}`).join("; ") },
];

const NO_QUERIES: readonly QueryLine[] = [];

export function QueriesTable(): ReactNode {
  const lookup = useCalmApp(lookupShown);
  const rows = lookup?.asked.map((query, index) => ({ lookup, query, number: index + 1 })) ?? NO_QUERIES;
  return (
    <Table
      name="Queries"
      columns={QUERIES}
      rows={rows}
      rowKey={({ number }) => `${number}`}
      empty="No look-up is told. Follow a request, or ask for a name in the DNS tab."
    />
  );
}

interface KeptLine extends CacheEntryView {
  readonly pod: string;
}

const CACHES: readonly Column<KeptLine>[] = [
  { head: "Cache", cell: ({ pod }) => pod },
  { head: "Name", cell: ({ name }) => name },
  { head: "Type", cell: ({ type }) => type },
  { head: "Kind", cell: ({ kind }) => kind },
  { head: "Answer", cell: ({ answer }) => answer },
  { head: "Seconds left", cell: ({ ttl, storedFor }) => `${ttl} of ${storedFor}`, figures: true },
  { head: "Stored", cell: ({ storedAt }) => showCluster(storedAt) },
  { head: "Its time is", cell: ({ setBy }) => setBy },
];

type ProgramLine = ClientCacheView["names"][number] & { readonly pod: string };

const PROGRAMS: readonly Column<ProgramLine>[] = [
  { head: "Program in", cell: ({ pod }) => pod },
  { head: "Name", cell: ({ name }) => name },
  { head: "Answer", cell: ({ answer }) => answer },
  { head: "Seconds left", cell: ({ ttl, storedFor }) => `${ttl} of ${storedFor}`, figures: true },
];

const RECORDS: readonly Column<string>[] = [{ head: "Record", cell: (line) => line }];

const FIELDS: readonly Column<WireField>[] = [
  { head: "Bytes", cell: ({ from, to }) => (to - from === 1 ? `${from}` : `${from} to ${to - 1}`) },
  { head: "Part", cell: ({ part, index }) => (index < 0 ? part : `${part} ${index + 1}`) },
  { head: "Field", cell: ({ name }) => name },
  { head: "Value", cell: ({ value }) => value },
  { head: "Bits", cell: ({ bits = [] }) => bits.map(({ name, value, says }) => `${name} ${value}: ${says}`).join("; ") },
  { head: "Says", cell: ({ says }) => says },
];

/** The bytes of the message that is open in the ladder. */
function MessageTable(): ReactNode {
  const wire = useCalmApp(openedWire);
  const read = useMessage(wire);
  if (wire === "") return null;
  return (
    <Table
      name="Bytes of the opened message"
      columns={FIELDS}
      rows={read?.view?.fields ?? []}
      rowKey={({ from }) => `${from}`}
      empty="The message is being read."
    />
  );
}

/** The bytes of the message that is open, "" where none is. */
function openedWire(state: AppState): string {
  const [index = "", way = ""] = (state.selection.panes["dns.message"] ?? "").split(" ");
  const query = lookupShown(state)?.asked[Number(index)];
  if (index === "" || query === undefined) return "";
  return way === "answer" ? query.answerWire : query.wire;
}

/** What the DNS tab shows while it is open. */
export function DnsTables(): ReactNode {
  const dns = useCalmApp((state) => state.session.moment?.dns);
  if (dns === undefined) return null;
  const kept = [...dns.nodeCaches, ...dns.replicas].flatMap(({ pod, cache }) => cache.map((entry): KeptLine => ({ pod, ...entry })));
  const programs = dns.clientCaches.flatMap(({ pod, names }) => names.map((name): ProgramLine => ({ pod, ...name })));
  return (
    <>
      <MessageTable />
      {programs.length === 0 ? null : (
        <Table
          name="Names that programs keep"
          columns={PROGRAMS}
          rows={programs}
          rowKey={({ pod, name }) => `${pod} ${name}`}
          empty="No program keeps a name."
        />
      )}
      <Table
        name="DNS caches"
        columns={CACHES}
        rows={kept}
        rowKey={({ pod, kind, key }) => `${pod} ${kind} ${key}`}
        empty="Every cache is empty."
      />
      {dns.records.length === 0 ? null : (
        <Table name="DNS records" columns={RECORDS} rows={dns.records} rowKey={(line) => line} empty="The zone is empty." />
      )}
    </>
  );
}

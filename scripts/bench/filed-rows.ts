import { randomInt } from "node:crypto";
import type { Client, InStatement, InValue, Row } from "@libsql/client";
import { crockfordAlphabet } from "../../src/core/new-id.ts";

/** A table of the schema with what makes its rows differ. */
type Table = {
  name: string;
  columns: string[];
  /** The columns of the primary key and of unique indexes. */
  keys: Set<string>;
  /** The column that SQLite numbers by itself, if there is one. */
  rowNumber: string | undefined;
  /** Whether its rows refer to another table's, which must stand first. */
  refers: boolean;
};

/** Every row of a database by table and content. */
export type Contents = Map<string, { table: Table; row: Row }>;

/** Reads every row of every ordinary table. */
export async function readContents(client: Client): Promise<Contents> {
  const contents: Contents = new Map();
  for (const table of await readTables(client)) {
    const { rows } = await client.execute(`SELECT * FROM "${table.name}"`);
    for (const row of rows) {
      const values = table.columns.map((column) => readable(row[column]));
      contents.set(JSON.stringify([table.name, ...values]), { table, row });
    }
  }
  return contents;
}

async function readTables(client: Client): Promise<Table[]> {
  const listed = await client.execute(
    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'",
  );
  return Promise.all(
    listed.rows.map(async ({ name: listedName }) => {
      const name = String(listedName);
      const columns = (await client.execute(`SELECT name, type, pk FROM pragma_table_info('${name}')`)).rows;
      const unique = await client.execute(
        `SELECT c.name AS name FROM pragma_index_list('${name}') AS i, pragma_index_info(i.name) AS c WHERE i."unique"`,
      );
      const references = await client.execute(`SELECT 1 FROM pragma_foreign_key_list('${name}')`);
      const primary = columns.filter((column) => Number(column["pk"]) > 0);
      const [only] = primary.length === 1 ? primary : [];
      return {
        name,
        columns: columns.map((column) => String(column["name"])),
        keys: new Set([...primary, ...unique.rows].map((column) => String(column["name"]))),
        refers: references.rows.length > 0,
        rowNumber:
          only !== undefined && String(only["type"]).toUpperCase() === "INTEGER"
            ? String(only["name"])
            : undefined,
      };
    }),
  );
}

/** What a unit of work left behind. */
export type FiledRows = {
  rows: { table: string; columns: { name: string; value: InValue }[] }[];
  /** The texts that keys are made of, wherever they stand. */
  keyTexts: ReadonlySet<string>;
};

/** The rows that are in `after` and not in `before`, without the columns that SQLite numbers by itself. */
export function rowsBetween(before: Contents, after: Contents): FiledRows {
  const rows = [...after]
    .filter(([key]) => !before.has(key))
    .map(([, entry]) => entry)
    .sort((a, b) => Number(a.table.refers) - Number(b.table.refers));
  const keyValues = rows.flatMap(({ table, row }) => [...table.keys].map((column) => row[column]));
  return {
    rows: rows.map(({ table, row }) => ({
      table: table.name,
      columns: table.columns
        .filter((name) => name !== table.rowNumber)
        .map((name) => ({ name, value: row[name] ?? null })),
    })),
    keyTexts: new Set(keyValues.filter((value) => typeof value === "string")),
  };
}

/** The rows as inserts, with fresh keys of the same length. */
export function insertsAnew({ rows, keyTexts }: FiledRows): InStatement[] {
  const fresh = new Map([...keyTexts].map((text) => [text, randomText(text.length)]));
  const renewed = (value: InValue) => (typeof value === "string" ? (fresh.get(value) ?? value) : value);
  return rows.map(({ table, columns }) => ({
    sql: `${insertInto(table, columns)} VALUES (${columns.map(() => "?").join(", ")})`,
    args: columns.map(({ value }) => renewed(value)),
  }));
}

/**
 * One statement a row that inserts it once for each number of `from` to `to` (both included), with keys made of the
 * number, in no order. `expressions` are SQL for the columns named, over the number `n`.
 */
export function insertsOfMany(
  { rows, keyTexts }: FiledRows,
  { from, to }: { from: number; to: number },
  expressions: Readonly<Record<string, string>>,
): InStatement[] {
  return rows.map(({ table, columns }) => {
    const args: InValue[] = [];
    const selected = columns.map(({ name, value }) => {
      const expression = expressions[`${table}.${name}`];
      if (expression !== undefined) return expression;
      const isKey = typeof value === "string" && keyTexts.has(value);
      args.push(isKey ? value.slice(0, -8) : value);
      // Knuth's multiplicative hashing: each number has a place of its own among 2^32, far from its neighbours'.
      return isKey ? "? || printf('%08x', (n * 2654435761) & 4294967295)" : "?";
    });
    const numbers = `WITH RECURSIVE numbers(n) AS (SELECT ${from} UNION ALL SELECT n + 1 FROM numbers WHERE n < ${to})`;
    return {
      sql: `${insertInto(table, columns)} ${numbers} SELECT ${selected.join(", ")} FROM numbers`,
      args,
    };
  });
}

const insertInto = (table: string, columns: readonly { name: string }[]) =>
  `INSERT INTO "${table}" (${columns.map(({ name }) => `"${name}"`).join(", ")})`;

const randomText = (length: number) =>
  Array.from({ length }, () => crockfordAlphabet[randomInt(crockfordAlphabet.length)]).join("");

const readable = (value: unknown) =>
  value instanceof ArrayBuffer ? Buffer.from(value).toString("base64") : value;

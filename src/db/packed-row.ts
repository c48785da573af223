import { type Column, getTableColumns, type SQL, sql } from "drizzle-orm";
import { getTableConfig, type SQLiteTable } from "drizzle-orm/sqlite-core";

/**
 * A whole row as one selected value, for lists of many rows: SQLite packs it into a JSON array, and it is read back
 * as the columns would be. libSQL's client defines two properties for each column of each row, which costs more
 * than the query itself. Not for tables with blobs, which JSON cannot hold.
 */
export function packedRow<Table extends SQLiteTable>(table: Table): SQL<Table["$inferSelect"]> {
  const { name: tableName } = getTableConfig(table);
  const columns = Object.entries<Column>(getTableColumns(table));
  const names = columns.map(([, { name }]) => `"${tableName}"."${name}"`);
  return sql.raw(`json_array(${names.join(", ")})`).mapWith((text: string) => {
    const values = JSON.parse(text) as unknown[];
    const members = columns.map(([name, column], index) => {
      const value = values[index];
      return [name, value === null ? null : column.mapFromDriverValue(value)] as const;
    });
    return Object.fromEntries(members) as Table["$inferSelect"];
  });
}

import { customType } from "drizzle-orm/sqlite-core";

/** A BLOB column as bytes. drizzle's own blob modes need Node's Buffer, which a Worker lacks. */
export const bytesColumn = customType<{
  data: Uint8Array<ArrayBuffer>;
  driverData: Uint8Array<ArrayBuffer> | ArrayBuffer;
}>({
  dataType: () => "blob",
  toDriver: (value) => value,
  fromDriver: (value) => new Uint8Array(value),
});

/** A picture whose parts cannot be told apart: nothing can be taken out of it safely. */
export class MalformedImage extends Error {}

/** Whether bytes begin with these ASCII characters. */
export function startsWithText(bytes: Uint8Array, text: string): boolean {
  return textAt(bytes, 0, text.length) === text;
}

/** `length` bytes as ASCII characters; shorter at the end of the bytes. */
export function textAt(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}

/** A view that throws `RangeError` beyond the end of the bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

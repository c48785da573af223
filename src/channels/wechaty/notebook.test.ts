import { describe, expect, test } from "vitest";
import { createNotebook, type Note } from "./notebook.ts";

const message = (messageId: string) => ({ messageId, talkerId: "li", addressed: true, left: 0 });
const offer = [{ id: "confirm", label: "确认" }];

describe("a notebook", () => {
  test("takes a message once, in hand or settled", () => {
    const notebook = createNotebook();

    expect(notebook.take(message("a"))).toBe(true);
    expect(notebook.take(message("a"))).toBe(false);
    notebook.settle("a");
    expect(notebook.take(message("a"))).toBe(false);
    expect(notebook.notes()).toMatchObject({ inHand: [], settled: ["a"] });
  });

  test("holds the latest offer only", () => {
    const notebook = createNotebook();

    notebook.offer("|li", offer);
    expect(notebook.offered("|li")).toEqual(offer);
    expect(notebook.offered("|wang")).toEqual([]);
    notebook.offer("|li", []);
    expect(notebook.offered("|li")).toEqual([]);
  });

  test("a copy kept line by line is the same, and can be gone on from", () => {
    const lines: Note[] = [];
    const notebook = createNotebook({ tell: (note) => void lines.push(structuredClone(note)) });
    notebook.take(message("a"));
    notebook.take({ ...message("b"), roomId: "r", addressed: false });
    notebook.address("b");
    notebook.settle("a");
    notebook.offer("|li", offer);

    const copy = createNotebook();
    for (const line of lines) copy.copy(line);

    expect(copy.notes()).toEqual(notebook.notes());
    expect(copy.notes().inHand).toEqual([{ ...message("b"), roomId: "r", addressed: true }]);
    expect(createNotebook({ from: copy.notes() }).take(message("a"))).toBe(false);
  });

  test("forgets the oldest", () => {
    const notebook = createNotebook({ limit: 2 });
    for (const id of ["a", "b", "c"]) {
      notebook.take(message(id));
      notebook.settle(id);
      notebook.offer(id, offer);
    }

    expect(notebook.notes()).toEqual({
      inHand: [],
      settled: ["b", "c"],
      offered: [
        ["b", offer],
        ["c", offer],
      ],
    });
  });
});

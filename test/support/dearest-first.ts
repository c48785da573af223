import { basename } from "node:path";
import type { TestSpecification } from "vitest/node";
import { BaseSequencer } from "vitest/node";

/** The project with few long files begins and the one with many short files ends: so no core is left without work. */
const projects = ["worker", "bot", "browser", "http", "unit"];

/** What takes longest of each project, which the size of a file does not tell. */
const dearest = [
  "running",
  "conversation-walks",
  "case-walks",
  "conversation-kills",
  "dialogues",
  "models",
  "knowledge-impact",
  "decide",
  "import-rules",
  "knowledge",
  "clock-oracle",
].map((name) => `${name}.test.ts`);

const place = (list: readonly string[], name: string) => {
  const at = list.indexOf(name);
  return at === -1 ? list.length : at;
};

/** Runs the dear test files of a project before the others, on a machine that has not measured them yet, too. */
export class DearestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.sort(
      (a, b) =>
        place(projects, a.project.name) - place(projects, b.project.name) ||
        place(dearest, basename(a.moduleId)) - place(dearest, basename(b.moduleId)),
    );
  }
}

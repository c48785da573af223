import promptFile from "../../prompts/grounded-rewrite.json" with { type: "json" };
import { type LanguageModel, ModelError, type ModelFailure } from "../llm/model.ts";
import { asData, fillOutgoing, type Outgoing, published } from "../llm/outgoing.ts";
import { fold } from "../text/fold.ts";
import type { Ground } from "./answer.ts";
import type { FindReferences } from "./article-reference.ts";
import { createGrounding } from "./grounding.ts";
import { createSentenceReader } from "./marked-sentences.ts";

export type RewriteRequest = {
  /** What was asked, redacted. */
  question: Outgoing;
  /** The answer without a model. */
  extract: string;
  /** What it rests on, the main ground first. */
  grounds: readonly Ground[];
  /** Longest text that fits, in characters. */
  maxChars: number;
  /** The reader went away. */
  signal?: AbortSignal | undefined;
};

/**
 * Why the extract stands: the model failed, or of what it said `leaked` speaks of its instructions, `tooLong` does
 * not fit, `empty` has nothing, `ungrounded` lost more than a third of its sentences, `figuresMissing` left out
 * what the extract says first. `failed` is a fault of ours.
 */
export type KeptReason =
  | ModelFailure
  | "noGrounds"
  | "leaked"
  | "tooLong"
  | "empty"
  | "ungrounded"
  | "figuresMissing"
  | "failed";

export type Rewriting =
  /** `used`: ids of the grounds its sentences cite. */
  { kind: "rewritten"; text: string; used: readonly string[] } | { kind: "kept"; reason: KeptReason };

/** Tells an answer in other words. Neither verb ever throws, and both end within the time limit. */
export type GroundedRewriter = {
  rewrite(request: RewriteRequest): Promise<Rewriting>;
  /**
   * Hands out each sentence as soon as it is verified, in order. When it ends in `kept`, what was handed out is
   * true but no whole answer: the extract takes its place.
   */
  rewriteStreaming(
    request: RewriteRequest,
    onSentence: (text: string) => void | Promise<void>,
  ): Promise<Rewriting>;
};

type Prompts = typeof promptFile;

type Options = {
  model: LanguageModel;
  findReferences: FindReferences;
  prompt?: Prompts;
  /** For the whole rewriting; a person waits for it. */
  timeoutMs?: number;
};

/** The model's own limit, above the 600 characters that count as too long. */
const maxTokens = 1_000;
const maxAnswerChars = 600;
/** So many characters in a row of the instructions are no chance. */
const leakChars = 14;

/**
 * A model tells the answer in the words of the question; code decides sentence by sentence what of it is said
 * (`createGrounding`), and keeps the extract where too little remains.
 */
export function createGroundedRewriter({
  model,
  findReferences,
  prompt = promptFile,
  timeoutMs = 2_500,
}: Options): GroundedRewriter {
  const system = prompt.system.join("\n").replaceAll("{canary}", prompt.canary);
  const instructions = compact(system);

  function promptOf({ question, extract, grounds, signal }: RewriteRequest) {
    const data = (text: string) => asData(published(text));
    const listed = grounds.map(({ id, title, text }) =>
      fillOutgoing(prompt.ground, { id: data(id), title: data(title), text: data(text) }),
    );
    return {
      system,
      user: fillOutgoing(prompt.user, {
        question: asData(question),
        extract: data(extract),
        grounds: published(listed.join("\n")),
      }),
      maxTokens,
      timeoutMs,
      ...(signal === undefined ? {} : { signal }),
    };
  }

  /** Takes the model's text piece by piece and holds what may be said of it. */
  function createJudge({ extract, grounds, maxChars }: RewriteRequest) {
    const grounding = createGrounding({ extract, grounds, findReferences });
    const reader = createSentenceReader();
    const used = new Set<string>();
    let raw = "";
    let text = "";
    let judged = 0;
    let kept = 0;
    let broken: KeptReason | undefined;

    /** The sentences among these that may be said. */
    function take(sentences: ReturnType<typeof reader.push>): string[] {
      const passed: string[] = [];
      for (const sentence of sentences) {
        const verdict = grounding.verify(sentence);
        if (verdict.kind !== "connective") judged += 1;
        if (verdict.kind === "dropped") continue;
        if (verdict.kind === "grounded") {
          kept += 1;
          for (const id of sentence.ids) used.add(id);
        }
        text += verdict.text;
        passed.push(verdict.text);
      }
      return passed;
    }

    /** Whether anything of it may be said at all. */
    function look(piece: string): boolean {
      raw += piece;
      if (raw.includes(prompt.canary) || grounding.leaks(raw) || quotes(compact(raw), instructions))
        broken ??= "leaked";
      if (raw.replace(/\[\[c:[^\]]*\]\]/gu, "").trim().length > maxAnswerChars) broken ??= "tooLong";
      return broken === undefined;
    }

    return {
      push: (piece: string): string[] => (look(piece) ? take(reader.push(piece)) : []),
      end: (): string[] => (broken === undefined ? take(reader.end()) : []),
      broken: () => broken,
      result(): Rewriting {
        if (broken !== undefined) return { kind: "kept", reason: broken };
        if (kept === 0) return { kind: "kept", reason: judged === 0 ? "empty" : "ungrounded" };
        if (kept * 3 < judged * 2) return { kind: "kept", reason: "ungrounded" };
        if (grounding.missingFigures(text).length > 0) return { kind: "kept", reason: "figuresMissing" };
        if (text.length > maxChars) return { kind: "kept", reason: "tooLong" };
        return { kind: "rewritten", text, used: [...used] };
      },
    };
  }

  async function guarded(request: RewriteRequest, work: () => Promise<Rewriting>): Promise<Rewriting> {
    if (request.grounds.length === 0) return { kind: "kept", reason: "noGrounds" };
    try {
      return await work();
    } catch (error) {
      return { kind: "kept", reason: error instanceof ModelError ? error.kind : "failed" };
    }
  }

  return {
    rewrite: (request) =>
      guarded(request, async () => {
        const judge = createJudge(request);
        judge.push(await model.complete(promptOf(request)));
        judge.end();
        return judge.result();
      }),

    rewriteStreaming: (request, onSentence) =>
      guarded(request, async () => {
        const judge = createJudge(request);
        for await (const piece of model.stream(promptOf(request))) {
          for (const sentence of judge.push(piece)) await onSentence(sentence);
          if (judge.broken() !== undefined) break;
        }
        for (const sentence of judge.end()) await onSentence(sentence);
        return judge.result();
      }),
  };
}

const compact = (text: string) => fold(text).replace(/[\s\p{P}]/gu, "");

/** Whether a text holds a long run of the instructions, whatever stands between their characters. */
function quotes(text: string, instructions: string): boolean {
  for (let at = 0; at + leakChars <= text.length; at += 1) {
    if (instructions.includes(text.slice(at, at + leakChars))) return true;
  }
  return false;
}

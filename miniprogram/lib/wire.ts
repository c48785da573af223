/** What the service tells of a report that was filed. */
export type FiledReport = {
  reportNo: string;
  queryCode: string;
  office: { code: string; name: string };
  dueOn: string | null;
  dueKind: string | null;
};

/** An article that an answer rests on. */
export type Citation = {
  law: string;
  article: string;
  edition: string;
  effectiveFrom: string;
  status: string;
  sourceUrl?: string;
};

/** A passage that a search found. */
export type Found = {
  law: string;
  article: string;
  title: string;
  text: string;
  kind: "statute" | "guide";
  status: string;
  edition: string;
  sourceUrl?: string;
};

/** An answer from the knowledge base. */
export type KnowledgeAnswer = {
  id: string;
  outcome: "answered" | "declined" | "clarify" | "handoff";
  text: string;
  citations: Citation[];
  related: string[];
};

/** A file that arrived. */
export type Evidence = { evidenceId: string; bytes: number; mediaType: string };

/**
 * The JSON object in what a model said: alone, in a fence of Markdown, behind its thoughts (`<think>…</think>`), or
 * with words around it. Undefined where there is none.
 */
export function readJson(said: string): unknown {
  const plain = said.replace(/^[\s\S]*<\/think>/u, "");
  const fenced = /```(?:json)?\s*([\s\S]*?)```/iu.exec(plain)?.[1];
  const begin = plain.indexOf("{");
  const end = plain.lastIndexOf("}");
  const inside = begin >= 0 && end > begin ? plain.slice(begin, end + 1) : undefined;
  for (const text of [plain, fenced, inside]) {
    if (text === undefined) continue;
    const read = parsed(text);
    if (typeof read === "object" && read !== null && !Array.isArray(read)) return read;
  }
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

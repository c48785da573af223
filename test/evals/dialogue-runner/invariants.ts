import { type Answer, slotsOf, textOf } from "./answer.ts";
import { type Check, leftOutOfSummary } from "./compare.ts";
import { articleName, articlesIn, squeezed } from "./normalise.ts";

const contactSlots = ["anonymous", "contactName", "contactPhone", "callback"];

/** What the privacy notice must say before contact data are asked for (个人信息保护法 17; shared/acceptance/README.md). */
const notice: [what: string, pattern: RegExp][] = [
  ["the purpose", /用于|用来|只用|仅用|用在|为了|方便|联系(?:你|您)|核实|反馈|告知/u],
  ["secrecy", /保密|加密|不(?:会|得)?(?:泄露|透露|外传|公开|告诉)/u],
  ["that anonymity is possible", /匿名|不留(?:名|姓名|电话|联系)/u],
];

/** Watches one speaker's conversation for what must hold in every scenario. */
export function createInvariants({ group }: { group: boolean }) {
  let heard = "";
  let askedForContact = false;
  let summary: Answer | undefined;

  /** Looks at one answer. `casesCreated` is how many cases came to be by the step. */
  return function look(answer: Answer, casesCreated: number): Check[] {
    const checks: Check[] = [];
    const check = (name: string, wrong: string | undefined) =>
      checks.push(wrong === undefined ? { name } : { name, wrong });
    heard += squeezed(textOf(answer));

    const asksContact = (answer.form?.asking ?? []).filter((name) => contactSlots.includes(name));
    if (group) {
      check(
        "no personal data asked in a group",
        asksContact.length === 0 ? undefined : `asks for ${asksContact}`,
      );
    } else if (asksContact.length > 0 && !askedForContact) {
      askedForContact = true;
      const unsaid = notice.filter(([, pattern]) => !pattern.test(heard)).map(([what]) => what);
      check(
        "privacy notice before contact data",
        unsaid.length === 0 ? undefined : `asks for ${asksContact} without a word on ${unsaid.join(", ")}`,
      );
    }

    const articles = articlesIn(textOf(answer));
    if (articles.length > 0 || answer.citations.length > 0) {
      const cited = answer.citations.map((citation) => articleName(citation.article));
      const uncited = articles.filter((article) => !cited.includes(article));
      const stale = answer.citations.filter((citation) => citation.status !== "current");
      check(
        "every 第X条 is cited",
        uncited.length === 0 ? undefined : `${uncited} without a citation (cited: ${cited})`,
      );
      check(
        "every citation is in force",
        stale.length === 0
          ? undefined
          : stale.map((one) => `${one.law}${one.article} is ${one.status}`).join(", "),
      );
    }

    if (casesCreated > 0) {
      check(
        "no case before filed",
        answer.state === "filed" ? undefined : `a case came to be in the state ${answer.state}`,
      );
      const filled = slotsOf(answer);
      const leftOut =
        summary === undefined ? ["all: none was shown"] : leftOutOfSummary(textOf(summary), filled);
      check(
        "a summary of all slots before filing",
        leftOut.length === 0 ? undefined : `left out: ${leftOut.join(", ")}`,
      );
      summary = undefined;
    } else if (answer.state === "confirming" && leftOutOfSummary(textOf(answer), pick(answer)).length === 0) {
      summary = answer;
    }
    return checks;
  };
}

/** What makes a reply a summary at all: it names the matter, and the firm or the place. */
function pick(answer: Answer) {
  const { reportType, infringer, location, platform } = slotsOf(answer);
  return Object.fromEntries(
    Object.entries({ reportType, who: infringer ?? platform ?? location }).filter(
      ([, value]) => value !== undefined,
    ),
  );
}

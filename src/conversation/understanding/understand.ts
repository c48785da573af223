import { beginReading } from "./begin-reading.ts";
import { readDays } from "./days.ts";
import { intentsOf, queryCodeIn } from "./intents.ts";
import { weighSlots } from "./learned/weighed.ts";
import { weighActs } from "./learned/weighed-acts.ts";
import { weighAnswer } from "./learned/weighed-answer.ts";
import { mendNames } from "./mending.ts";
import { readFirm, readGoods, readImplied, weighNames } from "./names/firms-and-goods.ts";
import { readSpeaker } from "./names/speaker.ts";
import { readPlaces } from "./places/place-meant.ts";
import { readPlatform } from "./places/platforms.ts";
import { readMarket, readStall } from "./places/spot.ts";
import { readQuestion } from "./questions.ts";
import { readRelation } from "./relation.ts";
import { readRemedy } from "./remedy.ts";
import { requestsOf } from "./requests.ts";
import { readSignals } from "./signals.ts";
import { dropTalk } from "./small-talk.ts";
import { withoutSpans } from "./spans.ts";
import type { Expectation, Readers, Understanding } from "./understanding.ts";
import { readNoEvidence, readSued } from "./yes-or-no.ts";

/**
 * What a text says. Pure: the same text, expectation and date give the same reading. The order of the steps counts:
 * each leaves alone what one before it has read.
 *
 * @param today The date of the message in Asia/Shanghai, `YYYY-MM-DD`.
 */
export function understand(
  raw: string,
  expectation: Expectation,
  today: string,
  readers: Readers,
): Understanding {
  const reading = beginReading(raw, expectation, today, readers);
  const { text, words, slots, numbers, phones } = reading;
  // Who the person is, before anything else is read as a name.
  const contactName = readSpeaker(reading);
  const where = readPlaces(reading);
  const bazaar = readStall(reading, where);
  readPlatform(reading);
  const { infringers, namedProduct } = readFirm(reading, where);
  readMarket(reading, where, bazaar);
  const products = readGoods(reading, where, namedProduct);
  weighNames(reading, where, { infringers, products });
  mendNames(reading, where, contactName);
  readRelation(reading);
  readSued(reading);
  readRemedy(reading);
  const dates = readDays(reading);
  readNoEvidence(reading);

  const requests = requestsOf(text, words);
  const smallTalk = dropTalk(reading, requests);
  // What was taken for nobody's name after all may ask: 没证干代理的罚几倍.
  const names = slots.infringer === undefined ? [] : [slots.infringer];
  const question = readQuestion(reading, where, { requests, smallTalk, infringers: names });
  const weighed = weighSlots(reading, { question, smallTalk, dates });
  readImplied(reading, where);

  const signals = readSignals(reading, question);
  const reportNo = readers.reportNo(raw);
  const { places, resolved } = where;
  const intents = intentsOf(reading, { places, signals, question, reportNo, requests });
  const weighing = weighActs(reading, { intents, requests, signals, question });
  const answer = weighAnswer(reading, weighing);

  return {
    text,
    intents: answer.intents,
    acting: weighing.acting,
    acts: weighing.acts,
    slots: weighing.isTalk ? {} : slots,
    numbers,
    phones,
    // „今儿真冷，沧州都零下了“ tells of no place.
    place:
      resolved === undefined ||
      resolved.county !== undefined ||
      weighing.acts.some(({ act }) => act === "chitchat")
        ? undefined
        : { candidates: resolved.candidates, reason: resolved.reason },
    signals: answer.signals,
    requests: weighing.requests,
    question: answer.question,
    reportNo,
    queryCode: queryCodeIn(text, reportNo),
    narrative: withoutSpans(text, [...phones, ...(contactName === undefined ? [] : [contactName])]),
    weighed,
    answered: answer.answered,
  };
}

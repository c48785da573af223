import { z } from "zod";
import { problemContent } from "../http/problem.ts";

/** What a route for who holds a number and its code answers where it does not do as asked. */
export const codeProblems = {
  400: problemContent("The code is missing, or the body is malformed"),
  404: problemContent("There is no such number, or the code is another"),
  429: problemContent("Too many wrong codes"),
} as const;

/** What a route for staff answers to who may not come in. */
export const staffProblems = {
  401: problemContent("Nobody is signed in"),
  403: problemContent("Your role may not do this"),
} as const;

/** The header that a code comes in. `missing` is told where it is not there. */
export const codeHeader = (missing: string) => z.string({ error: missing }).min(1, missing).max(40);

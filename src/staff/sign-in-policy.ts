import { z } from "zod";
import policyFile from "./data/sign-in.json" with { type: "json" };
import { roleNames } from "./role.ts";

/** The figures of sign-in. */
export const SignInPolicy = z
  .strictObject({
    source: z.string().min(1),
    date: z.iso.date(),
    /** Wrong passwords or codes in a row after which an account is locked. */
    wrongAttempts: z.int().min(3),
    lockMinutes: z.int().positive(),
    /** Minutes without a request after which a session ends. */
    idleMinutes: z.int().positive(),
    /** Hours after sign-in at which a session ends, used or not. */
    absoluteHours: z.int().positive(),
    /** How often at most a session's use is written down. */
    seenEverySeconds: z.int().positive(),
    recoveryCodes: z.int().positive(),
    /** How many sign-ins an hour under accounts that there are not are recorded: a flood must not fill the log. */
    unknownPerHour: z.int().positive(),
    /** Roles whose people must have one-time codes. */
    totpRequiredRoles: z.array(z.enum(roleNames)),
  })
  .readonly();
export type SignInPolicy = z.infer<typeof SignInPolicy>;

/** The policy as shipped. */
export const shippedSignInPolicy: SignInPolicy = SignInPolicy.parse(policyFile);

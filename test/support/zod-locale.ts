import { z } from "zod";
import en from "zod/v4/locales/en.js";

/*
 * Run before each test file. The app sets zod's language for its whole process, and files share one: what a file of
 * tests finds must not depend on whether another before it had an app.
 */
z.config(en());

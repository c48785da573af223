/**
 * What `work` gives, done again from its start where another writer was first: what it read before is then out of date.
 * After `maxAttempts` the last failure is thrown, as is any other at once.
 */
export async function retrying<T>(
  isConflict: (error: unknown) => boolean,
  work: () => Promise<T>,
  { maxAttempts = 8 }: { maxAttempts?: number } = {},
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!isConflict(error) || attempt >= maxAttempts) throw error;
    }
  }
}

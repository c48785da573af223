/** What the queue needs of the database. */
type Committing<Statement> = {
  /** Commits the statements in one transaction: all or none. Durable when it returns. */
  commit(statements: readonly Statement[]): Promise<void>;
  /** Whether a failure is the database's, such as a lock or a full disk: no statement is at fault. */
  isOfDatabase(error: unknown): boolean;
  /** Lets whatever else is ready in this process run first. */
  turn(): Promise<void>;
  /** How much is committed together at most: nobody waits long for others, and a shared failure is cheap to repeat. */
  limit: { units: number; statements: number };
};

type Waiting<Statement> = {
  /** A unit of work, or something that runs alone, outside a transaction. */
  task: { kind: "unit"; statements: readonly Statement[] } | { kind: "alone"; run(): Promise<void> };
  resolve(): void;
  reject(error: unknown): void;
};

/** After so many turns that brought no write, nobody is about to come. Measured: fewer leave groups small, more gain nothing. */
const quietTurns = 4;

/** Commits units of work in the order in which they came. */
export type WriteQueue<Statement> = {
  /** Resolves once all statements are durable. @throws what one of them failed with; then none is kept. */
  write(statements: readonly Statement[]): Promise<void>;
  /** Runs something after what came before it and before what comes after. */
  runAlone(run: () => Promise<void>): Promise<void>;
  /** Resolves once everything that has come so far is settled. */
  settled(): Promise<void>;
};

/**
 * A queue with group commit: units that wait at the same time share one transaction, so one sync of the disk.
 * If the transaction fails, each half is tried by itself, and so on: only the unit at fault rejects.
 */
export function createWriteQueue<Statement>({
  commit,
  isOfDatabase,
  turn,
  limit,
}: Committing<Statement>): WriteQueue<Statement> {
  type Unit = Waiting<Statement> & { statements: readonly Statement[] };
  let waiting: Waiting<Statement>[] = [];
  let draining: Promise<void> | undefined;

  function enqueue(task: Waiting<Statement>["task"]): Promise<void> {
    return new Promise((resolve, reject) => {
      waiting.push({ task, resolve, reject });
      draining ??= drain();
    });
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      await gather();
      await settleNext();
    }
    draining = undefined;
  }

  /** Waits while other requests of this process bring their writes: they share a sync with those that are here. */
  async function gather(): Promise<void> {
    for (let quiet = 0; quiet < quietTurns && waiting.length < limit.units; ) {
      const before = waiting.length;
      await turn();
      quiet = waiting.length > before ? 0 : quiet + 1;
    }
  }

  /** Settles the first that waits, with the units right behind it if it is a unit. */
  async function settleNext(): Promise<void> {
    const group: Unit[] = [];
    let statementCount = 0;
    for (const one of waiting) {
      if (one.task.kind === "alone" || group.length === limit.units) break;
      statementCount += one.task.statements.length;
      if (group.length > 0 && statementCount > limit.statements) break;
      group.push({ ...one, statements: one.task.statements });
    }
    const [first] = waiting;
    waiting = waiting.slice(Math.max(1, group.length));
    if (group.length > 0) await commitGroup(group);
    else if (first?.task.kind === "alone") await first.task.run().then(first.resolve, first.reject);
  }

  async function commitGroup(group: readonly Unit[]): Promise<void> {
    try {
      await commit(group.flatMap((unit) => unit.statements));
    } catch (error) {
      if (group.length === 1 || isOfDatabase(error)) {
        for (const unit of group) unit.reject(error);
        return;
      }
      const middle = Math.ceil(group.length / 2);
      await commitGroup(group.slice(0, middle));
      await commitGroup(group.slice(middle));
      return;
    }
    for (const unit of group) unit.resolve();
  }

  return {
    write: (statements) => enqueue({ kind: "unit", statements }),
    runAlone: (run) => enqueue({ kind: "alone", run }),
    settled: async () => draining,
  };
}

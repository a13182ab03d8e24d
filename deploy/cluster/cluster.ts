import { join } from 'node:path';
import { Keeper } from './keeper.ts';
import { LogFile } from './logfile.ts';
import { isShown, type LogLine, parse } from './logline.ts';
import type { Part } from './part.ts';
import type { Plan } from './plan.ts';
import type { ClusterSettings } from './settings.ts';
import type { Terminal } from './terminal.ts';

/** The processes of one machine. They start in the order of the plan, and end in the reverse of it. */
export class Cluster {
  readonly #stages: readonly (readonly Keeper[])[];
  readonly #files: LogFile[] = [];
  readonly #settings: ClusterSettings;
  readonly #terminal: Terminal;
  readonly #started: (readonly Keeper[])[] = [];

  constructor(plan: Plan, settings: ClusterSettings, terminal: Terminal) {
    this.#settings = settings;
    this.#terminal = terminal;
    this.#stages = plan.map((stage) => stage.map((part) => this.#keeper(part)));
  }

  /** Starts every stage once the one before it is ready. Throws Failure `child-failed`. */
  async start(signal: AbortSignal): Promise<void> {
    for (const stage of this.#stages) {
      if (signal.aborted) return;
      this.#started.push(stage);
      await Promise.all(stage.map((keeper) => keeper.start()));
    }
  }

  /** Ends what was started, the last stage first. */
  async stop(): Promise<void> {
    for (const stage of this.#started.reverse()) await Promise.all(stage.map((keeper) => keeper.stop()));
    for (const file of this.#files) file.close();
  }

  #keeper(part: Part): Keeper {
    const file = new LogFile(join(this.#settings.data, 'logs', `${part.name}.log`));
    this.#files.push(file);
    return new Keeper(part, {
      onLine: (line, repeated) => {
        file.write(line);
        if (!repeated) this.#show(part.name, parse(line));
      },
      onNews: (message) => this.#terminal.event(part.name, { level: 'warn', message, facts: [] }),
    });
  }

  #show(name: string, line: LogLine): void {
    if (isShown(line.level, this.#settings.show)) this.#terminal.event(name, line);
  }
}

/** The bots that are judged, by partition of the log, each with the settings in force for it. */

import { setImmediate } from 'node:timers/promises';
import {
  type AlertOverrides,
  type AlertSettings,
  alertSettings,
} from '@hookpulse/common/alerts/alert-settings';
import { type Bot, enabledSinceMs } from '@hookpulse/common/bots/bot';
import { sharedRuns } from '@hookpulse/common/runtime/shared-runs';
import { partitionForKey } from '@hookpulse/event-log/murmur2';

/** A bot as it is judged. */
export interface RosterEntry {
  readonly bot: Bot;
  readonly partition: number;
  readonly settings: AlertSettings;
  /** Since when it has been enabled, milliseconds since the epoch. */
  readonly watchedSinceMs: number;
}

export interface BotRosterDeps {
  readonly registry: { list(): readonly Bot[]; get(botId: string): Bot | undefined };
  readonly controls: { readonly overrides: AlertOverrides };
  /** What the environment sets. */
  readonly base: AlertSettings;
  /** How many partitions `webhook.events` has now. */
  partitionCount(): Promise<number>;
}

/** Some dozen milliseconds of work. In one piece, a million bots would take longer than the group's session. */
const BOTS_A_TURN = 10_000;

export class BotRoster {
  readonly #deps: BotRosterDeps;
  #entries: ReadonlyMap<string, RosterEntry> = new Map();
  #byPartition: ReadonlyMap<number, readonly RosterEntry[]> = new Map();
  #bots: readonly Bot[] | null = null;
  #overrides: AlertOverrides | null = null;
  /** In force where a bot overrides nothing. */
  #ofAll: AlertSettings;
  #partitionCount = 0;
  /** Counts how often partitions may have been added, and what `#partitionCount` knows of. */
  #layout = 0;
  #knownLayout = -1;
  /**
   * Takes over what changed in the registry and the settings before the call. Until it resolves, the roster
   * shows all that it knew: the alerts of a bot missing for a moment would end.
   */
  readonly refresh = sharedRuns(() => this.#refresh());

  constructor(deps: BotRosterDeps) {
    this.#deps = deps;
    this.#ofAll = deps.base;
  }

  async #refresh(): Promise<void> {
    const { registry, controls, base } = this.#deps;
    const layout = this.#layout;
    const partitionCount =
      layout === this.#knownLayout ? this.#partitionCount : await this.#deps.partitionCount();
    const bots = registry.list();
    const { overrides } = controls;
    const isSameLayout = partitionCount === this.#partitionCount;
    const isSameBase = overrides === this.#overrides;
    if (bots !== this.#bots || !isSameBase || !isSameLayout) {
      // One for all bots that override nothing: as a rule that is most of them.
      const ofAll = isSameBase ? this.#ofAll : alertSettings(base, overrides);
      const entries = new Map<string, RosterEntry>();
      for (const bot of bots) {
        const before = this.#entries.get(bot.bot_id);
        const isCurrent = isSameBase && isSameLayout && before?.bot === bot;
        entries.set(bot.bot_id, isCurrent ? before : entryOf(bot, ofAll, partitionCount));
        if (entries.size % BOTS_A_TURN === 0) await setImmediate();
      }
      this.#entries = entries;
      const enabled = entries.values().filter(({ bot }) => bot.enabled);
      this.#byPartition = Map.groupBy(enabled, ({ partition }) => partition);
      this.#bots = bots;
      this.#overrides = overrides;
      this.#ofAll = ofAll;
      this.#partitionCount = partitionCount;
    }
    this.#knownLayout = layout;
  }

  /** Partitions may have been added: the next refresh counts them again. */
  forgetPartitions(): void {
    this.#layout += 1;
  }

  /** Partition of a bot's events; of any bot, also one that was removed. */
  partitionOf(botId: string): number {
    return partitionForKey(botId, this.#partitionCount);
  }

  /** Enabled or not. */
  get(botId: string): RosterEntry | undefined {
    return this.#entries.get(botId);
  }

  /** The enabled bots of a partition. */
  enabledOn(partition: number): readonly RosterEntry[] {
    return this.#byPartition.get(partition) ?? [];
  }
}

function entryOf(bot: Bot, ofAll: AlertSettings, partitionCount: number): RosterEntry {
  return {
    bot,
    partition: partitionForKey(bot.bot_id, partitionCount),
    settings: bot.alerts === undefined ? ofAll : alertSettings(ofAll, bot.alerts),
    watchedSinceMs: enabledSinceMs(bot),
  };
}

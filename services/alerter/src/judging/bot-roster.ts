/** The bots that are judged, by partition of the log, each with the settings in force for it. */
import { alertKey } from '@hookpulse/common/alerts/alert';
import {
  type AlertOverrides,
  type AlertSettings,
  alertSettings,
} from '@hookpulse/common/alerts/alert-settings';
import { mapRules, type RuleName } from '@hookpulse/common/alerts/rules/rules';
import { type Bot, enabledSinceMs } from '@hookpulse/common/bots/bot';

/** A bot as it is judged. */
export interface RosterEntry {
  readonly bot: Bot;
  readonly partition: number;
  readonly settings: AlertSettings;
  /** Since when it has been enabled, milliseconds since the epoch. */
  readonly watchedSinceMs: number;
  /** `alertKey` of each rule: made once, asked for at every judging. */
  readonly keys: Readonly<Record<RuleName, string>>;
}

export interface BotRosterDeps {
  readonly registry: { list(): readonly Bot[]; get(botId: string): Bot | undefined };
  readonly controls: { readonly overrides: AlertOverrides };
  /** What the environment sets. */
  readonly base: AlertSettings;
  /** Partition of `webhook.events` that holds a bot's events. */
  partitionOf(botId: string): Promise<number>;
}

export class BotRoster {
  readonly #deps: BotRosterDeps;
  #entries: ReadonlyMap<string, RosterEntry> = new Map();
  #byPartition: ReadonlyMap<number, readonly RosterEntry[]> = new Map();
  #bots: readonly Bot[] | null = null;
  #overrides: AlertOverrides | null = null;
  /** In force where a bot overrides nothing. */
  #ofAll: AlertSettings;
  /** Counts how often partitions may have changed, and what the entries know of. */
  #layout = 0;
  #knownLayout = 0;

  constructor(deps: BotRosterDeps) {
    this.#deps = deps;
    this.#ofAll = deps.base;
  }

  /**
   * Takes over what changed in the registry and the settings. Until it is done, and while it is done
   * twice at once, all that was known stands: a bot that is missed for a moment would be taken for
   * one that was removed.
   */
  async refresh(): Promise<void> {
    const { registry, controls } = this.#deps;
    const bots = registry.list();
    const { overrides } = controls;
    const layout = this.#layout;
    const isSameLayout = layout === this.#knownLayout;
    const isSameBase = overrides === this.#overrides;
    if (bots === this.#bots && isSameBase && isSameLayout) return;
    // One for all bots that override nothing: as a rule that is most of them.
    const ofAll = isSameBase ? this.#ofAll : alertSettings(this.#deps.base, overrides);
    const known = this.#entries;
    const entries = new Map<string, RosterEntry>();
    for (const bot of bots) {
      const before = known.get(bot.bot_id);
      const partition = isSameLayout ? before?.partition : undefined;
      const isCurrent = isSameBase && isSameLayout && before?.bot === bot;
      entries.set(bot.bot_id, isCurrent ? before : await this.#entryOf(bot, ofAll, partition));
    }
    this.#entries = entries;
    const enabled = [...entries.values()].filter(({ bot }) => bot.enabled);
    this.#byPartition = Map.groupBy(enabled, ({ partition }) => partition);
    this.#bots = bots;
    this.#overrides = overrides;
    this.#ofAll = ofAll;
    this.#knownLayout = layout;
  }

  /** Partitions may have been added: bots are looked up anew at the next refresh. */
  forgetPartitions(): void {
    this.#layout += 1;
  }

  /** Enabled or not. */
  get(botId: string): RosterEntry | undefined {
    return this.#entries.get(botId);
  }

  /** The enabled bots of a partition. */
  enabledOn(partition: number): readonly RosterEntry[] {
    return this.#byPartition.get(partition) ?? [];
  }

  async #entryOf(
    bot: Bot,
    ofAll: AlertSettings,
    partition: number | undefined,
  ): Promise<RosterEntry> {
    return {
      bot,
      partition: partition ?? (await this.#deps.partitionOf(bot.bot_id)),
      settings: bot.alerts === undefined ? ofAll : alertSettings(ofAll, bot.alerts),
      watchedSinceMs: enabledSinceMs(bot),
      keys: mapRules((rule) => alertKey({ bot_id: bot.bot_id, rule })),
    };
  }
}

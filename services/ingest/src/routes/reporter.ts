/** Who reports events: a bot by its report token, or the administrator. */
import { type Bot, isStillValid } from '@hookpulse/common/domain/bot';
import { bearerToken } from '@hookpulse/common/http/bearer';
import type { BotRegistry } from '@hookpulse/common/registry/bot-registry';
import { matchesSha256, sha256Hex } from '@hookpulse/common/runtime/secrets';

export type Reporter =
  | { readonly kind: 'admin' }
  | { readonly kind: 'bot'; readonly botId: string }
  | { readonly kind: 'unknown' };

/** More tokens than are in use at once; beyond it the oldest is looked up anew. */
const MAX_REMEMBERED_TOKENS = 10_000;

export class ReporterDirectory {
  readonly #registry: Pick<BotRegistry, 'get' | 'list'>;
  readonly #adminTokenSha256: string | null;
  /**
   * Whose token it was last time, by the token's SHA-256: only where to look first. The comparison
   * in constant time is made again for every request, so a rotated token is refused at once.
   */
  readonly #lastSeen = new Map<string, string>();

  /** @param adminToken - null: there is none */
  constructor(registry: Pick<BotRegistry, 'get' | 'list'>, adminToken: string | null) {
    this.#registry = registry;
    this.#adminTokenSha256 = adminToken === null ? null : sha256Hex(adminToken);
  }

  /** @param authorization - the header's value */
  identify(authorization: string | undefined, nowMs: number): Reporter {
    const token = bearerToken(authorization);
    if (token === null) return { kind: 'unknown' };
    if (this.#adminTokenSha256 !== null && matchesSha256(token, this.#adminTokenSha256)) {
      return { kind: 'admin' };
    }
    const bot = this.#lastOwner(token, nowMs) ?? this.#findOwner(token, nowMs);
    return bot ? { kind: 'bot', botId: bot.bot_id } : { kind: 'unknown' };
  }

  #lastOwner(token: string, nowMs: number): Bot | undefined {
    const botId = this.#lastSeen.get(sha256Hex(token));
    const bot = botId === undefined ? undefined : this.#registry.get(botId);
    return bot && ownsToken(bot, token, nowMs) ? bot : undefined;
  }

  #findOwner(token: string, nowMs: number): Bot | undefined {
    const owner = this.#registry.list().find((bot) => ownsToken(bot, token, nowMs));
    if (owner) this.#remember(token, owner.bot_id);
    return owner;
  }

  #remember(token: string, botId: string): void {
    const oldest = this.#lastSeen.keys().next();
    if (this.#lastSeen.size >= MAX_REMEMBERED_TOKENS && !oldest.done) {
      this.#lastSeen.delete(oldest.value);
    }
    this.#lastSeen.set(sha256Hex(token), botId);
  }
}

/** The token of now, or the one before during its grace time. */
function ownsToken(bot: Bot, token: string, nowMs: number): boolean {
  const isCurrent = matchesSha256(token, bot.report_token_sha256);
  const { previous_report_token: previous } = bot;
  if (!previous) return isCurrent;
  const isPrevious = matchesSha256(token, previous.sha256);
  return isCurrent || (isPrevious && isStillValid(previous, nowMs));
}

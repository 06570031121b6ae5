/** Who reports events: a bot by its report token, or the administrator. */
import { isStillValid } from '@hookpulse/common/domain/bot';
import { bearerToken } from '@hookpulse/common/http/bearer';
import type { BotRegistry } from '@hookpulse/common/registry/bot-registry';
import { matchesSha256, sha256Hex } from '@hookpulse/common/runtime/secrets';

export type Reporter =
  | { readonly kind: 'admin' }
  | { readonly kind: 'bot'; readonly botId: string }
  /** `isShown`: something was shown that holds for nobody. */
  | { readonly kind: 'unknown'; readonly isShown: boolean };

/** One digest and one look-up, however many bots there are and whether or not the token holds. */
export class ReporterDirectory {
  readonly #registry: Pick<BotRegistry, 'ownerOfReportToken'>;
  readonly #adminTokenSha256: string | null;

  /** @param adminToken - null: there is none */
  constructor(registry: Pick<BotRegistry, 'ownerOfReportToken'>, adminToken: string | null) {
    this.#registry = registry;
    this.#adminTokenSha256 = adminToken === null ? null : sha256Hex(adminToken);
  }

  /** @param authorization - the header's value */
  identify(authorization: string | undefined, nowMs: number): Reporter {
    const token = bearerToken(authorization);
    if (token === null) return { kind: 'unknown', isShown: authorization !== undefined };
    if (this.#adminTokenSha256 !== null && matchesSha256(token, this.#adminTokenSha256)) {
      return { kind: 'admin' };
    }
    const sha256 = sha256Hex(token);
    const bot = this.#registry.ownerOfReportToken(sha256);
    if (!bot) return { kind: 'unknown', isShown: true };
    const isCurrent = sha256 === bot.report_token_sha256;
    const isHeld = isCurrent || isStillValid(bot.previous_report_token, nowMs);
    return isHeld ? { kind: 'bot', botId: bot.bot_id } : { kind: 'unknown', isShown: true };
  }
}

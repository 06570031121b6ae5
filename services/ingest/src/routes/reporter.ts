/** Who reports events: a bot by its report token, or the administrator. */

import { isStillValid } from '@hookpulse/common/bots/bot';
import { matchesSha256, sha256Hex } from '@hookpulse/common/values/secrets';
import { bearerToken } from '@hookpulse/service-kit/http/bearer';
import type { BotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import type { NamedTokens } from '@hookpulse/topic-tables/tokens/named-tokens';

export type Reporter =
  | { readonly kind: 'admin' }
  | { readonly kind: 'bot'; readonly botId: string }
  /** `isShown`: something was shown that holds for nobody. */
  | { readonly kind: 'unknown'; readonly isShown: boolean };

/** One digest and one look-up, however many bots there are and whether or not the token holds. */
export class ReporterDirectory {
  readonly #registry: Pick<BotRegistry, 'ownerOfReportToken'>;
  readonly #adminTokenSha256: string | null;
  readonly #namedTokens: Pick<NamedTokens, 'use'> | undefined;

  /**
   * @param adminToken - null: there is none
   * @param namedTokens - undefined: there are none
   */
  constructor(
    registry: Pick<BotRegistry, 'ownerOfReportToken'>,
    adminToken: string | null,
    namedTokens?: Pick<NamedTokens, 'use'>,
  ) {
    this.#registry = registry;
    this.#namedTokens = namedTokens;
    this.#adminTokenSha256 = adminToken === null ? null : sha256Hex(adminToken);
  }

  /**
   * @param authorization - the header's value
   * @throws TableNotReadError when a named token is shown, and they have not been read yet.
   */
  identify(authorization: string | undefined, nowMs: number): Reporter {
    const token = bearerToken(authorization);
    if (token === null) return { kind: 'unknown', isShown: authorization !== undefined };
    if (this.#adminTokenSha256 !== null && matchesSha256(token, this.#adminTokenSha256)) {
      return { kind: 'admin' };
    }
    if (this.#isNamedAdmin(token, nowMs)) return { kind: 'admin' };
    const sha256 = sha256Hex(token);
    const bot = this.#registry.ownerOfReportToken(sha256);
    if (!bot) return { kind: 'unknown', isShown: true };
    const isCurrent = sha256 === bot.report_token_sha256;
    const isHeld = isCurrent || isStillValid(bot.previous_report_token, nowMs);
    return isHeld ? { kind: 'bot', botId: bot.bot_id } : { kind: 'unknown', isShown: true };
  }

  /** Stands in for the admin token; those of a smaller scope or for some bots do not report. */
  #isNamedAdmin(token: string, nowMs: number): boolean {
    const named = this.#namedTokens?.use(token, nowMs);
    return named?.scope === 'admin' && named.bots === null;
  }
}

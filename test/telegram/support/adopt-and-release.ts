/** Putting a bot under Hookpulse and taking it out again, as its operator does, while it works. */
import type { StandInBot } from '@hookpulse/traffic/telegram/stand-in-bot';
import { expect } from '@jest/globals';
import type { ChatTraffic } from './chat-traffic.ts';
import type { LibraryBotSystem } from './library-bot-system.ts';
import type { LibraryBot } from './library-bots.ts';

export interface BotAtWork {
  readonly bot: StandInBot;
  readonly program: LibraryBot;
  readonly traffic: ChatTraffic;
  /** Of the bot's own webhook. */
  readonly secret: string;
}

/** Resolves when the traffic goes on through Hookpulse. */
export async function adoptAtWork(
  system: LibraryBotSystem,
  { bot, traffic, secret }: BotAtWork,
): Promise<void> {
  await traffic.goesOn();
  const secrets = `${bot.identity.token}\n${secret}\n`;
  const adopted = await system.command(secrets, 'adopt', '--yes');
  expect(adopted).toMatchObject({ exitCode: 0, warned: '' });
  expect(adopted.printed).toContain('✓ The bot has processed the empty update.');
  expect(bot.webhook?.url).toBe(system.ingestWebhook(bot));
  await traffic.goesOn();
}

/** Resolves when the bot has had every update, each once and in order. */
export async function releaseAtWork(
  system: LibraryBotSystem,
  { bot, program, traffic, secret }: BotAtWork,
): Promise<void> {
  const released = await system.command('', 'release', bot.identity.username, '--yes');
  expect(released).toMatchObject({ exitCode: 0 });
  expect(bot.webhook).toMatchObject({ url: program.url, secret });
  await traffic.goesOn();
  await traffic.nothingIsLost();
  traffic.nothingIsDoubled();
  traffic.orderIsKept();
  expect(system.output()).not.toContain(bot.identity.token);
}

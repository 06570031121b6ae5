/** Slack's incoming webhooks (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks). */
import type { Notification, Verdict } from '../notification.ts';
import { cutText } from './cut-text.ts';
import type { HttpSender } from './http-sender.ts';
import { verdictOf } from './http-verdict.ts';
import { wellFormedJson } from './well-formed-json.ts';

/** Slack cuts off after 40,000, escapes included. */
const MAX_CHARACTERS = 39_000;
/** 403 and 404 are final there: the channel or the webhook is gone. */
const FOR_NOW: ReadonlySet<number> = new Set([408, 429]);

export async function sendSlack(
  { subject, text }: Notification,
  url: string,
  sender: HttpSender,
): Promise<Verdict> {
  const message = `*${escaped(subject)}*\n${escaped(text)}`;
  const body = wellFormedJson({ text: cutText(message, MAX_CHARACTERS), unfurl_links: false });
  return verdictOf(await sender.post({ url, body }), new URL(url).host, FOR_NOW);
}

/** So that no name pings a channel or becomes a link. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

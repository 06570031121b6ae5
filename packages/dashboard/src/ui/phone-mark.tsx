/** On phones, where a status has no column of its own: its mark in front of something else. */
import './phone-mark.css';
import { type Tone, ToneMark } from './status-badge.tsx';

export function PhoneMark({ tone, word }: { readonly tone: Tone; readonly word: string }) {
  return (
    <span class="phone-mark" title={word}>
      <ToneMark tone={tone} />
      <span class="visually-hidden">{word}: </span>
    </span>
  );
}

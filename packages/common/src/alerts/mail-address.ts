/** As the environment's addresses are checked; no control character gets near a mail's headers. */
export const ADDRESS_PART = '[^\\s\\x00-\\x1f\\x7f@<>()\\[\\]\\\\,;:"]+';

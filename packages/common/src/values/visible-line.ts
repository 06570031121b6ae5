/** Pattern of one line of text: not blank, and without invisible characters. */
export const VISIBLE_LINE =
  '^[^\\p{C}\\p{Zl}\\p{Zp}]*[^\\s\\p{C}\\p{Zl}\\p{Zp}][^\\p{C}\\p{Zl}\\p{Zp}]*$';

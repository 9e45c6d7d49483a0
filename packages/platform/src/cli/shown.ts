/** What moves a cursor, hides text or turns it around; or a colour of our own. */
const CONTROL = /([\p{Cc}\u202a-\u202e\u2066-\u2069])(\[(?:1|22|31|32|33|39|90)m)?/gu;

/** Text as a terminal may show it: a document commands it nothing, U+FFFD stands where it would. */
export function shown(text: string): string {
  return text.replaceAll(CONTROL, (whole, control: string, color = '') =>
    control === '\n' || control === '\t' || (control === '\u001b' && color !== '') ? whole : `\uFFFD${color}`,
  );
}

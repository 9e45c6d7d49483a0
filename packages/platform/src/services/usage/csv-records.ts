/** The longest field that is kept: a longer statement is too long to read, and says so. */
const LONGEST_FIELD = 2 ** 19;

/** Records of a CSV text (RFC 4180), as they come; what is too long of a field is left out. */
export async function* csvRecords(chunks: AsyncIterable<string>): AsyncGenerator<readonly string[]> {
  let record: string[] = [];
  let field = '';
  let state: 'plain' | 'quoted' | 'quote' = 'plain';
  const keep = (text: string) => {
    if (field.length < LONGEST_FIELD) field += text;
  };
  for await (const chunk of chunks) {
    for (const character of chunk) {
      if (state === 'quoted') {
        if (character === '"') state = 'quote';
        else keep(character);
        continue;
      }
      if (character === '"') {
        if (state === 'quote') keep('"');
        state = 'quoted';
        continue;
      }
      state = 'plain';
      if (character === ',' || character === '\n') {
        record.push(field);
        field = '';
      } else if (character !== '\r') keep(character);
      if (character !== '\n') continue;
      yield record;
      record = [];
    }
  }
  if (field !== '' || record.length > 0) yield [...record, field];
}

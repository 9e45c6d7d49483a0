const maxKept = 500;
const maxKeptCharacters = 16_384;

/** Remembers the last answers of a question whose answer depends on nothing else; errors and long questions are asked again. */
export function rememberAnswers<Question, Answer>(
  ask: (question: Question, owner?: string) => Promise<Answer>,
): (question: Question, owner?: string) => Promise<Answer> {
  const answers = new Map<string, Answer>();
  return async (question, owner) => {
    const key = JSON.stringify(question);
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = await ask(question, owner);
    if (key.length > maxKeptCharacters) return answer;
    const [oldest] = answers.keys();
    if (answers.size >= maxKept && oldest !== undefined) answers.delete(oldest);
    answers.set(key, answer);
    return answer;
  };
}

const moving = /\b(?:now|today|ago|age|current_\w+|get_current_\w+|localtime\w*|transaction_timestamp|random|\w*uuid\w*)\b/i;

/** Whether a condition may be true of a row now and false later: what was counted under it is not kept. Rather true than false. */
export function isUnsteady(where: string | undefined): boolean {
  return where !== undefined && moving.test(where);
}

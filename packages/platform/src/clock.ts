/** Time, new ids and chance come in through here, so that tests decide them. */
export interface Clock {
  /** The time now, ISO 8601 in UTC with milliseconds. */
  now(): string;
}

export const systemClock: Clock = { now: () => new Date().toISOString() };

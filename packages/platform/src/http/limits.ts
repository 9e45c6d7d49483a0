/** Named defaults of what a request may ask of the server. */
export interface HttpLimits {
  readonly bodyBytes: number;
}

export const httpLimits: HttpLimits = { bodyBytes: 32 * 1024 * 1024 };

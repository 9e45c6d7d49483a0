/** Named defaults of what a request may ask of the server. */
export interface HttpLimits {
  readonly bodyBytes: number;
  /** Of what stands about an answer in its headers: most clients refuse 16 KiB. */
  readonly headerBytes: number;
}

export const httpLimits: HttpLimits = { bodyBytes: 32 * 1024 * 1024, headerBytes: 12 * 1024 };

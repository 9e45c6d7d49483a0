/** A mark for what was built of made-up rows. */
export function onSamples({ samples = [] }: { readonly samples?: readonly string[] | undefined }): string {
  return samples.length === 0 ? '' : ', on samples';
}

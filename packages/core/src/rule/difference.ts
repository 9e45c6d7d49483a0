/** What two numbers, given as text, are apart: to the last digit where both are plain decimals; undefined where one is no number. */
export function difference(a: string, b: string): string | undefined {
  const [one, other] = [decimal(a), decimal(b)];
  if (one === undefined || other === undefined) {
    const apart = Number(a) - Number(b);
    return Number.isFinite(apart) ? String(apart) : undefined;
  }
  const scale = Math.max(one.scale, other.scale);
  return format(one.digits * 10n ** BigInt(scale - one.scale) - other.digits * 10n ** BigInt(scale - other.scale), scale);
}

function decimal(text: string): { readonly digits: bigint; readonly scale: number } | undefined {
  const [, whole, fraction = ''] = /^(-?\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  return whole === undefined ? undefined : { digits: BigInt(`${whole}${fraction}`), scale: fraction.length };
}

function format(digits: bigint, scale: number): string {
  const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0');
  const fraction = scale === 0 ? '' : text.slice(-scale).replace(/0+$/, '');
  return `${digits < 0n ? '-' : ''}${text.slice(0, text.length - scale)}${fraction === '' ? '' : `.${fraction}`}`;
}

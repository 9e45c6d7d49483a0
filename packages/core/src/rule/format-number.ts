/**
 * A number for people: 1,234,567.5, with at most six digits after the point. As `toLocaleString('en-US')` has it, which first loads a
 * language: longer than it takes to judge ten rows.
 */
export function formatNumber(value: number): string {
  const [whole = '', ...fraction] = String(Math.abs(value) < 1e21 ? Number(value.toFixed(6)) : value).split('.');
  return [whole.replace(/\B(?=(?:\d{3})+$)/g, ','), ...fraction].join('.');
}

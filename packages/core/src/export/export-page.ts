import { escapeMarkdown, row } from '../report/markdown.ts';
import { xmlText } from '../report/xml.ts';
import { type Block, contractPage } from './contract-page.ts';
import type { Export } from './export-subject.ts';

/** One page in GitHub's Markdown. No text of a document becomes markup. */
export const exportMarkdown: Export = (subject) => ({
  files: [{ name: `${nameOf(subject.file)}.md`, text: `${contractPage(subject).map(markdownOf).join('\n\n')}\n` }],
  left: [],
});

/** One page that stands alone, light and dark, without scripts. */
export const exportHtml: Export = (subject) => {
  const body = contractPage(subject).map(htmlOf).join('\n');
  const text = `<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${xmlText(subject.contract.name)}</title><style>${STYLE}</style></head>\n<body>\n${body}\n</body>\n</html>\n`;
  return { files: [{ name: `${nameOf(subject.file)}.html`, text }], left: [] };
};

function nameOf(file: string): string {
  return file.replace(/(\.odcs)?\.(ya?ml|json)$/, '');
}

const STYLE =
  ':root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{border-bottom:1px solid color-mix(in srgb,currentColor 25%,transparent);padding:.35rem .6rem;text-align:left;vertical-align:top}td:first-child{font-family:ui-monospace,monospace}';

function markdownOf(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(block.level)} ${markdown(block.text)}`;
    case 'paragraph':
      return markdown(block.text);
    case 'list':
      return block.items.map((item) => `- ${markdown(item)}`).join('\n');
    case 'table':
      return [block.head, block.head.map(() => '---'), ...block.rows].map((cells, index) => row(cells.map(index === 1 ? String : markdown))).join('\n');
    default:
      return block satisfies never;
  }
}

/** A paragraph begins no list and no rule. */
function markdown(text: string): string {
  return escapeMarkdown(text.trim()).replace(/^(\d*)([-+=.)])/, (_, digits: string, mark: string) => `${digits}&#${mark.charCodeAt(0)};`);
}

function htmlOf(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `<h${block.level}>${xmlText(block.text)}</h${block.level}>`;
    case 'paragraph':
      return `<p>${xmlText(block.text)}</p>`;
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${xmlText(item)}</li>`).join('')}</ul>`;
    case 'table':
      return `<table>${rowOf(block.head, 'th')}${block.rows.map((cells) => rowOf(cells, 'td')).join('')}</table>`;
    default:
      return block satisfies never;
  }
}

function rowOf(cells: readonly string[], tag: 'th' | 'td'): string {
  return cells.every((cell) => cell === '') ? '' : `<tr>${cells.map((cell) => `<${tag}>${xmlText(cell)}</${tag}>`).join('')}</tr>`;
}

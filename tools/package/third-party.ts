import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const standards = fileURLToPath(new URL('../../packages/core/standards/', import.meta.url));

const head = `# What is inside this package

Hanse is licensed under Apache-2.0 (LICENSE). Its compiled code holds code of the packages below, each under the licence printed with it, and
validators that are made from the JSON Schemas of two standards.`;

/** The licences of all that was bundled, as one page. Throws where a package has no licence text. */
export function thirdPartyText(modules: ReadonlySet<string>): string {
  const roots = new Set([...modules].flatMap((path) => /^.*[/\\]node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+/.exec(path)?.[0] ?? []));
  const packages = [...roots].map(describePackage).toSorted((a, b) => a.title.localeCompare(b.title, 'en'));
  const schemas = ['odcs', 'odps'].map((name) => ({
    title: `JSON Schemas of the Open ${name === 'odcs' ? 'Data Contract' : 'Data Product'} Standard (Apache-2.0)`,
    text: readFileSync(join(standards, name, 'LICENSE'), 'utf8'),
  }));
  return `${[head, ...[...packages, ...schemas].map(({ title, text }) => `## ${title}\n\n\`\`\`\n${text.trim()}\n\`\`\``)].join('\n\n')}\n`;
}

interface Licence {
  readonly title: string;
  readonly text: string;
}

function describePackage(root: string): Licence {
  const { name, version, license }: Readonly<Record<string, string>> = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const files = readdirSync(root);
  const file = files.find((one) => /^(licen[cs]e|copying)(\.\w+)?$/i.test(one));
  const readme = files.find((one) => /^readme/i.test(one));
  const text =
    file === undefined ? licenceSection(readme === undefined ? '' : readFileSync(join(root, readme), 'utf8')) : readFileSync(join(root, file), 'utf8');
  if (text.trim() === '') throw new Error(`${name} ${version} is bundled and has no licence text: look for it, or leave the package out.`);
  return { title: `${name} ${version} (${license})`, text };
}

/** What a README says below its heading about the licence. */
function licenceSection(readme: string): string {
  return /^#+ *licen[cs]e *\n([\s\S]*?)(?=^#+ |$(?![\s\S]))/im.exec(readme)?.[1] ?? '';
}

import { expect, test } from 'vitest';
import { consumerViolations } from './consumer.ts';
import { plant } from './testing/plant.ts';

const manifest = { name: '@sallyport/planted', version: '0.1.0', type: 'module', license: 'MIT', files: ['dist'] };

const consumed = (program: string, built: string): readonly string[] => {
  const exports = { '.': { types: './dist/index.d.ts', default: './dist/index.js' } };
  const root = plant({
    'packages/planted/package.json': JSON.stringify({ ...manifest, exports }),
    'packages/planted/dist/index.js': built,
    'packages/planted/dist/index.d.ts': 'export declare const a: number;\n',
    'tools/consumer/program.ts': program,
    'tools/consumer/package.json': JSON.stringify({
      ...manifest,
      dependencies: { typescript: '5.9.3', '@types/node': '20.19.43' },
    }),
  });
  return consumerViolations(root).map(({ rule }) => rule.replace(/:\n[\s\S]*/, ''));
};

const good = "import { a } from '@sallyport/planted';\nif (a !== 1) throw new Error('not 1');\n";

test('a package whose code does not what it says is found by the program', () => {
  expect(consumed(good, 'export const a = 2;\n')).toEqual(['out/program.js']);
}, 120_000);

/** AdonisJS's rules; Prettier decides the form; on top what the house style asks for. */
import { configApp } from '@adonisjs/eslint-config'
import tseslint from 'typescript-eslint'

const PRETTIER_DECIDES = { '@stylistic/comma-dangle': 'off', '@stylistic/max-len': 'off' }

/** Taste, or wrong for us: a validator of foreign text has to name control characters. */
const LEFT_OUT = { '@unicorn/no-await-expression-member': 'off', 'no-control-regex': 'off' }

const NODE_GLOBALS = [
  ...[
    'process',
    'console',
    'URL',
    'fetch',
    'Buffer',
    'performance',
    'AbortSignal',
    'TextDecoder',
    'TextEncoder',
  ],
  ...['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'structuredClone'],
]

const HOUSE = {
  curly: ['error', 'multi-line'],
  'no-empty': ['error', { allowEmptyCatch: false }],
  'no-console': 'error',
  'prefer-const': 'error',
  'no-var': 'error',
}

export default configApp(
  { ignores: ['storage/**', '.adonisjs/**', 'sdks/**', 'tests/fixtures/**'] },
  { name: 'Form', files: ['**/*.ts'], rules: { ...PRETTIER_DECIDES, ...LEFT_OUT } },
  {
    name: 'House style',
    files: ['**/*.ts', '**/*.tsx'],
    plugins: { '@typescript-eslint': tseslint.plugin },
    languageOptions: { parser: tseslint.parser, parserOptions: { projectService: true } },
    rules: {
      ...HOUSE,
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/ban-ts-comment': 'error',
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', name: 'test', package: '@japa/runner' }] },
      ],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
    },
  },
  {
    name: 'Loops over numbers are what the hot path is made of',
    files: ['**/hot/**', '**/*.bench.ts'],
    rules: { '@unicorn/no-for-loop': 'off' },
  },
  {
    name: 'Commands, tests and the tag in the page speak on the console',
    files: ['app/commands/**', 'resources/tags/**', 'tests/**', '**/*.bench.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    name: 'Entry points of the framework',
    files: ['bin/*.ts'],
    rules: { '@typescript-eslint/no-floating-promises': 'off', 'no-console': 'off' },
  },
  {
    name: 'Launcher: plain JavaScript that talks to a person',
    files: ['**/*.js'],
    languageOptions: { globals: Object.fromEntries(NODE_GLOBALS.map((name) => [name, 'readonly'])) },
    rules: { ...HOUSE, 'no-console': 'off', 'no-unused-vars': 'error', 'no-undef': 'error' },
  },
  {
    name: 'Load scripts run in k6',
    files: ['tests/load/**'],
    languageOptions: {
      globals: { __ENV: 'readonly', __VU: 'readonly', __ITER: 'readonly', open: 'readonly' },
    },
  },
  { name: 'Read by any Node', files: ['bin/start.js', 'bin/run_tests.js'], rules: { 'no-var': 'off' } }
)

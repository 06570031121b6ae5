import { availableParallelism } from 'node:os';
import { bundledTypebox } from './test/setup/bundled-typebox.js';

// Jest runs the sources as ES modules; swc only strips the types.
const config = {
  testEnvironment: 'node',
  globalSetup: '<rootDir>/test/setup/global-setup.ts',
  globalTeardown: '<rootDir>/test/setup/global-teardown.ts',
  testSequencer: '<rootDir>/test/setup/long-first.js',
  roots: ['packages', 'services', 'test', 'scripts', 'bench'].map((name) => `<rootDir>/${name}`),
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } },
    ],
  },
  moduleNameMapper: await bundledTypebox(),
  // Conditions have their own patience: a slow machine makes a test slow, not red.
  testTimeout: 240_000,
  // Many start systems that keep a core busy: with more workers than cores they starve each other. With more than
  // four, the engines would fill the memory.
  maxWorkers: Math.min(availableParallelism(), 4),
};

export default config;

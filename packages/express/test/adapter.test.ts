import { describe } from 'vitest';
import { adapterCases } from '../../core/test/adapter/cases.ts';
import { adapters } from './adapter.ts';

describe.each(adapters)('$name', adapterCases);

import { adapterCases } from '../../core/test/adapter/cases.ts';
import { adapter } from './adapter.ts';

adapterCases(adapter);

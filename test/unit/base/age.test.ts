import assert from 'node:assert/strict';
import { test } from 'node:test';
import { oldestFirst, type Aged } from '../../../lib/base/age.ts';

const aged = (createdAt: string, name: string, namespace = 'a'): Aged => ({ createdAt, name, namespace });

test('G-2: oldest first, then by name, then by namespace, whatever order they came in', () => {
  const sorted = [
    aged('', 'undated'),
    aged('2024-01-01T00:00:00Z', 'a', 'a'),
    aged('2024-01-01T00:00:00Z', 'a', 'b'),
    aged('2024-01-01T00:00:00Z', 'b', 'a'),
    aged('2025-01-01T00:00:00Z', 'a', 'a'),
  ];
  assert.deepEqual([...sorted].reverse().sort(oldestFirst), sorted);
});

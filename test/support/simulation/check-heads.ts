import type { Head } from '../../../lib/control/build/served-heads.ts';
import type { History } from './history.ts';

/** Whether no view ever goes back: to an older revision, or under an older reign (FLT-2). One that was forgotten begins anew. */
export function checkHeads(history: History): readonly string[] {
  const newest = new Map<string, Head>();
  return history.flatMap((event) => {
    if (event.what === 'record-removed' && event.key.partition === 'heads') newest.delete(event.key.id);
    if (event.what !== 'record' || event.key.partition !== 'heads') return [];
    const [before, head] = [newest.get(event.key.id), event.record as Head];
    newest.set(event.key.id, head);
    if (before === undefined || (head.revision >= before.revision && head.epoch >= before.epoch)) return [];
    const [was, is] = [before, head].map(({ revision, epoch }) => `revision ${revision} of epoch ${epoch}`);
    return [`${event.by} took the view ${event.key.id.slice(0, 12)} from ${was} back to ${is}`];
  });
}

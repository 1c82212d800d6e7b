import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { waitUntil } from '../../tools/support/wait-until.ts';
import { startCloudHere } from '../support/backends.ts';
import { sentIn, serviceEntry } from '../support/delivery.ts';
import { apply, poll } from '../support/local-mesh.ts';
import { need } from '../support/needs.ts';
import { runCli } from '../support/run-cli.ts';
import type { Cloud } from '../support/start-cloud.ts';

// What only the cloud has: files that arrive in a bucket, and a front door with a limit.

const PATIENCE_MS = 30_000;
const needs = await need('ministack');
const reviews = serviceEntry('reviews.default.svc.cluster.local', '10.0.0.1');
const ratings = serviceEntry('ratings.default.svc.cluster.local', '10.0.0.2');

test(
  'STO-8: a file in the inbox is a revision of its own, built and served, with its answer beside it',
  needs,
  async (t) => {
    const cloud = await startCloudHere();
    t.after(cloud.stop);
    await apply(cloud.url, reviews);
    const { version_info } = await sentIn(await poll(cloud.url));
    await upload(cloud, 'inbox/team a/größe+1.yaml', ratings);
    const answer = (await resultOf(cloud, 'results/team a/größe+1.yaml.json')) as { revision: number };
    assert.equal(answer.revision, 2);
    const changed = await untilChanged(cloud.url, version_info);
    assert.ok(changed.includes('outbound|80||ratings.default.svc.cluster.local'), changed.join());
  },
);

test('STO-8: a file with mistakes changes nothing, and all of them lie beside it', needs, async (t) => {
  const cloud = await startCloudHere();
  t.after(cloud.stop);
  const bad = 'apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: { name: x }\nspec: {}';
  await upload(cloud, 'inbox/bad.yaml', `${reviews}\n${bad}\n---\n${bad.replace('x', 'y')}`);
  const { errors } = (await resultOf(cloud, 'results/bad.yaml.json')) as { errors: { name: string }[] };
  assert.deepEqual([...new Set(errors.map(({ name }) => name))], ['x', 'y']);
  assert.match((await runCli(['history', '-o', 'json'], { url: cloud.url })).stdout, /"revisions": \[\]/);
});

test('STO-8: what the front door does not let in goes in by the inbox', needs, async (t) => {
  const cloud = await startCloudHere();
  t.after(cloud.stop);
  const text = `# ${'x'.repeat(7 * 1024 * 1024)}\n${reviews}`;
  const refused = await fetch(`${cloud.url}/v1/apply`, { method: 'POST', body: text });
  assert.equal(refused.status, 413);
  await upload(cloud, 'inbox/large.yaml', text);
  assert.equal(((await resultOf(cloud, 'results/large.yaml.json')) as { revision: number }).revision, 1);
});

/** As someone does who has the bucket and nothing else of ours. */
async function upload(cloud: Cloud, key: string, text: string): Promise<void> {
  await cloud.s3.send(new PutObjectCommand({ Bucket: cloud.bucket, Key: key, Body: text }));
}

/** The answer to an upload, as soon as it lies in the bucket. */
async function resultOf({ s3, bucket, functions }: Cloud, key: string): Promise<unknown> {
  let text: string | undefined;
  const isThere = async (): Promise<boolean> => {
    text = await readText(s3, { Bucket: bucket, Key: key });
    return text !== undefined;
  };
  await waitUntil(isThere, { what: key, timeoutMs: PATIENCE_MS, detail: functions['on-upload'].output });
  return JSON.parse(text ?? '');
}

async function readText(s3: S3Client, place: { Bucket: string; Key: string }): Promise<string | undefined> {
  try {
    return await (await s3.send(new GetObjectCommand(place))).Body?.transformToString();
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}

/** The names of the clusters that a proxy is sent once there is something newer than what it has. */
async function untilChanged(url: string, version: string): Promise<readonly string[]> {
  let names: readonly string[] = [];
  const isChanged = async (): Promise<boolean> => {
    const answer = await poll(url, version);
    if (answer.status === 304) return false;
    names = (await sentIn(answer)).resources.map(({ name = '' }) => name);
    return true;
  };
  await waitUntil(isChanged, { what: 'a newer version', timeoutMs: PATIENCE_MS });
  return names;
}

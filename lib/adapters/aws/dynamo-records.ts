import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import {
  type Etag,
  etag,
  type ListOptions,
  type RecordGuard,
  type RecordKey,
  type RecordPage,
  type Records,
  type StoredRecord,
} from '../../ports/records.ts';
import { CorruptStore, StoreUnavailable } from '../../ports/store-errors.ts';
import { checkKey, checkKeyPart, checkLimit, encodeRecord, keyName } from '../record-json.ts';
import { readRow } from '../record-page.ts';
import { attemptsOf, calling } from './aws-errors.ts';
import { judgeRefusedPut, judgeRefusedRemoval, nextEtag } from './etag-lineage.ts';
import { ATTRIBUTES } from './records-table.ts';

export interface DynamoRecordsOptions {
  /** Its retry settings are the caller's; what is still refused after them becomes StoreUnavailable. */
  readonly client: DynamoDBClient;
  /** A table as `recordsTable` describes it. */
  readonly table: string;
}

type Item = Record<string, AttributeValue>;

/**
 * Records as items of one DynamoDB table; every read is consistent, every write conditional. The role needs GetItem, PutItem,
 * DeleteItem, ConditionCheckItem and Query on the table.
 */
export function dynamoRecords(options: DynamoRecordsOptions): Records {
  return {
    async get<T>(key: RecordKey) {
      const item = await readItem(options, key);
      return item && toStoredRecord<T>(key.partition, item);
    },
    putIf: (key, record, expected) => putIf(options, { key, record, expected }),
    putGuarded: (key, record, { expected, guard }) => putGuarded(options, { key, record, expected }, guard),
    removeIf: async (key, expected) =>
      expected === undefined ? (await readItem(options, key)) === undefined : removeIf(options, key, expected),
    list: (partition, page) => queryPage(options, partition, page),
  };
}

async function readItem({ client, table }: DynamoRecordsOptions, key: RecordKey): Promise<Item | undefined> {
  checkKey(key);
  const command = new GetItemCommand({ TableName: table, Key: itemKey(key), ConsistentRead: true });
  return (await calling(keyName(key), () => client.send(command))).Item;
}

interface Put {
  readonly key: RecordKey;
  readonly record: unknown;
  readonly expected: Etag | undefined;
}

/** A refusal of the first attempt is a lost race; of a later one, the stored etag's line tells (docs/decisions/0004). */
async function putIf({ client, table }: DynamoRecordsOptions, put: Put): Promise<Etag | undefined> {
  const { key, record, expected } = put;
  checkKey(key);
  const ours = nextEtag(expected);
  const json = encodeRecord(key, record);
  const command = new PutItemCommand(putOf(table, { key, json, expected, ours }));
  const refused = await refusalOf(key, () => client.send(command));
  return refused === undefined ? ours : judged({ key, expected, ours }, refused, refused.Item);
}

/**
 * The same in one transaction with a look at the guard. The SDK repeats it under one token, so that DynamoDB carries it out
 * once; what is refused all the same is judged like any other put, if it was the put that was refused.
 */
async function putGuarded(
  { client, table }: DynamoRecordsOptions,
  { key, record, expected }: Put,
  guard: RecordGuard,
): Promise<Etag | undefined> {
  checkKey(key);
  checkKey(guard.key);
  const ours = nextEtag(expected);
  const json = encodeRecord(key, record);
  const unchanged = { TableName: table, Key: itemKey(guard.key), ...ifEtag(guard.etag) };
  const command = new TransactWriteItemsCommand({
    TransactItems: [{ Put: putOf(table, { key, json, expected, ours }) }, { ConditionCheck: unchanged }],
  });
  const cancelled = await calling(keyName(key), async () => {
    try {
      await client.send(command);
      return undefined;
    } catch (error) {
      if (error instanceof TransactionCanceledException) return error;
      throw error;
    }
  });
  if (cancelled === undefined) return ours;
  const [ofPut, ofGuard] = cancelled.CancellationReasons ?? [];
  if (ofPut?.Code === REFUSED) return judged({ key, expected, ours }, cancelled, ofPut.Item);
  if (ofGuard?.Code === REFUSED) return undefined;
  throw new StoreUnavailable(keyName(key), cancelled); // in each other's way with another transaction, or throttled
}

/** Why a part of a transaction was cancelled when its own condition did not hold. */
const REFUSED = 'ConditionalCheckFailed';

interface WordedPut extends Omit<Put, 'record'> {
  readonly json: string;
  readonly ours: Etag;
}

function putOf(table: string, { key, json, expected, ours }: WordedPut) {
  return {
    TableName: table,
    Item: { ...itemKey(key), [ATTRIBUTES.json]: { S: json }, [ATTRIBUTES.etag]: { S: ours } },
    ...(expected === undefined ? ifAbsent : ifEtag(expected)),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  } as const;
}

function judged(
  { key, expected, ours }: Omit<WordedPut, 'json'>,
  refused: Error,
  found: Item | undefined,
): Etag | undefined {
  if (attemptsOf(refused) === 1) return undefined;
  const became = judgeRefusedPut(ours, expected, etagOf(found));
  if (became === 'open') throw new StoreUnavailable(keyName(key), refused);
  return became === 'won' ? ours : undefined;
}

/** A removal leaves no etag that could tell it from another's, so a refused repetition may be open. */
async function removeIf({ client, table }: DynamoRecordsOptions, key: RecordKey, expected: Etag): Promise<boolean> {
  checkKey(key);
  const command = new DeleteItemCommand({
    TableName: table,
    Key: itemKey(key),
    ...ifEtag(expected),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  const refused = await refusalOf(key, () => client.send(command));
  if (refused === undefined) return true;
  const judged = attemptsOf(refused) === 1 ? 'lost' : judgeRefusedRemoval(expected, etagOf(refused.Item));
  if (judged === 'open') throw new StoreUnavailable(keyName(key), refused);
  return false;
}

/** The refusal of a conditional write, or `undefined` when it was carried out. */
async function refusalOf(
  key: RecordKey,
  write: () => Promise<unknown>,
): Promise<ConditionalCheckFailedException | undefined> {
  return calling(keyName(key), async () => {
    try {
      await write();
      return undefined;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return error;
      throw error;
    }
  });
}

/** A page ends at the limit or, as DynamoDB has it, at 1 MB; its cursor is the last id. */
async function queryPage<T>(
  { client, table }: DynamoRecordsOptions,
  partition: string,
  { prefix = '', cursor, limit }: ListOptions = {},
): Promise<RecordPage<T>> {
  checkKeyPart('partition', partition);
  const withPrefix = prefix !== '';
  const command = new QueryCommand({
    TableName: table,
    ConsistentRead: true,
    Limit: checkLimit(limit),
    KeyConditionExpression: withPrefix ? '#p = :p AND begins_with(#i, :prefix)' : '#p = :p',
    ExpressionAttributeNames: { '#p': ATTRIBUTES.partition, ...(withPrefix ? { '#i': ATTRIBUTES.id } : {}) },
    ExpressionAttributeValues: { ':p': { S: partition }, ...(withPrefix ? { ':prefix': { S: prefix } } : {}) },
    ...(cursor === undefined ? {} : { ExclusiveStartKey: itemKey({ partition, id: cursor }) }),
  });
  const { Items = [], LastEvaluatedKey } = await calling(partition, () => client.send(command));
  const records = Items.map((item) => toStoredRecord<T>(partition, item));
  const next = LastEvaluatedKey?.[ATTRIBUTES.id]?.S;
  return next === undefined ? { records } : { records, cursor: next };
}

function itemKey(key: RecordKey): Item {
  return { [ATTRIBUTES.partition]: { S: key.partition }, [ATTRIBUTES.id]: { S: key.id } };
}

const ifAbsent = {
  ConditionExpression: 'attribute_not_exists(#p)',
  ExpressionAttributeNames: { '#p': ATTRIBUTES.partition },
};

const ifEtag = (expected: Etag) => ({
  ConditionExpression: '#e = :expected',
  ExpressionAttributeNames: { '#e': ATTRIBUTES.etag },
  ExpressionAttributeValues: { ':expected': { S: expected } },
});

function toStoredRecord<T>(partition: string, item: Item): StoredRecord<T> {
  const id = item[ATTRIBUTES.id]?.S ?? '';
  const json = item[ATTRIBUTES.json]?.S;
  const token = item[ATTRIBUTES.etag]?.S;
  if (json === undefined || token === undefined) throw new CorruptStore(keyName({ partition, id }));
  return readRow<T>(partition, { id, json, etag: token });
}

function etagOf(item: Item | undefined): Etag | undefined {
  const token = item?.[ATTRIBUTES.etag]?.S;
  return token === undefined ? undefined : etag(token);
}

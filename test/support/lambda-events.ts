import type { APIGatewayProxyEventV2, DynamoDBStreamEvent, S3Event, ScheduledEvent, SQSEvent } from 'aws-lambda';
import type { ReceivedMessage } from '../../lib/ports/queue.ts';

export interface HttpEventSettings {
  readonly method?: string;
  readonly path: string;
  readonly query?: string;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  /** `$default` for a function URL; the name of a stage otherwise. */
  readonly stage?: string;
}

/** An event as a function URL or an HTTP API sends it, payload format 2.0. */
export function httpEvent(settings: HttpEventSettings): APIGatewayProxyEventV2 {
  const { method = 'POST', path, query = '', body, isBase64Encoded = false, stage = '$default' } = settings;
  const domainName = 'abc123.lambda-url.eu-west-1.on.aws';
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: stage === '$default' ? path : `/${stage}${path}`,
    rawQueryString: query,
    headers: {
      'x-forwarded-for': '203.0.113.7',
      'x-amzn-trace-id': 'Root=1-5e272390-8c398be037738dc042009320',
      host: domainName,
      ...settings.headers,
    },
    requestContext: {
      accountId: 'anonymous',
      apiId: 'abc123',
      domainName,
      domainPrefix: 'abc123',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '203.0.113.7', userAgent: '' },
      requestId: '931a7e05-5ac1-4ed9-a3a9-ea6fbd6d39f0',
      routeKey: '$default',
      stage,
      time: '01/Jan/2026:00:00:00 +0000',
      timeEpoch: 1_767_225_600_000,
    },
    ...(body === undefined ? {} : { body }),
    isBase64Encoded,
  };
}

/** A batch of the table's stream in which records with these keys were written. */
export function streamEvent(
  ...keys: readonly { readonly partition: string; readonly id: string }[]
): DynamoDBStreamEvent {
  return {
    Records: keys.map(({ partition, id }, index) => ({
      eventID: String(index),
      eventName: 'MODIFY',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'eu-west-1',
      eventSourceARN: 'arn:aws:dynamodb:eu-west-1:123456789012:table/pilotless/stream/2026-01-01T00:00:00.000',
      dynamodb: {
        ApproximateCreationDateTime: 1_767_225_600,
        Keys: { pk: { S: partition }, sk: { S: id } },
        SequenceNumber: String(100 + index),
        SizeBytes: 100,
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
    })),
  };
}

export const timerEvent: ScheduledEvent = {
  version: '0',
  id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: '123456789012',
  time: '2026-01-01T00:00:00Z',
  region: 'eu-west-1',
  resources: ['arn:aws:events:eu-west-1:123456789012:rule/pilotless-timer'],
  detail: {},
};

/** Objects that arrived in the bucket; `key` as it is named there. */
export function uploadEvent(...keys: readonly string[]): S3Event {
  return {
    Records: keys.map((key, index) => ({
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      awsRegion: 'eu-west-1',
      eventTime: '2026-01-01T00:00:00.000Z',
      eventName: 'ObjectCreated:Put',
      userIdentity: { principalId: 'AWS:EXAMPLE' },
      requestParameters: { sourceIPAddress: '203.0.113.7' },
      responseElements: { 'x-amz-request-id': 'C3D13FE58DE4C810', 'x-amz-id-2': 'EXAMPLE' },
      s3: {
        s3SchemaVersion: '1.0',
        configurationId: 'inbox',
        bucket: { name: 'pilotless', ownerIdentity: { principalId: 'EXAMPLE' }, arn: 'arn:aws:s3:::pilotless' },
        object: {
          key: encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/'),
          size: 1,
          eTag: 'd41d8cd98f00b204e9800998ecf8427e',
          sequencer: `0A1B2C3D4E5F67890${index}`,
        },
      },
    })),
  };
}

export const messageId = (index: number): string => `059f36b4-87a3-44ab-83d2-66197${String(index).padStart(7, '0')}`;

/** A batch of a queue. */
export function queueEvent(...messages: readonly Pick<ReceivedMessage, 'body' | 'receives'>[]): SQSEvent {
  return {
    Records: messages.map(({ body, receives }, index) => ({
      messageId: messageId(index),
      receiptHandle: `handle-${index}`,
      body: JSON.stringify(body),
      attributes: {
        ApproximateReceiveCount: String(receives),
        SentTimestamp: '1767225600000',
        SenderId: 'AIDAIENQZJOLO23YVJ4VO',
        ApproximateFirstReceiveTimestamp: '1767225600000',
      },
      messageAttributes: {},
      md5OfBody: 'e4e68fb7bd0e697a0ae8f1bb342846b3',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:eu-west-1:123456789012:pilotless-shards',
      awsRegion: 'eu-west-1',
    })),
  };
}

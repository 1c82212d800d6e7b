import {
  CreateKeyCommand,
  GetPublicKeyCommand,
  type KeySpec,
  type KMSClient,
  ScheduleKeyDeletionCommand,
  SignCommand,
  type SigningAlgorithmSpec,
} from '@aws-sdk/client-kms';
import {
  type SignatureAlgorithm,
  type SigningKey,
  type SigningKeys,
  SigningKeyUnavailable,
} from '../../ports/signing-keys.ts';
import { isAnswer } from './aws-errors.ts';

export interface KmsSigningKeysOptions {
  readonly client: KMSClient;
  /** Keys that are made carry this tag, so that the role's policy can be about them alone. */
  readonly tag?: string;
}

/**
 * Keys that never leave KMS. The role needs CreateKey and TagResource to make one, GetPublicKey and Sign to use one, and
 * ScheduleKeyDeletion to give one up, which KMS does after seven days.
 */
export function kmsSigningKeys({ client, tag = 'authority' }: KmsSigningKeysOptions): SigningKeys {
  return {
    async make() {
      const command = new CreateKeyCommand({
        KeySpec: 'ECC_NIST_P256',
        KeyUsage: 'SIGN_VERIFY',
        Description: 'a root of the Pilotless certificate authority',
        Tags: [{ TagKey: 'pilotless', TagValue: tag }],
      });
      const { KeyMetadata } = await asking('new', () => client.send(command));
      if (KeyMetadata?.KeyId === undefined) throw new SigningKeyUnavailable('new', 'KMS answered without a key');
      return KeyMetadata.KeyId;
    },
    open: (id) => opened(client, id),
    async discard(id) {
      const command = new ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays: DAYS_FOR_REGRETS });
      try {
        await client.send(command);
      } catch (cause) {
        const isGone = isAnswer(cause, 'NotFoundException', 'KMSInvalidStateException');
        if (!isGone) throw unavailable(id, cause);
      }
    },
  };
}

/** The shortest time that KMS allows. */
const DAYS_FOR_REGRETS = 7;

async function opened(client: KMSClient, id: string): Promise<SigningKey> {
  const { PublicKey, KeySpec: spec } = await asking(id, () => client.send(new GetPublicKeyCommand({ KeyId: id })));
  const algorithm = spec === undefined ? undefined : algorithms[spec];
  if (!PublicKey || algorithm === undefined) {
    throw new SigningKeyUnavailable(id, 'it is neither on P-256 or P-384 nor an RSA key for signatures');
  }
  return {
    algorithm,
    publicKey: new Uint8Array(PublicKey),
    async sign(bytes) {
      const command = new SignCommand({
        ...{ KeyId: id, Message: bytes, MessageType: 'RAW', SigningAlgorithm: namesInKms[algorithm] },
      });
      const { Signature } = await asking(id, () => client.send(command));
      if (!Signature) throw new SigningKeyUnavailable(id, 'KMS answered without a signature');
      const bytesOfNumber = numberBytes[algorithm];
      return bytesOfNumber === undefined ? new Uint8Array(Signature) : numbersOf(id, Signature, bytesOfNumber);
    },
  };
}

const algorithms: Partial<Readonly<Record<KeySpec, SignatureAlgorithm>>> = {
  ECC_NIST_P256: 'ecdsa-p256-sha256',
  ECC_NIST_P384: 'ecdsa-p384-sha384',
  RSA_2048: 'rsa-pkcs1-sha256',
  RSA_3072: 'rsa-pkcs1-sha256',
  RSA_4096: 'rsa-pkcs1-sha256',
};

const namesInKms: Readonly<Record<SignatureAlgorithm, SigningAlgorithmSpec>> = {
  'ecdsa-p256-sha256': 'ECDSA_SHA_256',
  'ecdsa-p384-sha384': 'ECDSA_SHA_384',
  'rsa-pkcs1-sha256': 'RSASSA_PKCS1_V1_5_SHA_256',
};

const numberBytes: Partial<Readonly<Record<SignatureAlgorithm, number>>> = {
  'ecdsa-p256-sha256': 32,
  'ecdsa-p384-sha384': 48,
};

/** The two numbers of an ECDSA signature in DER, which is what KMS answers, one behind the other. Source: RFC 3279, section 2.2.3. */
function numbersOf(id: string, der: Uint8Array, bytes: number): Uint8Array {
  const numbers = new Uint8Array(2 * bytes);
  let at = (der[1] ?? 0) > 0x80 ? 3 : 2;
  for (const index of [0, 1]) {
    const length = der[at + 1] ?? 0;
    const number = der.subarray(at + 2, at + 2 + length);
    const plain = number.subarray(Math.max(0, number.byteLength - bytes));
    if (der[at] !== 0x02 || plain.byteLength === 0) throw new SigningKeyUnavailable(id, 'KMS answered no signature');
    numbers.set(plain, (index + 1) * bytes - plain.byteLength);
    at += 2 + length;
  }
  return numbers;
}

async function asking<T>(id: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw unavailable(id, cause);
  }
}

function unavailable(id: string, cause: unknown): SigningKeyUnavailable {
  const word = cause instanceof Error ? cause.name : 'no answer';
  return new SigningKeyUnavailable(id, `KMS refused or did not answer (${word})`, cause);
}

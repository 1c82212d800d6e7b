/** What a thing costs, and per how much of it. */
export interface Price {
  readonly dollars: number;
  readonly per: string;
}

/** The month of the prices below. */
export const PRICES_AS_OF = '2026-03';
export const PRICES_REGION = 'us-east-1';

/**
 * AWS list prices on demand, without the free tier and without reductions for volume, as public guides quote them; compare them with
 * the provider's own pages ("Pricing" of Lambda, DynamoDB, S3, API Gateway, CloudFront and Fargate) before a bill is relied on.
 */
export const PRICES = {
  lambdaRequest: { dollars: 0.2, per: 'million requests' },
  lambdaGbSecond: { dollars: 13.3334, per: 'million GB-seconds, arm64' },
  httpApiRequest: { dollars: 1.0, per: 'million requests of up to 512 KB' },
  dynamoReadUnit: { dollars: 0.125, per: 'million read request units' },
  dynamoWriteUnit: { dollars: 0.625, per: 'million write request units' },
  s3Get: { dollars: 0.4, per: 'million GET requests' },
  s3Put: { dollars: 5.0, per: 'million PUT requests' },
  cloudFrontRequest: { dollars: 1.0, per: 'million HTTPS requests' },
  fargateVcpuHour: { dollars: 0.03238, per: 'vCPU-hour, arm64' },
  fargateGbHour: { dollars: 0.00356, per: 'GB-hour, arm64' },
  loadBalancerHour: { dollars: 0.0225, per: 'hour of an application load balancer' },
  dataOutGb: { dollars: 0.09, per: 'GB to the internet; nothing inside one zone' },
} as const satisfies Readonly<Record<string, Price>>;

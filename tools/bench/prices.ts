/** What a thing costs, and per how much of it. */
export interface Price {
  readonly dollars: number;
  readonly per: string;
}

/** The month of the prices below. */
export const PRICES_AS_OF = '2026-03';
export const PRICES_REGION = 'us-east-1';

/**
 * AWS list prices on demand, first tier, without the free tier and without reductions for volume. Beside each is AWS's own page, and
 * a public one that quotes the number for this region in plain text, as AWS's pages fill theirs in by script.
 */
export const PRICES = {
  // https://aws.amazon.com/lambda/pricing/, https://cloudchipr.com/blog/aws-lambda-pricing
  lambdaRequest: { dollars: 0.2, per: 'million requests' },
  lambdaGbSecond: { dollars: 13.3334, per: 'million GB-seconds, arm64' },
  // https://aws.amazon.com/api-gateway/pricing/, https://www.apigatewaycost.com/aws
  httpApiRequest: { dollars: 1.0, per: 'million requests of up to 512 KB' },
  // https://aws.amazon.com/dynamodb/pricing/on-demand/, https://airbyte.com/data-engineering-resources/dynamodb-pricing; older guides
  // have twice as much, which was the price until November 2024.
  dynamoReadUnit: { dollars: 0.125, per: 'million read request units' },
  dynamoWriteUnit: { dollars: 0.625, per: 'million write request units' },
  // https://aws.amazon.com/s3/pricing/, of PUT also
  // https://www.cloudkaramchari.com/blog/understanding-per-1000-put-copy-post-or-list-requests-in-amazon-s3-pricing/
  s3Get: { dollars: 0.4, per: 'million GET requests' },
  s3Put: { dollars: 5.0, per: 'million PUT requests' },
  // https://aws.amazon.com/cloudfront/pricing/, United States and Europe
  cloudFrontRequest: { dollars: 1.0, per: 'million HTTPS requests' },
  // https://aws.amazon.com/fargate/pricing/, https://www.vantage.sh/blog/fargate-pricing
  fargateVcpuHour: { dollars: 0.03238, per: 'vCPU-hour, arm64' },
  fargateGbHour: { dollars: 0.00356, per: 'GB-hour, arm64' },
  // https://aws.amazon.com/elasticloadbalancing/pricing/, https://cloud-horizons.com/blog/alb-the-line-item-nobody-watches/
  loadBalancerHour: { dollars: 0.0225, per: 'hour of an application load balancer' },
  loadBalancerUnitHour: { dollars: 0.008, per: 'capacity unit of a load balancer and hour' },
  // https://aws.amazon.com/ec2/pricing/on-demand/, https://www.apigatewaycost.com/aws
  dataOutGb: { dollars: 0.09, per: 'GB to the internet; nothing inside one zone' },
} as const satisfies Readonly<Record<string, Price>>;

import { sqsAttributes, sqsLength } from '../../../src/scaling/readings/sqs.ts'
import { NoValue, valueFrom, WrongSetting } from '../failure.ts'
import { HttpClient } from '../http-client.ts'
import type { OpenReader } from '../reader.ts'
import type { Settings } from '../settings.ts'
import { type AwsKeys, signRequest } from './aws-signature.ts'

/** GetQueueAttributes in the JSON protocol (kedacore/keda: pkg/scalers/aws_sqs_queue_scaler.go). */
export const openSqs: OpenReader = (settings, { clock }) => {
  const queueUrl = settings.demand('queueURL')
  const region = settings.demand('awsRegion')
  const scaleOnInFlight = settings.flag('scaleOnInFlight', true)
  const scaleOnDelayed = settings.flag('scaleOnDelayed')
  const keys = keysOf(settings)
  const url = endpointOf(settings.text('awsEndpoint') ?? `https://sqs.${region}.amazonaws.com`)
  const client = new HttpClient()
  const body = JSON.stringify({ QueueUrl: queueUrl, AttributeNames: sqsAttributes({ scaleOnInFlight, scaleOnDelayed }).attributeNames })
  const sent = { 'Content-Type': 'application/x-amz-json-1.0', 'X-Amz-Target': 'AmazonSQS.GetQueueAttributes' }
  return {
    async read(signal) {
      const headers = signRequest({ url, headers: sent, body, region, service: 'sqs', keys, now: clock.now() })
      const { status, text } = await client.ask({ url, method: 'POST', headers, body, signal })
      if (status !== 200) throw refusal(url, status, text)
      const { Attributes: attributes = {} } = JSON.parse(text) as { readonly Attributes?: Readonly<Record<string, string>> }
      return { value: valueFrom(sqsLength({ attributes, scaleOnInFlight, scaleOnDelayed })) }
    },
    close: () => client.close(),
  }
}

function keysOf(settings: Settings): AwsKeys {
  const id = settings.text('awsAccessKeyID', 'awsAccessKeyId')
  const secret = settings.text('awsSecretAccessKey')
  if (id === undefined || secret === undefined)
    throw new WrongSetting('awsAccessKeyID and awsSecretAccessKey are missing; identities of AWS are not there')
  const token = settings.text('awsSessionToken')
  return { id, secret, ...(token === undefined ? {} : { token }) }
}

function endpointOf(text: string): URL {
  try {
    return new URL(text)
  } catch {
    // Said in words that name the setting.
    throw new WrongSetting('awsEndpoint is no address with a scheme')
  }
}

/** Errors are JSON with a `__type` such as `com.amazonaws.sqs#QueueDoesNotExist`. */
function refusal({ host }: URL, status: number, text: string): NoValue {
  const type = /"__type"\s*:\s*"(?:[^"#]*#)?([^"]+)"/.exec(text)?.[1] ?? ''
  const message = /"[mM]essage"\s*:\s*"([^"]+)"/.exec(text)?.[1] ?? ''
  const next = /NotExist|NonExistent/.test(type)
    ? 'Create the queue, or correct queueURL.'
    : /Signature|Token|AccessDenied|Authentication/.test(type)
      ? 'Correct the access key of the trigger.'
      : undefined
  return new NoValue(`${host} answered ${status} ${type} ${message}`.trim(), next)
}

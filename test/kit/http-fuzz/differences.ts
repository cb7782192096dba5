import { type Reading, UNREAD } from './readings.ts'

/**
 * What the edge refuses and node:http may accept, each with the sentence that allows or demands it (RFC 9112 unless said otherwise).
 */
const stricter = new Set([
  // 3: the parts of a request line are separated by single spaces; "recipients MAY instead parse on whitespace-delimited word boundaries".
  'the request line has no target',
  'the request line does not end with a version',
  // 2.2: a server "SHOULD ignore at least one empty line (CRLF) received prior to the request-line"; a bare LF is no such line.
  'the request line has no method',
  // 2.2: "a recipient of such a bare CR MUST consider that element to be invalid"; a lone LF may be taken for a line end, and need not.
  'a line ends without carriage return',
  'a header value has a forbidden character',
  // 5.2: "A server that receives an obs-fold ... MUST either reject the message ... or replace each received obs-fold".
  'a header line is folded',
  // 6.1: "A server that receives a request message with a transfer coding it does not understand SHOULD respond with 501".
  'the only transfer coding known here is chunked',
  'there is more than one Transfer-Encoding field',
  // 6.1, to HTTP/1.0: "A server or client that receives an HTTP/1.0 message containing a Transfer-Encoding header field MUST treat the message as if the framing is faulty".
  'HTTP/1.0 has no Transfer-Encoding',
  // 3.2: "any request message that lacks a Host header field and ... more than one Host header field line or a Host header field with an invalid field value": 400.
  'there is no Host field',
  'there is more than one Host field',
  'the Host field is not a host',
  // 3.2: a target is in origin, absolute, authority or asterisk form.
  'the request target is neither a path nor a URL',
  // RFC 9110, 2.5: a server may answer 505 to a major or minor version it does not wish to speak.
  'this version of HTTP is not spoken here',
  // 7.1.1: "A recipient MUST ignore unrecognized chunk extensions", but a field's characters are limited all the same.
  'a chunk extension has a forbidden character',
  // 9.3: "If the "close" connection option is present, the connection will not persist after the current response", also beside keep-alive.
  'the client ends the connection',
  // RFC 9110, 6.5.1: no trailer is "necessary for message framing".
  'a trailer says how long the message is',
  // 7.1: no blanks around a size.
  'a chunk size is not a hexadecimal number',
])

/** What node:http refuses and the edge lets through, each with the reason. */
const laxer = new Set([
  // RFC 9110, 9.1: methods may be added, and "an origin server that receives a request method that is unrecognized" answers it itself.
  'HPE_INVALID_METHOD',
  // 3.2: a target has ASCII characters only, and recipients of another one "SHOULD respond with either a 400 (Bad Request) error or ...". Clients
  // send raw UTF-8 all the same, nginx passes it on, and no reader takes such a byte for an end of anything: the replica may decide.
  'HPE_INVALID_URL',
  // 5.1: blanks before and after a value, tabs too, are not part of it. The edge takes nothing but digits between them.
  'HPE_INVALID_CONTENT_LENGTH: Invalid character in Content-Length',
  // RFC 9110, 7.8: "A server MAY ignore a received Upgrade header field if it wishes to continue using the current protocol on that connection."
  UNREAD,
  // 7.1.1: "A recipient MUST ignore unrecognized chunk extensions": the edge knows none, ends each at its CRLF, and passes none on.
  'HPE_STRICT: Invalid character in chunk extensions',
  'HPE_STRICT: Invalid character in chunk extensions name',
  'HPE_STRICT: Invalid character in chunk extensions value',
  'HPE_STRICT: Invalid character in chunk extensions quoted value',
  'HPE_STRICT: Invalid character in chunk extensions quote value',
])

/** Why two readings of the same bytes contradict each other; undefined when they agree, or differ only in what is listed. */
export function contradiction(edge: Reading, node: Reading): string | undefined {
  const common = Math.min(edge.requests.length, node.requests.length)
  for (let index = 0; index < common; index++) {
    const [ours, theirs] = [JSON.stringify(edge.requests[index]), JSON.stringify(node.requests[index])]
    if (ours !== theirs) return `request ${index} is ${ours} for the edge and ${theirs} for node:http`
  }
  if (node.requests.length > common && (edge.refused === undefined || !stricter.has(edge.refused)))
    return `node:http accepts ${JSON.stringify(node.requests[common])}, which the edge ${edge.refused === undefined ? 'does not see' : `refuses: ${edge.refused}`}`
  if (edge.requests.length > common && !laxer.has(node.refused ?? ''))
    return `the edge accepts ${JSON.stringify(edge.requests[common])}, which node:http refuses: ${node.refused}`
  return undefined
}

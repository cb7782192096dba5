// One gRPC method without a schema: the request's bytes come back.
const same = (bytes) => bytes
export const calls = {
  echo: {
    path: '/bench.Echo/Say',
    requestStream: false,
    responseStream: false,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  },
}

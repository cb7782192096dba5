import type Docker from 'dockerode'
import type { Container } from '../../../../src/model/pod.ts'

/** Microseconds over which a limit of cpu is measured. Source: kubelet, QuotaPeriod. */
const CPU_PERIOD = 100_000
/** Shortest share of a period that the kernel takes. Source: kubelet, MinQuotaPeriod. */
const MIN_QUOTA = 1000
/** Source: kubelet, MinShares and MaxShares. */
const MIN_SHARES = 2
const MAX_SHARES = 262_144

/**
 * Requests and limits as a kubelet gives them to the kernel. The limit of cpu is a quota and not `NanoCpus`, which an engine
 * refuses when it has fewer processors; memory has no swap beside it, so that a container is ended where the cluster would end it.
 */
export function resourceOptions({ requests, limits }: Pick<Container, 'requests' | 'limits'>): Docker.HostConfig {
  // Source: Kubernetes, a container with a limit and without a request asks for its limit.
  const cpu = requests.cpu ?? limits.cpu
  const memory = requests.memoryBytes
  return {
    ...(cpu === undefined ? {} : { CpuShares: sharesOf(cpu) }),
    ...(limits.cpu === undefined ? {} : { CpuPeriod: CPU_PERIOD, CpuQuota: quotaOf(limits.cpu) }),
    ...(memory === undefined ? {} : { MemoryReservation: Math.min(memory, limits.memoryBytes ?? memory) }),
    ...(limits.memoryBytes === undefined ? {} : { Memory: limits.memoryBytes, MemorySwap: limits.memoryBytes }),
  }
}

/** Source: kubelet, MilliCPUToShares: max(2, milliCPU × 1024 / 1000). */
function sharesOf(cores: number): number {
  return Math.min(MAX_SHARES, Math.max(MIN_SHARES, Math.floor((milli(cores) * 1024) / 1000)))
}

/** Source: kubelet, MilliCPUToQuota: milliCPU × period / 1000. */
function quotaOf(cores: number): number {
  return Math.max(MIN_QUOTA, Math.floor((milli(cores) * CPU_PERIOD) / 1000))
}

/** Kubernetes counts thousandths of a core, rounded up. */
function milli(cores: number): number {
  return Math.ceil(Number((cores * 1000).toFixed(6)))
}

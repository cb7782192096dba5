/** KEDA's name of a metric: its index and what it measures. Source: KEDA, GenerateMetricNameWithIndex and NormalizeString. */
export function triggerName(index: number, metric: string): string {
  return `s${index}-${metric.replaceAll(/[/.:%()]/g, '-')}`
}

import { expect, test } from '@jest/globals'
import { removeContainer } from '../../../../../runtime/engines/docker/containers.ts'
import type { DockerContext } from '../../../../../runtime/engines/docker/context.ts'
import { VirtualClock } from '../../../../../src/kernel/virtual-clock.ts'

const never = new AbortController().signal

/** An engine that answers requests to remove a container with these statuses, one after the other; 204 is success. */
function engineThat(...answers: readonly { readonly statusCode: number; readonly message?: string }[]) {
  const clock = new VirtualClock()
  let asked = 0
  const remove = async (): Promise<void> => {
    const answer = answers[asked++]
    if (answer === undefined) throw new Error('asked once too often')
    if (answer.statusCode !== 204) throw Object.assign(new Error(answer.message), answer)
  }
  const context = { clock, docker: { getContainer: () => ({ remove }) } } as unknown as DockerContext
  return { clock, context, asked: () => asked }
}

const BUSY = { statusCode: 409, message: 'removal of container abc is already in progress' }

test.each([[204], [404]])('a container that is removed, or not there (%d), is gone', async (statusCode) => {
  const { context, asked } = engineThat({ statusCode })
  await removeContainer(context, 'abc', never)
  expect(asked()).toBe(1)
})

test.each([[404], [204]])('one that somebody else removes is asked for until it is gone, or can be removed (%d)', async (statusCode) => {
  const { clock, context, asked } = engineThat(BUSY, BUSY, { statusCode })
  const removed = removeContainer(context, 'abc', never)
  await clock.advance(49)
  expect(asked()).toBe(1)
  await clock.advance(51)
  await removed
  expect(asked()).toBe(3)
})

test('another refusal is thrown, and so is the reason of a signal', async () => {
  const other = engineThat({ statusCode: 409, message: 'you cannot remove it' })
  await expect(removeContainer(other.context, 'abc', never)).rejects.toThrow('you cannot remove it')
  const stopped = new AbortController()
  const busy = engineThat(BUSY, BUSY)
  const removed = removeContainer(busy.context, 'abc', stopped.signal)
  await busy.clock.advance(10)
  stopped.abort(new Error('enough'))
  await expect(removed).rejects.toThrow('enough')
  expect(busy.asked()).toBe(1)
})

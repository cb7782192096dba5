import { expect, test } from '@jest/globals'
import { tableOf } from '../../../../../../runtime/engines/docker/pod/process-table.ts'

test('a table stays as it is', () => {
  const rows = [['1', 'sh -c  x']]
  expect(tableOf({ Titles: ['PID', 'CMD'], Processes: rows })).toEqual({ titles: ['PID', 'CMD'], rows })
  expect(tableOf({ Titles: ['PID'], Processes: null })).toEqual({ titles: ['PID'], rows: [] })
})

test('lines are cut into columns, the last one keeps its spaces', () => {
  const Processes = [['    1 root     /run/podman-init -- sh -c  a  b'], ['6 node'], []]
  expect(tableOf({ Titles: ['PID   USER     COMMAND'], Processes })).toEqual({
    titles: ['PID', 'USER', 'COMMAND'],
    rows: [['1', 'root', '/run/podman-init -- sh -c  a  b'], ['6', 'node'], ['']],
  })
})
